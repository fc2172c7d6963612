"""Statements of the overview, tenant first. Not for: reports, which keep what they summed."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, LiteralString, NamedTuple

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TaskId, TenantId

_BY_DAY: Final[LiteralString] = """
SELECT (started_at AT TIME ZONE %s)::date, card_template_id IS NOT NULL, array_agg(task_id::text),
       coalesce(sum(resolved), 0)::int8
FROM campaigns_tasks
WHERE tenant_id = %s::uuid AND started_at >= %s AND NOT is_trial
GROUP BY 1, 2 ORDER BY 1, 2
"""
_HAS_SENT: Final[LiteralString] = """
SELECT EXISTS (
           SELECT 1 FROM campaigns_tasks WHERE tenant_id = %s::uuid AND state NOT IN ('draft', 'parsing', 'refused')
       ),
       EXISTS (SELECT 1 FROM campaigns_video_tasks WHERE tenant_id = %s::uuid)
"""


class DayTasks(NamedTuple):
    """The tasks that began on a day, with cards or without."""

    day: date
    with_cards: bool
    task_ids: Sequence[TaskId]
    resolved: int


async def list_by_day(uow: Uow, tenant_id: TenantId, since: datetime, zone: str) -> list[DayTasks]:
    """Return the tasks that began since a moment, by day of a zone; trials are left out."""
    return [DayTasks(*row) for row in await uow.fetch(_BY_DAY, (zone, tenant_id, since))]


async def has_sent(uow: Uow, tenant_id: TenantId) -> tuple[bool, bool]:
    """Tell whether a tenant has a send task, and a send task of the basic edition."""
    row = (await uow.fetch(_HAS_SENT, (tenant_id, tenant_id)))[0]
    return row[0], row[1]
