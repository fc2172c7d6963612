"""SQL of materials: pictures, videos and their covers. Everything by tenant."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.smart.contracts import Material, MaterialKind
from hongyan.rooms.smart.tables import material_uses, materials, resource_ids

_T = materials.c
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


_LATER = (Page, exists, func)
