"""Gates and cancels while gateways are at work on the same batches: nothing is miscounted, left over, or blocked."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

import pytest

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.ids import AccountId
from hongyan.rooms.carriers.contracts import Route
from hongyan.rooms.delivery.contracts import GateKind, MessageState, OpenSpan, Tally, Verdict
from hongyan.rooms.delivery.rules import Shard
from hongyan.rooms.delivery.store import counters
from support.ledger import result_of
from support.line import TASK, TENANT, SendingLine, chunk_of, phone

S = MessageState
_ACCOUNT = AccountId(7)
_SLOW = Route(_ACCOUNT, "1069", 1)
"""Batches of two messages."""
Batches = list[int]


@pytest.fixture
async def line(db: Database) -> SendingLine:
    line = SendingLine(db)
    async with db.begin() as uow:
        await line.delivery.ensure_partitions(uow)
        await line.delivery.plan_chunk(uow, chunk_of([phone(n) for n in range(4)]), lambda _: _SLOW)
    return line


async def _batches(line: SendingLine) -> Batches:
    async with line.db.begin() as uow:
        rows = await uow.fetch("SELECT batch_id FROM delivery_batches ORDER BY batch_id")
    return [row[0] for row in rows]


async def _claim(line: SendingLine) -> OpenSpan:
    """Cover the first batch."""
    tally = Tally()
    async with line.db.begin() as uow:
        [span] = await line.delivery.claim(uow, _ACCOUNT, 1, tally, spans=1, span_messages=2)
        await line.delivery.fold_sender(uow, _ACCOUNT, tally)
    return span


async def _give_back(line: SendingLine, span: OpenSpan) -> None:
    tally = Tally()
    async with line.db.begin() as uow:
        result = [result_of(span, Verdict.UNSENT)]
        await line.delivery.take_span_results(uow, _ACCOUNT, result, tally, is_repeated=False)
        await line.delivery.fold_sender(uow, _ACCOUNT, tally)


async def _waiters(db: Database) -> int:
    async with db.begin() as uow:
        rows = await uow.fetch(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
    return int(rows[0][0])


async def _until(db: Database, count: int, *tasks: asyncio.Task[None]) -> None:
    """Wait until so many connections wait for locks, or one of these tasks has ended: the server is watched."""
    async with asyncio.timeout(10):
        while await _waiters(db) < count and not any(task.done() for task in tasks):  # noqa: ASYNC110 - as said
            await asyncio.sleep(0.01)


@asynccontextmanager
async def _running(
    line: SendingLine, work: Callable[[Uow], Coroutine[None, None, object]]
) -> AsyncIterator[asyncio.Task[None]]:
    """Run a transaction beside, and wait for its end."""

    async def run() -> None:
        async with line.db.begin() as uow:
            await work(uow)

    task = asyncio.create_task(run())
    try:
        yield task
    finally:
        async with asyncio.timeout(10):
            await task


async def test_what_comes_back_while_a_gate_closes_is_counted(line: SendingLine) -> None:
    span = await _claim(line)
    _, second = await _batches(line)

    async def close(uow: Uow) -> None:
        await line.delivery.close_gate(uow, TENANT, GateKind.TASK, TASK, "paused")

    # given a gate that waits for one batch while another one comes back
    holding = line.db.begin()
    held = await holding.__aenter__()
    await held.fetch("SELECT 1 FROM delivery_batches WHERE batch_id = %s FOR UPDATE", (second,))
    async with _running(line, close):
        await _until(line.db, 1)
        await _give_back(line, span)
        await holding.__aexit__(None, None, None)
    # then the books add up, and a claim finds the gate closed for what came back
    assert await line.violations() == []
    tally = Tally()
    async with line.db.begin() as uow:
        assert await line.delivery.claim(uow, _ACCOUNT, 1, tally, spans=1, span_messages=2) == []
        await line.delivery.fold_sender(uow, _ACCOUNT, tally)
    assert await line.counts() == {S.HELD: 4}
    assert await line.violations() == []


async def test_what_comes_back_while_a_task_is_cancelled_is_cancelled_too(line: SendingLine) -> None:
    span = await _claim(line)
    _, second = await _batches(line)

    async def cancel(uow: Uow) -> None:
        await line.delivery.cancel_task(uow, TENANT, TASK)

    # given a cancel in the middle of ending messages
    holding = line.db.begin()
    held = await holding.__aenter__()
    await held.fetch("SELECT 1 FROM delivery_messages WHERE message_id >> 8 = %s FOR UPDATE", (second,))
    async with _running(line, cancel):
        await _until(line.db, 1)
        # when a gateway returns what it could not send
        back = asyncio.create_task(_give_back(line, span))
        await _until(line.db, 2, back)
        await holding.__aexit__(None, None, None)
    await back
    # then all of it is cancelled, and a job looks again
    assert await line.counts() == {S.CANCELLED: 4}
    assert await line.violations() == []


async def test_a_cancel_looks_again_until_it_finds_nothing(line: SendingLine) -> None:
    async with line.db.begin() as uow:
        await line.delivery.cancel_task(uow, TENANT, TASK)
    # given a chunk whose planning had begun before the gate was closed
    async with line.db.begin() as uow:
        await line.delivery.plan_chunk(uow, chunk_of([phone(9)], chunk_no=1), lambda _: _SLOW)
    # when the job comes
    assert len(await line.jobs_named("delivery.finish_cancel")) == 1
    for _ in range(2):
        async with line.db.begin() as uow:
            await line.delivery.cancel_task(uow, TENANT, TASK)
    # then that is cancelled too, and the job comes once more and no longer
    assert await line.counts() == {S.CANCELLED: 5}
    assert len(await line.jobs_named("delivery.finish_cancel")) == 2


async def test_a_cancel_and_another_writer_of_its_counters_do_not_block_each_other(line: SendingLine) -> None:
    first, second = await _batches(line)
    async with line.db.begin() as uow:
        await uow.fetch("UPDATE delivery_batches SET state = 1 WHERE batch_id = %s RETURNING 1", (second,))
        held_now = Tally()
        held_now.move(TENANT, TASK, S.QUEUED, S.HELD, 2)
        await counters.fold(uow, Shard.DESK, held_now)

    async def cancel(uow: Uow) -> None:
        await line.delivery.cancel_task(uow, TENANT, TASK)

    # given a cancel that has held the first batch and waits for the second
    holding = line.db.begin()
    held = await holding.__aenter__()
    await held.fetch("SELECT 1 FROM delivery_batches WHERE batch_id = %s FOR UPDATE", (second,))
    async with _running(line, cancel):
        await _until(line.db, 1)
        # when who has that one writes the task's counters, as expiry and second sendings do
        nothing = Tally()
        nothing.move(TENANT, TASK, S.HELD, S.HELD)
        await counters.fold(held, Shard.DESK, nothing)
        await holding.__aexit__(None, None, None)
    assert first < second
    assert await line.counts() == {S.CANCELLED: 4}
    assert await line.violations() == []
