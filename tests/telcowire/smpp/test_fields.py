from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telcowire.errors import Breach, LocalProtocolError, RemoteProtocolError
from telcowire.fields import UInt
from telcowire.smpp.fields import (
    HEADER,
    CString,
    Destination,
    Destinations,
    Failure,
    Failures,
    ShortMessage,
    SmppCodec,
    Tlvs,
)
from telcowire.smpp.pdus import (
    MAX_OCTETS,
    SMPP34,
    Bare,
    BindTransmitter,
    DeliverSm,
    MessageResp,
    SubmitMulti,
    SubmitMultiResp,
    SubmitSm,
)

BY_CODEC = pytest.mark.parametrize("codec", SMPP34.all, ids=[codec.name for codec in SMPP34.all])
#: A PDU has twenty fields: on a busy machine they are not drawn as fast as hypothesis would like.
UNHURRIED = settings(
    max_examples=settings().max_examples // 3, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
"""A third of the profile's examples for each of many codecs: they share their kinds of fields."""
BYTE = st.integers(0, 255)
LATIN1 = st.sampled_from([chr(code) for code in range(1, 256)])


def text(octets: int, at_least: int = 0) -> st.SearchStrategy[str]:
    return st.text(alphabet=LATIN1, min_size=at_least, max_size=octets - 1)


def value(field: object) -> st.SearchStrategy[Any]:
    """What the field may hold: the table is the source of the search as well."""
    match field:
        case UInt(octets=octets):
            return st.integers(0, 256**octets - 1)
        case CString(octets=octets):
            return text(octets)
        case ShortMessage():
            return st.binary(max_size=254)
        case Tlvs():
            pairs = st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=40))
            return st.lists(pairs, max_size=5).map(tuple)
        case Destinations():
            address = st.tuples(BYTE, BYTE, text(21)).map(lambda drawn: Destination(*drawn))
            named = text(21, 1).map(lambda name: Destination(list_name=name))
            return st.lists(address | named, max_size=6).map(tuple)
        case Failures():
            return st.lists(st.builds(Failure, BYTE, BYTE, text(21), st.integers(0, 2**32 - 1)), max_size=6).map(tuple)
        case _:
            raise AssertionError(field)


def values(codec: SmppCodec[Any]) -> st.SearchStrategy[Any]:
    status = st.integers(0, 2**32 - 1)
    return st.tuples(status, *map(value, codec.fields)).map(lambda drawn: codec._kind(*drawn))


@BY_CODEC
def test_the_table_names_the_fields_of_the_value_in_their_order(codec: SmppCodec[Any]) -> None:
    assert ("status", *(field.name for field in codec.fields)) == codec._kind._fields
    assert codec._kind() == codec._kind(0)  # every field has a default: an answer may lack its body


@BY_CODEC
@UNHURRIED
@given(data=st.data())
def test_round_trip(codec: SmppCodec[Any], data: st.DataObject) -> None:
    pdu = data.draw(values(codec))
    seq = data.draw(st.integers(0, 2**32 - 1))
    wire = codec.encode(pdu, seq)
    total, command, read_seq = HEADER.reader()(wire, 0)
    assert (total, command, read_seq) == (len(wire), codec.command, seq)
    assert int.from_bytes(wire[8:12], "big") == pdu.status
    assert codec.decode(wire, 0, len(wire)) == pdu
    assert type(codec.decode(b"before" + wire + b"behind", 6, len(wire))) is codec._kind
    lines = codec.dump(wire)
    assert [line.name for line in lines] == ["header", *(field.name for field in codec.fields)]
    assert [line.offset for line in lines] == [0, *[line.offset + line.octets for line in lines[:-1]]]
    assert lines[-1].offset + lines[-1].octets == len(wire)
    assert [line.value for line in lines[1:]] == list(pdu[1:])


@BY_CODEC
@UNHURRIED
@given(data=st.data())
def test_no_cut_pdu_is_read(codec: SmppCodec[Any], data: st.DataObject) -> None:
    wire = codec.encode(data.draw(values(codec))._replace(status=0), 1)
    size = data.draw(st.integers(16, max(16, len(wire) - 1)))
    try:
        pdu = codec.decode(wire, 0, size)
    except RemoteProtocolError:
        return
    # Only optional parameters, a body that may be missing, or nothing at all can be cut off unseen.
    assert size == len(wire) or codec._may_be_bare or isinstance(codec.fields[-1], Tlvs), pdu


