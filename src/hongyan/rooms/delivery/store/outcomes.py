"""What carriers answered: outcomes, closed spans, messages that come back or that nobody knows about. Hot path."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, LiteralString, NamedTuple

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TaskId, TenantId
from hongyan.rooms.delivery.rules import day_of
from hongyan.rooms.delivery.store.finals import fed
from hongyan.rooms.delivery.store.partitions import by_day, of_day

_INSERT: Final[LiteralString] = """
INSERT INTO delivery_outcomes (message_id, part_no, parts, account_id, carrier_msg_id, result, tenant_id, task_id, at)
SELECT u.message_id, u.part_no, u.parts, %s, u.carrier_msg_id, u.result, s.tenant_id, s.task_id, %s
FROM unnest(%s::int8[], %s::int2[], %s::int2[], %s::int8[], %s::int8[])
         AS u(message_id, part_no, parts, carrier_msg_id, result)
JOIN unnest(%s::int8[], %s::uuid[], %s::uuid[]) AS s(batch_id, tenant_id, task_id) ON s.batch_id = u.message_id >> 8
ON CONFLICT DO NOTHING
"""

# Where the carrier's id is no number; the others do not pay for the column.
_INSERT_WITH_REFS: Final[LiteralString] = """
INSERT INTO delivery_outcomes (message_id, part_no, parts, account_id, carrier_msg_id, result, tenant_id, task_id, at,
                               carrier_ref)
SELECT u.message_id, u.part_no, u.parts, %s, u.carrier_msg_id, u.result, s.tenant_id, s.task_id, %s, u.carrier_ref
FROM unnest(%s::int8[], %s::int2[], %s::int2[], %s::int8[], %s::int8[], %s::text[])
         AS u(message_id, part_no, parts, carrier_msg_id, result, carrier_ref)
JOIN unnest(%s::int8[], %s::uuid[], %s::uuid[]) AS s(batch_id, tenant_id, task_id) ON s.batch_id = u.message_id >> 8
ON CONFLICT DO NOTHING
"""

_FINISH: Final[LiteralString] = fed("""
UPDATE delivery_messages@ AS m SET state = u.state, carrier_code = u.code, final_at = %s
FROM unnest(%s::int8[], %s::int2[], %s::text[]) AS u(message_id, state, code)
WHERE m.message_id = u.message_id AND m.state = 0
RETURNING m.message_id, m.tenant_id, m.final_at
""")

_CLOSE: Final[LiteralString] = """
UPDATE delivery_spans SET closed_at = %s WHERE span_id = ANY(%s::int8[]) AND closed_at IS NULL RETURNING span_id
"""

# Committed, but we never learnt it (the connection broke at the commit): nothing of these was sent.
_LOST: Final[LiteralString] = """
UPDATE delivery_spans AS s SET closed_at = %s
FROM delivery_batches AS b
WHERE s.account_id = %s AND s.closed_at IS NULL AND s.epoch = %s AND NOT s.span_id = ANY(%s::int8[])
  AND b.batch_id = s.batch_id
RETURNING s.batch_id, s.positions, b.tenant_id::text, b.task_id::text
"""

# A batch that was cancelled meanwhile keeps its state: the caller ends these messages instead.
_GIVE_BACK: Final[LiteralString] = """
UPDATE delivery_batches AS b
SET retry = b.retry || u.positions, state = CASE WHEN b.state = 2 THEN 0 ELSE b.state END
FROM unnest(%s::int8[], %s::bytea[]) AS u(batch_id, positions)
WHERE b.batch_id = u.batch_id AND b.state <> 3
RETURNING b.batch_id, b.state
"""

_UNKNOWN: Final[LiteralString] = """
INSERT INTO delivery_unknowns (message_id, tenant_id, task_id, account_id, line_number, parts, missing, reason, since)
SELECT u.message_id, u.tenant_id, u.task_id, %s, u.line_number, u.parts, u.missing, u.reason, %s
FROM unnest(%s::int8[], %s::uuid[], %s::uuid[], %s::bytea[], %s::int2[], %s::bytea[], %s::text[])
    AS u(message_id, tenant_id, task_id, line_number, parts, missing, reason)
