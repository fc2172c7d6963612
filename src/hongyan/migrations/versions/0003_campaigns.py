"""First schema: the tables of campaigns."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaigns_answers",
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("signature_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False, comment="sealed under the tenant's key"),
        sa.Column("uplink_id", sa.Uuid(as_uuid=False), nullable=False, comment="the text that was answered last"),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "signature_id", "number", name=op.f("pk_campaigns_answers")),
        comment="who has had an auto-answer of a signature within the last day",
    )
    op.create_index("ix_campaigns_answers_at", "campaigns_answers", ["answered_at"], unique=False)
    op.create_table(
        "campaigns_cards",
        sa.Column("range_id", sa.BigInteger(), nullable=False),
        sa.Column("offset_no", sa.Integer(), nullable=False),
        sa.Column("device", sa.LargeBinary(), nullable=False, comment="hash of the handset: each counts once"),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("task_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("vendor", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("range_id", "offset_no", "device", name=op.f("pk_campaigns_cards")),
        comment="cards that handsets drew",
    )
    op.create_index("ix_campaigns_cards_task", "campaigns_cards", ["task_id", "code"], unique=False)
    op.create_table(
        "campaigns_domain_letters",
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("letter_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "submitted_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="went to the desk with a domain; null: may be forgotten",
        ),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_campaigns_domain_letters")),
        comment="letters on how companies are related; their bytes are files",
    )
    op.create_index(
        "ix_campaigns_domain_letters_old",
        "campaigns_domain_letters",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("submitted_at IS NULL"),
    )
    op.create_index(
        "ix_campaigns_domain_letters_open",
        "campaigns_domain_letters",
        ["tenant_id", "created_at"],
        unique=False,
        postgresql_where=sa.text("submitted_at IS NULL"),
    )
    op.create_table(
        "campaigns_jump_links",
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("link_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("url", sa.Text(), nullable=False, comment="ready for a header: at most 2,048 characters of ASCII"),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, comment="why it was turned down, else empty"),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_campaigns_jump_links")),
        comment="landing pages that a tenant wants to lead people to, and what the review desk said of them",
    )
    op.create_index("uq_campaigns_jump_links_url", "campaigns_jump_links", ["tenant_id", "url"], unique=True)
    op.create_table(
        "campaigns_links",
        sa.Column("link_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("task_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False, comment="row of the call, from 0"),
        sa.Column("is_send", sa.Boolean(), nullable=False, comment="of a send task; else of a resolve task"),
        sa.Column("task_name", sa.Text(), nullable=False),
        sa.Column("card_template_id", sa.String(length=36), nullable=False),
        sa.Column("card_template_name", sa.Text(), nullable=False),
        sa.Column("signatures", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("range_id", sa.BigInteger(), nullable=True, comment="null: the link could not be made"),
        sa.Column("offset_no", sa.Integer(), nullable=True),
        sa.Column("aim_url", sa.Text(), nullable=True, comment="domain/code"),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("result_code", sa.Text(), nullable=False, comment="0, or why it could not be made"),
        sa.Column("error_message", sa.Text(), nullable=False),
        sa.Column(
            "cust_key", sa.LargeBinary(), nullable=False, comment="cust_flag (a number in canonical form), sealed"
        ),
        sa.Column(
            "personal", sa.LargeBinary(), nullable=False, comment="sealed JSON: cust_flag, dync_params, custom_url"
        ),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_times", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_campaigns_links")),
    )
    op.create_index(
        "ix_campaigns_links_card", "campaigns_links", ["tenant_id", "card_template_id", "created_at"], unique=False
    )
    op.create_index("ix_campaigns_links_cust", "campaigns_links", ["tenant_id", "cust_key", "created_at"], unique=False)
    op.create_index(
        "ix_campaigns_links_first",
        "campaigns_links",
        ["tenant_id", "created_at", "link_id"],
        unique=False,
        postgresql_where=sa.text("position = 0 AND NOT is_send"),
    )
    op.create_index(
        "ix_campaigns_links_first_name",
        "campaigns_links",
        ["tenant_id", "task_name", "link_id"],
        unique=False,
        postgresql_where=sa.text("position = 0 AND NOT is_send"),
    )
    op.create_index("ix_campaigns_links_task", "campaigns_links", ["task_id", "link_id"], unique=False)
    op.create_index(
        "ix_campaigns_links_tenant", "campaigns_links", ["tenant_id", "created_at", "link_id"], unique=False
    )
    op.create_index("ix_campaigns_links_url", "campaigns_links", ["tenant_id", "aim_url"], unique=False)
    op.create_index(
        "uq_campaigns_links_place",
        "campaigns_links",
        ["range_id", "offset_no"],
        unique=True,
        postgresql_where=sa.text("range_id > 0"),
    )
    op.create_table(
        "campaigns_parses",
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("parse_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("number_file_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "tally",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="parts by kind of text and carrier",
        ),
        sa.Column(
            "block_sizes", sa.ARRAY(sa.Integer()), nullable=False, comment="as many as blocks are done: the checkpoint"
        ),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("parse_id", name=op.f("pk_campaigns_parses")),
        comment="numbers that somebody looks at before there is a task",
    )
    op.create_index("ix_campaigns_parses_created", "campaigns_parses", ["created_at"], unique=False)
    op.create_table(
        "campaigns_resolve_tasks",
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("task_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False, comment="group or individual"),
        sa.Column("resolving_times", sa.Integer(), nullable=False),
        sa.Column("resolved", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("validity_days", sa.SmallInteger(), nullable=False),
        sa.Column("card_template_id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False, comment="until when its links work"),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_campaigns_resolve_tasks")),
        comment="what the rows of one call share and the rows in campaigns_links do not say",
    )
    op.create_index(
        "ix_campaigns_resolve_tasks_card", "campaigns_resolve_tasks", ["card_template_id", "expires_at"], unique=False
    )
    op.create_index(
        "ix_campaigns_resolve_tasks_domain", "campaigns_resolve_tasks", ["domain", "expires_at"], unique=False
    )
    op.create_table(
        "campaigns_tasks",
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("task_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("card_template_id", sa.String(length=36), nullable=True, comment="null: plain SMS"),
        sa.Column("card_template_name", sa.Text(), nullable=False),
        sa.Column("sms_template_id", sa.String(length=32), nullable=False),
        sa.Column("signature_name", sa.String(length=32), nullable=False),
        sa.Column("fallback", sa.String(length=8), nullable=False),
        sa.Column("validity_days", sa.SmallInteger(), nullable=False),
        sa.Column("jump_url", sa.Text(), nullable=True),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("is_trial", sa.Boolean(), nullable=False),
        sa.Column("number_file_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("start_when_ready", sa.Boolean(), nullable=False),
        sa.Column("rows", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("imported", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("invalid", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("duplicates", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("opted_out", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("capable", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("incapable", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("submitted", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "next_block",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="checkpoint of the capability check",
        ),
        sa.Column(
            "next_chunk", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="checkpoint of the plan"
        ),
        sa.Column("chunks", sa.Integer(), nullable=True),
        sa.Column("resolved", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("extend", sa.Text(), nullable=True, comment="the sender's own mark, echoed in receipts"),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_campaigns_tasks")),
    )
    op.create_index(
        "ix_campaigns_tasks_card",
        "campaigns_tasks",
        ["tenant_id", "card_template_id", "created_at", "task_id"],
        unique=False,
    )
    op.create_index(
        "ix_campaigns_tasks_live",
        "campaigns_tasks",
        ["state"],
        unique=False,
        postgresql_where=sa.text(
            "state in ('draft','parsing','ready','scheduled','held','running','paused','finishing')"
        ),
    )
    op.create_index("ix_campaigns_tasks_name", "campaigns_tasks", ["tenant_id", "name", "task_id"], unique=False)
    op.create_index(
        "ix_campaigns_tasks_signature", "campaigns_tasks", ["tenant_id", "signature_name", "created_at"], unique=False
    )
    op.create_index(
        "ix_campaigns_tasks_started", "campaigns_tasks", ["tenant_id", "started_at", "task_id"], unique=False
    )
    op.create_index(
        "ix_campaigns_tasks_state", "campaigns_tasks", ["tenant_id", "state", "created_at", "task_id"], unique=False
    )
    op.create_index(
        "ix_campaigns_tasks_tenant_created",
        "campaigns_tasks",
        ["tenant_id", "created_at", "task_id"],
        unique=False,
        postgresql_include=["name", "card_template_name"],
    )
    op.create_table(
        "campaigns_video_replies",
        sa.Column("reply_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("task_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False, comment="sealed under the tenant's key"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reply_id", name=op.f("pk_campaigns_video_replies")),
    )
    op.create_index(
        "ix_campaigns_video_replies_task", "campaigns_video_replies", ["tenant_id", "task_id", "at"], unique=False
    )
    op.create_table(
        "campaigns_video_tasks",
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("task_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("tpl_id", sa.Text(), nullable=False),
        sa.Column("tpl_name", sa.Text(), nullable=False),
        sa.Column("hours", sa.SmallInteger(), nullable=False),
        sa.Column("exdata", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("resent", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("sent_before", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_cancelled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_campaigns_video_tasks")),
    )
    op.create_index(
        "ix_campaigns_video_tasks_live",
        "campaigns_video_tasks",
        ["state"],
        unique=False,
        postgresql_where=sa.text(
            "state in ('scheduled','submit_success','processing','re_submit_success','re_processing')"
        ),
    )
    op.create_index(
        "ix_campaigns_video_tasks_sent", "campaigns_video_tasks", ["tenant_id", "send_at", "task_id"], unique=False
    )
    op.create_index(
        "ix_campaigns_video_tasks_tenant", "campaigns_video_tasks", ["tenant_id", "created_at", "task_id"], unique=False
    )
