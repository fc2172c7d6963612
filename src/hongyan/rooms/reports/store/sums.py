"""SQL of the sums of days, tenant first."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Date, Text, and_, cast, delete, func, insert, literal, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.expression import ColumnCollection

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import CardTemplateId, TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.handsets.contracts import CardSums, Vendor
from hongyan.rooms.reports.contracts import (
    CardFilter,
    CardLine,
    CardRow,
    CardSplit,
    ReportType,
    SendFilter,
    SendRow,
    SendSums,
)
from hongyan.rooms.reports.tables import cards, days, sends

_SENT: Final = ("submitted", "capable", "sent", "delivered", "resolved")
_DONE: Final = ("resolved", "exposed_people", "exposed_times", "clicked_people", "clicked_times")
_S, _C, _D = sends.c, cards.c, days.c


async def lock_day(uow: Uow, tenant_id: TenantId, day: date, at: datetime) -> None:
    """Note that a day is summed now; a second one who sums it waits for the first."""
    statement = upsert(days).values(tenant_id=tenant_id, day=day, summed_at=at, took_ms=0)
    await uow.execute(statement.on_conflict_do_update(index_elements=[_D.tenant_id, _D.day], set_={"summed_at": at}))


async def replace_day(
    uow: Uow, tenant_id: TenantId, day: date, sent: Sequence[SendRow], drawn: Sequence[CardSums], took: timedelta
) -> None:
    """Write the sums of a locked day in place of those before."""
    await uow.execute(delete(sends).where(_S.tenant_id == tenant_id, _S.day == day))
    await uow.execute(delete(cards).where(_C.tenant_id == tenant_id, _C.day == day))
    key = {"tenant_id": tenant_id, "day": day}
    if sent:
        rows: list[dict[str, Any]] = [
            {**key, "tpl_id": row.tpl_id, "tpl_name": row.tpl_name, **{name: getattr(row, name) for name in _SENT}}
            for row in sent
        ]
        await uow.execute(insert(sends), rows)
    if drawn:
        rows = [
            {**key, "tpl_id": row.tpl_id, "vendor": row.vendor.value, **{name: getattr(row, name) for name in _DONE}}
            for row in drawn
        ]
        await uow.execute(insert(cards), rows)
    milliseconds = round(took.total_seconds() * 1000)
    await uow.execute(days.update().where(_D.tenant_id == tenant_id, _D.day == day).values(took_ms=milliseconds))


async def list_summed(
    uow: Uow, tenant_id: TenantId, wanted: Collection[date]
) -> dict[date, tuple[datetime, timedelta]]:
    """Return when days were summed last and how long that took; days that never were are absent."""
    statement = select(_D.day, _D.summed_at, _D.took_ms).where(_D.tenant_id == tenant_id, _D.day.in_(wanted))
    rows = (await uow.execute(statement)).all()
    return {row.day: (row.summed_at, timedelta(milliseconds=row.took_ms)) for row in rows}


async def list_sends(uow: Uow, tenant_id: TenantId, wanted: SendFilter, *, offset: int, limit: int) -> Page[SendRow]:
    """Return rows of the send report, the newest day first unless another order is asked for, then by template."""
    day = _day_of(wanted)
    name = func.max(_S.tpl_name)
    grouped = (
        select(day.label("day"), _S.tpl_id, name.label("tpl_name"), *(func.sum(_S[n]).label(n) for n in _SENT))
        .where(_sends_of(tenant_id, wanted))
        .group_by(day, _S.tpl_id)
        .subquery()
    )
    total = (await uow.execute(select(func.count()).select_from(grouped))).scalar_one()
    by = _sorted_by(grouped.c, wanted.sort)
    order = (by, grouped.c.day.desc(), grouped.c.tpl_id)
    statement = select(grouped).order_by(*order).offset(offset).limit(limit)
    rows = (await uow.execute(statement)).all()
    found = tuple(
        SendRow(row.day, CardTemplateId(row.tpl_id), row.tpl_name, *(int(getattr(row, n)) for n in _SENT))
        for row in rows
    )
    return Page(found, total, offset, limit)


async def sum_sends(uow: Uow, tenant_id: TenantId, wanted: SendFilter) -> list[tuple[date, SendSums]]:
    """Return the counts of each day (or month) over all templates asked for, the oldest first."""
    day = _day_of(wanted)
    statement = (
        select(day.label("day"), *(func.sum(_S[n]).label(n) for n in _SENT))
        .where(_sends_of(tenant_id, wanted))
        .group_by(day)
        .order_by(day)
    )
    return [(row.day, SendSums(*(int(getattr(row, n)) for n in _SENT))) for row in await uow.execute(statement)]


async def sum_cards(uow: Uow, tenant_id: TenantId, wanted: CardFilter) -> list[CardLine]:
    """Return the counts of each day over all templates asked for, the oldest first; days without any are left out."""
    statement = (
        select(_C.day, *(func.sum(_C[n]).label(n) for n in _DONE))
        .where(_cards_of(tenant_id, wanted))
        .group_by(_C.day)
        .order_by(_C.day)
    )
    rows = await uow.execute(statement)
    return [CardLine(CardTemplateId(""), "", row.day, None, *(int(getattr(row, n)) for n in _DONE)) for row in rows]


def _sorted_by(columns: ColumnCollection[str, ColumnElement[Any]], sort: str) -> ColumnElement[Any]:
    column = columns[sort.removeprefix("-")]
    return column.desc() if sort.startswith("-") else column.asc()


def _day_of(wanted: SendFilter) -> ColumnElement[date]:
    if wanted.report_type is ReportType.MONTHLY:
        return cast(func.date_trunc("month", _S.day), Date)
    return _S.day


def _sends_of(tenant_id: TenantId, wanted: SendFilter) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [_S.tenant_id == tenant_id]
    if wanted.tpl_id is not None:
        parts.append(_S.tpl_id == wanted.tpl_id)
    if wanted.tpl_name is not None:
        parts.append(_S.tpl_name.icontains(wanted.tpl_name, autoescape=True))
    if wanted.first is not None:
        parts.append(_S.day >= wanted.first)
    if wanted.last is not None:
        parts.append(_S.day <= wanted.last)
    return and_(*parts)


async def list_cards(uow: Uow, tenant_id: TenantId, wanted: CardFilter, *, offset: int, limit: int) -> Page[CardRow]:
    """Return a row per template that has any sums in the span, by template."""
    statement = (
        select(_C.tpl_id, *(func.sum(_C[n]).label(n) for n in _DONE))
        .where(_cards_of(tenant_id, wanted))
        .group_by(_C.tpl_id)
    )
    rows = (await uow.execute(statement.order_by(_C.tpl_id))).all()
    found = [CardRow(CardTemplateId(row.tpl_id), *(int(getattr(row, n)) for n in _DONE)) for row in rows]
    return Page(tuple(found[offset : offset + limit]), len(found), offset, limit)


async def split_cards(
    uow: Uow, tenant_id: TenantId, wanted: CardFilter, split: Collection[CardSplit], *, offset: int, limit: int
) -> Page[CardLine]:
    """Return a row per template and what else they are split by.

    The newest day first, then by template and vendor, unless another order is asked for.
    """
    day = _C.day if CardSplit.DAY in split else literal(None, Date)
    vendor = _C.vendor if CardSplit.VENDOR in split else literal(None, Text)
    by = [_C.tpl_id, *([_C.day] if CardSplit.DAY in split else []), *([_C.vendor] if CardSplit.VENDOR in split else [])]
    named = (
        select(func.max(_S.tpl_name))
        .where(_S.tenant_id == tenant_id, _S.tpl_id == _C.tpl_id)
        .correlate(cards)
        .scalar_subquery()
    )
    grouped = (
        select(
            _C.tpl_id,
            func.coalesce(named, "").label("tpl_name"),
            day.label("day"),
            vendor.label("vendor"),
            *(func.sum(_C[n]).label(n) for n in _DONE),
        )
        .where(_cards_of(tenant_id, wanted))
        .group_by(*by)
        .subquery()
    )
    total = (await uow.execute(select(func.count()).select_from(grouped))).scalar_one()
    order: tuple[ColumnElement[Any], ...] = (grouped.c.day.desc(), grouped.c.tpl_id, grouped.c.vendor)
    if wanted.sort is not None:
        order = (_sorted_by(grouped.c, wanted.sort), *order)
    rows = await uow.execute(select(grouped).order_by(*order).offset(offset).limit(limit))
    found = tuple(
        CardLine(
            CardTemplateId(row.tpl_id),
            row.tpl_name,
            row.day,
            None if row.vendor is None else Vendor(row.vendor),
            *(int(getattr(row, n)) for n in _DONE),
        )
        for row in rows
    )
    return Page(found, total, offset, limit)


def _cards_of(tenant_id: TenantId, wanted: CardFilter) -> ColumnElement[bool]:
    parts = [_C.tenant_id == tenant_id, _C.day.between(wanted.first, wanted.last)]
    if wanted.tpl_ids is not None:
        parts.append(_C.tpl_id.in_(wanted.tpl_ids))
    if wanted.vendors is not None:
        parts.append(_C.vendor.in_([vendor.value for vendor in wanted.vendors]))
    return and_(*parts)
