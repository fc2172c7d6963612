"""The vendor's client registers callback addresses, and a customer's server receives what it was promised."""

import json
import re
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from huaweicloudsdkkoomessage import v1 as sdk

from support.cloud import Client, Desk, Holder, eventually
from support.doors import PLAIN_CARD, phones, unique
from support.installation import Installation
from support.sink import Received, Sink, running_sink
from support.video_requests import TEXT, in_state, make, resource, task

pytestmark = pytest.mark.timeout(240)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CLOCK = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
OWN = "/v1/hongyan/callbacks"


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with running_sink() as running:
        yield running


def add(cloud: Client, url: str, url_type: int | None = None) -> Any:
    """Register an address of the smart family."""
    body = sdk.AddCallbackRequestBody(callback_url=url, url_type=url_type)
    return cloud.ask("add_call_back", sdk.AddCallBackRequest(body=body))


def add_video(cloud: Client, url: str, url_type: int, remark: str | None = None) -> Any:
    """Register an address of the basic edition."""
    body = sdk.AddVmsCallBackRequestBody(callback_url=url, url_type=url_type, remark=remark)
    return cloud.ask("add_vms_call_back", sdk.AddVmsCallBackRequest(body=body))


@pytest.fixture(scope="module")
def registered(cloud: Client, sink: Sink) -> Iterator[Any]:
    """Given an address for arrays of receipts; it is gone afterwards, as the installation is everybody's."""
    made = add(cloud, sink.url("/batch"), 2)
    yield made.data
    assert cloud.raw("DELETE", f"{OWN}/{made.data.id}").status_code == 200


def test_registering_answers_with_every_field_and_again_replaces(cloud: Client, sink: Sink, registered: Any) -> None:
    assert UUID.fullmatch(registered.id)
    made = add(cloud, "https://hooks.example.com/other", 2)
    assert made.to_json_object() == {
        "status": "200",
        "message": "success",
        "data": {"callback_url": "https://hooks.example.com/other", "id": registered.id, "url_type": 2},
    }
    listed = cloud.ask("list_aim_callbacks", sdk.ListAimCallbacksRequest())
    assert (listed.status, listed.message) == ("200", "success")
    batch = [one.to_dict() for one in listed.data if one.url_type == 2]
    assert batch == [{"callback_url": "https://hooks.example.com/other", "id": registered.id, "url_type": 2}]
    assert add(cloud, sink.url("/batch"), 2).data.id == registered.id


