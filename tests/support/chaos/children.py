"""Processes that are kept running as a supervisor keeps them, and that can be killed, frozen and held down."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

import psutil

from hongyan.kernel.embedded.child import EmbeddedServerError, bound_to_us

_POLL_S = 0.02
_PAUSE_S = 0.2
"""Between a death and the next start."""
_TERM_S = 8.0

ROOT = Path(__file__).resolve().parents[3]
PYTHONPATH = os.pathsep.join(str(ROOT / path) for path in ("src", "packages/telcowire/src", "tools", "tests"))


class Child:
    """One process under supervision; its log is a file that all its lives append to."""

    def __init__(
        self,
        name: str,
        spawn: Callable[[IO[bytes]], subprocess.Popen[bytes]],
        log: Path,
        *,
        prepare: Callable[[], None] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Nothing starts yet; ``prepare`` runs in a thread before each start."""
        self.name = name
        self._spawn = spawn
        self._log = log
        self._prepare = prepare
        self._stop_signal = stop_signal
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._is_ending = False
        self._may_run = asyncio.Event()
        self._may_run.set()
        self.starts = 0

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Keep it running from now on."""
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.name}")

    async def _keep(self) -> None:
        while not self._is_ending:
            await self._may_run.wait()
            try:
                if self._prepare is not None:
                    await asyncio.to_thread(self._prepare)
                with self._log.open("ab") as log:
                    self._process = self._spawn(log)
            except (EmbeddedServerError, OSError, subprocess.SubprocessError) as error:
                with self._log.open("ab") as log:
                    log.write(f"cannot start {self.name}: {error}\n".encode())
                await asyncio.sleep(_PAUSE_S)
                continue
            self.starts += 1
            while self._process.poll() is None:  # noqa: ASYNC110 - another process is watched
                await asyncio.sleep(_POLL_S)
            with self._log.open("ab") as log:
                log.write(f"{self.name} ended with {self._process.returncode} at {time.time():.3f}\n".encode())
            await asyncio.sleep(_PAUSE_S)

    # --- faults -------------------------------------------------------------------------------------------------------

    def send(self, number: signal.Signals) -> None:
        """Send a signal, where it runs."""
        if self.is_running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it with its children; it starts again by itself."""
        for process in self._family():
            with contextlib.suppress(psutil.Error):
                process.kill()

    def freeze(self) -> None:
        """Stop it and its children in their tracks."""
        for process in self._family():
            with contextlib.suppress(psutil.Error):
                process.suspend()

    def thaw(self) -> None:
        """Let them go on."""
        for process in self._family():
            with contextlib.suppress(psutil.Error):
                process.resume()

    def hold(self) -> None:
        """Do not start it again until :meth:`release`."""
        self._may_run.clear()

    def release(self) -> None:
        """Start it again when it is down."""
        self._may_run.set()

    def _family(self) -> list[psutil.Process]:
        if not self.is_running:
            return []
        try:
            process = psutil.Process(self.pid)
            return [process, *process.children(recursive=True)]
        except psutil.Error:
            return []

    # --- end ----------------------------------------------------------------------------------------------------------

    async def stop(self) -> None:
        """End it for good."""
        self._is_ending = True
        self.thaw()
        self.send(self._stop_signal)
        deadline = time.monotonic() + _TERM_S
        while self.is_running and time.monotonic() < deadline:  # noqa: ASYNC110 - another process is watched
            await asyncio.sleep(_POLL_S)
        self.kill()
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait({self._keeper})


def spawner(command: Sequence[str], env: Mapping[str, str]) -> Callable[[IO[bytes]], subprocess.Popen[bytes]]:
    """Return what starts a Python program of this tree; it ends when we do."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("HONGYAN_", "CHAOS_"))}
    environment = clean | {"PYTHONPATH": PYTHONPATH} | dict(env)

    def spawn(log: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            bound_to_us([sys.executable, *command], signal.SIGTERM),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            start_new_session=True,
        )

    return spawn
