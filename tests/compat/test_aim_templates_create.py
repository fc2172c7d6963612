"""The vendor's SDK, unmodified, makes card templates, switches them, deletes them; reviewers and vendors decide."""

import copy
import json
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from huaweicloudsdkkoomessage import v1 as sdk

from hongyan.rooms.smart.rules.layouts import LAYOUTS
from support.card_documents import SITE, image, of_layout, standard, template_request, text
from support.card_media import data_uri, picture
from support.cloud import Client, Desk, Holder, Refusal, eventually
from support.doors import phones
from support.installation import Installation

KIND = "smart.template"
Changes = Callable[[dict[str, Any]], object]


def named(prefix: str = "卡") -> str:
    """Return a name that nobody used, of at most 17 characters."""
    return f"{prefix}{uuid4().hex[:10]}"


def made(cloud: Client, body: dict[str, Any]) -> str:
    answer = cloud.ask("create_aim_personal_template", template_request(body))
    assert (answer.status, answer.message) == ("200", "success")
    return str(answer.data.tpl_id)


def shown(cloud: Client, tpl_id: str, **query: Any) -> Any:
    answer = cloud.ask("list_aim_templates", sdk.ListAimTemplatesRequest(tpl_id=tpl_id, **query))
    return answer.templates[0] if answer.templates else None


def passed(cloud: Client, desk: Desk, body: dict[str, Any]) -> str:
    tpl_id = made(cloud, body)
    assert desk.approve(KIND, body["tpl_name"]) == 1
    eventually("the template has passed", lambda: shown(cloud, tpl_id).audit_state == 2)
    return tpl_id


def test_a_template_goes_from_the_desk_to_the_vendors_and_to_a_phone(
    cloud: Client, desk: Desk, installation: Installation
) -> None:
    name = named()
    factories = [{"factory_type": "HUAWEI", "state": 1}, {"factory_type": "xiaomi", "state": 0}]
    document = standard(name, factorys=factories)
    document["pages"][0]["contents"][0] |= {"src_type": 1, "src": uploaded(cloud)}
    tpl_id = made(cloud, document)
    assert (len(tpl_id), tpl_id[0]) == (9, "6")

    waiting = shown(cloud, tpl_id)
    assert (waiting.tpl_name, waiting.scene, waiting.card_id) == (name, "推广", "StandardImageAndText")
    assert (waiting.tpl_state, waiting.audit_state, waiting.audit_desc) == (1, 1, "")
    assert (waiting.disable_desc, waiting.disable_time) == ("", "1970-01-01T00:00:00Z")
    assert waiting.description == "新品上架，点击链接查看。拒收请回复R"
    assert (waiting.match_type, waiting.sub_type) == (1, None)
    assert waiting.creation_time <= waiting.update_time
    assert [(one.factory_type, one.state, one.version, one.tpl_id) for one in waiting.factory_info] == [
        ("HuaWei", 2, None, tpl_id)
    ]
    (param,) = waiting.params
    assert (param.type, param.name, param.has_length, param.fix_length) == ("string", "param1", True, 0)
    assert (param.length_restrict, param.min_length, param.max_length) == (True, 1, 100)
    (page,) = json.loads(waiting.pages)
    assert {item["type"] for item in page["content"]} == {"image", "text", "button"}
    assert "王女士" in httpx.get(waiting.preview_url, trust_env=False).text
    assert httpx.get(waiting.preview_url[:-1] + "_", trust_env=False).status_code == 404

    in_review = cloud.refused("delete_aim_personal_template", sdk.DeleteAimPersonalTemplateRequest(tpl_id=tpl_id))
    assert (in_review.status, in_review.code) == (400, "KM.80040006")
    early = sdk.UpdatePersonalTemplateStateDataRequest(tpl_state=0)
    request = sdk.UpdatePersonalTemplateStateRequest(tpl_id=tpl_id, body=early)
    assert cloud.refused("update_personal_template_state", request).code == "KM.80040005"

    (review,) = desk.waiting(KIND, name)
    assert review["title"].endswith(f" · {name}")
    desk.approve(KIND, name)
    eventually("the vendor has enabled it", lambda: shown(cloud, tpl_id).factory_info[0].state == 1)
    assert shown(cloud, tpl_id).audit_state == 2

    (number,) = phones(1, can_show=True, vendor="HUAWEI")
    send(cloud, tpl_id, number)
    page_text = eventually("the card is drawn", lambda: drawn(installation, number))
    assert "王女士，秋季新品已到店。拒收请回复R" in page_text
    assert f"{SITE}/%E7%8E%8B%E5%A5%B3%E5%A3%AB" in page_text
    (address,) = re.findall(r'<img src="([^"]+/m/f/[^"]+)"', page_text)
    assert httpx.get(address, trust_env=False).headers["content-type"] == "image/png"


