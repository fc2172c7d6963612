"""Statements of the review desk. The desk is the platform's: reviewers see all tenants, so most reads go by review id.

Not for: deciding (``service``).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, LiteralString

from sqlalchemy import ColumnElement, Row, case, func, insert, literal, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.reviews.contracts import (
    GivenReason,
    KindCount,
    KindSetting,
    Review,
    ReviewAction,
    ReviewEvent,
    ReviewFilter,
    ReviewState,
)
from hongyan.rooms.reviews.tables import history, kinds, submissions

_COLUMNS = (
    submissions.c.review_id,
    submissions.c.kind,
    submissions.c.subject_id,
    submissions.c.tenant_id,
    submissions.c.title,
    submissions.c.snapshot,
    submissions.c.state,
    submissions.c.submitted_at,
    submissions.c.submitted_by,
    submissions.c.due_at,
    submissions.c.due_is_certain,
    submissions.c.claimed_by,
    submissions.c.decided_at,
    submissions.c.decided_by,
    submissions.c.reason,
    submissions.c.urge_count,
    submissions.c.urged_at,
    submissions.c.reason_en,
    submissions.c.reasons,
    submissions.c.is_asked_back,
    submissions.c.first_by,
    submissions.c.first_by_id,
    submissions.c.first_at,
)
_PENDING = submissions.c.state == ReviewState.PENDING.value


def _review(row: Row[Any]) -> Review:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public accessor of a row's columns
    values["state"] = ReviewState(row.state)
    values["reasons"] = _reasons(row.reasons)
    return Review(**values)


def _reasons(kept: list[dict[str, str]]) -> tuple[GivenReason, ...]:
    return tuple(GivenReason(one["code"], one["field"], one["text"]) for one in kept)


def _kept(reasons: Sequence[GivenReason]) -> list[dict[str, str]]:
    return [{"code": one.code, "field": one.field, "text": one.text} for one in reasons]


async def insert_review(uow: Uow, review: Review) -> bool:
    """Write a new submission; return false when its subject has an open one."""
    statement = upsert(submissions).values(
        review_id=review.review_id,
        kind=review.kind,
        subject_id=review.subject_id,
        tenant_id=review.tenant_id,
        title=review.title,
        snapshot=dict(review.snapshot),
        state=review.state.value,
        submitted_at=review.submitted_at,
        submitted_by=review.submitted_by,
        due_at=review.due_at,
        due_is_certain=review.due_is_certain,
    )
    result = await uow.execute(statement.on_conflict_do_nothing().returning(submissions.c.review_id))
    return result.first() is not None


async def find_review(uow: Uow, review_id: str, *, lock: bool = False) -> Review | None:
    """Return a submission of any tenant; with ``lock`` nobody else decides until the transaction ends."""
    statement = select(*_COLUMNS).where(submissions.c.review_id == review_id)
    row = (await uow.execute(statement.with_for_update() if lock else statement)).first()
    return _review(row) if row else None


def _conditions(wanted: ReviewFilter, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.state is not None:
        found.append(submissions.c.state == wanted.state.value)
    if wanted.kind:
        found.append(submissions.c.kind == wanted.kind)
    if wanted.tenant_id:
        found.append(submissions.c.tenant_id == wanted.tenant_id)
    if wanted.text:
        found.append(submissions.c.title.icontains(wanted.text, autoescape=True))
    if wanted.is_overdue:
        found.extend((_PENDING, submissions.c.due_at < now))
    if wanted.is_urged:
        found.append(submissions.c.urge_count > 0)
    if wanted.claimed_by is not None:
        found.append(submissions.c.claimed_by == wanted.claimed_by)
    if wanted.submitted_from is not None:
        found.append(submissions.c.submitted_at >= wanted.submitted_from)
    if wanted.submitted_until is not None:
        found.append(submissions.c.submitted_at < wanted.submitted_until)
    return found


async def list_reviews(uow: Uow, wanted: ReviewFilter, now: datetime, offset: int, limit: int) -> Page[Review]:
    """Return a page of the queue of all tenants: the urged first, then by deadline; decided ones the latest first.

    A sort that is asked for stands in place of all that.
    """
    conditions = _conditions(wanted, now)
    is_over = wanted.state not in {None, ReviewState.PENDING}
    is_urged = case((_PENDING & (submissions.c.urge_count > 0), 0), else_=1)
    order = (submissions.c.decided_at.desc(),) if is_over else (is_urged, submissions.c.due_at)
    if wanted.sort is not None:
        column = submissions.c[wanted.sort.removeprefix("-")]
        order = (column.desc() if wanted.sort.startswith("-") else column.asc(),)
    total = (await uow.execute(select(func.count()).select_from(submissions).where(*conditions))).scalar_one()
    rows = await uow.execute(
        select(*_COLUMNS).where(*conditions).order_by(*order, submissions.c.review_id).offset(offset).limit(limit)
    )
    return Page(tuple(_review(row) for row in rows), total, offset, limit)


async def list_of_kind(
    uow: Uow, tenant_id: TenantId, kind: str, subject_id: str | None = None, limit: int = 20
) -> tuple[Review, ...]:
    """Return what a tenant has submitted of a kind, or about one subject of it: the latest first."""
    conditions = [submissions.c.tenant_id == tenant_id, submissions.c.kind == kind]
    if subject_id is not None:
        conditions.append(submissions.c.subject_id == subject_id)
    rows = await uow.execute(
        select(*_COLUMNS)
        .where(*conditions)
        .order_by(submissions.c.submitted_at.desc(), submissions.c.review_id)
        .limit(limit)
    )
    return tuple(_review(row) for row in rows)


async def list_of_tenant(uow: Uow, tenant_id: TenantId, since: datetime, limit: int) -> tuple[Review, ...]:
    """Return what of a tenant waits or was decided since a moment, the latest first; their snapshots are empty."""
    columns = [literal({}, JSONB).label("snapshot") if one is submissions.c.snapshot else one for one in _COLUMNS]
    latest = func.coalesce(submissions.c.decided_at, submissions.c.submitted_at)
    rows = await uow.execute(
        select(*columns)
        .where(submissions.c.tenant_id == tenant_id, or_(_PENDING, submissions.c.decided_at >= since))
        .order_by(latest.desc(), submissions.c.review_id)
        .limit(limit)
    )
    return tuple(_review(row) for row in rows)


def _before(review: Review) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for what was submitted of the same subject before."""
    return (
        submissions.c.tenant_id == review.tenant_id,
        submissions.c.kind == review.kind,
        submissions.c.subject_id == review.subject_id,
        submissions.c.review_id != review.review_id,
        submissions.c.submitted_at <= review.submitted_at,
    )


