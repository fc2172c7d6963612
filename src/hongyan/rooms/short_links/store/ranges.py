"""Ranges and chosen codes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import CardTemplateId, TaskId, TenantId
from hongyan.rooms.short_links.contracts import DomainId, GenerationId, LinkKind, LinkRange, RangeId, RangeRequest
from hongyan.rooms.short_links.tables import custom_codes, domains, ranges

_RANGE = (
    ranges.c.range_id,
    ranges.c.tenant_id,
    domains.c.name.label("domain"),
    ranges.c.generation_id,
    ranges.c.first_no,
    ranges.c.count,
    ranges.c.kind,
    ranges.c.task_id,
    ranges.c.chunk_no,
    ranges.c.card_template_id,
    ranges.c.signatures,
    ranges.c.jump_url,
    ranges.c.resolve_limit,
    ranges.c.valid_for_s,
    ranges.c.created_at,
    ranges.c.released_at,
    ranges.c.expires_at,
    ranges.c.closed_at,
    ranges.c.has_payloads,
)
_CURRENT_XID = text("pg_current_xact_id()::text::bigint")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the numbers of a new range lie."""

    domain_id: DomainId
    generation_id: GenerationId | None
    first_no: int


async def insert_range(
    uow: Uow, tenant_id: TenantId, request: RangeRequest, place: Place, *, jump_url: str | None, now: datetime
) -> RangeId | None:
    """Add a range; ``None`` when its task chunk has one already."""
    released_at = request.released_at
    statement = (
        insert(ranges)
        .values(
            tenant_id=tenant_id,
            domain_id=place.domain_id,
            generation_id=place.generation_id,
            first_no=place.first_no,
            count=request.count,
            kind=request.kind,
            task_id=request.task_id,
            chunk_no=request.chunk_no,
            card_template_id=request.card_template_id,
            signatures=list(request.signatures),
            jump_url=jump_url,
            resolve_limit=request.resolve_limit,
            valid_for_s=int(request.valid_for.total_seconds()),
            created_at=now,
            released_at=released_at,
            expires_at=None if released_at is None else released_at + request.valid_for,
            has_payloads=bool(request.payloads),
        )
        .on_conflict_do_nothing(
            index_elements=[ranges.c.tenant_id, ranges.c.task_id, ranges.c.chunk_no],
            index_where=text("task_id IS NOT NULL"),
        )
        .returning(ranges.c.range_id)
    )
    range_id = (await uow.execute(statement)).scalar_one_or_none()
    return None if range_id is None else RangeId(range_id)


def new_range(
    tenant_id: TenantId,
    request: RangeRequest,
    place: Place,
    *,
    range_id: RangeId,
    domain: str,
    jump_url: str | None,
    now: datetime,
) -> LinkRange:
    """Return a range as it was just written: what is known need not be read again."""
    released_at = request.released_at
    return LinkRange(
        range_id=range_id,
        tenant_id=tenant_id,
        domain=domain,
        generation_id=place.generation_id,
        first_no=place.first_no,
        count=request.count,
        kind=request.kind,
        task_id=request.task_id,
        chunk_no=request.chunk_no,
        card_template_id=request.card_template_id,
        signatures=request.signatures,
        jump_url=jump_url,
        resolve_limit=request.resolve_limit,
        valid_for=request.valid_for,
        created_at=now,
        released_at=released_at,
        expires_at=None if released_at is None else released_at + request.valid_for,
        closed_at=None,
        has_payloads=bool(request.payloads),
    )


async def find_range(uow: Uow, tenant_id: TenantId, range_id: RangeId) -> LinkRange | None:
    """Return one range of a tenant."""
    return await _find(uow, ranges.c.tenant_id == tenant_id, ranges.c.range_id == range_id)


async def find_chunk_range(uow: Uow, tenant_id: TenantId, task_id: TaskId, chunk_no: int) -> LinkRange | None:
    """Return the range that a task chunk has got."""
    return await _find(uow, ranges.c.tenant_id == tenant_id, ranges.c.task_id == task_id, ranges.c.chunk_no == chunk_no)