def test_the_basic_edition_has_its_own_addresses(cloud: Client, stranger: Client) -> None:
    first = add_video(cloud, "https://hooks.example.com/status", 0, "production")
    assert first.to_json_object() == {"status": "200", "message": "success"}
    add_video(cloud, "http://8.8.8.8:9000/reply?x=1", 1)
    listed = cloud.ask("list_vms_callbacks", sdk.ListVmsCallbacksRequest())
    assert listed.to_json_object() == {
        "status": "200",
        "message": "success",
        "data": {
            "callbacks": [
                {"url_type": 0, "callback_url": "https://hooks.example.com/status", "remark": "production"},
                {"url_type": 1, "callback_url": "http://8.8.8.8:9000/reply?x=1", "remark": ""},
            ]
        },
    }
    theirs = stranger.ask("list_vms_callbacks", sdk.ListVmsCallbacksRequest())
    assert theirs.data.callbacks == []
    for item in cloud.raw("GET", OWN).json()["items"]:
        if item["kind"].startswith("video."):
            assert stranger.raw("DELETE", f"{OWN}/{item['id']}").status_code == 400
            assert cloud.raw("DELETE", f"{OWN}/{item['id']}").status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://hooks.example.com/x",
        "hooks.example.com/x",
        "http://",
        "http://10.1.2.3/x",
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:192.168.1.1]/",
        "http://[fd00::1]/",
        "http://3232235777/",
        "http://user:secret@hooks.example.com/",
        "https://hooks.example.com/#part",
        "https://hooks.example.com/a b",
        "https://hooks.example.com/" + "x" * 1000,
    ],
)
def test_an_address_that_cannot_be_called_is_refused(cloud: Client, url: str) -> None:
    body = sdk.AddCallbackRequestBody(callback_url=url, url_type=2)
    refusal = cloud.refused("add_call_back", sdk.AddCallBackRequest(body=body))
    assert refusal.status == 400
    assert refusal.code in {"KM.99990601", "KM.90016803"}
    assert "callback_url" in refusal.text
    video = sdk.AddVmsCallBackRequestBody(callback_url=url, url_type=0)
    assert cloud.refused("add_vms_call_back", sdk.AddVmsCallBackRequest(body=video)).status == 400


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/v1/aim/callbacks", {"callback_url": "https://hooks.example.com/", "url_type": 3}, "url_type"),
        ("/v1/aim/callbacks", {"callback_url": "https://hooks.example.com/", "url_type": "x"}, "url_type"),
        ("/v1/aim/callbacks", {"url_type": 0}, "callback_url"),
        ("/v1/aim-basic/callbacks", {"callback_url": "https://hooks.example.com/", "url_type": 2}, "url_type"),
        ("/v1/aim-basic/callbacks", {"callback_url": "https://hooks.example.com/"}, "url_type"),
        (
            "/v1/aim-basic/callbacks",
            {"callback_url": "https://hooks.example.com/", "url_type": 0, "remark": "x" * 1001},
            "remark",
        ),
    ],
)
def test_fields_have_their_rules(cloud: Client, path: str, body: dict[str, Any], field: str) -> None:
    answer = cloud.raw("POST", path, body)
    assert answer.status_code == 400
    assert field in answer.json()["error_msg"]


def test_who_may_only_read_reads(reader: Holder, registered: Any) -> None:
    body = {"callback_url": "https://hooks.example.com/"}
    assert reader.call("POST", "/v1/aim/callbacks", body).status_code == 403
    assert reader.call("POST", "/v1/aim-basic/callbacks", {**body, "url_type": 0}).status_code == 403
    for verb in ("enable", "secret", "test"):
        assert reader.call("POST", f"{OWN}/{registered.id}/{verb}").status_code == 403
    assert reader.call("POST", f"{OWN}/{registered.id}/replay", {"state": "dead"}).status_code == 403
    assert reader.call("DELETE", f"{OWN}/{registered.id}").status_code == 403
    assert reader.call("GET", "/v1/aim/callbacks").status_code == 200
    assert reader.call("GET", f"{OWN}/{registered.id}").json()["callback_url"].endswith("/batch")


def test_others_do_not_have_it(stranger: Client, registered: Any) -> None:
    for method, path in [
        ("GET", ""),
        ("GET", "/attempts"),
        ("GET", "/posts"),
        ("POST", "/enable"),
        ("POST", "/secret"),
        ("POST", "/test"),
        ("DELETE", "/secret"),
        ("DELETE", ""),
    ]:
        answer = stranger.raw(method, f"{OWN}/{registered.id}{path}")
        assert (answer.status_code, answer.json()["error_code"]) == (400, "KM.99990602"), path
    replay = stranger.raw("POST", f"{OWN}/{registered.id}/replay", {"state": "dead"})
    assert replay.json()["error_code"] == "KM.99990602"
    assert stranger.raw("GET", f"{OWN}/{uuid4()}").json()["error_code"] == "KM.99990602"


def _receipts(sink: Sink, task_id: str, kind: str) -> list[tuple[Received, dict[str, Any]]]:
    return [
        (one, receipt)
        for one in sink.on("/batch")
        if one.json().get("callback_type") == kind
        for receipt in one.inner()
        if receipt["task_id"] == task_id
    ]


