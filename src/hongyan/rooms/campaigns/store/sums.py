"""Sums over send tasks for statistics, tenant first. Not for: single tasks (``tasks``)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, LiteralString, NamedTuple

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import CardTemplateId, TaskId, TenantId

_BY_CARD: Final[LiteralString] = """
SELECT card_template_id, (array_agg(card_template_name ORDER BY started_at DESC))[1], array_agg(task_id::text),
       sum(rows)::int8, coalesce(sum(capable) FILTER (WHERE source <> 'api'), 0)::int8, sum(resolved)::int8
FROM campaigns_tasks
WHERE tenant_id = %s::uuid AND started_at >= %s AND started_at < %s AND NOT is_trial AND card_template_id IS NOT NULL
GROUP BY card_template_id ORDER BY card_template_id
"""


class CardTasks(NamedTuple):
    """The tasks of some time that send one card template."""

    tpl_id: CardTemplateId
    tpl_name: str
    task_ids: Sequence[TaskId]
    submitted: int
    capable: int
    """Without tasks of the API, which check nothing."""
    resolved: int


async def list_by_card(uow: Uow, tenant_id: TenantId, begin: datetime, end: datetime) -> list[CardTasks]:
    """Return the tasks that began in a time, by card template; trials and plain SMS are left out."""
    return [CardTasks(*row) for row in await uow.fetch(_BY_CARD, (tenant_id, begin, end))]


async def list_trials(uow: Uow, tenant_id: TenantId, begin: datetime, end: datetime) -> list[TaskId]:
    """Return the trials that began in a time."""
    rows = await uow.fetch(
        """SELECT task_id::text FROM campaigns_tasks
           WHERE tenant_id = %s::uuid AND started_at >= %s AND started_at < %s AND is_trial ORDER BY task_id""",
        (tenant_id, begin, end),
    )
    return [TaskId(row[0]) for row in rows]


# Loose index scan: one probe per tenant, however many tasks there are.
_TENANTS: Final[LiteralString] = """
WITH RECURSIVE t AS (
    (SELECT tenant_id FROM campaigns_tasks ORDER BY tenant_id LIMIT 1)
    UNION ALL
    SELECT (SELECT c.tenant_id FROM campaigns_tasks AS c WHERE c.tenant_id > t.tenant_id ORDER BY c.tenant_id LIMIT 1)
    FROM t WHERE t.tenant_id IS NOT NULL
)
SELECT t.tenant_id::text FROM t WHERE EXISTS
    (SELECT 1 FROM campaigns_tasks AS c WHERE c.tenant_id = t.tenant_id AND c.started_at >= %s)
"""


async def list_tenants(uow: Uow, since: datetime) -> list[TenantId]:
    """Return the tenants of whom a task began since a time."""  # cross-tenant: statistics
    return [TenantId(row[0]) for row in await uow.fetch(_TENANTS, (since,))]
