"""First schema: the tables of carriers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SEQUENCE carriers_extension_seq START WITH 10001")
    op.create_table(
        "carriers_accounts",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("protocol", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("src_number", sa.Text(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("rate_per_s", sa.Integer(), nullable=True),
        sa.Column("window_pdus", sa.Integer(), nullable=False),
        sa.Column("connections", sa.Integer(), nullable=False),
        sa.Column("heartbeat_s", sa.Integer(), nullable=False),
        sa.Column("response_timeout_s", sa.Integer(), nullable=False),
        sa.Column("check_server_digest", sa.Boolean(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("serves", sa.ARRAY(sa.Text()), nullable=True, comment="channel numbers; null: all"),
        sa.Column("listen_port", sa.Integer(), nullable=True, comment="where the carrier calls us"),
        sa.Column("mm7_schema", sa.Text(), nullable=True),
        sa.Column(
            "options",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
            comment="contracts.WireOptions, without defaults",
        ),
        sa.Column("flow", sa.Text(), server_default="running", nullable=False),
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False, comment="0 first"),
        sa.Column("weight", sa.Integer(), nullable=True, comment="null: its rate"),
        sa.Column("cost_milli", sa.Integer(), nullable=True, comment="thousandths of a yuan per part"),
        sa.Column("standby_group", sa.Text(), nullable=True, comment="accounts of one group stand in for each other"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "removed_at", sa.DateTime(timezone=True), nullable=True, comment="removed accounts stay: messages name them"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_carriers_accounts")),
    )
    op.create_index(
        "uq_carriers_accounts_name",
        "carriers_accounts",
        ["name"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "carriers_health",
        sa.Column("account_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("links_up", sa.Integer(), nullable=False),
        sa.Column("links", sa.Integer(), nullable=False),
        sa.Column("pace_per_s", sa.Float(), nullable=True),
        sa.Column("sent_per_s", sa.Float(), nullable=False),
        sa.Column("in_flight", sa.Integer(), nullable=False),
        sa.Column("window", sa.Integer(), nullable=False),
        sa.Column("last_report_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("errors", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_carriers_health")),
        comment="one row per account, by the holder of its lease",
        postgresql_with={"fillfactor": 50},
    )
    op.create_table(
        "carriers_ported",
        sa.Column("number", sa.LargeBinary(), nullable=False, comment="sealed under the line's key"),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_carriers_ported")),
        comment="numbers that moved to another carrier and kept their segment",
    )
    op.create_table(
        "carriers_segments",
        sa.Column("prefix", sa.Text(), nullable=False, comment="first 3 or 4 national digits"),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_carriers_segments")),
        comment="operators' changes to the built-in segment table",
    )
    op.create_table(
        "carriers_signature_channels",
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("signature_id", sa.Text(), nullable=False),
        sa.Column("extension", sa.Text(), nullable=False),
        sa.Column("channel_number", sa.Text(), nullable=True, comment="null until there is an account"),
        sa.PrimaryKeyConstraint("tenant_id", "signature_id", name=op.f("pk_carriers_signature_channels")),
        sa.UniqueConstraint("extension", name=op.f("uq_carriers_signature_channels_extension")),
    )
