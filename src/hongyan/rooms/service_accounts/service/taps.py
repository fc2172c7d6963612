"""Taps on home pages, menus and shortcut keys: taken in from vendors, counted by hour and item, summed for reports.

Nothing is kept of who tapped. Items are counted as the account (or the scene of keys) has them: the names a vendor
sends make no rows.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.handsets.contracts import IntakeCounts, Vendor
from hongyan.rooms.service_accounts.contracts.taps import Tap, TapCounts, TapFilter, TapItemRow, TapRow, TapTarget
from hongyan.rooms.service_accounts.rules import taps as rules
from hongyan.rooms.service_accounts.store import shortcuts as shortcut_store
from hongyan.rooms.service_accounts.store import taps as store


class TapsService:
    """Counts taps."""

    def __init__(self, *, clock: Clock) -> None:
        """Tell the hour by ``clock``."""
        self._clock = clock

    async def record(self, uow: Uow, vendor: Vendor, taps: Sequence[Tap]) -> IntakeCounts:
        """Count a batch. Keyed by vendor and event id; taps on what is not there count nowhere."""
        now = self._clock.now()
        by_id = {tap.event_id: tap for tap in taps}
        on_keys = {tap.pub_id for tap in taps if tap.target is TapTarget.SHORTCUT}
        on_accounts = {tap.pub_id for tap in taps if tap.target is not TapTarget.SHORTCUT}
        accounts = await store.list_shown(uow, on_accounts)
        scenes = await shortcut_store.list_shown(uow, on_keys)
        known: dict[str, store.HourKey] = {}
        for event_id, tap in by_id.items():
            hour, item, owner = rules.hour_of(tap, now), None, None
            if tap.target is TapTarget.SHORTCUT and (scene := scenes.get(tap.pub_id)) is not None:
                item, owner = rules.key_of(tap, scene.live), scene.tenant_id
            elif (account := accounts.get(tap.pub_id)) is not None:
                item, owner = rules.item_of(tap, account.menu, account.portal), account.tenant_id
            if owner is not None and hour is not None and item is not None:
                known[event_id] = (owner, hour, tap.pub_id, *item)
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
