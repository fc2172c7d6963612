"""Channels in the console: who may look, who may act, what is written down; over a real socket."""

import dataclasses
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import get_args

import httpx
import pytest
from sqlalchemy import insert

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.ids import SignatureId
from hongyan.rooms.carriers.console_api.router import console_router
from hongyan.rooms.carriers.contracts import (
    Carrier,
    Flow,
    Health,
    HealthState,
    NewAccount,
    NumberSort,
    Protocol,
    SignatureKey,
)
from hongyan.rooms.carriers.service import explain_code
from hongyan.rooms.carriers.tables import signature_channels
from hongyan.rooms.identity.contracts import Permission, Role, system_actor
from hongyan.rooms.identity.service.people import NewUser
from hongyan.run.web import acting_with, channel_notes, only_with
from support.identity import PASSWORD, cheap_identity, found_household, identity_app, vendor_doors
from support.line import SIGNATURE, TENANT, SendingLine
from support.server import serving
from support.sessions import signed_in

NEW = NewAccount(
    name="mobile-1",
    protocol=Protocol.CMPP30,
    host="127.0.0.1",
    port=7890,
    login="901234",
    secret="shared",
    src_number="10690001",
    carrier=Carrier.MOBILE,
    rate_per_s=200,
)


ADDED = {
    "name": "unicom-1",
    "protocol": "sgip12",
    "host": "127.0.0.1",
    "port": 8801,
    "login": "hongyan",
    "secret": "never shown",
    "src_number": "10690002",
    "carrier": "unicom",
    "listen_port": 8802,
    "window_pdus": 8,
    "options": {"node": 3010099999, "service_id": "MKT"},
}


@dataclass(frozen=True, slots=True)
class House:
    db: Database
    line: SendingLine
    operator: httpx.AsyncClient
    reviewer: httpx.AsyncClient
    tenant: httpx.AsyncClient


async def _names_of(_: Uow, keys: Sequence[SignatureKey]) -> dict[SignatureKey, tuple[str, str]]:
    return {key: ("goose", "鸿雁") for key in keys if key[1] == SIGNATURE}


@pytest.fixture
async def house(db: Database) -> AsyncIterator[House]:
    clock = FrozenClock(datetime.now(UTC))
    identity, line = cheap_identity(clock, db.url), SendingLine(db, clock=clock)
    async with db.begin() as uow:
        await found_household(uow, identity)
        for name, role in (("operator", Role.PLATFORM_OPERATOR), ("desk", Role.REVIEWER)):
            new = NewUser(name, PASSWORD, frozenset({role}))
            await identity.people.create_user(uow, system_actor(), None, new)
        account = await line.carriers.add_account(uow, NEW)
        await line.carriers.add_account(uow, dataclasses.replace(NEW, name="any-1", carrier=Carrier.ANY))
        await line.carriers.provision_signature(uow, TENANT, SIGNATURE)
        health = Health(
            account.account_id, "g", 1, HealthState.UP, "", "", clock.now(), clock.now(), 1, 1, 200.0, 9.5, 3, 16, None
        )
        await line.carriers.note_health(
            uow, dataclasses.replace(health, errors={"13": 2, "sgip:27": 5, "throttled": 1})
        )
    doors = vendor_doors(db, identity, clock)
    router = console_router(
        db=db,
        service=line.carriers,
        may_look=only_with(doors, Permission.CHANNEL_LIST),
        may_edit=acting_with(doors, Permission.CHANNEL_EDIT),
        note=channel_notes(identity),
        names_of=_names_of,
    )
    async with serving(identity_app(db, identity, clock, console_routers=[router])) as url:
        browsers = [await signed_in(url, name) for name in ("operator", "desk", "goose-admin")]
        yield House(db, line, *browsers)
        for browser in browsers:
            await browser.aclose()


async def test_operators_see_channels_with_their_health_and_nobody_sees_a_secret(house: House) -> None:
    listed = await house.operator.get("/channels")
    first, second = listed.json()["items"]
    assert (first["name"], first["protocol"], first["rate_per_s"], first["flow"]) == (
        "mobile-1",
        "cmpp30",
        200,
        "running",
    )
    assert (first["health"]["state"], second["health"]) == ("up", None)
    # what a carrier refused with is said in words
    errors = first["health"]["errors"]
    assert [(one["code"], one["count"]) for one in errors] == [("sgip:27", 5), ("13", 2), ("throttled", 1)]
    assert errors[2]["zh"] == explain_code("8").zh
    for one in errors:
        meaning = explain_code(one["code"])
        assert meaning is not None
        assert (one["zh"], one["en"]) == (meaning.zh, meaning.en)
    assert "shared" not in listed.text
    assert (await house.operator.get("/channels/mobile-1")).json() == first
    assert (await house.operator.get("/channels/nobody")).status_code == 404


