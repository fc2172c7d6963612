"""Video messages on a whole installation: the vendor's client sends, phones behind MMS centres show, reports return."""

import json
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from huaweicloudsdkkoomessage import v1 as sdk

from support.cloud import Client, eventually
from support.doors import phones, unique
from support.installation import Installation
from support.video_requests import PRESET, TIME, UUID, find_task, listed, params, status, task

pytestmark = pytest.mark.timeout(240)


@dataclass(frozen=True, slots=True)
class Handsets:
    """The phones behind the simulated MMS centres."""

    url: str

    def messages(self, number: str) -> list[dict[str, Any]]:
        """Return what a phone got."""
        rows: list[dict[str, Any]] = httpx.get(f"{self.url}/inbox/{number}", trust_env=False).json()["messages"]
        return rows

    def first(self, number: str) -> dict[str, Any]:
        """Wait for a phone's message."""
        found: list[dict[str, Any]] = eventually(f"{number} got a video message", lambda: self.messages(number))
        return found[0]


@pytest.fixture(scope="module")
def handsets(installation: Installation) -> Handsets:
    ports = json.loads((installation.data_dir / "demo-ports.json").read_text())
    return Handsets(f"http://127.0.0.1:{ports['media_inbox']}")


def texts_of(message: dict[str, Any]) -> list[str]:
    """Return the texts of a message, frame by frame."""
    return [part["text"] for frame in message["frames"] for part in frame["parts"] if part["text"]]


def test_phones_get_their_frames_and_reports_come_back(cloud: Client, video_template: str, handsets: Handsets) -> None:
    shown = status(cloud, video_template)
    assert [row.status for row in shown.status_detail] == [0, 0, 0]
    assert shown.restags == "三网一般"
    one, two, three = phones(3, can_show=True)
    groups = [
        sdk.IndividualParam([one], params("王女士", "SF001", kind=sdk.IndividualContentParam)),
        sdk.IndividualParam([two, three], params("李先生", "#p_1#", kind=sdk.IndividualContentParam)),
    ]
    name = unique("e2e")
    wanted = task(video_template, None, task_name=name, individual_params=groups, exdata="order-17", expiration_time=48)
    answer = cloud.ask("create_vms_send_task", wanted)
    assert (answer.status, answer.message, answer.data.ret_code, answer.data.desc) == ("200", "success", "0", "success")
    task_id = answer.data.task_id
    assert UUID.fullmatch(task_id)

    first = handsets.first(one)
    assert first["subject"] == "您的包裹"
    assert texts_of(first) == ["【鸿雁】尊敬的王女士，您的包裹SF001已发出。"]
    assert [[part["content_type"] for part in frame["parts"]] for frame in first["frames"]] == [
        ["text/plain"],
        ["image/jpeg"],
    ]
    # A value that looks like a placeholder is shown as it is.
    assert texts_of(handsets.first(three)) == ["【鸿雁】尊敬的李先生，您的包裹#p_1#已发出。"]

    def ended() -> Any:
        found = find_task(cloud, task_id)
        return found if found.task_state == "发送完成" else None

    done = eventually("the task is complete", ended, 90)
    assert (done.task_name, done.tpl_id, done.tpl_name) == (name, video_template, shown.tpl_name)
    assert (done.total_count, done.success_count, done.failed_count, done.timeout_count) == (3, 3, 0, 0)
    assert done.exdata == "order-17"
    assert done.operator
    assert TIME.fullmatch(done.create_time)
    assert TIME.fullmatch(done.send_time)
    assert [row.task_id for row in listed(cloud, task_status="sending_complete", task_name=name).aim_basic_send_tasks]
    resent = cloud.raw("POST", f"/v1/hongyan/video-tasks/{task_id}/resend")
    assert (resent.status_code, resent.json()["error_code"]) == (400, "KM.90017083")

    body = {"from": one, "to": first["src_id"], "text": "收到，谢谢"}
    assert httpx.post(f"{handsets.url}/mo", json=body, trust_env=False).status_code == 202

    def replies() -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = cloud.raw("GET", f"/v1/hongyan/video-tasks/{task_id}/replies").json()["items"]
        return rows

    (reply,) = eventually("the reply is there", replies)
    assert (reply["mobile"], reply["text"]) == (f"86{one}", "收到，谢谢")


def test_phones_that_show_no_card_get_the_chosen_video(cloud: Client, video_template: str, handsets: Handsets) -> None:
    capable, incapable = phones(1, can_show=True), phones(2, can_show=False)
    body = {
        "name": unique("fb"),
        "card_template_id": "600000001",
        "sms_template_id": cloud.company.templates["link only"],
        "phones": [*capable, *incapable],
        "fallback": "basic",
        "basic_template_id": PRESET,
    }
    answer = cloud.raw("POST", "/v1/hongyan/send-tasks", body)
    assert answer.status_code == 200, answer.text
    task_id = answer.json()["task_id"]
    for number in incapable:
        assert handsets.first(number)["subject"] == "清晨的问候"

    def ended() -> Any:
        found = cloud.raw("GET", f"/v1/hongyan/send-tasks/{task_id}").json()
        return found if found["is_final"] else None

    done = eventually("the task is over", ended, 90)
    assert done["states"] == {"delivered": 3}
    assert handsets.messages(capable[0]) == []
    for changes, code in (
        ({"fallback": "sms"}, "KM.90017084"),
        ({"basic_template_id": video_template}, "KM.90017084"),
        ({"basic_template_id": "899999999"}, "KM.99990806"),
    ):
        refused = cloud.raw("POST", "/v1/hongyan/send-tasks", body | changes)
        assert (refused.status_code, refused.json()["error_code"]) == (400, code)
