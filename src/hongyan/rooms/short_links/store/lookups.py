"""Reads of many waiting taps in one statement, so that a tap costs a share of a query and no transaction of its own.

Not for: what is known without a read (``rules.range_map``).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Key = TypeVar("Key")
Found = TypeVar("Found")

_MAX_BATCH = 500


class BatchedReads(Generic[Key, Found]):
    """Collects keys while a read is under way and fetches them together with the next one.

    A key is always fetched by a read that starts after it was asked for: nothing stale is handed out.
    """

    def __init__(self, fetch: Callable[[Sequence[Key]], Awaitable[Sequence[Found]]], *, pause_s: float = 0.0) -> None:
        """Read with ``fetch`` (keys in, results in the same order out), at most once in ``pause_s``."""
        self._fetch = fetch
        self._pause_s = pause_s
        self._waiting: dict[Key, asyncio.Future[Found]] = {}
        self._reader: asyncio.Task[None] | None = None

    async def get(self, key: Key) -> Found:
        """Return what the next read says about ``key``; raises what the read raises."""
        future = self._waiting.get(key)
        if future is None:
            future = self._waiting[key] = asyncio.get_running_loop().create_future()
        if self._reader is None:
            self._reader = asyncio.create_task(self._read_all())
        # One that goes away must not take the answer from the others.
        return await asyncio.shield(future)

    async def _read_all(self) -> None:
        try:
            while self._waiting:
                keys = list(self._waiting)[:_MAX_BATCH]
                futures = [self._waiting.pop(key) for key in keys]
                await self._read(keys, futures)
                if self._pause_s and self._waiting:
                    await asyncio.sleep(self._pause_s)
        finally:
            self._reader = None

    async def _read(self, keys: list[Key], futures: list[asyncio.Future[Found]]) -> None:
        try:
            results = await self._fetch(keys)
        except BaseException as error:
            for future in futures:
                if not future.done():
                    future.set_exception(
                        error if isinstance(error, Exception) else ConnectionError("the read was stopped")
                    )
                    future.exception()  # a waiter may be gone; that is no error of its own
            if not isinstance(error, Exception):
                raise
            return
        for future, result in zip(futures, results, strict=True):
            if not future.done():
                future.set_result(result)
