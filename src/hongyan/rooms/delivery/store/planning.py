"""The statements of planning: the keys of chunks, gates, batches and messages by COPY. Put together in ``chunks``."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TaskId, TenantId
from hongyan.rooms.delivery.contracts import EVERY_TENANT, PlannedChunk

_MESSAGE_COLUMNS: Final = {
    "message_id": "int8",
    "tenant_id": "uuid",
    "task_id": "uuid",
    "recipient_no": "int4",
    "number": "bytea",
    "text": "text",
    "parts": "int2",
    "link_code": "text",
    "cust_flag": "text",
    "state": "int2",
    "carrier_code": "text",
    "final_at": "timestamptz",
}


_BATCH_COLUMNS: Final = {
    "batch_id": "int8",
    "tenant_id": "uuid",
    "task_id": "uuid",
    "account_id": "int4",
    "klass": "int2",
    "kind": "int2",
    "src_id": "text",
    "signature_id": "text",
    "template_id": "text",
    "card_template_id": "text",
    "subjects": "text[]",
    "window_start": "time",
    "window_end": "time",
    "window_zone": "text",
    "expires_at": "timestamptz",
    "message_count": "int2",
    "next_pos": "int2",
    "retry": "bytea",
    "state": "int2",
    "ready_at": "timestamptz",
    "planned_at": "timestamptz",
    "confirms_opt_out": "bool",
}


async def insert_chunks(uow: Uow, chunks: Sequence[PlannedChunk], at: datetime) -> set[tuple[TaskId, int]]:
    """Take the keys (task, chunk); returns those that nobody had taken before."""
    rows = await hot.fetch(
        uow,
        """INSERT INTO delivery_chunks (task_id, chunk_no, tenant_id, planned_at)
           SELECT u.task_id, u.chunk_no, u.tenant_id, %s
           FROM unnest(%s::uuid[], %s::int[], %s::uuid[]) AS u (task_id, chunk_no, tenant_id)
           ON CONFLICT DO NOTHING RETURNING task_id::text, chunk_no""",
        (
            at,
            hot.plain(chunk.task_id for chunk in chunks),
            hot.ints(chunk.chunk_no for chunk in chunks),
            hot.plain(chunk.tenant_id for chunk in chunks),
        ),
    )
    return {(TaskId(row[0]), row[1]) for row in rows}


async def open_tasks(uow: Uow, chunks: Sequence[PlannedChunk], at: datetime) -> None:
    """Open the tasks of chunks for settling (again)."""
    owners = {chunk.task_id: chunk.tenant_id for chunk in chunks}
    tasks = sorted(owners)
    await hot.send(
        uow,
        """INSERT INTO delivery_tasks AS t (task_id, tenant_id, is_settled, planned_at)
           SELECT u.task_id, u.tenant_id, false, %s FROM unnest(%s::uuid[], %s::uuid[]) AS u (task_id, tenant_id)
           ON CONFLICT (task_id) DO UPDATE SET is_settled = false, planned_at = excluded.planned_at""",
        (at, hot.plain(tasks), hot.plain(owners[task] for task in tasks)),
    )


async def take_batch_seqs(uow: Uow, count: int) -> list[int]:
    """Return ``count`` fresh sequence numbers for batch ids."""
    rows = await hot.fetch(uow, "SELECT nextval('delivery_batch_seq') FROM generate_series(1, %s)", (count,))
    return [row[0] for row in rows]


async def list_gated(uow: Uow, tenants: Collection[TenantId], subjects: Collection[str]) -> set[tuple[TenantId, str]]:
    """Return the closed gates (tenant, subject) among these; ``EVERY_TENANT`` owns those that stand for all."""
    owners = sorted({*tenants, EVERY_TENANT})
    rows = await hot.fetch(
        uow,
        "SELECT tenant_id::text, subject FROM delivery_gates"
        " WHERE tenant_id = ANY(%s::uuid[]) AND subject = ANY(%s::text[])",
        (hot.plain(owners), hot.texts(sorted(subjects))),
    )
    return {(TenantId(row[0]), row[1]) for row in rows}


async def copy_batches(uow: Uow, rows: Iterable[Sequence[object]]) -> None:
    """COPY batches; the values stand in the order of ``_BATCH_COLUMNS``."""
    await uow.copy_rows("delivery_batches", _BATCH_COLUMNS, rows)


async def copy_messages(uow: Uow, rows: Iterable[Sequence[object]]) -> None:
    """COPY messages; the values stand in the order of ``_MESSAGE_COLUMNS``."""
    await uow.copy_rows("delivery_messages", _MESSAGE_COLUMNS, rows)


async def lock_tasks(uow: Uow, task_ids: Collection[TaskId]) -> list[tuple[TenantId, TaskId]]:
    """Lock those of the tasks that are unsettled and that nobody plans at the moment; returns which."""
    rows = await hot.fetch(
        uow,
        "SELECT tenant_id::text, task_id::text FROM delivery_tasks WHERE task_id = ANY(%s::uuid[]) AND NOT is_settled"
        " ORDER BY task_id FOR UPDATE SKIP LOCKED",
        (hot.plain(task_ids),),
    )
    return [(TenantId(row[0]), TaskId(row[1])) for row in rows]


async def mark_settled(uow: Uow, task_ids: Collection[TaskId]) -> None:
    """Note that campaigns was told."""
    await hot.send(
        uow, "UPDATE delivery_tasks SET is_settled = true WHERE task_id = ANY(%s::uuid[])", (hot.plain(task_ids),)
    )


Place = tuple[datetime, TaskId]
"""Where a walk over tasks stands: when the task was planned, and its id."""


async def list_unsettled(uow: Uow, *, after: Place | None, limit: int) -> list[tuple[Place, TenantId, TaskId]]:
    """Return tasks of all tenants that were not settled yet behind a place, the longest planned first."""
    at, task_id = after or (None, None)
    rows = await uow.fetch(
        """SELECT planned_at, tenant_id::text, task_id::text FROM delivery_tasks
           WHERE NOT is_settled AND (%s::timestamptz IS NULL OR (planned_at, task_id) > (%s::timestamptz, %s::uuid))
           ORDER BY planned_at, task_id LIMIT %s""",
        (at, at, task_id, limit),
    )
    return [((row[0], TaskId(row[2])), TenantId(row[1]), TaskId(row[2])) for row in rows]
