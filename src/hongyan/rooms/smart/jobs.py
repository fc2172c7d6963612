"""Jobs of the smart room."""

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.handsets.contracts import RegistrationState, Vendor
from hongyan.rooms.smart.service.door import SmartService


def register_jobs(jobs: Jobs, db: Database, service: SmartService) -> None:
    """Register the handlers. ``smart.vendor_state`` is keyed by (template, version, vendor)."""

    @jobs.handler("smart.vendor_state")
    async def vendor_state(*, tpl_id: str, version: int, vendor: str, state: str, reason: str | None) -> None:
        answer = RegistrationState(state)
        async with db.begin() as uow:
            await service.life.note_vendor_state(uow, tpl_id, version, Vendor(vendor), answer, reason or "")

    @jobs.handler("smart.review_decided")
    async def review_decided(
        *, review_id: str, kind: str, tenant_id: str, subject_id: str, decision: str, reason: str
    ) -> None:
        """Take a decision of the review desk in; keyed by the review."""
        del kind
        async with db.begin() as uow:
            await service.life.review_decided(
                uow,
                TenantId(tenant_id),
                subject_id,
                review_id=review_id,
                is_approved=decision == "approved",
                reason=reason,
            )

    @jobs.handler("smart.delete_files")
    async def delete_files(*, files: list[str]) -> None:
        """Remove the bytes of deleted materials; keyed by the files' names, which are given once."""
        await service.materials.delete_files(files)

    @jobs.periodic("smart.delete_unused_materials", "40 3 * * *")
    async def delete_unused_materials() -> None:
        """Delete what no template has shown for 30 days. Key: the time of the last use."""
        while True:
            async with db.begin() as uow:
                if not await service.materials.delete_unused(uow):
                    return
