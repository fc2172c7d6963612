"""Messages read by their ids for people, exports and receipts, and the counting that the doctor compares with counters.

The state of a message whose row is open is derived: not covered by a span → queued or held; on the list of unknowns →
unknown; all parts answered → submitted; else attempted. The expression stands once, in ``_state``.
Not for: finding which messages a page shows (``pages``).
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import text

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import AccountId, MessageId, TaskId
from hongyan.kernel.phones import Phone
from hongyan.rooms.delivery.contracts import MessageKind, MessageState, MessageView
from hongyan.rooms.delivery.rules import STATES_BY_NUMBER


def _state(is_answered: str) -> str:
    """Return the expression of the state, given that of whether all parts were answered."""
    return f"""
CASE WHEN m.state <> 0 THEN m.state::text
     WHEN (m.message_id & 255) >= b.next_pos
          OR position(set_byte('\\x00'::bytea, 0, (m.message_id & 255)::int) in b.retry) > 0
          THEN CASE b.state WHEN 1 THEN 'held' ELSE 'queued' END
     WHEN EXISTS (SELECT 1 FROM delivery_unknowns k WHERE k.message_id = m.message_id) THEN 'unknown'
     WHEN {is_answered} THEN 'submitted'
     ELSE 'attempted' END"""  # noqa: S608 - constants of this file


STATE_SQL: Final = _state(
    "(SELECT count(*) >= max(o.parts) FROM delivery_outcomes o WHERE o.message_id = m.message_id)"
)
"""State of message ``m`` in batch ``b``, as text: the number of a final one, the name of an open one."""

# Ids are constants of the statement (it is never prepared): the planner looks at the partitions of their days only.
_READ: Final = f"""
SELECT m.message_id, m.task_id::text AS task_id, m.recipient_no, m.number, {_state("o.is_answered")} AS state,
       m.text, m.parts, m.link_code, m.cust_flag, m.carrier_code, b.signature_id, b.template_id,
       -- A batch may have moved since the message was sent.
       coalesce(o.account_id, (SELECT k.account_id FROM delivery_unknowns AS k WHERE k.message_id = m.message_id),
                b.account_id) AS account_id,
       b.card_template_id, b.planned_at, b.kind, o.submitted_at, m.final_at, m.tenant_id::text AS tenant_id
FROM delivery_messages AS m
JOIN delivery_batches AS b ON b.batch_id = m.message_id >> 8
LEFT JOIN (SELECT message_id, count(*) >= max(parts) AS is_answered, max(at) FILTER (WHERE result = 0) AS submitted_at,
                  max(account_id) AS account_id
           FROM delivery_outcomes WHERE message_id = ANY(%s::int8[]) GROUP BY message_id) AS o
  ON o.message_id = m.message_id
WHERE m.message_id = ANY(%s::int8[]) AND b.batch_id = ANY(%s::int8[])
"""  # noqa: S608 - constants of this file

# Joined by equality, so that the planner hashes: nested loops over a range took more than a minute at 500,000 messages.
_COUNT_ROWS: Final = f"""
SELECT task_id, state, count(*) AS n
FROM (SELECT m.task_id::text AS task_id, {STATE_SQL} AS state
      FROM delivery_messages m JOIN delivery_batches b ON b.batch_id = m.message_id >> 8) AS x
GROUP BY 1, 2
"""  # noqa: S608 - constants of this file


def to_state(value: str) -> MessageState:
    """Return the state behind the text of ``STATE_SQL``."""
    return STATES_BY_NUMBER[int(value)] if value.isdigit() else MessageState(value)


async def read(uow: Uow, message_ids: Sequence[int]) -> list[Any]:
    """Return the rows of messages in the order given; of any tenant, so callers take the ids from the ledger."""
    if not message_ids:
        return []
    ids = hot.ints(message_ids)
    batch_ids = hot.ints(sorted({message_id >> 8 for message_id in message_ids}))
    rows = await hot.ask(uow, _READ, (ids, ids, batch_ids))
    found = {row.message_id: row for row in rows}
    return [found[message_id] for message_id in message_ids if message_id in found]


async def count_states(uow: Uow) -> dict[TaskId, dict[MessageState, int]]:
    """Count rows per task and state over all tenants (a full scan: for the doctor and tests)."""
    counts: dict[TaskId, dict[MessageState, int]] = {}
    for row in (await uow.execute(text(_COUNT_ROWS))).all():
        counts.setdefault(TaskId(row.task_id), {})[to_state(row.state)] = int(row.n)
    return counts


def to_view(row: Any, phone: Phone) -> MessageView:
    """Build a view from a row of this module and the opened number."""
    return MessageView(
        message_id=MessageId(row.message_id),
        task_id=TaskId(row.task_id),
        recipient_no=row.recipient_no,
        phone=phone,
        state=to_state(row.state),
        text=row.text,
        parts=row.parts,
        link_code=row.link_code,
        cust_flag=row.cust_flag,
        carrier_code=row.carrier_code,
        account_id=None if row.account_id is None else AccountId(row.account_id),
        signature_id=row.signature_id,
        template_id=row.template_id,
        card_template_id=row.card_template_id,
        planned_at=row.planned_at,
        submitted_at=row.submitted_at,
        final_at=row.final_at,
        kind=MessageKind(row.kind),
    )
