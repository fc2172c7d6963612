"""Under a policy that allows it, whoever stayed unknown gets one more sending, never a third, also when a gateway dies."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from hongyan.rooms.delivery.contracts import MessageClass, MessageState
from support.chaos.carriers import Channel, Manner
from support.chaos.house import House
from support.chaos.scenes import Watch, running_house, until
from support.chaos.tasks import counts_of, plan_large, write_task
from support.chaos.verdict import states_of

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(600), pytest.mark.chaos]

_MESSAGES = 1_000
_SIX_MINUTES_S = 360.0
_CHANNEL = Channel("deaf", "mobile", "cmpp30", "138", 2, 32, 400)
_MANNER = Manner(
    "deaf",
    (
        *("--latency-ms", "5", "--report-after-ms", "200", "--fail-percent", "0"),
        *("--set", "lost_answer_percent=30", "--set", "lost_report_percent=100"),
    ),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[House]:
    async with running_house(channels=(_CHANNEL,), manner=_MANNER) as running:
        yield running


def _is_settled(counts: dict[MessageState, int]) -> bool:
    return sum(counts.values()) == _MESSAGES and not any(
        counts.get(state) for state in (MessageState.QUEUED, MessageState.ATTEMPTED, MessageState.HELD)
    )


async def test_once_more_and_never_a_third_time(house: House) -> None:
    # given messages whose answers and reports are lost
    watch = Watch(*house.carriers.values())
    task_id = await write_task(house, 1)
    await plan_large(house, task_id, "138", _MESSAGES)
    first = await until("all are tried", lambda: counts_of(house, task_id), _is_settled, 90)
    unknown = {dest for dest, rows in (await states_of(house, [task_id])).items() if rows[0][0] is MessageState.UNKNOWN}
    assert 0.2 * _MESSAGES < len(unknown) == first[MessageState.UNKNOWN] < 0.4 * _MESSAGES
    assert watch.read() == _MESSAGES
    # when a policy allows a second sending and its time has come
    async with house.graph.db.begin() as uow:
        await house.graph.delivery.unknowns.set_policy(uow, MessageClass.NOTICE, may_resend=True, by="chaos")
    house.clock.seconds = _SIX_MINUTES_S
    await watch.until(_MESSAGES + len(unknown) // 3, 120)
    # and the gateway dies in the middle of it
    house.children["gateway-a"].kill()
    await asyncio.sleep(1)
    await until("all are tried again", lambda: counts_of(house, task_id), _is_settled, 90)
    # then only those get two, and nobody gets a third when more time goes by
    house.clock.seconds = 3 * _SIX_MINUTES_S
    before = watch.read()
    await asyncio.sleep(75)  # the upkeep comes by once a minute
    assert watch.read() == before
    times = Counter(accepted.dest for accepted in watch.accepted)
    assert {dest for dest, count in times.items() if count > 1} <= unknown
    assert max(times.values()) == 2
    assert len(times) == _MESSAGES
    async with house.graph.db.begin() as uow:
        assert await house.graph.delivery.check_invariants(uow) == []
    house.clock.seconds = 0.0
