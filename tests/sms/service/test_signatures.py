import io
from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import Forbidden, HongyanError, InvalidInput
from hongyan.kernel.ids import FileId, SignatureId, SmsAppId
from hongyan.rooms.enterprises.errors import FilingMissing
from hongyan.rooms.identity.contracts import Actor, Role, TenantState, system_actor
from hongyan.rooms.reviews.contracts import ReviewState
from hongyan.rooms.reviews.errors import UrgedTooSoon
from hongyan.rooms.sms.contracts import ListFilter, SignatureSource, SignatureStatus, SmsType
from hongyan.rooms.sms.errors import (
    AppSuspended,
    LimitReached,
    SignatureExists,
    SignatureNeedsProof,
    SignatureNotFound,
    WrongState,
)
from hongyan.rooms.sms.rules import signatures as rules
from support.identity import found_household
from support.office import CHANNEL, OPERATOR, REVIEWER, Office, picture, take_jobs, template_form

NOWHERE = "00000000-0000-4000-8000-000000000000"


async def test_an_app_needs_the_filing(uow: Uow, office: Office, actor: Actor) -> None:
    with pytest.raises(FilingMissing):
        await office.sms.apps.create_app(uow, actor, "HONGYAN")


async def test_a_suspended_tenant_makes_nothing(uow: Uow, office: Office, actor: Actor) -> None:
    await office.file_enterprise(uow, actor)
    await office.identity.tenants.set_state(uow, system_actor(), actor.tenant(), TenantState.SUSPENDED)
    with pytest.raises(HongyanError) as refused:
        await office.sms.apps.create_app(uow, actor, "HONGYAN")
    assert refused.value.code == "identity.tenant_suspended"


async def test_approval_asks_carriers_for_a_number_and_the_number_makes_it_usable(
    uow: Uow, office: Office, actor: Actor
) -> None:
    await office.file_enterprise(uow, actor)
    await take_jobs(uow)
    signature = await office.make_signature(uow, actor)
    assert signature.status is SignatureStatus.PENDING_REVIEW
    await office.decide(uow, signature.review_id)

    (job,) = await take_jobs(uow)
    assert job.name == "carriers.provision_signature"
    assert job.args == {
        "tenant_id": actor.tenant(),
        "signature_id": signature.signature_id,
        "signature_name": "鸿雁演示",
    }
    for _ in range(2):
        await office.sms.set_channel_number(uow, actor.tenant(), signature.signature_id, CHANNEL)
        found = await office.sms.signatures.get_signature(uow, actor, signature.signature_id)
        assert (found.status, found.channel_number) == (SignatureStatus.REVIEW_PASSED, CHANNEL)
    await office.sms.set_channel_number(uow, actor.tenant(), SignatureId(NOWHERE), CHANNEL)


async def test_a_decision_heard_twice_changes_nothing(uow: Uow, office: Office, actor: Actor) -> None:
    await office.file_enterprise(uow, actor)
    signature = await office.make_usable_signature(uow, actor)
    await office.sms.signatures.review_decided(
        uow, actor.tenant(), signature.signature_id, review_id=signature.review_id or "", is_approved=False, reason="x"
    )
    found = await office.sms.signatures.get_signature(uow, actor, signature.signature_id)
    assert found.status is SignatureStatus.REVIEW_PASSED


@pytest.mark.parametrize(
    ("name", "source", "has_letter", "is_refused"),
    [
        ("鸿雁演示", SignatureSource.COMPANY, False, True),
        ("鸿雁演示", SignatureSource.COMPANY, True, False),
        ("goose科技有限公司", SignatureSource.COMPANY, False, False),
        ("鸿雁演示", SignatureSource.TRADEMARK, False, False),
    ],
)
async def test_a_name_that_is_not_the_company_s_needs_the_relation_letter(
    uow: Uow, office: Office, actor: Actor, name: str, source: SignatureSource, has_letter: bool, is_refused: bool
) -> None:
    await office.file_enterprise(uow, actor, has_relation_letter=has_letter)
    app = await office.sms.apps.create_app(uow, actor, "HONGYAN")
    form = replace(await office.signature_form(uow, actor, app.app_id, name=name), source=source)
    refused = None
    try:
        await office.sms.signatures.create_signature(uow, actor, form)
    except SignatureNeedsProof as error:
        refused = error
    assert (refused is not None) is is_refused


