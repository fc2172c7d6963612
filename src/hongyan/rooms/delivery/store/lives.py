"""One message's life, and parts that carriers accepted and stay silent about. Read only.

Not for: lists (``lists``) nor reports as carriers wrote them (the room ``receipts``).
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import AccountId, BatchId, MessageId, TenantId
from hongyan.kernel.keys.numbers import NumberSealer
from hongyan.rooms.delivery.contracts import (
    LifeDoubt,
    LifePart,
    LifeSpan,
    MessageClass,
    MessageLife,
    SilentPart,
    unsigned,
)
from hongyan.rooms.delivery.rules import make_message_id, split_message_id
from hongyan.rooms.delivery.store import views

Sealer = Callable[[TenantId], Awaitable[NumberSealer]]

# Ids are constants: these statements are planned each time and open the partition of their day alone.
_SPANS = """
SELECT span_id, account_id, epoch, opened_at, closed_at FROM delivery_spans
WHERE batch_id = %s AND position(set_byte('\\x00'::bytea, 0, %s) in positions) > 0 ORDER BY opened_at, span_id
"""

_PARTS = """
SELECT part_no, account_id, carrier_msg_id, carrier_ref, result, at FROM delivery_outcomes
WHERE message_id = %s ORDER BY part_no
"""

_DOUBTS = """
SELECT account_id, reason, since, at, ordered_by FROM delivery_resends WHERE message_id = %s
UNION ALL SELECT account_id, reason, since, NULL, NULL FROM delivery_unknowns WHERE message_id = %s ORDER BY since
"""

_BATCH = "SELECT klass, expires_at FROM delivery_batches WHERE batch_id = %s"

_OPEN_BATCHES = """
SELECT b.batch_id, b.message_count, b.tenant_id::text, b.src_id
FROM delivery_batches AS b JOIN delivery_tasks AS t ON t.task_id = b.task_id
WHERE NOT t.is_settled AND b.account_id = %s AND b.batch_id >= %s AND b.planned_at <= %s ORDER BY b.batch_id LIMIT %s
"""

# Only by the ranges of the batches: "OFFSET 0" and "+ 0" keep the planner, when it knows little of a fresh partition,
# from walking over all that the account ever took.
_SILENT = """
SELECT o.message_id, o.part_no, o.carrier_msg_id, o.carrier_ref, o.at, m.number
FROM unnest(%s::int8[], %s::int8[]) AS b(first, last) CROSS JOIN LATERAL (
    SELECT message_id, number FROM delivery_messages
    WHERE message_id BETWEEN b.first AND b.last AND message_id BETWEEN %s AND %s AND state = 0 OFFSET 0
) AS m CROSS JOIN LATERAL (
    SELECT * FROM delivery_outcomes WHERE message_id = m.message_id AND message_id BETWEEN %s AND %s
        AND account_id + 0 = %s AND result = 0 AND report_state IS NULL AND at <= %s OFFSET 0
) AS o ORDER BY o.message_id, o.part_no LIMIT %s
"""

SILENT_BATCHES: Final = 8
"""So many batches are looked into at a time: of a task that is under way most messages may have their reports."""


async def get(uow: Uow, sealer_of: Sealer, message_id: int, tenant_id: TenantId | None) -> MessageLife | None:
    """Return the life of a message of the tenant (``None``: of any)."""
    rows = await views.read(uow, [message_id])
    if not rows or tenant_id not in {None, rows[0].tenant_id}:
        return None
    row: Any = rows[0]
    batch_id, position = split_message_id(message_id)
    [(klass, expires_at)] = await hot.ask(uow, _BATCH, (batch_id,))
    sealer = await sealer_of(row.tenant_id)
    return MessageLife(
        tenant_id=TenantId(row.tenant_id),
        view=views.to_view(row, sealer.open(row.number)),
        batch_id=BatchId(batch_id),
        klass=MessageClass(klass),
        expires_at=expires_at,
        spans=tuple(LifeSpan(*span) for span in await hot.ask(uow, _SPANS, (batch_id, position))),
        parts=tuple(
            LifePart(
                part.part_no, part.account_id, unsigned(part.carrier_msg_id), part.carrier_ref, part.result, part.at
            )
            for part in await hot.ask(uow, _PARTS, (message_id,))
        ),
        doubts=tuple(LifeDoubt(*doubt) for doubt in await hot.ask(uow, _DOUBTS, (message_id, message_id))),
    )


async def list_silent(
    uow: Uow, sealer_of: Sealer, account_id: AccountId, before: datetime, *, after: int, limit: int
) -> tuple[list[SilentPart], MessageId | None]:
    """Return parts accepted on an account before a time and not reported, by id, beyond the message ``after``.

    With them the message behind which to go on; ``None``: there is nothing more. Parts of a message stay together.

    Also those of messages that are unknown because another of their parts has no answer. What was moved to another
    account is left out: its sender number is no longer known.
    """
    batches = await hot.ask(uow, _OPEN_BATCHES, (account_id, split_message_id(after + 1)[0], before, SILENT_BATCHES))
    if not batches:
        return [], None
    owners = {row.batch_id: row for row in batches}
    spans = [
        (make_message_id(row.batch_id, 0), make_message_id(row.batch_id, row.message_count - 1)) for row in batches
    ]
    within = max(after + 1, spans[0][0]), spans[-1][1]
    ends = [first for first, _ in spans], [last for _, last in spans]
    rows = await hot.ask(uow, _SILENT, (*ends, *within, *within, account_id, before, limit))
    goes_on = MessageId(within[1]) if len(batches) == SILENT_BATCHES else None
    if len(rows) == limit:  # there may be more, and parts of the last message among them
        whole = [row for row in rows if row.message_id < rows[-1].message_id]
        rows = whole or rows
        goes_on = MessageId(rows[-1].message_id)
    sealers = {tenant: await sealer_of(TenantId(tenant)) for tenant in {batch.tenant_id for batch in batches}}
    parts = []
    for row in rows:
        batch = owners[split_message_id(row.message_id)[0]]
        parts.append(
            SilentPart(
                message_id=MessageId(row.message_id),
                part_no=row.part_no,
                carrier_msg_id=unsigned(row.carrier_msg_id),
                carrier_ref=row.carrier_ref,
                phone=sealers[batch.tenant_id].open(row.number),
                src_id=batch.src_id,
                submitted_at=row.at,
            )
        )
    return parts, goes_on
