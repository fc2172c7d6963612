"""What is older than the retention: days of messages and outcomes are dropped whole, what is far less goes in slices.

A day's tables hold what makes the ledger large. To drop one needs the parent for a moment: it is tried for half a
second and, when the line is too busy for that, in the next run. Only then batches, spans, tasks and counters of that
day go, by ranges of ids, a few thousand at a time.
"""

from datetime import datetime
from typing import Final, LiteralString

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow
from hongyan.rooms.delivery.rules import first_batch_id, first_message_id

_DAYS: Final[LiteralString] = """
SELECT c.relname FROM pg_catalog.pg_inherits AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
WHERE i.inhparent IN ('delivery_messages'::regclass, 'delivery_outcomes'::regclass)
"""

_BATCHES: Final[LiteralString] = """
WITH gone AS (
    DELETE FROM delivery_batches WHERE batch_id = ANY(ARRAY(
        SELECT batch_id FROM delivery_batches WHERE batch_id < %s ORDER BY batch_id LIMIT %s FOR UPDATE SKIP LOCKED))
    RETURNING batch_id, task_id
), spans AS (
    DELETE FROM delivery_spans AS s USING gone AS g WHERE s.batch_id = g.batch_id
)
SELECT DISTINCT task_id::text FROM gone
"""

_TASKS: Final[LiteralString] = """
WITH gone AS (
    DELETE FROM delivery_tasks AS t WHERE t.task_id = ANY(%s::uuid[])
      AND NOT EXISTS (SELECT 1 FROM delivery_batches AS b WHERE b.task_id = t.task_id)
    RETURNING t.task_id
), chunks AS (
    DELETE FROM delivery_chunks AS c USING gone AS g WHERE c.task_id = g.task_id
)
DELETE FROM delivery_counters AS c USING gone AS g WHERE c.task_id = g.task_id
"""


async def list_days(uow: Uow) -> list[tuple[int, str]]:
    """Return (day, table) of all daily tables, the oldest first."""
    rows = await uow.fetch(_DAYS)
    return sorted((int(name.rsplit("_", 1)[1]), name) for (name,) in rows)


async def drop_table(uow: Uow, name: str) -> bool:
    """Drop one daily table (a name that :func:`list_days` returned); false when its parent was busy."""
    await uow.fetch("SELECT set_config('lock_timeout', '500', true)")
    try:
        async with uow.savepoint():
            await uow.execute(text(f"DROP TABLE {name}"))
    except OperationalError:
        return False
    return True


async def delete_batches(uow: Uow, before_day: int, *, limit: int) -> int:
    """Delete batches planned before a day with what hangs on them, at most ``limit``; returns how many tasks it was."""
    rows = await hot.fetch(uow, _BATCHES, (first_batch_id(before_day), limit))
    if rows:
        await hot.send(uow, _TASKS, (hot.plain(row[0] for row in rows),))
    return len(rows)


async def delete_marks(uow: Uow, before_day: int, before: datetime) -> None:
    """Delete what is kept of single messages and of sums from before a day (``before`` is when it began)."""
    await hot.send(uow, "DELETE FROM delivery_resends WHERE message_id < %s", (first_message_id(before_day),))
    await hot.send(uow, "DELETE FROM delivery_planned WHERE bucket < %s", (before,))
