"""Late reports of a first sending, after the message was sent once more. Rare: one by one, each under its batch's lock.

They name an id that no outcome has, so only their number tells what they mean. DELIVRD ends the message wherever it
stands: the person has it, and a second sending that still waits is spared. Anything else is only noted, because the
second sending decides. While the second one is on the wire nothing is decided: the report is tried again later.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, LiteralString, NamedTuple

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import AccountId, TaskId, TenantId
from hongyan.kernel.keys.numbers import NumberSealer
from hongyan.rooms.delivery.contracts import MessageState, ReportFact, Tally
from hongyan.rooms.delivery.rules import (
    OPEN,
    STATE_NUMBERS,
    STATES_BY_NUMBER,
    BatchState,
    fold_parts,
    split_message_id,
)
from hongyan.rooms.delivery.store import outcomes, reports

_DELIVERED: Final = STATE_NUMBERS[MessageState.DELIVERED]

_FIND: Final[LiteralString] = """
SELECT message_id, tenant_id::text, task_id::text, line_number, parts, heard FROM delivery_resends
WHERE account_id = %s AND line_number = ANY(%s::bytea[]) AND cardinality(heard) < parts
ORDER BY since, message_id FOR UPDATE
"""

_HEAR: Final[LiteralString] = "UPDATE delivery_resends SET heard = %s::int2[] WHERE message_id = %s"

_LOCK_BATCH: Final[LiteralString] = """
SELECT state, retry FROM delivery_batches WHERE batch_id = %s FOR UPDATE
"""

_WHERE_IT_STANDS: Final[LiteralString] = """
SELECT m.state, EXISTS (SELECT 1 FROM delivery_unknowns AS k WHERE k.message_id = m.message_id),
       coalesce((SELECT count(*) >= max(o.parts) FROM delivery_outcomes AS o WHERE o.message_id = m.message_id), false)
FROM delivery_messages AS m WHERE m.message_id = %s FOR UPDATE
"""


class _First(NamedTuple):
    """A first sending of which not everything was heard."""

    message_id: int
    tenant_id: TenantId
    task_id: TaskId
    line_number: bytes
    parts: int
    """As far as is known: as planned, or fewer when the wire made fewer of the second sending."""
    heard: list[int]


async def explain(
    uow: Uow, line: NumberSealer, account_id: AccountId, facts: Sequence[ReportFact], at: datetime, tally: Tally
) -> list[int]:
    """Explain reports by first sendings to the same number on the account; returns the indexes left over."""
    sealed = [line.seal(fact.phone) for fact in facts]
    rows = await hot.fetch(uow, _FIND, (account_id, hot.octets(sorted(set(sealed)))))
    made = await reports.get_parts_made(uow, [row[0] for row in rows])
    firsts = [
        _First(row[0], TenantId(row[1]), TaskId(row[2]), bytes(row[3]), min(row[4], made.get(row[0], row[4])), row[5])
        for row in rows
    ]
    left = []
    for index, (fact, number) in enumerate(zip(facts, sealed, strict=True)):
        first = next((f for f in firsts if f.line_number == number and len(f.heard) < f.parts), None)
        if first is None:
            left.append(index)
            continue
        heard = [*first.heard, STATE_NUMBERS[fact.state]]
        is_delivered = len(heard) == first.parts and fold_parts(heard) == _DELIVERED
        if is_delivered and not await _deliver(uow, first, fact, at, tally):
            left.append(index)
            continue
        first.heard.append(STATE_NUMBERS[fact.state])
        await hot.send(uow, _HEAR, (hot.ints(heard), first.message_id))
    return left


async def _deliver(uow: Uow, first: _First, fact: ReportFact, at: datetime, tally: Tally) -> bool:
    """End the message as delivered; false while its second sending is on the wire."""
    batch_id, position = split_message_id(first.message_id)
    batch_state, retry = (await hot.fetch(uow, _LOCK_BATCH, (batch_id,)))[0]
    number, is_unknown, is_answered = (await hot.fetch(uow, _WHERE_IT_STANDS, (first.message_id,)))[0]
    final = [(first.message_id, _DELIVERED, fact.code)]
    if number != OPEN:
        if number < _DELIVERED:
            await reports.raise_states(uow, final, at)
            tally.move(first.tenant_id, first.task_id, STATES_BY_NUMBER[number], MessageState.DELIVERED)
        return True
    if position in bytes(retry):
        old = MessageState.HELD if batch_state == BatchState.PARKED else MessageState.QUEUED
        kept = bytes(pos for pos in bytes(retry) if pos != position)
        await hot.send(
            uow,
            """UPDATE delivery_batches
               SET retry = %s, state = CASE WHEN state < 2 AND next_pos >= message_count AND %s = ''::bytea THEN 2
                                            ELSE state END
               WHERE batch_id = %s""",
            (kept, kept, batch_id),
        )
    elif is_unknown:
        old = MessageState.UNKNOWN
        await outcomes.delete_unknowns(uow, [first.message_id])
    elif is_answered:
        old = MessageState.SUBMITTED
    else:
        return False
    if await outcomes.finish_open(uow, final, at):
        tally.move(first.tenant_id, first.task_id, old, MessageState.DELIVERED)
    return True
