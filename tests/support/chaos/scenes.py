"""What scenario tests share: a house for as long as a block runs, and figures from the carriers' journals."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from hongyan.run.client import ApiClient
from support.chaos.carriers import CMPP, Accepted, Channel, Manner, SimulatedCarrier
from support.chaos.house import House

T = TypeVar("T")


@asynccontextmanager
async def running_house(
    *,
    gateways: int = 1,
    workers: int = 1,
    has_links: bool = False,
    channels: tuple[Channel, ...] = CMPP,
    manner: Manner | None = None,
) -> AsyncIterator[House]:
    """Yield a house whose carriers all have this manner."""
    with tempfile.TemporaryDirectory(prefix="hy-chaos-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        house = House(Path(folder), gateways=gateways, workers=workers, has_links=has_links, channels=channels)
        async with house.running():
            if manner is not None:
                for carrier in house.carriers.values():
                    await carrier.behave(manner, 1)
                    await carrier.ready()
            yield house


def api_of(house: House) -> ApiClient:
    """Return a signed client of the sender."""
    env = house.sender.env
    url = f"http://127.0.0.1:{house.settings.port}"
    return ApiClient(url, project_id=env["HONGYAN_PROJECT_ID"], ak=env["HONGYAN_AK"], sk=env["HONGYAN_SK"])


class Watch:
    """Everything that some carriers accept from now on, in order."""

    def __init__(self, *carriers: SimulatedCarrier) -> None:
        self._carriers = carriers
        self.accepted: list[Accepted] = []
        for carrier in carriers:
            carrier.news()

    def read(self) -> int:
        """Take in what has come; returns how many parts there are."""
        fresh = [accepted for carrier in self._carriers for accepted in carrier.news()]
        self.accepted += sorted(fresh, key=lambda accepted: accepted.at)
        return len(self.accepted)

    async def until(self, parts: int, timeout_s: float) -> None:
        """Return as soon as there are so many."""
        await until(f"{parts} parts", self._count, lambda count: count >= parts, timeout_s)

    async def _count(self) -> int:
        return self.read()

    def rate(self, begin: float, end: float) -> float:
        """Return parts per second between two moments (Unix time)."""
        self.read()
        return sum(begin <= accepted.at < end for accepted in self.accepted) / (end - begin)

    def last_at(self) -> float:
        """Return when the last one was accepted."""
        self.read()
        return max((accepted.at for accepted in self.accepted), default=0.0)

    def doubles(self) -> list[str]:
        """Return who got a part more than once."""
        seen: set[tuple[str, int]] = set()
        found = []
        for accepted in self.accepted:
            key = accepted.dest, accepted.part
            if key in seen:
                found.append(accepted.dest)
            seen.add(key)
        return found


async def until(what: str, ask: Callable[[], Awaitable[T]], holds: Callable[[T], bool], timeout_s: float) -> T:
    """Ask until the answer is right; fail with the last answer."""
    deadline = time.monotonic() + timeout_s
    while not holds(answer := await ask()):
        assert time.monotonic() < deadline, f"waited {timeout_s} s in vain until {what}: {answer}"
        await asyncio.sleep(0.05)
    return answer
