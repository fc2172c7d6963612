"""Upkeep of receipts."""

from hongyan.kernel.db.database import Database
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.receipts.service import ReceiptsService


def register_jobs(jobs: Jobs, db: Database, service: ReceiptsService) -> None:
    """Register the handlers."""

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
