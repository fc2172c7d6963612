"""Questions of those who watch the line, over all tenants: what waits, how long, and what is unknown. Read only."""

from typing import Final, LiteralString

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import AccountId
from hongyan.rooms.delivery.contracts import Backlog, MessageClass

# Each branch by its own partial index.
_HAS_WAITING: Final[LiteralString] = """
SELECT EXISTS (SELECT 1 FROM delivery_batches WHERE account_id = %s AND state = 0)
    OR EXISTS (SELECT 1 FROM delivery_batches WHERE account_id = %s AND state = 1)
    OR EXISTS (SELECT 1 FROM delivery_spans WHERE account_id = %s AND closed_at IS NULL)
"""

# What has a window could not go before it opened today; it is ready now, so the window is open.
_BACKLOG: Final[LiteralString] = """
SELECT account_id, klass, sum(message_count - next_pos + octet_length(retry))::int8,
       min(greatest(planned_at, CASE WHEN window_zone IS NOT NULL THEN
           least(now(), (date_trunc('day', now() AT TIME ZONE window_zone) + window_start) AT TIME ZONE window_zone)
       END))
FROM delivery_batches WHERE state = 0 AND account_id IS NOT NULL GROUP BY account_id, klass ORDER BY account_id, klass
"""


async def has_waiting(uow: Uow, account_id: int) -> bool:
    """Tell whether an account has batches that are ready or parked, or spans that nobody has closed."""
    return bool((await hot.fetch(uow, _HAS_WAITING, (account_id,) * 3))[0][0])


async def list_backlog(uow: Uow) -> list[Backlog]:
    """Return the sums of ready batches."""
    rows = await hot.fetch(uow, _BACKLOG, ())
    return [Backlog(AccountId(row[0]), MessageClass(row[1]), row[2], row[3]) for row in rows]


async def count_unknowns(uow: Uow) -> dict[AccountId, int]:
    """Return the length of the list of unknowns, by account."""
    rows = await hot.fetch(uow, "SELECT account_id, count(*) FROM delivery_unknowns GROUP BY account_id", ())
    return {AccountId(row[0]): row[1] for row in rows}
