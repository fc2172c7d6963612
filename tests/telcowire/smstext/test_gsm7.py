import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcowire.errors import LocalProtocolError, RemoteProtocolError
from telcowire.smstext.gsm7 import _SEPTETS, decode_gsm7, encode_gsm7, is_gsm7, pack_septets, unpack_septets

GSM_TEXT = st.text(alphabet=sorted(_SEPTETS), max_size=170)


def test_the_alphabet_is_complete() -> None:
    assert len(_SEPTETS) == 127 + 10
    assert len(set(_SEPTETS.values())) == 137


def test_known_packings() -> None:
    assert pack_septets(encode_gsm7("hellohello")).hex() == "e8329bfd4697d9ec37"
    assert encode_gsm7("€[") == b"\x1b\x65\x1b\x3c"
    assert len(pack_septets(encode_gsm7("a" * 160))) == 140
    assert len(pack_septets(encode_gsm7("a" * 153), fill_bits=1)) == 134


@given(GSM_TEXT, st.integers(0, 6))
def test_round_trip(text: str, fill_bits: int) -> None:
    septets = encode_gsm7(text)
    assert is_gsm7(text)
    assert decode_gsm7(unpack_septets(pack_septets(septets, fill_bits), len(septets), fill_bits)) == text


def test_characters_outside_are_refused() -> None:
    assert not is_gsm7("中")
    with pytest.raises(LocalProtocolError, match="中"):
        encode_gsm7("中")


def test_an_unknown_extension_reads_as_the_basic_character() -> None:
    assert decode_gsm7(b"\x1bA") == "A"


@pytest.mark.parametrize("septets", [b"\x80", b"a\x1b"])
def test_what_is_no_text_is_an_error(septets: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_gsm7(septets)


def test_too_few_octets_are_an_error() -> None:
    with pytest.raises(RemoteProtocolError, match="septets"):
        unpack_septets(b"\x00", 2)


def test_a_doubled_escape_is_a_blank() -> None:
    assert decode_gsm7(b"\x1b\x1bA") == " A"


def test_a_long_text_is_unpacked_in_linear_time() -> None:
    """One large number shifted for every septet took 38 s for 256 KiB; carriers may send 64 KiB in one parameter."""
    septets = bytes(range(1, 0x80)) * 1200
    began = time.perf_counter()
    assert unpack_septets(pack_septets(septets, 3), len(septets), 3) == septets
    assert time.perf_counter() - began < 5
