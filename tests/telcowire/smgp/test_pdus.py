from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcowire.errors import Breach, LocalProtocolError, RemoteProtocolError
from telcowire.fields import Absent, Codec, Content, Count, Length, Numbers, Octets, PduCodec, Text, UInt
from telcowire.smgp.options import NO_OPTIONS, Options, OptionsCodec
from telcowire.smgp.pdus import (
    MAX_OCTETS,
    SMGP13,
    SMGP30,
    Deliver,
    Login,
    Query,
    QueryResp,
    SmgpCodecs,
    Submit,
    get_codecs,
)
from telcowire.smgp.reports import Report, format_report

CODECS: list[tuple[str, Any]] = [
    (f"{version.version:#x} {name}", codec)
    for version in (SMGP13, SMGP30)
    for name, codec in vars(version).items()
    if isinstance(codec, PduCodec | OptionsCodec)
]
BY_CODEC = pytest.mark.parametrize("codec", [codec for _, codec in CODECS], ids=[name for name, _ in CODECS])
BOTH = pytest.mark.parametrize("codecs", [SMGP13, SMGP30], ids=["1.3", "3.0"])
DIGEST = bytes.fromhex("028770b2fb7e7ec9110c6e2f54679693")


def table_of(codec: Any) -> PduCodec[Any]:
    table: PduCodec[Any] = codec.table if isinstance(codec, OptionsCodec) else codec
    return table


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
        case _:
            drawn = st.tuples(st.none() | st.integers(0, 255), st.none() | text(8))
            return drawn.map(lambda pair: Options(tp_udhi=pair[0], msg_src=pair[1]))


def values(codec: Any) -> st.SearchStrategy[Any]:
    table = table_of(codec)
    fields = [field for field in table.fields if not isinstance(field, Count | Length)]
    return st.tuples(*map(value, fields)).map(lambda drawn: table._kind(*drawn))


@BY_CODEC
def test_the_table_names_the_fields_of_the_value_in_their_order(codec: Any) -> None:
    table = table_of(codec)
    assert tuple(field.name for field in table.fields if not isinstance(field, Count | Length)) == table._kind._fields


@BY_CODEC
@given(data=st.data())
def test_round_trip(codec: Codec[Any], data: st.DataObject) -> None:
    pdu = data.draw(values(codec))
    seq = data.draw(st.integers(0, 2**32 - 1))
    wire = codec.encode(pdu, seq)
    assert len(wire) <= MAX_OCTETS
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
def test_any_octets_are_a_value_or_a_protocol_error(codec: Codec[Any], body: bytes) -> None:
    wire = (12 + len(body)).to_bytes(4, "big") + codec.command.to_bytes(4, "big") + bytes(4) + body
    try:
        pdu = codec.decode(wire, 0, len(wire))
    except RemoteProtocolError:
        return
    assert isinstance(pdu, table_of(codec)._kind)


@BY_CODEC
@given(data=st.data())
def test_a_pdu_that_is_cut_is_a_protocol_error(codec: Codec[Any], data: st.DataObject) -> None:
    wire = codec.encode(data.draw(values(codec)), 1)
    cut = data.draw(st.integers(12, len(wire))) if len(wire) > 12 else 12
    padded = wire + bytes(data.draw(st.sampled_from([1, 2, 3, 2100])))
    with pytest.raises(RemoteProtocolError):
        codec.decode(padded, 0, len(padded))
    if cut < table_of(codec).min_octets:
        with pytest.raises(RemoteProtocolError):
            codec.decode(wire, 0, cut)


def test_the_login_vector() -> None:
    wire = "0000002a00000001000000013132333435363738028770b2fb7e7ec9110c6e2f546796930211f0e54030"
    login = Login("12345678", DIGEST, 2, 301000000, 0x30)
    assert SMGP30.login.encode(login, 1).hex() == wire
    assert SMGP30.login.decode(bytes.fromhex(wire), 0, 42) == login


@BOTH
def test_the_sizes_of_fixed_pdus(codecs: SmgpCodecs) -> None:
    sizes = {"login": 42, "login_resp": 33, "submit_resp": 26, "deliver_resp": 26}
    sizes |= {"active_test": 12, "active_test_resp": 12, "exit": 12, "exit_resp": 12}
    sizes |= {"query": 12 + 19, "query_resp": 12 + 19 + 32 + 8}
    assert {name: getattr(codecs, name).min_octets for name in sizes} == sizes
    assert codecs.query_resp.decode(
        codecs.query_resp.encode(QueryResp("20261122", 0, "", *range(8)), 1), 0, 71
    ) == QueryResp("20261122", 0, "", *range(8))
    assert len(codecs.query.encode(Query("20261122", 0), 1)) == 31


