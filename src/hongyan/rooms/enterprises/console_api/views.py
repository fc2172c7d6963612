"""What the console is shown of filings, as JSON."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from hongyan.rooms.enterprises.contracts import FieldKind, FieldSpec, Filing, FilingState, Paper, Scene
from hongyan.rooms.reviews.contracts import ReviewAction, ReviewState, ReviewStory


class FilingChoiceView(BaseModel):
    """An answer of a choice field."""

    value: str
    zh: str
    en: str


class FilingConditionView(BaseModel):
    """A field is required when another one's answer is this."""

    field: str
    value: str


class FilingFieldView(BaseModel):
    """A field of the form."""

    name: str
    group: str
    zh: str
    en: str
    kind: FieldKind
    is_required: bool
    required_when: FilingConditionView | None
    max_chars: int
    choices: list[FilingChoiceView]
    types: list[str]
    max_bytes: int
    letter: str

    @classmethod
    def of(cls, spec: FieldSpec) -> Self:
        """Return the view of a field."""
        when = spec.required_when
        choices = [FilingChoiceView(value=choice.value, zh=choice.zh, en=choice.en) for choice in spec.choices]
        return cls(
            name=spec.name,
            group=spec.group,
            zh=spec.zh,
            en=spec.en,
            kind=spec.kind,
            is_required=spec.is_required,
            required_when=None if when is None else FilingConditionView(field=when[0], value=when[1]),
            max_chars=spec.max_chars,
            choices=choices,
            types=list(spec.types),
            max_bytes=spec.max_bytes,
            letter=spec.letter,
        )


class PaperPages(BaseModel):
    """How many pages a document has, and how many of them can be looked at: the first ones."""

    pages: int
    shown: int


class PaperView(BaseModel):
    """An uploaded document."""

    paper_id: str
    scene: Scene
    name: str
    media_type: str
    size_bytes: int
    uploaded_at: datetime
    is_approved: bool

    @classmethod
    def of(cls, paper: Paper) -> Self:
        """Return the view of a document."""
        return cls(
            paper_id=paper.paper_id,
            scene=paper.scene,
            name=paper.name,
            media_type=paper.media_type,
            size_bytes=paper.size_bytes,
            uploaded_at=paper.uploaded_at,
            is_approved=paper.approved_at is not None,
        )


class FilingReasonView(BaseModel):
    """What a reviewer said about one field."""

    field: str
    zh: str
    en: str


class FilingPendingView(BaseModel):
    """A submission that waits for its decision."""

    submitted_at: datetime
    due_at: datetime
    due_is_certain: bool
    urge_count: int
    urged_at: datetime | None
    urging_possible_at: datetime


class FilingEventView(BaseModel):
    """One line of a filing's history; ``by`` is empty for what the desk did."""

    at: datetime
    action: ReviewAction
    by: str
    note: str


class FilingStoryView(BaseModel):
    """One submission of a filing and what became of it."""

    review_id: str
    scene: Scene
    state: ReviewState
    submitted_at: datetime
    submitted_by: str
    due_at: datetime
    decided_at: datetime | None
    is_asked_back: bool
    """The desk asks for more rather than refuses."""
    reason: str
    reason_en: str
    reasons: list[FilingReasonView]
    events: list[FilingEventView]

    @classmethod
    def of(cls, story: ReviewStory) -> Self:
        """Return the view of a submission."""
        review = story.review
        return cls(
            review_id=review.review_id,
            scene=Scene(review.subject_id),
            state=review.state,
            submitted_at=review.submitted_at,
            submitted_by=review.submitted_by,
            due_at=review.due_at,
            decided_at=review.decided_at,
            is_asked_back=review.is_asked_back,
            reason=review.reason,
            reason_en=review.reason_en or review.reason,
            reasons=_reasons(story),
            events=[
                FilingEventView(at=event.at, action=event.action, by=event.actor_name, note=event.note)
                for event in story.events
            ],
        )


class FilingHistory(BaseModel):
    """A filing's submissions, the newest first."""

    items: list[FilingStoryView]


class FilingView(BaseModel):
    """A filing with its form."""

    scene: Scene
    state: FilingState
    is_pending: bool
    values: dict[str, str]
    papers: dict[str, PaperView]
    reason: str
    """What the reviewer said last, in Chinese; empty once it is handed in again."""
    reason_en: str
    is_asked_back: bool
    """The reason is a question: the desk asks for more."""
    submitted_at: datetime | None
    decided_at: datetime | None
    missing: list[str]
    """Required fields that are empty."""
    pending: FilingPendingView | None
    reasons: list[FilingReasonView]
    """Why the last submission was refused, by field; empty once it is handed in again."""
    fields: list[FilingFieldView]

    @classmethod
    def of(cls, filing: Filing, fields: tuple[FieldSpec, ...], stories: Iterable[ReviewStory]) -> Self:
        """Return the view of a filing with what became of its last submission."""
        story = next((one for one in stories if one.review.review_id == filing.review_id), None)
        is_refused = story is not None and story.review.state is ReviewState.REJECTED
        return cls(
            missing=list(filing.missing),
            reason_en=(is_refused and story is not None and story.review.reason_en) or filing.reason,
            is_asked_back=is_refused and story is not None and story.review.is_asked_back and filing.reason != "",
            pending=_pending(story) if story is not None and filing.is_pending else None,
            reasons=_reasons(story) if story is not None and is_refused and filing.reason else [],
            scene=filing.scene,
            state=filing.state,
            is_pending=filing.is_pending,
            values=dict(filing.values),
            papers={field: PaperView.of(paper) for field, paper in filing.papers.items()},
            reason=filing.reason,
            submitted_at=filing.submitted_at,
            decided_at=filing.decided_at,
            fields=[FilingFieldView.of(spec) for spec in fields],
        )


class FilingList(BaseModel):
    """The filings of all scenes."""

    items: list[FilingView]


class FilingValues(BaseModel):
    """Texts and choices of a form."""

    values: dict[str, str]


class FilingRevocation(BaseModel):
    """Why an approval is taken back."""

    reason: str


def _pending(story: ReviewStory) -> FilingPendingView:
    review = story.review
    return FilingPendingView(
        submitted_at=review.submitted_at,
        due_at=review.due_at,
        due_is_certain=review.due_is_certain,
        urge_count=review.urge_count,
        urged_at=review.urged_at,
        urging_possible_at=story.urging_possible_at,
    )


def _reasons(story: ReviewStory) -> list[FilingReasonView]:
    return [FilingReasonView(field=one.field, zh=one.zh, en=one.en) for one in story.said]
