"""The feed of final messages: every way a message can end puts it there once; takers never share and never lose."""

import dataclasses
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import TaskId
from hongyan.rooms.delivery.contracts import FinalBatch, MessageState, PlannedChunk, Verdict
from hongyan.rooms.delivery.store.finals import ENTRY_MESSAGES
from support.ledger import Ledger, result_of
from support.line import OTHER_TENANT, TASK, TENANT, SendingLine, chunk_of, phone

S = MessageState
Way = Callable[[Ledger], Awaitable[object]]


def chunk(ledger: Ledger, count: int, **more: object) -> PlannedChunk:
    return chunk_of([phone(n) for n in range(count)], now=ledger.clock.now(), **more)  # type: ignore[arg-type]


async def _heard(ledger: Ledger) -> list[tuple[str, MessageState, str | None]]:
    """Take everything; returns (phone, state, code) of each message in the order taken."""
    batches = await ledger.door.take_finals(ledger.uow)
    return [(view.phone, view.state, view.carrier_code) for batch in batches for view in batch.messages]


# --- every way to end -------------------------------------------------------------------------------------------------


async def _reported(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 2))
    spans = await ledger.claim()
    await ledger.accept(spans)
    await ledger.report(spans, S.DELIVERED)


async def _reported_in_parts(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 2, text="【鸿雁】" + "春" * 150))
    spans = await ledger.claim()
    await ledger.accept(spans)
    await ledger.report(spans, S.FAILED, "MK:0012")


async def _reported_by_number(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 2))
    spans = await ledger.claim()
    await ledger.close([result_of(spans[0], Verdict.UNKNOWN, "no_answer")])
    await ledger.report(spans, S.DELIVERED, by_number=True)


async def _refused_by_the_carrier(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 2))
    await ledger.close([result_of(span, Verdict.REFUSED, "13") for span in await ledger.claim()])


async def _never_answered(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 2))
    await ledger.close([result_of(span, Verdict.UNKNOWN, "no_answer") for span in await ledger.claim()])
    ledger.clock.advance(timedelta(hours=73))
    await ledger.door.end_unknowns(ledger.uow)


async def _never_reported(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 2))
    await ledger.accept(await ledger.claim())
    ledger.clock.advance(timedelta(hours=73))
    await ledger.door.end_silent(ledger.uow, TENANT, TASK)


async def _cancelled(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 2))
    await ledger.door.cancel_task(ledger.uow, TENANT, TASK)


async def _cancelled_under_way(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 2))
    spans = await ledger.claim()
    await ledger.door.cancel_task(ledger.uow, TENANT, TASK)
    await ledger.close([result_of(span, Verdict.UNSENT) for span in spans])


async def _expired_in_the_queue(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 2, expires_in=timedelta(hours=1)))
    ledger.clock.advance(timedelta(hours=2))
    await ledger.door.expire_queued(ledger.uow)


async def _expired_at_the_claim(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 2, expires_in=timedelta(hours=1)))
    ledger.clock.advance(timedelta(hours=2))
    assert await ledger.claim() == []


async def _suppressed_at_the_claim(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 2))
    await ledger.door.suppress(ledger.uow, TENANT, [phone(0), phone(1)])
    assert await ledger.claim() == []


async def _skipped_at_planning(ledger: Ledger) -> None:
    planned = chunk(ledger, 2)
    planned.messages[:] = [dataclasses.replace(m, ended=S.SKIPPED, reason="no_card") for m in planned.messages]
    await ledger.plan(planned)


async def _without_a_route(ledger: Ledger) -> None:
    await ledger.door.plan_chunk(ledger.uow, chunk(ledger, 2), lambda _: None)


@pytest.mark.parametrize(
    ("way", "state", "code"),
    [
        (_reported, S.DELIVERED, "DELIVRD"),
        (_reported_in_parts, S.FAILED, "MK:0012"),
        (_reported_by_number, S.DELIVERED, "DELIVRD"),
        (_refused_by_the_carrier, S.FAILED, "13"),
        (_never_answered, S.UNKNOWN_FINAL, "no_answer"),
        (_never_reported, S.EXPIRED, "no_report"),
        (_cancelled, S.CANCELLED, "cancelled"),
        (_cancelled_under_way, S.CANCELLED, "cancelled"),
        (_expired_in_the_queue, S.EXPIRED, "not_sent_in_time"),
        (_expired_at_the_claim, S.EXPIRED, "not_sent_in_time"),
        (_suppressed_at_the_claim, S.SUPPRESSED, "opted_out"),
        (_skipped_at_planning, S.SKIPPED, "no_card"),
        (_without_a_route, S.REFUSED, "no_route"),
    ],
)
async def test_however_a_message_ends_it_is_heard_once(
    ledger: Ledger, way: Way, state: MessageState, code: str
) -> None:
    await ledger.door.follow(ledger.uow, TENANT, is_followed=True)
    await way(ledger)
    assert await _heard(ledger) == [(phone(0), state, code), (phone(1), state, code)]
    assert await _heard(ledger) == []
    assert await ledger.violations() == []


