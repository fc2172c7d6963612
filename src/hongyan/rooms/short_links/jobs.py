"""Jobs and consumers of short links: the ledger of taps, partitions by day, wake-ups of redirectors."""

from collections.abc import Sequence
from typing import Final

import msgspec
import structlog

from hongyan.kernel.bus.contracts import Bus, BusMessage, Subscription
from hongyan.kernel.db.database import Database
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.short_links.contracts import STREAM_TAPS, SUBJECT_CHANGED, TapBatch
from hongyan.rooms.short_links.service import ShortLinksService

log = structlog.get_logger(__name__)

_DURABLE: Final = "short_links_ledger"
_decode = msgspec.msgpack.Decoder(TapBatch).decode


def register_jobs(jobs: Jobs, db: Database, service: ShortLinksService) -> None:
    """Register the daily work. Both are safe to repeat: they look at what is there."""

    @jobs.periodic("short_links.ensure_partitions", "7 * * * *")
    async def ensure_partitions() -> None:
        async with db.begin() as uow:
            await service.ensure_partitions(uow)

    @jobs.periodic("short_links.drop_expired", "40 3 * * *")
    async def drop_expired() -> None:
        async with db.begin() as uow:
            dropped = await service.drop_expired(uow)
        if dropped:
            log.info("days of short links dropped", partitions=dropped)


async def consume(bus: Bus, db: Database, service: ShortLinksService) -> None:
    """Fold taps into the ledger until cancelled. Key: the batch's id, so a repeated batch changes nothing."""
    await bus.ensure_stream(STREAM_TAPS)

    async def fold(messages: Sequence[BusMessage]) -> None:
        async with db.begin() as uow:
            for message in messages:
                try:
                    batch = _decode(message.payload)
                except msgspec.DecodeError as error:
                    # Nobody can mend it, and it must not hold up the ones behind it.
                    log.warning("a batch of taps is not readable and was skipped", error=str(error))
                    continue
                await service.fold_taps(uow, batch)

    await bus.consume(STREAM_TAPS.name, _DURABLE, fold)


async def listen(bus: Bus, service: ShortLinksService) -> Subscription:
    """Let hints of changes wake the watch of a redirector; without them it looks once a second."""

    async def wake(message: BusMessage) -> None:
        del message
        service.directory.wake()

    return await bus.subscribe(SUBJECT_CHANGED, wake)
