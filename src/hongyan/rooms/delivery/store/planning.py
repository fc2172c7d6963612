"""Writing planned chunks: the chunk's key, batches, and messages by COPY."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import insert, select

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TaskId, TenantId
from hongyan.rooms.delivery.contracts import EVERY_TENANT, PlannedChunk, PlannedMessage
from hongyan.rooms.delivery.rules import OPEN, STATE_NUMBERS, BatchState, make_message_id
from hongyan.rooms.delivery.tables import batches, gates

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


@dataclass(frozen=True, slots=True)
class NewBatch:
    """A batch to be written: which messages of the chunk, and over which account (``None``: they ended at planning)."""

    batch_id: int
    account_id: int | None
    src_id: str
    indexes: Sequence[int]


async def insert_chunk(uow: Uow, chunk: PlannedChunk, at: datetime) -> bool:
    """Take the key (task, chunk); false when it was taken before. Also (re)opens the task for settling."""
    rows = await uow.fetch(
        """INSERT INTO delivery_chunks (task_id, chunk_no, tenant_id, planned_at) VALUES (%s::uuid, %s, %s::uuid, %s)
           ON CONFLICT DO NOTHING RETURNING 1""",
        (chunk.task_id, chunk.chunk_no, chunk.tenant_id, at),
    )
    if not rows:
        return False
    await uow.fetch(
        """INSERT INTO delivery_tasks AS t (task_id, tenant_id, is_settled, planned_at)
           VALUES (%s::uuid, %s::uuid, false, %s)
           ON CONFLICT (task_id) DO UPDATE SET is_settled = false, planned_at = excluded.planned_at""",
        (chunk.task_id, chunk.tenant_id, at),
    )
    return True


async def take_batch_seqs(uow: Uow, count: int) -> list[int]:
    """Return ``count`` fresh sequence numbers for batch ids."""
    rows = await uow.fetch("SELECT nextval('delivery_batch_seq') FROM generate_series(1, %s)", (count,))
    return [row[0] for row in rows]


async def is_gated(uow: Uow, tenant_id: TenantId, subjects: Sequence[str]) -> bool:
    """Tell whether a gate is closed on any of the subjects."""
    owners = (tenant_id, EVERY_TENANT)
    statement = select(gates.c.subject).where(gates.c.tenant_id.in_(owners), gates.c.subject.in_(subjects)).limit(1)
    return (await uow.execute(statement)).first() is not None


async def insert_batches(
    uow: Uow,
    chunk: PlannedChunk,
    subjects: Sequence[str],
    new: Sequence[NewBatch],
    *,
    state: BatchState,
    ready_at: datetime | None,
    at: datetime,
) -> None:
    """Write batches; those without an account have nothing to send."""
    window = chunk.window
    rows = [
        {
            "batch_id": batch.batch_id,
            "tenant_id": chunk.tenant_id,
            "task_id": chunk.task_id,
            "account_id": batch.account_id,
            "klass": int(chunk.klass),
            "kind": int(chunk.kind),
            "src_id": batch.src_id,
            "signature_id": chunk.signature_id,
            "template_id": chunk.template_id,
            "card_template_id": chunk.card_template_id,
            "subjects": list(subjects),
            "window_start": window.start if window else None,
            "window_end": window.end if window else None,
            "window_zone": window.zone if window else None,
            "expires_at": chunk.expires_at,
            "message_count": len(batch.indexes),
            "next_pos": 0 if batch.account_id is not None else len(batch.indexes),
            "retry": b"",
            "state": int(state) if batch.account_id is not None else int(BatchState.DONE),
            "ready_at": ready_at if batch.account_id is not None else None,
            "planned_at": at,
        }
        for batch in new
    ]
    if rows:
        await uow.execute(insert(batches), rows)


async def copy_messages(
    uow: Uow,
    chunk: PlannedChunk,
    new: Sequence[NewBatch],
    planned: Sequence[PlannedMessage],
    sealed: Sequence[bytes],
    at: datetime,
) -> None:
    """COPY all messages of a chunk; ``planned`` holds the final ``ended`` and ``reason`` of each."""
    tenant, task = uuid.UUID(chunk.tenant_id), uuid.UUID(chunk.task_id)

    def rows() -> Iterable[Sequence[object]]:
        for batch in new:
            for pos, index in enumerate(batch.indexes):
                message = planned[index]
                yield (
                    make_message_id(batch.batch_id, pos),
                    tenant,
                    task,
                    message.recipient_no,
                    sealed[index],
                    message.text,
                    message.parts,
                    message.link_code,
                    message.cust_flag,
                    OPEN if message.ended is None else STATE_NUMBERS[message.ended],
                    message.reason,
                    None if message.ended is None else at,
                )

    await uow.copy_rows("delivery_messages", _MESSAGE_COLUMNS, rows())


async def lock_task(uow: Uow, task_id: TaskId) -> bool:
    """Lock an unsettled task that nobody plans at the moment; false when there is none."""
    rows = await uow.fetch(
        "SELECT 1 FROM delivery_tasks WHERE task_id = %s::uuid AND NOT is_settled FOR UPDATE SKIP LOCKED", (task_id,)
    )
    return bool(rows)


async def mark_settled(uow: Uow, task_id: TaskId) -> None:
    """Note that campaigns was told."""
    await uow.fetch("UPDATE delivery_tasks SET is_settled = true WHERE task_id = %s::uuid", (task_id,))


async def list_unsettled(uow: Uow, *, limit: int) -> list[tuple[TenantId, TaskId]]:
    """Return tasks of all tenants that were not settled yet, the longest planned first."""
    rows = await uow.fetch(
        """SELECT tenant_id::text, task_id::text FROM delivery_tasks
           WHERE NOT is_settled ORDER BY planned_at LIMIT %s""",
        (limit,),
    )
    return [(TenantId(row[0]), TaskId(row[1])) for row in rows]
