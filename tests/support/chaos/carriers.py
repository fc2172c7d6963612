"""The carriers of a chaos house: simulators in processes of their own, each behind a wire, each with its journal.

The journal is the harness's own ledger: what stands in it a carrier has accepted, whatever we say about it.
"""

import asyncio
import json
import zlib
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from simulators.wires.wire import FaultyWire
from support.chaos.children import Child, spawner

SECRET = "shared"


@dataclass(frozen=True, slots=True)
class Manner:
    """How a carrier behaves in a run: options of the simulator, and what the verdict must forgive."""

    name: str
    options: tuple[str, ...]
    fail_percent: float = 0.0
    loses_answers: float = 0.0
    """Share of messages whose answer never comes: they become unknown."""
    loses_reports: bool = False
    """A message may stay submitted for ever (72 hours in fact)."""


_QUICK = ("--latency-ms", "2", "--report-after-ms", "300", "--fail-percent", "0")
_USUAL = ("--latency-ms", "20", "--report-after-ms", "600", "--fail-percent", "3")
_SLOW = ("--latency-ms", "120", "--report-after-ms", "1500", "--fail-percent", "2")
MANNERS = {
    manner.name: manner
    for manner in (
        Manner("quick", _QUICK),
        Manner("usual", _USUAL, 3.0),
        Manner("slow", _SLOW, 2.0),
        Manner("throttling", ("--profile", "throttling", "--rate", "400", "--report-after-ms", "400"), 1.0),
        Manner("lying", ("--profile", "lying", "--report-after-ms", "500"), 5.0),
        Manner("reordering", ("--profile", "reordering", "--report-after-ms", "400"), 2.0),
        Manner("duplicating", ("--profile", "duplicating", "--report-after-ms", "400"), 2.0),
        Manner("forgetful", ("--profile", "dropping", "--report-after-ms", "400"), 5.0, 2.0, loses_reports=True),
    )
}


@dataclass(frozen=True, slots=True)
class Channel:
    """One account of the house and the carrier at its other end."""

    name: str
    carrier: str
    protocol: str
    prefix: str
    """Three national digits that lead here."""
    connections: int
    window: int
    rate_per_s: int | None
    is_spare: bool = False
    """Takes what waits on the others when they have failed, and nothing else."""
    is_wired: bool = True
    """Whether a faulty wire stands between; without it there is one hop less."""

    @property
    def login(self) -> str:
        """SGIP's is the corporation id as well."""
        return "90123" if self.protocol == "sgip12" else "901234"

    @property
    def listens(self) -> bool:
        """Whether the carrier calls us with its reports."""
        return self.protocol == "sgip12"


SPARE = Channel("spare", "any", "cmpp30", "", 1, 32, 1000, is_spare=True)
CMPP = (
    Channel("one", "mobile", "cmpp30", "138", 2, 64, 1500),
    Channel("two", "unicom", "cmpp20", "186", 1, 16, None),
    Channel("three", "telecom", "cmpp30", "189", 3, 32, 900),
)
MIXED = (
    Channel("one", "mobile", "smpp34", "138", 2, 64, 1500),
    Channel("two", "unicom", "sgip12", "186", 2, 16, None),
    Channel("three", "telecom", "smgp30", "189", 2, 32, 900),
)


@dataclass(slots=True)
class Accepted:
    """A part that a carrier has accepted."""

    at: float
    dest: str
    """Canonical digits."""
    number: str
    """As it stood on the wire."""
    part: int
    parts: int


