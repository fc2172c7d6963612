"""The stream of what moves: each company's own, bounded however slowly somebody reads, and ended with session and server."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from hongyan.kernel.clock import SystemClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.http import live as streams
from hongyan.kernel.http.client import OutgoingHttp
from hongyan.kernel.http.live import LiveStreams
from hongyan.kernel.ids import RandomIds, TaskId, TenantId
from hongyan.kernel.keys.ring import create_key_ring
from hongyan.rooms.campaigns.contracts import TaskState
from hongyan.rooms.campaigns.service.live import live_tasks
from hongyan.rooms.campaigns.service.views import CampaignViews
from hongyan.rooms.campaigns.store.tasks import update_task
from hongyan.rooms.handsets.service import HandsetsService
from hongyan.rooms.identity.console_api.auth import ConsoleAuth
from hongyan.rooms.identity.console_api.live import live_router
from hongyan.rooms.identity.contracts import Permission, Role, system_actor
from hongyan.rooms.identity.service.people import NewUser
from support.export_house import ExportHouse
from support.identity import PASSWORD, cheap_identity, found_household, identity_app
from support.line import SendingLine
from support.server import serving
from support.sessions import signed_in

_PATIENCE_S = 20
_LIVE = "/live?topic=tasks"
Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class House:
    """Two companies, their tasks, and the stream."""

    db: Database
    line: ExportHouse
    live: LiveStreams
    views: CampaignViews
    url: str
    goose: TenantId
    heron: TenantId

    async def browser(self, name: str) -> httpx.AsyncClient:
        return await signed_in(self.url, name)

    async def change(self, tenant_id: TenantId, task_id: TaskId, **values: object) -> None:
        async with self.db.begin() as uow:
            await update_task(uow, tenant_id, task_id, **values)

    def events(self, tenant_id: TenantId) -> AsyncGenerator[bytes]:
        return self.live.events(tenant_id, {"tasks": tenant_id}, _always)


async def _always() -> bool:
    return True


@pytest.fixture
async def house(db: Database) -> AsyncIterator[House]:
    clock, ring = SystemClock(), create_key_ring()
    identity, line = cheap_identity(clock, db.url), SendingLine(db, clock=clock, ring=ring)
    handsets = HandsetsService(
        clock=clock, ids=RandomIds(), jobs=line.jobs, ring=ring, keys=line.keys, out=OutgoingHttp()
    )
    views = CampaignViews(delivery=line.delivery, identity=identity, handsets=handsets)
    async with db.begin() as uow:
        goose = (await found_household(uow, identity)).tenant.id
        heron = (await found_household(uow, identity, "heron", number=1)).tenant.id
        desk = NewUser("desk", PASSWORD, frozenset({Role.REVIEWER}))
        await identity.people.create_user(uow, system_actor(), None, desk)
    live = LiveStreams(db, [live_tasks(views)], read_s=0.05, beat_s=0.2)
    router = live_router(
        live=live,
        audiences={"tasks": lambda actor: actor.tenant(Permission.CONSOLE_LIST)},
        standing=ConsoleAuth(db, identity, secure=False).standing,
    )
    async with serving(identity_app(db, identity, clock, console_routers=[router])) as url:
        yield House(db, ExportHouse(line, identity, ()), live, views, url, goose, heron)
        # The server would wait for streams that are open.
        live.close()


@asynccontextmanager
async def stream(browser: httpx.AsyncClient) -> AsyncIterator[AsyncIterator[str]]:
    async with browser.stream("GET", _LIVE) as answer:
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        lines = answer.aiter_lines()
        assert await anext(lines) == "retry: 5000"
        yield lines


async def told(lines: AsyncIterator[str]) -> Told:
    """Return the next task that a stream tells."""
    async with asyncio.timeout(_PATIENCE_S):
        async for line in lines:
            if line == "event: tasks":
                found: Told = json.loads((await anext(lines)).removeprefix("data: "))
                return found
    raise AssertionError("the stream has ended")


async def next_task(events: AsyncIterator[bytes]) -> Told:
    async with asyncio.timeout(_PATIENCE_S):
        while True:
            event = await anext(events)
            if event.startswith(b"event: tasks"):
                found: Told = json.loads(event.partition(b"data: ")[2])
                return found


async def test_a_company_hears_of_its_own_tasks_until_they_are_over(house: House) -> None:
    # given a task of each company
    mine, theirs = await house.line.send(house.goose, 3), await house.line.send(house.heron, 2)
    browser = await house.browser("goose-admin")
    async with stream(browser) as lines:
        # then the stream tells the own one, as the list shows it
        first = await told(lines)
        assert (first["task_id"], first["state"], first["states"]) == (mine, "running", {"queued": 3})
        # and the other company's never, also when both change
        await house.change(house.heron, theirs, name="not yours")
        await house.change(house.goose, mine, name="yours")
        second = await told(lines)
        assert (second["task_id"], second["name"]) == (mine, "yours")
        # and when it is over, that is told too
        await house.change(house.goose, mine, state=TaskState.CANCELLED)
        last = await told(lines)
        assert (last["task_id"], last["state"]) == (mine, "cancelled")
    await browser.aclose()


async def test_who_signs_out_hears_no_more(house: House) -> None:
    browser, other = await house.browser("goose-admin"), await house.browser("goose-admin")
    async with stream(browser) as lines:
        other.cookies = browser.cookies
        assert (await other.delete("/session", headers=browser.headers)).status_code == 204
        async with asyncio.timeout(_PATIENCE_S):
            rest = [line async for line in lines]
    assert "event: tasks" not in rest
    assert house.live.pages == 0
    for client in (browser, other):
        await client.aclose()


async def test_who_may_not_gets_no_stream(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async with httpx.AsyncClient(base_url=f"{house.url}/console/api") as stranger:
        assert (await stranger.get(_LIVE)).status_code == 401
    desk, browser = await house.browser("desk"), await house.browser("goose-admin")
    assert (await desk.get(_LIVE)).status_code == 403
    # where too many look already, pages are told to read for themselves
    monkeypatch.setattr(streams, "MAX_TENANT_PAGES", 1)
    async with stream(browser):
        assert (await browser.get(_LIVE)).status_code == 204
    for client in (desk, browser):
        await client.aclose()


async def test_streams_end_when_the_server_is_told_to_stop(house: House) -> None:
    browser = await house.browser("goose-admin")
    async with stream(browser) as lines:
        began = time.monotonic()
        house.live.close()
        async with asyncio.timeout(_PATIENCE_S):
            assert "event: tasks" not in [line async for line in lines]
        assert time.monotonic() - began < 2
    assert (await browser.get(_LIVE)).status_code == 204
    await browser.aclose()


async def test_who_reads_slowly_gets_the_newest_state_alone(house: House) -> None:
    task_id = await house.line.send(house.goose, 1)
    # with a beat so long that nobody is given up for slowness
    live = LiveStreams(house.db, [live_tasks(house.views)], read_s=0.05, beat_s=_PATIENCE_S)
    wanted = {"tasks": house.goose}
    async with (
        aclosing(live.events(house.goose, wanted, _always)) as slow,
        aclosing(live.events(house.goose, wanted, _always)) as quick,
    ):
        assert await next_task(slow) == await next_task(quick)
        # given steps that the quick one saw, each of them
        for name in ("one", "two", "three"):
            await house.change(house.goose, task_id, name=name)
            assert (await next_task(quick))["name"] == name
        # then the slow one hears of the last
        assert (await next_task(slow))["name"] == "three"
    assert live.pages == 0


async def test_one_that_takes_nothing_is_given_up(house: House) -> None:
    await house.line.send(house.goose, 1)
    async with aclosing(house.events(house.goose)) as lost, aclosing(house.events(house.goose)) as quick:
        assert await next_task(lost) == await next_task(quick)
        assert house.live.pages == 2
        async with asyncio.timeout(_PATIENCE_S):
            while house.live.pages == 2:
                await anext(quick)
        assert [event async for event in lost if event.startswith(b"event")] == []


async def test_what_cannot_be_read_ends_the_streams(house: House) -> None:
    nowhere = Database("postgresql:///none?host=/nonexistent")
    live = LiveStreams(nowhere, [live_tasks(house.views)], read_s=0.05, beat_s=5)
    async with asyncio.timeout(_PATIENCE_S):
        events = [event async for event in live.events(house.goose, {"tasks": house.goose}, _always)]
    assert [event.split(b"\n")[1] for event in events] == [b"event: hello"]
    assert live.has_room(house.goose)
    await nowhere.close()
