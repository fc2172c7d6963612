"""Tables of the smart room."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
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
from sqlalchemy.dialects.postgresql import JSONB

from hongyan.kernel.db.metadata import metadata

tpl_ids = Sequence("smart_tpl_ids", start=600_001_001, metadata=metadata)
"""Ids below belong to the platform's presets."""

templates = Table(
    "smart_templates",
    metadata,
    Column("tpl_id", String(9), primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False)),
    Column("name", String(100), nullable=False),
    Column("scene", String(10), nullable=False),
    Column("card_id", String(40), nullable=False),
    Column("sub_type", SmallInteger),
    Column("match_type", SmallInteger, nullable=False),
    Column("description", String(100), nullable=False),
    Column("audit_state", SmallInteger, nullable=False),
    Column("audit_desc", Text, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("disable_desc", Text, nullable=False),
    Column("disabled_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
    Column("use_id", SmallInteger),
    Column("sms_signs", JSONB, nullable=False),
    Column("sms_template", Text, nullable=False),
    Column("review_id", Uuid(as_uuid=False)),
    Column("desk_passed_at", DateTime(timezone=True)),
    Column("deleted_at", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Index("ix_smart_templates_tenant_id", "tenant_id", "created_at"),
)
"""A deleted template keeps its row: reports and old links still name it."""

versions = Table(
    "smart_template_versions",
    metadata,
    Column("tpl_id", String(9), nullable=False),
    Column("version", Integer, nullable=False),
    Column("elements", JSONB, nullable=False),
    Column("params", JSONB, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("tpl_id", "version"),
)

factories = Table(
    "smart_template_factories",
    metadata,
    Column("tpl_id", String(9), nullable=False),
    Column("vendor", String(16), nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("version", Integer),
    Column("answer", String(16)),
    Column("reason", Text, nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("tpl_id", "vendor"),
)

resource_ids = Sequence("smart_resource_ids", start=690_000_000_000_000_001, metadata=metadata)
"""Eighteen digits, as the vendor's are."""

materials = Table(
    "smart_materials",
    metadata,
    Column("material_id", Uuid(as_uuid=False), primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("resource_id", BigInteger, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("video_id", Uuid(as_uuid=False)),
    Column("is_primary", Boolean, nullable=False),
    Column("is_auto", Boolean, nullable=False),
    Column("name", String(200), nullable=False),
    Column("description", String(50), nullable=False),
    Column("rate", String(32)),
    Column("file", String(40), nullable=False),
    Column("content_type", String(20), nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("duration_ms", Integer),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True), nullable=False),
    Index("ix_smart_materials_tenant_id", "tenant_id", "kind", "created_at"),
    Index("ix_smart_materials_video_id", "video_id"),
    Index("ix_smart_materials_used_at", "used_at"),
    UniqueConstraint("resource_id"),
    UniqueConstraint("file"),
)
"""``file`` is its unguessable name, under which phones fetch it; ``used_at`` is when it was last taken or let go."""

material_uses = Table(
    "smart_material_uses",
    metadata,
    Column("tpl_id", String(9), nullable=False),
    Column("material_id", Uuid(as_uuid=False), nullable=False),
    PrimaryKeyConstraint("tpl_id", "material_id"),
    Index("ix_smart_material_uses_material_id", "material_id"),
)
