"""The one place that reads the time; everything else is given a clock.

Not for: timers of wire sessions (``telcowire`` takes time as an argument).
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")
"""Zone of a tenant that chose none."""


class Clock(Protocol):
    """Source of time: aware UTC wall time, and a monotonic reading for leases and rates."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds on a clock that never goes back; only differences mean something."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the monotonic clock in seconds."""
        return time.monotonic()


class FrozenClock:
    """A clock that stands still until it is told to move; for tests."""

    def __init__(self, at: datetime) -> None:
        """Start at ``at`` (aware)."""
        self._at = at.astimezone(UTC)
        self._mono_s = 0.0

    def now(self) -> datetime:
        """Return the frozen time."""
        return self._at

    def monotonic(self) -> float:
        """Return the seconds moved so far."""
        return self._mono_s

    def advance(self, by: timedelta) -> None:
        """Move both clocks forward."""
        self._at += by
        self._mono_s += by.total_seconds()
