"""The rules of send tasks: states, names, times."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hongyan.rooms.campaigns import rules
from hongyan.rooms.campaigns.contracts import Fallback, TaskState
from hongyan.rooms.campaigns.errors import (
    ScheduleInPast,
    SignNotOnCard,
    TaskNameInvalid,
    TaskStateConflict,
    ValidityInvalid,
)

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # noon in Shanghai


def test_nothing_leaves_a_final_state() -> None:
    finals = {state for state in TaskState if rules.is_final(state)}
    assert finals == {TaskState.FINISHED, TaskState.CANCELLED, TaskState.REFUSED}


def test_every_open_state_can_end() -> None:
    assert all(TaskState.CANCELLED in targets for targets in rules.NEXT.values() if targets)


def test_a_wrong_step_names_state_and_action() -> None:
    with pytest.raises(TaskStateConflict, match="finished; it cannot pause"):
        rules.check_transition(TaskState.FINISHED, TaskState.PAUSED, "pause")
    rules.check_transition(TaskState.RUNNING, TaskState.PAUSED, "pause")


@pytest.mark.parametrize("name", ["", "   ", "字" * 31, "a\nb"])
def test_refuses_names(name: str) -> None:
    with pytest.raises(TaskNameInvalid) as caught:
        rules.check_name(name, "task_name")
    assert caught.value.field == "task_name"


def test_trims_a_name_of_thirty_characters() -> None:
    assert rules.check_name(" " + "字" * 30 + " ") == "字" * 30


@pytest.mark.parametrize(
    ("send_at", "expected"),
    [
        (None, None),
        (NOW - timedelta(seconds=59), None),
        (NOW, None),
        (NOW + timedelta(hours=1), NOW + timedelta(hours=1)),
    ],
)
def test_schedules(send_at: datetime | None, expected: datetime | None) -> None:
    assert rules.check_schedule(send_at, NOW) == expected


@pytest.mark.parametrize("send_at", [NOW - timedelta(seconds=61), NOW + timedelta(days=91)])
def test_refuses_schedules(send_at: datetime) -> None:
    with pytest.raises(ScheduleInPast) as caught:
        rules.check_schedule(send_at, NOW)
    assert caught.value.field == "send_at"


@pytest.mark.parametrize("days", [0, 8, -1])
def test_refuses_validity(days: int) -> None:
    with pytest.raises(ValidityInvalid):
        rules.check_validity(days)


@pytest.mark.parametrize(
    ("local", "until"),
    [
        ("2026-11-22T08:00", None),
        ("2026-11-22T21:59", None),
        ("2026-11-22T22:00", "2026-11-23T08:00"),
        ("2026-11-22T03:10", "2026-11-22T08:00"),
    ],
)
def test_promotion_waits_for_its_hours(local: str, until: str | None) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    now = datetime.fromisoformat(local).replace(tzinfo=zone).astimezone(UTC)
    expected = datetime.fromisoformat(until).replace(tzinfo=zone).astimezone(UTC) if until else None
    assert rules.held_until(now, is_promotion=True, zone=zone) == expected
    assert rules.held_until(now, is_promotion=False, zone=zone) is None


@pytest.mark.parametrize(("fallback", "expected"), [(Fallback.NONE, 7), (Fallback.SMS, 10), (Fallback.BASIC, 10)])
def test_counts_what_is_submitted(fallback: Fallback, expected: int) -> None:
    assert rules.submitted_count(7, 3, fallback) == expected


def test_one_signature_of_the_card_suffices() -> None:
    rules.check_card_signs((), ("鸿雁",), "sms_sign")
    rules.check_card_signs(("甲", " 鸿雁 "), ("鸿雁", "乙"), "sms_sign")
    with pytest.raises(SignNotOnCard, match="甲, 乙") as caught:
        rules.check_card_signs(("甲", "乙"), ("鸿雁",), "sms_sign")
    assert caught.value.field == "sms_sign"
