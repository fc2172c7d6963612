"""What rooms submit to the review desk and what reviewers see.

Not for: what a decision means for the subject; that is known by the room that submitted it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.rooms.identity.contracts import Actor


class DueKind(StrEnum):
    """How long the desk may take. Source: quickstart §1.1, §1.3, §1.4."""

    WORKING_DAYS_3 = "working_days_3"
    WORKING_HOURS_2 = "working_hours_2"


class ReviewState(StrEnum):
    """State of a submission; only ``pending`` is open."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class ReviewAction(StrEnum):
    """What happened to a submission."""

    SUBMITTED = "submitted"
    CLAIMED = "claimed"
    RELEASED = "released"
    URGED = "urged"
    FIRST_APPROVED = "first_approved"
    """One of the two reviewers whom this kind needs has approved; the other is waited for."""
    APPROVED = "approved"
    REJECTED = "rejected"
    ASKED_BACK = "asked_back"
    """Given back with a question: the state is ``rejected``, the customer answers and hands in again at once."""
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Submission:
    """Something that a customer wants approved."""

    kind: str
    """``room.noun``; the room before the dot hears ``<room>.review_decided``."""
    subject_id: str
    tenant_id: TenantId
    title: str
    snapshot: Mapping[str, Any]
    """JSON of everything the reviewer must see, as it was when submitted."""
    due: DueKind


@dataclass(frozen=True, slots=True)
class GivenReason:
    """One reason of a rejection: a code of the kind's guide, the field it is about, and what the reviewer adds."""

    code: str
    field: str = ""
    """Name of a field as the submitting form knows it; empty: the whole."""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """A submission on the desk."""

    review_id: str
    kind: str
    subject_id: str
    tenant_id: TenantId
    title: str
    snapshot: Mapping[str, Any]
    state: ReviewState
    submitted_at: datetime
    submitted_by: str
    due_at: datetime
    due_is_certain: bool
    """False when the official calendar of a year was not known yet: the deadline then counts Monday to Friday."""
    claimed_by: str
    """Name of the reviewer who works on it, or empty."""
    decided_at: datetime | None
    decided_by: str
    reason: str
    """In Chinese, as the customer's rooms show it; the reviewer's own words as they were written."""
    urge_count: int
    urged_at: datetime | None
    reason_en: str = ""
    """The same in English."""
    reasons: tuple[GivenReason, ...] = ()
    is_asked_back: bool = False
    """Rejected with a question."""
    first_by: str = ""
    """Name of the first of two reviewers, or empty; stays after the second one's decision."""
    first_by_id: str | None = None
    first_at: datetime | None = None


ReviewSort = Literal["due_at", "-due_at", "submitted_at", "-submitted_at"]
"""By what a queue is listed; with a minus the last first."""


@dataclass(frozen=True, slots=True)
class ReviewFilter:
    """Which submissions a queue shows."""

    state: ReviewState | None = None
    kind: str | None = None
    tenant_id: TenantId | None = None
    text: str | None = None
    """Part of the title."""
    is_overdue: bool = False
    """Only those whose deadline has passed."""
    is_urged: bool = False
    """Only those that the customer has urged."""
    claimed_by: str | None = None
    """A reviewer's name; empty: nobody's."""
    submitted_from: datetime | None = None
    submitted_until: datetime | None = None
    """Exclusive."""
    sort: ReviewSort | None = None
    """``None``: what is urged first, then by deadline; decided ones the latest first."""


@dataclass(frozen=True, slots=True)
class ReviewEvent:
    """One line of a submission's history."""

    at: datetime
    action: ReviewAction
    actor_name: str
    note: str
    reasons: tuple[GivenReason, ...] = ()
    checks: tuple[str, ...] = ()
    """Points of the checklist that were ticked."""


@dataclass(frozen=True, slots=True)
class KindCount:
    """What waits of one kind."""

    kind: str
    pending: int
    overdue: int
    urged: int
    unclaimed: int
    mine: int
    due_at: datetime
    """The soonest deadline."""


@dataclass(frozen=True, slots=True)
class KindSetting:
    """How a kind is decided."""

    kind: str
    needs_two: bool
    """Two different people must approve."""
    changed_by: str
    changed_at: datetime


class EvidenceReader(Protocol):
    """How a room gives the desk a file that a submission names."""

    async def __call__(self, uow: Uow, actor: Actor, tenant_id: TenantId, ref: str) -> tuple[str, bytes]:
        """Return the file's name and bytes.

        Raises:
            NotFound: the tenant has no such file.
        """
        ...


@dataclass(frozen=True, slots=True)
class SaidReason:
    """One reason of a rejection in words."""

    field: str
    """Name of the submitting form's field, or empty."""
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class ReviewStory:
    """A submission of a customer with what happened to it, as the customer may read it."""

    review: Review
    urging_possible_at: datetime
    """From when on the desk can be reminded; means nothing once it is decided."""
    events: tuple[ReviewEvent, ...]
    """Oldest first; who works on it and who decided stays with the desk."""
    said: tuple[SaidReason, ...] = ()
    """The reasons of a rejection that name a field."""
