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


def urging_possible_at(submitted_at: datetime, due_at: datetime, urged_at: datetime | None) -> datetime:
    """Return from when on a customer may urge: late or four hours old, then every four hours."""
    first = min(due_at, submitted_at + URGE_EVERY)
    return first if urged_at is None else max(first, urged_at + URGE_EVERY)
