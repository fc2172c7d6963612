"""The review desk's endpoints: queue, counts, details with history, guides and decisions.

Not for: files that submissions name (``console_api.evidence``).
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from hongyan.kernel.clock import DEFAULT_ZONE
from hongyan.kernel.db.database import Database
from hongyan.kernel.errors import HongyanError
from hongyan.kernel.http.problems import language_of
from hongyan.kernel.ids import TenantId
from hongyan.rooms.identity.contracts import Actor, Auth
from hongyan.rooms.reviews.console_api import views
from hongyan.rooms.reviews.console_api.evidence import evidence_router
from hongyan.rooms.reviews.contracts import EvidenceReader, ReviewFilter, ReviewSort, ReviewState
from hongyan.rooms.reviews.rules.guides.by_kind import GUIDES
from hongyan.rooms.reviews.service import ReviewsService

Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Limit = Annotated[int, Query(ge=1, le=100)]
Word = Annotated[str | None, Query(pattern=r"^[^\x00]*$", max_length=200)]
Claim = Literal["mine", "nobody"]


def console_router(
    db: Database, service: ReviewsService, auth: Auth, evidence: Mapping[str, EvidenceReader] | None = None
) -> APIRouter:
    """Return the endpoints under ``/console/api/reviews``; all but one need a reviewer's permissions.

    ``evidence`` gives the files of each room's submissions; those of other rooms cannot be seen.
    """
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
        urged: bool = False,  # noqa: FBT001, FBT002 - a query parameter
        claim: Claim | None = None,
        submitted_from: date | None = None,
        submitted_to: date | None = None,
        sort: ReviewSort | None = None,
        offset: Offset = 0,
        limit: Limit = 20,
    ) -> views.ReviewList:
        """List submissions: the urged first, then the soonest deadline; days are those of the desk (Beijing time)."""
        wanted = ReviewFilter(
            state=state,
            kind=kind,
            tenant_id=TenantId(str(tenant_id)) if tenant_id else None,
            text=text,
            is_overdue=overdue,
            is_urged=urged,
            claimed_by=None if claim is None else actor.user_name if claim == "mine" else "",
            submitted_from=None if submitted_from is None else _midnight(submitted_from),
            submitted_until=None if submitted_to is None else _midnight(submitted_to) + timedelta(days=1),
            sort=sort,
        )
        async with db.begin() as uow:
            found = await service.list_reviews(uow, actor, wanted, offset=offset, limit=limit)
        rows = [views.ReviewView.of(review, service.clock_of(review)) for review in found.items]
        return views.ReviewList(items=rows, total=found.total)

    @router.get("/counts")
    async def count_reviews(actor: caller) -> views.Counts:
        """Count what waits, by kind."""
        async with db.begin() as uow:
            found = await service.count_kinds(uow, actor)
        names = views.KindCountView.model_fields
        return views.Counts(
            items=[views.KindCountView(**{name: getattr(one, name) for name in names}) for one in found]
        )

    _add_guides(router, db, service, auth)
    _add_bulk(router, db, service, auth)
    _add_details(router, db, service, auth)
    _add_decisions(router, db, service, auth)
    router.include_router(evidence_router(db, service, auth, evidence or {}))
    return router


def _add_guides(router: APIRouter, db: Database, service: ReviewsService, auth: Auth) -> None:
    caller = Annotated[Actor, Depends(auth.console)]

    @router.get("/guides")
    async def list_guides(actor: caller) -> views.GuideList:
        """Show how each kind is reviewed."""
        async with db.begin() as uow:
            settings = await service.list_settings(uow, actor)
        return views.GuideList(
            items=[views.GuideView.of(kind, guide, settings.get(kind)) for kind, guide in GUIDES.items()]
        )

    @router.put("/guides/{kind}", status_code=204)
    async def change_guide(actor: caller, kind: str, change: views.KindChange) -> None:
        """Say whether a kind needs two reviewers (operators of the platform)."""
        async with db.begin() as uow:
            await service.set_needs_two(uow, actor, kind, needs_two=change.needs_two)

    @router.get("/decisions")
    async def list_decisions(
        actor: caller, kind: Annotated[str, Query(max_length=100)], subject_id: Annotated[str, Query(max_length=100)]
    ) -> views.DecisionList:
        """Show what became of the own tenant's submissions of one thing, the latest first."""
        async with db.begin() as uow:
            found = await service.list_decisions(uow, actor, kind, subject_id)
        return views.DecisionList(
            items=[
                views.DecisionView(
                    review_id=one.review_id,
                    state=one.state,
                    is_asked_back=one.is_asked_back,
                    submitted_at=one.submitted_at,
                    due_at=one.due_at,
                    decided_at=one.decided_at,
                    reason=one.reason,
                    reason_en=one.reason_en,
                    reasons=[views.GivenReasonView.of(given) for given in one.reasons],
                    urge_count=one.urge_count,
                )
                for one in found
            ]
        )


