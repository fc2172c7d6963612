"""First schema: the tables of short_links."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "short_links_domains",
        sa.Column("domain_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=True, comment="null: preset, for everybody"),
        sa.Column("name", sa.Text(), nullable=False, comment="lower case, with a port when it has one"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_preset", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("domain_id", name=op.f("pk_short_links_domains")),
        sa.UniqueConstraint("name", name=op.f("uq_short_links_domains_name")),
    )
    op.create_index(
        "uq_short_links_domains_preset",
        "short_links_domains",
        ["is_preset"],
        unique=True,
        postgresql_where=sa.text("is_preset"),
    )
    op.create_table(
        "short_links_payloads",
        sa.Column("day", sa.Date(), nullable=False, comment="UTC day of the range's creation"),
        sa.Column("range_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("offset_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("jump_url", sa.Text(), nullable=True),
        sa.Column("params", sa.LargeBinary(), nullable=False, comment="MessagePack map, name to text"),
        sa.PrimaryKeyConstraint("day", "range_id", "offset_no", name=op.f("pk_short_links_payloads")),
        postgresql_partition_by="RANGE (day)",
    )
    op.create_table(
        "short_links_tap_batches",
        sa.Column("day", sa.Date(), nullable=False, comment="UTC day of the batch"),
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", "batch_id", name=op.f("pk_short_links_tap_batches")),
        postgresql_partition_by="RANGE (day)",
    )
    op.create_table(
        "short_links_taps",
        sa.Column("day", sa.Date(), nullable=False, comment="UTC day of the range's creation"),
        sa.Column("range_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("offset_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("taps", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", "range_id", "offset_no", name=op.f("pk_short_links_taps")),
        postgresql_partition_by="RANGE (day)",
    )
    op.create_table(
        "short_links_custom_codes",
        sa.Column("domain_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("range_id", sa.BigInteger(), nullable=False),
        sa.Column("offset_no", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["domain_id"], ["short_links_domains.domain_id"], name=op.f("fk_short_links_custom_codes_domain_id")
        ),
        sa.PrimaryKeyConstraint("domain_id", "code", name=op.f("pk_short_links_custom_codes")),
    )
    op.create_table(
        "short_links_generations",
        sa.Column("generation_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("domain_id", sa.BigInteger(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("length", sa.SmallInteger(), nullable=False, comment="characters of a code"),
        sa.Column(
            "first_chars",
            sa.Text(),
            nullable=False,
            comment="no other generation of this domain and length has one of them",
        ),
        sa.Column("is_active", sa.Boolean(), nullable=False, comment="new links are numbered here; one per domain"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["domain_id"], ["short_links_domains.domain_id"], name=op.f("fk_short_links_generations_domain_id")
        ),
        sa.PrimaryKeyConstraint("generation_id", name=op.f("pk_short_links_generations")),
    )
    op.create_index(
        op.f("ix_short_links_generations_domain_id"), "short_links_generations", ["domain_id"], unique=False
    )
    op.create_index(
        "uq_short_links_generations_active",
        "short_links_generations",
        ["domain_id"],
        unique=True,
        postgresql_where=sa.text("is_active"),
    )
    op.create_table(
        "short_links_ranges",
        sa.Column("range_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("domain_id", sa.BigInteger(), nullable=False),
        sa.Column("generation_id", sa.BigInteger(), nullable=True, comment="null: chosen codes"),
        sa.Column("first_no", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("chunk_no", sa.Integer(), nullable=False),
        sa.Column("card_template_id", sa.Text(), nullable=True),
        sa.Column("signatures", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("jump_url", sa.Text(), nullable=True),
        sa.Column("resolve_limit", sa.Integer(), nullable=False),
        sa.Column("valid_for_s", sa.Integer(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="its UTC day names the partition of its payloads",
        ),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("has_payloads", sa.Boolean(), nullable=False),
        sa.Column(
            "changed_xid",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="transaction of the last change",
        ),
        sa.ForeignKeyConstraint(
            ["domain_id"], ["short_links_domains.domain_id"], name=op.f("fk_short_links_ranges_domain_id")
        ),
        sa.PrimaryKeyConstraint("range_id", name=op.f("pk_short_links_ranges")),
    )
    op.create_index(
        "ix_short_links_ranges_changed_xid",
        "short_links_ranges",
        ["changed_xid"],
        unique=False,
        postgresql_where=sa.text("changed_xid > 0"),
    )
    op.create_index("ix_short_links_ranges_created_at", "short_links_ranges", ["created_at"], unique=False)
    op.create_index(
        "uq_short_links_ranges_chunk",
        "short_links_ranges",
        ["tenant_id", "task_id", "chunk_no"],
        unique=True,
        postgresql_where=sa.text("task_id IS NOT NULL"),
    )
    op.create_index("uq_short_links_ranges_first_no", "short_links_ranges", ["generation_id", "first_no"], unique=True)
    op.create_table(
        "short_links_counters",
        sa.Column("generation_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "next_no",
            sa.BigInteger(),
            nullable=False,
            comment="high-water mark: no number from here on was ever given out",
        ),
        sa.ForeignKeyConstraint(
            ["generation_id"],
            ["short_links_generations.generation_id"],
            name=op.f("fk_short_links_counters_generation_id"),
        ),
        sa.PrimaryKeyConstraint("generation_id", name=op.f("pk_short_links_counters")),
    )
