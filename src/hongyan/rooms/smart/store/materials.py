"""SQL of materials: pictures, videos and their covers. Everything by tenant."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, exists, false, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.smart.contracts import Material, MaterialKind
from hongyan.rooms.smart.tables import material_uses, materials, resource_ids

_T = materials.c
_COVERS = materials.alias("covers")
_DIGITS = 18


async def next_resource_id(uow: Uow) -> str:
    """Take the next resource id."""
    return str((await uow.execute(select(resource_ids.next_value()))).scalar_one())


async def insert_material(uow: Uow, material: Material) -> None:
    """Write a new material."""
    await uow.execute(
        insert(materials).values(
            material_id=material.material_id,
            tenant_id=material.tenant_id,
            resource_id=int(material.resource_id),
            kind=material.kind.value,
            video_id=material.video_id,
            is_primary=material.is_primary,
            is_auto=material.is_auto,
            name=material.name,
            description=material.description,
            rate=material.rate,
            file=material.file,
            content_type=material.content_type,
            size_bytes=material.size_bytes,
            width=material.width,
            height=material.height,
            duration_ms=material.duration_ms,
            created_at=material.created_at,
            used_at=material.created_at,
        )
    )


async def find_by_resource(
    uow: Uow, tenant_id: TenantId, ids: Iterable[str], *, lock: bool = False
) -> dict[str, Material]:
    """Return the tenant's materials of these resource ids, by id, videos with their covers.

    ``lock`` keeps them from being deleted until the transaction ends.
    """
    numbers = [int(one) for one in ids if one.isascii() and one.isdigit() and len(one) <= _DIGITS]
    statement = select(materials).where(_T.tenant_id == tenant_id, _T.resource_id.in_(numbers)).order_by(_T.material_id)
    rows = (await uow.execute(statement.with_for_update() if lock else statement)).all()
    return {one.resource_id: one for one in await _with_covers(uow, rows)}


async def set_uses(uow: Uow, tpl_id: str, material_ids: Iterable[str]) -> None:
    """Write which materials a template shows."""
    rows = [{"tpl_id": tpl_id, "material_id": one} for one in sorted(set(material_ids))]
    if rows:
        await uow.execute(insert(material_uses), rows)


async def drop_uses(uow: Uow, tpl_id: str, now: datetime) -> None:
    """Let a template's materials go; those days count from now until they are removed as unused."""
    used = select(material_uses.c.material_id).where(material_uses.c.tpl_id == tpl_id)
    await uow.execute(update(materials).where(_T.material_id.in_(used)).values(used_at=now))
    await uow.execute(delete(material_uses).where(material_uses.c.tpl_id == tpl_id))


