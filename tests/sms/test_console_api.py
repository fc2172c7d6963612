"""The console's endpoints of SMS over a real socket: lists, forms with their refusals, drafts, deletion, roles, tenants."""

import dataclasses
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database
from hongyan.rooms.identity.contracts import Actor, Role, system_actor
from hongyan.rooms.identity.service.people import NewUser
from hongyan.rooms.rendering.service import compile_template
from hongyan.rooms.sms.console_api.router import console_router
from support.identity import PASSWORD, cheap_identity, found_household, identity_app, vendor_doors
from support.office import CHANNEL, CONTENT, Office, open_office, picture
from support.server import serving
from support.sessions import signed_in

VARIABLES = [
    {"variable_index": 1, "variable_type": "TEXT", "variable_desc": "姓名"},
    {"variable_index": 2, "variable_type": "NEWTEXT", "variable_desc": ""},
]


@dataclass(frozen=True, slots=True)
class House:
    """A company that has filed, its people's browsers, and another company's."""

    db: Database
    office: Office
    actor: Actor
    admin: httpx.AsyncClient
    reader: httpx.AsyncClient
    other: httpx.AsyncClient

    async def app(self, name: str = "HONGYAN") -> str:
        answer = await self.admin.post("/sms/apps", json={"app_name": name})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["app_id"])

    async def upload(self, data: bytes | None = None, name: str = "licence.png") -> httpx.Response:
        return await self.admin.post("/sms/files", files={"file": (name, picture() if data is None else data)})

    async def signature_body(self, **changes: Any) -> dict[str, Any]:
        body = {
            "signature_name": "鸿雁演示",
            "signature_type": "NOTIFY_TYPE",
            "app_id": await self.app() if "app_id" not in changes else "",
            "signature_source": "0",
            "file_id": (await self.upload()).json()["file_id"],
        }
        return {**body, **changes}

    async def signature(self, *, usable: bool = True) -> str:
        answer = await self.admin.post("/sms/signatures", json=await self.signature_body())
        assert answer.status_code == 201, answer.text
        signature_id = str(answer.json()["signature_id"])
        if usable:
            await self.decide(signature_id)
            async with self.db.begin() as uow:
                found = await self.office.sms.signatures.get_signature(uow, self.actor, signature_id)
                await self.office.sms.set_channel_number(uow, found.tenant_id, found.signature_id, CHANNEL)
        return signature_id

    async def decide(self, signature_id: str, **said: Any) -> None:
        async with self.db.begin() as uow:
            found = await self.office.sms.signatures.get_signature(uow, self.actor, signature_id)
            await self.office.decide(uow, found.review_id, **said)

    async def template(self, signature_id: str, name: str = "发货通知") -> str:
        answer = await self.admin.post("/sms/templates", json=template_body(signature_id, template_name=name))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["template_id"])

    async def decide_template(self, template_id: str, **said: Any) -> None:
        async with self.db.begin() as uow:
            found = await self.office.sms.templates.get_template(uow, self.actor, template_id)
            await self.office.decide(uow, found.review_id, **said)


def template_body(signature_id: str, **changes: Any) -> dict[str, Any]:
    body = {
        "template_name": "发货通知",
        "signature_id": signature_id,
        "template_content": CONTENT,
        "variable_attributes": VARIABLES,
    }
    return {**body, **changes}


@pytest.fixture
async def house(db: Database, clock: FrozenClock, tmp_path: Path) -> AsyncIterator[House]:
    identity = cheap_identity(clock, db.url)
    office = open_office(clock, db.url, identity, tmp_path)
    async with db.begin() as uow:
        company = await found_household(uow, identity)
        await found_household(uow, identity, "heron", number=1)
        reader = NewUser("goose-reader", PASSWORD, frozenset({Role.READ_ONLY}))
        await identity.people.create_user(uow, system_actor(company.tenant.id), company.tenant.id, reader)
        await office.file_enterprise(uow, company.actor)
    router = console_router(db, office.sms, vendor_doors(db, identity, clock), compile_template=compile_template)
    async with serving(identity_app(db, identity, clock, console_routers=[router])) as url:
        browsers = [await signed_in(url, name) for name in ("goose-admin", "goose-reader", "heron-admin")]
        yield House(db, office, dataclasses.replace(company.actor), *browsers)
        for browser in browsers:
            await browser.aclose()


