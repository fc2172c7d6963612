"""Keeping children alive: start, restart with growing pauses, stop in order within a bound.

Not for: which children there are (``run.up``) nor what they are (``kernel.embedded``).
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from hongyan.kernel.embedded.child import EmbeddedServerError
from hongyan.run.combined_log import CombinedLog

_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 30.0
_HEALTHY_AFTER_S = 30.0
_POLL_S = 0.1
_REAP_S = 2.0

Stops = tuple[tuple[signal.Signals, float], ...]
"""Signals to send, each with the seconds to wait before the next; SIGKILL to the whole group follows."""


class StartFailed(Exception):
    """A child that everything else needs did not come up; the text says which."""


@dataclass(frozen=True, slots=True)
class Part:
    """One child: how it starts, when it is ready, how it stops."""

    name: str
    spawn: Callable[[int], subprocess.Popen[bytes]]
    is_ready: Callable[[], Awaitable[bool]]
    prepare: Callable[[], Awaitable[None]] | None = None
    stops: Stops = ((signal.SIGTERM, 2.0),)
    on_spawn: Callable[[str, int], None] | None = None


class Supervised:
    """A part that is kept running; :meth:`run` is its task."""

    def __init__(self, part: Part, log: CombinedLog) -> None:
        """Nothing starts yet."""
        self.part = part
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = asyncio.Event()
        self._ready = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.starts = 0

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Keep the part running from now on."""
        self._task = asyncio.create_task(self._run(), name=f"supervise {self.part.name}")

    async def ready(self, timeout_s: float) -> None:
        """Wait until it is ready for the first time.

        Raises:
            StartFailed: not ready in time.
        """
        try:
            async with asyncio.timeout(timeout_s):
                await self._ready.wait()
        except TimeoutError as error:
            raise StartFailed(f"{self.part.name} was not ready after {timeout_s:.0f} s; its log says why") from error

    async def stop(self) -> None:
        """Stop it with its signals, then by force; it is not started again."""
        self._stopping.set()
        process = self._process
        if process is not None:
            for number, patience_s in self.part.stops:
                if process.poll() is None:
                    process.send_signal(number)
                if await _ended(process, patience_s):
                    break
            _kill_group(process)
            await _ended(process, _REAP_S)
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _run(self) -> None:
        pause_s = _FIRST_PAUSE_S
        while not self._stopping.is_set():
            started = time.monotonic()
            try:
                why = await self._run_once()
            except (EmbeddedServerError, OSError, subprocess.SubprocessError) as error:
                why = str(error)
            if self._stopping.is_set():
                return
            if time.monotonic() - started > _HEALTHY_AFTER_S:
                pause_s = _FIRST_PAUSE_S
            self._log.say("child ended", level="error", child=self.part.name, why=why, restart_in_s=pause_s)
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

    async def _run_once(self) -> str:
        """Start the part, wait for its end; returns why it ended."""
        if self.part.prepare is not None:
            await self.part.prepare()
        descriptor = self._log.follow(self.part.name)
        try:
            self._process = process = self.part.spawn(descriptor)
        finally:
            os.close(descriptor)
        self.starts += 1
        if self.part.on_spawn is not None:
            self.part.on_spawn(self.part.name, process.pid)
        self._log.say("child started", child=self.part.name, pid=process.pid, start=self.starts)
        announced = False
        while process.poll() is None:
            if not announced and await self._is_ready():
                announced = True
                self._ready.set()
                self._log.say("child ready", child=self.part.name, pid=process.pid)
            await asyncio.sleep(_POLL_S)
        # Its own children may outlive it and hold its port.
        if not self._stopping.is_set():
            _kill_group(process)
        code = process.returncode
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    async def _is_ready(self) -> bool:
        try:
            return await self.part.is_ready()
        except EmbeddedServerError:
            # It has just ended; the loop sees that itself.
            return False


async def stop_all(groups: Sequence[Sequence[Supervised]]) -> None:
    """Stop group after group; within a group all at once."""
    for group in groups:
        await asyncio.gather(*(supervised.stop() for supervised in group))


async def _ended(process: subprocess.Popen[bytes], patience_s: float) -> bool:
    deadline = time.monotonic() + patience_s
    while process.poll() is None:
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(_POLL_S / 4)
    return True


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the child's process group (it leads its own: it was started in a new session)."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
