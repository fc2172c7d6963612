"""First schema: the tables of smart."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SEQUENCE smart_resource_ids START WITH 690000000000000001")
    op.execute("CREATE SEQUENCE smart_tpl_ids START WITH 600001001")
    op.create_table(
        "smart_material_uses",
        sa.Column("tpl_id", sa.String(length=9), nullable=False),
        sa.Column("material_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.PrimaryKeyConstraint("tpl_id", "material_id", name=op.f("pk_smart_material_uses")),
    )
    op.create_index("ix_smart_material_uses_material_id", "smart_material_uses", ["material_id"], unique=False)
    op.create_table(
        "smart_materials",
        sa.Column("material_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("video_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("is_auto", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.String(length=50), nullable=False),
        sa.Column("rate", sa.String(length=32), nullable=True),
        sa.Column("file", sa.String(length=40), nullable=False),
        sa.Column("content_type", sa.String(length=20), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("material_id", name=op.f("pk_smart_materials")),
        sa.UniqueConstraint("file", name=op.f("uq_smart_materials_file")),
        sa.UniqueConstraint("resource_id", name=op.f("uq_smart_materials_resource_id")),
    )
    op.create_index(
        "ix_smart_materials_tenant_id", "smart_materials", ["tenant_id", "kind", "created_at"], unique=False
    )
    op.create_index("ix_smart_materials_used_at", "smart_materials", ["used_at"], unique=False)
    op.create_index("ix_smart_materials_video_id", "smart_materials", ["video_id"], unique=False)
    op.create_table(
        "smart_template_factories",
        sa.Column("tpl_id", sa.String(length=9), nullable=False),
        sa.Column("vendor", sa.String(length=16), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tpl_id", "vendor", name=op.f("pk_smart_template_factories")),
    )
    op.create_table(
        "smart_template_versions",
        sa.Column("tpl_id", sa.String(length=9), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("elements", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tpl_id", "version", name=op.f("pk_smart_template_versions")),
    )
    op.create_table(
        "smart_templates",
        sa.Column("tpl_id", sa.String(length=9), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("scene", sa.String(length=10), nullable=False),
        sa.Column("card_id", sa.String(length=40), nullable=False),
        sa.Column("sub_type", sa.SmallInteger(), nullable=True),
        sa.Column("match_type", sa.SmallInteger(), nullable=False),
        sa.Column("description", sa.String(length=100), nullable=False),
        sa.Column("audit_state", sa.SmallInteger(), nullable=False),
        sa.Column("audit_desc", sa.Text(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("disable_desc", sa.Text(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("use_id", sa.SmallInteger(), nullable=True),
        sa.Column("sms_signs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sms_template", sa.Text(), nullable=False),
        sa.Column("review_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("desk_passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tpl_id", name=op.f("pk_smart_templates")),
    )
    op.create_index("ix_smart_templates_tenant_id", "smart_templates", ["tenant_id", "created_at"], unique=False)
