"""智能信息基础版报表: real tasks and a real ledger, by day, month and template, over a real socket."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from hongyan.kernel.db.database import Database
from hongyan.rooms.campaigns.contracts import VideoTask, VideoTaskState
from hongyan.rooms.campaigns.service.video_sums import VideoSums
from hongyan.rooms.campaigns.store.video import update_task
from hongyan.rooms.delivery.contracts import MessageState, Verdict
from hongyan.rooms.reports.console_api.videos import video_reports_router
from hongyan.rooms.reports.service.videos import VideoReports
from support.identity import found_household, identity_app, vendor_doors
from support.server import serving
from support.sessions import signed_in
from support.video_house import VideoHouse, open_video_house

NUMBERS = ("13800138000", "13800138001", "13800138002")


@dataclass(frozen=True, slots=True)
class Office:
    """A company that sends videos, and browsers of it and of another."""

    house: VideoHouse
    browser: httpx.AsyncClient
    other: httpx.AsyncClient

    async def report(self, **query: str) -> Any:
        answer = await self.browser.get("/reports/videos", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def move(self, task: VideoTask, **values: object) -> None:
        async with self.house.db.begin() as uow:
            await update_task(uow, self.house.tenant, task.id, **values)


@pytest.fixture
async def office(db: Database, tmp_path: Path) -> AsyncIterator[Office]:
    house = await open_video_house(db, tmp_path)
    async with db.begin() as uow:
        await found_household(uow, house.office.identity, "heron", number=1)
    reports = VideoReports(
        clock=house.clock, videos=VideoSums(delivery=house.line.delivery), identity=house.office.identity
    )
    auth = vendor_doors(db, house.office.identity, house.clock)
    router = video_reports_router(db=db, auth=auth, videos=reports)
    async with serving(identity_app(db, house.office.identity, house.clock, console_routers=[router])) as url:
        browsers = [await signed_in(url, name, "zh-CN") for name in ("goose-admin", "heron-admin")]
        yield Office(house, *browsers)
        for browser in browsers:
            await browser.aclose()
    await house.out.close()


async def test_sends_are_counted_by_day_month_and_template(office: Office) -> None:
    house = office.house
    # given a task of three numbers of which one is delivered and one failed
    spring = await house.decide(await house.make())
    first = await house.send(spring, NUMBERS, "王女士")
    spans = await house.claim()
    await house.close(spans)
    (span,) = spans
    await house.report([replace(span, messages=span.messages[:1])], MessageState.DELIVERED, "DELIVRD")
    await house.report([replace(span, messages=span.messages[1:2])], MessageState.FAILED, "UNDELIV")
    # and, a day later in Shanghai, one of another template, and one that waits for its time
    for hours in (8, 7):  # sessions end after twelve hours without a request
        house.clock.advance(timedelta(hours=hours))
        assert (await office.report())["sums"]["total"] == 3
        assert (await office.other.get("/reports/videos")).status_code == 200
    autumn = await house.decide(await house.make(name="秋日"))
    await house.send(autumn, NUMBERS[:2], "王女士")
    waiting = await house.send(autumn, NUMBERS[:1], "李先生")
    await office.move(waiting, state=VideoTaskState.SCHEDULED)
    # then days tell them apart
    found = await office.report()
    counts = {"tasks": 1, "total": 3, "delivered": 1, "failed": 1, "timed_out": 0}
    assert [(row["day"], row["tpl_id"], row["total"]) for row in found["items"]] == [
        ("2026-11-23", autumn.tpl_id, 2),
        ("2026-11-22", spring.tpl_id, 3),
    ]
    assert found["items"][1] == {"day": "2026-11-22", "tpl_id": first.tpl_id, "tpl_name": "模板", **counts}
    assert found["series"][0] == {"day": "2026-11-22", **counts}
    assert found["sums"] == {"tasks": 2, "total": 5, "delivered": 1, "failed": 1, "timed_out": 0}
    assert (found["first"], found["last"], found["total"]) == ("2026-10-25", "2026-11-23", 2)
    # months and templates put them together
    monthly = await office.report(by="month")
    assert [(row["day"], row["total"]) for row in monthly["items"]] == [("2026-11", 2), ("2026-11", 3)]
    assert [point["total"] for point in monthly["series"]] == [5]
    templates = await office.report(by="template")
    assert [(row["day"], row["tpl_name"], row["total"]) for row in templates["items"]] == [
        ("", "模板", 3),
        ("", "秋日", 2),
    ]
    # and filters and pages leave the rest out
    assert (await office.report(tpl_name="秋"))["sums"]["total"] == 2
    assert (await office.report(tpl_id=spring.tpl_id))["sums"]["total"] == 3
    assert (await office.report(to="2026-11-22"))["sums"]["total"] == 3
    page = await office.report(limit="1", offset="1")
    assert ([row["day"] for row in page["items"]], page["total"]) == (["2026-11-22"], 2)
    # of all of which others see nothing
    assert (await office.other.get("/reports/videos")).json()["items"] == []


async def test_rows_are_listed_by_what_is_asked_for(office: Office) -> None:
    house = office.house
    spring, summer = [await house.decide(await house.make()) for _ in range(2)]
    await house.send(spring, NUMBERS[:1], "王女士")
    await house.send(summer, NUMBERS[:2], "王女士")
    house.clock.advance(timedelta(hours=8))
    assert (await office.report())["total"] == 2
    house.clock.advance(timedelta(hours=8))  # the next day in Shanghai
    await house.send(spring, NUMBERS, "王女士")

    async def totals(**query: str) -> list[int]:
        return [row["total"] for row in (await office.report(**query))["items"]]

    assert await totals(sort="total") == [1, 2, 3]
    assert await totals(sort="-total") == [3, 2, 1]
    assert (await totals(sort="day"))[-1] == (await totals(sort="-day"))[0] == 3
    assert await totals(by="template", sort="total") == [2, 4]


async def test_a_second_attempt_counts_each_number_once(office: Office) -> None:
    house = office.house
    task = await house.send(await house.decide(await house.make()), NUMBERS, "王女士")
    await house.close(await house.claim(), Verdict.REFUSED)
    await office.move(task, resent=3)
    assert (await office.report())["sums"] == {"tasks": 1, "total": 3, "delivered": 0, "failed": 0, "timed_out": 0}


async def test_wrong_spans_are_refused_at_their_field(office: Office) -> None:
    for query in ({"from": "2026-11-02", "to": "2026-11-01"}, {"from": "2025-01-01", "to": "2026-11-01"}):
        answer = await office.browser.get("/reports/videos", params=query)
        assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, "reports.span", "to")
    async with httpx.AsyncClient(base_url=office.browser.base_url) as stranger:
        assert (await stranger.get("/reports/videos")).status_code == 401