async def test_what_is_open_is_not_in_the_feed(ledger: Ledger) -> None:
    await ledger.door.follow(ledger.uow, TENANT, is_followed=True)
    await ledger.plan(chunk(ledger, 3))
    spans = await ledger.claim()
    await ledger.accept(spans)
    assert await _heard(ledger) == []


async def test_a_later_report_makes_no_second_entry(ledger: Ledger) -> None:
    await ledger.door.follow(ledger.uow, TENANT, is_followed=True)
    await ledger.plan(chunk(ledger, 1))
    spans = await ledger.claim()
    await ledger.accept(spans)
    await ledger.report(spans, S.EXPIRED, "EXPIRED")
    assert await _heard(ledger) == [(phone(0), S.EXPIRED, "EXPIRED")]
    await ledger.report(spans, S.DELIVERED)
    assert await ledger.counts() == {S.DELIVERED: 1}
    assert await _heard(ledger) == []


# --- who is followed --------------------------------------------------------------------------------------------------


async def test_only_followed_tenants_are_heard_of_and_only_while_they_are(ledger: Ledger) -> None:
    for tenant_id in (TENANT, OTHER_TENANT):
        await ledger.door.plan_chunk(ledger.uow, chunk(ledger, 1, tenant_id=tenant_id), lambda _: None)
    assert await _heard(ledger) == []
    for is_followed, expected in ((True, 1), (True, 1), (False, 0), (False, 0)):
        await ledger.door.follow(ledger.uow, TENANT, is_followed=is_followed)
        for number, tenant_id in enumerate((TENANT, OTHER_TENANT), 1):
            planned = chunk(ledger, number, tenant_id=tenant_id, task_id=TaskId(str(uuid.uuid4())))
            await ledger.door.plan_chunk(ledger.uow, planned, lambda _: None)
        batches = await ledger.door.take_finals(ledger.uow)
        assert [batch.tenant_id for batch in batches] == [TENANT] * expected


async def test_what_was_fed_before_following_ended_is_still_taken(ledger: Ledger) -> None:
    await ledger.door.follow(ledger.uow, TENANT, is_followed=True)
    await _without_a_route(ledger)
    await ledger.door.follow(ledger.uow, TENANT, is_followed=False)
    assert len(await _heard(ledger)) == 2


async def test_a_large_end_is_cut_into_entries_and_taken_piece_by_piece(ledger: Ledger) -> None:
    await ledger.door.follow(ledger.uow, TENANT, is_followed=True)
    await ledger.door.plan_chunk(ledger.uow, chunk(ledger, ENTRY_MESSAGES + 1), lambda _: None)
    sizes = [[len(batch.messages) for batch in await ledger.door.take_finals(ledger.uow, limit=1)] for _ in range(3)]
    assert sizes == [[ENTRY_MESSAGES], [1], []]


# --- takers -----------------------------------------------------------------------------------------------------------


async def _end_two(line: SendingLine) -> None:
    """Make two messages final, in two transactions."""
    async with line.db.begin() as uow:
        await line.delivery.ensure_partitions(uow)
    async with line.db.begin() as uow:
        await line.delivery.follow(uow, TENANT, is_followed=True)
    for chunk_no in range(2):
        async with line.db.begin() as uow:
            planned = chunk_of([phone(chunk_no)], chunk_no=chunk_no)
            await line.delivery.plan_chunk(uow, planned, lambda _: None)


def _phones(batches: list[FinalBatch]) -> list[str]:
    return [view.phone for batch in batches for view in batch.messages]


async def test_takers_side_by_side_share_nothing_and_a_broken_one_gives_back(db: Database) -> None:
    line = SendingLine(db)
    await _end_two(line)

    async def take_and_break() -> None:
        async with db.begin() as first:
            assert _phones(await line.delivery.take_finals(first, limit=1)) == [phone(0)]
            async with db.begin() as second:
                assert _phones(await line.delivery.take_finals(second, limit=5)) == [phone(1)]
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await take_and_break()
    async with db.begin() as third:
        assert _phones(await line.delivery.take_finals(third)) == [phone(0)]
    async with db.begin() as fourth:
        assert await line.delivery.take_finals(fourth) == []


async def test_an_end_that_is_rolled_back_is_not_heard(db: Database) -> None:
    line = SendingLine(db)
    await _end_two(line)

    async def end_and_break() -> None:
        async with db.begin() as uow:
            await line.delivery.plan_chunk(uow, chunk_of([phone(7)], chunk_no=7), lambda _: None)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await end_and_break()
    async with db.begin() as uow:
        assert _phones(await line.delivery.take_finals(uow)) == [phone(0), phone(1)]
