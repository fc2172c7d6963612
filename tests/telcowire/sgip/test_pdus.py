from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcowire.errors import Breach, LocalProtocolError, RemoteProtocolError
from telcowire.fields import Content, Count, Length, Numbers, PduCodec, Tail, Text, UInt, WideUInt
from telcowire.sgip.pdus import (
    HEADER,
    MAX_OCTETS,
    SGIP,
    SP_PAYS,
    Bind,
    Deliver,
    Hop,
    Report,
    SgipCodecs,
    Submit,
    SubmitResp,
    TraceResp,
    read_hops,
)
from telcowire.sgip.sequences import SequenceParts, pack_sequence

CODECS: dict[str, PduCodec[Any]] = {
    name: codec for name, codec in vars(SgipCodecs).items() if isinstance(codec, PduCodec)
}
BY_CODEC = pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)
NODE, TIME = 3010099999, 301000000
SEQS = st.integers(0, 2**96 - 1)


def seq_of(counter: int) -> int:
    return pack_sequence(SequenceParts(NODE, TIME, counter))


def text(octets: int) -> st.SearchStrategy[str]:
    chars = st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters="\x7f")
    return st.text(alphabet=chars, max_size=octets)


def value(field: object) -> st.SearchStrategy[Any]:
    match field:
        case UInt(octets=octets) | WideUInt(octets=octets):
            return st.integers(0, 256**octets - 1)
        case Text(octets=octets):
            return text(octets)
        case Numbers(octets=octets):
            return st.lists(text(octets), min_size=1, max_size=80).map(tuple)
        case Content():
            return st.binary(max_size=140)
        case Tail(max_octets=max_octets):
            return st.binary(max_size=max_octets)
        case _:
            raise AssertionError(field)


def values(codec: PduCodec[Any]) -> st.SearchStrategy[Any]:
    fields = [field for field in codec.fields if not isinstance(field, Count | Length)]
    return st.tuples(*map(value, fields)).map(lambda drawn: codec._kind(*drawn))


@BY_CODEC
def test_the_table_names_the_fields_of_the_value_in_their_order(codec: PduCodec[Any]) -> None:
    assert tuple(field.name for field in codec.fields if not isinstance(field, Count | Length)) == codec._kind._fields


@BY_CODEC
@given(data=st.data())
def test_round_trip(codec: PduCodec[Any], data: st.DataObject) -> None:
    pdu, seq = data.draw(values(codec)), data.draw(SEQS)
    wire = codec.encode(pdu, seq)
    assert len(wire) <= MAX_OCTETS
    assert HEADER.reader()(b"x" + wire, 1) == (len(wire), codec.command, seq)
    assert codec.decode(b"before" + wire + b"behind", 6, len(wire)) == pdu
    lines = codec.dump(wire)
    assert [line.offset for line in lines] == [0, *[line.offset + line.octets for line in lines[:-1]]]
    assert lines[-1].offset + lines[-1].octets == len(wire)


@BY_CODEC
@given(body=st.binary(max_size=400))
def test_any_octets_are_a_value_or_a_protocol_error(codec: PduCodec[Any], body: bytes) -> None:
    wire = (20 + len(body)).to_bytes(4, "big") + codec.command.to_bytes(4, "big") + bytes(12) + body
    assert read(codec, wire) in {codec._kind, Breach.BAD_LENGTH, Breach.BAD_STRUCTURE, Breach.CONTENT_TOO_LONG}


def read(codec: PduCodec[Any], wire: bytes) -> object:
    try:
        return type(codec.decode(wire, 0, len(wire)))
    except RemoteProtocolError as error:
        return error.kind


@pytest.mark.parametrize(
    ("name", "octets"),
    [
        ("bind", 61),
        ("bind_resp", 29),
        ("unbind", 20),
        ("unbind_resp", 20),
        ("submit", 143),
        ("submit_resp", 29),
        ("deliver", 77),
        ("deliver_resp", 29),
        ("report", 64),
        ("report_resp", 29),
        ("user_rpt", 71),
        ("user_rpt_resp", 29),
        ("trace", 61),
        ("trace_resp", 21),
    ],
)
def test_the_sizes_of_the_specification_without_numbers_and_text(name: str, octets: int) -> None:
    assert CODECS[name].min_octets == octets


def test_the_published_bind() -> None:
    wire = SGIP.bind.encode(Bind(1, "sp", "pw"), seq_of(0))
    assert wire.hex() == ("0000003d00000001b36a7b1f11f0e54000000000017370" + "00" * 14 + "7077" + "00" * 14 + "00" * 8)


