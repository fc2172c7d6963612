"""The redirector beside a bare ASGI 302: the same server, the same load, one worker each, 1,000,000 distinct codes.

    python bench/redirect.py

PostgreSQL, NATS and the server are processes of their own; this one is the load: keep-alive connections without
pipelining. Where load and server share two cores, compare the server's processor time per request as well as the rate.
Prints one JSON object.
"""

import argparse
import asyncio
import json
import random
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import uvloop
from sqlalchemy import create_engine

from hongyan.kernel.bus.nats import NatsBus
from hongyan.kernel.bus.spool import EventPublisher, Spool
from hongyan.kernel.clock import SystemClock
from hongyan.kernel.db.database import Database, sqlalchemy_url
from hongyan.kernel.db.metadata import metadata
from hongyan.kernel.embedded.nats import EmbeddedNats
from hongyan.kernel.embedded.postgres import EmbeddedPostgres
from hongyan.kernel.ids import TenantId
from hongyan.kernel.keys.ring import create_key_ring, load_key_ring
from hongyan.rooms.short_links.contracts import STREAM_TAPS, LinkPayload, RangeRequest
from hongyan.rooms.short_links.public_web import Redirector
from hongyan.rooms.short_links.service import ShortLinksService
from hongyan.run.serve import serve

TENANT = TenantId("11111111-1111-4111-8111-111111111111")
DOMAIN = "s.example.cn"
CHUNK = 10_000
BARE_HEADERS = [(b"location", b"https://shop.example/sale"), (b"content-length", b"0")]


async def bare(scope: Any, receive: Any, send: Any) -> None:
    """Answer 302, whatever is asked."""
    del scope, receive
    await send({"type": "http.response.start", "status": 302, "headers": BARE_HEADERS})
    await send({"type": "http.response.body", "body": b""})


async def be_server(kind: str, port: int, folder: Path, url: str, nats_url: str) -> None:
    """Serve until killed."""
    stop = asyncio.Event()
    if kind == "bare":
        await serve(bare, host="127.0.0.1", port=port, stop=stop)
        return
    clock, db = SystemClock(), Database(url)
    bus = NatsBus(nats_url, name="bench")
    await bus.open()
    await bus.ensure_stream(STREAM_TAPS)
    publisher = EventPublisher(bus, Spool(folder / "spool", max_bytes=2**28))
    service = ShortLinksService(db, clock=clock, keys=load_key_ring(folder / "keys.json"))
    redirector = Redirector(service, clock=clock, events=publisher)
    await redirector.start()
    publishing = asyncio.create_task(publisher.run())
    await serve(redirector, host="127.0.0.1", port=port, stop=stop)
    publishing.cancel()


async def make_links(url: str, folder: Path, total: int, *, is_personal: bool) -> list[str]:
    """Give out ``total`` links; personal ones each have their own jump URL."""
    db = Database(url)
    service = ShortLinksService(db, clock=SystemClock(), keys=load_key_ring(folder / "keys.json"))
    async with db.begin() as uow:
        await service.ensure_preset_domain(uow, DOMAIN)
    codes: list[str] = []
    for start in range(0, total, CHUNK):
        payloads = {}
        if is_personal:
            payloads = {n: LinkPayload(f"https://shop.example/sale?u={start + n}") for n in range(CHUNK)}
        request = RangeRequest(
            count=CHUNK,
            valid_for=timedelta(days=7),
            signatures=("鸿雁",),
            jump_url=None if is_personal else "https://shop.example/sale",
            released_at=datetime.now(UTC),
            payloads=payloads,
        )
        async with db.begin() as uow:
            codes += await service.codes(uow, await service.allocate_range(uow, TENANT, request))
    await db.close()
    random.Random(7).shuffle(codes)
    return codes


