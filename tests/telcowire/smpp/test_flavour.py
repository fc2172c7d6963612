from typing import Any

import pytest

from telcowire.errors import Breach, LocalProtocolError, LoginRefusedError
from telcowire.session import Breached, Closed, Limits, Opened, Session, State, StrayAnswer
from telcowire.smpp import events as told
from telcowire.smpp import tlvs as tags
from telcowire.smpp.fields import Destination, SmppCodec
from telcowire.smpp.flavour import (
    REQUESTS,
    BindMode,
    SmppAccount,
    SmppClientFlavour,
    SmppServerAccount,
    SmppServerFlavour,
)
from telcowire.smpp.pdus import (
    SMPP34,
    AlertNotification,
    Bare,
    BindReceiver,
    BindResp,
    BindTransceiver,
    BindTransmitter,
    CancelSm,
    DataSm,
    DeliverSm,
    MessageResp,
    Outbind,
    QuerySm,
    QuerySmResp,
    SubmitMulti,
    SubmitSm,
)

LIMITS = Limits(window_pdus=4, heartbeat_s=30.0, response_timeout_s=10.0)
RECEIPT = b"id:77 sub:001 dlvrd:001 submit date:2611220000 done date:2611220001 stat:DELIVRD err:000 text:"
MODES = {
    BindMode.TRANSCEIVER: (SMPP34.bind_transceiver, BindTransceiver, SMPP34.bind_transceiver_resp),
    BindMode.TRANSMITTER: (SMPP34.bind_transmitter, BindTransmitter, SMPP34.bind_transmitter_resp),
    BindMode.RECEIVER: (SMPP34.bind_receiver, BindReceiver, SMPP34.bind_receiver_resp),
}


def find(system_id: str) -> SmppServerAccount | None:
    modes = frozenset({BindMode.TRANSMITTER}) if system_id == "tx" else frozenset(BindMode)
    return SmppServerAccount(system_id, "secret", modes) if system_id in {"esme", "tx"} else None


def client(mode: BindMode = BindMode.TRANSCEIVER) -> Session[Any]:
    """A bound client."""
    session: Session[Any] = Session(SmppClientFlavour(SmppAccount("esme", "secret", mode)), LIMITS, 0.0)
    session.data_to_send()
    assert session.receive_data(MODES[mode][2].encode(BindResp(0, "centre"), 1), 0.0) == [Opened("esme")]
    return session


def server(mode: BindMode = BindMode.TRANSCEIVER) -> Session[Any]:
    """A server with a bound client."""
    session: Session[Any] = Session(SmppServerFlavour(find), LIMITS, 0.0)
    codec, kind, _ = MODES[mode]
    assert session.receive_data(codec.encode(kind(0, "esme", "secret"), 1), 0.0) == [Opened("esme")]
    session.data_to_send()
    return session


def said(session: Session[Any]) -> list[tuple[int, int, int]]:
    """What waits to be written, as (command, status, sequence)."""
    data, found = session.data_to_send(), []
    while data:
        total, *rest = [int.from_bytes(data[at : at + 4], "big") for at in (0, 4, 8, 12)]
        found.append((rest[0], rest[1], rest[2]))
        data = data[total:]
    return found


@pytest.mark.parametrize("mode", BindMode)
@pytest.mark.parametrize("version", [0x34, 0x50])
def test_a_bind_of_any_mode_and_version_opens_both_sides(mode: BindMode, version: int) -> None:
    account = SmppAccount("esme", "secret", mode, "hongyan", version, 1, 1, "^86")
    flavours = SmppClientFlavour(account), SmppServerFlavour(find)
    ours: Session[Any] = Session(flavours[0], LIMITS, 0.0)
    theirs: Session[Any] = Session(flavours[1], LIMITS, 0.0)
    assert theirs.receive_data(ours.data_to_send(), 0.0) == [Opened("esme")]
    assert ours.receive_data(theirs.data_to_send(), 0.0) == [Opened("esme")]
    assert (flavours[1].mode, flavours[1].peer_version) == (mode, version)
    assert flavours[0].peer_version == 0x34


def test_a_client_older_than_3_4_is_sent_no_tlv() -> None:
    admission = SmppServerFlavour(find).admit(1, BindTransceiver(0, "esme", "secret", "", 0x33))
    assert admission.account == "esme"
    answer = SMPP34.bind_transceiver_resp.decode(admission.answer, 0, len(admission.answer))
    assert answer == BindResp(0, "esme", ())


