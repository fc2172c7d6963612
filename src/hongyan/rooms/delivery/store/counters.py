"""Counters: transitions folded per transaction, read as sums over shards."""

from collections.abc import Collection
from datetime import datetime
from typing import Final, LiteralString

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TaskId, TenantId
from hongyan.rooms.delivery.contracts import MessageState, Tally

_STATES: Final = (
    MessageState.HELD,
    MessageState.QUEUED,
    MessageState.ATTEMPTED,
    MessageState.SUBMITTED,
    MessageState.DELIVERED,
    MessageState.FAILED,
    MessageState.EXPIRED,
    MessageState.SKIPPED,
    MessageState.SUPPRESSED,
    MessageState.REFUSED,
    MessageState.CANCELLED,
    MessageState.UNKNOWN,
    MessageState.UNKNOWN_FINAL,
)
"""In the order of the statements below."""

_FOLD: Final[LiteralString] = """
INSERT INTO delivery_counters AS c (shard, tenant_id, task_id, held, queued, attempted, submitted, delivered, failed,
                                    expired, skipped, suppressed, refused, cancelled, unknown, unknown_final)
SELECT %s, u.* FROM unnest(%s::uuid[], %s::uuid[], %s::int[], %s::int[], %s::int[], %s::int[], %s::int[], %s::int[],
                           %s::int[], %s::int[], %s::int[], %s::int[], %s::int[], %s::int[], %s::int[]) AS u
ON CONFLICT (task_id, shard) DO UPDATE SET
    held = c.held + excluded.held, queued = c.queued + excluded.queued, attempted = c.attempted + excluded.attempted,
    submitted = c.submitted + excluded.submitted, delivered = c.delivered + excluded.delivered,
    failed = c.failed + excluded.failed, expired = c.expired + excluded.expired, skipped = c.skipped + excluded.skipped,
    suppressed = c.suppressed + excluded.suppressed, refused = c.refused + excluded.refused,
    cancelled = c.cancelled + excluded.cancelled, unknown = c.unknown + excluded.unknown,
    unknown_final = c.unknown_final + excluded.unknown_final
"""

_SUMS: Final[LiteralString] = """
SELECT task_id::text, sum(held), sum(queued), sum(attempted), sum(submitted), sum(delivered), sum(failed), sum(expired),
       sum(skipped), sum(suppressed), sum(refused), sum(cancelled), sum(unknown), sum(unknown_final)
FROM delivery_counters WHERE tenant_id = %s AND task_id = ANY(%s::uuid[]) GROUP BY task_id
"""

_SUM: Final[LiteralString] = """
SELECT sum(held), sum(queued), sum(attempted), sum(submitted), sum(delivered), sum(failed), sum(expired),
       sum(skipped), sum(suppressed), sum(refused), sum(cancelled), sum(unknown), sum(unknown_final)
FROM delivery_counters WHERE tenant_id = %s AND task_id = ANY(%s::uuid[])
"""

_ALL_SUMS: Final[LiteralString] = """
SELECT task_id::text, sum(held), sum(queued), sum(attempted), sum(submitted), sum(delivered), sum(failed), sum(expired),
       sum(skipped), sum(suppressed), sum(refused), sum(cancelled), sum(unknown), sum(unknown_final)
FROM delivery_counters GROUP BY task_id
"""


async def fold(uow: Uow, shard: int, tally: Tally) -> None:
    """Add the transitions of this transaction to one shard."""
    rows = list(tally.items())
    if not rows:
        return
    columns = [hot.ints(moves.get(state, 0) for _, _, moves in rows) for state in _STATES]
    tenants, tasks = hot.plain(tenant for tenant, _, _ in rows), hot.plain(task for _, task, _ in rows)
    await hot.send(uow, _FOLD, (shard, tenants, tasks, *columns))


async def sums(uow: Uow, tenant_id: TenantId, task_ids: Collection[TaskId]) -> dict[TaskId, dict[MessageState, int]]:
    """Return how many messages are in each state; tasks that planned nothing are absent."""
    rows = await uow.fetch(_SUMS, (tenant_id, list(task_ids)))
    return {TaskId(row[0]): dict(zip(_STATES, map(int, row[1:]), strict=True)) for row in rows}


async def sum_all_of(uow: Uow, tenant_id: TenantId, task_ids: Collection[TaskId]) -> dict[MessageState, int]:
    """Return how many messages of several tasks together are in each state."""
    rows = await uow.fetch(_SUM, (tenant_id, hot.plain(task_ids)))
    return dict(zip(_STATES, (int(value or 0) for value in rows[0]), strict=True))


async def all_sums(uow: Uow) -> dict[TaskId, dict[MessageState, int]]:
    """Return the sums of every task of every tenant, for the doctor."""
    rows = await uow.fetch(_ALL_SUMS)
    return {TaskId(row[0]): dict(zip(_STATES, map(int, row[1:]), strict=True)) for row in rows}


async def list_older(uow: Uow, before: datetime) -> set[TaskId]:
    """Return tasks of which something was planned before a time, for the doctor."""
    rows = await uow.fetch("SELECT DISTINCT task_id::text FROM delivery_chunks WHERE planned_at < %s", (before,))
    return {TaskId(row[0]) for row in rows}
