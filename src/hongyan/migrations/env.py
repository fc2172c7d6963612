"""Alembic's entry: runs the revisions on the connection that ``kernel.db.migrate`` opened and locked.

Not for: offline SQL scripts, which we do not offer.
"""

from alembic import context

from hongyan.kernel.db.metadata import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
