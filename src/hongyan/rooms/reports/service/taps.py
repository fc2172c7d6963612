"""智能信息服务号报表: taps on home pages, menus and shortcut keys by day or month, by account or by what was tapped."""

from collections.abc import Iterable
from dataclasses import astuple, replace
from datetime import date

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.reports import rules
from hongyan.rooms.reports.contracts import ReportType, TapItemReport, TapQuery, TapReport
from hongyan.rooms.reports.errors import SpanWrong
from hongyan.rooms.service_accounts.contracts.taps import TapCounts, TapFilter
from hongyan.rooms.service_accounts.service.taps import TapsService


class TapReports:
    """Reads the reports of service accounts."""

    def __init__(self, *, clock: Clock, taps: TapsService, identity: IdentityService) -> None:
        """Sum what the room of service accounts counted."""
        self._clock = clock
        self._taps = taps
        self._identity = identity

    async def report(self, uow: Uow, tenant_id: TenantId, wanted: TapQuery, *, offset: int, limit: int) -> TapReport:
        """Return a page of 点击数据报表; without days of the last thirty (by month: of twelve months).

        Raises:
            SpanWrong: the days end before they begin, or are more than a chart shows.
        """
        asked, first, last = await self._asked(uow, tenant_id, wanted)
        asked = replace(asked, target=None)
        page = await self._taps.list_rows(uow, tenant_id, asked, offset=offset, limit=limit)
        series = tuple(await self._taps.sum_days(uow, tenant_id, asked))
        return TapReport(page.items, page.total, _total(one for _, one in series), series, first, last)

    async def report_items(
        self, uow: Uow, tenant_id: TenantId, wanted: TapQuery, *, offset: int, limit: int
    ) -> TapItemReport:
        """Return a page of 点击数据明细报表; the span as in :meth:`report`.

        Raises:
            SpanWrong: as above.
        """
        asked, first, last = await self._asked(uow, tenant_id, wanted)
        page = await self._taps.list_items(uow, tenant_id, asked, offset=offset, limit=limit)
        return TapItemReport(page.items, page.total, first, last)

    async def _asked(self, uow: Uow, tenant_id: TenantId, wanted: TapQuery) -> tuple[TapFilter, date, date]:
        zone = (await self._identity.get_tenant(uow, tenant_id)).zone
        today = rules.local_day(self._clock.now(), zone)
        first, last = rules.report_span(wanted.report_type, wanted.first, wanted.last, today)
        if first > last:
            raise SpanWrong("to", reason="is before the first day", reason_zh="结束日期早于开始日期")
        if (last - first).days >= rules.LONGEST[wanted.report_type]:
            most = rules.LONGEST[wanted.report_type]
            raise SpanWrong("to", reason=f"more than {most} days", reason_zh=f"时间范围超过 {most} 天")
        begin, end = rules.day_span(first, zone)[0], rules.day_span(last, zone)[1]
        by_month = wanted.report_type is ReportType.MONTHLY
        of = (wanted.pub_id, wanted.pub_name, wanted.target, wanted.sort)
        return TapFilter(begin, end, zone, by_month, *of), first, last


def _total(counts: Iterable[TapCounts]) -> TapCounts:
    return TapCounts(*(sum(column) for column in zip(*map(astuple, counts), strict=True)))
