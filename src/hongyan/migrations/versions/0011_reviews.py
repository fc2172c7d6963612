"""First schema: the tables of reviews."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reviews_history",
        sa.Column("event_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("review_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_reviews_history")),
    )
    op.create_index("ix_reviews_history_review", "reviews_history", ["review_id", "event_id"], unique=False)
    op.create_table(
        "reviews_kinds",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("needs_two", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_reviews_kinds")),
    )
    op.create_table(
        "reviews_submissions",
        sa.Column("review_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("snapshot", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_is_certain", sa.Boolean(), nullable=False),
        sa.Column("claimed_by", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("urge_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("urged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason_en", sa.Text(), server_default="", nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("is_asked_back", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("first_by", sa.Text(), server_default="", nullable=False),
        sa.Column("first_by_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_reviews_submissions")),
    )
    op.create_index(
        "ix_reviews_submissions_queue", "reviews_submissions", ["state", "due_at", "review_id"], unique=False
    )
    op.create_index(
        "ix_reviews_submissions_subject",
        "reviews_submissions",
        ["tenant_id", "kind", "subject_id", "submitted_at"],
        unique=False,
    )
    op.create_index(
        "uq_reviews_submissions_open_subject",
        "reviews_submissions",
        ["tenant_id", "kind", "subject_id"],
        unique=True,
        postgresql_where=sa.text("state = 'pending'"),
    )
