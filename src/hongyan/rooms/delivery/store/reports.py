"""Matching reports to outcomes and raising messages to their final state. Hot path."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, LiteralString, NamedTuple

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TaskId, TenantId
from hongyan.rooms.delivery.rules import first_message_id
from hongyan.rooms.delivery.store.partitions import by_day, of_day

_MATCH: Final[LiteralString] = """
SELECT o.carrier_msg_id, o.message_id, o.part_no, o.parts, o.tenant_id::text, o.task_id::text
FROM delivery_outcomes@ AS o
WHERE o.account_id = %s AND o.carrier_msg_id = ANY(%s::int8[]) AND o.result = 0
"""

_MATCH_OTHERS: Final[LiteralString] = """
SELECT o.carrier_msg_id, o.message_id, o.part_no, o.parts, o.tenant_id::text, o.task_id::text
FROM delivery_outcomes AS o
WHERE o.account_id = %s AND o.carrier_msg_id = ANY(%s::int8[]) AND o.result = 0
  AND (o.message_id >= %s AND o.message_id < %s OR o.message_id >= %s)
"""

_NUMBERS: Final[LiteralString] = "SELECT message_id, number FROM delivery_messages@ WHERE message_id = ANY(%s::int8[])"

_PARTS: Final[LiteralString] = """
UPDATE delivery_outcomes@ AS o SET report_state = greatest(o.report_state, u.state)
FROM unnest(%s::int8[], %s::int2[], %s::int2[]) AS u(message_id, part_no, state)
WHERE o.message_id = u.message_id AND o.part_no = u.part_no
"""

_PART_STATES: Final[LiteralString] = """
SELECT o.message_id, array_agg(o.report_state ORDER BY o.part_no), count(*) FILTER (WHERE o.result = 0) = max(o.parts)
FROM delivery_outcomes@ AS o WHERE o.message_id = ANY(%s::int8[]) GROUP BY o.message_id
"""

_PARTS_MADE: Final[LiteralString] = """
SELECT message_id, max(parts) FROM delivery_outcomes@ WHERE message_id = ANY(%s::int8[]) GROUP BY message_id
"""

_LOCK_STATES: Final[LiteralString] = """
SELECT message_id, state FROM delivery_messages@ WHERE message_id = ANY(%s::int8[]) ORDER BY message_id FOR UPDATE
"""

_RAISE: Final[LiteralString] = """
UPDATE delivery_messages@ AS m SET state = u.state, carrier_code = u.code, final_at = %s
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


async def match(uow: Uow, account_id: int, carrier_msg_ids: Sequence[int], day: int) -> list[Match]:
    """Find accepted parts by the carrier's (signed) ids, among messages planned on that day or the day before."""
    found: list[Match] = []
    for one in (day, day - 1):
        rows = await hot.fetch(uow, of_day(_MATCH, one), (account_id, hot.ints(carrier_msg_ids)))
        found += [Match(*row) for row in rows]
    return found


async def match_others(
    uow: Uow, account_id: int, carrier_msg_ids: Sequence[int], from_day: int, day: int
) -> list[Match]:
    """Find them among messages of other days than :func:`match`: seldom, and planned each time with its bounds."""
    bounds = (first_message_id(max(0, from_day)), first_message_id(day - 1), first_message_id(day + 1))
    rows = await hot.ask(uow, _MATCH_OTHERS, (account_id, list(carrier_msg_ids), *bounds))
    return [Match(*row) for row in rows]


async def get_numbers(uow: Uow, message_ids: Sequence[int]) -> dict[int, bytes]:
    """Return the sealed numbers of messages."""
    numbers: dict[int, bytes] = {}
    for day, ids in by_day(message_ids).items():
        rows = await hot.fetch(uow, of_day(_NUMBERS, day), (hot.ints(ids),))
        numbers.update({row[0]: bytes(row[1]) for row in rows})
    return numbers


async def note_parts(uow: Uow, states: Sequence[tuple[int, int, int]]) -> None:
    """Write (message, part, state number) of reports on messages of several parts."""
    for day, ids in by_day({state[0] for state in states}).items():
        mine = set(ids)
        columns = zip(*[state for state in states if state[0] in mine], strict=True)
        await hot.send(uow, of_day(_PARTS, day), [hot.ints(column) for column in columns])


async def get_part_states(uow: Uow, message_ids: Sequence[int]) -> dict[int, tuple[list[int | None], bool]]:
    """Return (state number per answered part, were all parts accepted) of messages."""
    states: dict[int, tuple[list[int | None], bool]] = {}
    for day, ids in by_day(message_ids).items():
        rows = await hot.fetch(uow, of_day(_PART_STATES, day), (hot.ints(ids),))
        states.update({row[0]: (row[1], row[2]) for row in rows})
    return states


async def get_parts_made(uow: Uow, message_ids: Sequence[int]) -> dict[int, int]:
    """Return how many parts the wire made of messages; only those with an answer."""
    made: dict[int, int] = {}
    for day, ids in by_day(message_ids).items():
        made.update(dict(await hot.fetch(uow, of_day(_PARTS_MADE, day), (hot.ints(ids),))))
    return made


async def lock_states(uow: Uow, message_ids: Sequence[int]) -> dict[int, int]:
    """Lock rows and return their state numbers."""
    states: dict[int, int] = {}
    for day, ids in sorted(by_day(message_ids).items()):
        states.update(dict(await hot.fetch(uow, of_day(_LOCK_STATES, day), (hot.ints(ids),))))
    return states


async def raise_states(uow: Uow, finals: Sequence[tuple[int, int, str | None]], at: datetime) -> None:
    """Write (message, state number, code) over rows that are final already; the caller holds their locks."""
    for day, ids in by_day([final[0] for final in finals]).items():
        mine = set(ids)
        some = [final for final in finals if final[0] in mine]
        columns = (hot.ints(f[0] for f in some), hot.ints(f[1] for f in some), hot.texts(f[2] for f in some))
        await hot.send(uow, of_day(_RAISE, day), (at, *columns))
