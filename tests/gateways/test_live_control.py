"""What an operator changes reaches an account at work: rate, window, connections and flow without another login."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest

from hongyan.kernel.bus.nats import NatsBus
from hongyan.kernel.db.database import Database
from hongyan.kernel.metrics import Metrics
from hongyan.rooms.carriers.contracts import Flow, Health, HealthState
from hongyan.rooms.delivery.contracts import GateKind, MessageClass, MessageState, Tally
from hongyan.rooms.gateways.service.health import Limits
from simulators.carriers.profiles import Profile
from simulators.carriers.simulator import CarrierSimulator
from support.line import TASK, TENANT, SendingLine, chunk_of, phone, until

S = MessageState
T = TypeVar("T")
IN_FORCE_S = 2.0


@pytest.fixture
async def line(db: Database) -> SendingLine:
    line = SendingLine(db)
    await line.prepare()
    return line


@asynccontextmanager
async def hinted(db: Database, url: str, *, metrics: Metrics | None = None) -> AsyncIterator[SendingLine]:
    """A line over a bus."""
    bus = NatsBus(url, name="test")
    await bus.open()
    line = SendingLine(db, bus=bus, metrics=metrics)
    await line.prepare()
    hints = await line.gateways.listen(bus)
    try:
        yield line
    finally:
        for hint in hints:
            await hint.stop()
        await bus.close()


async def _now(value: T) -> T:
    return value


async def _health(line: SendingLine) -> Health | None:
    async with line.db.begin() as uow:
        found = await line.carriers.list_health(uow)
    return found[0] if found else None


async def _flow(line: SendingLine) -> Flow:
    async with line.db.begin() as uow:
        return (await line.carriers.list_accounts(uow))[0].flow


async def _set_flow(line: SendingLine, flow: Flow) -> None:
    async with line.db.begin() as uow:
        await line.carriers.set_flow(uow, "carrier-1", flow)


async def test_a_pause_keeps_the_login_and_lets_reports_in(line: SendingLine) -> None:
    async with CarrierSimulator("happy", report_after_s=0.5, fail_percent=0) as carrier:
        await line.add_account(carrier.port, rate_per_s=100)
        await line.plan(chunk_of([phone(n) for n in range(600)]))
        async with line.running():
            await until(lambda: _now(len(carrier.received)), lambda count: count >= 50)
            await _set_flow(line, Flow.PAUSED)
            await asyncio.sleep(IN_FORCE_S)
            sent = len(carrier.received)
            # the reports of what had left arrive, and nothing else leaves
            await until(line.counts, lambda counts: counts == {S.DELIVERED: sent, S.QUEUED: 600 - sent})
            health = await until(lambda: _health(line), lambda h: h is not None and h.reason == "paused")
            assert (health.state, health.links_up) == (HealthState.IDLE, 1) if health else False
            assert (len(carrier.received), carrier.stats.logins) == (sent, 1)
            await _set_flow(line, Flow.RUNNING)
            await until(line.counts, lambda counts: counts == {S.DELIVERED: 600})
            assert carrier.stats.logins == 1
    assert await line.violations() == []


async def test_a_draining_account_sends_what_it_has_and_pauses_itself(line: SendingLine) -> None:
    async with CarrierSimulator("happy", report_after_s=0.1, fail_percent=0) as carrier:
        await line.add_account(carrier.port, rate_per_s=100)
        await line.plan(chunk_of([phone(n) for n in range(150)]))
        await _set_flow(line, Flow.DRAINING)
        async with line.running():
            await until(lambda: _flow(line), lambda flow: flow is Flow.PAUSED)
            assert len(carrier.received) == 150
            await until(line.counts, lambda counts: counts == {S.DELIVERED: 150})


async def test_rate_window_and_connections_change_under_way(line: SendingLine) -> None:
    async with CarrierSimulator("happy", latency_s=0.02, report_after_s=0.1, fail_percent=0) as carrier:
        await line.add_account(carrier.port, rate_per_s=20, window_pdus=2)
        await line.plan(chunk_of([phone(n) for n in range(1_500)]))
        async with line.running():
            await until(lambda: _now(len(carrier.received)), lambda count: count >= 10)
            # when it may send faster, over more connections
            async with line.db.begin() as uow:
                await line.carriers.tune(uow, "carrier-1", rate_per_s=600, window_pdus=32, connections=3)
            await until(lambda: _now(carrier.connections), lambda count: count == 3, timeout_s=IN_FORCE_S + 1)
            begun, before = time.monotonic(), len(carrier.received)
            await until(lambda: _now(len(carrier.received)), lambda count: count >= before + 600, timeout_s=10)
            assert 600 / (time.monotonic() - begun) > 250
            # then with one connection again: two log out, the first stays
            async with line.db.begin() as uow:
                await line.carriers.tune(uow, "carrier-1", connections=1)
            await until(lambda: _now(carrier.connections), lambda count: count == 1, timeout_s=IN_FORCE_S + 1)
            await until(line.counts, lambda counts: counts == {S.DELIVERED: 1_500})
        assert carrier.stats.logins == 3
    assert await line.violations() == []


async def test_another_address_is_another_login(line: SendingLine) -> None:
    async with (
        CarrierSimulator("happy", report_after_s=0.1, fail_percent=0) as carrier,
        CarrierSimulator("happy", report_after_s=0.1, fail_percent=0) as other,
        line.running(),
    ):
        await line.add_account(carrier.port)
        await until(lambda: _now(carrier.connections), lambda count: count == 1)
        async with line.db.begin() as uow:
            await line.carriers.move_account(uow, "carrier-1", host="127.0.0.1", port=other.port)
        await until(lambda: _now((carrier.connections, other.connections)), lambda counts: counts == (0, 1))


@pytest.mark.parametrize("what", ["pause", "cancel"])
async def test_a_task_is_stopped_within_two_seconds_on_a_busy_line(db: Database, nats_url: str, what: str) -> None:
    async with (
        hinted(db, nats_url) as line,
        CarrierSimulator("happy", report_after_s=0.2, fail_percent=0) as carrier,
    ):
        await line.add_account(carrier.port, window_pdus=64)
        for chunk_no in range(10):
            phones = [phone(chunk_no * 2_000 + n) for n in range(2_000)]
            await line.plan(chunk_of(phones, chunk_no=chunk_no))
        async with line.running():
            await until(lambda: _now(len(carrier.received)), lambda count: count >= 500)
            async with line.db.begin() as uow:
                if what == "pause":
                    await line.delivery.close_gate(uow, TENANT, GateKind.TASK, TASK, "paused")
                else:
                    await line.delivery.cancel_task(uow, TENANT, TASK)
            await asyncio.sleep(IN_FORCE_S)
            sent = len(carrier.received)
            rest = S.HELD if what == "pause" else S.CANCELLED
            await until(line.counts, lambda counts: counts == {S.DELIVERED: sent, rest: 20_000 - sent})
            assert len(carrier.received) == sent < 20_000
    assert await line.violations() == []


async def test_a_hint_wakes_an_idle_line_at_once(db: Database, nats_url: str) -> None:
    metrics = Metrics("gateway")
    async with (
        hinted(db, nats_url, metrics=metrics) as line,
        CarrierSimulator("happy", report_after_s=0.1, fail_percent=0) as carrier,
    ):
        await line.add_account(carrier.port)
        async with line.running():
            await until(lambda: _now(carrier.connections), lambda count: count == 1)
            took: list[float] = []
            for n in range(20):
                await asyncio.sleep(0.02)
                await line.plan(chunk_of([phone(n)], chunk_no=n, klass=MessageClass.CODE))
                accepted = time.monotonic()
                while len(carrier.received) <= n:
                    assert time.monotonic() - accepted < 5
                    await asyncio.sleep(0.001)
                took.append(time.monotonic() - accepted)
            assert sorted(took)[len(took) // 2] < 0.15, took  # the poll alone would take a quarter of a second
            # changes of channels have a hint of their own
            await _set_flow(line, Flow.PAUSED)
            changed = b'hongyan_gateway_hints_total{subject="carriers.changed"} 1.0'
            await until(lambda: _now(metrics.render()), lambda shown: changed in shown)
    assert b'hongyan_gateway_hints_total{subject="delivery.ready"} 20.0' in metrics.render()


async def test_what_waits_on_an_account_that_is_down_goes_to_its_group(db: Database) -> None:
    line = SendingLine(db, limits=Limits(failover_s=2.0))
    await line.prepare()
    async with CarrierSimulator("happy") as carrier:
        dead = carrier.port
    async with CarrierSimulator("happy", report_after_s=0.1, fail_percent=0) as carrier:
        await line.add_account(dead, name="first", group="g")
        await line.plan(chunk_of([phone(n) for n in range(300)]))
        await line.add_account(carrier.port, name="second", group="g", priority=1)
        async with line.running():
            counts = await until(line.counts, lambda counts: S.DELIVERED in counts, timeout_s=15)
            counts = await until(line.counts, lambda counts: counts == {S.DELIVERED: 300}, timeout_s=10)
            assert counts
    assert await line.violations() == []


async def test_what_waits_on_a_disabled_account_goes_to_its_group(line: SendingLine) -> None:
    async with CarrierSimulator("happy", report_after_s=0.1, fail_percent=0) as carrier:
        await line.add_account(1, name="first", group="g")
        await line.plan(chunk_of([phone(n) for n in range(300)]))
        await line.add_account(carrier.port, name="second", group="g")
        async with line.db.begin() as uow:
            await line.carriers.set_enabled(uow, "first", is_enabled=False)
        async with line.running():
            await until(line.counts, lambda counts: counts == {S.DELIVERED: 300}, timeout_s=10)
    assert await line.violations() == []


async def test_what_a_killed_gateway_had_open_on_a_disabled_account_becomes_unknown(line: SendingLine) -> None:
    account = await line.add_account(1, name="first")
    await line.plan(chunk_of([phone(n) for n in range(3)]))
    # given a gateway that has everything of the account in open spans, and an operator who disables it then
    async with line.db.begin() as uow:
        tally = Tally()
        assert await line.delivery.claim(uow, account.account_id, 0, tally, spans=1, span_messages=64)
        await line.delivery.fold_sender(uow, account.account_id, tally)
        await line.carriers.set_enabled(uow, "first", is_enabled=False)
    assert await line.counts() == {S.ATTEMPTED: 3}
    async with line.running():
        await until(line.counts, lambda counts: counts == {S.UNKNOWN: 3}, timeout_s=10)
    assert await line.violations() == []


async def test_health_tells_why(line: SendingLine) -> None:
    async with CarrierSimulator(Profile("slow-down", rate_per_s=5.0)) as carrier:
        port = carrier.port
        account = await line.add_account(port, window_pdus=16)
        async with line.running():
            good = await until(lambda: _health(line), lambda h: h is not None and h.state is HealthState.UP)
            assert good is not None
            assert (good.account_id, good.reason, good.links_up, good.links) == (account.account_id, "", 1, 1)
            await line.plan(chunk_of([phone(n) for n in range(60)]))
            slow = await until(lambda: _health(line), lambda h: h is not None and h.reason == "throttled")
            assert slow is not None
            assert slow.pace_per_s is not None
            assert slow.errors["throttled"] >= 1
    async with CarrierSimulator("happy", secret="another", port=port), line.running("gateway-2"):
        refused = await until(lambda: _health(line), lambda h: h is not None and h.reason == "login_refused")
        assert refused is not None
        assert (refused.state, refused.links_up) == (HealthState.DOWN, 0)
        assert refused.detail
