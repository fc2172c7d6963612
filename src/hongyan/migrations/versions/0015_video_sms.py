"""First schema: the tables of video_sms."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SEQUENCE video_sms_tpl_ids START WITH 800001001")
    op.create_table(
        "video_sms_templates",
        sa.Column("tpl_id", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=True, comment="null: public"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("state_desc", sa.Text(), nullable=False),
        sa.Column("valid_days", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True, comment="null: forever"),
        sa.Column("elements", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("params", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("callback_url", sa.Text(), nullable=True),
        sa.Column("content_id", sa.Uuid(as_uuid=False), nullable=False, comment="key in the file store"),
        sa.Column("preview_token", sa.Text(), nullable=False),
        sa.Column("review_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tpl_id", name=op.f("pk_video_sms_templates")),
    )
    op.create_index("ix_video_sms_templates_expiry", "video_sms_templates", ["valid_until"], unique=False)
    op.create_index("ix_video_sms_templates_tenant", "video_sms_templates", ["tenant_id", "created_at"], unique=False)
