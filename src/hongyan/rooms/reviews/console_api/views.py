"""What the review desk's endpoints take and give."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field

from hongyan.rooms.reviews.contracts import GivenReason, KindSetting, Review, ReviewEvent, ReviewState
from hongyan.rooms.reviews.rules.evidence import list_evidence
from hongyan.rooms.reviews.rules.guides.words import Guide, Word

MAX_BULK = 50


class GivenReasonView(BaseModel):
    """A reason code of the kind's guide, the field it is about and what the reviewer adds."""

    code: str = Field(max_length=100)
    field: str = Field(default="", max_length=100)
    text: str = Field(default="", max_length=1000)

    @classmethod
    def of(cls, given: GivenReason) -> Self:
        """Return the view of a reason."""
        return cls(code=given.code, field=given.field, text=given.text)

    def value(self) -> GivenReason:
        """Return the reason."""
        return GivenReason(self.code, self.field, self.text)


class ReviewView(BaseModel):
    """A row of the queue."""

    review_id: str
    kind: str
    subject_id: str
    tenant_id: str
    title: str
    state: ReviewState
    is_asked_back: bool
    submitted_at: datetime
    submitted_by: str
    due_at: datetime
    due_is_certain: bool
    days_left: int
    """Working days until it is due; 0: today; negative: late."""
    minutes_left: int
    """Working minutes until it is due; negative: late."""
    is_overdue: bool
    claimed_by: str
    first_by: str
    """Who was the first of two reviewers to approve, or empty."""
    first_at: datetime | None
    decided_at: datetime | None
    decided_by: str
    reason: str
    reason_en: str
    reasons: list[GivenReasonView]
    urge_count: int
    urged_at: datetime | None

    @classmethod
    def of(cls, review: Review, clock: tuple[int, int, bool]) -> Self:
        """Return the row of a submission; ``clock`` are its working days and minutes left."""
        return cls(**row_of(review, clock))


class ReviewList(BaseModel):
    """A page of the queue."""

    items: list[ReviewView]
    total: int


class KindCountView(BaseModel):
    """What waits of one kind."""

    kind: str
    pending: int
    overdue: int
    urged: int
    unclaimed: int
    mine: int
    due_at: datetime
    """The soonest deadline."""


class Counts(BaseModel):
    """What waits, by kind."""

    items: list[KindCountView]


class EventView(BaseModel):
    """A line of a submission's history."""

    at: datetime
    action: str
    actor_name: str
    note: str
    reasons: list[GivenReasonView]
    checks: list[str]

    @classmethod
    def of(cls, event: ReviewEvent) -> Self:
        """Return the view of a line."""
        return cls(
            at=event.at,
            action=event.action.value,
            actor_name=event.actor_name,
            note=event.note,
            reasons=[GivenReasonView.of(given) for given in event.reasons],
            checks=list(event.checks),
        )


class EvidenceView(BaseModel):
    """A file that a submission names."""

    number: int
    field: str
    name: str


class PreviousView(BaseModel):
    """The last decided submission of the same thing: the other side of the comparison."""

    review_id: str
    state: ReviewState
    is_asked_back: bool
    submitted_at: datetime
    decided_at: datetime | None
    decided_by: str
    reason: str
    reason_en: str
    snapshot: dict[str, Any]
    evidence: list[EvidenceView]

    @classmethod
    def told(cls, review: Review) -> Self:
        """Return the view of the earlier submission."""
        return cls(
            review_id=review.review_id,
            state=review.state,
            is_asked_back=review.is_asked_back,
            submitted_at=review.submitted_at,
            decided_at=review.decided_at,
            decided_by=review.decided_by,
            reason=review.reason,
            reason_en=review.reason_en,
            snapshot=dict(review.snapshot),
            evidence=evidence_of(review),
        )


class RoundView(BaseModel):
    """An earlier submission of the same thing and what happened to it."""

    review_id: str
    state: ReviewState
    is_asked_back: bool
    submitted_at: datetime
    history: list[EventView]

    @classmethod
    def told(cls, review: Review, events: Sequence[ReviewEvent]) -> Self:
        """Return the view of an earlier submission."""
        return cls(
            review_id=review.review_id,
            state=review.state,
            is_asked_back=review.is_asked_back,
            submitted_at=review.submitted_at,
            history=[EventView.of(event) for event in events],
        )


