"""A tenant that floods is told to come later, in words the vendor's client shows; others are served meanwhile."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse
from huaweicloudsdkcore.exceptions.exceptions import ServerResponseException
from huaweicloudsdkkoomessage.v1 import ListAimTemplatesRequest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.errors import Forbidden, InvalidInput, NotFound
from hongyan.kernel.http.limits import Limits, Rates
from hongyan.kernel.ids import TenantId
from hongyan.rooms.identity.contracts import Actor, TenantRates, system_actor
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.identity.vendor_api.auth import VendorAuth
from support.identity import Household, cheap_identity, found_household, identity_app
from support.sdk import sdk_client
from support.server import serving

RATES = Rates(total=20, send=10, upload=2, list=5)
PLACES = 8
STRANGERS = 3


@dataclass(frozen=True, slots=True)
class House:
    client: httpx.AsyncClient
    db: Database
    identity: IdentityService
    clock: FrozenClock
    goose: Household
    swan: Household
    tokens: dict[str, str]
    gate: asyncio.Event

    async def get(self, path: str, who: str = "goose") -> httpx.Response:
        return await self.client.get(path, headers={"X-Auth-Token": self.tokens[who]})

    async def flood(self, path: str, count: int, who: str = "goose") -> list[int]:
        answers = await asyncio.gather(*(self.get(path, who) for _ in range(count)))
        return [answer.status_code for answer in answers]


def router(auth: VendorAuth, gate: asyncio.Event) -> APIRouter:
    routes = APIRouter()
    caller = Annotated[Actor, Depends(auth.vendor)]

    @routes.get("/v1/aim/templates")
    async def templates(actor: caller) -> dict[str, Any]:
        return {"templates": [], "page_info": {"offset": 0, "limit": 20, "total": 0}}

    @routes.get("/v1/sms/apps/{number}")
    async def app(actor: caller, number: int) -> dict[str, int]:
        return {"number": number}

    @routes.get("/v1/slow/{number}")
    async def slow(actor: caller, number: int) -> dict[str, int]:
        await gate.wait()
        return {"number": number}

    @routes.get("/v1/stream")
    async def stream(actor: caller) -> StreamingResponse:
        async def lines() -> AsyncIterator[str]:
            yield "first\n"
            await gate.wait()
            yield "last\n"

        return StreamingResponse(lines())

    return routes


@pytest.fixture
def rates() -> Rates:
    return RATES


@pytest.fixture
async def house(db: Database, rates: Rates) -> AsyncIterator[House]:
    clock = FrozenClock(datetime.now(UTC))
    identity = cheap_identity(clock, db.url)
    tokens: dict[str, str] = {}
    async with db.begin() as uow:
        goose = await found_household(uow, identity)
        swan = await found_household(uow, identity, "swan", number=1)
        for name, home in (("goose", goose), ("swan", swan)):
            tokens[name], _ = await identity.access.issue_token(uow, home.admin, home.tenant, "project")
    gate = asyncio.Event()
    limits = Limits(clock, rates=rates, places=PLACES, strangers=STRANGERS)
    auth = VendorAuth(db, identity, clock, limits)
    app = identity_app(db, identity, clock, vendor_routers=[router(auth, gate)], proofs=auth)
    async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=20) as client:
        yield House(client, db, identity, clock, goose, swan, tokens, gate)


async def test_a_flood_gets_503_and_others_are_served(house: House) -> None:
    flooded = await house.flood("/v1/aim/templates", 30)
    assert (flooded.count(200), flooded.count(503)) == (5, 25)
    assert await house.flood("/v1/aim/templates", 5, "swan") == [200] * 5
    refused = await house.get("/v1/aim/templates")
    assert refused.headers["Retry-After"] == "1"
    text = "The throttling threshold has been reached: policy list operation, limit 5 requests per second. "
    assert refused.json() == {
        "error_code": "APIGW.0308",
        "error_msg": text + "Try again in 1 s.",
        "error_message": text + "Try again in 1 s.",
        "request_id": refused.headers["X-Request-Id"],
    }
    house.clock.advance(timedelta(seconds=1))
    assert (await house.get("/v1/aim/templates")).status_code == 200


async def test_the_vendors_client_shows_the_code(house: House) -> None:
    key = house.goose.key
    url = str(house.client.base_url).rstrip("/")
    client = sdk_client(url, ak=key.key.ak, sk=key.sk, project_id=house.goose.tenant.project.id)
    for _ in range(5):
        await asyncio.to_thread(client.list_aim_templates, ListAimTemplatesRequest())
    with pytest.raises(ServerResponseException) as refused:
        await asyncio.to_thread(client.list_aim_templates, ListAimTemplatesRequest())
    error = refused.value
    assert (error.status_code, error.error_code, len(error.request_id)) == (503, "APIGW.0308", 32)


async def test_one_operation_does_not_use_up_another(house: House) -> None:
    """An operation is its path's pattern, not each path: ids do not give a tenant more."""
    paths = [f"/v1/sms/apps/{number}" for number in range(10)]
    answers = [(await house.get(path)).status_code for path in paths]
    assert answers == [200] * 5 + [503] * 5
    assert (await house.get("/v1/aim/templates")).status_code == 200


