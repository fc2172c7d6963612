import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcowire.errors import LocalProtocolError
from telcowire.smstext.gsm7 import decode_gsm7, pack_septets, unpack_septets
from telcowire.smstext.segments import (
    PART_OCTETS,
    Reserve,
    count_segments,
    count_units,
    split_gb,
    split_gsm7,
    split_octets,
    split_ucs2,
)
from telcowire.smstext.udh import RefBits, find_concatenation, split_udh

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=400)


@pytest.mark.parametrize(
    ("length", "segments"),
    [(0, 1), (1, 1), (70, 1), (71, 2), (68 + 3, 2), (134, 2), (135, 3), (201, 3), (202, 4), (500, 8)],
)
@pytest.mark.parametrize("char", ["中", "a", " ", "，"])
def test_every_character_of_the_basic_plane_counts_one(char: str, length: int, segments: int) -> None:
    assert count_segments(char * length) == segments


def test_an_emoji_counts_as_it_is_carried() -> None:
    assert count_units("😀") == 2
    assert count_segments("😀" * 35) == 1
    assert count_segments("😀" * 36) == 2
    assert count_segments("😀" * 67) == 3, "33 pairs fit 67 units: one unit of each part stays empty"


def test_the_signature_with_its_brackets_counts() -> None:
    assert count_units("【华为云】") == 5


def test_sixteen_bit_references_leave_room_for_66() -> None:
    assert count_segments("中" * 132, 16) == 2
    assert count_segments("中" * 133, 16) == 3
    assert [len(part) for part in split_ucs2("中" * 133, 0x1234, 16)] == [139, 139, 9]


@given(TEXTS, st.sampled_from([8, 16]))
def test_count_and_split_agree(text: str, ref_bits: int) -> None:
    assert count_segments(text, ref_bits) == len(split_ucs2(text, 7, ref_bits))


@given(TEXTS, st.integers(0, 0xFFFF), st.sampled_from([8, 16]))
def test_parts_carry_the_text_numbered_and_whole_characters(text: str, ref: int, ref_bits: int) -> None:
    parts = split_ucs2(text, ref, ref_bits)
    assert all(len(part) <= 140 for part in parts)
    bodies = [part if len(parts) == 1 else split_udh(part)[1] for part in parts]
    assert "".join(body.decode("utf-16-be") for body in bodies) == text
    numbered = [find_concatenation(split_udh(part)[0]) for part in parts if len(parts) > 1]
    wanted = [(ref % (1 << ref_bits), len(parts), no, ref_bits) for no in range(1, len(parts) + 1) if len(parts) > 1]
    assert numbered == wanted


def test_a_pair_is_never_split() -> None:
    first, second = split_ucs2("中" * 66 + "😀" + "中" * 10, 1)
    assert len(first) == 6 + 66 * 2
    assert second[6:].decode("utf-16-be").startswith("😀")


def test_headers_are_the_ones_of_the_clause() -> None:
    first, second = split_ucs2("中" * 71, 0x105)
    assert first[:6] == bytes.fromhex("050003050201")
    assert second[:6] == bytes.fromhex("050003050202")
    assert split_ucs2("中" * 71, 0x1234, 16)[1][:7] == bytes.fromhex("06080412340202")


def test_half_a_pair_and_too_many_parts_are_refused() -> None:
    with pytest.raises(LocalProtocolError, match="surrogate"):
        split_ucs2("中\ud83d", 1)
    with pytest.raises(LocalProtocolError, match="256 parts"):
        split_ucs2("中" * (67 * 255 + 1), 1)


def test_octets_are_cut_at_140_and_134() -> None:
    assert split_octets(b"x" * 140, 1) == [b"x" * 140]
    assert [len(part) for part in split_octets(b"x" * 141, 1)] == [140, 6 + 7]
    assert split_octets(b"x" * 160, 1, single_octets=160) == [b"x" * 160]
    assert [len(part) for part in split_octets(b"x" * 267, 1, 16)] == [140, 140, 8]


