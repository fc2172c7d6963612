"""A clock that the harness moves: one number in a mapped file, read by all of our processes without a call.

Only wall time moves; monotonic time, the database and the carriers keep theirs.
"""

import mmap
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hongyan.kernel.clock import SystemClock

_SHAPE = struct.Struct("d")


class Offset:
    """Seconds that our processes' wall clocks are ahead."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            file.write_bytes(_SHAPE.pack(0.0))
        with file.open("r+b") as opened:
            self._map = mmap.mmap(opened.fileno(), _SHAPE.size)

    @property
    def seconds(self) -> float:
        value: float = _SHAPE.unpack_from(self._map)[0]
        return value

    @seconds.setter
    def seconds(self, value: float) -> None:
        _SHAPE.pack_into(self._map, 0, value)


def install(file: Path) -> None:
    """Let this process's wall clock follow the file."""
    offset, true_time = Offset(file), time.time

    def now(_: SystemClock) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=offset.seconds)

    SystemClock.now = now  # type: ignore[method-assign]
    time.time = lambda: true_time() + offset.seconds
