"""From a seed to a plan: which door, which channels, which manners, which faults. The same seed gives the same plan."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from support.chaos import points
from support.chaos.carriers import CMPP, MANNERS, MIXED, SPARE, Channel
from support.chaos.faults import OF_THE_NEXT_LIFE, OPERATIONS, Fault
from support.chaos.sends import Door

SPAN = 64
LEASE_S = 4.0
_WIRES = (
    *("swallow", "swallow up", "swallow down", "cut", "cut inside a submit", "cut inside an answer"),
    *("reset", "refuse", "delay"),
)
_SHORT = (0.3, 2.5)
_LONG = (LEASE_S + 1.0, LEASE_S + 4.0)
"""Longer than a lease."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of house; the run's index says which one."""

    name: str
    channels: tuple[Channel, ...]
    gateways: tuple[str, ...]

    @property
    def all_channels(self) -> tuple[Channel, ...]:
        """Those that runs choose from, and the one that stands in for them."""
        return (*self.channels, SPARE)


KINDS = (
    Kind("CMPP, one gateway", CMPP, ("gateway-a",)),
    Kind("SMPP, SGIP, SMGP; two gateways", MIXED, ("gateway-a", "gateway-b")),
    Kind("CMPP, two gateways", CMPP, ("gateway-a", "gateway-b")),
    Kind("SMPP, SGIP, SMGP; one gateway", MIXED, ("gateway-a",)),
)


def kind_of(index: int) -> Kind:
    """Return the kind of house that a run needs."""
    return KINDS[index % len(KINDS)]


@dataclass(frozen=True, slots=True)
class Plan:
    """One run."""

    seed: int
    index: int
    messages: int
    door: Door
    channels: tuple[Channel, ...]
    manners: dict[str, str]
    """Channel name → name of the manner."""
    long_every: int
    faults: tuple[Fault, ...]

    @property
    def name(self) -> str:
        """What people call the run."""
        return f"{self.seed}.{self.index}"

    def describe(self) -> str:
        """Return one line for people."""
        carriers = ", ".join(f"{name} {manner}" for name, manner in self.manners.items())
        faults = "; ".join(fault.describe() for fault in self.faults)
        return f"run {self.name}: {self.messages} by {self.door}, carriers: {carriers} | {faults or 'no faults'}"

    def row(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "seed": self.seed,
            "run": self.index,
            "house": kind_of(self.index).name,
            "messages": self.messages,
            "door": self.door.value,
            "manners": self.manners,
            "long_every": self.long_every,
            "faults": [fault.row() for fault in self.faults],
        }

    def bound(self, hits: Sequence[bool]) -> int:
        """Return how many messages may have become unknown: two spans per connection for whatever broke them.

        A gateway that dies or sleeps breaks all connections, so may a database that is away; a carrier or its wire
        only its own. Carriers that lose answers are counted by their share, with room for chance.
        """
        all_links = sum(channel.connections for channel in (*self.channels, SPARE))
        links = {channel.name: channel.connections for channel in self.channels}
        breaks = 0
        for fault, is_hit in zip(self.faults, hits, strict=False):
            if fault.how in OF_THE_NEXT_LIFE:
                breaks += all_links  # killed to get there, whether it did or not
            if not is_hit:
                continue
            if fault.target in links:
                breaks += links[fault.target]
            elif fault.target.startswith(("gateway", "postgres")) or fault.kind in {"disk", "backend"}:
                breaks += all_links
        lost = sum(MANNERS[manner].loses_answers for manner in self.manners.values()) / len(self.manners) / 100
        if lost:
            # Their connections are also cut again and again.
            return self.messages
        return 2 * SPAN * breaks


