"""The door of the ledger: planning, claims, outcomes, gates, lists, upkeep. One transaction per test, rolled back."""

import dataclasses
from datetime import time, timedelta

import pytest

from hongyan.kernel.ids import TaskId
from hongyan.rooms.carriers.contracts import Route
from hongyan.rooms.delivery.contracts import (
    EVERY_TENANT,
    GateKind,
    MessageClass,
    MessageFilter,
    MessageState,
    PartAnswer,
    PlannedChunk,
    ReportFact,
    SendingWindow,
    Verdict,
)
from support.ledger import ACCOUNT, Ledger, carrier_id, result_of
from support.line import OTHER_TENANT, SIGNATURE, TASK, TENANT, chunk_of, phone

S = MessageState
OTHER_TASK = TaskId("55555555-5555-4555-8555-555555555555")
DAY = SendingWindow(time(8), time(22), "Asia/Shanghai")
LONG = "【鸿雁】" + "春" * 150


def chunk(ledger: Ledger, count: int = 10, *, start: int = 0, **more: object) -> PlannedChunk:
    more.setdefault("now", ledger.clock.now())
    return chunk_of([phone(n) for n in range(start, start + count)], **more)  # type: ignore[arg-type]


# --- planning ---------------------------------------------------------------------------------------------------------


async def test_a_chunk_is_planned_once(ledger: Ledger) -> None:
    first = await ledger.plan(chunk(ledger))
    again = await ledger.plan(chunk(ledger))
    assert (first.is_new, dict(first.counts)) == (True, {S.QUEUED: 10})
    assert (again.is_new, dict(again.counts)) == (False, {})
    assert await ledger.counts() == {S.QUEUED: 10}
    assert await ledger.violations() == []


async def test_messages_that_end_at_planning_are_final_and_never_claimed(ledger: Ledger) -> None:
    planned = chunk(ledger, 5)
    planned.messages[0] = dataclasses.replace(planned.messages[0], ended=S.SKIPPED, reason="no_card")
    planned.messages[1] = dataclasses.replace(planned.messages[1], ended=S.SUPPRESSED, reason="opted_out")
    await ledger.plan(planned)
    assert await ledger.counts() == {S.QUEUED: 3, S.SKIPPED: 1, S.SUPPRESSED: 1}
    [span] = await ledger.claim()
    assert [message.phone for message in span.messages] == [phone(2), phone(3), phone(4)]
    assert await ledger.violations() == []


async def test_numbers_that_nobody_takes_are_refused(ledger: Ledger) -> None:
    result = await ledger.door.plan_chunk(ledger.uow, chunk(ledger, 3), lambda _: None)
    assert dict(result.counts) == {S.REFUSED: 3}
    page = await ledger.door.list_messages(ledger.uow, TENANT, MessageFilter(task_id=TASK), offset=0, limit=10)
    assert {view.carrier_code for view in page.items} == {"no_route"}


async def test_chunks_of_several_tasks_are_planned_together_each_by_its_own_rules(ledger: Ledger) -> None:
    route = Route(ACCOUNT, "1069000110001", None)
    closed = chunk(ledger, 2, start=3, task_id=OTHER_TASK)
    ended = chunk(ledger, 3, start=5, chunk_no=1)
    ended.messages[0] = dataclasses.replace(ended.messages[0], ended=S.SUPPRESSED, reason="opted_out")
    await ledger.plan(chunk(ledger, 3))
    await ledger.door.close_gate(ledger.uow, TENANT, GateKind.TASK, OTHER_TASK, "paused")
    plans = [(chunk(ledger, 3), route), (closed, route), (ended, route)]
    results = await ledger.door.plan_chunks(ledger.uow, [(plan, lambda _, way=way: way) for plan, way in plans])
    assert [dict(result.counts) for result in results] == [{}, {S.HELD: 2}, {S.SUPPRESSED: 1, S.QUEUED: 2}]
    assert await ledger.counts() == {S.QUEUED: 5, S.SUPPRESSED: 1}
    assert await ledger.counts(OTHER_TASK) == {S.HELD: 2}
    assert sorted(message.phone for span in await ledger.claim() for message in span.messages) == [
        phone(n) for n in (0, 1, 2, 6, 7)
    ]
    assert await ledger.violations() == []


