"""The gateway is killed in the middle of a send (SIGKILL): nobody gets two, nobody is forgotten, the books balance."""

import signal
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hongyan.kernel.db.database import Database
from hongyan.kernel.keys.ring import create_key_ring
from hongyan.rooms.delivery.contracts import FINAL_STATES, MessageState
from simulators.carriers.simulator import CarrierSimulator
from support.gateway_process import GatewayProcess
from support.line import SendingLine, chunk_of, phone, until

SPAN, SPANS_PER_LINK, CONNECTIONS = 64, 2, 2
MESSAGES = 3000


@pytest.fixture
async def line(db: Database, tmp_path: Path) -> AsyncIterator[SendingLine]:
    ring = create_key_ring()
    ring.save(tmp_path / "keys.json")
    line = SendingLine(db, ring=ring)
    await line.prepare()
    return line


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_a_killed_gateway_sends_nobody_twice_and_forgets_nobody(
    line: SendingLine, db_url: str, tmp_path: Path
) -> None:
    async with CarrierSimulator("happy", latency_s=0.02, report_after_s=0.5, fail_percent=0) as carrier:
        # given a send in full swing
        await line.add_account(carrier.port, connections=CONNECTIONS, window_pdus=SPAN, rate_per_s=1500)
        phones = [phone(n) for n in range(MESSAGES)]
        await line.plan(chunk_of(phones))
        gateway = GatewayProcess(db_url, tmp_path / "keys.json")
        await gateway.start()
        try:
            for threshold in (500, 1500):
                await until(lambda: _received(carrier), lambda count, least=threshold: count >= least, timeout_s=60)
                # when it is killed, twice, each time followed by another
                await gateway.end(signal.SIGKILL)
                await gateway.start()
            # reports explain most of what the kills left in doubt, after a while
            counts = await until(line.counts, lambda found: _is_explained(found, carrier), timeout_s=90)
        finally:
            await gateway.end(signal.SIGTERM)
    # then nobody got two, and everyone is accounted for
    twice = [number for number, count in Counter(r.dest for r in carrier.received).items() if count > 1]
    assert twice == []
    assert sum(counts.values()) == MESSAGES
    assert counts.get(MessageState.UNKNOWN, 0) <= 2 * SPANS_PER_LINK * SPAN * CONNECTIONS
    # everyone whom the carrier served is delivered, and nobody else is
    assert counts[MessageState.DELIVERED] == len(carrier.received) == MESSAGES - counts.get(MessageState.UNKNOWN, 0)
    assert await line.violations() == []


async def _received(carrier: CarrierSimulator) -> int:
    return len(carrier.received)


def _is_explained(counts: dict[MessageState, int], carrier: CarrierSimulator) -> bool:
    settled = sum(counts.get(state, 0) for state in FINAL_STATES) + counts.get(MessageState.UNKNOWN, 0)
    return settled == MESSAGES and counts.get(MessageState.DELIVERED, 0) == len(carrier.received)
