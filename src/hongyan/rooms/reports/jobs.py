"""The job of reports."""

from hongyan.kernel.db.database import Database
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.reports.service import ReportsService


def register_jobs(jobs: Jobs, db: Database, service: ReportsService) -> None:
    """Register the handler. Key: (tenant, day); summing a day again comes to the same."""

    @jobs.periodic("reports.sum_days", "*/5 * * * *")
    async def sum_days() -> None:
        """Sum the days that are due."""
        await service.sum_due(db)
