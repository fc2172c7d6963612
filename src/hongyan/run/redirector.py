"""The ``redirector`` process: taps on short links, the card as a page, and the doors of handsets, on the links port."""

import asyncio
import contextlib

from hongyan.kernel.bus.spool import EventPublisher, Spool
from hongyan.rooms.short_links.public_web import Redirector
from hongyan.rooms.smart.public_web.door import MOUNTS, create_public_web
from hongyan.run.graph import Graph
from hongyan.run.health import Health
from hongyan.run.serve import serve

_SPOOL_BYTES = 256 * 1024 * 1024
"""About ten million taps while the bus is away; what comes after is counted as dropped."""


async def run(graph: Graph, health: Health, stop: asyncio.Event) -> None:
    """Serve until told to stop."""
    settings = graph.settings
    spool = Spool(settings.data_dir / "spool" / "redirector", max_bytes=_SPOOL_BYTES)
    publisher = EventPublisher(graph.bus, spool)
    cards = create_public_web(graph.db, graph.smart, graph.handsets)
    redirector = Redirector(graph.short_links, clock=graph.clock, events=publisher, mounts=dict.fromkeys(MOUNTS, cards))
    health.add("links", graph.db.ping)
    await redirector.start()
    publishing = asyncio.create_task(publisher.run())
    try:
        await serve(redirector, host=settings.host, port=settings.links_port, stop=stop)
    finally:
        await redirector.stop()
        publishing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await publishing
