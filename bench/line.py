"""The sending line, end to end: plan → PostgreSQL → gateway → CMPP → simulated carriers → reports → counters.

    python bench/line.py --messages 500000 --urgent-per-s 10

PostgreSQL (fsync on), the gateways and the simulators are processes of their own, as in production; this process plans
in chunks of 10,000. Time counts from the start of planning to the last final message that can be asked for. Prints one
JSON object. Method and reading: ``bench/README.md``.
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
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles

import psycopg
import uvloop
from rig import Services, Usage, machine, make_database, spawn_gateway, spawner
from sqlalchemy import text

from hongyan.kernel.embedded.nats import EmbeddedNats
from hongyan.kernel.embedded.postgres import EmbeddedPostgres
from hongyan.kernel.ids import RandomIds, SignatureId, SmsAppId, SmsTemplateId, TaskId, TenantId
from hongyan.kernel.keys.ring import create_key_ring
from hongyan.rooms.carriers.contracts import Carrier, NewAccount, Protocol
from hongyan.rooms.delivery.contracts import (
    EPOCH_DAY,
    OPEN_STATES,
    MessageClass,
    MessageState,
    PlannedChunk,
    PlannedMessage,
)
from telcowire.smstext.segments import count_segments

CHUNK = 10_000
TENANT = TenantId("11111111-1111-4111-8111-111111111111")
URGENT_TENANT = TenantId("22222222-2222-4222-8222-222222222222")
SIGNATURE = SignatureId("44444444-4444-4444-8444-444444444444")
CARRIERS = {"mobile": "138", "unicom": "186", "telecom": "189"}
_MEMORY_EVERY_S = 5.0  # and progress is told as often
_PERCENTILES = (0.5, 0.99)
_URGENT_PREFIX = "8613900"


@dataclass
class Story:
    """What a run brings."""

    seconds: float = 0.0
    planned_s: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)
    spent: dict[str, float] = field(default_factory=dict)
    memory: dict[str, list[float]] = field(default_factory=dict)
    fed_per_s: float | None = None


def _chunk(
    tenant_id: TenantId, task_id: TaskId, chunk_no: int, klass: MessageClass, messages: list[PlannedMessage]
) -> PlannedChunk:
    return PlannedChunk(
        tenant_id=tenant_id,
        task_id=task_id,
        chunk_no=chunk_no,
        klass=klass,
        app_id=SmsAppId("app-1"),
        signature_id=SIGNATURE,
        template_id=SmsTemplateId("15010661"),
        card_template_id=None,
        expires_at=datetime.now(UTC) + timedelta(days=1),
        messages=messages,
    )


async def plan(services: Services, task_id: TaskId, total: int) -> None:
    """Plan the task chunk by chunk, as the worker does."""
    prefixes = tuple(CARRIERS.values())
    for chunk_no, start in enumerate(range(0, total, CHUNK)):
        messages = []
        for n in range(start, min(start + CHUNK, total)):
            said = f"【鸿雁快递】您的包裹已到达，点击 s.example.cn/{n:07d} 查看取件码，感谢使用。"
            messages.append(PlannedMessage(n, f"86{prefixes[n % 3]}{n:08d}", said, count_segments(said), f"{n:07d}"))
        async with services.db.begin() as uow:
            route = await services.carriers.router(uow, TENANT, SIGNATURE, [m.phone for m in messages])
            assert route is not None
            await services.delivery.plan_chunk(
                uow, _chunk(TENANT, task_id, chunk_no, MessageClass.NOTICE, messages), route
            )


async def send_urgent(url: str, key_file: Path, bus_url: str, per_s: float, told: Path) -> None:
    """Send one code after another beside the bulk, each in a transaction of its own: what the API's process does.

    Writes a line per code to ``told`` when it is accepted, that is committed: number, Unix time before and after.
    """
    services, n = Services(url, key_file, bus_url), 0
    await services.open()
    with told.open("w", buffering=1) as lines:
        while True:
            phone, said = f"{_URGENT_PREFIX}{n:06d}", f"【鸿雁快递】验证码 {n:06d}，五分钟内有效。"
            begin = time.time()
            await _send_code(services, phone, said)
            lines.write(f"{phone} {begin:.6f} {time.time():.6f}\n")
            n += 1
            await asyncio.sleep(1 / per_s)


async def _send_code(services: Services, phone: str, said: str) -> None:
    async with services.db.begin() as uow:
        route = await services.carriers.router(uow, TENANT, SIGNATURE, [phone])
        assert route is not None
        chunk = _chunk(
            URGENT_TENANT, TaskId(RandomIds().uuid()), 0, MessageClass.CODE, [PlannedMessage(0, phone, said, 1)]
        )
        await services.delivery.plan_chunk(uow, chunk, route)


def urgent_times(told: Path, journal: Path) -> dict[str, object]:
    """Return the times of the codes in milliseconds, from before the transaction, and from its commit, to the carrier.

    The carrier's clock is read when it has taken the message in, before it answers: its own queue counts too.
    """
    times = {number: (float(begin), float(end)) for number, begin, end in map(str.split, told.read_text().splitlines())}
    asked, accepted = [], []
    with journal.open() as lines:
        for line in lines:
            if f'"{_URGENT_PREFIX}' in line:
                taken = json.loads(line)
                begin, end = times[taken["dest"]]
                asked.append((taken["at"] - begin) * 1000)
                accepted.append((taken["at"] - end) * 1000)
    assert len(accepted) >= len(times) - 1, "codes are missing"

    def read(values: list[float]) -> dict[str, float]:
        cuts = quantiles(values, n=100)
        return {"p50": round(cuts[49], 1), "p99": round(cuts[98], 1), "max": round(max(values), 1)}

    return {"messages": len(accepted), "ask_carrier_ms": read(asked), "accept_carrier_ms": read(accepted)}


async def measure(services: Services, options: argparse.Namespace, usage: Usage, story: Story) -> None:
    """Plan and wait for the last report."""
    task_id, total = TaskId(RandomIds().uuid()), options.messages
    begin = time.monotonic()
    planning = asyncio.create_task(plan(services, task_id, total))
    sampled_s = begin
    counts: dict[MessageState, int] = {}
    while True:
        await asyncio.sleep(0.1)
        if planning.done() and not story.planned_s:
            planning.result()
            story.planned_s = time.monotonic() - begin
        if time.monotonic() - sampled_s > _MEMORY_EVERY_S:
            sampled_s = time.monotonic()
            for name, megabytes in usage.memory_mb().items():
                story.memory.setdefault(name, []).append(megabytes)
            print({state.value: count for state, count in counts.items() if count}, file=sys.stderr)
        async with services.db.begin() as uow:
            counts = await services.delivery.task_counts(uow, TENANT, task_id)
        if story.planned_s and not any(counts[state] for state in OPEN_STATES):
            break
        assert time.monotonic() - begin < 150 + total / 500, "the line stands still"
    story.seconds = time.monotonic() - begin
    story.counts = {state.value: count for state, count in counts.items() if count}
    story.spent = usage.cpu_s_per_1000(total)


def percentiles(url: str) -> dict[str, object]:
    """Read the times of the campaign's messages from the ledger, in milliseconds."""
    query = """
        SELECT count(*),
               percentile_cont(%(at)s::float8[]) WITHIN GROUP (ORDER BY extract(epoch FROM o.at - b.planned_at) * 1000),
               percentile_cont(%(at)s::float8[]) WITHIN GROUP (ORDER BY extract(epoch FROM m.final_at - o.at) * 1000)
        FROM delivery_messages m JOIN delivery_outcomes o USING (message_id)
        JOIN delivery_batches b ON b.batch_id = m.message_id >> 8 WHERE o.part_no = 1 AND m.tenant_id = %(tenant)s"""
    with psycopg.connect(url) as connection:
        values = {"at": list(_PERCENTILES), "tenant": TENANT}
        parts, accepted, final = connection.execute(query, values).fetchone() or (0, [], [])
    names = ("p50", "p99")
    return {
        "messages_answered": parts,
        "accept_submit_ms": dict(zip(names, (round(value, 1) for value in accepted or ()), strict=False)),
        "submit_final_ms": dict(zip(names, (round(value, 1) for value in final or ()), strict=False)),
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


async def prepare(services: Services, ports: list[int], options: argparse.Namespace) -> None:
    """Make partitions and one account per carrier."""
    async with services.db.begin() as uow:
        await services.delivery.ensure_partitions(uow)
        today = (datetime.now(UTC).date() - EPOCH_DAY).days
        for day in range(max(0, today - options.history_days), today - 1):
            for parent, bits in (("delivery_messages", 38), ("delivery_outcomes", 38), ("receipts_reports", 0)):
                bounds = f"FROM ({day << bits}) TO ({day + 1 << bits})"
                await uow.execute(text(f"CREATE TABLE {parent}_{day:05d} PARTITION OF {parent} FOR VALUES {bounds}"))
        for index, (port, carrier) in enumerate(zip(ports, CARRIERS, strict=True)):
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
        about = machine(url)
        nats = EmbeddedNats(folder / "nats")
        nats.start(log=subprocess.DEVNULL)
        stack.callback(nats.stop)
        key_file = folder / "keys.json"
        create_key_ring().save(key_file)
        spawn = spawner(stack)
        journal, told = folder / "journal", folder / "told"
        simulator = spawn(
            *("-m", "simulators.carriers", "--carrier", ",".join(CARRIERS), "--port", "0,0,0", "--no-loss"),
            *("--latency-ms", str(options.latency_ms), "--report-after-ms", str(options.report_after_ms)),
            *("--fail-percent", "0", *(("--journal", str(journal)) if options.urgent_per_s else ())),
            stdout=subprocess.PIPE,
        )
        assert simulator.stdout is not None
        ports = json.loads(simulator.stdout.readline())["ports"]
        services, story = Services(url, key_file, nats.url), Story()

        async def tell() -> Usage:
            await services.open()
            await prepare(services, ports, options)
            gateways = {
                "gateway" if n == 0 else f"gateway-{n + 1}": spawn_gateway(
                    spawn, f"bench-{n + 1}", url, key_file, nats.url
                ).pid
                for n in range(options.gateways)
            }
            assert server.process is not None
            assert nats.process is not None
            others = {
                "postgres": server.process.pid,
                "nats": nats.process.pid,
                "simulator": simulator.pid,
                "planner": os.getpid(),
            }
            usage = Usage({**gateways, **others})
            urgent = (
                spawn(__file__, "--urgent", url, str(key_file), nats.url, str(options.urgent_per_s), str(told))
                if options.urgent_per_s
                else None
            )
            await measure(services, options, usage, story)
            if urgent is not None:
                urgent.terminate()
                urgent.wait()
                await asyncio.sleep(options.report_after_ms / 1000 + 1)  # the last reports
            async with services.db.begin() as uow:
                assert not await services.delivery.check_invariants(uow)
            story.fed_per_s = await drain_feed(services)
            return usage

        usage = uvloop.run(tell())
        return {
            "messages": options.messages,
            "seconds": round(story.seconds, 2),
            "messages_per_s": round(options.messages / story.seconds),
            "planning_s": round(story.planned_s, 2),
            "window": options.window,
            "connections": options.connections * len(CARRIERS),
            "gateways": options.gateways,
            "fsync": True,
            "final_states": story.counts,
            **percentiles(url),
            "urgent": urgent_times(told, journal) if options.urgent_per_s else None,
            "feed_taken_per_s": story.fed_per_s,
            "database": database_work(url),
            "cpu_s_per_1000": story.spent,
            "peak_mb": usage.peak_mb(),
            "memory_mb": story.memory,
            "machine": about,
        }


def main() -> None:
    """Parse the options."""
    if sys.argv[1:2] == ["--urgent"]:
        uvloop.run(send_urgent(sys.argv[2], Path(sys.argv[3]), sys.argv[4], float(sys.argv[5]), Path(sys.argv[6])))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--window", type=int, default=128)
    parser.add_argument("--connections", type=int, default=1, help="per carrier")
    parser.add_argument("--gateways", type=int, default=1)
    parser.add_argument("--latency-ms", type=float, default=1, help="until the carrier answers")
    parser.add_argument("--report-after-ms", type=int, default=1000)
    parser.add_argument("--urgent-per-s", type=float, default=0, help="single codes of another tenant beside the bulk")
    parser.add_argument("--history-days", type=int, default=0, help="empty partitions of days before today")
    parser.add_argument("--followed", action="store_true", help="feed the final messages, and take them at the end")
    print(json.dumps(bench(parser.parse_args())))


if __name__ == "__main__":
    main()