@pytest.mark.parametrize("who", ["reviewer", "tenant"])
async def test_others_are_turned_away(house: House, who: str) -> None:
    browser: httpx.AsyncClient = getattr(house, who)
    answers = [
        await browser.get("/channels"),
        await browser.get("/channels/mobile-1"),
        await browser.put("/channels/mobile-1/flow", json={"flow": "paused"}),
        await browser.patch("/channels/mobile-1", json={"rate_per_s": 1}),
        await browser.post("/channel-route", json={"phone": "13800138000"}),
        await browser.post("/channels", json=ADDED),
        await browser.put("/channels/mobile-1/secret", json={"secret": "x"}),
        await browser.get("/signature-numbers"),
        await browser.put(f"/signature-numbers/{TENANT}/{SIGNATURE}", json={"channel_number": "1069000177"}),
    ]
    assert {answer.status_code for answer in answers} == {403}


async def test_a_channel_is_paused_drained_resumed_and_tuned_and_it_is_written_down(house: House) -> None:
    for flow in ("paused", "draining", "running"):
        answer = await house.operator.put("/channels/mobile-1/flow", json={"flow": flow})
        assert (answer.status_code, answer.json()["flow"]) == (200, flow)
    change = {"rate_per_s": None, "window_pdus": 64, "priority": 1, "is_enabled": False}
    answer = await house.operator.patch("/channels/mobile-1", json=change)
    assert answer.status_code == 200, answer.text
    assert {key: answer.json()[key] for key in change} == change
    async with house.db.begin() as uow:
        account = (await house.line.carriers.list_accounts(uow))[0]
    assert (account.rate_per_s, account.window_pdus, account.is_enabled, account.flow) == (
        None,
        64,
        False,
        Flow.RUNNING,
    )
    entries = (await house.operator.get("/audit")).json()["items"]
    noted = [(one["action"], one["subject_id"], one["after"]) for one in entries if one["subject_kind"] == "channel"]
    assert noted == [
        ("channel.tune", "mobile-1", change),
        *[("channel.flow", "mobile-1", {"flow": flow}) for flow in ("running", "draining", "paused")],
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"window_pdus": 0}, "window"), ({"window_pdus": None}, "window_pdus"), ({"priority": 100}, "priority")],
)
async def test_bad_values_are_named(house: House, change: dict[str, object], field: str) -> None:
    answer = await house.operator.patch("/channels/mobile-1", json=change)
    assert answer.status_code == 400
    assert field in answer.text


async def test_a_route_is_explained(house: House) -> None:
    async with house.db.begin() as uow:
        channel = await house.line.carriers.find_channel(uow, TENANT, SIGNATURE)
    assert channel is not None
    for signature in (SIGNATURE, channel.channel_number):
        answer = await house.operator.post("/channel-route", json={"phone": "138 0013 8000", "signature": signature})
        told = answer.json()
        assert (told["chosen"], told["src_id"]) == ("mobile-1", channel.channel_number)
        assert [(one["name"], one["verdict"]) for one in told["channels"]] == [
            ("mobile-1", "chosen"),
            ("any-1", "carrier_first"),
        ]
        assert "13800138000" not in answer.text
    for question in ({"phone": "12345"}, {"phone": "13800138000", "signature": "nobody"}):
        assert (await house.operator.post("/channel-route", json=question)).status_code == 400


async def test_a_channel_is_added_changed_and_given_another_secret(house: House) -> None:
    added = await house.operator.post("/channels", json=ADDED)
    assert added.status_code == 201, added.text
    view = added.json()
    assert (view["is_enabled"], view["listen_port"], view["health"]) == (True, 8802, None)
    # the corporation id follows from the node number
    assert (view["options"]["corp_id"], view["options"]["service_id"]) == ("99999", "MKT")
    assert (await house.operator.post("/channels", json=ADDED | {"listen_port": 8803})).status_code == 409
    change = {"host": "localhost", "serves": ["1069000210001"], "options": {"service_id": "VIP"}}
    changed = (await house.operator.patch("/channels/unicom-1", json=change)).json()
    assert (changed["host"], changed["serves"]) == ("localhost", ["1069000210001"])
    assert (changed["options"]["service_id"], changed["options"]["node"]) == ("VIP", 3010099999)
    answer = await house.operator.put("/channels/unicom-1/secret", json={"secret": "another"})
    assert answer.status_code == 204
    async with house.db.begin() as uow:
        assert await house.line.carriers.open_secret(uow, view["account_id"]) == "another"
    log = await house.operator.get("/audit")
    actions = [one["action"] for one in log.json()["items"] if one["subject_id"] == "unicom-1"]
    assert actions == ["channel.secret", "channel.tune", "channel.create"]
    assert "never shown" not in log.text
    assert "another" not in log.text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "No Spaces"}, "name"),
        ({"login": "x" * 17}, "account"),
        ({"src_number": "12"}, "source"),
        ({"listen_port": None}, "listen_port"),
        ({"window_pdus": 33}, "window"),
        ({"options": {"node": 1}}, "node"),
        ({"options": {"receipt_ids": "hex", "node": 3010099999}}, "receipt_ids"),
    ],
)
async def test_what_a_protocol_cannot_carry_is_refused_at_its_field(
    house: House, change: dict[str, object], field: str
) -> None:
    answer = await house.operator.post("/channels", json=ADDED | change)
    assert (answer.status_code, answer.json()["field"]) == (400, field), answer.text


