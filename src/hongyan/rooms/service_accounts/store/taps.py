"""Statements of taps: ids that were counted, counts of hours, sums of days. Days are those of a zone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Date, Select, and_, cast, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.expression import ColumnCollection

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.service_accounts.contracts.accounts import MenuForm, PartKind, PortalForm
from hongyan.rooms.service_accounts.contracts.taps import TapCounts, TapFilter, TapItemRow, TapRow, TapTarget
from hongyan.rooms.service_accounts.store.forms import part_form
from hongyan.rooms.service_accounts.tables import parts, pubs, shortcuts, tap_ids, taps

HourKey = tuple[TenantId, datetime, str, TapTarget, str]
"""Tenant, hour, account (of a shortcut key: its scene), target, item."""
_T: Final = taps.c


@dataclass(frozen=True, slots=True)
class ShownParts:
    """What of an account was approved last."""

    tenant_id: TenantId
    menu: MenuForm | None
    portal: PortalForm | None


async def list_shown(uow: Uow, pub_ids: Collection[str]) -> dict[str, ShownParts]:
    """Return accounts of any tenant that were approved once, with their approved parts."""
    statement = (
        select(pubs.c.pub_id, pubs.c.tenant_id, parts.c.kind, parts.c.live)
        .outerjoin(parts, and_(parts.c.pub_id == pubs.c.pub_id, parts.c.live.is_not(None)))
        .where(pubs.c.pub_id.in_(pub_ids), pubs.c.live.is_not(None))
    )
    tenants: dict[str, TenantId] = {}
    forms: dict[str, list[MenuForm | PortalForm | None]] = {}
    for row in await uow.execute(statement):
        tenants[row.pub_id] = TenantId(row.tenant_id)
        form = None if row.kind is None else part_form(PartKind(row.kind), row.live)
        forms.setdefault(row.pub_id, []).append(form)
    return {
        pub_id: ShownParts(
            tenant_id,
            next((form for form in forms[pub_id] if isinstance(form, MenuForm)), None),
            next((form for form in forms[pub_id] if isinstance(form, PortalForm)), None),
        )
        for pub_id, tenant_id in tenants.items()
    }


async def remember_ids(uow: Uow, vendor: str, event_ids: Sequence[str], now: datetime) -> list[str]:
    """Write the ids of taps and return the new ones; in one order, so that two calls never wait in a ring."""
    if not event_ids:
        return []
    rows = [{"vendor": vendor, "event_id": event_id, "received_at": now} for event_id in sorted(event_ids)]
    statement = insert(tap_ids).values(rows).on_conflict_do_nothing().returning(tap_ids.c.event_id)
    return list((await uow.execute(statement)).scalars())


async def add_hours(uow: Uow, counts: Mapping[HourKey, int]) -> None:
    """Add to the counts of hours, in the order of their keys, as above."""
    if not counts:
        return
    names = [column.name for column in taps.primary_key]
    rows = [dict(zip(names, key, strict=True)) | {"times": counts[key]} for key in sorted(counts)]
    statement = insert(taps).values(rows)
    added = {"times": _T.times + statement.excluded.times}
    await uow.execute(statement.on_conflict_do_update(index_elements=list(taps.primary_key), set_=added))


async def forget_ids(uow: Uow, before: datetime) -> int:
    """Delete ids that came before a time."""
    return (await uow.execute(delete(tap_ids).where(tap_ids.c.received_at < before))).rowcount


async def list_rows(uow: Uow, tenant_id: TenantId, wanted: TapFilter, *, offset: int, limit: int) -> Page[TapRow]:
    """Return the taps by day and account."""
    day = _day(wanted)
    grouped = (
        select(day.label("day"), _T.pub_id, _name(), *_counts())
        .select_from(_joined())
        .where(_asked(tenant_id, wanted))
        .group_by(day, _T.pub_id)
        .subquery()
    )
    order = (*_sorted_by(grouped.c, wanted), grouped.c.day.desc(), grouped.c.times.desc(), grouped.c.pub_id)
    total, rows = await _page(uow, select(grouped).order_by(*order), offset, limit)
    found = tuple(TapRow(row.day, row.pub_id, row.name or "", _counted(row)) for row in rows)
    return Page(found, total, offset, limit)


async def list_items(uow: Uow, tenant_id: TenantId, wanted: TapFilter, *, offset: int, limit: int) -> Page[TapItemRow]:
    """Return the taps by day, account and item."""
    day = _day(wanted)
    times = func.sum(_T.times).label("times")
    grouped = (
        select(day.label("day"), _T.pub_id, _name(), _T.target, _T.item, times)
        .select_from(_joined())
        .where(_asked(tenant_id, wanted))
        .group_by(day, _T.pub_id, _T.target, _T.item)
        .subquery()
    )
    c = grouped.c
    order = (*_sorted_by(c, wanted), c.day.desc(), c.times.desc(), c.pub_id, c.target, c.item)
    total, rows = await _page(uow, select(grouped).order_by(*order), offset, limit)
    found = tuple(
        TapItemRow(row.day, row.pub_id, row.name or "", TapTarget(row.target), row.item, int(row.times)) for row in rows
    )
    return Page(found, total, offset, limit)


async def sum_days(uow: Uow, tenant_id: TenantId, wanted: TapFilter) -> list[tuple[date, TapCounts]]:
    """Return the taps by day, the oldest first."""
    day = _day(wanted)
    statement = (
        select(day.label("day"), *_counts())
        .select_from(_joined())
        .where(_asked(tenant_id, wanted))
        .group_by(day)
        .order_by(day)
    )
    return [(row.day, _counted(row)) for row in await uow.execute(statement)]


def _joined() -> Any:
    keyed = and_(_T.target == TapTarget.SHORTCUT.value, shortcuts.c.shortcut_id == _T.pub_id)
    return taps.outerjoin(pubs, pubs.c.pub_id == _T.pub_id).outerjoin(shortcuts, keyed)


def _name() -> ColumnElement[Any]:
    """Name an account by its name, a scene of shortcut keys by its signature in brackets."""
    return func.coalesce(func.max(pubs.c.name), "【" + func.max(shortcuts.c.sign) + "】").label("name")


def _asked(tenant_id: TenantId, wanted: TapFilter) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [
        _T.tenant_id == tenant_id,
        _T.hour >= wanted.begin,
        _T.hour < wanted.end,
    ]
    if wanted.pub_id is not None:
        conditions.append(_T.pub_id == wanted.pub_id)
    if wanted.pub_name is not None:
        named = [column.icontains(wanted.pub_name, autoescape=True) for column in (pubs.c.name, shortcuts.c.sign)]
        conditions.append(or_(*named))
    if wanted.target is not None:
        conditions.append(_T.target == wanted.target.value)
    return and_(*conditions)


def _sorted_by(columns: ColumnCollection[str, ColumnElement[Any]], wanted: TapFilter) -> tuple[ColumnElement[Any], ...]:
    if wanted.sort is None:
        return ()
    column = columns[wanted.sort.removeprefix("-")]
    return (column.desc() if wanted.sort.startswith("-") else column.asc(),)


def _day(wanted: TapFilter) -> ColumnElement[date]:
    local = func.timezone(wanted.zone, _T.hour)
    return cast(func.date_trunc("month", local) if wanted.by_month else local, Date)


def _counts() -> list[ColumnElement[Any]]:
    of = [
        func.coalesce(func.sum(_T.times).filter(_T.target == target.value), 0).label(target.value)
        for target in TapTarget
    ]
    return [*of, func.sum(_T.times).label("times")]


def _counted(row: Any) -> TapCounts:
    return TapCounts(**{target.value: int(getattr(row, target.value)) for target in TapTarget})


async def _page(uow: Uow, statement: Select[Any], offset: int, limit: int) -> tuple[int, Sequence[Any]]:
    """Read a page and the total in one pass; only behind the last page they are counted alone."""
    counted = statement.add_columns(func.count().over().label("total"))
    rows = (await uow.execute(counted.offset(offset).limit(limit))).all()
    if rows or offset == 0:
        return (rows[0].total if rows else 0), rows
    return (await uow.execute(select(func.count()).select_from(statement.order_by(None).subquery()))).scalar_one(), ()
