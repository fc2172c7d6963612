"""Statements of jump links (自定义跳转链接)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.rooms.campaigns.tables import jump_links

_J = jump_links.c


async def insert_link(
    uow: Uow, tenant_id: TenantId, *, name: str, url: str, state: str, by: str, at: datetime
) -> int | None:
    """Write a link; returns its id, ``None`` when the tenant has that URL, also by somebody's click a moment ago."""
    row = {"name": name, "url": url, "state": state, "reason": "", "created_by": by, "created_at": at}
    statement = insert(jump_links).values(tenant_id=tenant_id, **row)
    once = statement.on_conflict_do_nothing(index_elements=[_J.tenant_id, _J.url]).returning(_J.link_id)
    return (await uow.execute(once)).scalar_one_or_none()


async def get_link(uow: Uow, tenant_id: TenantId, link_id: int, *, lock: bool = False) -> Row[Any] | None:
    """Return a link of a tenant; ``lock`` keeps others from changing it until the commit."""
    statement = select(*_J).where(_J.tenant_id == tenant_id, _J.link_id == link_id)
    return (await uow.execute(statement.with_for_update() if lock else statement)).one_or_none()


async def find_by_url(uow: Uow, tenant_id: TenantId, url: str) -> Row[Any] | None:
    """Return the tenant's link with a URL."""
    return (await uow.execute(select(*_J).where(_J.tenant_id == tenant_id, _J.url == url))).one_or_none()


async def count_links(uow: Uow, tenant_id: TenantId) -> int:
    """Return how many links a tenant has."""
    statement = select(func.count()).select_from(jump_links).where(_J.tenant_id == tenant_id)
    return int((await uow.execute(statement)).scalar_one())


async def list_links(uow: Uow, tenant_id: TenantId) -> Sequence[Row[Any]]:
    """Return all links of a tenant, the newest first; their number is bounded."""
    return (await uow.execute(select(*_J).where(_J.tenant_id == tenant_id).order_by(_J.link_id.desc()))).all()


async def update_link(uow: Uow, tenant_id: TenantId, link_id: int, **values: str) -> bool:
    """Set columns of a link; returns whether its URL is its own: ``False`` when another has it, and nothing is set."""
    try:
        async with uow.savepoint():
            await uow.execute(update(jump_links).where(_J.tenant_id == tenant_id, _J.link_id == link_id).values(values))
    except IntegrityError:
        return False
    return True


async def delete_link(uow: Uow, tenant_id: TenantId, link_id: int) -> None:
    """Remove a link."""
    await uow.execute(delete(jump_links).where(_J.tenant_id == tenant_id, _J.link_id == link_id))
