"""What rooms see of the bus. They declare subjects as ``SUBJECT_… = "room.noun"`` and streams as :class:`StreamSpec`.

Everything here may be lost, doubled or late without harm: hints are backed by a poll, streams can be rebuilt from
PostgreSQL.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class BusMessage:
    """One message as a handler gets it. ``redelivered``: an earlier delivery was not acknowledged."""

    subject: str
    payload: bytes
    redelivered: bool = False


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """A stream that keeps messages for its consumers: at most ``max_age_s`` and ``max_bytes``, the oldest go first."""

    name: str
    subjects: tuple[str, ...]
    max_age_s: float = 7 * 86_400
    max_bytes: int = 2 * 1024**3


HintHandler = Callable[[BusMessage], Awaitable[None]]
BatchHandler = Callable[[Sequence[BusMessage]], Awaitable[None]]


class Subscription(Protocol):
    """A running subscription."""

    async def stop(self) -> None:
        """End it."""
        ...


class Bus(Protocol):
    """Publishing and listening. No method raises because NATS is away."""

    @property
    def is_connected(self) -> bool:
        """Whether a server answers right now."""
        ...

    async def publish(self, subject: str, payload: bytes, *, message_id: str | None = None) -> bool:
        """Store a message in the stream of its subject; ``False`` when that was not confirmed within 50 ms.

        A message that was not confirmed may still be there: publish it again with the same ``message_id`` (doubles
        within two minutes are dropped by the server).
        """
        ...

    async def hint(self, subject: str, payload: bytes = b"") -> None:
        """Tell whoever listens right now; lost when nobody does or NATS is away."""
        ...

    async def subscribe(self, subject: str, handler: HintHandler) -> Subscription:
        """Hear hints (``*`` and ``>`` as in NATS) until stopped, across reconnections."""
        ...

    async def ensure_stream(self, spec: StreamSpec) -> None:
        """Make the stream or bring its limits up to date, now or when NATS is there; again should NATS forget it."""
        ...

    async def consume(
        self, stream: str, durable: str, handler: BatchHandler, *, batch: int = 100, max_wait_s: float = 1.0
    ) -> None:
        """Hand the stream's messages to ``handler`` in batches until cancelled.

        Acknowledged after the handler returns; when it raises, the batch comes again after a second. Consumers of one
        ``durable`` name share the work. Handlers are safe to repeat.
        """
        ...
