import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.rooms.short_links.rules.codes import ALPHABET, CodeSpace

KEY = bytes(range(16))
WHOLE = CodeSpace(KEY, length=7, first_chars=ALPHABET)
SPACES = {
    "whole": WHOLE,
    "few first characters": CodeSpace(KEY, length=7, first_chars="abc"),
    "one first character": CodeSpace(KEY, length=6, first_chars="Z"),
    "long": CodeSpace(KEY, length=10, first_chars=ALPHABET),
    "eight": CodeSpace(KEY, length=8, first_chars=ALPHABET[::-1]),
}
# Of 61 degrees of freedom; a fair code exceeds it once in a million.
CHI_SQUARE_LIMIT = 130.0


@pytest.mark.parametrize("space", SPACES.values(), ids=SPACES.keys())
def test_a_code_names_its_number(space: CodeSpace) -> None:
    for first in (0, 12_345, space.size - 2_000):
        codes = space.codes(first, 2_000)
        assert [space.find_number(code) for code in codes] == list(range(first, first + 2_000))
        assert {len(code) for code in codes} == {space.length}
        assert {code[0] for code in codes} <= set(space.first_chars)


@given(st.text(st.sampled_from(ALPHABET), min_size=7, max_size=7))
def test_every_text_of_the_right_shape_is_the_code_of_one_number(text: str) -> None:
    number = WHOLE.find_number(text)
    assert number is not None
    assert 0 <= number < WHOLE.size
    assert WHOLE.code(number) == text


@pytest.mark.parametrize("text", ["", "abc", "aaaaaa", "aaaaaaaa", "aaaaaa-", "a aaaaa", "aaaaaa中", "aaaaaa\n"])
def test_other_texts_are_no_code(text: str) -> None:
    assert WHOLE.find_number(text) is None


def test_a_batch_gives_the_same_as_one_at_a_time_across_its_borders() -> None:
    codes = WHOLE.codes(0, 140_000)
    for number in (0, 65_535, 65_536, 131_071, 131_072, 139_999):
        assert codes[number] == WHOLE.code(number)
    assert len(set(codes)) == len(codes)


def test_numbers_outside_the_space_are_refused() -> None:
    for first, count in ((-1, 1), (WHOLE.size, 1), (WHOLE.size - 1, 2), (0, -1)):
        with pytest.raises(ValueError, match="no such numbers"):
            WHOLE.codes(first, count)
    assert WHOLE.codes(5, 0) == []


def test_every_position_of_consecutive_codes_looks_like_chance() -> None:
    count = 500_000
    for first in (0, 10**9):
        letters = np.frombuffer("".join(WHOLE.codes(first, count)).encode(), dtype=np.uint8).reshape(count, 7)
        for position in range(7):
            seen = np.bincount(letters[:, position], minlength=128)[[ord(char) for char in ALPHABET]]
            expected = count / 62
            assert float(((seen - expected) ** 2 / expected).sum()) < CHI_SQUARE_LIMIT


def test_neighbours_have_nothing_in_common() -> None:
    codes = WHOLE.codes(0, 100_001)
    same = [sum(a == b for a, b in zip(one, two, strict=True)) for one, two in itertools.pairwise(codes)]
    # Seven positions that agree by chance once in 62: 0.113 on average.
    assert abs(sum(same) / len(same) - 7 / 62) < 0.01


def value(code: str) -> int:
    number = 0
    for char in code:
        number = number * 62 + ALPHABET.index(char)
    return number


def test_ten_codes_do_not_give_away_the_next_by_an_affine_map() -> None:
    size = 62**7
    for first in range(0, 1_000, 100):
        codes = [value(code) for code in WHOLE.codes(first, 11)]
        steps = {(after - before) % size for before, after in itertools.pairwise(codes)}
        assert len(steps) == 10, "a constant step is an affine map of the number"
        # Nor is there one with any other modulus: equal second differences would show it.
        second = {codes[i + 2] - 2 * codes[i + 1] + codes[i] for i in range(9)}
        assert len(second) == 9


def test_another_key_is_another_order() -> None:
    other = CodeSpace(bytes(16), length=7, first_chars=ALPHABET)
    assert not set(WHOLE.codes(0, 10_000)) & set(other.codes(0, 10_000))


@pytest.mark.parametrize(
    ("length", "first_chars"), [(5, "a"), (11, "a"), (7, ""), (7, "aa"), (7, "-"), (7, "中")], ids=repr
)
def test_a_space_that_cannot_be_is_refused(length: int, first_chars: str) -> None:
    with pytest.raises(ValueError, match=r"a code has|first characters"):
        CodeSpace(KEY, length=length, first_chars=first_chars)
