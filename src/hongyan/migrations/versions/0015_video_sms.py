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
        "video_sms_files",
        sa.Column("file_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True, comment="null: never handed in"),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_video_sms_files")),
    )
    op.create_index(
        "ix_video_sms_files_open",
        "video_sms_files",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("submitted_at IS NULL"),
    )
    op.create_index("ix_video_sms_files_tenant", "video_sms_files", ["tenant_id", "file_id"], unique=False)
    op.create_table(
        "video_sms_signatures",
        sa.Column("signature_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("involves_third_party", sa.Boolean(), nullable=False),
        sa.Column("authorisation_id", sa.Uuid(as_uuid=False), nullable=True, comment="null: the filing covers it"),
        sa.Column("material_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("apply_desc", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("review_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("review_desc", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("signature_id", name=op.f("pk_video_sms_signatures")),
        sa.UniqueConstraint("tenant_id", "name_key", name=op.f("uq_video_sms_signatures_tenant_id_name_key")),
    )
    op.create_index("ix_video_sms_signatures_name", "video_sms_signatures", ["name_key"], unique=False)
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
