"""The review desk's door: submit, withdraw and urge for rooms; list, claim, approve and reject for reviewers.

Not for: what an approval changes; the submitting room does that in its job ``<room>.review_decided``.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from hongyan.kernel.clock import DEFAULT_ZONE, Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.ids import Ids, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.kernel.paging import Page
from hongyan.rooms.identity.contracts import Actor, Permission
from hongyan.rooms.reviews import store
from hongyan.rooms.reviews.contracts import (
    GivenReason,
    KindCount,
    KindSetting,
    Review,
    ReviewAction,
    ReviewEvent,
    ReviewFilter,
    ReviewState,
    ReviewStory,
    SaidReason,
    Submission,
)
from hongyan.rooms.reviews.errors import (
    AlreadyDecided,
    AlreadyUnderReview,
    OtherKind,
    ReviewNotFound,
    SecondReviewerNeeded,
    UrgedTooSoon,
)
from hongyan.rooms.reviews.rules import deadlines, wording
from hongyan.rooms.reviews.rules.guides.by_kind import GUIDES

_SEEN_WITH: Mapping[str, Permission] = MappingProxyType(
    {
        "enterprises": Permission.FILING_LIST,
        "sms": Permission.SIGNATURE_LIST,
        "smart": Permission.CARD_TEMPLATE_LIST,
        "video_sms": Permission.BASIC_TEMPLATE_LIST,
        "service_accounts": Permission.PUB_LIST,
        "campaigns": Permission.LINK_DOMAIN_LIST,
    }
)
"""What a customer's people need to see what was decided about a room's things."""
_DESK_ONLY = frozenset({ReviewAction.CLAIMED, ReviewAction.RELEASED, ReviewAction.FIRST_APPROVED})
_DECISIONS = frozenset({ReviewAction.APPROVED, ReviewAction.REJECTED, ReviewAction.ASKED_BACK})


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
        due = deadlines.deadline(now, submission.due)
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
        await store.decide(uow, review, ReviewState.WITHDRAWN, at=now, by=withdrawn_by)
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
            # Who decides is the desk's affair.
            raise _decided(replace(review, decided_by="审核台" if review.state in _BY_DESK else review.decided_by))
        now = self._clock.now()
        possible_at = deadlines.urging_possible_at(review.submitted_at, review.due_at, review.urged_at)
        if now < possible_at and not (is_first_free and review.urged_at is None):
            raise UrgedTooSoon(possible_at=possible_at.strftime("%Y-%m-%d %H:%M"))
        await store.note_urging(uow, review, now)
        await store.add_event(uow, review, ReviewAction.URGED, at=now, by=urged_by)
        return replace(review, urge_count=review.urge_count + 1, urged_at=now)

    async def list_decisions(self, uow: Uow, actor: Actor, kind: str, subject_id: str) -> tuple[Review, ...]:
        """Return what the actor's tenant has submitted about a thing, the latest first, 20 at most."""
        permission = _SEEN_WITH.get(kind.partition(".")[0])
        if permission is None:
            raise InvalidInput("kind", reason="no such kind", reason_zh="没有此类型")
        return await store.list_of_kind(uow, actor.tenant(permission), kind, subject_id)

    async def list_reviews(
        self, uow: Uow, actor: Actor, wanted: ReviewFilter, *, offset: int = 0, limit: int = 20
    ) -> Page[Review]:
        """Return a page of the queue, the urged and the soonest deadline first; needs the permission to list them."""
        actor.require(Permission.REVIEW_LIST)
        return await store.list_reviews(uow, wanted, self._clock.now(), offset, limit)

    async def count_kinds(self, uow: Uow, actor: Actor) -> tuple[KindCount, ...]:
        """Return what waits, by kind."""
        actor.require(Permission.REVIEW_LIST)
        return await store.count_kinds(uow, actor.user_name, self._clock.now())

    async def stamp_queue(self, uow: Uow) -> object:
        """Return something that is another once the queue has changed, for pages that look at it."""
        return await store.stamp_queue(uow, self._clock.now())

    def clock_of(self, review: Review) -> tuple[int, int, bool]:
        """Return working days and minutes until a submission is due (negative: late), and whether it is late."""
        now, due = self._clock.now(), review.due_at
        is_overdue = review.state is ReviewState.PENDING and due < now
        return deadlines.days_left(now, due), deadlines.minutes_left(now, due), is_overdue

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

    async def is_newest(self, uow: Uow, tenant_id: TenantId, kind: str, subject_id: str, review_id: str) -> bool:
        """Tell whether a submission is its subject's last one: who hears of an older one has heard it before."""
        newest = await store.list_of_kind(uow, tenant_id, kind, subject_id, 1)
        return [review.review_id for review in newest] == [review_id]

    async def list_stories(
        self, uow: Uow, tenant_id: TenantId, kind: str, subject_id: str | None = None, *, limit: int = 20
    ) -> tuple[ReviewStory, ...]:
        """Return the submissions of a subject, or of a kind, for their owner: the newest first.

        The rooms above have checked who asks.
        """
        reviews = await store.list_of_kind(uow, tenant_id, kind, subject_id, limit)
        events = await store.list_events_of(uow, tenant_id, [review.review_id for review in reviews])
        return tuple(
            ReviewStory(
                review=replace(review, claimed_by="", decided_by=""),
                urging_possible_at=deadlines.urging_possible_at(review.submitted_at, review.due_at, review.urged_at),
                events=tuple(
                    replace(event, actor_name="") if event.action in _DECISIONS else event
                    for event in events.get(review.review_id, ())
                    if event.action not in _DESK_ONLY
                ),
                said=tuple(
                    SaidReason(one.field, *wording.say(kind, [replace(one, field="")], ""))
                    for one in review.reasons
                    if one.field
                ),
            )
            for review in reviews
        )

    async def list_news(self, uow: Uow, tenant_id: TenantId, since: datetime, *, limit: int = 50) -> tuple[Review, ...]:
        """Return what of a tenant waits, and what was decided since a moment: the latest first, without snapshots."""
        return await store.list_of_tenant(uow, tenant_id, since, limit)

    async def list_rounds(
        self, uow: Uow, actor: Actor, review: Review
    ) -> tuple[tuple[Review, tuple[ReviewEvent, ...]], ...]:
        """Return earlier submissions of the same thing with what happened to each: the latest first, 20 at most."""
        actor.require(Permission.REVIEW_LIST)
        found = await store.list_earlier(uow, review)
        events = await store.list_events_of(uow, review.tenant_id, [one.review_id for one in found])
        return tuple((one, events.get(one.review_id, ())) for one in found)

    async def list_asked_back(self, uow: Uow, tenant_id: TenantId, review_ids: Collection[str]) -> frozenset[str]:
        """Return which of a tenant's submissions were given back with a question; the rooms above know who asks."""
        return await store.list_asked_back(uow, tenant_id, review_ids) if review_ids else frozenset()

    async def list_verdicts(
        self, uow: Uow, tenant_id: TenantId, review_ids: Collection[str]
    ) -> Mapping[str, tuple[bool, str]]:
        """Return what a tenant was told of those of its submissions that were not approved, by id.

        Each is whether it was a question rather than a refusal, and its words; the rooms above know who asks.
        """
        return await store.list_verdicts(uow, tenant_id, review_ids) if review_ids else {}

    async def find_previous(self, uow: Uow, actor: Actor, review: Review) -> Review | None:
        """Return the last submission of the same thing that was approved or rejected before this one."""
        actor.require(Permission.REVIEW_LIST)
        return await store.find_previous(uow, review)

    async def list_settings(self, uow: Uow, actor: Actor) -> Mapping[str, KindSetting]:
        """Return how kinds are decided, where somebody has chosen."""
        actor.require(Permission.REVIEW_LIST)
        return await store.list_settings(uow)

    async def set_needs_two(self, uow: Uow, actor: Actor, kind: str, *, needs_two: bool) -> None:
        """Say whether a kind needs two reviewers; for those who run the platform, never for reviewers themselves.

        Raises:
            InvalidInput: no such kind.
        """
        actor.require(Permission.TENANT_EDIT)
        if kind not in GUIDES:
            raise InvalidInput("kind", reason="no such kind", reason_zh="没有此类型")
        await store.save_setting(uow, KindSetting(kind, needs_two, actor.user_name, self._clock.now()))

    async def claim(self, uow: Uow, actor: Actor, review_id: str, *, release: bool = False) -> None:
        """Write that the reviewer works on a submission, or no longer does; the last one to say so holds it.

        Raises:
            AlreadyDecided: it is not open any more.
        """
        actor.require(Permission.REVIEW_DECIDE)
        review = await self._locked(uow, review_id)
        if review.state is not ReviewState.PENDING:
            raise _decided(review)
        await store.set_claim(uow, review, "" if release else actor.user_name)
        action = ReviewAction.RELEASED if release else ReviewAction.CLAIMED
        await store.add_event(uow, review, action, at=self._clock.now(), by=actor.user_name)

    async def approve(
        self,
        uow: Uow,
        actor: Actor,
        review_id: str,
        note: str = "",
        *,
        checks: Sequence[str] = (),
        kind: str | None = None,
    ) -> None:
        """Approve; where the kind needs two reviewers the first approval waits for the other one's.

        The same person approving again changes nothing. ``checks`` are the ticked points of the checklist; with
        ``kind`` only a submission of that kind is touched.

        Raises:
            ReviewNotFound: there is none with that id.
            AlreadyDecided: it was decided by somebody else, rejected or withdrawn.
            SecondReviewerNeeded: the caller was the first of two and the other has not approved yet.
            InvalidInput: the note is too long, or a check is not on the list.
            OtherKind: it is of another kind.
        """
        actor.require(Permission.REVIEW_DECIDE)
        note = wording.check_text("note", note)
        review = await self._locked(uow, review_id)
        if not self._is_open(review, actor, ReviewState.APPROVED, kind):
            return
        ticked = wording.check_checks(review.kind, checks)
        now = self._clock.now()
        if (await self._needs_two(uow, review.kind)) and review.first_by_id in {None, actor.user_id}:
            if review.first_by_id is not None:
                raise SecondReviewerNeeded
            await store.set_first(uow, review, at=now, by=actor.user_name, by_id=actor.user_id)
            await store.add_event(
                uow, review, ReviewAction.FIRST_APPROVED, at=now, by=actor.user_name, note=note, checks=ticked
            )
            return
        await store.decide(uow, review, ReviewState.APPROVED, at=now, by=actor.user_name, reason=(note, note))
        await store.add_event(uow, review, ReviewAction.APPROVED, at=now, by=actor.user_name, note=note, checks=ticked)
        await self._say(uow, review, ReviewState.APPROVED, note)

    async def reject(
        self,
        uow: Uow,
        actor: Actor,
        review_id: str,
        reason: str = "",
        *,
        reasons: Sequence[GivenReason] = (),
        is_asked_back: bool = False,
        kind: str | None = None,
    ) -> None:
        """Reject, with reasons for the customer; the same person rejecting again changes nothing.

        Args:
            uow: the transaction.
            actor: the reviewer.
            review_id: what to reject.
            reason: in the reviewer's own words.
            reasons: codes of the kind's guide, in either language's words for the customer.
            is_asked_back: a question rather than a refusal: the customer answers and hands in again.
            kind: touch only a submission of that kind.

        Raises:
            ReviewNotFound: there is none with that id.
            AlreadyDecided: it was decided by somebody else, approved or withdrawn.
            InvalidInput: there is no reason, or one is too long or unknown.
            OtherKind: it is of another kind.
        """
        actor.require(Permission.REVIEW_DECIDE)
        text = wording.check_text("question" if is_asked_back else "reason", reason)
        if not text and (is_asked_back or not reasons):
            if is_asked_back:
                raise InvalidInput("question", reason="ask something", reason_zh="请填写要询问的内容")
            raise InvalidInput("reason", reason="a rejection needs a reason", reason_zh="请填写不通过的原因")
        review = await self._locked(uow, review_id)
        if not self._is_open(review, actor, ReviewState.REJECTED, kind):
            return
        given = wording.check_reasons(review.kind, reasons)
        said = wording.say(review.kind, given, text, is_asked_back=is_asked_back)
        now, by = self._clock.now(), actor.user_name
        await store.decide(
            uow, review, ReviewState.REJECTED, at=now, by=by, reason=said, reasons=given, is_asked_back=is_asked_back
        )
        action = ReviewAction.ASKED_BACK if is_asked_back else ReviewAction.REJECTED
        await store.add_event(uow, review, action, at=now, by=by, note=text, reasons=given)
        await self._say(uow, review, ReviewState.REJECTED, said[0])

    @staticmethod
    def _is_open(review: Review, actor: Actor, wanted: ReviewState, kind: str | None) -> bool:
        """Tell whether there is something to decide; false when the same person has decided so before."""
        if kind not in {None, review.kind}:
            raise OtherKind
        if review.state is wanted and review.decided_by == actor.user_name:
            return False
        if wanted not in deadlines.NEXT_STATES[review.state]:
            raise _decided(review)
        return True

    @staticmethod
    async def _needs_two(uow: Uow, kind: str) -> bool:
        setting = (await store.list_settings(uow)).get(kind)
        return setting is not None and setting.needs_two

    async def _say(self, uow: Uow, review: Review, state: ReviewState, reason: str) -> None:
        """Tell the room, in the decision's own transaction."""
        room, _, _ = review.kind.partition(".")
        await self._jobs.defer(
            uow,
            f"{room}.review_decided",
            {
                "review_id": review.review_id,
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


_BY_DESK = frozenset({ReviewState.APPROVED, ReviewState.REJECTED})
_STATE_ZH: Mapping[ReviewState, str] = MappingProxyType(
    {ReviewState.APPROVED: "通过", ReviewState.REJECTED: "驳回", ReviewState.WITHDRAWN: "撤回"}
)


def _decided(review: Review) -> AlreadyDecided:
    """Return the refusal that says who has decided what, when and why."""
    at = "" if review.decided_at is None else review.decided_at.astimezone(DEFAULT_ZONE).strftime("%Y-%m-%d %H:%M")
    return AlreadyDecided(
        by=review.decided_by,
        at=at,
        state=review.state.value,
        state_zh=_STATE_ZH.get(review.state, review.state.value),
        why=f": {review.reason_en}" if review.reason_en else "",
        why_zh=f"（{review.reason}）" if review.reason else "",
    )
