"""``hongyan backup`` and ``hongyan restore``: PostgreSQL, files and key ring in one tar with a manifest of sums.

The bus is not in it: it can be rebuilt. A restored installation starts in recovery: rooms jump over everything that
may have happened after the backup (codes, epochs) and hold what was under way. Not for: partial restores.
"""

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import psycopg

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.db.installation import mark_recovered
from hongyan.kernel.db.migrate import check, migrate
from hongyan.kernel.embedded.child import EmbeddedServerError
from hongyan.kernel.embedded.postgres import EmbeddedPostgres, binaries
from hongyan.kernel.errors import NotFound
from hongyan.kernel.files.store import Files
from hongyan.kernel.settings import Settings

RecoveryHook = Callable[[Uow], Awaitable[object]]
"""A room's part of a recovery; all run in one transaction, before anything else can use the database."""

_FORMAT = 1
_MANIFEST, _DUMP, _KEYS, _FILES = "manifest.json", "database.dump", "keys.json", "files/"
_DEMO, _DEMO_FILES = "demo/", ("demo.env", "demo-ports.json", "demo-vendor-secret")
"""What `hongyan up --demo` keeps beside the database: keys of its tenant, addresses and secret of its simulators."""
_CHUNK_BYTES = 1024 * 1024


class BackupError(Exception):
    """A backup cannot be made or used; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the backup."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds."""

    format: int
    created_at: str
    schema: str | None
    entries: Mapping[str, Entry]

    @property
    def total_bytes(self) -> int:
        """Bytes of all entries."""
        return sum(entry.bytes for entry in self.entries.values())


async def backup(settings: Settings, database_url: str, target: Path) -> Manifest:
    """Write a backup of the running installation to ``target`` (mode 0600), whole or not at all.

    The database first, in one snapshot; then the files, which are written before the rows that name them.

    Raises:
        BackupError: something is missing, or ``target`` exists.
    """
    if target.exists():
        raise BackupError(f"{target} exists already: choose another name")
    if not settings.key_path.exists():
        raise BackupError(f"no key ring at {settings.key_path}: a backup without it could never be read")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as scratch:
        dump = Path(scratch) / _DUMP
        await asyncio.to_thread(_run, "pg_dump", "--format=custom", "--compress=6", f"--file={dump}", database_url)
        schema = (await asyncio.to_thread(check, database_url)).current
        partial = Path(scratch) / "backup.tar"
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        entries: dict[str, Entry] = {}
        with os.fdopen(descriptor, "wb") as raw, tarfile.open(fileobj=raw, mode="w") as tar:
            entries[_DUMP] = await asyncio.to_thread(_add, tar, _DUMP, dump)
            entries[_KEYS] = await asyncio.to_thread(_add, tar, _KEYS, settings.key_path)
            for demo in _DEMO_FILES:
                if (settings.data_dir / demo).exists():
                    entries[_DEMO + demo] = await asyncio.to_thread(_add, tar, _DEMO + demo, settings.data_dir / demo)
            files = Files(settings.files_location)
            async for area, file_id in files.iter_keys():
                try:
                    stream = await files.open_stream(area, file_id)
                except NotFound:
                    continue  # removed meanwhile, such as an upload that has been read
                copy = Path(scratch) / "file"
                with copy.open("wb") as out:
                    async for chunk in stream:
                        out.write(chunk)
                name = f"{_FILES}{area}/{file_id}"
                entries[name] = await asyncio.to_thread(_add, tar, name, copy)
            manifest = Manifest(_FORMAT, datetime.now(UTC).isoformat(), schema, entries)
            text = Path(scratch) / _MANIFEST
            text.write_text(json.dumps(asdict(manifest), indent=1))
            _add(tar, _MANIFEST, text)
            tar.close()
            raw.flush()
            os.fsync(raw.fileno())
        partial.rename(target)
    return manifest


