"""Tables of the smart room."""

from sqlalchemy import (
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
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Index("ix_smart_templates_tenant_id", "tenant_id", "created_at"),
)

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
    Column("updated_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("tpl_id", "vendor"),
)
