"""Pages of messages without scans: batches first (they know everything but numbers and states), then rows by their ids.

A page is found as ids, then read by :mod:`views`. Four ways: by batches alone, where a window over ``message_count``
skips to the offset; by the index of sealed numbers; through the messages of batches where a state is asked for; and,
for exports, on from a place. Statements name bounds of message ids as constants, so that the planner looks at the
partitions of these days only: planning for all of a year cost 60 ms. Hence they are never prepared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.rooms.delivery.contracts import MessageFilter, MessageState, day_number
from hongyan.rooms.delivery.rules import STATE_NUMBERS, first_batch_id
from hongyan.rooms.delivery.store.views import STATE_SQL

COUNTED_ROWS: Final = 10_001
"""A total that no counter knows stops here: one more than a list can show."""

Place = tuple[datetime, int]
"""Where an export goes on: planning time and id of the batch read last."""


@dataclass(frozen=True, slots=True)
class _Where:
    """Conditions on batches and their parameters; by task they are walked by id, else by time."""

    sql: str
    params: tuple[Any, ...]
    order: str
    ids: str
    """How ids of messages are ordered within: up or down."""


def _batches(tenant_id: TenantId, where: MessageFilter, *, newest: bool = False) -> _Where:
    clauses: list[str] = ["b.tenant_id = %s::uuid"]
    params: list[Any] = [tenant_id]
    for clause, value in (
        ("b.task_id = %s::uuid", where.task_id),
        ("b.signature_id = %s", where.signature_id),
        ("b.template_id = %s", where.template_id),
        ("b.card_template_id = %s", where.card_template_id),
        ("b.kind = %s", None if where.kind is None else int(where.kind)),
        ("b.planned_at >= %s", where.planned_from),
        ("b.planned_at < %s", where.planned_until),
    ):
        if value is not None:
            clauses.append(clause)
            params.append(value)
    way = " DESC" if newest else ""
    order = f"b.batch_id{way}" if where.task_id is not None else f"b.planned_at{way}, b.batch_id{way}"
    return _Where(" AND ".join(clauses), tuple(params), order, f"m.message_id{way}")


def _ids(rows: Sequence[tuple[Any, ...]], *, newest: bool = False) -> list[int]:
    """Return the ids of all messages of batches (id, count)."""
    step = -1 if newest else 1
    return [row[0] << 8 | position for row in rows for position in range(row[1])[::step]]


async def find_by_batches(
    uow: Uow, tenant_id: TenantId, where: MessageFilter, *, offset: int, limit: int, newest: bool = False
) -> list[int]:
    """Return a page of ids where neither a number nor a state is asked for."""
    wanted = _batches(tenant_id, where, newest=newest)
    query = f"""
        SELECT x.batch_id, x.message_count, x.upto FROM (
            SELECT b.batch_id, b.message_count, sum(b.message_count) OVER (ORDER BY {wanted.order}) AS upto
            FROM delivery_batches AS b WHERE {wanted.sql} ORDER BY {wanted.order} LIMIT %s) AS x
        WHERE x.upto > %s AND x.upto - x.message_count < %s ORDER BY x.upto"""  # noqa: S608 - constants of this file
    # A batch holds one message at least: so many batches hold the page.
    rows = await hot.ask(uow, query, (*wanted.params, offset + limit, offset, offset + limit))
    if not rows:
        return []
    first = rows[0][2] - rows[0][1]
    return _ids(rows, newest=newest)[offset - first : offset - first + limit]


async def walk(
    uow: Uow, tenant_id: TenantId, where: MessageFilter, after: Place | None, *, batches: int
) -> tuple[list[int], Place | None]:
    """Return the ids of the next batches of an export, and the place after them (``None``: there are no more)."""
    wanted = _batches(tenant_id, where)
    key = (
        "(b.planned_at, b.batch_id) > (%s, %s)"
        if where.task_id is None
        else "%s::timestamptz IS NOT NULL AND b.batch_id > %s"
    )
    clause = f" AND {key}" if after is not None else ""
    query = f"""
        SELECT b.batch_id, b.message_count, b.planned_at FROM delivery_batches AS b
        WHERE {wanted.sql}{clause} ORDER BY {wanted.order} LIMIT %s"""  # noqa: S608 - as above
    rows = await hot.ask(uow, query, (*wanted.params, *(after or ()), batches))
    return _ids(rows), (rows[-1][2], rows[-1][0]) if len(rows) == batches else None


async def find_by_number(
    uow: Uow, tenant_id: TenantId, where: MessageFilter, number: bytes, *, newest: bool = False
) -> list[int]:
    """Return the ids of the messages to a sealed number, at most 10,001, with every other condition but states."""
    way = "DESC" if newest else "ASC"
    low, high = _bounds(where.planned_from, where.planned_until)
    task = "" if where.task_id is None else " AND task_id = %s::uuid"
    query = f"""
        SELECT message_id FROM delivery_messages
        WHERE number = %s AND tenant_id = %s::uuid AND message_id >= %s AND message_id < %s{task}
        ORDER BY message_id {way} LIMIT %s"""  # noqa: S608 - as above
    tasks = () if where.task_id is None else (where.task_id,)
    found = [row[0] for row in await hot.ask(uow, query, (number, tenant_id, low, high, *tasks, COUNTED_ROWS))]
    if not found:
        return []
    wanted = _batches(tenant_id, where)
    query = f"""
        SELECT b.batch_id FROM delivery_batches AS b
        WHERE b.batch_id = ANY(%s::int8[]) AND {wanted.sql}"""  # noqa: S608 - as above
    fitting = {row[0] for row in await hot.ask(uow, query, (sorted({i >> 8 for i in found}), *wanted.params))}
    return [message_id for message_id in found if message_id >> 8 in fitting]


async def find_by_state(
    uow: Uow, tenant_id: TenantId, where: MessageFilter, *, offset: int, limit: int, newest: bool = False
) -> list[int]:
    """Return a page of ids where states are asked for; it reads messages until the page is full."""
    clause, params, order = await _stated(uow, tenant_id, where, newest=newest)
    query = f"SELECT m.message_id {clause} ORDER BY {order} OFFSET %s LIMIT %s"
    return [row[0] for row in await hot.ask(uow, query, (*params, offset, limit))]


async def keep_states(uow: Uow, message_ids: Sequence[int], states: frozenset[MessageState]) -> list[int]:
    """Return those of the messages that are in one of the states, in their order."""
    wanted, params = _states(states)
    query = f"""
        SELECT m.message_id FROM delivery_messages AS m JOIN delivery_batches AS b ON b.batch_id = m.message_id >> 8
        WHERE m.message_id = ANY(%s::int8[]) AND {wanted}"""  # noqa: S608 - as above
    kept = {row[0] for row in await hot.ask(uow, query, (list(message_ids), *params))}
    return [message_id for message_id in message_ids if message_id in kept]


async def count_by_batches(uow: Uow, tenant_id: TenantId, where: MessageFilter) -> int:
    """Count by batches, 10,001 of them at most (which hold as many messages at least)."""
    wanted = _batches(tenant_id, where)
    query = f"""
        SELECT coalesce(sum(x.message_count), 0) FROM (
            SELECT b.message_count FROM delivery_batches AS b WHERE {wanted.sql} LIMIT %s) AS x"""  # noqa: S608 - as above
    return int((await hot.ask(uow, query, (*wanted.params, COUNTED_ROWS)))[0][0])


async def _stated(uow: Uow, tenant_id: TenantId, where: MessageFilter, *, newest: bool) -> tuple[str, list[Any], str]:
    """Return FROM and WHERE with states, their parameters and the order; bounds come from the batches of the task."""
    wanted = _batches(tenant_id, where, newest=newest)
    low, high = _bounds(where.planned_from, where.planned_until)
    if where.task_id is not None:
        query = f"SELECT min(b.batch_id), max(b.batch_id) FROM delivery_batches AS b WHERE {wanted.sql}"  # noqa: S608 - as above
        first, last = (await hot.ask(uow, query, wanted.params))[0]
        low, high = ((first or 0) << 8, ((last or 0) + 1) << 8)
    states, values = _states(where.states or frozenset(MessageState))
    # LIMIT keeps the planner from joining all at once: batch by batch it stops when the page is full (10 M messages in
    # the ledger, a page of a task of a million: 6 s joined, 20 ms so).
    clause = f"""
        FROM delivery_batches AS b CROSS JOIN LATERAL (
            SELECT m.message_id FROM delivery_messages AS m
            WHERE m.message_id >= b.batch_id << 8 AND m.message_id < (b.batch_id << 8) + b.message_count
              AND m.message_id >= %s AND m.message_id < %s AND {states}
            ORDER BY {wanted.ids} LIMIT 256) AS m
        WHERE {wanted.sql}"""  # noqa: S608 - as above
    return clause, [low, high, *values, *wanted.params], f"{wanted.order}, {wanted.ids}"


def _states(states: frozenset[MessageState]) -> tuple[str, list[Any]]:
    """Return the condition and its parameters; what is final is told by its number alone, without the expression."""
    final = [STATE_NUMBERS[state] for state in states if state in STATE_NUMBERS]
    names = [state.value for state in states if state not in STATE_NUMBERS]
    parts, params = [], list[Any]()
    if final:
        parts.append("m.state = ANY(%s::int2[])")
        params.append(final)
    if names or not final:
        parts.append(f"m.state = 0 AND ({STATE_SQL}) = ANY(%s::text[])")
        params.append(names)
    return f"({' OR '.join(parts)})", params


def _bounds(begin: datetime | None, end: datetime | None) -> tuple[int, int]:
    """Return message ids between which everything planned in a range lies."""
    low = 0 if begin is None else first_batch_id(max(0, day_number(begin))) << 8
    high = (1 << 63) - 1 if end is None else first_batch_id(max(0, day_number(end)) + 1) << 8
    return low, high
