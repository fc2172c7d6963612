"""The sending line, end to end: plan → PostgreSQL → gateway → CMPP → simulated carriers → reports → counters.

    python bench/line.py --messages 100000

PostgreSQL (fsync on), the gateway and the simulators are processes of their own, as in production; this process plans
in chunks of 10,000. Time counts from the start of planning to the last final message. Prints one JSON object.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import psycopg
import uvloop
from sqlalchemy import create_engine, text

from hongyan.kernel.clock import SystemClock
from hongyan.kernel.db.database import Database, sqlalchemy_url
from hongyan.kernel.db.metadata import metadata
from hongyan.kernel.embedded.postgres import EmbeddedPostgres
from hongyan.kernel.ids import RandomIds, SignatureId, SmsAppId, SmsTemplateId, TaskId, TenantId
from hongyan.kernel.jobs.queue import Jobs, schema_sql
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.kernel.keys.ring import create_key_ring, load_key_ring
from hongyan.kernel.log import configure_log
from hongyan.rooms.carriers.contracts import Carrier, NewAccount, Protocol
from hongyan.rooms.carriers.service import CarriersService
from hongyan.rooms.carriers.tables import accounts as _carriers
from hongyan.rooms.delivery.contracts import EPOCH_DAY, OPEN_STATES, MessageClass, PlannedChunk, PlannedMessage
from hongyan.rooms.delivery.service import DeliveryService
from hongyan.rooms.delivery.tables import messages as _delivery
from hongyan.rooms.gateways.service.door import GatewaysService
from hongyan.rooms.gateways.tables import leases as _gateways
from hongyan.rooms.receipts.service import ReceiptsService
from hongyan.rooms.receipts.tables import reports as _receipts
from telcowire.smstext.segments import count_segments

TABLES = (_carriers, _delivery, _gateways, _receipts)
"""Imported so that the metadata knows them."""
ROOT = Path(__file__).resolve().parents[1]
CHUNK = 10_000
TENANT = TenantId("11111111-1111-4111-8111-111111111111")
SIGNATURE = SignatureId("44444444-4444-4444-8444-444444444444")
PREFIXES = ("138", "186", "189")


class Services:
    """The line's services over one database."""

    def __init__(self, url: str, key_file: Path) -> None:
        clock, ring = SystemClock(), load_key_ring(key_file)
        keys, jobs = TenantKeys(ring), Jobs(url)
        self.db = Database(url)
        self.carriers = CarriersService(clock=clock, ring=ring, keys=keys, jobs=jobs)
        self.delivery = DeliveryService(clock=clock, keys=keys, jobs=jobs)
        receipts = ReceiptsService(
            clock=clock, ids=RandomIds(), keys=keys, jobs=jobs, carriers=self.carriers, delivery=self.delivery
        )
        self.gateways = GatewaysService(
            db=self.db, clock=clock, carriers=self.carriers, delivery=self.delivery, receipts=receipts
        )


async def gateway(url: str, key_file: Path) -> None:
    """Be the gateway process until killed."""
    configure_log(process="gateway", fmt="console", level="warning")
    await Services(url, key_file).gateways.run("bench", asyncio.Event())


async def plan(services: Services, task_id: TaskId, total: int) -> None:
    """Plan the task chunk by chunk, as the worker does."""
    async with services.db.begin() as uow:
        route = await services.carriers.router(uow, TENANT, SIGNATURE, ())
    assert route is not None
    expires_at = datetime.now(UTC) + timedelta(days=1)
    for chunk_no, start in enumerate(range(0, total, CHUNK)):
        messages = []
        for n in range(start, min(start + CHUNK, total)):
            text = f"【鸿雁快递】您的包裹已到达，点击 s.example.cn/{n:07d} 查看取件码，感谢使用。"
            messages.append(PlannedMessage(n, f"86{PREFIXES[n % 3]}{n:08d}", text, count_segments(text), f"{n:07d}"))
        chunk = PlannedChunk(
            tenant_id=TENANT,
            task_id=task_id,
            chunk_no=chunk_no,
            klass=MessageClass.NOTICE,
            app_id=SmsAppId("app-1"),
            signature_id=SIGNATURE,
            template_id=SmsTemplateId("15010661"),
            card_template_id=None,
            expires_at=expires_at,
            messages=messages,
        )
        async with services.db.begin() as uow:
            await services.delivery.plan_chunk(uow, chunk, route)


