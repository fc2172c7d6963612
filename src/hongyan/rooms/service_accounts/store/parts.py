"""Statements of menus and home pages."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, insert, select, update

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.service_accounts.contracts.accounts import Approval, MenuForm, Part, PartKind, Pub, State
from hongyan.rooms.service_accounts.contracts.lists import PartFilter, Window
from hongyan.rooms.service_accounts.store.forms import part_form, to_json
from hongyan.rooms.service_accounts.store.orders import sorted_by
from hongyan.rooms.service_accounts.store.pubs import COLUMNS as PUB_COLUMNS
from hongyan.rooms.service_accounts.store.pubs import pub_of
from hongyan.rooms.service_accounts.tables import parts, pubs

_COLUMNS = (
    parts.c.part_id,
    parts.c.tenant_id,
    parts.c.pub_id,
    parts.c.kind,
    parts.c.approval,
    parts.c.live,
    parts.c.draft,
    parts.c.change_reason,
    parts.c.review_id,
    parts.c.log_id,
    parts.c.creator,
    parts.c.created_at,
    parts.c.oper_at,
    parts.c.online_at,
)
_PUB = "pub_"


def _part(row: Row[Any]) -> Part:
    values = {column.name: row._mapping[column.name] for column in _COLUMNS}  # noqa: SLF001 - SQLAlchemy's accessor
    kind = PartKind(values["kind"])
    return Part(
        **values
        | {
            "kind": kind,
            "approval": Approval(values["approval"]),
            "live": part_form(kind, values["live"]),
            "draft": part_form(kind, values["draft"]),
        }
    )


def _values(part: Part) -> dict[str, Any]:
    shown = part.shown
    return {
        "approval": part.approval.value,
        "live": to_json(part.live),
        "draft": to_json(part.draft),
        "titles": "\n".join(item.name for item in shown.items) if isinstance(shown, MenuForm) else "",
        "change_reason": part.change_reason,
        "review_id": part.review_id,
        "log_id": part.log_id,
        "oper_at": part.oper_at,
        "online_at": part.online_at,
    }


async def insert_part(uow: Uow, part: Part) -> None:
    """Write a new part."""
    await uow.execute(
        insert(parts).values(
            part_id=part.part_id,
            tenant_id=part.tenant_id,
            pub_id=part.pub_id,
            kind=part.kind.value,
            creator=part.creator,
            created_at=part.created_at,
            **_values(part),
        )
    )


async def save_part(uow: Uow, part: Part) -> None:
    """Write a part that is there."""
    await uow.execute(
        update(parts)
        .where(parts.c.tenant_id == part.tenant_id, parts.c.part_id == part.part_id)
        .values(**_values(part))
    )


async def note_online(uow: Uow, tenant_id: TenantId, pub_id: str, at: datetime) -> None:
    """Write when an account's approved parts went into effect, where that is not known yet."""
    await uow.execute(
        update(parts)
        .where(
            parts.c.tenant_id == tenant_id,
            parts.c.pub_id == pub_id,
            parts.c.live.is_not(None),
            parts.c.online_at.is_(None),
        )
        .values(online_at=at)
    )


async def find_part(uow: Uow, tenant_id: TenantId, kind: PartKind, part_id: str, *, lock: bool = False) -> Part | None:
    """Return a part of a kind; with ``lock`` nobody else changes it until the transaction ends."""
    statement = select(*_COLUMNS).where(
        parts.c.tenant_id == tenant_id, parts.c.part_id == part_id, parts.c.kind == kind.value
    )
    row = (await uow.execute(statement.with_for_update() if lock else statement)).first()
    return _part(row) if row else None


async def list_of_pub(uow: Uow, tenant_id: TenantId, pub_id: str) -> list[Part]:
    """Return an account's parts."""
    rows = await uow.execute(
        select(*_COLUMNS).where(parts.c.tenant_id == tenant_id, parts.c.pub_id == pub_id).order_by(parts.c.kind)
    )
    return [_part(row) for row in rows]


def _state(wanted: State) -> ColumnElement[bool]:
    """Translate the state that lists show into what is stored: a part is in effect with its account."""
    if wanted is State.NOT_EFFECTIVE:
        return parts.c.live.is_(None) | (pubs.c.state == wanted.value)
    return parts.c.live.is_not(None) & (pubs.c.state == wanted.value)


async def list_parts(
    uow: Uow, tenant_id: TenantId, kind: PartKind, wanted: PartFilter, window: Window
) -> Page[tuple[Part, Pub]]:
    """Return a page of menus or home pages with their accounts, newest first; times are those of going online."""
    conditions: list[ColumnElement[bool]] = [parts.c.tenant_id == tenant_id, parts.c.kind == kind.value]
    if wanted.part_id:
        conditions.append(parts.c.part_id == wanted.part_id)
    if wanted.pub_id:
        conditions.append(parts.c.pub_id == wanted.pub_id)
    if wanted.pub_name:
        conditions.append(pubs.c.name.icontains(wanted.pub_name, autoescape=True))
    if wanted.title:
        conditions.append(parts.c.titles.icontains(wanted.title, autoescape=True))
    if wanted.state:
        conditions.append(_state(wanted.state))
    if window.begin:
        conditions.append(parts.c.online_at >= window.begin)
    if window.end:
        conditions.append(parts.c.online_at <= window.end)
    joined, where = parts.join(pubs, parts.c.pub_id == pubs.c.pub_id), and_(*conditions)
    total = (await uow.execute(select(func.count()).select_from(joined).where(where))).scalar_one()
    rows = await uow.execute(
        select(*_COLUMNS, *(column.label(_PUB + column.name) for column in PUB_COLUMNS))
        .select_from(joined)
        .where(where)
        .order_by(sorted_by(pubs.c if window.sort.endswith("name") else parts.c, window), parts.c.part_id)
        .offset(window.offset)
        .limit(window.limit)
    )
    found = tuple((_part(row), pub_of(row, _PUB)) for row in rows)
    return Page(found, total, window.offset, window.limit)