def refused(answer: httpx.Response) -> tuple[int, str | None]:
    return answer.status_code, answer.json().get("field")


async def test_apps_are_made_listed_filtered_and_changed(house: House) -> None:
    # given nothing yet
    before = (await house.admin.get("/sms/preconditions")).json()
    assert (before["is_open"], before["filing_state"], before["apps"], before["app_limit"]) == (True, "approved", 0, 2)
    # when two apps are made, and one is changed
    app_id = await house.app("GOOSE_1")
    await house.app("HERON_2")
    body = {"app_name": "GOOSE_9", "up_link_addr": "https://uplink.example.com/mo"}
    changed = await house.admin.put(f"/sms/apps/{app_id}", json=body)
    assert changed.json() | body == changed.json()
    # then lists find them by name, state and time, in the order asked for
    names = [app["app_name"] for app in (await house.admin.get("/sms/apps?sort=name")).json()["items"]]
    assert names == ["GOOSE_9", "HERON_2"]
    assert (await house.admin.get("/sms/apps?sort=-name&limit=1")).json()["items"][0]["app_name"] == "HERON_2"
    found = (await house.admin.get("/sms/apps?name=goose&state=LAUNCHED")).json()
    assert (found["total"], found["items"][0]["app_id"]) == (1, app_id)
    for query in ("state=SUSPENDED", "begin=2027-01-01T00:00:00Z", "end=2020-01-01T00:00:00Z"):
        assert (await house.admin.get(f"/sms/apps?{query}")).json() == {"items": [], "total": 0}
    # and a third is refused
    assert (await house.admin.post("/sms/apps", json={"app_name": "THIRD"})).json()["code"] == "sms.app_limit"


async def test_an_app_s_form_hears_of_its_faults_at_their_fields(house: House) -> None:
    await house.app()
    for body, field in (
        ({"app_name": ""}, "app_name"),
        ({"app_name": "a-b"}, "app_name"),
        ({"app_name": "A\x00"}, "app_name"),
        ({"app_name": "OK", "up_link_addr": "http://10.0.0.1/"}, "up_link_addr"),
    ):
        assert refused(await house.admin.post("/sms/apps", json=body)) == (400, field)
    assert refused(await house.admin.post("/sms/apps", json={"app_name": "hongyan"})) == (409, "app_name")


async def test_without_an_approved_filing_the_way_is_told(house: House) -> None:
    found = (await house.other.get("/sms/preconditions")).json()
    assert (found["is_open"], found["filing_state"], found["usable_signatures"]) == (True, "none", 0)
    answer = await house.other.post("/sms/apps", json={"app_name": "HERON"})
    assert (answer.status_code, answer.json()["code"]) == (409, "enterprises.filing_missing")


