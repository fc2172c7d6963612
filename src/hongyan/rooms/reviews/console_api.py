"""The review desk in the console: queue, details with history, decisions."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import TenantId
from hongyan.rooms.identity.contracts import Actor, Auth
from hongyan.rooms.reviews.contracts import Review, ReviewEvent, ReviewFilter, ReviewState
from hongyan.rooms.reviews.service import ReviewsService

Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Limit = Annotated[int, Query(ge=1, le=100)]
Word = Annotated[str | None, Query(pattern=r"^[^\x00]*$")]


class ReviewView(BaseModel):
    """A row of the queue."""

    review_id: str
    kind: str
    subject_id: str
    tenant_id: str
    title: str
    state: ReviewState
    submitted_at: datetime
    submitted_by: str
    due_at: datetime
    due_is_certain: bool
    claimed_by: str
    decided_at: datetime | None
    decided_by: str
    reason: str
    urge_count: int
    urged_at: datetime | None

    @classmethod
    def of(cls, review: Review) -> Self:
        """Return the row of a submission."""
        return cls(**_row(review))


class ReviewList(BaseModel):
    """A page of the queue."""

    items: list[ReviewView]
    total: int


class EventView(BaseModel):
    """A line of a submission's history."""

    at: datetime
    action: str
    actor_name: str
    note: str


class ReviewDetail(ReviewView):
    """A submission with what was submitted and what happened since."""

    snapshot: dict[str, Any]
    history: list[EventView]

    @classmethod
    def told(cls, review: Review, events: tuple[ReviewEvent, ...]) -> Self:
        """Return the details of a submission."""
        history = [EventView(at=e.at, action=e.action.value, actor_name=e.actor_name, note=e.note) for e in events]
        return cls(**_row(review), snapshot=dict(review.snapshot), history=history)


class Approval(BaseModel):
    """What a reviewer says when approving."""

    note: str = ""


class Rejection(BaseModel):
    """What a reviewer says when rejecting."""

    reason: str


def console_router(db: Database, service: ReviewsService, auth: Auth) -> APIRouter:
    """Return the endpoints under ``/console/api/reviews``; all need a reviewer's permissions."""
    router = APIRouter(prefix="/console/api/reviews", tags=["reviews"])
    caller = Annotated[Actor, Depends(auth.console)]

    @router.get("")
    async def list_reviews(
        actor: caller,
        state: ReviewState | None = None,
        kind: Word = None,
        tenant_id: UUID | None = None,
        text: Word = None,
        overdue: bool = False,  # noqa: FBT001, FBT002 - a query parameter
        offset: Offset = 0,
        limit: Limit = 20,
    ) -> ReviewList:
        """List submissions, the soonest deadline first."""
        wanted = ReviewFilter(state, kind, TenantId(str(tenant_id)) if tenant_id else None, text, overdue)
        async with db.begin() as uow:
            found = await service.list_reviews(uow, actor, wanted, offset=offset, limit=limit)
        return ReviewList(items=[ReviewView.of(review) for review in found.items], total=found.total)

    @router.get("/{review_id}")
    async def get_review(actor: caller, review_id: UUID) -> ReviewDetail:
        """Show one submission."""
        async with db.begin() as uow:
            review = await service.get_review(uow, actor, str(review_id))
            return ReviewDetail.told(review, await service.list_history(uow, actor, str(review_id)))

    @router.post("/{review_id}/approve", status_code=204)
    async def approve(actor: caller, review_id: UUID, said: Approval) -> None:
        """Approve."""
        async with db.begin() as uow:
            await service.approve(uow, actor, str(review_id), said.note)

    @router.post("/{review_id}/reject", status_code=204)
    async def reject(actor: caller, review_id: UUID, said: Rejection) -> None:
        """Reject, with a reason."""
        async with db.begin() as uow:
            await service.reject(uow, actor, str(review_id), said.reason)

    @router.post("/{review_id}/claim", status_code=204)
    async def claim(actor: caller, review_id: UUID) -> None:
        """Say that one works on it."""
        async with db.begin() as uow:
            await service.claim(uow, actor, str(review_id))

    @router.post("/{review_id}/release", status_code=204)
    async def release(actor: caller, review_id: UUID) -> None:
        """Say that one no longer works on it."""
        async with db.begin() as uow:
            await service.claim(uow, actor, str(review_id), release=True)

    return router


def _row(review: Review) -> dict[str, Any]:
    return {name: getattr(review, name) for name in ReviewView.model_fields}
