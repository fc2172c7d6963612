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
from collections.abc import Mapping, Sequence
from typing import Any, Final, Generic, NamedTuple, TypeVar

from telcowire.errors import Breach, LocalProtocolError, LoginRefusedError, RemoteProtocolError
from telcowire.fields import Codec
from telcowire.flavour import Flavour, Kind, Pdu, Recall, RequestKind, Route

E = TypeVar("E")


class State(enum.Enum):
    """Where the conversation stands."""

    LOGIN = "login"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


class Closed(NamedTuple):
    """The conversation is over, whatever the reason; no event follows.

    `unanswered` are the sequences of our requests that nobody answered: their fate is unknown. `error` is set when the
    peer broke the protocol, refused the login, or was silent where it had to speak.
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


class Breached(NamedTuple):
    """The peer broke a rule and the conversation goes on: the request was refused, or answered as before.

    A repetition (same sequence, same content) is told as SEQUENCE_REUSED with `is_repetition`: that is no mistake.
    """

    seq: int
    kind: Breach
    reason: str
    is_repetition: bool = False


SessionEvent = Opened | StrayAnswer | Breached | Closed


class Limits(NamedTuple):
    """Window and times of one session.

    `tries` counts sendings of a request, the first included. More than one means a resend with the same sequence after
    a timeout: peers that do not deduplicate then double the message, so the default is one. After `idle_s` without a
    word from either side and with nothing open, the session terminates by itself. A silent peer is known by keep-alives
    without answers; where the protocol has none, by a request that timed out when nothing at all had come since.
    """

    window_pdus: int = 16
    heartbeat_s: float | None = 30.0
    response_timeout_s: float = 60.0
    login_timeout_s: float = 10.0
    tries: int = 1
    keepalive_tries: int = 3
    idle_s: float | None = None


class _Open(NamedTuple):
    deadline: float
    kind: RequestKind[Any]
    tries_left: int
    data: bytes
    heard: int
    """How often the peer had been heard when it was sent."""


class Session(Generic[E]):
    """One conversation, in either role. Not safe for threads; after an error it is closed and stays so."""

    def __init__(self, flavour: Flavour[E], limits: Limits, now: float) -> None:
        """Start; a client's login is at once waiting in `data_to_send`."""
        self.state = State.LOGIN
        self.limits = limits
        #: Requests of the peer that the application has not answered.
        self.owed = 0
        self._flavour: Final = flavour
        self._read_header: Final = flavour.header.reader()
        self._max_seq: Final = flavour.header.max_seq
        self._make_seq: Final = flavour.take_seq
        self._routes: Mapping[int, Route[E]] = flavour.routes
        self._recall: Recall | None = None
        self._rest = b""
        self._out: list[bytes] = []
        self._next_seq = 1
        self._window: dict[int, _Open] = {}  # in order of deadlines: the timeout is constant and time does not go back
        self._received_at = self._sent_at = now
        self._phase_deadline: float | None = now + limits.login_timeout_s
        self._heartbeat_s = limits.heartbeat_s
        self._probe: tuple[float, int, int] | None = None  # deadline, sequence, tries so far
        self._heard = 0
        #: Without keep-alives only answers show that the peer lives.
        self._is_mute: Final = flavour.keepalive(1) is None
        self._login_seq = self._take_seq()
        login = flavour.login_request(self._login_seq)
        self._is_client: Final = login is not None
        if login is None:
            self._next_seq = 1
        else:
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

    def set_window(self, window_pdus: int) -> None:
        """Change how many requests may wait for an answer; those that already do, stay.

        Raises:
            LocalProtocolError: not at least one.
        """
        if window_pdus < 1:
            raise LocalProtocolError(f"a window of {window_pdus} requests")
        self.limits = self.limits._replace(window_pdus=window_pdus)

    def data_to_send(self) -> bytes:
        """Hand over everything that waits to be written."""
        if not self._out:
            return b""
        data = b"".join(self._out)
        self._out.clear()
        return data

    def send_requests(self, kind: RequestKind[E], pdus: Sequence[Pdu], now: float) -> list[int]:
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
        self._sent_at = now
        deadline = now + self.limits.response_timeout_s
        tries_left = self.limits.tries - 1
        for seq, data in zip(seqs, encoded, strict=True):
            self._window[seq] = _Open(deadline, kind, tries_left, data if tries_left else b"", self._heard)
        self._out.extend(encoded)
        return seqs

    def send_answer(self, codec: Codec[Any], pdu: Pdu, seq: int) -> None:
        """Answer a peer's request; allowed until the session is closed.

        Raises:
            LocalProtocolError: closed or not yet open, or a value that does not fit its field.
        """
        if self.state is not State.OPEN and self.state is not State.CLOSING:
            raise LocalProtocolError(f"the session is {self.state.value}")
        data = codec.encode(pdu, seq)
        self._out.append(data)
        self.owed -= 1
        if self._recall is not None:
            self._recall.note_answer(seq, data)

    def terminate(self, now: float, timeout_s: float) -> None:
        """Ask the peer to end; answers and requests still come in until it agrees or `timeout_s` has passed.

        Raises:
            LocalProtocolError: the session is not open.
        """
        if self.state is not State.OPEN:
            raise LocalProtocolError(f"the session is {self.state.value}")
        self.state = State.CLOSING
        self._probe = None  # a peer that is leaving is no longer asked whether it lives
        self._phase_deadline = now + timeout_s
        self._out.append(self._flavour.terminate(self._take_seq()))

    def _take_seq(self) -> int:
        if self._make_seq is not None:
            return self._make_seq()
        seq = self._next_seq
        while seq in self._window:  # only after all sequences were used, beside one that is still open
            seq = seq % self._max_seq + 1
        self._next_seq = seq % self._max_seq + 1
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
        self._heard += 1
        try:
            self._rest = data[self._receive_pdus(data, events) :]
        except RemoteProtocolError as error:
            self._close(str(error), events, error)
        return events

    def _receive_pdus(self, data: bytes, events: list[E | SessionEvent]) -> int:
        """Handle every whole PDU; return the offset behind the last."""
        offset, size, header_octets = 0, len(data), self._flavour.header.octets
        max_octets, read_header = self._flavour.max_octets, self._read_header
        while size - offset >= header_octets and self.state is not State.CLOSED:
            total, command, seq = read_header(data, offset)
            if not header_octets <= total <= max_octets:
                breach = Breach.OVERSIZED if total > max_octets else Breach.UNDERSIZED
                self._say_last_word(seq, breach)
                raise RemoteProtocolError(f"a PDU of {total} octets; {header_octets}-{max_octets} are allowed", breach)
            if offset + total > size:
                break
            route = self._routes.get(command)
            if route is None:
                self._receive_unknown(command, seq, events)
            elif route.kind is Kind.ANSWER and self.state is not State.LOGIN:
                self._receive_answer(route, seq, route.codec.decode(data, offset, total), events)
            elif route.kind is Kind.REQUEST:
                self._receive_request(route, seq, data[offset : offset + total], events)
            else:
                self._receive_control(route, seq, route.codec.decode(data, offset, total), events)
            offset += total
        return offset

    def _say_last_word(self, seq: int, breach: Breach) -> None:
        for route in self._routes.values():
            if route.kind is Kind.NACK and route.refuse is not None:
                self._out.append(route.refuse(seq, breach) or b"")

    def _receive_unknown(self, command: int, seq: int, events: list[E | SessionEvent]) -> None:
        error = RemoteProtocolError(f"command 0x{command:08x} is not known here", Breach.UNKNOWN_COMMAND)
        self._refuse(seq, self._flavour.refuse_unknown(command, seq), error, events)

    def _receive_answer(self, route: Route[E], seq: int, pdu: Pdu, events: list[E | SessionEvent]) -> None:
        request = self._window.get(seq)
        if request is None:
            events.append(StrayAnswer(seq, pdu))
            return
        if request.kind.answer_command != route.codec.command and route.kind is not Kind.NACK:
            raise RemoteProtocolError(
                f"{route.codec.name} answers sequence {seq}, which asked for something else", Breach.WRONG_ANSWER
            )
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
            if self.state is State.LOGIN:
                raise self._untimely(route)
            if self._recall is not None:
                answer = self._compare(self._recall, route, seq, data)
                if answer is not None:
                    if answer:
                        self._out.append(answer)
                    events.append(Breached(seq, Breach.SEQUENCE_REUSED, "a repetition", is_repetition=True))
                    return
            pdu = route.codec.decode(data, 0, len(data))
        except RemoteProtocolError as error:
            answer = route.refuse(seq, error.kind) if route.refuse is not None else None
            if self._recall is not None and answer and error.kind is not Breach.SEQUENCE_REUSED:
                self._recall.note_answer(seq, answer)
            self._refuse(seq, answer, error, events)
            return
        if route.event is not None:
            self.owed += 1
            events.append(route.event(seq, pdu))

    def _compare(self, recall: Recall, route: Route[E], seq: int, data: bytes) -> bytes | None:
        try:
            return recall.compare(seq, data)
        except ValueError:
            raise RemoteProtocolError(
                f"{route.codec.name}: sequence {seq} was another request's", Breach.SEQUENCE_REUSED
            ) from None

    def _refuse(
        self, seq: int, answer: bytes | None, error: RemoteProtocolError, events: list[E | SessionEvent]
    ) -> None:
        """Say the answer and go on; without one, the error ends the conversation."""
        if answer is None:
            raise error
        if answer:
            self._out.append(answer)
        events.append(Breached(seq, error.kind, str(error)))

    def _untimely(self, route: Route[E]) -> RemoteProtocolError:
        return RemoteProtocolError(f"{route.codec.name} while the session is {self.state.value}", Breach.WRONG_STATE)

    def _receive_control(self, route: Route[E], seq: int, pdu: Pdu, events: list[E | SessionEvent]) -> None:
        flavour, in_login = self._flavour, self.state is State.LOGIN
        match route.kind:
            case Kind.LOGIN if in_login and not self._is_client:
                admission = flavour.admit(seq, pdu)
                self._out.append(admission.answer)
                if admission.account is None:
                    self._close(admission.reason, events, RemoteProtocolError(admission.reason, admission.breach))
                else:
                    self._open(admission.account, events)
            case Kind.LOGIN_ANSWER | Kind.NACK if in_login and self._is_client and seq == self._login_seq:
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
            case Kind.NOTICE:
                events += [] if route.event is None else [route.event(seq, pdu)]
            case Kind.NACK if not in_login:
                self._receive_answer(route, seq, pdu, events)
            case _:
                answer = route.refuse(seq, Breach.WRONG_STATE) if route.refuse is not None else None
                self._refuse(seq, answer, self._untimely(route), events)

    def _open(self, account: str, events: list[E | SessionEvent]) -> None:
        self.state = State.OPEN
        self._phase_deadline = None
        self._routes = self._flavour.routes
        self._recall = self._flavour.recall
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
        elif self.state is State.OPEN and self._heartbeat_s is not None:
            times.append(self._received_at + self._heartbeat_s)
        if self.limits.idle_s is not None and self._is_at_rest():
            times.append(max(self._received_at, self._sent_at) + self.limits.idle_s)
        return min(times, default=None)

    def handle_timer(self, now: float) -> list[E | SessionEvent]:
        """Do what is due: time out or resend requests, probe a silent peer, give up on a login or a termination."""
        events: list[E | SessionEvent] = []
        if self.is_closed:
            return events
        if self._phase_deadline is not None and now >= self._phase_deadline:
            what = "login" if self.state is State.LOGIN else "termination"
            self._close_silent(f"{what} not answered in time", events)
            return events
        is_lost = False
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
                is_lost = is_lost or (self._is_mute and request.heard == self._heard)
        if is_lost and self.state is State.OPEN:
            self._close_silent("the peer is silent: nothing came since a request that it did not answer", events)
        elif self.state is State.OPEN and not self._end_idle(now):
            self._probe_peer(now, events)
        return events

    def _end_idle(self, now: float) -> bool:
        idle_s = self.limits.idle_s
        if idle_s is None or not self._is_at_rest() or now < max(self._received_at, self._sent_at) + idle_s:
            return False
        self.terminate(now, self.limits.login_timeout_s)
        return True

    def _is_at_rest(self) -> bool:
        return self.state is State.OPEN and not self._window and self.owed <= 0

    def _probe_peer(self, now: float, events: list[E | SessionEvent]) -> None:
        if self._probe is not None:
            deadline, seq, tries = self._probe
            if now < deadline:
                return
            if tries >= self.limits.keepalive_tries:
                self._close_silent(f"the peer is silent: {tries} keep-alives without an answer", events)
                return
        elif self._heartbeat_s is None or now < self._received_at + self._heartbeat_s:
            return
        else:
            seq, tries = self._take_seq(), 0
        request = self._flavour.keepalive(seq)
        if request is None:
            self._heartbeat_s = None  # the protocol has no keep-alive: never ask again
            return
        self._out.append(request)
        self._probe = (now + self.limits.response_timeout_s, seq, tries + 1)

    def _close_silent(self, reason: str, events: list[E | SessionEvent]) -> None:
        self._close(reason, events, RemoteProtocolError(reason, Breach.SILENT))
