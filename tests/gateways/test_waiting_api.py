"""What channels hold and what stopping one would mean, in the console; over a real socket."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database
from hongyan.rooms.carriers.contracts import Carrier, NewAccount, Protocol
from hongyan.rooms.gateways.console_api.waiting import waiting_router
from hongyan.rooms.identity.contracts import Permission, Role, system_actor
from hongyan.rooms.identity.service.people import NewUser
from hongyan.run.web import acting_with, channel_notes, only_with
from support.identity import PASSWORD, cheap_identity, found_household, identity_app, vendor_doors
from support.line import SendingLine
from support.server import serving
from support.sessions import signed_in

_NEW = NewAccount(
    name="mobile-1",
    protocol=Protocol.CMPP30,
    host="127.0.0.1",
    port=7890,
    login="901234",
    secret="shared",
    src_number="10690001",
    carrier=Carrier.MOBILE,
    group="main",
)
Browsers = dict[str, httpx.AsyncClient]


@pytest.fixture
async def browsers(db: Database) -> AsyncIterator[Browsers]:
    clock = FrozenClock(datetime.now(UTC))
    identity, line = cheap_identity(clock, db.url), SendingLine(db, clock=clock)
    async with db.begin() as uow:
        await found_household(uow, identity)
        new = NewUser("operator", PASSWORD, frozenset({Role.PLATFORM_OPERATOR}))
        await identity.people.create_user(uow, system_actor(), None, new)
        await line.carriers.add_account(uow, _NEW)
    doors = vendor_doors(db, identity, clock)
    router = waiting_router(
        db=db,
        carriers=line.carriers,
        delivery=line.delivery,
        may_look=only_with(doors, Permission.CHANNEL_LIST),
        may_edit=acting_with(doors, Permission.CHANNEL_EDIT),
        note=channel_notes(identity),
    )
    async with serving(identity_app(db, identity, clock, console_routers=[router])) as url:
        found = {name: await signed_in(url, name) for name in ("operator", "goose-admin")}
        yield found
        for browser in found.values():
            await browser.aclose()


async def test_stopping_the_only_channel_leaves_numbers_uncovered(browsers: Browsers, db: Database) -> None:
    operator = browsers["operator"]
    told = (await operator.get("/channels/mobile-1/stand-ins")).json()
    assert (told["has_waiting"], told["uncovered"], told["stand_ins"]) == (False, ["mobile"], [])
    async with db.begin() as uow:
        await SendingLine(db).carriers.add_account(uow, replace(_NEW, name="mobile-2"))
    told = (await operator.get("/channels/mobile-1/stand-ins")).json()
    assert told["uncovered"] == []
    assert (await operator.get("/channels/nobody/stand-ins")).status_code == 404
    assert (await operator.get("/line")).json() == {"waiting": [], "unknown": []}


async def test_only_a_disabled_channel_is_removed_and_it_is_written_down(browsers: Browsers, db: Database) -> None:
    operator = browsers["operator"]
    refused = await operator.delete("/channels/mobile-1")
    assert (refused.status_code, refused.json()["code"]) == (409, "gateways.channel_enabled")
    async with db.begin() as uow:
        await SendingLine(db).carriers.set_enabled(uow, "mobile-1", is_enabled=False)
    assert (await operator.delete("/channels/mobile-1")).status_code == 204
    assert (await operator.delete("/channels/mobile-1")).status_code == 404
    entry = (await operator.get("/audit")).json()["items"][0]
    assert (entry["action"], entry["subject_id"]) == ("channel.delete", "mobile-1")


async def test_tenants_are_turned_away(browsers: Browsers) -> None:
    stranger = browsers["goose-admin"]
    answers = [
        await stranger.get("/line"),
        await stranger.get("/channels/mobile-1/stand-ins"),
        await stranger.delete("/channels/mobile-1"),
    ]
    assert {answer.status_code for answer in answers} == {403}