@pytest.mark.parametrize(("codecs", "fixed"), [(SMGP30, 114), (SMGP13, 108)], ids=["3.0", "1.3"])
@pytest.mark.parametrize(("count", "octets"), [(1, 16), (1, 0), (2, 140), (100, 140)])
def test_the_size_of_a_submit(codecs: SmgpCodecs, fixed: int, count: int, octets: int) -> None:
    submit = Submit(dest_term_ids=("13300000000",) * count, msg_content=bytes(octets))
    wire = codecs.submit.encode(submit, 1)
    assert len(wire) == 12 + fixed + 21 * count + octets
    assert codecs.submit.decode(wire, 0, len(wire)) == submit


def test_version_13_has_no_fixed_fee() -> None:
    names = [
        [line.name for line in codecs.submit.dump(codecs.submit.encode(Submit(dest_term_ids=("1",)), 1))]
        for codecs in (SMGP13, SMGP30)
    ]
    assert [name for name in names[1] if name not in names[0]] == ["fixed_fee"]
    read = SMGP13.submit.encode(Submit(dest_term_ids=("1",), fixed_fee="000100"), 1)
    assert SMGP13.submit.decode(read, 0, len(read)).fixed_fee == ""


def test_the_size_of_a_deliver() -> None:
    assert len(SMGP30.deliver.encode(Deliver(), 1)) == 12 + 77
    report = format_report(Report(bytes(10), "DELIVRD"))
    assert len(SMGP30.deliver.encode(Deliver(is_report=1, msg_content=report), 1)) == 12 + 77 + 122


@pytest.mark.parametrize(
    "submit",
    [
        Submit(),
        Submit(dest_term_ids=("1",) * 101),
        Submit(dest_term_ids=("1" * 22,)),
        Submit(dest_term_ids=("1",), msg_content=bytes(141)),
        Submit(dest_term_ids=("1",), service_id="中"),
        Submit(dest_term_ids=("1",), fee_code="1234567"),
        Submit(dest_term_ids=("1",), priority=256),
        Submit(dest_term_ids=("1",), options=Options(pk_total=256)),
    ],
    ids=lambda submit: str(submit)[:40],
)
@BOTH
def test_what_the_protocol_forbids_is_not_written(codecs: SmgpCodecs, submit: Submit) -> None:
    with pytest.raises(LocalProtocolError):
        codecs.submit.encode(submit, 1)


def test_a_msg_id_has_ten_octets() -> None:
    with pytest.raises(LocalProtocolError, match="10 are due"):
        SMGP30.submit_resp.encode((b"short", 0), 1)  # type: ignore[arg-type]


def test_content_beyond_140_octets_is_refused_in_a_submit_and_read_in_a_deliver() -> None:
    wire = bytearray(SMGP30.submit.encode(Submit(dest_term_ids=("1",), msg_content=bytes(140)), 1))
    at = next(line.offset for line in SMGP30.submit.dump(bytes(wire)) if line.name == "msg_content")
    wire[at - 1] = 150
    wire[at:at] = bytes(10)
    wire[:4] = len(wire).to_bytes(4, "big")
    with pytest.raises(RemoteProtocolError) as caught:
        SMGP30.submit.decode(bytes(wire), 0, len(wire))
    assert caught.value.kind is Breach.CONTENT_TOO_LONG
    wire = bytearray(SMGP30.deliver.encode(Deliver(msg_content=bytes(140)), 1))
    at = next(line.offset for line in SMGP30.deliver.dump(bytes(wire)) if line.name == "msg_content")
    wire[at - 1] = 255
    wire[at:at] = bytes(115)
    assert len(SMGP30.deliver.decode(bytes(wire), 0, len(wire)).msg_content) == 255


@pytest.mark.parametrize("count", [0, 101, 255])
def test_a_number_count_outside_1_to_100_is_a_protocol_error(count: int) -> None:
    wire = bytearray(SMGP30.submit.encode(Submit(dest_term_ids=("1",), msg_content=b"x"), 1))
    at = next(line.offset for line in SMGP30.submit.dump(bytes(wire)) if line.name == "dest_term_id_count")
    wire[at] = count
    with pytest.raises(RemoteProtocolError, match="numbers"):
        SMGP30.submit.decode(bytes(wire), 0, len(wire))


@pytest.mark.parametrize(("version", "codecs"), [(0x13, SMGP13), (0x30, SMGP30), (0x33, SMGP30), (0x3F, SMGP30)])
def test_version_bytes(version: int, codecs: SmgpCodecs) -> None:
    assert get_codecs(version) is codecs


@pytest.mark.parametrize("version", [0, 0x10, 0x12, 0x20, 0x40, 0xFF])
def test_other_versions_are_refused(version: int) -> None:
    with pytest.raises(LocalProtocolError, match="not known"):
        get_codecs(version)


def test_a_submit_without_parameters_shares_the_empty_ones() -> None:
    wire = SMGP30.submit.encode(Submit(dest_term_ids=("1",)), 1)
    assert SMGP30.submit.decode(wire, 0, len(wire)).options is NO_OPTIONS
