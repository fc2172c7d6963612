from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcowire.cmpp.events import (
    BadReportReceived,
    CancelAnswered,
    CancelReceived,
    DeliverAnswered,
    DeliverTimedOut,
    MoReceived,
    QueryAnswered,
    QueryReceived,
    ReportReceived,
    RequestTimedOut,
    SubmitAnswered,
    SubmitReceived,
    SubmitTimedOut,
)
from telcowire.cmpp.flavour import CmppAccount, CmppClientFlavour, CmppServerAccount, CmppServerFlavour
from telcowire.cmpp.pdus import (
    CMPP20,
    CMPP30,
    Cancel,
    CancelResp,
    Deliver,
    DeliverResp,
    Query,
    QueryResp,
    Submit,
    SubmitResp,
)
from telcowire.cmpp.reports import Report, format_report
from telcowire.errors import Breach, LocalProtocolError, LoginRefusedError, RemoteProtocolError
from telcowire.session import Breached, Closed, Limits, Opened, Session, State, StrayAnswer

SUBMIT = Submit(dest_terminal_ids=("13800000000",), msg_content=b"\x4e\x2d")
SECRET = "shared"
LIMITS = Limits(window_pdus=2, heartbeat_s=30, response_timeout_s=10, login_timeout_s=5)


class Line:
    """A client and a server session with a wire between them, and a clock that the test moves."""

    def __init__(self, version: int = 0x30, secret: str = SECRET, limits: Limits = LIMITS) -> None:
        self.now = 1000.0
        self.client_flavour = CmppClientFlavour(CmppAccount("901234", secret, version), 301000000)
        self.server_flavour = CmppServerFlavour(
            lambda addr: CmppServerAccount(addr, "shared") if addr == "901234" else None
        )
        self.client = Session(self.client_flavour, limits, self.now)
        self.server = Session(self.server_flavour, limits._replace(heartbeat_s=None), self.now)

    def to_server(self) -> list[Any]:
        return self.server.receive_data(self.client.data_to_send(), self.now)

    def to_client(self) -> list[Any]:
        return self.client.receive_data(self.server.data_to_send(), self.now)

    def login(self) -> "Line":
        assert self.to_server() == [Opened("901234")]
        assert self.to_client() == [Opened("901234")]
        return self

    def submit(self, count: int = 1) -> list[int]:
        return self.client.send_requests(self.client_flavour.requests.submit, [SUBMIT] * count, self.now)

    def answer(self, seq: int, msg_id: int = 1, result: int = 0) -> None:
        self.server.send_answer(self.server_flavour.codecs.submit_resp, SubmitResp(msg_id, result), seq)

    def deliver(self, deliver: Deliver) -> int:
        return self.server.send_requests(self.server_flavour.requests.deliver, [deliver], self.now)[0]

    def wait(self, session: Session[Any], seconds: float) -> list[Any]:
        self.now += seconds
        return session.handle_timer(self.now)


VERSIONS = pytest.mark.parametrize("version", [0x20, 0x21, 0x30])


@VERSIONS
def test_a_message_goes_its_way(version: int) -> None:
    line = Line(version).login()
    (seq,) = line.submit()
    assert line.to_server() == [SubmitReceived(seq, SUBMIT)]
    line.answer(seq, 77, 0)
    assert line.to_client() == [SubmitAnswered(seq, 77, 0)]
    report = Report(77, "DELIVRD", "2611220000", "2611220000", "13800000000")
    content = format_report(report, line.server_flavour.codecs.version)
    deliver_seq = line.deliver(Deliver(msg_id=9, registered_delivery=1, msg_content=content))
    assert line.to_client() == [ReportReceived(deliver_seq, 9, report)]
    line.client.send_answer(line.client_flavour.codecs.deliver_resp, DeliverResp(9, 0), deliver_seq)
    assert line.to_server() == [DeliverAnswered(deliver_seq, 9, 0)]


@given(st.data())
def test_bytes_may_come_in_any_pieces(data: st.DataObject) -> None:
    line = Line().login()
    line.submit(2)
    wire, events = line.client.data_to_send(), []
    while wire:
        cut = data.draw(st.integers(1, len(wire)))
        events += line.server.receive_data(wire[:cut], line.now)
        wire = wire[cut:]
    assert events == [SubmitReceived(2, SUBMIT), SubmitReceived(3, SUBMIT)]


