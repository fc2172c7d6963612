"""Tables of the room: sums that can be made again from campaigns and handsets for as long as these keep their rows.

And exports, whose files are in the file store.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

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

exports = Table(
    "reports_exports",
    metadata,
    Column("id", Uuid(as_uuid=False), primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("filters", JSONB, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("language", String(8), nullable=False),
    Column("full_numbers", Boolean, nullable=False),
    Column("made_by", Uuid(as_uuid=False), nullable=False),
    Column("made_by_name", Text, nullable=False),
    Column("state", String(12), nullable=False),
    Column("run", Integer, nullable=False, server_default=text("0"), comment="part of the file's key"),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("rows_total", BigInteger),
    Column("rows_done", BigInteger, nullable=False, server_default=text("0")),
    Column("bytes", BigInteger, nullable=False, server_default=text("0")),
    Column("reason", String(60)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("started_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    Column("expires_at", DateTime(timezone=True)),
    Index("reports_exports_list_idx", "tenant_id", "created_at"),
    Index("reports_exports_expiry_idx", "expires_at", postgresql_where=text("state = 'done'")),
)
