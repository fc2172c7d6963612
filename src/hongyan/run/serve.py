"""Serve an ASGI application in this process's event loop until told to stop (granian; ADR 0009)."""

import asyncio
import logging

from granian.constants import Interfaces
from granian.server.embed import Server

from hongyan.kernel.http.middleware import Asgi
from hongyan.run.ports import require_port


async def serve(app: Asgi, *, host: str, port: int, stop: asyncio.Event, backlog: int = 1024) -> None:
    """Listen on ``host:port``; return after ``stop`` is set and the connections are closed.

    Raises:
        OSError: the address is taken or not ours.
    """
    require_port(host, port)
    logging.getLogger("_granian").setLevel(logging.ERROR)
    server = Server(
        app,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        backlog=backlog,
        websockets=False,
        log_enabled=False,
    )
    serving = asyncio.create_task(server.serve())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        stopping.cancel()
        serving.result()
        return
    server.stop()  # type: ignore[no-untyped-call]
    await asyncio.wait({serving}, timeout=5)
