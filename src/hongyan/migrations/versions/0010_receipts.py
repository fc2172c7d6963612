"""First schema: the tables of receipts."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "receipts_reports",
        sa.Column("day", sa.Integer(), nullable=False, comment="days since 2026-01-01 (UTC) of its receipt"),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("carrier_msg_id", sa.BigInteger(), nullable=False, comment="the wire's unsigned 64 bits as signed"),
        sa.Column("stat", sa.Text(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("submit_time", sa.Text(), nullable=False),
        sa.Column("done_time", sa.Text(), nullable=False),
        sa.Column("smsc_seq", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "day", "account_id", "carrier_msg_id", "stat", "number", name=op.f("pk_receipts_reports")
        ),
        postgresql_partition_by="RANGE (day)",
    )
    op.create_table(
        "receipts_unmatched",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("carrier_msg_id", sa.BigInteger(), nullable=False),
        sa.Column("stat", sa.Text(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=True, comment="null: no longer tried, only listed"),
        sa.PrimaryKeyConstraint("account_id", "carrier_msg_id", "stat", "number", name=op.f("pk_receipts_unmatched")),
        comment="reports that no outcome explains: early, late beyond reach, or invented",
    )
    op.create_index("ix_receipts_unmatched_try", "receipts_unmatched", ["account_id", "try_at"], unique=False)
    op.create_table(
        "receipts_uplink_parts",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("dest", sa.Text(), nullable=False),
        sa.Column("ref", sa.Integer(), nullable=False),
        sa.Column("total", sa.SmallInteger(), nullable=False),
        sa.Column("part_no", sa.SmallInteger(), nullable=False),
        sa.Column("carrier_msg_id", sa.BigInteger(), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.Column("coding", sa.SmallInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "uplink_id",
            sa.Uuid(as_uuid=False),
            nullable=True,
            comment="the text was told; kept so that doubled parts are known",
        ),
        sa.PrimaryKeyConstraint(
            "account_id", "number", "dest", "ref", "total", "part_no", name=op.f("pk_receipts_uplink_parts")
        ),
        comment="parts of long texts from phones, until all are there or a time is over",
    )
    op.create_index("ix_receipts_uplink_parts_at", "receipts_uplink_parts", ["received_at"], unique=False)
    op.create_table(
        "receipts_uplinks",
        sa.Column("uplink_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column(
            "tenant_id", sa.Uuid(as_uuid=False), nullable=True, comment="null: to a number that no signature has"
        ),
        sa.Column("signature_id", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("carrier_msg_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("dest", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parts", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column(
            "missing", sa.SmallInteger(), server_default="0", nullable=False, comment="parts that had not come in time"
        ),
        sa.PrimaryKeyConstraint("uplink_id", name=op.f("pk_receipts_uplinks")),
        sa.UniqueConstraint(
            "day",
            "account_id",
            "carrier_msg_id",
            "number",
            name=op.f("uq_receipts_uplinks_day_account_id_carrier_msg_id_number"),
        ),
    )
    op.create_index("ix_receipts_uplinks_tenant", "receipts_uplinks", ["tenant_id", "received_at"], unique=False)
