"""Tables of the handsets room."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    Uuid,
    text,
)

from hongyan.kernel.db.metadata import metadata

vendors = Table(
    "handsets_vendors",
    metadata,
    Column("vendor", String(16), primary_key=True),
    Column("driver", String(32), nullable=False),
    Column("endpoint", Text, nullable=False),
    Column("key_id", String(64), nullable=False, unique=True),
    Column("sealed_secret", LargeBinary, nullable=False),
    Column("state", String(16), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)

nonces = Table(
    "handsets_nonces",
    metadata,
    Column("key_id", String(64), nullable=False),
    Column("nonce", String(64), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False, index=True),
    PrimaryKeyConstraint("key_id", "nonce"),
)

# One row per number, not per vendor: a number lives in one handset, and 100,000 numbers are asked about at once.
answers = Table(
    "handsets_answers",
    metadata,
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("phone", LargeBinary, nullable=False),
    Column("asked_mask", SmallInteger, nullable=False),
    Column("capable_mask", SmallInteger, nullable=False),
    Column("confidence", SmallInteger, nullable=False),
    Column("known_since", DateTime(timezone=True), nullable=False),
    Column("good_until", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("tenant_id", "phone"),
)

registrations = Table(
    "handsets_registrations",
    metadata,
    Column("vendor", String(16), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("vendor_ref", String(128)),
    Column("reason", Text),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("vendor", "kind", "subject"),
)

grants = Table(
    "handsets_grants",
    metadata,
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("range_id", BigInteger, nullable=False),
    Column("link_offset", BigInteger, nullable=False),
    Column("device_hash", LargeBinary, nullable=False),
    Column("task_id", Uuid(as_uuid=False)),
    Column("tpl_id", String(36)),
    Column("code", String(64), nullable=False),
    Column("vendor", String(16), nullable=False),
    Column("granted_at", DateTime(timezone=True), nullable=False),
    Column("rendered_at", DateTime(timezone=True)),
    Column("exposed_at", DateTime(timezone=True)),
    Column("clicks", Integer, nullable=False, server_default="0"),
    PrimaryKeyConstraint("tenant_id", "range_id", "link_offset", "device_hash"),
    Index("ix_handsets_grants_code", "code", "device_hash"),
)

events = Table(
    "handsets_events",
    metadata,
    Column("vendor", String(16), nullable=False),
    Column("event_id", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("code", String(64), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False, index=True),
    Column("position", SmallInteger),
    Column("is_known", Boolean, nullable=False),
    PrimaryKeyConstraint("vendor", "event_id"),
)

_ZERO = text("0")

# By task, so that what belongs to a trial can be left out; by hour, so that days of any zone can be summed.
hours = Table(
    "handsets_hours",
    metadata,
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("hour", DateTime(timezone=True), nullable=False),
    Column("task_id", Uuid(as_uuid=False), nullable=False, comment="zeros: links without a task"),
    Column("tpl_id", String(36), nullable=False),
    Column("vendor", String(16), nullable=False),
    Column("resolved", Integer, nullable=False, server_default=_ZERO),
    Column("exposed_people", Integer, nullable=False, server_default=_ZERO),
    Column("exposed_times", Integer, nullable=False, server_default=_ZERO),
    Column("clicked_people", Integer, nullable=False, server_default=_ZERO),
    Column("clicked_times", Integer, nullable=False, server_default=_ZERO),
    PrimaryKeyConstraint("tenant_id", "hour", "task_id", "tpl_id", "vendor"),
    comment="what happened to cards, summed",
)
