"""Statements of accounts."""

from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, insert, or_, select, update

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.service_accounts.contracts.accounts import Approval, Change, Pub, PubForm, State
from hongyan.rooms.service_accounts.contracts.lists import PubFilter, Window
from hongyan.rooms.service_accounts.store.forms import pub_form, to_json
from hongyan.rooms.service_accounts.store.orders import sorted_by
from hongyan.rooms.service_accounts.tables import pubs

COLUMNS = (
    pubs.c.pub_id,
    pubs.c.tenant_id,
    pubs.c.state,
    pubs.c.approval,
    pubs.c.live,
    pubs.c.draft,
    pubs.c.change,
    pubs.c.change_reason,
    pubs.c.review_id,
    pubs.c.review_desc,
    pubs.c.log_id,
    pubs.c.created_at,
    pubs.c.oper_at,
    pubs.c.online_at,
)


def pub_of(row: Row[Any], prefix: str = "") -> Pub:
    """Read an account from a row; ``prefix`` is that of its columns in a join."""
    values = {column.name: row._mapping[prefix + column.name] for column in COLUMNS}  # noqa: SLF001 - as SQLAlchemy says
    return Pub(
        **values
        | {
            "state": State(values["state"]),
            "approval": Approval(values["approval"]),
            "change": Change(values["change"]),
            "live": pub_form(values["live"]),
            "draft": pub_form(values["draft"]),
        }
    )


def _values(pub: Pub, live_key: str | None, draft_key: str | None) -> dict[str, Any]:
    return {
        "state": pub.state.value,
        "approval": pub.approval.value,
        "live": to_json(pub.live),
        "draft": to_json(pub.draft),
        "name": pub.shown.name,
        "industry": pub.shown.industry,
        "live_key": live_key,
        "draft_key": draft_key,
        "change": pub.change.value,
        "change_reason": pub.change_reason,
        "review_id": pub.review_id,
        "review_desc": pub.review_desc,
        "log_id": pub.log_id,
        "oper_at": pub.oper_at,
        "online_at": pub.online_at,
    }


async def insert_pub(uow: Uow, pub: Pub, *, live_key: str | None, draft_key: str | None) -> None:
    """Write a new account."""
    await uow.execute(
        insert(pubs).values(
            pub_id=pub.pub_id,
            tenant_id=pub.tenant_id,
            created_at=pub.created_at,
            **_values(pub, live_key, draft_key),
        )
    )


async def save_pub(uow: Uow, pub: Pub, *, live_key: str | None, draft_key: str | None) -> None:
    """Write an account that is there."""
    await uow.execute(
        update(pubs)
        .where(pubs.c.tenant_id == pub.tenant_id, pubs.c.pub_id == pub.pub_id)
        .values(**_values(pub, live_key, draft_key))
    )


async def find_pub(uow: Uow, tenant_id: TenantId, pub_id: str, *, lock: bool = False) -> Pub | None:
    """Return an account; with ``lock`` nobody else changes it until the transaction ends."""
    statement = select(*COLUMNS).where(pubs.c.tenant_id == tenant_id, pubs.c.pub_id == pub_id)
    row = (await uow.execute(statement.with_for_update() if lock else statement)).first()
    return pub_of(row) if row else None


async def list_namesakes(uow: Uow, tenant_id: TenantId, key: str, except_id: str) -> tuple[bool, list[PubForm]]:
    """Return whether another company holds a name, and the tenant's own forms of that name.

    Approved names count, and those under review.
    """
    rows = await uow.execute(
        select(*COLUMNS, pubs.c.live_key, pubs.c.draft_key).where(
            or_(pubs.c.live_key == key, pubs.c.draft_key == key), pubs.c.pub_id != except_id
        )
    )
    is_foreign = False
    own: list[PubForm] = []
    for row in rows:
        pub = pub_of(row)
        if pub.tenant_id != tenant_id:
            is_foreign = True
            continue
        own.extend(
            form
            for form, held in ((pub.live, row.live_key), (pub.draft, row.draft_key))
            if form is not None and held == key
        )
    return is_foreign, own


async def list_live_pubs(uow: Uow, tenant_id: TenantId) -> list[Pub]:
    """Return a tenant's accounts that were approved once, the oldest first."""
    rows = await uow.execute(
        select(*COLUMNS)
        .where(pubs.c.tenant_id == tenant_id, pubs.c.live.is_not(None))
        .order_by(pubs.c.created_at, pubs.c.pub_id)
    )
    return [pub_of(row) for row in rows]


async def list_pubs(uow: Uow, tenant_id: TenantId, wanted: PubFilter, window: Window) -> Page[Pub]:
    """Return a page of accounts, newest first; times are those of going online."""
    conditions: list[ColumnElement[bool]] = [pubs.c.tenant_id == tenant_id]
    if wanted.name:
        conditions.append(pubs.c.name.icontains(wanted.name, autoescape=True))
    if wanted.state:
        conditions.append(pubs.c.state == wanted.state.value)
    if wanted.approval:
        conditions.append(pubs.c.approval == wanted.approval.value)
    if wanted.industry:
        conditions.append(pubs.c.industry == wanted.industry)
    if window.begin:
        conditions.append(pubs.c.online_at >= window.begin)
    if window.end:
        conditions.append(pubs.c.online_at <= window.end)
    where = and_(*conditions)
    total = (await uow.execute(select(func.count()).select_from(pubs).where(where))).scalar_one()
    rows = await uow.execute(
        select(*COLUMNS)
        .where(where)
        .order_by(sorted_by(pubs.c, window), pubs.c.pub_id)
        .offset(window.offset)
        .limit(window.limit)
    )
    return Page(tuple(pub_of(row) for row in rows), total, window.offset, window.limit)
