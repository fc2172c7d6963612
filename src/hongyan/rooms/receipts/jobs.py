"""Upkeep of receipts."""

from hongyan.kernel.db.database import Database
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.receipts.service import ReceiptsService

_SLICES = 100
"""Most slices per run; the next hour goes on."""


def register_jobs(jobs: Jobs, db: Database, service: ReceiptsService, *, keep_days: int = 180) -> None:
    """Register the handlers; days of reports and uplinks are kept for ``keep_days``."""

    @jobs.periodic("receipts.age", "47 * * * *")
    async def age() -> None:
        """Drop what is older than the retention. Key: the day."""
        await run_aging(db, service, keep_days)

    @jobs.periodic("receipts.tell_overdue", "* * * * *")
    async def tell_overdue() -> None:
        """Tell long texts that stayed incomplete. Key: the text."""
        async with db.begin() as uow:
            await service.tell_overdue(uow)

    @jobs.periodic("receipts.upkeep", "*/10 * * * *")
    async def upkeep() -> None:
        """Make the partitions of the next days. Safe to repeat."""
        async with db.begin() as uow:
            await service.ensure_partitions(uow)


async def run_aging(db: Database, service: ReceiptsService, keep_days: int) -> None:
    """Drop what is older than so many days, in short transactions."""
    for _ in range(_SLICES):
        async with db.begin() as uow:
            if not await service.age(uow, keep_days):
                return
