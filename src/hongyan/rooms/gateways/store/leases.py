"""All statements on leases. Times are the database's own: holders' clocks need not agree."""

from typing import Final, LiteralString

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow

_ACQUIRE: Final[LiteralString] = """
INSERT INTO gateways_leases AS l (account_id, holder, epoch, until)
VALUES (%s, %s, 1, clock_timestamp() + make_interval(secs => %s))
ON CONFLICT (account_id) DO UPDATE SET holder = excluded.holder, epoch = l.epoch + 1, until = excluded.until
WHERE l.until < clock_timestamp() - make_interval(secs => %s)
RETURNING epoch
"""

_RENEW: Final[LiteralString] = """
UPDATE gateways_leases SET until = clock_timestamp() + make_interval(secs => %s)
WHERE account_id = %s AND holder = %s AND epoch = %s
AND set_config('idle_in_transaction_session_timeout', '8000', true) IS NOT NULL RETURNING 1
"""

# The planner must not answer "64 of these keys" with a scan or a hash of a whole day when statistics lag behind.
# A holder that froze inside a transaction must not keep the next one waiting: after eight seconds it is ended.
# Inside a pipeline a session never counts as idle: only the limit of the whole transaction (PostgreSQL 17) ends it.
_FENCE: Final[LiteralString] = """
SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true), set_config('idle_in_transaction_session_timeout', '8000', true)
FROM gateways_leases WHERE account_id = %s AND holder = %s AND epoch = %s FOR KEY SHARE
"""
_FENCE_17: Final[LiteralString] = """
SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true), set_config('transaction_timeout', '8000', true)
FROM gateways_leases WHERE account_id = %s AND holder = %s AND epoch = %s FOR KEY SHARE
"""
_HAS_TRANSACTION_TIMEOUT: Final = 170_000


async def acquire(uow: Uow, account_id: int, holder: str, ttl_s: float, *, free_for_s: float = 0.0) -> int | None:
    """Take a lease that nobody had before or that ended ``free_for_s`` ago, under a raised epoch; else ``None``."""
    rows = await hot.fetch(uow, _ACQUIRE, (account_id, holder, ttl_s, free_for_s))
    return int(rows[0][0]) if rows else None


async def renew(uow: Uow, account_id: int, holder: str, epoch: int, ttl_s: float) -> bool:
    """Prolong a lease; false when the epoch was raised by another holder."""
    return bool(await hot.fetch(uow, _RENEW, (ttl_s, account_id, holder, epoch)))


async def fence(uow: Uow, account_id: int, holder: str, epoch: int) -> bool:
    """Hold the epoch until the end of the transaction: nobody can raise it meanwhile. False when it was raised."""
    query = _FENCE_17 if uow.server_version >= _HAS_TRANSACTION_TIMEOUT else _FENCE
    return bool(await hot.fetch(uow, query, (account_id, holder, epoch)))


async def release(uow: Uow, account_id: int, holder: str, epoch: int) -> None:
    """End a lease at once."""
    await hot.send(
        uow,
        """UPDATE gateways_leases SET until = clock_timestamp() - interval '1 second'
           WHERE account_id = %s AND holder = %s AND epoch = %s""",
        (account_id, holder, epoch),
    )


async def jump_epochs(uow: Uow, by: int) -> int:
    """Raise all epochs, and end all leases; returns how many there are."""
    rows = await hot.fetch(
        uow, "UPDATE gateways_leases SET epoch = epoch + %s, until = clock_timestamp() RETURNING account_id", (by,)
    )
    return len(rows)
