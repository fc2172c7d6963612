"""Messages that end without a carrier's word: cancelled, not sent in time, never answered, never reported.

Statements: ``desk``.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TaskId, TenantId
from hongyan.rooms.delivery.contracts import MessageState, Tally
from hongyan.rooms.delivery.rules import STATE_NUMBERS, BatchState, Shard
from hongyan.rooms.delivery.store import claiming, counters, desk

NO_ANSWER: Final = "no_answer"
NO_REPORT: Final = "no_report"
REPORT_WAIT: Final = timedelta(hours=72)
"""After this a message without an answer or a report is final."""


async def end_batches(
    uow: Uow, batches: Sequence[desk.OpenBatch], state: MessageState, code: str, now: datetime
) -> int:
    """End what locked batches have not sent; returns how many messages."""
    tally, total = Tally(), 0
    for batch in batches:
        count = await claiming.end_unsent(uow, batch, state, code, now)
        old = MessageState.HELD if batch.state == BatchState.PARKED else MessageState.QUEUED
        tally.move(batch.tenant_id, batch.task_id, old, state, count)
        total += count
    is_cancel = state is MessageState.CANCELLED
    await desk.end_batches(
        uow, [batch.batch_id for batch in batches], BatchState.CANCELLED if is_cancel else BatchState.DONE
    )
    await counters.fold(uow, Shard.DESK, tally)
    return total


async def expire_queued(uow: Uow, now: datetime, *, limit: int) -> int:
    """End what was not sent in time; returns how many batches."""
    batches = await desk.lock_expired_batches(uow, now, limit=limit)
    await end_batches(uow, batches, MessageState.EXPIRED, claiming.NOT_SENT_IN_TIME, now)
    return len(batches)


async def end_unknowns(uow: Uow, now: datetime, *, limit: int) -> int:
    """Make final what stayed unknown too long; returns how many."""
    rows = await desk.take_old_unknowns(uow, now - REPORT_WAIT, limit=limit)
    number = STATE_NUMBERS[MessageState.UNKNOWN_FINAL]
    ended = await desk.end_messages(uow, [row[0] for row in rows], number, NO_ANSWER, now)
    tally = Tally()
    for message_id, tenant_id, task_id in rows:
        if message_id in ended:
            tally.move(tenant_id, task_id, MessageState.UNKNOWN, MessageState.UNKNOWN_FINAL)
    await counters.fold(uow, Shard.DESK, tally)
    return len(rows)


async def end_silent(uow: Uow, tenant_id: TenantId, task_id: TaskId, now: datetime, *, limit: int) -> int:
    """End as expired what the carrier took and did not report for too long; returns how many."""
    silent = await desk.list_silent(uow, tenant_id, task_id, now - REPORT_WAIT, limit=limit)
    ended = await desk.end_messages(uow, silent, STATE_NUMBERS[MessageState.EXPIRED], NO_REPORT, now)
    tally = Tally()
    tally.move(tenant_id, task_id, MessageState.SUBMITTED, MessageState.EXPIRED, len(ended))
    await counters.fold(uow, Shard.DESK, tally)
    return len(silent)
