"""What a backup holds comes back, in recovery, or not at all."""

import stat
import tarfile
from pathlib import Path

import psycopg
import pytest

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.db.installation import find_recovered_at
from hongyan.kernel.embedded.postgres import EmbeddedPostgres
from hongyan.kernel.files.store import Files
from hongyan.kernel.keys.ring import load_key_ring, load_or_create_key_ring
from hongyan.kernel.settings import Settings
from hongyan.run.backup import BackupError, backup, restore


@pytest.fixture
async def source(tmp_path: Path, db_url: str) -> Settings:
    settings = Settings(data_dir=tmp_path / "old", database_url=db_url)
    load_or_create_key_ring(settings.key_path)
    await Files(settings.files_location).put("audience", "t1/numbers", b"13800138000\n" * 1000)
    with psycopg.connect(db_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    return settings


async def _make(source: Settings, target: Path) -> None:
    assert source.database_url is not None
    await backup(source, source.database_url, target)


async def test_everything_comes_back_in_recovery(source: Settings, tmp_path: Path) -> None:
    target = tmp_path / "backups" / "one.tar"
    assert source.database_url is not None
    manifest = await backup(source, source.database_url, target)
    assert set(manifest.entries) == {"database.dump", "keys.json", "files/audience/t1/numbers"}
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in target.parent.iterdir()] == ["one.tar"]

    async def jump(uow: Uow) -> None:
        await uow.fetch("UPDATE kept SET n = n + 1000000000")

    place = Settings(data_dir=tmp_path / "new")
    assert await restore(place, target, [jump]) == manifest
    assert load_key_ring(place.key_path).open("x", load_key_ring(source.key_path).seal("x", b"secret")) == b"secret"
    assert await Files(place.files_location).get("audience", "t1/numbers") == b"13800138000\n" * 1000
    server = EmbeddedPostgres(place.data_dir / "postgres", place.data_dir / "run")
    server.start()
    database = Database(server.url())
    try:
        async with database.begin() as uow:
            assert await uow.fetch("SELECT min(n), count(*) FROM kept") == [(1_000_000_001, 1000)]
            assert await find_recovered_at(uow) is not None
    finally:
        await database.close()
        server.stop()


async def test_a_recovery_that_fails_leaves_nothing_that_could_start(source: Settings, tmp_path: Path) -> None:
    await _make(source, tmp_path / "one.tar")

    async def broken(uow: Uow) -> None:
        raise RuntimeError("the books do not allow it")

    place = Settings(data_dir=tmp_path / "new")
    with pytest.raises(RuntimeError, match="books"):
        await restore(place, tmp_path / "one.tar", [broken])
    assert not place.key_path.exists()
    assert not (place.data_dir / "postgres").exists()
    await restore(place, tmp_path / "one.tar", [])
    assert place.key_path.exists()


async def test_a_damaged_backup_is_refused_before_anything_is_written(source: Settings, tmp_path: Path) -> None:
    await _make(source, tmp_path / "one.tar")
    data = bytearray((tmp_path / "one.tar").read_bytes())
    position = data.index(b"13800138000")
    data[position] = ord("2")
    (tmp_path / "bad.tar").write_bytes(data)
    place = Settings(data_dir=tmp_path / "new")
    with pytest.raises(BackupError, match="files/audience/t1/numbers"):
        await restore(place, tmp_path / "bad.tar", [])
    assert not place.data_dir.exists()


@pytest.mark.parametrize("content", [b"", b"not a tar", b"\0" * 10240])
async def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.tar").write_bytes(content)
    with pytest.raises(BackupError, match=r"not a backup|damaged"):
        await restore(Settings(data_dir=tmp_path / "new"), tmp_path / "x.tar", [])


async def test_a_tar_without_manifest_or_file_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x.tar", "w"):
        pass
    for name in ("x.tar", "absent.tar"):
        with pytest.raises(BackupError, match=name):
            await restore(Settings(data_dir=tmp_path / "new"), tmp_path / name, [])


async def test_places_that_are_in_use_are_refused(source: Settings, tmp_path: Path) -> None:
    await _make(source, tmp_path / "one.tar")
    with pytest.raises(BackupError, match="exists already"):
        await _make(source, tmp_path / "one.tar")
    with pytest.raises(BackupError, match="empty data directory"):
        await restore(source, tmp_path / "one.tar", [])
    elsewhere = Settings(data_dir=tmp_path / "new", database_url=source.database_url)
    with pytest.raises(BackupError, match="not empty"):
        await restore(elsewhere, tmp_path / "one.tar", [])
    place = Settings(data_dir=tmp_path / "third")
    (place.data_dir / "postgres").mkdir(parents=True)
    with pytest.raises(BackupError, match="empty data directory"):
        await restore(place, tmp_path / "one.tar", [])


async def test_a_backup_without_keys_or_database_is_not_made(source: Settings, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="pg_dump"):
        await backup(source, "postgresql://u@127.0.0.1:1/x", tmp_path / "one.tar")
    source.key_path.unlink()
    with pytest.raises(BackupError, match="key ring"):
        await _make(source, tmp_path / "one.tar")
    assert not (tmp_path / "one.tar").exists()
