"""The job of identity: sweeping out what has ended."""

from hongyan.kernel.db.database import Database
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.identity.service.door import IdentityService


def register_jobs(jobs: Jobs, db: Database, service: IdentityService) -> None:
    """Register ``identity.sweep``, once an hour; it removes by age, so repeating it changes nothing."""

    @jobs.periodic("identity.sweep", "17 * * * *")
    async def sweep() -> None:
        async with db.begin() as uow:
            await service.sweep(uow)
