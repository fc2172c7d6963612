import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcowire.errors import LocalProtocolError, RemoteProtocolError
from telcowire.smstext.udh import Concatenation, build_udh, find_concatenation, split_udh


@given(st.integers(1, 255), st.data(), st.sampled_from([8, 16]))
def test_what_is_built_is_found(total: int, data: st.DataObject, ref_bits: int) -> None:
    wanted = Concatenation(
        data.draw(st.integers(0, (1 << ref_bits) - 1)), total, data.draw(st.integers(1, total)), ref_bits
    )
    header, text = split_udh(build_udh(wanted) + b"text")
    assert find_concatenation(header) == wanted
    assert text == b"text"


@pytest.mark.parametrize(("total", "part_no"), [(0, 0), (2, 0), (2, 3), (256, 1)])
def test_impossible_numbers_are_not_written(total: int, part_no: int) -> None:
    with pytest.raises(LocalProtocolError):
        build_udh(Concatenation(1, total, part_no, 8))


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", None),
        ("0003010201", (1, 2, 1, 8)),
        ("0504158115810003070302", (7, 3, 2, 8)),
        ("0804ffee0202", (0xFFEE, 2, 2, 16)),
        ("0003010203", None),
        ("0003010200", None),
        ("00020102", None),
        ("08030102010003090201", (9, 2, 1, 8)),
    ],
)
def test_other_elements_are_stepped_over(header: str, found: tuple[int, ...] | None) -> None:
    assert find_concatenation(bytes.fromhex(header)) == found


@pytest.mark.parametrize("header", ["00", "0003", "000301", "05ff00"])
def test_an_element_past_the_end_is_an_error(header: str) -> None:
    with pytest.raises(RemoteProtocolError):
        find_concatenation(bytes.fromhex(header))


@pytest.mark.parametrize("content", [b"", b"\x05\x00\x03"])
def test_a_header_longer_than_the_content_is_an_error(content: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        split_udh(content)


@given(st.binary(max_size=160))
def test_any_octets_give_a_header_or_a_protocol_error(content: bytes) -> None:
    try:
        header, _text = split_udh(content)
        found = find_concatenation(header)
    except RemoteProtocolError:
        return
    assert found is None or 1 <= found.part_no <= found.total
