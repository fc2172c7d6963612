"""Taps on home pages and menus: counted once, by hour and item, whoever tells of them and however often."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from hongyan.rooms.handsets.contracts import IntakeCounts, Vendor
from hongyan.rooms.service_accounts.contracts.taps import Tap, TapCounts, TapFilter, TapTarget

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
ALL = TapFilter(BEGIN, BEGIN + timedelta(days=60), "Asia/Shanghai")
HOME = (TapTarget.HOME, ())
MENU = (TapTarget.MENU, ("客服",))


def taps(goose: Any, pub_id: str, *what: tuple[TapTarget, tuple[str, ...]], first: int = 1) -> list[Tap]:
    return [
        Tap(f"event-{first + number:04d}", pub_id, target, item, goose.clock.now())
        for number, (target, item) in enumerate(what)
    ]


async def record(goose: Any, said: list[Tap], vendor: Vendor = Vendor.HUAWEI) -> IntakeCounts:
    async with goose.db.begin() as uow:
        counts: IntakeCounts = await goose.service.taps.record(uow, vendor, said)
    return counts


async def days(goose: Any, actor: Any, wanted: TapFilter = ALL) -> list[tuple[str, TapCounts]]:
    async with goose.db.begin() as uow:
        series = await goose.service.taps.sum_days(uow, actor.tenant(), wanted)
    return [(day.isoformat(), counts) for day, counts in series]


async def test_taps_are_counted_once_and_only_on_what_there_is(goose: Any) -> None:
    async with goose.db.begin() as uow:
        pub = await goose.live(uow, "鸿雁会员")
        waiting = await goose.create(uow, "还在审核", goose.rival)
    said = taps(goose, pub.pub_id, HOME, HOME, MENU, (TapTarget.MENU, ("别的",)), (TapTarget.TEL, ("110",)))
    said += taps(goose, waiting.pub_id, HOME, first=90) + taps(goose, "f" * 32, HOME, first=91)
    assert await record(goose, [*said, said[0]]) == IntakeCounts(3, 1, 4)
    # said again, they change nothing; the same ids of another vendor are other taps
    assert await record(goose, said) == IntakeCounts(0, 3, 4)
    assert await record(goose, said[:1], Vendor.VIVO) == IntakeCounts(1, 0, 0)
    assert await days(goose, goose.actor) == [("2026-11-23", TapCounts(home=3, menu=1))]
    assert await days(goose, goose.rival) == []


async def test_two_calls_at_once_count_each_tap_once(goose: Any) -> None:
    async with goose.db.begin() as uow:
        first, second = [await goose.live(uow, name) for name in ("鸿雁会员", "鸿雁服务")]
    said = [*taps(goose, first.pub_id, HOME, MENU, HOME), *taps(goose, second.pub_id, HOME, MENU, HOME, first=10)]
    halves = await asyncio.gather(*(record(goose, list(reversed(said)) if number % 2 else said) for number in range(4)))
    assert sum(counts.accepted for counts in halves) == 6
    assert await days(goose, goose.actor) == [("2026-11-23", TapCounts(home=4, menu=2))]


async def test_days_and_months_are_those_of_a_zone(goose: Any) -> None:
    async with goose.db.begin() as uow:
        pub = await goose.live(uow, "鸿雁会员")
    # 10:00 in Shanghai on the 23rd, then 01:00 on the 1st of December, when it is still November elsewhere
    await record(goose, taps(goose, pub.pub_id, HOME))
    goose.clock.advance(timedelta(days=7, hours=15))
    await record(goose, taps(goose, pub.pub_id, MENU, MENU, first=20))
    assert await days(goose, goose.actor) == [
        ("2026-11-23", TapCounts(home=1)),
        ("2026-12-01", TapCounts(menu=2)),
    ]
    utc = TapFilter(ALL.begin, ALL.end, "UTC", by_month=True)
    assert await days(goose, goose.actor, utc) == [("2026-11-01", TapCounts(home=1, menu=2))]
    async with goose.db.begin() as uow:
        page = await goose.service.taps.list_items(uow, goose.actor.tenant(), ALL, offset=0, limit=1)
    (row,) = page.items
    assert (page.total, row.day.isoformat(), row.pub_name, row.target, row.item, row.times) == (
        2,
        "2026-12-01",
        "鸿雁会员",
        TapTarget.MENU,
        "客服",
        2,
    )
    # a tap that is told days later counts nowhere, and ids are forgotten when no repeat can come any more
    late = [Tap("event-late", pub.pub_id, TapTarget.HOME, (), goose.clock.now() - timedelta(days=3))]
    assert await record(goose, late) == IntakeCounts(0, 0, 1)
    async with goose.db.begin() as uow:
        assert await goose.service.taps.forget_ids(uow) == 1
        assert await goose.service.taps.forget_ids(uow) == 0
