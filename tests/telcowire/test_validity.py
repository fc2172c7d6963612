"""Validity on the wire: what is written is read again, and what is no time is named so."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from telcowire.errors import LocalProtocolError, RemoteProtocolError
from telcowire.validity import TIME_OCTETS, read_date, read_time, write_date, write_time

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
FIRST, LAST = datetime(2000, 1, 2), datetime(2099, 12, 30)  # noqa: DTZ001 - hypothesis adds the zones
zones = st.integers(-48, 48).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))
times = st.datetimes(FIRST, LAST, timezones=zones)


@given(times)
def test_what_is_written_is_read(at: datetime) -> None:
    assert len(write_time(at)) == TIME_OCTETS
    assert read_time(write_time(at), NOW) == at.replace(microsecond=0)
    assert read_date(write_date(at), NOW) == at.replace(microsecond=0)


@given(times, st.integers(0, 9))
def test_other_zones_are_read(at: datetime, tenths: int) -> None:
    minutes = round((at.utcoffset() or timedelta()) / timedelta(minutes=1))
    written = f"{at:%y%m%d%H%M%S}{tenths}{abs(minutes) // 15:02d}{'-' if minutes < 0 else '+'}"
    assert read_time(written, NOW) == at.replace(microsecond=100_000 * tenths)
    assert read_date(at.isoformat(), NOW) == at


@given(st.text(max_size=40) | st.from_regex(r"[0-9]{15}[+R-]", fullmatch=True))
@example("991231235959948+")
@example("99" * 6 + "000R")
def test_anything_else_is_refused_by_name(text: str) -> None:
    for read in (read_time, read_date):
        try:
            found = read(text, NOW)
        except RemoteProtocolError:
            continue
        assert found is None if not text else found is not None and found.tzinfo is UTC


@given(st.from_regex(r"P[0-9]{0,6}Y?[0-9]{0,6}M?[0-9]{0,6}D?(T[0-9]{0,6}H?[0-9]{0,6}M?[0-9]{0,6}S?)?", fullmatch=True))
def test_durations_end_in_the_calendar_or_are_refused(text: str) -> None:
    try:
        found = read_date(text, NOW)
    except RemoteProtocolError:
        return
    assert found is not None
    assert found >= NOW


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("261123150000032+", NOW),
        ("261123070000000+", NOW),
        ("261123020000020-", NOW),
        ("261123065959900-", NOW - timedelta(milliseconds=100)),
        ("000002000000000R", NOW + timedelta(days=2)),
        ("000000013000000R", NOW + timedelta(hours=1, minutes=30)),
        ("010300000000000R", datetime(2028, 2, 23, 7, tzinfo=UTC)),
    ],
)
def test_vectors(text: str, at: datetime) -> None:
    assert read_time(text, NOW) == at


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-23T15:00:00+08:00", NOW),
        ("2026-11-23T07:00:00.5Z", NOW + timedelta(milliseconds=500)),
        ("P2DT1H", NOW + timedelta(days=2, hours=1)),
        ("P3M", datetime(2027, 2, 23, 7, tzinfo=UTC)),
        ("PT90.5S", NOW + timedelta(seconds=90)),
    ],
)
def test_dates_of_mm7(text: str, at: datetime) -> None:
    assert read_date(text, NOW) == at


def test_a_span_of_a_month_ends_in_the_month() -> None:
    assert read_time("000100000000000R", NOW.replace(month=1, day=31)) == NOW.replace(month=2, day=28)


@pytest.mark.parametrize(
    "text",
    [
        "261123150000032",
        "261123150000032+ ",
        "261123150000032*",
        "261323150000032+",
        "260229150000032+",
        "261123240000032+",
        "261123150000049+",
        "261123150000032R",
        "001300000000000R",
        "２６1123150000032+",
    ],
)
def test_no_times(text: str) -> None:
    with pytest.raises(RemoteProtocolError):
        read_time(text, NOW)


@pytest.mark.parametrize(
    "text", ["P", "PT", "P1DT", "2026-11-23", "2026-11-23T07:00:00", "2026-13-23T07:00:00Z", "P9999Y", "P1W"]
)
def test_no_dates(text: str) -> None:
    with pytest.raises(RemoteProtocolError):
        read_date(text, NOW)


@pytest.mark.parametrize("at", [NOW.replace(tzinfo=None), NOW.replace(year=2100), NOW.replace(year=1999)])
def test_times_that_two_digits_cannot_say(at: datetime) -> None:
    for write in (write_time, write_date):
        with pytest.raises(LocalProtocolError):
            write(at)
