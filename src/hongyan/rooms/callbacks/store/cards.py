"""Cards that wait for the sms receipt of their message, and which post carries the receipt of which message."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, LiteralString, NamedTuple
from uuid import UUID

from sqlalchemy import text

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TaskId, TenantId
from hongyan.rooms.callbacks.contracts import PostId

_LOCK: Final = 0x48594342
"""Advisory lock of partition makers."""
_COLUMNS = {"day": "int4", "task_id": "uuid", "code": "text", "post_id": "int8", "customer": "bytea"}
_INSERT: Final[LiteralString] = """
INSERT INTO callbacks_cards
    (task_id, range_id, link_offset, drawing, tenant_id, code, result_code, at, look_at, created_at)
VALUES (%s::uuid, %s, %s, %s, %s::uuid, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING 1
"""
# Cards first, they are few; then one look at the key per card and partition, however many receipts there are.
_LINK: Final[LiteralString] = """
WITH waiting AS MATERIALIZED (
    SELECT c.task_id, c.range_id, c.link_offset, c.drawing, c.code FROM callbacks_cards AS c
    JOIN unnest(%s::uuid[], %s::text[]) AS u(task_id, code) ON u.task_id = c.task_id AND u.code = c.code
    WHERE c.look_at IS NOT NULL AND c.waits_for IS NULL
)
UPDATE callbacks_cards AS c SET waits_for = r.post_id
FROM waiting AS w CROSS JOIN LATERAL (
    SELECT s.post_id FROM callbacks_sms_receipts AS s
    WHERE s.task_id = w.task_id AND s.code = w.code AND s.day >= %s LIMIT 1
) AS r
WHERE c.task_id = w.task_id AND c.range_id = w.range_id AND c.link_offset = w.link_offset AND c.drawing = w.drawing
RETURNING c.waits_for
"""
_RIPE: Final[LiteralString] = """
SELECT c.task_id::text, c.range_id, c.link_offset, c.drawing, c.tenant_id::text, c.code, c.result_code, c.at, r.customer
FROM callbacks_cards AS c
CROSS JOIN LATERAL (
    SELECT s.customer FROM callbacks_sms_receipts AS s
    WHERE s.task_id = c.task_id AND s.code = c.code AND s.day >= %s LIMIT 1
) AS r
LEFT JOIN callbacks_posts AS p ON p.post_id = c.waits_for
WHERE c.waits_for = ANY(%s::int8[]) AND c.look_at IS NOT NULL AND (p.post_id IS NULL OR p.state > 0)
LIMIT %s FOR UPDATE OF c SKIP LOCKED
"""
_DONE: Final[LiteralString] = """
UPDATE callbacks_cards AS c SET look_at = NULL
FROM unnest(%s::uuid[], %s::int8[], %s::int8[], %s::text[]) AS u(task_id, range_id, link_offset, drawing)
WHERE c.task_id = u.task_id AND c.range_id = u.range_id AND c.link_offset = u.link_offset AND c.drawing = u.drawing
"""
_DUE: Final[LiteralString] = """
UPDATE callbacks_cards AS c
SET look_at = %(now)s + least(greatest(%(now)s - c.created_at, interval '1 minute'), interval '1 hour')
FROM (SELECT task_id, range_id, link_offset, drawing FROM callbacks_cards
      WHERE look_at <= %(now)s ORDER BY look_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED) AS d
WHERE c.task_id = d.task_id AND c.range_id = d.range_id AND c.link_offset = d.link_offset AND c.drawing = d.drawing
RETURNING c.task_id::text, c.code, c.waits_for
"""


class NewCard(NamedTuple):
    """A card that a phone has drawn."""

    tenant_id: TenantId
    task_id: TaskId
    range_id: int
    offset: int
    drawing: str
    code: str
    result_code: str
    at: datetime


class RipeCard(NamedTuple):
    """A card whose shortchain receipt may go."""

    task_id: TaskId
    range_id: int
    offset: int
    drawing: str
    tenant_id: TenantId
    code: str
    result_code: str
    at: datetime
    customer: bytes
    """Sealed."""


async def insert_receipts(uow: Uow, rows: Iterable[tuple[int, TaskId, str, PostId, bytes]]) -> None:
    """Note which post carries the receipt of which message: (day, task, code, post, sealed mark of the recipient)."""
    await uow.copy_rows("callbacks_sms_receipts", _COLUMNS, ((day, UUID(task), *rest) for day, task, *rest in rows))


async def insert_card(uow: Uow, card: NewCard, *, look_at: datetime | None, now: datetime) -> bool:
    """Note a card; false when it was there. ``look_at`` null: nothing is to wait for."""
    row = (card.task_id, card.range_id, card.offset, card.drawing, card.tenant_id, card.code, card.result_code, card.at)
    return bool(await uow.fetch(_INSERT, (*row, look_at, now)))


async def link_cards(uow: Uow, codes: Sequence[tuple[TaskId, str]], first_day: int) -> set[PostId]:
    """Tell waiting cards which post they wait for, where that is known; returns these posts."""
    rows = await uow.fetch(_LINK, ([task for task, _ in codes], [code for _, code in codes], first_day))
    return {PostId(row[0]) for row in rows}


async def take_ripe(uow: Uow, post_ids: Sequence[PostId], first_day: int, *, limit: int) -> list[RipeCard]:
    """Return and lock cards that waited for these posts and need not any more: delivered, dead or forgotten."""
    return [RipeCard(*row) for row in await uow.fetch(_RIPE, (first_day, list(post_ids), limit))]


async def mark_posted(uow: Uow, cards: Sequence[RipeCard]) -> None:
    """End the waiting of locked cards."""
    await hot.send(
        uow,
        _DONE,
        (
            hot.plain(card.task_id for card in cards),
            hot.ints(card.range_id for card in cards),
            hot.ints(card.offset for card in cards),
            hot.texts(card.drawing for card in cards),
        ),
    )


async def take_due(uow: Uow, now: datetime, *, limit: int) -> list[tuple[TaskId, str, PostId | None]]:
    """Return cards that were not looked at for long, and say when the next look is: twice as late each time, ≤ 1 h."""
    cursor = await uow.raw.execute(_DUE, {"now": now, "limit": limit}, prepare=True)
    return [(TaskId(row[0]), row[1], row[2]) for row in await cursor.fetchall()]


async def forget_cards(uow: Uow, before: datetime, *, limit: int) -> int:
    """Drop old cards; returns how many."""
    rows = await uow.fetch(
        "DELETE FROM callbacks_cards WHERE ctid = ANY(ARRAY(SELECT ctid FROM callbacks_cards WHERE created_at < %s"
        " LIMIT %s FOR UPDATE SKIP LOCKED)) RETURNING 1",
        (before, limit),
    )
    return len(rows)


async def ensure_partitions(uow: Uow, first_day: int, days: int) -> list[str]:
    """Make the partitions of ``days`` days from ``first_day`` on; returns the names of new ones. Repeatable."""
    made = []
    for day in range(first_day, first_day + days):
        name = f"callbacks_sms_receipts_{day:05d}"
        if await _exists(uow, name):
            continue
        await uow.fetch("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        if await _exists(uow, name):
            continue
        await uow.execute(text(f"CREATE TABLE {name} (LIKE callbacks_sms_receipts INCLUDING ALL)"))
        await uow.execute(
            text(f"ALTER TABLE callbacks_sms_receipts ATTACH PARTITION {name} FOR VALUES FROM ({day}) TO ({day + 1})")
        )
        made.append(name)
    return made


async def drop_partitions(uow: Uow, before_day: int) -> list[str]:
    """Drop the partitions of days before ``before_day``; returns their names."""
    rows = await uow.fetch(
        "SELECT relname FROM pg_catalog.pg_class WHERE relkind = 'r' AND relname ~ '^callbacks_sms_receipts_[0-9]+$'"
        " AND relnamespace = current_schema()::regnamespace AND relname < %s ORDER BY relname",
        (f"callbacks_sms_receipts_{before_day:05d}",),
    )
    for (name,) in rows:
        await uow.execute(text(f"DROP TABLE {name}"))
    return [name for (name,) in rows]


async def _exists(uow: Uow, name: str) -> bool:
    # Not to_regclass: its cache may not know yet what another maker has just committed.
    rows = await uow.fetch(
        "SELECT 1 FROM pg_catalog.pg_class WHERE relname = %s AND relnamespace = current_schema()::regnamespace",
        (name,),
    )
    return bool(rows)