def test_a_send_is_told_as_sms_then_shortchain(
    cloud: Client, installation: Installation, sink: Sink, registered: Any
) -> None:
    company = cloud.company
    numbers = [*phones(1, can_show=True), *phones(1, can_show=False)]
    body = sdk.CreateAimSendTaskRequestBody(
        task_name=unique("told"),
        sms_channel=sdk.SmsChannel(
            channel_number=company.channel_number,
            sms_tpl_id=company.templates["member"],
            sms_sign=company.name,
            sms_app_name=company.app_name,
        ),
        resolve_task=sdk.AIMResolveTask(
            tpl_id=PLAIN_CARD,
            resolve_times=1,
            aim_code_type="individual",
            generation_type="1",
            expiration_time=7,
            params=[sdk.CreateResolveTaskParam(cust_flag=number, sms_params=["甲"]) for number in numbers],
        ),
    )
    made = cloud.ask("create_aim_send_task", sdk.CreateAimSendTaskRequest(body=body))
    eventually("both sms receipts", lambda: len(_receipts(sink, made.task_id, "sms")) >= 2)
    by_number = {receipt["cust_flag"]: (one, receipt) for one, receipt in _receipts(sink, made.task_id, "sms")}
    assert set(by_number) == set(numbers)
    one, receipt = by_number[numbers[0]]
    document = one.json()
    assert document["domain_id"] == company.tenant_id.replace("-", "") or re.fullmatch(
        r"[0-9a-f]{32}", document["domain_id"]
    )
    assert document["retry"] is False
    assert LOCAL.fullmatch(receipt["send_time"])
    assert LOCAL.fullmatch(receipt["receive_time"])
    assert receipt["aim_url"].endswith("/" + receipt["aim_code"])
    assert receipt == {
        "task_id": made.task_id,
        "cust_flag": numbers[0],
        "msg_id": f"{made.task_id}_0",
        "tpl_id": PLAIN_CARD,
        "sms_sign": company.name,
        "aim_code": receipt["aim_code"],
        "aim_url": receipt["aim_url"],
        "send_time": receipt["send_time"],
        "receive_time": receipt["receive_time"],
        "send_status": "DELIVRD",
        "send_status_desc": "发送成功",
        "total": receipt["total"],
        "sequence": "1",
        "extend": "",
    }
    assert int(receipt["total"]) >= 1
    installation.phone_page(numbers[0])
    eventually("the card's receipt", lambda: _receipts(sink, made.task_id, "shortchain"))
    ((later, card),) = _receipts(sink, made.task_id, "shortchain")
    assert card == {
        "task_id": made.task_id,
        "cust_flag": numbers[0],
        "tpl_id": PLAIN_CARD,
        "aim_url": receipt["aim_url"],
        "aim_code": receipt["aim_code"],
        "status": 0,
        "describe": "解析成功",
    }
    assert later.at >= one.at
    posts = eventually("settled", lambda: _delivered(cloud, registered.id, made.task_id))
    post = posts[0]
    assert set(post) == {
        *("post_id", "request_id", "document", "receipts", "task_ids", "state", "attempts", "next_at", "created_at"),
        *("done_at", "last_status", "last_error"),
    }
    assert (post["state"], post["last_status"], post["attempts"]) == ("delivered", 200, 1)
    replayed = cloud.raw("POST", f"{OWN}/{registered.id}/replay", {"post_ids": [post["post_id"]]})
    assert replayed.json() == {"count": 1}
    again = eventually(
        "the replay", lambda: [r for r in sink.on("/batch") if r.json()["request_id"] == post["request_id"]][1:]
    )
    assert again[0].json()["retry"] is True


def _delivered(cloud: Client, address_id: str, task_id: str) -> list[dict[str, Any]]:
    answer = cloud.raw("GET", f"{OWN}/{address_id}/posts?task_id={task_id}&state=delivered&limit=10")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items if len(items) >= 2 else []


