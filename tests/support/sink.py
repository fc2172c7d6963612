"""A customer's server for callbacks: real sockets on loopback, in a thread of its own; remembers what it was sent.

``status`` and ``delay_s`` say how it answers from now on; by path where ``by_path`` names one.
"""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl


@dataclass(frozen=True, slots=True)
class Received:
    """One POST."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float
    """Seconds on the monotonic clock."""

    def json(self) -> dict[str, Any]:
        """Return the body as JSON."""
        document: dict[str, Any] = json.loads(self.body)
        return document

    def inner(self) -> Any:
        """Return the JSON that stands in the string ``body``."""
        return json.loads(self.json()["body"])

    def form(self) -> dict[str, str]:
        """Return the fields of a form."""
        return dict(parse_qsl(self.body.decode(), strict_parsing=True))


@dataclass
class Sink:
    """The server."""

    port: int = 0
    status: int = 200
    delay_s: float = 0.0
    answer: bytes = b'{"ok":true}'
    location: str = ""
    by_path: dict[str, tuple[int, float]] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    open_now: int = 0
    most_at_once: int = 0
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def url(self, path: str = "/hook") -> str:
        """Return the address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def on(self, path: str) -> list[Received]:
        """Return what one path has received."""
        return [one for one in self.received if one.path == path]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                first, *lines = head.split("\r\n")
                headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines if line)}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                path = first.split(" ")[1]
                self.received.append(Received(path, headers, body, time.monotonic()))
                self.open_now += 1
                self.most_at_once = max(self.most_at_once, self.open_now)
                status, delay_s = self.by_path.get(path, (self.status, self.delay_s))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.closing.wait(), delay_s)
                self.open_now -= 1
                extra = f"Location: {self.location}\r\n" if self.location else ""
                writer.write(f"HTTP/1.1 {status} X\r\n{extra}Content-Length: {len(self.answer)}\r\n\r\n".encode())
                writer.write(self.answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def hang_up(self) -> None:
        """Close all connections and let their handlers end."""
        self.closing.set()
        for writer in set(self._writers):
            writer.transport.abort()
        while self._writers:  # noqa: ASYNC110 - handlers end by themselves and tell nobody
            await asyncio.sleep(0.01)


@contextmanager
def running_sink() -> Iterator[Sink]:
    """Serve while the block runs."""
    sink, loop, ready = Sink(), asyncio.new_event_loop(), threading.Event()
    stop = asyncio.Event()

    async def serve() -> None:
        server = await asyncio.start_server(sink.serve, "127.0.0.1", 0)
        sink.port = server.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        server.close()
        await sink.hang_up()

    def run() -> None:
        loop.run_until_complete(serve())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield sink
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
