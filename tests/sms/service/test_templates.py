from dataclasses import replace
from datetime import timedelta

import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import HongyanError, InvalidInput
from hongyan.kernel.ids import SignatureId, SmsAppId
from hongyan.rooms.identity.contracts import Actor
from hongyan.rooms.reviews.contracts import ReviewState
from hongyan.rooms.sms.contracts import ListFilter, Signature, SmsType, TemplateStatus
from hongyan.rooms.sms.errors import (
    AppSuspended,
    LimitReached,
    OnlyRejectedEditable,
    SignatureIdMissing,
    SignatureNotApproved,
    SignatureNotFound,
    TemplateNotFound,
    WrongState,
)
from hongyan.rooms.sms.rules import templates as rules
from support.identity import found_household
from support.office import CONTENT, OPERATOR, REVIEWER, VARIABLES, Office, take_jobs, template_form

NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
async def signature(uow: Uow, office: Office, actor: Actor) -> Signature:
    await office.file_enterprise(uow, actor)
    return await office.make_usable_signature(uow, actor)


async def test_a_template_is_numbered_reviewed_and_used(
    uow: Uow, office: Office, actor: Actor, signature: Signature
) -> None:
    first = await office.sms.templates.create_template(uow, actor, template_form(signature))
    second = await office.sms.templates.create_template(uow, actor, template_form(signature))
    assert int(second.template_id) == int(first.template_id) + 1
    assert int(first.template_id) >= 15010661
    assert (first.status, first.type, first.app_name) == (TemplateStatus.REVIEWING, SmsType.NOTIFY, "HONGYAN")
    assert (first.content, first.variables, first.signature_name) == (CONTENT, VARIABLES, "鸿雁演示")

    review = await office.reviews.get_review(uow, REVIEWER, first.review_id or "")
    assert review.snapshot["content"] == CONTENT
    await office.decide(uow, first.review_id)
    assert (await office.sms.templates.get_template(uow, actor, first.template_id)).status is TemplateStatus.ACTIVE


async def test_a_promotion_needs_a_promotion_signature_and_its_words(uow: Uow, office: Office, actor: Actor) -> None:
    await office.file_enterprise(uow, actor)
    signature = await office.make_usable_signature(uow, actor, kind=SmsType.PROMOTION)
    with pytest.raises(InvalidInput, match="拒收请回复R"):
        await office.sms.templates.create_template(uow, actor, template_form(signature))
    form = template_form(signature, content=f"{CONTENT}拒收请回复R")
    template = await office.sms.templates.create_template(uow, actor, form)
    await office.decide(uow, template.review_id)
    content = await office.sms.get_sendable(uow, actor.tenant(), template_id=template.template_id)
    assert content.klass == "promotion"


async def test_a_template_stands_on_a_usable_signature_and_app(
    uow: Uow, office: Office, actor: Actor, signature: Signature
) -> None:
    form = template_form(signature)
    swan = await found_household(uow, office.identity, "swan", number=1)
    for refusal, wanted, who in (
        (SignatureIdMissing, replace(form, signature_id=SignatureId("")), actor),
        (SignatureNotFound, replace(form, signature_id=SignatureId(NOWHERE)), actor),
        (SignatureNotFound, replace(form, signature_id=SignatureId("x")), actor),
        (SignatureNotFound, form, swan.actor),
        (InvalidInput, replace(form, app_id=SmsAppId(NOWHERE)), actor),
        (InvalidInput, replace(form, type=SmsType.PROMOTION, content=f"{CONTENT}拒收请回复R"), actor),
    ):
        with pytest.raises(refusal):
            await office.sms.templates.create_template(uow, who, wanted)
    waiting = await office.sms.signatures.create_signature(uow, actor, replace(signature.form, name="另一个"))
    with pytest.raises(SignatureNotApproved):
        await office.sms.templates.create_template(uow, actor, template_form(waiting))
    await office.sms.apps.set_suspended(uow, OPERATOR, actor.tenant(), signature.form.app_id, is_suspended=True)
    with pytest.raises(AppSuspended):
        await office.sms.templates.create_template(uow, actor, form)


