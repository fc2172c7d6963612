"""The console's endpoints of video SMS over a real socket: templates of frames, sends by file, details, once more."""

import base64
import dataclasses
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from hongyan.kernel.db.database import Database
from hongyan.kernel.http.once import Once
from hongyan.kernel.ids import FileId, RandomIds, TenantId
from hongyan.rooms.campaigns.console_api.video import video_router
from hongyan.rooms.campaigns.errors import TaskNotFound
from hongyan.rooms.campaigns.service.views import CampaignViews
from hongyan.rooms.delivery.contracts import MessageState
from hongyan.rooms.handsets.service import HandsetsService
from hongyan.rooms.identity.contracts import Role, system_actor
from hongyan.rooms.identity.service.people import NewUser
from hongyan.rooms.video_sms.console_api.public import public_videos_console
from hongyan.rooms.video_sms.console_api.router import console_router
from support.identity import PASSWORD, cheap_identity, found_household, identity_app, vendor_doors
from support.media import picture
from support.office import take_jobs
from support.server import serving
from support.sessions import signed_in
from support.video_house import VideoHouse, open_video_house

PHONES = ("13800138000", "13800138001", "13800138002")


@dataclass(frozen=True, slots=True)
class Desks:
    """The browsers of a company's people, and another company's."""

    house: VideoHouse
    admin: httpx.AsyncClient
    reader: httpx.AsyncClient
    other: httpx.AsyncClient
    operator: httpx.AsyncClient

    async def file(self, text: str) -> str:
        """Return a number file that was read."""
        async with self.house.db.begin() as uow:
            head, *rows = [line.split(",") for line in text.splitlines()]
            made = await self.house.audience.create_from_rows(uow, self.house.tenant, head[1:], rows)
        return str(made.file_id)

    async def usable(self, body: dict[str, Any]) -> str:
        """Return a template that was approved."""
        answer = await self.admin.post("/video-templates", json=body)
        assert answer.status_code == 201, answer.text
        tpl_id = str(answer.json()["tpl_id"])
        async with self.house.db.begin() as uow:
            made = await self.house.templates.get_template(uow, self.house.tenant, tpl_id)
        await self.house.decide(made)
        return tpl_id


def medium(data: bytes) -> str:
    return base64.b64encode(data).decode()


def template_body(text: str = "尊敬的#p_1#，您好", **changes: Any) -> dict[str, Any]:
    body = {
        "tpl_name": "新品",
        "title": "夏日新品",
        "signature": "鸿雁",
        "expiration_time": 30,
        "frames": [
            {
                "elements": [
                    {"type": "jpg", "name": "shoe.jpg", "content": medium(picture("JPEG"))},
                    {"type": "txt", "text": text},
                ]
            },
            {"elements": [{"type": "txt", "text": "拒收请回复R"}]},
        ],
    }
    return {**body, **changes}


@pytest.fixture
async def desks(db: Database, tmp_path: Path) -> AsyncIterator[Desks]:
    house = await open_video_house(db, tmp_path)
    identity = cheap_identity(house.clock, db.url)
    async with db.begin() as uow:
        await found_household(uow, identity, "heron", number=1)
        reader = NewUser("goose-reader", PASSWORD, frozenset({Role.READ_ONLY}))
        await identity.people.create_user(uow, system_actor(house.tenant), house.tenant, reader)
        operator = NewUser("operator", PASSWORD, frozenset({Role.PLATFORM_OPERATOR}))
        await identity.people.create_user(uow, system_actor(), None, operator)
    auth = vendor_doors(db, identity, house.clock)
    routers = [
        console_router(db, house.templates, auth),
        public_videos_console(db, house.templates, auth),
        video_router(
            db=db,
            auth=auth,
            tasks=house.tasks,
            planner=house.planner,
            views=house.views,
            templates=house.templates,
            audience=house.audience,
            once=Once(db, house.clock, house.line.ring),
        ),
    ]
    async with serving(identity_app(db, identity, house.clock, console_routers=routers)) as url:
        names = ("goose-admin", "goose-reader", "heron-admin", "operator")
        browsers = [await signed_in(url, name) for name in names]
        yield Desks(dataclasses.replace(house), *browsers)
        for browser in browsers:
            await browser.aclose()
    await house.out.close()


def refused(answer: httpx.Response) -> tuple[int, str | None]:
    return answer.status_code, answer.json().get("field")


