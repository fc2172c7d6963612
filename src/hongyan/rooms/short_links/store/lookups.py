"""Reads of many waiting taps in one statement, so that a tap costs a share of a query and no transaction of its own.

Not for: what is known without a read (``rules.range_map``).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final, Generic, TypeVar

from hongyan.kernel.db.database import Uow

Key = TypeVar("Key")
Found = TypeVar("Found")
Fetch = Callable[[Uow, Sequence[Key]], Awaitable[Sequence[Found]]]
Begin = Callable[[], AbstractAsyncContextManager[Uow]]

_MAX_BATCH: Final = 500
_SESSION_S: Final = 1.0
"""How long one transaction serves reads that follow one another; opening one costs more than such a read."""


class BatchedReads(Generic[Key, Found]):
    """Collects keys while a read is under way and fetches them together with the next one.

    A key is always fetched by a statement that starts after it was asked for: nothing stale is handed out.
    """

    def __init__(self, begin: Begin, fetch: Fetch[Key, Found], *, pause_s: float = 0.0, timeout_s: float = 3.0) -> None:
        """Read with ``fetch`` (keys in, results in the same order out), at most once in ``pause_s``."""
        self._begin = begin
        self._fetch = fetch
        self._pause_s = pause_s
        self._timeout_s = timeout_s
        self._waiting: dict[Key, list[asyncio.Future[Found]]] = {}
        self._reader: asyncio.Task[None] | None = None

    async def get(self, key: Key) -> Found:
        """Return what the next read says about ``key``.

        Raises what the read raises; TimeoutError when it takes longer than ``timeout_s``.
        """
        # A future for each who waits: one that goes away takes nothing from the others.
        future: asyncio.Future[Found] = asyncio.get_running_loop().create_future()
        waiting = self._waiting.get(key)
        if waiting is None:
            self._waiting[key] = [future]
        else:
            waiting.append(future)
        if self._reader is None:
            self._reader = asyncio.create_task(self._read_all())
        return await future

    async def _read_all(self) -> None:
        futures: list[list[asyncio.Future[Found]]] = []
        try:
            while self._waiting:
                try:
                    async with asyncio.timeout(self._timeout_s) as deadline, self._begin() as uow:
                        await self._read_on(uow, futures, deadline)
                # Whoever waits gets the error, and the next read starts afresh.
                except Exception as error:  # noqa: BLE001
                    _fail(futures or self._take()[1], error)
                    futures.clear()
        finally:
            self._reader = None
            _fail(futures + self._take()[1], ConnectionError("the reads were stopped"))

    async def _read_on(self, uow: Uow, futures: list[list[asyncio.Future[Found]]], deadline: asyncio.Timeout) -> None:
        """Serve batch after batch in one transaction while there is work, for a second; ``futures`` are under way."""
        loop = asyncio.get_running_loop()
        until = loop.time() + _SESSION_S
        while self._waiting and loop.time() < until:
            deadline.reschedule(loop.time() + self._timeout_s)
            keys, futures[:] = self._take()
            for waiting, found in zip(futures, await self._fetch(uow, keys), strict=True):
                for future in waiting:
                    if not future.done():
                        future.set_result(found)
            futures.clear()
            if self._pause_s and self._waiting:
                await asyncio.sleep(self._pause_s)

    def _take(self) -> tuple[list[Key], list[list[asyncio.Future[Found]]]]:
        keys = list(self._waiting)[:_MAX_BATCH]
        return keys, [self._waiting.pop(key) for key in keys]


def _fail(futures: list[list[asyncio.Future[Found]]], error: Exception) -> None:
    for waiting in futures:
        for future in waiting:
            if not future.done():
                future.set_exception(error)
                future.exception()  # its waiter may be gone; that is no error of its own
