"""The vendor's client sends plain SMS: one text or several, with a result for every number."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from huaweicloudsdkkoomessage import v1 as sdk

from support.cloud import Client, Desk, Holder, eventually
from support.doors import (
    PLAIN_CARD,
    Company,
    add_signature,
    add_template,
    get_signature,
    phones,
    unique,
    wait_sendable,
    wait_set_up,
)
from support.installation import Installation

pytestmark = pytest.mark.timeout(240)
MSG_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}_\d+")
LINK = "https://www.example.com/sale"


def batch(client: Client, numbers: list[str], *params: str, **changes: Any) -> Any:
    """Return a request for one text."""
    fields = {
        "template_id": client.company.templates["member"],
        "to": numbers,
        "template_params": list(params) or ["甲", LINK],
    }
    return sdk.SendAimBatchMessagesRequest(body=sdk.SmsTaskReq(**(fields | changes)))


def send(client: Client, to: list[str], *params: str, **changes: Any) -> Any:
    """Send one text."""
    return client.ask("send_aim_batch_messages", batch(client, to, *params, **changes))


def content(client: Client, to: list[str], *params: str, template: str = "member") -> Any:
    """Return one of several texts."""
    template_id = client.company.templates.get(template, template)
    return sdk.MsgContent(to=to, template_id=template_id, template_params=list(params) or ["甲", LINK])


def several(client: Client, contents: list[Any] | None, **changes: Any) -> Any:
    """Return a request for several texts."""
    fields = {"channel_num": client.company.channel_number, "sms_content": contents}
    body = sdk.SmsMultiTemplateTaskRequestBody(**(fields | changes))
    return sdk.SendAimBatchDifferentMessagesRequest(body=body)


def send_several(client: Client, contents: list[Any], **changes: Any) -> Any:
    """Send several texts."""
    return client.ask("send_aim_batch_different_messages", several(client, contents, **changes))


def task_of(client: Client, task_id: str) -> Any:
    """Return a task as the list of send tasks shows it."""
    (one,) = client.ask("list_aim_send_tasks", sdk.ListAimSendTasksRequest(task_id=task_id)).aim_send_tasks
    return one


def details_of(client: Client, task_id: str) -> list[Any]:
    """Return a task's messages."""
    request = sdk.ListAimSendDetailsRequest(task_id=task_id, offset=0, limit=100)
    return list(client.ask("list_aim_send_details", request).send_details)


def test_the_answer_has_every_field_and_the_text_arrives(installation: Installation, cloud: Client) -> None:
    numbers = phones(2, can_show=False)
    made = send(cloud, [numbers[0], f"+86{numbers[1]}"], "张女士", LINK, task_name="上新", extend="order-17")
    assert made.status == "Success"
    assert [row.to for row in made.result] == [f"+86{number}" for number in numbers]
    for row in made.result:
        assert row.channel_num == cloud.company.channel_number
        assert MSG_ID.fullmatch(row.msg_id)
        assert row.msg_id.startswith(made.task_id)
        assert row.send_status == "000000"
        at = datetime.strptime(row.create_time + "+0000", "%Y-%m-%dT%H:%M:%S%z")
        assert abs((datetime.now(UTC) - at).total_seconds()) < 60
    assert made.result[0].msg_id != made.result[1].msg_id
    for number in numbers:
        (sms,) = eventually("it arrives", lambda number=number: installation.inbox(number))
        assert sms["text"].startswith("【鸿雁演示企业】尊敬的张女士，")
        assert f" {LINK} " in sms["text"]
    done = eventually("both are delivered", lambda: (one := task_of(cloud, made.task_id)).success_number == 2 and one)
    assert (done.task_name, done.submission_count, done.send_count) == ("上新", 2, 2)
    found = details_of(cloud, made.task_id)
    assert {row.msg_id for row in found} == {row.msg_id for row in made.result}
    assert {(row.send_status, row.result_code, row.task_name) for row in found} == {("success", "DELIVRD", "上新")}


