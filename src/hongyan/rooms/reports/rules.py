"""Pure rules: a tenant's days as times, when a day is summed again, and what a cell of a file may be.

The sums of a day are made by reading its tasks, which costs more the more there are: so a day is summed again only
after twenty times what that took, and never more often than asked for. Old days change little and are read seldom.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from hongyan.rooms.reports.contracts import ReportType, SendSums

MOVING_DAYS: Final = 12
"""Days whose sums still change: seven of a link's validity, 72 hours of waiting for reports, and a margin."""
_SHARE: Final = 20
_FRESH: Final = timedelta(seconds=1)
_RECENT: Final = timedelta(minutes=5)
_OLDER: Final = timedelta(hours=1)
QUICK: Final = timedelta(milliseconds=200)
"""A day that takes longer is summed by the job alone; a request shows what there is."""

LONGEST: Final[Mapping[ReportType, int]] = MappingProxyType({ReportType.DAILY: 366, ReportType.MONTHLY: 3 * 366})
"""Days that one send report may have, so that its chart can be read."""
_DAYS: Final = 30
_MONTHS: Final = 12
EXPORT_KEPT: Final = timedelta(days=7)
EXPORT_NOTED: Final = timedelta(days=90)
"""How long the list names exports whose files are gone."""
MAX_OPEN_EXPORTS: Final = 5
"""Of one tenant at a time; they are made one after the other."""
MAX_TRIES: Final = 5
"""Of an export whose process died or whose database or disk failed."""
_FORMULA: Final = frozenset("=+-@\t\r")


def day_span(day: date, zone: str) -> tuple[datetime, datetime]:
    """Return when a day begins and ends (exclusive), in UTC."""
    tz = ZoneInfo(zone)
    begin = datetime.combine(day, time(), tzinfo=tz)
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=tz)
    return begin.astimezone(UTC), end.astimezone(UTC)


def local_day(at: datetime, zone: str) -> date:
    """Return the day of a time."""
    return at.astimezone(ZoneInfo(zone)).date()


def local_time(at: datetime, zone: str) -> datetime:
    """Return a time as clocks of a zone show it."""
    return at.astimezone(ZoneInfo(zone))


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


def report_span(report_type: ReportType, first: date | None, last: date | None, today: date) -> tuple[date, date]:
    """Return the days of a send report: as asked, or those up to today; months are whole ones."""
    last = last or today
    if report_type is ReportType.DAILY:
        return first or last - timedelta(days=_DAYS - 1), last
    if first is None:
        months = last.year * 12 + last.month - _MONTHS
        first = date(months // 12, months % 12 + 1, 1)
    begin, end = month_span(first, last)
    return begin or first, end or last


def total_of(sums: Iterable[SendSums]) -> SendSums:
    """Add counts up."""
    columns = zip(*((one.submitted, one.capable, one.sent, one.delivered, one.resolved) for one in sums), strict=True)
    return SendSums(*(sum(column) for column in columns))


def safe_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return "'" + text if text[:1] in _FORMULA else text
