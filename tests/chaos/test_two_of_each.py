"""Two gateways and two workers send more than one of each, and nobody gets two, with carriers that take 50 ms.

On two cores that also carry the database and the carriers, one gateway has no core to give to another one. So each
gateway gets a part of a core, as if it had a small machine to itself; the channels allow more than one can do.
"""

import time
from contextlib import ExitStack

import pytest

from hongyan.rooms.delivery.contracts import MessageState
from support.chaos.carriers import Channel, Manner
from support.chaos.house import House
from support.chaos.scenes import Watch, running_house, until
from support.chaos.sends import Door, Order, place
from support.chaos.tasks import counts_of
from support.cpu_share import cpu_share

pytestmark = [pytest.mark.timeout(900), pytest.mark.chaos]

_RECIPIENTS, _CORES = 24_000, 0.25
_CHANNELS = tuple(
    Channel(name, carrier, "cmpp30", prefix, 3, 64, None, is_wired=False)
    for name, carrier, prefix in (("one", "mobile", "138"), ("two", "unicom", "186"))
)
_MANNER = Manner("fifty", ("--latency-ms", "50", "--report-after-ms", "500", "--fail-percent", "0"))


async def _measure(count: int) -> float:
    """Send through so many gateways and workers; returns messages per second from the first to the last submit."""
    async with running_house(gateways=count, workers=count, channels=_CHANNELS, manner=_MANNER) as house:
        with ExitStack() as shares:
            for name in ("gateway-a", "gateway-b")[:count]:
                shares.enter_context(cpu_share(house.children[name].pid, _CORES))
            return await _send(house, count)


async def _send(house: House, count: int) -> float:
    watch = Watch(*house.carriers.values())
    phones = [f"{_CHANNELS[n % 2].prefix}{n:08d}" for n in range(_RECIPIENTS)]
    order = Order(f"two{count}", Door.FILE, phones)
    began = time.monotonic()
    await place(house, order)
    (task_id,) = order.tasks
    counts = await until(
        "all are delivered",
        lambda: counts_of(house, task_id),
        lambda found: found.get(MessageState.DELIVERED, 0) == _RECIPIENTS,
        300,
    )
    seconds = time.monotonic() - began
    assert watch.read() == _RECIPIENTS
    assert watch.doubles() == []
    assert counts == {MessageState.DELIVERED: _RECIPIENTS}
    holders = await _holders(house)
    first, last = watch.accepted[0].at, watch.accepted[-1].at
    rate = _RECIPIENTS / (last - first)
    print(f"{count} of each: {rate:.0f} messages/s from first to last submit, {seconds:.1f} s in all, {holders}")
    assert len(holders) == count
    return rate


async def _holders(house: House) -> set[str]:
    async with house.graph.db.begin() as uow:
        rows = await uow.fetch("SELECT DISTINCT split_part(holder, '/', 1) FROM gateways_leases WHERE until > now()")
    return {str(row[0]) for row in rows}


async def test_two_of_each_send_more_and_double_nobody() -> None:
    one, two = await _measure(1), await _measure(2)
    assert two >= 1.3 * one
