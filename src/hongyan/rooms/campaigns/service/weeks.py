"""What a tenant sent in the last week, day by day, for its first page. Not for: reports, which keep their sums."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.rooms.campaigns.service.sums import SENT
from hongyan.rooms.campaigns.store import overview as store
from hongyan.rooms.delivery.contracts import MessageState
from hongyan.rooms.delivery.service import DeliveryService

WEEK_DAYS: Final = 7
_SLOW_S: Final = 0.1
"""What is summed faster is summed each time."""
_SHARE: Final = 30
"""What is summed slower is kept for so many times as long: summing takes a thirtieth of the time at most."""
_KEPT: Final = 256


@dataclass(frozen=True, slots=True)
class Day:
    """A day in the tenant's zone: tasks that began on it, with what has become of them until now, without trials."""

    day: date
    sent: int
    """Messages that a carrier was asked to take."""
    ended: int
    """Of these, messages whose end is known or was given up."""
    delivered: int
    cards_sent: int
    """Messages delivered that carry a smart message."""
    cards: int
    """Cards that phones drew."""


class Weeks:
    """Sums of the last seven days. A tenant with very many tasks sees sums that are some seconds old."""

    def __init__(self, *, clock: Clock, delivery: DeliveryService) -> None:
        """Ask the ledger what became of messages."""
        self._clock = clock
        self._delivery = delivery
        self._kept: OrderedDict[TenantId, tuple[float, date, str, Sequence[Day]]] = OrderedDict()

    async def show(self, uow: Uow, tenant_id: TenantId, now: datetime, zone: str) -> Sequence[Day]:
        """Return the last seven days of ``zone``, the oldest first, none left out."""
        today = now.astimezone(ZoneInfo(zone)).date()
        until_s, day, its_zone, week = self._kept.get(tenant_id, (0.0, today, zone, ()))
        began_s = self._clock.monotonic()
        if week and began_s < until_s and (day, its_zone) == (today, zone):
            return week
        week = await self._sum(uow, tenant_id, today, zone)
        took_s = self._clock.monotonic() - began_s
        self._kept.pop(tenant_id, None)
        if took_s > _SLOW_S:
            self._kept[tenant_id] = (began_s + took_s * _SHARE, today, zone, week)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return week

    async def _sum(self, uow: Uow, tenant_id: TenantId, today: date, zone: str) -> Sequence[Day]:
        days = [today - timedelta(days=ago) for ago in reversed(range(WEEK_DAYS))]
        since = datetime.combine(days[0], time(), tzinfo=ZoneInfo(zone))
        found = {day: Day(day, 0, 0, 0, 0, 0) for day in days}
        for group in await store.list_by_day(uow, tenant_id, since, zone):
            counts = await self._delivery.sum_tasks(uow, tenant_id, group.task_ids)
            before = found.get(group.day)
            if before is None:
                continue
            sent, delivered = sum(counts[state] for state in SENT), counts[MessageState.DELIVERED]
            found[group.day] = Day(
                day=group.day,
                sent=before.sent + sent,
                ended=before.ended + sent - counts[MessageState.ATTEMPTED] - counts[MessageState.SUBMITTED],
                delivered=before.delivered + delivered,
                cards_sent=before.cards_sent + (delivered if group.with_cards else 0),
                cards=before.cards + group.resolved,
            )
        return [found[day] for day in days]
