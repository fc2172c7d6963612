"""The doors of the own sessions, of the second factor and of the audit log, over a real socket."""

import base64
import csv
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database
from hongyan.rooms.identity.contracts import Role, system_actor
from hongyan.rooms.identity.rules.one_time_codes import code_at, step_of
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.identity.service.people import NewUser
from support.identity import PASSWORD, Household, cheap_identity, found_household, identity_app
from support.server import serving

STEP = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class House:
    url: str
    db: Database
    identity: IdentityService
    clock: FrozenClock
    goose: Household

    def browser(self, agent: str = "Goose/1") -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url + "/console/api", headers={"User-Agent": agent})


@pytest.fixture
async def house(db: Database) -> AsyncIterator[House]:
    clock = FrozenClock(datetime.now(UTC))
    identity = cheap_identity(clock, db.url)
    async with db.begin() as uow:
        goose = await found_household(uow, identity)
    async with serving(identity_app(db, identity, clock)) as url:
        yield House(url, db, identity, clock, goose)


async def enter(browser: httpx.AsyncClient, user: str = "goose-admin", **more: str) -> httpx.Response:
    answer = await browser.post("/session", json={"user": user, "password": PASSWORD} | more)
    if answer.is_success:
        browser.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return answer


def problem(answer: httpx.Response) -> tuple[int, str, str | None]:
    body: dict[str, Any] = answer.json()
    return answer.status_code, body["code"], body.get("field")


async def test_the_whole_way_of_a_second_factor(house: House) -> None:
    def code(secret: str) -> str:
        house.clock.advance(STEP)
        return code_at(base64.b32decode(secret), step_of(house.clock.now()))

    async with house.browser() as browser, house.browser() as other:
        await enter(browser)
        assert (await browser.get("/second-factor")).json() == {"since": None, "codes_left": 0}
        wrong = await browser.post("/second-factor", json={"password": "wrong-wrong"})
        assert problem(wrong) == (400, "identity.password_wrong", "password")
        begun = await browser.post("/second-factor", json={"password": PASSWORD})
        secret = begun.json()["secret"]
        assert begun.status_code == 201
        refused = await browser.post("/second-factor/confirm", json={"code": "12345"})
        assert problem(refused) == (400, "identity.wrong_code", "code")
        confirmed = await browser.post("/second-factor/confirm", json={"code": code(secret)})
        codes = confirmed.json()["codes"]
        assert (await browser.get("/second-factor")).json()["codes_left"] == len(codes) == 10
        # the next sign-in asks for it
        assert problem(await enter(other)) == (401, "identity.second_factor_wanted", "code")
        refused = await enter(other, code="12345")
        assert problem(refused) == (401, "identity.second_factor_refused", "code")
        assert "Set-Cookie" not in refused.headers
        assert (await enter(other, code=code(secret))).status_code == 200
        # and it leaves with a code only
        refused = await browser.post("/second-factor/off", json={"code": "12345"})
        assert problem(refused) == (400, "identity.wrong_code", "code")
        renewed = await browser.post("/second-factor/recovery-codes", json={"code": codes[0]})
        assert not set(renewed.json()["codes"]) & set(codes)
        assert (await browser.post("/second-factor/off", json={"code": code(secret)})).status_code == 204
        assert (await enter(other)).status_code == 200


async def test_wrong_codes_count_in_spite_of_the_refusal(house: House) -> None:
    async with house.browser() as browser:
        await enter(browser)
        secret = (await browser.post("/second-factor", json={"password": PASSWORD})).json()["secret"]
        right = code_at(base64.b32decode(secret), step_of(house.clock.now()))
        await browser.post("/second-factor/confirm", json={"code": right})
        for _ in range(5):
            assert (await browser.post("/second-factor/off", json={"code": "12345"})).status_code == 400
        answer = await browser.post("/second-factor/off", json={"code": "12345"})
    assert (answer.status_code, answer.json()["code"]) == (429, "identity.too_many_tries")


async def test_the_own_sessions_are_listed_and_ended(house: House) -> None:
    async with house.browser("Goose/1") as browser, house.browser("Swan/2") as other, house.browser() as third:
        await enter(browser)
        await enter(other)
        await enter(third)
        listed = (await browser.get("/sessions")).json()
        assert listed["total"] == 3
        assert [one["agent"] for one in listed["items"] if one["is_current"]] == ["Goose/1"]
        swan = next(one["id"] for one in listed["items"] if one["agent"] == "Swan/2")
        assert (await browser.delete(f"/sessions/{swan}")).status_code == 204
        assert (await other.get("/session")).status_code == 401
        assert (await browser.delete(f"/sessions/{swan}")).status_code == 404
        assert (await browser.delete("/sessions")).json() == {"ended": 1}
        assert (await third.get("/session")).status_code == 401
        assert (await browser.get("/session")).status_code == 200


