"""The audit log: rows are added, read, and removed by age; never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId, UserId
from hongyan.kernel.paging import Page
from hongyan.rooms.identity.contracts import REFUSALS, Actor, AuditEntry, AuditFilter
from hongyan.rooms.identity.tables import audit, tenants

_WORDS_OF = 20_000
"""A long log is not read as a whole to fill a filter."""


async def insert_entry(
    uow: Uow,
    actor: Actor,
    *,
    tenant_id: TenantId | None,
    at: datetime,
    action: str,
    subject_kind: str,
    subject_id: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> None:
    """Add one entry."""
    values = {
        "at": at,
        "tenant_id": tenant_id,
        "user_id": actor.user_id,
        "user_name": actor.user_name,
        "via": actor.via,
        "address": actor.address,
        "request_id": actor.request_id,
        "action": action,
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "before": before,
        "after": after,
    }
    await uow.execute(insert(audit).values({name: value for name, value in values.items() if value is not None}))


async def list_entries(
    uow: Uow,
    tenant_id: TenantId | None,
    *,
    everybody: bool,
    wanted: AuditFilter,
    offset: int,
    limit: int,
) -> Page[AuditEntry]:
    """Return entries of a tenant (``None``: of the platform; ``everybody``: of all), the newest first."""
    where = _where(tenant_id, wanted, everybody=everybody)
    total = (await uow.execute(select(func.count()).select_from(audit).where(where))).scalar_one()
    statement = select(*audit.c).where(where).order_by(audit.c.id.desc()).offset(offset).limit(limit)
    return Page(tuple(_entry_of(row) for row in await uow.execute(statement)), total, offset, limit)


async def read_entries(
    uow: Uow, tenant_id: TenantId | None, *, everybody: bool, wanted: AuditFilter, below: int | None, limit: int
) -> tuple[AuditEntry, ...]:
    """Return the newest entries whose id is below another, for reading a long log in pieces."""
    where = _where(tenant_id, wanted, everybody=everybody)
    if below is not None:
        where = and_(where, audit.c.id < below)
    rows = await uow.execute(select(*audit.c).where(where).order_by(audit.c.id.desc()).limit(limit))
    return tuple(_entry_of(row) for row in rows)


async def list_words(uow: Uow, tenant_id: TenantId | None, *, everybody: bool) -> tuple[list[str], list[str]]:
    """Return the actions and the kinds of subject that the latest entries hold."""
    where = _where(tenant_id, AuditFilter(), everybody=everybody)
    columns = (audit.c.action, audit.c.subject_kind)
    latest = select(*columns).where(where).order_by(audit.c.id.desc()).limit(_WORDS_OF).subquery()
    rows = (await uow.execute(select(latest.c.action, latest.c.subject_kind).distinct())).all()
    return sorted({row.action for row in rows}), sorted({row.subject_kind for row in rows})


def _where(tenant_id: TenantId | None, wanted: AuditFilter, *, everybody: bool) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = []
    if not everybody:
        parts.append(audit.c.tenant_id.is_(None) if tenant_id is None else audit.c.tenant_id == tenant_id)
    exact = {
        audit.c.action: wanted.action,
        audit.c.user_id: wanted.user_id,
        audit.c.subject_kind: wanted.subject_kind,
        audit.c.subject_id: wanted.subject_id,
    }
    parts += [column == value for column, value in exact.items() if value is not None]
    if wanted.user_name is not None:
        account, slash, name = wanted.user_name.rpartition("/")
        if slash:
            named = tenants.c.domain_key == account.strip().lower()
            parts.append(audit.c.tenant_id.in_(select(tenants.c.id).where(named)))
        parts.append(audit.c.user_name.icontains(name.strip(), autoescape=True))
    if wanted.begin is not None:
        parts.append(audit.c.at >= wanted.begin)
    if wanted.end is not None:
        parts.append(audit.c.at < wanted.end)
    if wanted.refused is not None:
        refused = audit.c.action.in_(sorted(REFUSALS))
        parts.append(refused if wanted.refused else ~refused)
    return and_(True, *parts)


def _entry_of(row: Row[Any]) -> AuditEntry:
    return AuditEntry(
        id=row.id,
        at=row.at,
        tenant_id=None if row.tenant_id is None else TenantId(row.tenant_id),
        user_id=UserId(row.user_id),
        user_name=row.user_name,
        via=row.via,
        address=row.address,
        action=row.action,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        before=row.before,
        after=row.after,
        request_id=row.request_id,
    )


async def delete_old(uow: Uow, before: datetime) -> None:
    """Remove entries whose time of keeping is over."""
    await uow.execute(delete(audit).where(audit.c.at < before))
