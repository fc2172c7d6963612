"""First schema: the tables of smart."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SEQUENCE smart_tpl_ids START WITH 600001001")
    op.create_table(
        "smart_template_factories",
        sa.Column("tpl_id", sa.String(length=9), nullable=False),
        sa.Column("vendor", sa.String(length=16), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
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
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tpl_id", name=op.f("pk_smart_templates")),
    )
    op.create_index("ix_smart_templates_tenant_id", "smart_templates", ["tenant_id", "created_at"], unique=False)
