"""Each protocol through real gateway processes, of which one is killed: nobody gets two, nobody is forgotten."""

import signal
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hongyan.kernel.db.database import Database
from hongyan.kernel.keys.ring import create_key_ring
from hongyan.rooms.delivery.contracts import MessageState
from simulators.carriers.simulator import CarrierSimulator
from support.gateway_process import GatewayProcess
from support.line import SendingLine, chunk_of, phone, until
from support.speeches import SGIP12, SMGP30, SMPP34, Speech

S = MessageState
MESSAGES, LONG = 600, 60
SPAN, SPANS_PER_LINK, CONNECTIONS = 32, 2, 2
TEXT = "【鸿雁】{n} " + "海上明月共潮生。" * 20


@pytest.fixture
async def line(db: Database, tmp_path: Path) -> AsyncIterator[SendingLine]:
    ring = create_key_ring()
    ring.save(tmp_path / "keys.json")
    line = SendingLine(db, ring=ring)
    await line.prepare()
    return line


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize("speech", [SGIP12, SMGP30, SMPP34], ids=lambda speech: speech.name)
async def test_a_killed_gateway_doubles_nothing_in_any_protocol(
    line: SendingLine, db_url: str, tmp_path: Path, speech: Speech
) -> None:
    async with speech.simulate("happy", latency_s=0.02, report_after_s=0.5) as pair:
        carrier = pair.carrier
        # given two gateways, and a send in full swing, with long texts in it
        await pair.add_account(line, connections=CONNECTIONS, window_pdus=SPAN, rate_per_s=150)
        await line.plan(chunk_of([phone(n) for n in range(MESSAGES - LONG)]))
        await line.plan(chunk_of([phone(n) for n in range(MESSAGES - LONG, MESSAGES)], chunk_no=1, text=TEXT))
        first = GatewayProcess(db_url, tmp_path / "keys.json", gateway_id="gateway-1")
        second = GatewayProcess(db_url, tmp_path / "keys.json", gateway_id="gateway-2")
        await first.start()
        try:
            await until(lambda: received(carrier), lambda count: count >= 100, timeout_s=60)
            await second.start()
            await until(lambda: received(carrier), lambda count: count >= 200, timeout_s=60)
            # when the first one is killed
            await first.end(signal.SIGKILL)
            counts = await until(line.counts, lambda found: is_explained(found, carrier), timeout_s=90)
        finally:
            await second.end(signal.SIGTERM)
            await first.end(signal.SIGTERM)
    # then nobody got two, and everyone is accounted for
    assert [number for number, count in Counter(r.dest for r in carrier.received).items() if count > 1] == []
    assert counts.get(S.UNKNOWN, 0) <= 2 * SPANS_PER_LINK * SPAN * CONNECTIONS
    assert counts[S.DELIVERED] == len(carrier.received)
    whole = {TEXT.replace("{n}", str(n)) for n in range(LONG)}
    assert {one.text for one in carrier.received if one.parts > 1} <= whole
    assert await line.violations() == []


async def received(carrier: CarrierSimulator) -> int:
    return len(carrier.received)


def is_explained(counts: dict[MessageState, int], carrier: CarrierSimulator) -> bool:
    known = counts.get(S.DELIVERED, 0)
    return known == len(carrier.received) and known + counts.get(S.UNKNOWN, 0) == MESSAGES
