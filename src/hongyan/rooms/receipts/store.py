"""All statements on reports and uplinks. Accounts serve all tenants, so most of them are not tenant's."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, LiteralString, NamedTuple

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow

_LOCK: Final = 0x48595250
"""Advisory lock of partition makers."""

_INSERT: Final[LiteralString] = """
INSERT INTO receipts_reports
    (day, account_id, received_at, carrier_msg_id, stat, number, submit_time, done_time, smsc_seq)
SELECT %s, %s, %s, u.* FROM unnest(%s::int8[], %s::text[], %s::bytea[], %s::text[], %s::text[], %s::int8[]) AS u
ON CONFLICT DO NOTHING RETURNING carrier_msg_id, stat, number
"""

_INSERT_UNMATCHED: Final[LiteralString] = """
INSERT INTO receipts_unmatched (account_id, received_at, try_at, carrier_msg_id, stat, number)
SELECT %s, %s, %s, u.* FROM unnest(%s::int8[], %s::text[], %s::bytea[]) AS u ON CONFLICT DO NOTHING
"""

_DUE: Final[LiteralString] = """
SELECT carrier_msg_id, stat, number, received_at FROM receipts_unmatched
WHERE account_id = %s AND try_at <= %s ORDER BY try_at LIMIT %s FOR UPDATE SKIP LOCKED
"""

_CALL_BACK: Final[LiteralString] = """
UPDATE receipts_unmatched SET received_at = %s, try_at = %s
WHERE account_id = %s AND received_at > %s AND try_at IS NOT NULL RETURNING 1
"""

_DELETE: Final[LiteralString] = """
DELETE FROM receipts_unmatched AS r USING unnest(%s::int8[], %s::text[], %s::bytea[]) AS u(carrier_msg_id, stat, number)
WHERE r.account_id = %s AND r.carrier_msg_id = u.carrier_msg_id AND r.stat = u.stat AND r.number = u.number
"""

_LATER: Final[LiteralString] = """
UPDATE receipts_unmatched AS r SET try_at = u.try_at
FROM unnest(%s::int8[], %s::text[], %s::bytea[], %s::timestamptz[]) AS u(carrier_msg_id, stat, number, try_at)
WHERE r.account_id = %s AND r.carrier_msg_id = u.carrier_msg_id AND r.stat = u.stat AND r.number = u.number
"""

_INSERT_UPLINK: Final[LiteralString] = """
INSERT INTO receipts_uplinks
    (uplink_id, tenant_id, signature_id, account_id, day, carrier_msg_id, number, dest, text, received_at, parts,
     missing)
SELECT n.* FROM (VALUES (%s::uuid, %s::uuid, %s::text, %s::int4, %s::int4, %s::int8, %s::bytea, %s::text, %s::text,
                         %s::timestamptz, %s::int2, %s::int2))
    AS n (uplink_id, tenant_id, signature_id, account_id, day, carrier_msg_id, number, dest, text, received_at, parts,
          missing)
WHERE NOT EXISTS (SELECT 1 FROM receipts_uplinks AS y
                  WHERE y.day = n.day - 1 AND y.account_id = n.account_id AND y.carrier_msg_id = n.carrier_msg_id
                    AND y.number = n.number AND y.dest = n.dest AND y.text = n.text)
ON CONFLICT DO NOTHING RETURNING 1
"""

_REPEATED: Final[LiteralString] = """
SELECT t.carrier_msg_id, t.stat, t.number
FROM unnest(%s::int8[], %s::text[], %s::bytea[]) AS u(carrier_msg_id, stat, number)
JOIN receipts_reports AS t ON t.day = %s AND t.account_id = %s AND t.carrier_msg_id = u.carrier_msg_id
    AND t.stat = u.stat AND t.number = u.number
JOIN receipts_reports AS y ON y.day = %s AND y.account_id = %s AND y.carrier_msg_id = u.carrier_msg_id
    AND y.stat = u.stat AND y.number = u.number AND y.submit_time = t.submit_time AND y.done_time = t.done_time
"""

_UPLINK_PARTS: Final[LiteralString] = """
SELECT part_no, carrier_msg_id, octets, coding, received_at, uplink_id::text FROM receipts_uplink_parts
WHERE account_id = %s AND number = %s AND dest = %s AND ref = %s AND total = %s ORDER BY part_no
"""

_INSERT_PART: Final[LiteralString] = """
INSERT INTO receipts_uplink_parts
    (account_id, number, dest, ref, total, part_no, carrier_msg_id, octets, coding, received_at, uplink_id)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::uuid)