async def find_previous(uow: Uow, review: Review) -> Review | None:
    """Return the last submission of the same subject before this one that was approved or rejected."""
    decided = [ReviewState.APPROVED.value, ReviewState.REJECTED.value]
    rows = await uow.execute(
        select(*_COLUMNS)
        .where(*_before(review), submissions.c.state.in_(decided))
        .order_by(submissions.c.submitted_at.desc(), submissions.c.review_id)
        .limit(1)
    )
    row = rows.first()
    return _review(row) if row else None


async def list_earlier(uow: Uow, review: Review) -> tuple[Review, ...]:
    """Return up to 20 submissions of the same subject before this one, the latest first; their snapshots are empty."""
    columns = [literal({}, JSONB).label("snapshot") if one is submissions.c.snapshot else one for one in _COLUMNS]
    rows = await uow.execute(
        select(*columns)
        .where(*_before(review))
        .order_by(submissions.c.submitted_at.desc(), submissions.c.review_id)
        .limit(20)
    )
    return tuple(_review(row) for row in rows)


async def list_asked_back(uow: Uow, tenant_id: TenantId, review_ids: Collection[str]) -> frozenset[str]:
    """Return which of these submissions were given back with a question."""
    rows = await uow.execute(
        select(submissions.c.review_id).where(
            submissions.c.tenant_id == tenant_id,
            submissions.c.review_id.in_(review_ids),
            submissions.c.is_asked_back,
        )
    )
    return frozenset(rows.scalars())


async def list_verdicts(uow: Uow, tenant_id: TenantId, review_ids: Collection[str]) -> Mapping[str, tuple[bool, str]]:
    """Return of those of these submissions that were not approved whether they were asked back, and what was said."""
    rows = await uow.execute(
        select(submissions.c.review_id, submissions.c.is_asked_back, submissions.c.reason).where(
            submissions.c.tenant_id == tenant_id,
            submissions.c.review_id.in_(review_ids),
            submissions.c.state == ReviewState.REJECTED.value,
        )
    )
    return {row.review_id: (row.is_asked_back, row.reason) for row in rows}


async def count_kinds(uow: Uow, reviewer: str, now: datetime) -> tuple[KindCount, ...]:
    """Return what waits, by kind; ``mine`` is what the reviewer of that name has claimed."""

    def how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count().filter(condition)

    rows = await uow.execute(
        select(
            submissions.c.kind,
            func.count(),
            how_many(submissions.c.due_at < now),
            how_many(submissions.c.urge_count > 0),
            how_many(submissions.c.claimed_by == ""),
            how_many(submissions.c.claimed_by == reviewer),
            func.min(submissions.c.due_at),
        )
        .where(_PENDING)
        .group_by(submissions.c.kind)
        .order_by(submissions.c.kind)
    )
    return tuple(KindCount(*(row[i] for i in range(7))) for row in rows)


