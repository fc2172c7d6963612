"""``hongyan up``: everything on one machine: PostgreSQL and NATS, then our processes, supervised, with one log.

Reads from top to bottom as it starts. Not for: what the processes do (``run.web``, ``run.worker`` …) nor the demo's
content.
"""

import asyncio
import contextlib
import fcntl
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from pathlib import Path

import psutil

from hongyan.kernel.db.migrate import check, migrate
from hongyan.kernel.embedded.child import EmbeddedServerError
from hongyan.kernel.embedded.nats import EmbeddedNats
from hongyan.kernel.embedded.postgres import EmbeddedPostgres
from hongyan.kernel.keys.ring import KeyRingError, load_or_create_key_ring
from hongyan.kernel.settings import Settings
from hongyan.run.combined_log import CombinedLog
from hongyan.run.parts import Extra, extra_part, process_part, server_part
from hongyan.run.ports import PortInUse, check_ports, free_ports, ports_path, write_json
from hongyan.run.supervise import Part, StartFailed, Supervised, stop_all

PROGRAM = (sys.executable, "-m", "hongyan.run.cli")
"""Our own command line."""
_PROCESSES = ("web", "worker", "gateway", "redirector")
_SERVERS_READY_S = 60.0
_PROCESSES_READY_S = 120.0


class UpError(Exception):
    """``hongyan up`` cannot start; the text says what to do."""


Before = Callable[[Settings], Awaitable[Sequence[Extra]]]
"""Called when the database is migrated and NATS runs, before our processes start; returns more children to start."""
After = Callable[[Settings], Awaitable[None]]
"""Called when all processes are ready; ``/healthz`` says ok only when it has returned."""


async def up(
    settings: Settings, *, before: Before | None = None, after: After | None = None, program: Sequence[str] = PROGRAM
) -> int:
    """Run everything until SIGTERM or SIGINT; returns the exit code (0 stopped, 1 could not start).

    ``program`` followed by a process's name starts that process. The settings that ``before`` and ``after`` get have
    the addresses of the embedded servers filled in.

    Raises:
        UpError: another ``hongyan up`` on the data directory, a port in use, or a server or process that does not
        start.
    """
    settings = settings.absolute()
    with _lock(settings.data_dir):
        verbose = settings.log_level == "debug"
        log = CombinedLog(settings.data_dir / "log" / "hongyan.log", fmt=settings.log_format, verbose=verbose)
        installation = _Installation(settings, log, program)
        try:
            installation.end_leftovers()
            await check_ports(settings.host, {"--port": settings.port, "--links-port": settings.links_port})
            async with _stop_signals() as stop:
                await installation.run(stop, before, after)
        except PortInUse as error:
            raise UpError(str(error)) from error
        finally:
            log.close()
    return 0


