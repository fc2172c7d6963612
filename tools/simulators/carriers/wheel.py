"""Many delayed calls with one timer: calls of the same millisecond go together. No task per message."""

import asyncio
import heapq
from collections.abc import Callable
from typing import Any, Final

_STEP_S: Final = 0.001


class TimerWheel:
    """Calls `action(argument)` when due, in batches; `after_batch` runs once behind each batch."""

    def __init__(self, after_batch: Callable[[], None]) -> None:
        """Start empty."""
        self._loop: Final = asyncio.get_running_loop()
        self._after_batch: Final = after_batch
        self._slots: dict[int, list[tuple[Callable[[Any], None], Any]]] = {}
        self._ticks: list[int] = []
        self._timer: asyncio.TimerHandle | None = None
        self._pending = 0

    def __len__(self) -> int:
        """How many calls wait."""
        return self._pending

    def add(self, delay_s: float, action: Callable[[Any], None], argument: object) -> None:
        """Call `action(argument)` in `delay_s` seconds, half a millisecond more or less: the loop rounds up itself."""
        tick = round((self._loop.time() + delay_s) / _STEP_S)
        slot = self._slots.get(tick)
        if slot is None:
            slot = self._slots[tick] = []
            heapq.heappush(self._ticks, tick)
            if self._ticks[0] == tick:
                self._arm()
        slot.append((action, argument))
        self._pending += 1

    def close(self) -> None:
        """Forget everything."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._slots.clear()
        self._ticks.clear()
        self._pending = 0

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._ticks:
            self._timer = self._loop.call_at(self._ticks[0] * _STEP_S, self._turn)

    def _turn(self) -> None:
        self._timer = None
        now = self._loop.time() / _STEP_S
        while self._ticks and self._ticks[0] <= now:
            calls = self._slots.pop(heapq.heappop(self._ticks))
            self._pending -= len(calls)
            for action, argument in calls:
                action(argument)
        self._after_batch()
        self._arm()