@dataclass
class SimulatedCarrier:
    """One carrier: process, wire, journal."""

    channel: Channel
    port: int
    inbox_port: int
    wire: FaultyWire
    folder: Path
    way_back: FaultyWire | None = None
    """Where the carrier calls us: the wire to our listener."""
    listen_port: int | None = None
    child: Child | None = None
    manner: Manner = MANNERS["quick"]
    seed: int = 1
    kills: list[float] = field(default_factory=list)
    """When it was killed, Unix time."""
    _offset: int = 0
    _tail: bytes = b""

    @property
    def door_port(self) -> int:
        """Where our gateways are to connect to."""
        return self.wire.port if self.channel.is_wired else self.port

    @property
    def journal(self) -> Path:
        return self.folder / f"journal-{self.channel.name}.jsonl"

    @property
    def wires(self) -> list[FaultyWire]:
        """All wires between it and us."""
        return [self.wire, self.way_back] if self.way_back is not None else [self.wire]

    async def behave(self, manner: Manner, seed: int) -> None:
        """Run with these manners from now on; restarts the simulator where they are others."""
        if self.child is not None and (self.manner, self.seed) == (manner, seed):
            return
        if self.child is not None:
            await self.child.stop()
        self.manner, self.seed = manner, seed
        command = [
            *("-m", "simulators.carriers", "--protocol", self.channel.protocol, "--port", str(self.port)),
            *(
                "--carrier",
                "mobile" if self.channel.is_spare else self.channel.carrier,
                "--account",
                self.channel.login,
                "--secret",
                SECRET,
            ),
            *("--journal", str(self.journal), "--seed", str(seed), "--inbox-port", str(self.inbox_port)),
            *("--memory", str(self.folder / f"memory-{self.channel.name}.jsonl")),
            *(("--report-to", f"127.0.0.1:{self.way_back.port}") if self.way_back is not None else ()),
            *manner.options,
        ]
        log = self.folder / f"carrier-{self.channel.name}.log"
        self.child = Child(f"carrier {self.channel.name}", spawner(command, {}), log)
        self.child.start()

    async def stats(self) -> dict[str, Any]:
        """Return the simulator's own counters since its start."""
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            answer = await client.get(f"http://127.0.0.1:{self.inbox_port}/stats")
        stats: dict[str, Any] = answer.json()["carriers"][0]
        return stats

    async def ready(self, timeout_s: float = 20.0) -> None:
        """Return when it listens.

        Raises:
            TimeoutError: it does not.
        """
        async with asyncio.timeout(timeout_s):
            while True:
                with suppress(httpx.TransportError):
                    await self.stats()
                    return
                await asyncio.sleep(0.05)

    async def say(self, phone: str, to: str, text: str) -> None:
        """Let a phone write to one of our numbers."""
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            body = {"from": phone, "to": to, "text": text}
            (await client.post(f"http://127.0.0.1:{self.inbox_port}/mo", json=body)).raise_for_status()

    def news(self) -> list[Accepted]:
        """Return what was accepted since the last call."""
        try:
            with self.journal.open("rb") as file:
                file.seek(self._offset)
                data = file.read()
        except FileNotFoundError:
            return []
        self._offset += len(data)
        *lines, self._tail = (self._tail + data).split(b"\n")
        rows: list[dict[str, Any]] = [json.loads(line) for line in lines if line]
        return [Accepted(row["at"], f"86{row['dest'][-11:]}", row["dest"], row["part"], row["parts"]) for row in rows]

    def is_delivered(self, number: str) -> bool:
        """Tell the fate that this carrier gives a number (as on the wire): the same every time, by its seed."""
        return zlib.crc32(f"{self.seed}:{number}".encode()) % 10_000 >= self.manner.fail_percent * 100

    def was_killed_behind(self, at: float) -> bool:
        """Tell whether it was killed just after that: it may have noted the part and never planned its report."""
        return any(at - 0.1 <= killed <= at + 0.2 for killed in self.kills)


class Ledger:
    """What the carriers of a house have accepted during one run, by number."""

    def __init__(self, carriers: list[SimulatedCarrier]) -> None:
        """Begin with what comes after now."""
        self._carriers = carriers
        self.parts: dict[str, Counter[int]] = defaultdict(Counter)
        self.totals: dict[str, int] = {}
        self.by: dict[str, SimulatedCarrier] = {}
        self.last_at: dict[str, float] = {}
        self.numbers: dict[str, str] = {}
        self.lines = 0
        for carrier in carriers:
            carrier.news()

    def read(self) -> int:
        """Take in what has come; returns how many parts there are by now."""
        for carrier in self._carriers:
            for accepted in carrier.news():
                self.lines += 1
                self.parts[accepted.dest][accepted.part] += 1
                self.totals[accepted.dest] = accepted.parts
                self.by[accepted.dest] = carrier
                self.last_at[accepted.dest] = accepted.at
                self.numbers[accepted.dest] = accepted.number
        return self.lines

    def is_whole(self, dest: str) -> bool:
        """Tell whether every part was accepted."""
        return dest in self.totals and len(self.parts[dest]) == self.totals[dest]