class _Installation:
    """The children of one ``hongyan up``, in the order they start."""

    def __init__(self, settings: Settings, log: CombinedLog, program: Sequence[str]) -> None:
        self._settings = settings
        self._program = program
        self._log = log
        self._run_dir = settings.data_dir / "run"
        self._children: dict[str, Supervised] = {}
        self._extras: list[Supervised] = []
        self._pids: dict[str, list[float]] = {}

    async def run(self, stop: asyncio.Event, before: Before | None, after: After | None) -> None:
        """Start all, wait for ``stop``, stop all."""
        starting = asyncio.create_task(self._start(before, after))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
            await stopping
            self._log.say("stopping")
        except (StartFailed, EmbeddedServerError, KeyRingError) as error:
            raise UpError(str(error)) from error
        finally:
            for task in (starting, stopping):
                task.cancel()
            await asyncio.wait({starting, stopping})
            await self._stop()

    async def _start(self, before: Before | None, after: After | None) -> None:
        started = time.monotonic()
        ports_path(self._settings.data_dir).unlink(missing_ok=True)
        settings = await self._start_servers()
        url = _url(settings.database_url)
        if not settings.key_path.exists() and (await asyncio.to_thread(check, url)).current is not None:
            # A fresh ring would lock everybody out of what the lost one sealed.
            raise UpError(
                f"{settings.key_path} is missing, but the database is in use: put back the key ring (a backup has it)"
            )
        # Made here, once, and before the schema: children that start together must not each make one.
        load_or_create_key_ring(settings.key_path)
        state = await asyncio.to_thread(migrate, url)
        self._log.say("schema is current", revision=state.current)
        for extra in await before(settings) if before is not None else ():
            self._extras.append(self._supervise(extra_part(extra, on_spawn=self._remember)))
        chosen = free_ports(_PROCESSES, but=(settings.port, settings.links_port))
        ports = {name: settings.port if name == "web" else port for name, port in chosen.items()}
        self._write_ports(ports, complete=False)
        processes = [
            self._supervise(process_part(name, self._program, settings, ports[name], on_spawn=self._remember))
            for name in _PROCESSES
        ]
        self._children.update(zip(_PROCESSES, processes, strict=True))
        for process in (*self._extras, *processes):
            await process.ready(_PROCESSES_READY_S)
        if after is not None:
            await after(settings)
        self._write_ports(ports, complete=True)
        self._log.say(
            "ready",
            console=settings.console_url,
            links=settings.redirector_url,
            seconds=round(time.monotonic() - started, 1),
        )

    async def _start_servers(self) -> Settings:
        """Start the embedded servers that no address replaces; return the settings with their addresses."""
        settings, data_dir = self._settings, self._settings.data_dir
        addresses: dict[str, str] = {}
        if settings.database_url is None:
            postgres = EmbeddedPostgres(data_dir / "postgres", self._run_dir)
            await asyncio.to_thread(postgres.prepare)
            self._children["postgres"] = self._supervise(server_part("postgres", postgres))
            addresses["database_url"] = postgres.url()
        if settings.nats_url is None:
            nats = EmbeddedNats(data_dir / "nats")
            await asyncio.to_thread(nats.prepare)
            self._children["nats"] = self._supervise(server_part("nats", nats))
            addresses["nats_url"] = nats.url
        for server in self._children.values():
            await server.ready(_SERVERS_READY_S)
        return settings.model_copy(update=addresses)

    async def _stop(self) -> None:
        """Front doors first, so that nothing new comes in; the database last."""
        started = time.monotonic()
        order = (("web", "redirector"), ("worker",), ("gateway",))
        groups = [[self._children[name] for name in names if name in self._children] for names in order]
        servers = [[self._children[name]] for name in ("nats", "postgres") if name in self._children]
        await stop_all([*groups, self._extras, *servers])
        for leftover in (ports_path(self._settings.data_dir), self._run_dir / "children.json"):
            leftover.unlink(missing_ok=True)
        self._log.say("stopped", seconds=round(time.monotonic() - started, 1))

    def _supervise(self, part: Part) -> Supervised:
        supervised = Supervised(part, self._log)
        supervised.start()
        return supervised

    def _remember(self, name: str, pid: int) -> None:
        """Note the child for the next ``up``, should this one be killed."""
        with contextlib.suppress(psutil.NoSuchProcess):
            self._pids[name] = [pid, psutil.Process(pid).create_time()]
            write_json(self._run_dir / "children.json", self._pids)

    def end_leftovers(self) -> None:
        """End processes of an ``up`` that was killed.

        They would hold ports, jobs and leases. The servers see to themselves.
        """
        try:
            noted = json.loads((self._run_dir / "children.json").read_text())
        except (FileNotFoundError, ValueError):
            return
        for name, (pid, created) in noted.items():
            with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
                process = psutil.Process(int(pid))
                if abs(process.create_time() - created) < 1:
                    self._log.say("ending a process of an earlier run", level="warning", child=name, pid=pid)
                    os.killpg(int(pid), signal.SIGKILL)
                    process.wait(5)

    def _write_ports(self, ports: Mapping[str, int], *, complete: bool) -> None:
        write_json(ports_path(self._settings.data_dir), {"complete": complete, "ports": dict(ports)})


@contextlib.contextmanager
def _lock(data_dir: Path) -> Iterator[None]:
    """Hold the data directory; the lock goes with the process, however it ends."""
    path = data_dir / "run" / "up.lock"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            msg = f"another 'hongyan up' (process {holder}) uses {data_dir}: stop it, or choose another --data-dir"
            raise UpError(msg) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


@contextlib.asynccontextmanager
async def _stop_signals() -> AsyncIterator[asyncio.Event]:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


def _url(url: str | None) -> str:
    if url is None:
        raise UpError("no database address")
    return url
