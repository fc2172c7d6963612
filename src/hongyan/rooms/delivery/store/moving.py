"""Fail-over: what waits on an account that has failed goes to others, batch by batch.

A batch may have been sent in part: spans carry their own account, so what they cover stays with the old one (its
outcomes, reports and unknowns), and only positions that no span covers, or that came back unsent, follow the batch.
A span of the old account that comes back unsent later finds its batch where it is now. Source: ADR 0018.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Final, LiteralString

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import AccountId, SignatureId, TenantId
from hongyan.rooms.carriers.contracts import Account, PickRoute, SignatureKey

FindRoutes = Callable[[Uow, Account, Collection[SignatureKey]], Awaitable[Mapping[SignatureKey, PickRoute]]]
"""How the stand-ins of an account take what waits, by signature; the others stay."""

_SIGNATURES: Final[LiteralString] = """
SELECT DISTINCT tenant_id::text, signature_id FROM delivery_batches WHERE account_id = %s AND state = 0
"""

# SKIP LOCKED: what a gate or a cancel is at work on comes with the next slice.
_LOCK: Final[LiteralString] = """
SELECT b.batch_id, b.tenant_id::text, b.signature_id, b.message_count - b.next_pos + octet_length(b.retry)
FROM delivery_batches AS b
JOIN unnest(%s::uuid[], %s::text[]) AS k(tenant_id, signature_id)
  ON k.tenant_id = b.tenant_id AND k.signature_id = b.signature_id
WHERE b.account_id = %s AND b.state = 0
ORDER BY b.klass, b.batch_id LIMIT %s FOR UPDATE OF b SKIP LOCKED
"""

_MOVE: Final[LiteralString] = """
UPDATE delivery_batches AS b SET account_id = u.account_id, src_id = u.src_id
FROM unnest(%s::int8[], %s::int4[], %s::text[]) AS u(batch_id, account_id, src_id)
WHERE b.batch_id = u.batch_id
"""


async def move(uow: Uow, account: Account, find_routes: FindRoutes, limit: int) -> tuple[int, set[AccountId]]:
    """Move at most ``limit`` ready batches, the most urgent first; returns (messages that wait in them, to whom).

    Repeatable: what has moved is no longer there. Held batches stay until they are ready.
    """
    rows = await hot.fetch(uow, _SIGNATURES, (account.account_id,))
    keys = [(TenantId(row[0]), SignatureId(row[1])) for row in rows]
    routes = await find_routes(uow, account, keys) if keys else {}
    if not routes:
        return 0, set()
    tenants, signatures = hot.plain(key[0] for key in routes), hot.texts(key[1] for key in routes)
    found = await hot.fetch(uow, _LOCK, (tenants, signatures, account.account_id, limit))
    if not found:
        return 0, set()
    ways = [routes[TenantId(row[1]), SignatureId(row[2])](row[0]) for row in found]
    await hot.send(
        uow,
        _MOVE,
        (
            hot.ints(row[0] for row in found),
            hot.ints(way.account_id for way in ways),
            hot.texts(way.src_id for way in ways),
        ),
    )
    return sum(row[3] for row in found), {way.account_id for way in ways}
