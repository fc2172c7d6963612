"""Events that outlive NATS being away: a bounded queue in memory, then a bounded spool on disk, published later.

For edges like the redirector, whose requests never wait for the bus. Not for: anything that is the truth (PostgreSQL).
"""

import asyncio
import itertools
import secrets
import struct
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog

from hongyan.kernel.bus.contracts import Bus

log = structlog.get_logger(__name__)

_HEADER = struct.Struct(">IIHH")
_SEGMENT_BYTES = 8 * 1024 * 1024
_SUFFIX = ".spool"
_BATCH = 256
_IDLE_S = 0.2


@dataclass(frozen=True, slots=True)
class Event:
    """Something to publish; the server drops a second one with the same ``message_id`` (two minutes)."""

    subject: str
    payload: bytes
    message_id: str


class Spool:
    """Events on disk, oldest first, in segments of 8 MB.

    Survives a kill of the process; not synced, so not a power cut.
    """

    def __init__(self, folder: Path, *, max_bytes: int, segment_bytes: int = _SEGMENT_BYTES) -> None:
        """Keep at most ``max_bytes`` in ``folder``, taking over what an earlier process left there."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._max_bytes = max_bytes
        self._segment_bytes = segment_bytes
        self._sizes = {path: path.stat().st_size for path in sorted(folder.glob(f"*{_SUFFIX}"))}
        self._writing: Path | None = None
        self.dropped = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._sizes

    @property
    def size_bytes(self) -> int:
        """Bytes on disk."""
        return sum(self._sizes.values())

    def append(self, event: Event) -> bool:
        """Add an event; ``False`` (and counted) when the spool is full."""
        subject, message_id = event.subject.encode(), event.message_id.encode()
        body = subject + message_id + event.payload
        record = _HEADER.pack(zlib.crc32(body), len(body), len(subject), len(message_id)) + body
        if self.size_bytes + len(record) > self._max_bytes:
            self.dropped += 1
            return False
        if self._writing is None or self._sizes[self._writing] >= self._segment_bytes:
            number = max((int(path.stem) for path in self._sizes), default=0) + 1
            self._writing = self._folder / f"{number:012d}{_SUFFIX}"
            self._sizes[self._writing] = 0
        with self._writing.open("ab") as file:
            file.write(record)
        self._sizes[self._writing] += len(record)
        return True

    def oldest(self) -> tuple[Path, list[Event]] | None:
        """Return the oldest segment and its events, ``None`` when empty; later events go to another segment."""
        if not self._sizes:
            return None
        path = min(self._sizes)
        if path == self._writing:
            self._writing = None
        return path, list(_records(path))

    def remove(self, segment: Path) -> None:
        """Forget a segment whose events are all published."""
        segment.unlink(missing_ok=True)
        self._sizes.pop(segment, None)


class EventPublisher:
    """Publishes in the background what :meth:`offer` takes at once.

    Give :meth:`run` a task; it ends when cancelled, losing nothing.
    """

    def __init__(self, bus: Bus, spool: Spool, *, queue_events: int = 20_000) -> None:
        """Hold at most ``queue_events`` in memory; more go to the spool."""
        self._bus = bus
        self._spool = spool
        self._queue: deque[Event] = deque()
        self._queue_events = queue_events
        self._wake = asyncio.Event()
        # Unique across processes and restarts.
        self._prefix = secrets.token_hex(8)
        self._numbers = itertools.count()

    def offer(self, subject: str, payload: bytes) -> bool:
        """Take an event without waiting; ``False`` when memory and spool are full (it is dropped and counted)."""
        event = Event(subject, payload, f"{self._prefix}-{next(self._numbers)}")
        if len(self._queue) < self._queue_events:
            self._queue.append(event)
            self._wake.set()
            return True
        return self._spool.append(event)

    @property
    def waiting(self) -> int:
        """Events in memory."""
        return len(self._queue)

    async def run(self) -> None:
        """Publish until cancelled; then put what is left into the spool."""
        try:
            while True:
                if not await self._drain_spool() or not await self._drain_queue():
                    # NATS is away: what waits goes to disk, where a kill does not reach it.
                    self._spill()
                    await asyncio.sleep(_IDLE_S)
                elif not self._queue:
                    self._wake.clear()
                    await self._wake.wait()
        finally:
            self._spill()

    async def _drain_queue(self) -> bool:
        while self._queue:
            batch = [self._queue.popleft() for _ in range(min(_BATCH, len(self._queue)))]
            try:
                failed = await self._publish(batch)
            except asyncio.CancelledError:
                self._queue.extendleft(reversed(batch))
                raise
            if failed:
                self._queue.extendleft(reversed(failed))
                return False
        return True

    async def _drain_spool(self) -> bool:
        while (oldest := self._spool.oldest()) is not None:
            segment, events = oldest
            for start in range(0, len(events), _BATCH):
                # A segment that fails in the middle is published again from its start: the ids make doubles harmless.
                if await self._publish(events[start : start + _BATCH]):
                    return False
            self._spool.remove(segment)
        return True

    async def _publish(self, events: list[Event]) -> list[Event]:
        """Publish all at once; returns those that were not confirmed."""
        sent = await asyncio.gather(
            *(self._bus.publish(event.subject, event.payload, message_id=event.message_id) for event in events)
        )
        return [event for event, confirmed in zip(events, sent, strict=True) if not confirmed]

    def _spill(self) -> None:
        while self._queue:
            self._spool.append(self._queue.popleft())


def _records(path: Path) -> Iterator[Event]:
    """Yield a segment's events up to the first broken record (the tail of a process that was killed)."""
    data = path.read_bytes()
    position = 0
    while position + _HEADER.size <= len(data):
        crc, size, subject_size, id_size = _HEADER.unpack_from(data, position)
        body = data[position + _HEADER.size : position + _HEADER.size + size]
        if len(body) < size or zlib.crc32(body) != crc:
            break
        id_ends = subject_size + id_size
        yield Event(body[:subject_size].decode(), body[id_ends:], body[subject_size:id_ends].decode())
        position += _HEADER.size + size
    if position < len(data):
        log.warning("spool segment has a broken end", segment=path.name, lost_bytes=len(data) - position)
