"""The database is away while reports arrive: nobody is answered before the commit, all are applied afterwards."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress

import psycopg
import pytest
import pytest_asyncio
from sqlalchemy.exc import SQLAlchemyError

from hongyan.kernel.ids import TaskId
from hongyan.rooms.delivery.contracts import MessageState
from support.chaos.carriers import Channel, Manner
from support.chaos.house import House
from support.chaos.scenes import Watch, running_house, until
from support.chaos.tasks import counts_of, plan_large, write_task
from support.chaos.verdict import states_of

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(600)]

_MESSAGES = 4_000
_AFTER_S = 6.0
"""Reports come so long after the answers: when the database is away."""
_RANKS = [
    MessageState.QUEUED,
    MessageState.ATTEMPTED,
    # where an answer was late, until the report comes
    MessageState.UNKNOWN,
    MessageState.SUBMITTED,
    MessageState.DELIVERED,
]
_CHANNEL = Channel("late", "mobile", "cmpp30", "138", 2, 64, 2000)
_MANNER = Manner("late", ("--latency-ms", "5", "--report-after-ms", str(int(_AFTER_S * 1000)), "--fail-percent", "0"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[House]:
    async with running_house(channels=(_CHANNEL,), manner=_MANNER) as running:
        yield running


class _Samples:
    """What the lists say of every message, again and again: none may ever go back."""

    def __init__(self, house: House, task_id: TaskId) -> None:
        self._house = house
        self._task_id = task_id
        self._last: dict[str, MessageState] = {}
        self.taken = 0
        self.back: list[tuple[str, MessageState, MessageState]] = []

    async def take_for_ever(self) -> None:
        """Look until cancelled; while the database is away there is nothing to be seen."""
        while True:
            with suppress(SQLAlchemyError, psycopg.Error, OSError):
                self._note(await states_of(self._house, [self._task_id]))
            await asyncio.sleep(0.3)

    def _note(self, states: dict[str, list[tuple[MessageState, str | None]]]) -> None:
        for dest, ((state, _),) in states.items():
            last = self._last.get(dest, state)
            if _RANKS.index(state) < _RANKS.index(last):
                self.back.append((dest, last, state))
            self._last[dest] = state
        self.taken += 1


@pytest.mark.parametrize(
    "away_s", [pytest.param(8.0, marks=pytest.mark.slow), pytest.param(60.0, marks=pytest.mark.chaos)]
)
async def test_reports_wait_for_the_database(house: House, away_s: float) -> None:
    (carrier,) = house.carriers.values()
    watch, before = Watch(carrier), await carrier.stats()
    # given a send that is out, and whose reports are on their way
    task_id = await write_task(house, 1)
    samples = _Samples(house, task_id)
    sampling = asyncio.create_task(samples.take_for_ever())
    await plan_large(house, task_id, "138", _MESSAGES)
    await watch.until(_MESSAGES, 60)
    await until("all answers are written", lambda: counts_of(house, task_id), _is_submitted, 30)
    # when the database goes, with all its sessions
    postgres = house.children["postgres"]
    postgres.hold()
    postgres.kill()
    gone = time.monotonic()
    answered = (await carrier.stats())["reports_answered"]
    assert answered < before["reports_answered"] + _MESSAGES
    while time.monotonic() < gone + away_s:
        # then reports come, and none of them is answered
        await asyncio.sleep(0.5)
        assert (await carrier.stats())["reports_answered"] == answered
    stats = await carrier.stats()
    assert stats["reports_sent"] > before["reports_sent"]
    # and when it is back, all of them are applied
    postgres.release()
    back = time.monotonic()
    counts = await until("all are delivered", lambda: counts_of(house, task_id), _is_delivered, 150)
    print(f"away {away_s:.0f} s, all applied {time.monotonic() - back:.1f} s after its return")
    assert counts == {MessageState.DELIVERED: _MESSAGES}
    sampling.cancel()
    await asyncio.wait({sampling})
    assert samples.taken > 5
    assert samples.back == []
    # and nobody got two
    assert watch.read() == _MESSAGES
    assert watch.doubles() == []
    assert await _violations(house) == []


def _is_submitted(counts: dict[MessageState, int]) -> bool:
    return counts.get(MessageState.SUBMITTED, 0) + counts.get(MessageState.DELIVERED, 0) == _MESSAGES


def _is_delivered(counts: dict[MessageState, int]) -> bool:
    return counts.get(MessageState.DELIVERED, 0) == _MESSAGES


async def _violations(house: House) -> list[TaskId]:
    async with house.graph.db.begin() as uow:
        return [violation.task_id for violation in await house.graph.delivery.check_invariants(uow)]
