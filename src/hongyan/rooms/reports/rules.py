"""Pure rules: a tenant's days as times, and when a day is summed again.

The sums of a day are made by reading its tasks, which costs more the more there are: so a day is summed again only
after twenty times what that took, and never more often than asked for. Old days change little and are read seldom.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

MOVING_DAYS: Final = 12
"""Days whose sums still change: seven of a link's validity, 72 hours of waiting for reports, and a margin."""
_SHARE: Final = 20
_FRESH: Final = timedelta(seconds=1)
_RECENT: Final = timedelta(minutes=5)
_OLDER: Final = timedelta(hours=1)
QUICK: Final = timedelta(milliseconds=200)
"""A day that takes longer is summed by the job alone; a request shows what there is."""


def day_span(day: date, zone: str) -> tuple[datetime, datetime]:
    """Return when a day begins and ends (exclusive), in UTC."""
    tz = ZoneInfo(zone)
    begin = datetime.combine(day, time(), tzinfo=tz)
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=tz)
    return begin.astimezone(UTC), end.astimezone(UTC)


def local_day(at: datetime, zone: str) -> date:
    """Return the day of a time."""
    return at.astimezone(ZoneInfo(zone)).date()


def moving_days(today: date) -> list[date]:
    """Return the days whose sums still change, the newest first."""
    return [today - timedelta(days=n) for n in range(MOVING_DAYS)]


def month_span(first: date | None, last: date | None) -> tuple[date | None, date | None]:
    """Return the days of the whole months in which two days lie."""
    if last is not None:
        last = (last.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return None if first is None else first.replace(day=1), last


def is_due(day: date, today: date, summed: tuple[datetime, timedelta] | None, now: datetime) -> bool:
    """Tell whether the job should sum a day again; ``summed``: when that was done last, and how long it took."""
    if summed is None:
        return True
    at, took = summed
    pause = _RECENT if (today - day).days <= 1 else _OLDER
    return now - at >= max(pause, _SHARE * took)


def may_refresh(summed: tuple[datetime, timedelta] | None, now: datetime) -> bool:
    """Tell whether a request may sum a moving day itself before it answers."""
    if summed is None:
        return True
    at, took = summed
    return took <= QUICK and now - at >= max(_FRESH, _SHARE * took)
