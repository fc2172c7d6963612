"""One real PostgreSQL per test process, and databases cloned from a template that holds every room's tables.

Fixtures: ``pg_server`` and ``pg_url`` (session), ``db_url`` and ``db`` (a fresh database for the test), ``uow`` (a transaction that is
rolled back; in ``db``'s database when the test also asks for ``db``, else in one that all such tests share).
"""

import importlib
import itertools
import pkgutil
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from alembic import command
from sqlalchemy import create_engine

import hongyan.kernel
import hongyan.rooms
from hongyan.kernel.db.database import Database, Uow, sqlalchemy_url
from hongyan.kernel.db.metadata import metadata
from hongyan.kernel.db.migrate import alembic_config
from hongyan.kernel.embedded.postgres import FOR_TESTS, EmbeddedPostgres
from hongyan.kernel.jobs.queue import schema_sql

_TEMPLATE = "template_hongyan"
_ROOM_BYTES = 4 * 1024**3
_numbers = itertools.count(1)


def import_all_tables() -> None:
    """Import every module that registers tables: ``rooms.*.tables`` and the kernel's own."""
    for room in pkgutil.iter_modules(hongyan.rooms.__path__, "hongyan.rooms."):
        if any(
            part.name == "tables"
            for part in pkgutil.iter_modules([str(Path(hongyan.rooms.__path__[0], room.name.rsplit(".", 1)[1]))])
        ):
            importlib.import_module(f"{room.name}.tables")
    for name in ("hongyan.kernel.keys.numbers", "hongyan.kernel.db.answers", "hongyan.kernel.db.installation"):
        importlib.import_module(name)


def _quick_folder() -> str:
    """Where files are made fastest: every database of a test is hundreds of them, and none outlives the tests."""
    with suppress(OSError):
        if shutil.disk_usage("/dev/shm").free > _ROOM_BYTES:
            return "/dev/shm"
    return "/tmp"


@pytest.fixture(scope="session")
def pg_server() -> Iterator[EmbeddedPostgres]:
    """Run a server without durability in a short folder (socket paths are limited)."""
    folder = Path(tempfile.mkdtemp(prefix="hy-pg-", dir=_quick_folder()))
    server = EmbeddedPostgres(folder / "data", folder, settings=FOR_TESTS)
    with (folder / "log").open("wb") as log:
        server.start(log=log)
        try:
            yield server
        finally:
            server.stop(timeout_s=5)
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def pg_url(pg_server: EmbeddedPostgres) -> str:
    """Address of the server's maintenance database."""
    return pg_server.url("postgres")


@pytest.fixture(scope="session")
def pg_template(pg_server: EmbeddedPostgres, pg_url: str) -> str:
    """Build the template once: all tables and the job queue."""
    import_all_tables()
    with psycopg.connect(pg_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{_TEMPLATE}"')
    engine = create_engine(sqlalchemy_url(pg_server.url(_TEMPLATE)))
    metadata.create_all(engine)
    with engine.begin() as connection:
        # As if the migrations had made them: what asks for the schema's state finds it current.
        config = alembic_config()
        config.attributes["connection"] = connection
        command.stamp(config, "head")
    engine.dispose()
    with psycopg.connect(pg_server.url(_TEMPLATE), autocommit=True) as connection:
        connection.execute(schema_sql().encode())
    return _TEMPLATE


@pytest.fixture(scope="session")
def shared_db_url(pg_server: EmbeddedPostgres, pg_url: str, pg_template: str) -> str:
    """Address of the database that rolled-back transactions share."""
    with psycopg.connect(pg_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "shared" TEMPLATE "{pg_template}"')
    return pg_server.url("shared")


@pytest.fixture
def db_url(pg_server: EmbeddedPostgres, pg_url: str, pg_template: str) -> Iterator[str]:
    """Address of a fresh database with all tables, dropped after the test."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(pg_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{pg_template}" STRATEGY file_copy')
        yield pg_server.url(name)
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def db(db_url: str) -> AsyncIterator[Database]:
    """A fresh database with all tables."""
    database = Database(db_url, pool_size=5)
    yield database
    await database.close()


class _RolledBack(Exception):
    """Ends the test's transaction without a trace."""


@asynccontextmanager
async def rolled_back(url: str, *, is_fast: bool = False) -> AsyncIterator[Uow]:
    """A transaction that is rolled back; ``is_fast``: on a lane, as the line's own are."""
    database = Database(url, pool_size=2, fast_limit_s=60)
    try:
        async with database.begin_fast() if is_fast else database.begin() as transaction:
            yield transaction
            raise _RolledBack
    except _RolledBack:
        pass
    finally:
        await database.close()


@pytest.fixture
async def uow(request: pytest.FixtureRequest, shared_db_url: str) -> AsyncIterator[Uow]:
    """A transaction that is rolled back."""
    own = "db_url" in request.fixturenames
    async with rolled_back(request.getfixturevalue("db_url") if own else shared_db_url) as transaction:
        yield transaction