def test_a_task_gets_a_name_when_it_has_none(cloud: Client) -> None:
    made = send(cloud, phones(1, can_show=False))
    assert re.fullmatch(r"Task_\d{17}", task_of(cloud, made.task_id).task_name)
    raw = {
        "template_id": cloud.company.templates["member"],
        "to": phones(1, can_show=False),
        "template_params": ["甲", LINK],
    }
    name = unique("camel")
    answer = cloud.raw("POST", "/v1/aim/sms/messages", {**raw, "taskName": name, "app_name": "ignored"})
    assert task_of(cloud, answer.json()["task_id"]).task_name == name


def test_a_link_of_ours_in_a_text_is_a_card_on_the_phone(installation: Installation, cloud: Client) -> None:
    (number,) = phones(1, can_show=True)
    wanted = sdk.CreateResolveTaskRequestBody(
        tpl_id=PLAIN_CARD,
        sms_signs=[cloud.company.name],
        resolving_times=1,
        aim_code_type="individual",
        expiration_time=1,
        params=[sdk.CreateShortChainParam(cust_flag=number)],
    )
    link = cloud.ask("create_resolve_task", sdk.CreateResolveTaskRequest(body=wanted)).params[0].aim_url
    send(cloud, [number], "甲", link)
    (sms,) = eventually("it arrives", lambda: installation.inbox(number))
    assert f" {link} " in sms["text"]
    assert "服务" in installation.phone_page(number)
    query = sdk.ListAimResolveDetailsRequest(aim_url=link, offset=0, limit=1)
    eventually(
        "the card is drawn",
        lambda: cloud.ask("list_aim_resolve_details", query).resolve_details[0].resolved_status == "success",
    )


def test_numbers_that_cannot_be_sent_to_say_why(installation: Installation, cloud: Client) -> None:
    good, other = phones(2, can_show=False)
    made = send(cloud, [good, f"0086{good}", "12345", other])
    assert [row.send_status for row in made.result] == ["000000", "E200041", "E200031", "000000"]
    assert [row.to for row in made.result] == [f"+86{good}", f"+86{good}", "12345", f"+86{other}"]
    eventually("two arrive", lambda: installation.inbox(good) and installation.inbox(other))
    assert len(installation.inbox(good)) == 1
    assert (task_of(cloud, made.task_id).submission_count, len(details_of(cloud, made.task_id))) == (4, 2)
    none = send(cloud, ["12345", "+1"])
    assert (none.status, [row.send_status for row in none.result]) == ("Failed", ["E200031", "E200031"])
    assert task_of(cloud, none.task_id).task_state == "Failed"


def test_who_opted_out_gets_nothing(installation: Installation, cloud: Client) -> None:
    (number,) = phones(1, can_show=False)
    send(cloud, [number])
    (sms,) = eventually("it arrives", lambda: installation.inbox(number))
    installation.uplink(number, cloud.company.channel_number, "R")

    def refused() -> Any:
        made = send(cloud, [number])
        assert made.result[0].send_status == "000000"
        return next((row for row in details_of(cloud, made.task_id) if row.result_code == "opted_out"), None)

    assert eventually("the opt-out counts", refused).send_status == "fail"
    assert sms["text"]


def test_several_texts_are_one_task(installation: Installation, cloud: Client) -> None:
    numbers = phones(4, can_show=False)
    contents = [
        content(cloud, numbers[:1], "张女士", LINK),
        content(cloud, numbers[1:2], "李先生", "https://www.example.com/2"),
        content(cloud, [numbers[2], numbers[2], numbers[0]], LINK, template="link only"),
        content(cloud, numbers[3:], "x" * 21, LINK),
    ]
    made = send_several(cloud, contents, extend="e", task_name="")
    assert made.status == "Success"
    assert [row.send_status for row in made.result] == ["000000", "000000", "000000", "E200041", "000000", "E200028"]
    assert len({row.msg_id for row in made.result}) == 6
    assert {row.channel_num for row in made.result} == {cloud.company.channel_number}
    eventually("two texts for one", lambda: len(installation.inbox(numbers[0])) == 2)
    assert "李先生" in eventually("another", lambda: installation.inbox(numbers[1]))[0]["text"]
    assert installation.inbox(numbers[3]) == []
    done = eventually("all are delivered", lambda: (one := task_of(cloud, made.task_id)).success_number == 4 and one)
    assert (done.submission_count, done.send_count) == (6, 4)
    assert {row.msg_id for row in details_of(cloud, made.task_id)} == {
        row.msg_id for row in made.result if row.send_status == "000000"
    }


