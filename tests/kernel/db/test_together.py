import asyncio
from collections.abc import Sequence

import pytest
from structlog.contextvars import bound_contextvars, get_contextvars

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.db.together import Together
from hongyan.kernel.errors import Conflict, HongyanError


class Work:
    """Doubles numbers; remembers which came together."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []

    async def run(self, uow: Uow, calls: Sequence[int]) -> list[int | HongyanError]:
        await uow.fetch("SELECT pg_sleep(0.05)")
        self.groups.append(list(calls))
        if 13 in calls:
            await uow.fetch("SELECT 1 / 0")
        return [Conflict(what="number", state="odd") if call % 2 else call * 2 for call in calls]


@pytest.fixture
def work() -> Work:
    return Work()


async def test_a_call_alone_goes_at_once(db: Database, work: Work) -> None:
    assert await Together(db, work.run).run(2) == 4
    assert work.groups == [[2]]


async def test_calls_that_come_while_one_runs_share_the_next(db: Database, work: Work) -> None:
    together = Together(db, work.run, lanes=1, most=3)
    first = asyncio.create_task(together.run(0))
    await asyncio.sleep(0)
    answers = await asyncio.gather(first, *(together.run(number) for number in (2, 4, 6, 8)))
    assert answers == [0, 4, 8, 12, 16]
    assert work.groups == [[0], [2, 4, 6], [8]]


async def test_one_refusal_leaves_the_others(db: Database, work: Work) -> None:
    together = Together(db, work.run, lanes=1)
    answers = await asyncio.gather(*(together.run(number) for number in (1, 2, 4)), return_exceptions=True)
    assert isinstance(answers[0], Conflict)
    assert answers[1:] == [4, 8]


async def test_one_that_breaks_the_transaction_fails_alone(db: Database, work: Work) -> None:
    together = Together(db, work.run, lanes=1)
    answers = await asyncio.gather(*(together.run(number) for number in (2, 13, 4)), return_exceptions=True)
    assert [answers[0], answers[2]] == [4, 8]
    assert "division by zero" in str(answers[1])


async def test_a_commit_in_doubt_is_not_repeated(db: Database) -> None:
    done: list[int] = []

    async def doomed(uow: Uow, calls: Sequence[int]) -> list[int | HongyanError]:
        done.extend(calls)
        await uow.raw.close()
        return list(calls)

    together = Together(db, doomed, lanes=1)
    answers = await asyncio.gather(*(together.run(number) for number in (1, 2)), return_exceptions=True)
    assert all(isinstance(answer, Exception) for answer in answers)
    assert done == [1, 2]


async def test_who_left_while_waiting_is_not_served(db: Database, work: Work) -> None:
    together = Together(db, work.run, lanes=1)
    first = asyncio.create_task(together.run(0))
    second = asyncio.create_task(together.run(2))
    await asyncio.sleep(0.01)
    third = asyncio.create_task(together.run(4))
    await asyncio.sleep(0)
    third.cancel()
    assert await asyncio.gather(first, second) == [0, 4]
    assert 4 not in [call for group in work.groups for call in group]


async def test_who_comes_when_a_lane_ends_is_served(db: Database) -> None:
    async def work(uow: Uow, calls: Sequence[int]) -> list[int | HongyanError]:
        return list(calls)

    together = Together(db, work, lanes=1)

    async def client(first: int) -> int:
        total = 0
        for number in range(first, first + 50):
            total += await together.run(number)
        return total

    async with asyncio.timeout(30):
        totals = await asyncio.gather(*(client(first) for first in range(0, 400, 50)))
    assert sum(totals) == sum(range(400))


async def test_what_is_logged_in_shared_work_is_nobodys(db: Database) -> None:
    async def bound(_uow: Uow, calls: Sequence[int]) -> list[int | HongyanError]:
        return [len(get_contextvars()) for _ in calls]

    with bound_contextvars(tenant_id="first"):
        assert await Together(db, bound).run(1) == 0
