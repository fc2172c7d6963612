"""First schema: the tables of gateways."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gateways_leases",
        sa.Column("account_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False, comment="raised by every new holder: fences the old one"),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False, comment="by the database's clock"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_gateways_leases")),
        sa.UniqueConstraint("account_id", "epoch", name=op.f("uq_gateways_leases_account_id_epoch")),
    )
