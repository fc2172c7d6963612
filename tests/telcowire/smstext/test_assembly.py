import pytest
from hypothesis import given
from hypothesis import strategies as st

from telcowire.errors import RemoteProtocolError
from telcowire.smstext.assembly import Assembler, Part
from telcowire.smstext.segments import split_ucs2
from telcowire.smstext.udh import RefBits


@given(st.randoms(use_true_random=False), st.sampled_from([8, 16]), st.integers(71, 400))
def test_parts_in_any_order_give_the_text(random, ref_bits: RefBits, length: int) -> None:
    text = "".join(chr(0x4E00 + index) for index in range(length))
    parts = split_ucs2(text, 9, ref_bits)
    random.shuffle(parts)
    assembler = Assembler()
    answers = [assembler.add("a", Part(part, has_udh=True), 0.0) for part in parts]
    assert answers[:-1] == [None] * (len(parts) - 1)
    assert b"".join(answers[-1] or []).decode("utf-16-be") == text
    assert len(assembler) == 0


def test_parts_without_header_are_known_by_their_numbers() -> None:
    assembler = Assembler()
    assert assembler.add("a", Part(b"2", has_udh=False, pk_total=2, pk_number=2), 0.0) is None
    assert assembler.add("a", Part(b"1", has_udh=False, pk_total=2, pk_number=1), 0.0) == [b"1", b"2"]


@pytest.mark.parametrize(
    "part",
    [
        Part(b"x", has_udh=False),
        Part(b"x", has_udh=False, pk_total=0, pk_number=0),
        Part(b"x", has_udh=False, pk_total=2, pk_number=3),
        Part(b"\x06\x05\x04\x15\x81\x15\x81x", has_udh=True),
    ],
)
def test_a_single_part_comes_straight_back(part: Part) -> None:
    answer = Assembler().add("a", part, 0.0)
    assert answer is not None
    assert len(answer) == 1


def test_a_double_part_and_another_conversation_do_not_complete_it() -> None:
    assembler = Assembler()
    first, second = split_ucs2("中" * 71, 1)
    assert assembler.add("a", Part(first, has_udh=True), 0.0) is None
    assert assembler.add("a", Part(first, has_udh=True), 0.0) is None
    assert assembler.add("b", Part(second, has_udh=True), 0.0) is None
    assert len(assembler) == 2


def test_the_old_and_the_too_many_are_forgotten() -> None:
    first, second = split_ucs2("中" * 71, 1)
    assembler = Assembler(timeout_s=10, max_open=2)
    assert assembler.add("a", Part(first, has_udh=True), 0.0) is None
    assert assembler.add("b", Part(first, has_udh=True), 5.0) is None
    assert assembler.add("a", Part(second, has_udh=True), 10.0) is None, "the first part is 10 s old"
    assert assembler.add("c", Part(first, has_udh=True), 11.0) is None
    assert len(assembler) == 2, "b gave way"
    assert assembler.add("c", Part(second, has_udh=True), 12.0) is not None


def test_a_broken_header_is_the_peers_error() -> None:
    with pytest.raises(RemoteProtocolError):
        Assembler().add("a", Part(b"\xff", has_udh=True), 0.0)
