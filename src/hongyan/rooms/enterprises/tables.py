"""Tables of filings."""

from sqlalchemy import Boolean, Column, DateTime, Index, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from hongyan.kernel.db.metadata import metadata

filings = Table(
    "enterprises_filings",
    metadata,
    Column("tenant_id", Uuid(as_uuid=False), primary_key=True),
    Column("scene", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("is_pending", Boolean, nullable=False),
    # What the form shows, and what was approved last: an edit of an approved filing is reviewed beside it.
    Column("values", JSONB, nullable=False),
    Column("approved_values", JSONB),
    Column("reason", Text, nullable=False, server_default=""),
    Column("review_id", Uuid(as_uuid=False)),
    Column("submitted_at", DateTime(timezone=True)),
    Column("decided_at", DateTime(timezone=True)),
)

papers = Table(
    "enterprises_papers",
    metadata,
    Column("paper_id", Uuid(as_uuid=False), primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("scene", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("uploaded_at", DateTime(timezone=True), nullable=False),
    Column("approved_at", DateTime(timezone=True)),
    Column("removed_at", DateTime(timezone=True)),
    Index("ix_enterprises_papers_tenant", "tenant_id", "scene", "field", "uploaded_at"),
)
