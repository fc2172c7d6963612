"""Jobs that other rooms defer to the ledger, run by a real worker; and the upkeep of a minute."""

import asyncio
import base64
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.ids import MessageId
from hongyan.rooms.carriers.jobs import register_jobs as register_carriers
from hongyan.rooms.delivery.contracts import MessageClass, MessageState, Tally, Verdict
from hongyan.rooms.delivery.jobs import register_jobs, run_upkeep
from hongyan.rooms.receipts.jobs import register_jobs as register_receipts
from support.ledger import result_of
from support.line import SIGNATURE, TASK, TENANT, SendingLine, chunk_of, phone, until

S = MessageState


@asynccontextmanager
async def _worker(line: SendingLine) -> AsyncIterator[None]:
    register_jobs(line.jobs, line.db, line.delivery)
    register_carriers(line.jobs, line.db, line.carriers)
    register_receipts(line.jobs, line.db, line.receipts)
    await line.jobs.open()
    stop = asyncio.Event()
    worker = asyncio.create_task(line.jobs.run_worker(concurrency=1, stop=stop))
    try:
        yield
    finally:
        stop.set()
        await worker
        await line.jobs.close()


async def _left(line: SendingLine) -> int:
    async with line.db.begin() as uow:
        rows = await uow.fetch(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = ANY(%s) AND status <> 'succeeded'",
            (["delivery.close_gate", "delivery.open_gate", "delivery.suppress", "delivery.finish_cancel"],),
        )
    return int(rows[0][0])


async def test_rooms_below_close_gates_and_suppress_numbers_by_job(db: Database) -> None:
    line = SendingLine(db)
    await line.prepare()
    account = await line.add_account(1)
    await line.plan(chunk_of([phone(n) for n in range(3)]))
    async with _worker(line):
        async with db.begin() as uow:
            sealer = await line.keys.sealer(uow, TENANT)
            numbers = [base64.b64encode(sealer.seal(phone(1))).decode()]
            await line.jobs.defer(uow, "delivery.suppress", {"tenant_id": TENANT, "numbers": numbers})
            gate = {"tenant_id": TENANT, "kind": "signature", "subject_id": SIGNATURE, "reason": "withdrawn"}
            await line.jobs.defer(uow, "delivery.close_gate", gate)
            await line.jobs.defer(uow, "delivery.close_gate", gate | {"tenant_id": None, "kind": "template"})
        await until(lambda: _left(line), lambda left: left == 0)
        assert await line.counts() == {S.HELD: 3}
        async with db.begin() as uow:
            await line.jobs.defer(uow, "delivery.open_gate", gate)
            await line.jobs.defer(uow, "delivery.open_gate", gate | {"tenant_id": None, "kind": "template"})
        await until(lambda: _left(line), lambda left: left == 0)
    tally = Tally()
    async with db.begin() as uow:
        spans = await line.delivery.claim(uow, account.account_id, 1, tally, spans=1, span_messages=64)
    assert [message.phone for message in spans[0].messages] == [phone(0), phone(2)]


async def test_a_large_task_is_cancelled_by_jobs_to_its_end(db: Database) -> None:
    line = SendingLine(db)
    await line.prepare()
    await line.add_account(1, rate_per_s=1)
    total = 600  # 300 batches of two seconds each: more than one transaction ends
    await line.plan(chunk_of([phone(n) for n in range(total)]))
    async with db.begin() as uow:
        assert await line.delivery.cancel_task(uow, TENANT, TASK) == 500
    async with _worker(line):
        counts = await until(line.counts, lambda found: found.get(S.CANCELLED, 0) == total)
    assert counts == {S.CANCELLED: total}
    assert await line.violations() == []


async def test_a_minutes_upkeep_ends_what_is_over_and_tells_campaigns(db: Database) -> None:
    clock = FrozenClock(datetime(2026, 11, 22, 2, 0, tzinfo=UTC))
    line = SendingLine(db, clock=clock)
    await line.prepare()
    await line.add_account(1)
    await line.plan(chunk_of([phone(n) for n in range(3)], now=clock.now(), expires_in=timedelta(hours=1)))
    await run_upkeep(db, line.delivery)
    assert await line.jobs_named("campaigns.tasks_settled") == []
    clock.advance(timedelta(hours=2))
    for _ in range(2):
        await run_upkeep(db, line.delivery)
    assert await line.counts() == {S.EXPIRED: 3}
    assert await line.jobs_named("campaigns.tasks_settled") == [{"tasks": [[TENANT, TASK]]}]


async def test_a_minutes_upkeep_sends_again_what_a_policy_allows_and_says_so_in_the_same_transaction(
    db: Database,
) -> None:
    clock = FrozenClock(datetime(2026, 11, 22, 2, 0, tzinfo=UTC))
    line = SendingLine(db, clock=clock)
    await line.prepare()
    account = await line.add_account(1)
    await line.plan(chunk_of([phone(n) for n in range(3)], now=clock.now()))
    async with db.begin() as uow:
        tally = Tally()
        [span] = await line.delivery.claim(uow, account.account_id, 1, tally, spans=1, span_messages=64)
        lost = [result_of(span, Verdict.UNKNOWN, "no_answer")]
        await line.delivery.take_span_results(uow, account.account_id, lost, tally, is_repeated=False)
        await line.delivery.fold_sender(uow, account.account_id, tally)
        await line.delivery.unknowns.set_policy(uow, MessageClass.NOTICE, may_resend=True, by="ada")
    clock.advance(timedelta(minutes=5))
    noted: list[Mapping[MessageClass, Sequence[MessageId]]] = []

    async def refuse(_uow: Uow, _resent: Mapping[MessageClass, Sequence[MessageId]]) -> None:
        msg = "the audit log is away"
        raise ConnectionError(msg)

    async def note(_uow: Uow, resent: Mapping[MessageClass, Sequence[MessageId]]) -> None:
        noted.append(resent)

    # what cannot be written down is not done
    with pytest.raises(ConnectionError):
        await run_upkeep(db, line.delivery, refuse)
    assert await line.counts() == {S.UNKNOWN: 3}
    await run_upkeep(db, line.delivery, note)
    assert await line.counts() == {S.QUEUED: 3}
    assert noted == [{MessageClass.NOTICE: [message.message_id for message in span.messages]}]
    assert await line.violations() == []