async def measure(services: Services, total: int) -> tuple[float, float, dict[str, int]]:
    """Plan and wait for the last report; returns (seconds, of which planning, counts)."""
    task_id = TaskId(RandomIds().uuid())
    begin = time.monotonic()
    planning = asyncio.create_task(plan(services, task_id, total))
    planned_s = 0.0
    while True:
        await asyncio.sleep(0.1)
        if planning.done() and not planned_s:
            planning.result()
            planned_s = time.monotonic() - begin
        async with services.db.begin() as uow:
            counts = await services.delivery.task_counts(uow, TENANT, task_id)
        print({s.value: c for s, c in counts.items() if c}, file=sys.stderr)
        if planned_s and not any(counts[state] for state in OPEN_STATES):
            break
        assert time.monotonic() - begin < 150, "the line stands still"
    seconds = time.monotonic() - begin
    async with services.db.begin() as uow:
        assert not await services.delivery.check_invariants(uow)
    return seconds, planned_s, {state.value: count for state, count in counts.items() if count}


def percentiles(url: str) -> dict[str, dict[str, float]]:
    """Read the times of messages from the ledger, in milliseconds."""
    query = """
        SELECT percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY extract(epoch FROM o.at - b.planned_at) * 1000),
               percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY extract(epoch FROM m.final_at - o.at) * 1000)
        FROM delivery_messages m JOIN delivery_outcomes o USING (message_id)
        JOIN delivery_batches b ON b.batch_id = m.message_id >> 8 WHERE o.part_no = 1"""
    with psycopg.connect(url) as connection:
        accepted, final = connection.execute(query).fetchone() or ([], [])
    name = ("p50", "p99")
    return {
        "accept_submit_ms": dict(zip(name, (round(value, 1) for value in accepted), strict=True)),
        "submit_final_ms": dict(zip(name, (round(value, 1) for value in final), strict=True)),
    }


def database_work(url: str) -> dict[str, float]:
    """Read what the database did: transactions, WAL, and how many updates touched no index."""
    query = """
        SELECT (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()),
               (SELECT wal_bytes FROM pg_stat_wal),
               (SELECT sum(n_tup_hot_upd)::float / greatest(sum(n_tup_upd), 1) FROM pg_stat_user_tables
                WHERE relname LIKE 'delivery_messages_%')"""
    with psycopg.connect(url) as connection:
        transactions, wal, hot = connection.execute(query).fetchone() or (0, 0, 0)
    return {
        "transactions": transactions,
        "wal_mb": round(float(wal) / 2**20, 1),
        "hot_updates": round(float(hot or 0), 2),
    }


class Usage:
    """Processor seconds and peak memory of processes with their children."""

    def __init__(self, pids: dict[str, int]) -> None:
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


async def prepare(services: Services, ports: list[int], options: argparse.Namespace) -> None:
    """Make partitions and one account per carrier."""
    async with services.db.begin() as uow:
        await services.delivery.ensure_partitions(uow)
        for day in range(1, options.history_days):
            for parent, bits in (("delivery_messages", 38), ("delivery_outcomes", 38), ("receipts_reports", 0)):
                today = (datetime.now(UTC).date() - EPOCH_DAY).days - day
                if today >= 0:
                    await uow.execute(
                        text(
                            f"CREATE TABLE {parent}_{today:05d} PARTITION OF {parent} "
                            f"FOR VALUES FROM ({today << bits}) TO ({today + 1 << bits})"
                        )
                    )
        for index, (port, carrier) in enumerate(zip(ports, ("mobile", "unicom", "telecom"), strict=False)):
            await services.carriers.add_account(
                uow,
                NewAccount(
                    name=f"carrier-{carrier}",
                    protocol=Protocol.CMPP30,
                    host="127.0.0.1",
                    port=port,
                    login="901234",
                    secret="shared",  # noqa: S106 - the simulator's
                    src_number=f"1069000{index}",
                    carrier=Carrier(carrier),
                    window_pdus=options.window,
                    connections=options.connections,
                ),
            )
        await services.carriers.provision_signature(uow, TENANT, SIGNATURE)
        await services.delivery.follow(uow, TENANT, is_followed=options.followed)


