"""Alarms in the console: who may look, and what is seen; over a real socket."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database
from hongyan.rooms.gateways.console_api.alarms import console_router
from hongyan.rooms.gateways.service.alarms import AlarmsService, Thresholds
from hongyan.rooms.identity.contracts import Permission, Role, system_actor
from hongyan.rooms.identity.service.people import NewUser
from hongyan.run.web import only_with
from support.identity import PASSWORD, cheap_identity, found_household, identity_app, vendor_doors
from support.line import SendingLine
from support.server import serving
from support.sessions import signed_in

Browsers = dict[str, httpx.AsyncClient]


@pytest.fixture
async def browsers(db: Database, tmp_path: Path) -> AsyncIterator[Browsers]:
    clock = FrozenClock(datetime.now(UTC))
    identity, line = cheap_identity(clock, db.url), SendingLine(db, clock=clock)
    async with db.begin() as uow:
        await found_household(uow, identity)
        for name, role in (("operator", Role.PLATFORM_OPERATOR), ("desk", Role.REVIEWER)):
            await identity.people.create_user(uow, system_actor(), None, NewUser(name, PASSWORD, frozenset({role})))
    # given a disk that was full and is not any more, and a channel without any gateway
    await line.add_account(1)
    limits = Thresholds(disk_percent=0, down_s=0)
    for thresholds in (limits, replace(limits, disk_percent=100)):
        alarms = AlarmsService(
            db=db,
            clock=clock,
            carriers=line.carriers,
            delivery=line.delivery,
            folders=[tmp_path],
            thresholds=thresholds,
            host="here",
        )
        await alarms.look()
    may_look = only_with(vendor_doors(db, identity, clock), Permission.CHANNEL_LIST)
    router = console_router(db=db, service=alarms, may_look=may_look)
    async with serving(identity_app(db, identity, clock, console_routers=[router])) as url:
        found = {name: await signed_in(url, name) for name in ("operator", "desk", "goose-admin")}
        yield found
        for browser in found.values():
            await browser.aclose()


async def test_operators_see_what_holds_and_what_is_over(browsers: Browsers) -> None:
    [alarm] = (await browsers["operator"].get("/alarms")).json()["items"]
    assert alarm["severity"] == "critical"
    assert (alarm["kind"], alarm["subject"], alarm["value"]) == ("no_gateway", "gateways", 1)
    assert alarm["cleared_at"] is None
    all_of_them = (await browsers["operator"].get("/alarms", params={"history": True})).json()["items"]
    assert all_of_them[0] == alarm
    assert {(one["kind"], one["cleared_at"] is None) for one in all_of_them[1:]} == {("disk_85", False)}


@pytest.mark.parametrize("name", ["desk", "goose-admin"])
async def test_others_are_turned_away(browsers: Browsers, name: str) -> None:
    assert (await browsers[name].get("/alarms")).status_code == 403
