"""The worker carries decisions and channel numbers between the rooms, over the real queue."""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database
from hongyan.rooms.enterprises.contracts import Scene
from hongyan.rooms.enterprises.jobs import register_jobs as enterprises_jobs
from hongyan.rooms.identity.contracts import Actor
from hongyan.rooms.sms.contracts import Signature, SignatureStatus, TemplateStatus
from hongyan.rooms.sms.jobs import register_jobs as sms_jobs
from support.identity import cheap_identity, found_household
from support.office import CHANNEL, PDF, REVIEWER, Office, open_office, picture, template_form

DEADLINE_S = 20.0
POLL_S = 0.05


async def wait_for(signature: Signature, office: Office, db: Database, actor: Actor, status: SignatureStatus) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while True:
        async with db.begin() as uow:
            found = await office.sms.signatures.get_signature(uow, actor, signature.signature_id)
        if found.status is status:
            return
        assert time.monotonic() < deadline, found.status
        await asyncio.sleep(POLL_S)


async def filed(office: Office, db: Database, actor: Actor) -> None:
    async with db.begin() as uow:
        await office.enterprises.save_filing(uow, actor, Scene.SMART_SEND, {"document_type": "business_licence"})
        await office.enterprises.upload_paper(uow, actor, Scene.SMART_SEND, "business_licence", "a.png", picture())
        for field in ("material_commitment", "signature_authorisation", "company_relation"):
            await office.enterprises.upload_paper(uow, actor, Scene.SMART_SEND, field, f"{field}.pdf", PDF)
        filing = await office.enterprises.submit_filing(uow, actor, Scene.SMART_SEND)
        await office.reviews.approve(uow, REVIEWER, filing.review_id or "")
    deadline = time.monotonic() + DEADLINE_S
    while True:
        async with db.begin() as uow:
            if not (await office.enterprises.get_filing(uow, actor, Scene.SMART_SEND)).is_pending:
                return
        assert time.monotonic() < deadline
        await asyncio.sleep(POLL_S)


async def test_from_filing_to_a_sendable_template_through_the_worker(db: Database, tmp_path: Path) -> None:
    clock = FrozenClock(datetime(2026, 11, 23, 2, 0, tzinfo=UTC))
    office = open_office(clock, db.url, cheap_identity(clock, db.url), tmp_path)
    enterprises_jobs(office.jobs, db, office.enterprises)
    sms_jobs(office.jobs, db, office.sms)

    @office.jobs.handler("carriers.provision_signature")
    async def provision(*, tenant_id: str, signature_id: str, signature_name: str) -> None:
        assert signature_name == "鸿雁演示"
        async with db.begin() as uow:
            answer = {"tenant_id": tenant_id, "signature_id": signature_id, "channel_num": CHANNEL}
            await office.jobs.defer(uow, "sms.channel_provisioned", answer)

    @office.jobs.handler("delivery.open_gate")
    async def open_gate(*, tenant_id: str, kind: str, subject_id: str, reason: str) -> None:
        assert (kind, subject_id) == ("filing", "smart_send")

    async with db.begin() as uow:
        actor = (await found_household(uow, office.identity)).actor
    stop = asyncio.Event()
    await office.jobs.open()
    worker = asyncio.create_task(office.jobs.run_worker(concurrency=2, stop=stop))
    try:
        await filed(office, db, actor)
        async with db.begin() as uow:
            signature = await office.make_signature(uow, actor)
            await office.reviews.approve(uow, REVIEWER, signature.review_id or "")
        await wait_for(signature, office, db, actor, SignatureStatus.REVIEW_PASSED)
        async with db.begin() as uow:
            template = await office.sms.templates.create_template(uow, actor, template_form(signature))
            await office.reviews.approve(uow, REVIEWER, template.review_id or "")
        deadline = time.monotonic() + DEADLINE_S
        while template.status is not TemplateStatus.ACTIVE:
            assert time.monotonic() < deadline
            await asyncio.sleep(POLL_S)
            async with db.begin() as uow:
                template = await office.sms.templates.get_template(uow, actor, template.template_id)
    finally:
        stop.set()
        await worker
        await office.jobs.close()

    async with db.begin() as uow:
        content = await office.sms.get_sendable(uow, actor.tenant(), template_id=template.template_id)
    assert content.channel_number == CHANNEL