def uploaded(cloud: Client) -> str:
    body = sdk.UploadAimTemplateMaterialRequestBody(
        resource_type="image",
        file_type="stream",
        file_stream=data_uri(picture()),
        file_name="cover.png",
        image_rate="sixteenToNine",
    )
    made = cloud.ask("upload_aim_template_material", sdk.UploadAimTemplateMaterialRequest(body=body))
    return str(made.data.aim_resource_id)


def send(cloud: Client, tpl_id: str, number: str) -> None:
    cloud.ask("create_aim_send_task", send_request(cloud, tpl_id, number))


def send_request(cloud: Client, tpl_id: str, number: str) -> Any:
    company = cloud.company
    channel = sdk.SmsChannel(
        channel_number=company.channel_number,
        sms_tpl_id=company.templates["member"],
        sms_sign=company.name,
        sms_app_name=company.app_name,
    )
    row = sdk.CreateResolveTaskParam(cust_flag=number, sms_params=["王女士"], dync_params={"param1": "王女士"})
    task = sdk.AIMResolveTask(
        tpl_id=tpl_id,
        resolve_times=1,
        aim_code_type="individual",
        generation_type="1",
        expiration_time=7,
        params=[row],
    )
    body = sdk.CreateAimSendTaskRequestBody(sms_channel=channel, resolve_task=task, task_name="card")
    return sdk.CreateAimSendTaskRequest(body=body)


def drawn(installation: Installation, number: str) -> str | None:
    page = installation.phone_page(number)
    return page if 'class="msg has-card"' in page else None


def test_the_desk_says_why_a_template_failed_and_then_it_can_be_deleted(cloud: Client, desk: Desk) -> None:
    name = named()
    tpl_id = made(cloud, standard(name))
    assert desk.reject(KIND, "落地页与文案不符", name) == 1
    eventually("it has failed", lambda: shown(cloud, tpl_id).audit_state == 3)
    assert shown(cloud, tpl_id).audit_desc == "落地页与文案不符"

    answer = cloud.ask("delete_aim_personal_template", sdk.DeleteAimPersonalTemplateRequest(tpl_id=tpl_id))
    assert (answer.status, answer.message, answer.data) == ("200", "success", None)
    assert shown(cloud, tpl_id) is None
    again = cloud.refused("delete_aim_personal_template", sdk.DeleteAimPersonalTemplateRequest(tpl_id=tpl_id))
    assert again.code == "KM.00001080"


def test_a_template_with_signatures_goes_with_messages_that_have_one_of_them(cloud: Client, desk: Desk) -> None:
    (number,) = phones(1, can_show=True, vendor="HUAWEI")
    elsewhere = passed(cloud, desk, standard(named(), sms_signs=["别处", "他处"]))
    for refused in (unsent(cloud, elsewhere, number), unresolved(cloud, elsewhere, [cloud.company.name])):
        assert (refused.status, refused.code) == (400, "KM.90017014")
        assert "sms_sign" in refused.text
    assert [row.result_code for row in resolved(cloud, elsewhere, [cloud.company.name, "他处"])] == ["0"]
    ours = passed(cloud, desk, standard(named(), sms_signs=["别处", cloud.company.name]))
    send(cloud, ours, number)


def unsent(cloud: Client, tpl_id: str, number: str) -> Refusal:
    return cloud.refused("create_aim_send_task", send_request(cloud, tpl_id, number))


def resolved(cloud: Client, tpl_id: str, signs: list[str]) -> list[Any]:
    links: list[Any] = cloud.ask("create_resolve_task", resolve_request(tpl_id, signs)).params
    return links


def unresolved(cloud: Client, tpl_id: str, signs: list[str]) -> Refusal:
    return cloud.refused("create_resolve_task", resolve_request(tpl_id, signs))


def resolve_request(tpl_id: str, signs: list[str]) -> Any:
    row = sdk.CreateShortChainParam(cust_flag="somebody", dync_params={"param1": "王女士"})
    body = sdk.CreateResolveTaskRequestBody(
        tpl_id=tpl_id,
        sms_signs=signs,
        resolving_times=1,
        aim_code_type="individual",
        expiration_time=7,
        params=[row],
    )
    return sdk.CreateResolveTaskRequest(body=body)