def make_plan(seed: int, index: int, *, messages: int, has_small_disk: bool) -> Plan:
    """Choose everything about a run."""
    kind = kind_of(index)
    rng = random.Random(f"{seed}:{index}")
    door = rng.choices([Door.PLANNER, Door.CALLS, Door.FILE], [50, 35, 15])[0]
    channels = tuple(sorted(rng.sample(kind.channels, rng.choice([1, 2, 3])), key=lambda channel: channel.name))
    names = rng.choices(list(MANNERS), [28, 20, 8, 10, 14, 8, 8, 4], k=len(channels))
    manners = {channel.name: name for channel, name in zip(channels, names, strict=True)}
    count = rng.choices([1, 2, 3, 4], [35, 35, 20, 10])[0]
    faults = [_fault(rng, door, channels, kind.gateways, has_small_disk=has_small_disk) for _ in range(count)]
    long_every = rng.choice([0, 0, 5, 20]) if door is Door.PLANNER else 0
    faults.sort(key=lambda fault: fault.at)
    return Plan(seed, index, messages, door, channels, manners, long_every, tuple(faults))


def _fault(
    rng: random.Random, door: Door, channels: Sequence[Channel], gateways: Sequence[str], *, has_small_disk: bool
) -> Fault:
    """Choose one fault: half of them strike the line itself."""
    at = rng.choice([rng.uniform(0.02, 0.95), rng.uniform(0.02, 0.6), 1 + rng.uniform(0.0, 2.0)])
    ours = [*gateways, "worker", "web"] if door is not Door.PLANNER else [*gateways, "worker"]
    kind = rng.choices(
        ["kill", "freeze", "term", "point", "backend", "wire", "operator", "clock", "disk"],
        [22, 16, 3, 30, 3, 16, 8, 5, 5 if has_small_disk else 0],
    )[0]
    carrier = rng.choice(channels).name
    if kind == "wire":
        return Fault(kind, carrier, at, rng.uniform(0.2, 7.0), rng.choice(_WIRES))
    if kind == "operator":
        return Fault(kind, carrier, at, rng.uniform(0.5, 7.0), rng.choice(sorted(OPERATIONS)))
    if kind == "clock":
        return Fault(kind, "", at, rng.uniform(0.5, 3.0), rng.choice(["3600", "-3600"]))
    if kind == "disk":
        return Fault(kind, "", at, rng.uniform(0.5, 4.0))
    if kind == "backend":
        return Fault(kind, "postgres", at, nth=rng.randrange(8))
    if kind == "term":
        return Fault(kind, rng.choice(gateways), at)
    if kind == "point":
        return _point(rng, rng.choice([*gateways] * 3 + ours), at, door)
    target = rng.choice([*gateways] * 2 + ours + ["nats", "postgres", "postgres", carrier, carrier])
    if kind == "freeze":
        is_long = rng.random() < (0.5 if target in gateways else 0.25)
        return Fault(kind, target, at, rng.uniform(*(_LONG if is_long else _SHORT)))
    return Fault(kind, target, at, rng.choice([0.0, 0.0, rng.uniform(*_SHORT)]))


_PLANNING = {"worker": Door.FILE, "web": Door.CALLS}
"""Who plans in what came through which door."""
_OFTEN = {points.BEFORE_COMMIT, points.BEHIND_COMMIT, "answer read, not noted", "some reports answered"}
_ONCE = ("lease taken", "left-overs", "lease about", "lease released", "logged in", "task settled")


def _point(rng: random.Random, target: str, at: float, door: Door) -> Fault:
    process = target.split("-", maxsplit=1)[0]
    some_commit = [points.BEFORE_COMMIT, points.BEHIND_COMMIT]
    is_passed = process == "gateway" or _PLANNING[process] is door
    name = rng.choice(points.names_of(process) if is_passed else some_commit)
    for_s = rng.choice([0.0, 0.0, 0.0, rng.uniform(*_SHORT), rng.uniform(*_LONG)])
    nth = rng.randrange(1, 60 if process == "gateway" else 15) if name in _OFTEN else rng.randrange(1, 6)
    # What is to strike while things are sent must be armed before they are over.
    return Fault("point", target, min(at, rng.uniform(0.0, 0.7)), for_s, name, 1 if name.startswith(_ONCE) else nth)
