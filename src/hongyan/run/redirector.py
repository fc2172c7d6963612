"""The ``redirector`` process: taps on short links, the card as a page, and the doors of handsets, on the links port."""

import asyncio
import contextlib
from dataclasses import fields
from functools import partial

from hongyan.kernel.bus.spool import EventPublisher, Spool
from hongyan.rooms.short_links.jobs import listen
from hongyan.rooms.short_links.public_web import Redirector, RedirectorCounts
from hongyan.rooms.smart.public_web.door import MOUNTS, create_public_web
from hongyan.run.graph import Graph
from hongyan.run.health import Health
from hongyan.run.serve import serve

_SPOOL_BYTES = 256 * 1024 * 1024
"""About ten million taps while the bus is away; what comes after is counted as dropped."""


def _count(health: Health, redirector: Redirector) -> None:
    """Show what happened since the start as ``hongyan_redirector_<what>``."""
    for name in (field.name for field in fields(RedirectorCounts)):
        gauge = health.numbers.gauge(f"redirector_{name}", f"{name} since the start")
        gauge.set_function(partial(getattr, redirector.counts, name))


async def run(graph: Graph, health: Health, stop: asyncio.Event) -> None:
    """Serve until told to stop."""
    settings = graph.settings
    spool = Spool(settings.data_dir / "spool" / "redirector", max_bytes=_SPOOL_BYTES)
    publisher = EventPublisher(graph.bus, spool)
    cards = create_public_web(graph.db, graph.smart, graph.handsets)
    redirector = Redirector(graph.short_links, clock=graph.clock, events=publisher, mounts=dict.fromkeys(MOUNTS, cards))
    health.add("links", graph.db.ping)
    _count(health, redirector)
    await redirector.start()
    hints = await listen(graph.bus, graph.short_links)
    publishing = asyncio.create_task(publisher.run())
    try:
        await serve(redirector, host=settings.host, port=settings.links_port, stop=stop)
    finally:
        await hints.stop()
        await redirector.stop()
        publishing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await publishing
