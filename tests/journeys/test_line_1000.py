"""A thousand messages over a real CMPP connection: every one final, the books balanced."""

from collections.abc import AsyncIterator, Callable

import pytest

from hongyan.kernel.db.database import Database
from hongyan.rooms.delivery.contracts import FINAL_STATES, MessageState
from simulators.carriers.simulator import CarrierSimulator
from support.line import TASK, TENANT, SendingLine, chunk_of, phone, until


@pytest.fixture
async def line(db: Database) -> AsyncIterator[SendingLine]:
    line = SendingLine(db)
    await line.prepare()
    return line


def _all_final(total: int) -> Callable[[dict[MessageState, int]], bool]:
    return lambda counts: sum(counts.get(state, 0) for state in FINAL_STATES) == total


async def test_a_thousand_messages_arrive_and_are_accounted_for(line: SendingLine) -> None:
    async with CarrierSimulator("happy", report_after_s=0.3, latency_s=0.001, fail_percent=0) as carrier:
        # given an account at a carrier, and a thousand planned messages
        await line.add_account(carrier.port)
        phones = [phone(n) for n in range(1000)]
        assert await line.plan(chunk_of(phones)) == {MessageState.QUEUED: 1000}
        # when a gateway runs
        async with line.running():
            counts = await until(line.counts, _all_final(1000))
            # then campaigns is told, once
            settled = await until(lambda: line.jobs_named("campaigns.tasks_settled"), bool)
        # and everyone got exactly one, and the books say so
        assert settled == [{"tasks": [[TENANT, TASK]]}]
        assert counts == {MessageState.DELIVERED: 1000}
        assert sorted(received.dest for received in carrier.received) == sorted(phones)
        assert await line.violations() == []