async def test_sessions_of_others_are_out_of_reach(house: House) -> None:
    async with house.db.begin() as uow:
        new = NewUser("lilei", PASSWORD, frozenset({Role.READ_ONLY}))
        await house.identity.people.create_user(uow, system_actor(), house.goose.tenant.id, new)
    async with house.browser() as browser, house.browser() as other:
        await enter(browser)
        await enter(other, "lilei")
        (mine,) = (await browser.get("/sessions")).json()["items"]
        assert (await other.delete(f"/sessions/{mine['id']}")).status_code == 404
        assert (await other.delete("/sessions")).json() == {"ended": 0}
        assert (await browser.get("/session")).status_code == 200


async def test_a_reset_password_is_temporary_and_a_lost_phone_is_taken_off(house: House) -> None:
    async with house.browser() as browser, house.browser() as other:
        await enter(browser)
        new = {"name": "hanmeimei", "password": PASSWORD, "roles": ["developer"], "temporary": True}
        user_id = (await browser.post("/users", json=new)).json()["id"]
        assert problem(await enter(other, "hanmeimei")) == (401, "identity.password_change_wanted", "new_password")
        weak = await enter(other, "hanmeimei", new_password="short")
        assert problem(weak) == (400, "kernel.invalid_input", "new_password")
        assert (await enter(other, "hanmeimei", new_password="My-Very-Own-9")).status_code == 200
        secret = (await other.post("/second-factor", json={"password": "My-Very-Own-9"})).json()["secret"]
        right = code_at(base64.b32decode(secret), step_of(house.clock.now()))
        assert (await other.post("/second-factor/confirm", json={"code": right})).status_code == 200
        shown = {one["name"]: one["second_factor"] for one in (await browser.get("/users")).json()["items"]}
        assert shown == {"goose-admin": False, "hanmeimei": True}
        assert (await other.delete(f"/users/{user_id}/second-factor")).status_code == 403
        assert (await browser.delete(f"/users/{user_id}/second-factor")).status_code == 204
        again = await browser.delete(f"/users/{user_id}/second-factor")
        assert (again.status_code, again.json()["code"]) == (409, "identity.second_factor_off")
        await browser.put(f"/users/{user_id}/password", json={"password": "Another-Pass-1"})
        body = {"user": "hanmeimei", "password": "Another-Pass-1"}
        assert problem(await other.post("/session", json=body))[1] == "identity.password_change_wanted"


async def test_the_own_password_is_refused_at_its_field(house: House) -> None:
    async with house.browser() as browser:
        await enter(browser)
        for old, new, refused in (
            ("wrong-wrong", "Another-Pass-1", "old_password"),
            (PASSWORD, PASSWORD, "new_password"),
            (PASSWORD, "short", "new_password"),
        ):
            answer = await browser.put("/session/password", json={"old_password": old, "new_password": new})
            assert (answer.status_code, answer.json()["field"]) == (400, refused)
        assert (await browser.get("/session")).status_code == 200


async def test_the_audit_log_is_filtered_and_exported(house: House) -> None:
    async with house.browser() as browser, house.browser() as other:
        await other.post("/session", json={"user": "goose-admin", "password": "wrong-wrong"})
        await enter(browser)
        key = (await browser.post("/access-keys", json={"description": "=cmd"})).json()["key"]["ak"]

        async def actions(**filters: str) -> list[str]:
            return [one["action"] for one in (await browser.get("/audit", params=filters)).json()["items"]]

        assert await actions(result="refused") == ["session.refuse"]
        assert "session.refuse" not in await actions(result="done")
        assert await actions(subject_id=key) == ["access_key.create"]
        assert set(await actions(subject_kind="access_key", user="GOOSE")) == {"access_key.create"}
        assert await actions(user="nobody%") == []
        assert await actions(begin=(house.clock.now() + timedelta(seconds=1)).isoformat()) == []
        words = (await browser.get("/audit/words")).json()
        assert {"access_key.create", "session.refuse"} <= set(words["actions"])
        assert {"access_key", "user"} <= set(words["subject_kinds"])
        exported = await browser.get("/audit/export", params={"subject_id": key})
        assert exported.headers["content-disposition"].startswith('attachment; filename="audit-')
        head, row = csv.reader(io.StringIO(exported.text.removeprefix("\ufeff")))
        assert (row[head.index("action")], row[head.index("result")]) == ("access_key.create", "done")
        assert "sk" not in row[head.index("after")]
        assert (await actions())[0] == "audit.export"


