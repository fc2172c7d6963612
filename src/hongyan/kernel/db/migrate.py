"""Bringing a database to the newest schema, and telling whether it is there. Alembic in process, no ``alembic.ini``.

Not for: the statements of a migration (``hongyan/migrations/versions``).
"""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from hongyan.kernel.db.database import sqlalchemy_url

# One number for "the schema of Hongyan is being changed", shared by every process on the database.
_LOCK_KEY = 0x686F6E6779616E
MIGRATIONS = Path(str(files("hongyan"))) / "migrations"


@dataclass(frozen=True, slots=True)
class SchemaState:
    """Where a database's schema is; ``None``: nothing there yet."""

    current: str | None
    head: str | None

    @property
    def is_current(self) -> bool:
        """Whether nothing is left to migrate."""
        return self.current == self.head


def migrate(url: str, *, folder: Path = MIGRATIONS) -> SchemaState:
    """Bring the database at ``url`` (``postgresql://…``) to the newest schema, in one transaction per revision; blocks.

    Several processes may call it at once: one works, the others wait and find nothing to do.
    """
    engine = create_engine(sqlalchemy_url(url), poolclass=NullPool)
    try:
        with psycopg.connect(url, autocommit=True) as lock:
            # Held on its own connection until it closes: a process that dies lets go.
            lock.execute("SELECT pg_advisory_lock(%s)", (_LOCK_KEY,))
            with engine.connect() as connection:
                config = alembic_config(folder)
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                connection.commit()
                return _state(connection, config)
    finally:
        engine.dispose()


def check(url: str, *, folder: Path = MIGRATIONS) -> SchemaState:
    """Return where the schema of the database is and where it should be; blocks, changes nothing."""
    engine = create_engine(sqlalchemy_url(url), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            return _state(connection, alembic_config(folder))
    finally:
        engine.dispose()


def alembic_config(folder: Path = MIGRATIONS) -> Config:
    """Return the configuration that an ``alembic.ini`` would hold."""
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _state(connection: Connection, config: Config) -> SchemaState:
    current = MigrationContext.configure(connection).get_current_revision()
    return SchemaState(current, ScriptDirectory.from_config(config).get_current_head())
