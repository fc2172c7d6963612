"""Deadlines by the working-day calendar of mainland China, urging, and which decision may follow which state. Pure.

Not for: holidays of other countries; the desk stands in Asia/Shanghai.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

import chinese_calendar

from hongyan.kernel.clock import DEFAULT_ZONE
from hongyan.rooms.reviews.contracts import DueKind, ReviewState

OPENS_AT = time(9)
CLOSES_AT = time(18)
"""Working hours of the desk. Source: product.md §2.5."""
FILING_DAYS = 3
SIGNATURE_TIME = timedelta(hours=2)
URGE_EVERY = timedelta(hours=4)
MAX_DAYS_COUNTED = 99
"""Calendar days that a clock looks ahead or back."""

_SATURDAY = 5

NEXT_STATES: Mapping[ReviewState, frozenset[ReviewState]] = MappingProxyType(
    {
        ReviewState.PENDING: frozenset({ReviewState.APPROVED, ReviewState.REJECTED, ReviewState.WITHDRAWN}),
        ReviewState.APPROVED: frozenset(),
        ReviewState.REJECTED: frozenset(),
        ReviewState.WITHDRAWN: frozenset(),
    }
)


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a decision is due, and whether every day counted is in the official calendar."""

    at: datetime
    is_certain: bool


def is_working_day(day: date) -> tuple[bool, bool]:
    """Tell whether people work on a day, and whether the official calendar says so.

    The State Council publishes a year's holidays and make-up days in the autumn before; for years it has not
    published, Monday to Friday are
    working days and the second value is false.
    """
    try:
        return chinese_calendar.is_workday(day), True
    except NotImplementedError:
        return day.weekday() < _SATURDAY, False


def deadline(submitted_at: datetime, due: DueKind) -> Deadline:
    """Return when a submission is due (aware; UTC in, UTC out).

    Filings: 18:00 of the third working day after the day of submission. Signatures and templates: two hours of 9:00
    to 18:00 on working days.
    """
    local = submitted_at.astimezone(DEFAULT_ZONE)
    end, is_certain = _after_days(local, FILING_DAYS) if due is DueKind.WORKING_DAYS_3 else _after_hours(local)
    return Deadline(end.astimezone(submitted_at.tzinfo), is_certain)


def _after_days(local: datetime, days: int) -> tuple[datetime, bool]:
    day, is_certain = local.date(), True
    while days:
        day += timedelta(days=1)
        is_working, is_known = is_working_day(day)
        is_certain &= is_known
        days -= is_working
    return datetime.combine(day, CLOSES_AT, DEFAULT_ZONE), is_certain


def _after_hours(local: datetime) -> tuple[datetime, bool]:
    left, is_certain = SIGNATURE_TIME, True
    while True:
        is_working, is_known = is_working_day(local.date())
        is_certain &= is_known
        start = max(local, datetime.combine(local.date(), OPENS_AT, DEFAULT_ZONE))
        room = datetime.combine(local.date(), CLOSES_AT, DEFAULT_ZONE) - start
        if is_working and room >= left:
            return start + left, is_certain
        if is_working and room > timedelta():
            left -= room
        local = datetime.combine(local.date() + timedelta(days=1), time(), DEFAULT_ZONE)


def days_left(now: datetime, due_at: datetime) -> int:
    """Return how many working days lie between today and the day of a deadline; 0: due today; negative: days late."""
    today, last = now.astimezone(DEFAULT_ZONE).date(), due_at.astimezone(DEFAULT_ZONE).date()
    sign = 1 if last >= today else -1
    day, end = min(today, last), max(today, last)
    # Beyond this nobody counts days any more.
    end = min(end, day + timedelta(days=MAX_DAYS_COUNTED))
    return sign * sum(is_working_day(day + timedelta(days=i + 1))[0] for i in range((end - day).days))


def minutes_left(now: datetime, due_at: datetime) -> int:
    """Return the working minutes (9:00 to 18:00 on working days) until a deadline; negative: since it passed."""
    first, last = sorted((now.astimezone(DEFAULT_ZONE), due_at.astimezone(DEFAULT_ZONE)))
    total = timedelta()
    for i in range(min((last.date() - first.date()).days, MAX_DAYS_COUNTED) + 1):
        day = first.date() + timedelta(days=i)
        if is_working_day(day)[0]:
            start = max(first, datetime.combine(day, OPENS_AT, DEFAULT_ZONE))
            end = min(last, datetime.combine(day, CLOSES_AT, DEFAULT_ZONE))
            total += max(end - start, timedelta())
    minutes = int(total / timedelta(minutes=1))
    return minutes if due_at >= now else -minutes


def urging_possible_at(submitted_at: datetime, due_at: datetime, urged_at: datetime | None) -> datetime:
    """Return from when on a customer may urge: late or four hours old, then every four hours."""
    first = min(due_at, submitted_at + URGE_EVERY)
    return first if urged_at is None else max(first, urged_at + URGE_EVERY)
