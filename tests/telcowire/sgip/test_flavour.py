"""SGIP over the session, both ends of both directions, with a wire that the test holds and a clock that it moves."""

from typing import Any

import pytest

from telcowire.errors import Breach, LocalProtocolError, LoginRefusedError
from telcowire.session import Breached, Closed, Limits, Opened, Session, StrayAnswer
from telcowire.sgip.events import (
    DeliverAnswered,
    MoReceived,
    ReportAnswered,
    ReportReceived,
    ReportTimedOut,
    RequestTimedOut,
    SubmitAnswered,
    SubmitReceived,
    SubmitTimedOut,
    TraceAnswered,
    TraceReceived,
    UserRptAnswered,
    UserRptReceived,
)
from telcowire.sgip.flavour import (
    REQUESTS,
    SgipAccount,
    SgipClientFlavour,
    SgipServerAccount,
    SgipServerFlavour,
)
from telcowire.sgip.pdus import (
    LOGIN_SMG,
    LOGIN_SP,
    SGIP,
    BindResp,
    Deliver,
    DeliverResp,
    Report,
    ReportResp,
    Submit,
    SubmitResp,
    Trace,
    TraceResp,
    UserRpt,
    UserRptResp,
)
from telcowire.sgip.sequences import SgipSequence, unpack_sequence

SUBMIT = Submit(sp_number="1069", user_numbers=("8613000000000",), message_content=b"\x4e\x2d")
LIMITS = Limits(window_pdus=2, heartbeat_s=None, response_timeout_s=30, login_timeout_s=5)
NODE, SMG_NODE = 3010099999, 101000
PASSWORD = "pw"


class Line:
    """The calling and the called end."""

    def __init__(
        self, login_type: int = LOGIN_SP, password: str = PASSWORD, limits: Limits = LIMITS, known_type: int = 0
    ) -> None:
        self.now = 1000.0
        nodes = (NODE, SMG_NODE) if login_type == LOGIN_SP else (SMG_NODE, NODE)
        sequences = [SgipSequence(node, lambda: 1772294400.0, 0) for node in nodes]
        known = SgipServerAccount("sp", PASSWORD, known_type or login_type)
        account = SgipAccount("sp", password, login_type)
        self.client: Session[Any] = Session(SgipClientFlavour(account, sequences[0]), limits, self.now)
        server = SgipServerFlavour(lambda name: known if name == "sp" else None, sequences[1])
        self.server: Session[Any] = Session(server, limits, self.now)

    def to_server(self) -> list[Any]:
        return self.server.receive_data(self.client.data_to_send(), self.now)

    def to_client(self) -> list[Any]:
        return self.client.receive_data(self.server.data_to_send(), self.now)

    def login(self) -> "Line":
        assert self.to_server() == [Opened("sp")]
        assert self.to_client() == [Opened("sp")]
        return self

    def wait(self, session: Session[Any], seconds: float) -> list[Any]:
        self.now += seconds
        return session.handle_timer(self.now)


def test_the_sp_calls_and_submits() -> None:
    line = Line().login()
    first, second = line.client.send_requests(REQUESTS.submit, [SUBMIT] * 2, line.now)
    assert unpack_sequence(first) == (NODE, 301000000, 1), "0 was the login's"
    assert unpack_sequence(second) == (NODE, 301000000, 2)
    assert line.to_server() == [SubmitReceived(first, SUBMIT), SubmitReceived(second, SUBMIT)]
    line.server.send_answer(SGIP.submit_resp, SubmitResp(11), second)
    line.server.send_answer(SGIP.submit_resp, SubmitResp(0), first)
    line.server.send_answer(SGIP.submit_resp, SubmitResp(0), first)
    assert line.to_client() == [
        SubmitAnswered(second, 11),
        SubmitAnswered(first, 0),
        StrayAnswer(first, SubmitResp(0)),
    ]


def test_the_smg_calls_and_brings_reports_texts_and_changes() -> None:
    line = Line(LOGIN_SMG, limits=LIMITS._replace(window_pdus=4)).login()
    report = Report(7, 0, "8613000000000", 1)
    deliver = Deliver("8613000000000", "1069", message_content=b"\x4e\x2d")
    change, trace = UserRpt("1069", "8613000000000", 1), Trace(7, "8613000000000")
    seqs = [
        line.client.send_requests(kind, [pdu], line.now)[0]
        for kind, pdu in (
            (REQUESTS.report, report),
            (REQUESTS.deliver, deliver),
            (REQUESTS.user_rpt, change),
            (REQUESTS.trace, trace),
        )
    ]
    assert line.to_server() == [
        ReportReceived(seqs[0], report),
        MoReceived(seqs[1], deliver),
        UserRptReceived(seqs[2], change),
        TraceReceived(seqs[3], trace),
    ]
    assert line.server.owed == 4
    line.server.send_answer(SGIP.report_resp, ReportResp(0), seqs[0])
    line.server.send_answer(SGIP.deliver_resp, DeliverResp(0), seqs[1])
    line.server.send_answer(SGIP.user_rpt_resp, UserRptResp(0), seqs[2])
    line.server.send_answer(SGIP.trace_resp, TraceResp(), seqs[3])
    assert line.server.owed == 0
    assert line.to_client() == [
        ReportAnswered(seqs[0], 0),
        DeliverAnswered(seqs[1], 0),
        UserRptAnswered(seqs[2], 0),
        TraceAnswered(seqs[3], TraceResp()),
    ]