async def test_batches_hold_two_seconds_of_a_slow_account(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 50), rate_per_s=10)
    spans = await ledger.claim(spans=10)
    assert [len(span.messages) for span in spans] == [20, 20, 10]
    assert len({span.batch_id for span in spans}) == 3


# --- claims -----------------------------------------------------------------------------------------------------------


async def test_spans_cover_a_batch_and_name_what_to_send(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 150))
    spans = await ledger.claim(spans=2)
    assert [len(span.messages) for span in spans] == [64, 64]
    assert spans[0].messages[0].text == "【鸿雁】您的包裹已到 0 号柜，请及时领取。"
    assert (spans[0].src_id, spans[0].epoch) == ("1069000110001", 1)
    assert await ledger.counts() == {S.QUEUED: 22, S.ATTEMPTED: 128}
    [last] = await ledger.claim()
    assert len(last.messages) == 22
    assert await ledger.claim() == []
    assert await ledger.violations() == []


async def test_the_more_urgent_class_goes_first(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 5, klass=MessageClass.PROMOTION))
    await ledger.plan(chunk(ledger, 5, klass=MessageClass.CODE, task_id=OTHER_TASK))
    [first] = await ledger.claim(spans=1)
    [second] = await ledger.claim(spans=1)
    assert [first.klass, second.klass] == [MessageClass.CODE, MessageClass.PROMOTION]


async def test_tenants_take_turns(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 300))
    await ledger.plan(chunk(ledger, 300, task_id=OTHER_TASK, tenant_id=OTHER_TENANT))
    served = [(await ledger.claim(spans=1))[0].tenant_id for _ in range(4)]
    assert sorted(served[:2]) == sorted(served[2:]) == [TENANT, OTHER_TENANT]
    together = await ledger.claim(spans=4)
    assert sorted(span.tenant_id for span in together) == [TENANT, TENANT, OTHER_TENANT, OTHER_TENANT]


async def test_a_suppressed_number_is_not_sent(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 3))
    await ledger.door.suppress(ledger.uow, TENANT, [phone(1)])
    [span] = await ledger.claim()
    assert [message.phone for message in span.messages] == [phone(0), phone(2)]
    assert await ledger.counts() == {S.ATTEMPTED: 2, S.SUPPRESSED: 1}
    assert await ledger.violations() == []


async def test_a_span_of_suppressed_numbers_is_closed_at_once_and_lifting_helps_later_ones(ledger: Ledger) -> None:
    await ledger.door.suppress(ledger.uow, TENANT, [phone(0)])
    await ledger.plan(chunk(ledger, 1))
    assert await ledger.claim() == []
    assert await ledger.door.adopt(ledger.uow, ACCOUNT, 2) == 0
    await ledger.door.lift_suppression(ledger.uow, TENANT, [phone(0)])
    await ledger.plan(chunk(ledger, 1, task_id=OTHER_TASK))
    assert len(await ledger.claim()) == 1


async def test_what_expired_is_not_sent(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 3, expires_in=timedelta(minutes=5)))
    ledger.clock.advance(timedelta(minutes=6))
    assert await ledger.claim() == []
    assert await ledger.counts() == {S.EXPIRED: 3}
    assert await ledger.violations() == []


async def test_promotion_is_held_outside_its_hours(ledger: Ledger) -> None:
    ledger.clock.advance(timedelta(hours=13))  # 23:00 in Shanghai
    assert dict((await ledger.plan(chunk(ledger, 3, window=DAY))).counts) == {S.HELD: 3}
    assert await ledger.claim() == []
    ledger.clock.advance(timedelta(hours=9))  # 08:00
    await ledger.door.unpark_due(ledger.uow, ACCOUNT)
    assert await ledger.counts() == {S.QUEUED: 3}
    assert len(await ledger.claim()) == 1
    assert await ledger.violations() == []


