"""The vendor's client submits templates; every field of every answer is looked at."""

from datetime import datetime
from typing import Any

from huaweicloudsdkkoomessage import v1 as sdk

from support.office import CONTENT
from support.sms_house import SmsHouse, template_body


def _variable(index: int, kind: str, desc: str | None = None) -> Any:
    return sdk.VariableAttributes(variable_index=index, variable_type=kind, variable_desc=desc)


async def test_a_template_goes_from_review_to_use(sms: SmsHouse) -> None:
    app_id = await sms.make_app()
    signature_id = await sms.make_signature(app_id)
    early = sdk.CreateAimMsgTemplateRequest(body=template_body(signature_id))
    assert (await sms.refusal("create_aim_msg_template", early))[0] == "KM.00001483"
    await sms.pass_signature(signature_id)

    template_id = await sms.make_template(signature_id, universal_template="0", app_id=app_id)
    assert len(template_id) == 8
    assert template_id.isdigit()

    shown = await sms.get_template(template_id)
    assert (shown.template_id, shown.template_name, shown.template_type) == (template_id, "发货通知", "NOTIFY_TYPE")
    assert (shown.app_id, shown.app_name, shown.signature_id) == (app_id, "HONGYAN_1", signature_id)
    assert (shown.template_content, shown.template_desc) == (CONTENT, "订单发货提醒")
    assert (shown.has_variable, shown.flow_status, shown.status) == ("Yes", "Reviewing", "Normal")
    assert (shown.universal_template, shown.review_desc) == (0, "")
    assert (shown.urge_status, shown.urge_time, shown.urge_desc) == ("NO", "", "")
    assert datetime.strptime(shown.create_time, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - the vendor's times have no zone

    variables = await sms.ask(
        "show_aim_msg_template_variable", sdk.ShowAimMsgTemplateVariableRequest(template_id=template_id)
    )
    assert variables.total == 2
    first, second = variables.results
    assert (first.variable_index, first.variable_type, first.variable_length) == (1, "TEXT", 20)
    assert first.variable_desc == "姓名"
    assert (second.variable_index, second.variable_type, second.variable_length) == (2, "NEWTEXT", 99)
    assert isinstance(first.id, int)
    assert first.id != second.id

    await sms.decide_template(template_id)
    listed = await sms.ask(
        "list_aim_msg_template",
        sdk.ListAimMsgTemplateRequest(
            offset=1,
            limit=10,
            app_name="HONGYAN_1",
            start_time="2020-01-01 00:00:00",
            end_time="2099-01-01 00:00:00",
            flow_status="Adopted",
            template_id=template_id,
            template_name="发货",
            template_type="NOTIFY_TYPE",
        ),
    )
    (adopted,) = listed.result
    assert (adopted.template_id, adopted.flow_status, adopted.status) == (template_id, "Adopted", "Normal")
    assert (listed.page_info.offset, listed.page_info.limit, listed.page_info.total) == (1, 10, 1)
    first_page = await sms.ask("list_aim_msg_template", sdk.ListAimMsgTemplateRequest(offset=0))
    assert [found.template_id for found in first_page.result] == [template_id]
    foreign = await sms.ask("list_aim_msg_template", sdk.ListAimMsgTemplateRequest(template_id="not-a-number"))
    assert foreign.result == []


async def test_only_a_rejected_template_is_modified_and_any_is_deleted(sms: SmsHouse) -> None:
    signature_id = await sms.make_signature(await sms.make_app())
    await sms.pass_signature(signature_id)
    template_id = await sms.make_template(signature_id)
    change = sdk.UpdateAimMsgTemplateRequest(
        template_id=template_id, body=template_body(signature_id, template_name="到货通知")
    )
    assert (await sms.refusal("update_aim_msg_template", change))[0] == "KM.00001484"

    await sms.decide_template(template_id, is_approved=False, reason="变量过多")
    rejected = await sms.get_template(template_id)
    assert (rejected.flow_status, rejected.review_desc) == ("Reject", "变量过多")

    changed = await sms.ask("update_aim_msg_template", change)
    assert (changed.template_id, changed.template_name) == (template_id, "到货通知")
    assert (await sms.get_template(template_id)).flow_status == "Reviewing"

    await sms.ask("delete_aim_msg_template", sdk.DeleteAimMsgTemplateRequest(template_id=template_id))
    gone = sdk.DeleteAimMsgTemplateRequest(template_id=template_id)
    assert (await sms.refusal("delete_aim_msg_template", gone))[0] == "KM.00001478"


BAD_TEMPLATES: list[tuple[dict[str, Any], str, str]] = [
    ({"signature_id": ""}, "KM.00001189", "signature_id"),
    ({"signature_id": "00000000-0000-4000-8000-000000000001"}, "KM.99990202", ""),
    ({"variable_attributes": [_variable(1, "TEXT", "x"), _variable(2, "MONEY")]}, "KM.00001377", "variable"),
    ({"variable_attributes": [_variable(1, "WHAT"), _variable(2, "NEWTEXT")]}, "KM.90016803", "variable"),
    ({"variable_attributes": [_variable(1, "TEXT"), _variable(2, "NEWTEXT")]}, "KM.90016803", "variable"),
    ({"template_content": "订单${2}，${1}"}, "KM.90016803", "template_content"),
    ({"template_content": "x" * 501}, "KM.90016803", "template_content"),
    ({"template_name": "x" * 31}, "KM.90016803", "template_name"),
    ({"template_desc": "x" * 101}, "KM.90016803", "template_desc"),
    ({"template_type": "PROMOTION_TYPE"}, "KM.90016803", "template_content"),
    (
        {"template_type": "PROMOTION_TYPE", "template_content": CONTENT + "拒收请回复R"},
        "KM.90016803",
        "template_type",
    ),
    ({"universal_template": "1"}, "KM.99990210", "universal_template"),
    ({"app_id": "00000000-0000-4000-8000-000000000001"}, "KM.90016803", "app_id"),
]


async def test_a_bad_template_is_refused_with_code_and_field(sms: SmsHouse) -> None:
    signature_id = await sms.make_signature(await sms.make_app())
    await sms.pass_signature(signature_id)
    for changes, code, field in BAD_TEMPLATES:
        body = template_body(signature_id, **changes)
        refused = await sms.refusal("create_aim_msg_template", sdk.CreateAimMsgTemplateRequest(body=body))
        assert (changes, refused[0]) == (changes, code)
        assert refused[1].startswith(field)
    assert (await sms.ask("list_aim_msg_template", sdk.ListAimMsgTemplateRequest())).page_info.total == 0


async def test_numbers_for_texts_and_unknown_fields_are_taken(sms: SmsHouse) -> None:
    signature_id = await sms.make_signature(await sms.make_app())
    await sms.pass_signature(signature_id)
    body = {
        "signature_id": signature_id,
        "template_content": "${1} 的包裹已到",
        "template_name": 12345,
        "universal_template": 0,
        "colour": "red",
        "variable_attributes": [{"variable_index": "1", "variable_type": "NEWTEXT", "weight": 3}],
    }
    answer = await sms.post("/v1/sms/templates", body)
    assert answer.status_code == 200
    assert answer.json()["template_name"] == "12345"

    assert (await sms.post("/v1/sms/templates", {**body, "template_desc": "a\x00b"})).status_code == 400
    broken = await sms.post("/v1/sms/templates", {**body, "variable_attributes": "none"})
    assert broken.status_code == 400
    assert broken.json()["error_code"] == "KM.90016803"
    assert broken.json()["error_msg"].startswith("variable_attributes")
