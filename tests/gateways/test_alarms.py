"""Every kind of alarm is raised by the real thing and cleared when that is over."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hongyan.kernel.db.database import Database
from hongyan.kernel.metrics import Metrics
from hongyan.rooms.carriers.contracts import Flow
from hongyan.rooms.delivery.contracts import MessageClass, MessageState
from hongyan.rooms.gateways.contracts import Alarm, AlarmKind, AlarmSort, Finding
from hongyan.rooms.gateways.service.alarms import AlarmsService, Thresholds
from hongyan.rooms.gateways.service.health import Limits
from hongyan.rooms.gateways.store import alarms as store
from simulators.carriers.profiles import Profile
from simulators.carriers.simulator import CarrierSimulator
from support.line import SendingLine, chunk_of, phone, until

S = MessageState
QUICK = Thresholds(look_s=0.1, down_s=1.0, backlog_s=1.0, code_backlog_s=0.5)


class Watch:
    """A worker's watch over the line, and what it sees."""

    def __init__(self, line: SendingLine, folder: Path, thresholds: Thresholds = QUICK) -> None:
        self._line = line
        self.metrics = Metrics("worker")
        self.service = AlarmsService(
            db=line.db,
            clock=line.clock,
            carriers=line.carriers,
            delivery=line.delivery,
            folders=[folder],
            thresholds=thresholds,
            host="here",
        )

    async def list(self, *, with_cleared: bool = False) -> list[Alarm]:
        async with self._line.db.begin() as uow:
            return await self.service.list_alarms(uow, with_cleared=with_cleared)

    async def kinds(self) -> set[tuple[AlarmKind, str]]:
        return {(alarm.kind, alarm.subject) for alarm in await self.list()}

    async def until(self, *wanted: tuple[AlarmKind, str]) -> None:
        """Wait until exactly these hold."""
        await until(self.kinds, lambda kinds: kinds == set(wanted), timeout_s=25)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        stop = asyncio.Event()
        task = asyncio.create_task(self.service.watch(self.metrics, stop))
        try:
            yield
        finally:
            stop.set()
            await task


@pytest.fixture
async def line(db: Database) -> SendingLine:
    line = SendingLine(db)
    await line.prepare()
    return line


async def test_a_channel_that_is_down_and_no_gateway_at_all(line: SendingLine, tmp_path: Path) -> None:
    down, alone = (AlarmKind.CHANNEL_DOWN, "carrier-1"), (AlarmKind.NO_GATEWAY, "gateways")
    watch = Watch(line, tmp_path)
    async with CarrierSimulator("happy") as carrier:
        port = carrier.port
    await line.add_account(port)
    async with watch.running():
        # given a channel and no gateway process
        await watch.until(alone)
        # when one comes, its carrier does not answer
        async with line.running():
            await until(watch.list, lambda alarms: any(a.detail.startswith("no_connection: ") for a in alarms))
            await watch.until(down)
            assert b'hongyan_alarm{kind="channel_down",subject="carrier-1"} 1.0' in watch.metrics.render()
            # then it answers
            async with CarrierSimulator("happy", port=port):
                await watch.until()
    history = await watch.list(with_cleared=True)
    assert {(a.kind, a.subject) for a in history if a.cleared_at} >= {down, alone}
    assert b"subject=" not in watch.metrics.render()


async def test_codes_that_wait_too_long(line: SendingLine, tmp_path: Path) -> None:
    watch = Watch(line, tmp_path, replace(QUICK, backlog_s=3600))
    async with CarrierSimulator("happy", report_after_s=0.1, fail_percent=0) as carrier:
        await line.add_account(carrier.port, rate_per_s=2)
        async with line.running(), watch.running():
            await line.plan(chunk_of([phone(n) for n in range(6)], klass=MessageClass.CODE))
            await watch.until((AlarmKind.BACKLOG_AGE, "carrier-1"))
            # a paused channel waits because somebody said so
            async with line.db.begin() as uow:
                await line.carriers.set_flow(uow, "carrier-1", Flow.PAUSED)
            await watch.until()
            async with line.db.begin() as uow:
                await line.carriers.set_flow(uow, "carrier-1", Flow.RUNNING)
            await watch.until((AlarmKind.BACKLOG_AGE, "carrier-1"))
            await until(line.counts, lambda counts: counts == {S.DELIVERED: 6})
            await watch.until()