def test_timeouts_have_their_names() -> None:
    line = Line(LOGIN_SMG).login()
    first, second = (
        line.client.send_requests(kind, [pdu], line.now)[0]
        for kind, pdu in ((REQUESTS.report, Report(1, 0, "1", 0)), (REQUESTS.trace, Trace(1, "1")))
    )
    assert line.wait(line.client, 29.9) == []
    line.to_client()
    line.server.send_requests(REQUESTS.submit, [SUBMIT], line.now)
    line.to_client()
    assert line.wait(line.client, 0.1) == [ReportTimedOut(first), RequestTimedOut(second)]
    assert not line.client.is_closed


def test_an_smg_that_says_nothing_is_noticed_by_the_first_request_that_times_out() -> None:
    line = Line(limits=LIMITS._replace(window_pdus=4)).login()
    first, second = line.client.send_requests(REQUESTS.submit, [SUBMIT] * 2, line.now)
    line.now += 10
    (third,) = line.client.send_requests(REQUESTS.submit, [SUBMIT], line.now)
    # an answer to another request, even a stray one, shows that it lives
    line.to_server()
    line.server.send_answer(SGIP.submit_resp, SubmitResp(0), second)
    assert line.to_client() == [SubmitAnswered(second, 0)]
    line.now += 10
    (fourth,) = line.client.send_requests(REQUESTS.submit, [SUBMIT], line.now)
    assert line.wait(line.client, 10) == [SubmitTimedOut(first)]
    assert line.wait(line.client, 10) == [SubmitTimedOut(third)]
    (fifth,) = line.client.send_requests(REQUESTS.submit, [SUBMIT], line.now)
    *events, closed = line.wait(line.client, 10)
    assert events == [SubmitTimedOut(fourth)]
    assert isinstance(closed, Closed)
    assert closed.unanswered == (fifth,)
    assert closed.error is not None
    assert closed.error.kind is Breach.SILENT
    assert line.client.is_closed


def test_traffic_does_not_hide_that_an_smg_is_dead() -> None:
    line = Line(limits=LIMITS._replace(window_pdus=32)).login()
    sent, ended = set[int](), list[int]()
    for _ in range(60):
        if line.client.is_closed:
            break
        sent.update(line.client.send_requests(REQUESTS.submit, [SUBMIT] * line.client.window_free, line.now))
        for event in line.wait(line.client, 1):
            ended.extend(event.unanswered if isinstance(event, Closed) else [event.seq])
    assert line.now == 1000 + LIMITS.response_timeout_s
    assert len(sent) == 32
    assert sorted(ended) == sorted(sent)


# --- login ---


@pytest.mark.parametrize(
    ("options", "result", "kind"),
    [
        ({"password": "other"}, 1, Breach.WRONG_DIGEST),
        ({"known_type": LOGIN_SMG}, 4, Breach.REFUSED),
    ],
)
def test_a_wrong_login_is_refused_with_its_result(options: dict[str, Any], result: int, kind: Breach) -> None:
    line = Line(**options)
    (closed,) = line.to_server()
    assert closed.error.kind is kind
    (closed,) = line.to_client()
    assert isinstance(closed.error, LoginRefusedError)
    assert (closed.error.status, closed.error.kind) == (result, Breach.REFUSED)
    assert line.client.is_closed
    assert line.server.is_closed


def test_an_unknown_name_is_refused() -> None:
    flavour = SgipServerFlavour(lambda _name: None, SgipSequence(1, lambda: 0.0, 0))
    server: Session[Any] = Session(flavour, LIMITS, 0.0)
    (closed,) = server.receive_data(Line().client.data_to_send(), 0.0)
    assert closed.error.kind is Breach.UNKNOWN_ACCOUNT
    assert server.data_to_send()[20] == 1


def test_nobody_calls_with_another_login_type() -> None:
    with pytest.raises(LocalProtocolError, match="login type 3"):
        SgipClientFlavour(SgipAccount("sp", "pw", 3), SgipSequence(1, lambda: 0.0, 0))


