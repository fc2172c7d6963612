"""Idempotent requests: the same ``Idempotency-Key`` and request get the same answer for 24 hours.

The answer is stored in the transaction of the request itself, so a crash leaves either both or neither. Not for:
requests without the header, which simply run.
"""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from fastapi import Request

from hongyan.kernel.clock import Clock
from hongyan.kernel.db import answers as store
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.errors import Conflict, InvalidInput
from hongyan.kernel.ids import TenantId
from hongyan.kernel.keys.ring import KeyRing

HEADER = "Idempotency-Key"
MAX_KEY_CHARS = 255
_PURPOSE = "kernel.answers"
Act = Callable[[Uow], Awaitable[dict[str, Any]]]


class IdempotencyMismatch(Conflict):
    """One idempotency key, two different requests."""

    code = "kernel.idempotency"
    vendor_code = "KM.99990422"
    status = 422
    vendor_status = 422
    en = "The Idempotency-Key was used for another request."
    zh = "该 Idempotency-Key 已用于内容不同的请求。"


class Once:
    """Runs what a request asks for in one transaction, once per idempotency key of a tenant."""

    def __init__(self, db: Database, clock: Clock, ring: KeyRing) -> None:
        """Open transactions on ``db``; seal kept answers with ``ring``."""
        self._db = db
        self._clock = clock
        self._ring = ring

    async def run(
        self, request: Request, tenant_id: TenantId, act: Act, *, body: bytes | None = None
    ) -> dict[str, Any]:
        """Run ``act`` and return its answer, or the first answer to the same key and request.

        Check permissions before: a kept answer is given without asking again. ``body`` is what makes two requests the
        same besides method and path; absent: the raw body as it was read (not for multipart, whose boundary differs).

        Raises:
            IdempotencyMismatch: the key was used for another request.
            InvalidInput: the key is empty, longer than 255 characters, or not printable ASCII.
        """
        key = _key(request)
        async with self._db.begin() as uow:
            if key is None:
                return await act(uow)
            digest = _digest(request, await request.body() if body is None else body)
            if not await store.claim_answer(uow, tenant_id, key, digest, self._clock.now()):
                found = await store.find_answer(uow, tenant_id, key)
                if found is None or found[0] != digest:
                    raise IdempotencyMismatch(HEADER)
                kept: dict[str, Any] = msgspec.json.decode(self._ring.open(_PURPOSE, found[1]))
                return kept
            answer = await act(uow)
            await store.store_answer(uow, tenant_id, key, self._ring.seal(_PURPOSE, msgspec.json.encode(answer)))
            return answer

    async def find(self, request: Request, tenant_id: TenantId) -> dict[str, Any] | None:
        """Return the answer kept for this key and request, for requests that ask others before :meth:`run`.

        A second try of what has succeeded must not depend on what others say by now.

        Raises:
            IdempotencyMismatch: the key was used for another request.
            InvalidInput: the key is no key.
        """
        key = _key(request)
        if key is None:
            return None
        async with self._db.begin() as uow:
            found = await store.find_answer(uow, tenant_id, key)
        if found is None:
            return None
        if found[0] != _digest(request, await request.body()):
            raise IdempotencyMismatch(HEADER)
        kept: dict[str, Any] = msgspec.json.decode(self._ring.open(_PURPOSE, found[1]))
        return kept

    async def forget(self) -> int:
        """Drop answers older than a day; returns how many."""
        async with self._db.begin() as uow:
            return await store.forget_answers(uow, self._clock.now())


def _key(request: Request) -> str | None:
    """Return the request's key.

    Raises:
        InvalidInput: it is none.
    """
    key = request.headers.get(HEADER)
    if key is not None and not (1 <= len(key) <= MAX_KEY_CHARS and key.isascii() and key.isprintable()):
        raise InvalidInput(
            HEADER, reason="must be 1 to 255 printable ASCII characters", reason_zh="须为 1–255 个可打印字符"
        )
    return key


def _digest(request: Request, body: bytes) -> bytes:
    line = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return hashlib.sha256(line + body).digest()
