"""Upkeep of receipts."""

from hongyan.kernel.db.database import Database
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.receipts.service import ReceiptsService


def register_jobs(jobs: Jobs, db: Database, service: ReceiptsService) -> None:
    """Register the making of partitions."""

    @jobs.periodic("receipts.upkeep", "*/10 * * * *")
    async def upkeep() -> None:
        """Make the partitions of the next days. Safe to repeat."""
        async with db.begin() as uow:
            await service.ensure_partitions(uow)
