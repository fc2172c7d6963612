"""智能信息服务号报表 over a real socket: by day, month and item, filtered, in pages, exported, the tenant's own."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.exports import ExportOrder
from hongyan.kernel.ids import TenantId
from hongyan.rooms.reports.console_api.taps import tap_reports_router
from hongyan.rooms.reports.service.tap_kinds import tap_item_kind, tap_report_kind
from hongyan.rooms.reports.service.taps import TapReports
from hongyan.rooms.service_accounts.contracts.accounts import Approval, Change, Pub, PubForm, State
from hongyan.rooms.service_accounts.contracts.taps import TapTarget
from hongyan.rooms.service_accounts.service.taps import TapsService
from hongyan.rooms.service_accounts.store.pubs import insert_pub
from hongyan.rooms.service_accounts.store.taps import add_hours
from support.identity import cheap_identity, found_household, identity_app, vendor_doors
from support.server import serving
from support.sessions import signed_in

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
GOOSE, SWAN = "1" * 32, "2" * 32
EMPTY = {"times": 0, "home": 0, "menu": 0, "submenu": 0, "tel": 0, "fastapp": 0, "shortcut": 0}


@dataclass(frozen=True, slots=True)
class Office:
    """A company whose accounts were tapped, and browsers of it and of another."""

    db: Database
    tenant: TenantId
    taps: TapReports
    browser: httpx.AsyncClient
    other: httpx.AsyncClient

    async def report(self, path: str = "", **query: str) -> Any:
        answer = await self.browser.get(f"/reports/service-accounts{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def order(self, language: str, **filters: object) -> ExportOrder:
        return ExportOrder(self.tenant, filters, "Asia/Shanghai", language, full_numbers=False, ordered_at=NOW)


def _pub(tenant: TenantId, pub_id: str, name: str) -> Pub:
    form = PubForm("a" * 32, name, "简介", "", 9, ())
    return Pub(
        pub_id, tenant, State.EFFECTIVE, Approval.PASSED, form, None, Change.CREATE, "", None, "", 1, NOW, NOW, NOW
    )


@pytest.fixture
async def office(db: Database) -> AsyncIterator[Office]:
    clock = FrozenClock(NOW)
    identity = cheap_identity(clock, db.url)
    async with db.begin() as uow:
        tenant = (await found_household(uow, identity)).actor.tenant()
        await found_household(uow, identity, "heron", number=1)
        for pub_id, name in ((GOOSE, "鸿雁会员"), (SWAN, "天鹅服务")):
            await insert_pub(uow, _pub(tenant, pub_id, name), live_key=name, draft_key=None)
        evening, night = datetime(2026, 11, 22, 15, tzinfo=UTC), datetime(2026, 11, 22, 16, tzinfo=UTC)
        await add_hours(
            uow,
            {
                (tenant, evening, GOOSE, TapTarget.HOME, ""): 5,
                (tenant, evening, GOOSE, TapTarget.MENU, "会员 > 订单"): 3,
                (tenant, evening, SWAN, TapTarget.TEL, "4008"): 1,
                (tenant, night, GOOSE, TapTarget.SUBMENU, "会员"): 2,
                (tenant, night, GOOSE, TapTarget.FASTAPP, "=快应用"): 1,
                (tenant, datetime(2026, 9, 1, tzinfo=UTC), GOOSE, TapTarget.HOME, ""): 7,
            },
        )
    taps = TapReports(clock=clock, taps=TapsService(clock=clock), identity=identity)
    router = tap_reports_router(db=db, auth=vendor_doors(db, identity, clock), taps=taps)
    async with serving(identity_app(db, identity, clock, console_routers=[router])) as url:
        browsers = [await signed_in(url, name, "zh-CN") for name in ("goose-admin", "heron-admin")]
        yield Office(db, tenant, taps, *browsers)
        for browser in browsers:
            await browser.aclose()


async def test_taps_are_counted_by_day_month_and_account(office: Office) -> None:
    found = await office.report()
    assert [(row["day"], row["pub_name"], row["times"]) for row in found["items"]] == [
        ("2026-11-23", "鸿雁会员", 3),
        ("2026-11-22", "鸿雁会员", 8),
        ("2026-11-22", "天鹅服务", 1),
    ]
    goose = {"day": "2026-11-22", "pub_id": GOOSE, "pub_name": "鸿雁会员"}
    assert found["items"][1] == goose | EMPTY | {"times": 8, "home": 5, "menu": 3}
    assert found["sums"] == EMPTY | {"times": 12, "home": 5, "menu": 3, "submenu": 2, "tel": 1, "fastapp": 1}
    assert [(point["day"], point["times"]) for point in found["series"]] == [("2026-11-22", 9), ("2026-11-23", 3)]
    assert (found["first"], found["last"], found["total"]) == ("2026-10-25", "2026-11-23", 3)
    # months put days together; filters and pages leave the rest out
    monthly = await office.report(by="month")
    assert [(row["day"], row["pub_name"], row["times"]) for row in monthly["items"]] == [
        ("2026-11", "鸿雁会员", 11),
        ("2026-11", "天鹅服务", 1),
        ("2026-09", "鸿雁会员", 7),
    ]
    assert (await office.report(pub_name="天鹅"))["sums"]["times"] == 1
    assert (await office.report(pub_id=GOOSE, to="2026-11-22"))["sums"]["times"] == 8
    page = await office.report(limit="1", offset="1")
    assert ([row["times"] for row in page["items"]], page["total"]) == ([8], 3)
    behind = await office.report(offset="50")
    assert (behind["items"], behind["total"]) == ([], 3)
    assert (await office.report(pub_id="none"))["sums"] == EMPTY
    # of all of which others see nothing
    assert (await office.other.get("/reports/service-accounts")).json()["items"] == []
    assert (await office.other.get("/reports/service-accounts/items")).json()["total"] == 0


async def test_details_name_what_was_tapped(office: Office) -> None:
    found = await office.report("/items")
    assert [(row["day"], row["target"], row["item"], row["times"]) for row in found["items"]] == [
        ("2026-11-23", "submenu", "会员", 2),
        ("2026-11-23", "fastapp", "=快应用", 1),
        ("2026-11-22", "home", "", 5),
        ("2026-11-22", "menu", "会员 > 订单", 3),
        ("2026-11-22", "tel", "4008", 1),
    ]
    menus = await office.report("/items", target="menu", by="month")
    assert [(row["day"], row["item"], row["times"]) for row in menus["items"]] == [("2026-11", "会员 > 订单", 3)]
    answer = await office.browser.get("/reports/service-accounts/items", params={"target": "moon"})
    assert answer.status_code in {400, 422}


async def test_both_reports_are_exported(office: Office) -> None:
    async with office.db.begin() as uow:
        order = office.order("zh-CN", by="month", pub_name="鸿雁")
        kind = tap_report_kind(office.taps)
        assert await kind.find_total(uow, order) == 2
        rows = [row async for row in kind.rows(uow, order)]
        assert rows[0] == ("2026-11", GOOSE, "鸿雁会员", 11, 5, 3, 2, 0, 1, 0)
        order = office.order("en", target="tel")
        details = tap_item_kind(office.taps)
        assert await details.find_total(uow, order) == 1
        assert [row async for row in details.rows(uow, order)] == [
            ("2026-11-22", SWAN, "天鹅服务", "hotline", "4008", 1)
        ]
    assert (len(kind.columns), len(details.columns)) == (len(rows[0]), 6)


async def test_wrong_spans_are_refused_at_their_field(office: Office) -> None:
    for path in ("", "/items"):
        for query in ({"from": "2026-11-02", "to": "2026-11-01"}, {"from": "2025-01-01", "to": "2026-11-01"}):
            answer = await office.browser.get(f"/reports/service-accounts{path}", params=query)
            assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, "reports.span", "to")
        async with httpx.AsyncClient(base_url=office.browser.base_url) as stranger:
            assert (await stranger.get(f"/reports/service-accounts{path}")).status_code == 401


async def test_reports_are_listed_in_the_order_of_their_heads(office: Office) -> None:
    def times(found: Any) -> list[int]:
        return [row["times"] for row in found["items"]]

    assert times(await office.report(sort="times")) == [1, 3, 8]
    assert times(await office.report(sort="-times")) == [8, 3, 1]
    assert times(await office.report(sort="-home", limit="1")) == [8]
    assert [row["day"] for row in (await office.report(sort="day", by="month"))["items"]] == [
        "2026-09",
        "2026-11",
        "2026-11",
    ]
    assert times(await office.report("/items", sort="-times")) == [5, 3, 2, 1, 1]
    assert times(await office.report("/items", sort="day", limit="3")) == [5, 3, 1]
    for path, sort in (("", "pub_name"), ("/items", "home")):
        answer = await office.browser.get(f"/reports/service-accounts{path}", params={"sort": sort})
        assert answer.status_code in {400, 422}
