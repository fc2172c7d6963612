"""One run from plan to verdict, and many of them on one house."""

import asyncio
import dataclasses
import json
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from hongyan.rooms.delivery.contracts import MessageState
from support.chaos.carriers import MANNERS, Ledger
from support.chaos.faults import Fault, Struck, strike
from support.chaos.house import House
from support.chaos.plans import Plan, make_plan
from support.chaos.sends import Order, place
from support.chaos.verdict import Verdict, judge

SETTLE_S = 120.0
"""After the last fault: reports that were lost come again after their carrier's time-out of 30 s."""
_POLL_S = 0.1
_CALM_S = 7.0
_KILLED_CALM_S = 40.0
_LATE_CALM_S = 10.0
_HOLDERS: LiteralString = """
SELECT DISTINCT split_part(l.holder, '/', 1) FROM gateways_leases AS l JOIN carriers_accounts AS a USING (account_id)
WHERE a.name = ANY(%s) AND l.until > clock_timestamp() ORDER BY 1
"""
_OPEN = (MessageState.HELD, MessageState.QUEUED, MessageState.ATTEMPTED)


class Run:
    """One plan on a running house."""

    def __init__(self, house: House, plan: Plan) -> None:
        self._house = house
        self._plan = plan
        prefixes = [channel.prefix for channel in plan.channels]
        block = plan.index % 10_000
        self.order = Order(
            f"r{plan.seed}-{plan.index}",
            plan.door,
            [f"{prefixes[n % len(prefixes)]}{block:04d}{n:04d}" for n in range(plan.messages)],
            plan.long_every,
        )
        self._carriers = [house.carriers[channel.name] for channel in plan.channels]
        self._all = [*self._carriers, *(one for one in house.carriers.values() if one.channel.is_spare)]
        self._most_unknown = 0
        self._struck: list[Struck] = []

    async def run(self) -> dict[str, Any]:
        """Return the row of results."""
        plan, house = self._plan, self._house
        for carrier in self._carriers:
            await carrier.behave(MANNERS[plan.manners[carrier.channel.name]], plan.seed)
        self.ledger = Ledger(self._all)
        began = time.monotonic()
        placing = asyncio.create_task(place(house, self.order))
        striking = [asyncio.create_task(self._strike(fault, began)) for fault in plan.faults]
        watching = asyncio.create_task(self._watch())
        error = ""
        try:
            self._struck = list(await asyncio.gather(*striking))
            healed = time.monotonic()
            house.heal()
            try:
                await placing
                settled_s = await self._settle(healed)
            except Exception as failure:  # noqa: BLE001 - whatever it is belongs into the row
                error = f"{type(failure).__name__}: {failure}"
                settled_s = time.monotonic() - healed
            verdict = await self._judge()
            if verdict.lost and not error:
                # A slow carrier may have taken up what still stood in its socket after that moment of calm.
                settled_s = await self._settle(healed, least_calm_s=_LATE_CALM_S)
                verdict = await self._judge()
        finally:
            for task in (placing, watching, *striking):
                task.cancel()
            await asyncio.gather(placing, watching, *striking, return_exceptions=True)
            house.heal()
        return self._row(verdict, began, settled_s, error)

    async def _strike(self, fault: Fault, began: float) -> Struck:
        if fault.at >= 1:
            await asyncio.sleep(max(0.0, began + fault.at - 1 - time.monotonic()))
        else:
            # A carrier that takes nothing must not keep the others from coming.
            deadline = time.monotonic() + 10
            while self._share() < fault.at and time.monotonic() < deadline:  # noqa: ASYNC110 - a file is watched
                await asyncio.sleep(0.005)
        return await strike(self._house, await self._at_work(fault))

    async def _at_work(self, fault: Fault) -> Fault:
        """Turn to the gateway that holds one of the run's channels, where the one that was meant has none."""
        if not fault.target.startswith("gateway"):
            return fault
        names = [carrier.channel.name for carrier in self._carriers]
        holders: list[str] = []
        with suppress(Exception):
            async with asyncio.timeout(1), self._house.graph.db.begin() as uow:
                holders = [row[0] for row in await uow.fetch(_HOLDERS, (names,))]
        return fault if fault.target in holders or not holders else dataclasses.replace(fault, target=holders[0])

    def _share(self) -> float:
        self.ledger.read()
        return len(self.ledger.parts) / len(self.order.phones)

    async def _watch(self) -> None:
        """Count the unknown messages of the order while the run lasts."""
        while True:
            with suppress(Exception):
                counts = await self._counts()
                self._most_unknown = max(self._most_unknown, counts.get(MessageState.UNKNOWN, 0))
            await asyncio.sleep(0.25)

    async def _counts(self) -> dict[MessageState, int]:
        house = self._house
        async with house.graph.db.begin() as uow:
            sums = await house.graph.delivery.sum_tasks(uow, house.sender.tenant_id, self.order.tasks)
        return {state: count for state, count in sums.items() if count}

    async def _settle(self, healed: float, *, least_calm_s: float = 0.3) -> float:
        """Wait until nothing is to be sent and everything that a carrier has is final; returns the seconds it took."""
        started = time.monotonic()
        last: object = None
        changed = started
        while (now := time.monotonic()) < started + SETTLE_S:
            try:
                counts = await self._counts()
            except Exception:  # noqa: BLE001 - the database may still be coming up
                await asyncio.sleep(_POLL_S)
                continue
            self._most_unknown = max(self._most_unknown, counts.get(MessageState.UNKNOWN, 0))
            if (seen := (counts, self.ledger.read())) != last:
                last, changed = seen, now
            if now - changed >= max(least_calm_s, self._calm_s(counts)):
                return changed - healed
            await asyncio.sleep(_POLL_S)
        return time.monotonic() - healed

    def _calm_s(self, counts: dict[MessageState, int]) -> float:
        """Return how long nothing must change before that is the end of it."""
        missing = len(self.order.phones) - sum(counts.values())
        if missing or any(counts.get(state) for state in _OPEN):
            return SETTLE_S
        whole = sum(1 for dest in self.ledger.parts if self.ledger.is_whole(dest))
        waiting = counts.get(MessageState.UNKNOWN, 0) + counts.get(MessageState.SUBMITTED, 0)
        if not counts.get(MessageState.SUBMITTED, 0) and len(self.order.phones) - waiting >= whole:
            return 0.0
        # Where reports may be missing, nobody can say how many will come: these are late ones, tried by number.
        was_killed = any(struck.fault.target in self._house.carriers for struck in self._struck)
        return _CALM_S if self._may_miss_reports() else _KILLED_CALM_S if was_killed else SETTLE_S

    def _may_miss_reports(self) -> set[str]:
        return {carrier.channel.name for carrier in self._carriers if carrier.manner.loses_reports}

    async def _judge(self) -> Verdict:
        for left in (20, 0):
            try:
                return await judge(self._house, self.order, self.ledger, may_miss_reports=self._may_miss_reports())
            except Exception:
                if not left:
                    raise
                await asyncio.sleep(1)
        raise AssertionError

    def _row(self, verdict: Verdict, began: float, settled_s: float, error: str) -> dict[str, Any]:
        bound = self._plan.bound([struck.is_hit for struck in self._struck])
        return {
            **self._plan.row(),
            "hit": [struck.is_hit for struck in self._struck],
            "seconds": round(time.monotonic() - began, 2),
            "recovery_s": round(settled_s, 2),
            "unknown_most": self._most_unknown,
            "unknown_bound": bound,
            "is_good": verdict.is_good and self._most_unknown <= bound and not error,
            "error": error,
            **verdict.row(),
        }


