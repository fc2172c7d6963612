import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcowire.errors import RemoteProtocolError
from telcowire.smpp import tlvs as tags
from telcowire.smpp.content import Carried, content_of, decode_content, open_content, pack_content
from telcowire.smpp.pdus import DataSm, DeliverSm, SubmitSm
from telcowire.smstext.gsm7 import encode_gsm7
from telcowire.smstext.parts import Coding, Wire, encode_text_parts
from telcowire.smstext.udh import Concatenation, split_udh

GSM = st.text(alphabet=st.sampled_from("@£$ abcXYZ019{}€[]~\\|^ÄÖñà\n\r"), max_size=160)


@pytest.mark.parametrize(
    ("octets", "coding", "text"),
    [
        (b"a@b".replace(b"@", b"\0"), 0, "a@b"),
        (b"\x1b\x65", 0, "€"),
        (b"caf\xe9", 0, "café"),
        (b"hello", 1, "hello"),
        (b"caf\xe9", 3, "café"),
        (b"\x4f\x60", 8, "你"),
        (b"\x4f\x60", 0x18, "你"),
        (b"\0x", 0x10, "@x"),
        (b"\0x", 0xF1, "@x"),
        ("Привет".encode("iso8859-5"), 6, "Привет"),
        ("שלום".encode("iso8859-8"), 7, "שלום"),
    ],
)
def test_text_by_its_coding(octets: bytes, coding: int, text: str) -> None:
    assert decode_content(octets, coding) == text


@pytest.mark.parametrize(
    ("octets", "coding", "match"),
    [
        (b"x", 4, "carries no text"),
        (b"x", 2, "carries no text"),
        (b"x", 0x14, "carries no text"),
        (b"x", 0xF5, "carries no text"),
        (b"x", 0x80, "carries no text"),
        (b"\xd8\x3d", 8, "octet 0 is not text"),
        (b"x", 8, "is not text"),
        (b"caf\xe9", 1, "octet 3 is not text"),
        (b"a\x1b", 0, "inside an escape"),
    ],
)
def test_what_is_no_text_is_refused(octets: bytes, coding: int, match: str) -> None:
    with pytest.raises(RemoteProtocolError, match=match):
        decode_content(octets, coding)


def test_content_is_the_short_message_or_the_payload() -> None:
    tlvs = ((tags.MESSAGE_PAYLOAD, b"long"),)
    assert content_of(DeliverSm(short_message=b"short", tlvs=tlvs)) == b"short"
    assert content_of(DeliverSm(tlvs=tlvs)) == b"long"
    assert content_of(DataSm(tlvs=tlvs)) == b"long"
    assert content_of(DataSm()) == b""


SAR = ((tags.SAR_MSG_REF_NUM, b"\x01\x02"), (tags.SAR_TOTAL_SEGMENTS, b"\x03"), (tags.SAR_SEGMENT_SEQNUM, b"\x02"))


@pytest.mark.parametrize(
    ("pdu", "carried"),
    [
        (DeliverSm(short_message=b"hi"), Carried(b"hi", None, 0)),
        (
            DeliverSm(esm_class=0x43, short_message=b"\x05\x00\x03\x07\x02\x01hi"),
            Carried(b"hi", Concatenation(7, 2, 1, 8), 6),
        ),
        (
            DataSm(esm_class=0x40, tlvs=((tags.MESSAGE_PAYLOAD, b"\x06\x08\x04\x01\x07\x02\x02hi"),)),
            Carried(b"hi", Concatenation(0x107, 2, 2, 16), 7),
        ),
        (SubmitSm(esm_class=0x40, short_message=b"\x03\x24\x01\x02hi"), Carried(b"hi", None, 4)),
        (SubmitSm(short_message=b"hi", tlvs=SAR), Carried(b"hi", Concatenation(0x102, 3, 2, 16), 0)),
        (SubmitSm(short_message=b"hi", tlvs=SAR[:2]), Carried(b"hi", None, 0)),
        (SubmitSm(short_message=b"hi", tlvs=(*SAR[:2], (SAR[2][0], b"\x04"))), Carried(b"hi", None, 0)),
    ],
)
def test_parts_are_found_in_the_header_or_the_parameters(pdu: DeliverSm | DataSm | SubmitSm, carried: Carried) -> None:
    assert open_content(pdu) == carried


def test_a_promised_header_must_be_there() -> None:
    with pytest.raises(RemoteProtocolError, match="longer than the content"):
        open_content(DeliverSm(esm_class=0x40, short_message=b"\x05\x00"))


def test_the_packed_form_of_gsm_03_38() -> None:
    assert pack_content(b"hellohello").hex() == "e8329bfd4697d9ec37"
    assert decode_content(bytes.fromhex("e8329bfd4697d9ec37"), 0, is_packed=True) == "hellohello"


@given(GSM)
def test_packed_texts_come_back(text: str) -> None:
    septets = encode_gsm7(text)
    packed = pack_content(septets)
    assert len(packed) == (len(septets) * 7 + 7) // 8
    # A carriage return at the very end of the last octet is read as filling, as the clause has it.
    assert decode_content(packed, 0, is_packed=True) in {text, text.removesuffix("\r"), text.removesuffix("@")}


@pytest.mark.parametrize("ref_bits", [8, 16])
def test_packed_parts_stand_behind_their_header_on_a_septet(ref_bits) -> None:
    text = "The quick brown fox jumps over the lazy dog. " * 8
    parts = encode_text_parts(text, 7, wire=Wire.SMPP, coding=Coding.AUTO, ref_bits=ref_bits)
    assert parts.fmt == 0
    assert len(parts.contents) > 2
    read = ""
    for content in parts.contents:
        udh_octets = content[0] + 1
        packed = pack_content(content, udh_octets)
        assert len(packed) <= 140
        header, octets = split_udh(packed)
        assert len(header) + 1 == udh_octets
        read += decode_content(octets, 0, is_packed=True, udh_octets=udh_octets)
    assert read == text


@given(st.binary(max_size=200), st.integers(0, 255), st.booleans(), st.integers(0, 8))
def test_any_octets_are_text_or_a_protocol_error(octets: bytes, coding: int, is_packed: bool, udh: int) -> None:
    try:
        text = decode_content(octets, coding, is_packed=is_packed, udh_octets=udh)
    except RemoteProtocolError:
        return
    assert isinstance(text, str)
