"""The feed of final messages: written by the very statement that makes a message final, taken once by its listener.

Why a listener misses nothing and hears nothing twice: every statement that ends open messages goes through :func:`fed`,
so a state and its place in the feed are one write; a process killed at any point leaves both or neither. A listener
deletes what it takes in the transaction that holds what it makes of it: killed before the commit, the rows are free
again at once. Rows are claimed by lock (``SKIP LOCKED``), not by a position, so nothing is overtaken by commits that
come in another order than their numbers. Only messages that were open are fed: a later report that raises a final
state makes no second entry.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, LiteralString

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId

ENTRY_MESSAGES: Final = 500
"""Most messages of one entry; ``_ENTRIES`` says it again in SQL."""

_ENTRIES: Final[LiteralString] = """
INSERT INTO delivery_finals (tenant_id, message_ids, at)
SELECT e.tenant_id, array_agg(e.message_id), max(e.final_at)
FROM (SELECT d.tenant_id, d.message_id, d.final_at,
             row_number() OVER (PARTITION BY d.tenant_id ORDER BY d.message_id) - 1 AS place
      FROM done AS d JOIN delivery_followers AS f ON f.tenant_id = d.tenant_id) AS e
GROUP BY e.tenant_id, e.place / 500
"""


def fed(update: LiteralString) -> LiteralString:
    """Return a statement that also writes the feed.

    ``update`` ends open messages and returns them as (message_id, tenant_id, final_at); the whole returns message_id.
    """
    return "WITH done AS (" + update + "), entries AS (" + _ENTRIES + ") SELECT message_id FROM done"  # noqa: S608 - code's own


_ADD: Final[LiteralString] = (
    "WITH done AS (SELECT %s::uuid AS tenant_id, unnest(%s::int8[]) AS message_id, %s::timestamptz AS final_at) "
    + _ENTRIES
)

_TAKE: Final[LiteralString] = """
DELETE FROM delivery_finals WHERE final_no = ANY(ARRAY(
    SELECT final_no FROM delivery_finals
    WHERE (%s::uuid IS NULL OR tenant_id = %s::uuid) AND tenant_id <> ALL (%s::uuid[])
    ORDER BY final_no LIMIT %s FOR UPDATE SKIP LOCKED))
RETURNING final_no, tenant_id::text, message_ids
"""


async def follow(uow: Uow, tenant_id: TenantId) -> None:
    """Feed what becomes final for a tenant from now on. Repeatable."""
    await hot.send(
        uow, "INSERT INTO delivery_followers (tenant_id) VALUES (%s::uuid) ON CONFLICT DO NOTHING", (tenant_id,)
    )


async def unfollow(uow: Uow, tenant_id: TenantId) -> None:
    """Feed no more of a tenant; what is in the feed stays there. Repeatable."""
    await hot.send(uow, "DELETE FROM delivery_followers WHERE tenant_id = %s::uuid", (tenant_id,))


async def add(uow: Uow, tenant_id: TenantId, message_ids: Sequence[int], at: datetime) -> None:
    """Feed messages that were written as final ones: those that ended at planning."""
    await hot.send(uow, _ADD, (tenant_id, hot.ints(message_ids), at))


async def take(
    uow: Uow, *, limit: int, only: TenantId | None = None, without: Collection[TenantId] = ()
) -> list[tuple[TenantId, list[int]]]:
    """Take entries off the feed, the oldest that nobody holds first; returns (tenant, messages) of each."""
    rows = await hot.fetch(uow, _TAKE, (only, only, hot.plain(without), limit))
    return [(TenantId(row[1]), row[2]) for row in sorted(rows)]


async def list_tenants(uow: Uow) -> list[TenantId]:
    """Return whose messages wait in the feed."""
    rows = await hot.fetch(uow, "SELECT DISTINCT tenant_id::text FROM delivery_finals ORDER BY 1", ())
    return [TenantId(row[0]) for row in rows]