async def test_frames_become_a_template_that_the_desk_decides(desks: Desks) -> None:
    # given frames that were handed in
    made = await desks.admin.post("/video-templates", json=template_body())
    assert (made.status_code, made.json()["state"], made.json()["frames"]) == (201, "in_review", 2)
    tpl_id = made.json()["tpl_id"]
    # then the page shows them, the first text with the signature in front
    shown = (await desks.reader.get(f"/video-templates/{tpl_id}")).json()
    assert [(one["frame"], one["kind"], one["text"]) for one in shown["elements"]] == [
        (1, "image", None),
        (1, "txt", "【鸿雁】尊敬的#p_1#，您好"),
        (2, "txt", "拒收请回复R"),
    ]
    assert (shown["template"]["params"], shown["stories"][0]["events"][0]["action"]) == (["p_1"], "submitted")
    # and its picture, as what it is and nothing that runs
    image = await desks.reader.get(f"/video-templates/{tpl_id}/media/0")
    assert (image.headers["content-type"], image.headers["x-content-type-options"]) == ("image/jpeg", "nosniff")
    assert "sandbox" in image.headers["content-security-policy"]
    assert (await desks.reader.get(f"/video-templates/{tpl_id}/media/1")).status_code == 404
    # when it is rejected, the reason is told; it can be handed in once more
    async with desks.house.db.begin() as uow:
        found = await desks.house.templates.get_template(uow, desks.house.tenant, tpl_id)
    await desks.house.decide(found, is_approved=False, reason="图片不清晰")
    row = (await desks.admin.get("/video-templates?state=rejected&is_public=false&name=新")).json()["items"][0]
    assert (row["tpl_id"], row["state_desc"], row["is_asked_back"]) == (tpl_id, "图片不清晰", False)
    assert (await desks.admin.post(f"/video-templates/{tpl_id}/submit")).json()["state"] == "in_review"
    assert (await desks.admin.post(f"/video-templates/{tpl_id}/submit")).status_code == 409


async def test_a_question_about_a_template_is_told_from_a_refusal(desks: Desks) -> None:
    made = (await desks.admin.post("/video-templates", json=template_body())).json()
    async with desks.house.db.begin() as uow:
        found = await desks.house.templates.get_template(uow, desks.house.tenant, made["tpl_id"])
    # when the desk asks
    await desks.house.decide(found, is_approved=False, reason="哪个品牌？", is_asked_back=True)
    # then list and details say so, with the question, until it is handed in again
    [row] = (await desks.reader.get("/video-templates?is_public=false&state=rejected")).json()["items"]
    assert (row["state"], row["state_desc"], row["is_asked_back"]) == ("rejected", "哪个品牌？", True)
    path = f"/video-templates/{made['tpl_id']}"
    assert (await desks.reader.get(path)).json()["template"]["is_asked_back"] is True
    assert (await desks.admin.post(f"{path}/submit")).json()["is_asked_back"] is False
    assert (await desks.reader.get(path)).json()["template"]["is_asked_back"] is False


async def test_a_draft_waits_and_a_used_template_rests(desks: Desks) -> None:
    draft = (await desks.admin.post("/video-templates", json=template_body(is_draft=True))).json()
    assert draft["state"] == "draft"
    tpl_id = await desks.usable(template_body(tpl_name="常用"))
    rested = await desks.admin.put(f"/video-templates/{tpl_id}/use", json={"is_usable": False, "reason": "过季"})
    assert (rested.json()["state"], rested.json()["state_desc"]) == ("disabled", "过季")
    found = (await desks.admin.get("/video-templates?state=draft&state=disabled")).json()
    assert {row["tpl_id"] for row in found["items"]} == {draft["tpl_id"], tpl_id}
    assert (await desks.admin.put(f"/video-templates/{tpl_id}/use", json={"is_usable": True})).json()[
        "state"
    ] == "usable"


async def test_a_template_s_form_hears_of_its_faults_at_their_fields(desks: Desks) -> None:
    two = [{"type": "jpg", "content": medium(picture("JPEG"))}] * 2
    for changes, field in (
        ({"tpl_name": ""}, "tpl_name"),
        ({"title": "【主题】"}, "title"),
        ({"signature": ""}, "signature"),
        ({"signature": "鸿【雁"}, "signature"),
        ({"expiration_time": 0}, "expiration_time"),
        ({"callback_url": "ftp://x"}, "callback_url"),
        ({"frames": []}, "frames"),
        ({"frames": [{"elements": two}]}, "frames.0.elements.0"),
        ({"frames": [{"elements": [{"type": "txt", "text": " "}]}]}, "frames.0.elements.0.text"),
        ({"frames": [{"elements": [{"type": "txt", "text": "好【好】"}]}]}, "frames.0.elements.0.text"),
        (
            {
                "frames": [
                    {"elements": [{"type": "txt", "text": "好"}]},
                    {"elements": [{"type": "png", "content": "aaaa"}]},
                ]
            },
            "frames.1.elements.0.file",
        ),
    ):
        answer = await desks.admin.post("/video-templates", json=template_body(**changes))
        assert refused(answer) == (400, field), answer.text