def test_a_disabled_template_is_not_sent_until_it_is_enabled(cloud: Client, desk: Desk) -> None:
    tpl_id = passed(cloud, desk, standard(named()))

    def switch(state: int) -> Any:
        body = sdk.UpdatePersonalTemplateStateDataRequest(tpl_state=state)
        return cloud.ask(
            "update_personal_template_state", sdk.UpdatePersonalTemplateStateRequest(tpl_id=tpl_id, body=body)
        )

    answer = switch(0)
    assert (answer.status, answer.message, answer.data) == ("200", "success", None)
    off = shown(cloud, tpl_id, is_only_status=True)
    assert (off.tpl_state, off.pages, off.params) == (0, None, None)
    assert off.disable_time > "2020"
    check = sdk.CheckMobileCapabilityRequest(body=sdk.CheckMobileCapabilityRequestBody(["13800138000"], tpl_id))
    assert cloud.refused("check_mobile_capability", check).code == "KM.00001082"
    switch(1)
    assert cloud.ask("check_mobile_capability", check).tpl_id == tpl_id
    assert shown(cloud, tpl_id).disable_time == "1970-01-01T00:00:00Z"


@pytest.mark.parametrize("card_id", sorted(LAYOUTS))
def test_every_layout_can_be_made(cloud: Client, card_id: str) -> None:
    vendors = [vendor.value for vendor in LAYOUTS[card_id].vendors]
    tpl_id = made(cloud, of_layout(card_id, named(), vendors))
    found = shown(cloud, tpl_id)
    assert found.card_id == card_id
    assert len(found.factory_info) == len(vendors)
    assert found.sub_type == (1 if LAYOUTS[card_id].sub_types else None)
    assert json.loads(found.pages)[0]["content"]


def without(name: str) -> Changes:
    return lambda body: body.pop(name)


def at(position: int, **values: Any) -> Changes:
    return lambda body: body["pages"][0]["contents"][position - 1].update(values)


def top(**values: Any) -> Changes:
    return lambda body: body.update(values)


def vendor(name: str) -> Changes:
    return top(factorys=[{"factory_type": name, "state": 1}])


REFUSED: list[tuple[Changes, str, str]] = [
    (without("card_id"), "KM.90016803", "card_id"),
    (top(card_id="Unheard"), "KM.90016803", "card_id"),
    (top(tpl_name="长" * 18), "KM.90016803", "tpl_name"),
    (top(tpl_name=""), "KM.90016803", "tpl_name"),
    (top(scene="长" * 11), "KM.90016803", "scene"),
    (top(use_id=3), "KM.90016803", "use_id"),
    (top(use_id=2), "KM.90016803", "tpl_name"),
    (top(tpl_name="测试模板"), "KM.90016803", "tpl_name"),
    (top(sms_example="长" * 71), "KM.90016803", "sms_example"),
    (top(sms_signs=["a", "b", "c", "d"]), "KM.90016803", "sms_signs"),
    (top(sms_signs=["【鸿雁】"]), "KM.90016803", "sms_signs"),
    (top(sms_template="您好[数值0-4]"), "KM.90016803", "sms_template"),
    (top(sub_type=2), "KM.90016803", "sub_type"),
    (top(pages=[]), "KM.90016803", "pages"),
    (top(params=[]), "KM.90016802", "params"),
    (top(params=[{"type": 2, "name": "${param1}", "example": "x"}]), "KM.90016803", "params"),
    (top(params=[{"type": 1, "name": "param1", "example": "x"}]), "KM.90016803", "params"),
    (vendor("NOKIA"), "KM.90016803", "factorys"),
    (vendor("VIVO"), "KM.90016803", "sms_signs"),
    (top(factorys=[{"factory_type": "HUAWEI", "state": 0}]), "KM.90016803", "factorys"),
    (at(1, src=None), "KM.90016803", "src"),
    (at(1, src_type=1, src="691996319597764608"), "KM.80040004", "src"),
    (at(1, action_type=None), "KM.90016803", "action_type"),
    (at(1, action={"target": "http://www.example.com"}), "KM.90016803", "target"),
    (at(1, action_type="FLY"), "KM.90016803", "action_type"),
    (at(2, type="followPub"), "KM.90016803", "type"),
    (at(2, type="image", src_type=2, src="https://x.example/a.png"), "KM.90016803", "position[2]"),
    (at(2, position_number=3), "KM.90016803", "position[3]"),
    (at(2, content="<b>"), "KM.90016803", "content"),
    (at(2, content="a  b"), "KM.90016803", "content"),
    (at(2, content="a\x00b"), "KM.90016803", "content"),
    (at(2, content="长" * 19), "KM.90016803", "content"),
    (at(2, content="诚招赌博代理"), "KM.90016801", "赌博"),
    (at(3, content="${param1}，没有退订说明"), "KM.90016803", "拒收请回复R"),
    (at(4, action_type="OPEN_POPUP", action={"target": "t", "content": "c", "mode": 0}), "KM.90016803", "text_button"),
    (lambda body: body["pages"].append(copy.deepcopy(body["pages"][0])), "KM.90016803", "page_order"),
]