def test_a_second_login_is_answered_2_and_the_connection_stays() -> None:
    line = Line()
    login = line.client.data_to_send()
    assert line.server.receive_data(login, line.now) == [Opened("sp")]
    line.to_client()
    (breached,) = line.server.receive_data(login, line.now)
    assert breached.kind is Breach.WRONG_STATE
    seq = int.from_bytes(login[8:20], "big")
    assert line.server.data_to_send() == SGIP.bind_resp.encode(BindResp(2), seq)
    assert not line.server.is_closed


def test_a_submit_before_the_login_is_answered_1() -> None:
    line = Line()
    (breached,) = line.server.receive_data(SGIP.submit.encode(SUBMIT, 5), line.now)
    assert breached[:2] == (5, Breach.WRONG_STATE)
    assert line.server.data_to_send() == SGIP.submit_resp.encode(SubmitResp(1), 5)
    line.login()


def test_an_answer_before_the_login_ends_it() -> None:
    line = Line()
    (closed,) = line.server.receive_data(SGIP.report_resp.encode(ReportResp(0), 5), line.now)
    assert closed.error.kind is Breach.UNKNOWN_COMMAND


# --- repetitions ---


def test_a_repetition_is_dropped_and_answered_as_before() -> None:
    line = Line().login()
    wire = SGIP.submit.encode(SUBMIT, 5)
    assert line.server.receive_data(wire, line.now) == [SubmitReceived(5, SUBMIT)]
    repetition = Breached(5, Breach.SEQUENCE_REUSED, "a repetition", is_repetition=True)
    assert line.server.receive_data(wire, line.now) == [repetition]
    assert line.server.data_to_send() == b"", "there is no answer yet to repeat"
    line.server.send_answer(SGIP.submit_resp, SubmitResp(0), 5)
    answer = line.server.data_to_send()
    assert line.server.receive_data(wire, line.now) == [repetition]
    assert line.server.data_to_send() == answer
    assert line.server.owed == 0


def test_the_same_sequence_with_other_content_is_answered_9() -> None:
    line = Line().login()
    line.server.receive_data(SGIP.submit.encode(SUBMIT, 5), line.now)
    line.server.send_answer(SGIP.submit_resp, SubmitResp(0), 5)
    line.server.data_to_send()
    other = SGIP.submit.encode(SUBMIT._replace(message_content=b"\x65\x87"), 5)
    (breached,) = line.server.receive_data(other, line.now)
    assert breached[:2] == (5, Breach.SEQUENCE_REUSED)
    assert not breached.is_repetition
    assert line.server.data_to_send() == SGIP.submit_resp.encode(SubmitResp(9), 5)
    line.server.receive_data(SGIP.submit.encode(SUBMIT, 5), line.now)
    assert line.server.data_to_send() == SGIP.submit_resp.encode(SubmitResp(0), 5), "the first keeps its answer"


def test_a_resend_keeps_its_sequence_and_counts_once() -> None:
    line = Line(limits=LIMITS._replace(tries=2)).login()
    (seq,) = line.client.send_requests(REQUESTS.submit, [SUBMIT], line.now)
    assert line.to_server() == [SubmitReceived(seq, SUBMIT)]
    assert line.wait(line.client, 30) == []
    (repetition,) = line.to_server()
    assert repetition.is_repetition
    line.server.send_answer(SGIP.submit_resp, SubmitResp(0), seq)
    assert line.to_client() == [SubmitAnswered(seq, 0)]


def test_only_the_last_thousand_are_remembered() -> None:
    line = Line().login()
    for seq in range(1, 1027):
        line.server.receive_data(SGIP.submit.encode(SUBMIT, seq), line.now)
    assert line.server.receive_data(SGIP.submit.encode(SUBMIT, 1), line.now) == [SubmitReceived(1, SUBMIT)]


# --- bad input ---


def frame(command: int, body: bytes, seq: int = 5) -> bytes:
    return (20 + len(body)).to_bytes(4, "big") + command.to_bytes(4, "big") + seq.to_bytes(12, "big") + body


@pytest.mark.parametrize(
    ("wire", "kind", "result"),
    [
        (frame(3, bytes(30)), Breach.BAD_LENGTH, 8),
        (frame(3, bytes(123)), Breach.BAD_STRUCTURE, 5),
        (frame(0x99, b"?"), Breach.UNKNOWN_COMMAND, 7),
        (frame(4, bytes(57)), Breach.UNKNOWN_COMMAND, 7),
    ],
    ids=["a short Submit", "a Submit to nobody", "unknown", "a Deliver to the SMG"],
)
def test_a_bad_request_is_answered_and_the_connection_stays(wire: bytes, kind: Breach, result: int) -> None:
    line = Line().login()
    (breached,) = line.server.receive_data(wire, line.now)
    assert breached[:2] == (5, kind)
    command = int.from_bytes(wire[4:8], "big") | 0x80000000
    assert line.server.data_to_send() == frame(command, bytes((result,)) + bytes(8))
    assert not line.server.is_closed
    assert line.server.owed == 0