@pytest.mark.parametrize(
    ("bind", "status", "breach"),
    [
        (BindTransceiver(0, "stranger", "secret"), 0x0F, Breach.UNKNOWN_ACCOUNT),
        (BindTransceiver(0, "esme", "wrong"), 0x0E, Breach.WRONG_DIGEST),
        (BindTransceiver(0, "esme", "s\xe9cret"), 0x0E, Breach.WRONG_DIGEST),
        (BindReceiver(0, "tx", "secret"), 0x0D, Breach.REFUSED),
    ],
)
def test_refusals_have_a_status_and_end_the_connection(bind: Any, status: int, breach: Breach) -> None:
    session: Session[Any] = Session(SmppServerFlavour(find), LIMITS, 0.0)
    codec = SMPP34.bind_receiver if isinstance(bind, BindReceiver) else SMPP34.bind_transceiver
    (closed,) = session.receive_data(codec.encode(bind, 5), 0.0)
    assert isinstance(closed, Closed)
    assert closed.error is not None
    assert closed.error.kind is breach
    assert said(session) == [(codec.command | 0x80000000, status, 5)]


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (SMPP34.bind_transceiver_resp.encode_error(0x0E, 1), 0x0E),
        (SMPP34.bind_transceiver_resp.encode(BindResp(0x0D, "centre"), 1), 0x0D),
        (SMPP34.generic_nack.encode_error(0x03, 1), 0x03),
        (SMPP34.generic_nack.encode_error(0, 1), 0),
    ],
)
def test_a_refused_client_says_why(answer: bytes, status: int) -> None:
    session: Session[Any] = Session(SmppClientFlavour(SmppAccount("esme", "secret")), LIMITS, 0.0)
    (closed,) = session.receive_data(answer, 0.0)
    assert isinstance(closed, Closed)
    assert isinstance(closed.error, LoginRefusedError)
    assert closed.error.status == status


def test_a_client_learns_of_answers_receipts_and_texts() -> None:
    session = client()
    submit, query, cancel = SubmitSm(destination_addr="1"), QuerySm(message_id="77"), CancelSm(message_id="77")
    seqs = session.send_requests(REQUESTS.submit, [submit, submit], 0.0)
    seqs += session.send_requests(REQUESTS.query, [query], 0.0)
    seqs += session.send_requests(REQUESTS.cancel, [cancel], 0.0)
    assert seqs == [2, 3, 4, 5]
    session.data_to_send()
    crowded = MessageResp(0x58, "", ((tags.CONGESTION_STATE, b"\x63"),))
    text, payload = DeliverSm(short_message=b"TD"), DataSm(tlvs=((tags.MESSAGE_PAYLOAD, b"TD"),))
    events = session.receive_data(
        SMPP34.submit_sm_resp.encode(MessageResp(0, "77"), 2)
        + SMPP34.submit_sm_resp.encode(crowded, 3)
        + SMPP34.query_sm_resp.encode(QuerySmResp(0, "77", "", 2), 4)
        + SMPP34.cancel_sm_resp.encode(Bare(0x11), 5)
        + SMPP34.submit_sm_resp.encode(MessageResp(0, "77"), 2)
        + SMPP34.deliver_sm.encode(DeliverSm(esm_class=4, short_message=RECEIPT), 100)
        + SMPP34.deliver_sm.encode(DeliverSm(esm_class=4, short_message=b"what"), 101)
        + SMPP34.deliver_sm.encode(text, 102)
        + SMPP34.data_sm.encode(payload, 103)
        + SMPP34.alert_notification.encode(AlertNotification(source_addr="1"), 104)
        + SMPP34.outbind.encode(Outbind(0, "centre"), 105),
        1.0,
    )
    assert events[:5] == [
        told.SubmitAnswered(2, "77", 0),
        told.SubmitAnswered(3, "", 0x58, congestion=99),
        told.QueryAnswered(4, QuerySmResp(0, "77", "", 2)),
        told.CancelAnswered(5, 0x11),
        StrayAnswer(2, MessageResp(0, "77")),
    ]
    assert isinstance(events[5], told.ReportReceived)
    assert (events[5].seq, events[5].report.text_id, events[5].report.stat) == (100, "77", "DELIVRD")
    assert events[6:] == [
        told.BadReportReceived(101, DeliverSm(esm_class=4, short_message=b"what")),
        told.MoReceived(102, text),
        told.MoReceived(103, payload, is_data=True),
        told.AlertReceived(104, AlertNotification(source_addr="1")),
    ]
    assert session.owed == 4
    assert not session.is_closed