ON CONFLICT DO NOTHING
"""

_ORPHANS: Final[LiteralString] = """
UPDATE delivery_spans AS s SET closed_at = %s
FROM delivery_batches AS b
WHERE s.account_id = %s AND s.closed_at IS NULL AND s.epoch < %s AND b.batch_id = s.batch_id
RETURNING s.batch_id, s.positions, b.tenant_id::text, b.task_id::text
"""

_FIND_UNKNOWNS: Final[LiteralString] = """
SELECT message_id, tenant_id::text, task_id::text, line_number, parts, missing FROM delivery_unknowns
WHERE account_id = %s AND line_number = ANY(%s::bytea[]) ORDER BY since, message_id FOR UPDATE
"""

_SHRINK_UNKNOWNS: Final[LiteralString] = """
UPDATE delivery_unknowns AS k SET missing = u.missing
FROM unnest(%s::int8[], %s::bytea[]) AS u(message_id, missing) WHERE k.message_id = u.message_id
"""

_LOCK_PARTIAL: Final[LiteralString] = """
SELECT message_id, tenant_id::text, task_id::text FROM delivery_unknowns
WHERE reason = %s AND octet_length(missing) < parts AND since <= %s
ORDER BY since, message_id LIMIT %s FOR UPDATE SKIP LOCKED
"""

_HEARD: Final[LiteralString] = """
SELECT message_id, array_agg(report_state ORDER BY part_no) FROM delivery_outcomes@
WHERE message_id = ANY(%s::int8[]) GROUP BY message_id
HAVING max(at) <= %s AND count(*) = count(report_state)
"""


class UnknownRow(NamedTuple):
    """A message that was attempted and not answered (for all of its parts)."""

    message_id: int
    tenant_id: TenantId
    task_id: TaskId
    line_number: bytes
    parts: int
    missing: bytes


class OutcomeRow(NamedTuple):
    """One answered part."""

    message_id: int
    part_no: int
    parts: int
    carrier_msg_id: int
    """Signed."""
    result: int
    carrier_ref: str | None = None


async def insert_outcomes(
    uow: Uow, account_id: int, rows: Sequence[OutcomeRow], owners: Sequence[tuple[int, TenantId, TaskId]], at: datetime
) -> None:
    """Write answers; ``owners`` names (batch, tenant, task) of every batch among them, once each."""
    *numbers, refs = zip(*rows, strict=True)
    columns = [hot.ints(column) for column in numbers]
    batch_ids, tenants = hot.ints(o[0] for o in owners), hot.plain(o[1] for o in owners)
    tasks = hot.plain(o[2] for o in owners)
    if any(refs):
        await hot.send(uow, _INSERT_WITH_REFS, (account_id, at, *columns, hot.texts(refs), batch_ids, tenants, tasks))
        return
    await hot.send(uow, _INSERT, (account_id, at, *columns, batch_ids, tenants, tasks))


Final3 = tuple[int, int, str | None]
"""(message, state number, carrier's code)."""


async def finish_open(uow: Uow, finals: Sequence[Final3], at: datetime) -> set[int]:
    """Write final states where the row is still open; returns the messages that were."""
    done: set[int] = set()
    for day, some in _by_day(finals):
        done.update([row[0] for row in await hot.fetch(uow, of_day(_FINISH, day), _final_params(some, at))])
    return done


async def send_finish(uow: Uow, finals: Sequence[Final3], at: datetime) -> None:
    """Do the same without waiting for the answer."""
    for day, some in _by_day(finals):
        await hot.send(uow, of_day(_FINISH, day), _final_params(some, at))


def _by_day(finals: Sequence[Final3]) -> Iterable[tuple[int, Sequence[Final3]]]:
    """Sort by the day of the message: nearly always one."""
    first = day_of(finals[0][0])
    if all(day_of(final[0]) == first for final in finals):
        return ((first, finals),)
    days: dict[int, list[Final3]] = defaultdict(list)
    for final in finals:
        days[day_of(final[0])].append(final)
    return days.items()


def _final_params(finals: Sequence[Final3], at: datetime) -> tuple[object, ...]:
    return (
        at,
        hot.ints(f[0] for f in finals),
        hot.ints(f[1] for f in finals),
        hot.texts(f[2] for f in finals),
    )


async def close_spans(uow: Uow, span_ids: Sequence[int], at: datetime) -> set[int]:
    """Close spans whose outcomes are in this transaction; returns those that were open."""
    return {row[0] for row in await hot.fetch(uow, _CLOSE, (at, hot.ints(span_ids)))}


async def send_close_spans(uow: Uow, span_ids: Sequence[int], at: datetime) -> None:
    """Do the same without waiting for the answer."""
    await hot.send(uow, _CLOSE, (at, hot.ints(span_ids)))


async def give_back(uow: Uow, positions: Sequence[tuple[int, bytes]]) -> dict[int, int]:
    """Return positions (batch, bytes) to their batches; answers batch → state for those that took them."""
    rows = await hot.fetch(uow, _GIVE_BACK, (hot.ints(p[0] for p in positions), hot.octets(p[1] for p in positions)))
    return {row[0]: row[1] for row in rows}


async def insert_unknowns(
    uow: Uow, account_id: int, rows: Sequence[UnknownRow], reasons: Sequence[str], at: datetime
) -> None:
    """List messages as unknown."""
    await hot.send(
        uow,
        _UNKNOWN,
        (
            account_id,
            at,
            hot.ints(r.message_id for r in rows),
            hot.plain(r.tenant_id for r in rows),
            hot.plain(r.task_id for r in rows),
            hot.octets(r.line_number for r in rows),
            hot.ints(r.parts for r in rows),
            hot.octets(r.missing for r in rows),
            hot.texts(reasons),
        ),
    )


async def close_orphans(
    uow: Uow, account_id: int, epoch: int, at: datetime
) -> list[tuple[int, bytes, TenantId, TaskId]]:
    """Close spans of earlier epochs; returns (batch, positions, tenant, task) of each."""
    rows = await hot.fetch(uow, _ORPHANS, (at, account_id, epoch))
    return [(row[0], bytes(row[1]), TenantId(row[2]), TaskId(row[3])) for row in rows]


async def close_lost(
    uow: Uow, account_id: int, epoch: int, known: Sequence[int], at: datetime
) -> list[tuple[int, bytes, TenantId, TaskId]]:
    """Close spans of this epoch that the holder does not know; returns (batch, positions, tenant, task) of each."""
    rows = await hot.fetch(uow, _LOST, (at, account_id, epoch, hot.ints(known)))
    return [(row[0], bytes(row[1]), TenantId(row[2]), TaskId(row[3])) for row in rows]


async def get_oldest_open(uow: Uow, account_id: int) -> datetime | None:
    """Return when the oldest open span of an account was opened."""
    query: LiteralString = "SELECT min(opened_at) FROM delivery_spans WHERE account_id = %s AND closed_at IS NULL"
    oldest: datetime | None = (await hot.fetch(uow, query, (account_id,)))[0][0]
    return oldest


async def find_unknowns(uow: Uow, account_id: int, line_numbers: Sequence[bytes]) -> list[UnknownRow]:
    """Return and lock the unknown messages to these numbers on the account, oldest first."""
    rows = await hot.fetch(uow, _FIND_UNKNOWNS, (account_id, hot.octets(line_numbers)))
    return [UnknownRow(row[0], TenantId(row[1]), TaskId(row[2]), bytes(row[3]), row[4], bytes(row[5])) for row in rows]


async def take_heard(
    uow: Uow, reason: str, before: datetime, *, limit: int
) -> dict[int, tuple[TenantId, TaskId, list[int | None]]]:
    """Take off the list what is unknown for a reason and of which reports came, the last before a time.

    Returns message → (tenant, task, state numbers of its reports).
    """
    rows = {row[0]: row for row in await hot.fetch(uow, _LOCK_PARTIAL, (reason, before, limit))}
    heard: dict[int, tuple[TenantId, TaskId, list[int | None]]] = {}
    for day, ids in by_day(rows).items():
        for message_id, states in await hot.fetch(uow, of_day(_HEARD, day), (hot.ints(ids), before)):
            heard[message_id] = (TenantId(rows[message_id][1]), TaskId(rows[message_id][2]), states)
    if heard:
        await delete_unknowns(uow, list(heard))
    return heard


async def shrink_unknowns(uow: Uow, rows: Sequence[tuple[int, bytes]]) -> None:
    """Write which parts are still missing."""
    await hot.send(uow, _SHRINK_UNKNOWNS, (hot.ints(r[0] for r in rows), hot.octets(r[1] for r in rows)))


async def delete_unknowns(uow: Uow, message_ids: Sequence[int]) -> None:
    """Take messages off the list."""
    await hot.send(uow, "DELETE FROM delivery_unknowns WHERE message_id = ANY(%s::int8[])", (hot.ints(message_ids),))