async def test_a_signature_goes_from_its_form_to_the_desk_and_back(house: House) -> None:
    # given a submitted one
    signature_id = await house.signature(usable=False)
    row = (await house.admin.get("/sms/signatures?state=PENDING_REVIEW&name=鸿雁&type=NOTIFY_TYPE")).json()["items"][0]
    assert (row["signature_id"], row["channel_number"], row["app_name"]) == (signature_id, "", "HONGYAN")
    # when the desk rejects it
    await house.decide(signature_id, is_approved=False, reason="licence unreadable")
    # then its page tells why, and what happened
    shown = (await house.admin.get(f"/sms/signatures/{signature_id}")).json()
    assert (shown["signature"]["status"], shown["signature"]["review_desc"]) == (
        "REVIEW_NOT_PASS",
        "licence unreadable",
    )
    assert [file["name"] for file in shown["files"]] == ["licence.png"]
    (story,) = shown["stories"]
    assert (story["state"], story["reason"]) == ("rejected", "licence unreadable")
    assert [event["action"] for event in story["events"]] == ["submitted", "rejected"]
    # and it can be modified and submitted again, taken back, and modified once more
    body = {name: shown["signature"][name] for name in ("signature_name", "app_id", "file_id")}
    changed = await house.admin.put(f"/sms/signatures/{signature_id}", json={**body, "signature_name": "鸿雁通知"})
    assert (changed.json()["status"], changed.json()["signature_name"]) == ("PENDING_REVIEW", "鸿雁通知")
    assert refused(await house.admin.put(f"/sms/signatures/{signature_id}", json=body)) == (409, None)
    assert (await house.admin.post(f"/sms/signatures/{signature_id}/withdraw")).status_code == 204
    assert (await house.admin.post(f"/sms/signatures/{signature_id}/withdraw")).json()["code"] == "sms.wrong_state"
    stories = (await house.admin.get(f"/sms/signatures/{signature_id}")).json()["stories"]
    assert sorted(story["state"] for story in stories) == ["rejected", "withdrawn"]
    assert (await house.admin.put(f"/sms/signatures/{signature_id}", json=body)).status_code == 200


async def test_a_question_of_the_desk_is_told_from_a_refusal(house: House) -> None:
    async def told(path: str) -> list[tuple[bool, str]]:
        return [(row["is_asked_back"], row["review_desc"]) for row in (await house.admin.get(path)).json()["items"]]

    signature_id = await house.signature(usable=False)
    assert await told("/sms/signatures") == [(False, "")]
    await house.decide(signature_id, is_approved=False, reason="哪个门店？", is_asked_back=True)
    assert await told("/sms/signatures") == [(True, "请补充说明：哪个门店？")]
    shown = (await house.admin.get(f"/sms/signatures/{signature_id}")).json()
    assert shown["signature"]["is_asked_back"] is True
    # handed in again it is asked no more, and a refusal is none
    body = {name: shown["signature"][name] for name in ("signature_name", "app_id", "file_id")}
    assert (await house.admin.put(f"/sms/signatures/{signature_id}", json=body)).json()["is_asked_back"] is False
    await house.decide(signature_id, is_approved=False, reason="不符")
    assert await told("/sms/signatures") == [(False, "不符")]
    # and so with templates
    assert (await house.admin.put(f"/sms/signatures/{signature_id}", json=body)).status_code == 200
    await house.decide(signature_id)
    async with house.db.begin() as uow:
        found = await house.office.sms.signatures.get_signature(uow, house.actor, signature_id)
        await house.office.sms.set_channel_number(uow, found.tenant_id, found.signature_id, CHANNEL)
    template_id = await house.template(signature_id)
    await house.decide_template(template_id, is_approved=False, reason="发给谁？", is_asked_back=True)
    assert await told("/sms/templates") == [(True, "请补充说明：发给谁？")]
    shown = (await house.admin.get(f"/sms/templates/{template_id}")).json()
    assert shown["template"]["is_asked_back"] is True


async def test_a_signature_s_form_hears_of_its_faults_at_their_fields(house: House) -> None:
    good = await house.signature_body()
    for change, status, field in (
        ({"signature_name": "雁"}, 400, "signature_name"),
        ({"signature_name": "a b"}, 400, "signature_name"),
        ({"app_id": ""}, 400, "app_id"),
        ({"app_id": "00000000-0000-4000-8000-00000000000f"}, 404, "app_id"),
        ({"file_id": ""}, 400, "file_id"),
        ({"file_id": "nothing"}, 404, "file_id"),
        ({"signature_source": "2"}, 400, "source_title_content"),
        ({"is_involved_third": True}, 400, "power_attorney_file_id"),
        ({"apply_desc": "x" * 81}, 400, "apply_desc"),
        ({"signature_type": "VERIFY"}, 400, "signature_type"),
    ):
        assert refused(await house.admin.post("/sms/signatures", json={**good, **change})) == (status, field), change
    assert (await house.admin.post("/sms/signatures", json=good)).status_code == 201
    assert refused(await house.admin.post("/sms/signatures", json=good)) == (409, "signature_name")


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"", "a.png"), (b"%PDF-1.4", "a.png"), (picture("JPEG"), "a.png"), (b"x" * (2 * 1024 * 1024 + 1), "a.png")],
)
async def test_what_is_no_picture_is_refused_at_the_field(house: House, data: bytes, name: str) -> None:
    assert refused(await house.upload(data, name)) == (400, "file")


