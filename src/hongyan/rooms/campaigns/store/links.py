"""Links that calls of the API made, resolve tasks, and cards that handsets drew. Tenant first.

Marks and values of people are sealed under the tenant's key here and opened on the way out.
"""

import asyncio
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import (
    ColumnElement,
    and_,
    any_,
    func,
    insert,
    literal,
    literal_column,
    not_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.engine import Row

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import CardTemplateId, TaskId, TenantId
from hongyan.kernel.keys.numbers import NumberSealer
from hongyan.kernel.paging import Page
from hongyan.kernel.phones import normalise_phone
from hongyan.rooms.campaigns.contracts import Link, LinkFilter, LinkSums, LinkTask, NewLink, ResolvedStatus, ResolveTask
from hongyan.rooms.campaigns.tables import links, resolve_tasks, tasks
from hongyan.rooms.short_links.contracts import LinkKind

COUNTED_ROWS: Final = 10_001
"""Totals beyond the API's window are not counted to the end."""
_L = links.c
_R = resolve_tasks.c
_COLUMNS: Final = {
    "tenant_id": "uuid",
    "task_id": "uuid",
    "position": "int2",
    "is_send": "bool",
    "task_name": "text",
    "card_template_id": "text",
    "card_template_name": "text",
    "signatures": "text[]",
    "created_by": "text",
    "created_at": "timestamptz",
    "expires_at": "timestamptz",
    "range_id": "int8",
    "offset_no": "int4",
    "aim_url": "text",
    "code": "text",
    "result_code": "text",
    "error_message": "text",
    "cust_key": "bytea",
    "personal": "bytea",
}


class _Personal(msgspec.Struct, omit_defaults=True):
    """What of a row says something about a person."""

    cust_flag: str
    dync_params: dict[str, str] = {}
    custom_url: str | None = None
    custom_short_code: str | None = None


class DrawnCard(NamedTuple):
    """A card that a handset drew."""

    tenant_id: str
    task_id: str | None
    range_id: int
    offset: int
    code: str
    vendor: str
    at: datetime


_decode_personal = msgspec.json.Decoder(_Personal).decode


def cust_key(sealer: NumberSealer, cust_flag: str) -> bytes:
    """Return what links of a person are found by, however the number was written."""
    return sealer.seal_text(normalise_phone(cust_flag) or cust_flag)


async def insert_links(uow: Uow, sealer: NumberSealer, new: Sequence[Link]) -> None:
    """Write the links of one call."""

    def rows() -> Iterator[Sequence[object]]:
        for position, link in enumerate(new):
            task, row = link.task, link.row
            personal = _Personal(row.cust_flag, dict(row.dync_params), row.custom_url, row.custom_short_code)
            yield (
                uuid.UUID(task.tenant_id),
                uuid.UUID(task.task_id),
                position,
                task.is_send,
                task.name,
                task.card_template_id,
                task.card_template_name,
                list(task.signatures),
                task.created_by,
                task.created_at,
                link.expires_at,
                link.range_id,
                link.offset,
                link.aim_url,
                link.code,
                link.result_code,
                link.error_message,
                cust_key(sealer, row.cust_flag),
                sealer.seal_text(msgspec.json.encode(personal).decode()),
            )

    # Sealing takes some 7 µs a row; it waits for nobody.
    await uow.copy_rows("campaigns_links", _COLUMNS, await asyncio.to_thread(lambda: list(rows())))


async def insert_resolve_task(uow: Uow, task: ResolveTask, card_template_id: CardTemplateId) -> None:
    """Write what the rows of a resolve task share."""
    await uow.execute(
        insert(resolve_tasks).values(
            tenant_id=task.tenant_id,
            task_id=task.task_id,
            kind=task.kind.value,
            resolving_times=task.resolving_times,
            domain=task.domain,
            validity_days=task.validity_days,
            card_template_id=card_template_id,
            created_at=task.created_at,
            expires_at=task.created_at + timedelta(days=task.validity_days),
        )
    )


async def list_links(
    uow: Uow, tenant_id: TenantId, sealer: NumberSealer, wanted: LinkFilter, *, offset: int, limit: int
) -> Page[Link]:
    """Return links by the time or name of their call, in the order of its rows; the total is exact up to 10,000."""
    where = _conditions(tenant_id, sealer, wanted)
    counted = select(true()).select_from(links).where(where).limit(COUNTED_ROWS).subquery()
    total = int((await uow.execute(select(func.count()).select_from(counted))).scalar_one())
    if offset >= total:
        return Page((), total, offset, limit)
    column = _L.task_name if wanted.sort.endswith("name") else _L.created_at
    by_call = column.desc() if wanted.sort.startswith("-") else column
    statement = select(links).where(where).order_by(by_call, _L.link_id).offset(offset).limit(limit)
    return Page(tuple(_link(row, sealer) for row in (await uow.execute(statement)).all()), total, offset, limit)


async def read_links(
    uow: Uow, tenant_id: TenantId, sealer: NumberSealer, wanted: LinkFilter, *, after: Link | None, limit: int
) -> tuple[Link, ...]:
    """Return links that come after one, the oldest call first, in the order of its rows: all of them, step by step."""
    where = _conditions(tenant_id, sealer, wanted)
    if wanted.task_id:
        # A task's links are of one time: by their ids alone they are read out of its index, from where a step begins.
        statement = select(links).where(where, _L.link_id > (after.link_id if after else 0)).order_by(_L.link_id)
    else:
        key = tuple_(_L.created_at, _L.link_id)
        rest = true() if after is None else key > tuple_(after.task.created_at, after.link_id)
        statement = select(links).where(where, rest).order_by(_L.created_at, _L.link_id)
    return tuple(_link(row, sealer) for row in (await uow.execute(statement.limit(limit))).all())


async def find_resolve_tasks(uow: Uow, tenant_id: TenantId, task_ids: Collection[TaskId]) -> dict[TaskId, ResolveTask]:
    """Return those of the resolve tasks that exist."""
    if not task_ids:
        return {}
    statement = select(resolve_tasks).where(_R.tenant_id == tenant_id, _R.task_id.in_(task_ids))
    return {
        TaskId(row.task_id): ResolveTask(
            task_id=TaskId(row.task_id),
            tenant_id=TenantId(row.tenant_id),
            kind=LinkKind(row.kind),
            resolving_times=row.resolving_times,
            domain=row.domain,
            validity_days=row.validity_days,
            created_at=row.created_at,
            resolved=row.resolved,
        )
        for row in (await uow.execute(statement)).all()
    }


async def count_links(uow: Uow, tenant_id: TenantId, task_ids: Collection[TaskId]) -> dict[TaskId, LinkSums]:
    """Return how many links some resolve tasks asked for and got."""
    if not task_ids:
        return {}
    statement = (
        select(_L.task_id, func.count().label("wanted"), func.count(_L.code).label("made"))
        .where(_L.tenant_id == tenant_id, _L.task_id.in_(task_ids))
        .group_by(_L.task_id)
    )
    return {TaskId(row.task_id): LinkSums(row.wanted, row.made) for row in (await uow.execute(statement)).all()}


async def insert_cards(uow: Uow, rows: Sequence[tuple[object, ...]]) -> list[DrawnCard]:
    """Write drawn cards (range, offset, device, tenant, task, code, vendor, at); return those nobody told before."""
    new = await uow.fetch(
        """INSERT INTO campaigns_cards (range_id, offset_no, device, tenant_id, task_id, code, vendor, at)
           SELECT * FROM unnest(%s::int8[], %s::int4[], %s::bytea[], %s::uuid[], %s::uuid[], %s::text[], %s::text[],
                                %s::timestamptz[])
           ON CONFLICT DO NOTHING RETURNING tenant_id::text, task_id::text, range_id, offset_no, code, vendor, at""",
        [list(column) for column in zip(*rows, strict=True)],
    )
    return [DrawnCard(*row) for row in new]


async def note_drawn(uow: Uow, drawn: Mapping[tuple[int, int], tuple[int, datetime]]) -> None:
    """Add drawings (count, first time) to the links that have rows; sorted, so that two jobs lock in one order."""
    places = sorted(drawn)
    await uow.fetch(
        """UPDATE campaigns_links AS l
           SET resolved_times = l.resolved_times + n.count, resolved_at = least(l.resolved_at, n.at)
           FROM (SELECT * FROM unnest(%s::int8[], %s::int4[], %s::int8[], %s::timestamptz[])
                 AS t(range_id, offset_no, count, at) ORDER BY 1, 2) AS n
           WHERE l.range_id = n.range_id AND l.offset_no = n.offset_no AND l.range_id > 0""",
        (
            [place[0] for place in places],
            [place[1] for place in places],
            [drawn[place][0] for place in places],
            [drawn[place][1] for place in places],
        ),
    )


async def add_resolved(uow: Uow, counts: Mapping[TaskId, int]) -> None:
    """Add drawings to send tasks and resolve tasks (ids come from our own links, not from a request)."""
    for task_id, count in sorted(counts.items()):
        await uow.execute(update(tasks).where(tasks.c.task_id == task_id).values(resolved=tasks.c.resolved + count))
        await uow.execute(update(resolve_tasks).where(_R.task_id == task_id).values(resolved=_R.resolved + count))


async def list_drawn(uow: Uow, tenant_id: TenantId, task_id: TaskId) -> dict[str, datetime]:
    """Return when the cards of a send task were first drawn, by code; at most the API's window."""
    rows = await uow.fetch(
        """SELECT code, min(at) FROM campaigns_cards WHERE task_id = %s::uuid AND tenant_id = %s::uuid
           GROUP BY code LIMIT %s""",
        (task_id, tenant_id, COUNTED_ROWS),
    )
    return {row[0]: row[1] for row in rows}


async def find_drawn(uow: Uow, tenant_id: TenantId, task_id: TaskId, codes: Sequence[str]) -> dict[str, datetime]:
    """Return when some cards of a send task were first drawn, by code."""
    rows = await uow.fetch(
        """SELECT code, min(at) FROM campaigns_cards
           WHERE task_id = %s::uuid AND tenant_id = %s::uuid AND code = ANY(%s::text[]) GROUP BY code""",
        (task_id, tenant_id, list(codes)),
    )
    return {row[0]: row[1] for row in rows}


def _conditions(tenant_id: TenantId, sealer: NumberSealer, wanted: LinkFilter) -> ColumnElement[bool]:
    equals: tuple[tuple[ColumnElement[Any], object], ...] = (
        (_L.task_id, wanted.task_id),
        (_L.card_template_id, wanted.card_template_id),
        (_L.cust_key, cust_key(sealer, wanted.cust_flag) if wanted.cust_flag else None),
        (_L.aim_url, wanted.aim_url),
    )
    parts: list[ColumnElement[bool]] = [_L.tenant_id == tenant_id]
    parts += [column == value for column, value in equals if value not in {None, ""}]
    if wanted.is_send is not None:
        parts.append(_L.is_send if wanted.is_send else not_(_L.is_send))
    contains = ((_L.task_name, wanted.task_name), (_L.card_template_name, wanted.card_template_name))
    parts += [column.icontains(text, autoescape=True) for column, text in contains if text]
    if wanted.only_first:
        # In the words of the partial indexes, without a parameter: a plan for any value could not use them.
        parts.append(_L.position == literal_column("0"))
    if wanted.sms_sign:
        parts.append(literal(wanted.sms_sign) == any_(_L.signatures))
    if wanted.status is not None:
        parts += _OF_STATUS[wanted.status]
    if wanted.begin:
        parts.append(_L.created_at >= wanted.begin)
    if wanted.end:
        parts.append(_L.created_at <= wanted.end)
    return and_(*parts)


_OF_STATUS: Final[Mapping[ResolvedStatus, Sequence[ColumnElement[bool]]]] = {
    ResolvedStatus.FAIL: (_L.code.is_(None),),
    ResolvedStatus.SUCCESS: (_L.resolved_at.is_not(None),),
    ResolvedStatus.UNRESOLVED: (_L.code.is_not(None), _L.resolved_at.is_(None)),
}


def _link(row: Row[Any], sealer: NumberSealer) -> Link:
    personal = _decode_personal(sealer.open_text(row.personal))
    return Link(
        task=LinkTask(
            task_id=TaskId(row.task_id),
            tenant_id=TenantId(row.tenant_id),
            name=row.task_name,
            is_send=row.is_send,
            card_template_id=CardTemplateId(row.card_template_id),
            card_template_name=row.card_template_name,
            signatures=tuple(row.signatures),
            created_by=row.created_by,
            created_at=row.created_at,
        ),
        row=NewLink(personal.cust_flag, personal.dync_params, personal.custom_url, personal.custom_short_code),
        result_code=row.result_code,
        error_message=row.error_message,
        aim_url=row.aim_url,
        code=row.code,
        range_id=row.range_id,
        offset=row.offset_no,
        expires_at=row.expires_at,
        resolved_at=row.resolved_at,
        resolved_times=row.resolved_times,
        link_id=row.link_id,
    )
