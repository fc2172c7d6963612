"""The one row about the installation itself: whether and when it was restored from a backup.

Not for: what a restore does to a room's data (each room has its own hook, run by ``run.backup``).
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, DateTime, SmallInteger, Table, select
from sqlalchemy.dialects.postgresql import insert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.db.metadata import metadata

installation = Table(
    "kernel_installation",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("recovered_at", DateTime(timezone=True), nullable=True),
    CheckConstraint("id = 1", name="one_row"),
)


async def mark_recovered(uow: Uow, at: datetime) -> None:
    """Note that the database came out of a backup at ``at``."""
    statement = insert(installation).values(id=1, recovered_at=at)
    await uow.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"recovered_at": at}))


async def find_recovered_at(uow: Uow) -> datetime | None:
    """Return when the installation was last restored, ``None``: never."""
    found: datetime | None = (await uow.execute(select(installation.c.recovered_at))).scalar_one_or_none()
    return found
