"""What benches of the line share: its services, its processes, what they spend, and what machine this is."""

import asyncio
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import psutil
import psycopg
import uvloop
from sqlalchemy import create_engine

from hongyan.kernel.bus.nats import NatsBus
from hongyan.kernel.clock import SystemClock
from hongyan.kernel.db.database import Database, sqlalchemy_url
from hongyan.kernel.db.metadata import metadata
from hongyan.kernel.embedded.postgres import EmbeddedPostgres
from hongyan.kernel.ids import RandomIds
from hongyan.kernel.jobs.queue import Jobs, schema_sql
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.kernel.keys.ring import load_key_ring
from hongyan.kernel.log import configure_log
from hongyan.rooms.carriers.service import CarriersService
from hongyan.rooms.carriers.tables import accounts as _carriers
from hongyan.rooms.delivery.service import DeliveryService
from hongyan.rooms.delivery.tables import messages as _delivery
from hongyan.rooms.gateways.service.door import GatewaysService
from hongyan.rooms.gateways.tables import leases as _gateways
from hongyan.rooms.receipts.service import ReceiptsService
from hongyan.rooms.receipts.tables import reports as _receipts
from hongyan.run.collector import leave_alone_what_stays

TABLES = (_carriers, _delivery, _gateways, _receipts)
"""Imported so that the metadata knows them."""
ROOT: Final = Path(__file__).resolve().parents[1]


class Services:
    """The line's services over one database and one bus; ``open`` first."""

    def __init__(self, url: str, key_file: Path, bus_url: str) -> None:
        self.bus = NatsBus(bus_url, name="bench")
        clock, ring = SystemClock(), load_key_ring(key_file)
        keys, jobs = TenantKeys(ring), Jobs(url)
        self.db = Database(url)
        self.carriers = CarriersService(clock=clock, ring=ring, keys=keys, jobs=jobs, bus=self.bus)
        self.delivery = DeliveryService(clock=clock, keys=keys, jobs=jobs, bus=self.bus)
        receipts = ReceiptsService(
            clock=clock, ids=RandomIds(), keys=keys, jobs=jobs, carriers=self.carriers, delivery=self.delivery
        )
        self.gateways = GatewaysService(
            db=self.db, clock=clock, carriers=self.carriers, delivery=self.delivery, receipts=receipts
        )

    async def open(self) -> None:
        """Connect to the bus."""
        await self.bus.open()


async def _gateway(name: str, url: str, key_file: Path, bus_url: str) -> None:
    configure_log(process="gateway", fmt="console", level="warning")
    services = Services(url, key_file, bus_url)
    await services.open()
    await services.gateways.listen(services.bus)
    leave_alone_what_stays()
    await services.gateways.run(name, asyncio.Event())


class Usage:
    """Processor seconds and memory of processes with their children."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = pids
        self._before = {name: self._cpu(pid) for name, pid in pids.items()}

    @staticmethod
    def _family(pid: int) -> list[psutil.Process]:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)] if pid != os.getpid() else [process]

    def _cpu(self, pid: int) -> float:
        total = 0.0
        for process in self._family(pid):
            times = process.cpu_times()
            total += times.user + times.system
        return total

    def cpu_s_per_1000(self, messages: int) -> dict[str, float]:
        """Return what each process spent since the beginning, per thousand messages."""
        spent = {name: self._cpu(pid) - self._before[name] for name, pid in self._pids.items()}
        return {name: round(seconds * 1000 / messages, 3) for name, seconds in spent.items()}

    def memory_mb(self) -> dict[str, float]:
        """Return the proportional memory of each process with its children, now."""
        return {
            name: round(sum(_pss(process) for process in self._family(pid)) / 2**20, 1)
            for name, pid in self._pids.items()
        }

    def peak_mb(self) -> dict[str, float]:
        """Return the high-water mark of each process's own memory."""
        peaks = {}
        for name, pid in self._pids.items():
            kilobytes = 0
            for process in self._family(pid):
                status = Path(f"/proc/{process.pid}/status").read_text()
                marks = (int(x.split()[1]) for x in status.splitlines() if x.startswith("VmHWM"))
                # A process that has just ended says nothing.
                kilobytes = max([kilobytes, *marks])
            peaks[name] = round(kilobytes / 1024, 1)
        return peaks


def _pss(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.NoSuchProcess:  # it has just ended
        return 0


def make_database(server: EmbeddedPostgres) -> str:
    """Create a database with the line's tables."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE line")
    url = server.url("line")
    engine = create_engine(sqlalchemy_url(url))
    metadata.create_all(engine)
    engine.dispose()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(schema_sql().encode())
    return url


def machine(url: str) -> dict[str, object]:
    """Say what this was measured on: hardware, versions, and what is durable."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    names = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_wal_size")
    with psycopg.connect(url) as connection:
        rows = [connection.execute(f"SHOW {name}").fetchone() for name in names]
    return {
        "cpu": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "load_before": round(os.getloadavg()[0], 2),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgresql": {name: row[0] for name, row in zip(names, rows, strict=True) if row},
        "commit": subprocess.run(
            ("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"), capture_output=True, text=True, check=False
        ).stdout.strip(),
    }


Spawn = Callable[..., "subprocess.Popen[bytes]"]


def spawner(stack: ExitStack) -> Spawn:
    """Return a function that starts Python programs of this tree; they end with the stack."""
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in ("tools", "src", "packages/telcowire/src"))
    }

    def spawn(*arguments: str, **more: int) -> "subprocess.Popen[bytes]":
        child = subprocess.Popen([sys.executable, *arguments], env=environment, **more)  # type: ignore[call-overload]
        stack.callback(child.wait)
        stack.callback(child.terminate)
        return child  # type: ignore[no-any-return]

    return spawn


def spawn_gateway(spawn: Spawn, name: str, url: str, key_file: Path, bus_url: str) -> "subprocess.Popen[bytes]":
    """Start a gateway process."""
    return spawn(__file__, name, url, str(key_file), bus_url)


if __name__ == "__main__":
    uvloop.run(_gateway(sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4]))
