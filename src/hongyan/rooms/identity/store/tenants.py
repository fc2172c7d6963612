"""Tenants and the services they opened."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import ProjectId, TenantId, UserId
from hongyan.kernel.paging import Page
from hongyan.rooms.identity.contracts import Project, RealName, Service, Tenant, TenantSort, TenantState, TenantWaits
from hongyan.rooms.identity.tables import services, tenants

_opened = (
    select(func.array_agg(services.c.service))
    .where(services.c.tenant_id == tenants.c.id)
    .correlate(tenants)
    .scalar_subquery()
    .label("services")
)
COLUMNS = (
    tenants.c.id,
    tenants.c.legal_name,
    tenants.c.short_name,
    tenants.c.credit_code,
    tenants.c.domain_name,
    tenants.c.project_id,
    tenants.c.project_name,
    tenants.c.real_name,
    tenants.c.state,
    tenants.c.contact_email,
    tenants.c.zone,
    tenants.c.language,
    tenants.c.created_at,
    _opened,
)
"""What :func:`tenant_of` needs, for statements that join tenants; prefix them with :data:`PREFIXED`."""
PREFIX = "tenant_"
PREFIXED = tuple(column.label(PREFIX + column.name) for column in COLUMNS)


def tenant_of(row: Mapping[str, Any], prefix: str = "") -> Tenant:
    """Make a tenant from a row's mapping."""
    return Tenant(
        id=TenantId(row[prefix + "id"]),
        legal_name=row[prefix + "legal_name"],
        short_name=row[prefix + "short_name"],
        credit_code=row[prefix + "credit_code"],
        domain_name=row[prefix + "domain_name"],
        project=Project(ProjectId(row[prefix + "project_id"]), row[prefix + "project_name"]),
        real_name=RealName(row[prefix + "real_name"]),
        state=TenantState(row[prefix + "state"]),
        contact_email=row[prefix + "contact_email"],
        zone=row[prefix + "zone"],
        language=row[prefix + "language"],
        services=frozenset(Service(name) for name in row[prefix + "services"] or ()),
        created_at=row[prefix + "created_at"],
    )


async def insert_tenant(uow: Uow, tenant: Tenant) -> bool:
    """Write a new tenant; ``False`` when its domain name or credit code is taken."""
    statement = (
        insert(tenants)
        .values(
            id=tenant.id,
            legal_name=tenant.legal_name,
            short_name=tenant.short_name,
            credit_code=tenant.credit_code,
            domain_name=tenant.domain_name,
            domain_key=tenant.domain_name.lower(),
            project_id=tenant.project.id,
            project_name=tenant.project.name,
            real_name=tenant.real_name.value,
            state=tenant.state.value,
            contact_email=tenant.contact_email,
            zone=tenant.zone,
            language=tenant.language,
            created_at=tenant.created_at,
        )
        .on_conflict_do_nothing()
        .returning(tenants.c.id)
    )
    return (await uow.execute(statement)).first() is not None


async def find_tenant(uow: Uow, tenant_id: TenantId, *, lock: bool = False) -> Tenant | None:
    """Return a tenant, with its row locked on wish."""
    statement = select(*COLUMNS).where(tenants.c.id == tenant_id)
    return await _one(uow, statement.with_for_update(of=tenants) if lock else statement)


async def find_tenant_by_domain(uow: Uow, domain_name: str) -> Tenant | None:
    """Return the tenant with an account name, in any case."""
    return await _one(uow, select(*COLUMNS).where(tenants.c.domain_key == domain_name.lower()))


async def list_tenants(
    uow: Uow,
    *,
    search: str | None,
    state: TenantState | None,
    waits_for: TenantWaits | None = None,
    sort: TenantSort = "-created_at",
    offset: int,
    limit: int,
) -> Page[Tenant]:
    """Return tenants; ``search`` is part of a name, or a whole credit code."""
    wanted = []
    if search:
        names = (tenants.c.legal_name, tenants.c.short_name, tenants.c.domain_name)
        wanted.append(
            or_(tenants.c.credit_code == search.upper(), *(name.icontains(search, autoescape=True) for name in names))
        )
    if state is not None:
        wanted.append(tenants.c.state == state.value)
    if waits_for is not None:
        real_name = RealName.NONE if waits_for == "real_name" else RealName.VERIFIED
        has_none = ~exists().where(services.c.tenant_id == tenants.c.id)
        wanted.extend((tenants.c.real_name == real_name.value, has_none))
    where = and_(True, *wanted)
    total = (await uow.execute(select(func.count()).select_from(tenants).where(where))).scalar_one()
    column = tenants.c[sort.removeprefix("-")]
    order = (column.desc() if sort.startswith("-") else column.asc(), tenants.c.id)
    statement = select(*COLUMNS).where(where).order_by(*order)
    rows = (await uow.execute(statement.offset(offset).limit(limit))).mappings()
    return Page(tuple(tenant_of(dict(row)) for row in rows), total, offset, limit)


async def update_tenant(uow: Uow, tenant_id: TenantId, values: Mapping[str, str | None]) -> None:
    """Change columns of a tenant."""
    await uow.execute(tenants.update().where(tenants.c.id == tenant_id).values(**values))


async def insert_services(
    uow: Uow, tenant_id: TenantId, opened: Collection[Service], *, by: UserId, at: datetime
) -> None:
    """Note services as opened; those opened before stay as they are."""
    rows: Iterable[dict[str, object]] = (
        {"tenant_id": tenant_id, "service": service.value, "opened_at": at, "opened_by": by}
        for service in sorted(opened)
    )
    await uow.execute(insert(services).values(list(rows)).on_conflict_do_nothing())


async def _one(uow: Uow, statement: Select[Any]) -> Tenant | None:
    row = (await uow.execute(statement)).mappings().first()
    return None if row is None else tenant_of(dict(row))
