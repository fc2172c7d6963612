"""Proof of vendors' calls, events, registrations: what the platform believes and what it counts."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import TenantId
from hongyan.rooms.handsets.contracts import RENDERED_JOB, CardSums, NewVendorAccount, Vendor
from hongyan.rooms.handsets.jobs import register_jobs as register_handset_jobs
from hongyan.rooms.handsets.service import NO_TASK
from hongyan.rooms.smart.contracts import FactoryState
from hongyan.rooms.smart.jobs import register_jobs as register_smart_jobs
from simulators.handsets.devices import device_hash
from simulators.handsets.signing import headers_for
from support.cards import PLAIN_CARD, SECRET, CardWorld, browser, card_world, working
from support.waiting import until

PATH = "/handset/v1/resolve"
PHONE = "13800138000"


@pytest.fixture
async def world(db: Database) -> AsyncIterator[CardWorld]:
    async with card_world(db) as made:
        yield made


def resolve_body(code: str = "zzzzzzz") -> bytes:
    body = {"code": code, "domain": "km.example", "signature": "x", "device_hash": "0" * 64, "request_id": "r" * 12}
    return json.dumps(body).encode()


async def post(world: CardWorld, headers: dict[str, str], body: bytes, path: str = PATH) -> httpx.Response:
    async with browser() as client:
        return await client.post(world.links_url + path, content=body, headers=headers)


def signed(
    world: CardWorld, body: bytes, *, key: str = "sim-huawei", secret: str = SECRET, off_s: float = 0
) -> dict[str, str]:
    return headers_for(key, secret, PATH, body, at_s=world.clock.now().timestamp() + off_s)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"key": "sim-nobody"}, "key"),
        ({"secret": "another secret"}, "signature"),
        ({"off_s": -301}, "skew"),
        ({"off_s": 301}, "skew"),
    ],
)
async def test_a_call_that_is_not_proven_is_refused(world: CardWorld, change: dict, reason: str) -> None:
    body = resolve_body()
    answer = await post(world, signed(world, body, **change), body)
    assert answer.status_code == 401
    assert answer.json()["reason"] == reason


async def test_a_call_within_the_skew_is_taken(world: CardWorld) -> None:
    body = resolve_body()
    for off_s in (-299, 299):
        assert (await post(world, signed(world, body, off_s=off_s), body)).status_code == 200


async def test_a_call_said_twice_is_a_replay(world: CardWorld) -> None:
    body = resolve_body()
    headers = signed(world, body)
    assert (await post(world, headers, body)).status_code == 200
    again = await post(world, headers, body)
    assert (again.status_code, again.json()["reason"]) == (401, "replay")


@pytest.mark.parametrize("header", ["X-Hongyan-Timestamp", "X-Hongyan-Nonce", "X-Hongyan-Signature"])
async def test_a_call_without_one_of_its_headers_is_refused(world: CardWorld, header: str) -> None:
    body = resolve_body()
    headers = signed(world, body)
    del headers[header]
    assert (await post(world, headers, body)).status_code == 401


async def test_a_changed_body_or_path_breaks_the_proof(world: CardWorld) -> None:
    body = resolve_body()
    assert (await post(world, signed(world, body), resolve_body("yyyyyyy"))).status_code == 401
    assert (await post(world, signed(world, body), body, "/handset/v1/events")).status_code == 401
    assert (await post(world, signed(world, body), body, PATH + "?x=1")).status_code == 401


async def test_forgotten_nonces_are_those_whose_time_is_refused_anyway(world: CardWorld) -> None:
    body = resolve_body()
    headers = signed(world, body)
    await post(world, headers, body)
    world.clock.advance(timedelta(minutes=16))
    async with world.db.begin() as uow:
        assert await world.handsets.forget_nonces(uow) == 1
    assert (await post(world, headers, body)).json()["reason"] == "skew"


async def drawn_cards(world: CardWorld) -> list[dict]:
    async with world.db.begin() as uow:
        rows = await uow.fetch("SELECT args FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", (RENDERED_JOB,))
    return [card for (args,) in rows for card in args["cards"]]


async def test_a_device_that_draws_twice_counts_once(world: CardWorld) -> None:
    code = (await world.make_links())[0]
    await world.ask(code, number=PHONE)
    for _ in range(3):
        await world.platform.report("HUAWEI", "rendered", code, device_hash(PHONE))
    cards = await drawn_cards(world)
    assert len(cards) == 1
    assert (cards[0]["code"], cards[0]["vendor"], cards[0]["offset"]) == (code, "HUAWEI", 0)
    assert cards[0]["device_hash"] == device_hash(PHONE)


async def test_a_repeated_event_is_dropped_and_a_stranger_counts_nothing(world: CardWorld) -> None:
    code = (await world.make_links())[0]
    await world.ask(code, number=PHONE)
    at = datetime.now(UTC).isoformat()
    mine = {"event_id": "event-0001", "kind": "rendered", "code": code, "device_hash": device_hash(PHONE), "at": at}
    strange = {**mine, "event_id": "event-0002", "device_hash": device_hash("13900000000")}
    both = {"events": [mine, strange]}
    first = await world.platform.call("HUAWEI", "/handset/v1/events", both)
    second = await world.platform.call("HUAWEI", "/handset/v1/events", both)
    foreign = await world.platform.call("OPPO", "/handset/v1/events", {"events": [mine]})
    assert first == (200, {"accepted": 1, "repeated": 0, "unknown": 1})
    assert second == (200, {"accepted": 0, "repeated": 2, "unknown": 0})
    assert foreign == (200, {"accepted": 0, "repeated": 0, "unknown": 1})
    assert len(await drawn_cards(world)) == 1


async def test_taps_and_views_are_kept_beside_the_drawing(world: CardWorld) -> None:
    code = (await world.make_links())[0]
    await world.ask(code, number=PHONE)
    for kind in ("rendered", "exposed", "clicked", "clicked"):
        await world.platform.report("HUAWEI", kind, code, device_hash(PHONE), 4)
    async with world.db.begin() as uow:
        rows = await uow.fetch("SELECT rendered_at IS NOT NULL, exposed_at IS NOT NULL, clicks FROM handsets_grants")
    assert rows == [(True, True, 2)]


async def test_what_happens_to_cards_is_summed_by_template_and_vendor(world: CardWorld) -> None:
    begin = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    code = (await world.make_links())[0]
    await world.ask(code, number=PHONE)
    for kind in ("rendered", "rendered", "exposed", "exposed", "clicked", "clicked", "clicked"):
        await world.platform.report("HUAWEI", kind, code, device_hash(PHONE), 4)
    async with world.db.begin() as uow:
        grants = await uow.fetch("SELECT tenant_id::text, task_id::text, tpl_id FROM handsets_grants")
        tenant_id, task_id, tpl_id = TenantId(grants[0][0]), grants[0][1], grants[0][2]
        sums = await world.handsets.sum_cards(uow, tenant_id, begin, begin + timedelta(hours=2))
        without = await world.handsets.sum_cards(
            uow, tenant_id, begin, begin + timedelta(hours=2), without_tasks=[task_id or NO_TASK]
        )
        before = await world.handsets.sum_cards(uow, tenant_id, begin - timedelta(hours=2), begin)
        assert await world.handsets.list_tenants_with_cards(uow, begin) == [tenant_id]
        assert await world.handsets.list_tenants_with_cards(uow, begin + timedelta(hours=2)) == []
    assert sums == [CardSums(tpl_id, Vendor.HUAWEI, 1, 1, 2, 1, 3)]
    assert (without, before) == ([], [])


@pytest.mark.parametrize("events", [[], [{"event_id": "x"}]])
async def test_malformed_events_are_refused(world: CardWorld, events: list) -> None:
    status, _ = await world.platform.call("HUAWEI", "/handset/v1/events", {"events": events})
    assert status == 400


@pytest.mark.parametrize("activate_after_s", [0.0, 0.05])
async def test_templates_reach_vendors_by_jobs_and_become_active(db: Database, activate_after_s: float) -> None:
    async with card_world(db, activate_after_s=activate_after_s, enable=False) as world:
        register_handset_jobs(world.jobs, db, world.handsets)
        register_smart_jobs(world.jobs, db, world.smart)
        async with db.begin() as uow:
            count = await world.smart.life.submit_public(uow)
        async with working(world.jobs):
            await until(lambda: len(world.vendors.templates) == count, timeout_s=30)
            states: list[FactoryState] = []
            while len(states) < 6:
                async with db.begin() as uow:
                    template = await world.smart.get_active_template(uow, None, PLAIN_CARD)
                states = [info.state for info in template.factories if info.state is FactoryState.ENABLED]
        assert template.vendors == frozenset(Vendor)
        async with db.begin() as uow:
            assert await world.smart.life.submit_public(uow) < count
        assert ("HUAWEI", "600000005") in world.vendors.templates
        assert ("MEIZU", "600000005") not in world.vendors.templates


async def test_domains_are_registered(world: CardWorld) -> None:
    await world.handsets.register_domain(world.db, Vendor.VIVO, "km.example")
    assert world.vendors.domains == {("VIVO", "km.example")}
    async with world.db.begin() as uow:
        assert await world.handsets.is_domain_active(uow, Vendor.VIVO, "km.example")
        assert not await world.handsets.is_domain_active(uow, Vendor.OPPO, "km.example")


async def test_secrets_are_sealed(world: CardWorld) -> None:
    async with world.db.begin() as uow:
        await world.handsets.save_vendor(uow, NewVendorAccount(Vendor.OPPO, "http://x.example", "k", "plain-secret"))
        rows = await uow.fetch("SELECT sealed_secret FROM handsets_vendors")
    assert all(b"plain-secret" not in bytes(row[0]) for row in rows)
