"""First schema: the tables of handsets."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handsets_answers",
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("asked_mask", sa.SmallInteger(), nullable=False),
        sa.Column("capable_mask", sa.SmallInteger(), nullable=False),
        sa.Column("confidence", sa.SmallInteger(), nullable=False),
        sa.Column("known_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("good_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "phone", name=op.f("pk_handsets_answers")),
    )
    op.create_table(
        "handsets_events",
        sa.Column("vendor", sa.String(length=16), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=True),
        sa.Column("is_known", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("vendor", "event_id", name=op.f("pk_handsets_events")),
    )
    op.create_index(op.f("ix_handsets_events_received_at"), "handsets_events", ["received_at"], unique=False)
    op.create_table(
        "handsets_grants",
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("range_id", sa.BigInteger(), nullable=False),
        sa.Column("link_offset", sa.BigInteger(), nullable=False),
        sa.Column("device_hash", sa.LargeBinary(), nullable=False),
        sa.Column("task_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("tpl_id", sa.String(length=36), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("vendor", sa.String(length=16), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rendered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clicks", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "range_id", "link_offset", "device_hash", name=op.f("pk_handsets_grants")),
    )
    op.create_index("ix_handsets_grants_code", "handsets_grants", ["code", "device_hash"], unique=False)
    op.create_table(
        "handsets_hours",
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("task_id", sa.Uuid(as_uuid=False), nullable=False, comment="zeros: links without a task"),
        sa.Column("tpl_id", sa.String(length=36), nullable=False),
        sa.Column("vendor", sa.String(length=16), nullable=False),
        sa.Column("resolved", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("exposed_people", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("exposed_times", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("clicked_people", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("clicked_times", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "hour", "task_id", "tpl_id", "vendor", name=op.f("pk_handsets_hours")),
        comment="what happened to cards, summed",
    )
    op.create_table(
        "handsets_nonces",
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key_id", "nonce", name=op.f("pk_handsets_nonces")),
    )
    op.create_index(op.f("ix_handsets_nonces_seen_at"), "handsets_nonces", ["seen_at"], unique=False)
    op.create_table(
        "handsets_registrations",
        sa.Column("vendor", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("vendor_ref", sa.String(length=128), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("vendor", "kind", "subject", name=op.f("pk_handsets_registrations")),
    )
    op.create_table(
        "handsets_vendors",
        sa.Column("vendor", sa.String(length=16), nullable=False),
        sa.Column("driver", sa.String(length=32), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("vendor", name=op.f("pk_handsets_vendors")),
        sa.UniqueConstraint("key_id", name=op.f("uq_handsets_vendors_key_id")),
    )
