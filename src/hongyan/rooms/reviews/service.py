"""The review desk's door: submit, withdraw and urge for rooms; list, claim, approve and reject for reviewers.

Not for: what an approval changes; the submitting room does that in its job ``<room>.review_decided``.
"""

from dataclasses import replace

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.ids import Ids, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.kernel.paging import Page
from hongyan.rooms.identity.contracts import Actor, Permission
from hongyan.rooms.reviews import rules, store
from hongyan.rooms.reviews.contracts import Review, ReviewAction, ReviewEvent, ReviewFilter, ReviewState, Submission
from hongyan.rooms.reviews.errors import AlreadyDecided, AlreadyUnderReview, ReviewNotFound, UrgedTooSoon

MAX_REASON = 500
"""Characters; the vendor's ``review_desc``. Source: api.md §5.9."""


class ReviewsService:
    """Use cases of the review desk."""

    def __init__(self, *, clock: Clock, ids: Ids, jobs: Jobs) -> None:
        """Work with the given clock, id source and queue."""
        self._clock = clock
        self._ids = ids
        self._jobs = jobs

    async def submit(self, uow: Uow, submission: Submission, *, submitted_by: str) -> Review:
        """Put a submission on the desk; ``submitted_by`` is the user's name.

        Raises:
            AlreadyUnderReview: the subject has an open submission.
        """
        now = self._clock.now()
        due = rules.deadline(now, submission.due)
        review = Review(
            review_id=self._ids.uuid(),
            kind=submission.kind,
            subject_id=submission.subject_id,
            tenant_id=submission.tenant_id,
            title=submission.title,
            snapshot=submission.snapshot,
            state=ReviewState.PENDING,
            submitted_at=now,
            submitted_by=submitted_by,
            due_at=due.at,
            due_is_certain=due.is_certain,
            claimed_by="",
            decided_at=None,
            decided_by="",
            reason="",
            urge_count=0,
            urged_at=None,
        )
        if not await store.insert_review(uow, review):
            raise AlreadyUnderReview
        await store.add_event(uow, review, ReviewAction.SUBMITTED, at=now, by=submitted_by)
        return review

    async def withdraw(self, uow: Uow, tenant_id: TenantId, review_id: str, *, withdrawn_by: str) -> None:
        """Take a submission back; nothing happens when it was decided or withdrawn before. Defers no job.

        Raises:
            ReviewNotFound: the tenant has no such submission.
        """
        review = await self._locked(uow, review_id, tenant_id)
        if review.state is not ReviewState.PENDING:
            return
        now = self._clock.now()
        await store.decide(uow, review, ReviewState.WITHDRAWN, at=now, by=withdrawn_by, reason="")
        await store.add_event(uow, review, ReviewAction.WITHDRAWN, at=now, by=withdrawn_by)

    async def urge(
        self, uow: Uow, tenant_id: TenantId, review_id: str, *, urged_by: str, is_first_free: bool = False
    ) -> Review:
        """Remind the desk (催审), and return the submission as it is now; ``is_first_free``: the first time at once.

        Raises:
            ReviewNotFound: the tenant has no such submission.
            AlreadyDecided: it is not open any more.
            UrgedTooSoon: it is neither late nor four hours old, or the last urging is less than four hours ago.
        """
        review = await self._locked(uow, review_id, tenant_id)
        if review.state is not ReviewState.PENDING:
            raise AlreadyDecided(id=review_id, state=review.state.value)
        now = self._clock.now()
        possible_at = rules.urging_possible_at(review.submitted_at, review.due_at, review.urged_at)
        if now < possible_at and not (is_first_free and review.urged_at is None):
            raise UrgedTooSoon(possible_at=possible_at.strftime("%Y-%m-%d %H:%M"))
        await store.note_urging(uow, review, now)
        await store.add_event(uow, review, ReviewAction.URGED, at=now, by=urged_by)
        return replace(review, urge_count=review.urge_count + 1, urged_at=now)

    async def list_reviews(
        self, uow: Uow, actor: Actor, wanted: ReviewFilter, *, offset: int = 0, limit: int = 20
    ) -> Page[Review]:
        """Return a page of the queue, the soonest deadline first; needs the permission to list reviews."""
        actor.require(Permission.REVIEW_LIST)
        return await store.list_reviews(uow, wanted, self._clock.now(), offset, limit)

    async def get_review(self, uow: Uow, actor: Actor, review_id: str) -> Review:
        """Return one submission; needs the permission to list reviews.

        Raises:
            ReviewNotFound: there is none with that id.
        """
        actor.require(Permission.REVIEW_LIST)
        review = await store.find_review(uow, review_id)
        if review is None:
            raise ReviewNotFound(id=review_id)
        return review

    async def list_history(self, uow: Uow, actor: Actor, review_id: str) -> tuple[ReviewEvent, ...]:
        """Return what happened to a submission, oldest first."""
        review = await self.get_review(uow, actor, review_id)
        return await store.list_events(uow, review.tenant_id, review_id)

    async def claim(self, uow: Uow, actor: Actor, review_id: str, *, release: bool = False) -> None:
        """Write that the reviewer works on a submission, or no longer does; the last one to say so holds it.

        Raises:
            AlreadyDecided: it is not open any more.
        """
        actor.require(Permission.REVIEW_DECIDE)
        review = await self._locked(uow, review_id)
        if review.state is not ReviewState.PENDING:
            raise AlreadyDecided(id=review_id, state=review.state.value)
        await store.set_claim(uow, review, "" if release else actor.user_name)
        action = ReviewAction.RELEASED if release else ReviewAction.CLAIMED
        await store.add_event(uow, review, action, at=self._clock.now(), by=actor.user_name)

    async def approve(self, uow: Uow, actor: Actor, review_id: str, note: str = "") -> None:
        """Approve; approving twice changes nothing.

        Raises:
            ReviewNotFound: there is none with that id.
            AlreadyDecided: it was rejected or withdrawn.
            InvalidInput: the note is too long.
        """
        await self._decide(uow, actor, review_id, ReviewState.APPROVED, note)

    async def reject(self, uow: Uow, actor: Actor, review_id: str, reason: str) -> None:
        """Reject, with a reason for the customer; rejecting twice changes nothing.

        Raises:
            ReviewNotFound: there is none with that id.
            AlreadyDecided: it was approved or withdrawn.
            InvalidInput: the reason is empty or too long.
        """
        if not reason.strip():
            raise InvalidInput("reason", reason="a rejection needs a reason", reason_zh="请填写不通过的原因")
        await self._decide(uow, actor, review_id, ReviewState.REJECTED, reason)

    async def _decide(self, uow: Uow, actor: Actor, review_id: str, state: ReviewState, reason: str) -> None:
        actor.require(Permission.REVIEW_DECIDE)
        reason = reason.strip()
        if len(reason) > MAX_REASON or "\x00" in reason:
            raise InvalidInput("reason", reason=f"at most {MAX_REASON} characters", reason_zh=f"最多 {MAX_REASON} 个字")
        review = await self._locked(uow, review_id)
        if review.state is state:
            return
        if state not in rules.NEXT_STATES[review.state]:
            raise AlreadyDecided(id=review_id, state=review.state.value)
        now = self._clock.now()
        await store.decide(uow, review, state, at=now, by=actor.user_name, reason=reason)
        await store.add_event(uow, review, ReviewAction(state.value), at=now, by=actor.user_name, note=reason)
        room, _, _ = review.kind.partition(".")
        await self._jobs.defer(
            uow,
            f"{room}.review_decided",
            {
                "review_id": review_id,
                "kind": review.kind,
                "tenant_id": review.tenant_id,
                "subject_id": review.subject_id,
                "decision": state.value,
                "reason": reason,
            },
        )

    async def _locked(self, uow: Uow, review_id: str, tenant_id: TenantId | None = None) -> Review:
        review = await store.find_review(uow, review_id, lock=True)
        if review is None or tenant_id not in {None, review.tenant_id}:
            raise ReviewNotFound(id=review_id)
        return review
