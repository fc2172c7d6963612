"""What a Stat says, how carriers write numbers, when to look again."""

from datetime import timedelta

import pytest

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
    ("written", "digits"),
    [
        ("8613800138000", "8613800138000"),
        ("13800138000", "8613800138000"),
        ("+8613800138000", "8613800138000"),
        ("008613800138000", "8613800138000"),
        ("106900011", "106900011"),
        ("junk", ""),
    ],
)
def test_numbers(written: str, digits: str) -> None:
    assert rules.canonical(written) == digits


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
