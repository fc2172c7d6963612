"""One message's life, parts that carriers are silent about, and days that are over."""

from datetime import UTC, datetime, timedelta

import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import AccountId, MessageId
from hongyan.rooms.delivery.contracts import MessageState, PartAnswer, SilentPart, SpanResult, Tally, Verdict
from hongyan.rooms.delivery.errors import MessageNotFound
from hongyan.rooms.delivery.jobs import run_aging
from hongyan.rooms.delivery.store import lives
from support.ledger import ACCOUNT, Ledger, carrier_id, result_of
from support.line import OTHER_TENANT, TASK, TENANT, SendingLine, chunk_of, phone

S = MessageState
LONG = "【鸿雁】" + "春" * 150


async def test_a_life_tells_what_was_attempted_answered_doubted_and_sent_again(ledger: Ledger) -> None:
    await ledger.plan(chunk_of([phone(0), phone(1)], now=ledger.clock.now()))
    [first] = await ledger.claim()
    await ledger.close([result_of(first, Verdict.UNSENT)])
    [second] = await ledger.claim()
    await ledger.close([result_of(second, Verdict.UNKNOWN, "no_answer")])
    message_id = second.messages[0].message_id
    doubted = await ledger.door.get_life(ledger.uow, TENANT, message_id)
    assert [(doubt.reason, doubt.resent_at) for doubt in doubted.doubts] == [("no_answer", None)]
    await ledger.door.unknowns.resend(ledger.uow, [message_id], by="ada")
    [third] = await ledger.claim(epoch=2)
    result = result_of(third, Verdict.ACCEPTED)
    result.answers[:] = [answer._replace(carrier_ref="7f-a3") for answer in result.answers]
    await ledger.close([result])
    life = await ledger.door.get_life(ledger.uow, None, message_id)
    assert [(span.span_id, span.epoch) for span in life.spans] == [
        (first.span_id, 1),
        (second.span_id, 1),
        (third.span_id, 2),
    ]
    assert all(span.closed_at for span in life.spans)
    [part] = life.parts
    assert (part.carrier_msg_id, part.carrier_ref, part.result) == (carrier_id(message_id), "7f-a3", 0)
    assert [(doubt.reason, doubt.ordered_by) for doubt in life.doubts] == [("no_answer", "ada")]
    assert (life.view.state, life.view.phone, life.tenant_id) == (S.SUBMITTED, phone(0), TENANT)
    other = await ledger.door.get_life(ledger.uow, TENANT, second.messages[1].message_id)
    assert [span.span_id for span in other.spans] == [first.span_id, second.span_id]


async def test_a_life_is_its_tenants_own(ledger: Ledger) -> None:
    await ledger.plan(chunk_of([phone(0)], now=ledger.clock.now()))
    [span] = await ledger.claim()
    with pytest.raises(MessageNotFound):
        await ledger.door.get_life(ledger.uow, OTHER_TENANT, span.messages[0].message_id)
    with pytest.raises(MessageNotFound):
        await ledger.door.get_life(ledger.uow, None, MessageId(1))


async def test_parts_without_a_report_are_listed_for_who_can_ask(ledger: Ledger) -> None:
    await ledger.plan(chunk_of([phone(0), phone(1)], text=LONG, now=ledger.clock.now()))
    spans = await ledger.claim()
    await ledger.accept(spans)
    door, hour = ledger.door, timedelta(hours=1)
    assert await door.list_silent(ledger.uow, ACCOUNT, hour) == ([], None)
    ledger.clock.advance(timedelta(minutes=61))
    silent, end = await door.list_silent(ledger.uow, ACCOUNT, hour)
    assert [(part.phone, part.part_no) for part in silent] == [(phone(n), p) for n in (0, 1) for p in (1, 2, 3)]
    assert silent[0].carrier_msg_id == carrier_id(silent[0].message_id, 1)
    assert end is None
    rest, _ = await door.list_silent(ledger.uow, ACCOUNT, hour, after=silent[0].message_id)
    assert [part.phone for part in rest] == [phone(1)] * 3
    await ledger.report(spans, S.DELIVERED)
    assert await door.list_silent(ledger.uow, ACCOUNT, hour) == ([], None)


async def test_silent_parts_come_page_by_page_whole_messages_and_each_once(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lives, "SILENT_BATCHES", 2)
    for chunk_no in range(3):
        phones = [phone(chunk_no * 3 + n) for n in range(3)]
        await ledger.plan(chunk_of(phones, text=LONG, chunk_no=chunk_no, now=ledger.clock.now()))
    await ledger.accept(await ledger.claim())
    ledger.clock.advance(timedelta(minutes=61))
    told: list[SilentPart] = []
    after: MessageId | None = None
    for _ in range(20):
        page, after = await ledger.door.list_silent(ledger.uow, ACCOUNT, timedelta(hours=1), after=after, limit=7)
        assert len(page) in {0, 3, 6}, "a message is not torn"
        told += page
        if after is None:
            break
    assert after is None
    assert [(part.phone, part.part_no) for part in told] == [(phone(n), p) for n in range(9) for p in (1, 2, 3)]