"""

_OVERDUE: Final[LiteralString] = """
SELECT account_id, number, dest, ref, total FROM receipts_uplink_parts
WHERE uplink_id IS NULL AND received_at <= %s GROUP BY 1, 2, 3, 4, 5 ORDER BY min(received_at) LIMIT %s
"""


class ReportKey(NamedTuple):
    """What makes a report one of its kind on an account and day."""

    carrier_msg_id: int
    """Signed."""
    stat: str
    number: bytes


class NewReport(NamedTuple):
    """A row of reports, beginning with its key."""

    carrier_msg_id: int
    stat: str
    number: bytes
    submit_time: str
    done_time: str
    smsc_seq: int


class UplinkPlace(NamedTuple):
    """What the parts of one long text from a phone have in common."""

    account_id: int
    number: bytes
    dest: str
    ref: int
    total: int


class UplinkPartRow(NamedTuple):
    """One part that came."""

    part_no: int
    carrier_msg_id: int
    """Signed."""
    octets: bytes
    coding: int
    received_at: datetime
    uplink_id: str | None
    """Set once the text was told."""


def _key_arrays(keys: Sequence[ReportKey]) -> tuple[str, str, str]:
    return (
        hot.ints(key.carrier_msg_id for key in keys),
        hot.texts(key.stat for key in keys),
        hot.octets(key.number for key in keys),
    )


async def insert_reports(
    uow: Uow, day: int, account_id: int, rows: Sequence[NewReport], at: datetime
) -> set[ReportKey]:
    """Write reports; returns the keys of those that were not there."""
    columns = (
        hot.ints(r.carrier_msg_id for r in rows),
        hot.texts(r.stat for r in rows),
        hot.octets(r.number for r in rows),
        hot.texts(r.submit_time for r in rows),
        hot.texts(r.done_time for r in rows),
        hot.ints(r.smsc_seq for r in rows),
    )
    found = await uow.fetch(_INSERT, (day, account_id, at, *columns))
    return {ReportKey(row[0], row[1], bytes(row[2])) for row in found}


async def list_repeated(uow: Uow, day: int, account_id: int, keys: Sequence[ReportKey]) -> set[ReportKey]:
    """Return those of reports stored on a day that were stored on the day before, too: repeated over midnight."""
    rows = await hot.ask(uow, _REPEATED, (*_key_arrays(keys), day, account_id, day - 1, account_id))
    return {ReportKey(row[0], row[1], bytes(row[2])) for row in rows}


async def insert_unmatched(
    uow: Uow, account_id: int, keys: Sequence[ReportKey], at: datetime, try_at: datetime
) -> None:
    """List reports that nothing explains yet."""
    await uow.fetch(_INSERT_UNMATCHED, (account_id, at, try_at, *_key_arrays(keys)))


async def take_due(uow: Uow, account_id: int, now: datetime, *, limit: int) -> list[tuple[ReportKey, datetime]]:
    """Lock unexplained reports whose time to be tried has come; returns (key, received at)."""
    rows = await uow.fetch(_DUE, (account_id, now, limit))
    return [(ReportKey(row[0], row[1], bytes(row[2])), row[3]) for row in rows]


async def call_back(uow: Uow, account_id: int, now: datetime) -> int:
    """Make reports due that were listed with a time that is still to come; returns how many."""
    return len(await uow.fetch(_CALL_BACK, (now, now, account_id, now)))


async def delete_unmatched(uow: Uow, account_id: int, keys: Sequence[ReportKey]) -> None:
    """Take explained reports off the list."""
    await uow.fetch(_DELETE, (*_key_arrays(keys), account_id))


async def try_later(uow: Uow, account_id: int, keys: Sequence[ReportKey], times: Sequence[datetime | None]) -> None:
    """Write when reports are tried again."""
    await uow.fetch(_LATER, (*_key_arrays(keys), list(times), account_id))


async def count_unmatched(uow: Uow, account_id: int | None = None) -> int:
    """Count unexplained reports."""
    rows = await uow.fetch(
        "SELECT count(*) FROM receipts_unmatched WHERE %s::int IS NULL OR account_id = %s", (account_id, account_id)
    )
    return int(rows[0][0])


async def insert_uplink(uow: Uow, row: Sequence[object]) -> bool:
    """Write an uplink (values in the order of the columns); tells whether it was not there, nor the day before."""
    return bool(await uow.fetch(_INSERT_UPLINK, row))


async def lock_parts(uow: Uow, place: UplinkPlace) -> list[UplinkPartRow]:
    """Return the parts of a text that are there, and keep everybody else from them until the transaction ends.

    A lock on the place and not on rows: two transactions that bring the last two parts must not miss each other's.
    """
    name = f"uplink:{place.account_id}:{place.number.hex()}:{place.dest}:{place.ref}:{place.total}"
    await uow.fetch("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (name,))
    rows = await uow.fetch(_UPLINK_PARTS, place)
    return [UplinkPartRow(row[0], row[1], bytes(row[2]), row[3], row[4], row[5]) for row in rows]


async def insert_part(uow: Uow, place: UplinkPlace, row: UplinkPartRow) -> None:
    """Add a part; the caller holds the place."""
    await uow.fetch(_INSERT_PART, (*place, *row))


async def mark_told(uow: Uow, place: UplinkPlace, uplink_id: str) -> None:
    """Note that the text of these parts was told."""
    await uow.fetch(
        """UPDATE receipts_uplink_parts SET uplink_id = %s::uuid
           WHERE account_id = %s AND number = %s AND dest = %s AND ref = %s AND total = %s""",
        (uplink_id, *place),
    )


async def delete_parts(uow: Uow, place: UplinkPlace) -> None:
    """Forget the parts of a text."""
    await uow.fetch(
        """DELETE FROM receipts_uplink_parts
           WHERE account_id = %s AND number = %s AND dest = %s AND ref = %s AND total = %s""",
        place,
    )


async def list_overdue(uow: Uow, before: datetime, *, limit: int) -> list[UplinkPlace]:
    """Return texts of which a part came before that time and that were not told."""
    rows = await uow.fetch(_OVERDUE, (before, limit))
    return [UplinkPlace(row[0], bytes(row[1]), *row[2:]) for row in rows]


async def delete_told_parts(uow: Uow, before: datetime) -> None:
    """Forget parts of texts that were told long ago."""
    await uow.fetch("DELETE FROM receipts_uplink_parts WHERE uplink_id IS NOT NULL AND received_at <= %s", (before,))


async def complete_uplink(uow: Uow, uplink_id: str, text: str, missing: int) -> None:
    """Write the text of an uplink again, with a part that came after its time."""
    await uow.fetch(
        "UPDATE receipts_uplinks SET text = %s, missing = %s WHERE uplink_id = %s::uuid", (text, missing, uplink_id)
    )


async def ensure_partitions(uow: Uow, first_day: int, days: int) -> list[str]:
    """Make the partitions of ``days`` days from ``first_day`` on; returns the names of new ones. Repeatable."""
    made = []
    for day in range(first_day, first_day + days):
        name = f"receipts_reports_{day:05d}"
        if await _exists(uow, name):
            continue
        await uow.fetch("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        if await _exists(uow, name):
            continue
        await uow.execute(text(f"CREATE TABLE {name} (LIKE receipts_reports INCLUDING ALL)"))
        await uow.execute(
            text(f"ALTER TABLE receipts_reports ATTACH PARTITION {name} FOR VALUES FROM ({day}) TO ({day + 1})")
        )
        made.append(name)
    return made


async def _exists(uow: Uow, name: str) -> bool:
    # Not to_regclass: its cache may not know yet what another maker has just committed.
    rows = await uow.fetch(
        "SELECT 1 FROM pg_catalog.pg_class WHERE relname = %s AND relnamespace = current_schema()::regnamespace",
        (name,),
    )
    return bool(rows)


async def list_reports(
    uow: Uow, accounts: Collection[int], carrier_msg_ids: Collection[int], number: bytes, first_day: int, last_day: int
) -> list[tuple[int, int, str, str, str, datetime]]:
    """Return (account, carrier's signed id, stat, submit time, done time, received at) of reports to a number."""
    rows = await hot.ask(
        uow,
        """SELECT account_id, carrier_msg_id, stat, submit_time, done_time, received_at FROM receipts_reports
           WHERE day >= %s AND day <= %s AND account_id = ANY(%s::int4[]) AND carrier_msg_id = ANY(%s::int8[])
             AND number = %s ORDER BY received_at""",
        (first_day, last_day, hot.ints(accounts), hot.ints(carrier_msg_ids), number),
    )
    return [tuple(row) for row in rows]


async def list_old_days(uow: Uow, before_day: int) -> list[str]:
    """Return the daily tables of reports from before a day, the oldest first."""
    rows = await uow.fetch(
        """SELECT c.relname FROM pg_catalog.pg_inherits AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
           WHERE i.inhparent = 'receipts_reports'::regclass ORDER BY c.relname"""
    )
    return [name for (name,) in rows if int(name.rsplit("_", 1)[1]) < before_day]


async def drop_day(uow: Uow, name: str) -> bool:
    """Drop one daily table (a name that :func:`list_old_days` returned); false when its parent was busy."""
    await uow.fetch("SELECT set_config('lock_timeout', '500', true)")
    try:
        async with uow.savepoint():
            await uow.execute(text(f"DROP TABLE {name}"))
    except OperationalError:
        return False
    return True


async def delete_old(uow: Uow, before_day: int, before: datetime, *, limit: int) -> int:
    """Delete unexplained reports and at most ``limit`` uplinks from before a day; returns how many uplinks."""
    await uow.fetch("DELETE FROM receipts_unmatched WHERE received_at < %s", (before,))
    rows = await uow.fetch(
        """DELETE FROM receipts_uplinks WHERE uplink_id = ANY(ARRAY(
               SELECT uplink_id FROM receipts_uplinks WHERE day < %s LIMIT %s)) RETURNING 1""",
        (before_day, limit),
    )
    return len(rows)
