"""The worker carries decisions, channel numbers and gates between the rooms, over the real queue."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.carriers.jobs import register_jobs as carriers_jobs
from hongyan.rooms.delivery.jobs import register_jobs as delivery_jobs
from hongyan.rooms.enterprises.contracts import FilingState, Scene
from hongyan.rooms.enterprises.jobs import register_jobs as enterprises_jobs
from hongyan.rooms.sms.contracts import SignatureStatus, TemplateStatus
from hongyan.rooms.sms.jobs import register_jobs as sms_jobs
from support.identity import cheap_identity, found_household
from support.line import SendingLine, until
from support.office import PDF, REVIEWER, open_office, picture, template_form

SEND = Scene.SMART_SEND


@asynccontextmanager
async def working(jobs: Jobs) -> AsyncIterator[None]:
    stop = asyncio.Event()
    await jobs.open()
    worker = asyncio.create_task(jobs.run_worker(concurrency=2, stop=stop))
    try:
        yield
    finally:
        stop.set()
        await worker
        await jobs.close()


async def test_from_filing_to_a_sendable_template_and_back_through_the_worker(db: Database, tmp_path: Path) -> None:
    clock = FrozenClock(datetime(2026, 11, 23, 2, 0, tzinfo=UTC))
    office, line = open_office(clock, db.url, cheap_identity(clock, db.url), tmp_path), SendingLine(db, clock=clock)
    enterprises_jobs(office.jobs, db, office.enterprises)
    sms_jobs(office.jobs, db, office.sms)
    carriers_jobs(office.jobs, db, line.carriers)
    delivery_jobs(office.jobs, db, line.delivery)
    await line.add_account(9)
    async with db.begin() as uow:
        actor = (await found_household(uow, office.identity)).actor

    async with working(office.jobs):
        # Given a company that files and is approved
        async with db.begin() as uow:
            await office.enterprises.save_filing(uow, actor, SEND, {"document_type": "business_licence"})
            await office.enterprises.upload_paper(uow, actor, SEND, "business_licence", "a.png", picture())
            for field in ("material_commitment", "signature_authorisation", "company_relation"):
                await office.enterprises.upload_paper(uow, actor, SEND, field, f"{field}.pdf", PDF)
            filing = await office.enterprises.submit_filing(uow, actor, SEND)
            await office.reviews.approve(uow, REVIEWER, filing.review_id or "")

        async def is_filed() -> bool:
            async with db.begin() as uow:
                return (await office.enterprises.get_filing(uow, actor, SEND)).state is FilingState.APPROVED

        await until(is_filed, bool)

        # When its signature is approved, carriers give it a number
        async with db.begin() as uow:
            signature = await office.make_signature(uow, actor)
            await office.reviews.approve(uow, REVIEWER, signature.review_id or "")

        async def is_set_up() -> bool:
            async with db.begin() as uow:
                found = await office.sms.signatures.get_signature(uow, actor, signature.signature_id)
            return found.status is SignatureStatus.REVIEW_PASSED

        await until(is_set_up, bool)

        # And its template is approved
        async with db.begin() as uow:
            template = await office.sms.templates.create_template(uow, actor, template_form(signature))
            await office.reviews.approve(uow, REVIEWER, template.review_id or "")

        async def is_active() -> bool:
            async with db.begin() as uow:
                found = await office.sms.templates.get_template(uow, actor, template.template_id)
            return found.status is TemplateStatus.ACTIVE

        await until(is_active, bool)

        # Then it can be sent, from that number
        async with db.begin() as uow:
            content = await office.sms.get_sendable(uow, actor.tenant(), template_id=template.template_id)
            channel = await line.carriers.find_channel(uow, actor.tenant(), signature.signature_id)
        assert channel is not None
        assert content.channel_number == channel.channel_number
        assert content.channel_number.startswith("10690001")

        # And when the signature is deleted, the number goes back and the line's gates close
        async with db.begin() as uow:
            await office.sms.signatures.delete_signature(uow, actor, signature.signature_id)

        async def is_closed() -> bool:
            async with db.begin() as uow:
                gone = await line.carriers.find_channel(uow, actor.tenant(), signature.signature_id) is None
                left = await uow.fetch("SELECT 1 FROM procrastinate_jobs WHERE status <> 'succeeded'")
                gates = await uow.fetch("SELECT subject FROM delivery_gates WHERE tenant_id = %s", (actor.tenant(),))
            subjects = " ".join(str(row[0]) for row in gates)
            return gone and not left and signature.signature_id in subjects and template.template_id in subjects

        await until(is_closed, bool)
