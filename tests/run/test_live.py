"""What open pages hear by the one stream: each topic within two seconds of a change, and only those who may."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

import httpx
import pytest

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import TaskId, VideoTemplateId
from hongyan.rooms.campaigns.contracts import VideoTask, VideoTaskState
from hongyan.rooms.campaigns.service.live import MAX_TASKS
from hongyan.rooms.campaigns.store import video as video_store
from hongyan.rooms.gateways.contracts import AlarmKind, Finding
from hongyan.rooms.gateways.store import alarms as alarm_store
from hongyan.rooms.identity.contracts import Role, system_actor
from hongyan.rooms.identity.service.people import NewUser
from hongyan.rooms.reports.contracts import NewExport
from hongyan.rooms.reviews.contracts import DueKind, Submission
from hongyan.run.graph import Graph
from hongyan.run.live import AUDIENCES, live_streams
from hongyan.run.web import build_app
from support.callbacks_house import bare_graph
from support.identity import PASSWORD, Household, found_household
from support.office import REVIEWER
from support.server import serving
from support.sessions import signed_in

_SOON_S: Final = 2.0
_PATIENCE_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class House:
    """The installation with a company, another one, and the platform's people."""

    graph: Graph
    url: str
    goose: Household
    heron: Household

    async def browser(self, name: str) -> httpx.AsyncClient:
        return await signed_in(self.url, name)


@pytest.fixture
async def house(db: Database, tmp_path: Path) -> AsyncIterator[House]:
    graph = bare_graph(db, tmp_path)
    async with db.begin() as uow:
        goose = await found_household(uow, graph.identity)
        heron = await found_household(uow, graph.identity, "heron", number=1)
        for name, role in (("desk", Role.REVIEWER), ("ops", Role.PLATFORM_OPERATOR)):
            await graph.identity.people.create_user(
                uow, system_actor(), None, NewUser(name, PASSWORD, frozenset({role}))
            )
    live = live_streams(graph, read_s=0.2)
    async with serving(build_app(graph, live)) as url:
        yield House(graph, url, goose, heron)
        live.close()
    await graph.db.close()


