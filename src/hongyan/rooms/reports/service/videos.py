"""智能信息基础版报表: video sends by day, month or template, summed from the tasks when they are asked for.

There are few such tasks beside those of smart messages, so no sums of days are kept. Video messages that a smart
message fell back to are in that task's reports, not here.
"""

from collections.abc import Iterable
from datetime import date

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.rooms.campaigns.service.video_sums import VideoSum, VideoSums
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.reports import rules
from hongyan.rooms.reports.contracts import (
    ReportType,
    VideoCounts,
    VideoFilter,
    VideoLine,
    VideoReport,
    VideoSort,
    VideoSplit,
)
from hongyan.rooms.reports.errors import SpanWrong


class VideoReports:
    """Reads the report of video SMS."""

    def __init__(self, *, clock: Clock, videos: VideoSums, identity: IdentityService) -> None:
        """Sum what campaigns knows."""
        self._clock = clock
        self._videos = videos
        self._identity = identity

    async def report(
        self, uow: Uow, tenant_id: TenantId, wanted: VideoFilter, *, offset: int, limit: int
    ) -> VideoReport:
        """Return a page of the report; without days of the last thirty (by month: of twelve months).

        Raises:
            SpanWrong: the days end before they begin, or are more than a chart shows.
        """
        zone = (await self._identity.get_tenant(uow, tenant_id)).zone
        kind = ReportType.MONTHLY if wanted.split is VideoSplit.MONTH else ReportType.DAILY
        today = rules.local_day(self._clock.now(), zone)
        first, last = rules.report_span(kind, wanted.first, wanted.last, today)
        if first > last:
            raise SpanWrong("to", reason="is before the first day", reason_zh="结束日期早于开始日期")
        if (last - first).days >= rules.LONGEST[kind]:
            most = rules.LONGEST[kind]
            raise SpanWrong("to", reason=f"more than {most} days", reason_zh=f"时间范围超过 {most} 天")
        begin, end = rules.day_span(first, zone)[0], rules.day_span(last, zone)[1]
        found = [
            one for one in await self._videos.sum_videos(uow, tenant_id, zone, begin, end) if _is_asked(one, wanted)
        ]
        rows, series = _sorted(_rows(found, wanted.split), wanted.sort), _series(found, kind)
        page = tuple(rows[offset : offset + limit])
        return VideoReport(page, len(rows), _sum(counts for _, counts in series), tuple(series), first, last)


def _is_asked(one: VideoSum, wanted: VideoFilter) -> bool:
    is_named = wanted.tpl_name is None or wanted.tpl_name.casefold() in one.tpl_name.casefold()
    return is_named and wanted.tpl_id in {None, one.tpl_id}


def _rows(found: Iterable[VideoSum], split: VideoSplit) -> list[VideoLine]:
    lines: dict[tuple[date | None, str], VideoLine] = {}
    for one in found:
        day = None if split is VideoSplit.TEMPLATE else _place(one.day, split is VideoSplit.MONTH)
        before = lines.get((day, one.tpl_id))
        counts = _counts(one) if before is None else before.counts + _counts(one)
        lines[day, one.tpl_id] = VideoLine(day, one.tpl_id, one.tpl_name, counts)
    # The newest day first already; templates alone by what they sent.
    rows = list(lines.values())
    return sorted(rows, key=lambda row: -row.counts.total) if split is VideoSplit.TEMPLATE else rows


def _sorted(rows: list[VideoLine], sort: VideoSort | None) -> list[VideoLine]:
    if sort is None:
        return rows
    name = sort.removeprefix("-")

    def key(row: VideoLine) -> int:
        # Templates alone have no day: they stay as they are.
        return (row.day or date.min).toordinal() if name == "day" else int(getattr(row.counts, name))

    return sorted(rows, key=key, reverse=sort.startswith("-"))


def _series(found: Iterable[VideoSum], kind: ReportType) -> list[tuple[date, VideoCounts]]:
    series: dict[date, VideoCounts] = {}
    for one in found:
        day = _place(one.day, kind is ReportType.MONTHLY)
        series[day] = series.get(day, VideoCounts()) + _counts(one)
    return sorted(series.items())


def _place(day: date, by_month: bool) -> date:  # noqa: FBT001 - of the file alone
    return day.replace(day=1) if by_month else day


def _counts(one: VideoSum) -> VideoCounts:
    return VideoCounts(one.tasks, one.total, one.delivered, one.failed, one.timed_out)


def _sum(counts: Iterable[VideoCounts]) -> VideoCounts:
    return sum(counts, VideoCounts())