def test_the_window_is_kept_and_opens_with_answers() -> None:
    line = Line()
    assert line.client.window_free == 0, "not before the login"
    with pytest.raises(LocalProtocolError, match="is login"):
        line.submit()
    line.login()
    first, second = line.submit(2)
    assert line.client.window_free == 0
    assert line.client.unanswered == (first, second)
    with pytest.raises(LocalProtocolError, match="room for 0"):
        line.submit()
    line.to_server()
    line.answer(second)
    line.to_client()
    assert line.client.window_free == 1
    with pytest.raises(LocalProtocolError, match="room for 1"):
        line.submit(2)
    assert line.submit() == [second + 1]


def test_a_batch_with_a_bad_value_sends_nothing() -> None:
    line = Line().login()
    with pytest.raises(LocalProtocolError, match="numbers"):
        line.client.send_requests(line.client_flavour.requests.submit, [SUBMIT, Submit()], line.now)
    assert line.client.data_to_send() == b""
    assert line.client.window_free == 2
    assert line.submit() == [2], "no sequence was used up"


def test_sequences_wrap_and_step_over_open_ones() -> None:
    line = Line().login()
    line.client._next_seq = 0xFFFFFFFF
    assert line.submit(2) == [0xFFFFFFFF, 1]
    line.to_server()
    line.answer(0xFFFFFFFF)
    line.to_client()
    line.client._next_seq = 1
    assert line.submit() == [2]


def test_an_answer_that_does_not_come_frees_the_window() -> None:
    line = Line().login()
    first, second = line.submit(2)
    assert line.client.get_timer() == line.now + 10
    assert line.wait(line.client, 9.9) == []
    assert line.wait(line.client, 0.1) == [SubmitTimedOut(first), SubmitTimedOut(second)]
    assert line.client.window_free == 2
    line.to_server()
    line.answer(first, 5)
    assert line.to_client() == [StrayAnswer(first, SubmitResp(5, 0))]


def test_only_what_is_due_times_out() -> None:
    line = Line().login()
    (first,) = line.submit()
    line.now += 4
    (second,) = line.submit()
    assert line.wait(line.client, 6) == [SubmitTimedOut(first)]
    assert line.client.unanswered == (second,)
    assert line.client.get_timer() == line.now + 4


def test_resending_is_a_switch_and_keeps_the_sequence() -> None:
    line = Line(limits=LIMITS._replace(tries=3, heartbeat_s=None)).login()
    (seq,) = line.submit()
    sent = line.client.data_to_send()
    for _ in range(2):
        assert line.wait(line.client, 10) == []
        assert line.client.data_to_send() == sent
    assert line.wait(line.client, 10) == [SubmitTimedOut(seq)]
    assert line.client.data_to_send() == b""


def test_queries_and_cancels_have_their_own_answers() -> None:
    line = Line().login()
    requests, codecs = line.client_flavour.requests, line.server_flavour.codecs
    query, answer = Query("20261122", 0), QueryResp("20261122", 0, "", *range(8))
    (asked,) = line.client.send_requests(requests.query, [query], line.now)
    (called_back,) = line.client.send_requests(requests.cancel, [Cancel(7)], line.now)
    assert line.to_server() == [QueryReceived(asked, query), CancelReceived(called_back, Cancel(7))]
    line.server.send_answer(codecs.query_resp, answer, asked)
    line.server.send_answer(codecs.cancel_resp, CancelResp(1), called_back)
    assert line.to_client() == [QueryAnswered(asked, answer), CancelAnswered(called_back, 1)]
    (lost,) = line.client.send_requests(requests.cancel, [Cancel(8)], line.now)
    assert line.wait(line.client, 10) == [RequestTimedOut(lost)]


