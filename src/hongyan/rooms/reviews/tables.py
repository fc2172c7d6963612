"""Tables of the review desk."""

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Identity, Index, Integer, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from hongyan.kernel.db.metadata import metadata

submissions = Table(
    "reviews_submissions",
    metadata,
    Column("review_id", Uuid(as_uuid=False), primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("snapshot", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("submitted_at", DateTime(timezone=True), nullable=False),
    Column("submitted_by", Text, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("due_is_certain", Boolean, nullable=False),
    Column("claimed_by", Text, nullable=False, server_default=""),
    Column("decided_at", DateTime(timezone=True)),
    Column("decided_by", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Column("urge_count", Integer, nullable=False, server_default="0"),
    Column("urged_at", DateTime(timezone=True)),
    Column("reason_en", Text, nullable=False, server_default=""),
    Column("reasons", JSONB, nullable=False, server_default="[]"),
    Column("is_asked_back", Boolean, nullable=False, server_default="false"),
    Column("first_by", Text, nullable=False, server_default=""),
    Column("first_by_id", Uuid(as_uuid=False)),
    Column("first_at", DateTime(timezone=True)),
    # One open submission per subject: a second one is refused by the database, whoever comes first.
    Index(
        "uq_reviews_submissions_open_subject",
        "tenant_id",
        "kind",
        "subject_id",
        unique=True,
        postgresql_where=text("state = 'pending'"),
    ),
    # The queue: the most urgent first.
    Index("ix_reviews_submissions_queue", "state", "due_at", "review_id"),
    # What was decided about a subject before: the diff's other side, and the customer's view.
    Index("ix_reviews_submissions_subject", "tenant_id", "kind", "subject_id", "submitted_at"),
)

history = Table(
    "reviews_history",
    metadata,
    Column("event_id", BigInteger, Identity(), primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("review_id", Uuid(as_uuid=False), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("action", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("details", JSONB, nullable=False, server_default="{}"),
    Index("ix_reviews_history_review", "review_id", "event_id"),
)

kinds = Table(
    "reviews_kinds",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("needs_two", Boolean, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)
