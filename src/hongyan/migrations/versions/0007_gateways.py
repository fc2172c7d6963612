"""First schema: the tables of gateways."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gateways_alarms",
        sa.Column("alarm_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "subject", sa.Text(), nullable=False, comment="a channel's name, a host and folder, or the kind's own word"
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False, comment="when it was last found to hold"),
        sa.Column("value", sa.Float(), nullable=False, comment="seconds, messages or percent, by kind"),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("alarm_id", name=op.f("pk_gateways_alarms")),
        comment="one row from raising to clearing",
    )
    op.create_index("ix_gateways_alarms_since", "gateways_alarms", ["since"], unique=False)
    op.create_index(
        "uq_gateways_alarms_raised",
        "gateways_alarms",
        ["kind", "subject"],
        unique=True,
        postgresql_where=sa.text("cleared_at IS NULL"),
    )
    op.create_table(
        "gateways_inlets",
        sa.Column("account_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "report_at", sa.DateTime(timezone=True), nullable=False, comment="by the database's clock, to five seconds"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_gateways_inlets")),
        comment="when a listener last stored a report: the holder of the lease, which judges silence, may be elsewhere",
    )
    op.create_table(
        "gateways_leases",
        sa.Column("account_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False, comment="raised by every new holder: fences the old one"),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False, comment="by the database's clock"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_gateways_leases")),
        sa.UniqueConstraint("account_id", "epoch", name=op.f("uq_gateways_leases_account_id_epoch")),
    )
    op.create_table(
        "gateways_nodes",
        sa.Column("holder", sa.Text(), nullable=False, comment="the gateway's name and this very start of it"),
        sa.Column("gateway_id", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False, comment="by the database's clock"),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False, comment="by the database's clock"),
        sa.Column(
            "unable",
            sa.ARRAY(sa.Integer()),
            server_default="{}",
            nullable=False,
            comment="accounts it cannot log in on",
        ),
        sa.PrimaryKeyConstraint("holder", name=op.f("pk_gateways_nodes")),
        comment="gateway processes: accounts are spread over those seen lately",
    )
