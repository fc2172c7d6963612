"""Tables of carrier accounts, segments and channel numbers."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Sequence,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from hongyan.kernel.db.metadata import metadata

extension_seq = Sequence("carriers_extension_seq", metadata=metadata, start=10001)
"""Extensions of signatures: digits after an account's access number."""

accounts = Table(
    "carriers_accounts",
    metadata,
    Column("account_id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("protocol", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("port", Integer, nullable=False),
    Column("login", Text, nullable=False),
    Column("sealed_secret", LargeBinary, nullable=False),
    Column("src_number", Text, nullable=False),
    Column("carrier", Text, nullable=False),
    Column("rate_per_s", Integer),
    Column("window_pdus", Integer, nullable=False),
    Column("connections", Integer, nullable=False),
    Column("heartbeat_s", Integer, nullable=False),
    Column("response_timeout_s", Integer, nullable=False),
    Column("check_server_digest", Boolean, nullable=False),
    Column("is_enabled", Boolean, nullable=False),
    Column("serves", ARRAY(Text), comment="channel numbers; null: all"),
    Column("listen_port", Integer, comment="where the carrier calls us"),
    Column("mm7_schema", Text),
    Column("options", JSONB, nullable=False, server_default="{}", comment="contracts.WireOptions, without defaults"),
    Column("flow", Text, nullable=False, server_default="running"),
    Column("priority", Integer, nullable=False, server_default="0", comment="0 first"),
    Column("weight", Integer, comment="null: its rate"),
    Column("cost_milli", Integer, comment="thousandths of a yuan per part"),
    Column("standby_group", Text, comment="accounts of one group stand in for each other"),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("removed_at", DateTime(timezone=True), comment="removed accounts stay: messages name them"),
    Index("uq_carriers_accounts_name", "name", unique=True, postgresql_where=text("removed_at IS NULL")),
)

health = Table(
    "carriers_health",
    metadata,
    Column("account_id", Integer, primary_key=True, autoincrement=False),
    Column("holder", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("links_up", Integer, nullable=False),
    Column("links", Integer, nullable=False),
    Column("pace_per_s", Float),
    Column("sent_per_s", Float, nullable=False),
    Column("in_flight", Integer, nullable=False),
    Column("window", Integer, nullable=False),
    Column("last_report_at", DateTime(timezone=True)),
    Column("errors", JSONB, nullable=False),
    comment="one row per account, by the holder of its lease",
    # Rewritten every few seconds: room on the page, so that no index entry is ever made.
    postgresql_with={"fillfactor": 50},
)

segments = Table(
    "carriers_segments",
    metadata,
    Column("prefix", Text, primary_key=True, comment="first 3 or 4 national digits"),
    Column("carrier", Text, nullable=False),
    comment="operators' changes to the built-in segment table",
)

ported = Table(
    "carriers_ported",
    metadata,
    Column("number", LargeBinary, primary_key=True, comment="sealed under the line's key"),
    Column("carrier", Text, nullable=False),
    comment="numbers that moved to another carrier and kept their segment",
)

signature_channels = Table(
    "carriers_signature_channels",
    metadata,
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("signature_id", Text, nullable=False),
    Column("extension", Text, nullable=False, unique=True),
    Column("channel_number", Text, comment="null until there is an account"),
    PrimaryKeyConstraint("tenant_id", "signature_id"),
)
