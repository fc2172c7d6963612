"""First schema: the tables of delivery."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SEQUENCE delivery_batch_seq MINVALUE 1 MAXVALUE 1073741823 CYCLE")
    op.execute("CREATE SEQUENCE delivery_span_seq INCREMENT BY 1000")
    op.create_table(
        "delivery_batches",
        sa.Column("batch_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("task_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True, comment="null: its messages ended at planning"),
        sa.Column("klass", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), server_default="0", nullable=False, comment="0 SMS, 1 video"),
        sa.Column("src_id", sa.Text(), nullable=False),
        sa.Column("signature_id", sa.Text(), nullable=False),
        sa.Column("template_id", sa.Text(), nullable=False),
        sa.Column("card_template_id", sa.Text(), nullable=True),
        sa.Column("subjects", sa.ARRAY(sa.Text()), nullable=False, comment="kind:id of every gate that can stop it"),
        sa.Column("window_start", sa.Time(), nullable=True),
        sa.Column("window_end", sa.Time(), nullable=True),
        sa.Column("window_zone", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_count", sa.SmallInteger(), nullable=False),
        sa.Column("next_pos", sa.SmallInteger(), nullable=False, comment="first position that no span has covered"),
        sa.Column(
            "retry", sa.LargeBinary(), nullable=False, comment="covered positions that came back unsent, one byte each"
        ),
        sa.Column(
            "state", sa.SmallInteger(), nullable=False, comment="0 ready, 1 parked, 2 nothing left to send, 3 cancelled"
        ),
        sa.Column(
            "ready_at", sa.DateTime(timezone=True), nullable=True, comment="parked until then; null: until a gate opens"
        ),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "confirms_opt_out",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="tells one number that its refusal was heard, so opt-outs do not stop it",
        ),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_delivery_batches")),
    )
    op.create_index(
        "ix_delivery_batches_card",
        "delivery_batches",
        ["tenant_id", "card_template_id", "planned_at", "batch_id"],
        unique=False,
    )
    op.create_index(
        "ix_delivery_batches_expiry",
        "delivery_batches",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("state < 2"),
    )
    op.create_index(
        "ix_delivery_batches_live",
        "delivery_batches",
        ["tenant_id"],
        unique=False,
        postgresql_where=sa.text("state < 2"),
    )
    op.create_index(
        "ix_delivery_batches_parked",
        "delivery_batches",
        ["account_id", "ready_at"],
        unique=False,
        postgresql_where=sa.text("state = 1"),
    )
    op.create_index(
        "ix_delivery_batches_ready",
        "delivery_batches",
        ["account_id", "klass", "tenant_id", "batch_id"],
        unique=False,
        postgresql_where=sa.text("state = 0"),
    )
    op.create_index(
        "ix_delivery_batches_signature",
        "delivery_batches",
        ["tenant_id", "signature_id", "planned_at", "batch_id"],
        unique=False,
    )
    op.create_index("ix_delivery_batches_task", "delivery_batches", ["task_id", "batch_id"], unique=False)
    op.create_index(
        "ix_delivery_batches_tenant", "delivery_batches", ["tenant_id", "planned_at", "batch_id"], unique=False
    )
    op.create_table(
        "delivery_chunks",
        sa.Column("task_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("chunk_no", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("task_id", "chunk_no", name=op.f("pk_delivery_chunks")),
        comment="a chunk that is here is never planned again",
    )
    op.create_table(
        "delivery_counters",
        sa.Column("task_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column(
            "shard", sa.Integer(), nullable=False, comment="writers that run side by side have their own: rules.Shard"
        ),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("held", sa.Integer(), server_default="0", nullable=False),
        sa.Column("queued", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("submitted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("delivered", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("expired", sa.Integer(), server_default="0", nullable=False),
        sa.Column("skipped", sa.Integer(), server_default="0", nullable=False),
        sa.Column("suppressed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("refused", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cancelled", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unknown", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unknown_final", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("task_id", "shard", name=op.f("pk_delivery_counters")),
        comment="sums of transitions; one shard may be negative, the sum over shards is how many are in the state",
    )
    op.create_table(
        "delivery_finals",
        sa.Column("final_no", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("message_ids", sa.ARRAY(sa.BigInteger()), nullable=False, comment="at most 500"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("final_no", name=op.f("pk_delivery_finals")),
        comment="a queue: messages of followers that have become final and were not taken yet",
    )
    op.create_table(
        "delivery_followers",
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_delivery_followers")),
        comment="tenants whose final messages somebody wants to hear of",
    )
    op.create_table(
        "delivery_gates",
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False, comment="kind:id"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "subject", name=op.f("pk_delivery_gates")),
        comment="closed ones only",
    )
    op.create_table(
        "delivery_messages",
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("task_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("recipient_no", sa.Integer(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False, comment="sealed under the tenant's key"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("parts", sa.SmallInteger(), nullable=False),
        sa.Column("link_code", sa.Text(), nullable=True),
        sa.Column("cust_flag", sa.Text(), nullable=True),
        sa.Column("state", sa.SmallInteger(), nullable=False, comment="0 open, else final: rules.STATE_NUMBERS"),
        sa.Column("carrier_code", sa.Text(), nullable=True),
        sa.Column("final_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_delivery_messages")),
        postgresql_partition_by="RANGE (message_id)",
    )
    op.create_index(
        "ix_delivery_messages_number", "delivery_messages", ["number"], unique=False, postgresql_using="hash"
    )
    op.create_table(
        "delivery_outcomes",
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("part_no", sa.SmallInteger(), nullable=False),
        sa.Column("parts", sa.SmallInteger(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("carrier_msg_id", sa.BigInteger(), nullable=False, comment="the wire's unsigned 64 bits as signed"),
        sa.Column(
            "result", sa.BigInteger(), nullable=False, comment="the carrier's code: 32 bits unsigned in most protocols"
        ),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("task_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report_state", sa.SmallInteger(), nullable=True, comment="only kept for messages of several parts"),
        sa.Column(
            "carrier_ref",
            sa.Text(),
            nullable=True,
            comment="the carrier's own text of its id, where that is not a number of 64 bits",
        ),
        sa.PrimaryKeyConstraint("message_id", "part_no", name=op.f("pk_delivery_outcomes")),
        postgresql_partition_by="RANGE (message_id)",
    )
    op.create_index(
        "ix_delivery_outcomes_carrier",
        "delivery_outcomes",
        ["account_id", "carrier_msg_id"],
        unique=False,
        postgresql_where=sa.text("result = 0"),
    )
    op.create_table(
        "delivery_pace_buckets",
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column(
            "tokens", sa.Double(), nullable=False, comment="parts that may be claimed; below zero after a long message"
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when it was so, by the database's clock"),
        sa.PrimaryKeyConstraint("tenant_id", "subject", name=op.f("pk_delivery_pace_buckets")),
        comment="one row per pace, written by every claim of its tenant: apart from what people set",
        postgresql_with={"fillfactor": 20},
    )
    op.create_table(
        "delivery_paces",
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False, comment="kind:id of a tenant or of one of its signatures"),
        sa.Column("rate_per_s", sa.Integer(), nullable=False, comment="parts per second, over all accounts"),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "subject", name=op.f("pk_delivery_paces")),
    )
    op.create_table(
        "delivery_planned",
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("is_day", sa.Boolean(), nullable=False),
        sa.Column("bucket", sa.DateTime(timezone=True), nullable=False, comment="begin of the hour or day (UTC)"),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("signature_id", sa.Text(), nullable=False),
        sa.Column("template_id", sa.Text(), nullable=False),
        sa.Column("card_template_id", sa.Text(), nullable=False, comment="empty: no card"),
        sa.Column("messages", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant_id",
            "is_day",
            "bucket",
            "kind",
            "signature_id",
            "template_id",
            "card_template_id",
            name=op.f("pk_delivery_planned"),
        ),
        comment="messages planned per hour and per day: totals of lists",
    )
    op.create_table(
        "delivery_planned_fresh",
        sa.Column("fresh_no", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("signature_id", sa.Text(), nullable=False),
        sa.Column("template_id", sa.Text(), nullable=False),
        sa.Column("card_template_id", sa.Text(), nullable=False, comment="empty: no card"),
        sa.Column("messages", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("fresh_no", name=op.f("pk_delivery_planned_fresh")),
        comment="one row per planned chunk, until upkeep folds it into delivery_planned",
    )
    op.create_index("ix_delivery_planned_fresh_tenant", "delivery_planned_fresh", ["tenant_id", "hour"], unique=False)
    op.create_table(
        "delivery_policies",
        sa.Column("klass", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("may_resend_unknown", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("klass", name=op.f("pk_delivery_policies")),
        comment="no row: an unknown message is never sent again",
    )
    op.create_table(
        "delivery_resends",
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("task_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False, comment="of the first sending"),
        sa.Column("line_number", sa.LargeBinary(), nullable=False),
        sa.Column("parts", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, comment="why the first sending was unknown"),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ordered_by", sa.Text(), nullable=False),
        sa.Column(
            "heard",
            sa.ARRAY(sa.SmallInteger()),
            server_default="{}",
            nullable=False,
            comment="late reports of the first one",
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_delivery_resends")),
        comment="unknown messages that were sent a second and last time",
    )
    op.create_index("ix_delivery_resends_number", "delivery_resends", ["account_id", "line_number"], unique=False)
    op.create_table(
        "delivery_spans",
        sa.Column("span_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("positions", sa.LargeBinary(), nullable=False, comment="one byte each"),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("span_id", name=op.f("pk_delivery_spans")),
    )
    op.create_index("ix_delivery_spans_batch", "delivery_spans", ["batch_id"], unique=False)
    op.create_index(
        "ix_delivery_spans_open",
        "delivery_spans",
        ["account_id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "delivery_suppressions",
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False, comment="sealed under the tenant's key"),
        sa.Column(
            "signature_id", sa.Text(), server_default="", nullable=False, comment="empty: all messages of the tenant"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "number", "signature_id", name=op.f("pk_delivery_suppressions")),
    )
    op.create_table(
        "delivery_tasks",
        sa.Column("task_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("is_settled", sa.Boolean(), nullable=False, comment="campaigns was told that nothing is open"),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_delivery_tasks")),
    )
    op.create_index(
        "ix_delivery_tasks_open",
        "delivery_tasks",
        ["planned_at"],
        unique=False,
        postgresql_where=sa.text("NOT is_settled"),
    )
    op.create_table(
        "delivery_unknowns",
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("task_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "line_number",
            sa.LargeBinary(),
            nullable=False,
            comment="sealed under the line's key: reports name no tenant",
        ),
        sa.Column("parts", sa.SmallInteger(), nullable=False),
        sa.Column("missing", sa.LargeBinary(), nullable=False, comment="parts without an answer, one byte each"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_delivery_unknowns")),
        comment="attempted, and nobody knows whether the carrier took it",
    )
    op.create_index("ix_delivery_unknowns_number", "delivery_unknowns", ["account_id", "line_number"], unique=False)
    op.create_index("ix_delivery_unknowns_since", "delivery_unknowns", ["since"], unique=False)
