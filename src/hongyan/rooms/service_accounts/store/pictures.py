"""Statements of uploaded pictures, and the room's locks."""

from collections.abc import Collection

from sqlalchemy import insert, select, text

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.rooms.service_accounts.contracts.accounts import Picture, PictureUse
from hongyan.rooms.service_accounts.tables import log_ids, pictures


async def lock(uow: Uow, word: str, value: str) -> None:
    """Let one transaction at a time act on a tenant (first), a name or a number (then)."""
    await uow.execute(
        text("SELECT pg_advisory_xact_lock(hashtext(:word), hashtext(:value))"),
        {"word": f"service_accounts.{word}", "value": value},
    )


async def next_log_id(uow: Uow) -> int:
    """Return the number of a new submission."""
    return int((await uow.execute(select(log_ids.next_value()))).scalar_one())


async def insert_picture(uow: Uow, picture: Picture) -> None:
    """Write what is known of a picture."""
    await uow.execute(
        insert(pictures).values(
            picture_id=picture.picture_id,
            tenant_id=picture.tenant_id,
            use=picture.use.value,
            media_type=picture.media_type,
            size_bytes=picture.size_bytes,
            width=picture.width,
            height=picture.height,
            created_at=picture.created_at,
        )
    )


async def list_pictures(uow: Uow, tenant_id: TenantId, ids: Collection[str]) -> dict[str, Picture]:
    """Return those of a tenant's pictures that are asked for, by id."""
    if not ids:
        return {}
    rows = await uow.execute(
        select(pictures).where(pictures.c.tenant_id == tenant_id, pictures.c.picture_id.in_(set(ids)))
    )
    found = {}
    for row in rows:
        values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's accessor of a row's columns
        found[row.picture_id] = Picture(**values | {"use": PictureUse(row.use)})
    return found
