"""Access keys and tokens of the API."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId, UserId
from hongyan.rooms.identity.contracts import AccessKey, KeyState, Signer, Token, TokenScope
from hongyan.rooms.identity.rules.lockouts import ACCESS_KEY
from hongyan.rooms.identity.store import people
from hongyan.rooms.identity.store import tenants as tenant_store
from hongyan.rooms.identity.tables import access_keys, lockouts, tenants, tokens, users

_KEYS = select(
    access_keys.c.ak,
    access_keys.c.tenant_id,
    access_keys.c.user_id,
    users.c.name.label("user_name"),
    access_keys.c.state,
    access_keys.c.description,
    access_keys.c.created_at,
    access_keys.c.last_used_at,
).join(users, users.c.id == access_keys.c.user_id)


def _key_of(row: Row[Any]) -> AccessKey:
    return AccessKey(
        ak=row.ak,
        user_id=UserId(row.user_id),
        user_name=row.user_name,
        tenant_id=TenantId(row.tenant_id),
        state=KeyState(row.state),
        description=row.description,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
    )


async def insert_key(uow: Uow, key: AccessKey, sealed_sk: bytes) -> None:
    """Write a new key."""
    values = {
        "ak": key.ak,
        "tenant_id": key.tenant_id,
        "user_id": key.user_id,
        "sealed_sk": sealed_sk,
        "state": key.state.value,
        "description": key.description,
        "created_at": key.created_at,
    }
    await uow.execute(insert(access_keys).values(values))


async def list_keys(uow: Uow, tenant_id: TenantId, user_id: UserId | None) -> tuple[AccessKey, ...]:
    """Return the keys of one user, or of all, the newest first. A user has few."""
    statement = _KEYS.where(access_keys.c.tenant_id == tenant_id)
    if user_id is not None:
        statement = statement.where(access_keys.c.user_id == user_id)
    rows = await uow.execute(statement.order_by(access_keys.c.created_at.desc(), access_keys.c.ak))
    return tuple(_key_of(row) for row in rows)


async def count_keys(uow: Uow, tenant_id: TenantId, user_id: UserId) -> int:
    """Return how many keys a user holds."""
    where = and_(access_keys.c.tenant_id == tenant_id, access_keys.c.user_id == user_id)
    total: int = (await uow.execute(select(func.count()).select_from(access_keys).where(where))).scalar_one()
    return total


async def find_key(uow: Uow, tenant_id: TenantId, ak: str) -> AccessKey | None:
    """Return a key of a tenant."""
    statement = _KEYS.where(access_keys.c.tenant_id == tenant_id, access_keys.c.ak == ak)
    row: Row[Any] | None = (await uow.execute(statement)).first()
    return None if row is None else _key_of(row)


async def set_key_state(uow: Uow, tenant_id: TenantId, ak: str, state: KeyState) -> None:
    """Enable or disable a key."""
    where = and_(access_keys.c.tenant_id == tenant_id, access_keys.c.ak == ak)
    await uow.execute(access_keys.update().where(where).values(state=state.value))


async def set_sealed_sk(uow: Uow, tenant_id: TenantId, ak: str, sealed_sk: bytes) -> None:
    """Put another sealed secret in the place of a key's secret."""
    where = and_(access_keys.c.tenant_id == tenant_id, access_keys.c.ak == ak)
    await uow.execute(access_keys.update().where(where).values(sealed_sk=sealed_sk))


async def delete_key(uow: Uow, tenant_id: TenantId, ak: str) -> None:
    """Remove a key."""
    where = and_(access_keys.c.tenant_id == tenant_id, access_keys.c.ak == ak)
    await uow.execute(delete(access_keys).where(where))


async def touch_key(uow: Uow, ak: str, *, at: datetime, not_since: datetime) -> None:
    """Note the use of a key, unless one was noted since ``not_since``."""
    stale = or_(access_keys.c.last_used_at.is_(None), access_keys.c.last_used_at <= not_since)
    await uow.execute(access_keys.update().where(access_keys.c.ak == ak, stale).values(last_used_at=at))


async def find_signer(uow: Uow, ak: str) -> tuple[Signer, bytes] | None:
    """Return who signs with a key (their ``sk`` empty) and the sealed secret. Any tenant: the key decides."""
    locks = and_(lockouts.c.kind == ACCESS_KEY.kind, lockouts.c.subject == access_keys.c.ak)
    source = (
        access_keys.join(users, users.c.id == access_keys.c.user_id)
        .join(tenants, tenants.c.id == access_keys.c.tenant_id)
        .outerjoin(lockouts, locks)
    )
    statement = (
        select(
            access_keys.c.ak,
            access_keys.c.sealed_sk,
            access_keys.c.state,
            access_keys.c.last_used_at,
            lockouts.c.failures,
            lockouts.c.locked_until,
            *people.PREFIXED,
            *tenant_store.PREFIXED,
        )
        .select_from(source)
        .where(access_keys.c.ak == ak)
    )
    row = (await uow.execute(statement)).mappings().first()
    if row is None:
        return None
    values = dict(row)
    signer = Signer(
        ak=values["ak"],
        sk=b"",
        key_state=KeyState(values["state"]),
        user=people.user_of(values, people.PREFIX),
        tenant=tenant_store.tenant_of(values, tenant_store.PREFIX),
        failures=values["failures"] or 0,
        locked_until=values["locked_until"],
        last_used_at=values["last_used_at"],
    )
    return signer, values["sealed_sk"]


async def list_sealed(uow: Uow) -> list[tuple[TenantId, str, bytes]]:
    """Return every key's sealed secret, for the rotation of the key ring."""
    statement = select(access_keys.c.tenant_id, access_keys.c.ak, access_keys.c.sealed_sk).order_by(access_keys.c.ak)
    return [(TenantId(row.tenant_id), row.ak, row.sealed_sk) for row in await uow.execute(statement)]


async def insert_token(
    uow: Uow, *, token_hash: bytes, user_id: UserId, scope: TokenScope, issued_at: datetime, expires_at: datetime
) -> None:
    """Write a new token."""
    values = {
        "token_hash": token_hash,
        "user_id": user_id,
        "scope": scope,
        "issued_at": issued_at,
        "expires_at": expires_at,
    }
    await uow.execute(insert(tokens).values(values))


async def find_token(uow: Uow, token_hash: bytes) -> Token | None:
    """Return a token with its user and tenant as they are now. Any tenant: the token decides."""
    source = tokens.join(users, users.c.id == tokens.c.user_id).join(tenants, tenants.c.id == users.c.tenant_id)
    statement = (
        select(
            tokens.c.scope,
            tokens.c.issued_at,
            tokens.c.expires_at,
            *people.PREFIXED,
            *tenant_store.PREFIXED,
        )
        .select_from(source)
        .where(tokens.c.token_hash == token_hash)
    )
    row = (await uow.execute(statement)).mappings().first()
    if row is None:
        return None
    values = dict(row)
    return Token(
        user=people.user_of(values, people.PREFIX),
        tenant=tenant_store.tenant_of(values, tenant_store.PREFIX),
        scope=values["scope"],
        issued_at=values["issued_at"],
        expires_at=values["expires_at"],
    )


async def delete_tokens(uow: Uow, user_id: UserId) -> None:
    """Remove all tokens of a user."""
    await uow.execute(delete(tokens).where(tokens.c.user_id == user_id))


async def delete_expired_tokens(uow: Uow, before: datetime) -> None:
    """Remove tokens that expired before a time."""
    await uow.execute(delete(tokens).where(tokens.c.expires_at < before))
