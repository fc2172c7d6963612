"""Tables of carrier accounts, segments and channel numbers."""

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    DateTime,
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
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("removed_at", DateTime(timezone=True), comment="removed accounts stay: messages name them"),
    Index("uq_carriers_accounts_name", "name", unique=True, postgresql_where=text("removed_at IS NULL")),
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
