"""A login over one telecom connection, or over a pair of them: what the drivers of all such protocols share.

A pair is one connection that sends and one that receives; when either dies, the link is over.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final, Generic, TypeVar

import structlog

from hongyan.rooms.carriers.contracts import Account
from hongyan.rooms.gateways.contracts import (
    LinkClosed,
    LinkEvent,
    LinkListener,
    Part,
    Reported,
    Unreadable,
    Uplinked,
)
from telcowire.asyncio.client import ClientConnection
from telcowire.errors import Breach, LocalProtocolError, RemoteProtocolError
from telcowire.session import Breached, Closed, StrayAnswer

log = structlog.get_logger(__name__)

C = TypeVar("C", bound=ClientConnection[Any])
OnBreach = Callable[[str], None]
"""Told the name of a rule that the carrier broke without ending the connection."""


def no_breach(_kind: str) -> None:
    """Count nothing."""


class SessionLink(Generic[C]):
    """One live login. A protocol adds how parts are written, how events are read and how deliveries are answered."""

    def __init__(self, account: Account, listener: LinkListener, on_breach: OnBreach = no_breach) -> None:
        """Tell ``listener`` what happens, on the event loop."""
        self.account: Final = account
        self._listener: Final = listener
        self._on_breach: Final = on_breach
        self._sender: C | None = None
        self._receiver: C | None = None
        self._is_over = False

    # --- what a protocol adds -----------------------------------------------------------------------------------------

    def write(self, connection: C, parts: Sequence[Part]) -> list[int]:
        """Send parts and return their sequences; all or none. Raises ``LocalProtocolError``."""
        raise LocalProtocolError("a link needs a protocol")

    def read(self, event: Any) -> LinkEvent | None:
        """Return what an event of the protocol says; ``None``: nothing to the line."""
        raise LocalProtocolError("a link needs a protocol")

    def settle(self, connection: C, seq: int, deliver_id: int) -> None:
        """Answer a delivery on the connection that brought it."""
        raise LocalProtocolError("a link needs a protocol")

    # --- what the line asks -------------------------------------------------------------------------------------------

    def attach(self, sender: C, receiver: C | None = None) -> None:
        """Work over these connections from now on; without a receiver the sender receives too.

        Raises:
            RemoteProtocolError: one of them was closed meanwhile.
        """
        for connection in (sender, receiver or sender):
            if connection.closed is not None:
                for other in (sender, receiver or sender):
                    other.abort("its pair is gone")
                raise RemoteProtocolError(f"closed after the login: {connection.closed.reason}", Breach.SILENT)
        self._sender, self._receiver = sender, receiver or sender

    @property
    def window_free(self) -> int:
        """How many parts may be sent now."""
        return self._sender.window_free if self._sender is not None and not self._is_over else 0

    def set_window(self, pdus: int) -> None:
        """Allow so many parts without an answer from now on."""
        if self._sender is not None:
            self._sender.set_window(pdus)

    def submit(self, parts: Sequence[Part]) -> list[int]:
        """Send parts and return their sequences.

        Raises:
            LocalProtocolError: the link is closed, more than ``window_free``, or a part that cannot be written.
        """
        if self._sender is None or self._is_over:
            raise LocalProtocolError("the link is not open")
        return self.write(self._sender, parts)

    def answer(self, seq: int, deliver_id: int) -> None:
        """Answer a delivery; without its connection the carrier will bring it again."""
        connection = self._receiver
        if seq < 0:  # the sending half of a pair brought it
            connection, seq = self._sender, ~seq
        if connection is not None and connection.is_open:
            self.settle(connection, seq, deliver_id)

    async def close(self, timeout_s: float) -> None:
        """Log out politely, within the time."""
        ends = {id(connection): connection for connection in (self._sender, self._receiver) if connection is not None}
        await asyncio.gather(*(connection.terminate(timeout_s) for connection in ends.values()))

    # --- what the connections tell ------------------------------------------------------------------------------------

    def heard(self, connection: C, events: list[Any]) -> None:
        """Take what a connection tells."""
        told: list[LinkEvent] = []
        for event in events:
            said = self.read(event)
            if said is not None:
                told.append(said)
            elif isinstance(event, Closed):
                self._end(connection, event, told)
            elif isinstance(event, Breached):
                if not event.is_repetition:  # a carrier may repeat what it saw no answer to
                    log.warning("a rule of the protocol was broken", account=self.account.name, what=event.reason)
                    self._on_breach(event.kind.value)
            elif isinstance(event, StrayAnswer):
                log.info("an answer after its time", account=self.account.name, seq=event.seq)
        if self._is_split and connection is self._sender:
            told = [_marked(event) for event in told]
        if told:
            self._listener(self, told)

    @property
    def _is_split(self) -> bool:
        return self._receiver is not self._sender

    def _end(self, connection: C, event: Closed, told: list[LinkEvent]) -> None:
        """Close the link with its first connection; before the login is whole nobody is told: ``attach`` raises."""
        if self._is_over:
            return
        self._is_over = True
        if self._sender is None:
            return
        other = self._receiver if connection is self._sender else self._sender
        if other is not None and other is not connection:
            other.abort("its pair is gone")
        told.append(LinkClosed(event.reason, event.error.kind.value if event.error is not None else None))


def _marked(event: LinkEvent) -> LinkEvent:
    """Mark the sequence of a delivery that came over the sending half of a pair."""
    if isinstance(event, Reported | Uplinked | Unreadable):
        return event._replace(seq=~event.seq)
    return event
