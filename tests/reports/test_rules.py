"""Days of a zone, months, and when a day is summed again."""

from datetime import UTC, date, datetime, timedelta

import pytest

from hongyan.rooms.reports import rules

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def test_a_day_lasts_from_midnight_to_midnight_of_its_zone() -> None:
    assert rules.day_span(TODAY, "Asia/Shanghai") == (
        datetime(2026, 11, 22, 16, tzinfo=UTC),
        datetime(2026, 11, 23, 16, tzinfo=UTC),
    )
    begin, end = rules.day_span(date(2026, 3, 29), "Europe/Berlin")
    assert end - begin == timedelta(hours=23)
    assert rules.local_day(datetime(2026, 11, 22, 16, tzinfo=UTC), "Asia/Shanghai") == TODAY
    assert rules.local_day(datetime(2026, 11, 22, 15, 59, tzinfo=UTC), "Asia/Shanghai") == date(2026, 11, 22)


def test_days_move_for_twelve_days() -> None:
    days = rules.moving_days(TODAY)
    assert (days[0], days[-1], len(days)) == (TODAY, date(2026, 11, 12), 12)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (None, None, (None, None)),
        (date(2026, 1, 31), date(2026, 2, 3), (date(2026, 1, 1), date(2026, 2, 28))),
        (date(2028, 2, 29), date(2028, 2, 1), (date(2028, 2, 1), date(2028, 2, 29))),
        (date(2026, 12, 1), date(2026, 12, 31), (date(2026, 12, 1), date(2026, 12, 31))),
    ],
)
def test_months_are_whole(first: date | None, last: date | None, expected: tuple[date | None, date | None]) -> None:
    assert rules.month_span(first, last) == expected


@pytest.mark.parametrize(
    ("age", "took", "ago", "due"),
    [
        (0, timedelta(milliseconds=5), timedelta(minutes=4), False),
        (0, timedelta(milliseconds=5), timedelta(minutes=5), True),
        (1, timedelta(minutes=1), timedelta(minutes=19), False),
        (1, timedelta(minutes=1), timedelta(minutes=20), True),
        (2, timedelta(milliseconds=5), timedelta(minutes=59), False),
        (11, timedelta(milliseconds=5), timedelta(hours=1), True),
    ],
)
def test_the_job_spends_at_most_a_twentieth_of_the_time(age: int, took: timedelta, ago: timedelta, due: bool) -> None:
    assert rules.is_due(TODAY - timedelta(days=age), TODAY, (NOW - ago, took), NOW) is due
    assert rules.is_due(TODAY, TODAY, None, NOW)


@pytest.mark.parametrize(
    ("took", "ago", "may"),
    [
        (timedelta(milliseconds=10), timedelta(milliseconds=900), False),
        (timedelta(milliseconds=10), timedelta(seconds=1), True),
        (timedelta(milliseconds=200), timedelta(seconds=3), False),
        (timedelta(milliseconds=200), timedelta(seconds=4), True),
        (timedelta(milliseconds=201), timedelta(hours=4), False),
    ],
)
def test_a_request_sums_only_what_is_quick(took: timedelta, ago: timedelta, may: bool) -> None:
    assert rules.may_refresh((NOW - ago, took), NOW) is may
    assert rules.may_refresh(None, NOW)
