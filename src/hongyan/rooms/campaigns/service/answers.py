"""Idempotent requests.

The same key and body get the same answer for 24 hours, stored in the transaction of the request itself.
"""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.rooms.campaigns import store
from hongyan.rooms.campaigns.errors import IdempotencyMismatch


class Answers:
    """Remembers answers by (tenant, key)."""

    def __init__(self, clock: Clock) -> None:
        """Stamp answers with ``clock``."""
        self._clock = clock

    async def once(
        self, uow: Uow, tenant_id: TenantId, key: str | None, body: bytes, act: Callable[[], Awaitable[dict[str, Any]]]
    ) -> dict[str, Any]:
        """Run ``act`` once per key; later calls with the same body get the first answer.

        Raises:
            IdempotencyMismatch: the key was used with another body.
        """
        if not key:
            return await act()
        digest = hashlib.sha256(body).digest()
        if not await store.claim_answer(uow, tenant_id, key, digest, self._clock.now()):
            found = await store.find_answer(uow, tenant_id, key)
            if found is None or found[0] != digest:
                raise IdempotencyMismatch("Idempotency-Key")
            return dict(found[1])
        answer = await act()
        await store.store_answer(uow, tenant_id, key, answer)
        return answer
