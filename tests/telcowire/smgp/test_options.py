import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcowire.errors import Breach, LocalProtocolError, RemoteProtocolError
from telcowire.smgp.options import NO_OPTIONS, Options, read_options, write_options
from telcowire.smgp.pdus import SMGP30, Submit

OCTET = st.none() | st.integers(0, 255)


def text(octets: int) -> st.SearchStrategy[str | None]:
    chars = st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters="\x7f")
    return st.none() | st.text(alphabet=chars, max_size=octets)


OPTIONS = st.builds(
    Options,
    tp_pid=OCTET,
    tp_udhi=OCTET,
    link_id=text(20),
    charge_user_type=OCTET,
    charge_term_type=OCTET,
    charge_term_pseudo=text(255),
    dest_term_type=OCTET,
    dest_term_pseudo=text(255),
    pk_total=OCTET,
    pk_number=OCTET,
    submit_msg_type=OCTET,
    sp_deal_result=OCTET,
    src_term_type=OCTET,
    src_term_pseudo=text(255),
    nodes_count=OCTET,
    msg_src=text(8),
    src_type=OCTET,
    m_service_id=text(21),
)


@given(OPTIONS)
def test_round_trip(options: Options) -> None:
    assert read_options(write_options(options)) == options


def test_the_parameters_of_a_long_message_for_mobile_numbers() -> None:
    options = Options(tp_udhi=1, pk_total=2, pk_number=1, msg_src="1069", m_service_id="P1")
    wire = "00020001010009000102000a0001010010000831303639" + "00" * 4 + "001200155031" + "00" * 19
    assert write_options(options).hex() == wire
    assert write_options(NO_OPTIONS) == b""


def test_unknown_tags_are_skipped_and_the_last_of_a_doubled_one_counts() -> None:
    wire = bytes.fromhex("00130004999999990002000100ffff00000002000101")
    assert read_options(wire) == Options(tp_udhi=1)


def test_texts_may_be_shorter_or_longer_than_their_field() -> None:
    assert read_options(bytes.fromhex("0010000131")) == Options(msg_src="1")
    assert read_options(bytes.fromhex("00030000")) == Options(link_id="")


@pytest.mark.parametrize(
    ("wire", "breach"),
    [
        ("0002", Breach.BAD_LENGTH),
        ("00020002", Breach.BAD_LENGTH),
        ("0002000201", Breach.BAD_LENGTH),
        ("000200020101", Breach.BAD_STRUCTURE),
        ("00020000", Breach.BAD_STRUCTURE),
        ("0002000101ff", Breach.BAD_LENGTH),
    ],
)
def test_broken_parameters_are_protocol_errors(wire: str, breach: Breach) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        read_options(bytes.fromhex(wire))
    assert caught.value.kind is breach


@given(st.binary(max_size=80))
def test_any_octets_are_parameters_or_a_protocol_error(octets: bytes) -> None:
    try:
        options = read_options(octets)
    except RemoteProtocolError:
        return
    assert isinstance(options, Options)


@pytest.mark.parametrize(
    "options",
    [
        Options(tp_udhi=256),
        Options(pk_total=-1),
        Options(msg_src="123456789"),
        Options(link_id="中"),
        Options(m_service_id="a\0b"),
        Options(src_term_pseudo="x" * 256),
    ],
)
def test_what_does_not_fit_is_refused(options: Options) -> None:
    with pytest.raises(LocalProtocolError):
        write_options(options)


def test_a_dump_shows_each_parameter() -> None:
    submit = Submit(dest_term_ids=("1",), options=Options(tp_udhi=1, msg_src="1069"))
    wire = SMGP30.submit.encode(submit, 1) + bytes.fromhex("0099000155")
    wire = len(wire).to_bytes(4, "big") + wire[4:]
    lines = SMGP30.submit.dump(wire)
    assert [(line.name, line.octets, line.value) for line in lines[-3:]] == [
        ("tp_udhi", 5, 1),
        ("msg_src", 12, "1069"),
        ("tag 0x0099", 5, "55"),
    ]
    assert lines[-1].offset + lines[-1].octets == len(wire)
    assert SMGP30.submit.decode(wire, 0, len(wire)) == submit
