"""Tables of identity. Secrets are sealed (``sealed_…``) or hashed (``…_hash``) columns."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    false,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from hongyan.kernel.db.metadata import metadata

tenants = Table(
    "identity_tenants",
    metadata,
    Column("id", Uuid(as_uuid=False), primary_key=True),
    Column("legal_name", Text, nullable=False),
    Column("short_name", Text, nullable=False),
    Column("credit_code", Text, nullable=False, unique=True),
    Column("domain_name", Text, nullable=False),
    Column("domain_key", Text, nullable=False, unique=True),
    Column("project_id", Text, nullable=False, unique=True),
    Column("project_name", Text, nullable=False),
    Column("real_name", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("contact_email", Text),
    Column("zone", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("real_name IN ('none', 'verified')", name="real_name"),
    CheckConstraint("state IN ('active', 'suspended')", name="state"),
)
"""``domain_key`` is the domain name in lower case: names differ by more than case."""

services = Table(
    "identity_services",
    metadata,
    Column("tenant_id", Uuid(as_uuid=False), ForeignKey(tenants.c.id), primary_key=True),
    Column("service", Text, primary_key=True),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("opened_by", Uuid(as_uuid=False), nullable=False),
)

rates = Table(
    "identity_rates",
    metadata,
    Column("tenant_id", Uuid(as_uuid=False), ForeignKey(tenants.c.id), primary_key=True),
    Column("total", Integer),
    Column("send", Integer),
    Column("upload", Integer),
    Column("list", Integer),
)
"""API requests per second where a tenant has other rates than the installation's; null: the installation's, 0: none."""

users = Table(
    "identity_users",
    metadata,
    Column("id", Uuid(as_uuid=False), primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False), ForeignKey(tenants.c.id)),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("email", Text),
    Column("password_hash", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("last_sign_in_at", DateTime(timezone=True)),
    Column("must_change_password", Boolean, nullable=False, server_default=false()),
    CheckConstraint("state IN ('active', 'disabled')", name="state"),
    Index("uq_identity_users_tenant_name", "tenant_id", "name_key", unique=True, postgresql_nulls_not_distinct=True),
    Index("ix_identity_users_name_key", "name_key"),
)
"""``tenant_id`` is null for people of the platform."""

second_factors = Table(
    "identity_second_factors",
    metadata,
    Column("user_id", Uuid(as_uuid=False), ForeignKey(users.c.id), primary_key=True),
    Column("sealed_secret", LargeBinary, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("confirmed_at", DateTime(timezone=True)),
    Column("last_step", BigInteger, nullable=False),
)
"""One-time codes of ``last_step`` and before are used up; null ``confirmed_at``: enrolled, but no code was seen yet."""

recovery_codes = Table(
    "identity_recovery_codes",
    metadata,
    Column("user_id", Uuid(as_uuid=False), ForeignKey(users.c.id), primary_key=True),
    Column("code_hash", LargeBinary, primary_key=True),
)
"""Recovery codes that are not used yet."""

sessions = Table(
    "identity_sessions",
    metadata,
    Column("id", Uuid(as_uuid=False), primary_key=True),
    Column("user_id", Uuid(as_uuid=False), ForeignKey(users.c.id), nullable=False, index=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("previous_hash", LargeBinary, unique=True),
    Column("previous_until", DateTime(timezone=True)),
    Column("sealed_csrf", LargeBinary, nullable=False),
    Column("rotate", Boolean, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("rotated_at", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False, index=True),
    Column("address", Text),
    Column("agent", Text),
)
"""The token before the last rotation is good until ``previous_until``: requests under way then must not fail."""

access_keys = Table(
    "identity_access_keys",
    metadata,
    Column("ak", Text, primary_key=True),
    Column("tenant_id", Uuid(as_uuid=False), ForeignKey(tenants.c.id), nullable=False),
    Column("user_id", Uuid(as_uuid=False), ForeignKey(users.c.id), nullable=False),
    Column("sealed_sk", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("last_used_at", DateTime(timezone=True)),
    CheckConstraint("state IN ('active', 'disabled')", name="state"),
    Index("ix_identity_access_keys_tenant_user", "tenant_id", "user_id"),
)

tokens = Table(
    "identity_tokens",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("user_id", Uuid(as_uuid=False), ForeignKey(users.c.id), nullable=False, index=True),
    Column("scope", Text, nullable=False),
    Column("issued_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
)

lockouts = Table(
    "identity_lockouts",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
    Column("locked_until", DateTime(timezone=True)),
)
"""Consecutive failures per user, client address and access key."""

audit = Table(
    "identity_audit",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("tenant_id", Uuid(as_uuid=False)),
    Column("user_id", Uuid(as_uuid=False), nullable=False),
    Column("user_name", Text, nullable=False),
    Column("via", Text, nullable=False),
    Column("address", Text),
    Column("request_id", Text),
    Column("action", Text, nullable=False),
    Column("subject_kind", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("before", JSONB),
    Column("after", JSONB),
    Index("ix_identity_audit_tenant_id", "tenant_id", "id"),
    Index("ix_identity_audit_at", "at"),
)
"""Append only: the store has no statement that changes a row; old rows leave by age alone."""
