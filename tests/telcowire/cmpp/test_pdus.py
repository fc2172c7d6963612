from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcowire.cmpp import pdus
from telcowire.cmpp.pdus import CMPP20, CMPP30, CmppCodecs, Connect, Deliver, Submit, SubmitResp, get_codecs
from telcowire.cmpp.reports import Report, format_report
from telcowire.errors import LocalProtocolError, RemoteProtocolError
from telcowire.fields import Absent, Content, Count, Length, Numbers, Octets, PduCodec, Tail, Text, UInt

CODECS: list[tuple[str, PduCodec[Any]]] = [
    (f"{version.version:#x} {name}", codec)
    for version in (CMPP20, CMPP30)
    for name, codec in vars(version).items()
    if isinstance(codec, PduCodec)
]
BY_CODEC = pytest.mark.parametrize("codec", [codec for _, codec in CODECS], ids=[name for name, _ in CODECS])
BOTH = pytest.mark.parametrize("codecs", [CMPP20, CMPP30], ids=["2.0", "3.0"])


def text(octets: int) -> st.SearchStrategy[str]:
    chars = st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters="\x7f")
    return st.text(alphabet=chars, max_size=octets)


def value(field: object) -> st.SearchStrategy[Any]:
    match field:
        case UInt(octets=octets):
            return st.integers(0, 256**octets - 1)
        case Text(octets=octets):
            return text(octets)
        case Octets(octets=octets):
            return st.binary(min_size=octets, max_size=octets)
        case Absent(default=default):
            return st.just(default)
        case Numbers(octets=octets, minimum=minimum, maximum=maximum):
            return st.lists(text(octets), min_size=minimum, max_size=maximum).map(tuple)
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
    pdu = data.draw(values(codec))
    seq = data.draw(st.integers(0, 2**32 - 1))
    wire = codec.encode(pdu, seq)
    assert int.from_bytes(wire[:4], "big") == len(wire)
    assert int.from_bytes(wire[4:8], "big") == codec.command
    assert int.from_bytes(wire[8:12], "big") == seq
    assert codec.decode(wire, 0, len(wire)) == pdu
    assert codec.decode(b"before" + wire + b"behind", 6, len(wire)) == pdu
    lines = codec.dump(wire)
    assert [line.offset for line in lines] == [0, *[line.offset + line.octets for line in lines[:-1]]]
    assert lines[-1].offset + lines[-1].octets == len(wire)


@BY_CODEC
@given(body=st.binary(max_size=400))
def test_any_octets_are_a_value_or_a_protocol_error(codec: PduCodec[Any], body: bytes) -> None:
    wire = (12 + len(body)).to_bytes(4, "big") + codec.command.to_bytes(4, "big") + bytes(4) + body
    try:
        pdu = codec.decode(wire, 0, len(wire))
    except RemoteProtocolError:
        return
    assert isinstance(pdu, codec._kind)


@BY_CODEC
@given(data=st.data())
def test_a_pdu_that_is_cut_or_padded_is_a_protocol_error(codec: PduCodec[Any], data: st.DataObject) -> None:
    wire = codec.encode(data.draw(values(codec)), 1)
    cut = data.draw(st.integers(12, len(wire))) if len(wire) > 12 else 12
    padded = wire + bytes(data.draw(st.integers(2, 400)))
    with pytest.raises(RemoteProtocolError):
        codec.decode(padded, 0, len(padded))
    if cut < codec.min_octets:
        with pytest.raises(RemoteProtocolError):
            codec.decode(wire, 0, cut)


def test_the_connect_vector() -> None:
    wire = "0000002700000001000000013930313233341be7be5f0d3b9b2a326e058a83a8c8763011f0e540"
    connect = Connect("901234", bytes.fromhex("1be7be5f0d3b9b2a326e058a83a8c876"), 0x30, 301000000)
    assert CMPP30.connect.encode(connect, 1).hex() == wire
    assert CMPP30.connect.decode(bytes.fromhex(wire), 0, 39) == connect


@pytest.mark.parametrize(
    ("codecs", "sizes"),
    [
        (CMPP20, {"connect": 39, "connect_resp": 30, "submit_resp": 21, "deliver_resp": 21, "cancel_resp": 13}),
        (CMPP30, {"connect": 39, "connect_resp": 33, "submit_resp": 24, "deliver_resp": 24, "cancel_resp": 16}),
    ],
    ids=["2.0", "3.0"],
)
def test_the_sizes_of_fixed_pdus(codecs: CmppCodecs, sizes: dict[str, int]) -> None:
    same = {"terminate": 12, "terminate_resp": 12, "active_test": 12, "active_test_resp": 12}
    same |= {"query": 39, "query_resp": 63, "cancel": 20}
    assert {name: getattr(codecs, name).min_octets for name in sizes | same} == sizes | same


@pytest.mark.parametrize(("codecs", "fixed", "number"), [(CMPP20, 126, 21), (CMPP30, 151, 32)], ids=["2.0", "3.0"])
@pytest.mark.parametrize(("count", "octets"), [(1, 16), (1, 0), (2, 140), (99, 140)])
def test_the_size_of_a_submit(codecs: CmppCodecs, fixed: int, number: int, count: int, octets: int) -> None:
    submit = Submit(dest_terminal_ids=("13800000000",) * count, msg_content=bytes(octets))
    wire = codecs.submit.encode(submit, 1)
    assert len(wire) == 12 + fixed + number * count + octets
    assert codecs.submit.decode(wire, 0, len(wire)) == submit


