"""Unknown messages: what a policy allows, one second sending and never a third, late reports of the first one."""

import itertools
import uuid
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hongyan.kernel.ids import MessageId, TaskId
from hongyan.rooms.delivery.contracts import (
    GateKind,
    MessageClass,
    MessageState,
    OpenSpan,
    PartAnswer,
    ReportFact,
    ResendAnswer,
    Verdict,
)
from hongyan.rooms.delivery.rules import STATE_NUMBERS
from support.ledger import ACCOUNT, Ledger, carrier_id, result_of
from support.line import SIGNATURE, TASK, TENANT, chunk_of, phone

S = MessageState
A = ResendAnswer
LONG = "【鸿雁】" + "春" * 150
_FIRST_ID = 900_000


async def lost(ledger: Ledger, count: int = 2, **more: object) -> list[MessageId]:
    """Given messages whose answers were lost."""
    more.setdefault("now", ledger.clock.now())
    await ledger.plan(chunk_of([phone(n) for n in range(count)], **more))  # type: ignore[arg-type]
    [span] = await ledger.claim()
    await ledger.close([result_of(span, Verdict.UNKNOWN, "no_answer")])
    return [message.message_id for message in span.messages]


async def resend(ledger: Ledger, ids: list[MessageId]) -> list[ResendAnswer]:
    return list((await ledger.door.unknowns.resend(ledger.uow, ids, by="ada")).values())


async def late(ledger: Ledger, state: MessageState, code: str, *, start: int = 0, count: int = 1) -> list[int]:
    """Let the carrier report a first sending whose id nobody knows."""
    facts = [ReportFact(_FIRST_ID + n, phone(n), state, code, ledger.clock.now()) for n in range(start, start + count)]
    return (await ledger.door.take_reports(ledger.uow, ACCOUNT, facts, by_number=True))[0]


async def test_an_order_sends_an_unknown_message_once_more_and_never_again(ledger: Ledger) -> None:
    ids = await lost(ledger)
    page = await ledger.door.unknowns.list_unknowns(ledger.uow, tenant_id=TENANT)
    assert [(one.phone, one.reason, one.may_resend) for one in page.items] == [
        (phone(0), "no_answer", A.RESENT),
        (phone(1), "no_answer", A.RESENT),
    ]
    assert await resend(ledger, ids) == [A.RESENT, A.RESENT]
    assert await resend(ledger, ids) == [A.NOT_UNKNOWN, A.NOT_UNKNOWN]
    assert await ledger.counts() == {S.QUEUED: 2}
    assert await ledger.violations() == []
    [span] = await ledger.claim()
    assert [message.message_id for message in span.messages] == ids
    await ledger.close([result_of(span, Verdict.UNKNOWN, "no_answer")])
    assert await resend(ledger, ids) == [A.ALREADY_RESENT, A.ALREADY_RESENT]
    ledger.clock.advance(timedelta(hours=73))
    await ledger.door.end_unknowns(ledger.uow)
    assert await ledger.counts() == {S.UNKNOWN_FINAL: 2}
    assert await ledger.violations() == []


async def test_without_a_policy_nothing_is_sent_again(ledger: Ledger) -> None:
    await lost(ledger)
    ledger.clock.advance(timedelta(hours=1))
    assert await ledger.door.unknowns.resend_due(ledger.uow) == {}
    assert {policy.may_resend_unknown for policy in await ledger.door.unknowns.list_policies(ledger.uow)} == {False}


async def test_a_policy_sends_its_class_again_after_five_minutes(ledger: Ledger) -> None:
    ids = await lost(ledger)
    unknowns = ledger.door.unknowns
    before = await unknowns.set_policy(ledger.uow, MessageClass.NOTICE, may_resend=True, by="ada")
    assert (before.may_resend_unknown, before.changed_by) == (False, "")
    ledger.clock.advance(timedelta(minutes=4))
    assert await unknowns.resend_due(ledger.uow) == {}
    ledger.clock.advance(timedelta(minutes=1))
    assert await unknowns.resend_due(ledger.uow) == {MessageClass.NOTICE: ids}
    assert await unknowns.resend_due(ledger.uow) == {}
    assert await ledger.uow.fetch("SELECT DISTINCT ordered_by FROM delivery_resends") == [("policy",)]
    [span] = await ledger.claim()
    await ledger.close([result_of(span, Verdict.UNKNOWN, "no_answer")])
    ledger.clock.advance(timedelta(hours=1))
    assert await unknowns.resend_due(ledger.uow) == {}


async def test_a_policy_of_another_class_does_not_matter(ledger: Ledger) -> None:
    await lost(ledger, klass=MessageClass.CODE)
    await ledger.door.unknowns.set_policy(ledger.uow, MessageClass.NOTICE, may_resend=True, by="ada")
    ledger.clock.advance(timedelta(minutes=6))
    assert await ledger.door.unknowns.resend_due(ledger.uow) == {}


