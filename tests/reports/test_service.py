"""Sums of days: from real tasks, a real ledger and real counts of handsets, in one transaction that is rolled back."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.http.client import OutgoingHttp
from hongyan.kernel.ids import (
    CardTemplateId,
    RandomIds,
    SignatureId,
    SmsAppId,
    SmsTemplateId,
    TaskId,
    TenantId,
)
from hongyan.rooms.campaigns.contracts import Content, Fallback, ParseCounts, Task, TaskState
from hongyan.rooms.campaigns.service.sums import CampaignSums
from hongyan.rooms.campaigns.store.tasks import insert_task
from hongyan.rooms.delivery.contracts import MessageState
from hongyan.rooms.handsets.contracts import Vendor
from hongyan.rooms.handsets.service import HandsetsService
from hongyan.rooms.handsets.store import add_hours
from hongyan.rooms.reports.contracts import CardFilter, CardRow, CardSplit, ReportType, SendFilter, SendRow
from hongyan.rooms.reports.service.door import ReportsService
from support.identity import cheap_identity, found_household
from support.ledger import Ledger
from support.line import chunk_of, phone

CARDS = (CardTemplateId("600000001"), CardTemplateId("600000002"))


class World:
    """A tenant in Shanghai, its ledger and its reports; it is 10:00 on 2026-11-22 there."""

    def __init__(self, uow: Uow, url: str) -> None:
        self.uow = uow
        self.ledger = Ledger(uow, url)
        self.clock = self.ledger.clock
        line = self.ledger.line
        self.identity = cheap_identity(self.clock, url)
        self.handsets = HandsetsService(
            clock=self.clock, ids=RandomIds(), jobs=line.jobs, ring=line.ring, keys=line.keys, out=OutgoingHttp()
        )
        self.reports = ReportsService(
            clock=self.clock,
            campaigns=CampaignSums(delivery=self.ledger.door),
            handsets=self.handsets,
            identity=self.identity,
        )
        self.tenant = TenantId("")

    async def send(
        self,
        people: Sequence[int],
        *,
        card: CardTemplateId | None = CARDS[0],
        source: str = "api",
        is_trial: bool = False,
        is_delivered: bool = True,
        name: str = "",
    ) -> TaskId:
        """Send a task of the ledger's now; one more number was handed in than is sent to."""
        task_id, now = TaskId(str(uuid.uuid4())), self.clock.now()
        content = Content(
            SmsAppId("app-1"), "app", SignatureId("sig"), "鸿雁", "NOTIFY", "1069", SmsTemplateId("15010661"), "您好${1}",
            1, (), False, card, name or f"card {card}", (), (),
        )  # fmt: skip
        task = Task(
            id=task_id, tenant_id=self.tenant, name="t", state=TaskState.RUNNING, reason=None, source=source,
            content=content, fallback=Fallback.SMS, validity_days=7, jump_url=None, domain="s.example.cn",
            is_trial=is_trial, number_file_id=None, send_at=None, start_when_ready=True,
            counts=ParseCounts(rows=len(people) + 1, capable=len(people)), next_chunk=1, chunks=1, created_by="x",
            created_at=now - timedelta(days=2), started_at=now, finished_at=None,
        )  # fmt: skip
        await insert_task(self.uow, task)
        chunk = chunk_of([phone(n) for n in people], task_id=task_id, tenant_id=self.tenant, now=now)
        await self.ledger.plan(chunk)
        spans = await self.ledger.claim()
        await self.ledger.accept(spans)
        if is_delivered:
            await self.ledger.report(spans, MessageState.DELIVERED)
        return task_id

    async def do(self, at: datetime, task_id: TaskId, card: CardTemplateId, vendor: Vendor, **counts: int) -> None:
        hour = at.replace(minute=0, second=0, microsecond=0)
        await add_hours(self.uow, {(self.tenant, hour, task_id, card, vendor): Counter(counts)})

    async def sends(self, wanted: SendFilter | None = None, days: float | None = None) -> list[SendRow]:
        now = self.clock.now()
        span = (None, None) if days is None else (now - timedelta(days=days), now)
        page = await self.reports.list_sends(self.uow, self.tenant, wanted or SendFilter(), span, offset=0, limit=100)
        assert page.total == len(page.items)
        return list(page.items)

    async def cards(self, days: float = 1, vendors: frozenset[Vendor] | None = None) -> list[CardRow]:
        now = self.clock.now()
        span = (now - timedelta(days=days), now)
        page = await self.reports.list_cards(self.uow, self.tenant, CARDS, span, vendors=vendors, offset=0, limit=100)
        return list(page.items)


@pytest.fixture
async def world(uow: Uow, shared_db_url: str) -> World:
    made = World(uow, shared_db_url)
    made.tenant = (await found_household(uow, made.identity)).tenant.id
    return made


async def test_a_day_holds_the_tasks_that_began_on_it_in_the_tenants_zone(world: World) -> None:
    await world.send(range(3))
    await world.send(range(2), source="hongyan", is_delivered=False)
    world.clock.advance(timedelta(hours=13, minutes=59))  # 23:59 in Shanghai
    await world.send(range(1), card=CARDS[1])
    world.clock.advance(timedelta(minutes=2))  # the next day there, the same in UTC
    await world.send(range(4))
    first, second = date(2026, 11, 22), date(2026, 11, 23)
    assert await world.sends() == [
        SendRow(second, CARDS[0], "card 600000001", 5, 0, 4, 4, 0),
        SendRow(first, CARDS[0], "card 600000001", 7, 2, 5, 3, 0),
        SendRow(first, CARDS[1], "card 600000002", 2, 0, 1, 1, 0),
    ]
    assert [row.day for row in await world.sends(days=0)] == [second]
    assert [row.tpl_id for row in await world.sends(SendFilter(tpl_id=CARDS[1]))] == [CARDS[1]]
    assert [row.tpl_id for row in await world.sends(SendFilter(tpl_name="2"))] == [CARDS[1]]


