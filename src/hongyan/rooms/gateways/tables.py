"""The leases, the gateway processes that are alive, when listeners heard, and the alarms of the line."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    DateTime,
    Float,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from hongyan.kernel.db.metadata import metadata

leases = Table(
    "gateways_leases",
    metadata,
    Column("account_id", Integer, primary_key=True, autoincrement=False),
    Column("holder", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False, comment="raised by every new holder: fences the old one"),
    Column("until", DateTime(timezone=True), nullable=False, comment="by the database's clock"),
    # Makes the epoch a key column: raising it waits for transactions that hold the fence (FOR KEY SHARE); renewals only
    # change `until` and do not wait. With FOR SHARE a renewal could starve behind overlapping transactions.
    UniqueConstraint("account_id", "epoch"),
)

nodes = Table(
    "gateways_nodes",
    metadata,
    Column("holder", Text, primary_key=True, comment="the gateway's name and this very start of it"),
    Column("gateway_id", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False, comment="by the database's clock"),
    Column("seen_at", DateTime(timezone=True), nullable=False, comment="by the database's clock"),
    Column("unable", ARRAY(Integer), nullable=False, server_default="{}", comment="accounts it cannot log in on"),
    comment="gateway processes: accounts are spread over those seen lately",
)

inlets = Table(
    "gateways_inlets",
    metadata,
    Column("account_id", Integer, primary_key=True, autoincrement=False),
    Column("report_at", DateTime(timezone=True), nullable=False, comment="by the database's clock, to five seconds"),
    comment="when a listener last stored a report: the holder of the lease, which judges silence, may be elsewhere",
)

alarms = Table(
    "gateways_alarms",
    metadata,
    Column("alarm_id", BigInteger, Identity(), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False, comment="a channel's name, a host and folder, or the kind's own word"),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False, comment="when it was last found to hold"),
    Column("value", Float, nullable=False, comment="seconds, messages or percent, by kind"),
    Column("detail", Text, nullable=False),
    Column("cleared_at", DateTime(timezone=True)),
    Index("uq_gateways_alarms_raised", "kind", "subject", unique=True, postgresql_where=text("cleared_at IS NULL")),
    Index("ix_gateways_alarms_since", "since"),
    comment="one row from raising to clearing",
)
