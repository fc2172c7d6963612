"""A gateway process follows the accounts: added, disabled, changed; two gateways share them; pauses work in the middle."""

import asyncio
from typing import TypeVar

import pytest

from hongyan.kernel.db.database import Database
from hongyan.rooms.delivery.contracts import GateKind, MessageState
from hongyan.rooms.gateways.service.door import GatewaysService
from simulators.carriers.simulator import CarrierSimulator
from support.line import SIGNATURE, TASK, TENANT, SendingLine, chunk_of, phone, until

S = MessageState
T = TypeVar("T")


@pytest.fixture
async def line(db: Database) -> SendingLine:
    line = SendingLine(db)
    await line.prepare()
    return line


async def _now(value: T) -> T:
    return value


async def test_accounts_are_followed_while_it_runs(line: SendingLine) -> None:
    async with CarrierSimulator("happy", report_after_s=0.1, fail_percent=0) as carrier, line.running():
        # added while the gateway runs
        await line.add_account(carrier.port)
        await line.plan(chunk_of([phone(n) for n in range(5)]))
        await until(line.counts, lambda counts: counts == {S.DELIVERED: 5})
        assert line.gateways.states() == {"carrier-1": True}
        # disabled: it logs out, and what is planned for it waits
        async with line.db.begin() as uow:
            await line.carriers.set_enabled(uow, "carrier-1", is_enabled=False)
        await until(lambda: _now(carrier.connections), lambda count: count == 0)
        # enabled again
        async with line.db.begin() as uow:
            await line.carriers.set_enabled(uow, "carrier-1", is_enabled=True)
        await line.plan(chunk_of([phone(n) for n in range(5, 10)], chunk_no=1))
        line.gateways.wake()
        await until(line.counts, lambda counts: counts == {S.DELIVERED: 10})
    assert await line.violations() == []


async def test_a_second_gateway_takes_over_when_the_first_hands_over(line: SendingLine) -> None:
    other = GatewaysService(
        db=line.db, clock=line.clock, carriers=line.carriers, delivery=line.delivery, receipts=line.receipts
    )
    async with CarrierSimulator("happy", report_after_s=0.1, fail_percent=0) as carrier:
        await line.add_account(carrier.port)
        stop = asyncio.Event()
        async with line.running("gateway-1"):
            await until(lambda: _now(line.gateways.states()), lambda states: states == {"carrier-1": True})
            waiting = asyncio.create_task(other.run("gateway-2", stop))
            await until(lambda: _now(other.states()), lambda states: states == {"carrier-1": False})
        try:
            await until(lambda: _now(other.states()), lambda states: states == {"carrier-1": True})
            await line.plan(chunk_of([phone(n) for n in range(5)]))
            await until(line.counts, lambda counts: counts == {S.DELIVERED: 5})
        finally:
            stop.set()
            await waiting


async def test_a_pause_is_in_force_within_two_seconds_and_lasts_until_resumed(line: SendingLine) -> None:
    async with CarrierSimulator("happy", report_after_s=0.1, fail_percent=0) as carrier:
        await line.add_account(carrier.port, rate_per_s=60)
        await line.plan(chunk_of([phone(n) for n in range(240)]))
        async with line.running():
            await until(lambda: _now(len(carrier.received)), lambda count: count >= 30)
            async with line.db.begin() as uow:
                await line.delivery.close_gate(uow, TENANT, GateKind.TASK, TASK, "paused")
            paused = await until(line.counts, lambda counts: set(counts) == {S.DELIVERED, S.HELD}, timeout_s=5)
            assert paused[S.DELIVERED] == len(carrier.received) < 240
            async with line.db.begin() as uow:
                await line.delivery.open_gate(uow, TENANT, GateKind.TASK, TASK)
            await until(line.counts, lambda counts: counts == {S.DELIVERED: 240})
    assert await line.violations() == []


async def test_a_carrier_that_is_away_gets_everything_when_it_is_back(line: SendingLine) -> None:
    async with CarrierSimulator("happy", report_after_s=0.1, fail_percent=0) as carrier:
        port = carrier.port
    await line.add_account(port)
    await line.plan(chunk_of([phone(n) for n in range(5)]))
    async with line.running():
        await until(lambda: _now(line.gateways.states()), lambda states: states == {"carrier-1": True})
        async with CarrierSimulator("happy", port=port, report_after_s=0.1, fail_percent=0):
            await until(line.counts, lambda counts: counts == {S.DELIVERED: 5})


async def test_a_text_from_a_phone_reaches_the_tenant(line: SendingLine) -> None:
    async with CarrierSimulator("happy") as carrier:
        await line.add_account(carrier.port)
        async with line.db.begin() as uow:
            await line.carriers.provision_signature(uow, TENANT, SIGNATURE)
            channel = await line.carriers.find_channel(uow, TENANT, SIGNATURE)
        assert channel is not None
        async with line.running():
            await until(lambda: _now(carrier.connections), lambda count: count == 1)
            assert carrier.send_mo(phone(1), channel.channel_number, "R")
            [job] = await until(lambda: line.jobs_named("audience.uplink_received"), bool)
    assert (job["tenant_id"], job["text"]) == (TENANT, "R")
