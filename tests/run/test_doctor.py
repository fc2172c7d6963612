"""The doctor finds what is broken and names the fix; healthy things stay green."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg
import pytest

from hongyan.kernel.db.database import Uow
from hongyan.kernel.embedded.nats import EmbeddedNats
from hongyan.kernel.embedded.postgres import EmbeddedPostgres
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.kernel.keys.ring import create_key_ring, load_or_create_key_ring
from hongyan.kernel.settings import Settings
from hongyan.run import doctor
from hongyan.run.doctor import Check, Level, run_checks
from hongyan.run.ports import ports_path, write_json

TENANT = "00000000-0000-4000-8000-000000000001"


@pytest.fixture
def settings(tmp_path: Path, db_url: str, nats_url: str) -> Settings:
    made = Settings(data_dir=tmp_path, database_url=db_url, nats_url=nats_url)
    load_or_create_key_ring(made.key_path)
    return made


async def _check(settings: Settings, **invariants: doctor.Invariant) -> dict[str, Check]:
    assert settings.database_url is not None
    assert settings.nats_url is not None
    found = await run_checks(
        settings, database_url=settings.database_url, nats_url=settings.nats_url, invariants=invariants
    )
    return {check.name: check for check in found}


async def _well(uow: Uow) -> Sequence[object]:
    return []


async def _ill(uow: Uow) -> Sequence[object]:
    return [f"task {number} misses 1 message" for number in range(7)]


async def test_a_healthy_installation_has_nothing_to_mend(settings: Settings) -> None:
    found = await _check(settings, ledger=_well)
    # The server of the tests runs without durability, and there is no `up`: both are said.
    assert {name for name, check in found.items() if check.level is Level.FAIL} <= {"durability", "disk"}
    assert found["durability"].level is Level.FAIL
    for name in ("database", "schema", "bus", "files", "keys", "jobs", "books: ledger"):
        assert found[name].level is Level.OK, found[name]
    assert all(check.fix for check in found.values() if check.level is not Level.OK)
    assert list((settings.data_dir / "files").rglob("probe")) == []


async def test_books_that_do_not_add_up_are_shown(settings: Settings) -> None:
    check = (await _check(settings, ledger=_ill))["books: ledger"]
    assert check.level is Level.FAIL
    assert "task 0 misses 1 message" in check.message
    assert check.message.endswith("and 2 more")


async def test_without_database_and_bus_each_check_says_so(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url="postgresql://u@127.0.0.1:1/x", nats_url="nats://127.0.0.1:1")
    load_or_create_key_ring(settings.key_path)
    found = await _check(settings, ledger=_well)
    assert "HONGYAN_DATABASE_URL" in str(found["database"].fix)
    assert "HONGYAN_NATS_URL" in str(found["bus"].fix)
    for name in ("durability", "schema", "clock", "keys", "jobs", "books: ledger"):
        assert (found[name].level, found[name].fix) == (Level.FAIL, "repair the database first")
    assert found["files"].level is Level.OK


async def test_a_foreign_key_ring_is_found(settings: Settings, uow: Uow) -> None:
    await TenantKeys(create_key_ring()).sealer(uow, TENANT)  # type: ignore[arg-type]
    await uow.raw.commit()
    check = (await _check(settings))["keys"]
    assert check.level is Level.FAIL
    assert str(settings.key_path) in str(check.fix)


async def test_a_key_ring_open_to_others_is_found(settings: Settings) -> None:
    settings.key_path.chmod(0o644)
    assert (await _check(settings))["keys"].fix == f"chmod 600 {settings.key_path}"


async def test_a_missing_key_ring_is_found(settings: Settings) -> None:
    settings.key_path.unlink()
    assert "no key ring" in (await _check(settings))["keys"].message


async def test_failed_and_late_jobs_are_named(settings: Settings) -> None:
    with psycopg.connect(str(settings.database_url), autocommit=True) as connection:
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, scheduled_at) VALUES ('default', 'x', now() - interval '1 h')"
        )
        assert (await _check(settings))["jobs"].level is Level.WARN
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('default', 'campaigns.plan', 'failed')"
        )
    check = (await _check(settings))["jobs"]
    assert (check.level, check.message) == (Level.FAIL, "given up: campaigns.plan (1)")


async def test_a_skewed_clock_is_found(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_SKEW_S", -1.0)
    check = (await _check(settings))["clock"]
    assert check.level is Level.FAIL
    assert "NTP" in str(check.fix)


async def test_processes_that_are_not_ready_are_named(settings: Settings) -> None:
    ports_path(settings.data_dir).parent.mkdir()
    write_json(ports_path(settings.data_dir), {"complete": True, "ports": {"web": 1, "worker": 1}})
    check = (await _check(settings))["processes"]
    assert (check.level, check.message) == (Level.FAIL, "not ready: web, worker")


async def test_a_check_that_hangs_is_given_up(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    async def forever(uow: Uow) -> Sequence[object]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(doctor, "_CHECK_TIMEOUT_S", 1.0)
    assert "no answer" in (await _check(settings, ledger=forever))["books: ledger"].message


async def test_the_embedded_servers_are_durable(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    load_or_create_key_ring(settings.key_path)
    postgres, nats = EmbeddedPostgres(tmp_path / "postgres", tmp_path / "run"), EmbeddedNats(tmp_path / "nats")
    postgres.start()
    nats.start()
    stops: list[Callable[[], None]] = [nats.stop, postgres.stop]
    try:
        found = {
            check.name: check for check in await run_checks(settings, database_url=postgres.url(), nats_url=nats.url)
        }
    finally:
        for stop in stops:
            stop()
    for name in ("database", "durability", "bus"):
        assert found[name].level is Level.OK, found[name]
    assert "embedded" in found["database"].message
