import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcowire.errors import LocalProtocolError
from telcowire.sgip.numbers import with_country, without_country
from telcowire.sgip.reports import RESULT_NAMES, STATE_NAMES, is_final, result_name
from telcowire.sgip.sequences import SequenceParts, SgipSequence, pack_sequence, unpack_sequence

NODE = 3010099999
WORDS = st.integers(0, 2**32 - 1)


@given(WORDS, WORDS, WORDS)
def test_three_numbers_make_a_sequence(node: int, time: int, counter: int) -> None:
    parts = SequenceParts(node, time, counter)
    assert unpack_sequence(pack_sequence(parts)) == parts


@pytest.mark.parametrize("parts", [(2**32, 0, 0), (0, -1, 0), (0, 0, 2**32)])
def test_each_has_32_bits(parts: tuple[int, int, int]) -> None:
    with pytest.raises(LocalProtocolError, match="32 bits"):
        pack_sequence(SequenceParts(*parts))


def test_the_time_is_chinas_and_the_counter_runs_on_and_wraps() -> None:
    now = 1772294400.5  # 2026-02-28 16:00 UTC: the first of March in China
    clock = [now, now + 0.4, now + 1, now - 3600]
    sequence = SgipSequence(NODE, lambda: clock.pop(0), 0xFFFFFFFE)
    assert [unpack_sequence(sequence.take()) for _ in range(4)] == [
        (NODE, 301000000, 0xFFFFFFFE),
        (NODE, 301000000, 0xFFFFFFFF),
        (NODE, 301000001, 0),
        (NODE, 228230000, 1),
    ]


@given(st.lists(st.floats(1.7e9, 1.8e9), min_size=1, max_size=200), WORDS)
def test_no_sequence_comes_twice_wherever_the_clock_goes(times: list[float], counter: int) -> None:
    clock = list(times)
    sequence = SgipSequence(NODE, clock.pop, counter)
    made = [sequence.take() for _ in times]
    assert len(set(made)) == len(made)


def test_a_node_of_more_than_32_bits_is_refused() -> None:
    with pytest.raises(LocalProtocolError, match="32 bits"):
        SgipSequence(2**32, lambda: 0.0, 0)


@pytest.mark.parametrize(
    ("phone", "number"),
    [("13000000000", "8613000000000"), ("10010", "10010"), ("8613000000000", "8613000000000"), ("", "")],
)
def test_86_is_put_before_a_mobile_number(phone: str, number: str) -> None:
    assert with_country(phone) == number


@pytest.mark.parametrize(
    ("number", "phone"),
    [
        ("8613000000000", "13000000000"),
        ("+8613000000000", "13000000000"),
        ("008613000000000", "13000000000"),
        ("13000000000", "13000000000"),
        ("10010", "10010"),
        ("8602112345678", "8602112345678"),
        ("4413000000000", "4413000000000"),
        ("", ""),
    ],
)
def test_86_is_taken_from_before_a_mobile_number(number: str, phone: str) -> None:
    assert without_country(number) == phone


def test_codes_have_names_and_only_waiting_is_not_final() -> None:
    assert set(RESULT_NAMES) == {*range(12), *range(21, 34)}
    assert len(set(RESULT_NAMES.values())) == len(RESULT_NAMES)
    assert [state for state in STATE_NAMES if not is_final(state)] == [1]
    assert is_final(77)
    assert result_name(27) == "phone does not support short messages"
    assert result_name(99) == "vendor code 99"
