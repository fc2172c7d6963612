"""Matching reports to outcomes and raising messages to their final state. Hot path."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, LiteralString, NamedTuple

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TaskId, TenantId

_MATCH: Final[LiteralString] = """
SELECT o.carrier_msg_id, o.message_id, o.part_no, o.parts, o.tenant_id::text, o.task_id::text
FROM delivery_outcomes AS o
WHERE o.account_id = %s AND o.carrier_msg_id = ANY(%s::int8[]) AND o.result = 0 AND o.message_id >= %s
"""

_NUMBERS: Final[LiteralString] = "SELECT message_id, number FROM delivery_messages WHERE message_id = ANY(%s::int8[])"

_PARTS: Final[LiteralString] = """
UPDATE delivery_outcomes AS o SET report_state = greatest(o.report_state, u.state)
FROM unnest(%s::int8[], %s::int2[], %s::int2[]) AS u(message_id, part_no, state)
WHERE o.message_id = u.message_id AND o.part_no = u.part_no
"""

_PART_STATES: Final[LiteralString] = """
SELECT o.message_id, array_agg(o.report_state ORDER BY o.part_no), count(*) FILTER (WHERE o.result = 0) = max(o.parts)
FROM delivery_outcomes AS o WHERE o.message_id = ANY(%s::int8[]) GROUP BY o.message_id
"""

_LOCK_STATES: Final[LiteralString] = """
SELECT message_id, state FROM delivery_messages WHERE message_id = ANY(%s::int8[]) ORDER BY message_id FOR UPDATE
"""

_RAISE: Final[LiteralString] = """
UPDATE delivery_messages AS m SET state = u.state, carrier_code = u.code, final_at = %s
FROM unnest(%s::int8[], %s::int2[], %s::text[]) AS u(message_id, state, code)
WHERE m.message_id = u.message_id
"""


class Match(NamedTuple):
    """The part that a carrier's id stands for."""

    carrier_msg_id: int
    """Signed."""
    message_id: int
    part_no: int
    parts: int
    tenant_id: TenantId
    task_id: TaskId


async def match(uow: Uow, account_id: int, carrier_msg_ids: Sequence[int], oldest_message_id: int) -> list[Match]:
    """Find accepted parts by the carrier's (signed) ids, among messages planned not before ``oldest_message_id``."""
    rows = await hot.fetch(uow, _MATCH, (account_id, hot.ints(carrier_msg_ids), oldest_message_id))
    return [Match(row[0], row[1], row[2], row[3], TenantId(row[4]), TaskId(row[5])) for row in rows]


async def get_numbers(uow: Uow, message_ids: Sequence[int]) -> dict[int, bytes]:
    """Return the sealed numbers of messages."""
    return {row[0]: bytes(row[1]) for row in await hot.fetch(uow, _NUMBERS, (hot.ints(message_ids),))}


async def note_parts(uow: Uow, states: Sequence[tuple[int, int, int]]) -> None:
    """Write (message, part, state number) of reports on messages of several parts."""
    await hot.send(uow, _PARTS, [hot.ints(column) for column in zip(*states, strict=True)])


async def get_part_states(uow: Uow, message_ids: Sequence[int]) -> dict[int, tuple[list[int | None], bool]]:
    """Return (state number per answered part, were all parts accepted) of messages."""
    return {row[0]: (row[1], row[2]) for row in await hot.fetch(uow, _PART_STATES, (hot.ints(message_ids),))}


async def lock_states(uow: Uow, message_ids: Sequence[int]) -> dict[int, int]:
    """Lock rows and return their state numbers."""
    return {row[0]: row[1] for row in await hot.fetch(uow, _LOCK_STATES, (hot.ints(message_ids),))}


async def raise_states(uow: Uow, finals: Sequence[tuple[int, int, str | None]], at: datetime) -> None:
    """Write (message, state number, code) over rows that are final already; the caller holds their locks."""
    ids, states = hot.ints(f[0] for f in finals), hot.ints(f[1] for f in finals)
    await hot.send(uow, _RAISE, (at, ids, states, hot.texts(f[2] for f in finals)))
