"""The claim: the most urgent class first with a floor for the others, then fair between tenants, into spans.

What is gated, expired, outside its hours or beyond its pace stays behind. One call runs inside the account's
transaction; nothing may be sent before that has committed. Statements: ``claims``, ``pacing``.
"""

import math
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Final

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import AccountId, BatchId, MessageId, TaskId, TenantId
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.rooms.delivery.contracts import MessageClass, MessageState, OpenSpan, SendingWindow, SpanMessage, Tally
from hongyan.rooms.delivery.rules import (
    STATE_NUMBERS,
    BatchState,
    Turns,
    make_message_id,
    next_opening,
    split_message_id,
    take_positions,
)
from hongyan.rooms.delivery.store import claims, desk, outcomes, pacing

_ROUNDS: Final = 4
"""How often one claim looks again after it had to park or expire what it found."""
NOT_SENT_IN_TIME: Final = "not_sent_in_time"
OPTED_OUT: Final = "opted_out"


@dataclass(slots=True)
class _Pick:
    """A batch being cut into spans."""

    batch: claims.ClaimedBatch
    next_pos: int
    retry: bytes
    spans: list[bytes]
    parts: Mapping[int, int] | None = None
    """Parts per message, where a pace counts them."""

    @property
    def is_spent(self) -> bool:
        return self.next_pos >= self.batch.message_count and not self.retry

    def spans_left(self, span_messages: int) -> int:
        """Return how many more spans can be cut from it."""
        return -(-(self.batch.message_count - self.next_pos + len(self.retry)) // span_messages)

    def message_ids(self) -> list[int]:
        """Return what is not in a span yet, in the order of the cutting."""
        positions = (*self.retry, *range(self.next_pos, self.batch.message_count))
        return [make_message_id(self.batch.batch_id, pos) for pos in positions]

    def cut(self, limit: int) -> None:
        """Make the next span of it."""
        positions, self.next_pos, self.retry = take_positions(
            self.next_pos, self.batch.message_count, self.retry, limit
        )
        self.spans.append(positions)


@dataclass(slots=True)
class _Queue:
    """What a claim has locked of one tenant in one class."""

    picks: deque[_Pick] = field(default_factory=deque)
    seen: set[int] = field(default_factory=set)


class Claim:
    """One claim of one account; ``run`` once."""

    def __init__(
        self,
        uow: Uow,
        keys: TenantKeys,
        account_id: AccountId,
        epoch: int,
        now: datetime,
        tally: Tally,
        span_ids: deque[int],
        turns: Turns,
        rates: pacing.Rates,
    ) -> None:
        """Work in ``uow`` under ``epoch``; transitions go to ``tally``; ids of spans are taken from ``span_ids``.

        ``turns`` remembers across claims who was served; ``rates`` are the paces that hold.
        """
        self._span_ids = span_ids
        self._uow = uow
        self._keys = keys
        self._account_id = account_id
        self._epoch = epoch
        self._now = now
        self._tally = tally
        self._turns = turns
        self._allowance = pacing.Allowance(rates)
        self._stopped: set[TaskId] = set()
        self._picks: list[_Pick] = []
        self._queues: dict[tuple[int, TenantId], _Queue] = {}

    async def run(self, *, spans: int, span_messages: int, is_urgent: bool) -> list[OpenSpan]:
        """Open at most ``spans`` spans of at most ``span_messages``; ``is_urgent``: of codes only."""
        missing = spans
        for _ in range(_ROUNDS):
            stopped = len(self._stopped)
            waiting: dict[int, list[TenantId]] = defaultdict(list)
            for klass, tenant_id in await claims.list_turns(self._uow, self._account_id) if missing else ():
                if klass == MessageClass.CODE or not is_urgent:
                    waiting[klass].append(tenant_id)
            await self._allowance.lock(self._uow, {tenant for tenants in waiting.values() for tenant in tenants})
            missing -= await self._fill(waiting, missing, span_messages, is_urgent=is_urgent)
            if missing <= 0 or len(self._stopped) == stopped:
                break
        await self._allowance.write(self._uow)
        return await self._open(self._picks) if self._picks else []

    async def _fill(
        self, waiting: dict[int, list[TenantId]], missing: int, span_messages: int, *, is_urgent: bool
    ) -> int:
        """Share spans between the classes that wait; what one cannot use goes to the others. Returns how many."""
        taken = 0
        while taken < missing:
            for klass, tenants in waiting.items():
                waiting[klass] = [tenant for tenant in tenants if self._allowance.may_claim(tenant)]
            classes = [klass for klass, tenants in waiting.items() if tenants]
            # Spans beside the others do not count for the floor of lower classes.
            share = (
                dict.fromkeys(classes, missing - taken) if is_urgent else self._turns.share(classes, missing - taken)
            )
            if not share:
                break
            orders = {klass: self._turns.order(klass, waiting[klass])[:count] for klass, count in share.items()}
            await self._look_for(orders, share, span_messages)
            for klass, count in share.items():
                found = self._take(klass, orders[klass], count, span_messages)
                taken += found
                if found < count:
                    waiting.pop(klass)
        return taken

    async def _look_for(
        self, orders: Mapping[int, Sequence[TenantId]], share: Mapping[int, int], span_messages: int
    ) -> None:
        """Lock batches for what the queues cannot give yet, all classes with one statement."""
        turns = []
        for klass, order in orders.items():
            queues = [self._queues.setdefault((klass, tenant), _Queue()) for tenant in order]
            short = share[klass] - sum(pick.spans_left(span_messages) for queue in queues for pick in queue.picks)
            if short > 0:
                per_turn = math.ceil(short / len(order))
                turns += [
                    (klass, tenant, len(queue.seen) + per_turn) for tenant, queue in zip(order, queues, strict=True)
                ]
        if not turns:
            return
        used_up = self._allowance.used_up({tenant for _, tenant, _ in turns})
        found = await claims.lock_batches(self._uow, self._account_id, turns, without=used_up)
        fresh = []
        for batch in sorted(found, key=lambda b: b.batch_id):
            queue = self._queues[batch.klass, batch.tenant_id]
            if batch.batch_id not in queue.seen:
                queue.seen.add(batch.batch_id)
                if await self._may_go(batch):
                    pick = _Pick(batch, batch.next_pos, batch.retry, [])
                    queue.picks.append(pick)
                    fresh.append(pick)
        paced = [pick for pick in fresh if self._allowance.is_paced(pick.batch.tenant_id)]
        if paced:
            parts = await claims.get_parts(self._uow, [m for pick in paced for m in pick.message_ids()])
            for pick in paced:
                pick.parts = parts

    def _take(self, klass: int, order: Sequence[TenantId], count: int, span_messages: int) -> int:
        """Cut spans from the batches of one class, a turn per tenant; returns how many."""
        queues = {tenant: self._queues[klass, tenant].picks for tenant in order}
        taken = 0
        while taken < count and any(queues.values()):
            for tenant in order:
                if taken >= count or not queues[tenant]:
                    continue
                pick = queues[tenant][0]
                limit = self._paced(pick, span_messages)
                if limit:
                    pick.cut(limit)
                    if len(pick.spans) == 1:
                        self._picks.append(pick)
                    self._turns.served(klass, tenant)
                    taken += 1
                if pick.is_spent or not limit:
                    queues[tenant].popleft()
        return taken

    def _paced(self, pick: _Pick, limit: int) -> int:
        """Return how many messages of a batch may go into its next span."""
        batch = pick.batch
        if pick.parts is None:
            return limit
        parts = [pick.parts[message_id] for message_id in pick.message_ids()[:limit]]
        return self._allowance.take(batch.tenant_id, batch.signature_id, parts)

    async def _may_go(self, batch: claims.ClaimedBatch) -> bool:
        """Ask the gate. What may not go leaves the queue here, with all its task has ready on this account."""
        if batch.task_id in self._stopped:
            return False
        if batch.is_gated:
            return await self._park(batch, None)
        if batch.expires_at <= self._now:
            await self._expire(batch)
            return False
        opening = next_opening(_window(batch.window_start, batch.window_end, batch.window_zone), self._now)
        return True if opening is None else await self._park(batch, opening)

    async def _park(self, batch: claims.ClaimedBatch, until: datetime | None) -> bool:
        self._stopped.add(batch.task_id)
        # What this very claim has picked before the gate was seen goes out, and is counted so.
        picked = [pick.batch.batch_id for pick in self._picks]
        count = await claims.park_task(self._uow, self._account_id, batch.task_id, until, without=picked)
        self._tally.move(batch.tenant_id, batch.task_id, MessageState.QUEUED, MessageState.HELD, count)
        return False

    async def _expire(self, batch: claims.ClaimedBatch) -> None:
        self._stopped.add(batch.task_id)
        ended = await end_unsent(
            self._uow,
            desk.OpenBatch(
                batch.batch_id, batch.tenant_id, batch.task_id, 0, batch.message_count, batch.next_pos, batch.retry
            ),
            MessageState.EXPIRED,
            NOT_SENT_IN_TIME,
            self._now,
        )
        await desk.end_batches(self._uow, [batch.batch_id], BatchState.DONE)
        self._tally.move(batch.tenant_id, batch.task_id, MessageState.QUEUED, MessageState.EXPIRED, ended)

    async def _open(self, picks: Sequence[_Pick]) -> list[OpenSpan]:
        """Write the spans and read what they send; suppressed numbers end here."""
        owners = {pick.batch.batch_id: pick.batch for pick in picks}
        sealers = {b.tenant_id: await self._keys.sealer(self._uow, b.tenant_id) for b in owners.values()}
        wanted = []
        for pick in picks:
            for positions in pick.spans:
                if not self._span_ids:
                    self._span_ids.extend(await claims.take_span_ids(self._uow))
                wanted.append((self._span_ids.popleft(), pick.batch.batch_id, positions))
        async with self._uow.pipelined():
            await claims.advance_batches(
                self._uow,
                [
                    (p.batch.batch_id, p.next_pos, p.retry, BatchState.DONE if p.is_spent else BatchState.READY)
                    for p in picks
                ],
            )
            await claims.open_spans(self._uow, self._account_id, self._epoch, wanted, self._now)
            rows = await claims.get_messages(
                self._uow, [make_message_id(batch_id, pos) for _, batch_id, positions in wanted for pos in positions]
            )
        suppressed = await self._suppress(picks, rows)
        opened, empty = [], []
        for span_id, batch_id, positions in wanted:
            batch = owners[batch_id]
            sealer = sealers[batch.tenant_id]
            messages = []
            for pos in positions:
                message_id = make_message_id(batch_id, pos)
                row = rows.get(message_id)
                if row is not None and message_id not in suppressed:
                    messages.append(SpanMessage(MessageId(message_id), sealer.open(row[0]), row[1], row[2]))
            if not messages:
                empty.append(span_id)
                continue
            self._tally.move(batch.tenant_id, batch.task_id, MessageState.QUEUED, MessageState.ATTEMPTED, len(messages))
            opened.append(
                OpenSpan(
                    span_id=span_id,
                    batch_id=BatchId(batch_id),
                    account_id=self._account_id,
                    epoch=self._epoch,
                    tenant_id=batch.tenant_id,
                    task_id=batch.task_id,
                    klass=MessageClass(batch.klass),
                    src_id=batch.src_id,
                    expires_at=batch.expires_at,
                    messages=tuple(messages),
                )
            )
        if empty:
            await outcomes.close_spans(self._uow, empty, self._now)
        return opened

    async def _suppress(self, picks: Sequence[_Pick], rows: dict[int, tuple[bytes, str, int, bool]]) -> set[int]:
        """End what goes to numbers that opted out of the tenant or of this signature; returns these messages."""
        asked = [message_id for message_id, row in rows.items() if row[3]]
        if not asked:
            return set()
        owners = {pick.batch.batch_id: pick.batch for pick in picks}
        batches = {message_id: owners[split_message_id(message_id)[0]] for message_id in asked}
        # The confirmation that a person asked for by opting out is the one message an opt-out does not stop: it was
        # written because of this very opt-out, and is a batch of its own with a single message.
        asked = [message_id for message_id in asked if not batches[message_id].confirms_opt_out]
        known = await claims.list_opted_out(self._uow, {(batches[m].tenant_id, rows[m][0]) for m in asked})
        ended = {
            m
            for m in asked
            if any((batches[m].tenant_id, rows[m][0], what) in known for what in ("", batches[m].signature_id))
        }
        if ended:
            number = STATE_NUMBERS[MessageState.SUPPRESSED]
            await outcomes.finish_open(self._uow, [(m, number, OPTED_OUT) for m in sorted(ended)], self._now)
            for message_id in ended:
                batch = batches[message_id]
                self._tally.move(batch.tenant_id, batch.task_id, MessageState.QUEUED, MessageState.SUPPRESSED)
        return ended


async def end_unsent(uow: Uow, batch: desk.OpenBatch, state: MessageState, code: str, at: datetime) -> int:
    """End what a locked batch has not sent; returns how many. The caller takes the batch out of the queue."""
    positions = [*range(batch.next_pos, batch.message_count), *batch.retry]
    ids = [make_message_id(batch.batch_id, pos) for pos in positions]
    return len(await desk.end_messages(uow, ids, STATE_NUMBERS[state], code, at))


def _window(start: time | None, end: time | None, zone: str | None) -> SendingWindow | None:
    return None if start is None or end is None or zone is None else SendingWindow(start, end, zone)
