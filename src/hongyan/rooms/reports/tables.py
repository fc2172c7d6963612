"""Tables of the room: sums that can be made again from campaigns and handsets for as long as these keep their rows."""

from sqlalchemy import BigInteger, Column, Date, DateTime, Integer, PrimaryKeyConstraint, String, Table, Text, Uuid

from hongyan.kernel.db.metadata import metadata

sends = Table(
    "reports_sends",
    metadata,
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("day", Date, nullable=False, comment="in the tenant's zone"),
    Column("tpl_id", String(36), nullable=False),
    Column("tpl_name", Text, nullable=False),
    Column("submitted", BigInteger, nullable=False),
    Column("capable", BigInteger, nullable=False),
    Column("sent", BigInteger, nullable=False),
    Column("delivered", BigInteger, nullable=False),
    Column("resolved", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant_id", "day", "tpl_id"),
)

cards = Table(
    "reports_cards",
    metadata,
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("tpl_id", String(36), nullable=False),
    Column("day", Date, nullable=False, comment="in the tenant's zone"),
    Column("vendor", String(16), nullable=False),
    Column("resolved", BigInteger, nullable=False),
    Column("exposed_people", BigInteger, nullable=False),
    Column("exposed_times", BigInteger, nullable=False),
    Column("clicked_people", BigInteger, nullable=False),
    Column("clicked_times", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant_id", "tpl_id", "day", "vendor"),
)

days = Table(
    "reports_days",
    metadata,
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("day", Date, nullable=False),
    Column("summed_at", DateTime(timezone=True), nullable=False),
    Column("took_ms", Integer, nullable=False),
    PrimaryKeyConstraint("tenant_id", "day"),
    comment="when a day was summed last",
)
