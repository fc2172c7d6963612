"""A session on an asyncio transport: reads feed it, its bytes are written once per loop turn, its timer is armed.

Shared by `client` and `server`, which add how a conversation starts; what a protocol may say is in `cmpp`, `sgip`...
"""

import asyncio
import socket
from collections.abc import Sequence
from typing import Any, Final, Generic, TypeVar, cast

from telcowire.errors import Breach, LocalProtocolError
from telcowire.fields import Codec
from telcowire.flavour import Pdu, RequestKind
from telcowire.session import Closed, Opened, Session, SessionEvent, State

E = TypeVar("E")

_KEEPALIVE: Final = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 6}
"""Seconds, seconds and probes, where the platform has them: a host that is gone is noticed two minutes later, also by
the side that only listens. The session's own keep-alives are quicker, and notice processes that hang as well."""


class SessionConnection(asyncio.Protocol, Generic[E]):
    """One connection. Everything runs on the loop's thread; nothing blocks."""

    #: Unanswered requests of the peer beyond which reading pauses: a flood guard far above any window.
    MAX_UNANSWERED_IN: Final = 20_000

    def __init__(self) -> None:
        """Wait for the transport; the subclass sets the session in `make_session`."""
        self.session: Session[E]
        self.account = ""
        self.closed: Closed | None = None
        self._loop: Final = asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._gone: Final = asyncio.Event()
        self._flush_planned = False
        self._is_clogged = False
        self._is_flooded = False
        self._hangs = False
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0

    def make_session(self, now: float) -> Session[E]:
        """Build the session when the transport is there."""
        raise LocalProtocolError("a connection needs a role")

    def tell(self, events: list[E | SessionEvent]) -> None:
        """Hand events to the application."""
        raise LocalProtocolError("a connection needs a role")

    # --- what both roles offer ---

    @property
    def is_open(self) -> bool:
        """Whether requests may be sent."""
        return self.session.state is State.OPEN

    @property
    def window_free(self) -> int:
        """How many requests may be sent now; 0 unless open."""
        return self.session.window_free

    @property
    def peer(self) -> str:
        """The peer's address as host:port."""
        address: Sequence[Any] = self._transport.get_extra_info("peername") or ("?", 0)
        return f"{address[0]}:{address[1]}"

    def request_many(self, kind: RequestKind[E], pdus: Sequence[Pdu]) -> list[int]:
        """Send requests in one go and return their sequences; all or none.

        Raises:
            LocalProtocolError: not open, more than `window_free`, or a value does not fit.
        """
        seqs = self.session.send_requests(kind, pdus, self._loop.time())
        self.after_change()
        return seqs

    def send_answer(self, codec: Codec[Any], pdu: Pdu, seq: int) -> None:
        """Answer a request of the peer.

        Raises:
            LocalProtocolError: the connection is closed, or a value does not fit.
        """
        self.session.send_answer(codec, pdu, seq)
        if self._is_flooded and self.session.owed <= self.MAX_UNANSWERED_IN // 2:
            self._is_flooded = False
            self._steer_reading()
        self.after_change()

    def set_window(self, window_pdus: int) -> None:
        """Change how many requests may wait for an answer, at once.

        Raises:
            LocalProtocolError: not at least one.
        """
        self.session.set_window(window_pdus)

    async def terminate(self, timeout_s: float) -> None:
        """End politely: TERMINATE, its answer or `timeout_s`, then close; answers and reports still arrive."""
        if self.is_open:
            self.session.terminate(self._loop.time(), timeout_s)
            self.after_change()
        elif self.session.state is State.LOGIN:
            self.abort()
        await self.wait_closed()

    def abort(self, reason: str = "aborted") -> None:
        """End at once: what was not written is lost."""
        self._dispatch(self.session.abort(reason))
        self._transport.abort()

    def hang(self) -> None:
        """Read nothing more and leave the connection open, as a process does that hangs; for simulated peers."""
        self._hangs = True
        self._steer_reading()

    async def wait_closed(self) -> None:
        """Wait until the transport is gone."""
        await self._gone.wait()

    # --- inner workings ---

    def after_change(self) -> None:
        """Plan the write at the end of this loop turn; one for all that is said until then."""
        if not self._flush_planned:
            self._flush_planned = True
            self._loop.call_soon(self._flush)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the session."""
        self._transport = cast("asyncio.Transport", transport)
        _keep_alive(transport.get_extra_info("socket"))
        self.session = self.make_session(self._loop.time())
        self._flush()

    def data_received(self, data: bytes) -> None:
        """Feed the session, tell the application, write what came of it."""
        self._dispatch(self.session.receive_data(data, self._loop.time()))
        if self.session.owed > self.MAX_UNANSWERED_IN:
            self._is_flooded = True
            self._steer_reading()
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the application, once, that it is over."""
        del exc  # the session's `Closed` says enough: the cause of a reset is not in our hands
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        try:
            self._dispatch(self.session.receive_eof())
        finally:
            self._gone.set()

    def pause_writing(self) -> None:
        """The peer does not read: stop reading from it, so that answers do not pile up."""
        self._is_clogged = True
        self._steer_reading()

    def resume_writing(self) -> None:
        """The peer reads again."""
        self._is_clogged = False
        self._steer_reading()

    def _steer_reading(self) -> None:
        if self._transport.is_closing():
            return
        if self._is_clogged or self._is_flooded or self._hangs:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def _dispatch(self, events: list[E | SessionEvent]) -> None:
        if not events:
            return
        if not self.account:
            self.account = next((event.account for event in events if isinstance(event, Opened)), "")
        if isinstance(events[-1], Closed):
            self.closed = events[-1]
        self.tell(events)

    def _flush(self) -> None:
        self._flush_planned = False
        data = self.session.data_to_send()
        if data and not self._transport.is_closing():
            self._transport.write(data)
        if self.closed is not None and self.closed.error is not None and self.closed.error.kind is Breach.SILENT:
            self._transport.abort()  # a silent peer reads nothing either: closing would wait for it
        elif self.session.state is State.CLOSED:
            self._transport.close()
        self._arm()

    def _arm(self) -> None:
        due = self.session.get_timer()
        if due is None:
            return
        if self._timer is not None:
            if self._timer_at <= due:  # it fires no later than needed, and then arms itself again
                return
            self._timer.cancel()
        self._timer_at = due
        self._timer = self._loop.call_at(due, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        try:
            self._dispatch(self.session.handle_timer(self._loop.time()))
        finally:  # an application that fails must not stop the clock
            self._flush()


def _keep_alive(connected: Any) -> None:
    """Let the system find out whether the peer's host is still there; `connected` is the transport's socket, if any."""
    if connected is None:
        return
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE.items():
        if hasattr(socket, name):
            connected.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
