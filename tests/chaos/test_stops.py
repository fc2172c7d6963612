"""A pause, a cancel, an opt-out and a suspension in the middle of a large task: in force two seconds after they stand."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
import pytest_asyncio

from hongyan.kernel.ids import TaskId
from hongyan.rooms.delivery.contracts import OPEN_STATES, MessageState
from hongyan.rooms.identity.contracts import TenantState, system_actor
from support.chaos.carriers import Channel, Manner
from support.chaos.house import House
from support.chaos.scenes import Watch, api_of, running_house, until
from support.chaos.tasks import counts_of, plan_large, write_task

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(1500)]

_IN_FORCE_S = 2.0
_RATE = 1000
_AHEAD = range(5 * _RATE // 2, 6 * _RATE, _RATE // 10)
"""Of the message that is sent now: these would be sent from 2.5 s to 6 s later."""
_CHANNEL = Channel("wide", "mobile", "cmpp30", "138", 2, 64, _RATE)
_MANNER = Manner("prompt", ("--latency-ms", "5", "--report-after-ms", "300", "--fail-percent", "0"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[House]:
    async with running_house(channels=(_CHANNEL,), manner=_MANNER) as running:
        yield running


@dataclass
class _Send:
    """A large task under way."""

    house: House
    task_id: TaskId
    watch: Watch

    async def until_moving(self, more: int) -> None:
        """Wait for so many more messages."""
        await self.watch.until(self.watch.read() + more, 60)

    async def stopped_after(self, stop: Callable[[], Awaitable[None]], quiet_s: float = 1.5) -> float:
        """Do what stops it; returns how long after that the last message came."""
        await stop()
        written = time.time()
        await asyncio.sleep(_IN_FORCE_S)
        before = self.watch.read()
        # Nothing more comes, for a while that is not short.
        await asyncio.sleep(quiet_s)
        assert self.watch.read() == before
        return self.watch.last_at() - written


@pytest.mark.parametrize(
    "messages",
    [pytest.param(60_000, marks=pytest.mark.slow), pytest.param(1_000_000, marks=pytest.mark.chaos)],
)
async def test_every_stop_is_in_force_within_two_seconds(house: House, messages: int) -> None:
    task_id = await write_task(house, -(-messages // 10_000))
    watch = Watch(*house.carriers.values())
    send = _Send(house, task_id, watch)
    planning = asyncio.create_task(plan_large(house, task_id, "138", messages))
    async with api_of(house) as api:

        async def act(action: str) -> None:
            await api.call("POST", f"/v1/hongyan/send-tasks/{task_id}/{action}")

        # an opt-out, while it is still being planned
        await send.until_moving(_RATE)
        await _opt_out(house, send)
        await planning
        # a pause
        await send.until_moving(_RATE)
        paused_s = await send.stopped_after(lambda: act("pause"))
        await act("resume")
        # a suspension of the tenant
        await send.until_moving(_RATE)
        suspended_s = await send.stopped_after(lambda: _set_state(house, TenantState.SUSPENDED))
        await _set_state(house, TenantState.ACTIVE)
        # a cancel
        await send.until_moving(_RATE)
        cancelled_s = await send.stopped_after(lambda: act("cancel"))
    print(f"last message after the pause {paused_s:.2f} s, suspension {suspended_s:.2f} s, cancel {cancelled_s:.2f} s")
    # and in the end everybody is accounted for: who got it, who opted out, who was spared
    counts = await until(
        "the task is over",
        lambda: counts_of(house, task_id),
        lambda found: bool(found) and not any(found.get(state) for state in OPEN_STATES),
        300,
    )
    assert sum(counts.values()) == messages
    assert counts[MessageState.DELIVERED] == watch.read() == len({accepted.dest for accepted in watch.accepted})
    assert counts[MessageState.SUPPRESSED] == len(_AHEAD)
    assert set(counts) == {MessageState.DELIVERED, MessageState.SUPPRESSED, MessageState.CANCELLED}


async def _opt_out(house: House, send: _Send) -> None:
    """Let phones that are about to get the message refuse it."""
    (carrier,) = house.carriers.values()
    async with house.graph.db.begin() as uow:
        channel = await house.graph.carriers.find_channel(uow, house.sender.tenant_id, house.sender.signature_id)
    assert channel is not None
    now = send.watch.read()
    phones = [f"86138{now + ahead:08d}" for ahead in _AHEAD]
    await asyncio.gather(*(carrier.say(phone, channel.channel_number, "TD") for phone in phones))
    written = time.time()
    # when their turn has come and gone
    await send.until_moving(_AHEAD[-1] + _RATE)
    late = {one.dest: one.at - written for one in send.watch.accepted if one.dest in set(phones)}
    # then whoever got it got it at once
    assert not {dest: seconds for dest, seconds in late.items() if seconds > _IN_FORCE_S}
    assert not late


async def _set_state(house: House, state: TenantState) -> None:
    async with house.graph.db.begin() as uow:
        await house.graph.identity.tenants.set_state(uow, system_actor(), house.sender.tenant_id, state)