def test_own_operations_show_test_sign_and_refuse(cloud: Client, sink: Sink, registered: Any) -> None:
    secret = cloud.raw("POST", f"{OWN}/{registered.id}/secret").json()["secret"]
    assert secret.startswith("whsec_")
    shown = cloud.raw("GET", f"{OWN}/{registered.id}").json()
    assert (shown["kind"], shown["state"], shown["is_signed"]) == ("aim.batch", "active", True)
    assert secret not in json.dumps(shown)
    tried = cloud.raw("POST", f"{OWN}/{registered.id}/test").json()
    assert (tried["status"], tried["error"], tried["attempt_no"], tried["answer"]) == (200, None, 0, '{"ok":true}')
    last = sink.on("/batch")[-1]
    assert last.headers["webhook-id"] == tried["request_id"] == last.json()["request_id"]
    assert last.inner()[0]["cust_flag"] == "13800000000"
    log = cloud.raw("GET", f"{OWN}/{registered.id}/attempts?limit=5").json()["items"]
    assert log[0] == tried
    assert cloud.raw("DELETE", f"{OWN}/{registered.id}/secret").json() == {"id": registered.id}
    assert cloud.raw("POST", f"{OWN}/{registered.id}/enable").json()["state"] == "active"
    assert cloud.raw("GET", f"{OWN}/notices").json() == {"items": []}
    empty = cloud.raw("POST", f"{OWN}/{registered.id}/replay", {})
    assert (empty.status_code, empty.json()["error_code"]) == (400, "KM.90016803")
    assert cloud.raw("GET", f"{OWN}/{registered.id}/posts?begin_time=x&end_time=y").status_code == 400
    assert cloud.raw("GET", f"{OWN}/nonsense").status_code == 400


def test_a_text_from_a_phone_reaches_the_apps_address(cloud: Client, installation: Installation, sink: Sink) -> None:
    company = cloud.company
    apps = cloud.ask("list_aim_msg_app", sdk.ListAimMsgAppRequest(offset=0, limit=10)).result
    app = next(app for app in apps if app.app_name == company.app_name)
    change = sdk.MsgAppRequest(app_name=app.app_name, up_link_addr=sink.url("/uplink"))
    cloud.ask("update_aim_msg_app", sdk.UpdateAimMsgAppRequest(app_id=app.app_id, body=change))
    try:
        (number,) = phones(1, can_show=True)
        text = f"何时到货？&=+ {time.monotonic_ns()}"
        installation.uplink(number, company.channel_number, text)
        (post,) = eventually("the uplink", lambda: [p for p in sink.on("/uplink") if p.form()["body"] == text])
        assert post.headers["content-type"] == "application/x-www-form-urlencoded"
        form = post.form()
        assert UUID.fullmatch(form.pop("smsMsgId"))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", form.pop("createTime"))
        assert form == {"from": f"+86{number}", "to": company.channel_number, "body": text}
    finally:
        back = sdk.MsgAppRequest(app_name=app.app_name, up_link_addr=app.up_link_addr or "")
        cloud.ask("update_aim_msg_app", sdk.UpdateAimMsgAppRequest(app_id=app.app_id, body=back))


def test_a_video_template_is_told_to_the_address_it_was_handed_in_with(cloud: Client, desk: Desk, sink: Sink) -> None:
    name, path = unique("vt"), f"/video-template/{uuid4().hex}"
    tpl_id = make(cloud, name, [resource("txt", TEXT)], callbackurl=sink.url(path))
    assert sink.on(path) == []
    assert desk.approve("video_sms.template", name) == 1
    (post, *_) = eventually("the template is told", lambda: sink.on(path))
    shown = in_state(cloud, tpl_id, 0)
    told = post.json()
    assert told == {
        "tpl_id": tpl_id,
        "tpl_size": shown.tpl_size,
        "valid_time": shown.valid_time,
        "audit_state": 0,
        "audit_desc": "",
        "status_detail": [row.to_dict() for row in shown.status_detail],
        "preview_url": told["preview_url"],
        "tpl_name": name,
        "title": "您的包裹",
        "tpl_sign": "鸿雁",
        "create_time": shown.create_time,
        "var_info": [{"name": "#p_1#", "type": "txt"}, {"name": "#p_2#", "type": "txt"}],
        "restags": shown.restags,
    }
    assert told["preview_url"].startswith("http")