def test_a_nack_answers_any_request_and_the_window_is_free_again() -> None:
    session = client()
    session.send_requests(REQUESTS.submit, [SubmitSm()], 0.0)
    assert session.receive_data(SMPP34.generic_nack.encode_error(0x03, 2), 0.0) == [told.Nacked(2, 0x03)]
    assert session.unanswered == ()
    assert session.receive_data(SMPP34.generic_nack.encode_error(0x02, 9), 0.0) == [StrayAnswer(9, Bare(0x02))]


def test_timeouts_have_names() -> None:
    session = client()
    session.send_requests(REQUESTS.submit, [SubmitSm()], 0.0)
    session.send_requests(REQUESTS.query, [QuerySm()], 0.0)
    assert session.handle_timer(10.0) == [told.SubmitTimedOut(2), told.RequestTimedOut(3)]
    theirs = server()
    theirs.send_requests(REQUESTS.deliver, [DeliverSm()], 0.0)
    assert theirs.handle_timer(10.0) == [told.DeliverTimedOut(1)]


def test_a_server_learns_of_every_request() -> None:
    session = server()
    multi = SubmitMulti(destinations=(Destination(1, 1, "2"),))
    (seq,) = session.send_requests(REQUESTS.deliver, [DeliverSm()], 0.0)
    session.data_to_send()
    events = session.receive_data(
        SMPP34.submit_sm.encode(SubmitSm(destination_addr="1"), 2)
        + SMPP34.submit_multi.encode(multi, 3)
        + SMPP34.data_sm.encode(DataSm(), 4)
        + SMPP34.query_sm.encode(QuerySm(), 5)
        + SMPP34.cancel_sm.encode(CancelSm(), 6)
        + SMPP34.deliver_sm_resp.encode_error(0, seq),
        0.0,
    )
    assert events == [
        told.SubmitReceived(2, SubmitSm(destination_addr="1")),
        told.MultiReceived(3, multi),
        told.DataReceived(4, DataSm()),
        told.QueryReceived(5, QuerySm()),
        told.CancelReceived(6, CancelSm()),
        told.DeliverAnswered(seq, 0),
    ]


@pytest.mark.parametrize(
    "codec",
    [SMPP34.submit_sm, SMPP34.submit_multi, SMPP34.data_sm, SMPP34.query_sm, SMPP34.cancel_sm],
    ids=lambda codec: codec.name,
)
def test_a_receivers_requests_are_refused_and_it_goes_on(codec: SmppCodec[Any]) -> None:
    session = server(BindMode.RECEIVER)
    (breached,) = session.receive_data(codec.encode(codec._kind(), 2), 0.0)
    assert isinstance(breached, Breached)
    assert (breached.seq, breached.kind) == (2, Breach.WRONG_STATE)
    assert said(session) == [(codec.command | 0x80000000, 0x04, 2)]
    assert session.state is State.OPEN


def test_before_the_bind_requests_are_refused_with_the_same_status() -> None:
    session: Session[Any] = Session(SmppServerFlavour(find), LIMITS, 0.0)
    session.receive_data(SMPP34.submit_sm.encode(SubmitSm(), 2) + SMPP34.enquire_link.encode(Bare(), 3), 0.0)
    assert said(session) == [(0x80000004, 0x04, 2), (0x80000015, 0x04, 3)]
    assert session.state is State.LOGIN


def test_a_second_bind_is_refused_and_the_first_stays() -> None:
    session = server()
    (breached,) = session.receive_data(SMPP34.bind_receiver.encode(BindReceiver(0, "esme", "secret"), 2), 0.0)
    assert breached.kind is Breach.WRONG_STATE
    assert said(session) == [(0x80000001, 0x05, 2)]
    assert session.state is State.OPEN