class Ear:
    """One open stream."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def hear(self, *topics: str, within_s: float = _SOON_S) -> None:
        """Wait until each was heard, in any order: every topic has its own reader."""
        left = {f"event: {topic}" for topic in topics}
        async with asyncio.timeout(within_s):
            while left:
                left.discard(await anext(self._lines))

    async def hears_nothing(self, for_s: float = 0.8) -> None:
        heard: list[str] = []
        try:
            async with asyncio.timeout(for_s):
                heard.extend([line async for line in self._lines if line.startswith("event: ")])
        except TimeoutError:
            return
        raise AssertionError(heard)


@asynccontextmanager
async def listening(browser: httpx.AsyncClient, *topics: str) -> AsyncIterator[Ear]:
    async with browser.stream("GET", "/live", params={"topic": list(topics)}) as answer:
        assert answer.status_code == 200
        ear = Ear(answer.aiter_lines())
        # and how things are when the page opens, where there is something
        await ear.hear("hello", *(topic for topic in topics if topic != "tasks"), within_s=_PATIENCE_S)
        yield ear


async def test_the_desk_hears_of_what_comes_is_claimed_and_is_decided(house: House) -> None:
    reviews, db = house.graph.reviews, house.graph.db
    browser = await house.browser("desk")
    async with listening(browser, "reviews") as ear:
        submission = Submission("sms.signature", "s-1", house.goose.tenant.id, "鸿雁", {}, DueKind.WORKING_HOURS_2)
        async with db.begin() as uow:
            review = await reviews.submit(uow, submission, submitted_by="goose-admin")
        await ear.hear("reviews")
        async with db.begin() as uow:
            await reviews.claim(uow, REVIEWER, review.review_id)
        await ear.hear("reviews")
        async with db.begin() as uow:
            await reviews.reject(uow, REVIEWER, review.review_id, "看不清")
        await ear.hear("reviews")
    await browser.aclose()


async def test_a_company_hears_of_its_own_exports(house: House) -> None:
    exports, db = house.graph.exports, house.graph.db
    browser, other = await house.browser("goose-admin"), await house.browser("heron-admin")
    async with listening(browser, "exports") as ear, listening(other, "exports") as theirs:
        async with db.begin() as uow:
            export = await exports.create(uow, house.goose.actor, NewExport("send_tasks", {}, False, "zh-CN"))
        await ear.hear("exports")
        await exports.write(house.goose.tenant.id, export.id)
        await ear.hear("exports")
        await theirs.hears_nothing()
    for client in (browser, other):
        await client.aclose()


def video_send(house: House, state: VideoTaskState, minutes_ago: int = 0) -> VideoTask:
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    return VideoTask(
        id=TaskId(str(uuid4())), tenant_id=house.goose.tenant.id, name="v", state=state,
        tpl_id=VideoTemplateId("123456789"), tpl_name="t", hours=24, exdata="", total=3, resent=0,
        created_by="x", created_at=at, send_at=at,
    )  # fmt: skip


async def test_a_company_hears_of_its_own_video_sends(house: House) -> None:
    db, tenant_id = house.graph.db, house.goose.tenant.id
    task = video_send(house, VideoTaskState.PROCESSING)
    browser = await house.browser("goose-admin")
    async with listening(browser, "video-tasks") as ear:
        async with db.begin() as uow:
            await video_store.insert_task(uow, task)
        await ear.hear("video-tasks")
        async with db.begin() as uow:
            await video_store.update_task(uow, tenant_id, task.id, state=VideoTaskState.SENDING_COMPLETE)
        await ear.hear("video-tasks")
    await browser.aclose()


async def test_a_company_hears_of_video_sends_that_end_at_once(house: House) -> None:
    db, tenant_id = house.graph.db, house.goose.tenant.id
    task = video_send(house, VideoTaskState.SUBMIT_FAILED)
    browser = await house.browser("goose-admin")
    async with listening(browser, "video-tasks") as ear:
        async with db.begin() as uow:
            await video_store.insert_task(uow, task)
        await ear.hear("video-tasks")
        # also when that is what became of sending once more
        async with db.begin() as uow:
            await video_store.update_task(uow, tenant_id, task.id, state=VideoTaskState.RE_SUBMIT_FAILED, resent=3)
        await ear.hear("video-tasks")
    await browser.aclose()


async def test_what_waits_for_its_time_hides_no_video_send_that_runs(house: House) -> None:
    db, tenant_id = house.graph.db, house.goose.tenant.id
    running = video_send(house, VideoTaskState.PROCESSING, minutes_ago=5)
    async with db.begin() as uow:
        for task in (running, *(video_send(house, VideoTaskState.SCHEDULED) for _ in range(MAX_TASKS))):
            await video_store.insert_task(uow, task)
    browser = await house.browser("goose-admin")
    async with listening(browser, "video-tasks") as ear:
        async with db.begin() as uow:
            await video_store.update_task(uow, tenant_id, running.id, state=VideoTaskState.SENDING_COMPLETE)
        await ear.hear("video-tasks")
    await browser.aclose()


async def test_operators_hear_of_alarms(house: House) -> None:
    db = house.graph.db
    browser = await house.browser("ops")
    # one stream for a page that follows two things
    async with listening(browser, "reviews", "alarms") as ear:
        async with db.begin() as uow:
            found = Finding(AlarmKind.CHANNEL_DOWN, "carrier-1", 40.0, "no_connection")
            await alarm_store.hold(uow, [found], datetime.now(UTC))
        await ear.hear("alarms")
        async with db.begin() as uow:
            await alarm_store.clear_subjects(uow, AlarmKind.CHANNEL_DOWN, ["carrier-1"], datetime.now(UTC))
        await ear.hear("alarms")
    await browser.aclose()


@pytest.mark.parametrize(
    ("name", "topics"),
    [
        ("goose-admin", {"tasks", "video-tasks", "exports"}),
        ("desk", {"reviews"}),
        ("ops", {"reviews", "alarms"}),
    ],
)
async def test_nobody_hears_what_he_may_not_see(house: House, name: str, topics: set[str]) -> None:
    browser = await house.browser(name)
    for topic in AUDIENCES.keys() - topics:
        assert (await browser.get("/live", params={"topic": topic})).status_code == 403, topic
    for topic in topics:
        async with listening(browser, topic):
            pass
    answer = await browser.get("/live", params={"topic": "weather"})
    assert (answer.status_code, answer.json()["field"]) == (400, "topic")
    assert (await browser.get("/live")).status_code == 400
    await browser.aclose()
