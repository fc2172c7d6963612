"""First schema: the tables of sms."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SEQUENCE sms_template_ids START WITH 15010661")
    op.create_table(
        "sms_apps",
        sa.Column("app_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("uplink_url", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("app_id", name=op.f("pk_sms_apps")),
        sa.UniqueConstraint("tenant_id", "name_key", name=op.f("uq_sms_apps_tenant_id_name_key")),
    )
    op.create_table(
        "sms_files",
        sa.Column("file_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("desc", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_sms_files")),
    )
    op.create_index("ix_sms_files_tenant", "sms_files", ["tenant_id", "file_id"], unique=False)
    op.create_table(
        "sms_signatures",
        sa.Column("signature_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("app_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("licence_file_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("involves_third_party", sa.Boolean(), nullable=False),
        sa.Column("attorney_file_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("source_title", sa.Text(), nullable=False),
        sa.Column("apply_desc", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("channel_number", sa.Text(), server_default="", nullable=False),
        sa.Column("review_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("review_desc", sa.Text(), server_default="", nullable=False),
        sa.Column("urge_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("urged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "answer_opt_out",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="auto-answer to a refusal; empty: none",
        ),
        sa.Column(
            "answer_other", sa.Text(), server_default="", nullable=False, comment="to any other uplink; empty: none"
        ),
        sa.ForeignKeyConstraint(["app_id"], ["sms_apps.app_id"], name=op.f("fk_sms_signatures_app_id")),
        sa.PrimaryKeyConstraint("signature_id", name=op.f("pk_sms_signatures")),
        sa.UniqueConstraint("tenant_id", "name_key", "type", name=op.f("uq_sms_signatures_tenant_id_name_key_type")),
    )
    op.create_index("ix_sms_signatures_name", "sms_signatures", ["name_key"], unique=False)
    op.create_table(
        "sms_templates",
        sa.Column(
            "template_id", sa.BigInteger(), server_default=sa.text("nextval('sms_template_ids')"), nullable=False
        ),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("app_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("signature_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("desc", sa.Text(), nullable=False),
        sa.Column("variables", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("review_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("review_desc", sa.Text(), server_default="", nullable=False),
        sa.Column("urge_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("urged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["app_id"], ["sms_apps.app_id"], name=op.f("fk_sms_templates_app_id")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["sms_signatures.signature_id"], name=op.f("fk_sms_templates_signature_id")
        ),
        sa.PrimaryKeyConstraint("template_id", name=op.f("pk_sms_templates")),
    )
    op.create_index("ix_sms_templates_signature", "sms_templates", ["signature_id"], unique=False)
    op.create_index("ix_sms_templates_tenant", "sms_templates", ["tenant_id", "template_id"], unique=False)
