"""Receipts per second to one address in batch mode: the ledger's feed → posts in PostgreSQL → HTTP → settled.

    python bench/callbacks.py --receipts 40000

PostgreSQL (fsync on) and the customer's server are processes of their own; this process is the worker. The messages
are in the feed before the clock starts; time counts to the last settled post. Prints one JSON object.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import psycopg
import uvloop
from sqlalchemy import create_engine

from hongyan.kernel.bus.nats import NatsBus
from hongyan.kernel.db.database import sqlalchemy_url
from hongyan.kernel.db.metadata import metadata
from hongyan.kernel.embedded.postgres import EmbeddedPostgres
from hongyan.kernel.ids import SignatureId, SmsAppId, SmsTemplateId, TaskId
from hongyan.kernel.jobs.queue import schema_sql
from hongyan.kernel.keys.ring import create_key_ring
from hongyan.kernel.log import configure_log
from hongyan.kernel.settings import Settings
from hongyan.rooms.callbacks.contracts import AddressKind
from hongyan.rooms.callbacks.jobs import run
from hongyan.rooms.delivery.contracts import MessageClass, MessageState, PlannedChunk, PlannedMessage
from hongyan.rooms.identity.contracts import Actor, Role, system_actor
from hongyan.rooms.identity.service.tenants import NewTenant
from hongyan.run.graph import Graph, build_graph

CHUNK = 2_000
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def serve() -> None:
    """Be the customer's server: read a POST, say ok."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
                )
                await reader.readexactly(length)
                writer.write(ANSWER)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, limit=1 << 20)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def prepare(graph: Graph, port: int, total: int) -> None:
    """Make a tenant with an address, and messages that are final."""
    async with graph.db.begin() as uow:
        new = NewTenant("回执压测有限公司", "bench", "91350100M000100Y43", "bench", "bench@example.com")
        tenant = await graph.identity.tenants.create_tenant(uow, system_actor(), new)
        actor = Actor(tenant.id, system_actor().user_id, "bench", frozenset({Role.TE_ADMIN}), "cli")
        url = f"http://127.0.0.1:{port}/receipts"
        await graph.callbacks.desk.register(uow, actor, AddressKind.AIM_BATCH, url)
        await graph.delivery.ensure_partitions(uow)
        await graph.callbacks.intake.ensure_partitions(uow)
    for chunk_no, start in enumerate(range(0, total, CHUNK)):
        messages = [
            PlannedMessage(
                n,
                f"86138{n:08d}",
                "【鸿雁快递】您的包裹已到达，感谢使用。",
                1,
                f"{n:07d}",
                ended=MessageState.REFUSED,
                reason="no_route",
            )
            for n in range(start, min(start + CHUNK, total))
        ]
        chunk = PlannedChunk(
            tenant_id=tenant.id,
            task_id=TaskId("33333333-3333-4333-8333-333333333333"),
            chunk_no=chunk_no,
            klass=MessageClass.NOTICE,
            app_id=SmsAppId("app-1"),
            signature_id=SignatureId("44444444-4444-4444-8444-444444444444"),
            template_id=SmsTemplateId("15010661"),
            card_template_id=None,
            expires_at=datetime.now(UTC) + timedelta(days=1),
            messages=messages,
        )
        async with graph.db.begin() as uow:
            await graph.delivery.plan_chunk(uow, chunk, lambda _: None)


async def measure(settings: Settings, url: str, port: int, total: int) -> dict[str, object]:
    """Take, post, settle."""
    graph = build_graph(settings, url, NatsBus("nats://127.0.0.1:9", name="bench"))
    await prepare(graph, port, total)
    process = psutil.Process()
    before, begin, stop = process.cpu_times(), time.monotonic(), asyncio.Event()
    running = asyncio.create_task(run(graph.callbacks, stop))
    delivered = 0
    while delivered < total:
        await asyncio.sleep(0.05)
        assert time.monotonic() - begin < 120, f"{delivered} of {total}"
        async with graph.db.begin() as uow:
            rows = await uow.fetch("SELECT coalesce(sum(receipts), 0), count(*) FROM callbacks_posts WHERE state = 1")
        delivered, posts = int(rows[0][0]), int(rows[0][1])
    seconds = time.monotonic() - begin
    after = process.cpu_times()
    stop.set()
    await running
    spent = after.user + after.system - before.user - before.system
    await graph.db.close()
    return {
        "bench": "callbacks",
        "receipts": total,
        "posts": posts,
        "seconds": round(seconds, 2),
        "receipts_per_s": round(total / seconds),
        "worker_cpu_s_per_1000": round(spent * 1000 / total, 3),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def bench(total: int) -> dict[str, object]:
    """Run it once."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hy-bench-", dir="/tmp")))
        server = EmbeddedPostgres(folder / "data", folder)
        server.start(log=subprocess.DEVNULL)
        stack.callback(server.stop)
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE callbacks")
        url = server.url("callbacks")
        engine = create_engine(sqlalchemy_url(url))
        metadata.create_all(engine)
        engine.dispose()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(schema_sql().encode())
        settings = Settings(data_dir=folder, callback_allow="127.0.0.0/8")
        create_key_ring().save(settings.key_path)
        sink = subprocess.Popen([sys.executable, __file__, "--sink"], stdout=subprocess.PIPE)
        stack.callback(sink.wait)
        stack.callback(sink.kill)
        assert sink.stdout is not None
        port = int(sink.stdout.readline())
        return uvloop.run(measure(settings, url, port, total))


def main() -> None:
    """Parse options and print the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--receipts", type=int, default=40_000)
    parser.add_argument("--sink", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    configure_log(process="bench", fmt="console", level="warning")
    if options.sink:
        asyncio.run(serve())
        return
    print(json.dumps(bench(options.receipts)))


if __name__ == "__main__":
    main()