async def test_names_are_unique_per_type_and_look_alikes_count(uow: Uow, office: Office, actor: Actor) -> None:
    await office.file_enterprise(uow, actor)
    first = await office.make_signature(uow, actor, name="Goose")
    with pytest.raises(SignatureExists):
        await office.sms.signatures.create_signature(uow, actor, replace(first.form, name="GOOSE"))
    other = await office.sms.signatures.create_signature(uow, actor, replace(first.form, type=SmsType.PROMOTION))
    await office.decide(uow, other.review_id, is_approved=False, reason="no")
    with pytest.raises(SignatureExists):
        await office.sms.signatures.update_signature(uow, actor, other.signature_id, first.form)


async def test_the_reviewer_is_told_of_the_same_name_at_others(uow: Uow, office: Office, actor: Actor) -> None:
    swan = await found_household(uow, office.identity, "swan", number=1)
    for owner in (actor, swan.actor):
        await office.file_enterprise(uow, owner)
    await office.make_signature(uow, actor)
    second = await office.make_signature(uow, swan.actor)
    review = await office.reviews.get_review(uow, REVIEWER, second.review_id or "")
    assert review.snapshot["same_name_at_other_tenants"] == 1
    assert review.snapshot["differs_from_company"] is True


async def test_a_suspended_app_and_a_full_one_take_no_signature(
    uow: Uow, office: Office, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.file_enterprise(uow, actor)
    signature = await office.make_signature(uow, actor)
    form = replace(signature.form, name="第二个")
    monkeypatch.setattr(rules, "MAX_SIGNATURES", 1)
    with pytest.raises(LimitReached):
        await office.sms.signatures.create_signature(uow, actor, form)
    await take_jobs(uow)
    for _ in range(2):
        await office.sms.apps.set_suspended(uow, OPERATOR, actor.tenant(), form.app_id, is_suspended=True)
    assert [job.name for job in await take_jobs(uow)] == ["delivery.close_gate"]
    with pytest.raises(AppSuspended):
        await office.sms.signatures.create_signature(uow, actor, form)


async def test_deleting_withdraws_reviews_closes_gates_and_frees_the_number(
    uow: Uow, office: Office, actor: Actor
) -> None:
    await office.file_enterprise(uow, actor)
    signature = await office.make_usable_signature(uow, actor)
    template = await office.sms.templates.create_template(uow, actor, template_form(signature))
    await take_jobs(uow)

    await office.sms.signatures.delete_signature(uow, actor, signature.signature_id)

    said = [(job.name, job.args.get("kind"), job.args.get("subject_id")) for job in await take_jobs(uow)]
    assert said == [
        ("delivery.close_gate", "template", template.template_id),
        ("delivery.close_gate", "signature", signature.signature_id),
        ("carriers.release_signature", None, None),
    ]
    review = await office.reviews.get_review(uow, REVIEWER, template.review_id or "")
    assert review.state is ReviewState.WITHDRAWN
    with pytest.raises(SignatureNotFound):
        await office.sms.signatures.get_signature(uow, actor, signature.signature_id)
    # The name is free again.
    await office.sms.signatures.create_signature(uow, actor, signature.form)


async def test_urging_counts_and_a_new_review_starts_again(
    uow: Uow, office: Office, actor: Actor, clock: FrozenClock
) -> None:
    await office.file_enterprise(uow, actor)
    signature = await office.make_signature(uow, actor)
    with pytest.raises(UrgedTooSoon):
        await office.sms.signatures.urge_signature(uow, actor, signature.signature_id)
    clock.advance(timedelta(hours=4))
    urged = await office.sms.signatures.urge_signature(uow, actor, signature.signature_id)
    assert urged.urge_count == 1
    await office.decide(uow, signature.review_id, is_approved=False, reason="no")
    with pytest.raises(WrongState):
        await office.sms.signatures.urge_signature(uow, actor, signature.signature_id)
    again = await office.sms.signatures.update_signature(uow, actor, signature.signature_id, signature.form)
    assert (again.urge_count, again.urged_at) == (0, None)


async def test_states_only_move_along_the_table(uow: Uow, office: Office, actor: Actor) -> None:
    await office.file_enterprise(uow, actor)
    signature = await office.make_signature(uow, actor)
    with pytest.raises(WrongState):
        await office.sms.signatures.activate_signature(uow, actor, signature.signature_id)
    with pytest.raises(WrongState):
        await office.sms.signatures.deactivate_signature(uow, OPERATOR, actor.tenant(), signature.signature_id, "x")
    with pytest.raises(Forbidden):
        await office.sms.signatures.deactivate_signature(uow, actor, actor.tenant(), signature.signature_id, "x")


async def test_proofs_are_read_by_their_tenant_and_by_reviewers(uow: Uow, office: Office, actor: Actor) -> None:
    file = await office.sms.apps.upload_file(uow, actor, "a.png", picture(), "licence")
    assert (file.media_type, file.size_bytes, file.desc) == ("image/png", len(picture()), "licence")
    swan = await found_household(uow, office.identity, "swan", number=1)
    for reader in (actor, REVIEWER):
        found, data = await office.sms.apps.read_file(uow, reader, actor.tenant(), file.file_id)
        assert (found, data) == (file, picture())
    with pytest.raises(Forbidden):
        await office.sms.apps.read_file(uow, swan.actor, actor.tenant(), file.file_id)


async def test_a_picture_of_too_many_pixels_is_refused(uow: Uow, office: Office, actor: Actor) -> None:
    packed = io.BytesIO()
    Image.new("1", (10_000, 6_000)).save(packed, "PNG")
    with pytest.raises(InvalidInput, match="too many pixels"):
        await office.sms.apps.upload_file(uow, actor, "a.png", packed.getvalue())


async def test_reading_roles_do_not_write_and_pages_are_counted(uow: Uow, office: Office, actor: Actor) -> None:
    await office.file_enterprise(uow, actor)
    signature = await office.make_signature(uow, actor)
    reader = replace(actor, roles=frozenset({Role.READ_ONLY}))
    page = await office.sms.signatures.list_signatures(uow, reader, ListFilter(), offset=1, limit=1)
    assert (page.items, page.total) == ((), 1)
    assert (await office.sms.signatures.list_signatures(uow, reader, ListFilter(item_id="x"))).total == 0
    for refused in (
        office.sms.apps.create_app(uow, reader, "X"),
        office.sms.signatures.create_signature(uow, reader, signature.form),
        office.sms.signatures.delete_signature(uow, reader, signature.signature_id),
        office.sms.apps.upload_file(uow, reader, "a.png", picture()),
    ):
        with pytest.raises(Forbidden):
            await refused


async def test_a_form_that_points_to_nothing_is_refused(uow: Uow, office: Office, actor: Actor) -> None:
    await office.file_enterprise(uow, actor)
    app = await office.sms.apps.create_app(uow, actor, "HONGYAN")
    form = await office.signature_form(uow, actor, app.app_id)
    for change, code in (
        ({"app_id": SmsAppId(NOWHERE)}, "sms.app_not_found"),
        ({"app_id": SmsAppId("x")}, "sms.app_not_found"),
        ({"licence_file_id": FileId(NOWHERE)}, "sms.file_not_found"),
        ({"involves_third_party": True, "attorney_file_id": FileId("x")}, "sms.file_not_found"),
    ):
        with pytest.raises(HongyanError) as refused:
            await office.sms.signatures.create_signature(uow, actor, replace(form, **change))
        assert refused.value.code == code
