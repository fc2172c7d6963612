"""The session under any order of events, in both roles of every protocol.

What must hold: each of our requests ends exactly once (answered, timed out, or unanswered at the close), the window is
never exceeded, a peer is called silent when it was and only then, a timer never asks to be called at once again, states only move forward, and what is closed stays closed.
"""

from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from support.conversations import CONVERSATIONS, Conversation
from telcowire.errors import Breach, LocalProtocolError
from telcowire.session import Breached, Closed, Limits, Opened, Session, State, StrayAnswer

LIMITS = Limits(
    window_pdus=3,
    heartbeat_s=30.0,
    response_timeout_s=10.0,
    login_timeout_s=5.0,
    tries=2,
    keepalive_tries=2,
    idle_s=100.0,
)
PATIENCE = st.sampled_from([30, 12, 0])
ORDER = [State.LOGIN, State.OPEN, State.CLOSING, State.CLOSED]


class Open(NamedTuple):
    """What the model knows of a request of ours."""

    wire: bytes
    deadline: float
    tries_left: int
    heard: int


class SessionMachine(RuleBasedStateMachine):
    """One side is under test; the machine plays its peer, its application and its clock."""

    conversation: Conversation
    is_client: bool

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.over: list[Session[Any]] = []
        self.peer_seq = 1

    # --- the model ---

    @initialize(patience=PATIENCE, logs_in=st.booleans())
    def begin(self, patience: int, logs_in: bool) -> None:
        self.start(patience)
        if logs_in:
            self.log_in()

    def start(self, patience: int) -> None:
        self.patience = patience
        make = self.conversation.client if self.is_client else self.conversation.server
        self.flavour = make()
        self.session: Session[Any] = Session(self.flavour, LIMITS, self.now)
        self.asks, self.asked = self.conversation.client_asks, self.conversation.server_asks
        if not self.is_client:
            self.asks, self.asked = self.asked, self.asks
        self.login = self.session.data_to_send()
        assert bool(self.login) == self.is_client
        self.read = self.flavour.header.reader()
        self.window = LIMITS.window_pdus
        self.open: dict[int, Open] = {}
        self.ended: list[int] = []
        self.theirs: dict[int, bytes] = {}  # the peer's requests, and what they were answered
        self.owed: set[int] = set()
        self.state = State.LOGIN
        self.began_at = self.heard_at = self.spoke_at = self.phase_at = self.now
        self.probes = 0
        self.heard = 0
        self.is_mute = self.flavour.keepalive(1) is None

    @property
    def is_live(self) -> bool:
        return self.session.state in {State.OPEN, State.CLOSING}

    @property
    def may_end(self) -> bool:
        return not self.session.is_closed and self.patience <= 0

    def said(self) -> list[tuple[int, int, bytes]]:
        """What waits to be written, as (command, sequence, octets)."""
        data, found, at = self.session.data_to_send(), [], 0
        while at < len(data):
            total, command, seq = self.read(data, at)
            found.append((command, seq, data[at : at + total]))
            at += total
        assert at == len(data)
        return found

    def end(self, seq: int) -> None:
        assert seq in self.open, "ended twice, or never begun"
        del self.open[seq]
        self.ended.append(seq)

    def close(self, closed: Any) -> Closed:
        assert isinstance(closed, Closed)
        assert self.session.is_closed
        assert set(closed.unanswered) == set(self.open)
        for seq in closed.unanswered:
            self.end(seq)
        return closed

    def hear(self, wire: bytes) -> list[Any]:
        self.heard_at, self.probes = self.now, 0
        self.heard += 1
        return self.session.receive_data(wire, self.now)

    # --- login ---

    @precondition(lambda self: self.session.state is State.LOGIN)
    @rule()
    def log_in(self) -> None:
        make = self.conversation.server if self.is_client else self.conversation.client
        peer: Session[Any] = Session(make(), LIMITS, self.now)
        if self.is_client:
            peer.receive_data(self.login, self.now)
        (opened,) = self.hear(peer.data_to_send())
        assert isinstance(opened, Opened)
        self.session.data_to_send()

    @precondition(lambda self: self.session.state is State.LOGIN)
    @rule()
    def nothing_is_asked_before_the_login(self) -> None:
        assert self.session.window_free == 0
        with pytest.raises(LocalProtocolError):
            self.session.send_requests(self.asks.kind, [self.asks.pdu], self.now)

    # --- our requests ---

    @precondition(lambda self: self.session.state is State.OPEN)
    @rule(count=st.integers(1, 5))
    def ask(self, count: int) -> None:
        pdus = [self.asks.pdu] * count
        if count > self.window - len(self.open):
            with pytest.raises(LocalProtocolError):
                self.session.send_requests(self.asks.kind, pdus, self.now)
            assert self.said() == []
            return
        seqs = self.session.send_requests(self.asks.kind, pdus, self.now)
        self.spoke_at = self.now
        frames = self.said()
        assert [seq for _, seq, _ in frames] == seqs
        assert not set(seqs) & (set(self.open) | set(self.ended)), "a sequence was used again"
        for _, seq, wire in frames:
            self.open[seq] = Open(wire, self.now + LIMITS.response_timeout_s, LIMITS.tries - 1, self.heard)
        assert len(self.open) <= self.window

    @precondition(lambda self: self.is_live and self.open)
    @rule(data=st.data())
    def answer_in_any_order(self, data: st.DataObject) -> None:
        seq = data.draw(st.sampled_from(sorted(self.open)))
        (event,) = self.hear(self.asks.answer_codec.encode(self.asks.answer, seq))
        assert isinstance(event, self.asks.answered_event)
        assert event.seq == seq  # type: ignore[attr-defined]
        self.end(seq)

    @precondition(lambda self: self.is_live and self.ended)
    @rule(data=st.data())
    def answer_late_or_twice(self, data: st.DataObject) -> None:
        seq = data.draw(st.sampled_from(self.ended))
        events = self.hear(self.asks.answer_codec.encode(self.asks.answer, seq))
        assert events == [StrayAnswer(seq, self.asks.answer)]

    @precondition(lambda self: self.is_client and self.is_live and self.open and self.may_end)
    @rule(data=st.data())
    def answer_something_else(self, data: st.DataObject) -> None:
        seq = data.draw(st.sampled_from(sorted(self.open)))
        codec, pdu = self.conversation.other_answer
        closed = self.close(self.hear(codec.encode(pdu, seq))[-1])
        assert closed.error is not None
        assert closed.error.kind in {Breach.WRONG_ANSWER, Breach.UNKNOWN_COMMAND}

    @rule(window=st.integers(1, 6))
    def set_window(self, window: int) -> None:
        self.session.set_window(window)
        self.window = window

    # --- the peer's requests ---

    @precondition(lambda self: self.is_live)
    @rule()
    def be_asked(self) -> None:
        self.peer_seq += 1
        (event,) = self.hear(self.asked.kind.codec.encode(self.asked.pdu, self.peer_seq))
        assert isinstance(event, self.asked.asked_event)
        self.theirs[self.peer_seq] = b""
        self.owed.add(self.peer_seq)

    @precondition(lambda self: self.is_live and self.owed)
    @rule(data=st.data())
    def give_an_answer(self, data: st.DataObject) -> None:
        seq = data.draw(st.sampled_from(sorted(self.owed)))
        self.session.send_answer(self.asked.answer_codec, self.asked.answer, seq)
        ((command, answered, wire),) = self.said()
        assert (command, answered) == (self.asked.answer_codec.command, seq)
        self.theirs[seq] = wire
        self.owed.remove(seq)

    @precondition(lambda self: self.is_live and self.theirs)
    @rule(data=st.data())
    def be_asked_again(self, data: st.DataObject) -> None:
        seq = data.draw(st.sampled_from(sorted(self.theirs)))
        (event,) = self.hear(self.asked.kind.codec.encode(self.asked.pdu, seq))
        if self.flavour.recall is None:
            assert isinstance(event, self.asked.asked_event)
            self.session.send_answer(self.asked.answer_codec, self.asked.answer, seq)
            assert len(self.said()) == 1
            return
        assert isinstance(event, Breached)
        assert event.is_repetition
        assert b"".join(wire for _, _, wire in self.said()) == self.theirs[seq]

    @precondition(lambda self: self.is_live)
    @rule()
    def be_asked_whether_it_lives(self) -> None:
        self.peer_seq += 1
        wire = self.flavour.keepalive(self.peer_seq)
        if wire is None:
            return
        assert self.hear(wire) == []
        assert [frame[2] for frame in self.said()] == [self.flavour.keepalive_answer(self.peer_seq)]

    # --- time ---

    @rule(seconds=st.sampled_from([0.0, 0.5, 4.0, 5.0, 9.5, 10.0, 30.0, 45.0, 120.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        state = self.session.state
        due = self.session.get_timer()
        events = self.session.handle_timer(self.now)
        frames = self.said()
        ahead = self.session.get_timer()
        assert ahead is None or ahead > self.now, "it would be called again at once"
        if state is State.CLOSED:
            assert (due, events, frames) == (None, [], [])
            return
        if due is None or due > self.now:
            assert (events, frames) == ([], [])
            return
        if isinstance(events[-1] if events else None, Closed):
            self.check_silence(state, events)
            return
        self.check_timeouts(state, events, frames)

    def check_silence(self, state: State, events: list[Any]) -> None:
        is_lost = any(self.is_lost(event.seq) for event in events[:-1])
        for event in events[:-1]:
            assert self.open[event.seq].deadline <= self.now
            self.end(event.seq)
        closed = self.close(events[-1])
        assert closed.error is not None
        assert closed.error.kind is Breach.SILENT
        if is_lost:
            assert state is State.OPEN
        elif state is State.OPEN:
            assert self.probes == LIMITS.keepalive_tries
        else:
            assert self.now >= self.phase_at + LIMITS.login_timeout_s

    def is_lost(self, seq: int) -> bool:
        """Whether nothing shows that the peer lives: no keep-alives, and not a word since the request."""
        return self.is_mute and self.open[seq].heard == self.heard

    def check_timeouts(self, state: State, events: list[Any], frames: list[tuple[int, int, bytes]]) -> None:
        late = [seq for seq, request in self.open.items() if request.deadline <= self.now]
        resent = [seq for seq in late if self.open[seq].tries_left and state is State.OPEN]
        assert [event.seq for event in events] == [seq for seq in late if seq not in resent]
        for event in events:
            assert isinstance(event, self.asks.kind.timed_out)  # type: ignore[arg-type]
            assert not self.is_lost(event.seq) or state is not State.OPEN
            self.end(event.seq)
        for seq in resent:
            wire = self.open[seq].wire
            assert (self.asks.kind.codec.command, seq, wire) in frames, "a resend is the same octets"
            self.open[seq] = self.open[seq]._replace(deadline=self.now + LIMITS.response_timeout_s, tries_left=0)
        others = [frame for frame in frames if frame[1] not in resent]
        assert len(others) <= 1
        if self.session.state is State.CLOSING and state is State.OPEN:
            assert not self.open
            assert not self.owed
            assert self.now >= max(self.heard_at, self.spoke_at) + (LIMITS.idle_s or 0)
            self.phase_at = self.now
        elif others:
            self.probes += 1
            assert self.now >= self.heard_at + (LIMITS.heartbeat_s or 0)

    # --- the end, which waits for some life before it ---

    @precondition(lambda self: self.session.state is State.OPEN and self.patience <= 0)
    @rule()
    def drain(self) -> None:
        self.session.terminate(self.now, LIMITS.login_timeout_s)
        self.phase_at = self.now
        assert len(self.said()) == 1
        assert self.session.window_free == 0

    @precondition(lambda self: self.session.state is State.CLOSING)
    @rule()
    def agree_to_the_end(self) -> None:
        (closed,) = self.hear(self.flavour.terminate_answer(7))
        assert self.close(closed).error is None

    @precondition(lambda self: self.may_end)
    @rule()
    def be_told_to_end(self) -> None:
        self.said()
        (closed,) = self.hear(self.flavour.terminate(7))
        assert self.close(closed).error is None
        assert [frame[2] for frame in self.said()] == [self.flavour.terminate_answer(7)]

    @precondition(lambda self: self.may_end)
    @rule()
    def lose_the_connection(self) -> None:
        (closed,) = self.session.receive_eof()
        assert self.close(closed).error is None

    @precondition(lambda self: self.may_end)
    @rule(length=st.sampled_from([0, 11, 0x00FFFFFF, 0xFFFFFFFF]))
    def hear_garbage(self, length: int) -> None:
        closed = self.close(self.hear(length.to_bytes(4, "big") + bytes(20))[-1])
        assert closed.error is not None
        assert closed.error.kind is (Breach.OVERSIZED if length > 0xFFFF else Breach.UNDERSIZED)
        assert len(self.said()) <= 1, "a last word, where the protocol has one"

    @precondition(lambda self: self.session.is_closed)
    @rule(patience=PATIENCE)
    def connect_again(self, patience: int) -> None:
        self.over.append(self.session)
        self.start(patience)
        self.log_in()

    # --- what must hold ---

    @invariant()
    def all_is_as_the_model_says(self) -> None:
        session = self.session
        self.patience -= 1
        assert ORDER.index(session.state) >= ORDER.index(self.state)
        self.state = session.state
        assert set(session.unanswered) == set(self.open)
        free = max(0, self.window - len(self.open)) if session.state is State.OPEN else 0
        assert session.window_free == free
        timer = session.get_timer()
        if session.is_closed:
            assert timer is None
        elif session.state is State.LOGIN:
            assert timer is not None
        if self.is_live:
            assert session.owed == len(self.owed)

    @invariant()
    def what_is_closed_stays_closed(self) -> None:
        for session in self.over:
            assert session.state is State.CLOSED
            assert session.receive_data(b"anything", self.now) == []
            assert session.handle_timer(self.now + 1000) == []
            assert session.abort("again") == []
            assert session.window_free == 0


@pytest.mark.parametrize("is_client", [True, False], ids=["client", "server"])
@pytest.mark.parametrize("name", CONVERSATIONS)
def test_any_order_of_events(name: str, is_client: bool) -> None:
    kind = type("Machine", (SessionMachine,), {"conversation": CONVERSATIONS[name], "is_client": is_client})
    run_state_machine_as_test(
        kind,
        settings=settings(
            max_examples=30, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