class Load:
    """Connections that each ask for one code after another."""

    def __init__(self, port: int, connections: int) -> None:
        self._selector = selectors.DefaultSelector()
        self._sockets = []
        for _ in range(connections):
            one = socket.create_connection(("127.0.0.1", port))
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(one, selectors.EVENT_READ)
            self._sockets.append(one)

    def run(self, codes: list[str], seconds: float) -> tuple[int, float]:
        """Ask until the time or the codes are over; return answers (all 302) and seconds."""
        requests = iter([f"GET /{code} HTTP/1.1\r\nHost: {DOMAIN}\r\n\r\n".encode() for code in codes])
        begin, done = time.perf_counter(), 0
        for one in self._sockets:
            one.sendall(next(requests))
        busy = len(self._sockets)
        while busy:
            is_over = time.perf_counter() - begin > seconds
            for key, _ in self._selector.select():
                one: socket.socket = key.fileobj  # type: ignore[assignment]
                answer = one.recv(4096)
                assert answer.startswith(b"HTTP/1.1 302"), answer
                assert answer.endswith(b"\r\n\r\n"), answer
                done += 1
                request = None if is_over else next(requests, None)
                if request is None:
                    busy -= 1
                else:
                    one.sendall(request)
        return done, time.perf_counter() - begin

    def close(self) -> None:
        """Close all."""
        for one in self._sockets:
            one.close()


def measure(kind: str, codes: list[str], place: tuple[Path, str, str], options: argparse.Namespace) -> dict[str, float]:
    """Start a server, let it warm up, measure."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder, url, nats_url = place
    server = subprocess.Popen([sys.executable, __file__, "--serve", kind, str(port), str(folder), url, nats_url])
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                assert time.monotonic() < deadline, "the server does not start"
                time.sleep(0.05)
        load = Load(port, options.connections)
        warm = len(codes) // 10
        load.run(codes[:warm], 1.0)
        process = psutil.Process(server.pid)
        before = sum(process.cpu_times()[:2])
        answers, seconds = load.run(codes[warm:], options.seconds)
        cpu_s = sum(process.cpu_times()[:2]) - before
        load.close()
    finally:
        server.terminate()
        server.wait(10)
    return {
        "requests": answers,
        "requests_per_s": round(answers / seconds),
        "server_cpu_us_per_request": round(cpu_s / answers * 1e6, 1),
    }


def main() -> None:
    """Start everything, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--codes", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--serve", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        kind, port, folder, url, nats_url = options.serve
        uvloop.run(be_server(kind, int(port), Path(folder), url, nats_url))
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hy-taps-", dir="/tmp")))
        folder.chmod(0o755)
        create_key_ring().save(folder / "keys.json")
        postgres = EmbeddedPostgres(folder / "data", folder)
        postgres.start(log=subprocess.DEVNULL)
        stack.callback(postgres.stop)
        nats = EmbeddedNats(folder / "nats")
        nats.start(log=subprocess.DEVNULL)
        stack.callback(nats.stop)
        url = postgres.url("postgres")
        engine = create_engine(sqlalchemy_url(url))
        metadata.create_all(engine)
        engine.dispose()
        place = (folder, url, nats.url)
        common = uvloop.run(make_links(url, folder, options.codes, is_personal=False))
        personal = uvloop.run(make_links(url, folder, options.codes, is_personal=True))
        result: dict[str, Any] = {"codes": options.codes, "connections": options.connections}
        result["bare_asgi"] = measure("bare", common, place, options)
        for name, codes in (("task_wide_jump", common), ("personal_jump", personal)):
            found = measure("redirector", codes, place, options)
            base = result["bare_asgi"]
            found["rate_of_bare"] = round(found["requests_per_s"] / base["requests_per_s"], 3)
            cpu = base["server_cpu_us_per_request"] / found["server_cpu_us_per_request"]
            found["bare_cpu_of_ours"] = round(cpu, 3)
            result[name] = found
        print(json.dumps(result))


if __name__ == "__main__":
    main()
