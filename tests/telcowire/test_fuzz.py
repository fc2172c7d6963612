"""The long search, for `make fuzz`: a session of either role and version against hostile streams.

The short searches stand beside the units that they test. Here valid PDUs are mixed, cut, flipped and repeated, so that
the search gets behind the first check.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telcowire.cmpp.flavour import CmppAccount, CmppClientFlavour, CmppServerAccount, CmppServerFlavour
from telcowire.cmpp.pdus import (
    CMPP20,
    CMPP30,
    ActiveTestResp,
    Cancel,
    CancelResp,
    CmppCodecs,
    Connect,
    ConnectResp,
    Deliver,
    DeliverResp,
    Query,
    QueryResp,
    Submit,
    SubmitResp,
)
from telcowire.errors import RemoteProtocolError
from telcowire.mm7.content import Frame, Media, slides_content
from telcowire.mm7.http import HttpReader, write_answer, write_post
from telcowire.mm7.pdus import Address, DeliverReq, Recipients, SenderIdentification, Status, SubmitReq, SubmitRsp
from telcowire.mm7.soap import Message, decode_message, encode_message
from telcowire.session import Closed, Limits, Session

SECRET = "shared"
LIMITS = Limits(window_pdus=8)


def corpus(codecs: CmppCodecs) -> list[bytes]:
    """One valid PDU of each kind."""
    return [
        codecs.connect.encode(Connect("901234", bytes(16), codecs.version, 1), 1),
        codecs.connect_resp.encode(ConnectResp(0, bytes(16), codecs.version), 1),
        codecs.submit.encode(Submit(dest_terminal_ids=("1", "2"), msg_content=b"\x05\x00\x03\x01\x02\x01xy"), 2),
        codecs.submit_resp.encode(SubmitResp(1, 0), 2),
        codecs.deliver.encode(Deliver(registered_delivery=1, msg_content=bytes(60)), 2),
        codecs.deliver_resp.encode(DeliverResp(1, 0), 2),
        codecs.query.encode(Query("20261122", 0), 2),
        codecs.query_resp.encode(QueryResp("20261122", 0, "", *range(8)), 2),
        codecs.cancel.encode(Cancel(1), 2),
        codecs.cancel_resp.encode(CancelResp(0), 2),
        codecs.active_test.encode((), 2),
        codecs.active_test_resp.encode(ActiveTestResp(), 2),
        codecs.terminate.encode((), 2),
        codecs.terminate_resp.encode((), 2),
    ]


def find_wire(command: int, version: int) -> bytes:
    wires = corpus(CMPP20 if version == 0x20 else CMPP30)
    return next(wire for wire in wires if int.from_bytes(wire[4:8], "big") == command)


PDUS = st.sampled_from(corpus(CMPP20) + corpus(CMPP30))


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    wire = bytearray(draw(PDUS))
    for _ in range(draw(st.integers(0, 3))):
        wire[draw(st.integers(0, len(wire) - 1))] = draw(st.integers(0, 255))
    return bytes(wire[: draw(st.integers(len(wire) // 2, len(wire)))])


@pytest.mark.fuzz
@pytest.mark.timeout(1800)
@settings(max_examples=100_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(PDUS | mangled() | st.binary(max_size=40), max_size=8), st.sampled_from([0x20, 0x30]), st.booleans())
def test_hostile_streams_end_in_events(chunks: list[bytes], version: int, is_client: bool) -> None:
    client = CmppClientFlavour(CmppAccount("901234", SECRET, version, check_server_digest=False), 1)
    server = CmppServerFlavour(lambda addr: CmppServerAccount(addr, SECRET, version))
    session: Session[Any] = Session(client if is_client else server, LIMITS, 0.0)
    login = client.login_request(1) if not is_client else client.codecs.connect_resp.encode((0, bytes(16), version), 1)
    events = session.receive_data(login or b"", 0.0)
    kind = client.requests.submit if is_client else server.requests.deliver
    wire = find_wire(kind.codec.command, version)
    session.send_requests(kind, [kind.codec.decode(wire, 0, len(wire))], 0.0)
    for at, chunk in enumerate(chunks):
        events += session.receive_data(chunk, float(at))
        events += session.handle_timer(float(at * 40))
        session.data_to_send()
    assert sum(isinstance(event, Closed) for event in events) <= 1
    assert session.is_closed == any(isinstance(event, Closed) for event in events)


MM7 = [
    encode_message(message)
    for message in (
        Message(
            SubmitReq(SenderIdentification("901234", "1069"), Recipients((Address("13800000001"),)), subject="x"),
            "1",
            slides_content(
                [Frame((Media("text/plain", b"#p_1#", "1.txt", "utf-8"), Media("image/jpeg", b"x", "1.jpg")))]
            ),
        ),
        Message(DeliverReq(Address("13800000001"), subject="TD"), "2"),
        Message(SubmitRsp(Status(1000), "id"), "3"),
    )
]


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[str, bytes]:
    content_type, body = draw(st.sampled_from(MM7))
    wire = bytearray(body)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(wire) - 1))
        wire[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=6))
    return content_type, bytes(wire)


@pytest.mark.fuzz
@pytest.mark.timeout(1800)
@settings(max_examples=100_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(spoiled(), st.integers(1, 400), st.booleans())
def test_hostile_mm7_is_read_or_refused(message: tuple[str, bytes], step: int, is_server: bool) -> None:
    content_type, body = message
    try:
        read = decode_message(content_type, body)
    except RemoteProtocolError:
        pass
    else:
        assert read.pdu is not None
    request = write_post("h", "/mm7", content_type, body)
    stream = request if is_server else write_answer(200, content_type, body, keeps_alive=True)
    http = HttpReader(is_server=is_server)
    got = [one for at in range(0, len(stream), step) for one in http.receive_data(stream[at : at + step])]
    assert [one.body for one in got] == [body]