_STAMP: Final[LiteralString] = """
SELECT count(*), bit_xor(hashtextextended(concat_ws(' ', review_id, claimed_by, urge_count, first_by, due_at < %s), 0))
FROM reviews_submissions WHERE state = 'pending'
"""


async def stamp_queue(uow: Uow, now: datetime) -> tuple[object, ...]:
    """Return values that are others once anything that waits has changed, has come, has gone or is late."""
    return tuple((await uow.fetch(_STAMP, (now,)))[0])


async def decide(
    uow: Uow,
    review: Review,
    state: ReviewState,
    *,
    at: datetime,
    by: str,
    reason: tuple[str, str] = ("", ""),
    reasons: Sequence[GivenReason] = (),
    is_asked_back: bool = False,
) -> None:
    """Write a decision or a withdrawal; ``reason`` in Chinese and in English."""
    await uow.execute(
        update(submissions)
        .where(submissions.c.tenant_id == review.tenant_id, submissions.c.review_id == review.review_id)
        .values(
            state=state.value,
            decided_at=at,
            decided_by=by,
            reason=reason[0],
            reason_en=reason[1],
            reasons=_kept(reasons),
            is_asked_back=is_asked_back,
        )
    )


async def set_first(uow: Uow, review: Review, *, at: datetime, by: str, by_id: str) -> None:
    """Write who was the first of two to approve."""
    await uow.execute(
        update(submissions)
        .where(submissions.c.tenant_id == review.tenant_id, submissions.c.review_id == review.review_id)
        .values(first_at=at, first_by=by, first_by_id=by_id, claimed_by="")
    )


async def set_claim(uow: Uow, review: Review, by: str) -> None:
    """Write who works on a submission (empty: nobody)."""
    await uow.execute(
        update(submissions)
        .where(submissions.c.tenant_id == review.tenant_id, submissions.c.review_id == review.review_id)
        .values(claimed_by=by)
    )


async def note_urging(uow: Uow, review: Review, at: datetime) -> None:
    """Count one urging."""
    await uow.execute(
        update(submissions)
        .where(submissions.c.tenant_id == review.tenant_id, submissions.c.review_id == review.review_id)
        .values(urge_count=submissions.c.urge_count + 1, urged_at=at)
    )


async def add_event(
    uow: Uow,
    review: Review,
    action: ReviewAction,
    *,
    at: datetime,
    by: str,
    note: str = "",
    reasons: Sequence[GivenReason] = (),
    checks: Sequence[str] = (),
) -> None:
    """Append a line to a submission's history."""
    await uow.execute(
        insert(history).values(
            tenant_id=review.tenant_id,
            review_id=review.review_id,
            at=at,
            action=action.value,
            actor_name=by,
            note=note,
            details={"reasons": _kept(reasons), "checks": list(checks)} if reasons or checks else {},
        )
    )


async def list_events(uow: Uow, tenant_id: TenantId, review_id: str) -> tuple[ReviewEvent, ...]:
    """Return a submission's history, oldest first."""
    return (await list_events_of(uow, tenant_id, [review_id])).get(review_id, ())


async def list_events_of(
    uow: Uow, tenant_id: TenantId, review_ids: Collection[str]
) -> Mapping[str, tuple[ReviewEvent, ...]]:
    """Return the histories of submissions, each oldest first."""
    rows = await uow.execute(
        select(
            history.c.review_id,
            history.c.at,
            history.c.action,
            history.c.actor_name,
            history.c.note,
            history.c.details,
        )
        .where(history.c.tenant_id == tenant_id, history.c.review_id.in_(review_ids))
        .order_by(history.c.event_id)
    )
    found: dict[str, list[ReviewEvent]] = defaultdict(list)
    for row in rows:
        found[row.review_id].append(
            ReviewEvent(
                row.at,
                ReviewAction(row.action),
                row.actor_name,
                row.note,
                _reasons(row.details.get("reasons", [])),
                tuple(row.details.get("checks", ())),
            )
        )
    return {review_id: tuple(events) for review_id, events in found.items()}


async def list_settings(uow: Uow) -> dict[str, KindSetting]:
    """Return how kinds are decided, where somebody has chosen."""
    rows = await uow.execute(select(kinds.c.kind, kinds.c.needs_two, kinds.c.changed_by, kinds.c.changed_at))
    return {row.kind: KindSetting(row.kind, row.needs_two, row.changed_by, row.changed_at) for row in rows}


async def save_setting(uow: Uow, setting: KindSetting) -> None:
    """Write how a kind is decided."""
    values = {"needs_two": setting.needs_two, "changed_by": setting.changed_by, "changed_at": setting.changed_at}
    statement = upsert(kinds).values(kind=setting.kind, **values)
    await uow.execute(statement.on_conflict_do_update(index_elements=["kind"], set_=values))