@BY_CODEC
@given(body=st.binary(max_size=400))
def test_any_octets_are_a_value_or_a_protocol_error(codec: SmppCodec[Any], body: bytes) -> None:
    wire = (16 + len(body)).to_bytes(4, "big") + codec.command.to_bytes(4, "big") + bytes(8) + body
    try:
        pdu = codec.decode(wire, 0, len(wire))
    except RemoteProtocolError:
        return
    assert codec.encode(pdu, 0) == wire or not body


def test_the_published_bind() -> None:
    wire = bytes.fromhex(
        "0000002f000000020000000000000001 534d50503354455354 00 7365637265743038 00 5355424d495431 00 50 01 01 00"
    )
    bind = BindTransmitter(0, "SMPP3TEST", "secret08", "SUBMIT1", 0x50, 1, 1, "")
    assert SMPP34.bind_transmitter.encode(bind, 1) == wire
    assert SMPP34.bind_transmitter.decode(wire, 0, len(wire)) == bind


def test_a_submit_octet_by_octet() -> None:
    submit = SubmitSm(
        service_type="WAP",
        source_addr_ton=5,
        source_addr="Hongyan",
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr="8613800000000",
        esm_class=0x40,
        validity_period="000001000000000R",
        registered_delivery=1,
        data_coding=8,
        short_message=b"\x05\x00\x03\x07\x02\x01ab",
        tlvs=((0x0204, b"\x00\x07"),),
    )
    assert SMPP34.submit_sm.encode(submit, 2).hex(" ") == (
        "00 00 00 56 00 00 00 04 00 00 00 00 00 00 00 02 57 41 50 00 05 00 48 6f 6e 67 79 61 6e 00 01 01"
        " 38 36 31 33 38 30 30 30 30 30 30 30 30 00 40 00 00 00 30 30 30 30 30 31 30 30 30 30 30 30 30 30 30 52 00"
        " 01 00 08 00 08 05 00 03 07 02 01 61 62 02 04 00 02 00 07"
    )


@pytest.mark.parametrize("codec", [codec for codec in SMPP34.all if codec.command & 0x80000000], ids=lambda c: c.name)
def test_an_answer_with_an_error_may_lack_its_body(codec: SmppCodec[Any]) -> None:
    wire = codec.encode_error(0x58, 9)
    assert len(wire) == 16
    assert codec.decode(wire, 0, 16) == codec._kind(0x58)
    assert [line.name for line in codec.dump(wire)] == ["header"]


def test_only_an_answer_to_a_delivery_may_lack_its_body_without_an_error() -> None:
    assert SMPP34.deliver_sm_resp.decode(SMPP34.deliver_sm_resp.encode_error(0, 9), 0, 16) == MessageResp()
    for codec in (SMPP34.submit_sm_resp, SMPP34.bind_transceiver_resp):
        with pytest.raises(RemoteProtocolError, match="is cut off"):
            codec.decode(codec.encode_error(0, 9), 0, 16)
    with pytest.raises(RemoteProtocolError, match="service_type is cut off"):
        SMPP34.submit_sm.decode(SMPP34.submit_sm.encode_error(8, 9), 0, 16)


@pytest.mark.parametrize(
    ("submit", "match"),
    [
        (SubmitSm(destination_addr="1" * 21), "destination_addr: .* does not fit 21 octets"),
        (SubmitSm(source_addr="中"), "source_addr: .* characters"),
        (SubmitSm(source_addr="a\0b"), "does not fit"),
        (SubmitSm(short_message=bytes(255)), "255 octets of short_message"),
        (SubmitSm(data_coding=256), "SubmitSm: "),
        (SubmitSm(data_coding=-1), "SubmitSm: "),
        (SubmitSm(tlvs=((0x0424, bytes(0x10000)),)), "SubmitSm: "),
        (SubmitSm(tlvs=((0x10000, b""),)), "SubmitSm: "),
        (SubmitSm(status=-1), "SubmitSm: "),
    ],
)
def test_what_does_not_fit_is_not_sent(submit: SubmitSm, match: str) -> None:
    with pytest.raises(LocalProtocolError, match=match):
        SMPP34.submit_sm.encode(submit, 1)


def broken(kind: SmppCodec[Any], pdu: Any, old: bytes, new: bytes) -> bytes:
    wire = kind.encode(pdu, 1)
    assert wire.count(old) == 1
    wire = wire.replace(old, new)
    return len(wire).to_bytes(4, "big") + wire[4:]


SUBMIT = SubmitSm(source_addr="SRC", destination_addr="DEST", short_message=b"hello", tlvs=((0x0424, b"xyz"),))