@pytest.mark.parametrize("command", [0x07, 0x111, 0x12345678])
def test_an_unknown_request_is_nacked_and_the_conversation_goes_on(command: int) -> None:
    session = server()
    wire = (20).to_bytes(4, "big") + command.to_bytes(4, "big") + bytes(4) + (7).to_bytes(4, "big") + b"body"
    (breached,) = session.receive_data(wire, 0.0)
    assert breached.kind is Breach.UNKNOWN_COMMAND
    assert said(session) == [(0x80000000, 0x03, 7)]
    assert session.receive_data(SMPP34.query_sm.encode(QuerySm(), 8), 0.0) == [told.QueryReceived(8, QuerySm())]


def test_an_unknown_answer_is_passed_over() -> None:
    session = client()
    wire = (16).to_bytes(4, "big") + (0x80000111).to_bytes(4, "big") + bytes(4) + (7).to_bytes(4, "big")
    (breached,) = session.receive_data(wire, 0.0)
    assert breached.kind is Breach.UNKNOWN_COMMAND
    assert said(session) == []
    assert session.state is State.OPEN


@pytest.mark.parametrize(
    ("total", "breach"), [(15, Breach.UNDERSIZED), (0, Breach.UNDERSIZED), (0x7FFFFFFF, Breach.OVERSIZED)]
)
def test_a_length_that_cannot_be_is_nacked_and_ends_the_connection(total: int, breach: Breach) -> None:
    session = server()
    wire = total.to_bytes(4, "big") + SMPP34.submit_sm.encode(SubmitSm(), 7)[4:]
    (closed,) = session.receive_data(wire, 0.0)
    assert isinstance(closed, Closed)
    assert closed.error is not None
    assert closed.error.kind is breach
    assert said(session) == [(0x80000000, 0x02, 7)]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"\0\0\0", 0x02),
        (b"\0" * 16 + b"\xff" + bytes(255), 0x01),
        (b"\0" * 17 + b"\x04\x24\x00\x09x", 0xC0),
    ],
)
def test_a_broken_submit_is_refused_by_what_is_wrong_with_it(body: bytes, status: int) -> None:
    session = server()
    wire = (16 + len(body)).to_bytes(4, "big") + SMPP34.submit_sm.encode_error(0, 7)[4:] + body
    (breached,) = session.receive_data(wire, 0.0)
    assert isinstance(breached, Breached)
    assert said(session) == [(0x80000004, status, 7)]


def test_a_broken_answer_ends_the_connection() -> None:
    session = client()
    session.send_requests(REQUESTS.submit, [SubmitSm()], 0.0)
    (closed,) = session.receive_data(SMPP34.submit_sm_resp.encode_error(0, 2), 0.0)
    assert isinstance(closed, Closed)
    assert closed.unanswered == (2,)


def test_an_answer_of_another_kind_ends_the_connection() -> None:
    session = client()
    session.send_requests(REQUESTS.submit, [SubmitSm()], 0.0)
    (closed,) = session.receive_data(SMPP34.cancel_sm_resp.encode(Bare(), 2), 0.0)
    assert isinstance(closed, Closed)
    assert closed.error is not None
    assert closed.error.kind is Breach.WRONG_ANSWER


def test_enquire_link_and_unbind() -> None:
    ours, theirs = client(), server()
    assert ours.handle_timer(30.0) == []
    assert theirs.receive_data(ours.data_to_send(), 30.0) == []
    assert ours.receive_data(theirs.data_to_send(), 30.0) == []
    ours.terminate(31.0, 5.0)
    assert [type(event) for event in theirs.receive_data(ours.data_to_send(), 31.0)] == [Closed]
    assert [type(event) for event in ours.receive_data(theirs.data_to_send(), 31.0)] == [Closed]


def test_sequences_stay_below_the_highest_bit() -> None:
    session = client()
    session._next_seq = 0x7FFFFFFF
    assert session.send_requests(REQUESTS.submit, [SubmitSm(), SubmitSm()], 0.0) == [0x7FFFFFFF, 1]


def test_roles_do_not_mix() -> None:
    with pytest.raises(LocalProtocolError):
        SmppClientFlavour(SmppAccount("esme", "secret")).admit(1, ())
    with pytest.raises(LocalProtocolError):
        SmppServerFlavour(find).check_login_answer(())
    assert SmppServerFlavour(find).login_request(1) is None
