"""The audit log: rows are added, read, and removed by age; never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId, UserId
from hongyan.kernel.paging import Page
from hongyan.rooms.identity.contracts import Actor, AuditEntry
from hongyan.rooms.identity.tables import audit


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
    action: str | None,
    user_id: UserId | None,
    begin: datetime | None,
    end: datetime | None,
    offset: int,
    limit: int,
) -> Page[AuditEntry]:
    """Return entries of a tenant (``None``: of the platform; ``everybody``: of all), the newest first."""
    wanted: list[ColumnElement[bool]] = []
    if not everybody:
        wanted.append(audit.c.tenant_id.is_(None) if tenant_id is None else audit.c.tenant_id == tenant_id)
    if action is not None:
        wanted.append(audit.c.action == action)
    if user_id is not None:
        wanted.append(audit.c.user_id == user_id)
    if begin is not None:
        wanted.append(audit.c.at >= begin)
    if end is not None:
        wanted.append(audit.c.at < end)
    where = and_(True, *wanted)
    total = (await uow.execute(select(func.count()).select_from(audit).where(where))).scalar_one()
    statement = select(*audit.c).where(where).order_by(audit.c.id.desc()).offset(offset).limit(limit)
    rows = await uow.execute(statement)
    items = tuple(
        AuditEntry(
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
        for row in rows
    )
    return Page(items, total, offset, limit)


async def delete_old(uow: Uow, before: datetime) -> None:
    """Remove entries whose time of keeping is over."""
    await uow.execute(delete(audit).where(audit.c.at < before))
