"""The vendor's client, unmodified, makes video templates and sends them, on a whole installation."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from huaweicloudsdkkoomessage import v1 as sdk

from support.cloud import Client, Desk, Holder
from support.doors import phones, unique, vendor_now
from support.media import mp3, picture, video
from support.video_requests import (
    PRESET,
    TEXT,
    TIME,
    find_task,
    in_state,
    listed,
    make,
    params,
    resource,
    status,
    task,
    template,
)

pytestmark = pytest.mark.timeout(240)


# --- templates --------------------------------------------------------------------------------------------------------


def test_a_template_is_made_reviewed_shown_and_taken_out_of_use(cloud: Client, desk: Desk) -> None:
    name = unique("vt")
    rows = [
        resource("txt", TEXT, "1-1"),
        resource("gif", picture("GIF"), "1-2"),
        resource("mp4", video(), "2-1"),
        resource("mp3", mp3(), "3-1"),
        resource("3gp", video(kind="3gp"), "4-1"),
    ]
    tpl_id = make(cloud, name, rows, remarks="三网", callbackurl="https://example.com/cb")
    waiting = status(cloud, tpl_id)
    assert waiting.audit_state == 1
    assert [(row.carrier, row.status) for row in waiting.status_detail] == [("cmcc", 1), ("cucc", 1), ("ctcc", 1)]
    assert waiting.tpl_size == 0
    assert waiting.restags == ""
    (review,) = desk.waiting("video_sms.template", name)
    assert review["title"].endswith(name)
    assert desk.approve("video_sms.template", name) == 1

    shown = in_state(cloud, tpl_id, 0)
    assert (shown.tpl_id, shown.tpl_name, shown.title, shown.tpl_sign) == (tpl_id, name, "您的包裹", "鸿雁")
    assert shown.audit_desc == ""
    assert shown.tpl_size > 1000
    assert TIME.fullmatch(shown.create_time)
    assert TIME.fullmatch(shown.valid_time)
    days = datetime.fromisoformat(shown.valid_time) - datetime.now(UTC)
    assert timedelta(days=29) < days < timedelta(days=32)
    assert [row.carrier for row in shown.status_detail] == ["cmcc", "cucc", "ctcc"]
    assert all(row.status in {0, 4} for row in shown.status_detail)
    assert all(row.desc is not None for row in shown.status_detail)
    assert [(row.name, row.type) for row in shown.var_info] == [("#p_1#", "txt"), ("#p_2#", "txt")]
    assert shown.restags in {"三网一般", ""}

    page = httpx.get(shown.preview_url, trust_env=False)
    assert page.status_code == 200
    assert "您的包裹" in page.text
    assert "#p_1#" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    media = [
        httpx.get(shown.preview_url.split("/vp/")[0] + src, trust_env=False).headers["content-type"]
        for src in re.findall(r'src="(/vp/[^"]+)"', page.text)
    ]
    assert media == ["image/gif", "video/mp4", "audio/mpeg", "video/3gpp"]
    assert httpx.get(shown.preview_url[:-4] + "AAAA", trust_env=False).status_code == 404

    answer = cloud.raw("PUT", f"/v1/hongyan/video-templates/{tpl_id}/use", {"is_usable": False, "reason": "停用"})
    assert answer.status_code == 200
    assert (answer.json()["audit_state"], answer.json()["audit_desc"]) == (3, "停用")
    refusal = cloud.refused("create_vms_send_task", task(tpl_id, phones(1, can_show=True), "a", "b"))
    assert refusal.code == "KM.99990807"
    assert cloud.raw("PUT", f"/v1/hongyan/video-templates/{tpl_id}/use", {"is_usable": True}).json()["audit_state"] == 0


def test_a_rejected_template_and_a_draft_can_be_handed_in(cloud: Client, desk: Desk) -> None:
    name = unique("vt")
    tpl_id = make(cloud, name, is_draft=1)
    draft = status(cloud, tpl_id)
    assert (draft.audit_state, draft.audit_desc != "") == (4, True)
    assert desk.waiting("video_sms.template", name) == []
    assert cloud.raw("POST", f"/v1/hongyan/video-templates/{tpl_id}/submit").json()["audit_state"] == 1
    assert desk.reject("video_sms.template", "图片不清晰", name) == 1
    rejected = in_state(cloud, tpl_id, 2)
    assert rejected.audit_desc == "图片不清晰"
    assert {row.desc for row in rejected.status_detail} == {"图片不清晰"}
    refusal = cloud.refused("create_vms_send_task", task(tpl_id, phones(1, can_show=True), "a", "b"))
    assert refusal.code == "KM.99990807"
    assert cloud.raw("POST", f"/v1/hongyan/video-templates/{tpl_id}/submit").json()["audit_state"] == 1
    again = cloud.raw("POST", f"/v1/hongyan/video-templates/{tpl_id}/submit")
    assert (again.status_code, again.json()["error_code"]) == (400, "KM.99990808")


def test_templates_are_filtered_and_paged(cloud: Client, video_template: str) -> None:
    def ids(**query: Any) -> list[str]:
        answer = cloud.ask("list_vms_template_status", sdk.ListVmsTemplateStatusRequest(**query))
        assert (answer.status, answer.message) == ("200", "success")
        return [row.tpl_id for row in answer.data.templates]

    name = unique("page")
    made = [make(cloud, f"{name} {no}", [resource("txt", "【鸿雁】您好")]) for no in range(3)]
    assert ids(tpl_name=name) == made[::-1]
    assert ids(tpl_name=name, offset=1, limit=1) == [made[1]]
    data = cloud.ask(
        "list_vms_template_status", sdk.ListVmsTemplateStatusRequest(tpl_name=name, offset=2, limit=5)
    ).data
    assert (data.page_info.offset, data.page_info.limit, data.page_info.total) == (2, 5, 3)
    assert ids(tpl_name=name, has_param=True) == []
    assert ids(tpl_name=name, has_param=False) == made[::-1]
    assert ids(tpl_name=name, tpl_type="public") == []
    assert ids(tpl_id=video_template, has_param=True, tpl_type="private") == [video_template]
    assert ids(tpl_id=PRESET, tpl_type="public") == [PRESET]
    assert ids(tpl_name=name, begin_time="2025-01-01T00:00:00Z", end_time="2025-02-01T00:00:00Z") == []
    assert ids(tpl_name=name, begin_time="2025-01-01T00:00:00Z", end_time="2036-02-01T00:00:00.522Z") == made[::-1]
    preset = status(cloud, PRESET)
    assert (preset.audit_state, preset.valid_time, preset.var_info) == (0, "0", [])


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"title": "【题】"}, "KM.99990800", "title"),
        ({"title": "x" * 21}, None, "title"),
        ({"tpl_name": "n" * 101}, None, "tpl_name"),
        ({"expiration_time": "10000"}, None, "expiration_time"),
        ({"expiration_time": "1.5"}, None, "expiration_time"),
        ({"remarks": "r" * 201}, None, "remarks"),
        ({"is_draft": 2}, None, "is_draft"),
        ({"callbackurl": "ftp://example.com"}, "KM.99990800", "callbackurl"),
        ({"reslist": []}, None, "reslist"),
        ({"reslist": [resource("txt", "您好")]}, "KM.99990803", "reslist[0].content"),
        ({"reslist": [resource("txt", "【鸿雁】#p_101#")]}, "KM.99990802", "reslist[0].content"),
        ({"reslist": [resource("txt", TEXT), resource("jpg", picture("PNG"))]}, "KM.99990801", "reslist[1].content"),
        ({"reslist": [resource("txt", TEXT), resource("mp4", b"not a video")]}, "KM.99990801", "reslist[1].content"),
        (
            {"reslist": [resource("txt", TEXT), resource("jpg", "http://169.254.169.254/a.jpg", source="url")]},
            "KM.99990801",
            "reslist[1].content",
        ),
        (
            {"reslist": [resource("txt", TEXT), resource("jpg", "data:image/jpeg;base64,AA==", source="file")]},
            "KM.99990801",
            "reslist[1].content",
        ),
        ({"reslist": [resource("txt", TEXT, "1-1"), resource("jpg", picture())]}, "KM.99990800", "index"),
    ],
)
def test_a_bad_template_is_refused_by_its_field(
    cloud: Client, changes: dict[str, Any], code: str | None, words: str
) -> None:
    refusal = cloud.refused("create_vms_template", template(unique("bad"), **changes))
    assert refusal.status == 400
    assert refusal.code == (code or refusal.code)
    assert refusal.code.startswith("KM.")
    assert words in refusal.text


def test_bad_filters_are_refused(cloud: Client) -> None:
    for query in (
        {"begin_time": vendor_now()},
        {"begin_time": "x", "end_time": "y"},
        {"limit": 101},
        {"tpl_type": "mine"},
    ):
        assert cloud.refused("list_vms_template_status", sdk.ListVmsTemplateStatusRequest(**query)).status == 400
    for query in ({"task_status": "gone"}, {"task_id": "17"}, {"limit": 0}, {"send_end_time": vendor_now()}):
        assert cloud.refused("list_vms_send_tasks", sdk.ListVmsSendTasksRequest(**query)).status == 400


def test_a_repeated_request_makes_one_template(cloud: Client) -> None:
    name = unique("once")
    body = {
        "expiration_time": 30,
        "tpl_name": name,
        "title": "一次",
        "reslist": [{"type": "txt", "name": "a", "source": "txt", "content": "【鸿雁】您好"}],
        "unknown": {"a": 1},
    }
    key = {"Idempotency-Key": name}
    first = cloud.raw("POST", "/v1/aim-basic/templates", body, headers=key)
    assert first.json() == cloud.raw("POST", "/v1/aim-basic/templates", body, headers=key).json()
    other = cloud.raw("POST", "/v1/aim-basic/templates", body | {"title": "二次"}, headers=key)
    assert other.status_code == 422
    found = cloud.ask("list_vms_template_status", sdk.ListVmsTemplateStatusRequest(tpl_name=name))
    assert found.data.page_info.total == 1


# --- who may ----------------------------------------------------------------------------------------------------------


def test_a_reader_reads_and_writes_nothing(reader: Holder, video_template: str) -> None:
    assert reader.call("GET", f"/v1/aim-basic/templates?tpl_id={video_template}").status_code == 200
    assert reader.call("GET", "/v1/aim-basic/send-tasks").status_code == 200
    body = {"expiration_time": "1", "tpl_name": "a", "title": "a", "reslist": []}
    good = {"type": "txt", "name": "a", "source": "txt", "content": "【鸿雁】您好"}
    assert reader.call("POST", "/v1/aim-basic/templates", body | {"reslist": [good]}).status_code == 403
    send = {"task_name": "a", "tpl_id": PRESET, "mobiles": ["13800138000"]}
    assert reader.call("POST", "/v1/aim-basic/send-tasks", send).status_code == 403
    assert reader.call("POST", "/v1/hongyan/video-tasks", send).status_code == 403
    assert (
        reader.call("PUT", f"/v1/hongyan/video-templates/{video_template}/use", {"is_usable": False}).status_code == 403
    )


def test_what_is_anothers_is_not_there(cloud: Client, stranger: Client, video_template: str) -> None:
    assert status(stranger, video_template) is None
    assert (
        stranger.raw("PUT", f"/v1/hongyan/video-templates/{video_template}/use", {"is_usable": False}).status_code
        == 400
    )
    made = cloud.ask("create_vms_send_task", task(PRESET, phones(1, can_show=True))).data.task_id
    assert listed(stranger, task_id=made).aim_basic_send_tasks == []
    for path in (f"/v1/hongyan/video-tasks/{made}", f"/v1/hongyan/video-tasks/{made}/replies"):
        assert stranger.raw("GET", path).json()["error_code"] == "KM.90017080"
    for verb in ("resend", "cancel", "resume"):
        assert stranger.raw("POST", f"/v1/hongyan/video-tasks/{made}/{verb}").json()["error_code"] == "KM.90017080"


def test_without_the_service_nothing_is_made(stranger: Client) -> None:
    assert stranger.refused("create_vms_template", template(unique("no"))).status in {400, 403}
    assert stranger.refused("create_vms_send_task", task(PRESET, ["13800138000"])).status in {400, 403}


# --- tasks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"mobiles": None, "dync_params": None}, "KM.90017081", "mobiles"),
        ({"mobiles": []}, "KM.90017081", "mobiles"),
        ({"mobiles": ["13800138000", "12"]}, "KM.90017081", "mobiles[1]"),
        (
            {"individual_params": [sdk.IndividualParam(["13800138001"], params("a", kind=sdk.IndividualContentParam))]},
            "KM.90017081",
            "mobiles",
        ),
        ({"dync_params": []}, "KM.99990805", "dync_params"),
        ({"dync_params": params("a")}, "KM.99990805", "dync_params"),
        ({"dync_params": params("a", "【b】")}, "KM.99990805", "dync_params[1]"),
        ({"dync_params": params("a", "b" * 257)}, None, "dync_params"),
        ({"task_name": "n" * 33}, None, "task_name"),
        ({"task_name": " "}, "KM.90017082", "task_name"),
        ({"expiration_time": 73}, None, "expiration_time"),
        ({"exdata": "x" * 257}, None, "exdata"),
        ({"tpl_id": "899999999"}, "KM.99990806", "899999999"),
    ],
)
def test_a_bad_task_is_refused_by_its_field(
    cloud: Client, video_template: str, changes: dict[str, Any], code: str | None, words: str
) -> None:
    wanted = {"tpl_id": video_template, "mobiles": ["13800138000"], "dync_params": params("a", "b")} | changes
    refusal = cloud.refused("create_vms_send_task", task(**wanted))
    assert refusal.status == 400
    assert refusal.code == (code or refusal.code)
    assert words in refusal.text


def test_tasks_are_filtered_and_paged(cloud: Client) -> None:
    name = unique("t")
    made = [
        cloud.ask("create_vms_send_task", task(PRESET, phones(1, can_show=True), task_name=f"{name} {no}")).data.task_id
        for no in range(3)
    ]

    def ids(**query: Any) -> list[str]:
        return [row.task_id for row in listed(cloud, task_name=name, **query).aim_basic_send_tasks]

    assert ids() == made[::-1]
    assert ids(offset=1, limit=1) == [made[1]]
    assert ids(tpl_id=PRESET, tpl_name="问候") == made[::-1]
    assert ids(tpl_id="800000002") == []
    assert ids(operator=find_task(cloud, made[0]).operator) == made[::-1]
    assert ids(operator="nobody") == []
    assert ids(task_status="scheduled") == []
    past = {"2025-12-01T00:00:00Z", "2025-12-02T00:00:00Z"}
    first, last = sorted(past)
    assert ids(begin_time=first, end_time=last) == []
    assert ids(send_begin_time=first, send_end_time=last) == []
    assert ids(begin_time=first, end_time="2036-01-01T00:00:00Z") == made[::-1]
    page = listed(cloud, task_name=name, offset=1, limit=2).page_info
    assert (page.offset, page.limit, page.total) == (1, 2, 3)
    far = listed(cloud, task_name=name, offset=2_147_483_647)
    assert (far.aim_basic_send_tasks, far.page_info.total) == ([], 3)


def test_five_thousand_numbers_are_accepted_in_one_call(cloud: Client) -> None:
    numbers = [str(15900000000 + no) for no in range(5000)]
    body = {"task_name": unique("many"), "tpl_id": PRESET, "mobiles": [*numbers[:4999], numbers[0]]}
    body["expiration_time"] = "72"  # the samples send text
    started = datetime.now(UTC)
    answer = cloud.raw("POST", "/v1/aim-basic/send-tasks", body)
    assert answer.status_code == 200, answer.text
    assert datetime.now(UTC) - started < timedelta(seconds=5)
    task_id = answer.json()["data"]["task_id"]
    assert find_task(cloud, task_id).total_count == 4999
    too_many = body | {"mobiles": [*numbers, "15800000000"]}
    assert cloud.raw("POST", "/v1/aim-basic/send-tasks", too_many).status_code == 400
    assert cloud.raw("POST", f"/v1/hongyan/video-tasks/{task_id}/cancel").status_code in {200, 400}


def test_a_scheduled_task_waits_and_is_cancelled(cloud: Client) -> None:
    at = (datetime.now(UTC) + timedelta(hours=3)).isoformat()
    body = {"task_name": unique("later"), "tpl_id": PRESET, "mobiles": phones(2, can_show=True), "send_at": at}
    answer = cloud.raw("POST", "/v1/hongyan/video-tasks", body)
    assert answer.status_code == 200, answer.text
    made = answer.json()
    if made["state"] == "scheduled":
        row = find_task(cloud, made["task_id"])
        assert (row.task_state, row.total_count) == ("定时任务", 2)
        assert [r.task_id for r in listed(cloud, task_status="scheduled", task_id=made["task_id"]).aim_basic_send_tasks]
        gone = cloud.raw("POST", f"/v1/hongyan/video-tasks/{made['task_id']}/cancel").json()
        assert (gone["state"], gone["failed"]) == ("sending_failed", 2)
    else:
        assert made["state"] == "submit_failed"
