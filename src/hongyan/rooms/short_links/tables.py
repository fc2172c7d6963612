"""Tables of short links. There is none with a row per code: links are numbers of ranges."""

from typing import Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    func,
    text,
)

from hongyan.kernel.db.metadata import metadata

domains: Final = Table(
    "short_links_domains",
    metadata,
    Column("domain_id", BigInteger, Identity(), primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False), comment="null: preset, for everybody"),
    Column("name", Text, nullable=False, unique=True, comment="lower case, with a port when it has one"),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("is_preset", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("uq_short_links_domains_preset", "is_preset", unique=True, postgresql_where=text("is_preset")),
)

generations: Final = Table(
    "short_links_generations",
    metadata,
    Column("generation_id", BigInteger, Identity(), primary_key=True),
    Column("domain_id", BigInteger, ForeignKey("short_links_domains.domain_id"), nullable=False, index=True),
    Column("sealed_key", LargeBinary, nullable=False),
    Column("length", SmallInteger, nullable=False, comment="characters of a code"),
    Column(
        "first_chars", Text, nullable=False, comment="no other generation of this domain and length has one of them"
    ),
    Column("is_active", Boolean, nullable=False, comment="new links are numbered here; one per domain"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("uq_short_links_generations_active", "domain_id", unique=True, postgresql_where=text("is_active")),
)

counters: Final = Table(
    "short_links_counters",
    metadata,
    # Apart from the generation, because it is rewritten for every range.
    Column("generation_id", BigInteger, ForeignKey("short_links_generations.generation_id"), primary_key=True),
    Column("next_no", BigInteger, nullable=False, comment="high-water mark: no number from here on was ever given out"),
)

ranges: Final = Table(
    "short_links_ranges",
    metadata,
    Column("range_id", BigInteger, Identity(), primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("domain_id", BigInteger, ForeignKey("short_links_domains.domain_id"), nullable=False),
    Column("generation_id", BigInteger, comment="null: chosen codes"),
    Column("first_no", BigInteger, nullable=False),
    Column("count", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("task_id", Uuid(as_uuid=False)),
    Column("chunk_no", Integer, nullable=False),
    Column("card_template_id", Text),
    Column("signatures", ARRAY(Text), nullable=False),
    Column("jump_url", Text),
    Column("resolve_limit", Integer, nullable=False),
    Column("valid_for_s", Integer, nullable=False),
    Column(
        "created_at", DateTime(timezone=True), nullable=False, comment="its UTC day names the partition of its payloads"
    ),
    Column("released_at", DateTime(timezone=True)),
    Column("expires_at", DateTime(timezone=True)),
    Column("closed_at", DateTime(timezone=True)),
    Column("has_payloads", Boolean, nullable=False),
    Column(
        "changed_xid", BigInteger, nullable=False, server_default=text("0"), comment="transaction of the last change"
    ),
    Index("uq_short_links_ranges_first_no", "generation_id", "first_no", unique=True),
    Index(
        "uq_short_links_ranges_chunk",
        "tenant_id",
        "task_id",
        "chunk_no",
        unique=True,
        postgresql_where=text("task_id IS NOT NULL"),
    ),
    Index("ix_short_links_ranges_changed_xid", "changed_xid", postgresql_where=text("changed_xid > 0")),
    Index("ix_short_links_ranges_created_at", "created_at"),
)

custom_codes: Final = Table(
    "short_links_custom_codes",
    metadata,
    Column("domain_id", BigInteger, ForeignKey("short_links_domains.domain_id"), primary_key=True),
    # Byte-exact: abc and ABC are two codes.
    Column("code", Text(collation="C"), primary_key=True),
    Column("range_id", BigInteger, nullable=False),
    Column("offset_no", Integer, nullable=False),
)

payloads: Final = Table(
    "short_links_payloads",
    metadata,
    Column("day", Date, primary_key=True, comment="UTC day of the range's creation"),
    Column("range_id", BigInteger, primary_key=True, autoincrement=False),
    Column("offset_no", Integer, primary_key=True, autoincrement=False),
    Column("jump_url", Text),
    Column("params", LargeBinary, nullable=False, comment="MessagePack map, name to text"),
    postgresql_partition_by="RANGE (day)",
)

taps: Final = Table(
    "short_links_taps",
    metadata,
    Column("day", Date, primary_key=True, comment="UTC day of the range's creation"),
    Column("range_id", BigInteger, primary_key=True, autoincrement=False),
    Column("offset_no", Integer, primary_key=True, autoincrement=False),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("taps", Integer, nullable=False),
    Column("first_at", DateTime(timezone=True), nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
    postgresql_partition_by="RANGE (day)",
)

tap_batches: Final = Table(
    "short_links_tap_batches",
    metadata,
    # Batches already folded: the bus repeats what was not acknowledged.
    Column("day", Date, primary_key=True, comment="UTC day of the batch"),
    Column("batch_id", Text, primary_key=True),
    postgresql_partition_by="RANGE (day)",
)

PARTITIONED: Final = (payloads.name, taps.name, tap_batches.name)