def _add_bulk(router: APIRouter, db: Database, service: ReviewsService, auth: Auth) -> None:
    caller = Annotated[Actor, Depends(auth.console)]

    @router.post("/bulk")
    async def decide_many(request: Request, actor: caller, said: views.BulkDecision) -> views.BulkResults:
        """Decide about up to 50 submissions of one kind, each in its own transaction."""
        language = language_of(request)
        reasons = [given.value() for given in said.reasons]
        results = []
        for review_id in dict.fromkeys(str(one) for one in said.review_ids):
            try:
                async with db.begin() as uow:
                    if said.approve:
                        await service.approve(uow, actor, review_id, said.reason, checks=said.checks, kind=said.kind)
                    else:
                        await service.reject(uow, actor, review_id, said.reason, reasons=reasons, kind=said.kind)
            except HongyanError as error:
                if error.status == _FORBIDDEN:
                    raise
                results.append(
                    views.BulkResult(review_id=review_id, is_done=False, code=error.code, title=error.text(language))
                )
            else:
                results.append(views.BulkResult(review_id=review_id, is_done=True, code="", title=""))
        return views.BulkResults(items=results)


def _add_details(router: APIRouter, db: Database, service: ReviewsService, auth: Auth) -> None:
    caller = Annotated[Actor, Depends(auth.console)]

    @router.get("/{review_id}")
    async def get_review(actor: caller, review_id: UUID) -> views.ReviewDetail:
        """Show one submission with its history, the one decided before it, and all earlier ones in short."""
        async with db.begin() as uow:
            review = await service.get_review(uow, actor, str(review_id))
            events = await service.list_history(uow, actor, str(review_id))
            previous = await service.find_previous(uow, actor, review)
            rounds = await service.list_rounds(uow, actor, review)
            setting = (await service.list_settings(uow, actor)).get(review.kind)
        return views.ReviewDetail(
            **views.row_of(review, service.clock_of(review)),
            snapshot=dict(review.snapshot),
            evidence=views.evidence_of(review),
            history=[views.EventView.of(event) for event in events],
            previous=None if previous is None else views.PreviousView.told(previous),
            needs_two=setting is not None and setting.needs_two,
            rounds=[views.RoundView.told(earlier, told) for earlier, told in rounds],
        )


def _add_decisions(router: APIRouter, db: Database, service: ReviewsService, auth: Auth) -> None:
    caller = Annotated[Actor, Depends(auth.console)]

    @router.post("/{review_id}/approve", status_code=204)
    async def approve(actor: caller, review_id: UUID, said: views.Approval) -> None:
        """Approve, or be the first of two to do so."""
        async with db.begin() as uow:
            await service.approve(uow, actor, str(review_id), said.note, checks=said.checks)

    @router.post("/{review_id}/reject", status_code=204)
    async def reject(actor: caller, review_id: UUID, said: views.Rejection) -> None:
        """Reject, with reasons."""
        reasons = [given.value() for given in said.reasons]
        async with db.begin() as uow:
            await service.reject(uow, actor, str(review_id), said.reason, reasons=reasons)

    @router.post("/{review_id}/ask-back", status_code=204)
    async def ask_back(actor: caller, review_id: UUID, said: views.Question) -> None:
        """Give it back with a question; the customer answers and hands in again."""
        reasons = [given.value() for given in said.reasons]
        async with db.begin() as uow:
            await service.reject(uow, actor, str(review_id), said.question, reasons=reasons, is_asked_back=True)

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


_FORBIDDEN = 403


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), DEFAULT_ZONE)
