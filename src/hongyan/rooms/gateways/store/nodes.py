"""Which gateway processes are alive. Times are the database's own: processes' clocks need not agree."""

from collections.abc import Collection
from typing import Final, LiteralString

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow
from hongyan.rooms.gateways.contracts import Node

_BEAT: Final[LiteralString] = """
INSERT INTO gateways_nodes AS n (holder, gateway_id, unable, started_at, seen_at)
VALUES (%s, %s, %s, clock_timestamp(), clock_timestamp())
ON CONFLICT (holder) DO UPDATE SET seen_at = excluded.seen_at, unable = excluded.unable,
    started_at = CASE WHEN n.seen_at < clock_timestamp() - make_interval(secs => %s)
                      THEN excluded.started_at ELSE n.started_at END
"""

_ALIVE: Final[LiteralString] = """
SELECT holder, gateway_id, extract(epoch FROM clock_timestamp() - started_at)::float8,
       extract(epoch FROM clock_timestamp() - seen_at)::float8, unable
FROM gateways_nodes WHERE seen_at > clock_timestamp() - make_interval(secs => %s) ORDER BY holder
"""


async def beat(uow: Uow, holder: str, gateway_id: str, unable: Collection[int], *, dead_after_s: float) -> None:
    """Say that a process is alive, and on which accounts it cannot log in.

    One that was not heard for ``dead_after_s`` counts as started again.
    """
    await hot.send(uow, _BEAT, (holder, gateway_id, sorted(unable), dead_after_s))


async def list_alive(uow: Uow, *, within_s: float) -> list[Node]:
    """Return the processes that were heard of within so many seconds."""
    return [
        Node(row[0], row[1], row[2], row[3], frozenset(row[4])) for row in await hot.fetch(uow, _ALIVE, (within_s,))
    ]


async def forget(uow: Uow, holder: str) -> None:
    """A process ends."""
    await hot.send(uow, "DELETE FROM gateways_nodes WHERE holder = %s", (holder,))


async def forget_dead(uow: Uow, *, after_s: float) -> None:
    """Drop the rows of processes that ended without a word."""
    await hot.send(
        uow, "DELETE FROM gateways_nodes WHERE seen_at < clock_timestamp() - make_interval(secs => %s)", (after_s,)
    )


async def count_leases(uow: Uow) -> dict[str, int]:
    """Return holder → how many accounts it holds now."""
    rows = await hot.fetch(
        uow, "SELECT holder, count(*) FROM gateways_leases WHERE until > clock_timestamp() GROUP BY holder", ()
    )
    return {row[0]: row[1] for row in rows}
