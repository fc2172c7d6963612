"""Statements of scenes of shortcut keys."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, insert, or_, select, update

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.service_accounts.contracts.accounts import Approval, Change, State
from hongyan.rooms.service_accounts.contracts.lists import ShortcutFilter, Window
from hongyan.rooms.service_accounts.contracts.shortcuts import Shortcut, ShortcutForm
from hongyan.rooms.service_accounts.store.forms import shortcut_form, to_json
from hongyan.rooms.service_accounts.store.orders import sorted_by
from hongyan.rooms.service_accounts.tables import shortcuts

_COLUMNS = (
    shortcuts.c.shortcut_id,
    shortcuts.c.tenant_id,
    shortcuts.c.state,
    shortcuts.c.approval,
    shortcuts.c.live,
    shortcuts.c.draft,
    shortcuts.c.change,
    shortcuts.c.change_reason,
    shortcuts.c.review_id,
    shortcuts.c.creator,
    shortcuts.c.created_at,
    shortcuts.c.oper_at,
    shortcuts.c.online_at,
)


def _shortcut(row: Row[Any]) -> Shortcut:
    values = {column.name: row._mapping[column.name] for column in _COLUMNS}  # noqa: SLF001 - SQLAlchemy's accessor
    return Shortcut(
        **values
        | {
            "state": State(values["state"]),
            "approval": Approval(values["approval"]),
            "change": Change(values["change"]),
            "live": shortcut_form(values["live"]),
            "draft": shortcut_form(values["draft"]),
        }
    )


def _waiting(shortcut: Shortcut) -> ShortcutForm | None:
    """Return what phones would show if the open review approved it."""
    return (shortcut.draft or shortcut.live) if shortcut.approval is Approval.REVIEWING else None


def _values(shortcut: Shortcut) -> dict[str, Any]:
    waiting = _waiting(shortcut)
    return {
        "state": shortcut.state.value,
        "approval": shortcut.approval.value,
        "live": to_json(shortcut.live),
        "draft": to_json(shortcut.draft),
        "sign": shortcut.shown.sign,
        "live_sign": None if shortcut.live is None else shortcut.live.sign,
        "draft_sign": None if waiting is None else waiting.sign,
        "change": shortcut.change.value,
        "change_reason": shortcut.change_reason,
        "review_id": shortcut.review_id,
        "oper_at": shortcut.oper_at,
        "online_at": shortcut.online_at,
    }


async def insert_shortcut(uow: Uow, shortcut: Shortcut) -> None:
    """Write a new scene."""
    await uow.execute(
        insert(shortcuts).values(
            shortcut_id=shortcut.shortcut_id,
            tenant_id=shortcut.tenant_id,
            creator=shortcut.creator,
            created_at=shortcut.created_at,
            **_values(shortcut),
        )
    )


async def save_shortcut(uow: Uow, shortcut: Shortcut) -> None:
    """Write a scene that is there."""
    await uow.execute(
        update(shortcuts)
        .where(shortcuts.c.tenant_id == shortcut.tenant_id, shortcuts.c.shortcut_id == shortcut.shortcut_id)
        .values(**_values(shortcut))
    )


async def find_shortcut(uow: Uow, tenant_id: TenantId, shortcut_id: str, *, lock: bool = False) -> Shortcut | None:
    """Return a scene; with ``lock`` nobody else changes it until the transaction ends."""
    statement = select(*_COLUMNS).where(shortcuts.c.tenant_id == tenant_id, shortcuts.c.shortcut_id == shortcut_id)
    row = (await uow.execute(statement.with_for_update() if lock else statement)).first()
    return _shortcut(row) if row else None


async def list_holders(uow: Uow, tenant_id: TenantId, sign: str, except_id: str) -> tuple[bool, list[ShortcutForm]]:
    """Return whether another company's scenes hold a signature, and the tenant's own forms that do.

    What is in effect holds it, and what is under review.
    """
    rows = await uow.execute(
        select(*_COLUMNS).where(
            or_(shortcuts.c.live_sign == sign, shortcuts.c.draft_sign == sign), shortcuts.c.shortcut_id != except_id
        )
    )
    is_foreign = False
    own: list[ShortcutForm] = []
    for row in rows:
        one = _shortcut(row)
        in_effect = one.live if one.state is State.EFFECTIVE else None
        held = [form for form in (in_effect, _waiting(one)) if form is not None and form.sign == sign]
        if one.tenant_id == tenant_id:
            own.extend(held)
        else:
            is_foreign = is_foreign or bool(held)
    return is_foreign, own


async def list_in_effect(uow: Uow, sign: str) -> list[Shortcut]:
    """Return the scenes of all companies that are in effect for a signature (phones ask)."""
    rows = await uow.execute(
        select(*_COLUMNS).where(shortcuts.c.live_sign == sign, shortcuts.c.state == State.EFFECTIVE.value)
    )
    return [_shortcut(row) for row in rows]


async def list_shown(uow: Uow, shortcut_ids: Collection[str]) -> dict[str, Shortcut]:
    """Return scenes of any tenant that were approved once, by id."""
    if not shortcut_ids:
        return {}
    rows = await uow.execute(
        select(*_COLUMNS).where(shortcuts.c.shortcut_id.in_(shortcut_ids), shortcuts.c.live.is_not(None))
    )
    return {row.shortcut_id: _shortcut(row) for row in rows}


async def list_shortcuts(uow: Uow, tenant_id: TenantId, wanted: ShortcutFilter, window: Window) -> Page[Shortcut]:
    """Return a page of scenes, newest first; times are those of their creation."""
    conditions: list[ColumnElement[bool]] = [shortcuts.c.tenant_id == tenant_id]
    if wanted.sign:
        conditions.append(shortcuts.c.sign.icontains(wanted.sign, autoescape=True))
    if wanted.state:
        conditions.append(shortcuts.c.state == wanted.state.value)
    if wanted.approval:
        conditions.append(shortcuts.c.approval == wanted.approval.value)
    if window.begin:
        conditions.append(shortcuts.c.created_at >= window.begin)
    if window.end:
        conditions.append(shortcuts.c.created_at <= window.end)
    where = and_(*conditions)
    total = (await uow.execute(select(func.count()).select_from(shortcuts).where(where))).scalar_one()
    rows = await uow.execute(
        select(*_COLUMNS)
        .where(where)
        .order_by(sorted_by(shortcuts.c, window), shortcuts.c.shortcut_id)
        .offset(window.offset)
        .limit(window.limit)
    )
    return Page(tuple(_shortcut(row) for row in rows), total, window.offset, window.limit)
