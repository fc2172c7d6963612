"""The migrations make exactly the tables that the rooms declare."""

import psycopg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from hongyan.kernel.db.database import sqlalchemy_url
from hongyan.kernel.db.metadata import metadata
from hongyan.kernel.db.migrate import check, migrate
from hongyan.kernel.embedded.postgres import EmbeddedPostgres
from support.postgres import import_all_tables


def is_ours(obj: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
    """Leave the queue's own tables out: the installed procrastinate makes them."""
    del obj, reflected, compare_to
    return not (
        kind == "table" and name is not None and (name.startswith("procrastinate_") or name == "alembic_version")
    )


def test_migrations_and_declarations_agree(pg_server: EmbeddedPostgres, pg_url: str) -> None:
    import_all_tables()
    with psycopg.connect(pg_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE migrated")
    url = pg_server.url("migrated")
    assert migrate(url).is_current
    engine = create_engine(sqlalchemy_url(url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_ours, "compare_type": True})
        assert compare_metadata(context, metadata) == []
        found = connection.execute(
            text("SELECT relname FROM pg_class WHERE relkind = 'S' AND relname NOT LIKE 'procrastinate%'")
        )
        sequences = set(found.scalars())
    engine.dispose()
    assert set(metadata._sequences) <= sequences
    assert check(url).is_current
