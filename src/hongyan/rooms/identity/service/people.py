"""Users: people of a tenant, managed by its administrator, and people of the platform, managed by its operators."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import Forbidden, NotFound
from hongyan.kernel.ids import Ids, TenantId, UserId
from hongyan.kernel.paging import Page
from hongyan.rooms.identity.contracts import EVERYBODY, Actor, Permission, Role, User, UserFilter, UserState
from hongyan.rooms.identity.errors import LastAdmin, NameTaken, OperatorExists, PasswordUnchanged, PasswordWrong
from hongyan.rooms.identity.rules import names
from hongyan.rooms.identity.service.audit import AuditLog
from hongyan.rooms.identity.service.passwords import Passwords
from hongyan.rooms.identity.store import access as access_store
from hongyan.rooms.identity.store import people as store
from hongyan.rooms.identity.store import sessions as session_store

_RANDOM_PASSWORD_BYTES = 15


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user to be made."""

    name: str
    password: str
    roles: frozenset[Role]
    email: str | None = None
    is_temporary: bool = False
    """The password must be changed at the first sign-in."""


class PeopleService:
    """Makes and changes users."""

    def __init__(self, *, clock: Clock, ids: Ids, audit: AuditLog, passwords: Passwords) -> None:
        """Hash with ``passwords``."""
        self._clock = clock
        self._ids = ids
        self._audit = audit
        self._passwords = passwords

    async def create_user(self, uow: Uow, actor: Actor, tenant_id: TenantId | None, new: NewUser) -> User:
        """Make a user of a tenant, or of the platform when ``tenant_id`` is ``None``.

        Raises:
            Forbidden: the actor does not manage the people there.
            InvalidInput: name, password, e-mail or roles break their rules.
            NameTaken: there is a user of this name already.
        """
        _require_manager(actor, tenant_id)
        name = names.check_login_name(new.name)
        user = User(
            id=UserId(self._ids.uuid()),
            tenant_id=tenant_id,
            name=name,
            email=None if new.email is None else names.check_email(new.email),
            roles=names.check_roles(new.roles, platform=tenant_id is None),
            state=UserState.ACTIVE,
            created_at=self._clock.now(),
            last_sign_in_at=None,
        )
        stored = await self._passwords.hash(names.check_password(new.password, name))
        if not await store.insert_user(uow, user, stored, must_change_password=new.is_temporary):
            raise NameTaken("name", what="user", name=name)
        after = {"name": name, "roles": sorted(user.roles), "email": user.email}
        await self._note(uow, actor, "user.create", user, after=after)
        return user

    async def create_first_operator(self, uow: Uow, actor: Actor, name: str) -> tuple[User, str]:
        """Make the first operator of an installation and return the password, which is shown this once.

        Raises:
            OperatorExists: there is one already.
        """
        if await store.count_active(uow, None, Role.PLATFORM_OPERATOR):
            raise OperatorExists
        password = secrets.token_urlsafe(_RANDOM_PASSWORD_BYTES)
        new = NewUser(name, password, frozenset({Role.PLATFORM_OPERATOR}))
        return await self.create_user(uow, actor, None, new), password

    async def get_user(self, uow: Uow, tenant_id: TenantId | None, user_id: UserId) -> User:
        """Return a user of a tenant, or of the platform.

        Raises:
            NotFound: there is none with this id there.
        """
        return _found(await store.find_user(uow, tenant_id, user_id), user_id)

    async def find_by_login(self, uow: Uow, login: str) -> User | None:
        """Return the user who signs in by ``name`` or ``account/name``."""
        account, slash, name = login.partition("/")
        found = await store.find_by_login(uow, name if slash else login, account if slash else None)
        return None if found is None else found.user

    async def list_users(
        self,
        uow: Uow,
        actor: Actor,
        tenant_id: TenantId | None,
        wanted: UserFilter = EVERYBODY,
        *,
        offset: int = 0,
        limit: int = 20,
    ) -> Page[User]:
        """Return users, by name unless something else is wanted."""
        actor.require(Permission.USER_LIST)
        _require_reach(actor, tenant_id)
        return await store.list_users(uow, tenant_id, wanted, offset=offset, limit=limit)

    async def set_roles(
        self, uow: Uow, actor: Actor, tenant_id: TenantId | None, user_id: UserId, roles: Collection[Role]
    ) -> User:
        """Give a user other roles; their sessions get new tokens, and the new roles count from the next request.

        Raises:
            LastAdmin: nobody could manage the account afterwards.
        """
        _require_manager(actor, tenant_id)
        chosen = names.check_roles(roles, platform=tenant_id is None)
        user = _found(await store.find_user(uow, tenant_id, user_id, lock=True), user_id)
        if not chosen >= user.roles & _managing(tenant_id):
            await self._keep_one_manager(uow, user)
        await store.update_user(uow, tenant_id, user_id, {"roles": sorted(role.value for role in chosen)})
        await session_store.mark_for_rotation(uow, user_id)
        before, after = {"roles": sorted(user.roles)}, {"roles": sorted(chosen)}
        await self._note(uow, actor, "user.set_roles", user, before=before, after=after)
        return replace(user, roles=chosen)

    async def set_state(
        self, uow: Uow, actor: Actor, tenant_id: TenantId | None, user_id: UserId, state: UserState
    ) -> User:
        """Disable a user (sessions and tokens end at once, keys within two seconds), or enable them again.

        Raises:
            LastAdmin: nobody could manage the account afterwards.
        """
        _require_manager(actor, tenant_id)
        user = _found(await store.find_user(uow, tenant_id, user_id, lock=True), user_id)
        if state is UserState.DISABLED:
            if user.roles & _managing(tenant_id):
                await self._keep_one_manager(uow, user)
            await self._end_access(uow, user_id)
        await store.update_user(uow, tenant_id, user_id, {"state": state.value})
        before, after = {"state": user.state.value}, {"state": state.value}
        await self._note(uow, actor, "user.set_state", user, before=before, after=after)
        return replace(user, state=state)

    async def change_password(self, uow: Uow, actor: Actor, old: str, new: str) -> None:
        """Let a user change their own password; all their sessions and tokens end.

        Raises:
            PasswordWrong: the old one is another.
            PasswordUnchanged: the new one is the old one.
            InvalidInput: the new one is too weak.
        """
        stored = await store.find_password_hash(uow, actor.tenant_id, actor.user_id)
        if not await self._passwords.verify(stored, old):
            raise PasswordWrong("old_password")
        user = await self.get_user(uow, actor.tenant_id, actor.user_id)
        if await self._passwords.verify(stored, new):
            raise PasswordUnchanged("new_password")
        names.check_password(new, user.name, field="new_password")
        await self._set_password(uow, actor, user, new, "user.change_password")

    async def reset_password(
        self,
        uow: Uow,
        actor: Actor,
        tenant_id: TenantId | None,
        user_id: UserId,
        new: str,
        *,
        is_temporary: bool = False,
    ) -> None:
        """Set another user's password; all their sessions and tokens end.

        A temporary password must be changed at the next sign-in.
        """
        _require_manager(actor, tenant_id)
        user = await self.get_user(uow, tenant_id, user_id)
        await self._set_password(uow, actor, user, new, "user.reset_password", is_temporary=is_temporary)

    async def _set_password(
        self, uow: Uow, actor: Actor, user: User, new: str, action: str, *, is_temporary: bool = False
    ) -> None:
        stored = await self._passwords.hash(names.check_password(new, user.name))
        values = {"password_hash": stored, "must_change_password": is_temporary}
        await store.update_user(uow, user.tenant_id, user.id, values)
        await self._end_access(uow, user.id)
        await self._note(uow, actor, action, user)

    async def _keep_one_manager(self, uow: Uow, user: User) -> None:
        (role,) = _managing(user.tenant_id)
        if user.state is UserState.ACTIVE and await store.count_active(uow, user.tenant_id, role) <= 1:
            raise LastAdmin

    @staticmethod
    async def _end_access(uow: Uow, user_id: UserId) -> None:
        await session_store.delete_sessions(uow, user_id)
        await access_store.delete_tokens(uow, user_id)

    async def _note(
        self,
        uow: Uow,
        actor: Actor,
        action: str,
        user: User,
        *,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
    ) -> None:
        await self._audit.note(
            uow,
            actor,
            action,
            subject_kind="user",
            subject_id=user.id,
            tenant_id=user.tenant_id,
            before=before,
            after=after,
        )


def _managing(tenant_id: TenantId | None) -> frozenset[Role]:
    """Return the one role that manages the people there."""
    return frozenset({Role.PLATFORM_OPERATOR if tenant_id is None else Role.TE_ADMIN})


def _require_reach(actor: Actor, tenant_id: TenantId | None) -> None:
    """Let people of the tenant pass, and people of the platform, whose permissions decide."""
    if actor.tenant_id is not None and actor.tenant_id != tenant_id:
        raise Forbidden(permission=Permission.TENANT_EDIT.value)


def _require_manager(actor: Actor, tenant_id: TenantId | None) -> None:
    actor.require(Permission.USER_EDIT)
    _require_reach(actor, tenant_id)


def _found(user: User | None, user_id: UserId) -> User:
    if user is None:
        raise NotFound(what="user", id=user_id)
    return user
