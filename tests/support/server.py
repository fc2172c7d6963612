"""A real HTTP server in the test's own event loop: ``async with serving(app) as url``."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from granian.constants import Interfaces
from granian.server.embed import Server

_START_S = 10.0
_POLL_S = 0.01


def free_port() -> int:
    """Return a loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def serving(app: Any, *, lifespan: bool = False) -> AsyncIterator[str]:
    """Serve an ASGI application on loopback and give its URL without a trailing slash.

    Blocking clients (the vendor's SDK) are driven with ``asyncio.to_thread``.
    """
    port = free_port()
    interface = Interfaces.ASGI if lifespan else Interfaces.ASGINL
    server = Server(app, address="127.0.0.1", port=port, interface=interface, log_enabled=False)
    running = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(_START_S):
            while not await _answers(port):  # noqa: ASYNC110 - the server gives no event to wait for
                await asyncio.sleep(_POLL_S)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stop()
        await running


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return False
    writer.close()
    await writer.wait_closed()
    return True