async def test_a_window_that_closes_meanwhile_holds_the_rest(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 300, window=DAY))
    assert len(await ledger.claim(spans=1)) == 1
    ledger.clock.advance(timedelta(hours=12))  # 22:00
    assert await ledger.claim() == []
    assert await ledger.counts() == {S.ATTEMPTED: 64, S.HELD: 236}
    assert await ledger.violations() == []


# --- outcomes ---------------------------------------------------------------------------------------------------------


async def test_accepted_messages_wait_for_reports_that_end_them(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 3))
    spans = await ledger.claim()
    await ledger.accept(spans)
    assert await ledger.counts() == {S.SUBMITTED: 3}
    assert await ledger.violations() == []
    assert await ledger.report(spans, S.DELIVERED) == []
    assert await ledger.counts() == {S.DELIVERED: 3}
    assert await ledger.violations() == []


async def test_refused_messages_fail_with_the_carriers_code(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 2))
    [span] = await ledger.claim()
    await ledger.close([result_of(span, Verdict.REFUSED, "13")])
    page = await ledger.door.list_messages(ledger.uow, TENANT, MessageFilter(task_id=TASK), offset=0, limit=10)
    assert [(view.state, view.carrier_code) for view in page.items] == [(S.FAILED, "13")] * 2
    assert await ledger.violations() == []


async def test_unsent_messages_go_back_to_the_queue_and_are_sent_once(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 3))
    [span] = await ledger.claim()
    await ledger.close([result_of(span, Verdict.UNSENT)])
    assert await ledger.counts() == {S.QUEUED: 3}
    assert await ledger.violations() == []
    [again] = await ledger.claim()
    assert sorted(again.messages) == sorted(span.messages)
    await ledger.accept([again])
    assert await ledger.claim() == []
    assert await ledger.counts() == {S.SUBMITTED: 3}
    assert await ledger.violations() == []


async def test_a_result_that_was_committed_unnoticed_changes_nothing_when_it_is_repeated(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 2))
    [span] = await ledger.claim()
    result = result_of(span, Verdict.UNSENT)
    await ledger.close([result])
    await ledger.close([result], is_repeated=True)
    assert await ledger.counts() == {S.QUEUED: 2}
    [again] = await ledger.claim()
    assert len(again.messages) == 2
    assert await ledger.violations() == []


async def test_a_claim_that_was_committed_unnoticed_goes_back_to_the_queue(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 130))
    known, lost = await ledger.claim(spans=2)
    await ledger.door.give_back_lost(ledger.uow, ACCOUNT, 1, [known.span_id])
    assert await ledger.counts() == {S.ATTEMPTED: 64, S.QUEUED: 66}
    assert sum(len(span.messages) for span in await ledger.claim()) == 2 + len(lost.messages)
    assert await ledger.violations() == []


async def test_a_new_holder_lists_open_spans_as_unknown_and_sends_the_rest(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 100))
    await ledger.claim(spans=1)
    assert await ledger.door.adopt(ledger.uow, ACCOUNT, 2) == 64
    assert await ledger.door.adopt(ledger.uow, ACCOUNT, 3) == 0
    assert await ledger.counts() == {S.UNKNOWN: 64, S.QUEUED: 36}
    [rest] = await ledger.claim(epoch=3)
    assert len(rest.messages) == 36
    assert await ledger.violations() == []


# --- reports ----------------------------------------------------------------------------------------------------------


async def test_a_report_proves_that_an_unknown_message_arrived(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 2))
    spans = await ledger.claim()
    await ledger.close([result_of(spans[0], Verdict.UNKNOWN, "no_answer")])
    assert await ledger.counts() == {S.UNKNOWN: 2}
    assert await ledger.report(spans, S.DELIVERED) == [0, 1]
    assert await ledger.report(spans, S.DELIVERED, by_number=True) == []
    assert await ledger.counts() == {S.DELIVERED: 2}
    # and only once
    assert await ledger.report(spans, S.FAILED, "UNDELIV", by_number=True) == []
    assert await ledger.counts() == {S.DELIVERED: 2}
    assert await ledger.violations() == []


