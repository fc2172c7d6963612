"""Tokens as hand-written clients get and use them. The vendor's SDK never does: it signs."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database
from hongyan.rooms.identity.contracts import Actor, Role, TenantState, system_actor
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.identity.service.people import NewUser
from support.identity import PASSWORD, Household, cheap_identity, found_household, identity_app, vendor_doors
from support.server import serving

SYSTEM = system_actor()


@dataclass(frozen=True, slots=True)
class House:
    client: httpx.AsyncClient
    db: Database
    identity: IdentityService
    clock: FrozenClock
    goose: Household
    swan: Household

    async def issue(self, **changes: Any) -> httpx.Response:
        return await self.client.post("/v3/auth/tokens?nocatalog=true", json=wanted(**changes))

    async def whoami(self, token: str, **headers: str) -> httpx.Response:
        return await self.client.get("/v1/whoami", headers={"X-Auth-Token": token, **headers})


def wanted(
    *,
    name: str = "goose-admin",
    password: str = PASSWORD,
    domain: str = "goose",
    scope: dict[str, Any] | None = None,
    methods: list[str] | None = None,
) -> dict[str, Any]:
    user = {"name": name, "password": password, "domain": {"name": domain}}
    identity = {"methods": methods or ["password"], "password": {"user": user}}
    return {"auth": {"identity": identity, "scope": {"project": {"name": "cn-north-4"}} if scope is None else scope}}


@pytest.fixture
async def house(db: Database) -> AsyncIterator[House]:
    clock = FrozenClock(datetime(2026, 11, 22, 8, 0, tzinfo=UTC))
    identity = cheap_identity(clock, db.url)
    async with db.begin() as uow:
        goose = await found_household(uow, identity)
        swan = await found_household(uow, identity, "swan", number=1)
        operator = NewUser("operator", PASSWORD, frozenset({Role.PLATFORM_OPERATOR}))
        await identity.people.create_user(uow, SYSTEM, None, operator)
    router, auth = APIRouter(), vendor_doors(db, identity, clock)

    @router.get("/v1/whoami")
    async def whoami(actor: Annotated[Actor, Depends(auth.vendor)]) -> dict[str, Any]:
        return {"tenant": actor.tenant_id, "user": actor.user_name, "via": actor.via}

    app = identity_app(db, identity, clock, vendor_routers=[router])
    async with serving(app) as url, httpx.AsyncClient(base_url=url) as client:
        yield House(client, db, identity, clock, goose, swan)


async def test_a_token_has_the_keystone_shape_and_opens_the_service(house: House) -> None:
    answer = await house.issue()
    assert answer.status_code == 201
    tenant, domain = house.goose.tenant, {"id": house.goose.tenant.domain_id, "name": "goose"}
    assert answer.json() == {
        "token": {
            "methods": ["password"],
            "issued_at": "2026-11-22T08:00:00.000000Z",
            "expires_at": "2026-11-23T08:00:00.000000Z",
            "user": {
                "id": house.goose.admin.id.replace("-", ""),
                "name": "goose-admin",
                "domain": domain,
                "password_expires_at": "",
            },
            "roles": [{"id": "te_admin", "name": "te_admin"}],
            "catalog": [],
            "project": {"id": tenant.project.id, "name": "cn-north-4", "domain": domain},
        }
    }
    used = await house.whoami(answer.headers["X-Subject-Token"])
    assert used.json() == {"tenant": tenant.id, "user": "goose-admin", "via": "token"}


async def test_the_project_may_be_named_by_id_or_not_at_all(house: House) -> None:
    for scope in ({"project": {"id": house.goose.tenant.project.id}}, {}):
        answer = await house.issue(scope=scope)
        assert answer.json()["token"]["project"]["id"] == house.goose.tenant.project.id


async def test_an_account_token_is_for_the_account_only(house: House) -> None:
    for scope in ({"domain": {"name": "goose"}}, {"domain": {"id": house.goose.tenant.domain_id}}):
        answer = await house.issue(scope=scope)
        assert answer.json()["token"]["domain"]["name"] == "goose"
        token = answer.headers["X-Subject-Token"]
        assert (await house.whoami(token)).status_code == 403
        domains = await house.client.get("/v3/auth/domains", headers={"X-Auth-Token": token})
        assert [(one["id"], one["name"]) for one in domains.json()["domains"]] == [
            (house.goose.tenant.domain_id, "goose")
        ]


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        ({"password": "wrong-wrong"}, 401, "user name or the password"),
        ({"domain": "swan"}, 401, "user name or the password"),
        ({"name": "nobody"}, 401, "user name or the password"),
        ({"scope": {"project": {"name": "cn-east-3"}}}, 401, "scope"),
        ({"scope": {"project": {"id": "0" * 32}}}, 401, "scope"),
        ({"scope": {"project": {}}}, 401, "scope"),
        ({"scope": {"domain": {"name": "swan"}}}, 401, "scope"),
        ({"methods": ["token"]}, 400, "method"),
        ({"name": ""}, 400, "name"),
        ({"domain": ""}, 400, "domain"),
        ({"password": 5}, 400, "invalid"),
    ],
)
async def test_what_is_wrong_is_told_in_keystones_envelope(house: House, change, status: int, message: str) -> None:
    answer = await house.issue(**change)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, status)
    assert message in error["message"]
    assert error["title"] == {400: "Bad Request", 401: "Unauthorized"}[status]
    assert "X-Subject-Token" not in answer.headers


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"auth":{}}',
        b'{"auth":{},"auth":{}}',
        b'{"auth":' * 5000,
        b"\xff",
        json.dumps(wanted(name="a\0b")).encode(),
        json.dumps(wanted(password="\ud800-and-half")).encode(),
    ],
)
async def test_a_malformed_request_is_a_bad_one(house: House, body: bytes) -> None:
    answer = await house.client.post("/v3/auth/tokens", content=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 400)


async def test_people_of_the_platform_have_no_project(house: House) -> None:
    async with house.db.begin() as uow:
        found = await house.identity.sessions.check_password(uow, "operator", PASSWORD)
    assert found.name == "operator"
    answer = await house.issue(name="operator", domain="goose")
    assert answer.status_code == 401


async def test_wrong_passwords_are_counted_though_they_are_refused(house: House) -> None:
    for _ in range(5):
        assert (await house.issue(password="wrong-wrong")).status_code == 401
    locked = await house.issue()
    assert (locked.status_code, locked.json()["error"]["title"]) == (429, "Too Many Requests")
    house.clock.advance(timedelta(minutes=15))
    assert (await house.issue()).status_code == 201


async def test_a_token_ends_after_a_day(house: House) -> None:
    token = (await house.issue()).headers["X-Subject-Token"]
    house.clock.advance(timedelta(hours=24))
    refused = await house.whoami(token)
    assert refused.status_code == 401
    assert refused.json()["error_msg"].endswith("token expires, expires_at: 2026-11-23T08:00:00.000000Z")


async def test_a_changed_password_ends_tokens_within_two_seconds(house: House) -> None:
    token = (await house.issue()).headers["X-Subject-Token"]
    assert (await house.whoami(token)).status_code == 200
    async with house.db.begin() as uow:
        await house.identity.people.reset_password(
            uow, SYSTEM, house.goose.tenant.id, house.goose.admin.id, "Another-Pass-1"
        )
    house.clock.advance(timedelta(seconds=2))
    assert (await house.whoami(token)).status_code == 401


async def test_a_suspended_tenant_gets_and_uses_no_token(house: House) -> None:
    token = (await house.issue()).headers["X-Subject-Token"]
    async with house.db.begin() as uow:
        await house.identity.tenants.set_state(uow, SYSTEM, house.goose.tenant.id, TenantState.SUSPENDED)
    assert (await house.whoami(token)).status_code == 403
    assert (await house.issue()).status_code == 403


async def test_a_token_shows_itself_to_its_own_account_only(house: House) -> None:
    token = (await house.issue()).headers["X-Subject-Token"]
    other = (await house.issue(name="swan-admin", domain="swan")).headers["X-Subject-Token"]

    async def show(subject: str) -> httpx.Response:
        headers = {"X-Auth-Token": token, "X-Subject-Token": subject}
        return await house.client.get("/v3/auth/tokens", headers=headers)

    shown = await show(token)
    assert shown.status_code == 200
    assert shown.headers["X-Subject-Token"] == token
    assert shown.json()["token"]["user"]["name"] == "goose-admin"
    for subject in (other, "nonsense"):
        refused = await show(subject)
        assert (refused.status_code, refused.json()["error"]["title"]) == (404, "Not Found")


async def test_another_tenants_project_is_refused(house: House) -> None:
    token = (await house.issue()).headers["X-Subject-Token"]
    own, foreign = house.goose.tenant.project.id, house.swan.tenant.project.id
    assert (await house.whoami(token, **{"X-Project-Id": own})).status_code == 200
    assert (await house.whoami(token, **{"X-Project-Id": foreign})).status_code == 403


@pytest.mark.parametrize(("query", "count"), [("", 1), ("?name=cn-north-4", 1), ("?name=cn-east-3", 0)])
async def test_an_account_has_exactly_one_project(house: House, query: str, count: int) -> None:
    token = (await house.issue()).headers["X-Subject-Token"]
    answer = await house.client.get(f"/v3/projects{query}", headers={"X-Auth-Token": token})
    ids = [project["id"] for project in answer.json()["projects"]]
    assert ids == [house.goose.tenant.project.id] * count
