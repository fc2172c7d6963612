from dataclasses import replace
from datetime import timedelta

import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import Forbidden, HongyanError, InvalidInput
from hongyan.kernel.ids import FileId
from hongyan.rooms.enterprises.contracts import FilingState, Scene
from hongyan.rooms.enterprises.errors import (
    FilingIncomplete,
    FilingMissing,
    FilingUnderReview,
    LetterNotFound,
    PaperNotFound,
    RealNameMissing,
)
from hongyan.rooms.identity.contracts import Actor, RealName, Role, Service, system_actor
from support.identity import found_household
from support.office import PDF, REVIEWER, Office, picture, take_jobs

SEND = Scene.SMART_SEND


async def test_a_filing_goes_from_nothing_to_approved(uow: Uow, office: Office, actor: Actor) -> None:
    assert {filing.state for filing in await office.enterprises.list_filings(uow, actor)} == {FilingState.NONE}
    with pytest.raises(FilingMissing):
        await office.enterprises.require_filed(uow, actor.tenant(), SEND)

    await office.enterprises.save_filing(uow, actor, SEND, {"document_type": "business_licence"})
    for field in ("material_commitment", "signature_authorisation"):
        await office.enterprises.upload_paper(uow, actor, SEND, field, f"{field}.pdf", PDF)
    with pytest.raises(FilingIncomplete) as refused:
        await office.enterprises.submit_filing(uow, actor, SEND)
    assert refused.value.field == "business_licence"
    await office.enterprises.upload_paper(uow, actor, SEND, "business_licence", "a.png", picture())
    filing = await office.enterprises.submit_filing(uow, actor, SEND)
    assert (filing.state, filing.is_pending) == (FilingState.REVIEWING, True)

    await office.decide(uow, filing.review_id)
    approved = await office.enterprises.get_filing(uow, actor, SEND)
    assert (approved.state, approved.is_pending) == (FilingState.APPROVED, False)
    assert all(paper.approved_at for paper in approved.papers.values())
    await office.enterprises.require_filed(uow, actor.tenant(), SEND)
    (gate,) = await take_jobs(uow, "delivery.")
    assert (gate.name, gate.args["kind"], gate.args["subject_id"]) == ("delivery.open_gate", "filing", "smart_send")


async def test_nothing_changes_while_under_review(uow: Uow, office: Office, actor: Actor) -> None:
    await office.file_enterprise(uow, actor)
    await office.enterprises.submit_filing(uow, actor, SEND)
    with pytest.raises(FilingUnderReview):
        await office.enterprises.save_filing(uow, actor, SEND, {})
    with pytest.raises(FilingUnderReview):
        await office.enterprises.submit_filing(uow, actor, SEND)
    with pytest.raises(FilingUnderReview):
        await office.enterprises.upload_paper(uow, actor, SEND, "business_licence", "a.png", picture())


async def test_a_rejected_filing_says_why_and_goes_back_to_review(uow: Uow, office: Office, actor: Actor) -> None:
    await office.enterprises.save_filing(uow, actor, SEND, {"document_type": "business_licence"})
    await office.enterprises.upload_paper(uow, actor, SEND, "business_licence", "a.png", picture())
    for field in ("material_commitment", "signature_authorisation"):
        await office.enterprises.upload_paper(uow, actor, SEND, field, f"{field}.pdf", PDF)
    filing = await office.enterprises.submit_filing(uow, actor, SEND)
    await office.decide(uow, filing.review_id, is_approved=False, reason="缺公章")

    rejected = await office.enterprises.get_filing(uow, actor, SEND)
    assert (rejected.state, rejected.reason) == (FilingState.REJECTED, "缺公章")
    again = await office.enterprises.submit_filing(uow, actor, SEND)
    assert (again.state, again.reason) == (FilingState.REVIEWING, "")


@pytest.mark.parametrize("is_approved", [True, False])
async def test_an_edit_of_an_approved_filing_keeps_the_state_while_it_is_reviewed(
    uow: Uow, office: Office, actor: Actor, is_approved: bool
) -> None:
    await office.file_enterprise(uow, actor)
    await office.enterprises.save_filing(uow, actor, SEND, {"document_type": "three_in_one"})
    edited = await office.enterprises.submit_filing(uow, actor, SEND)
    assert (edited.state, edited.is_pending) == (FilingState.APPROVED, True)
    await office.enterprises.require_filed(uow, actor.tenant(), SEND)
    await office.decide(uow, edited.review_id, is_approved=is_approved, reason="no")
    decided = await office.enterprises.get_filing(uow, actor, SEND)
    assert (decided.state, decided.is_pending) == (FilingState.APPROVED, False)
    assert decided.reason == ("" if is_approved else "no")


async def test_a_decision_heard_twice_or_of_an_old_review_changes_nothing(
    uow: Uow, office: Office, actor: Actor
) -> None:
    await office.file_enterprise(uow, actor)
    filing = await office.enterprises.get_filing(uow, actor, SEND)
    for review_id in (filing.review_id or "", "00000000-0000-4000-8000-000000000000"):
        await office.enterprises.review_decided(
            uow, actor.tenant(), SEND, review_id=review_id, is_approved=False, reason="late"
        )
    assert (await office.enterprises.get_filing(uow, actor, SEND)).state is FilingState.APPROVED