@pytest.mark.parametrize("signature_id", [None, SIGNATURE])
async def test_who_opted_out_meanwhile_gets_nothing_again(ledger: Ledger, signature_id: str | None) -> None:
    ids = await lost(ledger)
    await ledger.door.suppress(ledger.uow, TENANT, [phone(0)], signature_id=signature_id)
    await ledger.door.unknowns.set_policy(ledger.uow, MessageClass.NOTICE, may_resend=True, by="ada")
    ledger.clock.advance(timedelta(minutes=6))
    assert await ledger.door.unknowns.resend_due(ledger.uow) == {MessageClass.NOTICE: ids[1:]}
    assert await resend(ledger, ids[:1]) == [A.OPTED_OUT]


async def test_what_expired_or_was_cancelled_is_not_sent_again(ledger: Ledger) -> None:
    ids = await lost(ledger, expires_in=timedelta(minutes=30))
    ledger.clock.advance(timedelta(minutes=31))
    assert await resend(ledger, ids) == [A.EXPIRED, A.EXPIRED]
    ledger.clock.advance(timedelta(minutes=-31))
    await ledger.door.cancel_task(ledger.uow, TENANT, TASK)
    assert await resend(ledger, ids) == [A.CANCELLED, A.CANCELLED]
    assert await ledger.counts() == {S.UNKNOWN: 2}


async def test_behind_a_closed_gate_it_waits(ledger: Ledger) -> None:
    ids = await lost(ledger)
    await ledger.door.close_gate(ledger.uow, TENANT, GateKind.TASK, TASK, "paused")
    await resend(ledger, ids)
    assert await ledger.claim() == []
    assert await ledger.counts() == {S.HELD: 2}
    assert await ledger.violations() == []


async def test_a_message_of_which_the_carrier_has_a_part_is_not_sent_again(ledger: Ledger) -> None:
    await ledger.plan(chunk_of([phone(0)], text=LONG, now=ledger.clock.now()))
    [span] = await ledger.claim()
    result = result_of(span, Verdict.UNKNOWN, "no_answer")
    [message] = span.messages
    result.answers.append(PartAnswer(message.message_id, 1, carrier_id(message.message_id, 1), 0))
    await ledger.close([result])
    assert await resend(ledger, [message.message_id]) == [A.PARTLY_TAKEN]


async def test_what_somebody_gave_up_is_final(ledger: Ledger) -> None:
    ids = await lost(ledger)
    assert await ledger.door.unknowns.give_up(ledger.uow, ids[:1]) == 1
    assert await ledger.door.unknowns.give_up(ledger.uow, ids[:1]) == 0
    assert await ledger.counts() == {S.UNKNOWN_FINAL: 1, S.UNKNOWN: 1}
    assert await ledger.violations() == []


async def test_a_late_report_of_the_first_spares_a_second_sending_that_waits(ledger: Ledger) -> None:
    await resend(ledger, await lost(ledger))
    assert await late(ledger, S.DELIVERED, "DELIVRD") == []
    assert await ledger.counts() == {S.DELIVERED: 1, S.QUEUED: 1}
    [span] = await ledger.claim()
    assert [message.phone for message in span.messages] == [phone(1)]
    assert await ledger.violations() == []


async def test_a_late_report_of_the_first_waits_while_the_second_is_on_the_wire(ledger: Ledger) -> None:
    await resend(ledger, await lost(ledger, 1))
    [span] = await ledger.claim()
    assert await late(ledger, S.DELIVERED, "DELIVRD") == [0]
    await ledger.accept([span])
    assert await late(ledger, S.DELIVERED, "DELIVRD") == []
    assert await ledger.counts() == {S.DELIVERED: 1}
    assert await ledger.report([span], S.FAILED, "UNDELIV") == []
    assert await ledger.counts() == {S.DELIVERED: 1}
    assert await ledger.violations() == []


async def test_a_late_report_ends_a_second_of_fewer_parts_than_planned(ledger: Ledger) -> None:
    # given a message of three planned parts that a channel sends as one, lost with its gateway and sent once more
    await ledger.plan(chunk_of([phone(0)], text=LONG, now=ledger.clock.now()))
    [first] = await ledger.claim()
    await ledger.door.adopt(ledger.uow, ACCOUNT, 2)
    await resend(ledger, [first.messages[0].message_id])
    [span] = await ledger.claim(epoch=2)
    result = result_of(span, Verdict.ACCEPTED)
    result.answers[1:] = []
    result.verdicts[:] = [verdict._replace(parts=1) for verdict in result.verdicts]
    await ledger.close([result])
    assert await late(ledger, S.DELIVERED, "DELIVRD") == []
    assert await ledger.counts() == {S.DELIVERED: 1}
    assert await ledger.violations() == []


