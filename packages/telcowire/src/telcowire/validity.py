"""Until when a carrier may try: the sixteen characters that four protocols share, and the dates of MM7.

``YYMMDDhhmmsstnnp``: tenths ``t``, quarter hours from UTC ``nn``, and ``p``: ``+`` ahead of UTC, ``-`` behind, ``R`` a
span of time from now on. We write China's time in whole seconds, so the end is always ``032+``, as SGIP wants it; of
others everything is read. Source: SMPP 3.4 clause 7.1.1, protocols pages of CMPP, SGIP and SMGP; for MM7 3GPP TS 23.140
clause 8.7.
"""

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from telcowire.errors import LocalProtocolError, RemoteProtocolError

TIME_OCTETS: Final = 16
_CHINA: Final = timezone(timedelta(hours=8))
_CENTURY: Final = 2000
_LAST_YEAR: Final = 2099
_QUARTER: Final = timedelta(minutes=15)
_MOST_QUARTERS: Final = 48
_MONTHS: Final = 12
_TIME: Final = re.compile(r"(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d)(\d\d)([+R-])", re.ASCII)
_MOST_OF_SPAN: Final = (99, 12, 31, 23, 59, 59)
"""Years, months, days, hours, minutes and seconds in a span of time."""
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_DURATION: Final = re.compile(
    r"P(?!$)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,5})D)?"
    r"(?:T(?!$)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})(?:\.\d{1,9})?S)?)?",
    re.ASCII,
)


def write_time(at: datetime) -> str:
    """Return the sixteen characters of an aware time; parts of a second are cut off.

    Raises:
        LocalProtocolError: it is not in 2000-2099 in China, or has no zone.
    """
    return f"{_in_china(at):%y%m%d%H%M%S}032+"


def read_time(text: str, now: datetime) -> datetime | None:
    """Return the time that a peer wrote, in UTC; ``None``: it left the field empty. Spans count from ``now``.

    Raises:
        RemoteProtocolError: it is no time.
    """
    if not text:
        return None
    match = _TIME.fullmatch(text)
    if match is None:
        raise RemoteProtocolError(f"{text[: 2 * TIME_OCTETS]!r} is no YYMMDDhhmmsstnnp")
    year, month, day, hour, minute, second, tenths, quarters = map(int, match.groups()[:-1])
    if match[9] == "R":
        span = (year, month, day, hour, minute, second)
        if quarters or any(given > most for given, most in zip(span, _MOST_OF_SPAN, strict=True)):
            raise RemoteProtocolError(f"{text!r} is no span of time")
        clock = timedelta(days=day, hours=hour, minutes=minute, seconds=second, milliseconds=100 * tenths)
        return _later(now, year * _MONTHS + month, clock)
    if quarters > _MOST_QUARTERS:
        raise RemoteProtocolError(f"{text!r} is more than twelve hours from UTC")
    ahead = quarters * _QUARTER if match[9] == "+" else -quarters * _QUARTER
    try:
        local = datetime(_CENTURY + year, month, day, hour, minute, second, 100_000 * tenths, timezone(ahead))
    except ValueError as error:
        raise RemoteProtocolError(f"{text!r} is no time: {error}") from error
    return local.astimezone(UTC)


def write_date(at: datetime) -> str:
    """Return an aware time as MM7 writes it, in China's zone; parts of a second are cut off.

    Raises:
        LocalProtocolError: it is not in 2000-2099 in China, or has no zone.
    """
    return _in_china(at).isoformat(timespec="seconds")


def read_date(text: str, now: datetime) -> datetime | None:
    """Return the date that an MM7 peer wrote, or the end of its duration from ``now`` on, in UTC; ``None``: neither.

    Raises:
        RemoteProtocolError: it is no date with a zone, and no duration.
    """
    if not text:
        return None
    match = _DURATION.fullmatch(text)
    if match is not None:
        years, months, days, hours, minutes, seconds = (int(group or 0) for group in match.groups())
        clock = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        return _later(now, years * _MONTHS + months, clock)
    if _DATE.fullmatch(text) is None:
        raise RemoteProtocolError(f"{text[: 2 * TIME_OCTETS]!r} is no date with a zone")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise RemoteProtocolError(f"{text!r} is no date: {error}") from error


def _in_china(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise LocalProtocolError("a time without a zone")
    local = at.astimezone(_CHINA)
    if not _CENTURY <= local.year <= _LAST_YEAR:
        raise LocalProtocolError(f"the year {local.year} cannot be written in two digits")
    return local


def _later(now: datetime, months: int, clock: timedelta) -> datetime:
    """Return the time that comes so many months and so much of the clock later; a day that a month lacks is its last.

    Raises:
        RemoteProtocolError: no calendar goes that far.
    """
    years, month = divmod(now.month - 1 + months, _MONTHS)
    try:
        day = min(now.day, monthrange(now.year + years, month + 1)[1])
        return (now.replace(year=now.year + years, month=month + 1, day=day) + clock).astimezone(UTC)
    except (ValueError, OverflowError, IndexError) as error:
        raise RemoteProtocolError("a span of time beyond the calendar") from error
