"""Tenants, for the platform's operators."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import TenantId
from hongyan.rooms.identity.console_api import views
from hongyan.rooms.identity.contracts import Actor, Auth, Permission, TenantSort, TenantState, TenantWaits
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.identity.service.people import NewUser
from hongyan.rooms.identity.service.tenants import NewTenant

Search = Annotated[str | None, Query(max_length=100)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Limit = Annotated[int, Query(ge=1, le=100)]


def tenants_router(db: Database, service: IdentityService, auth: Auth) -> APIRouter:
    """Return the endpoints of tenants."""
    router = APIRouter(prefix="/tenants", tags=["tenants"])
    caller = Annotated[Actor, Depends(auth.console)]

    @router.get("")
    async def list_tenants(
        *,
        actor: caller,
        search: Search = None,
        state: TenantState | None = None,
        waits_for: TenantWaits | None = None,
        sort: TenantSort = "-created_at",
        offset: Offset = 0,
        limit: Limit = 20,
    ) -> views.TenantList:
        """Return tenants; ``waits_for``: those without any service, by what they wait for."""
        async with db.begin() as uow:
            page = await service.tenants.list_tenants(
                uow, actor, search=search, state=state, waits_for=waits_for, sort=sort, offset=offset, limit=limit
            )
        return views.TenantList(items=[views.TenantView.of(tenant) for tenant in page.items], total=page.total)

    @router.post("", status_code=201)
    async def create_tenant(actor: caller, wanted: views.TenantRequest) -> views.TenantView:
        """Make a tenant."""
        async with db.begin() as uow:
            tenant = await service.tenants.create_tenant(uow, actor, NewTenant(**wanted.model_dump()))
        return views.TenantView.of(tenant)

    @router.get("/{tenant_id}")
    async def get_tenant(actor: caller, tenant_id: UUID) -> views.TenantView:
        """Return a tenant."""
        actor.require(Permission.TENANT_LIST)
        async with db.begin() as uow:
            return views.TenantView.of(await service.get_tenant(uow, TenantId(str(tenant_id))))

    @router.patch("/{tenant_id}")
    async def change_tenant(actor: caller, tenant_id: UUID, change: views.TenantChange) -> views.TenantView:
        """Set the real-name state, the e-mail, or suspend a tenant."""
        actor.require(Permission.TENANT_EDIT)
        tid, tenants = TenantId(str(tenant_id)), service.tenants
        async with db.begin() as uow:
            if change.real_name is not None:
                await tenants.set_real_name(uow, actor, tid, change.real_name)
            if change.contact_email is not None:
                await tenants.bind_email(uow, actor, tid, change.contact_email)
            if change.state is not None:
                await tenants.set_state(uow, actor, tid, change.state, reason=change.reason)
            return views.TenantView.of(await tenants.get_tenant(uow, tid))

    @router.get("/{tenant_id}/users")
    async def list_tenant_users(
        actor: caller, tenant_id: UUID, offset: Offset = 0, limit: Limit = 20
    ) -> views.UserList:
        """Return the users of a tenant by name."""
        actor.require(Permission.TENANT_LIST)
        async with db.begin() as uow:
            tenant = await service.get_tenant(uow, TenantId(str(tenant_id)))
            page = await service.people.list_users(uow, actor, tenant.id, offset=offset, limit=limit)
        return views.UserList(items=[views.UserView.of(user) for user in page.items], total=page.total)

    @router.post("/{tenant_id}/users", status_code=201)
    async def create_tenant_user(actor: caller, tenant_id: UUID, wanted: views.UserRequest) -> views.UserView:
        """Make a user of a tenant: its first administrator."""
        new = NewUser(wanted.name, wanted.password, frozenset(wanted.roles), wanted.email, wanted.temporary)
        async with db.begin() as uow:
            tenant = await service.get_tenant(uow, TenantId(str(tenant_id)))
            return views.UserView.of(await service.people.create_user(uow, actor, tenant.id, new))

    return router
