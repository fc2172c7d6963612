from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.rooms.reviews.contracts import DueKind, ReviewState
from hongyan.rooms.reviews.rules import deadlines as rules

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("submitted", "due"),
    [
        ("2026-11-23 10:00", "2026-11-26 18:00"),  # Monday: Tuesday, Wednesday, Thursday
        ("2026-11-20 17:59", "2026-11-25 18:00"),  # Friday: the weekend does not count
        ("2026-11-21 09:00", "2026-11-25 18:00"),  # Saturday
        ("2026-09-29 10:00", "2026-10-09 18:00"),  # National Day: 30 September, then 8 and 9 October
        ("2026-02-13 10:00", "2026-02-25 18:00"),  # Spring Festival: the make-up day Saturday 14 counts
    ],
)
def test_filings_are_due_on_the_third_working_day_after(submitted: str, due: str) -> None:
    deadline = rules.deadline(at(submitted), DueKind.WORKING_DAYS_3)
    assert deadline == rules.Deadline(at(due), is_certain=True)


@pytest.mark.parametrize(
    ("submitted", "due"),
    [
        ("2026-11-23 10:00", "2026-11-23 12:00"),
        ("2026-11-23 07:30", "2026-11-23 11:00"),  # before work
        ("2026-11-23 16:00", "2026-11-23 18:00"),  # to the minute
        ("2026-11-23 17:30", "2026-11-24 10:30"),  # over night
        ("2026-11-23 18:00", "2026-11-24 11:00"),  # after work
        ("2026-11-20 17:00", "2026-11-23 10:00"),  # over a weekend
        ("2026-10-01 10:00", "2026-10-08 11:00"),  # a holiday
        ("2026-02-14 10:00", "2026-02-14 12:00"),  # a Saturday that is worked
    ],
)
def test_signatures_are_due_after_two_working_hours(submitted: str, due: str) -> None:
    deadline = rules.deadline(at(submitted), DueKind.WORKING_HOURS_2)
    assert deadline == rules.Deadline(at(due), is_certain=True)


def test_a_year_without_a_published_calendar_counts_monday_to_friday_and_says_so() -> None:
    assert rules.is_working_day(date(2099, 1, 2)) == (True, False)  # a Friday
    assert rules.is_working_day(date(2099, 1, 3)) == (False, False)  # a Saturday
    deadline = rules.deadline(at("2099-01-02 17:00"), DueKind.WORKING_HOURS_2)
    assert deadline == rules.Deadline(at("2099-01-05 10:00"), is_certain=False)


def test_a_deadline_that_reaches_into_an_unknown_year_is_uncertain() -> None:
    last = max(year for year in range(2024, 2100) if rules.is_working_day(date(year, 6, 1))[1])
    assert not rules.deadline(at(f"{last}-12-31 10:00"), DueKind.WORKING_DAYS_3).is_certain
    assert rules.deadline(at(f"{last}-06-01 10:00"), DueKind.WORKING_DAYS_3).is_certain


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.sampled_from(DueKind))  # noqa: DTZ001
def test_a_deadline_lies_ahead_in_working_hours_and_in_the_zone_given(when: datetime, due: DueKind) -> None:
    submitted = when.replace(tzinfo=UTC)
    deadline = rules.deadline(submitted, due).at
    assert deadline > submitted
    assert deadline - submitted < timedelta(days=20)
    assert deadline.tzinfo is UTC
    local = deadline.astimezone(SHANGHAI)
    assert rules.is_working_day(local.date())[0]
    assert rules.OPENS_AT < local.time() <= rules.CLOSES_AT


def test_urging_is_possible_when_late_or_four_hours_old_and_then_every_four_hours() -> None:
    submitted = at("2026-11-23 10:00")
    late = submitted + timedelta(hours=2)
    assert rules.urging_possible_at(submitted, late, None) == late
    assert rules.urging_possible_at(submitted, submitted + timedelta(days=3), None) == submitted + timedelta(hours=4)
    assert rules.urging_possible_at(submitted, late, late) == late + timedelta(hours=4)


def test_only_open_submissions_change() -> None:
    assert {state for state in ReviewState if rules.NEXT_STATES[state]} == {ReviewState.PENDING}


@pytest.mark.parametrize(
    ("now", "due", "days", "minutes"),
    [
        ("2026-11-23 10:00", "2026-11-26 18:00", 3, 8 * 60 + 3 * 540),
        ("2026-11-23 20:00", "2026-11-26 18:00", 3, 3 * 540),
        ("2026-11-26 17:59", "2026-11-26 18:00", 0, 1),
        ("2026-11-27 17:00", "2026-11-30 10:00", 1, 120),  # over a weekend
        ("2026-11-27 10:00", "2026-11-26 18:00", -1, -60),
        ("2026-11-30 09:00", "2026-11-27 18:00", -1, 0),
        ("2026-10-01 10:00", "2026-10-08 11:00", 1, 120),  # holidays do not count
    ],
)
def test_the_clock_counts_working_days_and_minutes(now: str, due: str, days: int, minutes: int) -> None:
    assert (rules.days_left(at(now), at(due)), rules.minutes_left(at(now), at(due))) == (days, minutes)


def test_the_clock_stops_counting_after_a_quarter() -> None:
    assert rules.days_left(at("2026-11-23 10:00"), at("2036-11-23 10:00")) <= rules.MAX_DAYS_COUNTED
    assert -rules.MAX_DAYS_COUNTED <= rules.days_left(at("2036-11-23 10:00"), at("2026-11-23 10:00")) < 0
