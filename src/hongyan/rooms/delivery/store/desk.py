"""Gates, cancels, suppressions and upkeep: set-based work on batches, one slice per transaction.

Not for: the hot path (``claims``, ``outcomes``, ``reports``).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, LiteralString, NamedTuple

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TaskId, TenantId
from hongyan.rooms.delivery.store.finals import fed

_CLOSE_GATE: Final[LiteralString] = """
INSERT INTO delivery_gates (tenant_id, subject, reason, closed_at) VALUES (%s::uuid, %s, %s, %s)
ON CONFLICT (tenant_id, subject) DO UPDATE SET reason = excluded.reason
"""

# Counted and parked by one statement: what another transaction makes ready meanwhile is in neither, and the claim parks
# it. Here and below rows are locked in the order of their ids, so that two such statements never wait for each other.
_PARK_SUBJECT: Final[LiteralString] = """
WITH found AS MATERIALIZED (
    SELECT batch_id, state, message_count - next_pos + octet_length(retry) AS messages FROM delivery_batches
    WHERE tenant_id = %s::uuid AND subjects @> ARRAY[%s::text] AND state < 2 AND (state = 0 OR ready_at IS NOT NULL)
    ORDER BY batch_id FOR UPDATE
)
UPDATE delivery_batches AS b SET state = 1, ready_at = NULL FROM found AS f WHERE b.batch_id = f.batch_id
RETURNING b.task_id::text, CASE WHEN f.state = 0 THEN f.messages ELSE 0 END
"""

# What was held by its window as well is made ready: the next claim parks it again until the window opens.
_UNPARK_SUBJECT: Final[LiteralString] = """
WITH found AS MATERIALIZED (
    SELECT b.batch_id FROM delivery_batches AS b
    WHERE b.tenant_id = %s::uuid AND b.subjects @> ARRAY[%s::text] AND b.state < 2 AND b.state = 1
      AND b.ready_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM delivery_gates AS g
                      WHERE g.tenant_id IN (b.tenant_id, '00000000-0000-0000-0000-000000000000')
                        AND g.subject = ANY(b.subjects))
    ORDER BY b.batch_id FOR UPDATE OF b
)
UPDATE delivery_batches AS b SET state = 0, ready_at = NULL FROM found AS f WHERE b.batch_id = f.batch_id
RETURNING b.task_id::text, b.message_count - b.next_pos + octet_length(b.retry)
"""

_UNPARK_STRAYS: Final[LiteralString] = """
WITH found AS MATERIALIZED (
    SELECT b.batch_id FROM delivery_batches AS b
    WHERE b.state < 2 AND b.state = 1
      AND b.ready_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM delivery_gates AS g
                      WHERE g.tenant_id IN (b.tenant_id, '00000000-0000-0000-0000-000000000000')
                        AND g.subject = ANY(b.subjects))
    ORDER BY b.batch_id FOR UPDATE OF b
)
UPDATE delivery_batches AS b SET state = 0, ready_at = NULL FROM found AS f WHERE b.batch_id = f.batch_id
RETURNING b.tenant_id::text, b.task_id::text, b.message_count - b.next_pos + octet_length(b.retry)
"""

_LOCK_MOVING: Final[LiteralString] = """
SELECT count(*) FROM (
    SELECT 1 FROM delivery_batches WHERE tenant_id = %s::uuid AND task_id = %s::uuid
      AND (state IN (0, 2) OR state = 1 AND ready_at IS NOT NULL) ORDER BY batch_id FOR UPDATE
) AS locked
"""

_LOCK_TASK: Final[LiteralString] = """
SELECT batch_id, tenant_id::text, task_id::text, state, message_count, next_pos, retry FROM delivery_batches
WHERE tenant_id = %s::uuid AND task_id = %s::uuid AND state < 2 ORDER BY batch_id LIMIT %s FOR UPDATE
"""

_LOCK_EXPIRED: Final[LiteralString] = """
SELECT batch_id, tenant_id::text, task_id::text, state, message_count, next_pos, retry FROM delivery_batches
WHERE state < 2 AND expires_at <= %s ORDER BY expires_at LIMIT %s FOR UPDATE SKIP LOCKED
"""

_END_BATCHES: Final[LiteralString] = """
UPDATE delivery_batches SET state = %s, next_pos = message_count, retry = '', ready_at = NULL
WHERE batch_id = ANY(%s::int8[])
"""

_END_MESSAGES: Final[LiteralString] = fed("""
UPDATE delivery_messages SET state = %s, carrier_code = %s, final_at = %s
WHERE message_id = ANY(%s::int8[]) AND state = 0 RETURNING message_id, tenant_id, final_at
""")

_OLD_UNKNOWNS: Final[LiteralString] = """
DELETE FROM delivery_unknowns WHERE message_id IN
    (SELECT message_id FROM delivery_unknowns WHERE since <= %s ORDER BY since LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING message_id, tenant_id::text, task_id::text
"""

_SILENT: Final[LiteralString] = """
SELECT m.message_id FROM delivery_batches AS b CROSS JOIN LATERAL (
    SELECT m.message_id FROM delivery_messages AS m
    WHERE m.message_id >= b.batch_id << 8 AND m.message_id < (b.batch_id << 8) + b.message_count AND m.state = 0
      AND NOT EXISTS (SELECT 1 FROM delivery_unknowns AS k WHERE k.message_id = m.message_id)
      AND (SELECT max(o.at) FROM delivery_outcomes AS o WHERE o.message_id = m.message_id) <= %s
) AS m
WHERE b.tenant_id = %s::uuid AND b.task_id = %s::uuid AND b.state >= 2 LIMIT %s
"""


class OpenBatch(NamedTuple):
    """A locked batch with messages that were not sent."""

    batch_id: int
    tenant_id: TenantId
    task_id: TaskId
    state: int
    message_count: int
    next_pos: int
    retry: bytes


async def close_gate(uow: Uow, tenant_id: TenantId, subject: str, reason: str, at: datetime) -> None:
    """Write a closed gate."""
    await hot.send(uow, _CLOSE_GATE, (tenant_id, subject, reason, at))


async def open_gate(uow: Uow, tenant_id: TenantId, subject: str) -> bool:
    """Delete a gate; tells whether it was closed."""
    rows = await hot.fetch(
        uow, "DELETE FROM delivery_gates WHERE tenant_id = %s::uuid AND subject = %s RETURNING 1", (tenant_id, subject)
    )
    return bool(rows)


async def list_tenants(uow: Uow, subject: str) -> list[TenantId]:
    """Return the tenants that have something of a subject waiting (for gates that stand for all of them)."""
    rows = await hot.fetch(
        uow,
        """SELECT DISTINCT tenant_id::text FROM delivery_batches
           WHERE state < 2 AND subjects @> ARRAY[%s::text] ORDER BY 1""",
        (subject,),
    )
    return [TenantId(row[0]) for row in rows]


async def mark_cancelled(uow: Uow, tenant_id: TenantId, task_id: TaskId) -> None:
    """Mark batches that are under way: what comes back unsent from them ends as cancelled.

    Locks what a cancel and its gate change, too, all in one order.
    """
    await hot.fetch(uow, _LOCK_MOVING, (tenant_id, task_id))
    await hot.send(
        uow,
        "UPDATE delivery_batches SET state = 3 WHERE tenant_id = %s::uuid AND task_id = %s::uuid AND state = 2",
        (tenant_id, task_id),
    )


async def has_uncancelled(uow: Uow, tenant_id: TenantId, task_id: TaskId) -> bool:
    """Tell whether a task has batches that may still send something, or take something back to send it."""
    rows = await hot.fetch(
        uow,
        """SELECT EXISTS (SELECT 1 FROM delivery_batches
                          WHERE tenant_id = %s::uuid AND task_id = %s::uuid AND state < 3)""",
        (tenant_id, task_id),
    )
    return bool(rows[0][0])


async def park_subject(uow: Uow, tenant_id: TenantId, subject: str) -> list[tuple[TaskId, int]]:
    """Park everything of a subject until its gate opens; returns (task, messages that were ready) per batch."""
    return [(TaskId(row[0]), row[1]) for row in await hot.fetch(uow, _PARK_SUBJECT, (tenant_id, subject))]


async def unpark_subject(uow: Uow, tenant_id: TenantId, subject: str) -> list[tuple[TaskId, int]]:
    """Make ready what no other gate holds; returns (task, messages) per batch."""
    return [(TaskId(row[0]), row[1]) for row in await hot.fetch(uow, _UNPARK_SUBJECT, (tenant_id, subject))]


async def unpark_strays(uow: Uow) -> list[tuple[TenantId, TaskId, int]]:
    """Make ready what a claim parked while its gate was being opened; returns (tenant, task, messages) per batch."""
    return [(TenantId(row[0]), TaskId(row[1]), row[2]) for row in await hot.fetch(uow, _UNPARK_STRAYS, ())]


async def lock_task_batches(uow: Uow, tenant_id: TenantId, task_id: TaskId, *, limit: int) -> list[OpenBatch]:
    """Lock batches of a task that still have something to send."""
    rows = await hot.fetch(uow, _LOCK_TASK, (tenant_id, task_id, limit))
    return [_open_batch(row) for row in rows]


async def lock_expired_batches(uow: Uow, now: datetime, *, limit: int) -> list[OpenBatch]:
    """Lock batches of any tenant whose time to send is over."""
    return [_open_batch(row) for row in await hot.fetch(uow, _LOCK_EXPIRED, (now, limit))]


def _open_batch(row: tuple[object, ...]) -> OpenBatch:
    batch = OpenBatch(*row)  # type: ignore[arg-type]
    return batch._replace(retry=bytes(batch.retry))


async def end_batches(uow: Uow, batch_ids: Sequence[int], state: int) -> None:
    """Take batches out of the queue."""
    await hot.send(uow, _END_BATCHES, (state, hot.ints(batch_ids)))


async def end_messages(uow: Uow, message_ids: Sequence[int], state: int, code: str, at: datetime) -> set[int]:
    """Write one final state to open messages; returns those that were open."""
    return {row[0] for row in await hot.fetch(uow, _END_MESSAGES, (state, code, at, hot.ints(message_ids)))}


async def upsert_suppressions(uow: Uow, tenant_id: TenantId, numbers: Sequence[bytes], signature_id: str) -> None:
    """Add sealed numbers for one signature, or for all (empty)."""
    await hot.send(
        uow,
        """INSERT INTO delivery_suppressions (tenant_id, number, signature_id)
           SELECT %s::uuid, u.number, %s FROM unnest(%s::bytea[]) AS u(number) ON CONFLICT DO NOTHING""",
        (tenant_id, signature_id, list(numbers)),
    )


async def delete_suppressions(uow: Uow, tenant_id: TenantId, numbers: Sequence[bytes], signature_id: str) -> None:
    """Take sealed numbers off, those of one signature or those of all (empty)."""
    await hot.send(
        uow,
        """DELETE FROM delivery_suppressions
           WHERE tenant_id = %s::uuid AND number = ANY(%s::bytea[]) AND signature_id = %s""",
        (tenant_id, list(numbers), signature_id),
    )


async def take_old_unknowns(uow: Uow, before: datetime, *, limit: int) -> list[tuple[int, TenantId, TaskId]]:
    """Take unknown messages off the list that have been on it too long; returns (message, tenant, task)."""
    rows = await hot.fetch(uow, _OLD_UNKNOWNS, (before, limit))
    return [(row[0], TenantId(row[1]), TaskId(row[2])) for row in rows]


async def list_silent(uow: Uow, tenant_id: TenantId, task_id: TaskId, before: datetime, *, limit: int) -> list[int]:
    """Return messages of a task that the carrier accepted before that time and never reported."""
    return [row[0] for row in await hot.fetch(uow, _SILENT, (before, tenant_id, task_id, limit))]