async def test_a_picture_leaves_as_an_attachment_to_its_owner_alone(house: House) -> None:
    file = (await house.upload()).json()
    path = f"/sms/files/{house.actor.tenant_id}/{file['file_id']}"
    answer = await house.admin.get(path)
    assert answer.content == picture()
    assert answer.headers["content-disposition"].startswith("attachment")
    assert (await house.other.get(path)).status_code == 403


async def test_answers_of_a_signature_are_set_and_refused_at_their_field(house: House) -> None:
    path = f"/sms/signatures/{await house.signature()}/answers"
    assert (await house.admin.get(path)).json() == {"opt_out": "", "other": ""}
    wanted = {"opt_out": "您已退订，不再向您发送。", "other": ""}
    assert (await house.admin.put(path, json=wanted)).json() == wanted
    assert (await house.reader.get(path)).json() == wanted
    for change, field in (
        ({"opt_out": "  "}, "opt_out"),
        ({"opt_out": "退" * 400}, "opt_out"),
        ({"other": "详情见 https://example.com/a"}, "other"),
        ({"other": "【鸿雁】您好"}, "other"),
    ):
        assert refused(await house.admin.put(path, json=wanted | change)) == (400, field)
    # nothing of what was refused is kept; who may only read changes nothing, and others find nothing
    assert (await house.admin.get(path)).json() == wanted
    assert (await house.reader.put(path, json=wanted)).status_code == 403
    assert (await house.other.get(path)).status_code == 404
    assert (await house.other.put(path, json=wanted)).status_code == 404


async def test_deleting_a_signature_says_what_it_takes_along(house: House) -> None:
    signature_id = await house.signature()
    templates = [await house.template(signature_id, f"通知{number}") for number in range(6)]
    told = (await house.admin.get(f"/sms/signatures/{signature_id}/consequences")).json()
    assert (told["channel_number"], told["template_count"], len(told["template_names"])) == (CHANNEL, 6, 5)
    assert (await house.admin.delete(f"/sms/signatures/{signature_id}")).status_code == 204
    for path in (f"/sms/signatures/{signature_id}", f"/sms/templates/{templates[0]}"):
        assert (await house.admin.get(path)).status_code == 404


async def test_a_template_goes_from_its_form_into_use(house: House) -> None:
    signature_id = await house.signature()
    template_id = await house.template(signature_id)
    found = (await house.admin.get(f"/sms/templates?template_id={template_id}&state=reviewing&name=发货")).json()
    assert (found["total"], found["items"][0]["variable_attributes"]) == (1, VARIABLES)
    # when it is taken back, modified and rejected
    assert (await house.admin.post(f"/sms/templates/{template_id}/withdraw")).status_code == 204
    body = template_body(signature_id, template_name="发货提醒")
    assert (await house.admin.put(f"/sms/templates/{template_id}", json=body)).json()["status"] == "reviewing"
    await house.decide_template(template_id, is_approved=False, reason="too vague")
    # then its page says so, and what it was before
    shown = (await house.admin.get(f"/sms/templates/{template_id}")).json()
    assert (shown["template"]["status"], shown["template"]["review_desc"]) == ("rejected", "too vague")
    assert sorted(story["state"] for story in shown["stories"]) == ["rejected", "withdrawn"]
    # and approved it can be used, and taken out of use
    await house.admin.put(f"/sms/templates/{template_id}", json=body)
    await house.decide_template(template_id)
    assert len((await house.admin.get("/sms/sendable")).json()["items"]) == 1
    assert (await house.admin.put(f"/sms/templates/{template_id}/use", json={"is_active": False})).status_code == 204
    assert (await house.admin.get("/sms/sendable")).json()["items"] == []
    assert (await house.admin.post(f"/sms/templates/{template_id}/withdraw")).status_code == 409
    assert (await house.admin.post(f"/sms/templates/{template_id}/urge")).status_code == 409
    assert (await house.admin.delete(f"/sms/templates/{template_id}")).status_code == 204