RESERVES = st.builds(Reserve, st.integers(0, 16), st.integers(0, 16))


@given(st.text(alphabet=st.sampled_from("中a😀"), max_size=500), st.sampled_from([8, 16]), RESERVES)
def test_count_and_split_agree_beside_a_reserve(text: str, ref_bits: RefBits, reserve: Reserve) -> None:
    parts = split_ucs2(text, 7, ref_bits, reserve)
    assert count_segments(text, ref_bits, reserve) == len(parts)
    room = [140] * len(parts)
    room[0] -= 2 * reserve.first
    room[-1] -= 2 * reserve.last
    assert all(len(part) <= free for part, free in zip(parts, room, strict=True))
    bodies = [part if len(parts) == 1 else split_udh(part)[1] for part in parts]
    assert all(bodies) or not text
    assert "".join(body.decode("utf-16-be") for body in bodies) == text


@pytest.mark.parametrize("reserve", [Reserve(34, 0), Reserve(0, 34), Reserve(17, 17), Reserve(-1, 0)])
def test_a_reserve_of_more_than_half_a_part_is_refused(reserve: Reserve) -> None:
    with pytest.raises(LocalProtocolError, match="no room"):
        count_segments("中", reserve=reserve)
    with pytest.raises(LocalProtocolError, match="no room"):
        split_ucs2("中", 1, reserve=reserve)


def test_halves_of_pairs_are_counted_though_not_sent() -> None:
    assert count_segments("😀" * 40 + "\ud83d") == 2


@given(st.text(alphabet=st.sampled_from("中文a"), max_size=400), st.sampled_from([8, 16]))
def test_gb_is_never_cut_inside_a_character(text: str, ref_bits: RefBits) -> None:
    parts = split_gb(text.encode("gbk"), 7, ref_bits)
    assert all(len(part) <= 140 for part in parts)
    bodies = [part if len(parts) == 1 else split_udh(part)[1] for part in parts]
    assert "".join(body.decode("gb18030") for body in bodies) == text
    assert len(parts) <= 1 + len(text.encode("gbk")) // (PART_OCTETS[ref_bits] - 1)


def test_septets_are_cut_at_160_and_153_and_never_inside_an_escape() -> None:
    assert split_gsm7("x" * 160, 1) == [b"x" * 160]
    assert [len(part) for part in split_gsm7("x" * 161, 1)] == [6 + 153, 6 + 8]
    assert [len(part) for part in split_gsm7("x" * 161, 1, 16)] == [7 + 152, 7 + 9]
    assert [len(part) for part in split_gsm7("x" * 152 + "€" * 5, 1)] == [6 + 152, 6 + 10]
    assert len(split_gsm7("€" * 80, 1)) == 1


@given(st.text(alphabet=st.sampled_from("ab€[@\n"), max_size=700), st.sampled_from([8, 16]), RESERVES)
def test_septets_of_every_part_pack_into_one_message(text: str, ref_bits: RefBits, reserve: Reserve) -> None:
    parts = split_gsm7(text, 7, ref_bits, reserve)
    headers = [b"" if len(parts) == 1 else part[: part[0] + 1] for part in parts]
    bodies = [part[len(header) :] for part, header in zip(parts, headers, strict=True)]
    fills = [-len(header) * 8 % 7 for header in headers]
    packed = [header + pack_septets(body, fill) for header, body, fill in zip(headers, bodies, fills, strict=True)]
    assert all(len(one) <= 140 for one in packed)
    unpacked = [
        unpack_septets(one[len(header) :], len(body), fill)
        for one, header, body, fill in zip(packed, headers, bodies, fills, strict=True)
    ]
    assert "".join(map(decode_gsm7, unpacked)) == text


def test_a_character_of_two_octets_moves_to_the_next_part() -> None:
    parts = split_gb(b"a" + "中".encode("gbk") * 100, 7)
    assert [len(part) for part in parts] == [6 + 133, 6 + 68]
