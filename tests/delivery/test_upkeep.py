"""The upkeep of the ledger: broken books, settled tasks, what is too old, partitions."""

from datetime import timedelta

from hongyan.kernel.ids import TaskId
from hongyan.rooms.delivery.contracts import (
    GateKind,
    MessageState,
    PlannedChunk,
    Verdict,
)
from support.ledger import Ledger, result_of
from support.line import TASK, TENANT, chunk_of, phone

S = MessageState
OTHER_TASK = TaskId("55555555-5555-4555-8555-555555555555")


def chunk(ledger: Ledger, count: int = 10, *, start: int = 0, **more: object) -> PlannedChunk:
    more.setdefault("now", ledger.clock.now())
    return chunk_of([phone(n) for n in range(start, start + count)], **more)  # type: ignore[arg-type]


async def test_a_broken_counter_is_noticed(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 2))
    await ledger.uow.fetch("UPDATE delivery_counters SET queued = queued + 1")
    assert await ledger.violations() == ["queued: 2 rows, 3 in the counters"]


# --- upkeep -----------------------------------------------------------------------------------------------------------


async def test_campaigns_is_told_once_when_nothing_is_open(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 2))
    assert not await ledger.door.settle(ledger.uow, [TASK])
    spans = await ledger.claim()
    await ledger.accept(spans)
    await ledger.report(spans, S.DELIVERED)
    assert await ledger.door.list_unsettled(ledger.uow) == [(TENANT, TASK)]
    assert await ledger.door.settle(ledger.uow, [TASK])
    assert not await ledger.door.settle(ledger.uow, [TASK])
    jobs = await ledger.uow.fetch("SELECT args FROM procrastinate_jobs WHERE task_name = 'campaigns.tasks_settled'")
    assert jobs == [({"tasks": [[TENANT, TASK]]},)]


async def test_a_later_chunk_opens_a_settled_task_again(ledger: Ledger) -> None:
    await ledger.door.plan_chunk(ledger.uow, chunk(ledger, 1), lambda _: None)
    assert await ledger.door.settle(ledger.uow, [TASK])
    await ledger.plan(chunk(ledger, 1, chunk_no=1, start=1))
    assert await ledger.door.list_unsettled(ledger.uow) == [(TENANT, TASK)]
    assert not await ledger.door.settle(ledger.uow, [TASK])


async def test_older_tasks_that_stay_open_do_not_hide_younger_ones(ledger: Ledger) -> None:
    tasks = [TaskId(f"6666666{n}-5555-4555-8555-555555555555") for n in (3, 1, 4, 2, 0)]
    for task_id in tasks:
        await ledger.plan(chunk(ledger, 1, task_id=task_id))
        ledger.clock.advance(timedelta(seconds=1))
    seen = [await ledger.door.list_unsettled(ledger.uow, limit=2) for _ in range(4)]
    assert seen == [[(TENANT, task_id) for task_id in some] for some in (tasks[:2], tasks[2:4], tasks[4:], tasks[:2])]


async def test_upkeep_expires_what_was_never_claimed(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 3, expires_in=timedelta(hours=1)))
    assert await ledger.door.expire_queued(ledger.uow) == 0
    ledger.clock.advance(timedelta(hours=2))
    assert await ledger.door.expire_queued(ledger.uow) == 1
    assert await ledger.counts() == {S.EXPIRED: 3}
    assert await ledger.violations() == []


async def test_three_days_end_what_nobody_answered_or_reported(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 100))
    [lost] = await ledger.claim(spans=1)
    [taken] = await ledger.claim(spans=1)
    await ledger.close([result_of(lost, Verdict.UNKNOWN, "no_answer"), result_of(taken, Verdict.ACCEPTED)])
    await ledger.door.end_unknowns(ledger.uow)
    await ledger.door.end_silent(ledger.uow, TENANT, TASK)
    assert await ledger.counts() == {S.UNKNOWN: 64, S.SUBMITTED: 36}
    ledger.clock.advance(timedelta(hours=73))
    await ledger.door.end_unknowns(ledger.uow)
    await ledger.door.end_silent(ledger.uow, TENANT, TASK)
    assert await ledger.counts() == {S.UNKNOWN_FINAL: 64, S.EXPIRED: 36}
    # a report beats the waiting, even now
    await ledger.report([taken], S.DELIVERED)
    assert await ledger.counts() == {S.UNKNOWN_FINAL: 64, S.DELIVERED: 36}
    assert await ledger.violations() == []


async def test_a_gate_opened_at_the_moment_of_parking_leaves_nothing_parked(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 3))
    await ledger.door.close_gate(ledger.uow, TENANT, GateKind.TASK, TASK, "paused")
    await ledger.uow.fetch("DELETE FROM delivery_gates")
    await ledger.door.unpark_strays(ledger.uow)
    assert await ledger.counts() == {S.QUEUED: 3}
    assert await ledger.violations() == []


async def test_partitions_are_made_ahead_once(ledger: Ledger) -> None:
    made = await ledger.door.ensure_partitions(ledger.uow)
    assert len(made) == 10
    assert await ledger.door.ensure_partitions(ledger.uow) == []
