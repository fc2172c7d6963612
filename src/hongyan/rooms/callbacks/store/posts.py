"""Posts: written with their facts, claimed by senders, settled after a try, listed, replayed, forgotten."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, LiteralString, NamedTuple

from sqlalchemy import ColumnElement, Row, Uuid, any_, func, literal, select, update

from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TaskId, TenantId
from hongyan.rooms.callbacks.contracts import (
    AddressId,
    Counts,
    Document,
    Post,
    PostFilter,
    PostId,
    PostSort,
    PostState,
)
from hongyan.rooms.callbacks.rules.schedule import AT_ONCE, PATIENCE
from hongyan.rooms.callbacks.tables import posts, sms_receipts

_P = posts.c
_SHOWN: Final = [column for column in posts.c if column.name != "body"]
_INSERT: Final[LiteralString] = """
INSERT INTO callbacks_posts
    (address_id, tenant_id, request_id, document, receipts, task_ids, source, body, state, next_at, due_since,
     created_at, done_at, last_error)
SELECT %s, %s, u.request_id, u.document, u.receipts, u.task_ids::uuid[], u.source, u.body, %s, %s, %s, %s, %s, %s
FROM unnest(%s::uuid[], %s::text[], %s::int2[], %s::text[], %s::text[], %s::bytea[])
    AS u(request_id, document, receipts, task_ids, source, body)
ON CONFLICT (source) DO NOTHING
RETURNING request_id::text, post_id
"""
# A post that is due and whose address is well, at most so many per address that its own slowness is its own.
_CLAIM: Final[LiteralString] = """
WITH picked AS (
    SELECT due.post_id, a.url, a.sealed_secret,
           CASE WHEN a.old_secret_until > %(now)s THEN a.sealed_old_secret END AS sealed_old_secret
    FROM callbacks_addresses AS a
    LEFT JOIN unnest(%(busy)s::uuid[], %(counts)s::int[]) AS busy(address_id, n) ON busy.address_id = a.address_id
    CROSS JOIN LATERAL (
        SELECT post_id FROM callbacks_posts AS w
        WHERE w.address_id = a.address_id AND w.state = 0 AND w.next_at <= %(now)s ORDER BY w.next_at
        LIMIT greatest(0, CASE WHEN a.failures >= %(patience)s THEN 1 ELSE %(at_once)s END - coalesce(busy.n, 0))
        FOR UPDATE SKIP LOCKED
    ) AS due
    WHERE a.state = 'active' AND (a.paused_until IS NULL OR a.paused_until <= %(now)s)
    LIMIT %(limit)s
)
UPDATE callbacks_posts AS p SET attempts = p.attempts + 1, next_at = %(lease)s FROM picked
WHERE p.post_id = picked.post_id
RETURNING p.post_id, p.address_id::text, p.tenant_id::text, p.request_id::text, p.document, p.receipts, p.attempts,
          p.due_since, p.body, picked.url, picked.sealed_secret, picked.sealed_old_secret
"""
_SETTLE: Final[LiteralString] = """
UPDATE callbacks_posts AS p
SET state = u.state, next_at = coalesce(u.next_at, p.next_at), done_at = u.done_at, last_status = u.status,
    last_error = u.error
FROM unnest(%s::int8[], %s::int[], %s::int2[], %s::timestamptz[], %s::timestamptz[], %s::int[], %s::text[])
    AS u(post_id, attempt, state, next_at, done_at, status, error)
WHERE p.post_id = u.post_id AND p.attempts = u.attempt AND p.state = 0
RETURNING p.post_id
"""
_KILL: Final[LiteralString] = """
UPDATE callbacks_posts SET state = 2, done_at = %s, last_error = %s WHERE post_id = ANY(ARRAY(
    SELECT p.post_id FROM callbacks_posts AS p LEFT JOIN callbacks_addresses AS a USING (address_id)
    WHERE p.state = 0 AND p.address_id = %s AND (a.address_id IS NULL OR a.state <> 'active')
    LIMIT %s FOR UPDATE OF p SKIP LOCKED))
