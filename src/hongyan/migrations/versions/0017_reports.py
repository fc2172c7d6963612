"""First schema: the tables of reports."""

import sqlalchemy as sa
from alembic import op

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
