"""Alarms: raised once, kept up to date while they hold, cleared when they do not, and kept as history."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, LiteralString

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow
from hongyan.kernel.paging import Page
from hongyan.rooms.gateways.contracts import Alarm, AlarmKind, AlarmSort, Finding

_LOCK_KEY: Final = 0x686F6E67_616C726D
"""Of the advisory lock: one process evaluates at a time."""

_RAISE: Final[LiteralString] = """
INSERT INTO gateways_alarms (kind, subject, since, seen_at, value, detail)
SELECT u.kind, u.subject, %s, %s, u.value, u.detail
FROM unnest(%s::text[], %s::text[], %s::float8[], %s::text[]) AS u(kind, subject, value, detail)
ON CONFLICT (kind, subject) WHERE cleared_at IS NULL
DO UPDATE SET seen_at = excluded.seen_at, value = excluded.value, detail = excluded.detail
RETURNING kind, subject, xmax = 0
"""

_CLEAR: Final[LiteralString] = """
UPDATE gateways_alarms SET cleared_at = %s WHERE cleared_at IS NULL AND kind = ANY(%s::text[]) AND seen_at < %s
RETURNING kind, subject
"""

_LIST: Final[LiteralString] = """
SELECT kind, subject, since, value, detail, seen_at, cleared_at FROM gateways_alarms
WHERE cleared_at IS NULL OR %s ORDER BY (cleared_at IS NOT NULL), since DESC, alarm_id DESC LIMIT %s
"""


async def try_lock(uow: Uow) -> bool:
    """Be the one process that evaluates, until the end of the transaction."""
    return bool((await hot.fetch(uow, "SELECT pg_try_advisory_xact_lock(%s)", (_LOCK_KEY,)))[0][0])


async def hold(uow: Uow, findings: Sequence[Finding], now: datetime) -> list[tuple[AlarmKind, str]]:
    """Raise what was found, or bring it up to date; returns what is new."""
    if not findings:
        return []
    rows = await hot.fetch(
        uow,
        _RAISE,
        (
            now,
            now,
            [finding.kind.value for finding in findings],
            [finding.subject for finding in findings],
            [finding.value for finding in findings],
            [finding.detail for finding in findings],
        ),
    )
    return [(AlarmKind(kind), subject) for kind, subject, is_new in rows if is_new]


async def clear(
    uow: Uow, kinds: Sequence[AlarmKind], now: datetime, *, unseen_since: datetime
) -> list[tuple[AlarmKind, str]]:
    """Clear alarms of these kinds that were not found to hold since a time; returns which."""
    rows = await hot.fetch(uow, _CLEAR, (now, [kind.value for kind in kinds], unseen_since))
    return [(AlarmKind(row[0]), row[1]) for row in rows]


async def clear_subjects(
    uow: Uow, kind: AlarmKind, subjects: Sequence[str], now: datetime
) -> list[tuple[AlarmKind, str]]:
    """Clear the alarms of one kind about these subjects; returns which."""
    rows = await hot.fetch(
        uow,
        """UPDATE gateways_alarms SET cleared_at = %s
           WHERE cleared_at IS NULL AND kind = %s AND subject = ANY(%s::text[]) RETURNING kind, subject""",
        (now, kind.value, list(subjects)),
    )
    return [(AlarmKind(row[0]), row[1]) for row in rows]


async def list_alarms(uow: Uow, *, with_cleared: bool, limit: int) -> list[Alarm]:
    """Return the alarms that hold, the latest first, then those that are over."""
    rows: list[tuple[Any, ...]] = await hot.fetch(uow, _LIST, (with_cleared, limit))
    return [Alarm(AlarmKind(row[0]), *row[1:]) for row in rows]


_SORTS: Final[Mapping[AlarmSort, LiteralString]] = MappingProxyType(
    {
        "since": "since, alarm_id",
        "-since": "since DESC, alarm_id DESC",
        "value": "value, alarm_id",
        "-value": "value DESC, alarm_id DESC",
        "cleared_at": "cleared_at NULLS LAST, alarm_id",
        "-cleared_at": "cleared_at DESC NULLS LAST, alarm_id DESC",
    }
)
_ASKED: Final[LiteralString] = "(cleared_at IS NULL OR %s) AND (%s::text[] IS NULL OR kind = ANY(%s::text[]))"


async def page_alarms(
    uow: Uow, kinds: Sequence[AlarmKind], sort: AlarmSort | None, *, with_cleared: bool, offset: int, limit: int
) -> Page[Alarm]:
    """Return alarms of some kinds (of none named: of all), those that hold first unless sorted by something."""
    asked = [kind.value for kind in kinds] or None
    where = (with_cleared, asked, asked)
    total = (await hot.fetch(uow, f"SELECT count(*) FROM gateways_alarms WHERE {_ASKED}", where))[0][0]  # noqa: S608
    order = "(cleared_at IS NOT NULL), since DESC, alarm_id DESC" if sort is None else _SORTS[sort]
    rows: list[tuple[Any, ...]] = await hot.fetch(
        uow,
        f"SELECT kind, subject, since, value, detail, seen_at, cleared_at FROM gateways_alarms"  # noqa: S608
        f" WHERE {_ASKED} ORDER BY {order} OFFSET %s LIMIT %s",
        (*where, offset, limit),
    )
    return Page(tuple(Alarm(AlarmKind(row[0]), *row[1:]) for row in rows), total, offset, limit)


async def data_directory(uow: Uow) -> str | None:
    """Return where PostgreSQL keeps its data; ``None`` when our role may not know."""
    rows = await hot.fetch(
        uow,
        """SELECT setting FROM pg_settings WHERE name = 'data_directory'
           AND pg_has_role('pg_read_all_settings', 'MEMBER')""",
        (),
    )
    return rows[0][0] if rows else None


async def forget(uow: Uow, now: datetime, *, keep: timedelta) -> None:
    """Drop alarms that were over long ago."""
    await hot.send(uow, "DELETE FROM gateways_alarms WHERE cleared_at < %s", (now - keep,))
