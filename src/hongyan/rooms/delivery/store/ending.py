"""Messages that end without a carrier's word: cancelled, not sent in time, never answered, never reported.

Statements: ``desk``.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TaskId, TenantId
from hongyan.rooms.delivery.contracts import MessageState, Tally
from hongyan.rooms.delivery.rules import STATE_NUMBERS, STATES_BY_NUMBER, BatchState, Shard, fold_parts
from hongyan.rooms.delivery.store import claiming, counters, desk, outcomes, settling

NO_ANSWER: Final = "no_answer"
NO_REPORT: Final = "no_report"
REPORT_WAIT: Final = timedelta(hours=72)
"""After this a message without an answer or a report is final."""
PARTS_WAIT: Final = timedelta(hours=1)
"""How long reports of other parts are waited for, where nobody knows how many parts were sent."""


async def park(uow: Uow, tenant_id: TenantId, subject: str, tally: Tally) -> None:
    """Hold what is ready of a subject; the caller folds the tally at the end, when it locks no more batches."""
    for task_id, count in await desk.park_subject(uow, tenant_id, subject):
        tally.move(tenant_id, task_id, MessageState.QUEUED, MessageState.HELD, count)


async def cancel(
    uow: Uow, tenant_id: TenantId, task_id: TaskId, subject: str, code: str, now: datetime, *, limit: int
) -> tuple[int, bool]:
    """End a slice of a task whose gate is closed; returns (how many messages, was nothing of it left).

    Batches under way are marked before the slice is ended, which takes seconds: a gateway gives back what it could not
    send meanwhile. And again after it, for those that a gateway took up in between.
    """
    tally = Tally()
    await desk.mark_cancelled(uow, tenant_id, task_id)
    await park(uow, tenant_id, subject, tally)
    batches = await desk.lock_task_batches(uow, tenant_id, task_id, limit=limit)
    count = await _end_batches(uow, batches, MessageState.CANCELLED, code, now, tally)
    await desk.mark_cancelled(uow, tenant_id, task_id)
    # What was being planned under our eyes is seen by the next pass.
    is_over = not batches and not await desk.has_uncancelled(uow, tenant_id, task_id)
    await counters.fold(uow, Shard.DESK, tally)
    return count, is_over


async def _end_batches(
    uow: Uow, batches: Sequence[desk.OpenBatch], state: MessageState, code: str, now: datetime, tally: Tally
) -> int:
    """End what locked batches have not sent; returns how many messages."""
    total = 0
    for batch in batches:
        count = await claiming.end_unsent(uow, batch, state, code, now)
        old = MessageState.HELD if batch.state == BatchState.PARKED else MessageState.QUEUED
        tally.move(batch.tenant_id, batch.task_id, old, state, count)
        total += count
    is_cancel = state is MessageState.CANCELLED
    await desk.end_batches(
        uow, [batch.batch_id for batch in batches], BatchState.CANCELLED if is_cancel else BatchState.DONE
    )
    return total


async def expire_queued(uow: Uow, now: datetime, *, limit: int) -> int:
    """End what was not sent in time; returns how many batches."""
    tally = Tally()
    batches = await desk.lock_expired_batches(uow, now, limit=limit)
    await _end_batches(uow, batches, MessageState.EXPIRED, claiming.NOT_SENT_IN_TIME, now, tally)
    await counters.fold(uow, Shard.DESK, tally)
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


async def end_heard(uow: Uow, now: datetime, *, limit: int) -> int:
    """End messages of a lost gateway of which reports came, though not for every planned part; returns how many.

    Nobody knows how many parts it sent: an account's coding may make fewer than were planned. Reports of the parts of a
    message come together, so those that came in an hour are the whole.
    """
    heard = await outcomes.take_heard(uow, settling.CRASHED, now - PARTS_WAIT, limit=limit)
    if not heard:
        return 0
    folded = {message_id: fold_parts(states) for message_id, (_, _, states) in heard.items()}
    finals = {message_id: state for message_id, state in folded.items() if state is not None}
    tally = Tally()
    for message_id in await outcomes.finish_open(uow, [(*final, None) for final in finals.items()], now):
        tenant_id, task_id, _ = heard[message_id]
        tally.move(tenant_id, task_id, MessageState.UNKNOWN, STATES_BY_NUMBER[finals[message_id]])
    await counters.fold(uow, Shard.DESK, tally)
    return len(heard)


async def end_silent(uow: Uow, tenant_id: TenantId, task_id: TaskId, now: datetime, *, limit: int) -> int:
    """End as expired what the carrier took and did not report for too long; returns how many."""
    silent = await desk.list_silent(uow, tenant_id, task_id, now - REPORT_WAIT, limit=limit)
    ended = await desk.end_messages(uow, silent, STATE_NUMBERS[MessageState.EXPIRED], NO_REPORT, now)
    tally = Tally()
    tally.move(tenant_id, task_id, MessageState.SUBMITTED, MessageState.EXPIRED, len(ended))
    await counters.fold(uow, Shard.DESK, tally)
    return len(silent)