async def test_each_row_of_a_file_brings_its_own_values(desks: Desks) -> None:
    tpl_id = await desks.usable(template_body())
    file_id = await desks.file(f"手机号码,p_1\n{PHONES[0]},王女士\n{PHONES[1]},李先生")
    body = {"task_name": "夏日", "tpl_id": tpl_id, "number_file_id": file_id, "is_individual": True}
    # when the form is sent twice by accident
    headers = {"Idempotency-Key": "one-click"}
    made = await desks.admin.post("/video-tasks", json=body, headers=headers)
    again = await desks.admin.post("/video-tasks", json=body, headers=headers)
    # then there is one task
    assert (made.status_code, made.json()["task_id"]) == (200, again.json()["task_id"])
    found = (await desks.reader.get("/video-tasks?name=夏日&state=submit_success")).json()
    assert (found["total"], found["items"][0]["total"]) == (1, 2)
    async with desks.house.db.begin() as uow:
        rows = await uow.fetch("SELECT count(*) FROM delivery_messages")
    assert rows[0][0] == 2


async def test_what_became_of_each_number_and_once_more_for_those_that_failed(desks: Desks) -> None:
    house = desks.house
    tpl_id = await desks.usable(template_body("您好"))
    file_id = await desks.file("手机号码\n" + "\n".join(PHONES))
    body = {"task_name": "问候", "tpl_id": tpl_id, "number_file_id": file_id}
    task_id = (await desks.admin.post("/video-tasks", json=body)).json()["task_id"]
    spans = await house.claim()
    await house.close(spans)
    good, bad = MessageState.DELIVERED, MessageState.FAILED
    for no, message in enumerate([m for span in spans for m in span.messages]):
        single = [dataclasses.replace(spans[0], messages=(message,))]
        await house.report(single, bad if no == 0 else good, "4446" if no == 0 else "1000")
    async with house.db.begin() as uow:
        await house.tasks.settle(uow, house.tenant, task_id)
    # then the details tell success from failure, by number
    task = (await desks.reader.get(f"/video-tasks/{task_id}")).json()
    assert (task["state"], task["delivered"], task["failed"]) == ("sending_complete", 2, 1)
    failed = (await desks.reader.get(f"/video-tasks/{task_id}/messages?result=failed")).json()
    assert [(row["phone_masked"], row["state"]) for row in failed["items"]] == [("138****8000", "failed")]
    assert (await desks.reader.get(f"/video-tasks/{task_id}/messages?phone={PHONES[1]}&result=success")).json()[
        "total"
    ] == 1
    assert (await desks.reader.get(f"/video-tasks/{task_id}/messages?result=timeout")).json() == {
        "items": [],
        "total": 0,
    }
    # when the failed one is sent once more
    again = await desks.admin.post(f"/video-tasks/{task_id}/resend")
    assert (again.json()["state"], again.json()["resent"]) == ("re_submit_success", 1)
    sending = (await desks.reader.get(f"/video-tasks/{task_id}/messages?result=sending")).json()["items"]
    assert [(row["is_again"], row["no"]) for row in sending] == [(True, 1)]
    # then not a second time
    assert (await desks.admin.post(f"/video-tasks/{task_id}/resend")).status_code == 409
    stopped = await desks.admin.post(f"/video-tasks/{task_id}/cancel")
    assert stopped.json()["state"] == "re_sending_complete"
    assert (await desks.reader.get(f"/video-tasks/{task_id}/replies")).json() == {"items": [], "total": 0}


async def test_a_number_is_shown_whole_to_who_may_and_the_audit_log_knows(desks: Desks) -> None:
    house = desks.house
    tpl_id = await desks.usable(template_body("您好"))
    body = {"task_name": "问候", "tpl_id": tpl_id, "number_file_id": await desks.file(f"手机号码\n{PHONES[0]}")}
    task_id = (await desks.admin.post("/video-tasks", json=body)).json()["task_id"]
    [row] = (await desks.admin.get(f"/video-tasks/{task_id}/messages")).json()["items"]
    identity, line = cheap_identity(house.clock, house.db.url), house.line
    handsets = HandsetsService(
        clock=house.clock, ids=RandomIds(), jobs=line.jobs, ring=line.ring, keys=line.keys, out=house.out
    )
    views = CampaignViews(delivery=line.delivery, identity=identity, handsets=handsets)
    stranger = system_actor(TenantId("00000000-0000-4000-8000-00000000000f"))
    async with house.db.begin() as uow:
        assert await views.reveal(uow, house.actor, task_id, row["message_id"]) == f"86{PHONES[0]}"
        with pytest.raises(TaskNotFound):
            await views.reveal(uow, stranger, task_id, row["message_id"])
        noted = await uow.fetch("SELECT subject_id FROM identity_audit WHERE action = 'campaigns.reveal'")
    assert noted == [(str(row["message_id"]),)]