async def test_a_template_s_form_hears_of_its_faults_at_their_fields(house: House) -> None:
    signature_id = await house.signature()
    for change, status, field in (
        ({"template_name": ""}, 400, "template_name"),
        ({"signature_id": ""}, 400, "signature_id"),
        ({"signature_id": "nothing"}, 404, "signature_id"),
        ({"template_content": "看${1}${2}"}, 400, "template_content"),
        ({"variable_attributes": []}, 400, "variable_attributes"),
        ({"variable_attributes": [{**VARIABLES[0], "variable_desc": ""}, VARIABLES[1]]}, 400,
         "variable_attributes.1.variable_desc"),
        ({"template_type": "PROMOTION_TYPE", "template_content": CONTENT + "拒收请回复R"}, 400, "template_type"),
        ({"template_desc": "x" * 101}, 400, "template_desc"),
    ):  # fmt: skip
        answer = await house.admin.post("/sms/templates", json={**template_body(signature_id), **change})
        assert refused(answer) == (status, field), change


async def test_many_templates_go_at_once_or_none(house: House) -> None:
    signature_id = await house.signature()
    ids = [await house.template(signature_id, f"通知{number}") for number in range(3)]
    gone = await house.admin.post("/sms/templates/delete", json={"template_ids": [*ids, "15"]})
    assert gone.status_code == 404
    for bad in ([], [str(number) for number in range(51)]):
        answer = await house.admin.post("/sms/templates/delete", json={"template_ids": bad})
        assert refused(answer) == (400, "template_ids")
    assert (await house.admin.get("/sms/templates")).json()["total"] == 3
    gone = await house.admin.post("/sms/templates/delete", json={"template_ids": [*ids, ids[0]]})
    assert gone.json() == {"deleted": 3}
    assert (await house.admin.get("/sms/templates")).json()["total"] == 0


async def test_a_look_at_a_template_tells_objections_and_length(house: House) -> None:
    signature_id = await house.signature()
    # when a good draft is tried with a name
    draft = {**template_body(signature_id), "examples": {"1": "王小明"}}
    look = (await house.admin.post("/sms/templates/precheck", json=draft)).json()
    # then its text is what would be sent
    assert look["objections"] == []
    assert look["text"] == "【鸿雁演示】尊敬的王小明，您的订单已发货，详情请点击 hy.example/a1B2c3 查看。"
    assert look["example"] == {"chars": len(look["text"]), "parts": 1}
    assert look["longest"]["chars"] == len(look["text"]) + 20 - len("王小明")
    # and a bad one hears everything at once, in both languages, with the place
    content = "【优惠】${1}${2} 详见 ${4}"
    draft = {**draft, "template_content": content, "examples": {"1": "王。"}}
    look = (await house.admin.post("/sms/templates/precheck", json=draft)).json()
    found = {one["code"]: one for one in look["objections"]}
    assert {"adjacent", "symbol", "variable_order", "variables_differ", "marketing_in_notice", "example"} <= set(found)
    assert (found["adjacent"]["severity"], found["marketing_in_notice"]["severity"]) == ("refused", "likely")
    assert content[found["adjacent"]["start"] : found["adjacent"]["end"]] == "${1}${2}"
    assert found["example"]["field"] == "examples.1"
    assert look["text"].endswith("详见 $(4)")
    # and what the service would say first is among them
    answer = await house.admin.post("/sms/templates", json={**draft, "template_content": "看${1}${2}"})
    assert found["adjacent"]["en"] in answer.json()["title"]


