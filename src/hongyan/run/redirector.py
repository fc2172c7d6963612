"""The ``redirector`` process: taps on short links, the card as a page, and the doors of handsets, on the links port."""

import asyncio
import contextlib
from dataclasses import fields
from functools import partial

from hongyan.kernel.bus.spool import EventPublisher, Spool
from hongyan.kernel.http.middleware import Asgi, Receive, Scope, Send
from hongyan.rooms.service_accounts.public_web.door import MOUNT as ACCOUNT_MOUNT
from hongyan.rooms.service_accounts.public_web.door import PATHS as ACCOUNT_PATHS
from hongyan.rooms.service_accounts.public_web.door import create_public_web as create_accounts
from hongyan.rooms.short_links.jobs import listen
from hongyan.rooms.short_links.public_web import Redirector, RedirectorCounts
from hongyan.rooms.smart.public_web.door import MOUNTS as CARD_MOUNTS
from hongyan.rooms.smart.public_web.door import create_public_web
from hongyan.rooms.video_sms.public_web import MOUNTS as VIDEO_MOUNTS
from hongyan.rooms.video_sms.public_web import create_public_web as create_previews
from hongyan.run.graph import Graph
from hongyan.run.health import Health
from hongyan.run.serve import serve

_SPOOL_BYTES = 256 * 1024 * 1024
"""About ten million taps while the bus is away; what comes after is counted as dropped."""
MOUNTS = (*CARD_MOUNTS, ACCOUNT_MOUNT)


def _count(health: Health, redirector: Redirector) -> None:
    """Show what happened since the start as ``hongyan_redirector_<what>``."""
    for name in (field.name for field in fields(RedirectorCounts)):
        gauge = health.numbers.gauge(f"redirector_{name}", f"{name} since the start")
        gauge.set_function(partial(getattr, redirector.counts, name))


def _split(paths: tuple[str, ...], theirs: Asgi, rest: Asgi) -> Asgi:
    """Return an application that hands what begins with one of ``paths`` to one room and the rest to another."""

    async def split(scope: Scope, receive: Receive, send: Send) -> None:
        await (theirs if scope["path"].startswith(paths) else rest)(scope, receive, send)

    return split


async def run(graph: Graph, health: Health, stop: asyncio.Event) -> None:
    """Serve until told to stop."""
    settings = graph.settings
    spool = Spool(settings.data_dir / "spool" / "redirector", max_bytes=_SPOOL_BYTES)
    publisher = EventPublisher(graph.bus, spool)
    accounts = create_accounts(graph.db, graph.service_accounts, graph.handsets)
    cards = _split(ACCOUNT_PATHS, accounts, create_public_web(graph.db, graph.smart, graph.handsets))
    mounts = dict.fromkeys(MOUNTS, cards) | dict.fromkeys(VIDEO_MOUNTS, create_previews(graph.db, graph.video_sms))
    redirector = Redirector(graph.short_links, clock=graph.clock, events=publisher, mounts=mounts)
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