@pytest.mark.parametrize(
    ("wire", "kind"),
    [
        (frame(3, bytes(2029)), Breach.OVERSIZED),
        (b"\xff" * 20, Breach.OVERSIZED),
        (bytes(20), Breach.UNDERSIZED),
        (frame(0x80000099, b""), Breach.UNKNOWN_COMMAND),
        (frame(0x80000005, bytes(8)), Breach.BAD_LENGTH),
        (frame(1, bytes(40)), Breach.BAD_LENGTH),
        (frame(0x80000001, bytes(9)), Breach.WRONG_STATE),
        (frame(0x80000002, b""), Breach.WRONG_STATE),
    ],
    ids=["2049 octets", "garbage", "zeros", "unknown answer", "short answer", "short bind", "bind_resp", "unbind_resp"],
)
def test_what_cannot_be_trusted_any_more_ends_the_connection(wire: bytes, kind: Breach) -> None:
    line = Line().login()
    (closed,) = line.server.receive_data(wire, line.now)
    assert isinstance(closed, Closed)
    assert closed.error is not None
    assert closed.error.kind is kind
    assert line.server.is_closed


def test_an_answer_of_another_kind_ends_the_connection() -> None:
    line = Line(LOGIN_SMG).login()
    (seq,) = line.client.send_requests(REQUESTS.report, [Report(1, 0, "1", 0)], line.now)
    (closed,) = line.client.receive_data(SGIP.deliver_resp.encode(DeliverResp(0), seq), line.now)
    assert closed.error.kind is Breach.WRONG_ANSWER
    assert closed.unanswered == (seq,)


# --- without a heartbeat ---


def test_an_unused_connection_unbinds_itself() -> None:
    line = Line(limits=LIMITS._replace(idle_s=60)).login()
    assert line.client.get_timer() == line.now + 60
    assert line.wait(line.client, 59) == []
    (seq,) = line.client.send_requests(REQUESTS.submit, [SUBMIT], line.now)
    assert line.client.get_timer() == line.now + 30, "while something is open, nothing is idle"
    line.to_server()
    assert line.wait(line.server, 200) == [], "the answer is ours to give: that is not idle"
    line.now -= 200
    line.server.send_answer(SGIP.submit_resp, SubmitResp(0), seq)
    line.to_client()
    assert line.client.get_timer() == line.now + 60
    assert line.wait(line.client, 60) == []
    assert line.to_server() == [Closed("terminated by the peer")]
    assert line.to_client() == [Closed("terminated")]


def test_an_unbind_that_nobody_answers_ends_in_time() -> None:
    line = Line(limits=LIMITS._replace(idle_s=60)).login()
    line.wait(line.client, 60)
    assert line.client.get_timer() == line.now + 5
    (closed,) = line.wait(line.client, 5)
    assert closed.error.kind is Breach.SILENT


def test_a_heartbeat_that_the_protocol_lacks_is_asked_for_once() -> None:
    line = Line(limits=LIMITS._replace(heartbeat_s=30)).login()
    assert line.wait(line.client, 30) == []
    assert line.client.data_to_send() == b""
    assert line.client.get_timer() is None


def test_a_request_that_timed_out_while_nobody_listens_is_told_once() -> None:
    line = Line().login()
    seq, answered = line.client.send_requests(REQUESTS.submit, [SUBMIT] * 2, line.now)
    line.to_server()
    line.server.send_answer(SGIP.submit_resp, SubmitResp(0), answered)
    line.to_client()
    assert line.wait(line.client, 30) == [SubmitTimedOut(seq)]
    assert line.client.receive_eof() == [Closed("connection lost")]


def test_there_is_no_keepalive_to_answer() -> None:
    flavour = SgipClientFlavour(SgipAccount("sp", "pw"), SgipSequence(1, lambda: 0.0, 0))
    with pytest.raises(LocalProtocolError, match="no keep-alive"):
        flavour.keepalive_answer(1)
    with pytest.raises(LocalProtocolError, match="cannot admit"):
        flavour.admit(1, ())
    with pytest.raises(LocalProtocolError, match="expects no login answer"):
        SgipServerFlavour(lambda _name: None, SgipSequence(1, lambda: 0.0, 0)).check_login_answer(())
