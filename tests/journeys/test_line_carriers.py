"""Carriers that misbehave: early, doubled and invented reports, lost answers and connections, flow control."""

import dataclasses
from collections import Counter
from collections.abc import AsyncIterator, Callable

import pytest

from hongyan.kernel.db.database import Database
from hongyan.rooms.carriers.contracts import Protocol
from hongyan.rooms.delivery.contracts import FINAL_STATES, MessageState
from simulators.carriers.profiles import PROFILES
from simulators.carriers.simulator import CarrierSimulator
from support.line import SendingLine, chunk_of, phone, until

LONG = "【鸿雁】" + "春" * 150


@pytest.fixture
async def line(db: Database) -> AsyncIterator[SendingLine]:
    line = SendingLine(db)
    await line.prepare()
    return line


def _settled(total: int) -> Callable[[dict[MessageState, int]], bool]:
    return lambda counts: sum(counts.get(state, 0) for state in FINAL_STATES) == total


def _is_explained(counts: dict[MessageState, int], carrier: CarrierSimulator) -> bool:
    known = counts.get(MessageState.DELIVERED, 0)
    return known == len(carrier.received) and known + counts.get(MessageState.UNKNOWN, 0) == 400


def _twice(carrier: CarrierSimulator) -> list[str]:
    return [number for number, count in Counter(r.dest for r in carrier.received).items() if count > 1]


async def test_a_lying_carrier_confuses_nobody(line: SendingLine) -> None:
    async with CarrierSimulator("lying", report_after_s=0.2, fail_percent=10) as carrier:
        await line.add_account(carrier.port, connections=2)
        await line.plan(chunk_of([phone(n) for n in range(400)]))
        async with line.running():
            counts = await until(line.counts, _settled(400), timeout_s=40)
        assert _twice(carrier) == []
    assert sum(counts.values()) == 400
    assert counts[MessageState.DELIVERED] > 300
    assert counts[MessageState.FAILED] + counts.get(MessageState.EXPIRED, 0) > 5
    assert await line.violations() == []


@pytest.mark.slow
async def test_a_dropping_carrier_gets_nothing_twice(line: SendingLine) -> None:
    manners = dataclasses.replace(PROFILES["dropping"], drop_every=120, lost_report_percent=0.0, fail_percent=0.0)
    async with CarrierSimulator(manners, report_after_s=0.2) as carrier:
        await line.add_account(carrier.port, connections=2, response_timeout_s=2)
        await line.plan(chunk_of([phone(n) for n in range(400)]))
        async with line.running():
            # reports explain lost answers, after a while: what stays unknown is what the carrier never had
            counts = await until(line.counts, lambda found: _is_explained(found, carrier), timeout_s=50)
        assert _twice(carrier) == []
        assert carrier.stats.cut_connections > 0
        assert carrier.stats.lost_answers > 0
        assert counts.get(MessageState.UNKNOWN, 0) == 400 - len(carrier.received)
    assert sum(counts.values()) == 400
    assert await line.violations() == []


async def test_flow_control_slows_the_account_and_loses_nothing(line: SendingLine) -> None:
    async with CarrierSimulator("throttling", report_after_s=0.1, fail_percent=0, rate_per_s=80) as carrier:
        await line.add_account(carrier.port)
        await line.plan(chunk_of([phone(n) for n in range(200)]))
        async with line.running():
            counts = await until(line.counts, _settled(200), timeout_s=40)
        assert _twice(carrier) == []
        assert carrier.stats.throttled > 0
    assert counts == {MessageState.DELIVERED: 200}
    assert await line.violations() == []


@pytest.mark.parametrize("protocol", [Protocol.CMPP20, Protocol.CMPP30])
async def test_long_messages_arrive_whole_and_are_delivered_once_all_parts_are(
    line: SendingLine, protocol: Protocol
) -> None:
    async with CarrierSimulator("happy", protocol=protocol, report_after_s=0.2, fail_percent=0) as carrier:
        await line.add_account(carrier.port, protocol=protocol, window_pdus=7)
        await line.plan(chunk_of([phone(n) for n in range(50)], text=LONG))
        async with line.running():
            counts = await until(line.counts, _settled(50))
        assert {received.text for received in carrier.received} == {LONG}
        assert len(carrier.received) == 50
    assert counts == {MessageState.DELIVERED: 50}
    assert await line.violations() == []


async def test_failed_numbers_keep_the_carriers_code(line: SendingLine) -> None:
    async with CarrierSimulator("happy", report_after_s=0.1, fail_percent=100) as carrier:
        await line.add_account(carrier.port)
        await line.plan(chunk_of([phone(n) for n in range(20)]))
        async with line.running():
            counts = await until(line.counts, _settled(20))
    assert sum(counts.get(state, 0) for state in (MessageState.FAILED, MessageState.EXPIRED)) == 20
    assert await line.violations() == []
