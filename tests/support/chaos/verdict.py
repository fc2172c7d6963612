"""The verdict over a run: the order book and the carriers' journals against what the product says became of everyone."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from hongyan.kernel.ids import TaskId
from hongyan.rooms.delivery.contracts import MessageFilter, MessageState
from support.chaos.carriers import Ledger
from support.chaos.house import House
from support.chaos.sends import Order

_SENT = {MessageState.SUBMITTED, MessageState.DELIVERED, MessageState.FAILED, MessageState.EXPIRED}
_DELIVERED, _FAILED = {MessageState.DELIVERED}, {MessageState.FAILED, MessageState.EXPIRED}
_WAITING = {MessageState.HELD, MessageState.QUEUED, MessageState.ATTEMPTED}
_UNKNOWN = {MessageState.UNKNOWN, MessageState.UNKNOWN_FINAL}
_NOT_SENT_ALLOWED = _UNKNOWN | {
    MessageState.FAILED,
    MessageState.EXPIRED,
    MessageState.REFUSED,
    MessageState.CANCELLED,
    MessageState.SUPPRESSED,
    MessageState.SKIPPED,
}


@dataclass
class Verdict:
    """What was found; ``examples`` say for whom, by the name of the finding."""

    states: dict[str, int] = field(default_factory=dict)
    lost: int = 0
    """Forgotten: in no list, still to be sent, or accepted by a carrier and never ended."""
    twice: int = 0
    """Somebody got a part two times."""
    phantom: int = 0
    """Said to be sent, and no carrier has it."""
    wrong: int = 0
    """Ended otherwise than the carrier said, or said to be unsent although a carrier has it."""
    strangers: int = 0
    """Got something that was not asked for."""
    unknown: int = 0
    books: list[str] = field(default_factory=list)
    """Broken invariants."""
    examples: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.twice or self.phantom or self.wrong or self.strangers or self.books)

    def note(self, finding: str, dest: str, text: str) -> None:
        """Keep the first few of each finding."""
        found = self.examples.setdefault(finding, [])
        if len(found) < 5:
            found.append(f"{dest}: {text}")

    def row(self) -> dict[str, Any]:
        """Return it as JSON."""
        names = ("lost", "twice", "phantom", "wrong", "strangers", "unknown", "states", "books", "examples")
        return {name: getattr(self, name) for name in names}


async def states_of(house: House, tasks: list[TaskId]) -> dict[str, list[tuple[MessageState, str | None]]]:
    """Return what the product's own list says of each number: (state, code)."""
    found: dict[str, list[tuple[MessageState, str | None]]] = {}
    delivery, tenant_id = house.graph.delivery, house.sender.tenant_id
    async with house.graph.db.begin() as uow:
        for task_id in tasks:
            async for view in delivery.iter_messages(uow, tenant_id, MessageFilter(task_id=task_id)):
                found.setdefault(str(view.phone).lstrip("+"), []).append((view.state, view.carrier_code))
    return found


async def judge(house: House, order: Order, ledger: Ledger, *, may_miss_reports: set[str]) -> Verdict:
    """Compare. ``may_miss_reports``: channels whose carrier forgot some of its reports."""
    ledger.read()
    verdict = Verdict()
    found = await states_of(house, order.tasks)
    states: Counter[str] = Counter()
    for dest in order.dests:
        rows = found.pop(dest, [])
        if len(rows) != 1:
            verdict.lost += 1
            verdict.note("lost", dest, f"{len(rows)} rows in the ledger")
            continue
        state, code = rows[0]
        states[state.value] += 1
        judge_one(verdict, ledger, dest, state, code, may_miss_reports)
    verdict.states = dict(sorted(states.items()))
    for dest in {*ledger.parts} - set(order.dests) | {*found}:
        verdict.strangers += 1
        verdict.note("strangers", dest, "was not asked for")
    await _check_books(house, order, verdict)
    return verdict


def judge_one(
    verdict: Verdict, ledger: Ledger, dest: str, state: MessageState, code: str | None, may_miss_reports: set[str]
) -> None:
    """Compare one number's state with its carrier's journal."""
    if state in _UNKNOWN:
        verdict.unknown += 1
    told = f"{state} ({code})"
    parts = ledger.parts.get(dest)
    if not parts:
        if state in _WAITING:
            verdict.lost += 1
            verdict.note("lost", dest, told)
        elif state not in _NOT_SENT_ALLOWED:
            verdict.phantom += 1
            verdict.note("phantom", dest, told)
        return
    if max(parts.values()) > 1:
        verdict.twice += 1
        verdict.note("twice", dest, f"{dict(parts)} {told}")
    carrier = ledger.by[dest]
    if not ledger.is_whole(dest):
        if state not in _UNKNOWN | _FAILED:
            verdict.wrong += 1
            verdict.note("wrong", dest, f"parts {sorted(parts)} of {ledger.totals[dest]}, {told}")
        return
    due = _DELIVERED if carrier.is_delivered(ledger.numbers[dest]) else _FAILED
    if state in due:
        return
    may_miss = carrier.channel.name in may_miss_reports or carrier.was_killed_behind(ledger.last_at[dest])
    if may_miss and state in _UNKNOWN | {MessageState.SUBMITTED}:
        return
    if state in _WAITING | _UNKNOWN | {MessageState.SUBMITTED}:
        verdict.lost += 1
        verdict.note("lost", dest, f"the carrier has it, {told}")
    else:
        verdict.wrong += 1
        verdict.note("wrong", dest, f"should be one of {sorted(due)}, {told}")


async def _check_books(house: House, order: Order, verdict: Verdict) -> None:
    delivery, tenant_id = house.graph.delivery, house.sender.tenant_id
    # Rows and counters are read one after the other: what a report changes between the two is no finding.
    for _ in range(5):
        async with house.graph.db.begin() as uow:
            verdict.books = [f"{v.task_id} {v.what}" for v in await delivery.check_invariants(uow)][:10]
            sums = await delivery.sum_tasks(uow, tenant_id, order.tasks)
        if not verdict.books:
            break
        await asyncio.sleep(1)
    total = sum(sums.values())
    if total != len(order.phones):
        verdict.books.append(f"{total} in the counters, {len(order.phones)} were asked for")
