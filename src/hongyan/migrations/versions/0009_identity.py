"""First schema: the tables of identity."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identity_audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_audit")),
    )
    op.create_index("ix_identity_audit_at", "identity_audit", ["at"], unique=False)
    op.create_index("ix_identity_audit_tenant_id", "identity_audit", ["tenant_id", "id"], unique=False)
    op.create_table(
        "identity_lockouts",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("kind", "subject", name=op.f("pk_identity_lockouts")),
    )
    op.create_table(
        "identity_tenants",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("legal_name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("domain_name", sa.Text(), nullable=False),
        sa.Column("domain_key", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("project_name", sa.Text(), nullable=False),
        sa.Column("real_name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("contact_email", sa.Text(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("real_name IN ('none', 'verified')", name=op.f("ck_identity_tenants_real_name")),
        sa.CheckConstraint("state IN ('active', 'suspended')", name=op.f("ck_identity_tenants_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_tenants")),
        sa.UniqueConstraint("credit_code", name=op.f("uq_identity_tenants_credit_code")),
        sa.UniqueConstraint("domain_key", name=op.f("uq_identity_tenants_domain_key")),
        sa.UniqueConstraint("project_id", name=op.f("uq_identity_tenants_project_id")),
    )
    op.create_table(
        "identity_rates",
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("send", sa.Integer(), nullable=True),
        sa.Column("upload", sa.Integer(), nullable=True),
        sa.Column("list", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["identity_tenants.id"], name=op.f("fk_identity_rates_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_identity_rates")),
    )
    op.create_table(
        "identity_services",
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["identity_tenants.id"], name=op.f("fk_identity_services_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "service", name=op.f("pk_identity_services")),
    )
    op.create_table(
        "identity_users",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("must_change_password", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("state IN ('active', 'disabled')", name=op.f("ck_identity_users_state")),
        sa.ForeignKeyConstraint(["tenant_id"], ["identity_tenants.id"], name=op.f("fk_identity_users_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_users")),
    )
    op.create_index("ix_identity_users_name_key", "identity_users", ["name_key"], unique=False)
    op.create_index(
        "uq_identity_users_tenant_name",
        "identity_users",
        ["tenant_id", "name_key"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "identity_access_keys",
        sa.Column("ak", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("sealed_sk", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('active', 'disabled')", name=op.f("ck_identity_access_keys_state")),
        sa.ForeignKeyConstraint(["tenant_id"], ["identity_tenants.id"], name=op.f("fk_identity_access_keys_tenant_id")),
        sa.ForeignKeyConstraint(["user_id"], ["identity_users.id"], name=op.f("fk_identity_access_keys_user_id")),
        sa.PrimaryKeyConstraint("ak", name=op.f("pk_identity_access_keys")),
    )
    op.create_index(
        "ix_identity_access_keys_tenant_user", "identity_access_keys", ["tenant_id", "user_id"], unique=False
    )
    op.create_table(
        "identity_recovery_codes",
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["identity_users.id"], name=op.f("fk_identity_recovery_codes_user_id")),
        sa.PrimaryKeyConstraint("user_id", "code_hash", name=op.f("pk_identity_recovery_codes")),
    )
    op.create_table(
        "identity_second_factors",
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["identity_users.id"], name=op.f("fk_identity_second_factors_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_identity_second_factors")),
    )
    op.create_table(
        "identity_sessions",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=True),
        sa.Column("previous_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_csrf", sa.LargeBinary(), nullable=False),
        sa.Column("rotate", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("agent", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["identity_users.id"], name=op.f("fk_identity_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_sessions")),
        sa.UniqueConstraint("previous_hash", name=op.f("uq_identity_sessions_previous_hash")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_identity_sessions_token_hash")),
    )
    op.create_index(op.f("ix_identity_sessions_seen_at"), "identity_sessions", ["seen_at"], unique=False)
    op.create_index(op.f("ix_identity_sessions_user_id"), "identity_sessions", ["user_id"], unique=False)
    op.create_table(
        "identity_tokens",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["identity_users.id"], name=op.f("fk_identity_tokens_user_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_identity_tokens")),
    )
    op.create_index(op.f("ix_identity_tokens_expires_at"), "identity_tokens", ["expires_at"], unique=False)
    op.create_index(op.f("ix_identity_tokens_user_id"), "identity_tokens", ["user_id"], unique=False)
