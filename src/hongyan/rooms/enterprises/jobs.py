"""Jobs of filings: the review desk's decisions."""

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.enterprises.contracts import Scene
from hongyan.rooms.enterprises.service import EnterprisesService


def register_jobs(jobs: Jobs, db: Database, service: EnterprisesService) -> None:
    """Register the room's handlers with the queue."""

    @jobs.handler("enterprises.review_decided")
    async def review_decided(
        review_id: str, kind: str, tenant_id: str, subject_id: str, decision: str, reason: str
    ) -> None:
        """Take a decision in; safe to repeat (key: review id)."""
        del kind
        async with db.begin() as uow:
            await service.review_decided(
                uow,
                TenantId(tenant_id),
                Scene(subject_id),
                review_id=review_id,
                is_approved=decision == "approved",
                reason=reason,
            )
