"""Taps on home pages and menus: taken in from vendors, counted by hour and item, summed for reports.

Nothing is kept of who tapped. Items are counted as the account has them: the names a vendor sends make no rows.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.handsets.contracts import IntakeCounts, Vendor
from hongyan.rooms.service_accounts.contracts.taps import Tap, TapCounts, TapFilter, TapItemRow, TapRow
from hongyan.rooms.service_accounts.rules import taps as rules
from hongyan.rooms.service_accounts.store import taps as store


class TapsService:
    """Counts taps."""

    def __init__(self, *, clock: Clock) -> None:
        """Tell the hour by ``clock``."""
        self._clock = clock

    async def record(self, uow: Uow, vendor: Vendor, taps: Sequence[Tap]) -> IntakeCounts:
        """Count a batch. Keyed by vendor and event id; taps on what the account does not have count nowhere."""
        now = self._clock.now()
        by_id = {tap.event_id: tap for tap in taps}
        shown = await store.list_shown(uow, {tap.pub_id for tap in taps})
        known: dict[str, store.HourKey] = {}
        for event_id, tap in by_id.items():
            account, hour = shown.get(tap.pub_id), rules.hour_of(tap, now)
            item = None if account is None else rules.item_of(tap, account.menu, account.portal)
            if account is not None and hour is not None and item is not None:
                known[event_id] = (account.tenant_id, hour, tap.pub_id, *item)
        fresh = await store.remember_ids(uow, vendor.value, list(known), now)
        await store.add_hours(uow, Counter(known[event_id] for event_id in fresh))
        unknown = sum(tap.event_id not in known for tap in taps)
        return IntakeCounts(len(fresh), len(taps) - unknown - len(fresh), unknown)

    async def list_rows(
        self, uow: Uow, tenant_id: TenantId, wanted: TapFilter, *, offset: int, limit: int
    ) -> Page[TapRow]:
        """Return the taps by day (or month) and account, the newest day first, then the most tapped account."""
        return await store.list_rows(uow, tenant_id, wanted, offset=offset, limit=limit)

    async def list_items(
        self, uow: Uow, tenant_id: TenantId, wanted: TapFilter, *, offset: int, limit: int
    ) -> Page[TapItemRow]:
        """Return the taps by day (or month), account and item, the newest day first, then the most tapped."""
        return await store.list_items(uow, tenant_id, wanted, offset=offset, limit=limit)

    async def sum_days(self, uow: Uow, tenant_id: TenantId, wanted: TapFilter) -> list[tuple[date, TapCounts]]:
        """Return the taps of each day (or month) that has any, over all accounts asked for, the oldest first."""
        return await store.sum_days(uow, tenant_id, wanted)

    async def forget_ids(self, uow: Uow) -> int:
        """Drop ids of taps that could not come again; returns how many."""
        return await store.forget_ids(uow, self._clock.now() - rules.REMEMBERED)
