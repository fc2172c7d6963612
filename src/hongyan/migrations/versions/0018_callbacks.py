"""First schema: the tables of callbacks."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "callbacks_addresses",
        sa.Column("address_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column(
            "subject", sa.String(length=64), nullable=False, comment="app or template that holds the URL, else empty"
        ),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column(
            "sealed_secret", sa.LargeBinary(), nullable=True, comment="Standard Webhooks; null: posts are not signed"
        ),
        sa.Column("sealed_old_secret", sa.LargeBinary(), nullable=True, comment="still signs beside the new one"),
        sa.Column("old_secret_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False, comment="in a row"),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_success_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "paused_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="several failures in a row: nothing is tried before",
        ),
        sa.Column("notice_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address_id", name=op.f("pk_callbacks_addresses")),
        sa.UniqueConstraint("tenant_id", "kind", "subject", name=op.f("uq_callbacks_addresses_tenant_id_kind_subject")),
    )
    op.create_index(
        "ix_callbacks_addresses_failing",
        "callbacks_addresses",
        ["failing_since"],
        unique=False,
        postgresql_where=sa.text("failing_since IS NOT NULL"),
    )
    op.create_table(
        "callbacks_attempts",
        sa.Column("attempt_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("address_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("request_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("document", sa.String(length=16), nullable=False),
        sa.Column("receipts", sa.SmallInteger(), nullable=False),
        sa.Column("attempt_no", sa.Integer(), nullable=False, comment="0: the test button"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False, comment="its first bytes"),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_callbacks_attempts")),
        comment="the delivery log",
    )
    op.create_index("ix_callbacks_attempts_at", "callbacks_attempts", ["at"], unique=False)
    op.create_index(
        "ix_callbacks_attempts_failed",
        "callbacks_attempts",
        ["address_id", "attempt_id"],
        unique=False,
        postgresql_where=sa.text("status IS NULL OR status NOT BETWEEN 200 AND 299"),
    )
    op.create_index("ix_callbacks_attempts_list", "callbacks_attempts", ["address_id", "attempt_id"], unique=False)
    op.create_table(
        "callbacks_cards",
        sa.Column("task_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("range_id", sa.BigInteger(), nullable=False),
        sa.Column("link_offset", sa.BigInteger(), nullable=False),
        sa.Column("drawing", sa.Text(), nullable=False, comment="tells the devices of a group link apart"),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("result_code", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_for", sa.BigInteger(), nullable=True, comment="the post of the sms receipt, once it is known"),
        sa.Column(
            "look_at", sa.DateTime(timezone=True), nullable=True, comment="null: its shortchain receipt is a post"
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("task_id", "range_id", "link_offset", "drawing", name=op.f("pk_callbacks_cards")),
        comment="cards that phones have drawn; those with look_at wait for the sms receipt of their message",
    )
    op.create_index(
        "ix_callbacks_cards_code",
        "callbacks_cards",
        ["task_id", "code"],
        unique=False,
        postgresql_where=sa.text("look_at IS NOT NULL"),
    )
    op.create_index("ix_callbacks_cards_created", "callbacks_cards", ["created_at"], unique=False)
    op.create_index(
        "ix_callbacks_cards_look",
        "callbacks_cards",
        ["look_at"],
        unique=False,
        postgresql_where=sa.text("look_at IS NOT NULL"),
    )
    op.create_index(
        "ix_callbacks_cards_post",
        "callbacks_cards",
        ["waits_for"],
        unique=False,
        postgresql_where=sa.text("look_at IS NOT NULL"),
    )
    op.create_table(
        "callbacks_notices",
        sa.Column("notice_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("address_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disables_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_callbacks_notices")),
    )
    op.create_index("ix_callbacks_notices_tenant", "callbacks_notices", ["tenant_id", "notice_id"], unique=False)
    op.create_table(
        "callbacks_posts",
        sa.Column("post_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("address_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("request_id", sa.Uuid(as_uuid=False), nullable=False, comment="the same at every repetition"),
        sa.Column("document", sa.String(length=16), nullable=False),
        sa.Column("receipts", sa.SmallInteger(), nullable=False),
        sa.Column("task_ids", sa.ARRAY(sa.Uuid(as_uuid=False)), nullable=False),
        sa.Column("source", sa.Text(), nullable=True, comment="key of the fact, where a job may run twice"),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="compressed, then sealed by the key ring"),
        sa.Column("state", sa.SmallInteger(), nullable=False, comment="0 waiting, 1 delivered, 2 dead"),
        sa.Column(
            "attempts", sa.Integer(), server_default="0", nullable=False, comment="counted before the bytes leave"
        ),
        sa.Column(
            "next_at", sa.DateTime(timezone=True), nullable=False, comment="when it may be claimed; a claim moves it on"
        ),
        sa.Column("due_since", sa.DateTime(timezone=True), nullable=False, comment="five days later it is given up"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_callbacks_posts")),
        sa.UniqueConstraint("source", name=op.f("uq_callbacks_posts_source")),
    )
    op.create_index(
        "ix_callbacks_posts_done", "callbacks_posts", ["done_at"], unique=False, postgresql_where=sa.text("state > 0")
    )
    op.create_index(
        "ix_callbacks_posts_due",
        "callbacks_posts",
        ["address_id", "next_at"],
        unique=False,
        postgresql_where=sa.text("state = 0"),
    )
    op.create_index("ix_callbacks_posts_list", "callbacks_posts", ["address_id", "created_at", "post_id"], unique=False)
    op.create_table(
        "callbacks_sms_receipts",
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "post_id", sa.BigInteger(), nullable=False, comment="the post that carries the message's sms receipt"
        ),
        sa.Column(
            "customer",
            sa.LargeBinary(),
            nullable=False,
            comment="the sender's mark of the recipient, sealed as a number is",
        ),
        sa.PrimaryKeyConstraint("task_id", "code", "day", name=op.f("pk_callbacks_sms_receipts")),
        comment="one row per message with a link: its shortchain receipt waits for this post",
        postgresql_partition_by="RANGE (day)",
    )
