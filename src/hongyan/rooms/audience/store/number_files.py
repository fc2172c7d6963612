"""Number files: one row each."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import FileId, TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.audience.contracts import FileState, NumberFile, ParseCounts
from hongyan.rooms.audience.tables import number_files

_FILE = (
    number_files.c.file_id,
    number_files.c.tenant_id,
    number_files.c.name,
    number_files.c.source_bytes,
    number_files.c.state,
    number_files.c.rows,
    number_files.c.imported,
    number_files.c.invalid,
    number_files.c.duplicates,
    number_files.c.opted_out,
    number_files.c.blocks,
    number_files.c.columns,
    number_files.c.number_column,
    number_files.c.sheet,
    number_files.c.other_sheets,
    number_files.c.failure_code,
    number_files.c.failure_en,
    number_files.c.failure_zh,
    number_files.c.created_at,
    number_files.c.parsed_at,
)


async def insert_file(
    uow: Uow, tenant_id: TenantId, file_id: FileId, *, name: str, source_bytes: int, now: datetime
) -> None:
    """Add an uploaded file."""
    await uow.execute(
        insert(number_files).values(
            tenant_id=tenant_id,
            file_id=file_id,
            name=name,
            source_bytes=source_bytes,
            state=FileState.UPLOADED,
            created_at=now,
        )
    )


async def find_file(uow: Uow, tenant_id: TenantId, file_id: FileId) -> NumberFile | None:
    """Return one file of a tenant."""
    statement = select(*_FILE).where(number_files.c.tenant_id == tenant_id, number_files.c.file_id == file_id)
    row = (await uow.execute(statement)).one_or_none()
    return None if row is None else _file(row)


async def list_files(uow: Uow, tenant_id: TenantId, offset: int, limit: int) -> Page[NumberFile]:
    """Return files, the newest first."""
    mine = number_files.c.tenant_id == tenant_id
    total = (await uow.execute(select(func.count()).select_from(number_files).where(mine))).scalar_one()
    rows = await uow.execute(
        select(*_FILE)
        .where(mine)
        .order_by(number_files.c.created_at.desc(), number_files.c.file_id)
        .offset(offset)
        .limit(limit)
    )
    return Page(tuple(_file(row) for row in rows), total, offset, limit)


async def list_files_before(uow: Uow, before: datetime, limit: int) -> list[tuple[TenantId, FileId]]:
    """Return the oldest files of all tenants: their time is over."""
    rows = await uow.execute(
        select(number_files.c.tenant_id, number_files.c.file_id)
        .where(number_files.c.created_at < before)
        .order_by(number_files.c.created_at)
        .limit(limit)
    )
    return [(row.tenant_id, row.file_id) for row in rows]


async def update_file(uow: Uow, tenant_id: TenantId, file_id: FileId, **values: object) -> None:
    """Write some columns of a file."""
    await uow.execute(
        update(number_files)
        .where(number_files.c.tenant_id == tenant_id, number_files.c.file_id == file_id)
        .values(**values)
    )


async def advance_file(uow: Uow, tenant_id: TenantId, file_id: FileId, from_block: int, **values: object) -> bool:
    """Write some columns of a file that is being parsed and stands at a checkpoint; false when another run is ahead."""
    done = await uow.execute(
        update(number_files)
        .where(
            number_files.c.tenant_id == tenant_id,
            number_files.c.file_id == file_id,
            number_files.c.state.in_((FileState.UPLOADED, FileState.PARSING)),
            number_files.c.blocks == from_block,
        )
        .values(**values)
    )
    return done.rowcount == 1


async def fail_file(uow: Uow, tenant_id: TenantId, file_id: FileId, **values: object) -> bool:
    """Give up a file that is not parsed yet, with the reason; false when another run has come to its end."""
    done = await uow.execute(
        update(number_files)
        .where(
            number_files.c.tenant_id == tenant_id,
            number_files.c.file_id == file_id,
            number_files.c.state.in_((FileState.UPLOADED, FileState.PARSING)),
        )
        .values(state=FileState.FAILED, **values)
    )
    return done.rowcount == 1


async def delete_file(uow: Uow, tenant_id: TenantId, file_id: FileId) -> None:
    """Remove the row of a file."""
    await uow.execute(
        delete(number_files).where(number_files.c.tenant_id == tenant_id, number_files.c.file_id == file_id)
    )


def _file(row: Row[Any]) -> NumberFile:
    return NumberFile(
        file_id=row.file_id,
        tenant_id=row.tenant_id,
        name=row.name,
        source_bytes=row.source_bytes,
        state=FileState(row.state),
        counts=ParseCounts(row.rows, row.imported, row.invalid, row.duplicates, row.opted_out),
        blocks=row.blocks,
        columns=tuple(row.columns),
        number_column=row.number_column,
        sheet=row.sheet,
        other_sheets=tuple(row.other_sheets),
        failure_code=row.failure_code,
        failure_en=row.failure_en,
        failure_zh=row.failure_zh,
        created_at=row.created_at,
        parsed_at=row.parsed_at,
    )
