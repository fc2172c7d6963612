"""SQL of the documents that are uploaded for signatures: which there are, and which went to the desk. Tenant first."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import FileId, TenantId
from hongyan.rooms.video_sms.contracts import SignatureFile
from hongyan.rooms.video_sms.tables import files

_F = files.c
_SHOWN = (_F.file_id, _F.tenant_id, _F.field, _F.name, _F.media_type, _F.size_bytes, _F.sha256)


def _file(row: Row[Any]) -> SignatureFile:
    return SignatureFile(**row._mapping)  # noqa: SLF001 - the documented name


async def insert_file(uow: Uow, file: SignatureFile, at: datetime) -> None:
    """Write that a document is kept."""
    values = {column.name: getattr(file, column.name) for column in _SHOWN}
    await uow.execute(insert(files).values({**values, "created_at": at}))


async def find_file(uow: Uow, tenant_id: TenantId, file_id: FileId) -> SignatureFile | None:
    """Return one of a tenant's documents."""
    statement = select(*_SHOWN).where(_F.tenant_id == tenant_id, _F.file_id == file_id)
    row = (await uow.execute(statement)).one_or_none()
    return None if row is None else _file(row)


async def hand_in(uow: Uow, tenant_id: TenantId, field: str, file_id: FileId, at: datetime) -> SignatureFile | None:
    """Write that a document of a field went to the desk, where it stays, and return it if the tenant has it."""
    mine = (_F.tenant_id == tenant_id, _F.file_id == file_id, _F.field == field)
    row = (await uow.execute(update(files).where(*mine).values(submitted_at=at).returning(*_SHOWN))).one_or_none()
    return None if row is None else _file(row)


async def list_surplus(uow: Uow, tenant_id: TenantId, kept: int, limit: int) -> list[FileId]:
    """Return a tenant's documents that never went to the desk, without the newest ones that are ``kept``."""
    statement = (
        select(_F.file_id)
        .where(_F.tenant_id == tenant_id, _F.submitted_at.is_(None))
        .order_by(_F.created_at.desc(), _F.file_id)
        .offset(kept)
        .limit(limit)
    )
    return [FileId(file_id) for file_id in (await uow.execute(statement)).scalars()]


async def list_old(uow: Uow, before: datetime, limit: int) -> list[tuple[TenantId, FileId]]:
    """Return (tenant, document) of those kept before a moment that never went to the desk."""  # cross-tenant: upkeep
    statement = (
        select(_F.tenant_id, _F.file_id)
        .where(_F.created_at < before, _F.submitted_at.is_(None))
        .order_by(_F.created_at)
        .limit(limit)
    )
    return [(TenantId(row.tenant_id), FileId(row.file_id)) for row in (await uow.execute(statement)).all()]


async def delete_file(uow: Uow, tenant_id: TenantId, file_id: FileId) -> bool:
    """Remove a document that has not gone to the desk meanwhile; tells whether it was one."""
    mine = (_F.tenant_id == tenant_id, _F.file_id == file_id, _F.submitted_at.is_(None))
    return (await uow.execute(delete(files).where(*mine).returning(_F.file_id))).first() is not None