async def list_task_ranges(uow: Uow, tenant_id: TenantId, task_id: TaskId) -> tuple[LinkRange, ...]:
    """Return the ranges of a task by chunk."""
    rows = await uow.execute(
        select(*_RANGE)
        .join(domains, domains.c.domain_id == ranges.c.domain_id)
        .where(ranges.c.tenant_id == tenant_id, ranges.c.task_id == task_id)
        .order_by(ranges.c.chunk_no)
    )
    return tuple(_range(row) for row in rows)


async def release_range(uow: Uow, tenant_id: TenantId, range_id: RangeId, at: datetime) -> datetime | None:
    """Write the release of a range that has none yet; return when it expires (also when it was released before)."""
    await uow.execute(
        update(ranges)
        .where(ranges.c.tenant_id == tenant_id, ranges.c.range_id == range_id, ranges.c.released_at.is_(None))
        .values(
            released_at=at,
            expires_at=at + func.make_interval(0, 0, 0, 0, 0, 0, ranges.c.valid_for_s),
            changed_xid=_CURRENT_XID,
        )
    )
    statement = select(ranges.c.expires_at).where(ranges.c.tenant_id == tenant_id, ranges.c.range_id == range_id)
    return (await uow.execute(statement)).scalar_one_or_none()


async def close_range(uow: Uow, tenant_id: TenantId, range_id: RangeId, at: datetime) -> bool:
    """Take the links of a range back; tells whether the range exists."""
    result = await uow.execute(
        update(ranges)
        .where(ranges.c.tenant_id == tenant_id, ranges.c.range_id == range_id)
        .values(closed_at=func.coalesce(ranges.c.closed_at, at), changed_xid=_CURRENT_XID)
    )
    return result.rowcount == 1


async def list_changed(uow: Uow, since_xid: int) -> tuple[list[RangeId], int]:
    """Return the ranges changed by transactions from ``since_xid`` on, and the value to ask with next time.

    The next value is the oldest transaction still running now, so a change that commits late is seen late, never
    missed.
    """
    rows = await uow.fetch(
        """
        SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
               array(SELECT range_id FROM short_links_ranges WHERE changed_xid > 0 AND changed_xid >= %s)
        """,
        (since_xid,),
    )
    next_xid, changed = rows[0]
    return [RangeId(range_id) for range_id in changed], int(next_xid)


async def find_ranges_of_numbers(
    uow: Uow, generation_ids: Sequence[int], numbers: Sequence[int]
) -> list[LinkRange | None]:
    """Return the ranges that hold the numbers (pairwise with their generations), in order."""
    rows = await uow.fetch(
        """
        SELECT w.n, r.range_id, r.tenant_id::text, d.name, r.generation_id, r.first_no, r.count, r.kind,
        r.task_id::text,
               r.chunk_no, r.card_template_id, r.signatures, r.jump_url, r.resolve_limit, r.valid_for_s, r.created_at,
               r.released_at, r.expires_at, r.closed_at, r.has_payloads
        FROM unnest(%s::int8[], %s::int8[]) WITH ORDINALITY AS w(generation_id, number, n)
        CROSS JOIN LATERAL (
            SELECT * FROM short_links_ranges c
            WHERE c.generation_id = w.generation_id AND c.first_no <= w.number
            ORDER BY c.first_no DESC LIMIT 1
        ) AS r
        JOIN short_links_domains d ON d.domain_id = r.domain_id
        WHERE w.number < r.first_no + r.count
        """,
        (list(generation_ids), list(numbers)),
    )
    found: list[LinkRange | None] = [None] * len(numbers)
    for row in rows:
        found[row[0] - 1] = _range_of(*row[1:])
    return found


