"""Reads of many waiting taps in one statement, so that a tap costs a share of a query and no transaction of its own.

Not for: what is known without a read (``rules.range_map``).
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from itertools import islice
from typing import Final, Generic, TypeVar

from hongyan.kernel.db.database import Uow

Key = TypeVar("Key")
Found = TypeVar("Found")
Fetch = Callable[[Uow, Sequence[Key]], Awaitable[Sequence[Found]]]
Futures = list[list[asyncio.Future[Found]]]
Begin = Callable[[], AbstractAsyncContextManager[Uow]]

_MAX_BATCH: Final = 500
_SESSION_S: Final = 1.0
"""How long one transaction serves reads that follow one another; opening one costs more than such a read."""


class BatchedReads(Generic[Key, Found]):
    """Collects keys while reads are under way and fetches them together with the next one.

    A key is always fetched by a statement that starts after it was asked for: nothing stale is handed out.
    """

    def __init__(
        self,
        begin: Begin,
        fetch: Fetch[Key, Found],
        *,
        pause_s: float = 0.0,
        timeout_s: float = 3.0,
        readers: int = 1,
        max_keys: int = _MAX_BATCH,
    ) -> None:
        """Read with ``fetch`` (keys in, results in the same order out).

        Args:
            begin: opens a transaction.
            fetch: reads.
            pause_s: a reader reads at most once in this time.
            timeout_s: how long a read may take.
            readers: reads at once, each on its own connection; with two, one waits while another works.
            max_keys: how many keys one read takes.
        """
        self._begin = begin
        self._fetch = fetch
        self._pause_s = pause_s
        self._timeout_s = timeout_s
        self._max_readers = readers
        self._max_keys = max_keys
        self._waiting: dict[Key, list[asyncio.Future[Found]]] = {}
        self._readers: set[asyncio.Task[None]] = set()
        self._idle = 0
        self._asked = asyncio.Event()
        self.linger_s = 0.0
        """How long a transaction without work stays open, in a process that will ``stop`` us at its end."""

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
        if self._idle:
            self._asked.set()
        elif len(self._readers) < self._max_readers:
            reader = asyncio.create_task(self._read_all())
            self._readers.add(reader)
        return await future

    async def stop(self) -> None:
        """End transactions that linger; those who wait for a read get a ConnectionError."""
        readers = set(self._readers)
        for reader in readers:
            reader.cancel()
        if readers:
            await asyncio.wait(readers)
        # One that was stopped before its first step has cleaned up nothing.
        self._readers -= readers
        if not self._readers:
            _fail(self._take()[1], ConnectionError("the reads were stopped"))

    async def _read_all(self) -> None:
        under_way: Futures[Found] = []
        try:
            while self._waiting:
                try:
                    found: Sequence[Found] = ()
                    async with asyncio.timeout(self._timeout_s) as deadline, self._begin() as uow:
                        if self.linger_s:
                            await self._read_on(uow, under_way, deadline)
                        else:
                            keys, under_way[:] = self._take()
                            found = await self._fetch(uow, keys) if keys else ()
                    # Answers go out when the transaction is closed: whoever has one may close the database.
                    _answer(under_way, found)
                    if self._pause_s and self._waiting:
                        await asyncio.sleep(self._pause_s)
                # Whoever waits gets the error, and the next read starts afresh.
                except Exception as error:  # noqa: BLE001
                    _fail(under_way or self._take()[1], error)
                    under_way.clear()
        finally:
            # In the step that found nothing waiting: whoever asks next starts a reader.
            self._readers = {reader for reader in self._readers if reader is not asyncio.current_task()}
            _fail(under_way, ConnectionError("the reads were stopped"))
            if not self._readers:
                _fail(self._take()[1], ConnectionError("the reads were stopped"))

    async def _read_on(self, uow: Uow, under_way: Futures[Found], deadline: asyncio.Timeout) -> None:
        """Serve batch after batch in one transaction for a second, waiting a moment for the next one."""
        loop = asyncio.get_running_loop()
        until = loop.time() + _SESSION_S
        while loop.time() < until:
            deadline.reschedule(loop.time() + self._timeout_s)
            if self._waiting:
                keys, under_way[:] = self._take()
                _answer(under_way, await self._fetch(uow, keys))
                if self._pause_s and self._waiting:
                    await asyncio.sleep(self._pause_s)
            elif not await self._is_asked():
                return

    async def _is_asked(self) -> bool:
        """Wait for the next tap, which comes when those just answered are; false when none comes for a moment."""
        self._asked.clear()
        self._idle += 1
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), self.linger_s)
                return True
            return False
        finally:
            self._idle -= 1

    def _take(self) -> tuple[list[Key], Futures[Found]]:
        keys = list(islice(self._waiting, self._max_keys))
        return keys, [self._waiting.pop(key) for key in keys]


def _answer(under_way: Futures[Found], results: Sequence[Found]) -> None:
    for waiting, found in zip(under_way, results, strict=True):
        for future in waiting:
            if not future.done():
                future.set_result(found)
    under_way.clear()


def _fail(futures: Futures[Found], error: Exception) -> None:
    for waiting in futures:
        for future in waiting:
            if not future.done():
                future.set_exception(error)
                future.exception()  # its waiter may be gone; that is no error of its own
