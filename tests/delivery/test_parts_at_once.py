"""Reports on the parts of one message that are written by two transactions at the same time."""

import asyncio
from datetime import UTC, datetime

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import AccountId
from hongyan.rooms.carriers.contracts import Route
from hongyan.rooms.delivery.contracts import MessageState, OpenSpan, ReportFact, Tally, Verdict
from support.ledger import carrier_id, result_of
from support.line import SendingLine, chunk_of, phone

_ACCOUNT = AccountId(7)
_LONG = "【鸿雁】" + "您的包裹已到柜，请及时领取。" * 8


async def _accepted(line: SendingLine) -> OpenSpan:
    """Plan one message of two parts and let its carrier accept both."""
    tally = Tally()
    async with line.db.begin() as uow:
        await line.delivery.ensure_partitions(uow)
        await line.delivery.plan_chunk(uow, chunk_of([phone(1)], text=_LONG), lambda _: Route(_ACCOUNT, "1069", None))
    async with line.db.begin() as uow:
        (span,) = await line.delivery.claim(uow, _ACCOUNT, 1, tally, spans=1, span_messages=8)
        await line.delivery.take_span_results(
            uow, _ACCOUNT, [result_of(span, Verdict.ACCEPTED)], tally, is_repeated=False
        )
        await line.delivery.fold_sender(uow, _ACCOUNT, tally)
    assert span.messages[0].parts == 2
    return span


async def _report(line: SendingLine, span: OpenSpan, part: int, written: asyncio.Event, may_go: asyncio.Event) -> None:
    message = span.messages[0]
    fact = ReportFact(
        carrier_id(message.message_id, part), message.phone, MessageState.DELIVERED, "DELIVRD", datetime.now(UTC)
    )
    async with line.db.begin() as uow:
        left, _ = await line.delivery.take_reports(uow, _ACCOUNT, [fact], by_number=False)
        assert left == []
        written.set()
        await may_go.wait()


async def _is_waiting_for_a_lock(db: Database) -> bool:
    async with db.begin() as uow:
        return bool(
            await uow.fetch("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND state = 'active'")
        )


async def test_the_second_one_sees_the_first_ones_part(db: Database) -> None:
    line = SendingLine(db)
    span = await _accepted(line)
    # given a transaction that has noted the report on the first part and is not yet committed
    first, second, go = asyncio.Event(), asyncio.Event(), asyncio.Event()
    one = asyncio.create_task(_report(line, span, 1, first, go))
    await first.wait()
    # when another one notes the report on the second part
    two = asyncio.create_task(_report(line, span, 2, second, go))
    async with asyncio.timeout(10):
        while not (second.is_set() or await _is_waiting_for_a_lock(db)):  # noqa: ASYNC110 - the server is watched
            await asyncio.sleep(0.01)
    go.set()
    await asyncio.gather(one, two)
    # then the message is delivered
    assert await line.counts() == {MessageState.DELIVERED: 1}
    assert await line.violations() == []