class ReviewDetail(ReviewView):
    """A submission with what was submitted and what happened since."""

    snapshot: dict[str, Any]
    evidence: list[EvidenceView]
    history: list[EventView]
    previous: PreviousView | None
    needs_two: bool
    rounds: list[RoundView]
    """Before this one, the latest first."""


class WordView(BaseModel):
    """A code with its texts."""

    code: str
    zh: str
    en: str

    @classmethod
    def all(cls, words: Sequence[Word]) -> list[Self]:
        """Return the views of a list."""
        return [cls(code=word.code, zh=word.zh, en=word.en) for word in words]


class ReasonView(WordView):
    """A reason code and the field it is usually about."""

    field: str


class GuideView(BaseModel):
    """How a kind is reviewed: fields, checklist, reasons, and whether two people must approve."""

    kind: str
    fields: list[WordView]
    checks: list[WordView]
    reasons: list[ReasonView]
    needs_two: bool
    changed_by: str
    changed_at: datetime | None

    @classmethod
    def of(cls, kind: str, guide: Guide, setting: KindSetting | None) -> Self:
        """Return the view of a guide."""
        return cls(
            kind=kind,
            fields=WordView.all(guide.fields),
            checks=WordView.all(guide.checks),
            reasons=[ReasonView(code=r.code, zh=r.zh, en=r.en, field=r.field) for r in guide.reasons],
            needs_two=setting is not None and setting.needs_two,
            changed_by=setting.changed_by if setting else "",
            changed_at=setting.changed_at if setting else None,
        )


class GuideList(BaseModel):
    """The guides of all kinds."""

    items: list[GuideView]


class KindChange(BaseModel):
    """Whether a kind needs two reviewers."""

    needs_two: bool


class Approval(BaseModel):
    """What a reviewer says when approving."""

    note: str = Field(default="", max_length=2000)
    checks: list[str] = Field(default=[], max_length=100)


class Rejection(BaseModel):
    """What a reviewer says when rejecting: reasons by code, own words, or both."""

    reason: str = Field(default="", max_length=2000)
    reasons: list[GivenReasonView] = Field(default=[], max_length=100)


class Question(BaseModel):
    """What a reviewer asks the customer, perhaps with reasons by field."""

    question: str = Field(max_length=2000)
    reasons: list[GivenReasonView] = Field(default=[], max_length=100)


class BulkDecision(Rejection):
    """One decision about many submissions of one kind; ``reason`` is the note of an approval."""

    kind: str
    checks: list[str] = Field(default=[], max_length=100)
    """Points of the checklist that were ticked for all of them, when approving."""
    review_ids: list[UUID] = Field(min_length=1, max_length=MAX_BULK)
    approve: bool


class BulkResult(BaseModel):
    """What became of one of them; ``title`` says why nothing did."""

    review_id: str
    is_done: bool
    code: str
    title: str


class BulkResults(BaseModel):
    """What became of each, in the order asked."""

    items: list[BulkResult]


class DecisionView(BaseModel):
    """What a customer may know about a submission of theirs; who decided stays with the desk."""

    review_id: str
    state: ReviewState
    is_asked_back: bool
    submitted_at: datetime
    due_at: datetime
    decided_at: datetime | None
    reason: str
    reason_en: str
    reasons: list[GivenReasonView]
    urge_count: int


class DecisionList(BaseModel):
    """Submissions of one thing, the latest first."""

    items: list[DecisionView]


def row_of(review: Review, clock: tuple[int, int, bool]) -> dict[str, Any]:
    """Return the values of a row."""
    values: dict[str, Any] = {"days_left": clock[0], "minutes_left": clock[1], "is_overdue": clock[2]}
    values["reasons"] = [GivenReasonView.of(given) for given in review.reasons]
    plain = ReviewView.model_fields.keys() - values.keys()
    return values | {name: getattr(review, name) for name in plain}


def evidence_of(review: Review) -> list[EvidenceView]:
    """Return the files that a submission names, numbered from 0."""
    found = list_evidence(review.kind, review.snapshot)
    return [EvidenceView(number=number, field=one.field, name=one.name) for number, one in enumerate(found)]
