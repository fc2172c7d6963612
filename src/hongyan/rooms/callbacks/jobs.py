"""Jobs of callbacks, and the two loops of a worker: facts in, posts out."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

import structlog

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.callbacks.service.door import CallbacksService
from hongyan.rooms.callbacks.service.news import Uplink

log = structlog.get_logger(__name__)

_AFTER_FAILURE_S: Final = 1.0


def register_jobs(jobs: Jobs, db: Database, service: CallbacksService) -> None:
    """Register the handlers; keys stand with each.

    A template's state is the one when its job runs: a repeated job tells it again.
    """

    @jobs.handler("callbacks.cards_resolved")
    async def cards_resolved(cards: list[dict[str, Any]]) -> None:
        """Keyed by each card's place, vendor and time."""
        await service.cards.take(cards)

    @jobs.handler("callbacks.card_template_decided")
    async def card_template_decided(tenant_id: str, tpl_id: str) -> None:
        async with db.begin() as uow:
            await service.news.card_template_decided(uow, TenantId(tenant_id), tpl_id)

    @jobs.handler("callbacks.video_template_decided")
    async def video_template_decided(tenant_id: str, tpl_id: str) -> None:
        async with db.begin() as uow:
            await service.news.video_template_decided(uow, TenantId(tenant_id), tpl_id)

    @jobs.handler("callbacks.video_reply")
    async def video_reply(**reply: Any) -> None:
        """Keyed by the reply's id."""
        async with db.begin() as uow:
            await service.news.video_reply(uow, reply)

    @jobs.handler("callbacks.uplink")
    async def uplink(
        *, uplink_id: str, tenant_id: str, signature_id: str, number: str, dialled: str, text: str, at: str
    ) -> None:
        """Keyed by the uplink's id."""
        told = Uplink(uplink_id, TenantId(tenant_id), signature_id, number, dialled, text, datetime.fromisoformat(at))
        async with db.begin() as uow:
            await service.news.uplink(uow, told)

    @jobs.periodic("callbacks.tick", "* * * * *")
    async def tick() -> None:
        await service.upkeep.tick()

    @jobs.periodic("callbacks.forget", "23 * * * *")
    async def forget() -> None:
        await service.upkeep.forget()


async def run(service: CallbacksService, stop: asyncio.Event) -> None:
    """Take facts and send posts until told to stop; several workers may."""
    await asyncio.gather(_keep(service.intake.run, stop), _keep(service.sender.run, stop))


async def _keep(loop: Callable[[asyncio.Event], Awaitable[None]], stop: asyncio.Event) -> None:
    """Start a loop again a second after it failed: the database may have been away."""
    while not stop.is_set():
        try:
            await loop(stop)
        # The edge of the process: what is not committed is done again.
        except Exception:
            log.exception("callbacks: a loop failed and begins again")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _AFTER_FAILURE_S)
