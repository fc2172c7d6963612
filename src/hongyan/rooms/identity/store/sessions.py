"""Console sessions: found by the hash of the cookie's token."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.dialects.postgresql import insert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import UserId
from hongyan.rooms.identity.contracts import OwnSession, Tenant, User
from hongyan.rooms.identity.store import people
from hongyan.rooms.identity.store import tenants as tenant_store
from hongyan.rooms.identity.tables import sessions, tenants, users


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session with its user as they are now."""

    id: str
    token_hash: bytes
    previous_until: datetime | None
    sealed_csrf: bytes
    rotate: bool
    created_at: datetime
    rotated_at: datetime
    seen_at: datetime
    user: User
    tenant: Tenant | None


async def insert_session(
    uow: Uow,
    *,
    session_id: str,
    user_id: UserId,
    token_hash: bytes,
    sealed_csrf: bytes,
    at: datetime,
    address: str | None,
    agent: str | None,
) -> None:
    """Write a new session."""
    values = {
        "id": session_id,
        "user_id": user_id,
        "token_hash": token_hash,
        "sealed_csrf": sealed_csrf,
        "rotate": False,
        "created_at": at,
        "rotated_at": at,
        "seen_at": at,
        "address": address,
        "agent": agent,
    }
    await uow.execute(insert(sessions).values(values))


async def find_session(uow: Uow, token_hash: bytes) -> SessionRow | None:
    """Return the session whose token, or token before the last rotation, has this hash."""
    return await _find(uow, or_(sessions.c.token_hash == token_hash, sessions.c.previous_hash == token_hash))


async def find_session_by_id(uow: Uow, session_id: str) -> SessionRow | None:
    """Return a session by its id."""
    return await _find(uow, sessions.c.id == session_id)


async def _find(uow: Uow, where: ColumnElement[bool]) -> SessionRow | None:
    statement = (
        select(
            sessions.c.id,
            sessions.c.token_hash,
            sessions.c.previous_until,
            sessions.c.sealed_csrf,
            sessions.c.rotate,
            sessions.c.created_at,
            sessions.c.rotated_at,
            sessions.c.seen_at,
            *people.PREFIXED,
            *tenant_store.PREFIXED,
        )
        .select_from(sessions.join(users, users.c.id == sessions.c.user_id).outerjoin(tenants))
        .where(where)
    )
    row = (await uow.execute(statement)).mappings().first()
    if row is None:
        return None
    values = dict(row)
    return SessionRow(
        id=values["id"],
        token_hash=values["token_hash"],
        previous_until=values["previous_until"],
        sealed_csrf=values["sealed_csrf"],
        rotate=values["rotate"],
        created_at=values["created_at"],
        rotated_at=values["rotated_at"],
        seen_at=values["seen_at"],
        user=people.user_of(values, people.PREFIX),
        tenant=None if values["tenant_id"] is None else tenant_store.tenant_of(values, tenant_store.PREFIX),
    )


async def rotate_session(
    uow: Uow, session_id: str, *, old_hash: bytes, new_hash: bytes, at: datetime, previous_until: datetime
) -> bool:
    """Give the session a new token; ``False`` when another request has just done so."""
    statement = (
        sessions.update()
        .where(sessions.c.id == session_id, sessions.c.token_hash == old_hash)
        .values(
            token_hash=new_hash,
            previous_hash=old_hash,
            previous_until=previous_until,
            rotate=False,
            rotated_at=at,
            seen_at=at,
        )
        .returning(sessions.c.id)
    )
    return (await uow.execute(statement)).first() is not None


async def touch_session(uow: Uow, session_id: str, at: datetime) -> None:
    """Note that the session is in use."""
    await uow.execute(sessions.update().where(sessions.c.id == session_id).values(seen_at=at))


async def delete_session(uow: Uow, session_id: str) -> None:
    """End one session."""
    await uow.execute(delete(sessions).where(sessions.c.id == session_id))


async def delete_sessions(uow: Uow, user_id: UserId) -> None:
    """End all sessions of a user."""
    await uow.execute(delete(sessions).where(sessions.c.user_id == user_id))


async def list_sessions(
    uow: Uow, user_id: UserId, *, seen_after: datetime, created_after: datetime
) -> tuple[OwnSession, ...]:
    """Return the sessions of a user that have not ended, the last used first."""
    columns = (sessions.c.id, sessions.c.address, sessions.c.agent, sessions.c.created_at, sessions.c.seen_at)
    statement = (
        select(*columns)
        .where(sessions.c.user_id == user_id, sessions.c.seen_at > seen_after, sessions.c.created_at > created_after)
        .order_by(sessions.c.seen_at.desc(), sessions.c.id)
    )
    rows = await uow.execute(statement)
    return tuple(OwnSession(row.id, row.address, row.agent, row.created_at, row.seen_at) for row in rows)


async def delete_own(uow: Uow, user_id: UserId, session_id: str) -> bool:
    """End one session of a user; ``False`` when it is none of theirs."""
    statement = delete(sessions).where(sessions.c.id == session_id, sessions.c.user_id == user_id)
    return (await uow.execute(statement.returning(sessions.c.id))).first() is not None


async def delete_others(uow: Uow, user_id: UserId, session_id: str) -> int:
    """End all sessions of a user but one; returns how many."""
    statement = delete(sessions).where(sessions.c.user_id == user_id, sessions.c.id != session_id)
    return len((await uow.execute(statement.returning(sessions.c.id))).all())


async def mark_for_rotation(uow: Uow, user_id: UserId) -> None:
    """Let every session of a user get a new token at its next request."""
    await uow.execute(sessions.update().where(sessions.c.user_id == user_id).values(rotate=True))


async def delete_ended(uow: Uow, *, seen_before: datetime, created_before: datetime) -> None:
    """Remove sessions that were idle too long or are too old."""
    ended = or_(sessions.c.seen_at <= seen_before, sessions.c.created_at <= created_before)
    await uow.execute(delete(sessions).where(ended))
