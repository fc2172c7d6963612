"""The claim: most urgent class first, then fair between tenants, through the gate, into spans.

One call runs inside the account's transaction; nothing may be sent before that has committed. Statements: ``claims``.
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import groupby
from typing import Final

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import AccountId, BatchId, MessageId, TaskId, TenantId
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.rooms.delivery.contracts import MessageClass, MessageState, OpenSpan, SendingWindow, SpanMessage, Tally
from hongyan.rooms.delivery.rules import (
    STATE_NUMBERS,
    BatchState,
    make_message_id,
    next_opening,
    split_message_id,
    take_positions,
    take_turns,
)
from hongyan.rooms.delivery.store import claims, desk, outcomes

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

    @property
    def is_spent(self) -> bool:
        return self.next_pos >= self.batch.message_count and not self.retry


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
    ) -> None:
        """Work in ``uow`` under ``epoch``; transitions go to ``tally``; ids of spans are taken from ``span_ids``."""
        self._span_ids = span_ids
        self._uow = uow
        self._keys = keys
        self._account_id = account_id
        self._epoch = epoch
        self._now = now
        self._tally = tally
        self._stopped: set[TaskId] = set()
        self.last_tenant: TenantId | None = None

    async def run(self, *, spans: int, span_messages: int, last_tenant: TenantId | None) -> list[OpenSpan]:
        """Open at most ``spans`` spans of at most ``span_messages``, beginning after the tenant served last."""
        self.last_tenant = last_tenant
        picks: list[_Pick] = []
        for _ in range(_ROUNDS):
            stopped = len(self._stopped)
            missing = spans - sum(len(pick.spans) for pick in picks)
            turns = await claims.list_turns(self._uow, self._account_id) if missing else []
            for klass, group in groupby(turns, key=lambda turn: turn[0]):
                missing -= await self._pick(klass, [tenant for _, tenant in group], missing, span_messages, picks)
                if missing <= 0:
                    break
            if missing <= 0 or len(self._stopped) == stopped:
                break
        return await self._open(picks) if picks else []

    async def _pick(
        self, klass: int, tenants: Sequence[TenantId], missing: int, span_messages: int, picks: list[_Pick]
    ) -> int:
        """Cut spans from batches of one class, a turn per tenant; returns how many."""
        order = take_turns(tenants, self.last_tenant)[:missing]
        found = await claims.lock_batches(
            self._uow, self._account_id, [(klass, tenant) for tenant in order], math.ceil(missing / len(order))
        )
        held = {pick.batch.batch_id for pick in picks}
        rank = {tenant: index for index, tenant in enumerate(order)}
        queues: dict[TenantId, list[_Pick]] = {tenant: [] for tenant in order}
        for batch in sorted(found, key=lambda b: (rank[b.tenant_id], b.batch_id)):
            if batch.batch_id not in held and await self._may_go(batch):
                queues[batch.tenant_id].append(_Pick(batch, batch.next_pos, batch.retry, []))
        taken = 0
        while taken < missing and any(queues.values()):
            for tenant in order:
                queue = queues[tenant]
                if not queue or taken >= missing:
                    continue
                pick = queue[0]
                positions, pick.next_pos, pick.retry = take_positions(
                    pick.next_pos, pick.batch.message_count, pick.retry, span_messages
                )
                pick.spans.append(positions)
                if len(pick.spans) == 1:
                    picks.append(pick)
                if pick.is_spent:
                    queue.pop(0)
                self.last_tenant = tenant
                taken += 1
        return taken

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
        count = await claims.park_task(self._uow, self._account_id, batch.task_id, until)
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
        async with self._uow.raw.pipeline():
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
        await self._suppress(picks, rows)
        opened, empty = [], []
        for span_id, batch_id, positions in wanted:
            batch = owners[batch_id]
            sealer = sealers[batch.tenant_id]
            messages = []
            for pos in positions:
                message_id = make_message_id(batch_id, pos)
                row = rows.get(message_id)
                if row is not None and not row[3]:
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

    async def _suppress(self, picks: Sequence[_Pick], rows: dict[int, tuple[bytes, str, int, bool]]) -> None:
        suppressed = [message_id for message_id, row in rows.items() if row[3]]
        if not suppressed:
            return
        number = STATE_NUMBERS[MessageState.SUPPRESSED]
        await outcomes.finish_open(self._uow, [(m, number, OPTED_OUT) for m in suppressed], self._now)
        owners = {pick.batch.batch_id: pick.batch for pick in picks}
        for message_id in suppressed:
            batch = owners[split_message_id(message_id)[0]]
            self._tally.move(batch.tenant_id, batch.task_id, MessageState.QUEUED, MessageState.SUPPRESSED)


async def end_unsent(uow: Uow, batch: desk.OpenBatch, state: MessageState, code: str, at: datetime) -> int:
    """End what a locked batch has not sent; returns how many. The caller takes the batch out of the queue."""
    positions = [*range(batch.next_pos, batch.message_count), *batch.retry]
    ids = [make_message_id(batch.batch_id, pos) for pos in positions]
    return len(await desk.end_messages(uow, ids, STATE_NUMBERS[state], code, at))


def _window(start: time | None, end: time | None, zone: str | None) -> SendingWindow | None:
    return None if start is None or end is None or zone is None else SendingWindow(start, end, zone)
