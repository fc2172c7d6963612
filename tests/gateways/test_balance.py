"""Accounts are spread over the gateway processes that are alive, and find another one when theirs is killed."""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TypeVar

import pytest

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.ids import AccountId
from hongyan.kernel.keys.ring import load_or_create_key_ring
from hongyan.rooms.carriers.contracts import Carrier
from hongyan.rooms.carriers.service import CarriersService
from hongyan.rooms.delivery.contracts import MessageState
from hongyan.rooms.gateways.contracts import Node
from hongyan.rooms.gateways.service.balance import ALIVE_S, SETTLED_S, assign
from hongyan.rooms.gateways.service.door import GatewaysService
from hongyan.rooms.gateways.service.health import Limits
from simulators.carriers.simulator import CarrierSimulator
from support.gateway_process import GatewayProcess
from support.line import SendingLine, chunk_of, phone, until

S = MessageState
T = TypeVar("T")
ACCOUNTS = 6
AT_WORK_AGAIN_S = 10.0


async def _now(value: T) -> T:
    return value


def node(name: str, *, age_s: float = 60.0, silent_s: float = 0.5) -> Node:
    return Node(f"{name}/1", name, age_s, silent_s)


def test_everybody_gets_an_even_share() -> None:
    nodes = [node("a"), node("b"), node("c")]
    assert sorted(Counter(assign(range(6), nodes).values()).values()) == [2, 2, 2]
    assert sorted(Counter(assign(range(7), nodes).values()).values()) in ([1, 3, 3], [2, 2, 3])
    assert assign(range(6), []) == {}


def test_all_see_the_same_whatever_the_order() -> None:
    nodes = [node("a"), node("b"), node("c")]
    assert assign([3, 1, 2], nodes) == assign([1, 2, 3], list(reversed(nodes)))


def test_one_that_leaves_takes_nothing_from_the_others() -> None:
    before = assign(range(600), [node("a"), node("b"), node("c")])
    after = assign(range(600), [node("a"), node("b")])
    stayed = sum(before[account] == after[account] for account in before if before[account] != "c/1")
    assert stayed >= 380  # of 400; the bound moves some


def test_the_silent_get_nothing_and_the_young_only_what_nobody_else_can_take() -> None:
    old, young, dead = node("a"), node("b", age_s=SETTLED_S / 2), node("c", silent_s=ALIVE_S)
    assert set(assign(range(6), [old, young, dead]).values()) == {"a/1"}
    assert set(assign(range(6), [young, dead]).values()) == {"b/1"}


def test_after_an_outage_nobody_gets_the_others_share_by_being_heard_first() -> None:
    first, second = node("a", age_s=SETTLED_S + 0.5, silent_s=0), node("b", age_s=1.0, silent_s=0)
    assert assign(range(6), [first, second]) == assign(range(6), [node("a"), node("b")])
    assert set(assign(range(6), [node("a", age_s=2 * SETTLED_S), second]).values()) == {"a/1"}


def test_two_of_one_name_share_too() -> None:
    twins = [Node("gateway-1/1", "gateway-1", 60, 0), Node("gateway-1/2", "gateway-1", 60, 0)]
    assert sorted(Counter(assign(range(6), twins).values()).values()) == [3, 3]


def test_who_cannot_log_in_is_passed_over_while_others_can() -> None:
    able, unable = node("a"), node("b")._replace(unable=frozenset({1, 2, 3, 4, 5}))
    assert assign(range(1, 6), [able, unable]) == dict.fromkeys(range(1, 6), "a/1")
    # nobody can: as if everybody could, and so nobody hands to and fro
    neither = able._replace(unable=unable.unable)
    assert assign(range(1, 6), [neither, unable]) == assign(range(1, 6), [able, node("b")])


class Stranger(CarriersService):
    """The carriers of a gateway whose logins are refused."""

    async def open_secret(self, uow: Uow, account_id: AccountId) -> str:
        del uow, account_id
        return "wrong"


