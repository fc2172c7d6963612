"""The door of reports: the lists of the vendor's API and of the console, and the summing of days behind them.

Sums are made from the doors of campaigns and handsets, day by day and tenant by tenant; made again they come to the
same. Not for: single messages (``campaigns``) nor single cards (``handsets``).
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.ids import TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.campaigns.service.sums import CampaignSums
from hongyan.rooms.handsets.contracts import Vendor
from hongyan.rooms.handsets.service import HandsetsService
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.reports import rules
from hongyan.rooms.reports.contracts import (
    CardFilter,
    CardLine,
    CardRow,
    CardSplit,
    ReportType,
    SendFilter,
    SendReport,
    SendRow,
)
from hongyan.rooms.reports.errors import SpanWrong
from hongyan.rooms.reports.store import sums as store

MAX_SPAN: Final = timedelta(days=90)
"""Of a template report; longer ones are empty, which is no error."""


class ReportsService:
    """Use cases of reports."""

    def __init__(
        self, *, clock: Clock, campaigns: CampaignSums, handsets: HandsetsService, identity: IdentityService
    ) -> None:
        """Sum what the rooms below know."""
        self._clock = clock
        self._campaigns = campaigns
        self._handsets = handsets
        self._identity = identity

    async def list_sends(
        self,
        uow: Uow,
        tenant_id: TenantId,
        wanted: SendFilter,
        span: tuple[datetime | None, datetime | None],
        *,
        offset: int,
        limit: int,
    ) -> Page[SendRow]:
        """Return the send report of the days (or months) that a span touches; days that still move are summed first."""
        zone = (await self._identity.get_tenant(uow, tenant_id)).zone
        first, last = (None if at is None else rules.local_day(at, zone) for at in span)
        if wanted.report_type is ReportType.MONTHLY:
            first, last = rules.month_span(first, last)
        await self._refresh(uow, tenant_id, zone, first, last)
        by_days = replace(wanted, first=first, last=last)
        return await store.list_sends(uow, tenant_id, by_days, offset=offset, limit=limit)

    async def list_cards(
        self,
        uow: Uow,
        tenant_id: TenantId,
        tpl_ids: tuple[str, ...],
        span: tuple[datetime, datetime],
        *,
        vendors: frozenset[Vendor] | None,
        offset: int,
        limit: int,
    ) -> Page[CardRow]:
        """Return the template report of the days that a span touches."""
        begin, end = span
        if end - begin > MAX_SPAN:
            return Page((), 0, offset, limit)
        zone = (await self._identity.get_tenant(uow, tenant_id)).zone
        first, last = rules.local_day(begin, zone), rules.local_day(end, zone)
        await self._refresh(uow, tenant_id, zone, first, last)
        wanted = CardFilter(tpl_ids, first, last, vendors)
        return await store.list_cards(uow, tenant_id, wanted, offset=offset, limit=limit)

    async def report_sends(
        self, uow: Uow, tenant_id: TenantId, wanted: SendFilter, *, offset: int, limit: int
    ) -> SendReport:
        """Return the send report of some days with its sums; without days the last thirty (twelve months).

        Raises:
            SpanWrong: the days end before they begin, or are more than a chart shows.
        """
        zone = (await self._identity.get_tenant(uow, tenant_id)).zone
        first, last = rules.report_span(
            wanted.report_type, wanted.first, wanted.last, rules.local_day(self._clock.now(), zone)
        )
        if first > last:
            raise SpanWrong("to", reason="is before the first day", reason_zh="结束日期早于开始日期")
        if (last - first).days >= rules.LONGEST[wanted.report_type]:
            most = rules.LONGEST[wanted.report_type]
            raise SpanWrong("to", reason=f"more than {most} days", reason_zh=f"时间范围超过 {most} 天")
        await self._refresh(uow, tenant_id, zone, first, last)
        asked = replace(wanted, first=first, last=last)
        page = await store.list_sends(uow, tenant_id, asked, offset=offset, limit=limit)
        series = await store.sum_sends(uow, tenant_id, asked)
        return SendReport(page.items, page.total, rules.total_of(one for _, one in series), tuple(series), first, last)

    async def report_cards(
        self,
        uow: Uow,
        tenant_id: TenantId,
        wanted: CardFilter,
        split: Collection[CardSplit],
        *,
        offset: int,
        limit: int,
    ) -> Page[CardLine]:
        """Return the template report of some days, by template and what else is asked for.

        Raises:
            SpanWrong: the days end before they begin, or are more than ninety.
        """
        if wanted.first > wanted.last:
            raise SpanWrong("to", reason="is before the first day", reason_zh="结束日期早于开始日期")
        if (wanted.last - wanted.first) >= MAX_SPAN:
            days = MAX_SPAN.days
            raise SpanWrong("to", reason=f"more than {days} days", reason_zh=f"时间范围超过 {days} 天")
        zone = (await self._identity.get_tenant(uow, tenant_id)).zone
        await self._refresh(uow, tenant_id, zone, wanted.first, wanted.last)
        return await store.split_cards(uow, tenant_id, wanted, split, offset=offset, limit=limit)

    async def chart_cards(self, uow: Uow, tenant_id: TenantId, wanted: CardFilter) -> list[CardLine]:
        """Return the counts of each day over all templates asked for, the oldest first, as they are summed now."""
        return await store.sum_cards(uow, tenant_id, wanted)

    async def today(self, uow: Uow, tenant_id: TenantId) -> date:
        """Return the day it is for a tenant."""
        return rules.local_day(self._clock.now(), (await self._identity.get_tenant(uow, tenant_id)).zone)

    async def _refresh(self, uow: Uow, tenant_id: TenantId, zone: str, first: date | None, last: date | None) -> None:
        """Sum the days of a range that still move, where that is quick."""
        now = self._clock.now()
        days = rules.moving_days(rules.local_day(now, zone))
        asked = [day for day in days if (first is None or day >= first) and (last is None or day <= last)]
        summed = await store.list_summed(uow, tenant_id, asked)
        for day in sorted(asked):
            if rules.may_refresh(summed.get(day), now):
                await self.sum_day(uow, tenant_id, zone, day)

    # --- summing ------------------------------------------------------------------------------------------------------

    async def sum_day(self, uow: Uow, tenant_id: TenantId, zone: str, day: date) -> None:
        """Sum a day from what is there now. Repeatable, and one after the other."""
        started_s = self._clock.monotonic()
        await store.lock_day(uow, tenant_id, day, self._clock.now())
        begin, end = rules.day_span(day, zone)
        sent = [
            SendRow(day, one.tpl_id, one.tpl_name, one.submitted, one.capable, one.sent, one.delivered, one.resolved)
            for one in await self._campaigns.sum_sends(uow, tenant_id, begin, end)
        ]
        trials = await self._campaigns.list_trials(uow, tenant_id, begin - timedelta(days=rules.MOVING_DAYS), end)
        drawn = await self._handsets.sum_cards(uow, tenant_id, begin, end, without_tasks=trials)
        took = timedelta(seconds=self._clock.monotonic() - started_s)
        await store.replace_day(uow, tenant_id, day, sent, drawn, took)

    async def sum_due(self, db: Database) -> int:
        """Sum the days of all tenants that are due, each in a transaction of its own; returns how many."""
        now = self._clock.now()
        since = now - timedelta(days=rules.MOVING_DAYS + 1)
        async with db.begin() as uow:
            tenants = {
                *await self._campaigns.list_tenants(uow, since),
                *await self._handsets.list_tenants_with_cards(uow, since),
            }
        count = 0
        for tenant_id in sorted(tenants):
            async with db.begin() as uow:
                zone = (await self._identity.get_tenant(uow, tenant_id)).zone
                today = rules.local_day(now, zone)
                days = rules.moving_days(today)
                summed = await store.list_summed(uow, tenant_id, days)
            for day in _due(days, today, summed, now):
                async with db.begin() as uow:
                    await self.sum_day(uow, tenant_id, zone, day)
                count += 1
        return count


def _due(
    days: Iterable[date], today: date, summed: dict[date, tuple[datetime, timedelta]], now: datetime
) -> list[date]:
    return [day for day in days if rules.is_due(day, today, summed.get(day), now)]