async def test_ranks_only_rise(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 2))
    spans = await ledger.claim()
    await ledger.accept(spans)
    for state, code in ((S.EXPIRED, "EXPIRED"), (S.DELIVERED, "DELIVRD"), (S.FAILED, "UNDELIV")):
        await ledger.report(spans, state, code)
    assert await ledger.counts() == {S.DELIVERED: 2}
    assert await ledger.violations() == []


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([S.DELIVERED, S.DELIVERED, S.DELIVERED], S.DELIVERED),
        ([S.DELIVERED, S.FAILED, S.DELIVERED], S.FAILED),
        ([S.FAILED, S.DELIVERED], S.SUBMITTED),
        ([S.EXPIRED, S.DELIVERED, S.DELIVERED], S.EXPIRED),
    ],
)
async def test_a_long_message_is_as_good_as_its_parts(
    ledger: Ledger, states: list[MessageState], expected: MessageState
) -> None:
    await ledger.plan(chunk(ledger, 1, text=LONG))
    spans = await ledger.claim()
    await ledger.accept(spans)
    message = spans[0].messages[0]
    for part, state in enumerate(states, 1):
        fact = ReportFact(carrier_id(message.message_id, part), message.phone, state, "X", ledger.clock.now())
        await ledger.door.take_reports(ledger.uow, ACCOUNT, [fact], by_number=False)
    assert await ledger.counts() == {expected: 1}
    assert await ledger.violations() == []


async def test_a_long_message_with_a_lost_answer_is_completed_by_its_reports(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 1, text=LONG))
    spans = await ledger.claim()
    result = result_of(spans[0], Verdict.UNKNOWN, "no_answer")
    message = spans[0].messages[0]
    result.answers.extend(
        PartAnswer(message.message_id, part, carrier_id(message.message_id, part), 0) for part in (1, 3)
    )
    await ledger.close([result])
    assert await ledger.report(spans, S.DELIVERED) == [1]
    assert await ledger.counts() == {S.UNKNOWN: 1}
    assert await ledger.report(spans, S.DELIVERED, by_number=True) == []
    assert await ledger.counts() == {S.DELIVERED: 1}
    assert await ledger.violations() == []


async def test_reports_on_what_a_clock_ahead_planned_are_found(ledger: Ledger) -> None:
    # given a message that a process planned whose clock was past midnight
    ledger.clock.advance(timedelta(hours=23))
    await ledger.plan(chunk(ledger, 1))
    ledger.clock.advance(timedelta(hours=-23))
    spans = await ledger.claim()
    await ledger.accept(spans)
    assert await ledger.report(spans, S.DELIVERED) == []
    assert await ledger.counts() == {S.DELIVERED: 1}
    assert await ledger.violations() == []


@pytest.mark.parametrize(("state", "later"), [(S.DELIVERED, timedelta(hours=40)), (S.FAILED, timedelta(0))])
async def test_a_long_message_of_a_lost_gateway_is_as_good_as_the_parts_that_were_reported(
    ledger: Ledger, state: MessageState, later: timedelta
) -> None:
    # given a message of three planned parts, of which a gateway sent one (its channel codes otherwise) and was killed
    await ledger.plan(chunk(ledger, 2, text=LONG))
    [span] = await ledger.claim()
    assert await ledger.door.adopt(ledger.uow, ACCOUNT, 2) == 2
    ledger.clock.advance(later)
    message = span.messages[0]
    fact = ReportFact(carrier_id(message.message_id), message.phone, state, "X", ledger.clock.now())
    assert (await ledger.door.take_reports(ledger.uow, ACCOUNT, [fact], by_number=True))[0] == []
    # then other parts may have been sent, and reports of them are waited for a while
    ledger.clock.advance(timedelta(minutes=59))
    assert await ledger.door.end_heard(ledger.uow) == 0
    assert await ledger.counts() == {S.UNKNOWN: 2}
    ledger.clock.advance(timedelta(minutes=1))
    assert await ledger.door.end_heard(ledger.uow) == 1
    assert await ledger.door.end_heard(ledger.uow) == 0
    assert await ledger.counts() == {state: 1, S.UNKNOWN: 1}
    assert await ledger.violations() == []


