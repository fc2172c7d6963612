"""The faults: what each does to a house, and for how long. Chosen by ``plans``; ended by ``House.heal`` at the latest."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from hongyan.kernel.db.database import Uow
from hongyan.rooms.carriers.contracts import Flow
from hongyan.rooms.carriers.service import CarriersService
from simulators.wires.wire import FaultyWire, Way
from support.chaos import points
from support.chaos.carriers import Channel
from support.chaos.house import House, backends_of

_OPERATOR_S = 30.0
_TRAP_S = 6.0
"""How long a named point is waited for; a run that does not pass it says so."""


_NEXT_LIFE_S = 20.0
"""The same, where a process must start and a lease run out first."""
OF_THE_NEXT_LIFE = frozenset({"lease taken", "left-overs adopted, not committed"})
"""Points that a gateway passes after its start: it is killed so that it gets there."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a plan."""

    kind: str
    """``kill``, ``freeze``, ``term``, ``point``, ``backend``, ``wire``, ``operator``, ``disk``, ``clock``."""
    target: str
    """A child, a channel (wire, operator), or empty."""
    at: float
    """Share of the recipients that carriers have accepted, below 1; from 1 on seconds after the start, plus 1."""
    for_s: float = 0.0
    """How long it lasts."""
    how: str = ""
    """Name of the point, way of the wire's fault, what the operator does."""
    nth: int = 1

    def describe(self) -> str:
        """Return one line for people."""
        when = f"at {self.at:.0%}" if self.at < 1 else f"after {self.at - 1:.1f} s"
        parts = [self.kind, self.target, self.how and f"'{self.how}'", self.nth > 1 and f"#{self.nth}", when]
        return " ".join(str(part) for part in [*parts, self.for_s and f"for {self.for_s:.1f} s"] if part)

    def row(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self)


@dataclass(slots=True)
class Struck:
    """What became of a fault."""

    fault: Fault
    is_hit: bool
    began_at: float
    ended_at: float


async def strike(house: House, fault: Fault) -> Struck:
    """Do it, wait until it is over."""
    began = time.monotonic()
    is_hit = await _STRIKES[fault.kind](house, fault)
    return Struck(fault, is_hit, began, time.monotonic())


async def _kill(house: House, fault: Fault) -> bool:
    child = _child(house, fault.target)
    if fault.for_s:
        child.hold()
    if fault.target in house.carriers:
        house.carriers[fault.target].kills.append(time.time())
    child.kill()
    if fault.for_s:
        await asyncio.sleep(fault.for_s)
        child.release()
    return True


async def _freeze(house: House, fault: Fault) -> bool:
    child = _child(house, fault.target)
    child.freeze()
    await asyncio.sleep(fault.for_s)
    child.thaw()
    return True


async def _term(house: House, fault: Fault) -> bool:
    _child(house, fault.target).send(signal.SIGTERM)
    return True


async def _point(house: House, fault: Fault) -> bool:
    """Kill at a point (``for_s`` 0), or stop there for a while. Points of the hand-over are reached by a SIGTERM."""
    child = _child(house, fault.target)
    number = "SIGSTOP" if fault.for_s else "SIGKILL"
    points.clear(house.control, fault.target)
    points.arm(house.control, fault.target, fault.how, nth=fault.nth, signal_name=number)
    if "release" in fault.how:
        await _holds_lease(house, fault.target)
        child.send(signal.SIGTERM)
    if fault.how in OF_THE_NEXT_LIFE:
        child.kill()
    deadline = time.monotonic() + (_NEXT_LIFE_S if fault.how in OF_THE_NEXT_LIFE else _TRAP_S)
    while not points.has_fired(house.control, fault.target) and time.monotonic() < deadline:  # noqa: ASYNC110 - another process is watched
        await asyncio.sleep(0.02)
    is_hit = points.disarm(house.control, fault.target)
    if is_hit and fault.for_s:
        await asyncio.sleep(fault.for_s)
    if fault.for_s:
        child.send(signal.SIGCONT)
    points.clear(house.control, fault.target)
    return is_hit


async def _holds_lease(house: House, label: str) -> None:
    """Wait until a gateway has something to release: one that has just been killed needs a moment."""
    deadline = time.monotonic() + _TRAP_S
    while time.monotonic() < deadline:
        with contextlib.suppress(Exception):
            async with house.graph.db.begin() as uow:
                query = "SELECT 1 FROM gateways_leases WHERE holder LIKE %s AND until > clock_timestamp()"
                if await uow.fetch(query, (f"{label}/%",)):
                    return
        await asyncio.sleep(0.1)


