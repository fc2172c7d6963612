"""智能信息基础版报表 as a page: rows, sums, and what a chart needs. Days are the tenant's own."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from typing_extensions import TypedDict

from hongyan.kernel.db.database import Database
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.reports.contracts import VideoCounts, VideoFilter, VideoLine, VideoSort, VideoSplit
from hongyan.rooms.reports.service.videos import VideoReports


class VideoCountsView(TypedDict):
    """What became of the numbers of video sends; those that are none of these are under way."""

    tasks: int
    total: int
    delivered: int
    failed: int
    timed_out: int


class VideoPointView(VideoCountsView):
    """All templates on a day (``2026-11-22``) or in a month (``2026-11``)."""

    day: str


class VideoRowView(VideoCountsView):
    """One template on a day, in a month, or (``day`` is empty) in the whole span."""

    day: str
    tpl_id: str
    tpl_name: str


class VideoReportView(TypedDict):
    """A page of the report of video SMS."""

    items: list[VideoRowView]
    total: int
    sums: VideoCountsView
    series: list[VideoPointView]
    first: date
    last: date


def video_reports_router(*, db: Database, auth: Auth, videos: VideoReports) -> APIRouter:
    """Return the router of ``/console/api/reports/videos``."""
    router = APIRouter(prefix="/console/api/reports", tags=["reports"])
    caller = Annotated[Actor, Depends(auth.console)]

    @router.get("/videos", operation_id="console_report_videos")
    async def report_videos(
        actor: caller,
        by: VideoSplit = VideoSplit.DAY,
        first: Annotated[date | None, Query(alias="from")] = None,
        last: Annotated[date | None, Query(alias="to")] = None,
        tpl_id: Annotated[str | None, Query(max_length=36)] = None,
        tpl_name: Annotated[str | None, Query(max_length=100)] = None,
        sort: VideoSort | None = None,
        offset: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> VideoReportView:
        """Count video sends by day, month or template."""
        tenant_id = actor.tenant(Permission.REPORT_LIST)
        wanted = VideoFilter(by, tpl_id or None, tpl_name or None, first, last, sort)
        async with db.begin() as uow:
            report = await videos.report(uow, tenant_id, wanted, offset=offset, limit=limit)
        return {
            "items": [_row(row, by) for row in report.rows],
            "total": report.total,
            "sums": _counts(report.sums),
            "series": [{"day": _day(day, by), **_counts(counts)} for day, counts in report.series],
            "first": report.first,
            "last": report.last,
        }

    return router


def _day(day: date | None, by: VideoSplit) -> str:
    if day is None:
        return ""
    return f"{day:%Y-%m}" if by is VideoSplit.MONTH else f"{day:%Y-%m-%d}"


def _row(row: VideoLine, by: VideoSplit) -> VideoRowView:
    return {"day": _day(row.day, by), "tpl_id": row.tpl_id, "tpl_name": row.tpl_name, **_counts(row.counts)}


def _counts(counts: VideoCounts) -> VideoCountsView:
    return {
        "tasks": counts.tasks,
        "total": counts.total,
        "delivered": counts.delivered,
        "failed": counts.failed,
        "timed_out": counts.timed_out,
    }