def test_an_uplink_and_a_bad_report_are_told_apart() -> None:
    line = Line().login()
    uplink, bad = Deliver(msg_id=1, msg_content=b"\x4e\x2d"), Deliver(msg_id=2, registered_delivery=1, msg_content=b"?")
    seqs = [line.deliver(uplink), line.deliver(bad)]
    assert line.to_client() == [MoReceived(seqs[0], uplink), BadReportReceived(seqs[1], bad)]
    assert line.server.window_free == 0, "the server keeps a window, too"
    assert line.wait(line.server, 10) == [DeliverTimedOut(seqs[0]), DeliverTimedOut(seqs[1])]


def test_a_flavour_may_keep_a_command_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line().login()
    silent = {command: route._replace(event=None) for command, route in line.client_flavour.routes.items()}
    monkeypatch.setattr(line.client, "_routes", silent)
    (seq,) = line.submit()
    line.to_server()
    line.answer(seq)
    line.deliver(Deliver(msg_content=b"\x4e\x2d"))
    assert line.to_client() == []
    assert line.client.window_free == 2


# --- keep-alive ---


def test_a_silent_peer_is_asked_and_given_up_after_three_tries() -> None:
    line = Line().login()
    assert line.client.get_timer() == line.now + 30
    assert line.wait(line.client, 29.9) == []
    assert line.client.data_to_send() == b""
    line.wait(line.client, 0.1)
    probe = line.client.data_to_send()
    assert probe[4:8] == bytes.fromhex("00000008")
    assert line.wait(line.client, 9) == []
    assert line.client.data_to_send() == b"", "an early timer does nothing"
    for seconds in (1, 10):
        assert line.wait(line.client, seconds) == []
        assert line.client.data_to_send() == probe
    (closed,) = line.wait(line.client, 10)
    assert closed.reason == "the peer is silent: 3 keep-alives without an answer"
    assert closed.error.kind is Breach.SILENT
    assert line.client.get_timer() is None
    assert line.wait(line.client, 100) == []


def test_an_answer_or_any_byte_proves_life() -> None:
    line = Line().login()
    line.wait(line.client, 30)
    assert line.to_server() == []
    assert line.to_client() == []
    assert line.client.get_timer() == line.now + 30
    line.now += 29
    line.deliver(Deliver(msg_content=b"\x4e\x2d"))
    line.to_client()
    assert line.client.get_timer() == line.now + 30


def test_the_peers_link_test_is_answered() -> None:
    line = Line().login()
    asked = bytes.fromhex("0000000c0000000800000063")
    assert line.client.receive_data(asked, line.now) == []
    assert line.client.data_to_send() == bytes.fromhex("0000000d800000080000006300")


def test_without_heartbeat_there_is_no_timer() -> None:
    line = Line().login()
    assert line.server.get_timer() is None
    assert line.wait(line.server, 10_000) == []
    assert line.server.data_to_send() == b""