async def _backend(house: House, fault: Fault) -> bool:
    """Kill one session of the database: PostgreSQL then ends all others and recovers."""
    found: list[int] = []
    with contextlib.suppress(Exception):
        found = await asyncio.to_thread(backends_of, house.settings.database_url or "")
    if not found:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(found[fault.nth % len(found)], signal.SIGKILL)
    return True


async def _wire(house: House, fault: Fault) -> bool:
    """Do it to both wires of a carrier that also calls us."""
    wires = house.carriers[fault.target].wires
    for wire in wires:
        _DEEDS[fault.how](wire)
    if fault.for_s:
        await asyncio.sleep(fault.for_s)
    for wire in wires:
        wire.heal()
    return True


def _refuse(wire: FaultyWire) -> None:
    wire.refuse()
    wire.reset()


def _delay(wire: FaultyWire) -> None:
    wire.delay_s = 0.3


_DEEDS: dict[str, Callable[[FaultyWire], None]] = {
    "swallow": FaultyWire.swallow,
    "swallow up": lambda wire: wire.swallow(Way.UP),
    "swallow down": lambda wire: wire.swallow(Way.DOWN),
    "cut": FaultyWire.cut,
    "cut inside a submit": lambda wire: wire.cut(inside=Way.UP),
    "cut inside an answer": lambda wire: wire.cut(inside=Way.DOWN),
    "reset": FaultyWire.reset,
    "refuse": _refuse,
    "delay": _delay,
}


async def _operator(house: House, fault: Fault) -> bool:
    """Do something to a running channel, and undo it after a while."""
    do, undo = OPERATIONS[fault.how]
    channel = next(channel for channel in house.channels if channel.name == fault.target)
    await _insist(house, lambda uow: do(house.graph.carriers, uow, channel))
    await asyncio.sleep(fault.for_s)
    await _insist(house, lambda uow: undo(house.graph.carriers, uow, channel))
    return True


async def _insist(house: House, act: Callable[[Uow], Awaitable[object]]) -> None:
    """Do it until it is committed: the database may be away."""
    deadline = time.monotonic() + _OPERATOR_S
    while True:
        try:
            async with house.graph.db.begin() as uow:
                await act(uow)
        except (psycopg.Error, SQLAlchemyError, OSError):
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.2)
        else:
            return


_Operation = Callable[[CarriersService, Uow, Channel], Awaitable[object]]
OPERATIONS: dict[str, tuple[_Operation, _Operation]] = {
    "pause": (
        lambda carriers, uow, one: carriers.set_flow(uow, one.name, Flow.PAUSED),
        lambda carriers, uow, one: carriers.set_flow(uow, one.name, Flow.RUNNING),
    ),
    "drain": (
        lambda carriers, uow, one: carriers.set_flow(uow, one.name, Flow.DRAINING),
        lambda carriers, uow, one: carriers.set_flow(uow, one.name, Flow.RUNNING),
    ),
    "disable": (
        lambda carriers, uow, one: carriers.set_enabled(uow, one.name, is_enabled=False),
        lambda carriers, uow, one: carriers.set_enabled(uow, one.name, is_enabled=True),
    ),
    "slow down": (
        lambda carriers, uow, one: carriers.tune(uow, one.name, rate_per_s=100),
        lambda carriers, uow, one: carriers.tune(uow, one.name, rate_per_s=one.rate_per_s),
    ),
    "narrow the window": (
        lambda carriers, uow, one: carriers.tune(uow, one.name, window_pdus=4),
        lambda carriers, uow, one: carriers.tune(uow, one.name, window_pdus=one.window),
    ),
    "one connection more": (
        lambda carriers, uow, one: carriers.tune(uow, one.name, connections=one.connections + 1),
        lambda carriers, uow, one: carriers.tune(uow, one.name, connections=one.connections),
    ),
}


async def _disk(house: House, fault: Fault) -> bool:
    if not house.has_small_disk:
        return False
    await asyncio.to_thread(house.fill_disk)
    await asyncio.sleep(fault.for_s)
    house.free_disk()
    return True


async def _clock(house: House, fault: Fault) -> bool:
    house.clock.seconds = float(fault.how)
    await asyncio.sleep(fault.for_s)
    house.clock.seconds = 0.0
    return True


def _child(house: House, name: str) -> Any:
    if name in house.carriers:
        return house.carriers[name].child
    return house.children[name]


_STRIKES = {
    "kill": _kill,
    "freeze": _freeze,
    "term": _term,
    "point": _point,
    "backend": _backend,
    "wire": _wire,
    "operator": _operator,
    "disk": _disk,
    "clock": _clock,
}
