"""Lists over ten million messages of one tenant: loaded by COPY, asked through the service and through the API.

``python bench/lists.py [--messages 10000000] [--asks 40]`` starts its own ``hongyan up --demo`` and prints one JSON
object. Thirty days; half of the messages from file tasks (one of them a tenth of all), half from API calls of ten
numbers each (one batch per carrier), with their tasks, batches, answers and counters; a million different phones.
"""

import argparse
import asyncio
import json
import os
import platform
import random
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import psycopg

from hongyan.kernel.clock import SystemClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import CardTemplateId, SignatureId, TaskId, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.kernel.keys.numbers import NumberSealer, TenantKeys
from hongyan.kernel.keys.ring import load_key_ring
from hongyan.kernel.settings import Settings
from hongyan.rooms.delivery.contracts import MessageFilter, MessageState, day_number
from hongyan.rooms.delivery.rules import make_batch_id
from hongyan.rooms.delivery.service import DeliveryService
from hongyan.rooms.delivery.store.partitions import ensure_partitions
from hongyan.run.connect import database_url
from support.installation import Installation, free_ports, running_installation

DAYS = 30
PEOPLE = 1_000_000
CALL = 10
CHUNK = 2_500
CARDS = (("600000001", 0.6), ("600000002", 0.3), ("600000003", 0.0995), ("600000004", 0.0005))
SIGNS = (("bench-1", 0.7), ("bench-2", 0.295), ("bench-3", 0.005))
CODES = ((40, "DELIVRD", 0.95), (30, "MK:0012", 0.03), (20, "EXPIRED", 0.02))


class Send(NamedTuple):
    """One task: when, how many, and of what."""

    task_id: str
    at: datetime
    count: int
    card: str
    sign: str
    is_file: bool


