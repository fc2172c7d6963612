"""The console's doors over a real socket: sign-in, cookies, CSRF, and who may do what."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database
from hongyan.rooms.identity.contracts import Role, system_actor
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.identity.service.people import NewUser
from support.identity import PASSWORD, Household, cheap_identity, found_household, identity_app
from support.server import serving

SYSTEM = system_actor()


@dataclass(frozen=True, slots=True)
class House:
    url: str
    db: Database
    identity: IdentityService
    clock: FrozenClock
    goose: Household

    def browser(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url + "/console/api")

    async def add(self, name: str, *roles: Role, platform: bool = False) -> None:
        where = None if platform else self.goose.tenant.id
        async with self.db.begin() as uow:
            await self.identity.people.create_user(uow, SYSTEM, where, NewUser(name, PASSWORD, frozenset(roles)))


@pytest.fixture
async def house(db: Database) -> AsyncIterator[House]:
    clock = FrozenClock(datetime.now(UTC))
    identity = cheap_identity(clock, db.url)
    async with db.begin() as uow:
        goose = await found_household(uow, identity)
    async with serving(identity_app(db, identity, clock)) as url:
        yield House(url, db, identity, clock, goose)


async def sign_in(browser: httpx.AsyncClient, name: str = "goose-admin") -> dict[str, Any]:
    answer = await browser.post("/session", json={"user": name, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    browser.headers["X-CSRF-Token"] = answer.json()["csrf"]
    body: dict[str, Any] = answer.json()
    return body


async def test_signing_in_sets_a_guarded_cookie_and_shows_who(house: House) -> None:
    async with house.browser() as browser:
        answer = await browser.post("/session", json={"user": "goose-admin", "password": PASSWORD})
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("hongyan_session=")
        assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=604800"} <= set(cookie.split("; "))
        assert "Secure" not in cookie
        body = answer.json()
        assert body["user"]["name"] == "goose-admin"
        assert body["user"]["roles"] == ["te_admin"]
        assert body["tenant"] == {"id": house.goose.tenant.id, "name": "goose科技有限公司"}
        assert body["demo"] is True
        assert (await browser.get("/session")).json() == body


async def test_a_demo_says_so_before_anybody_signs_in(house: House) -> None:
    async with house.browser() as browser:
        assert (await browser.get("/installation")).json() == {"demo": True}


async def test_behind_https_the_cookie_is_secure(db: Database, clock: FrozenClock) -> None:
    identity = cheap_identity(clock, db.url)
    async with db.begin() as uow:
        await found_household(uow, identity)
    app = identity_app(db, identity, clock, secure=True)
    async with serving(app) as url, httpx.AsyncClient(base_url=url) as browser:
        answer = await browser.post("/console/api/session", json={"user": "goose-admin", "password": PASSWORD})
    assert "Secure" in answer.headers["Set-Cookie"].split("; ")


@pytest.mark.parametrize(("language", "title"), [("zh-CN", "用户名或密码错误。"), ("en", "The user name or the")])
async def test_a_wrong_password_is_a_problem_in_the_browsers_language(house: House, language: str, title: str) -> None:
    async with house.browser() as browser:
        wrong = {"user": "goose-admin", "password": "wrong-wrong"}
        answer = await browser.post("/session", json=wrong, headers={"Accept-Language": language})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (401, "identity.sign_in_refused")
    assert problem["title"].startswith(title)
    assert "Set-Cookie" not in answer.headers


async def test_five_wrong_passwords_make_one_wait(house: House) -> None:
    async with house.browser() as browser:
        for _ in range(5):
            await browser.post("/session", json={"user": "goose-admin", "password": "wrong-wrong"})
        answer = await browser.post("/session", json={"user": "goose-admin", "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (429, "identity.too_many_tries")
    assert "900" in answer.json()["title"]


async def test_a_foreign_page_signs_nobody_in(house: House) -> None:
    async with house.browser() as browser:
        body = {"user": "goose-admin", "password": PASSWORD}
        answer = await browser.post("/session", json=body, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.json()["code"]) == (403, "identity.csrf")


async def test_nothing_is_shown_without_a_session(house: House) -> None:
    async with house.browser() as browser:
        for path in ("/session", "/access-keys", "/account", "/users", "/tenants", "/audit"):
            answer = await browser.get(path)
            assert (answer.status_code, answer.json()["code"]) == (401, "identity.not_signed_in")
        forged = await browser.get("/session", headers={"Cookie": "hongyan_session=forged"})
    assert forged.status_code == 401


async def test_a_write_needs_the_csrf_token(house: House) -> None:
    async with house.browser() as browser:
        await sign_in(browser)
        for header in ("", "wrong"):
            answer = await browser.post("/access-keys", json={}, headers={"X-CSRF-Token": header})
            assert (answer.status_code, answer.json()["code"]) == (403, "identity.csrf")
        assert (await browser.get("/access-keys")).json()["total"] == 1


async def test_signing_out_ends_session_and_cookie(house: House) -> None:
    async with house.browser() as browser:
        await sign_in(browser)
        token = browser.cookies["hongyan_session"]
        answer = await browser.delete("/session")
        assert answer.status_code == 204
        assert "hongyan_session" not in browser.cookies
        again = await browser.get("/session", headers={"Cookie": f"hongyan_session={token}"})
    assert again.status_code == 401


async def test_the_cookie_is_replaced_every_hour_also_by_a_refusal(house: House) -> None:
    async with house.browser() as browser:
        await sign_in(browser)
        first = browser.cookies["hongyan_session"]
        house.clock.advance(timedelta(hours=1))
        refused = await browser.get("/tenants")
        assert refused.status_code == 403
        second = browser.cookies["hongyan_session"]
        assert second != first
        house.clock.advance(timedelta(minutes=2))
        assert (await browser.get("/session")).status_code == 200
        stale = await browser.get("/session", headers={"Cookie": f"hongyan_session={first}"})
    assert stale.status_code == 401


async def test_a_new_password_ends_the_session(house: House) -> None:
    async with house.browser() as browser:
        await sign_in(browser)
        change = {"old_password": PASSWORD, "new_password": "Another-Pass-1"}
        assert (await browser.put("/session/password", json=change)).status_code == 204
        assert (await browser.get("/session")).status_code == 401
        answer = await browser.post("/session", json={"user": "goose-admin", "password": "Another-Pass-1"})
    assert answer.status_code == 200


async def test_a_key_is_made_shown_once_disabled_rotated_and_removed(house: House) -> None:
    async with house.browser() as browser:
        await sign_in(browser)
        made = (await browser.post("/access-keys", json={"description": "ci"})).json()
        ak = made["key"]["ak"]
        assert (len(ak), len(made["sk"])) == (20, 40)
        listed = (await browser.get("/access-keys")).json()
        assert listed["total"] == 2
        assert {key["user_name"] for key in (made["key"], *listed["items"])} == {"goose-admin"}
        assert made["sk"] not in str(listed)
        disabled = await browser.patch(f"/access-keys/{ak}", json={"state": "disabled"})
        assert disabled.json()["state"] == "disabled"
        rotated = (await browser.post(f"/access-keys/{ak}/rotate")).json()
        assert rotated["sk"] != made["sk"]
        assert (await browser.delete(f"/access-keys/{ak}")).status_code == 204
        assert (await browser.delete(f"/access-keys/{ak}")).status_code == 404
        actions = [entry["action"] for entry in (await browser.get("/audit", params={"limit": 5})).json()["items"]]
    expected = ["access_key.delete", "access_key.rotate", "access_key.set_state", "access_key.create"]
    assert actions == [*expected, "session.sign_in"]


async def test_the_account_shows_and_opens_services(house: House) -> None:
    async with house.browser() as browser:
        await sign_in(browser)
        account = (await browser.get("/account")).json()
        opened = {one["service"] for one in account["services"] if one["opened"]}
        assert opened == {"smart", "sms"}
        assert account["project_id"] == house.goose.tenant.project.id
        after = (await browser.post("/services/basic/open")).json()
        assert {"service": "basic", "opened": True} in after["services"]
        assert (await browser.post("/services/unknown/open")).status_code == 400
        bound = await browser.put("/account/email", json={"email": "new@goose.cn"})
        assert bound.json()["contact_email"] == "new@goose.cn"
        wrong = await browser.put("/account/email", json={"email": "nobody"})
    assert (wrong.status_code, wrong.json()["field"]) == (400, "email")


async def test_an_administrator_manages_people(house: House) -> None:
    async with house.browser() as browser, house.browser() as other:
        await sign_in(browser)
        new = {"name": "hanmeimei", "password": PASSWORD, "roles": ["read_only"]}
        made = await browser.post("/users", json=new)
        assert made.status_code == 201
        user_id = made.json()["id"]
        assert (await browser.post("/users", json=new)).status_code == 409
        assert [one["name"] for one in (await browser.get("/users")).json()["items"]] == ["goose-admin", "hanmeimei"]
        await sign_in(other, "hanmeimei")
        assert (await other.get("/users")).status_code == 403
        assert (await other.post("/access-keys", json={})).status_code == 403
        changed = await browser.patch(f"/users/{user_id}", json={"roles": ["developer"]})
        assert changed.json()["roles"] == ["developer"]
        assert (await other.post("/access-keys", json={})).status_code == 201
        await browser.patch(f"/users/{user_id}", json={"state": "disabled"})
        assert (await other.get("/session")).status_code == 401
        reset = await browser.put(f"/users/{user_id}/password", json={"password": "Another-Pass-1"})
        assert reset.status_code == 204
        assert (await browser.patch("/users/not-a-uuid", json={})).status_code == 400


async def test_an_operator_makes_a_tenant_ready(house: House) -> None:
    await house.add("operator", Role.PLATFORM_OPERATOR, platform=True)
    new = {
        "legal_name": "天鹅有限公司",
        "short_name": "天鹅",
        "credit_code": "91440300708461136T",
        "domain_name": "swan",
    }
    admin = {"name": "swan-admin", "password": PASSWORD, "roles": ["te_admin"]}
    async with house.browser() as operator, house.browser() as browser:
        assert (await sign_in(operator, "operator"))["tenant"] is None
        tenant_id = (await operator.post("/tenants", json=new)).json()["id"]
        change = {"real_name": "verified", "contact_email": "a@swan.cn"}
        waits = {"search": "天鹅", "waits_for": "real_name"}
        assert (await operator.get("/tenants", params=waits)).json()["total"] == 1
        assert (await operator.patch(f"/tenants/{tenant_id}", json=change)).json()["real_name"] == "verified"
        assert (await operator.get("/tenants", params=waits)).json()["total"] == 0
        opening = (await operator.get("/tenants", params={"waits_for": "opening"})).json()["items"]
        # one that has opened a service waits for nobody
        assert [one["id"] for one in opening] == [tenant_id]
        assert (await operator.post(f"/tenants/{tenant_id}/users", json=admin)).status_code == 201
        page = (await operator.get("/tenants", params={"search": "天鹅"})).json()
        assert [one["id"] for one in page["items"]] == [tenant_id]
        await sign_in(browser, "swan-admin")
        assert (await browser.post("/services/smart/open")).status_code == 200
        assert (await browser.get("/tenants")).status_code == 403
        suspended = await operator.patch(f"/tenants/{tenant_id}", json={"state": "suspended", "reason": "test"})
        assert suspended.json()["state"] == "suspended"
        assert (await browser.get("/account")).json()["code"] == "identity.tenant_suspended"
        assert (await operator.get("/account")).status_code == 403


async def test_every_endpoint_is_documented_at_its_door(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.url) as client:
        vendor = (await client.get("/openapi.json")).json()
        console = (await client.get("/console/api/openapi.json")).json()
    assert set(vendor["paths"]) == {"/v3/auth/tokens", "/v3/projects", "/v3/auth/domains"}
    assert all(path.startswith("/console/api/") for path in console["paths"])
    ids = [operation["operationId"] for path in console["paths"].values() for operation in path.values()]
    assert len(ids) == len(set(ids))
    assert {"sign_in", "create_access_key", "open_service", "list_audit"} <= set(ids)


async def test_answers_carry_an_id_and_are_not_sniffed(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.url) as client:
        missing = await client.get("/v1/nothing")
        shown = await client.get("/openapi.json")
    assert missing.status_code == 404
    assert missing.json()["error_code"] == "APIGW.0101"
    for answer in (missing, shown):
        assert len(answer.headers["X-Request-Id"]) == 32
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_people_are_found_by_name_role_and_state_in_any_order(house: House) -> None:
    await house.add("Anna", Role.DEVELOPER)
    await house.add("berta", Role.DEVELOPER, Role.READ_ONLY)
    async with house.browser() as browser:
        await sign_in(browser)

        async def names(**query: object) -> list[str]:
            found = (await browser.get("/users", params=query)).json()
            assert found["total"] >= len(found["items"])
            return [one["name"] for one in found["items"]]

        everybody = await names()
        assert everybody[:2] == ["Anna", "berta"]
        assert await names(sort="-name") == everybody[::-1]
        assert await names(name="ANN") == ["Anna"]
        assert await names(name="%") == []
        assert await names(role="developer", offset=1) == ["berta"]
        assert await names(role="read_only") == ["berta"]
        # who never signed in comes last, also where the latest come first
        assert (await names(sort="-last_sign_in_at"))[0] == "goose-admin"
        assert (await names(sort="last_sign_in_at"))[0] == "goose-admin"
        berta = (await browser.get("/users", params={"name": "berta"})).json()["items"][0]["id"]
        await browser.patch(f"/users/{berta}", json={"state": "disabled"})
        assert await names(state="disabled") == ["berta"]
        assert "berta" not in await names(state="active")
        assert (await browser.get("/users", params={"sort": "password_hash"})).status_code in {400, 422}
