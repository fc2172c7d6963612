"""Jobs of the room: decisions of the review desk, the end of templates' days, documents that nobody handed in."""

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.video_sms.service.door import VideoSmsService
from hongyan.rooms.video_sms.service.signatures import REVIEW_KIND as SIGNATURE


def register_jobs(jobs: Jobs, db: Database, service: VideoSmsService) -> None:
    """Register the room's handlers with the queue."""

    @jobs.handler("video_sms.review_decided")
    async def review_decided(
        *, review_id: str, kind: str, tenant_id: str, subject_id: str, decision: str, reason: str
    ) -> None:
        """Take a decision in; safe to repeat (key: review id and state)."""
        part = service.signatures if kind == SIGNATURE else service
        async with db.begin() as uow:
            await part.review_decided(
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

    @jobs.periodic("video_sms.forget_files", "25 * * * *")
    async def forget_files() -> None:
        """Remove documents of signatures that were never handed in; safe to repeat."""
        while True:
            async with db.begin() as uow:
                if not await service.signatures.files.forget(uow):
                    return
