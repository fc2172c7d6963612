"""Opt-outs: sealed numbers by tenant and signature."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.audience.tables import opt_outs


async def insert_opt_outs(
    uow: Uow, tenant_id: TenantId, sealed: Sequence[bytes], *, signature: str, source: str, at: datetime
) -> list[bytes]:
    """Add opt-outs; return those that are new."""
    statement = (
        insert(opt_outs)
        .values(
            [
                {"tenant_id": tenant_id, "sealed_phone": one, "signature": signature, "source": source, "at": at}
                for one in sealed
            ]
        )
        .on_conflict_do_nothing()
        .returning(opt_outs.c.sealed_phone)
    )
    return [bytes(one) for one in (await uow.execute(statement)).scalars()]


async def delete_opt_outs(uow: Uow, tenant_id: TenantId, sealed: Sequence[bytes], signature: str) -> int:
    """Remove opt-outs; return how many there were."""
    result = await uow.execute(
        delete(opt_outs).where(
            opt_outs.c.tenant_id == tenant_id,
            opt_outs.c.sealed_phone.in_(sealed),
            opt_outs.c.signature == signature,
        )
    )
    return result.rowcount


async def list_all_opt_outs(uow: Uow, tenant_id: TenantId, signature: str = "") -> list[bytes]:
    """Return the numbers that want no message of one signature, or of a tenant at all (empty)."""
    mine = (opt_outs.c.tenant_id == tenant_id, opt_outs.c.signature == signature)
    return [bytes(one) for one in (await uow.execute(select(opt_outs.c.sealed_phone).where(*mine))).scalars()]


async def find_opt_outs(uow: Uow, tenant_id: TenantId, sealed: Sequence[bytes], signature: str | None) -> set[bytes]:
    """Return which of the numbers have opted out of everything, or of one signature."""
    rows = await hot.fetch(
        uow,
        "SELECT sealed_phone FROM audience_opt_outs"
        " WHERE tenant_id = %s::uuid AND sealed_phone = ANY(%s::bytea[]) AND signature = ANY(%s::text[])",
        (tenant_id, hot.octets(sealed), hot.texts({"", signature or ""})),
    )
    return {bytes(row[0]) for row in rows}


async def list_opt_outs(uow: Uow, tenant_id: TenantId, offset: int, limit: int) -> Page[Row[Any]]:
    """Return opt-outs as rows (sealed_phone, signature, source, at), the newest first."""
    mine = opt_outs.c.tenant_id == tenant_id
    total = (await uow.execute(select(func.count()).select_from(opt_outs).where(mine))).scalar_one()
    rows = await uow.execute(
        select(opt_outs.c.sealed_phone, opt_outs.c.signature, opt_outs.c.source, opt_outs.c.at)
        .where(mine)
        .order_by(opt_outs.c.at.desc(), opt_outs.c.sealed_phone, opt_outs.c.signature)
        .offset(offset)
        .limit(limit)
    )
    return Page(tuple(rows), total, offset, limit)
