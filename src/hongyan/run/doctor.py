"""``hongyan doctor``: is everything an installation stands on well, and if not, what to do.

Changes nothing (it writes and removes one small file). Not for: readiness of a process (``run.health``).
"""

import asyncio
import shutil
import stat
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from hongyan.kernel.bus.nats import NatsBus
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.db.migrate import check as check_schema
from hongyan.kernel.files.store import Files
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.kernel.keys.ring import KeyRingError, load_key_ring
from hongyan.kernel.settings import Settings
from hongyan.run.health import health_of_all
from hongyan.run.ports import ports_path

Invariant = Callable[[Uow], Awaitable[Sequence[object]]]
"""A room's check of its books: returns what does not add up (``str()`` of each is shown); nothing means well."""

Count = Callable[[Uow], Awaitable[int]]
"""How many messages were attempted and nobody knows whether the carrier took them."""

_CHECK_TIMEOUT_S = 30.0
_OLDEST_MAJOR = 15
_SKEW_S = 2.0
_LATE_JOB_S = 120
_SHOWN = 5
_GB = 1024**3


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One finding; ``fix`` says what to do when it is not ok."""

    name: str
    level: Level
    message: str
    fix: str | None = None


async def run_checks(
    settings: Settings,
    *,
    database_url: str,
    nats_url: str,
    count_unknown: Count | None = None,
    invariants: Mapping[str, Invariant] | None = None,
) -> list[Check]:
    """Run all checks, each within 30 s; a broken dependency shows in its own check and in those that need it."""
    data_dir = settings.data_dir
    embedded_db, embedded_nats = settings.database_url is None, settings.nats_url is None
    database = Database(database_url, pool_size=2)
    try:
        found = [
            await _guard("database", _database(database_url, embedded=embedded_db)),
            await _guard("durability", _durability(database_url)),
            await _guard("schema", _schema(database_url)),
            await _guard("clock", _clock(database_url)),
            await _guard("bus", _bus(nats_url, data_dir, embedded=embedded_nats)),
            await _guard("files", _files(settings.files_location)),
            await _guard("keys", _keys(settings.key_path, database)),
            await _guard("disk", _disk(data_dir)),
            await _guard("jobs", _jobs(database_url)),
            await _guard("processes", _processes(settings)),
        ]
        if count_unknown is not None:
            found.append(await _guard("unknown", _unknown(count_unknown, database)))
        for name, invariant in (invariants or {}).items():
            found.append(await _guard(f"books: {name}", _books(name, invariant, database)))
    finally:
        await database.close()
    return found


async def _guard(name: str, check: Awaitable[Check]) -> Check:
    try:
        async with asyncio.timeout(_CHECK_TIMEOUT_S):
            return await check
    except TimeoutError:
        return Check(
            name, Level.FAIL, f"no answer within {_CHECK_TIMEOUT_S:.0f} s", "look into the log of what it needs"
        )
    except (psycopg.Error, SQLAlchemyError) as error:
        first = str(error).strip().splitlines()[0]
        return Check(name, Level.FAIL, f"needs the database: {first}", "repair the database first")
    except (OSError, ValueError) as error:
        return Check(name, Level.FAIL, f"{type(error).__name__}: {error}", "see the message")


async def _database(url: str, *, embedded: bool) -> Check:
    try:
        async with await psycopg.AsyncConnection.connect(url, connect_timeout=5) as connection:
            version = connection.info.server_version
    except psycopg.OperationalError as error:
        fix = "start 'hongyan up'" if embedded else "start it, or correct HONGYAN_DATABASE_URL"
        return Check("database", Level.FAIL, f"not reached: {str(error).strip().splitlines()[0]}", fix)
    text = f"PostgreSQL {version // 10_000}.{version % 10_000}"
    if version // 10_000 < _OLDEST_MAJOR:
        return Check("database", Level.FAIL, f"{text} is too old", f"upgrade it to {_OLDEST_MAJOR} or newer")
    return Check("database", Level.OK, text + (" (embedded)" if embedded else ""))


async def _durability(url: str) -> Check:
    names = ("fsync", "synchronous_commit", "full_page_writes")
    async with await psycopg.AsyncConnection.connect(url, connect_timeout=5) as connection:
        cursor = await connection.execute(
            "SELECT name FROM pg_settings WHERE name = ANY(%s) AND setting = 'off'", (list(names),)
        )
        off = sorted(row[0] for row in await cursor.fetchall())
    if off:
        message = f"{', '.join(off)} is off: after a power cut somebody could get a message twice"
        return Check("durability", Level.FAIL, message, "turn it on in postgresql.conf and reload")
    return Check("durability", Level.OK, "commits are on disk before the next byte leaves")


async def _schema(url: str) -> Check:
    state = await asyncio.to_thread(check_schema, url)
    if state.is_current:
        return Check("schema", Level.OK, f"at {state.current}")
    return Check("schema", Level.FAIL, f"at {state.current}, should be {state.head}", "run 'hongyan migrate'")


async def _clock(url: str) -> Check:
    async with await psycopg.AsyncConnection.connect(url, connect_timeout=5) as connection:
        before = datetime.now(UTC)
        row = await (await connection.execute("SELECT clock_timestamp()")).fetchone()
        after = datetime.now(UTC)
    there: datetime = row[0] if row else before
    skew_s = max((before - there).total_seconds(), (there - after).total_seconds(), 0.0)
    if skew_s > _SKEW_S:
        message = f"{skew_s:.1f} s between this machine and the database"
        return Check(
            "clock", Level.FAIL, message, "synchronise both by NTP: signatures, leases and windows depend on it"
        )
    synchronised = await _is_synchronised()
    if synchronised is False:
        return Check(
            "clock", Level.WARN, "agrees with the database, but is not synchronised", "enable NTP on this machine"
        )
    return Check("clock", Level.OK, "agrees with the database")


async def _is_synchronised() -> bool | None:
    """Ask the system; ``None`` where it cannot say (containers)."""
    if shutil.which("timedatectl") is None:
        return None
    process = await asyncio.create_subprocess_exec(
        *("timedatectl", "show", "--property=NTPSynchronized", "--value"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    output, _ = await process.communicate()
    return {b"yes": True, b"no": False}.get(output.strip())


async def _bus(url: str, data_dir: Path, *, embedded: bool) -> Check:
    bus = NatsBus(url, name="doctor")
    await bus.open(wait_s=3)
    try:
        await bus.ping()
        await bus.check_streams()
    except ConnectionError as error:
        fix = "start 'hongyan up'" if embedded else "start it with JetStream, or correct HONGYAN_NATS_URL"
        return Check("bus", Level.FAIL, str(error), f"{fix}; sending goes on without it, link events wait on disk")
    finally:
        await bus.close()
    if embedded and "sync_interval: always" not in (data_dir / "nats" / "nats.conf").read_text():
        return Check("bus", Level.WARN, "streams are not synced at every write", "restart 'hongyan up'")
    return Check("bus", Level.OK, "NATS with JetStream" + (" (embedded)" if embedded else ""))


async def _files(url: str) -> Check:
    files = Files(url)
    content = datetime.now(UTC).isoformat().encode()
    await files.put("doctor", "probe", content)
    same = await files.get("doctor", "probe") == content
    await files.delete("doctor", "probe")
    if not same:
        return Check("files", Level.FAIL, f"{url} gives back something else", "check the file store")
    return Check("files", Level.OK, f"{url} can be written, read and deleted")


async def _keys(path: Path, database: Database) -> Check:
    try:
        ring = load_key_ring(path)
        async with database.begin() as uow:
            opened = await TenantKeys(ring).open_all(uow)
    except KeyRingError as error:
        return Check(
            "keys", Level.FAIL, str(error), f"put the key ring of this installation (a backup has it) at {path}"
        )
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        return Check("keys", Level.FAIL, f"{path} can be read by others", f"chmod 600 {path}")
    return Check("keys", Level.OK, f"key {ring.active_id} seals, {opened} tenants' keys open")


async def _disk(data_dir: Path) -> Check:
    usage = shutil.disk_usage(data_dir)
    share = usage.free / usage.total
    message = f"{usage.free / _GB:.1f} GB ({share:.0%}) free at {data_dir}"
    if share < 0.05 or usage.free < 2 * _GB:  # noqa: PLR2004 - the limits are in the text below
        return Check("disk", Level.FAIL, message, "free space: at least 5 % and 2 GB, or PostgreSQL stops")
    if share < 0.1:  # noqa: PLR2004 - one in ten
        return Check("disk", Level.WARN, message, "free space soon, or shorten the retention")
    return Check("disk", Level.OK, message)


async def _jobs(url: str) -> Check:
    async with await psycopg.AsyncConnection.connect(url, connect_timeout=5) as connection:
        cursor = await connection.execute(
            "SELECT task_name, count(*) FROM procrastinate_jobs WHERE status = 'failed' GROUP BY 1 ORDER BY 2 DESC, 1"
        )
        failed = await cursor.fetchall()
        cursor = await connection.execute(
            "SELECT count(*) FROM procrastinate_jobs j WHERE status = 'todo' AND COALESCE(scheduled_at, "
            "(SELECT min(at) FROM procrastinate_events e WHERE e.job_id = j.id)) < now() - make_interval(secs => %s)",
            (_LATE_JOB_S,),
        )
        row = await cursor.fetchone()
    if failed:
        names = ", ".join(f"{name} ({count})" for name, count in failed[:_SHOWN])
        return Check(
            "jobs", Level.FAIL, f"given up: {names}", "the worker's log says why; mend the cause, then retry them"
        )
    late = row[0] if row else 0
    if late:
        return Check("jobs", Level.WARN, f"{late} wait for more than {_LATE_JOB_S // 60} minutes", "start more workers")
    return Check("jobs", Level.OK, "none failed, none late")


async def _unknown(count_unknown: Count, database: Database) -> Check:
    async with database.begin() as uow:
        count = await count_unknown(uow)
    if count:
        return Check("unknown", Level.WARN, f"{count} messages", "see 'hongyan unknown list'; they end after 72 hours")
    return Check("unknown", Level.OK, "no message is unknown")


async def _processes(settings: Settings) -> Check:
    if not ports_path(settings.data_dir).exists():
        return Check(
            "processes", Level.WARN, "'hongyan up' does not run on this data directory", "start it, if it should"
        )
    answer = await health_of_all(settings)
    if answer["status"] == "ok":
        return Check("processes", Level.OK, "all ready")
    waiting = [name for name, state in answer["processes"].items() if state != "ready"] or ["up: starting"]
    return Check("processes", Level.FAIL, f"not ready: {', '.join(waiting)}", "their lines in log/hongyan.log say why")


async def _books(name: str, invariant: Invariant, database: Database) -> Check:
    async with database.begin() as uow:
        violations = await invariant(uow)
    if not violations:
        return Check(f"books: {name}", Level.OK, "add up")
    shown = "; ".join(str(violation) for violation in violations[:_SHOWN])
    more = f" and {len(violations) - _SHOWN} more" if len(violations) > _SHOWN else ""
    return Check(f"books: {name}", Level.FAIL, f"{shown}{more}", "keep the data as it is and report this: it is a bug")
