"""Jobs of the room: decisions of the review desk, and forgetting which taps were counted."""

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.service_accounts.service.door import ServiceAccountsService


def register_jobs(jobs: Jobs, db: Database, service: ServiceAccountsService) -> None:
    """Register the room's handlers with the queue."""

    @jobs.handler("service_accounts.review_decided")
    async def review_decided(
        *, review_id: str, kind: str, tenant_id: str, subject_id: str, decision: str, reason: str
    ) -> None:
        """Take a decision in; safe to repeat (key: review id and state)."""
        async with db.begin() as uow:
            await service.review_decided(
                uow,
                TenantId(tenant_id),
                subject_id,
                kind=kind,
                review_id=review_id,
                is_approved=decision == "approved",
                reason=reason,
            )

    @jobs.periodic("service_accounts.forget_taps", "17 * * * *")
    async def forget_taps() -> None:
        async with db.begin() as uow:
            await service.taps.forget_ids(uow)