NUMBER = "13800138000"
REFUSALS: list[tuple[dict[str, Any], str, str]] = [
    ({"to": []}, "KM.90016803", "to"),
    ({"to": [NUMBER] * 501}, "KM.90016803", "to"),
    ({"to": ["1" * 22]}, "KM.90016803", "to"),
    ({"to": None}, "KM.90016803", "to"),
    ({"template_id": None}, "KM.90016803", "template_id"),
    ({"template_id": ""}, "KM.00001129", "template_id: "),
    ({"template_id": "15a"}, "KM.00001134", "template_id: 15a"),
    ({"template_id": "99999999"}, "KM.00001135", "template_id: template 99999999"),
    ({"channel_num": ""}, "KM.00001126", "channel_num: "),
    ({"channel_num": "1" * 22}, "KM.00001098", "channel_num: "),
    ({"channel_num": "88220000"}, "KM.99990211", "88220000"),
    ({"signature": "别的签名"}, "KM.00001128", "signature: 别的签名"),
    ({"task_name": ""}, "KM.90016803", "task_name"),
    ({"task_name": "  "}, "KM.90017003", "task_name"),
    ({"task_name": "名" * 31}, "KM.90016803", "task_name"),
    ({"extend": "a{b"}, "KM.90016803", "extend"),
    ({"extend": "x" * 129}, "KM.90016803", "extend"),
    ({"template_params": []}, "KM.00001376", "template_params"),
    ({"template_params": ["甲", "乙", LINK]}, "KM.00001376", "template_params"),
    ({"template_params": ["1"] * 21}, "KM.90016803", "template_params"),
    ({"template_params": ["a.b", LINK]}, "KM.99990223", "template_params"),
    ({"template_params": ["x" * 21, LINK]}, "KM.00001375", "template_params"),
    ({"template_params": ["甲", ""]}, "KM.90017061", "template_params[1]"),
    ({"template_params": ["甲", "two links"]}, "KM.90017061", "template_params[1]"),
    ({"template_params": ["甲", "https://" + "x" * 92]}, "KM.90017061", "template_params[1]"),
]


@pytest.mark.parametrize(("changes", "code", "word"), REFUSALS, ids=lambda value: str(value)[:30])
def test_a_wrong_request_is_refused(cloud: Client, changes: dict[str, Any], code: str, word: str) -> None:
    refusal = cloud.refused("send_aim_batch_messages", batch(cloud, [NUMBER], **changes))
    assert (refusal.status, refusal.code) == (400, code)
    assert word in refusal.text


@pytest.mark.parametrize(
    ("params", "code"),
    [
        (["1" * 16, "A1", "2026-12-01", "99.5", "送货上门"], "KM.00001375"),
        (["4008123123", "A-1", "2026-12-01", "99.5", "送货上门"], "KM.00001404"),
        (["4008123123", "A1", "2026-02-30", "99.5", "送货上门"], "KM.00001403"),
        (["4008123123", "A1", "2026-12-01", "￥99", "送货上门"], "KM.99990222"),
    ],
)
def test_a_value_must_keep_its_variables_rule(cloud: Client, params: list[str], code: str) -> None:
    wanted = batch(cloud, [NUMBER], *params, LINK, template_id=cloud.company.templates["all kinds"])
    assert cloud.refused("send_aim_batch_messages", wanted).code == code


def test_several_texts_of_which_none_can_be_sent_are_refused(cloud: Client) -> None:
    good = content(cloud, [NUMBER])
    for request, code, word in (
        (several(cloud, [content(cloud, [NUMBER], "甲")]), "KM.00001376", "sms_content[0].template_params"),
        (several(cloud, []), "KM.90016803", "sms_content"),
        (several(cloud, None), "KM.90016803", "sms_content"),
        (several(cloud, [good], channel_num=""), "KM.00001126", "channel"),
        (several(cloud, [good], channel_num=None), "KM.90016803", "channel_num"),
        (several(cloud, [good], channel_num="1" * 22), "KM.00001098", "channel"),
        (several(cloud, [good], extend="}"), "KM.90016803", "extend"),
        (several(cloud, [good], task_name="名" * 31), "KM.90016803", "task_name"),
        (several(cloud, [good, content(cloud, [NUMBER], template="99999999")]), "KM.00001135", "99999999"),
        (several(cloud, [content(cloud, [])]), "KM.90016803", "to"),
        (
            several(cloud, [content(cloud, [f"138{i:04d}{n:04d}" for n in range(500)]) for i in range(6)]),
            "KM.90017060",
            "3000",
        ),
    ):
        refusal = cloud.refused("send_aim_batch_different_messages", request)
        assert (refusal.status, refusal.code) == (400, code)
        assert word in refusal.text