async def test_a_send_form_hears_of_its_faults_at_their_fields(desks: Desks) -> None:
    tpl_id = await desks.usable(template_body())
    plain = await desks.file("手机号码\n" + "\n".join(PHONES))
    wrong = await desks.file(f"手机号码,p_1\n{PHONES[0]},王【女】士")
    good = {"task_name": "夏日", "tpl_id": tpl_id, "number_file_id": plain, "values": ["会员"]}
    for changes, status, field in (
        ({"task_name": " "}, 400, "task_name"),
        ({"task_name": "名" * 33}, 400, "task_name"),
        ({"hours": 73}, 400, "hours"),
        ({"values": []}, 400, "values"),
        ({"values": ["【会员】"]}, 400, "values.0"),
        ({"tpl_id": "1"}, 404, "tpl_id"),
        ({"send_at": "2020-01-01T00:00:00Z"}, 400, "send_at"),
        ({"is_individual": True}, 400, "number_file_id"),
        ({"is_individual": True, "number_file_id": wrong}, 400, "number_file_id"),
        ({"number_file_id": "00000000-0000-4000-8000-00000000000f"}, 404, "number_file_id"),
    ):
        answer = await desks.admin.post("/video-tasks", json=good | changes)
        assert refused(answer) == (status, field), answer.text
    told = await desks.admin.post("/video-tasks", json=good | {"is_individual": True, "number_file_id": wrong})
    assert "138****8000" in told.json()["title"]
    sample = await desks.admin.get(f"/video-tasks/sample.xlsx?tpl_id={tpl_id}&is_individual=true")
    assert (sample.status_code, sample.content[:2]) == (200, b"PK")


async def test_a_large_file_is_accepted_at_once_and_taken_in_afterwards(desks: Desks) -> None:
    tpl_id = await desks.usable(template_body())
    file_id = await desks.file("手机号码\n" + "\n".join(f"138{no:08d}" for no in range(5_001)))
    body = {"task_name": "全国", "tpl_id": tpl_id, "number_file_id": file_id, "values": ["会员"]}
    wrong = await desks.admin.post("/video-tasks", json=body | {"values": ["【会员】"]})
    assert refused(wrong) == (400, "values.0")
    assert refused(await desks.admin.post("/video-tasks", json=body | {"task_name": ""})) == (400, "task_name")
    made = await desks.admin.post("/video-tasks", json=body)
    assert made.status_code == 200, made.text
    task = made.json()
    assert (task["state"], task["total"], task["planned"]) == ("submit_success", 5_001, 0)
    async with desks.house.db.begin() as uow:
        (job,) = await take_jobs(uow, "campaigns.plan_video")
    assert (job.args["task_id"], job.args["shared"]) == (task["task_id"], ["会员"])
    await desks.house.planner.plan(desks.house.db, desks.house.tenant, task["task_id"], FileId(file_id), ["会员"])
    shown = (await desks.reader.get(f"/video-tasks/{task['task_id']}")).json()
    assert (shown["planned"], shown["state"]) == (5_001, "submit_success")


async def test_sends_are_listed_by_what_is_asked_for(desks: Desks) -> None:
    tpl_id = await desks.usable(template_body("您好"))
    for name in ("beta", "alpha", "gamma"):
        body = {"task_name": name, "tpl_id": tpl_id, "number_file_id": await desks.file(f"手机号码\n{PHONES[0]}")}
        assert (await desks.admin.post("/video-tasks", json=body)).status_code == 200
        desks.house.clock.advance(timedelta(minutes=1))
    for sort, expected in (
        ("", ["gamma", "alpha", "beta"]),
        ("created_at", ["beta", "alpha", "gamma"]),
        ("name", ["alpha", "beta", "gamma"]),
        ("-name", ["gamma", "beta", "alpha"]),
    ):
        listed = (await desks.reader.get("/video-tasks", params={"sort": sort} if sort else {})).json()["items"]
        assert [task["name"] for task in listed] == expected, sort
    assert refused(await desks.reader.get("/video-tasks?sort=total")) == (400, "sort")


