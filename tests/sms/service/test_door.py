from dataclasses import replace

import pytest

from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import HongyanError
from hongyan.rooms.enterprises.contracts import Scene
from hongyan.rooms.enterprises.errors import FilingMissing
from hongyan.rooms.identity.contracts import Actor
from hongyan.rooms.sms.contracts import SmsTemplate, SmsType, VariableSpec, VariableType
from hongyan.rooms.sms.errors import SendTemplateForeign
from support.identity import found_household
from support.office import CHANNEL, CONTENT, OPERATOR, REVIEWER, VARIABLES, Office, take_jobs


@pytest.fixture
async def template(uow: Uow, office: Office, actor: Actor) -> SmsTemplate:
    await office.file_enterprise(uow, actor)
    return await office.make_usable_template(uow, actor)


def _asked(template: SmsTemplate) -> dict[str, str | None]:
    return {
        "template_id": template.template_id,
        "channel_number": CHANNEL,
        "sign": "鸿雁演示",
        "app_name": "HONGYAN",
        "signature_id": None,
    }


async def test_content_of_a_send_is_frozen_with_all_its_parts(uow: Uow, office: Office, template: SmsTemplate) -> None:
    content = await office.sms.get_sendable(uow, template.tenant_id, **_asked(template))

    assert content.app_id == template.app_id
    assert content.app_name == "HONGYAN"
    assert content.signature_id == template.signature_id
    assert content.signature_name == "鸿雁演示"
    assert content.signature_type is SmsType.NOTIFY
    assert content.channel_number == CHANNEL
    assert content.template_id == template.template_id
    assert content.content == CONTENT
    assert content.variables == VARIABLES
    assert content.link_index == 2
    assert content.value_variables == VARIABLES[:1]
    assert content.klass == "notice"


async def test_a_template_alone_names_everything_else(uow: Uow, office: Office, template: SmsTemplate) -> None:
    content = await office.sms.get_sendable(uow, template.tenant_id, template_id=template.template_id)
    assert content.channel_number == CHANNEL


@pytest.mark.parametrize(
    ("change", "vendor_code"),
    [
        ({"app_name": ""}, "KM.00001124"),
        ({"app_name": "OTHER"}, "KM.00001125"),
        ({"channel_number": ""}, "KM.00001126"),
        ({"channel_number": "1" * 22}, "KM.00001098"),
        ({"channel_number": "10690x"}, "KM.00001098"),
        ({"channel_number": "1069099"}, "KM.99990211"),
        ({"sign": ""}, "KM.00001127"),
        ({"sign": "别人"}, "KM.00001128"),
        ({"signature_id": "00000000-0000-4000-8000-000000000001"}, "KM.00001128"),
        ({"template_id": ""}, "KM.00001129"),
        ({"template_id": "abc"}, "KM.00001134"),
        ({"template_id": "99999999"}, "KM.00001135"),
        ({"template_id": "9" * 30}, "KM.00001135"),
    ],
)
async def test_each_wrong_field_of_a_send_has_its_own_code(
    uow: Uow, office: Office, template: SmsTemplate, change: dict[str, str], vendor_code: str
) -> None:
    with pytest.raises(HongyanError) as refused:
        await office.sms.get_sendable(uow, template.tenant_id, **{**_asked(template), **change})
    assert refused.value.vendor_code == vendor_code


async def test_a_template_of_another_tenant_is_foreign(uow: Uow, office: Office, template: SmsTemplate) -> None:
    other = await found_household(uow, office.identity, "swan", number=1)
    with pytest.raises(SendTemplateForeign):
        await office.sms.get_sendable(uow, other.tenant.id, template_id=template.template_id)


async def test_what_is_taken_out_of_use_cannot_be_sent_and_the_line_hears_it(
    uow: Uow, office: Office, actor: Actor, template: SmsTemplate
) -> None:
    await take_jobs(uow)

    await office.sms.templates.set_active(uow, actor, template.template_id, is_active=False)
    with pytest.raises(HongyanError, match="not usable"):
        await office.sms.get_sendable(uow, template.tenant_id, template_id=template.template_id)
    await office.sms.templates.set_active(uow, actor, template.template_id, is_active=True)

    await office.sms.signatures.deactivate_signature(
        uow, OPERATOR, template.tenant_id, template.signature_id, "dormant"
    )
    with pytest.raises(HongyanError, match="TO_BE_ACTIVATED"):
        await office.sms.get_sendable(uow, template.tenant_id, template_id=template.template_id)
    waiting = await office.sms.signatures.activate_signature(uow, actor, template.signature_id)
    await office.decide(uow, waiting.review_id)

    await office.sms.apps.set_suspended(uow, OPERATOR, template.tenant_id, template.app_id, is_suspended=True)
    with pytest.raises(HongyanError, match="suspended"):
        await office.sms.get_sendable(uow, template.tenant_id, template_id=template.template_id)
    await office.sms.apps.set_suspended(uow, OPERATOR, template.tenant_id, template.app_id, is_suspended=False)

    said = [(job.name, job.args["kind"], job.args["subject_id"]) for job in await take_jobs(uow, "delivery.")]
    assert said == [
        ("delivery.close_gate", "template", template.template_id),
        ("delivery.open_gate", "template", template.template_id),
        ("delivery.close_gate", "signature", template.signature_id),
        ("delivery.open_gate", "signature", template.signature_id),
        ("delivery.close_gate", "app", template.app_id),
        ("delivery.open_gate", "app", template.app_id),
    ]
    content = await office.sms.get_sendable(uow, template.tenant_id, template_id=template.template_id)
    assert content.template_id == template.template_id


async def test_a_revoked_filing_stops_sends(uow: Uow, office: Office, template: SmsTemplate) -> None:
    await office.enterprises.revoke_filing(uow, REVIEWER, template.tenant_id, Scene.SMART_SEND, "licence expired")
    with pytest.raises(FilingMissing):
        await office.sms.get_sendable(uow, template.tenant_id, template_id=template.template_id)


async def test_the_picker_shows_usable_templates_only(
    uow: Uow, office: Office, actor: Actor, template: SmsTemplate
) -> None:
    (row,) = await office.sms.list_sendable(uow, template.tenant_id)
    assert (row.template_id, row.signature_name, row.channel_number) == (template.template_id, "鸿雁演示", CHANNEL)

    await office.sms.templates.set_active(uow, actor, template.template_id, is_active=False)
    assert await office.sms.list_sendable(uow, template.tenant_id) == ()


@pytest.mark.parametrize(
    ("given", "vendor_code"),
    [
        ([], "KM.00001376"),
        (["王", "李"], "KM.00001376"),
        (["x" * 21], "KM.00001375"),
        ([""], "KM.00001375"),
        (["请加微信88888888"], "KM.99990223"),
    ],
)
def test_values_that_break_their_rule_are_refused_with_the_rule_s_code(
    office: Office, given: list[str], vendor_code: str
) -> None:
    with pytest.raises(HongyanError) as refused:
        office.sms.check_values(VARIABLES[:1], given, "sms_params")
    assert refused.value.vendor_code == vendor_code
    assert refused.value.field == "sms_params"


def test_the_first_problem_of_many_values_is_found(office: Office) -> None:
    specs = (replace(VARIABLES[0], index=1), VariableSpec(2, VariableType.MONEY, ""))
    check = office.sms.compile_check(specs)
    assert check(["王", "12.50"]) is None
    problem = check(["王", "￥12"])
    assert problem is not None
    assert (problem.index, problem.type) == (2, VariableType.MONEY)
