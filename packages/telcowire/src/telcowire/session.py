"""The one state machine of every protocol here: login, window, keep-alive, timeouts, termination. It does no I/O.

Bytes go in (`receive_data`), events come out; bytes to send are collected (`data_to_send`); the time is an argument in
seconds of any monotonic clock (`get_timer`, `handle_timer`). What a protocol adds stands in its flavour: a route per
command, the login, the keep-alive. Sockets are next door, in `telcowire.asyncio`.

States only move forward:

    LOGIN ──accepted──> OPEN ──terminate()──> CLOSING ──answer or timeout──> CLOSED
      └──refused, timeout──> CLOSED <──peer's terminate, error, silence──┘

Source: CMPP 3.0 clauses 7.1-7.3 (window, timeout T, tries N, link test C).
"""

import enum
import struct
from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar

from telcowire.errors import LocalProtocolError, LoginRefusedError, RemoteProtocolError
from telcowire.fields import HeaderShape, PduCodec

E = TypeVar("E")
Pdu = tuple[Any, ...]


class State(enum.Enum):
    """Where the conversation stands."""

    LOGIN = "login"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


class Kind(enum.Enum):
    """What a command is to the session."""

    LOGIN = "login"
    LOGIN_ANSWER = "login answer"
    REQUEST = "request"
    ANSWER = "answer"
    KEEPALIVE = "keep-alive"
    KEEPALIVE_ANSWER = "keep-alive answer"
    TERMINATE = "terminate"
    TERMINATE_ANSWER = "terminate answer"


class Closed(NamedTuple):
    """The conversation is over, whatever the reason; no event follows.

    `unanswered` are the sequences of our requests that nobody answered: their fate is unknown. `error` is set when the
    peer broke the protocol or refused the login.
    """

    reason: str
    unanswered: tuple[int, ...] = ()
    error: RemoteProtocolError | None = None


class Opened(NamedTuple):
    """The login was accepted; for a server, `account` says whose."""

    account: str


class StrayAnswer(NamedTuple):
    """An answer to no open request: it came after its timeout, or twice, or was invented."""

    seq: int
    pdu: Pdu


SessionEvent = Opened | StrayAnswer | Closed


class Route(NamedTuple, Generic[E]):
    """What to do with a command: its kind, how to read it, what to tell the application.

    `refuse` answers a request whose body is broken, so that one bad PDU does not end the connection.
    """

    kind: Kind
    codec: PduCodec[Any]
    event: Callable[[int, Any], E] | None = None
    refuse: Callable[[int], bytes] | None = None


class RequestKind(NamedTuple, Generic[E]):
    """A request that we send inside the window: how to write it, what answers it, what its timeout is called."""

    codec: PduCodec[Any]
    answer_command: int
    timed_out: Callable[[int], E]


class Admission(NamedTuple, Generic[E]):
    """A server's decision about a login: the answer, and when accepted the account and the routes of its version."""

    answer: bytes
    account: str | None
    reason: str


class Flavour(Protocol[E]):
    """What one protocol, in one role, adds to the state machine. One object per connection."""

    @property
    def header(self) -> HeaderShape:
        """The header's shape."""

    @property
    def max_octets(self) -> int:
        """The longest PDU that is accepted."""

    @property
    def routes(self) -> Mapping[int, Route[E]]:
        """Routes by command; read again after a login, because its version decides."""

    def login_request(self, seq: int) -> bytes | None:
        """A client's login, or None for a server, which waits."""

    def check_login_answer(self, pdu: Pdu) -> str:
        """Return the account's name, or raise LoginRefusedError."""

    def admit(self, seq: int, pdu: Pdu) -> Admission[E]:
        """Decide about a peer's login."""

    def keepalive(self, seq: int) -> bytes | None:
        """A keep-alive request, or None when the protocol has none."""

    def keepalive_answer(self, seq: int) -> bytes:
        """The answer to a keep-alive."""

    def terminate(self, seq: int) -> bytes:
        """A request to end the conversation."""

    def terminate_answer(self, seq: int) -> bytes:
        """The answer to it."""


