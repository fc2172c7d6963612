"""SQL of letters that are filed with link domains: which there are, and which went to the desk. Tenant first."""

from datetime import datetime

from sqlalchemy import delete, insert, select, update

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import FileId, TenantId
from hongyan.rooms.campaigns.tables import domain_letters

_D = domain_letters.c


async def insert_letter(uow: Uow, tenant_id: TenantId, letter_id: FileId, at: datetime) -> None:
    """Write that a letter is kept."""
    await uow.execute(insert(domain_letters).values(tenant_id=tenant_id, letter_id=letter_id, created_at=at))


async def hand_in(uow: Uow, tenant_id: TenantId, letter_id: FileId, at: datetime) -> bool:
    """Write that a letter went to the desk, where it stays; tells whether the tenant has it."""
    mine = (_D.tenant_id == tenant_id, _D.letter_id == letter_id)
    statement = update(domain_letters).where(*mine).values(submitted_at=at).returning(_D.letter_id)
    return (await uow.execute(statement)).first() is not None


async def list_surplus(uow: Uow, tenant_id: TenantId, kept: int, limit: int) -> list[FileId]:
    """Return a tenant's letters that never went to the desk, without the newest ones that are ``kept``."""
    statement = (
        select(_D.letter_id)
        .where(_D.tenant_id == tenant_id, _D.submitted_at.is_(None))
        .order_by(_D.created_at.desc(), _D.letter_id)
        .offset(kept)
        .limit(limit)
    )
    return [FileId(letter_id) for letter_id in (await uow.execute(statement)).scalars()]


async def list_old(uow: Uow, before: datetime, limit: int) -> list[tuple[TenantId, FileId]]:
    """Return (tenant, letter) of those kept before a moment that never went to the desk."""  # cross-tenant: upkeep
    statement = (
        select(_D.tenant_id, _D.letter_id)
        .where(_D.created_at < before, _D.submitted_at.is_(None))
        .order_by(_D.created_at)
        .limit(limit)
    )
    return [(TenantId(row.tenant_id), FileId(row.letter_id)) for row in (await uow.execute(statement)).all()]


async def delete_letter(uow: Uow, tenant_id: TenantId, letter_id: FileId) -> bool:
    """Remove a letter that has not gone to the desk meanwhile; tells whether it was one."""
    mine = (_D.tenant_id == tenant_id, _D.letter_id == letter_id, _D.submitted_at.is_(None))
    return (await uow.execute(delete(domain_letters).where(*mine).returning(_D.letter_id))).first() is not None
