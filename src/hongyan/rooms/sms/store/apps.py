"""Statements of SMS apps and of the pictures uploaded for signatures."""

from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import FileId, SmsAppId, TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.sms.contracts import AppStatus, ListFilter, SmsApp, SmsFile
from hongyan.rooms.sms.tables import apps, files

_APP = (apps.c.app_id, apps.c.tenant_id, apps.c.name, apps.c.uplink_url, apps.c.status, apps.c.created_at)
_FILE = (
    files.c.file_id,
    files.c.tenant_id,
    files.c.name,
    files.c.desc,
    files.c.media_type,
    files.c.size_bytes,
    files.c.created_at,
)

_ORDERS = {
    "-created_at": (apps.c.created_at.desc(),),
    "created_at": (apps.c.created_at,),
    "name": (apps.c.name,),
    "-name": (apps.c.name.desc(),),
}


def _app(row: Row[Any]) -> SmsApp:
    return SmsApp(row.app_id, row.tenant_id, row.name, row.uplink_url, AppStatus(row.status), row.created_at)


async def lock_tenant(uow: Uow, tenant_id: TenantId) -> None:
    """Let one transaction at a time count and add things of a tenant: a limit holds under concurrency too."""
    await uow.execute(text("SELECT pg_advisory_xact_lock(hashtext('sms'), hashtext(:tenant))"), {"tenant": tenant_id})


async def count_apps(uow: Uow, tenant_id: TenantId) -> int:
    """Return how many apps a tenant has."""
    found = await uow.execute(select(func.count()).select_from(apps).where(apps.c.tenant_id == tenant_id))
    return int(found.scalar_one())


async def insert_app(uow: Uow, app: SmsApp, name_key: str) -> bool:
    """Write a new app; return false when its name is taken."""
    statement = upsert(apps).values(
        app_id=app.app_id,
        tenant_id=app.tenant_id,
        name=app.name,
        name_key=name_key,
        uplink_url=app.uplink_url,
        status=app.status.value,
        created_at=app.created_at,
    )
    result = await uow.execute(statement.on_conflict_do_nothing().returning(apps.c.app_id))
    return result.first() is not None


async def find_app(uow: Uow, tenant_id: TenantId, app_id: SmsAppId, *, lock: bool = False) -> SmsApp | None:
    """Return an app."""
    statement = select(*_APP).where(apps.c.tenant_id == tenant_id, apps.c.app_id == app_id)
    row = (await uow.execute(statement.with_for_update() if lock else statement)).first()
    return _app(row) if row else None


async def is_name_taken(uow: Uow, tenant_id: TenantId, name_key: str, except_id: SmsAppId) -> bool:
    """Tell whether another app of the tenant has the name."""
    found = await uow.execute(
        select(apps.c.app_id).where(
            apps.c.tenant_id == tenant_id, apps.c.name_key == name_key, apps.c.app_id != except_id
        )
    )
    return found.first() is not None


async def update_app(uow: Uow, app: SmsApp, name_key: str) -> None:
    """Write an app's name, address and status."""
    await uow.execute(
        update(apps)
        .where(apps.c.tenant_id == app.tenant_id, apps.c.app_id == app.app_id)
        .values(name=app.name, name_key=name_key, uplink_url=app.uplink_url, status=app.status.value)
    )


async def list_apps(uow: Uow, tenant_id: TenantId, wanted: ListFilter, offset: int, limit: int) -> Page[SmsApp]:
    """Return a page of apps, newest first."""
    conditions: list[ColumnElement[bool]] = [apps.c.tenant_id == tenant_id]
    if wanted.name:
        conditions.append(apps.c.name.icontains(wanted.name, autoescape=True))
    if wanted.statuses:
        conditions.append(apps.c.status.in_(wanted.statuses))
    if wanted.begin:
        conditions.append(apps.c.created_at >= wanted.begin)
    if wanted.end:
        conditions.append(apps.c.created_at <= wanted.end)
    total = (await uow.execute(select(func.count()).select_from(apps).where(*conditions))).scalar_one()
    rows = await uow.execute(
        select(*_APP).where(*conditions).order_by(*_ORDERS[wanted.sort], apps.c.app_id).offset(offset).limit(limit)
    )
    return Page(tuple(_app(row) for row in rows), total, offset, limit)


async def insert_file(uow: Uow, file: SmsFile) -> None:
    """Write what is known of an uploaded picture."""
    await uow.execute(
        insert(files).values(
            file_id=file.file_id,
            tenant_id=file.tenant_id,
            name=file.name,
            desc=file.desc,
            media_type=file.media_type,
            size_bytes=file.size_bytes,
            created_at=file.created_at,
        )
    )


async def find_file(uow: Uow, tenant_id: TenantId, file_id: FileId) -> SmsFile | None:
    """Return what is known of an uploaded picture."""
    row = (await uow.execute(select(*_FILE).where(files.c.tenant_id == tenant_id, files.c.file_id == file_id))).first()
    return SmsFile(**row._mapping) if row else None  # noqa: SLF001 - SQLAlchemy's accessor of a row's columns
