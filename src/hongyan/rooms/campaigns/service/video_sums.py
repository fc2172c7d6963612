"""What video send tasks come to, for statistics: by day and template, with what has become of their numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId, VideoTemplateId
from hongyan.rooms.campaigns.service.video_views import TIMED_OUT, count_failed, count_unsent
from hongyan.rooms.campaigns.store import video_sums as store
from hongyan.rooms.delivery.contracts import MessageState
from hongyan.rooms.delivery.service import DeliveryService

_TASKS: Final = 10_000
"""Tasks that are held at once, and whose counters one statement reads."""


@dataclass(frozen=True, slots=True)
class VideoSum:
    """The tasks of a day with one template, each number once however often it was tried."""

    day: date
    tpl_id: VideoTemplateId
    tpl_name: str
    """The newest task's."""
    tasks: int
    total: int
    delivered: int
    failed: int
    timed_out: int
    """No final state within 72 hours or the task's own hours."""


class VideoSums:
    """Sums over a tenant's video tasks, made when they are asked for."""

    def __init__(self, *, delivery: DeliveryService) -> None:
        """Ask the ledger what became of messages."""
        self._delivery = delivery

    async def sum_videos(
        self, uow: Uow, tenant_id: TenantId, zone: str, begin: datetime, end: datetime
    ) -> list[VideoSum]:
        """Sum the tasks that began from ``begin`` until ``end``: the newest day first, then by template."""
        found: dict[tuple[date, VideoTemplateId], list[int]] = {}
        names: dict[VideoTemplateId, str] = {}
        async for rows in store.iter_begun(uow, tenant_id, zone, begin, end, _TASKS):
            for row, counts in await self._count(uow, tenant_id, rows):
                sums = found.setdefault((row.day, row.tpl_id), [0] * len(counts))
                found[row.day, row.tpl_id] = [old + new for old, new in zip(sums, counts, strict=True)]
                names.setdefault(row.tpl_id, row.tpl_name)
        order = sorted(found, key=lambda key: (-key[0].toordinal(), key[1]))
        return [VideoSum(day, tpl_id, names[tpl_id], *found[day, tpl_id]) for day, tpl_id in order]

    async def _count(
        self, uow: Uow, tenant_id: TenantId, rows: Sequence[store.VideoRow]
    ) -> list[tuple[store.VideoRow, tuple[int, ...]]]:
        """Return tasks, total, delivered, failed, timed out of each row."""
        counts = await self._delivery.list_task_counts(uow, tenant_id, [row.task_id for row in rows])
        counted: list[tuple[store.VideoRow, tuple[int, ...]]] = []
        for row in rows:
            states = counts[row.task_id]
            unsent = count_unsent(states, row.total + row.resent, is_cancelled=row.is_cancelled)
            failed = count_failed(states, row.resent, unsent)
            timed_out = sum(states[state] for state in TIMED_OUT)
            counted.append((row, (1, row.total, states[MessageState.DELIVERED], failed, timed_out)))
        return counted