async def test_a_part_of_an_unknown_message_is_silent_if_the_carrier_named_it(ledger: Ledger) -> None:
    await ledger.plan(chunk_of([phone(0)], text=LONG, now=ledger.clock.now()))
    [span] = await ledger.claim()
    result = result_of(span, Verdict.UNKNOWN, "no_answer")
    message_id = span.messages[0].message_id
    result.answers.append(PartAnswer(message_id, 2, carrier_id(message_id, 2), 0))
    await ledger.close([result])
    ledger.clock.advance(timedelta(minutes=61))
    silent, _ = await ledger.door.list_silent(ledger.uow, ACCOUNT, timedelta(hours=1))
    assert [(part.message_id, part.part_no) for part in silent] == [(message_id, 2)]


# --- retention --------------------------------------------------------------------------------------------------------


@pytest.fixture
async def aged(db: Database) -> SendingLine:
    """Given messages of two days, all final, in the books of half a year ago."""
    clock = FrozenClock(datetime(2026, 5, 20, 2, 0, tzinfo=UTC))
    line = SendingLine(db, clock=clock)
    await line.prepare()
    await line.add_account(1)
    for day in range(2):
        await line.plan(chunk_of([phone(n) for n in range(3)], chunk_no=day, now=clock.now()))
        async with db.begin() as uow:
            tally = Tally()
            spans = await line.delivery.claim(uow, (await _account(line)), 1, tally, spans=4, span_messages=64)
            results = [
                SpanResult(s, [PartAnswer(m.message_id, 1, m.message_id, 9) for m in s.messages], [], clock.now())
                for s in spans
            ]
            for result in results:
                result.verdicts.extend(result_of(result.span, Verdict.REFUSED, "9").verdicts)
            await line.delivery.take_span_results(uow, await _account(line), results, tally, is_repeated=False)
            await line.delivery.fold_sender(uow, await _account(line), tally)
            await line.delivery.fold_planned(uow)
        clock.advance(timedelta(days=1))
        await line.prepare()
    return line


async def _account(line: SendingLine) -> AccountId:
    async with line.db.begin() as uow:
        return (await line.carriers.list_accounts(uow))[0].account_id


async def _rows(line: SendingLine, *tables: str) -> list[int]:
    async with line.db.begin() as uow:
        return [(await uow.fetch(f"SELECT count(*) FROM {table}"))[0][0] for table in tables]  # type: ignore[arg-type]


async def test_days_older_than_the_retention_are_dropped_whole(aged: SendingLine) -> None:
    clock = aged.clock
    assert isinstance(clock, FrozenClock)
    assert await aged.counts() == {S.FAILED: 6}
    # when the first of the two days is 180 days old
    clock.advance(timedelta(days=179))
    await aged.prepare()
    await run_aging(aged.db, aged.delivery, 180)
    assert await _rows(aged, "delivery_messages", "delivery_outcomes", "delivery_batches", "delivery_spans") == [
        3,
        3,
        1,
        1,
    ]
    assert await aged.violations() == [], "the doctor does not ask for what is gone"
    # when both are
    clock.advance(timedelta(days=2))
    await aged.prepare()
    await run_aging(aged.db, aged.delivery, 180)
    gone = ["messages", "outcomes", "batches", "spans", "tasks", "chunks", "counters", "planned"]
    assert await _rows(aged, *(f"delivery_{name}" for name in gone)) == [0] * len(gone)
    assert await aged.violations() == []
    # and the line goes on
    assert await aged.plan(chunk_of([phone(9)], task_id=TASK, now=clock.now())) == {S.QUEUED: 1}


async def test_a_busy_parent_is_left_for_the_next_run(aged: SendingLine) -> None:
    assert isinstance(aged.clock, FrozenClock)
    aged.clock.advance(timedelta(days=300))
    await aged.prepare()
    async with aged.db.begin() as reader:
        await reader.fetch("SELECT count(*) FROM delivery_messages")
        await run_aging(aged.db, aged.delivery, 180)
        assert await _rows(aged, "delivery_messages") == [6]
    await run_aging(aged.db, aged.delivery, 180)
    assert await _rows(aged, "delivery_messages") == [0]


async def test_nothing_younger_than_two_weeks_is_ever_dropped(aged: SendingLine) -> None:
    assert isinstance(aged.clock, FrozenClock)
    aged.clock.advance(timedelta(days=5))
    await run_aging(aged.db, aged.delivery, 1)
    assert await _rows(aged, "delivery_messages") == [6]
