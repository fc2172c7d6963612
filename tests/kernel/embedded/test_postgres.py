"""The embedded PostgreSQL, as an installation runs it."""

import importlib.util
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.embedded.child import EmbeddedServerError
from hongyan.kernel.embedded.postgres import DURABLE, FOR_TESTS, EmbeddedPostgres, binaries


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    made = EmbeddedPostgres(tmp_path / "postgres", tmp_path / "run")
    yield made
    made.stop(timeout_s=5)


def _wait_for(condition: object, timeout_s: float = 10.0) -> bool:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False


def test_an_installation_is_durable_checked_and_closed(server: EmbeddedPostgres, tmp_path: Path) -> None:
    server.start()
    with psycopg.connect(server.url()) as connection:
        settings = dict(connection.execute("SELECT name, setting FROM pg_settings").fetchall())
    assert settings["server_version"].startswith("18")
    assert (settings["fsync"], settings["synchronous_commit"], settings["data_checksums"]) == ("on", "on", "on")
    assert (settings["listen_addresses"], settings["server_encoding"], settings["TimeZone"]) == ("", "UTF8", "UTC")
    assert (tmp_path / "postgres").stat().st_mode & 0o077 == 0


def test_what_was_committed_survives_stop_and_kill(server: EmbeddedPostgres) -> None:
    server.start()
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    server.stop()
    server.start()
    assert server.process is not None
    server.process.kill()
    server.process.wait()
    server.start()
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)


def test_a_server_left_over_by_a_crash_is_replaced(server: EmbeddedPostgres, tmp_path: Path) -> None:
    server.start()
    assert server.process is not None
    left_over = server.process
    second = EmbeddedPostgres(tmp_path / "postgres", tmp_path / "run")
    second.start()
    try:
        assert left_over.wait(5) == 0
        assert second.is_ready()
    finally:
        second.stop()


def test_a_lock_of_a_process_that_is_not_postgres_does_not_block(server: EmbeddedPostgres, tmp_path: Path) -> None:
    server.start()
    server.stop()
    stale = f"{os.getpid()}\n{tmp_path / 'postgres'}\n"
    (tmp_path / "postgres" / "postmaster.pid").write_text(stale)
    server.start()
    assert server.is_ready()


def test_the_server_stops_when_its_starter_is_killed(tmp_path: Path) -> None:
    script = textwrap.dedent(f"""
        import signal
        from pathlib import Path
        from hongyan.kernel.embedded.postgres import FOR_TESTS, EmbeddedPostgres
        server = EmbeddedPostgres(Path({str(tmp_path)!r}) / "postgres", Path({str(tmp_path)!r}) / "run", settings=FOR_TESTS)
        server.start()
        print(server.process.pid, flush=True)
        signal.pause()
    """)
    starter = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": "src"}
    )
    assert starter.stdout is not None
    pid = int(starter.stdout.readline())
    assert psutil.Process(pid).name() == "postgres"
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    starter.stdout.close()
    assert _wait_for(lambda: not psutil.pid_exists(pid))


def test_a_long_data_directory_gets_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    server = EmbeddedPostgres(deep / "postgres", deep / "run", settings=FOR_TESTS)
    server.start()
    try:
        assert server.is_ready()
    finally:
        server.stop()


def test_a_bad_setting_is_reported_not_waited_for(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "postgres", tmp_path / "run", settings={**DURABLE, "shared_buffers": "much"})
    with pytest.raises(EmbeddedServerError, match="ended while starting"):
        server.start(timeout_s=20)
    server.stop()


async def test_each_test_has_a_database_with_all_tables(db: Database, uow: Uow) -> None:
    async with db.begin() as other:
        await other.fetch("CREATE TABLE mine (n int)")
    assert await uow.fetch("SELECT count(*) FROM mine") == [(0,)]
    assert await uow.fetch("SELECT count(*) FROM procrastinate_jobs") == [(0,)]


async def test_a_transaction_of_a_test_leaves_no_trace(uow: Uow) -> None:
    assert await uow.fetch("SELECT to_regclass('left_over') IS NULL") == [(True,)]
    await uow.fetch("CREATE TABLE left_over (n int)")


async def test_a_transaction_of_a_test_left_no_trace(uow: Uow) -> None:
    assert await uow.fetch("SELECT to_regclass('left_over') IS NULL") == [(True,)]


def test_without_the_wheel_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(EmbeddedServerError, match="HONGYAN_DATABASE_URL"):
        binaries()


def test_a_folder_laid_by_somebody_else_is_refused(server: EmbeddedPostgres, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "pg").symlink_to(tmp_path)
    with pytest.raises(EmbeddedServerError, match="--data-dir"):
        server.prepare()


def test_an_initdb_that_fails_leaves_nothing_under_the_real_name(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "postgres", tmp_path / "run")
    stand_in = tmp_path / "bin"
    stand_in.mkdir()
    (stand_in / "postgres").symlink_to(binaries() / "postgres")
    (stand_in / "initdb").write_text("#!/bin/sh\necho disk full >&2; exit 1\n")
    (stand_in / "initdb").chmod(0o755)
    server._bin = stand_in
    with pytest.raises(EmbeddedServerError, match="disk full"):
        server.prepare()
    assert not (tmp_path / "postgres").exists()


def test_the_order_of_calls_is_kept(server: EmbeddedPostgres) -> None:
    server.stop()
    with pytest.raises(EmbeddedServerError, match="prepare"):
        server.spawn()
    with pytest.raises(EmbeddedServerError, match="ended"):
        server.is_ready()
