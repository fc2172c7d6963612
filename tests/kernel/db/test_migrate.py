"""Migrations run in process, once, whoever asks first."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import psycopg
import pytest

from hongyan.kernel.db.migrate import MIGRATIONS, check, migrate
from hongyan.kernel.embedded.postgres import EmbeddedPostgres

_REVISION = '''"""A step."""
from alembic import op
revision = "{number}"
down_revision = {before}
def upgrade():
    op.execute("{statement}")
def downgrade():
    pass
'''


@pytest.fixture
def empty_url(pg_server: EmbeddedPostgres, pg_url: str) -> Iterator[str]:
    with psycopg.connect(pg_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE empty")
        yield pg_server.url("empty")
        connection.execute("DROP DATABASE empty WITH (FORCE)")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy(MIGRATIONS / "env.py", tmp_path)
    (tmp_path / "versions").mkdir()
    _add(tmp_path, "0001", None, "CREATE TABLE one (n int)")
    _add(tmp_path, "0002", "0001", "INSERT INTO one SELECT 1 WHERE pg_sleep(0.05) IS NOT NULL")
    return tmp_path


def _add(folder: Path, number: str, before: str | None, statement: str) -> None:
    text = _REVISION.format(number=number, before=repr(before), statement=statement)
    (folder / "versions" / f"{number}_step.py").write_text(text)


def _rows(url: str) -> list[tuple[int]]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT n FROM one").fetchall()


def test_an_empty_database_comes_to_the_head(empty_url: str, folder: Path) -> None:
    assert check(empty_url, folder=folder).current is None
    assert migrate(empty_url, folder=folder).is_current
    assert check(empty_url, folder=folder).is_current
    assert _rows(empty_url) == [(1,)]


async def test_processes_that_migrate_at_once_do_it_once(empty_url: str, folder: Path) -> None:
    states = await asyncio.gather(*(asyncio.to_thread(migrate, empty_url, folder=folder) for _ in range(4)))
    assert [state.current for state in states] == ["0002"] * 4
    assert _rows(empty_url) == [(1,)]


def test_a_revision_that_fails_keeps_those_before_it(empty_url: str, folder: Path) -> None:
    _add(folder, "0003", "0002", "INSERT INTO nowhere VALUES (1)")
    with pytest.raises(Exception, match="nowhere"):
        migrate(empty_url, folder=folder)
    state = check(empty_url, folder=folder)
    assert (state.current, state.head, state.is_current) == ("0002", "0003", False)
