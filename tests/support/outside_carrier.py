"""A carrier that lives outside the installation, in a thread of the test: it survives every crash and forgets nothing."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from simulators.carriers.simulator import CarrierSimulator

_START_S = 10.0


class OutsideCarrier:
    """The simulator on its own event loop; what it received may be read from anywhere."""

    def __init__(self, *, report_after_s: float, rate_per_s: float | None = None) -> None:
        """Report every message as delivered after a while; answer flow control beyond ``rate_per_s``."""
        self._options = {"report_after_s": report_after_s, "rate_per_s": rate_per_s}
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="outside carrier", daemon=True)
        self._simulator: CarrierSimulator | None = None

    @property
    def simulator(self) -> CarrierSimulator:
        """The simulator; only its counters and its log may be read from outside its thread."""
        assert self._simulator is not None
        return self._simulator

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.simulator.port

    @property
    def messages(self) -> int:
        """How many whole messages it has accepted so far."""
        return self.simulator.stats.messages

    def received(self) -> Counter[str]:
        """Return how often which number got a message (digits with country code)."""
        return Counter(message.dest for message in tuple(self.simulator.received))

    def texts(self) -> list[str]:
        """Return the texts of all messages in the order of their arrival."""
        return [message.text for message in tuple(self.simulator.received)]

    def wait_for(self, messages: int, timeout_s: float) -> None:
        """Return as soon as so many messages have arrived."""
        deadline = time.monotonic() + timeout_s
        while self.messages < messages:
            if time.monotonic() > deadline:
                pytest.fail(f"{self.messages} of {messages} messages after {timeout_s} s")
            time.sleep(0.002)

    @contextmanager
    def serving(self) -> Iterator["OutsideCarrier"]:
        """Listen until the block ends."""
        self._thread.start()
        assert self._ready.wait(_START_S), "the outside carrier does not start"
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(_START_S)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        options: dict[str, Any] = {**self._options, "latency_s": 0.002, "fail_percent": 0.0}
        async with CarrierSimulator("happy", no_loss=True, **options) as self._simulator:
            self._ready.set()
            await self._stop.wait()
