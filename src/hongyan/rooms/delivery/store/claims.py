"""Claiming: which batches are next, their gate, and the spans that make the intent to send durable.

All of it runs in the account's own transaction, behind the fence of its lease. Hand-written SQL: this is the hot path.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final, LiteralString

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TaskId, TenantId
from hongyan.rooms.delivery.rules import BatchState
from hongyan.rooms.delivery.store.partitions import by_day, of_day
from hongyan.rooms.delivery.tables import SPAN_ID_BLOCK

# Loose index scan: one probe per (class, tenant) that has ready batches, however many batches there are.
_TURNS: Final[LiteralString] = """
WITH RECURSIVE turns AS (
    (SELECT klass, tenant_id FROM delivery_batches WHERE account_id = %s AND state = 0
     ORDER BY klass, tenant_id LIMIT 1)
    UNION ALL
    SELECT n.klass, n.tenant_id FROM turns AS t CROSS JOIN LATERAL (
        SELECT b.klass, b.tenant_id FROM delivery_batches AS b
        WHERE b.account_id = %s AND b.state = 0 AND (b.klass, b.tenant_id) > (t.klass, t.tenant_id)
        ORDER BY b.klass, b.tenant_id LIMIT 1
    ) AS n
)
SELECT klass, tenant_id::text FROM turns LIMIT 1000
"""

# SKIP LOCKED: a gate or a cancel at work on a batch must not hold up the rest of the account.
_LOCK: Final[LiteralString] = """
SELECT b.batch_id, b.tenant_id::text, b.task_id::text, b.klass, b.src_id, b.signature_id, b.expires_at, b.window_start,
       b.window_end, b.window_zone, b.message_count, b.next_pos, b.retry, b.confirms_opt_out, b.is_gated
FROM unnest(%s::int2[], %s::uuid[], %s::int4[]) AS p(klass, tenant_id, most) CROSS JOIN LATERAL (
    SELECT c.*, EXISTS (SELECT 1 FROM delivery_gates AS g
                        WHERE g.tenant_id IN (c.tenant_id, '00000000-0000-0000-0000-000000000000')
                          AND g.subject = ANY(c.subjects)) AS is_gated
    FROM delivery_batches AS c
    WHERE c.account_id = %s AND c.state = 0 AND c.klass = p.klass AND c.tenant_id = p.tenant_id
    ORDER BY c.batch_id LIMIT p.most FOR UPDATE OF c SKIP LOCKED
) AS b
"""

# The same without some signatures: those whose pace is used up at the moment.
_LOCK_WITHOUT: Final[LiteralString] = _LOCK.replace(
    "AND c.tenant_id = p.tenant_id", "AND c.tenant_id = p.tenant_id AND c.signature_id <> ALL (%s::text[])"
)

_ADVANCE: Final[LiteralString] = """
UPDATE delivery_batches AS b SET next_pos = u.next_pos, retry = u.retry, state = u.state
FROM unnest(%s::int8[], %s::int2[], %s::bytea[], %s::int2[]) AS u(batch_id, next_pos, retry, state)
WHERE b.batch_id = u.batch_id
"""

_OPEN: Final[LiteralString] = """
INSERT INTO delivery_spans (span_id, batch_id, account_id, epoch, positions, opened_at)
SELECT u.span_id, u.batch_id, %s, %s, u.positions, %s
FROM unnest(%s::int8[], %s::int8[], %s::bytea[]) AS u(span_id, batch_id, positions)
"""

_MESSAGES: Final[LiteralString] = """
SELECT m.message_id, m.number, m.text, m.parts,
       EXISTS (SELECT 1 FROM delivery_suppressions AS s WHERE s.tenant_id = m.tenant_id AND s.number = m.number)
FROM delivery_messages@ AS m WHERE m.message_id = ANY(%s::int8[]) AND m.state = 0
"""

_PARTS: Final[LiteralString] = "SELECT message_id, parts FROM delivery_messages@ WHERE message_id = ANY(%s::int8[])"

_OPTED_OUT: Final[LiteralString] = """
SELECT s.tenant_id::text, s.number, s.signature_id FROM delivery_suppressions AS s
JOIN unnest(%s::uuid[], %s::bytea[]) AS u(tenant_id, number) ON u.tenant_id = s.tenant_id AND u.number = s.number
"""

# A claim holds batches already, so it must not wait for others: what is skipped is asked for its gate again.
_PARK: Final[LiteralString] = """
UPDATE delivery_batches SET state = 1, ready_at = %s
WHERE batch_id = ANY(ARRAY(
    SELECT batch_id FROM delivery_batches
    WHERE account_id = %s AND task_id = %s::uuid AND state = 0 AND batch_id <> ALL (%s::int8[])
    ORDER BY batch_id FOR UPDATE SKIP LOCKED))
RETURNING message_count - next_pos + octet_length(retry)
"""

# In the order of ids, as gates lock them; what a gate or a cancel is at work on comes with the next look.
_UNPARK_DUE: Final[LiteralString] = """
UPDATE delivery_batches SET state = 0, ready_at = NULL
WHERE batch_id = ANY(ARRAY(
    SELECT batch_id FROM delivery_batches WHERE account_id = %s AND state = 1 AND ready_at <= %s
    ORDER BY batch_id FOR UPDATE SKIP LOCKED))