async def test_an_account_goes_back_from_a_gateway_that_cannot_log_in(db: Database) -> None:
    line, limits = SendingLine(db), Limits(unable_s=1.0)
    await line.prepare()
    stranger = GatewaysService(
        db=db,
        clock=line.clock,
        carriers=Stranger(clock=line.clock, ring=line.ring, keys=line.keys, jobs=line.jobs),
        delivery=line.delivery,
        receipts=line.receipts,
        limits=limits,
    )
    stop = asyncio.Event()
    async with CarrierSimulator("happy", report_after_s=0.1, fail_percent=0) as carrier:
        await line.add_account(carrier.port)
        try:
            # given an account that has come to the gateway that cannot log in, as nobody else was there
            running = asyncio.create_task(stranger.run("b", stop))
            await until(lambda: _now(stranger.states()), lambda states: states == {"carrier-1": True})
            # when another one comes, it gets the account and keeps it
            async with line.running("a"):
                await line.plan(chunk_of([phone(n) for n in range(5)]))
                await until(line.counts, lambda counts: counts == {S.DELIVERED: 5})
                assert (stranger.states(), line.gateways.states()) == ({"carrier-1": False}, {"carrier-1": True})
        finally:
            stop.set()
            await running


class House:
    """A line of six accounts at six carriers, and gateway processes over it."""

    def __init__(self, line: SendingLine, key_file: Path) -> None:
        self.line = line
        self._key_file = key_file
        self.carriers: list[CarrierSimulator] = []
        self.processes: dict[str, GatewayProcess] = {}

    async def start(self, name: str) -> None:
        process = GatewayProcess(self.line.db.url, self._key_file, gateway_id=name)
        await process.start()
        self.processes[name] = process

    async def end(self, name: str, number: signal.Signals) -> None:
        await self.processes.pop(name).end(number)

    async def spread(self) -> dict[str, int]:
        """Return gateway → how many accounts it works on."""
        async with self.line.db.begin() as uow:
            rows = await uow.fetch(
                "SELECT split_part(holder, '/', 1), count(*) FROM gateways_leases WHERE until > clock_timestamp() GROUP BY 1"
            )
        return dict(rows)

    async def epochs(self) -> dict[int, int]:
        async with self.line.db.begin() as uow:
            return dict(await uow.fetch("SELECT account_id, epoch FROM gateways_leases"))

    async def logins(self) -> list[int]:
        return [carrier.connections for carrier in self.carriers]

    async def until_shared(self, *shares: int) -> None:
        """Wait until the processes hold so many accounts each, and every carrier has exactly one login."""
        await until(self.spread, lambda spread: sorted(spread.values()) == sorted(shares), timeout_s=30)
        await until(self.logins, lambda logins: logins == [1] * ACCOUNTS, timeout_s=30)


@pytest.fixture
async def house(db: Database, tmp_path: Path) -> AsyncIterator[House]:
    key_file = tmp_path / "keys.json"
    line = SendingLine(db, ring=load_or_create_key_ring(key_file))
    await line.prepare()
    house = House(line, key_file)
    async with AsyncExitStack() as stack:
        for n in range(ACCOUNTS):
            carrier = await stack.enter_async_context(CarrierSimulator("happy", report_after_s=0.1, fail_percent=0))
            house.carriers.append(carrier)
            await line.add_account(carrier.port, name=f"carrier-{n}", carrier=Carrier.ANY, rate_per_s=50)
        yield house
        for name in list(house.processes):
            await house.end(name, signal.SIGTERM)


async def test_two_and_three_gateways_share_and_one_killed_is_replaced(house: House) -> None:
    # given one gateway, which has everything
    await house.start("a")
    await house.until_shared(6)
    # when a second and a third come while messages are sent
    total = 3_000
    await house.line.plan(chunk_of([phone(n) for n in range(total)]))
    await house.start("b")
    await house.until_shared(3, 3)
    await house.start("c")
    await house.until_shared(2, 2, 2)
    # then nobody hands to and fro
    epochs = await house.epochs()
    await until(house.line.counts, lambda counts: counts.get(S.DELIVERED, 0) >= 1_500, timeout_s=30)
    assert await house.epochs() == epochs
    # when one is killed, its accounts are at work again within ten seconds
    killed = time.monotonic()
    await house.end("b", signal.SIGKILL)
    await house.until_shared(3, 3)
    assert time.monotonic() - killed < AT_WORK_AGAIN_S
    # and one that ends politely leaves nothing unknown
    await house.end("c", signal.SIGTERM)
    await house.until_shared(6)

    def is_over(counts: dict[MessageState, int]) -> bool:
        return counts.get(S.DELIVERED, 0) + counts.get(S.UNKNOWN, 0) == total

    counts = await until(house.line.counts, is_over, timeout_s=40)
    # handing over cost no message, the kill at most what two accounts had open
    assert counts.get(S.UNKNOWN, 0) <= 2 * 2 * 25
    got = Counter(message.dest for carrier in house.carriers for message in carrier.received)
    assert max(got.values()) == 1
    assert await house.line.violations() == []
