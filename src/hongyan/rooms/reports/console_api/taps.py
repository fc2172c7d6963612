"""智能信息服务号报表 as pages: taps on home pages, menus and shortcut keys. Days are the tenant's own."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from typing_extensions import TypedDict

from hongyan.kernel.db.database import Database
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.reports.contracts import ReportType, TapQuery
from hongyan.rooms.reports.service.taps import TapReports
from hongyan.rooms.service_accounts.contracts.taps import TapCounts, TapItemSort, TapSort, TapTarget

By = Literal["day", "month"]
Name = Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$")]
First = Annotated[date | None, Query(alias="from")]
Last = Annotated[date | None, Query(alias="to")]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Limit = Annotated[int, Query(ge=1, le=100)]


class TapCountsView(TypedDict):
    """How often something was tapped; ``times`` is the sum of the others."""

    times: int
    home: int
    menu: int
    submenu: int
    tel: int
    fastapp: int
    shortcut: int


class TapPointView(TapCountsView):
    """All accounts and scenes of shortcut keys on a day (``2026-11-22``) or in a month (``2026-11``)."""

    day: str


class TapRowView(TapPointView):
    """One account, or one scene of shortcut keys, on a day or in a month.

    Of a scene ``pub_id`` is its own id and ``pub_name`` its signature in brackets; it has no counts but ``shortcut``.
    """

    pub_id: str
    pub_name: str


class TapItemView(TypedDict):
    """One thing of an account or a scene on a day or in a month; ``item`` is empty for the home page."""

    day: str
    pub_id: str
    pub_name: str
    target: TapTarget
    item: str
    times: int


class TapReportView(TypedDict):
    """A page of 点击数据报表."""

    items: list[TapRowView]
    total: int
    sums: TapCountsView
    series: list[TapPointView]
    first: date
    last: date


class TapItemReportView(TypedDict):
    """A page of 点击数据明细报表."""

    items: list[TapItemView]
    total: int
    first: date
    last: date


def tap_reports_router(*, db: Database, auth: Auth, taps: TapReports) -> APIRouter:
    """Return the router of ``/console/api/reports/service-accounts``."""
    router = APIRouter(prefix="/console/api/reports/service-accounts", tags=["reports"])
    caller = Annotated[Actor, Depends(auth.console)]

    @router.get("", operation_id="console_report_service_accounts")
    async def report_accounts(
        actor: caller,
        by: By = "day",
        first: First = None,
        last: Last = None,
        pub_id: Name = None,
        pub_name: Name = None,
        sort: TapSort | None = None,
        offset: Offset = 0,
        limit: Limit = 20,
    ) -> TapReportView:
        """Count taps by day or month and account, the newest first unless ``sort`` says otherwise."""
        tenant_id = actor.tenant(Permission.REPORT_LIST)
        wanted = TapQuery(_type(by), pub_id or None, pub_name or None, None, first, last, sort)
        async with db.begin() as uow:
            report = await taps.report(uow, tenant_id, wanted, offset=offset, limit=limit)
        return {
            "items": [
                {"day": _day(row.day, by), "pub_id": row.pub_id, "pub_name": row.pub_name, **_counts(row.counts)}
                for row in report.rows
            ],
            "total": report.total,
            "sums": _counts(report.sums),
            "series": [{"day": _day(day, by), **_counts(counts)} for day, counts in report.series],
            "first": report.first,
            "last": report.last,
        }

    @router.get("/items", operation_id="console_report_service_account_items")
    async def report_items(
        actor: caller,
        by: By = "day",
        first: First = None,
        last: Last = None,
        pub_id: Name = None,
        pub_name: Name = None,
        target: TapTarget | None = None,
        sort: TapItemSort | None = None,
        offset: Offset = 0,
        limit: Limit = 20,
    ) -> TapItemReportView:
        """Count taps by day or month, account and what was tapped."""
        tenant_id = actor.tenant(Permission.REPORT_LIST)
        wanted = TapQuery(_type(by), pub_id or None, pub_name or None, target, first, last, sort)
        async with db.begin() as uow:
            report = await taps.report_items(uow, tenant_id, wanted, offset=offset, limit=limit)
        return {
            "items": [
                {
                    "day": _day(row.day, by),
                    "pub_id": row.pub_id,
                    "pub_name": row.pub_name,
                    "target": row.target,
                    "item": row.item,
                    "times": row.times,
                }
                for row in report.rows
            ],
            "total": report.total,
            "first": report.first,
            "last": report.last,
        }

    return router


def _type(by: By) -> ReportType:
    return ReportType.MONTHLY if by == "month" else ReportType.DAILY


def _day(day: date, by: By) -> str:
    return f"{day:%Y-%m}" if by == "month" else f"{day:%Y-%m-%d}"


def _counts(counts: TapCounts) -> TapCountsView:
    return {
        "times": counts.home + counts.menu + counts.submenu + counts.tel + counts.fastapp + counts.shortcut,
        "home": counts.home,
        "menu": counts.menu,
        "submenu": counts.submenu,
        "tel": counts.tel,
        "fastapp": counts.fastapp,
        "shortcut": counts.shortcut,
    }
