"""Is this process alive, is it ready, what are its numbers: ``/livez``, ``/readyz``, ``/metrics`` on a loopback port.

And the sum over all processes of one ``hongyan up`` (``/healthz`` of ``web``). Not for: finding what is wrong
(``run.doctor``).
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import structlog

from hongyan.kernel.metrics import CONTENT_TYPE, Metrics
from hongyan.kernel.settings import Settings
from hongyan.run.ports import ports_path

log = structlog.get_logger(__name__)

Check = Callable[[], Awaitable[None]]
"""Returns when all is well, raises what is wrong."""

_CHECK_TIMEOUT_S = 2.0
_REQUEST_LINE_BYTES = 4096
_OK, _NOT_FOUND, _UNAVAILABLE = 200, 404, 503
_REASONS = {_OK: "OK", _NOT_FOUND: "Not Found", _UNAVAILABLE: "Service Unavailable"}


class Health:
    """The health of one process."""

    def __init__(self, metrics: Metrics, checks: Mapping[str, Check]) -> None:
        """``checks``: what must be well before work is sent here, by name (``database``, ``bus`` …)."""
        self._metrics = metrics
        self._checks = dict(checks)

    def add(self, name: str, check: Check) -> None:
        """Add a check that only the running process can make (``session``, ``listening`` …)."""
        self._checks[name] = check

    @property
    def numbers(self) -> Metrics:
        """The process's registry, for what its main function counts."""
        return self._metrics

    async def readiness(self) -> dict[str, Any]:
        """Return ``{"status": "ok"}``, or ``unavailable`` with the failing checks and why; at most 2 s."""
        results = await asyncio.gather(*(self._run(check) for check in self._checks.values()))
        failed = {name: why for name, why in zip(self._checks, results, strict=True) if why is not None}
        return {"status": "unavailable", "failed": failed} if failed else {"status": "ok"}

    def metrics(self) -> bytes:
        """Return the numbers in Prometheus' text format."""
        return self._metrics.render()

    @asynccontextmanager
    async def serving(self, port: int | None) -> AsyncIterator[int | None]:
        """Answer on ``127.0.0.1:port`` while the block runs (0: a free one, which is yielded; ``None``: do not)."""
        if port is None:
            yield None
            return
        server = await asyncio.start_server(self._answer, "127.0.0.1", port, limit=_REQUEST_LINE_BYTES)
        try:
            yield int(server.sockets[0].getsockname()[1])
        finally:
            server.close()
            await server.wait_closed()

    @staticmethod
    async def _run(check: Check) -> str | None:
        try:
            async with asyncio.timeout(_CHECK_TIMEOUT_S):
                await check()
        except Exception as error:  # noqa: BLE001 - the edge: whatever a check raises is its answer
            return f"{type(error).__name__}: {error}"[:300]
        return None

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one request; a client that is not one is hung up on."""
        with contextlib.suppress(TimeoutError, ConnectionError, ValueError, asyncio.LimitOverrunError):
            async with asyncio.timeout(_CHECK_TIMEOUT_S * 2):
                line = await reader.readline()
                status, kind, body = await self._page(line.split(b" ")[1].split(b"?")[0] if b" " in line else b"")
                head = (
                    f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Type: {kind}\r\n"
                    f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
                )
                writer.write(head.encode() + body)
                await writer.drain()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    async def _page(self, path: bytes) -> tuple[int, str, bytes]:
        if path == b"/livez":
            return _OK, "text/plain", b"ok"
        if path == b"/metrics":
            return _OK, CONTENT_TYPE, self.metrics()
        if path == b"/readyz":
            answer = await self.readiness()
            status = _OK if answer["status"] == "ok" else _UNAVAILABLE
            return status, "application/json", json.dumps(answer).encode()
        return _NOT_FOUND, "text/plain", b"not here"


async def health_of_all(settings: Settings) -> dict[str, Any]:
    """Return ``{"status": "ok"}`` when every process of this ``hongyan up`` is ready, else which are not.

    Without ``hongyan up`` (processes on several machines) only ``web`` is asked.
    """
    try:
        known = json.loads(ports_path(settings.data_dir).read_text())
        ports: dict[str, int] = known["ports"]
        complete = bool(known["complete"])
    except (FileNotFoundError, ValueError, KeyError):
        ports, complete = {"web": settings.port}, True
    answers = await asyncio.gather(
        *(is_ready(reachable(settings.host) if name == "web" else "127.0.0.1", port) for name, port in ports.items())
    )
    states = dict(zip(ports, ("ready" if ready else "not ready" for ready in answers), strict=True))
    if complete and all(answers):
        return {"status": "ok"}
    return {"status": "unavailable", "processes": states, **({} if complete else {"up": "starting"})}


def reachable(host: str) -> str:
    """Return the address under which a server bound to ``host`` is reached from this machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound


async def is_ready(host: str, port: int, *, path: str = "/readyz", timeout_s: float = 3.0) -> bool:
    """Tell whether the process answers 200 there."""
    try:
        async with asyncio.timeout(timeout_s):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                await writer.drain()
                line = await reader.readline()
            finally:
                writer.close()
                with contextlib.suppress(ConnectionError):
                    await writer.wait_closed()
    except (TimeoutError, OSError, ValueError):
        return False
    return line.startswith((b"HTTP/1.1 200", b"HTTP/1.0 200"))
