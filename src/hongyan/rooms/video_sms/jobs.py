"""Jobs of video templates: decisions of the review desk, and the end of their days."""

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.video_sms.service.door import VideoSmsService


def register_jobs(jobs: Jobs, db: Database, service: VideoSmsService) -> None:
    """Register the room's handlers with the queue."""

    @jobs.handler("video_sms.review_decided")
    async def review_decided(
        *, review_id: str, kind: str, tenant_id: str, subject_id: str, decision: str, reason: str
    ) -> None:
        """Take a decision in; safe to repeat (key: review id and state)."""
        del kind
        async with db.begin() as uow:
            await service.review_decided(
                uow,
                TenantId(tenant_id),
                subject_id,
                review_id=review_id,
                is_approved=decision == "approved",
                reason=reason,
            )

    @jobs.periodic("video_sms.expire", "*/5 * * * *")
    async def expire() -> None:
        """End templates whose days are over; safe to repeat."""
        while True:
            async with db.begin() as uow:
                if not await service.expire(uow):
                    return
