"""Tables of service accounts. Ids are 32 hex digits, as the vendor's are."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Sequence,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from hongyan.kernel.db.metadata import metadata

log_ids = Sequence("service_accounts_log_ids", start=100_001, metadata=metadata)
"""One for each thing that is handed in for review."""

pictures = Table(
    "service_accounts_pictures",
    metadata,
    Column("picture_id", String(32), primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("use", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Index("ix_service_accounts_pictures_tenant", "tenant_id", "picture_id"),
)

pubs = Table(
    "service_accounts_pubs",
    metadata,
    Column("pub_id", String(32), primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("approval", SmallInteger, nullable=False),
    Column("live", JSONB(none_as_null=True)),
    Column("draft", JSONB(none_as_null=True)),
    # Copies of what is shown, for filters; keys of the approved name and of the one under review, for uniqueness.
    Column("name", Text, nullable=False),
    Column("industry", SmallInteger, nullable=False),
    Column("live_key", Text),
    Column("draft_key", Text),
    Column("change", Text, nullable=False),
    Column("change_reason", Text, nullable=False),
    Column("review_id", Uuid(as_uuid=False)),
    Column("review_desc", Text, nullable=False),
    Column("log_id", BigInteger, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("oper_at", DateTime(timezone=True), nullable=False),
    Column("online_at", DateTime(timezone=True)),
    Index("ix_service_accounts_pubs_tenant", "tenant_id", "created_at"),
    Index("ix_service_accounts_pubs_live_key", "live_key"),
    Index("ix_service_accounts_pubs_draft_key", "draft_key"),
)

parts = Table(
    "service_accounts_parts",
    metadata,
    Column("part_id", String(32), primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("pub_id", String(32), ForeignKey(pubs.c.pub_id), nullable=False),
    Column("kind", Text, nullable=False),
    Column("approval", SmallInteger, nullable=False),
    Column("live", JSONB(none_as_null=True)),
    Column("draft", JSONB(none_as_null=True)),
    Column("titles", Text, nullable=False),
    Column("change_reason", Text, nullable=False),
    Column("review_id", Uuid(as_uuid=False)),
    Column("log_id", BigInteger, nullable=False),
    Column("creator", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("oper_at", DateTime(timezone=True), nullable=False),
    Column("online_at", DateTime(timezone=True)),
    UniqueConstraint("pub_id", "kind"),
    Index("ix_service_accounts_parts_tenant", "tenant_id", "kind", "created_at"),
)

ports = Table(
    "service_accounts_ports",
    metadata,
    Column("port_id", String(32), primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("port", Text, nullable=False),
    Column("type", SmallInteger, nullable=False),
    Column("signs", ARRAY(Text), nullable=False),
    Column("is_checked", Boolean, nullable=False),
    Column("proofs", ARRAY(Text), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("tenant_id", "port", "type"),
    Index("ix_service_accounts_ports_port", "port", "type"),
)

bindings = Table(
    "service_accounts_bindings",
    metadata,
    Column("binding_id", String(32), primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("port_id", String(32), ForeignKey(ports.c.port_id), nullable=False),
    Column("pub_id", String(32), ForeignKey(pubs.c.pub_id), nullable=False),
    Column("signs", ARRAY(Text), nullable=False),
    Column("areas", ARRAY(Text), nullable=False),
    Column("is_auto", Boolean, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Index("ix_service_accounts_bindings_tenant", "tenant_id", "created_at"),
    Index("ix_service_accounts_bindings_port", "port_id"),
    Index("ix_service_accounts_bindings_pub", "pub_id"),
)

shortcuts = Table(
    "service_accounts_shortcuts",
    metadata,
    Column("shortcut_id", String(32), primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("approval", SmallInteger, nullable=False),
    Column("live", JSONB(none_as_null=True)),
    Column("draft", JSONB(none_as_null=True)),
    # Copies: of the signature that is shown, for filters; of those approved and under review, for phones and overlaps.
    Column("sign", Text, nullable=False),
    Column("live_sign", Text),
    Column("draft_sign", Text),
    Column("change", Text, nullable=False),
    Column("change_reason", Text, nullable=False),
    Column("review_id", Uuid(as_uuid=False)),
    Column("creator", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("oper_at", DateTime(timezone=True), nullable=False),
    Column("online_at", DateTime(timezone=True)),
    Index("ix_service_accounts_shortcuts_tenant", "tenant_id", "created_at"),
    Index("ix_service_accounts_shortcuts_live_sign", "live_sign"),
    Index("ix_service_accounts_shortcuts_draft_sign", "draft_sign"),
)

# By hour, so that days of any zone can be summed. Items are those of approved menus and home pages: they are few.
taps = Table(
    "service_accounts_taps",
    metadata,
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("hour", DateTime(timezone=True), nullable=False),
    Column("pub_id", String(32), nullable=False),
    Column("target", String(8), nullable=False),
    Column("item", Text, nullable=False),
    Column("times", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant_id", "hour", "pub_id", "target", "item"),
    comment="taps on home pages, menus and shortcut keys (by their scene), summed; nothing says who tapped",
)

tap_ids = Table(
    "service_accounts_tap_ids",
    metadata,
    Column("vendor", String(16), nullable=False),
    Column("event_id", String(64), nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False, index=True),
    PrimaryKeyConstraint("vendor", "event_id"),
    comment="taps that were counted, so that one that is said again is not counted again; kept for days",
)