def test_a_protocol_without_keepalive_waits_on(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line().login()
    monkeypatch.setattr(line.client_flavour, "keepalive", lambda _seq: None)
    assert line.wait(line.client, 30) == []
    assert line.client.data_to_send() == b""
    assert line.client.get_timer() is None, "it is not asked for again and again"


# --- login ---


def test_a_wrong_secret_is_refused_on_both_sides() -> None:
    line = Line(secret="other")
    (closed,) = line.to_server()
    assert closed.reason == "login refused: 3 (authentication failed)"
    assert closed.error.kind is Breach.WRONG_DIGEST
    (closed,) = line.to_client()
    assert isinstance(closed.error, LoginRefusedError)
    assert closed.error.status == 3
    assert line.server.state is line.client.state is State.CLOSED


def test_a_login_that_nobody_answers_ends() -> None:
    line = Line()
    assert line.client.get_timer() == line.server.get_timer() == line.now + 5
    for closed in (*line.wait(line.client, 5), *line.server.handle_timer(line.now)):
        assert closed.reason == "login not answered in time"
        assert closed.error.kind is Breach.SILENT
    assert line.client.is_closed
    assert line.server.is_closed


@pytest.mark.parametrize(
    "wire",
    [
        CMPP30.submit.encode(SUBMIT, 1),
        CMPP30.active_test.encode((), 1),
        CMPP30.deliver_resp.encode(DeliverResp(1, 0), 1),
        CMPP30.active_test_resp.encode((b"",), 1),
        CMPP30.terminate_resp.encode((), 1),
    ],
    ids=["submit", "active_test", "deliver_resp", "active_test_resp", "terminate_resp"],
)
def test_nothing_but_a_login_comes_first(wire: bytes) -> None:
    line = Line()
    (closed,) = line.server.receive_data(wire, line.now)
    assert isinstance(closed.error, RemoteProtocolError)
    assert "while the session is login" in closed.reason


def test_a_second_login_and_a_foreign_login_answer_end_it() -> None:
    line = Line()
    login = line.client.data_to_send()
    line.server.receive_data(login, line.now)
    (closed,) = line.server.receive_data(login, line.now)
    assert "Connect while the session is open" in closed.reason
    answer = bytearray(line.server.data_to_send())
    answer[11] = 99
    (closed,) = line.client.receive_data(bytes(answer), line.now)
    assert "ConnectResp while the session is login" in closed.reason


def test_what_follows_the_login_in_one_read_is_read_in_its_version() -> None:
    line = Line(0x20)
    codecs = CMPP20
    wire = line.client.data_to_send() + codecs.submit.encode(SUBMIT, 2)
    assert line.server.receive_data(wire, line.now) == [Opened("901234"), SubmitReceived(2, SUBMIT)]


def test_a_peer_may_hang_up_during_the_login() -> None:
    line = Line()
    assert line.server.receive_data(CMPP30.terminate.encode((), 1), line.now) == [Closed("terminated by the peer")]
    assert line.server.data_to_send() == CMPP30.terminate_resp.encode((), 1)


# --- the end ---


def test_termination_waits_for_the_peer_and_answers_still_come() -> None:
    line = Line().login()
    (seq,) = line.submit()
    line.to_server()
    line.client.terminate(line.now, 3)
    assert line.client.state is State.CLOSING
    assert line.client.window_free == 0
    with pytest.raises(LocalProtocolError, match="closing"):
        line.submit()
    with pytest.raises(LocalProtocolError, match="closing"):
        line.client.terminate(line.now, 3)
    deliver_seq = line.deliver(Deliver(msg_id=4, msg_content=b"\x4e\x2d"))
    line.answer(seq, 7)
    events = line.to_client()
    assert [type(event) for event in events] == [MoReceived, SubmitAnswered]
    line.client.send_answer(line.client_flavour.codecs.deliver_resp, DeliverResp(4, 0), deliver_seq)
    assert line.to_server() == [Closed("terminated by the peer", (deliver_seq,))]
    assert line.to_client() == [Closed("terminated")]
    with pytest.raises(LocalProtocolError, match="closed"):
        line.client.send_answer(line.client_flavour.codecs.deliver_resp, DeliverResp(4, 0), deliver_seq)


def test_termination_gives_up_and_names_what_is_open() -> None:
    line = Line().login()
    (seq,) = line.submit()
    line.client.terminate(line.now, 3)
    assert line.client.get_timer() == line.now + 3
    (closed,) = line.wait(line.client, 3)
    assert closed[:2] == ("termination not answered in time", (seq,))
    assert closed.error.kind is Breach.SILENT


def test_requests_time_out_while_closing_without_a_resend() -> None:
    line = Line(limits=LIMITS._replace(tries=3)).login()
    (seq,) = line.submit()
    line.client.terminate(line.now, 30)
    line.client.data_to_send()
    assert line.wait(line.client, 10) == [SubmitTimedOut(seq)]
    assert line.client.data_to_send() == b""


def test_a_termination_answer_without_a_question_is_an_error() -> None:
    line = Line().login()
    (closed,) = line.client.receive_data(CMPP30.terminate_resp.encode((), 5), line.now)
    assert "TerminateResp while the session is open" in closed.reason


def test_a_lost_connection_is_told_once() -> None:
    line = Line().login()
    seqs = line.submit(2)
    assert line.client.receive_eof() == [Closed("connection lost", tuple(seqs))]
    assert line.client.receive_eof() == []
    assert line.client.abort("again") == []
    assert line.client.receive_data(b"anything", line.now) == []
    assert line.client.is_closed


# --- broken peers ---


@pytest.mark.parametrize(
    ("wire", "reason"),
    [
        ("0000000b8000000400000002", "PDU of 11 octets"),
        ("000010018000000400000002", "PDU of 4097 octets"),
        ("ffffffff8000000400000002", "PDU of 4294967295 octets"),
        ("0000000c0000001100000002", "0x00000011 is not known"),
        ("0000000c0000000400000002", "0x00000004 is not known"),
        ("0000000d800000040000000200", "SubmitResp: 13 octets"),
    ],
)
def test_a_broken_pdu_closes_with_a_reason(wire: str, reason: str) -> None:
    line = Line().login()
    (seq,) = line.submit()
    (closed,) = line.client.receive_data(bytes.fromhex(wire), line.now)
    assert reason in closed.reason
    assert closed.unanswered == (seq,)
    assert isinstance(closed.error, RemoteProtocolError)


def test_events_before_the_error_are_kept() -> None:
    line = Line().login()
    (seq,) = line.submit()
    wire = CMPP30.submit_resp.encode(SubmitResp(5, 0), seq) + bytes(12)
    answered, closed = line.client.receive_data(wire, line.now)
    assert answered == SubmitAnswered(seq, 5, 0)
    assert "PDU of 0 octets" in closed.reason


def test_an_answer_of_the_wrong_kind_is_an_error() -> None:
    line = Line().login()
    (seq,) = line.submit()
    (closed,) = line.client.receive_data(CMPP30.cancel_resp.encode(CancelResp(0), seq), line.now)
    assert "asked for something else" in closed.reason
    assert closed.unanswered == (seq,)


@VERSIONS
def test_one_bad_request_is_refused_and_the_line_goes_on(version: int) -> None:
    line = Line(version).login()
    codecs = line.server_flavour.codecs
    bad = (12 + 20).to_bytes(4, "big") + bytes.fromhex("0000000400000009") + bytes(20)
    refused, received = line.server.receive_data(bad + codecs.submit.encode(SUBMIT, 10), line.now)
    assert refused[:2] == (9, Breach.BAD_LENGTH)
    assert received == SubmitReceived(10, SUBMIT)
    assert line.server.data_to_send() == codecs.submit_resp.encode(SubmitResp(0, 4), 9)
    bad = (12 + 20).to_bytes(4, "big") + bytes.fromhex("0000000500000009") + bytes(20)
    assert [event[:2] for event in line.client.receive_data(bad, line.now)] == [(9, Breach.BAD_LENGTH)]
    assert line.client.data_to_send() == codecs.deliver_resp.encode(DeliverResp(0, 4), 9)
    bad = (12 + 1).to_bytes(4, "big") + bytes.fromhex("0000000700000009") + bytes(1)
    assert [event[:2] for event in line.server.receive_data(bad, line.now)] == [(9, Breach.BAD_LENGTH)]
    assert line.server.data_to_send() == codecs.cancel_resp.encode(CancelResp(1), 9)
    bad = (12 + 1).to_bytes(4, "big") + bytes.fromhex("0000000600000009") + bytes(1)
    (closed,) = line.server.receive_data(bad, line.now)
    assert "Query: 13 octets" in closed.reason


@given(st.lists(st.binary(max_size=300), max_size=5), st.booleans())
def test_any_octets_end_in_events_never_in_an_exception(chunks: list[bytes], is_logged_in: bool) -> None:
    line = Line()
    if is_logged_in:
        line.login()
        line.submit()
    for session in (line.client, line.server):
        events = [event for chunk in chunks for event in session.receive_data(chunk, line.now)]
        assert sum(isinstance(event, Closed) for event in events) <= 1
        assert session.is_closed or len(session._rest) <= 4096


@given(st.data())
def test_a_flipped_bit_ends_in_events_never_in_an_exception(data: st.DataObject) -> None:
    line = Line().login()
    line.submit(2)
    wire = bytearray(line.client.data_to_send())
    at = data.draw(st.integers(0, len(wire) * 8 - 1))
    wire[at // 8] ^= 1 << at % 8
    events = line.server.receive_data(bytes(wire), line.now)
    assert all(
        isinstance(event, SubmitReceived | StrayAnswer | Breached | Closed | QueryReceived | CancelReceived)
        for event in events
    )
