"""Jobs of the handsets room."""

from typing import Any

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import CardTemplateId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.handsets.contracts import TemplateSubmission, Vendor
from hongyan.rooms.handsets.service import HandsetsService


def register_jobs(jobs: Jobs, db: Database, service: HandsetsService) -> None:
    """Register the handlers.

    ``handsets.submit_template`` is keyed by (vendor, template, version), ``handsets.register_domain`` by (vendor,
    domain): repeating either changes nothing at the vendor. Both are tried for about a day.
    """

    @jobs.handler("handsets.submit_template", max_attempts=30)
    async def submit_template(
        *, vendor: str, tpl_id: str, version: int, name: str, card_id: str, document: dict[str, Any]
    ) -> None:
        submission = TemplateSubmission(CardTemplateId(tpl_id), version, name, card_id, document)
        await service.submit_template(db, Vendor(vendor), submission)

    @jobs.handler("handsets.register_domain", max_attempts=30)
    async def register_domain(*, vendor: str, domain: str) -> None:
        await service.register_domain(db, Vendor(vendor), domain)

    @jobs.periodic("handsets.forget_nonces", "*/5 * * * *")
    async def forget_nonces() -> None:
        async with db.begin() as uow:
            await service.forget_nonces(uow)