def test_a_promotion_waits_for_its_hours_and_has_its_own_channel(
    installation: Installation, demo: Company, cloud: Client, desk: Desk
) -> None:
    client = cloud.sdk
    app_id = client.list_aim_msg_app(sdk.ListAimMsgAppRequest()).result[0].app_id
    signature_id = add_signature(demo, app_id, f"促销{unique('')[1:7]}", "PROMOTION_TYPE")
    desk.approve_everything()
    wait_set_up(demo, signature_id)
    template = add_template(
        demo,
        unique("promo"),
        "尊敬的${1}，详情点击${2}查看，拒收请回复R",
        [(1, "TEXT"), (2, "NEWTEXT")],
        signature_id=signature_id,
    )
    desk.approve_everything()
    wait_sendable(demo, [template])
    (number,) = phones(1, can_show=False)
    made = send(cloud, [number], "甲", LINK, template_id=template)
    assert made.result[0].channel_num == get_signature(demo, signature_id).channel_num
    (row,) = details_of(cloud, made.task_id)
    assert row.send_status in {"sending", "success"}
    assert (
        cloud.refused(
            "send_aim_batch_messages", batch(cloud, [number], template_id=template, channel_num=demo.channel_number)
        ).code
        == "KM.99990211"
    )
    assert (
        cloud.refused(
            "send_aim_batch_different_messages", several(cloud, [content(cloud, [number], template=template)])
        ).code
        == "KM.99990211"
    )


def test_others_use_and_see_nothing_and_readers_send_nothing(cloud: Client, stranger: Client, reader: Holder) -> None:
    theirs = batch(stranger, [NUMBER], template_id=cloud.company.templates["member"])
    assert stranger.refused("send_aim_batch_messages", theirs).code == "KM.00001138"
    mine = several(stranger, [content(stranger, [NUMBER], template=cloud.company.templates["member"])])
    assert stranger.refused("send_aim_batch_different_messages", mine).code == "KM.00001138"
    made = send(cloud, phones(1, can_show=False))
    found = stranger.ask("list_aim_send_tasks", sdk.ListAimSendTasksRequest(task_id=made.task_id))
    assert found.page_info.total == 0
    body = {"template_id": cloud.company.templates["member"], "to": [NUMBER], "template_params": ["甲", LINK]}
    assert reader.call("POST", "/v1/aim/sms/messages", body).status_code == 403
    many = {"channel_num": cloud.company.channel_number, "sms_content": [body]}
    assert reader.call("POST", "/v1/aim/sms/diff-messages", many).status_code == 403


def test_the_same_key_sends_once(installation: Installation, cloud: Client) -> None:
    (number,) = phones(1, can_show=False)
    body = {"template_id": int(cloud.company.templates["member"]), "to": [int(number)], "template_params": ["甲", LINK]}
    key = {"Idempotency-Key": unique("key")}
    first = cloud.raw("POST", "/v1/aim/sms/messages", body, headers=key)
    assert first.status_code == 200, first.text
    assert cloud.raw("POST", "/v1/aim/sms/messages", body, headers=key).json() == first.json()
    assert cloud.raw("POST", "/v1/aim/sms/messages", {**body, "extend": "x"}, headers=key).status_code == 422
    eventually("it arrives", lambda: installation.inbox(number))
    assert len(installation.inbox(number)) == 1


def test_five_hundred_numbers_go_in_one_call(installation: Installation, cloud: Client) -> None:
    numbers = phones(500, can_show=False)
    made = send(cloud, numbers)
    assert [row.send_status for row in made.result] == ["000000"] * 500
    assert len({row.msg_id for row in made.result}) == 500
    eventually("all are delivered", lambda: task_of(cloud, made.task_id).success_number == 500)
    assert len(installation.inbox(numbers[-1])) == 1