async def test_trials_and_plain_sms_are_left_out(world: World) -> None:
    trial = await world.send(range(3), is_trial=True)
    await world.send(range(2), card=None)
    await world.do(world.clock.now(), trial, CARDS[0], Vendor.OPPO, resolved=1, exposed_people=1, exposed_times=1)
    assert (await world.sends(), await world.cards()) == ([], [])


async def test_months_are_sums_of_days(world: World) -> None:
    await world.send(range(3), name="old name")
    world.clock.advance(timedelta(days=1))
    await world.send(range(2), name="zoo name")
    world.clock.advance(timedelta(days=8))  # the first of December
    await world.send(range(1))
    monthly = SendFilter(report_type=ReportType.MONTHLY)
    assert [(row.day, row.submitted, row.sent) for row in await world.sends(monthly)] == [
        (date(2026, 12, 1), 2, 1),
        (date(2026, 11, 1), 7, 5),
    ]
    assert [row.day for row in await world.sends(monthly, days=0)] == [date(2026, 12, 1)]
    assert len(await world.sends(monthly, days=2)) == 2


async def test_cards_are_summed_by_template_over_vendors_and_days(world: World) -> None:
    task, now = await world.send(range(3)), world.clock.now()
    counts = {"resolved": 1, "exposed_people": 1, "exposed_times": 3, "clicked_people": 1, "clicked_times": 2}
    await world.do(now, task, CARDS[0], Vendor.HUAWEI, **counts)
    await world.do(now, task, CARDS[0], Vendor.OPPO, **counts)
    await world.do(now - timedelta(days=1), task, CARDS[0], Vendor.OPPO, resolved=5)
    await world.do(now - timedelta(days=2), task, CARDS[1], Vendor.VIVO, clicked_times=9)
    assert await world.cards() == [CardRow(CARDS[0], 7, 2, 6, 2, 4)]
    assert await world.cards(days=0) == [CardRow(CARDS[0], 2, 2, 6, 2, 4)]
    assert await world.cards(vendors=frozenset({Vendor.HUAWEI, Vendor.VIVO})) == [CardRow(CARDS[0], 1, 1, 3, 1, 2)]
    assert await world.cards(days=3) == [CardRow(CARDS[0], 7, 2, 6, 2, 4), CardRow(CARDS[1], 0, 0, 0, 0, 9)]
    assert await world.cards(days=90.01) == []


async def test_rows_are_listed_by_what_is_asked_for(world: World) -> None:
    task = await world.send(range(1))
    await world.send(range(5), card=CARDS[1])
    world.clock.advance(timedelta(days=1))
    await world.send(range(3))
    now = world.clock.now()
    await world.do(now, task, CARDS[0], Vendor.OPPO, resolved=2, clicked_times=1)
    await world.do(now - timedelta(days=1), task, CARDS[1], Vendor.OPPO, resolved=1, clicked_times=4)
    assert [row.sent for row in await world.sends(SendFilter(sort="sent"))] == [1, 3, 5]
    assert [row.sent for row in await world.sends(SendFilter(sort="-delivered"))] == [5, 3, 1]
    assert [row.day.day for row in await world.sends(SendFilter(sort="day"))] == [22, 22, 23]
    wanted = CardFilter(None, date(2026, 11, 22), date(2026, 11, 23))
    split = (CardSplit.TEMPLATE,)
    for sort, expected in (("-resolved", [CARDS[0], CARDS[1]]), ("-clicked_times", [CARDS[1], CARDS[0]])):
        asked = replace(wanted, sort=sort)
        page = await world.reports.report_cards(world.uow, world.tenant, asked, split, offset=0, limit=10)
        assert [row.tpl_id for row in page.items] == expected
    # and a chart has their days
    chart = await world.reports.chart_cards(world.uow, world.tenant, wanted)
    assert [(row.day, row.resolved, row.clicked_times) for row in chart] == [
        (date(2026, 11, 22), 1, 4),
        (date(2026, 11, 23), 2, 1),
    ]
    only = replace(wanted, tpl_ids=(CARDS[0],))
    assert [row.resolved for row in await world.reports.chart_cards(world.uow, world.tenant, only)] == [2]


async def test_a_day_follows_what_becomes_of_its_messages(world: World) -> None:
    task_id = await world.send(range(2), is_delivered=False)
    assert [(row.sent, row.delivered) for row in await world.sends()] == [(2, 0)]
    world.clock.advance(timedelta(hours=73))
    await world.ledger.door.end_silent(world.uow, world.tenant, task_id)
    rows = await world.sends()
    assert [(row.day, row.sent, row.delivered) for row in rows] == [(date(2026, 11, 22), 2, 0)]
    world.clock.advance(timedelta(seconds=2))
    assert await world.sends() == rows


async def test_the_job_sums_what_is_due_for_every_tenant_and_then_rests(db: Database) -> None:
    async with db.begin() as own:
        there = World(own, db.url)
        there.tenant = (await found_household(own, there.identity)).tenant.id
        await there.send(range(3))
        late = there.clock.now() - timedelta(days=13)
        await there.do(late, TaskId(str(uuid.uuid4())), CARDS[0], Vendor.OPPO, resolved=1)
    assert await there.reports.sum_due(db) == 12
    assert await there.reports.sum_due(db) == 0
    there.clock.advance(timedelta(minutes=6))
    assert await there.reports.sum_due(db) == 2
    there.clock.advance(timedelta(hours=1))
    assert await there.reports.sum_due(db) == 12