@pytest.mark.parametrize("content", ["", "${1}${1}", "${999} ${01} $", "${2}", "%s ${1} 100%"])
async def test_a_look_at_a_half_typed_text_never_fails(house: House, content: str) -> None:
    draft = {"template_content": content, "variable_attributes": [*VARIABLES, {**VARIABLES[1], "variable_index": 3}]}
    answer = await house.admin.post("/sms/templates/precheck", json=draft)
    assert answer.status_code == 200, answer.text
    assert answer.json()["example"]["parts"] == 1


async def test_a_look_at_a_signature_tells_what_its_name_needs(house: House) -> None:
    async def codes(**draft: Any) -> list[str]:
        answer = await house.admin.post("/sms/signatures/precheck", json=draft)
        return [one["code"] for one in answer.json()["objections"]]

    assert await codes(signature_name="") == []
    assert await codes(signature_name="鸿雁演示") == []  # the relation letter is approved
    assert await codes(signature_name="雁") == ["signature_name_length"]
    assert await codes(signature_name="客服中心") == ["neutral_name"]
    other = await house.other.post("/sms/signatures/precheck", json={"signature_name": "鸿雁演示"})
    assert [one["code"] for one in other.json()["objections"]] == ["needs_proof"]


async def test_types_of_variables_come_with_an_example_that_passes(house: House) -> None:
    found = (await house.admin.get("/sms/variable-types")).json()
    draft = {
        "template_content": "，".join(f"值 ${{{number}}} 项" for number in range(1, 7)),
        "variable_attributes": [
            {"variable_index": number, "variable_type": item["type"], "variable_desc": "值"}
            for number, item in enumerate(found["items"], 1)
        ],
        "examples": {str(number): item["example"] for number, item in enumerate(found["items"], 1)},
    }
    look = (await house.admin.post("/sms/templates/precheck", json=draft)).json()
    assert (len(found["items"]), found["max_variables"], look["objections"]) == (6, 20, [])


async def test_readers_look_and_others_find_nothing(house: House) -> None:
    signature_id = await house.signature()
    template_id = await house.template(signature_id)
    app_id = (await house.admin.get("/sms/apps")).json()["items"][0]["app_id"]
    doors: list[tuple[str, str, Any]] = [
        ("POST", "/sms/apps", {"app_name": "X"}),
        ("PUT", f"/sms/apps/{app_id}", {"app_name": "X"}),
        ("POST", "/sms/signatures", {"signature_name": "鸿雁", "app_id": app_id, "file_id": "x"}),
        ("PUT", f"/sms/signatures/{signature_id}", {"signature_name": "鸿雁", "app_id": app_id, "file_id": "x"}),
        ("GET", f"/sms/signatures/{signature_id}/consequences", None),
        ("DELETE", f"/sms/signatures/{signature_id}", None),
        ("POST", f"/sms/signatures/{signature_id}/withdraw", None),
        ("POST", f"/sms/signatures/{signature_id}/urge", None),
        ("POST", "/sms/templates", template_body(signature_id)),
        ("PUT", f"/sms/templates/{template_id}", template_body(signature_id)),
        ("PUT", f"/sms/templates/{template_id}/use", {"is_active": False}),
        ("POST", f"/sms/templates/{template_id}/withdraw", None),
        ("DELETE", f"/sms/templates/{template_id}", None),
        ("POST", "/sms/templates/delete", {"template_ids": [template_id]}),
    ]
    for method, path, body in doors:
        assert (await house.reader.request(method, path, json=body)).status_code == 403, path
    for path in ("/sms/apps", "/sms/signatures", "/sms/templates"):
        assert (await house.reader.get(path)).json()["total"] == 1
        assert (await house.other.get(path)).json()["total"] == 0
    named = [(method, path, body) for method, path, body in doors if app_id in path or signature_id in path]
    for method, path, body in [*named, ("GET", f"/sms/templates/{template_id}", None), doors[-1], doors[-2]]:
        assert (await house.other.request(method, path, json=body)).status_code in {404, 409}, path
    assert (await house.admin.get(f"/sms/templates/{template_id}")).status_code == 200
