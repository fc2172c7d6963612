"""First schema: the tables of campaigns."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaigns_tasks",
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("task_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("card_template_id", sa.String(length=36), nullable=False),
        sa.Column("card_template_name", sa.Text(), nullable=False),
        sa.Column("sms_template_id", sa.String(length=32), nullable=False),
        sa.Column("signature_name", sa.String(length=32), nullable=False),
        sa.Column("fallback", sa.String(length=8), nullable=False),
        sa.Column("validity_days", sa.SmallInteger(), nullable=False),
        sa.Column("jump_url", sa.Text(), nullable=True),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("is_trial", sa.Boolean(), nullable=False),
        sa.Column("number_file_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("start_when_ready", sa.Boolean(), nullable=False),
        sa.Column("rows", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("imported", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("invalid", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("duplicates", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("opted_out", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("capable", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("incapable", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("submitted", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "next_block",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="checkpoint of the capability check",
        ),
        sa.Column(
            "next_chunk", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="checkpoint of the plan"
        ),
        sa.Column("chunks", sa.Integer(), nullable=True),
        sa.Column("resolved", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_campaigns_tasks")),
    )
    op.create_index(
        "ix_campaigns_tasks_live",
        "campaigns_tasks",
        ["state"],
        unique=False,
        postgresql_where=sa.text("state in ('parsing','scheduled','held','running','paused','finishing')"),
    )
    op.create_index(
        "ix_campaigns_tasks_tenant_created", "campaigns_tasks", ["tenant_id", "created_at", "task_id"], unique=False
    )