async def find_custom(uow: Uow, domain_ids: Sequence[int], codes: Sequence[str]) -> list[tuple[LinkRange, int] | None]:
    """Return range and offset of chosen codes (pairwise with their domains), in order."""
    rows = await uow.fetch(
        """
        SELECT w.n, c.offset_no, r.range_id, r.tenant_id::text, d.name, r.generation_id, r.first_no, r.count, r.kind,
               r.task_id::text, r.chunk_no, r.card_template_id, r.signatures, r.jump_url, r.resolve_limit,
               r.valid_for_s, r.created_at, r.released_at, r.expires_at, r.closed_at, r.has_payloads
        FROM unnest(%s::int8[], %s::text[]) WITH ORDINALITY AS w(domain_id, code, n)
        JOIN short_links_custom_codes c ON c.domain_id = w.domain_id AND c.code = w.code COLLATE "C"
        JOIN short_links_ranges r ON r.range_id = c.range_id
        JOIN short_links_domains d ON d.domain_id = r.domain_id
        """,
        (list(domain_ids), list(codes)),
    )
    found: list[tuple[LinkRange, int] | None] = [None] * len(codes)
    for row in rows:
        found[row[0] - 1] = (_range_of(*row[2:]), row[1])
    return found


async def insert_custom_codes(uow: Uow, domain_id: DomainId, range_id: RangeId, codes: Sequence[str]) -> set[str]:
    """Add chosen codes in offset order; return those that are taken (and were not added)."""
    # In one order everywhere: two calls that want the same codes must not wait for each other.
    order = sorted(zip(codes, range(len(codes)), strict=True))
    added = await uow.fetch(
        """
        INSERT INTO short_links_custom_codes (domain_id, code, range_id, offset_no)
        SELECT %s::int8, w.code, %s::int8, w.offset_no FROM unnest(%s::text[], %s::int4[]) AS w(code, offset_no)
        ON CONFLICT DO NOTHING RETURNING code
        """,
        (domain_id, range_id, [code for code, _ in order], [offset for _, offset in order]),
    )
    return set(codes) - {code for (code,) in added}


async def list_custom_codes(uow: Uow, range_id: RangeId) -> list[str]:
    """Return the chosen codes of a range in offset order."""
    statement = (
        select(custom_codes.c.code).where(custom_codes.c.range_id == range_id).order_by(custom_codes.c.offset_no)
    )
    return list((await uow.execute(statement)).scalars())


async def after_restore(uow: Uow, by: int) -> None:
    """Move the numbering of ranges forward and forget transaction numbers, which belong to another server."""
    await uow.execute(
        text(
            "SELECT setval(pg_get_serial_sequence('short_links_ranges', 'range_id'), "
            "(SELECT coalesce(max(range_id), 0) FROM short_links_ranges) + CAST(:by AS bigint))"
        ),
        {"by": by},
    )
    await uow.execute(update(ranges).where(ranges.c.changed_xid > 0).values(changed_xid=0))


async def _find(uow: Uow, *conditions: ColumnElement[bool]) -> LinkRange | None:
    statement = select(*_RANGE).join(domains, domains.c.domain_id == ranges.c.domain_id).where(*conditions)
    row = (await uow.execute(statement)).one_or_none()
    return None if row is None else _range(row)


def _range(row: Row[Any]) -> LinkRange:
    return _range_of(*tuple(row))


def _range_of(
    range_id: int,
    tenant_id: str,
    domain: str,
    generation_id: int | None,
    first_no: int,
    count: int,
    kind: str,
    task_id: str | None,
    chunk_no: int,
    card_template_id: str | None,
    signatures: Iterable[str],
    jump_url: str | None,
    resolve_limit: int,
    valid_for_s: int,
    created_at: datetime,
    released_at: datetime | None,
    expires_at: datetime | None,
    closed_at: datetime | None,
    has_payloads: bool,  # noqa: FBT001 - a column
) -> LinkRange:
    return LinkRange(
        range_id=RangeId(range_id),
        tenant_id=TenantId(tenant_id),
        domain=domain,
        generation_id=None if generation_id is None else GenerationId(generation_id),
        first_no=first_no,
        count=count,
        kind=LinkKind(kind),
        task_id=None if task_id is None else TaskId(task_id),
        chunk_no=chunk_no,
        card_template_id=None if card_template_id is None else CardTemplateId(card_template_id),
        signatures=tuple(signatures),
        jump_url=jump_url,
        resolve_limit=resolve_limit,
        valid_for=timedelta(seconds=valid_for_s),
        created_at=created_at,
        released_at=released_at,
        expires_at=expires_at,
        closed_at=closed_at,
        has_payloads=has_payloads,
    )
