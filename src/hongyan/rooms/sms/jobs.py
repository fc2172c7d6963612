"""Jobs of the room: decisions of the review desk, channel numbers from carriers."""

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import SignatureId, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.sms.service.door import SmsService
from hongyan.rooms.sms.service.signatures import REVIEW_KIND as SIGNATURE


def register_jobs(jobs: Jobs, db: Database, service: SmsService) -> None:
    """Register the room's handlers with the queue."""

    @jobs.handler("sms.review_decided")
    async def review_decided(
        *, review_id: str, kind: str, tenant_id: str, subject_id: str, decision: str, reason: str
    ) -> None:
        """Take a decision in; safe to repeat (key: review id and state)."""
        part = service.signatures if kind == SIGNATURE else service.templates
        async with db.begin() as uow:
            await part.review_decided(
                uow,
                TenantId(tenant_id),
                subject_id,
                review_id=review_id,
                is_approved=decision == "approved",
                reason=reason,
            )

    @jobs.handler("sms.channel_provisioned")
    async def channel_provisioned(*, tenant_id: str, signature_id: str, channel_num: str) -> None:
        """Write a signature's channel number; safe to repeat (key: signature id)."""
        async with db.begin() as uow:
            await service.set_channel_number(uow, TenantId(tenant_id), SignatureId(signature_id), channel_num)