async def lock_space(uow: Uow, tenant_id: TenantId) -> int:
    """Let one upload of a tenant at a time pass; returns how many bytes its materials have."""
    await uow.fetch("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"smart_materials/{tenant_id}",))
    statement = select(func.coalesce(func.sum(_T.size_bytes), 0)).where(_T.tenant_id == tenant_id)
    return int((await uow.execute(statement)).scalar_one())


async def find_by_id(uow: Uow, tenant_id: TenantId, ids: Iterable[str], *, lock: bool = False) -> dict[str, Material]:
    """Return the tenant's materials of these ids, by id."""
    statement = select(materials).where(_T.tenant_id == tenant_id, _T.material_id.in_(list(ids)))
    statement = statement.order_by(_T.material_id)
    rows = (await uow.execute(statement.with_for_update() if lock else statement)).all()
    return {one.material_id: one for one in await _with_covers(uow, rows)}


async def list_materials(
    uow: Uow,
    tenant_id: TenantId,
    kind: MaterialKind,
    *,
    name: str | None = None,
    material_id: str | None = None,
    resource_id: str | None = None,
    offset: int,
    limit: int,
) -> Page[Material]:
    """Return a page of pictures or videos, the newest first."""
    where: list[ColumnElement[bool]] = [_T.tenant_id == tenant_id, _T.kind == kind.value]
    if name is not None:
        where.append(_T.name.contains(name, autoescape=True))
    if material_id is not None:
        where.append(_T.material_id == material_id)
    if resource_id is not None:
        # An id that is no number is nobody's.
        is_id = resource_id.isascii() and resource_id.isdigit() and len(resource_id) <= _DIGITS
        where.append(_T.resource_id == int(resource_id) if is_id else false())
    total = (await uow.execute(select(func.count()).select_from(materials).where(*where))).scalar_one()
    order = (_T.created_at.desc(), _T.resource_id.desc())
    rows = (await uow.execute(select(materials).where(*where).order_by(*order).offset(offset).limit(limit))).all()
    return Page(tuple(await _with_covers(uow, rows)), total, offset, limit)


async def list_thumbnails(uow: Uow, tenant_id: TenantId, video_ids: Iterable[str]) -> list[Material]:
    """Return the covers of videos, the oldest first."""
    statement = select(materials).where(_T.tenant_id == tenant_id, _T.video_id.in_(list(video_ids)))
    return [_material(row) for row in await uow.execute(statement.order_by(_T.created_at, _T.resource_id))]


async def set_primary(uow: Uow, tenant_id: TenantId, video_id: str, material_id: str) -> None:
    """Make one cover of a video its primary one."""
    where = (_T.tenant_id == tenant_id, _T.video_id == video_id)
    await uow.execute(update(materials).where(*where).values(is_primary=_T.material_id == material_id))


async def find_use(uow: Uow, ids: Iterable[str]) -> tuple[str, str] | None:
    """Return one of these materials and a template that shows it."""
    statement = select(material_uses.c.material_id, material_uses.c.tpl_id)
    row = (await uow.execute(statement.where(material_uses.c.material_id.in_(list(ids))).limit(1))).first()
    return None if row is None else (row.material_id, row.tpl_id)


async def delete_materials(uow: Uow, ids: Iterable[str]) -> list[str]:
    """Delete materials with the covers of videos among them; returns the names of their files."""
    wanted = list(ids)
    where = or_(_T.material_id.in_(wanted), _T.video_id.in_(wanted))
    return [row.file for row in await uow.execute(delete(materials).where(where).returning(_T.file))]


async def list_unused(uow: Uow, before: datetime, limit: int) -> list[str]:
    """Return ids of pictures and videos that nothing has shown since ``before``, locked; others' work is left out."""
    cover = _COVERS.c
    of_video = select(cover.material_id).join(material_uses, material_uses.c.material_id == cover.material_id)
    statement = (
        select(_T.material_id)
        .where(
            _T.used_at < before,
            _T.kind != MaterialKind.THUMBNAIL.value,
            ~exists().where(material_uses.c.material_id == _T.material_id),
            ~of_video.where(cover.video_id == _T.material_id).exists(),
        )
        .order_by(_T.used_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [row.material_id for row in await uow.execute(statement)]


async def _with_covers(uow: Uow, rows: Sequence[Row[Any]]) -> list[Material]:
    videos = [row.material_id for row in rows if row.kind == MaterialKind.VIDEO.value]
    covers: Mapping[str, Material] = {}
    if videos:
        statement = select(materials).where(_T.video_id.in_(videos), _T.is_primary)
        covers = {row.video_id: _material(row) for row in await uow.execute(statement)}
    return [replace(_material(row), cover=covers.get(row.material_id)) for row in rows]


def _material(row: Row[Any]) -> Material:
    return Material(
        material_id=row.material_id,
        tenant_id=TenantId(row.tenant_id),
        resource_id=str(row.resource_id),
        kind=MaterialKind(row.kind),
        name=row.name,
        description=row.description,
        rate=row.rate,
        file=row.file,
        content_type=row.content_type,
        size_bytes=row.size_bytes,
        width=row.width,
        height=row.height,
        created_at=row.created_at,
        duration_ms=row.duration_ms,
        video_id=row.video_id,
        is_primary=row.is_primary,
        is_auto=row.is_auto,
    )
