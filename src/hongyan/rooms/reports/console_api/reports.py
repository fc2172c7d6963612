"""智能信息发送报表 and 智能信息模板报表 as pages: rows, sums, and what a chart needs. Days are the tenant's own."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from typing_extensions import TypedDict

from hongyan.kernel.db.database import Database
from hongyan.rooms.handsets.contracts import Vendor
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.reports.contracts import (
    CardFilter,
    CardLine,
    CardSort,
    CardSplit,
    ReportType,
    SendFilter,
    SendRow,
    SendSort,
    SendSums,
)
from hongyan.rooms.reports.service.door import ReportsService

_DAYS = 30
_MAX_ROWS = 1_000
TplId = Annotated[str, Query(min_length=1, max_length=9)]


class SendSumsView(TypedDict):
    """Counts of sends."""

    submitted: int
    capable: int
    sent: int
    delivered: int
    resolved: int


class SendPointView(SendSumsView):
    """All templates on a day (``2026-11-22``) or in a month (``2026-11``)."""

    day: str


class SendRowView(SendPointView):
    """One template on a day or in a month."""

    tpl_id: str
    tpl_name: str


class SendReportView(TypedDict):
    """A page of the send report."""

    items: list[SendRowView]
    total: int
    sums: SendSumsView
    series: list[SendPointView]
    first: date
    last: date


class CardCountsView(TypedDict):
    """Counts of cards; UV of several days are the sums of theirs."""

    resolved: int
    exposed_people: int
    exposed_times: int
    clicked_people: int
    clicked_times: int


class CardRowView(CardCountsView):
    """One template in a span."""

    tpl_id: str
    tpl_name: str


class CardDayView(CardCountsView):
    """A day of a template, or of all that are asked for."""

    day: date


class CardReportView(TypedDict):
    """A page of the template report, with what a chart of it shows: days that have any, the oldest first."""

    items: list[CardRowView]
    total: int
    series: list[CardDayView]
    first: date
    last: date


class CardVendorView(CardCountsView):
    """A template on the handsets of a vendor."""

    vendor: Vendor


class CardDetailsView(TypedDict):
    """One template in a span, by day (the newest first) and by vendor."""

    tpl_id: str
    tpl_name: str
    days: list[CardDayView]
    vendors: list[CardVendorView]


def reports_router(*, db: Database, auth: Auth, reports: ReportsService) -> APIRouter:
    """Return the router of ``/console/api/reports``."""
    router = APIRouter(prefix="/console/api/reports", tags=["reports"])
    SignedIn = Annotated[Actor, Depends(auth.console)]  # noqa: N806 - a type

    @router.get("/sends", operation_id="console_report_sends")
    async def sends(
        actor: SignedIn,
        report_type: Annotated[str, Query(alias="by", pattern="^(day|month)$")] = "day",
        first: Annotated[date | None, Query(alias="from")] = None,
        last: Annotated[date | None, Query(alias="to")] = None,
        tpl_id: Annotated[str | None, Query(max_length=9)] = None,
        tpl_name: Annotated[str | None, Query(max_length=100)] = None,
        sort: SendSort = "-day",
        offset: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> SendReportView:
        """Count sends by day or month and card template; trials are left out."""
        tenant_id = actor.tenant(Permission.REPORT_LIST)
        kind = ReportType.MONTHLY if report_type == "month" else ReportType.DAILY
        wanted = SendFilter(kind, tpl_id or None, tpl_name or None, first, last, sort)
        async with db.begin() as uow:
            report = await reports.report_sends(uow, tenant_id, wanted, offset=offset, limit=limit)
        return {
            "items": [_send_row(row, kind) for row in report.rows],
            "total": report.total,
            "sums": _sums(report.sums),
            "series": [{"day": _day(day, kind), **_sums(sums)} for day, sums in report.series],
            "first": report.first,
            "last": report.last,
        }

    _cards(router, db, reports, SignedIn)
    return router


def _cards(router: APIRouter, db: Database, reports: ReportsService, signed_in: Any) -> None:
    async def filter_of(
        actor: Actor, first: date | None, last: date | None, tpl_ids: list[str] | None, vendors: list[Vendor] | None
    ) -> CardFilter:
        if last is None:
            async with db.begin() as uow:
                last = await reports.today(uow, actor.tenant(Permission.REPORT_LIST))
        begin = last - timedelta(days=_DAYS - 1) if first is None else first
        return CardFilter(
            tuple(dict.fromkeys(tpl_ids)) if tpl_ids else None, begin, last, frozenset(vendors or ()) or None
        )

    @router.get("/templates", operation_id="console_report_templates")
    async def templates(
        actor: signed_in,
        first: Annotated[date | None, Query(alias="from")] = None,
        last: Annotated[date | None, Query(alias="to")] = None,
        tpl_id: Annotated[list[TplId] | None, Query(max_length=100)] = None,
        vendor: Annotated[list[Vendor] | None, Query(max_length=10)] = None,
        sort: CardSort | None = None,
        offset: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> CardReportView:
        """Count drawn, seen and tapped cards by card template; 100 templates and 90 days at most."""
        tenant_id = actor.tenant(Permission.REPORT_LIST)
        wanted = replace(await filter_of(actor, first, last, tpl_id, vendor), sort=sort)
        async with db.begin() as uow:
            page = await reports.report_cards(uow, tenant_id, wanted, (CardSplit.TEMPLATE,), offset=offset, limit=limit)
            series = await reports.chart_cards(uow, tenant_id, wanted)
        items: list[CardRowView] = [
            {"tpl_id": row.tpl_id, "tpl_name": row.tpl_name, **_counts(row)} for row in page.items
        ]
        return {
            "items": items,
            "total": page.total,
            "series": [{"day": row.day, **_counts(row)} for row in series if row.day is not None],
            "first": wanted.first,
            "last": wanted.last,
        }

    @router.get("/templates/{tpl_id}", operation_id="console_report_template")
    async def details(
        actor: signed_in,
        tpl_id: Annotated[str, Path(min_length=1, max_length=9)],
        first: Annotated[date | None, Query(alias="from")] = None,
        last: Annotated[date | None, Query(alias="to")] = None,
        vendor: Annotated[list[Vendor] | None, Query(max_length=10)] = None,
    ) -> CardDetailsView:
        """Count one template by day and by vendor; one that nothing happened to has none."""
        tenant_id = actor.tenant(Permission.REPORT_LIST)
        wanted = await filter_of(actor, first, last, [tpl_id], vendor)
        async with db.begin() as uow:
            days = await reports.report_cards(uow, tenant_id, wanted, (CardSplit.DAY,), offset=0, limit=_MAX_ROWS)
            vendors = await reports.report_cards(uow, tenant_id, wanted, (CardSplit.VENDOR,), offset=0, limit=_MAX_ROWS)
        return {
            "tpl_id": tpl_id,
            "tpl_name": next((row.tpl_name for row in days.items), ""),
            "days": [{"day": row.day, **_counts(row)} for row in days.items if row.day is not None],
            "vendors": [{"vendor": row.vendor, **_counts(row)} for row in vendors.items if row.vendor is not None],
        }


def _day(day: date, kind: ReportType) -> str:
    return f"{day:%Y-%m}" if kind is ReportType.MONTHLY else f"{day:%Y-%m-%d}"


def _sums(sums: SendSums | SendRow) -> SendSumsView:
    return {
        "submitted": sums.submitted,
        "capable": sums.capable,
        "sent": sums.sent,
        "delivered": sums.delivered,
        "resolved": sums.resolved,
    }


def _send_row(row: SendRow, kind: ReportType) -> SendRowView:
    return {"day": _day(row.day, kind), "tpl_id": row.tpl_id, "tpl_name": row.tpl_name, **_sums(row)}


def _counts(row: CardLine) -> CardCountsView:
    return {
        "resolved": row.resolved,
        "exposed_people": row.exposed_people,
        "exposed_times": row.exposed_times,
        "clicked_people": row.clicked_people,
        "clicked_times": row.clicked_times,
    }
