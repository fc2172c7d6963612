"""Tables of reports and uplinks. Numbers are sealed under the line's key: a report names no tenant."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from hongyan.kernel.db.metadata import metadata

reports = Table(
    "receipts_reports",
    metadata,
    Column("day", Integer, nullable=False, comment="days since 2026-01-01 (UTC) of its receipt"),
    Column("account_id", Integer, nullable=False),
    Column("carrier_msg_id", BigInteger, nullable=False, comment="the wire's unsigned 64 bits as signed"),
    Column("stat", Text, nullable=False),
    Column("number", LargeBinary, nullable=False),
    Column("submit_time", Text, nullable=False),
    Column("done_time", Text, nullable=False),
    Column("smsc_seq", BigInteger, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    # A carrier repeats what we did not answer: the key drops the double.
    PrimaryKeyConstraint("day", "account_id", "carrier_msg_id", "stat", "number"),
    postgresql_partition_by="RANGE (day)",
)

unmatched = Table(
    "receipts_unmatched",
    metadata,
    Column("account_id", Integer, nullable=False),
    Column("carrier_msg_id", BigInteger, nullable=False),
    Column("stat", Text, nullable=False),
    Column("number", LargeBinary, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("try_at", DateTime(timezone=True), comment="null: no longer tried, only listed"),
    PrimaryKeyConstraint("account_id", "carrier_msg_id", "stat", "number"),
    Index("ix_receipts_unmatched_try", "account_id", "try_at"),
    comment="reports that no outcome explains: early, late beyond reach, or invented",
)

uplinks = Table(
    "receipts_uplinks",
    metadata,
    Column("uplink_id", Uuid(as_uuid=False), primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False), comment="null: to a number that no signature has"),
    Column("signature_id", Text),
    Column("account_id", Integer, nullable=False),
    Column("day", Integer, nullable=False),
    Column("carrier_msg_id", BigInteger, nullable=False),
    Column("number", LargeBinary, nullable=False),
    Column("dest", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("parts", SmallInteger, nullable=False, server_default="1"),
    Column("missing", SmallInteger, nullable=False, server_default="0", comment="parts that had not come in time"),
    UniqueConstraint("day", "account_id", "carrier_msg_id", "number"),
    Index("ix_receipts_uplinks_tenant", "tenant_id", "received_at"),
)

uplink_parts = Table(
    "receipts_uplink_parts",
    metadata,
    Column("account_id", Integer, nullable=False),
    Column("number", LargeBinary, nullable=False),
    Column("dest", Text, nullable=False),
    Column("ref", Integer, nullable=False),
    Column("total", SmallInteger, nullable=False),
    Column("part_no", SmallInteger, nullable=False),
    Column("carrier_msg_id", BigInteger, nullable=False),
    Column("octets", LargeBinary, nullable=False),
    Column("coding", SmallInteger, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("uplink_id", Uuid(as_uuid=False), comment="the text was told; kept so that doubled parts are known"),
    PrimaryKeyConstraint("account_id", "number", "dest", "ref", "total", "part_no"),
    Index("ix_receipts_uplink_parts_at", "received_at"),
    comment="parts of long texts from phones, until all are there or a time is over",
)