async def drain_feed(services: Services) -> float | None:
    """Take everything off the feed of final messages; returns messages per second, ``None`` when there was nothing."""
    begin, taken = time.monotonic(), 0
    while True:
        async with services.db.begin() as uow:
            batches = await services.delivery.take_finals(uow)
        taken += sum(len(batch.messages) for batch in batches)
        if not batches:
            return round(taken / (time.monotonic() - begin)) if taken else None


def bench(options: argparse.Namespace) -> dict[str, object]:
    """Run it all once."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hy-bench-", dir="/tmp")))
        server = EmbeddedPostgres(folder / "data", folder)
        server.start(log=subprocess.DEVNULL)
        stack.callback(server.stop)
        url = make_database(server)
        key_file = folder / "keys.json"
        create_key_ring().save(key_file)
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in ("tools", "src", "packages/telcowire/src"))
        }

        def spawn(*arguments: str, **more: int) -> subprocess.Popen[bytes]:
            child = subprocess.Popen([sys.executable, *arguments], env=environment, **more)  # type: ignore[call-overload]
            stack.callback(child.wait)
            stack.callback(child.terminate)
            return child  # type: ignore[no-any-return]

        simulator = spawn(
            *("-m", "simulators.carriers", "--carrier", "mobile,unicom,telecom", "--port", "0,0,0", "--no-loss"),
            *("--latency-ms", "1", "--report-after-ms", str(options.report_after_ms), "--fail-percent", "0"),
            stdout=subprocess.PIPE,
        )
        assert simulator.stdout is not None
        ports = json.loads(simulator.stdout.readline())["ports"]
        services = Services(url, key_file)

        async def story() -> tuple[float, float, dict[str, int], Usage, dict[str, float], float | None]:
            await prepare(services, ports, options)
            child = spawn(__file__, "--gateway", url, str(key_file))
            assert server.process is not None
            usage = Usage(
                {
                    "gateway": child.pid,
                    "postgres": server.process.pid,
                    "simulator": simulator.pid,
                    "planner": os.getpid(),
                }
            )
            seconds, planned_s, counts = await measure(services, options.messages)
            spent = usage.cpu_s_per_1000(options.messages)
            return seconds, planned_s, counts, usage, spent, await drain_feed(services)

        seconds, planned_s, counts, usage, spent, taken_per_s = uvloop.run(story())
        return {
            "messages": options.messages,
            "seconds": round(seconds, 2),
            "messages_per_s": round(options.messages / seconds),
            "planning_s": round(planned_s, 2),
            "window": options.window,
            "connections": options.connections * 3,
            "fsync": True,
            "final_states": counts,
            **percentiles(url),
            "feed_taken_per_s": taken_per_s,
            "database": database_work(url),
            "cpu_s_per_1000": spent,
            "peak_mb": usage.peak_mb(),
        }


def main() -> None:
    """Parse the options."""
    if sys.argv[1:2] == ["--gateway"]:
        uvloop.run(gateway(sys.argv[2], Path(sys.argv[3])))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--window", type=int, default=64)
    parser.add_argument("--connections", type=int, default=1, help="per carrier")
    parser.add_argument("--report-after-ms", type=int, default=1000)
    parser.add_argument("--history-days", type=int, default=0, help="empty partitions of days before today")
    parser.add_argument("--followed", action="store_true", help="feed the final messages, and take them at the end")
    print(json.dumps(bench(parser.parse_args())))


if __name__ == "__main__":
    main()