async def test_the_log_is_exported_beyond_one_piece(house: House) -> None:
    async with house.db.begin() as uow:
        for number in range(1003):
            await house.identity.note(uow, house.goose.actor, "x.y", subject_kind="x", subject_id=f"={number}")
    async with house.browser() as browser:
        await enter(browser)
        exported = await browser.get("/audit/export", params={"action": "x.y"})
    rows = list(csv.reader(io.StringIO(exported.text.removeprefix("\ufeff"))))[1:]
    assert [row[6] for row in rows] == [f"'={number}" for number in reversed(range(1003))]


async def test_who_may_not_read_the_log_may_not_export_it(house: House) -> None:
    async with house.db.begin() as uow:
        new = NewUser("lilei", PASSWORD, frozenset({Role.CAMPAIGN_OPERATOR}))
        await house.identity.people.create_user(uow, system_actor(), house.goose.tenant.id, new)
    async with house.browser() as browser:
        await enter(browser, "lilei")
        for path in ("/audit", "/audit/words", "/audit/export"):
            assert (await browser.get(path)).status_code == 403


async def test_whoever_saves_a_list_is_written_down(house: House) -> None:
    async with house.db.begin() as uow:
        new = NewUser("lilei", PASSWORD, frozenset({Role.READ_ONLY}))
        await house.identity.people.create_user(uow, system_actor(), house.goose.tenant.id, new)
    saved = {"list_name": "send-tasks", "page": "/send-tasks", "rows": 45}
    async with house.browser() as browser:
        assert (await browser.post("/audit/saved-lists", json=saved)).status_code == 401
        await enter(browser, "lilei")
        assert (await browser.post("/audit/saved-lists", json=saved)).status_code == 204
        wrong: list[tuple[str, object]] = [
            ("list_name", "Send tasks"), ("list_name", "x" * 41), ("list_name", "a\n"), ("page", "send-tasks"),
            ("page", "/send-details?phone=13800138000"), ("page", "/" + "x" * 200), ("rows", -1), ("rows", 10_001),
        ]  # fmt: skip
        for field, value in wrong:
            answer = await browser.post("/audit/saved-lists", json=saved | {field: value})
            assert (answer.status_code, answer.json()["field"]) == (400, field), value
        assert (await browser.post("/audit/saved-lists", json=saved | {"note": "x"})).status_code == 400
        del browser.headers["x-csrf-token"]
        assert (await browser.post("/audit/saved-lists", json=saved)).status_code == 403
    async with house.browser() as browser:
        await enter(browser)
        found = (await browser.get("/audit", params={"subject_kind": "list"})).json()
    (entry,) = found["items"]
    assert (entry["action"], entry["subject_id"], entry["user_name"]) == ("list.save", "send-tasks", "lilei")
    assert entry["after"] == {"page": "/send-tasks", "rows": 45}


async def test_a_token_needs_the_second_factor_too(house: House) -> None:
    async with house.browser() as browser:
        await enter(browser)
        secret = (await browser.post("/second-factor", json={"password": PASSWORD})).json()["secret"]
        right = code_at(base64.b32decode(secret), step_of(house.clock.now()))
        await browser.post("/second-factor/confirm", json={"code": right})
    house.clock.advance(STEP)
    person = {"name": "goose-admin", "password": PASSWORD, "domain": {"name": "goose"}}
    proof: dict[str, Any] = {"methods": ["password"], "password": {"user": person}}
    async with httpx.AsyncClient(base_url=house.url) as client:
        alone = await client.post("/v3/auth/tokens", json={"auth": {"identity": proof}})
        assert alone.status_code == 401
        passcode = code_at(base64.b32decode(secret), step_of(house.clock.now()))
        proof |= {"methods": ["password", "totp"], "totp": {"user": {"passcode": passcode}}}
        both = await client.post("/v3/auth/tokens", json={"auth": {"identity": proof}})
        assert both.status_code == 201, both.text
        replayed = await client.post("/v3/auth/tokens", json={"auth": {"identity": proof}})
    assert replayed.status_code == 401