async def test_approved_papers_are_reused_by_other_scenes(uow: Uow, office: Office, actor: Actor) -> None:
    await office.file_enterprise(uow, actor)
    links = await office.enterprises.get_filing(uow, actor, Scene.SMART_LINKS)
    assert set(links.papers) == {"business_licence", "material_commitment", "company_relation"}
    assert {paper.scene for paper in links.papers.values()} == {SEND}

    await office.enterprises.save_filing(uow, actor, Scene.SMART_LINKS, {"document_type": "business_licence"})
    filing = await office.enterprises.submit_filing(uow, actor, Scene.SMART_LINKS)
    await office.decide(uow, filing.review_id)
    await office.enterprises.require_filed(uow, actor.tenant(), Scene.SMART_LINKS)

    own = await office.enterprises.upload_paper(uow, actor, Scene.SMART_LINKS, "business_licence", "b.png", picture())
    links = await office.enterprises.get_filing(uow, actor, Scene.SMART_LINKS)
    assert links.papers["business_licence"].paper_id == own.paper_id


async def test_unapproved_papers_stay_in_their_scene(uow: Uow, office: Office, actor: Actor) -> None:
    await office.enterprises.upload_paper(uow, actor, SEND, "business_licence", "a.png", picture())
    assert (await office.enterprises.get_filing(uow, actor, Scene.SMART_LINKS)).papers == {}


async def test_filing_needs_a_verified_company_and_the_scene_s_service(uow: Uow, office: Office, actor: Actor) -> None:
    with pytest.raises(HongyanError) as refused:
        await office.enterprises.save_filing(uow, actor, Scene.SERVICE_ACCOUNT, {})
    assert refused.value.code == "identity.service_not_opened"
    await office.identity.tenants.open_service(uow, actor, Service.SERVICE_ACCOUNTS)
    await office.enterprises.save_filing(uow, actor, Scene.SERVICE_ACCOUNT, {})
    await office.identity.tenants.set_real_name(uow, system_actor(), actor.tenant(), RealName.NONE)
    with pytest.raises(RealNameMissing):
        await office.enterprises.save_filing(uow, actor, SEND, {})


async def test_a_refused_upload_leaves_nothing(uow: Uow, office: Office, actor: Actor) -> None:
    with pytest.raises(InvalidInput):
        await office.enterprises.upload_paper(uow, actor, SEND, "business_licence", "a.png", PDF)
    with pytest.raises(InvalidInput):
        await office.enterprises.upload_paper(uow, actor, SEND, "document_type", "a.png", picture())
    assert (await office.enterprises.get_filing(uow, actor, SEND)).papers == {}


async def test_papers_are_read_by_their_tenant_and_by_reviewers(uow: Uow, office: Office, actor: Actor) -> None:
    paper = await office.enterprises.upload_paper(uow, actor, SEND, "business_licence", "a.png", picture())
    swan = await found_household(uow, office.identity, "swan", number=1)
    for reader in (actor, REVIEWER):
        found, data = await office.enterprises.read_paper(uow, reader, paper.paper_id)
        assert (found.name, data) == ("a.png", picture())
    with pytest.raises(PaperNotFound):
        await office.enterprises.read_paper(uow, swan.actor, paper.paper_id)
    with pytest.raises(PaperNotFound):
        await office.enterprises.read_paper(uow, actor, FileId("00000000-0000-4000-8000-000000000000"))


async def test_a_revoked_filing_closes_the_gate_and_withdraws_its_edit(uow: Uow, office: Office, actor: Actor) -> None:
    await office.file_enterprise(uow, actor)
    edit = await office.enterprises.submit_filing(uow, actor, SEND)
    await take_jobs(uow)
    with pytest.raises(Forbidden):
        await office.enterprises.revoke_filing(uow, actor, actor.tenant(), SEND, "x")
    with pytest.raises(InvalidInput):
        await office.enterprises.revoke_filing(uow, REVIEWER, actor.tenant(), SEND, " ")
    await office.enterprises.revoke_filing(uow, REVIEWER, actor.tenant(), SEND, "licence expired")

    filing = await office.enterprises.get_filing(uow, actor, SEND)
    assert (filing.state, filing.is_pending, filing.reason) == (FilingState.REJECTED, False, "licence expired")
    (gate,) = await take_jobs(uow)
    assert (gate.name, gate.args["subject_id"]) == ("delivery.close_gate", "smart_send")
    assert (await office.reviews.get_review(uow, REVIEWER, edit.review_id or "")).state.value == "withdrawn"
    with pytest.raises(FilingMissing):
        await office.enterprises.revoke_filing(uow, REVIEWER, actor.tenant(), SEND, "again")


async def test_urging_a_filing_reaches_the_desk(uow: Uow, office: Office, actor: Actor, clock: FrozenClock) -> None:
    with pytest.raises(FilingMissing):
        await office.enterprises.urge_filing(uow, actor, SEND)
    await office.file_enterprise(uow, actor)
    filing = await office.enterprises.submit_filing(uow, actor, SEND)
    clock.advance(timedelta(hours=4))
    await office.enterprises.urge_filing(uow, actor, SEND)
    assert (await office.reviews.get_review(uow, REVIEWER, filing.review_id or "")).urge_count == 1


async def test_reading_roles_do_not_edit(uow: Uow, office: Office, actor: Actor) -> None:
    reader = replace(actor, roles=frozenset({Role.READ_ONLY}))
    await office.enterprises.get_filing(uow, reader, SEND)
    with pytest.raises(Forbidden):
        await office.enterprises.save_filing(uow, reader, SEND, {})


async def test_a_sample_letter_names_the_company(uow: Uow, office: Office, actor: Actor) -> None:
    name, data = await office.enterprises.make_letter(uow, actor, "material_commitment")
    assert name == "智能信息素材承诺函.docx"
    assert data.startswith(b"PK")
    with pytest.raises(LetterNotFound):
        await office.enterprises.make_letter(uow, actor, "love")