def test_a_video_message_and_its_reply_are_told(
    cloud: Client, installation: Installation, sink: Sink, video_template: str
) -> None:
    add_video(cloud, sink.url("/video-status"), 0)
    add_video(cloud, sink.url("/video-reply"), 1)
    try:
        (number,) = phones(1, can_show=True)
        task_id = cloud.ask("create_vms_send_task", task(video_template, [number], "王女士", "SF001")).data.task_id
        (report,) = eventually("the report", lambda: _rows(sink, "/video-status", "reports", task_id))
        assert all(CLOCK.fullmatch(report.pop(name)) for name in ("stime", "rtime"))
        assert report == {
            "task_id": task_id,
            "mobile": number,
            "status": 0,
            "code": "DELIVRD",
            "desc": "success",
        }
        handsets = (
            f"http://127.0.0.1:{json.loads((installation.data_dir / 'demo-ports.json').read_text())['media_inbox']}"
        )
        shown = httpx.get(f"{handsets}/inbox/{number}", trust_env=False).json()["messages"][0]
        body = {"from": number, "to": shown["src_id"], "text": "Hello everyone, 收到"}
        assert httpx.post(f"{handsets}/mo", json=body, trust_env=False).status_code == 202
        (reply,) = eventually("the reply", lambda: _rows(sink, "/video-reply", "result", task_id))
        assert CLOCK.fullmatch(reply.pop("rtime"))
        assert reply == {
            "task_id": task_id,
            "mobile": number,
            "content": "Hello+everyone%2C+%E6%94%B6%E5%88%B0",
        }
    finally:
        for item in cloud.raw("GET", OWN).json()["items"]:
            if item["kind"].startswith("video."):
                assert cloud.raw("DELETE", f"{OWN}/{item['id']}").status_code == 200


def _rows(sink: Sink, path: str, name: str, task_id: str) -> list[dict[str, Any]]:
    posts = [one.json() for one in sink.on(path)]
    assert all(set(post) == {"seq_id", name} and UUID.fullmatch(post["seq_id"]) for post in posts)
    return [row for post in posts for row in post[name] if row["task_id"] == task_id]


def test_a_card_of_a_link_that_one_sent_oneself_is_told(
    cloud: Client, installation: Installation, sink: Sink, registered: Any
) -> None:
    (number,) = phones(1, can_show=True)
    flag = unique("customer")
    body = sdk.CreateResolveTaskRequestBody(
        tpl_id=PLAIN_CARD,
        sms_signs=[cloud.company.name],
        resolving_times=1,
        aim_code_type="individual",
        expiration_time=7,
        params=[sdk.CreateShortChainParam(cust_flag=flag)],
    )
    made = cloud.ask("create_resolve_task", sdk.CreateResolveTaskRequest(body=body))
    (row,) = made.params
    text = sdk.SmsTaskReq(
        template_id=cloud.company.templates["member"], to=[number], template_params=["甲", row.aim_url]
    )
    cloud.ask("send_aim_batch_messages", sdk.SendAimBatchMessagesRequest(body=text))
    eventually("the message arrives", lambda: installation.inbox(number))
    installation.phone_page(number)
    ((post, card),) = eventually("the card's receipt", lambda: _receipts(sink, made.task_id, "shortchain"))
    assert set(post.json()) == {"request_id", "domain_id", "callback_type", "body", "retry"}
    assert card == {
        "task_id": made.task_id,
        "cust_flag": flag,
        "tpl_id": PLAIN_CARD,
        "aim_url": row.aim_url,
        "aim_code": row.aim_code,
        "status": 0,
        "describe": "解析成功",
    }
    assert _receipts(sink, made.task_id, "sms") == []
    assert registered.url_type == 2
