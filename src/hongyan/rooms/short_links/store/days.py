"""What is kept by day: payloads of links, taps, and the batches of taps already folded.

Whole days are dropped, never rows. Not for: ranges, which stay.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.rooms.short_links.contracts import LinkPayload, LinkRange, LinkTaps, RangeId, TapBatch
from hongyan.rooms.short_links.tables import PARTITIONED, payloads, ranges, tap_batches, taps

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(dict[str, str]).decode


async def insert_payloads(
    uow: Uow, day: date, range_id: RangeId, by_offset: Mapping[int, LinkPayload], urls: Mapping[int, str | None]
) -> None:
    """COPY the payloads of a range; ``urls`` are the jump URLs as they stand in a header."""
    await uow.copy_rows(
        payloads.name,
        {"day": "date", "range_id": "int8", "offset_no": "int4", "jump_url": "text", "params": "bytea"},
        (
            (day, range_id, offset, urls[offset], _encode(dict(payload.params)))
            for offset, payload in sorted(by_offset.items())
        ),
    )


async def find_payloads(
    uow: Uow, days: Sequence[date], range_ids: Sequence[int], offsets: Sequence[int]
) -> list[LinkPayload | None]:
    """Return the payloads of links (three columns of equal length), in order."""
    rows = await uow.fetch(
        """
        SELECT w.n, p.jump_url, p.params
        FROM unnest(%s::date[], %s::int8[], %s::int4[]) WITH ORDINALITY AS w(day, range_id, offset_no, n)
        JOIN short_links_payloads p ON p.day = w.day AND p.range_id = w.range_id AND p.offset_no = w.offset_no
        """,
        (list(days), list(range_ids), list(offsets)),
    )
    found: list[LinkPayload | None] = [None] * len(offsets)
    for n, jump_url, params in rows:
        found[n - 1] = LinkPayload(jump_url, _decode(params))
    return found


async def fold_taps(uow: Uow, batch: TapBatch) -> bool:
    """Add a batch of taps to the ledger; tells whether it was new. Key: the batch's id within its day."""
    day = datetime.fromtimestamp(batch.at_ms / 1000, UTC).date()
    statement = insert(tap_batches).values(day=day, batch_id=batch.id).on_conflict_do_nothing()
    if (await uow.execute(statement.returning(tap_batches.c.batch_id))).one_or_none() is None:
        return False
    # Sorted by key, so that two consumers never wait for each other in a circle. Taps of a range that a restore took
    # away meet no row of the join.
    await uow.fetch(
        """
        INSERT INTO short_links_taps AS t (day, range_id, offset_no, tenant_id, taps, first_at, last_at)
        SELECT (r.created_at AT TIME ZONE 'UTC')::date, r.range_id, w.offset_no, r.tenant_id, count(*),
               to_timestamp(min(w.at_ms) / 1000.0), to_timestamp(max(w.at_ms) / 1000.0)
        FROM unnest(%s::int8[], %s::int4[], %s::int8[]) AS w(range_id, offset_no, at_ms)
        JOIN short_links_ranges r ON r.range_id = w.range_id AND w.offset_no >= 0 AND w.offset_no < r.count
        GROUP BY r.range_id, w.offset_no
        ORDER BY r.range_id, w.offset_no
        ON CONFLICT (day, range_id, offset_no) DO UPDATE
        SET taps = t.taps + excluded.taps,
            first_at = least(t.first_at, excluded.first_at),
            last_at = greatest(t.last_at, excluded.last_at)
        """,
        (
            [tap.range_id for tap in batch.taps],
            [tap.offset for tap in batch.taps],
            [tap.at_ms for tap in batch.taps],
        ),
    )
    return True


async def list_taps(uow: Uow, tenant_id: TenantId, link_range: LinkRange) -> dict[int, LinkTaps]:
    """Return the taps of a range by offset; links without a tap are not there."""
    rows = await uow.execute(
        select(taps.c.offset_no, taps.c.taps, taps.c.first_at, taps.c.last_at).where(
            taps.c.tenant_id == tenant_id,
            taps.c.day == day_of(link_range),
            taps.c.range_id == link_range.range_id,
        )
    )
    return {
        row.offset_no: LinkTaps(link_range.range_id, row.offset_no, row.taps, row.first_at, row.last_at) for row in rows
    }


def day_of(link_range: LinkRange) -> date:
    """Return the UTC day whose partitions hold what belongs to a range."""
    return link_range.created_at.astimezone(UTC).date()


async def ensure_partitions(uow: Uow, first: date, days: int) -> None:
    """Create the partitions of ``days`` days from ``first`` on where they are missing."""
    # One at a time: two processes that create the same partition would collide.
    await uow.execute(text("SELECT pg_advisory_xact_lock(hashtext('short_links.ensure_partitions'))"))
    known = await _partition_names(uow)
    for table in PARTITIONED:
        for day in (first + timedelta(days=n) for n in range(days)):
            name = f"{table}_{day:%Y%m%d}"
            if name not in known:
                # Names and dates are ours, not input.
                bounds = f"FROM ('{day}') TO ('{day + timedelta(days=1)}')"
                await uow.execute(text(f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES {bounds}"))


async def drop_days(uow: Uow, today: date, *, payload_days: int, tap_days: int, batch_days: int) -> list[str]:
    """Drop the partitions whose content nobody needs any more; return their names.

    Payloads go ``payload_days`` after the last link of their day has expired, taps ``tap_days`` and batches
    ``batch_days`` after their day.
    """
    dropped = []
    for name in sorted(await _partition_names(uow)):
        table, _, stamp = name.rpartition("_")
        day = datetime.strptime(stamp, "%Y%m%d").replace(tzinfo=UTC).date()
        if table == payloads.name:
            is_over = await _are_expired(uow, day, today - timedelta(days=payload_days))
        else:
            is_over = day + timedelta(days=tap_days if table == taps.name else batch_days) < today
        if is_over:
            await uow.execute(text(f"DROP TABLE {name}"))
            dropped.append(name)
    return dropped


async def _are_expired(uow: Uow, day: date, before: date) -> bool:
    """Tell whether every link made on ``day`` expired before ``before``; unreleased ones are kept for a year."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    if start.date() >= before:
        return False
    ends_at = func.coalesce(ranges.c.expires_at, ranges.c.created_at + timedelta(days=365))
    limit = datetime(before.year, before.month, before.day, tzinfo=UTC)
    statement = (
        select(ranges.c.range_id)
        .where(ranges.c.created_at >= start, ranges.c.created_at < start + timedelta(days=1), ends_at >= limit)
        .limit(1)
    )
    return (await uow.execute(statement)).one_or_none() is None


async def _partition_names(uow: Uow) -> set[str]:
    rows = await uow.fetch(
        """
        SELECT c.relname FROM pg_inherits i
        JOIN pg_class c ON c.oid = i.inhrelid
        JOIN pg_class p ON p.oid = i.inhparent
        WHERE p.relname = ANY(%s) AND pg_table_is_visible(p.oid)
        """,
        (list(PARTITIONED),),
    )
    return {name for (name,) in rows}
