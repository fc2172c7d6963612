import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcowire.errors import LocalProtocolError, RemoteProtocolError
from telcowire.smstext.coding import FMT_ASCII, FMT_BINARY, FMT_GB, FMT_UCS2, choose_fmt, decode_text, encode_text


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.booleans())
def test_the_chosen_format_carries_the_text(text: str, with_gb: bool) -> None:
    msg_fmt = choose_fmt(text, with_gb=with_gb)
    assert decode_text(encode_text(text, msg_fmt), msg_fmt) == text


@pytest.mark.parametrize(
    ("text", "with_gb", "msg_fmt"),
    [
        ("hello", False, FMT_ASCII),
        ("hello", True, FMT_ASCII),
        ("你好", False, FMT_UCS2),
        ("你好", True, FMT_GB),
        ("你好😀", True, FMT_UCS2),
    ],
)
def test_the_smallest_format_is_chosen(text: str, with_gb: bool, msg_fmt: int) -> None:
    assert choose_fmt(text, with_gb=with_gb) == msg_fmt


def test_four_octet_gb_is_read_but_not_written() -> None:
    assert decode_text("㐀".encode("gb18030"), FMT_GB) == "㐀"
    with pytest.raises(LocalProtocolError, match="does not fit"):
        encode_text("㐀", FMT_GB)


def test_binary_carries_no_text() -> None:
    with pytest.raises(LocalProtocolError, match="no text"):
        encode_text("x", FMT_BINARY)
    with pytest.raises(RemoteProtocolError, match="no text"):
        decode_text(b"x", FMT_BINARY)


@given(st.binary(max_size=160), st.integers(0, 255))
def test_any_octets_are_text_or_a_protocol_error(octets: bytes, msg_fmt: int) -> None:
    try:
        text = decode_text(octets, msg_fmt)
    except RemoteProtocolError:
        return
    assert isinstance(text, str)