async def test_readers_look_only_and_others_see_nothing(desks: Desks) -> None:
    tpl_id = await desks.usable(template_body("您好"))
    file_id = await desks.file(f"手机号码\n{PHONES[0]}")
    body = {"task_name": "问候", "tpl_id": tpl_id, "number_file_id": file_id}
    task_id = (await desks.admin.post("/video-tasks", json=body)).json()["task_id"]
    for method, path, more in (
        ("POST", "/video-templates", {"json": template_body()}),
        ("POST", f"/video-templates/{tpl_id}/submit", {}),
        ("PUT", f"/video-templates/{tpl_id}/use", {"json": {"is_usable": False}}),
        ("POST", "/video-tasks", {"json": body}),
        ("POST", f"/video-tasks/{task_id}/resend", {}),
        ("POST", f"/video-tasks/{task_id}/cancel", {}),
    ):
        assert (await desks.reader.request(method, path, **more)).status_code == 403, path
    assert (await desks.other.get("/video-tasks")).json() == {"items": [], "total": 0}
    for path in (
        f"/video-templates/{tpl_id}",
        f"/video-templates/{tpl_id}/media/0",
        f"/video-tasks/{task_id}",
        f"/video-tasks/{task_id}/messages",
        f"/video-tasks/{task_id}/replies",
    ):
        assert (await desks.other.get(path)).status_code == 404, path


async def test_the_platforms_own_are_looked_at_and_taken_out_of_use_by_its_operators(desks: Desks) -> None:
    public = "/public-video-templates"
    assert (await desks.admin.post(public)).status_code == 403
    assert (await desks.operator.post(public)).json() == {"written": 1}
    assert (await desks.operator.post(public)).json() == {"written": 0}
    await desks.usable(template_body())
    listed = (await desks.operator.get(public)).json()
    assert (listed["total"], [one["template"]["is_public"] for one in listed["items"]]) == (1, [True])
    [row] = listed["items"]
    assert {one["carrier"] for one in row["carriers"]} == {"cmcc", "cucc", "ctcc"}
    path = f"{public}/{row['template']['tpl_id']}"
    shown = (await desks.operator.get(path)).json()
    pictures = [one["number"] for one in shown["elements"] if one["kind"] == "image"]
    medium_of = await desks.operator.get(f"{path}/media/{pictures[0]}")
    assert (medium_of.headers["content-type"], "sandbox" in medium_of.headers["content-security-policy"]) == (
        "image/jpeg",
        True,
    )
    assert (await desks.operator.get(f"{path}/media/99")).status_code == 404
    off = await desks.operator.put(f"{path}/use", json={"is_usable": False, "reason": "图片过期"})
    assert (off.json()["state"], off.json()["state_desc"]) == ("disabled", "图片过期")
    assert (await desks.operator.get(f"{public}?state=disabled")).json()["total"] == 1
    assert (await desks.operator.get(f"{public}?state=usable")).json()["total"] == 0
    assert (await desks.admin.get("/video-templates?is_public=true&state=usable")).json()["total"] == 0
    on = await desks.operator.put(f"{path}/use", json={"is_usable": True})
    assert (on.json()["state"], on.json()["state_desc"]) == ("usable", "")
    # tenants' templates are not among them, and tenants may not come in
    own = (await desks.admin.get("/video-templates?is_public=false")).json()["items"][0]["tpl_id"]
    assert (await desks.operator.get(f"{public}/{own}")).status_code == 404
    assert (await desks.operator.put(f"{public}/{own}/use", json={"is_usable": False})).status_code == 404
    for method, place in (("GET", public), ("GET", path), ("GET", f"{path}/media/0"), ("PUT", f"{path}/use")):
        body = {"is_usable": False} if method == "PUT" else None
        assert (await desks.admin.request(method, place, json=body)).status_code == 403, place


async def test_templates_are_listed_by_name_or_time(desks: Desks) -> None:
    for name in ("b", "a", "c"):
        made = await desks.admin.post("/video-templates", json=template_body(tpl_name=f"序{name}"))
        assert made.status_code == 201, made.text

    async def listed(sort: str) -> str:
        found = (await desks.reader.get("/video-templates", params={"name": "序", "sort": sort})).json()
        return "".join(one["name"][-1] for one in found["items"])

    assert (await listed("name"), await listed("-name")) == ("abc", "cba")
    assert sorted(await listed("created_at")) == ["a", "b", "c"]
    answer = await desks.operator.get("/public-video-templates", params={"sort": "-name"})
    assert answer.status_code == 200, answer.text
