"""What open pages hear by the one stream: each topic soon after a change, and only those who may."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import delete, insert, update

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import AccountId, TaskId, VideoTemplateId
from hongyan.rooms.callbacks.contracts import AddressKind, Attempt, Document, PostFilter, PostState
from hongyan.rooms.callbacks.store import attempts, posts
from hongyan.rooms.campaigns.contracts import VideoTask, VideoTaskState
from hongyan.rooms.campaigns.service.live import MAX_VIDEO_TASKS
from hongyan.rooms.campaigns.store import video as video_store
from hongyan.rooms.campaigns.tables import video_tasks
from hongyan.rooms.carriers.contracts import Carrier, Flow, Health, HealthState, NewAccount, Protocol
from hongyan.rooms.delivery.contracts import MessageClass, MessageState, Tally
from hongyan.rooms.delivery.store import counters
from hongyan.rooms.delivery.tables import unknowns
from hongyan.rooms.gateways.contracts import AlarmKind, Finding
from hongyan.rooms.gateways.store import alarms as alarm_store
from hongyan.rooms.gateways.store import nodes
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

_SOON_S: Final = 10.0
"""A change is read within 0.2 s here; the rest is for a machine that is busy with other tests."""
_PATIENCE_S: Final = 20.0
CHANNEL: Final = NewAccount(
    name="mobile-1", protocol=Protocol.CMPP30, host="127.0.0.1", port=7890, login="901234", secret="shared",
    src_number="10690001", carrier=Carrier.MOBILE,
)  # fmt: skip


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
        await video_store.insert_task(uow, running)
        waiting = [asdict(video_send(house, VideoTaskState.SCHEDULED)) for _ in range(MAX_VIDEO_TASKS)]
        await uow.execute(
            insert(video_tasks), [{**one, "task_id": one.pop("id"), "state": one["state"].value} for one in waiting]
        )
    browser = await house.browser("goose-admin")
    async with listening(browser, "video-tasks") as ear:
        async with db.begin() as uow:
            await video_store.update_task(uow, tenant_id, running.id, state=VideoTaskState.SENDING_COMPLETE)
        await ear.hear("video-tasks")
    await browser.aclose()


async def test_a_company_hears_of_each_of_its_many_video_sends(house: House) -> None:
    db, tenant_id = house.graph.db, house.goose.tenant.id
    older = [video_send(house, VideoTaskState.PROCESSING, minutes_ago=no) for no in range(120)]
    async with db.begin() as uow:
        for task in older:
            await video_store.insert_task(uow, task)
        first = Tally()
        first.add(tenant_id, older[-1].id, MessageState.QUEUED, 3)
        await counters.fold(uow, 0, first)
    browser = await house.browser("goose-admin")
    async with listening(browser, "video-tasks") as ear:
        # one message of the oldest one leaves
        async with db.begin() as uow:
            moved = Tally()
            moved.move(tenant_id, older[-1].id, MessageState.QUEUED, MessageState.SUBMITTED)
            await counters.fold(uow, 0, moved)
        await ear.hear("video-tasks")
        # and it is stopped
        async with db.begin() as uow:
            await video_store.update_task(uow, tenant_id, older[-1].id, is_cancelled=True)
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


HEALTH = Health(
    account_id=AccountId(1), holder="g", epoch=1, state=HealthState.UP, reason="", detail="", since=datetime.now(UTC),
    at=datetime.now(UTC), links_up=2, links=2, pace_per_s=None, sent_per_s=0.0, in_flight=0, window=16,
    last_report_at=None,
)  # fmt: skip


async def test_operators_hear_of_channels_once_they_are_not_as_they_were(house: House) -> None:
    carriers, db = house.graph.carriers, house.graph.db
    browser = await house.browser("ops")

    async def note(**changes: Any) -> None:
        async with db.begin() as uow:
            await carriers.note_health(uow, replace(HEALTH, **{"at": datetime.now(UTC), **changes}))

    async with listening(browser, "channels") as ear:
        async with db.begin() as uow:
            account = await carriers.add_account(uow, CHANNEL)
        await ear.hear("channels")
        await note(account_id=account.account_id)
        await ear.hear("channels")
        # all is as before: that is no news
        await note(account_id=account.account_id)
        await ear.hears_nothing()
    async with listening(browser, "channels") as ear:
        await note(account_id=account.account_id, state=HealthState.DOWN, reason="no_connection")
        await ear.hear("channels")
        # nobody works on it any more
        await note(account_id=account.account_id, state=HealthState.DOWN, reason="no_connection", at=long_ago(11))
        await ear.hear("channels")
        async with db.begin() as uow:
            await carriers.set_flow(uow, CHANNEL.name, Flow.PAUSED)
        await ear.hear("channels")
    await browser.aclose()


def long_ago(seconds: int) -> datetime:
    return datetime.now(UTC) - timedelta(seconds=seconds)


async def test_operators_hear_of_gateways_that_come_and_go(house: House) -> None:
    db = house.graph.db
    browser = await house.browser("ops")

    async def beat(*unable: int) -> None:
        async with db.begin() as uow:
            await nodes.beat(uow, "gateway-1/a", "gateway-1", unable, dead_after_s=60)

    async with listening(browser, "gateways") as ear:
        await beat()
        await ear.hear("gateways")
        await beat(7)
        await ear.hear("gateways")
        async with db.begin() as uow:
            await nodes.forget(uow, "gateway-1/a")
        await ear.hear("gateways")
        await beat()
        await ear.hear("gateways")
    async with listening(browser, "gateways") as ear:
        await beat()
        await ear.hears_nothing()
    await browser.aclose()


async def test_operators_hear_of_unknown_messages(house: House) -> None:
    db = house.graph.db
    browser = await house.browser("ops")
    row = {
        "tenant_id": house.goose.tenant.id, "task_id": str(uuid4()), "account_id": 1, "line_number": b"", "parts": 2,
        "missing": b"\x01\x02", "reason": "no_answer", "since": long_ago(60),
    }  # fmt: skip
    async with listening(browser, "unknowns") as ear:
        async with db.begin() as uow:
            await uow.execute(insert(unknowns), [{**row, "message_id": number} for number in (257, 258)])
        await ear.hear("unknowns")
        # one part was answered for, then one message
        async with db.begin() as uow:
            await uow.execute(update(unknowns).where(unknowns.c.message_id == 257).values(missing=b"\x01"))
        await ear.hear("unknowns")
        async with db.begin() as uow:
            await uow.execute(delete(unknowns).where(unknowns.c.message_id == 258))
        await ear.hear("unknowns")
        async with db.begin() as uow:
            await house.graph.delivery.unknowns.set_policy(uow, MessageClass.CODE, may_resend=True, by="ops")
        await ear.hear("unknowns")
    await browser.aclose()


async def test_a_company_hears_of_its_own_posts(house: House) -> None:
    db, desk, tenant_id = house.graph.db, house.graph.callbacks.desk, house.goose.tenant.id
    browser, other = await house.browser("goose-admin"), await house.browser("heron-admin")
    async with listening(browser, "callbacks") as ear, listening(other, "callbacks") as theirs:
        async with db.begin() as uow:
            kind, url = AddressKind.AIM_SINGLE, "https://example.com/hook"
            address_id = (await desk.register(uow, house.goose.actor, kind, url)).address_id
        await ear.hear("callbacks")
        request_id = str(uuid4())
        async with db.begin() as uow:
            new = posts.NewPost(request_id, Document.SMS, 1, (), b"sealed")
            post_id = (await posts.insert_posts(uow, tenant_id, address_id, [new], datetime.now(UTC)))[request_id]
        await ear.hear("callbacks")
        # a sender takes it, and it was tried and came through
        async with db.begin() as uow:
            await posts.claim(uow, {}, now=datetime.now(UTC), lease=datetime.now(UTC) + timedelta(minutes=1), limit=5)
        await ear.hear("callbacks")
        async with db.begin() as uow:
            tried = Attempt(datetime.now(UTC), request_id, "sms", 1, 1, 5, 200, None, "ok")
            await attempts.insert_attempts(uow, [(address_id, tried)])
        await ear.hear("callbacks")
        async with db.begin() as uow:
            now = datetime.now(UTC)
            await posts.settle(uow, [posts.Settled(post_id, 1, PostState.DELIVERED, None, now, 200, None)])
        await ear.hear("callbacks")
        # somebody sends it again
        async with db.begin() as uow:
            assert await desk.replay(uow, house.goose.actor, address_id, PostFilter(post_ids=(post_id,))) == 1
        await ear.hear("callbacks")
        await theirs.hears_nothing()
    for client in (browser, other):
        await client.aclose()


@pytest.mark.parametrize(
    ("name", "topics"),
    [
        ("goose-admin", {"tasks", "video-tasks", "exports", "callbacks"}),
        ("desk", {"reviews"}),
        ("ops", {"reviews", "alarms", "channels", "gateways", "unknowns"}),
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