class Limits(NamedTuple):
    """Window and times of one session.

    `tries` counts sendings of a request, the first included. More than one means a resend with the same sequence after
    a timeout: peers that do not deduplicate then double the message, so the default is one.
    """

    window_pdus: int = 16
    heartbeat_s: float | None = 30.0
    response_timeout_s: float = 60.0
    login_timeout_s: float = 10.0
    tries: int = 1
    keepalive_tries: int = 3


class _Open(NamedTuple):
    deadline: float
    kind: RequestKind[Any]
    tries_left: int
    data: bytes


_MAX_SEQ: Final = 0xFFFFFFFF


class Session(Generic[E]):
    """One conversation, in either role. Not safe for threads; after an error it is closed and stays so."""

    def __init__(self, flavour: Flavour[E], limits: Limits, now: float) -> None:
        """Start; a client's login is at once waiting in `data_to_send`."""
        self.state = State.LOGIN
        self.limits: Final = limits
        self._flavour: Final = flavour
        self._unpack_header: Final = struct.Struct(f">{flavour.header.code}").unpack_from
        self._routes: Mapping[int, Route[E]] = flavour.routes
        self._rest = b""
        self._out: list[bytes] = []
        self._next_seq = 1
        self._window: dict[int, _Open] = {}  # in order of deadlines: the timeout is constant and time does not go back
        self._received_at = now
        self._login_seq = 0
        self._phase_deadline: float | None = now + limits.login_timeout_s
        self._probe: tuple[float, int, int] | None = None  # deadline, sequence, tries so far
        login = flavour.login_request(self._next_seq)
        self._is_client: Final = login is not None
        if login is not None:
            self._login_seq = self._take_seq()
            self._out.append(login)

    @property
    def is_closed(self) -> bool:
        """Whether it is over."""
        return self.state is State.CLOSED

    # --- sending ---

    @property
    def window_free(self) -> int:
        """How many requests may be sent now."""
        return max(0, self.limits.window_pdus - len(self._window)) if self.state is State.OPEN else 0

    @property
    def unanswered(self) -> tuple[int, ...]:
        """Sequences of our requests that still wait for an answer."""
        return tuple(self._window)

    def data_to_send(self) -> bytes:
        """Hand over everything that waits to be written."""
        if not self._out:
            return b""
        data = b"".join(self._out)
        self._out.clear()
        return data

    def send_requests(self, kind: RequestKind[E], pdus: list[Pdu], now: float) -> list[int]:
        """Send the requests together and return their sequences; all or none.

        Raises:
            LocalProtocolError: not open, more than `window_free`, or a value that does not fit its field.
        """
        if self.state is not State.OPEN:
            raise LocalProtocolError(f"the session is {self.state.value}")
        if len(pdus) > self.limits.window_pdus - len(self._window):
            raise LocalProtocolError(f"{len(pdus)} requests; the window has room for {self.window_free}")
        encode, first = kind.codec.encode, self._next_seq
        seqs: list[int] = []
        try:
            encoded = [encode(pdu, self._claim_seq(seqs)) for pdu in pdus]
        except LocalProtocolError:
            self._next_seq = first
            raise
        deadline = now + self.limits.response_timeout_s
        tries_left = self.limits.tries - 1
        for seq, data in zip(seqs, encoded, strict=True):
            self._window[seq] = _Open(deadline, kind, tries_left, data if tries_left else b"")
        self._out.extend(encoded)
        return seqs

    def send_answer(self, codec: PduCodec[Any], pdu: Pdu, seq: int) -> None:
        """Answer a peer's request; allowed until the session is closed.

        Raises:
            LocalProtocolError: closed or not yet open, or a value that does not fit its field.
        """
        if self.state is not State.OPEN and self.state is not State.CLOSING:
            raise LocalProtocolError(f"the session is {self.state.value}")
        self._out.append(codec.encode(pdu, seq))

    def terminate(self, now: float, timeout_s: float) -> None:
        """Ask the peer to end; answers and requests still come in until it agrees or `timeout_s` has passed.

        Raises:
            LocalProtocolError: the session is not open.
        """
        if self.state is not State.OPEN:
            raise LocalProtocolError(f"the session is {self.state.value}")
        self.state = State.CLOSING
        self._phase_deadline = now + timeout_s
        self._out.append(self._flavour.terminate(self._take_seq()))

    def _take_seq(self) -> int:
        seq = self._next_seq
        while seq in self._window:  # only after 2**32 requests, beside one that is still open
            seq = seq % _MAX_SEQ + 1
        self._next_seq = seq % _MAX_SEQ + 1
        return seq

    def _claim_seq(self, seqs: list[int]) -> int:
        seqs.append(self._take_seq())
        return seqs[-1]

    # --- receiving ---

    def receive_data(self, data: bytes, now: float) -> list[E | SessionEvent]:
        """Take bytes in any pieces and return what happened.

        A protocol error of the peer is not raised: it ends the list with a `Closed` event.
        """
        events: list[E | SessionEvent] = []
        if self.is_closed:
            return events
        if self._rest:
            data = self._rest + data
        self._received_at, self._probe = now, None
        try:
            self._rest = data[self._receive_pdus(data, events) :]
        except RemoteProtocolError as error:
            self._close(str(error), events, error)
        return events

    def _receive_pdus(self, data: bytes, events: list[E | SessionEvent]) -> int:
        """Handle every whole PDU; return the offset behind the last."""
        offset, size, header_octets = 0, len(data), self._flavour.header.octets
        max_octets, unpack_header = self._flavour.max_octets, self._unpack_header
        while size - offset >= header_octets and not self.is_closed:
            total, command, seq = unpack_header(data, offset)
            if not header_octets <= total <= max_octets:
                raise RemoteProtocolError(f"a PDU of {total} octets; {header_octets}-{max_octets} are allowed")
            if offset + total > size:
                break
            route = self._routes.get(command)
            if route is None:
                raise RemoteProtocolError(f"command 0x{command:08x} is not known here")
            kind, is_in_login = route.kind, self.state is State.LOGIN
            if kind is Kind.ANSWER and not is_in_login:
                self._receive_answer(route, seq, route.codec.decode(data, offset, total), events)
            elif kind is Kind.REQUEST and not is_in_login:
                self._receive_request(route, seq, data[offset : offset + total], events)
            else:
                self._receive_control(route, seq, route.codec.decode(data, offset, total), events)
            offset += total
        return offset

    def _receive_answer(self, route: Route[E], seq: int, pdu: Pdu, events: list[E | SessionEvent]) -> None:
        request = self._window.get(seq)
        if request is None:
            events.append(StrayAnswer(seq, pdu))
            return
        if request.kind.answer_command != route.codec.command:
            raise RemoteProtocolError(f"{route.codec.name} answers sequence {seq}, which asked for something else")
        del self._window[seq]
        if route.event is not None:
            events.append(route.event(seq, pdu))

    def receive_eof(self) -> list[E | SessionEvent]:
        """Say that the connection is gone; returns the `Closed` event unless it was told already."""
        events: list[E | SessionEvent] = []
        self._close("connection lost", events)
        return events

    def abort(self, reason: str) -> list[E | SessionEvent]:
        """End at once without a word to the peer."""
        events: list[E | SessionEvent] = []
        self._close(reason, events)
        return events

    def _receive_request(self, route: Route[E], seq: int, data: bytes, events: list[E | SessionEvent]) -> None:
        try:
            pdu = route.codec.decode(data, 0, len(data))
        except RemoteProtocolError:
            if route.refuse is None:
                raise
            self._out.append(route.refuse(seq))
            return
        if route.event is not None:
            events.append(route.event(seq, pdu))

    def _receive_control(self, route: Route[E], seq: int, pdu: Pdu, events: list[E | SessionEvent]) -> None:
        flavour, in_login = self._flavour, self.state is State.LOGIN
        match route.kind:
            case Kind.LOGIN if in_login and not self._is_client:
                admission = flavour.admit(seq, pdu)
                self._out.append(admission.answer)
                if admission.account is None:
                    self._close(admission.reason, events)
                else:
                    self._open(admission.account, events)
            case Kind.LOGIN_ANSWER if in_login and self._is_client and seq == self._login_seq:
                try:
                    account = flavour.check_login_answer(pdu)
                except LoginRefusedError as error:
                    self._close(str(error), events, error)
                else:
                    self._open(account, events)
            case Kind.KEEPALIVE if not in_login:
                self._out.append(flavour.keepalive_answer(seq))
            case Kind.KEEPALIVE_ANSWER if not in_login:
                pass  # any byte from the peer has already proved that it lives
            case Kind.TERMINATE:
                self._out.append(flavour.terminate_answer(seq))
                self._close("terminated by the peer", events)
            case Kind.TERMINATE_ANSWER if self.state is State.CLOSING:
                self._close("terminated", events)
            case _:
                raise RemoteProtocolError(f"{route.codec.name} while the session is {self.state.value}")

    def _open(self, account: str, events: list[E | SessionEvent]) -> None:
        self.state = State.OPEN
        self._phase_deadline = None
        self._routes = self._flavour.routes
        events.append(Opened(account))

    def _close(self, reason: str, events: list[E | SessionEvent], error: RemoteProtocolError | None = None) -> None:
        if self.is_closed:
            return
        self.state = State.CLOSED
        self._phase_deadline = self._probe = None
        self._rest = b""
        events.append(Closed(reason, self.unanswered, error))
        self._window.clear()

    # --- time ---

    def get_timer(self) -> float | None:
        """When `handle_timer` wants to be called next, on the clock of `now`; None for never."""
        if self.is_closed:
            return None
        times = [] if self._phase_deadline is None else [self._phase_deadline]
        if self._window:
            times.append(next(iter(self._window.values())).deadline)
        if self._probe is not None:
            times.append(self._probe[0])
        elif self.state is State.OPEN and self.limits.heartbeat_s is not None:
            times.append(self._received_at + self.limits.heartbeat_s)
        return min(times, default=None)

    def handle_timer(self, now: float) -> list[E | SessionEvent]:
        """Do what is due: time out or resend requests, probe a silent peer, give up on a login or a termination."""
        events: list[E | SessionEvent] = []
        if self.is_closed:
            return events
        if self._phase_deadline is not None and now >= self._phase_deadline:
            what = "login" if self.state is State.LOGIN else "termination"
            self._close(f"{what} not answered in time", events)
            return events
        while self._window:
            seq, request = next(iter(self._window.items()))
            if request.deadline > now:
                break
            del self._window[seq]
            if request.tries_left and self.state is State.OPEN:
                self._window[seq] = request._replace(
                    deadline=now + self.limits.response_timeout_s, tries_left=request.tries_left - 1
                )
                self._out.append(request.data)
            else:
                events.append(request.kind.timed_out(seq))
        if self.state is State.OPEN:
            self._probe_peer(now, events)
        return events

    def _probe_peer(self, now: float, events: list[E | SessionEvent]) -> None:
        if self._probe is not None:
            deadline, seq, tries = self._probe
            if now < deadline:
                return
            if tries >= self.limits.keepalive_tries:
                self._close(f"the peer is silent: {tries} keep-alives without an answer", events)
                return
        elif self.limits.heartbeat_s is None or now < self._received_at + self.limits.heartbeat_s:
            return
        else:
            seq, tries = self._take_seq(), 0
        request = self._flavour.keepalive(seq)
        if request is None:
            self._received_at = now  # the protocol has no keep-alive: look again after another interval
            return
        self._out.append(request)
        self._probe = (now + self.limits.response_timeout_s, seq, tries + 1)
