"""Statements of the review desk. The desk is the platform's: reviewers see all tenants, so most reads go by review id.

Not for: deciding (``service``).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.reviews.contracts import Review, ReviewAction, ReviewEvent, ReviewFilter, ReviewState
from hongyan.rooms.reviews.tables import history, submissions

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
)


def _review(row: Row[Any]) -> Review:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public accessor of a row's columns
    values["state"] = ReviewState(row.state)
    return Review(**values)


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
        found.extend((submissions.c.state == ReviewState.PENDING.value, submissions.c.due_at < now))
    return found


async def list_reviews(uow: Uow, wanted: ReviewFilter, now: datetime, offset: int, limit: int) -> Page[Review]:
    """Return a page of the queue of all tenants, the soonest deadline first."""
    conditions = _conditions(wanted, now)
    total = (await uow.execute(select(func.count()).select_from(submissions).where(*conditions))).scalar_one()
    rows = await uow.execute(
        select(*_COLUMNS)
        .where(*conditions)
        .order_by(submissions.c.due_at, submissions.c.review_id)
        .offset(offset)
        .limit(limit)
    )
    return Page(tuple(_review(row) for row in rows), total, offset, limit)


async def decide(uow: Uow, review: Review, state: ReviewState, *, at: datetime, by: str, reason: str) -> None:
    """Write a decision or a withdrawal."""
    await uow.execute(
        update(submissions)
        .where(submissions.c.tenant_id == review.tenant_id, submissions.c.review_id == review.review_id)
        .values(state=state.value, decided_at=at, decided_by=by, reason=reason)
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


async def add_event(uow: Uow, review: Review, action: ReviewAction, *, at: datetime, by: str, note: str = "") -> None:
    """Append a line to a submission's history."""
    await uow.execute(
        insert(history).values(
            tenant_id=review.tenant_id, review_id=review.review_id, at=at, action=action.value, actor_name=by, note=note
        )
    )


async def list_events(uow: Uow, tenant_id: TenantId, review_id: str) -> tuple[ReviewEvent, ...]:
    """Return a submission's history, oldest first."""
    rows = await uow.execute(
        select(history.c.at, history.c.action, history.c.actor_name, history.c.note)
        .where(history.c.tenant_id == tenant_id, history.c.review_id == review_id)
        .order_by(history.c.event_id)
    )
    return tuple(ReviewEvent(row.at, ReviewAction(row.action), row.actor_name, row.note) for row in rows)
