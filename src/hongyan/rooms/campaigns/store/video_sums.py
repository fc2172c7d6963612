"""Video send tasks of some time for statistics, tenant first. Not for: single tasks (``video``)."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Final, LiteralString, NamedTuple

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TaskId, TenantId, VideoTemplateId

_BEGUN: Final[LiteralString] = """
SELECT (send_at AT TIME ZONE %s)::date, tpl_id, tpl_name, task_id::text, total, resent, is_cancelled, send_at
FROM campaigns_video_tasks
WHERE tenant_id = %s::uuid AND send_at >= %s AND (send_at, task_id) < (%s, %s::uuid) AND state <> 'scheduled'
ORDER BY send_at DESC, task_id DESC LIMIT %s
"""
_LOWEST_ID: Final = "00000000-0000-0000-0000-000000000000"


class VideoRow(NamedTuple):
    """A task that has begun, by the day in the tenant's zone."""

    day: date
    tpl_id: VideoTemplateId
    tpl_name: str
    task_id: TaskId
    total: int
    resent: int
    is_cancelled: bool


async def iter_begun(
    uow: Uow, tenant_id: TenantId, zone: str, begin: datetime, end: datetime, step: int
) -> AsyncIterator[list[VideoRow]]:
    """Yield the tasks that began from ``begin`` until ``end``, the newest first, ``step`` at a time."""
    before, below = end, _LOWEST_ID
    while True:
        rows = await uow.fetch(_BEGUN, (zone, tenant_id, begin, before, below, step))
        if rows:
            yield [VideoRow(*row[:7]) for row in rows]
        if len(rows) < step:
            return
        before, below = rows[-1][7], rows[-1][3]