async def test_a_tenant_may_have_rates_of_its_own(house: House) -> None:
    system = system_actor()
    async with house.db.begin() as uow:
        await house.identity.rates.put(uow, system, house.goose.tenant.id, TenantRates(list=1, total=2))
    assert (await house.flood("/v1/aim/templates", 4)).count(200) == 1
    assert (await house.get("/v1/sms/apps/1")).status_code == 200
    assert (await house.get("/v1/slow/1")).json()["error_msg"].startswith("The throttling threshold")
    async with house.db.begin() as uow:
        await house.identity.rates.put(uow, system, house.goose.tenant.id, TenantRates(list=0, total=0))
    house.clock.advance(timedelta(seconds=2))
    assert (await house.flood("/v1/aim/templates", 30)).count(200) == 30


async def test_rates_are_the_operators_business(house: House) -> None:
    rates, own = house.identity.rates, TenantRates(send=7)
    async with house.db.begin() as uow:
        await rates.put(uow, system_actor(), house.goose.tenant.id, own)
        assert await rates.get(uow, system_actor(), house.goose.tenant.id) == own
        assert await rates.find(uow, house.goose.tenant.id, RATES) == Rates(total=20, send=7, upload=2, list=5)
        await rates.put(uow, system_actor(), house.goose.tenant.id, TenantRates())
        assert await rates.find(uow, house.goose.tenant.id, RATES) == RATES
        with pytest.raises(Forbidden):
            await rates.put(uow, house.goose.actor, house.goose.tenant.id, own)
        with pytest.raises(NotFound):
            await rates.put(uow, system_actor(), TenantId("00000000-0000-0000-0000-000000000001"), own)
        with pytest.raises(InvalidInput, match="send"):
            await rates.put(uow, system_actor(), house.goose.tenant.id, TenantRates(send=-1))
        noted = await house.identity.audit.list_entries(uow, house.goose.actor, action="tenant.set_rates")
    assert [entry.after["send"] for entry in noted.items] == [None, 7]


@pytest.mark.parametrize("rates", [Rates(total=0, list=0)])
async def test_a_tenant_that_takes_all_places_leaves_some_for_others(house: House) -> None:
    flood = [asyncio.create_task(house.get(f"/v1/slow/{number}")) for number in range(40)]
    try:
        started = time.monotonic()
        async with asyncio.timeout(10):
            assert await house.flood("/v1/aim/templates", 20, "swan") == [200] * 20
        assert time.monotonic() - started < 5
        assert not any(one.done() for one in flood)
    finally:
        house.gate.set()
    assert [one.status_code for one in await asyncio.gather(*flood)] == [200] * 40


@pytest.mark.parametrize("rates", [Rates(total=0, list=0)])
async def test_endless_answers_keep_no_place(house: House) -> None:
    headers = {"X-Auth-Token": house.tokens["goose"]}
    async with httpx.AsyncClient(base_url=house.client.base_url, timeout=20) as client:
        requests = [client.build_request("GET", "/v1/stream", headers=headers) for _ in range(PLACES * 2)]
        streams = await asyncio.gather(*(client.send(one, stream=True) for one in requests))
        assert {one.status_code for one in streams} == {200}
        assert await house.flood("/v1/aim/templates", 5) == [200] * 5
        house.gate.set()
        for one in streams:
            await one.aread()


async def test_a_flood_without_proof_is_cut_short(house: House) -> None:
    assert (await house.get("/v1/aim/templates")).status_code == 200

    async def knock(number: int) -> httpx.Response:
        return await house.client.get("/v1/aim/templates", headers={"X-Auth-Token": f"guess {number}"})

    answers = [await knock(number) for number in range(STRANGERS + 3)]
    assert [answer.status_code for answer in answers] == [401] * STRANGERS + [503] * 3
    assert answers[-1].json()["error_code"] == "APIGW.0308"
    # Who has shown a good proof is still heard from the same address.
    assert (await house.get("/v1/aim/templates")).status_code == 200
    assert (await house.get("/v1/aim/templates", "swan")).status_code == 503
    house.clock.advance(timedelta(seconds=1))
    assert (await house.get("/v1/aim/templates", "swan")).status_code == 200
