"""Tables of SMS apps, signatures and templates."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Sequence,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from hongyan.kernel.db.metadata import metadata

template_ids = Sequence("sms_template_ids", start=15010661, metadata=metadata)
"""Eight digits, as the vendor's ids are; the start is its sample's."""

apps = Table(
    "sms_apps",
    metadata,
    Column("app_id", Uuid(as_uuid=False), primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("uplink_url", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("tenant_id", "name_key"),
)

files = Table(
    "sms_files",
    metadata,
    Column("file_id", Uuid(as_uuid=False), primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("name", Text, nullable=False),
    Column("desc", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Index("ix_sms_files_tenant", "tenant_id", "file_id"),
)

signatures = Table(
    "sms_signatures",
    metadata,
    Column("signature_id", Uuid(as_uuid=False), primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("app_id", Uuid(as_uuid=False), ForeignKey(apps.c.app_id), nullable=False),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("licence_file_id", Uuid(as_uuid=False), nullable=False),
    Column("source", Text, nullable=False),
    Column("involves_third_party", Boolean, nullable=False),
    Column("attorney_file_id", Uuid(as_uuid=False)),
    Column("source_title", Text, nullable=False),
    Column("apply_desc", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("channel_number", Text, nullable=False, server_default=""),
    Column("review_id", Uuid(as_uuid=False)),
    Column("review_desc", Text, nullable=False, server_default=""),
    Column("urge_count", Integer, nullable=False, server_default="0"),
    Column("urged_at", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("answer_opt_out", Text, nullable=False, server_default="", comment="auto-answer to a refusal; empty: none"),
    Column("answer_other", Text, nullable=False, server_default="", comment="to any other uplink; empty: none"),
    UniqueConstraint("tenant_id", "name_key", "type"),
    Index("ix_sms_signatures_name", "name_key"),
)

templates = Table(
    "sms_templates",
    metadata,
    Column("template_id", BigInteger, template_ids, primary_key=True, server_default=template_ids.next_value()),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("app_id", Uuid(as_uuid=False), ForeignKey(apps.c.app_id), nullable=False),
    Column("signature_id", Uuid(as_uuid=False), ForeignKey(signatures.c.signature_id), nullable=False),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("desc", Text, nullable=False),
    Column("variables", JSONB, nullable=False),
    Column("status", Text, nullable=False),
    Column("review_id", Uuid(as_uuid=False)),
    Column("review_desc", Text, nullable=False, server_default=""),
    Column("urge_count", Integer, nullable=False, server_default="0"),
    Column("urged_at", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Index("ix_sms_templates_tenant", "tenant_id", "template_id"),
    Index("ix_sms_templates_signature", "signature_id"),
)
