"""Tables of the room: one row per send task."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from hongyan.kernel.db.metadata import metadata

_ZERO = text("0")

tasks = Table(
    "campaigns_tasks",
    metadata,
    Column("tenant_id", Uuid(as_uuid=False), nullable=False),
    Column("task_id", Uuid(as_uuid=False), primary_key=True),
    Column("name", String(60), nullable=False),
    Column("state", String(12), nullable=False),
    Column("reason", Text),
    Column("source", String(12), nullable=False),
    Column("content", JSONB, nullable=False),
    Column("card_template_id", String(36), nullable=False),
    Column("card_template_name", Text, nullable=False),
    Column("sms_template_id", String(32), nullable=False),
    Column("signature_name", String(32), nullable=False),
    Column("fallback", String(8), nullable=False),
    Column("validity_days", SmallInteger, nullable=False),
    Column("jump_url", Text),
    Column("domain", Text, nullable=False),
    Column("is_trial", Boolean, nullable=False),
    Column("number_file_id", Uuid(as_uuid=False)),
    Column("send_at", DateTime(timezone=True)),
    Column("start_when_ready", Boolean, nullable=False),
    Column("rows", BigInteger, nullable=False, server_default=_ZERO),
    Column("imported", BigInteger, nullable=False, server_default=_ZERO),
    Column("invalid", BigInteger, nullable=False, server_default=_ZERO),
    Column("duplicates", BigInteger, nullable=False, server_default=_ZERO),
    Column("opted_out", BigInteger, nullable=False, server_default=_ZERO),
    Column("capable", BigInteger, nullable=False, server_default=_ZERO),
    Column("incapable", BigInteger, nullable=False, server_default=_ZERO),
    Column("submitted", BigInteger, nullable=False, server_default=_ZERO),
    Column("next_block", Integer, nullable=False, server_default=_ZERO, comment="checkpoint of the capability check"),
    Column("next_chunk", Integer, nullable=False, server_default=_ZERO, comment="checkpoint of the plan"),
    Column("chunks", Integer),
    Column("resolved", BigInteger, nullable=False, server_default=_ZERO),
    Column("created_by", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("started_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    Index("ix_campaigns_tasks_tenant_created", "tenant_id", "created_at", "task_id"),
    Index(
        "ix_campaigns_tasks_live",
        "state",
        postgresql_where=text("state in ('parsing','scheduled','held','running','paused','finishing')"),
    ),
)
