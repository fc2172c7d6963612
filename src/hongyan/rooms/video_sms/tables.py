"""Tables of video templates, and of the signatures of video messages with their files."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    Sequence,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from hongyan.kernel.db.metadata import metadata

tpl_ids = Sequence("video_sms_tpl_ids", start=800_001_001, metadata=metadata)
"""Ids below belong to the platform's presets."""

templates = Table(
    "video_sms_templates",
    metadata,
    Column("tpl_id", Text, primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False), comment="null: public"),
    Column("name", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("state_desc", Text, nullable=False),
    Column("valid_days", Integer, nullable=False),
    Column("valid_until", DateTime(timezone=True), comment="null: forever"),
    Column("elements", JSONB, nullable=False),
    Column("params", ARRAY(Text), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("remarks", Text, nullable=False),
    Column("callback_url", Text),
    Column("content_id", Uuid(as_uuid=False), nullable=False, comment="key in the file store"),
    Column("preview_token", Text, nullable=False),
    Column("review_id", Uuid(as_uuid=False)),
    Column("created_by", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Index("ix_video_sms_templates_tenant", "tenant_id", "created_at"),
    Index("ix_video_sms_templates_expiry", "valid_until"),
)

signatures = Table(
    "video_sms_signatures",
    metadata,
    Column("signature_id", Uuid(as_uuid=False), primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("involves_third_party", Boolean, nullable=False),
    Column("authorisation_id", Uuid(as_uuid=False), comment="null: the filing covers it"),
    Column("material_id", Uuid(as_uuid=False)),
    Column("apply_desc", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("review_id", Uuid(as_uuid=False)),
    Column("review_desc", Text, nullable=False, server_default=""),
    Column("created_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("tenant_id", "name_key"),
    Index("ix_video_sms_signatures_name", "name_key"),
)

files = Table(
    "video_sms_files",
    metadata,
    Column("file_id", Uuid(as_uuid=False), primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("field", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("submitted_at", DateTime(timezone=True), comment="null: never handed in"),
    Index("ix_video_sms_files_tenant", "tenant_id", "file_id"),
    Index("ix_video_sms_files_open", "created_at", postgresql_where=text("submitted_at IS NULL")),
)