@pytest.mark.parametrize(("change", "code", "names"), REFUSED)
def test_what_breaks_a_rule_is_refused_by_name(cloud: Client, change: Changes, code: str, names: str) -> None:
    body = standard(named())
    change(body)
    answer = cloud.raw("POST", "/v1/aim/templates", body)
    assert (answer.status_code, answer.json()["error_code"]) == (400, code)
    assert names in answer.json()["error_msg"]
    assert answer.headers["x-request-id"]


def test_numbers_for_texts_and_unknown_fields_are_taken(cloud: Client) -> None:
    body = standard(named(), colour="red", scene=12)
    body["pages"][0]["contents"][0]["src_type"] = "2"
    answer = cloud.raw("POST", "/v1/aim/templates", body)
    assert answer.status_code == 200, answer.text
    assert shown(cloud, answer.json()["data"]["tpl_id"]).scene == "12"


def test_a_trial_says_so_in_name_and_title(cloud: Client) -> None:
    body = standard(f"测试{uuid4().hex[:8]}", use_id=2)
    at(2, content="测试新品上架")(body)
    assert made(cloud, body)


def test_several_pages_keep_their_order(cloud: Client) -> None:
    body = standard(named())
    second = {
        "page_order": 2,
        "contents": [image(1), text(2, "第二页"), text(3, "内容"), body["pages"][0]["contents"][3]],
    }
    body["pages"] = [second, body["pages"][0]]
    pages = json.loads(shown(cloud, made(cloud, body)).pages)
    assert [page["typeIndex"] for page in pages] == [1, 2]
    assert "第二页" in {item["text"] for item in pages[1]["content"]}


def test_a_template_belongs_to_its_tenant(cloud: Client, stranger: Client, reader: Holder) -> None:
    tpl_id = made(cloud, standard(named()))
    assert shown(stranger, tpl_id) is None
    delete = sdk.DeleteAimPersonalTemplateRequest(tpl_id=tpl_id)
    assert stranger.refused("delete_aim_personal_template", delete).code == "KM.00001080"
    state = sdk.UpdatePersonalTemplateStateRequest(tpl_id, sdk.UpdatePersonalTemplateStateDataRequest(0))
    assert stranger.refused("update_personal_template_state", state).code == "KM.00001080"
    public = sdk.DeleteAimPersonalTemplateRequest(tpl_id="600000001")
    assert cloud.refused("delete_aim_personal_template", public).code == "KM.80040006"
    public_state = sdk.UpdatePersonalTemplateStateRequest("600000001", sdk.UpdatePersonalTemplateStateDataRequest(0))
    assert cloud.refused("update_personal_template_state", public_state).code == "KM.80040005"

    assert reader.call("POST", "/v1/aim/templates", standard(named())).status_code == 403
    assert reader.call("DELETE", f"/v1/aim/template/{tpl_id}").status_code == 403
    assert reader.call("PUT", f"/v1/aim/template-state/{tpl_id}", {"tpl_state": 0}).status_code == 403


def test_a_repeated_request_makes_one_template(cloud: Client) -> None:
    body, key = standard(named()), {"Idempotency-Key": uuid4().hex}
    first = cloud.raw("POST", "/v1/aim/templates", body, headers=key).json()
    assert cloud.raw("POST", "/v1/aim/templates", body, headers=key).json() == first
    other = cloud.raw("POST", "/v1/aim/templates", {**body, "scene": "别的"}, headers=key)
    assert other.status_code == 422
    found = cloud.ask("list_aim_templates", sdk.ListAimTemplatesRequest(tpl_name=body["tpl_name"], tpl_type="private"))
    assert found.page_info.total == 1


def test_the_list_pages_and_filters_what_was_made(cloud: Client) -> None:
    mark = uuid4().hex[:8]
    ids = [made(cloud, standard(f"{mark}_{no}")) for no in range(3)]

    def listed(**query: Any) -> list[str]:
        answer = cloud.ask("list_aim_templates", sdk.ListAimTemplatesRequest(**query))
        return [one.tpl_id for one in answer.templates]

    assert listed(tpl_name=f"{mark}_") == ids[::-1]
    assert listed(tpl_name=f"{mark}_", offset=1, limit=1) == [ids[1]]
    assert listed(tpl_name=f"{mark}%") == []
    assert listed(tpl_name=f"{mark}_", factory_type=["OPPO"]) == []
    assert listed(tpl_name=f"{mark}_", factory_type=["OPPO", "huawei"], has_param=True, tpl_type="private") == ids[::-1]
    assert listed(tpl_name=f"{mark}_", has_param=False) == []
