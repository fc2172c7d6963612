import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcowire.errors import RemoteProtocolError
from telcowire.smpp.content import decode_content, pack_content
from telcowire.smstext.gsm7 import encode_gsm7
from telcowire.smstext.parts import Coding, Wire, encode_text_parts
from telcowire.smstext.udh import split_udh

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
