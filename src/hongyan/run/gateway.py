"""The ``gateway`` process: live sessions with carriers. Many may run; each account is worked on by one at a time."""

import asyncio
from functools import partial

from obstore.exceptions import BaseError

from hongyan.kernel.files.store import Files
from hongyan.rooms.gateways.service.door import GatewaysService
from hongyan.rooms.gateways.service.health import Limits
from hongyan.rooms.video_sms.contracts import AREA
from hongyan.run.graph import Graph
from hongyan.run.health import Health


async def run(graph: Graph, health: Health, stop: asyncio.Event) -> None:
    """Serve all enabled accounts until told to stop. An account without its carrier is no reason to restart."""
    settings = graph.settings
    gateways = GatewaysService(
        db=graph.db,
        clock=graph.clock,
        carriers=graph.carriers,
        delivery=graph.delivery,
        receipts=graph.receipts,
        load_content=partial(_load_content, graph.files),
        metrics=health.numbers,
        limits=Limits(
            failover_s=settings.failover_s,
            refusals=settings.failover_refusals,
            silence_s=settings.alarm_silence_s,
            silence_parts=settings.alarm_silence_parts,
            query_after_s=settings.query_after_s,
            query_per_s=settings.query_rate,
        ),
    )
    hints = await gateways.listen(graph.bus)
    try:
        await gateways.run(settings.gateway_id, stop)
    finally:
        for subscription in hints:
            await subscription.stop()


async def _load_content(files: Files, content_id: str) -> bytes:
    """Return what a video message shows.

    Raises:
        NotFound: no such content.
        OSError: the file store is away.
    """
    try:
        return await files.get(AREA, content_id)
    except BaseError as error:
        raise OSError(str(error)) from error
