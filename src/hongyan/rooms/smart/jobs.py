"""Jobs of the smart room."""

from hongyan.kernel.db.database import Database
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.handsets.contracts import RegistrationState, Vendor
from hongyan.rooms.smart.service.door import SmartService


def register_jobs(jobs: Jobs, db: Database, service: SmartService) -> None:
    """Register the handlers. ``smart.vendor_state`` is keyed by (template, version, vendor)."""

    @jobs.handler("smart.vendor_state")
    async def vendor_state(*, tpl_id: str, version: int, vendor: str, state: str, reason: str | None) -> None:
        del reason
        async with db.begin() as uow:
            await service.set_vendor_state(uow, tpl_id, version, Vendor(vendor), RegistrationState(state))