async def test_a_first_that_failed_says_nothing_about_the_second(ledger: Ledger) -> None:
    await resend(ledger, await lost(ledger, 1))
    assert await late(ledger, S.FAILED, "UNDELIV") == []
    assert await ledger.counts() == {S.QUEUED: 1}
    [span] = await ledger.claim()
    await ledger.accept([span])
    assert await ledger.report([span], S.DELIVERED) == []
    assert await ledger.counts() == {S.DELIVERED: 1}
    assert await ledger.violations() == []


async def test_a_first_that_arrived_beats_a_second_that_failed(ledger: Ledger) -> None:
    await resend(ledger, await lost(ledger, 1))
    [span] = await ledger.claim()
    await ledger.accept([span])
    await ledger.report([span], S.FAILED, "UNDELIV")
    assert await late(ledger, S.DELIVERED, "DELIVRD") == []
    assert await ledger.counts() == {S.DELIVERED: 1}
    assert await ledger.violations() == []


class Sendings:
    """One message, driven by random steps; what is not possible at the moment changes nothing."""

    def __init__(self, ledger: Ledger, number: str) -> None:
        self.ledger = ledger
        self.number = number
        self.open: OpenSpan | None = None
        self.answered: OpenSpan | None = None
        self.sent = 0
        self.ended: set[MessageState] = set()
        self.message_id = MessageId(0)

    async def begin(self) -> None:
        task_id = TaskId(str(uuid.uuid4()))
        await self.ledger.plan(chunk_of([self.number], task_id=task_id, now=self.ledger.clock.now()))
        [[message_id]] = await self.ledger.uow.fetch(
            "SELECT message_id FROM delivery_messages WHERE task_id = %s::uuid", (task_id,)
        )
        self.message_id = MessageId(message_id)

    async def step(self, name: str) -> None:
        await getattr(self, name)()
        view = await self.ledger.door.get_message(self.ledger.uow, TENANT, self.message_id)
        assert self.sent <= 2
        if S.DELIVERED in self.ended:
            assert view.state is S.DELIVERED, "nothing takes a delivery back"
        if view.state in STATE_NUMBERS:
            self.ended.add(view.state)

    async def claim(self) -> None:
        spans = await self.ledger.claim()
        if spans:
            [self.open] = spans
            self.sent += 1

    async def _close(self, verdict: Verdict) -> None:
        if self.open is not None:
            await self.ledger.close([result_of(self.open, verdict, "no_answer")])
            self.answered = self.open if verdict is Verdict.ACCEPTED else self.answered
            self.sent -= verdict is Verdict.UNSENT
            self.open = None

    async def accept(self) -> None:
        await self._close(Verdict.ACCEPTED)

    async def lose(self) -> None:
        await self._close(Verdict.UNKNOWN)

    async def return_unsent(self) -> None:
        await self._close(Verdict.UNSENT)

    async def crash(self) -> None:
        self.open = None
        await self.ledger.door.adopt(self.ledger.uow, ACCOUNT, 2)

    async def order(self) -> None:
        await resend(self.ledger, [self.message_id])

    async def _report(self, carrier_msg_id: int, state: MessageState) -> None:
        fact = ReportFact(carrier_msg_id, self.number, state, "X", self.ledger.clock.now())
        await self.ledger.door.take_reports(self.ledger.uow, ACCOUNT, [fact], by_number=True)

    async def report_delivery(self) -> None:
        await self._report(carrier_id(self.message_id), S.DELIVERED)

    async def report_failure(self) -> None:
        await self._report(carrier_id(self.message_id), S.FAILED)

    async def report_first_delivered(self) -> None:
        await self._report(_FIRST_ID + self.message_id, S.DELIVERED)

    async def report_first_failed(self) -> None:
        await self._report(_FIRST_ID + self.message_id, S.FAILED)

    async def give_up(self) -> None:
        await self.ledger.door.unknowns.give_up(self.ledger.uow, [self.message_id])


_STEPS = sorted(name for name in vars(Sendings) if not name.startswith("_") and name not in {"begin", "step"})
_numbers = itertools.count(10_000)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(_STEPS), min_size=4, max_size=16))
async def test_whatever_happens_nobody_gets_three_and_the_books_add_up(ledger: Ledger, steps: list[str]) -> None:
    sendings = Sendings(ledger, phone(next(_numbers)))
    await sendings.begin()
    try:
        for name in ["claim", *steps]:
            await sendings.step(name)
        assert await ledger.violations() == []
    finally:
        # The next example begins with an empty queue.
        await ledger.door.cancel_task(
            ledger.uow, TENANT, (await ledger.door.get_message(ledger.uow, TENANT, sendings.message_id)).task_id
        )
        await ledger.door.adopt(ledger.uow, ACCOUNT, 3)