async def restore(settings: Settings, source: Path, hooks: Sequence[RecoveryHook]) -> Manifest:
    """Build an installation from a backup, in recovery.

    Into an empty data directory, or with HONGYAN_DATABASE_URL into an empty database. The key ring is put in place
    last: until then nothing starts on a half-restored installation.

    Raises:
        BackupError: the backup is damaged, or the place is not empty.
    """
    with _opened(source) as (tar, manifest):
        await asyncio.to_thread(_verify, tar, manifest)
        if settings.key_path.exists():
            raise BackupError(f"{settings.key_path} exists: restore into an empty data directory")
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix=".restore-") as scratch:
            dump = Path(scratch) / _DUMP
            _extract(tar, _DUMP, dump)
            async with _empty_database(settings) as url:
                arguments = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
                await asyncio.to_thread(_run, "pg_restore", *arguments, f"--dbname={url}", str(dump))
                await asyncio.to_thread(migrate, url)
                await _recover(url, hooks)
                await _restore_files(tar, manifest, Files(settings.files_location))
            for demo in _DEMO_FILES:
                if _DEMO + demo in manifest.entries:
                    (settings.data_dir / demo).touch(mode=0o600)
                    _extract(tar, _DEMO + demo, settings.data_dir / demo)
            keys = Path(scratch) / _KEYS
            _extract(tar, _KEYS, keys)
            settings.key_path.parent.mkdir(parents=True, exist_ok=True)
            # Not a rename: the key file may lie on another disk.
            partial = settings.key_path.with_suffix(".restoring")
            shutil.copyfile(keys, partial)
            partial.chmod(0o600)
            partial.replace(settings.key_path)
    return manifest


@asynccontextmanager
async def _empty_database(settings: Settings) -> AsyncIterator[str]:
    """Yield the address of a database to fill; the embedded one gets its real place only when all went well."""
    if settings.database_url is not None:
        with psycopg.connect(settings.database_url, connect_timeout=5) as connection:
            tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        if tables is None or tables[0]:
            raise BackupError("the database of HONGYAN_DATABASE_URL is not empty: create a new one")
        yield settings.database_url
        return
    final = settings.data_dir / "postgres"
    if final.exists():
        raise BackupError(f"{final} exists: restore into an empty data directory")
    building = settings.data_dir / "postgres.restoring"
    shutil.rmtree(building, ignore_errors=True)
    server = EmbeddedPostgres(building, settings.data_dir / "run")
    log = settings.data_dir / "restore.log"
    try:
        with log.open("wb") as sink:
            server.start(log=sink)
        yield server.url()
    except EmbeddedServerError as error:
        raise BackupError(f"{error} ({log})") from error
    finally:
        server.stop()
    building.rename(final)
    log.unlink()


async def _recover(url: str, hooks: Sequence[RecoveryHook]) -> None:
    database = Database(url, pool_size=2)
    try:
        async with database.begin() as uow:
            for hook in hooks:
                await hook(uow)
            await mark_recovered(uow, datetime.now(UTC))
    finally:
        await database.close()


async def _restore_files(tar: tarfile.TarFile, manifest: Manifest, files: Files) -> None:
    for name in manifest.entries:
        if name.startswith(_FILES):
            area, _, file_id = name.removeprefix(_FILES).partition("/")
            await files.put(area, file_id, _stream(_member(tar, name)))


async def _stream(source: IO[bytes]) -> AsyncIterator[bytes]:
    with source:
        while chunk := await asyncio.to_thread(source.read, _CHUNK_BYTES):
            yield chunk


@contextmanager
def _opened(source: Path) -> Iterator[tuple[tarfile.TarFile, Manifest]]:
    try:
        with tarfile.open(source, mode="r:") as tar:
            with _member(tar, _MANIFEST) as file:
                document = json.load(file)
            if document["format"] != _FORMAT:
                raise BackupError(f"{source} has format {document['format']}, this version reads {_FORMAT}")
            entries = {name: Entry(**entry) for name, entry in document["entries"].items()}
            yield tar, Manifest(_FORMAT, document["created_at"], document["schema"], entries)
    except FileNotFoundError as error:
        raise BackupError(f"no backup at {source}") from error
    except (tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{source} is not a backup of Hongyan, or is damaged: {error}") from error


def _verify(tar: tarfile.TarFile, manifest: Manifest) -> None:
    """Compare every entry with its sum before anything is written."""
    if not {_DUMP, _KEYS} <= manifest.entries.keys():
        raise BackupError("the backup lacks its database or its key ring")
    for name, entry in manifest.entries.items():
        with _member(tar, name) as file:
            if _sum(file) != entry.sha256:
                raise BackupError(f"{name} in the backup is damaged (its sum is wrong): use another backup")


def _member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    file = tar.extractfile(name)
    if file is None:
        raise BackupError(f"{name} in the backup is not a file")
    return file


def _extract(tar: tarfile.TarFile, name: str, target: Path) -> None:
    with _member(tar, name) as file, target.open("wb") as out:
        shutil.copyfileobj(file, out, _CHUNK_BYTES)


def _add(tar: tarfile.TarFile, name: str, source: Path) -> Entry:
    with source.open("rb") as file:
        digest = _sum(file)
        size = file.tell()
        file.seek(0)
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, 0o600, int(source.stat().st_mtime)
        tar.addfile(info, file)
    return Entry(size, digest)


def _sum(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run([str(binaries() / program), *arguments], check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise BackupError(f"{program} failed: {done.stderr.strip()}")
