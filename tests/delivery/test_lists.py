"""Lists against a plain reckoning in memory: many chunks over three days, every filter, every page, folded or not."""

import dataclasses
import random
import uuid
from datetime import datetime, timedelta

import pytest

from hongyan.kernel.ids import CardTemplateId, MessageId, SignatureId, SmsTemplateId, TaskId
from hongyan.rooms.delivery.contracts import (
    MessageFilter,
    MessageKind,
    MessageState,
    MessageView,
    PlannedChunk,
    Verdict,
)
from hongyan.rooms.delivery.errors import MessageNotFound
from support.ledger import Ledger, result_of
from support.line import OTHER_TENANT, SIGNATURE, TASK, TENANT, chunk_of, phone

S = MessageState
SIGNATURES = (SignatureId("sig-a"), SignatureId("sig-b"))
CARDS = (CardTemplateId("600000001"), CardTemplateId("600000002"), None)


def _chunk(ledger: Ledger, count: int) -> PlannedChunk:
    return chunk_of([phone(n) for n in range(count)], now=ledger.clock.now())


async def _plan_three_days(ledger: Ledger) -> list[MessageView]:
    """Plan forty chunks of 1 to 7 messages, 97 minutes apart; returns the tenant's messages in planning order."""
    dice = random.Random(7)
    tasks = [TaskId(str(uuid.UUID(int=n + 1))) for n in range(12)]
    await ledger.door.ensure_partitions(ledger.uow)
    for n in range(40):
        people = [phone(dice.randrange(30)) for _ in range(dice.randrange(1, 8))]
        chunk = chunk_of(
            list(dict.fromkeys(people)),
            task_id=tasks[n % 12],
            chunk_no=n // 12,
            now=ledger.clock.now(),
            tenant_id=OTHER_TENANT if n % 10 == 9 else TENANT,
        )
        if n % 10 == 9:
            chunk = dataclasses.replace(chunk, task_id=TASK, chunk_no=n)
        chunk = dataclasses.replace(
            chunk,
            signature_id=dice.choice(SIGNATURES),
            card_template_id=dice.choice(CARDS),
            template_id=SmsTemplateId(dice.choice(("15010661", "15010662"))),
            kind=dice.choice(list(MessageKind)),
        )
        await ledger.plan(chunk)
        ledger.clock.advance(timedelta(minutes=97))
    return [view async for view in ledger.door.iter_messages(ledger.uow, TENANT, MessageFilter())]


def _fits(view: MessageView, where: MessageFilter) -> bool:
    wanted = {
        "task_id": where.task_id,
        "phone": where.phone,
        "signature_id": where.signature_id,
        "template_id": where.template_id,
        "card_template_id": where.card_template_id,
        "kind": where.kind,
    }
    return (
        all(value is None or getattr(view, name) == value for name, value in wanted.items())
        and (where.states is None or view.state in where.states)
        and (where.planned_from is None or view.planned_at >= where.planned_from)
        and (where.planned_until is None or view.planned_at < where.planned_until)
    )


def _filters(now: datetime) -> list[MessageFilter]:
    """Return filters of every kind, alone and with ranges: whole days, whole hours, odd minutes, less than an hour."""
    alone = [
        MessageFilter(),
        MessageFilter(task_id=TaskId(str(uuid.UUID(int=3)))),
        MessageFilter(task_id=TaskId(str(uuid.UUID(int=3))), signature_id=SIGNATURES[0]),
        MessageFilter(task_id=TASK),
        MessageFilter(signature_id=SIGNATURES[1]),
        MessageFilter(card_template_id=CARDS[0]),
        MessageFilter(signature_id=SIGNATURES[0], card_template_id=CARDS[1], template_id=SmsTemplateId("15010661")),
        MessageFilter(kind=MessageKind.VIDEO),
        MessageFilter(phone=phone(3)),
        MessageFilter(phone=phone(3), signature_id=SIGNATURES[0]),
        MessageFilter(phone=phone(4), task_id=TaskId(str(uuid.UUID(int=2)))),
        MessageFilter(phone=phone(99)),
        MessageFilter(states=frozenset({S.QUEUED, S.SUBMITTED})),
        MessageFilter(states=frozenset({S.DELIVERED, S.FAILED})),
        MessageFilter(phone=phone(3), states=frozenset({S.DELIVERED})),
        MessageFilter(task_id=TaskId(str(uuid.UUID(int=1))), states=frozenset({S.DELIVERED, S.QUEUED})),
    ]
    day = now.replace(hour=0, minute=0)
    ranges = [
        (None, None),
        (day - timedelta(days=2), day),
        (day - timedelta(days=1, hours=8), day - timedelta(hours=8)),
        (now - timedelta(hours=31, minutes=7), now - timedelta(minutes=3)),
        (now - timedelta(hours=5, minutes=10), now - timedelta(hours=4, minutes=40)),
        (None, day - timedelta(minutes=1)),
        (day - timedelta(hours=30, minutes=1), None),
    ]
    return [dataclasses.replace(w, planned_from=begin, planned_until=end) for w in alone for begin, end in ranges]


async def test_every_list_agrees_with_a_plain_reckoning(ledger: Ledger) -> None:
    await _plan_three_days(ledger)
    spans = await ledger.claim(spans=9)
    await ledger.accept(spans)
    await ledger.report(spans[:5], S.DELIVERED)
    everything = [view async for view in ledger.door.iter_messages(ledger.uow, TENANT, MessageFilter())]
    assert len(everything) > 100
    filters = _filters(ledger.clock.now())
    for where in filters:
        await _agree(ledger, where, [view for view in everything if _fits(view, where)])
    assert await ledger.door.fold_planned(ledger.uow) > 0
    assert await ledger.door.fold_planned(ledger.uow) == 0
    for where in filters:
        await _agree(ledger, where, [view for view in everything if _fits(view, where)])


