"""API rates of single tenants."""

from dataclasses import asdict

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.rooms.identity.contracts import TenantRates
from hongyan.rooms.identity.tables import rates


async def find_rates(uow: Uow, tenant_id: TenantId) -> TenantRates | None:
    """Return the rates of a tenant that has its own."""
    statement = select(rates.c.total, rates.c.send, rates.c.upload, rates.c.list)
    row = (await uow.execute(statement.where(rates.c.tenant_id == tenant_id))).first()
    return None if row is None else TenantRates(row.total, row.send, row.upload, row.list)


async def put_rates(uow: Uow, tenant_id: TenantId, own: TenantRates) -> None:
    """Write a tenant's rates in the place of those before."""
    values = asdict(own)
    statement = insert(rates).values(tenant_id=tenant_id, **values)
    await uow.execute(statement.on_conflict_do_update(index_elements=[rates.c.tenant_id], set_=values))


async def delete_rates(uow: Uow, tenant_id: TenantId) -> None:
    """Give a tenant the installation's rates again."""
    await uow.execute(delete(rates).where(rates.c.tenant_id == tenant_id))