RETURNING tenant_id::text, task_id::text, message_count - next_pos + octet_length(retry)
"""


@dataclass(frozen=True, slots=True)
class ClaimedBatch:
    """A locked batch that is ready, with what decides whether it may go."""

    batch_id: int
    tenant_id: TenantId
    task_id: TaskId
    klass: int
    src_id: str
    signature_id: str
    expires_at: datetime
    window_start: time | None
    window_end: time | None
    window_zone: str | None
    message_count: int
    next_pos: int
    retry: bytes
    confirms_opt_out: bool
    is_gated: bool


async def list_turns(uow: Uow, account_id: int) -> list[tuple[int, TenantId]]:
    """Return (class, tenant) of everything ready on the account, most urgent class first."""
    return [(row[0], TenantId(row[1])) for row in await hot.fetch(uow, _TURNS, (account_id, account_id))]


async def lock_batches(
    uow: Uow, account_id: int, turns: Sequence[tuple[int, TenantId, int]], *, without: Collection[str] = ()
) -> list[ClaimedBatch]:
    """Lock the first ready batches of each (class, tenant, at most so many), not those of some signatures."""
    classes, tenants = hot.ints(t[0] for t in turns), hot.plain(t[1] for t in turns)
    params = (classes, tenants, hot.ints(t[2] for t in turns), account_id)
    if without:
        rows = await hot.fetch(uow, _LOCK_WITHOUT, (*params, hot.texts(without)))
    else:
        rows = await hot.fetch(uow, _LOCK, params)
    return [ClaimedBatch(*row) for row in rows]


async def advance_batches(uow: Uow, changes: Sequence[tuple[int, int, bytes, BatchState]]) -> None:
    """Write (batch, next position, positions that came back, state)."""
    await hot.send(
        uow,
        _ADVANCE,
        (
            hot.ints(c[0] for c in changes),
            hot.ints(c[1] for c in changes),
            hot.octets(c[2] for c in changes),
            hot.ints(int(c[3]) for c in changes),
        ),
    )


async def open_spans(
    uow: Uow, account_id: int, epoch: int, spans: Sequence[tuple[int, int, bytes]], at: datetime
) -> None:
    """Write spans (id, batch, positions)."""
    span_ids, batch_ids = hot.ints(s[0] for s in spans), hot.ints(s[1] for s in spans)
    await hot.send(uow, _OPEN, (account_id, epoch, at, span_ids, batch_ids, hot.octets(s[2] for s in spans)))


async def take_span_ids(uow: Uow) -> range:
    """Return a block of fresh span ids, so that opening a span needs no answer of the database."""
    first = int((await hot.fetch(uow, "SELECT nextval('delivery_span_seq')", ()))[0][0])
    return range(first, first + SPAN_ID_BLOCK)


async def get_messages(uow: Uow, message_ids: Sequence[int]) -> dict[int, tuple[bytes, str, int, bool]]:
    """Return (sealed number, text, parts, has the number opted out of something of the tenant) of open messages."""
    found: dict[int, tuple[bytes, str, int, bool]] = {}
    for day, ids in by_day(message_ids).items():
        rows = await hot.fetch(uow, of_day(_MESSAGES, day), (hot.ints(ids),))
        found.update({row[0]: row[1:] for row in rows})
    return found


async def get_parts(uow: Uow, message_ids: Sequence[int]) -> dict[int, int]:
    """Return how many parts messages have."""
    found: dict[int, int] = {}
    for day, ids in by_day(message_ids).items():
        found.update(dict(await hot.fetch(uow, of_day(_PARTS, day), (hot.ints(ids),))))
    return found


async def list_opted_out(uow: Uow, numbers: Collection[tuple[TenantId, bytes]]) -> set[tuple[TenantId, bytes, str]]:
    """Return what sealed numbers of tenants opted out of: (tenant, number, signature or "" for all)."""
    tenants, sealed = hot.plain(n[0] for n in numbers), hot.octets(n[1] for n in numbers)
    return {(TenantId(row[0]), bytes(row[1]), row[2]) for row in await hot.fetch(uow, _OPTED_OUT, (tenants, sealed))}


async def park_task(
    uow: Uow, account_id: int, task_id: TaskId, ready_at: datetime | None, *, without: Sequence[int]
) -> int:
    """Park all ready batches of a task on this account but for some; returns how many messages that are."""
    rows = await hot.fetch(uow, _PARK, (ready_at, account_id, task_id, hot.ints(without)))
    return sum(row[0] for row in rows)


async def unpark_due(uow: Uow, account_id: int, now: datetime) -> list[tuple[TenantId, TaskId, int]]:
    """Make ready what was parked until a time that has come; returns (tenant, task, messages) per batch."""
    rows = await hot.fetch(uow, _UNPARK_DUE, (account_id, now))
    return [(TenantId(row[0]), TaskId(row[1]), row[2]) for row in rows]
