"""What a Stat says, how carriers write numbers, when to look again."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.kernel.keys.numbers import NumberSealer
from hongyan.rooms.carriers.contracts import CarrierSignature, Protocol, TextCoding, WireOptions
from hongyan.rooms.delivery.contracts import MessageState
from hongyan.rooms.receipts import rules


@pytest.mark.parametrize(
    ("stat", "state"),
    [
        ("DELIVRD", MessageState.DELIVERED),
        ("EXPIRED", MessageState.EXPIRED),
        ("UNDELIV", MessageState.FAILED),
        ("MK:0012", MessageState.FAILED),
        ("", MessageState.FAILED),
        ("ACCEPTD", None),
    ],
)
def test_stats(stat: str, state: MessageState | None) -> None:
    assert rules.state_of(stat) is state


@pytest.mark.parametrize(
    ("stat", "state"),
    [
        ("MK:0017", MessageState.DELIVERED),
        ("UNDELIV/601", MessageState.EXPIRED),
        ("UNDELIV/602", None),
        ("REJECTD", MessageState.FAILED),
        ("ACCEPTD", None),
    ],
)
def test_a_channel_may_mean_something_else_by_a_stat(stat: str, state: MessageState | None) -> None:
    told = {"MK:0017": "delivered", "UNDELIV/601": "expired", "UNDELIV": "ignore", "EXPIRED": "failed"}
    assert rules.state_of(stat, told) is state


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("8613800138000", "8613800138000"),
        ("13800138000", "8613800138000"),
        ("+8613800138000", "8613800138000"),
        ("008613800138000", "8613800138000"),
        ("106900011", "106900011"),
        ("junk", ""),
        ("1380013800²", "1380013800"),
        ("86138001380³¹", "86138001380"),
    ],
)
def test_numbers(written: str, digits: str) -> None:
    assert rules.canonical(written) == digits


_SEALER = NumberSealer(bytes(64))
_OCTETS = st.characters(max_codepoint=0xFF)
_NEARLY_NUMBERS = st.text(st.sampled_from("0123456789+861²³¹ "), min_size=9, max_size=15)


@given(st.one_of(st.text(_OCTETS, max_size=32), _NEARLY_NUMBERS, _NEARLY_NUMBERS.map("1{}".format)))
def test_any_octets_for_a_number_make_a_number_that_can_be_sealed(written: str) -> None:
    digits = rules.canonical(written)
    assert digits == "" or (digits.isascii() and digits.isdigit())
    assert _SEALER.open(_SEALER.seal(digits)) == digits


@pytest.mark.parametrize(
    ("age", "wait"),
    [
        (timedelta(0), timedelta(milliseconds=200)),
        (timedelta(seconds=3), timedelta(seconds=3)),
        (timedelta(hours=5), timedelta(hours=1)),
        (timedelta(hours=72), None),
    ],
)
def test_unexplained_reports_are_tried_less_and_less(age: timedelta, wait: timedelta | None) -> None:
    assert rules.next_try(age) == wait


LONG = "a" * 150


@pytest.mark.parametrize(
    ("text", "protocol", "options", "lengths"),
    [
        # all that a part of UCS-2 carries
        (LONG, Protocol.CMPP30, WireOptions(), [67, 67, 16]),
        (LONG, Protocol.CMPP30, WireOptions(ref_bits=16), [66, 66, 18]),
        # one part of the carrier's own alphabet
        (LONG, Protocol.SMPP34, WireOptions(coding=TextCoding.AUTO), [150]),
        ("鸿雁传书" * 20, Protocol.SMGP30, WireOptions(coding=TextCoding.GBK), [67, 13]),
        # the carrier adds the signature, which takes room in the first part
        ("【鸿雁】" + "好" * 70, Protocol.CMPP20, WireOptions(carrier_signature=CarrierSignature.PREFIX), [63, 7]),
        (LONG, Protocol.MM7, WireOptions(), []),
    ],
)
def test_what_each_part_carries(text: str, protocol: Protocol, options: WireOptions, lengths: list[int]) -> None:
    parts = rules.part_texts(text, protocol, options)
    assert [len(part) for part in parts] == lengths
    if parts:
        assert "".join(parts) == text.removeprefix("【鸿雁】")
