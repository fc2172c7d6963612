import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from hongyan.kernel.db.database import Uow
from hongyan.rooms.short_links.store.lookups import BatchedReads


class Source:
    """Answers with ten times the key, when it is let."""

    def __init__(self, uow: Uow) -> None:
        self.uow = uow
        self.sessions = 0
        self.reads: list[list[int]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked = asyncio.Event()
        self.error: BaseException | None = None

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Uow]:
        self.sessions += 1
        yield self.uow

    async def fetch(self, uow: Uow, keys: Sequence[int]) -> list[int]:
        self.reads.append(list(keys))
        self.asked.set()
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        return [key * 10 for key in keys]


async def test_what_is_asked_during_a_read_is_read_together_next(uow: Uow) -> None:
    source = Source(uow)
    reads = BatchedReads(source.begin, source.fetch)
    source.gate.clear()
    first = asyncio.create_task(reads.get(1))
    await source.asked.wait()
    others = [asyncio.create_task(reads.get(key)) for key in (1, 2, 2, 3)]
    await asyncio.sleep(0)
    source.gate.set()
    assert await first == 10
    assert await asyncio.gather(*others) == [10, 20, 20, 30]
    assert source.reads == [[1], [1, 2, 3]], "a key that is being read is read again for those who came later"


async def test_many_keys_are_read_in_parts(uow: Uow) -> None:
    source = Source(uow)
    reads = BatchedReads(source.begin, source.fetch)
    assert await asyncio.gather(*(reads.get(key) for key in range(1_200))) == [key * 10 for key in range(1_200)]
    assert [len(keys) for keys in source.reads] == [500, 500, 200]
    assert source.sessions == 3


async def test_where_it_may_linger_one_transaction_serves_what_follows(uow: Uow) -> None:
    source = Source(uow)
    reads = BatchedReads(source.begin, source.fetch)
    reads.linger_s = 5.0
    assert [await reads.get(key) for key in range(5)] == [0, 10, 20, 30, 40]
    assert source.sessions == 1
    await reads.stop()
    assert reads._readers == set()
    reads.linger_s = 0.001
    assert await reads.get(7) == 70
    await asyncio.wait(reads._readers)
    assert source.sessions == 2
    await reads.stop()


async def test_a_reader_that_is_stopped_before_it_begins_leaves_nobody_waiting(uow: Uow) -> None:
    source = Source(uow)
    reads = BatchedReads(source.begin, source.fetch)
    waiting = asyncio.gather(reads.get(1), return_exceptions=True)
    await asyncio.sleep(0)
    await reads.stop()
    assert [type(result) for result in await waiting] == [ConnectionError]
    assert await reads.get(1) == 10


async def test_two_readers_work_at_once(uow: Uow) -> None:
    source = Source(uow)
    reads = BatchedReads(source.begin, source.fetch, readers=2)
    source.gate.clear()
    first = asyncio.create_task(reads.get(1))
    await source.asked.wait()
    source.asked.clear()
    second = asyncio.create_task(reads.get(2))
    await source.asked.wait()
    third = asyncio.create_task(reads.get(3))
    await asyncio.sleep(0)
    assert source.reads == [[1], [2]], "the third waits for one of the two"
    source.gate.set()
    assert await asyncio.gather(first, second, third) == [10, 20, 30]


async def test_a_read_that_takes_too_long_is_given_up(uow: Uow) -> None:
    source = Source(uow)
    reads = BatchedReads(source.begin, source.fetch, timeout_s=0.05)
    source.gate.clear()
    with pytest.raises(TimeoutError):
        await reads.get(1)
    source.gate.set()
    assert await reads.get(1) == 10


async def test_where_no_transaction_can_be_opened_those_who_wait_are_told(uow: Uow) -> None:
    source = Source(uow)

    @asynccontextmanager
    async def refuse() -> AsyncIterator[Uow]:
        raise ConnectionError("away")
        yield uow

    reads = BatchedReads(refuse, source.fetch)
    results = await asyncio.gather(reads.get(1), reads.get(2), return_exceptions=True)
    assert [type(result) for result in results] == [ConnectionError, ConnectionError]


async def test_a_failed_read_fails_those_who_wait_and_nobody_after_them(uow: Uow) -> None:
    source = Source(uow)
    reads = BatchedReads(source.begin, source.fetch)
    source.error = ConnectionError("away")
    results = await asyncio.gather(reads.get(1), reads.get(2), return_exceptions=True)
    assert [type(result) for result in results] == [ConnectionError, ConnectionError]
    source.error = None
    assert await reads.get(1) == 10


async def test_one_who_goes_away_takes_nothing_from_the_others(uow: Uow) -> None:
    source = Source(uow)
    reads = BatchedReads(source.begin, source.fetch)
    source.gate.clear()
    gone, stays = asyncio.create_task(reads.get(1)), asyncio.create_task(reads.get(1))
    await source.asked.wait()
    gone.cancel()
    source.gate.set()
    assert await stays == 10
    with pytest.raises(asyncio.CancelledError):
        await gone


async def test_a_read_that_is_stopped_fails_those_who_wait(uow: Uow) -> None:
    source = Source(uow)
    reads = BatchedReads(source.begin, source.fetch)
    source.gate.clear()
    waiting = asyncio.create_task(reads.get(1))
    await source.asked.wait()
    await reads.stop()
    with pytest.raises(ConnectionError):
        await waiting


async def test_a_pause_lets_more_come_together(uow: Uow) -> None:
    source = Source(uow)
    reads = BatchedReads(source.begin, source.fetch, pause_s=0.05)
    source.gate.clear()
    tasks = [asyncio.create_task(reads.get(1))]
    await source.asked.wait()
    tasks.append(asyncio.create_task(reads.get(2)))
    await asyncio.sleep(0)
    source.gate.set()
    await tasks[0]
    tasks.append(asyncio.create_task(reads.get(3)))
    assert await asyncio.gather(*tasks) == [10, 20, 30]
    assert source.reads == [[1], [2, 3]]
