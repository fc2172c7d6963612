"""First schema: the tables of service_accounts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SEQUENCE service_accounts_log_ids START WITH 100001")
    op.create_table(
        "service_accounts_pictures",
        sa.Column("picture_id", sa.String(length=32), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("use", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("picture_id", name=op.f("pk_service_accounts_pictures")),
    )
    op.create_index(
        "ix_service_accounts_pictures_tenant", "service_accounts_pictures", ["tenant_id", "picture_id"], unique=False
    )
    op.create_table(
        "service_accounts_ports",
        sa.Column("port_id", sa.String(length=32), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("port", sa.Text(), nullable=False),
        sa.Column("type", sa.SmallInteger(), nullable=False),
        sa.Column("signs", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("is_checked", sa.Boolean(), nullable=False),
        sa.Column("proofs", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("port_id", name=op.f("pk_service_accounts_ports")),
        sa.UniqueConstraint("tenant_id", "port", "type", name=op.f("uq_service_accounts_ports_tenant_id_port_type")),
    )
    op.create_index("ix_service_accounts_ports_port", "service_accounts_ports", ["port", "type"], unique=False)
    op.create_table(
        "service_accounts_pubs",
        sa.Column("pub_id", sa.String(length=32), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("approval", sa.SmallInteger(), nullable=False),
        sa.Column("live", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("draft", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("industry", sa.SmallInteger(), nullable=False),
        sa.Column("live_key", sa.Text(), nullable=True),
        sa.Column("draft_key", sa.Text(), nullable=True),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("change_reason", sa.Text(), nullable=False),
        sa.Column("review_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("review_desc", sa.Text(), nullable=False),
        sa.Column("log_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("oper_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("online_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("pub_id", name=op.f("pk_service_accounts_pubs")),
    )
    op.create_index("ix_service_accounts_pubs_draft_key", "service_accounts_pubs", ["draft_key"], unique=False)
    op.create_index("ix_service_accounts_pubs_live_key", "service_accounts_pubs", ["live_key"], unique=False)
    op.create_index(
        "ix_service_accounts_pubs_tenant", "service_accounts_pubs", ["tenant_id", "created_at"], unique=False
    )
    op.create_table(
        "service_accounts_shortcuts",
        sa.Column("shortcut_id", sa.String(length=32), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("approval", sa.SmallInteger(), nullable=False),
        sa.Column("live", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("draft", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("sign", sa.Text(), nullable=False),
        sa.Column("live_sign", sa.Text(), nullable=True),
        sa.Column("draft_sign", sa.Text(), nullable=True),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("change_reason", sa.Text(), nullable=False),
        sa.Column("review_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("creator", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("oper_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("online_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("shortcut_id", name=op.f("pk_service_accounts_shortcuts")),
    )
    op.create_index(
        "ix_service_accounts_shortcuts_draft_sign", "service_accounts_shortcuts", ["draft_sign"], unique=False
    )
    op.create_index(
        "ix_service_accounts_shortcuts_live_sign", "service_accounts_shortcuts", ["live_sign"], unique=False
    )
    op.create_index(
        "ix_service_accounts_shortcuts_tenant", "service_accounts_shortcuts", ["tenant_id", "created_at"], unique=False
    )
    op.create_table(
        "service_accounts_tap_ids",
        sa.Column("vendor", sa.String(length=16), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("vendor", "event_id", name=op.f("pk_service_accounts_tap_ids")),
        comment="taps that were counted, so that one that is said again is not counted again; kept for days",
    )
    op.create_index(
        op.f("ix_service_accounts_tap_ids_received_at"), "service_accounts_tap_ids", ["received_at"], unique=False
    )
    op.create_table(
        "service_accounts_taps",
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pub_id", sa.String(length=32), nullable=False),
        sa.Column("target", sa.String(length=8), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "hour", "pub_id", "target", "item", name=op.f("pk_service_accounts_taps")),
        comment="taps on home pages, menus and shortcut keys (by their scene), summed; nothing says who tapped",
    )
    op.create_table(
        "service_accounts_bindings",
        sa.Column("binding_id", sa.String(length=32), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("port_id", sa.String(length=32), nullable=False),
        sa.Column("pub_id", sa.String(length=32), nullable=False),
        sa.Column("signs", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("areas", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("is_auto", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["port_id"], ["service_accounts_ports.port_id"], name=op.f("fk_service_accounts_bindings_port_id")
        ),
        sa.ForeignKeyConstraint(
            ["pub_id"], ["service_accounts_pubs.pub_id"], name=op.f("fk_service_accounts_bindings_pub_id")
        ),
        sa.PrimaryKeyConstraint("binding_id", name=op.f("pk_service_accounts_bindings")),
    )
    op.create_index("ix_service_accounts_bindings_port", "service_accounts_bindings", ["port_id"], unique=False)
    op.create_index("ix_service_accounts_bindings_pub", "service_accounts_bindings", ["pub_id"], unique=False)
    op.create_index(
        "ix_service_accounts_bindings_tenant", "service_accounts_bindings", ["tenant_id", "created_at"], unique=False
    )
    op.create_table(
        "service_accounts_parts",
        sa.Column("part_id", sa.String(length=32), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("pub_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("approval", sa.SmallInteger(), nullable=False),
        sa.Column("live", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("draft", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("titles", sa.Text(), nullable=False),
        sa.Column("change_reason", sa.Text(), nullable=False),
        sa.Column("review_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("log_id", sa.BigInteger(), nullable=False),
        sa.Column("creator", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("oper_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("online_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["pub_id"], ["service_accounts_pubs.pub_id"], name=op.f("fk_service_accounts_parts_pub_id")
        ),
        sa.PrimaryKeyConstraint("part_id", name=op.f("pk_service_accounts_parts")),
        sa.UniqueConstraint("pub_id", "kind", name=op.f("uq_service_accounts_parts_pub_id_kind")),
    )
    op.create_index(
        "ix_service_accounts_parts_tenant", "service_accounts_parts", ["tenant_id", "kind", "created_at"], unique=False
    )
