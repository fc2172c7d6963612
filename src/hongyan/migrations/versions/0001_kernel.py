"""First schema: the tables of kernel and of the job queue."""

import sqlalchemy as sa
from alembic import op

from hongyan.kernel.jobs.queue import schema_sql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(schema_sql())
    op.create_table(
        "kernel_answers",
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "answer", sa.LargeBinary(), nullable=True, comment="sealed by the key ring: it may hold phone numbers"
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "key", name=op.f("pk_kernel_answers")),
    )
    op.create_index("ix_kernel_answers_created", "kernel_answers", ["created_at"], unique=False)
    op.create_table(
        "kernel_installation",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("recovered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_kernel_installation_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kernel_installation")),
    )
    op.create_table(
        "kernel_tenant_keys",
        sa.Column("tenant_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_kernel_tenant_keys")),
    )
