"""The own account: access keys, services (开通), bound e-mail, people."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import UserId
from hongyan.rooms.identity.console_api import views
from hongyan.rooms.identity.contracts import Actor, Auth, Role, Service, UserFilter, UserSort, UserState
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.identity.service.people import NewUser

Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Limit = Annotated[int, Query(ge=1, le=100)]


def keys_router(db: Database, service: IdentityService, auth: Auth) -> APIRouter:
    """Return the endpoints of access keys."""
    router = APIRouter(prefix="/access-keys", tags=["access keys"])
    caller = Annotated[Actor, Depends(auth.console)]

    @router.get("")
    async def list_access_keys(actor: caller) -> views.KeyList:
        """Return the own keys; an administrator sees everybody's."""
        async with db.begin() as uow:
            keys = await service.access.list_keys(uow, actor)
        return views.KeyList(items=[views.KeyView.of(key) for key in keys], total=len(keys))

    @router.post("", status_code=201)
    async def create_access_key(actor: caller, wanted: views.KeyRequest) -> views.NewKeyView:
        """Make a pair; the secret is shown this once."""
        owner = None if wanted.user_id is None else UserId(wanted.user_id)
        async with db.begin() as uow:
            new = await service.access.create_key(uow, actor, description=wanted.description, user_id=owner)
        return views.NewKeyView.of(new)

    @router.patch("/{ak}")
    async def change_access_key(actor: caller, ak: str, change: views.KeyChange) -> views.KeyView:
        """Disable a key, or enable it again."""
        async with db.begin() as uow:
            return views.KeyView.of(await service.access.set_key_state(uow, actor, ak, change.state))

    @router.post("/{ak}/rotate")
    async def rotate_access_key(actor: caller, ak: str) -> views.NewKeyView:
        """Give a key another secret, shown this once."""
        async with db.begin() as uow:
            return views.NewKeyView.of(await service.access.rotate_key(uow, actor, ak))

    @router.delete("/{ak}", status_code=204)
    async def delete_access_key(actor: caller, ak: str) -> None:
        """Remove a key for ever."""
        async with db.begin() as uow:
            await service.access.delete_key(uow, actor, ak)

    return router


def account_router(db: Database, service: IdentityService, auth: Auth) -> APIRouter:
    """Return the endpoints of the own account and its services."""
    router = APIRouter(tags=["account"])
    caller = Annotated[Actor, Depends(auth.console)]

    @router.get("/account")
    async def get_account(actor: caller) -> views.AccountView:
        """Show the own account and which services are opened."""
        async with db.begin() as uow:
            return views.AccountView.of(await service.get_tenant(uow, actor.tenant()))

    @router.put("/account/email")
    async def bind_email(actor: caller, change: views.EmailChange) -> views.AccountView:
        """Bind the account's e-mail address."""
        async with db.begin() as uow:
            tenant = await service.tenants.bind_email(uow, actor, actor.tenant(), change.email)
        return views.AccountView.of(tenant)

    @router.post("/services/{name}/open")
    async def open_service(actor: caller, name: Service) -> views.AccountView:
        """Open a service, and those that come with it."""
        async with db.begin() as uow:
            return views.AccountView.of(await service.tenants.open_service(uow, actor, name))

    return router


def users_router(db: Database, service: IdentityService, auth: Auth) -> APIRouter:
    """Return the endpoints of people: of the own account, or of the platform for its operators."""
    router = APIRouter(prefix="/users", tags=["users"])
    caller = Annotated[Actor, Depends(auth.console)]

    @router.get("")
    async def list_users(
        *,
        actor: caller,
        name: Annotated[str | None, Query(max_length=64, pattern=r"^[^\x00]*$")] = None,
        role: Role | None = None,
        state: UserState | None = None,
        sort: UserSort = "name",
        offset: Offset = 0,
        limit: Limit = 20,
    ) -> views.UserList:
        """Return users; ``name`` is a part of it in any case."""
        wanted = UserFilter((name or "").strip() or None, role, state, sort)
        async with db.begin() as uow:
            page = await service.people.list_users(uow, actor, actor.tenant_id, wanted, offset=offset, limit=limit)
            enrolled = await service.second_factors.find_enrolled(uow, [user.id for user in page.items])
        items = [views.UserView.of(user, second_factor=user.id in enrolled) for user in page.items]
        return views.UserList(items=items, total=page.total)

    @router.post("", status_code=201)
    async def create_user(actor: caller, wanted: views.UserRequest) -> views.UserView:
        """Make a user."""
        new = NewUser(wanted.name, wanted.password, frozenset(wanted.roles), wanted.email, wanted.temporary)
        async with db.begin() as uow:
            return views.UserView.of(await service.people.create_user(uow, actor, actor.tenant_id, new))

    @router.patch("/{user_id}")
    async def change_user(actor: caller, user_id: UUID, change: views.UserChange) -> views.UserView:
        """Give a user other roles or another state."""
        uid, where = UserId(str(user_id)), actor.tenant_id
        async with db.begin() as uow:
            user = await service.people.get_user(uow, where, uid)
            if change.roles is not None:
                user = await service.people.set_roles(uow, actor, where, uid, change.roles)
            if change.state is not None:
                user = await service.people.set_state(uow, actor, where, uid, change.state)
        return views.UserView.of(user)

    @router.put("/{user_id}/password", status_code=204)
    async def reset_password(actor: caller, user_id: UUID, reset: views.PasswordReset) -> None:
        """Set another user's password."""
        uid, where = UserId(str(user_id)), actor.tenant_id
        async with db.begin() as uow:
            await service.people.reset_password(uow, actor, where, uid, reset.password, is_temporary=reset.temporary)

    @router.delete("/{user_id}/second-factor", status_code=204)
    async def reset_second_factor(actor: caller, user_id: UUID) -> None:
        """Take the second factor from somebody who has lost it."""
        async with db.begin() as uow:
            await service.second_factors.reset(uow, actor, actor.tenant_id, UserId(str(user_id)))

    return router
