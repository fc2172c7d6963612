"""First schema: the tables of reports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reports_cards",
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("tpl_id", sa.String(length=36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False, comment="in the tenant's zone"),
        sa.Column("vendor", sa.String(length=16), nullable=False),
        sa.Column("resolved", sa.BigInteger(), nullable=False),
        sa.Column("exposed_people", sa.BigInteger(), nullable=False),
        sa.Column("exposed_times", sa.BigInteger(), nullable=False),
        sa.Column("clicked_people", sa.BigInteger(), nullable=False),
        sa.Column("clicked_times", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "tpl_id", "day", "vendor", name=op.f("pk_reports_cards")),
    )
    op.create_table(
        "reports_days",
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("summed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "day", name=op.f("pk_reports_days")),
        comment="when a day was summed last",
    )
    op.create_table(
        "reports_exports",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("filters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("full_numbers", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("made_by_name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("run", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="part of the file's key"),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("rows_total", sa.BigInteger(), nullable=True),
        sa.Column("rows_done", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("bytes", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports_exports")),
    )
    op.create_index(
        "reports_exports_expiry_idx",
        "reports_exports",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("state = 'done'"),
    )
    op.create_index("reports_exports_list_idx", "reports_exports", ["tenant_id", "created_at"], unique=False)
    op.create_table(
        "reports_sends",
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("day", sa.Date(), nullable=False, comment="in the tenant's zone"),
        sa.Column("tpl_id", sa.String(length=36), nullable=False),
        sa.Column("tpl_name", sa.Text(), nullable=False),
        sa.Column("submitted", sa.BigInteger(), nullable=False),
        sa.Column("capable", sa.BigInteger(), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=False),
        sa.Column("delivered", sa.BigInteger(), nullable=False),
        sa.Column("resolved", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "day", "tpl_id", name=op.f("pk_reports_sends")),
    )