async def test_an_app_carries_so_many_templates(
    uow: Uow, office: Office, actor: Actor, signature: Signature, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MAX_TEMPLATES", 1)
    await office.sms.templates.create_template(uow, actor, template_form(signature))
    with pytest.raises(LimitReached):
        await office.sms.templates.create_template(uow, actor, template_form(signature))


async def test_only_a_rejected_template_is_modified(
    uow: Uow, office: Office, actor: Actor, signature: Signature
) -> None:
    template = await office.sms.templates.create_template(uow, actor, template_form(signature))
    change = template_form(signature, content=f"您好，{CONTENT}", name="新名称")
    with pytest.raises(OnlyRejectedEditable):
        await office.sms.templates.update_template(uow, actor, template.template_id, change)
    await office.decide(uow, template.review_id, is_approved=False, reason="变量过多")
    rejected = await office.sms.templates.get_template(uow, actor, template.template_id)
    assert (rejected.status, rejected.review_desc) == (TemplateStatus.REJECTED, "变量过多")

    changed = await office.sms.templates.update_template(uow, actor, template.template_id, change)
    assert (changed.status, changed.name, changed.review_desc) == (TemplateStatus.REVIEWING, "新名称", "")
    assert changed.review_id != template.review_id
    # The old decision, heard again, does not reach the new submission.
    await office.sms.templates.review_decided(
        uow, actor.tenant(), template.template_id, review_id=template.review_id or "", is_approved=True, reason=""
    )
    found = await office.sms.templates.get_template(uow, actor, template.template_id)
    assert found.status is TemplateStatus.REVIEWING


async def test_deleting_withdraws_the_review_and_closes_the_gate(
    uow: Uow, office: Office, actor: Actor, signature: Signature
) -> None:
    template = await office.sms.templates.create_template(uow, actor, template_form(signature))
    await take_jobs(uow)
    await office.sms.templates.delete_template(uow, actor, template.template_id)
    review = await office.reviews.get_review(uow, REVIEWER, template.review_id or "")
    assert review.state is ReviewState.WITHDRAWN
    (job,) = await take_jobs(uow)
    assert (job.name, job.args["subject_id"]) == ("delivery.close_gate", template.template_id)
    for gone in (template.template_id, "abc", "9" * 30):
        with pytest.raises(TemplateNotFound):
            await office.sms.templates.get_template(uow, actor, gone)


async def test_use_is_switched_only_when_approved(uow: Uow, office: Office, actor: Actor, signature: Signature) -> None:
    template = await office.sms.templates.create_template(uow, actor, template_form(signature))
    with pytest.raises(WrongState):
        await office.sms.templates.set_active(uow, actor, template.template_id, is_active=True)
    await office.decide(uow, template.review_id)
    await take_jobs(uow)
    same = await office.sms.templates.set_active(uow, actor, template.template_id, is_active=True)
    assert same.status is TemplateStatus.ACTIVE
    assert await take_jobs(uow) == []


async def test_urging_counts(uow: Uow, office: Office, actor: Actor, signature: Signature, clock: FrozenClock) -> None:
    template = await office.sms.templates.create_template(uow, actor, template_form(signature))
    clock.advance(timedelta(hours=2))
    urged = await office.sms.templates.urge_template(uow, actor, template.template_id)
    found = await office.sms.templates.get_template(uow, actor, template.template_id)
    assert (urged.urge_count, found.urge_count, found.urged_at) == (1, 1, clock.now())
    await office.decide(uow, template.review_id)
    with pytest.raises(WrongState):
        await office.sms.templates.urge_template(uow, actor, template.template_id)


async def test_lists_filter_and_count(uow: Uow, office: Office, actor: Actor, signature: Signature) -> None:
    first = await office.sms.templates.create_template(uow, actor, template_form(signature, name="发货 50%"))
    second = await office.sms.templates.create_template(uow, actor, template_form(signature, name="到货"))
    await office.decide(uow, second.review_id)

    async def ids(wanted: ListFilter) -> list[str]:
        page = await office.sms.templates.list_templates(uow, actor, wanted)
        assert page.total == len(page.items)
        return [found.template_id for found in page.items]

    assert await ids(ListFilter()) == [second.template_id, first.template_id]
    assert await ids(ListFilter(name="50%")) == [first.template_id]
    assert await ids(ListFilter(name="%")) == [first.template_id]
    assert await ids(ListFilter(item_id=first.template_id)) == [first.template_id]
    assert await ids(ListFilter(item_id="abc")) == []
    assert await ids(ListFilter(statuses=("active",))) == [second.template_id]
    assert await ids(ListFilter(type=SmsType.PROMOTION)) == []
    assert await ids(ListFilter(app_name="HONGYAN")) == [second.template_id, first.template_id]
    assert await ids(ListFilter(begin=first.created_at, end=first.created_at)) == [
        second.template_id,
        first.template_id,
    ]
    assert await ids(ListFilter(begin=first.created_at + timedelta(seconds=1))) == []


async def test_another_tenant_reaches_nothing(uow: Uow, office: Office, actor: Actor, signature: Signature) -> None:
    template = await office.sms.templates.create_template(uow, actor, template_form(signature))
    swan = (await found_household(uow, office.identity, "swan", number=1)).actor
    for refused in (
        office.sms.templates.get_template(uow, swan, template.template_id),
        office.sms.templates.delete_template(uow, swan, template.template_id),
        office.sms.templates.update_template(uow, swan, template.template_id, template_form(signature)),
        office.sms.signatures.get_signature(uow, swan, signature.signature_id),
        office.sms.signatures.delete_signature(uow, swan, signature.signature_id),
        office.sms.apps.get_app(uow, swan, signature.form.app_id),
    ):
        with pytest.raises(HongyanError, match="does not exist"):
            await refused
