"""What rooms submit to the review desk and what reviewers see.

Not for: what a decision means for the subject; that is known by the room that submitted it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from hongyan.kernel.ids import TenantId


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
    APPROVED = "approved"
    REJECTED = "rejected"
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
    urge_count: int
    urged_at: datetime | None


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


@dataclass(frozen=True, slots=True)
class ReviewEvent:
    """One line of a submission's history."""

    at: datetime
    action: ReviewAction
    actor_name: str
    note: str