RETURNING post_id
"""
_FORGET: Final[LiteralString] = """
DELETE FROM callbacks_posts WHERE post_id = ANY(ARRAY(
    SELECT post_id FROM callbacks_posts
    WHERE (state = 1 AND done_at < %s) OR (state = 2 AND done_at < %s) LIMIT %s FOR UPDATE SKIP LOCKED))
RETURNING post_id
"""
_STRANDED: Final[LiteralString] = """
SELECT DISTINCT p.address_id::text FROM callbacks_posts AS p
LEFT JOIN callbacks_addresses AS a USING (address_id)
WHERE p.state = 0 AND (a.address_id IS NULL OR a.state <> 'active')
"""
PAGE_COUNT: Final = 10_001
"""Lists count no further."""


class NewPost(NamedTuple):
    """A post that is to be written."""

    request_id: str
    document: Document
    receipts: int
    task_ids: Sequence[TaskId]
    body: bytes
    """Sealed."""
    source: str | None = None


class Claimed(NamedTuple):
    """A post in the hands of a sender."""

    post_id: PostId
    address_id: AddressId
    tenant_id: TenantId
    request_id: str
    document: str
    receipts: int
    attempt: int
    """From 1, this one included."""
    due_since: datetime
    body: bytes
    url: str
    sealed_secret: bytes | None
    sealed_old_secret: bytes | None


class Settled(NamedTuple):
    """What a try made of a post."""

    post_id: PostId
    attempt: int
    state: PostState
    next_at: datetime | None
    done_at: datetime | None
    status: int | None
    error: str | None


async def insert_posts(
    uow: Uow,
    tenant_id: TenantId,
    address_id: AddressId,
    new: Sequence[NewPost],
    now: datetime,
    *,
    dead_because: str | None = None,
) -> dict[str, PostId]:
    """Write posts, due at once; returns post by request id (without those whose source is there already).

    ``dead_because``: they are only kept, for a replay.
    """
    state = PostState.WAITING if dead_because is None else PostState.DEAD
    rows = await hot.fetch(
        uow,
        _INSERT,
        (
            address_id,
            tenant_id,
            state.value,
            now,
            now,
            now,
            None if dead_because is None else now,
            dead_because,
            hot.plain(post.request_id for post in new),
            hot.plain(post.document.value for post in new),
            hot.ints(post.receipts for post in new),
            hot.texts(hot.plain(post.task_ids) for post in new),
            hot.texts(post.source for post in new),
            hot.octets(post.body for post in new),
        ),
    )
    return {row[0]: PostId(row[1]) for row in rows}


async def claim(
    uow: Uow, busy: Mapping[AddressId, int], *, now: datetime, lease: datetime, limit: int
) -> list[Claimed]:
    """Take due posts; each is due again at ``lease`` unless it is settled before."""
    cursor = await uow.raw.execute(
        _CLAIM,
        {
            "now": now,
            "lease": lease,
            "limit": limit,
            "busy": hot.plain(busy),
            "counts": hot.ints(busy.values()),
            "patience": PATIENCE,
            "at_once": AT_ONCE,
        },
        prepare=True,
    )
    return [Claimed(*row) for row in await cursor.fetchall()]


async def settle(uow: Uow, settled: Sequence[Settled]) -> set[PostId]:
    """Write what tries made of posts; returns those that were still in this sender's hands."""
    rows = await uow.fetch(
        _SETTLE,
        (
            [s.post_id for s in settled],
            [s.attempt for s in settled],
            [s.state.value for s in settled],
            [s.next_at for s in settled],
            [s.done_at for s in settled],
            [s.status for s in settled],
            [s.error for s in settled],
        ),
    )
    return {PostId(row[0]) for row in rows}


async def list_stranded(uow: Uow) -> list[AddressId]:
    """Return addresses that are disabled or gone and have posts waiting."""
    return [AddressId(row[0]) for row in await uow.fetch(_STRANDED)]


async def kill_posts(uow: Uow, address_id: AddressId, why: str, now: datetime, *, limit: int) -> int:
    """Give up posts that wait for an address which is not active; returns how many."""
    return len(await uow.fetch(_KILL, (now, why, address_id, limit)))