async def test_a_signature_gets_a_number_by_hand_and_channels_follow(house: House) -> None:
    url = f"/signature-numbers/{TENANT}/{SIGNATURE}"
    [listed] = (await house.operator.get("/signature-numbers")).json()["items"]
    before = listed["channel_number"]
    assert (listed["tenant_name"], listed["signature_name"]) == ("goose", "鸿雁")
    await house.operator.patch("/channels/any-1", json={"serves": [before]})
    given = await house.operator.put(url, json={"channel_number": "10690001777"})
    assert given.status_code == 200, given.text
    assert (given.json()["channel_number"], given.json()["extension"]) == ("10690001777", "777")
    assert (await house.operator.get("/channels/any-1")).json()["serves"] == ["10690001777"]
    sorted_by = "/signature-numbers?sort="
    assert (await house.operator.get(f"{sorted_by}-channel_number")).json()["items"][0]["extension"] == "777"
    assert (await house.operator.get(f"{sorted_by}signature_name")).status_code == 400
    # the new number is found by its beginning, the old one is nobody's
    for search, total in (("10690001777", 1), ("777", 1), (before, 0), (SIGNATURE, 1)):
        answer = await house.operator.get("/signature-numbers", params={"search": search})
        assert answer.json()["total"] == total, search
    entry = (await house.operator.get("/audit")).json()["items"][0]
    assert (entry["action"], entry["subject_kind"], entry["after"]["before"]) == (
        "signature.number",
        "signature",
        before,
    )


async def test_numbers_that_cannot_be_are_refused(house: House) -> None:
    async with house.db.begin() as uow:
        other = SignatureId("another")
        number = await house.line.carriers.provision_signature(uow, TENANT, other)
    url = f"/signature-numbers/{TENANT}"
    assert number is not None
    for wanted, status in (("95555001", 400), ("10690001", 400), ("10690001abc", 400), ("1" * 30, 400), (number, 409)):
        answer = await house.operator.put(f"{url}/{SIGNATURE}", json={"channel_number": wanted})
        assert (answer.status_code, answer.json()["field"]) == (status, "channel_number"), answer.text
    assert (await house.operator.put(f"{url}/nobody", json={"channel_number": number})).status_code == 404


async def test_numbers_are_listed_in_the_order_of_their_heads(db: Database) -> None:
    places = {"a": ("10", None), "b": ("9", "106900019"), "c": ("777", "10690001777"), "d": ("8", None)}
    async with db.begin() as uow:
        for name, (extension, number) in places.items():
            await uow.execute(
                insert(signature_channels).values(
                    tenant_id=TENANT, signature_id=name, extension=extension, channel_number=number
                )
            )
        line = SendingLine(db)

        async def listed(sort: NumberSort | None) -> str:
            page = await line.carriers.list_numbers(uow, is_waiting=None, search=None, sort=sort)
            return "".join(one.signature_id for one in page.items)

        orders: tuple[NumberSort | None, ...] = get_args(NumberSort)
        found = {order: await listed(order) for order in (None, *orders)}
    assert found == {
        None: "adcb",
        "extension": "dbac",
        "-extension": "cabd",
        # who has none is last both ways
        "channel_number": "cbda",
        "-channel_number": "bcad",
    }


async def test_who_waits_for_a_number_comes_first_and_an_extension_taken_by_hand_is_left_out(db: Database) -> None:
    line = SendingLine(db)
    async with db.begin() as uow:
        # given two signatures before there is any channel
        for name in ("one", "two"):
            assert await line.carriers.provision_signature(uow, TENANT, SignatureId(name)) is None
        page = await line.carriers.list_numbers(uow, is_waiting=True, search=None)
        assert {one.signature_id for one in page.items} == {"one", "two"}
        # when a channel comes, both get a number
        await line.carriers.add_account(uow, NEW)
        assert (await line.carriers.list_numbers(uow, is_waiting=True, search=None)).total == 0
        # and the extension that would come next is given by hand
        last = max(int(one.extension) for one in page.items)
        await line.carriers.assign_number(uow, TENANT, SignatureId("one"), f"10690001{last + 1}")
        number = await line.carriers.provision_signature(uow, TENANT, SignatureId("three"))
    assert number == f"10690001{last + 2}"