async def run_many(
    house: House, seed: int, indexes: list[int], *, messages: int, keep: Path | None = None
) -> AsyncIterator[dict[str, Any]]:
    """Run plans one after the other; yields a row each. What a bad one leaves is kept in ``keep``."""
    for index in indexes:
        plan = make_plan(seed, index, messages=messages, has_small_disk=house.has_small_disk)
        print(plan.describe(), flush=True)
        run = Run(house, plan)
        try:
            row = await run.run()
        except Exception as failure:  # noqa: BLE001 - one run must not end the others
            traceback.print_exc()
            row = {**plan.row(), "is_good": False, "error": f"{type(failure).__name__}: {failure}"}
        if not row["is_good"] and keep is not None:
            await asyncio.to_thread(keep_evidence, house, plan, run, row, keep)
        yield row


def keep_evidence(house: House, plan: Plan, run: Run, row: dict[str, Any], keep: Path) -> None:
    """Keep the ends of all logs and the rows of the ledger of a run that went wrong."""
    folder = keep / plan.name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "row.json").write_text(json.dumps(row, ensure_ascii=False, indent=1))
    for log in house.folder.glob("*.log"):
        (folder / log.name).write_bytes(log.read_bytes()[-400_000:])
    with suppress(psycopg.Error), psycopg.connect(house.settings.database_url or "") as connection:
        tables = {
            "messages": "SELECT message_id, task_id, recipient_no, state, carrier_code, final_at FROM delivery_messages"
            " WHERE task_id = ANY(%s::uuid[]) ORDER BY message_id",
            "outcomes": "SELECT o.* FROM delivery_outcomes AS o WHERE task_id = ANY(%s::uuid[]) ORDER BY message_id",
            "batches": "SELECT * FROM delivery_batches WHERE task_id = ANY(%s::uuid[]) ORDER BY batch_id",
            "unknowns": "SELECT * FROM delivery_unknowns WHERE task_id = ANY(%s::uuid[])",
        }
        for name, query in tables.items():
            with suppress(psycopg.Error), connection.transaction():
                rows = connection.execute(query, (run.order.tasks,)).fetchall()  # type: ignore[call-overload]
                (folder / f"{name}.txt").write_text("\n".join(map(str, rows)))
        with suppress(psycopg.Error), connection.transaction():
            spans = connection.execute("SELECT * FROM delivery_spans ORDER BY span_id DESC LIMIT 400").fetchall()
            (folder / "spans.txt").write_text("\n".join(map(str, spans)))
        with suppress(psycopg.Error), connection.transaction():
            leases = connection.execute("SELECT * FROM gateways_leases").fetchall()
            (folder / "leases.txt").write_text("\n".join(map(str, leases)))
