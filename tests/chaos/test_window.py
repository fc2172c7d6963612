"""Window 16, one connection, answers after 50 ms: the line keeps the window full."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from support.chaos.carriers import Channel, Manner
from support.chaos.house import House
from support.chaos.scenes import Watch, running_house
from support.chaos.tasks import plan_large, write_task

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

_WINDOW, _ANSWER_S = 16, 0.05
_MOST_PER_S = _WINDOW / _ANSWER_S
_CHANNEL = Channel("narrow", "mobile", "cmpp30", "138", 1, _WINDOW, None, is_wired=False)
_MANNER = Manner("fifty", ("--latency-ms", "50", "--report-after-ms", "200", "--fail-percent", "0"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[House]:
    async with running_house(channels=(_CHANNEL,), manner=_MANNER) as running:
        yield running


@pytest.mark.parametrize(
    ("messages", "share"),
    [
        # A machine that also runs other tests is no place for the last percent.
        pytest.param(960, 0.8, marks=pytest.mark.slow),
        pytest.param(9600, 0.95, marks=pytest.mark.chaos),
    ],
)
async def test_the_window_is_kept_full(house: House, messages: int, share: float) -> None:
    watch = Watch(house.carriers["narrow"])
    await plan_large(house, await write_task(house, 1), "138", messages)
    await watch.until(messages, 10 + 2 * messages / _MOST_PER_S)
    first, last = watch.accepted[0].at, watch.accepted[-1].at
    # The first window leaves at once: it is no rate.
    rate = (messages - _WINDOW) / (last - first)
    print(f"{rate:.1f} of {_MOST_PER_S:.0f} messages/s")
    assert rate >= share * _MOST_PER_S
    assert watch.doubles() == []