async def forget_posts(uow: Uow, *, delivered_before: datetime, dead_before: datetime, limit: int) -> int:
    """Drop old posts; returns how many."""
    return len(await uow.fetch(_FORGET, (delivered_before, dead_before, limit)))


def _conditions(tenant_id: TenantId, address_id: AddressId, where: PostFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [_P.tenant_id == tenant_id, _P.address_id == address_id]
    if where.states:
        found.append(_P.state.in_([state.value for state in where.states]))
    if where.begin is not None:
        found.append(_P.created_at >= where.begin)
    if where.end is not None:
        found.append(_P.created_at <= where.end)
    if where.task_id is not None:
        found.append(literal(where.task_id, Uuid(as_uuid=False)) == any_(_P.task_ids))
    if where.post_ids:
        found.append(_P.post_id.in_(where.post_ids))
    return found


async def list_posts(
    uow: Uow,
    tenant_id: TenantId,
    address_id: AddressId,
    where: PostFilter,
    *,
    sort: PostSort = "-created_at",
    offset: int,
    limit: int,
) -> tuple[list[Post], int]:
    """Return a page of posts and how many there are (10,001 at most).

    An index has the posts of an address by their time: of 200,000 the first page takes 0.1 ms in either order, also
    that of a day in their middle (2026-11-23).
    """
    conditions = _conditions(tenant_id, address_id, where)
    some = select(_P.post_id).where(*conditions).limit(PAGE_COUNT).subquery()
    total = (await uow.execute(select(func.count()).select_from(some))).scalar_one()
    falling = (_P.created_at.desc(), _P.post_id.desc())
    order = falling if sort == "-created_at" else (_P.created_at, _P.post_id)
    statement = select(*_SHOWN).where(*conditions).order_by(*order).offset(offset).limit(limit)
    return [_post(row) for row in await uow.execute(statement)], total


async def list_posts_of(uow: Uow, tenant_id: TenantId, task_id: TaskId, code: str) -> list[Post]:
    """Return the posts that carry the sms receipt of the message with a link, the first one first."""
    carrying = select(sms_receipts.c.post_id).where(sms_receipts.c.task_id == task_id, sms_receipts.c.code == code)
    wanted = select(*_SHOWN).where(_P.tenant_id == tenant_id, _P.post_id.in_(carrying)).order_by(_P.post_id)
    return [_post(row) for row in await uow.execute(wanted)]


def _post(row: Row[Any]) -> Post:
    return Post(
        post_id=PostId(row.post_id),
        address_id=AddressId(row.address_id),
        request_id=row.request_id,
        document=Document(row.document),
        receipts=row.receipts,
        task_ids=tuple(TaskId(task_id) for task_id in row.task_ids),
        state=PostState(row.state),
        attempts=row.attempts,
        next_at=row.next_at,
        created_at=row.created_at,
        done_at=row.done_at,
        last_status=row.last_status,
        last_error=row.last_error,
    )


async def count_posts(uow: Uow, address_ids: Sequence[AddressId]) -> dict[AddressId, Counts]:
    """Return how many posts of each address stand where."""
    statement = (
        select(_P.address_id, _P.state, func.count().label("n"))
        .where(_P.address_id.in_(address_ids))
        .group_by(_P.address_id, _P.state)
    )
    found: dict[AddressId, dict[str, int]] = {}
    for row in await uow.execute(statement):
        found.setdefault(AddressId(row.address_id), {})[PostState(row.state).name.lower()] = row.n
    return {address_id: Counts(**counts) for address_id, counts in found.items()}


async def replay_posts(
    uow: Uow, tenant_id: TenantId, address_id: AddressId, where: PostFilter, now: datetime, *, limit: int
) -> int:
    """Make ended posts due again, the oldest first; returns how many. Their ids stay what they are."""
    chosen = (
        select(_P.post_id)
        .where(*_conditions(tenant_id, address_id, where), _P.state != PostState.WAITING.value)
        .order_by(_P.created_at, _P.post_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    statement = (
        update(posts)
        .where(_P.post_id.in_(chosen))
        .values(state=PostState.WAITING.value, next_at=now, due_since=now, done_at=None)
    )
    return (await uow.execute(statement)).rowcount