def test_the_published_report() -> None:
    wire = SGIP.report.encode(Report(seq_of(7), 0, "8613000000000", 0), pack_sequence(SequenceParts(NODE, TIME + 1, 0)))
    assert wire.hex() == (
        "0000004000000005b36a7b1f11f0e54100000000"
        "b36a7b1f11f0e54000000007" + "00" + b"8613000000000".hex() + "00" * 8 + "0000" + "00" * 8
    )
    assert SGIP.report.decode(wire, 0, len(wire)).submit_seq == seq_of(7)


def test_a_submit_field_by_field() -> None:
    submit = Submit(
        sp_number="10690001",
        user_numbers=("8613000000001", "8613000000002"),
        corp_id="99999",
        service_type="HY",
        message_content=b"\x4e\x2d",
    )
    wire = SGIP.submit.encode(submit, seq_of(1))
    assert len(wire) == 143 + 2 * 21 + 2
    lines = {line.name: line for line in SGIP.submit.dump(wire)}
    assert lines["charge_number"].value == SP_PAYS == "0" * 21
    assert (lines["user_count"].offset, lines["user_count"].value) == (62, 2)
    assert (lines["message_length"].octets, lines["message_length"].value) == (4, 2)
    assert lines["reserve"].offset == len(wire) - 8


@pytest.mark.parametrize(
    ("submit", "reason"),
    [
        (Submit(), "0 numbers"),
        (Submit(user_numbers=("1",) * 101), "101 numbers|allowed"),
        (Submit(user_numbers=("8613000000000",), message_content=bytes(142)), "142 octets"),
        (Submit(user_numbers=("8613000000000",) * 84, message_content=bytes(142), message_coding=0), "2049 octets"),
        (Submit(user_numbers=("1",), message_content=bytes(161), message_coding=0), "161 octets"),
        (Submit(user_numbers=("1" * 22,)), "21 octets"),
        (Submit(user_numbers=("1",), corp_id="123456"), "5 octets"),
        (Submit(user_numbers=("1",), fee_type=256), "Submit"),
    ],
)
def test_what_does_not_fit_is_not_written(submit: Submit, reason: str) -> None:
    with pytest.raises(LocalProtocolError, match=reason):
        SGIP.submit.encode(submit, 1)


@pytest.mark.parametrize("seq", [-1, 1 << 96])
def test_a_sequence_has_96_bits(seq: int) -> None:
    with pytest.raises(LocalProtocolError, match="SubmitResp"):
        SGIP.submit_resp.encode(SubmitResp(0), seq)
    with pytest.raises(LocalProtocolError, match="12 octets"):
        SGIP.report.encode(Report(seq, 0, "1", 0), 1)


def spoiled(content: bytes, length: int) -> bytes:
    wire = SGIP.submit.encode(Submit(user_numbers=("1",), message_content=b"", message_coding=0), 1)
    body = wire[20:-12] + length.to_bytes(4, "big") + content + bytes(8)
    return (20 + len(body)).to_bytes(4, "big") + wire[4:20] + body


@pytest.mark.parametrize(
    ("wire", "kind"),
    [
        (spoiled(bytes(300), 140), Breach.BAD_LENGTH),
        (spoiled(bytes(140), 160), Breach.BAD_LENGTH),
        (spoiled(bytes(300), 300), Breach.CONTENT_TOO_LONG),
        (spoiled(b"", 0xFFFFFFFF), Breach.BAD_LENGTH),
    ],
    ids=["300 octets in 140", "140 octets in 160", "300 octets", "4 GB"],
)
def test_a_text_that_does_not_fit_is_named(wire: bytes, kind: Breach) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        SGIP.submit.decode(wire, 0, len(wire))
    assert caught.value.kind is kind


def test_a_long_text_from_a_phone_is_read_all_the_same() -> None:
    wire = SGIP.deliver.encode(Deliver(message_content=bytes(160)), 1)
    longer = (len(wire) + 40).to_bytes(4, "big") + wire[4:65] + (200).to_bytes(4, "big") + bytes(208)
    assert len(SGIP.deliver.decode(longer, 0, len(longer)).message_content) == 200


def test_the_hops_of_a_trace() -> None:
    hop = b"\x00" + b"100100" + b"261122000000032+" + b"261122000001032+"
    answer = TraceResp(2, hop + hop + bytes(8))
    assert read_hops(answer) == [Hop(0, "100100", "261122000000032+", "261122000001032+")] * 2
    assert read_hops(TraceResp()) == []
    with pytest.raises(RemoteProtocolError, match="3 hops"):
        read_hops(answer._replace(hop_count=3))