def test_the_sizes_named_on_the_page() -> None:
    assert len(CMPP30.submit.encode(Submit(dest_terminal_ids=("1",), msg_content=bytes(16)), 1)) == 211
    assert len(CMPP30.submit.encode(Submit(dest_terminal_ids=("1",) * 99, msg_content=bytes(140)), 1)) == 3471
    assert pdus.MAX_OCTETS > 3471


@pytest.mark.parametrize(("codecs", "size", "report_size"), [(CMPP20, 85, 145), (CMPP30, 109, 180)], ids=["2.0", "3.0"])
def test_the_size_of_a_deliver(codecs: CmppCodecs, size: int, report_size: int) -> None:
    assert len(codecs.deliver.encode(Deliver(), 1)) == size
    report = format_report(Report(1, "DELIVRD", "2611220000", "2611220000", "13800000000"), codecs.version)
    assert len(codecs.deliver.encode(Deliver(registered_delivery=1, msg_content=report), 1)) == report_size


@pytest.mark.parametrize(
    "submit",
    [
        Submit(),
        Submit(dest_terminal_ids=("1",) * 100),
        Submit(dest_terminal_ids=("1" * 33,)),
        Submit(dest_terminal_ids=("1",), msg_content=bytes(141)),
        Submit(dest_terminal_ids=("1",), msg_fmt=0, msg_content=bytes(161)),
        Submit(dest_terminal_ids=("1",), service_id="中"),
        Submit(dest_terminal_ids=("1",), service_id="a\0b"),
        Submit(dest_terminal_ids=("1",), msg_src="1234567"),
        Submit(dest_terminal_ids=("1",), pk_total=256),
        Submit(dest_terminal_ids=("1",), msg_id=-1),
    ],
    ids=lambda submit: str(submit)[:40],
)
@BOTH
def test_what_the_protocol_forbids_is_not_written(codecs: CmppCodecs, submit: Submit) -> None:
    with pytest.raises(LocalProtocolError):
        codecs.submit.encode(submit, 1)


def test_ascii_may_have_160_octets() -> None:
    submit = Submit(dest_terminal_ids=("1",), msg_fmt=0, msg_content=b"x" * 160)
    wire = CMPP20.submit.encode(submit, 1)
    assert CMPP20.submit.decode(wire, 0, len(wire)) == submit


def test_a_digest_has_16_octets() -> None:
    with pytest.raises(LocalProtocolError, match="16 are due"):
        CMPP30.connect.encode(Connect("901234", b"short", 0x30, 1), 1)


@BOTH
@pytest.mark.parametrize("count", [0, 100, 255])
def test_a_number_count_outside_1_to_99_is_a_protocol_error(codecs: CmppCodecs, count: int) -> None:
    wire = bytearray(codecs.submit.encode(Submit(dest_terminal_ids=("1",), msg_content=b"x"), 1))
    wire[next(line.offset for line in codecs.submit.dump(bytes(wire)) if line.name == "dest_usr_tl")] = count
    with pytest.raises(RemoteProtocolError, match="numbers"):
        codecs.submit.decode(bytes(wire), 0, len(wire))


def test_more_numbers_than_octets_is_a_protocol_error() -> None:
    codec = CMPP20.submit
    wire = bytearray(codec.encode(Submit(dest_terminal_ids=("1",)), 1))
    wire[next(line.offset for line in codec.dump(bytes(wire)) if line.name == "dest_usr_tl")] = 50
    with pytest.raises(RemoteProtocolError, match="at least"):
        codec.decode(bytes(wire), 0, len(wire))


def test_text_is_cut_at_nul_and_stripped() -> None:
    wire = bytearray(CMPP30.connect.encode(Connect("901234", bytes(16), 0x30, 1), 1))
    wire[12:18] = b" 9\x0012\xff"
    assert CMPP30.connect.decode(bytes(wire), 0, 39).source_addr == "9"


def test_an_answer_to_a_link_test_may_lack_its_octet() -> None:
    codec = CMPP30.active_test_resp
    assert codec.decode(bytes.fromhex("0000000c8000000800000001"), 0, 12).reserved == b""
    assert codec.decode(bytes.fromhex("0000000d800000080000000100"), 0, 13).reserved == b"\0"


@pytest.mark.parametrize(("version", "codecs"), [(0x20, CMPP20), (0x21, CMPP20), (0x2F, CMPP20), (0x30, CMPP30)])
def test_version_bytes(version: int, codecs: CmppCodecs) -> None:
    assert get_codecs(version) is codecs


@pytest.mark.parametrize("version", [0, 0x10, 0x31, 0x40, 0x7F])
def test_other_versions_are_refused(version: int) -> None:
    with pytest.raises(LocalProtocolError, match="not known"):
        get_codecs(version)


def test_a_dump_names_every_field() -> None:
    wire = CMPP20.submit_resp.encode(SubmitResp(7, 8), 1)
    assert [(line.offset, line.octets, line.name, line.value) for line in CMPP20.submit_resp.dump(wire)] == [
        (0, 12, "header", wire[:12].hex()),
        (12, 8, "msg_id", 7),
        (20, 1, "result", 8),
    ]