async def test_the_number_decides_when_a_carrier_uses_an_id_twice(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 2))
    [span] = await ledger.claim()
    result = result_of(span, Verdict.ACCEPTED)
    result.answers[:] = [answer._replace(carrier_msg_id=77) for answer in result.answers]
    await ledger.close([result])
    fact = ReportFact(77, phone(1), S.FAILED, "MK:0012", ledger.clock.now())
    assert (await ledger.door.take_reports(ledger.uow, ACCOUNT, [fact], by_number=False))[0] == []
    page = await ledger.door.list_messages(ledger.uow, TENANT, MessageFilter(phone=phone(1)), offset=0, limit=10)
    assert [(view.state, view.carrier_code) for view in page.items] == [(S.FAILED, "MK:0012")]
    assert await ledger.counts() == {S.SUBMITTED: 1, S.FAILED: 1}


# --- gates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "subject_id"),
    [
        (GateKind.TASK, TASK),
        (GateKind.TENANT, TENANT),
        (GateKind.SIGNATURE, SIGNATURE),
        (GateKind.APP, "app-1"),
        (GateKind.TEMPLATE, "15010661"),
    ],
)
async def test_a_closed_gate_holds_what_is_planned_and_what_will_be(
    ledger: Ledger, kind: GateKind, subject_id: str
) -> None:
    await ledger.plan(chunk(ledger, 100))
    assert len(await ledger.claim(spans=1)) == 1
    for _ in range(2):
        await ledger.door.close_gate(ledger.uow, TENANT, kind, subject_id, "paused")
    await ledger.plan(chunk(ledger, 5, start=100, chunk_no=1))
    assert await ledger.claim() == []
    assert await ledger.counts() == {S.ATTEMPTED: 64, S.HELD: 41}
    assert await ledger.violations() == []
    for _ in range(2):
        await ledger.door.open_gate(ledger.uow, TENANT, kind, subject_id)
    assert await ledger.counts() == {S.ATTEMPTED: 64, S.QUEUED: 41}
    assert sum(len(span.messages) for span in await ledger.claim()) == 41
    assert await ledger.violations() == []


async def test_one_of_two_gates_opened_is_not_enough(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 5))
    await ledger.door.close_gate(ledger.uow, TENANT, GateKind.TASK, TASK, "paused")
    await ledger.door.close_gate(ledger.uow, TENANT, GateKind.SIGNATURE, SIGNATURE, "withdrawn")
    await ledger.door.open_gate(ledger.uow, TENANT, GateKind.TASK, TASK)
    assert await ledger.claim() == []
    await ledger.door.open_gate(ledger.uow, TENANT, GateKind.SIGNATURE, SIGNATURE)
    assert len(await ledger.claim()) == 1


async def test_a_gate_for_every_tenant_holds_them_all(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 5))
    await ledger.plan(chunk(ledger, 5, task_id=OTHER_TASK, tenant_id=OTHER_TENANT))
    await ledger.door.close_gate(ledger.uow, EVERY_TENANT, GateKind.TEMPLATE, "15010661", "disabled")
    assert await ledger.claim() == []
    assert await ledger.counts(OTHER_TASK, OTHER_TENANT) == {S.HELD: 5}
    await ledger.door.open_gate(ledger.uow, EVERY_TENANT, GateKind.TEMPLATE, "15010661")
    assert len(await ledger.claim()) == 2
    assert await ledger.violations() == []


async def test_another_tenants_gate_does_not_matter(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 5))
    await ledger.door.close_gate(ledger.uow, OTHER_TENANT, GateKind.SIGNATURE, SIGNATURE, "withdrawn")
    assert len(await ledger.claim()) == 1


async def test_a_cancelled_task_sends_nothing_more(ledger: Ledger) -> None:
    await ledger.plan(chunk(ledger, 100))
    [span] = await ledger.claim(spans=1)
    assert await ledger.door.cancel_task(ledger.uow, TENANT, TASK) == 36
    assert await ledger.door.cancel_task(ledger.uow, TENANT, TASK) == 0
    assert await ledger.claim() == []
    # what comes back unsent ends as well
    await ledger.close([result_of(span, Verdict.UNSENT)])
    assert await ledger.counts() == {S.CANCELLED: 100}
    assert await ledger.violations() == []


# --- invariants -------------------------------------------------------------------------------------------------------
