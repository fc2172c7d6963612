"""Auto-answers as a tenant sets them: off at first, checked, audited, and only of what can be used."""

import pytest

from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import Forbidden, InvalidInput
from hongyan.kernel.ids import SignatureId, TenantId
from hongyan.rooms.identity.contracts import Actor, Role, system_actor
from hongyan.rooms.sms.contracts import AutoAnswers, Signature
from hongyan.rooms.sms.errors import SignatureNotFound
from hongyan.rooms.sms.service.answers import AnswersService
from support.identity import found_household
from support.office import OPERATOR, Office

NOWHERE = "00000000-0000-4000-8000-000000000000"
BOTH = AutoAnswers("您已退订。", "已收到。")


@pytest.fixture
async def signature(uow: Uow, office: Office, actor: Actor) -> Signature:
    await office.file_enterprise(uow, actor)
    return await office.make_usable_signature(uow, actor)


async def answered(uow: Uow, office: Office, signature: Signature) -> list[str | None]:
    """Return what a refusal and another text are answered with."""
    found = [
        await office.sms.answers.find_answer(uow, signature.tenant_id, signature.signature_id, is_refusal=is_refusal)
        for is_refusal in (True, False)
    ]
    return [answer.text if answer else None for answer in found]


async def test_nothing_is_answered_until_somebody_says_what(
    uow: Uow, office: Office, actor: Actor, signature: Signature
) -> None:
    answers, signature_id = office.sms.answers, signature.signature_id
    assert await answers.get_answers(uow, actor, signature_id) == AutoAnswers()
    assert await answered(uow, office, signature) == [None, None]
    await answers.set_answers(uow, actor, signature_id, AutoAnswers(opt_out="您已退订。"))
    assert await answered(uow, office, signature) == ["您已退订。", None]
    await answers.set_answers(uow, actor, signature_id, BOTH)
    assert await answers.get_answers(uow, actor, signature_id) == BOTH
    assert await answered(uow, office, signature) == ["您已退订。", "已收到。"]
    await answers.set_answers(uow, actor, signature_id, AutoAnswers())
    assert await answered(uow, office, signature) == [None, None]


async def test_an_answer_brings_what_a_send_under_the_signature_needs(
    uow: Uow, office: Office, actor: Actor, signature: Signature
) -> None:
    await office.sms.answers.set_answers(uow, actor, signature.signature_id, BOTH)
    found = await office.sms.answers.find_answer(uow, actor.tenant(), signature.signature_id, is_refusal=False)
    assert found is not None
    assert (found.app_id, found.app_name) == (signature.form.app_id, signature.app_name)
    assert (found.signature_name, found.signature_type) == (signature.form.name, signature.form.type)
    assert found.channel_number == signature.channel_number != ""


async def test_every_change_is_in_the_audit_log(uow: Uow, office: Office, actor: Actor, signature: Signature) -> None:
    await office.sms.answers.set_answers(uow, actor, signature.signature_id, BOTH)
    await office.sms.answers.set_answers(uow, actor, signature.signature_id, AutoAnswers())
    page = await office.identity.audit.list_entries(uow, actor, action="signature.set_answers")
    last, first = page.items
    assert (first.before, first.after) == ({"opt_out": "", "other": ""}, {"opt_out": "您已退订。", "other": "已收到。"})
    assert (last.before, last.after) == (first.after, first.before)
    assert last.subject_id == signature.signature_id


async def test_what_breaks_a_rule_changes_nothing(uow: Uow, office: Office, actor: Actor, signature: Signature) -> None:
    async def words() -> frozenset[str]:
        return frozenset({"博彩"})

    strict = AnswersService(identity=office.identity, signatures=office.sms.signatures, words=words)
    for bad in (AutoAnswers("见 http://a.example"), AutoAnswers("您已退订。", "博彩")):
        with pytest.raises(InvalidInput):
            await strict.set_answers(uow, actor, signature.signature_id, bad)
    assert await answered(uow, office, signature) == [None, None]


async def test_nobody_sets_answers_of_others(uow: Uow, office: Office, actor: Actor, signature: Signature) -> None:
    other = (await found_household(uow, office.identity, "swan", number=1)).actor
    for signature_id in (signature.signature_id, NOWHERE, "no id"):
        with pytest.raises(SignatureNotFound):
            await office.sms.answers.set_answers(uow, other, signature_id, BOTH)
        with pytest.raises(SignatureNotFound):
            await office.sms.answers.get_answers(uow, other, signature_id)
    reader = Actor(actor.tenant(), actor.user_id, "reader", frozenset({Role.READ_ONLY}), "console")
    with pytest.raises(Forbidden):
        await office.sms.answers.set_answers(uow, reader, signature.signature_id, BOTH)
    assert await office.sms.answers.get_answers(uow, reader, signature.signature_id) == AutoAnswers()


async def test_an_operator_sets_answers_at_the_shell(
    uow: Uow, office: Office, actor: Actor, signature: Signature
) -> None:
    tenant_id = actor.tenant()
    await office.sms.answers.set_answers_of(uow, system_actor(), tenant_id, signature.signature_id, BOTH)
    assert await office.sms.answers.get_answers_of(uow, tenant_id, signature.signature_id) == BOTH


async def test_what_cannot_be_used_answers_nothing(
    uow: Uow, office: Office, actor: Actor, signature: Signature
) -> None:
    await office.sms.answers.set_answers(uow, actor, signature.signature_id, BOTH)
    app_id = signature.form.app_id
    await office.sms.apps.set_suspended(uow, OPERATOR, signature.tenant_id, app_id, is_suspended=True)
    assert await answered(uow, office, signature) == [None, None]
    await office.sms.apps.set_suspended(uow, OPERATOR, signature.tenant_id, app_id, is_suspended=False)
    assert await answered(uow, office, signature) == ["您已退订。", "已收到。"]
    await office.sms.signatures.deactivate_signature(
        uow, OPERATOR, signature.tenant_id, signature.signature_id, "asleep"
    )
    assert await answered(uow, office, signature) == [None, None]
    find = office.sms.answers.find_answer
    assert await find(uow, TenantId(NOWHERE), signature.signature_id, is_refusal=True) is None
    assert await find(uow, signature.tenant_id, SignatureId("no id"), is_refusal=True) is None
