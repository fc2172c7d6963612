"""Tables of video templates."""

from sqlalchemy import ARRAY, BigInteger, Column, DateTime, Index, Integer, Sequence, SmallInteger, Table, Text, Uuid
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
