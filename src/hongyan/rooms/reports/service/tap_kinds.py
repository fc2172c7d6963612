"""The exports of 智能信息服务号报表: by account, and by what was tapped."""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from hongyan.kernel.db.database import Uow
from hongyan.kernel.exports import Cell, ExportColumn, ExportKind, ExportOrder
from hongyan.rooms.identity.contracts import Permission
from hongyan.rooms.reports.contracts import ReportType, TapQuery
from hongyan.rooms.reports.service import words
from hongyan.rooms.reports.service.taps import TapReports
from hongyan.rooms.service_accounts.contracts.taps import TapTarget

_PAGE: Final = 500
Rows = AsyncIterator[Sequence[Cell]]


class TapReportFilters(BaseModel):
    """The report of taps, as its page asks for it."""

    model_config = ConfigDict(extra="forbid")

    by: Literal["day", "month"] = "day"
    pub_id: str | None = Field(default=None, max_length=32)
    pub_name: str | None = Field(default=None, max_length=100)
    first: date | None = None
    last: date | None = None


class TapItemFilters(TapReportFilters):
    """The report of what was tapped."""

    target: TapTarget | None = None


def tap_report_kind(taps: TapReports) -> ExportKind:
    """Return 点击数据报表."""

    async def find_total(uow: Uow, order: ExportOrder) -> int | None:
        wanted = _query(TapReportFilters.model_validate(order.filters), None)
        return (await taps.report(uow, order.tenant_id, wanted, offset=0, limit=1)).total

    async def rows(uow: Uow, order: ExportOrder) -> Rows:
        wanted, offset = _query(TapReportFilters.model_validate(order.filters), None), 0
        while True:
            report = await taps.report(uow, order.tenant_id, wanted, offset=offset, limit=_PAGE)
            for row in report.rows:
                one = row.counts
                counts = (one.home, one.menu, one.submenu, one.tel, one.fastapp, one.shortcut)
                yield (_day(row.day, wanted), row.pub_id, row.pub_name, sum(counts), *counts)
            offset += _PAGE
            if len(report.rows) < _PAGE:
                return

    return ExportKind(
        name="tap_report",
        title=ExportColumn("服务号点击数据报表", "service-account-taps"),
        permission=Permission.REPORT_LIST,
        columns=words.TAP_REPORT,
        filters=TapReportFilters,
        find_total=find_total,
        rows=rows,
    )


def tap_item_kind(taps: TapReports) -> ExportKind:
    """Return 点击数据明细报表."""

    def query_of(order: ExportOrder) -> TapQuery:
        wanted = TapItemFilters.model_validate(order.filters)
        return _query(wanted, wanted.target)

    async def find_total(uow: Uow, order: ExportOrder) -> int | None:
        return (await taps.report_items(uow, order.tenant_id, query_of(order), offset=0, limit=1)).total

    async def rows(uow: Uow, order: ExportOrder) -> Rows:
        wanted, targets, offset = query_of(order), words.TAP_TARGETS[order.language], 0
        while True:
            report = await taps.report_items(uow, order.tenant_id, wanted, offset=offset, limit=_PAGE)
            for row in report.rows:
                yield (_day(row.day, wanted), row.pub_id, row.pub_name, targets[row.target], row.item, row.times)
            offset += _PAGE
            if len(report.rows) < _PAGE:
                return

    return ExportKind(
        name="tap_items",
        title=ExportColumn("服务号点击数据明细报表", "service-account-tap-details"),
        permission=Permission.REPORT_LIST,
        columns=words.TAP_ITEMS,
        filters=TapItemFilters,
        find_total=find_total,
        rows=rows,
    )


def _query(wanted: TapReportFilters, target: TapTarget | None) -> TapQuery:
    kind = ReportType.MONTHLY if wanted.by == "month" else ReportType.DAILY
    return TapQuery(kind, wanted.pub_id or None, wanted.pub_name or None, target, wanted.first, wanted.last)


def _day(day: date, wanted: TapQuery) -> str:
    return f"{day:%Y-%m}" if wanted.report_type is ReportType.MONTHLY else f"{day:%Y-%m-%d}"
