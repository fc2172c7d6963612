"""The vendor's operations on reports. Source: api.md of the requirements §5.5, §5.6.

The vendor shows a day after 16:00 of the next one; here it is there at once.
"""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from hongyan.kernel.db.database import Database
from hongyan.kernel.http.vendor import VendorBody, aim_time, in_window, parse_span
from hongyan.kernel.paging import Page
from hongyan.rooms.handsets.contracts import Vendor
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.reports.contracts import CardRow, ReportType, SendFilter, SendRow
from hongyan.rooms.reports.errors import VendorNameUnknown
from hongyan.rooms.reports.service.door import ReportsService


class PageInfo(TypedDict):
    """Where a page lies and how many rows there are."""

    offset: int
    limit: int
    total: int


class SendReportsBody(VendorBody):
    """Body of the send report."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "report_type": "1",
                    "begin_time": "2026-11-01T00:00:00Z",
                    "end_time": "2026-11-23T00:00:00Z",
                    "offset": 0,
                    "limit": 20,
                }
            ]
        }
    )

    report_type: str | None = Field(default=None, pattern="^[12]?$")
    tpl_id: str | None = Field(default=None, max_length=9)
    tpl_name: str | None = Field(default=None, max_length=100)
    begin_time: str | None = Field(default=None, max_length=30)
    end_time: str | None = Field(default=None, max_length=30)
    offset: int = Field(default=0, ge=0, le=2_147_483_647)
    limit: int = Field(default=20, ge=1, le=100)

    def filter(self) -> SendFilter:
        """Return the request in our own terms; texts that arrive empty ask nothing."""
        return SendFilter(ReportType(self.report_type or "1"), self.tpl_id or None, self.tpl_name or None)


class SendReport(TypedDict):
    """One row of the send report."""

    report_time: str
    tpl_id: str
    tpl_name: str
    submission_count: int
    support_resolve_count: int
    send_count: int
    send_success_count: int
    resolve_success_count: int


class SendReports(TypedDict):
    """The page inside the envelope."""

    data_list: list[SendReport]
    page_info: PageInfo


class SendReportsAnswer(TypedDict):
    """Answer of the send report."""

    status: str
    message: str
    data: SendReports


class TemplateReportsBody(VendorBody):
    """Body of the template report."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "tpl_ids": ["600000001"],
                    "begin_time": "2026-11-01T00:00:00Z",
                    "end_time": "2026-11-23T00:00:00Z",
                    "factory_type": ["huawei", "oppo"],
                }
            ]
        }
    )

    tpl_ids: list[Annotated[str, Field(min_length=1, max_length=9)]] = Field(min_length=1, max_length=100)
    begin_time: str = Field(min_length=1, max_length=30)
    end_time: str = Field(min_length=1, max_length=30)
    offset: int = Field(default=0, ge=0, le=2_147_483_647)
    limit: int = Field(default=20, ge=1, le=100)
    factory_type: list[str] | None = Field(default=None, max_length=100)

    def vendors(self) -> frozenset[Vendor] | None:
        """Return the vendors asked for, ``None`` for all.

        Raises:
            VendorNameUnknown: a name is none of theirs.
        """
        found = set()
        for index, name in enumerate(self.factory_type or []):
            if name.upper() not in Vendor.__members__:
                known = ", ".join(vendor.value.lower() for vendor in Vendor)
                raise VendorNameUnknown(
                    f"factory_type[{index}]", reason=f"is none of {known}", reason_zh=f"不是 {known} 之一"
                )
            found.add(Vendor[name.upper()])
        return frozenset(found) or None


class TemplateReport(TypedDict):
    """What handsets did with the cards of one template."""

    tpl_id: str
    start_time: str
    end_time: str
    resolving_times: int
    expose_uv: int
    expose_pv: int
    click_uv: int
    click_pv: int


class TemplateReportsAnswer(TypedDict):
    """Answer of the template report."""

    template_reports: list[TemplateReport]
    page_info: PageInfo


def vendor_router(*, db: Database, auth: Auth, reports: ReportsService) -> APIRouter:
    """Return the router of ``/v1/aim/send-reports`` and ``/v1/aim/template-reports/query``."""
    router = APIRouter(tags=["reports"])
    Signed = Annotated[Actor, Depends(auth.vendor)]  # noqa: N806 - a type

    @router.post("/v1/aim/send-reports", operation_id="list_aim_send_reports")
    async def list_sends(body: SendReportsBody, actor: Signed) -> SendReportsAnswer:
        """Count sends, deliveries and drawn cards by day (or month) and card template."""
        tenant_id = actor.tenant(Permission.REPORT_LIST)
        span = parse_span(body.begin_time, body.end_time, now=datetime.now(UTC))
        page: Page[SendRow] = Page((), 0, body.offset, body.limit)
        if in_window(body.offset, body.limit):
            async with db.begin() as uow:
                page = await reports.list_sends(
                    uow, tenant_id, body.filter(), span, offset=body.offset, limit=body.limit
                )
        rows = [_send_row(row, is_monthly=body.report_type == ReportType.MONTHLY) for row in page.items]
        info: PageInfo = {"offset": body.offset, "limit": body.limit, "total": page.total}
        return {"status": "200", "message": "success", "data": {"data_list": rows, "page_info": info}}

    @router.post("/v1/aim/template-reports/query", operation_id="list_aim_template_reports")
    async def list_templates(body: TemplateReportsBody, actor: Signed) -> TemplateReportsAnswer:
        """Count drawn, seen and tapped cards by card template."""
        tenant_id = actor.tenant(Permission.REPORT_LIST)
        begin, end = parse_span(body.begin_time, body.end_time, now=datetime.now(UTC), look_back=None)
        page: Page[CardRow] = Page((), 0, body.offset, body.limit)
        vendors = body.vendors()
        if begin is not None and end is not None:
            span, tpl_ids = (begin, end), tuple(dict.fromkeys(body.tpl_ids))
            async with db.begin() as uow:
                page = await reports.list_cards(
                    uow, tenant_id, tpl_ids, span, vendors=vendors, offset=body.offset, limit=body.limit
                )
        info: PageInfo = {"offset": body.offset, "limit": body.limit, "total": page.total}
        return {"template_reports": [_card_row(row, begin, end) for row in page.items], "page_info": info}

    return router


def _send_row(row: SendRow, *, is_monthly: bool) -> SendReport:
    return {
        "report_time": f"{row.day:%Y-%m}" if is_monthly else f"{row.day:%Y-%m-%d}",
        "tpl_id": row.tpl_id,
        "tpl_name": row.tpl_name,
        "submission_count": row.submitted,
        "support_resolve_count": row.capable,
        "send_count": row.sent,
        "send_success_count": row.delivered,
        "resolve_success_count": row.resolved,
    }


def _card_row(row: CardRow, begin: datetime | None, end: datetime | None) -> TemplateReport:
    return {
        "tpl_id": row.tpl_id,
        "start_time": aim_time(begin) if begin else "",
        "end_time": aim_time(end) if end else "",
        "resolving_times": row.resolved,
        "expose_uv": row.exposed_people,
        "expose_pv": row.exposed_times,
        "click_uv": row.clicked_people,
        "click_pv": row.clicked_times,
    }