async def test_unknown_messages(line: SendingLine, tmp_path: Path) -> None:
    watch = Watch(line, tmp_path)
    async with CarrierSimulator(Profile("mute", lost_answer_percent=100.0)) as carrier:
        await line.add_account(carrier.port, response_timeout_s=1)
        async with line.running(), watch.running():
            await line.plan(chunk_of([phone(1)]))
            await watch.until((AlarmKind.UNKNOWN_MESSAGES, "carrier-1"))
            [alarm] = await watch.list()
            assert alarm.value == 1
            async with line.db.begin() as uow:
                await uow.fetch("UPDATE delivery_unknowns SET since = since - %s", (timedelta(hours=73),))
                await line.delivery.end_unknowns(uow)
            await watch.until()


async def test_a_carrier_that_sends_no_reports(db: Database, tmp_path: Path) -> None:
    line = SendingLine(db, limits=Limits(silence_s=1.0, silence_parts=5))
    await line.prepare()
    watch = Watch(line, tmp_path)
    async with CarrierSimulator("happy", report_after_s=8.0, fail_percent=0) as carrier:
        await line.add_account(carrier.port)
        async with line.running(), watch.running():
            await line.plan(chunk_of([phone(n) for n in range(5)]))
            await watch.until((AlarmKind.REPORT_SILENCE, "carrier-1"))
            [alarm] = await watch.list()
            assert alarm.detail.startswith("5 parts accepted and no report for ")
            await until(line.counts, lambda counts: counts == {S.DELIVERED: 5})
            await watch.until()


async def test_a_full_disk(line: SendingLine, tmp_path: Path) -> None:
    # given a limit just under what is used, every disk is full
    watch = Watch(line, tmp_path, replace(QUICK, disk_percent=0.0))
    await watch.service.look()
    subjects = {subject for kind, subject in await watch.kinds() if kind is AlarmKind.DISK_85}
    assert any(subject.startswith("here:") for subject in subjects)
    # when there is room again, as another look of the same host finds
    await Watch(line, tmp_path, replace(QUICK, disk_percent=100.0)).service.look()
    assert {kind for kind, _ in await watch.kinds()} == set()


async def test_only_one_process_judges_the_line(line: SendingLine, tmp_path: Path) -> None:
    await line.add_account(1)
    watches = [Watch(line, tmp_path, replace(QUICK, down_s=0)) for _ in range(3)]
    await asyncio.gather(*(watch.service.look() for watch in watches for _ in range(3)))
    [alarm] = await watches[0].list(with_cleared=True)
    assert (alarm.kind, alarm.cleared_at) == (AlarmKind.NO_GATEWAY, None)


async def test_a_page_of_alarms_is_of_kinds_and_in_an_order(db: Database) -> None:
    early = datetime(2026, 11, 23, 8, tzinfo=UTC)
    late = early + timedelta(hours=1)
    async with db.begin() as uow:
        await store.hold(uow, [Finding(AlarmKind.DISK_85, "here /", 91.0, "full")], early)
        await store.clear(uow, [AlarmKind.DISK_85], late, unseen_since=late)
        await store.hold(uow, [Finding(AlarmKind.CHANNEL_DOWN, "one", 70.0, "")], early)
        await store.hold(uow, [Finding(AlarmKind.BACKLOG_AGE, "two", 80.0, "")], late)

    async def page(
        *kinds: AlarmKind, sort: AlarmSort | None = None, history: bool = True, offset: int = 0
    ) -> tuple[list[str], int]:
        async with db.begin() as uow:
            found = await store.page_alarms(uow, kinds, sort, with_cleared=history, offset=offset, limit=2)
        return [alarm.subject for alarm in found.items], found.total

    # those that hold come first, the latest of them at the top
    assert await page() == (["two", "one"], 3)
    assert await page(offset=2) == (["here /"], 3)
    assert await page(history=False, sort="since") == (["one", "two"], 2)
    assert await page(sort="-value") == (["here /", "two"], 3)
    assert await page(sort="-cleared_at") == (["here /", "two"], 3)
    assert await page(AlarmKind.DISK_85, AlarmKind.BACKLOG_AGE, sort="value") == (["two", "here /"], 2)