async def _agree(ledger: Ledger, where: MessageFilter, expected: list[MessageView]) -> None:
    """Compare some pages, their totals and the export of a filter with what is expected."""
    for offset, limit in ((0, 10), (3, 4), (max(0, len(expected) - 1), 5), (len(expected), 5)):
        page = await ledger.door.list_messages(ledger.uow, TENANT, where, offset=offset, limit=limit)
        assert (where, page.total) == (where, len(expected))
        assert list(page.items) == expected[offset : offset + limit]
        newest = await ledger.door.list_messages(ledger.uow, TENANT, where, offset=offset, limit=limit, newest=True)
        assert (where, newest.total) == (where, len(expected))
        assert list(newest.items) == expected[::-1][offset : offset + limit]
    assert [view async for view in ledger.door.iter_messages(ledger.uow, TENANT, where)] == expected


async def test_what_was_folded_and_what_is_fresh_add_up(ledger: Ledger) -> None:
    for n in range(3):
        await ledger.plan(chunk_of([phone(n), phone(n + 10)], chunk_no=n, now=ledger.clock.now()))
        assert await ledger.door.fold_planned(ledger.uow) == 2
        await ledger.plan(chunk_of([phone(n)], chunk_no=n + 10, now=ledger.clock.now()))
        page = await ledger.door.list_messages(ledger.uow, TENANT, MessageFilter(), offset=0, limit=1)
        assert page.total == 3 * (n + 1)


async def test_an_export_goes_on_where_a_slice_ended(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hongyan.rooms.delivery.store.lists._EXPORT_BATCHES", 2)
    everything = await _plan_three_days(ledger)
    task = MessageFilter(task_id=everything[0].task_id)
    assert [v async for v in ledger.door.iter_messages(ledger.uow, TENANT, task)] == [
        view for view in everything if view.task_id == task.task_id
    ]
    assert len({view.message_id for view in everything}) == len(everything)


async def test_refused_and_unknown_messages_are_shown_as_such(ledger: Ledger) -> None:
    await ledger.plan(chunk_of([phone(n) for n in range(4)], now=ledger.clock.now()))
    refused, unknown = await ledger.claim(spans=1, span_messages=1), await ledger.claim(spans=1, span_messages=1)
    await ledger.close([result_of(span, Verdict.REFUSED, "13") for span in refused])
    await ledger.close([result_of(span, Verdict.UNKNOWN, "no_answer") for span in unknown])
    await ledger.claim(spans=1, span_messages=1)
    page = await ledger.door.list_messages(ledger.uow, TENANT, MessageFilter(task_id=TASK), offset=0, limit=9)
    assert [view.state for view in page.items] == [S.FAILED, S.UNKNOWN, S.ATTEMPTED, S.QUEUED]


# --- pages by hand ----------------------------------------------------------------------------------------------------


async def test_lists_show_the_derived_state_and_page_in_planning_order(ledger: Ledger) -> None:
    await ledger.plan(_chunk(ledger, 70))
    [span] = await ledger.claim(spans=1)
    await ledger.accept([span])
    await ledger.report([span], S.DELIVERED)
    everything = MessageFilter(task_id=TASK)
    page = await ledger.door.list_messages(ledger.uow, TENANT, everything, offset=60, limit=5)
    assert (page.total, [view.recipient_no for view in page.items]) == (70, [60, 61, 62, 63, 64])
    assert [view.state for view in page.items] == [S.DELIVERED] * 4 + [S.QUEUED]
    assert page.items[0].phone == phone(60)
    assert page.items[0].submitted_at is not None
    queued = MessageFilter(task_id=TASK, states=frozenset({S.QUEUED}))
    assert (await ledger.door.list_messages(ledger.uow, TENANT, queued, offset=0, limit=100)).total == 6
    assert [view.recipient_no async for view in ledger.door.iter_messages(ledger.uow, TENANT, queued)] == [
        *range(64, 70)
    ]
    delivered = MessageFilter(states=frozenset({S.DELIVERED}), signature_id=SIGNATURE)
    assert (await ledger.door.list_messages(ledger.uow, TENANT, delivered, offset=0, limit=1)).total == 64


async def test_lists_filter_by_time_and_keep_tenants_apart(ledger: Ledger) -> None:
    await ledger.plan(_chunk(ledger, 3))
    now = ledger.clock.now()
    for where, expected in (
        (MessageFilter(planned_from=now), 3),
        (MessageFilter(planned_until=now), 0),
        (MessageFilter(planned_from=now - timedelta(days=1), planned_until=now + timedelta(seconds=1)), 3),
        (MessageFilter(template_id=_chunk(ledger, 1).template_id), 3),
    ):
        assert (await ledger.door.list_messages(ledger.uow, TENANT, where, offset=0, limit=9)).total == expected
    page = await ledger.door.list_messages(ledger.uow, OTHER_TENANT, MessageFilter(task_id=TASK), offset=0, limit=9)
    assert (page.total, page.items) == (0, ())


async def test_one_message_is_its_tenants_only(ledger: Ledger) -> None:
    await ledger.plan(_chunk(ledger, 1))
    [view] = (await ledger.door.list_messages(ledger.uow, TENANT, MessageFilter(), offset=0, limit=1)).items
    assert await ledger.door.get_message(ledger.uow, TENANT, view.message_id) == view
    with pytest.raises(MessageNotFound):
        await ledger.door.get_message(ledger.uow, OTHER_TENANT, view.message_id)
    with pytest.raises(MessageNotFound):
        await ledger.door.get_message(ledger.uow, TENANT, MessageId(1))