@pytest.mark.parametrize(
    ("old", "new", "match", "kind"),
    [
        (b"SRC\0", b"S" * 21 + b"\0", "source_addr is cut off or too long", Breach.BAD_LENGTH),
        (b"\x05hello\x04\x24\x00\x03xyz", b"\x05hell", "a short_message of 5 octets runs past", Breach.BAD_LENGTH),
        (b"\x05hello", b"\xff" + bytes(255), "255 octets of short_message", Breach.CONTENT_TOO_LONG),
        (b"\x00\x03xyz", b"\x00\x04xyz", "0x0424 of 4 octets runs past", Breach.BAD_STRUCTURE),
        (b"\x00\x03xyz", b"\xff\xffxyz", "0x0424 of 65535 octets runs past", Breach.BAD_STRUCTURE),
        (b"\x00\x03xyz", b"\x00\x00xyz", "3 octets are left over", Breach.BAD_STRUCTURE),
        (b"DEST\0", b"DEST", "schedule_delivery_time|short_message|validity|data|sm_|left", None),
    ],
)
def test_broken_bodies_are_named(old: bytes, new: bytes, match: str, kind: Breach | None) -> None:
    wire = broken(SMPP34.submit_sm, SUBMIT, old, new)
    with pytest.raises(RemoteProtocolError, match=match) as error:
        SMPP34.submit_sm.decode(wire, 0, len(wire))
    assert kind in {None, error.value.kind}


def test_octets_behind_the_last_field_are_an_error() -> None:
    wire = SMPP34.query_sm_resp.encode(SMPP34.query_sm_resp._kind(0, "1", "", 2, 0), 1) + b"x"
    with pytest.raises(RemoteProtocolError, match="1 octets behind the last field"):
        SMPP34.query_sm_resp.decode(wire, 0, len(wire))
    with pytest.raises(RemoteProtocolError, match="1 octets behind"):
        SMPP34.unbind.decode(SMPP34.unbind.encode(Bare(), 1) + b"x", 0, 17)


def test_a_long_payload_and_many_parameters_are_read_in_time() -> None:
    deliver = DeliverSm(tlvs=((0x0424, bytes(0xFFFF)),))
    wire = SMPP34.deliver_sm.encode(deliver, 1)
    assert len(wire) <= MAX_OCTETS
    assert SMPP34.deliver_sm.decode(wire, 0, len(wire)) == deliver
    many = DeliverSm(tlvs=((0x1400, b""),) * 16_000)
    wire = SMPP34.deliver_sm.encode(many, 1)
    assert len(SMPP34.deliver_sm.decode(wire, 0, len(wire)).tlvs) == 16_000


def test_a_text_without_an_end_fails_at_once() -> None:
    """Long rows of octets that almost fit must not make the expression try every split."""
    wire = SMPP34.submit_sm.encode(SubmitSm(), 1)[:16] + b"\x01" * 60_000
    with pytest.raises(RemoteProtocolError, match="service_type"):
        SMPP34.submit_sm.decode(wire, 0, len(wire))


def test_destinations_and_failures() -> None:
    multi = SubmitMulti(destinations=(Destination(1, 1, "8613800000000"), Destination(list_name="friends")))
    wire = SMPP34.submit_multi.encode(multi, 1)
    assert b"\x02\x01\x01\x018613800000000\x00\x02friends\x00" in wire
    assert SMPP34.submit_multi.decode(wire, 0, len(wire)) == multi
    with pytest.raises(LocalProtocolError, match="255 addresses"):
        SMPP34.submit_multi.encode(SubmitMulti(destinations=(Destination(),) * 255), 1)
    bad = wire.replace(b"\x02friends", b"\x03friends")
    with pytest.raises(RemoteProtocolError, match="address 2 of 2"):
        SMPP34.submit_multi.decode(bad, 0, len(bad))
    failed = SubmitMultiResp(0, "m1", (Failure(1, 1, "8613800000000", 0x0B),))
    wire = SMPP34.submit_multi_resp.encode(failed, 1)
    assert SMPP34.submit_multi_resp.decode(wire, 0, len(wire)) == failed
    with pytest.raises(RemoteProtocolError, match="address 1 of 1"):
        SMPP34.submit_multi_resp.decode(wire, 0, len(wire) - 1)
    with pytest.raises(RemoteProtocolError, match="address 1 of 1"):
        SMPP34.submit_multi_resp.decode(wire, 0, 16 + len("m1") + 1)
