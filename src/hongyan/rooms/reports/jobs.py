"""The jobs of reports."""

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.reports.service.door import ReportsService
from hongyan.rooms.reports.service.exports import JOB, Exports


def register_jobs(jobs: Jobs, db: Database, service: ReportsService, exports: Exports) -> None:
    """Register the handlers."""

    @jobs.periodic("reports.sum_days", "*/5 * * * *")
    async def sum_days() -> None:
        """Sum the days that are due. Key: (tenant, day); summing a day again comes to the same."""
        await service.sum_due(db)

    @jobs.handler(JOB)
    async def write_export(tenant_id: str, export_id: str) -> None:
        """Make an export. Key: the export; each run has a file of its own, and only the last one counts."""
        await exports.write(TenantId(tenant_id), export_id)

    @jobs.periodic("reports.sweep_exports", "*/10 * * * *")
    async def sweep_exports() -> None:
        """Delete files that are kept no longer. Key: the export."""
        await exports.sweep()
