"""Users and their password hashes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.dialects.postgresql import insert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId, UserId
from hongyan.kernel.paging import Page
from hongyan.rooms.identity.contracts import Role, User, UserFilter, UserState
from hongyan.rooms.identity.tables import tenants, users

COLUMNS = (
    users.c.id,
    users.c.tenant_id,
    users.c.name,
    users.c.email,
    users.c.roles,
    users.c.state,
    users.c.created_at,
    users.c.last_sign_in_at,
)
PREFIX = "user_"
PREFIXED = tuple(column.label(PREFIX + column.name) for column in COLUMNS)


@dataclass(frozen=True, slots=True)
class Login:
    """A user with what a sign-in is checked by."""

    user: User
    password_hash: str
    must_change_password: bool


def user_of(row: Mapping[str, Any], prefix: str = "") -> User:
    """Make a user from a row's mapping."""
    tenant_id = row[prefix + "tenant_id"]
    return User(
        id=UserId(row[prefix + "id"]),
        tenant_id=None if tenant_id is None else TenantId(tenant_id),
        name=row[prefix + "name"],
        email=row[prefix + "email"],
        roles=frozenset(Role(role) for role in row[prefix + "roles"]),
        state=UserState(row[prefix + "state"]),
        created_at=row[prefix + "created_at"],
        last_sign_in_at=row[prefix + "last_sign_in_at"],
    )


def _within(tenant_id: TenantId | None) -> ColumnElement[bool]:
    """Return the tenant's users, or those of the platform: never everybody's."""
    return users.c.tenant_id.is_(None) if tenant_id is None else users.c.tenant_id == tenant_id


async def insert_user(uow: Uow, user: User, password_hash: str, *, must_change_password: bool) -> bool:
    """Write a new user; ``False`` when the name is taken there."""
    statement = (
        insert(users)
        .values(
            id=user.id,
            tenant_id=user.tenant_id,
            name=user.name,
            name_key=user.name.casefold(),
            email=user.email,
            password_hash=password_hash,
            must_change_password=must_change_password,
            roles=sorted(role.value for role in user.roles),
            state=user.state.value,
            created_at=user.created_at,
        )
        .on_conflict_do_nothing()
        .returning(users.c.id)
    )
    return (await uow.execute(statement)).first() is not None


async def find_user(uow: Uow, tenant_id: TenantId | None, user_id: UserId, *, lock: bool = False) -> User | None:
    """Return a user of a tenant (``None``: of the platform), with the row locked on wish."""
    statement = select(*COLUMNS).where(_within(tenant_id), users.c.id == user_id)
    row = (await uow.execute(statement.with_for_update() if lock else statement)).mappings().first()
    return None if row is None else user_of(dict(row))


async def find_by_login(uow: Uow, name: str, domain_name: str | None) -> Login | None:
    """Return the user for a login name, with the password's hash.

    Without a domain it is the platform's user of that name, else the only tenant's user: no tenant can shut out an
    operator by using the same name.
    """
    statement = select(*COLUMNS, users.c.password_hash, users.c.must_change_password).where(
        users.c.name_key == name.casefold()
    )
    if domain_name is not None:
        statement = statement.join(tenants, tenants.c.id == users.c.tenant_id)
        statement = statement.where(tenants.c.domain_key == domain_name.lower())
    statement = statement.order_by(users.c.tenant_id.nulls_first()).limit(2)
    rows = (await uow.execute(statement)).mappings().all()
    if not rows or (len(rows) > 1 and rows[0]["tenant_id"] is not None):
        return None
    return Login(user_of(dict(rows[0])), rows[0]["password_hash"], rows[0]["must_change_password"])


async def find_password_hash(uow: Uow, tenant_id: TenantId | None, user_id: UserId) -> str | None:
    """Return a user's password hash."""
    statement = select(users.c.password_hash).where(_within(tenant_id), users.c.id == user_id)
    found: str | None = (await uow.execute(statement)).scalar_one_or_none()
    return found


_SORTS: Final[Mapping[str, ColumnElement[Any]]] = {
    "name": users.c.name_key,
    "created_at": users.c.created_at,
    "last_sign_in_at": users.c.last_sign_in_at,
}


async def list_users(
    uow: Uow, tenant_id: TenantId | None, wanted: UserFilter, *, offset: int, limit: int
) -> Page[User]:
    """Return users; those who never signed in come last, however they are sorted."""
    parts = [_within(tenant_id)]
    if wanted.name is not None:
        parts.append(users.c.name_key.contains(wanted.name.casefold(), autoescape=True))
    if wanted.role is not None:
        parts.append(users.c.roles.contains([wanted.role.value]))
    if wanted.state is not None:
        parts.append(users.c.state == wanted.state.value)
    where = and_(*parts)
    total = (await uow.execute(select(func.count()).select_from(users).where(where))).scalar_one()
    column = _SORTS[wanted.sort.removeprefix("-")]
    order = (column.desc() if wanted.sort.startswith("-") else column.asc()).nulls_last()
    statement = select(*COLUMNS).where(where).order_by(order, users.c.id).offset(offset).limit(limit)
    rows = (await uow.execute(statement)).mappings()
    return Page(tuple(user_of(dict(row)) for row in rows), total, offset, limit)


async def count_active(uow: Uow, tenant_id: TenantId | None, role: Role) -> int:
    """Return how many active users hold a role."""
    holds = users.c.roles.contains([role.value])
    where = and_(_within(tenant_id), users.c.state == UserState.ACTIVE.value, holds)
    total: int = (await uow.execute(select(func.count()).select_from(users).where(where))).scalar_one()
    return total


async def update_user(uow: Uow, tenant_id: TenantId | None, user_id: UserId, values: Mapping[str, object]) -> None:
    """Change columns of a user."""
    await uow.execute(users.update().where(_within(tenant_id), users.c.id == user_id).values(**values))


async def note_sign_in(uow: Uow, user_id: UserId, at: datetime) -> None:
    """Note when a user signed in last."""
    await uow.execute(users.update().where(users.c.id == user_id).values(last_sign_in_at=at))