def sends(total: int, end: datetime, dice: random.Random) -> list[Send]:
    """Spread tasks over the days before ``end``; the largest first."""

    def one(count: int, *, is_file: bool) -> Send:
        at = end - timedelta(seconds=dice.random() * (DAYS - 1) * 86_400)
        card = dice.choices([c for c, _ in CARDS], [w for _, w in CARDS])[0]
        sign = dice.choices([s for s, _ in SIGNS], [w for _, w in SIGNS])[0]
        return Send(str(uuid.UUID(int=dice.getrandbits(128), version=4)), at, count, card, sign, is_file)

    large = [one(total // 10, is_file=True)._replace(card=CARDS[0][0], sign=SIGNS[0][0])]
    files = [one(total * 4 // 10 // 60, is_file=True) for _ in range(60)]
    calls = [one(CALL, is_file=False) for _ in range(total // 2 // CALL)]
    return [*large, *sorted([*files, *calls], key=lambda send: send.at)]


class Loader:
    """Writes the ledger of the sends, as planning and the line would have left it."""

    def __init__(self, url: str, tenant: str, sealer: NumberSealer, dice: random.Random) -> None:
        """Take what the demo's own first task looks like as the pattern of all others."""
        self._db = psycopg.connect(url, autocommit=True)
        self._tenant, self._dice = tenant, dice
        self.phones = [f"8613{dice.choice('5678')}{n:08d}" for n in dice.sample(range(100_000_000), PEOPLE)]
        self._sealed = ["\\\\x" + sealer.seal(phone).hex() for phone in self.phones]
        self._seq = 0
        self._batches: list[tuple[int, Send, int, int]] = []

    def load(self, all_sends: list[Send]) -> None:
        """Write everything and let the planner see it."""
        self._copy("delivery_messages", self._messages(all_sends))
        self._copy(
            "delivery_batches (batch_id, tenant_id, task_id, account_id, klass, src_id, signature_id, template_id,"
            " card_template_id, subjects, expires_at, message_count, next_pos, retry, state, planned_at)",
            (
                f"{batch}\t{self._tenant}\t{s.task_id}\t{account}\t1\t1069\t{s.sign}\t15010661\t{s.card}\t{{task:{s.task_id}}}"
                f"\t{s.at}\t{count}\t{count}\t\t2\t{s.at}\n"
                for batch, s, count, account in self._batches
            ),
        )
        self._copy(
            "delivery_outcomes"
            " (message_id, part_no, parts, account_id, carrier_msg_id, result, tenant_id, task_id, at)",
            self._outcomes(),
        )
        self._copy(
            "delivery_tasks (task_id, tenant_id, is_settled, planned_at)",
            (f"{s.task_id}\t{self._tenant}\tt\t{s.at}\n" for s in all_sends),
        )
        self._copy(
            "delivery_counters (task_id, shard, tenant_id, queued, submitted, delivered, failed, expired)",
            (
                line
                for s in all_sends
                for line in (
                    f"{s.task_id}\t0\t{self._tenant}\t{s.count}\t0\t0\t0\t0\n",
                    f"{s.task_id}\t2\t{self._tenant}\t{-s.count}\t{s.count}\t0\t0\t0\n",
                    f"{s.task_id}\t3\t{self._tenant}\t0\t{-s.count}\t{s.count - s.count // 20}\t{s.count // 20}\t0\n",
                )
            ),
        )
        planned = Counter[tuple[Any, ...]]()
        for s in all_sends:
            hour = s.at.replace(minute=0, second=0, microsecond=0)
            planned[False, hour, s.sign, s.card] += s.count
            planned[True, hour.replace(hour=0), s.sign, s.card] += s.count
        self._copy(
            "delivery_planned (tenant_id, is_day, bucket, kind, signature_id, template_id, card_template_id, messages)",
            (
                f"{self._tenant}\t{day}\t{at}\t0\t{sign}\t15010661\t{card}\t{n}\n"
                for (day, at, sign, card), n in planned.items()
            ),
        )
        self._tasks(all_sends)
        self._db.execute("VACUUM (ANALYZE)")

    def _copy(self, target: str, lines: Iterator[str]) -> None:
        started, rows, buffer = time.monotonic(), 0, []
        with self._db.cursor().copy(f"COPY {target} FROM STDIN".encode()) as copy:
            for line in lines:
                buffer.append(line)
                rows += 1
                if len(buffer) == 2_000:
                    copy.write("".join(buffer))
                    buffer.clear()
            copy.write("".join(buffer))
        seconds = time.monotonic() - started
        print(f"{target.split(maxsplit=1)[0]}: {rows} rows in {seconds:.0f} s, {rows / seconds:.0f}/s", file=sys.stderr)

    def _batch(self, send: Send, account: int, count: int) -> int:
        self._seq += 1
        batch = make_batch_id(day_number(send.at), self._seq)
        self._batches.append((batch, send, count, account))
        return batch

    def _messages(self, all_sends: list[Send]) -> Iterator[str]:
        dice, tenant = self._dice, self._tenant
        codes, weights = [c[:2] for c in CODES], [c[2] for c in CODES]
        for s in all_sends:
            final, number = s.at + timedelta(seconds=9), 0
            for start in range(0, s.count, CHUNK):
                rest = min(CHUNK, s.count - start)
                for account, part in (
                    (1, rest * 6 // 10),
                    (2, rest * 2 // 10),
                    (3, rest - rest * 6 // 10 - rest * 2 // 10),
                ):
                    for first in range(0, part, 200):
                        count = min(200, part - first)
                        batch = self._batch(s, account, count) << 8
                        for position, (state, code) in enumerate(dice.choices(codes, weights, k=count)):
                            who = int(dice.random() * PEOPLE)
                            yield (
                                f"{batch | position}\t{tenant}\t{s.task_id}\t{number}\t{self._sealed[who]}\t"
                                f"【鸿雁快递】您的包裹已到达，点击 s.example.cn/{number:07d} 查看取件码，感谢使用。"
                                f"\t1\t{number:07d}\t{self.phones[who]}\t{state}\t{code}\t{final}\n"
                            )
                            number += 1

    def _outcomes(self) -> Iterator[str]:
        for batch, s, count, account in self._batches:
            tail = f"\t0\t{self._tenant}\t{s.task_id}\t{s.at + timedelta(seconds=2)}\n"
            for message_id in range(batch << 8, (batch << 8) + count):
                yield f"{message_id}\t1\t1\t{account}\t{message_id * 7}{tail}"

    def _tasks(self, all_sends: list[Send]) -> None:
        """Write tasks that look like the one the demo's client has just made."""
        self._db.execute(
            "CREATE TEMP TABLE t (task_id uuid, at timestamptz, n bigint, card text, sign text, source text)"
        )
        self._copy(
            "t",
            (
                f"{s.task_id}\t{s.at}\t{s.count}\t{s.card}\t{s.sign}\t{'hongyan' if s.is_file else 'api'}\n"
                for s in all_sends
            ),
        )
        started = time.monotonic()
        self._db.execute("""
            WITH pattern AS (SELECT to_jsonb(c) AS row FROM campaigns_tasks AS c WHERE name = 'pattern' LIMIT 1)
            INSERT INTO campaigns_tasks SELECT r.* FROM t, pattern AS p, LATERAL jsonb_populate_record(
                NULL::campaigns_tasks, p.row || jsonb_build_object(
                    'task_id', t.task_id, 'created_at', t.at, 'started_at', t.at, 'finished_at', t.at,
                    'state', 'finished', 'name', 'bench ' || left(t.task_id::text, 8), 'source', t.source,
                    'card_template_id', t.card, 'card_template_name', 'card ' || t.card, 'signature_name', t.sign,
                    'rows', t.n, 'imported', t.n, 'submitted', t.n,
                    'content', p.row->'content' || jsonb_build_object(
                        'signature_id', t.sign, 'signature_name', t.sign, 'card_template_id', t.card))) AS r""")
        print(f"campaigns_tasks in {time.monotonic() - started:.0f} s", file=sys.stderr)

    def sizes_mb(self) -> dict[str, float]:
        """Return what tables and the indexes on numbers take."""
        rows = self._db.execute("""
            SELECT regexp_replace(relname, '_[0-9]{5}', ''), sum(pg_relation_size(oid)) / 1048576.0 FROM pg_class
            WHERE relkind IN ('r', 'i') AND relname LIKE ANY(ARRAY['delivery_%', 'campaigns_tasks%', 'ix_%', 'pk_%'])
            GROUP BY 1 HAVING sum(pg_relation_size(oid)) > 20 * 1048576 ORDER BY 2 DESC""").fetchall()
        return {row[0]: round(float(row[1])) for row in rows}


Ask = Callable[[], Awaitable[object]]


async def time_asks(asks: dict[str, Ask], rounds: int) -> dict[str, dict[str, float]]:
    """Return p50 and p95 of every kind of question, in milliseconds; the first ask of each warms up."""
    taken: dict[str, list[float]] = {name: [] for name in asks}
    for number in range(rounds + 1):
        for name, ask in asks.items():
            started = time.perf_counter()
            await ask()
            if number:
                taken[name].append((time.perf_counter() - started) * 1000)
    result = {}
    for name, values in taken.items():
        cuts = quantiles(values, n=20)
        result[name] = {"p50": round(cuts[9], 1), "p95": round(cuts[18], 1)}
    return result


class Questions:
    """The filters of the lists, with changing values and offsets up to the last page."""

    def __init__(self, all_sends: list[Send], phones: list[str], dice: random.Random) -> None:
        """Draw values from what was loaded."""
        self._sends, self._phones, self._dice = all_sends, phones, dice

    def largest_day(self) -> datetime:
        """Return the end of a day with the largest task in it."""
        return self._sends[0].at + timedelta(hours=12)

    def details(self) -> dict[str, Callable[[], dict[str, str]]]:
        """Return the parameters of send-details by kind of question."""
        dice = self._dice

        def page(deepest: int = 9_900) -> dict[str, str]:
            return {"offset": str(dice.choice([0, 0, 100, deepest // 2, deepest])), "limit": "100"}

        def span(days: float) -> dict[str, str]:
            end = datetime.now(UTC) - timedelta(hours=dice.random() * 24 * (29 - days))
            begin = end - timedelta(days=days)
            return {"begin_time": f"{begin:%Y-%m-%dT%H:%M:%SZ}", "end_time": f"{end:%Y-%m-%dT%H:%M:%SZ}"}

        def small() -> Send:
            return dice.choice(self._sends[61:])

        return {
            "everything": page,
            "one day": lambda: page() | span(1),
            "seven days": lambda: page() | span(7),
            "an hour": lambda: page(900) | span(1 / 24),
            "large task": lambda: page() | {"task_id": self._sends[0].task_id},
            "small task": lambda: page(0) | {"task_id": small().task_id},
            "card": lambda: page() | {"tpl_id": dice.choice(CARDS)[0]},
            "rare card": lambda: page(4_000) | {"tpl_id": CARDS[-1][0]},
            "card, seven days": lambda: page() | span(7) | {"tpl_id": CARDS[1][0]},
            "signature": lambda: page() | {"sms_sign": dice.choice(SIGNS)[0]},
            "rare signature, three days": lambda: page(3_000) | span(3) | {"sms_sign": SIGNS[-1][0]},
            "signature and card": lambda: page() | {"sms_sign": SIGNS[1][0], "tpl_id": CARDS[1][0]},
            "rare signature and rare card": lambda: page(0) | {"sms_sign": SIGNS[2][0], "tpl_id": CARDS[3][0]},
            "number": lambda: page(0) | {"cust_flag": dice.choice(self._phones)[2:]},
            "number, seven days": lambda: page(0) | span(7) | {"cust_flag": dice.choice(self._phones)[2:]},
            "number, large task": lambda: (
                page(0) | {"task_id": self._sends[0].task_id, "cust_flag": dice.choice(self._phones)[2:]}
            ),
        }

    def tasks(self) -> dict[str, Callable[[], dict[str, str]]]:
        """Return the parameters of send-tasks by kind of question."""
        dice = self._dice

        def page() -> dict[str, str]:
            return {"offset": str(dice.choice([0, 0, 100, 5_000, 9_900])), "limit": "100"}

        def days(count: int) -> dict[str, str]:
            end = datetime.now(UTC)
            return {
                "begin_time": f"{end - timedelta(days=count):%Y-%m-%dT%H:%M:%SZ}",
                "end_time": f"{end:%Y-%m-%dT%H:%M:%SZ}",
            }

        return {
            "tasks, default days": page,
            "tasks, thirty days": lambda: page() | days(30),
            "tasks, card": lambda: page() | days(30) | {"tpl_id": dice.choice(CARDS)[0]},
            "tasks, name": lambda: page() | {"task_name": f"{dice.getrandbits(16):04x}"},
            "tasks, name, thirty days": lambda: page() | days(30) | {"task_name": f"{dice.getrandbits(16):04x}"},
            "tasks, card name": lambda: page() | {"tpl_name": "card 600000004"},
            "tasks, failed": lambda: page() | days(30) | {"task_status": "Fail"},
            "one task": lambda: {"task_id": dice.choice(self._sends).task_id},
        }


def _filter_of(query: dict[str, str]) -> MessageFilter:
    begin, end = query.get("begin_time"), query.get("end_time")
    return MessageFilter(
        task_id=TaskId(query["task_id"]) if "task_id" in query else None,
        phone="86" + query["cust_flag"] if "cust_flag" in query else None,
        signature_id=SignatureId(query["sms_sign"]) if "sms_sign" in query else None,
        card_template_id=CardTemplateId(query["tpl_id"]) if "tpl_id" in query else None,
        planned_from=datetime.fromisoformat(begin) if begin else None,
        planned_until=datetime.fromisoformat(end) if end else None,
    )


async def ask_service(
    url: str, keys: TenantKeys, tenant: TenantId, questions: Questions, large: TaskId, rounds: int
) -> dict[str, Any]:
    """Time the ledger's own lists, with those of the console."""
    db, dice = Database(url), random.Random(3)
    service = DeliveryService(clock=SystemClock(), keys=keys, jobs=Jobs(url))

    async def ask(where: MessageFilter, offset: int, limit: int) -> object:
        async with db.begin() as uow:
            return await service.list_messages(uow, tenant, where, offset=offset, limit=limit)

    async def newest(state: MessageState | None, end: datetime | None = None) -> object:
        end = end or datetime.now(UTC) - timedelta(hours=dice.random() * 24 * 27)
        states = None if state is None else frozenset({state})
        where = MessageFilter(states=states, planned_from=end - timedelta(days=1), planned_until=end)
        offset = dice.choice([0, 0, 100, 9_900])
        async with db.begin() as uow:
            return await service.list_messages(uow, tenant, where, offset=offset, limit=100, newest=True)

    def asker(make: Callable[[], dict[str, str]]) -> Ask:
        async def run() -> object:
            query = make()
            return await ask(_filter_of(query), int(query["offset"]), int(query["limit"]))

        return run

    asks = {name: asker(make) for name, make in questions.details().items()}
    for name, state in (
        ("delivered", MessageState.DELIVERED),
        ("failed", MessageState.FAILED),
        ("none", MessageState.HELD),
    ):
        where = MessageFilter(task_id=large, states=frozenset({state}))
        asks[f"console: large task, {name}"] = lambda where=where: ask(where, dice.choice([0, 100, 9_900]), 100)
        rare = replace(where, states=frozenset({state, MessageState.UNKNOWN}))
        asks[f"console: large task, {name} or unknown"] = lambda where=rare: ask(
            where, dice.choice([0, 100, 9_900]), 100
        )
    for name, states in (("all", None), ("delivered", MessageState.DELIVERED), ("failed", MessageState.FAILED)):
        asks[f"console: details of a day, {name}"] = lambda states=states: newest(states)
    # The worst: the day of the largest task, and nothing to find.
    asks["console: details of the largest day, none"] = lambda: newest(MessageState.HELD, questions.largest_day())
    try:
        return await time_asks(asks, rounds)
    finally:
        await db.close()


async def ask_api(installation: Installation, questions: Questions, rounds: int) -> dict[str, Any]:
    """Time the vendor's operations by signed calls."""
    async with installation.api() as api:

        def asker(path: str, make: Callable[[], dict[str, str]]) -> Ask:
            return lambda: api.call("GET", path, query=make())

        asks = {name: asker("/v1/aim/send-details", make) for name, make in questions.details().items()}
        asks |= {name: asker("/v1/aim/send-tasks", make) for name, make in questions.tasks().items()}
        return await time_asks(asks, rounds)


async def make_pattern(installation: Installation) -> None:
    """Send one message through the API: its task is the pattern of the others."""
    async with installation.api() as api:
        rows = await api.call("GET", "/v1/sms/templates", query={"limit": "100"})
        template = next(row for row in rows["result"] if row["template_id"] == installation.env["HONGYAN_SMS_TEMPLATE"])
        found = await api.call("GET", f"/v1/sms/signatures/{template['signature_id']}")
        body = {
            "task_name": "pattern",
            "sms_channel": {
                "channel_number": found["channel_num"],
                "sms_tpl_id": template["template_id"],
                "sms_sign": found["signature_name"],
                "sms_app_name": template["app_name"],
            },
            "resolve_task": {
                "tpl_id": installation.env["HONGYAN_CARD"],
                "resolve_times": 1,
                "aim_code_type": "individual",
                "expiration_time": 7,
                "params": [{"cust_flag": "13900000000", "sms_params": ["王女士"]}],
            },
        }
        await api.call("POST", "/v1/aim/send-tasks", body=body)


class Loaded(NamedTuple):
    """What stands in an installation."""

    url: str
    keys: TenantKeys
    tenant: TenantId
    loader: Loader
    sends: list[Send]
    messages: int
    seconds: float


async def load(installation: Installation, messages: int) -> Loaded:
    """Load, unless it is loaded already."""
    dice, mark = random.Random(1), installation.data_dir / "lists.json"
    is_loaded = mark.exists()
    if not is_loaded:
        await make_pattern(installation)
        end = datetime.now(UTC) - timedelta(hours=1)
        mark.write_text(json.dumps({"end": end.isoformat(), "messages": messages}))
    loaded = json.loads(mark.read_text())
    settings = Settings(data_dir=installation.data_dir)
    url, keys = database_url(settings), TenantKeys(load_key_ring(settings.key_path))
    db = Database(url)
    async with db.begin() as uow:
        tenant = TenantId((await uow.fetch("SELECT tenant_id::text FROM campaigns_tasks LIMIT 1"))[0][0])
        sealer = await keys.sealer(uow, tenant)
        await ensure_partitions(uow, day_number(datetime.now(UTC)) - DAYS, DAYS)
    await db.close()
    all_sends = sends(loaded["messages"], datetime.fromisoformat(loaded["end"]), dice)
    loader = Loader(url, tenant, sealer, dice)
    started = time.monotonic()
    if not is_loaded:
        await asyncio.to_thread(loader.load, all_sends)
    return Loaded(url, keys, tenant, loader, all_sends, loaded["messages"], time.monotonic() - started)


async def bench(installation: Installation, options: argparse.Namespace) -> dict[str, Any]:
    """Load and ask."""
    loaded = await load(installation, options.messages)
    loader, all_sends = loaded.loader, loaded.sends
    questions = Questions(all_sends, loader.phones, random.Random(2))
    return {
        "what": "lists",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        "messages": loaded.messages,
        "tasks": len(all_sends),
        "load_s": round(loaded.seconds),
        "size_mb": loader.sizes_mb(),
        "service_ms": await ask_service(
            loaded.url, loaded.keys, loaded.tenant, questions, TaskId(all_sends[0].task_id), options.asks
        ),
        "api_ms": await ask_api(installation, questions, options.asks),
    }


def main() -> None:
    """Run once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000_000)
    parser.add_argument("--asks", type=int, default=40, help="of every kind")
    parser.add_argument("--data-dir", type=Path, help="keep the installation here, and use what was loaded before")
    options = parser.parse_args()
    with ExitStack() as stack:
        if options.data_dir is None:
            installation = stack.enter_context(running_installation())
            # What is measured is what the installation can do, not what one tenant may ask of it.
            installation.hongyan("limits", "set", "hongyan-demo", "--total", "0", "--send", "0", "--list", "0")
        else:
            options.data_dir.mkdir(exist_ok=True)
            installation = Installation(options.data_dir, *free_ports(2), subprocess.Popen(["true"]))
            installation.process.wait()
            installation.start()
            stack.callback(installation.stop)
        print(json.dumps(asyncio.run(bench(installation, options))))


if __name__ == "__main__":
    main()
