"""Fail-over: what waits moves to stand-ins; what was sent, or may have been, stays where it is."""

import asyncio
import random
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import UTC, datetime

import pytest

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.ids import AccountId, TaskId
from hongyan.rooms.carriers.contracts import Account, Carrier, PickRoute, Protocol, Route, SignatureKey
from hongyan.rooms.delivery.contracts import (
    GateKind,
    MessageClass,
    MessageFilter,
    MessageState,
    OpenSpan,
    PlannedChunk,
    Tally,
    Verdict,
)
from support.ledger import ACCOUNT, Ledger, result_of
from support.line import OTHER_TENANT, SIGNATURE, TASK, TENANT, SendingLine, chunk_of, phone

S = MessageState
OTHER = AccountId(8)
OTHER_TASK = TaskId("55555555-5555-4555-8555-555555555555")
FAILED = Account(
    account_id=ACCOUNT,
    name="failed",
    protocol=Protocol.CMPP30,
    host="127.0.0.1",
    port=7890,
    login="901234",
    src_number="10690001",
    carrier=Carrier.ANY,
    rate_per_s=None,
    window_pdus=16,
    connections=1,
    heartbeat_s=30,
    response_timeout_s=60,
    check_server_digest=True,
    is_enabled=True,
    serves=None,
    changed_at=datetime(2026, 11, 22, tzinfo=UTC),
)


async def to_other(uow: Uow, account: Account, keys: Collection[SignatureKey]) -> Mapping[SignatureKey, PickRoute]:
    assert account == FAILED
    return {key: lambda _: Route(OTHER, "1069000210001", None) for key in keys}


async def move(ledger: Ledger, limit: int = 100) -> int:
    return await ledger.door.move_waiting(ledger.uow, FAILED, to_other, limit=limit)


async def claim(ledger: Ledger, account_id: AccountId, spans: int = 8, span_messages: int = 64) -> list[OpenSpan]:
    tally = Tally()
    opened = await ledger.door.claim(ledger.uow, account_id, 1, tally, spans=spans, span_messages=span_messages)
    await ledger.door.fold_sender(ledger.uow, account_id, tally)
    return opened


async def close(ledger: Ledger, span: OpenSpan, verdict: Verdict) -> None:
    tally = Tally()
    results = [result_of(span, verdict)]
    await ledger.door.take_span_results(ledger.uow, span.account_id, results, tally, is_repeated=False)
    await ledger.door.fold_sender(ledger.uow, span.account_id, tally)


def plan_of(ledger: Ledger, count: int, task_id: TaskId = TASK, **more: object) -> PlannedChunk:
    return chunk_of([phone(n) for n in range(count)], task_id=task_id, now=ledger.clock.now(), **more)  # type: ignore[arg-type]


async def accounts_shown(ledger: Ledger) -> list[AccountId | None]:
    page = await ledger.door.list_messages(ledger.uow, TENANT, MessageFilter(task_id=TASK), offset=0, limit=500)
    return [view.account_id for view in page.items]


async def test_what_waits_goes_out_over_the_stand_in_under_its_number(ledger: Ledger) -> None:
    await ledger.plan(plan_of(ledger, 250))
    assert await move(ledger) == 250
    assert await move(ledger) == 0
    assert await claim(ledger, ACCOUNT) == []
    spans = await claim(ledger, OTHER)
    assert {(span.account_id, span.src_id) for span in spans} == {(OTHER, "1069000210001")}
    assert sorted(message.phone for span in spans for message in span.messages) == [phone(n) for n in range(250)]
    assert await ledger.counts() == {S.ATTEMPTED: 250}
    assert await ledger.violations() == []


async def test_a_batch_may_move_when_it_was_sent_in_part(ledger: Ledger) -> None:
    await ledger.plan(plan_of(ledger, 150))
    [sent] = await claim(ledger, ACCOUNT, spans=1)
    await close(ledger, sent, Verdict.ACCEPTED)
    assert await move(ledger) == 86
    rest = await claim(ledger, OTHER)
    for span in rest:
        await close(ledger, span, Verdict.ACCEPTED)
    assert await ledger.report([sent], S.DELIVERED) == []
    assert await ledger.counts() == {S.DELIVERED: 64, S.SUBMITTED: 86}
    assert await accounts_shown(ledger) == [ACCOUNT] * 64 + [OTHER] * 86
    assert await ledger.violations() == []


async def test_what_comes_back_unsent_after_the_move_goes_over_the_stand_in(ledger: Ledger) -> None:
    await ledger.plan(plan_of(ledger, 100))
    first, second = await claim(ledger, ACCOUNT, spans=2)
    assert await move(ledger) == 0
    await close(ledger, first, Verdict.UNSENT)
    assert await move(ledger) == 64
    await close(ledger, second, Verdict.UNSENT)
    again = await claim(ledger, OTHER)
    assert sorted(message.phone for span in again for message in span.messages) == [phone(n) for n in range(100)]
    assert await claim(ledger, ACCOUNT) == []
    assert await ledger.counts() == {S.ATTEMPTED: 100}
    assert await ledger.violations() == []


async def test_an_unknown_stays_with_the_account_that_may_have_sent_it(ledger: Ledger) -> None:
    await ledger.plan(plan_of(ledger, 100))
    [lost] = await claim(ledger, ACCOUNT, spans=1)
    await close(ledger, lost, Verdict.UNKNOWN)
    assert await move(ledger) == 36
    moved = await claim(ledger, OTHER)
    assert [len(span.messages) for span in moved] == [36]
    assert await accounts_shown(ledger) == [ACCOUNT] * 64 + [OTHER] * 36
    # The old carrier reports what it had taken; nothing of it was sent again.
    assert await ledger.report([lost], S.DELIVERED, by_number=True) == []
    assert await ledger.counts() == {S.DELIVERED: 64, S.ATTEMPTED: 36}
    assert await ledger.violations() == []


async def test_a_crash_of_the_old_holder_makes_unknown_what_it_had_open_and_no_more(ledger: Ledger) -> None:
    await ledger.plan(plan_of(ledger, 100))
    await claim(ledger, ACCOUNT, spans=1)
    await move(ledger)
    assert await ledger.door.adopt(ledger.uow, ACCOUNT, 2) == 64
    assert await ledger.door.adopt(ledger.uow, OTHER, 2) == 0
    assert await ledger.counts() == {S.UNKNOWN: 64, S.QUEUED: 36}
    assert await ledger.violations() == []


async def test_the_most_urgent_batches_move_first_and_slices_end(ledger: Ledger) -> None:
    await ledger.plan(plan_of(ledger, 400, klass=MessageClass.PROMOTION))
    await ledger.plan(plan_of(ledger, 30, OTHER_TASK, klass=MessageClass.CODE))
    moved = [await move(ledger, limit=1) for _ in range(4)]
    assert moved == [30, 200, 200, 0]


async def test_what_no_stand_in_may_send_stays(ledger: Ledger) -> None:
    async def only_ours(uow: Uow, account: Account, keys: Collection[SignatureKey]) -> Mapping[SignatureKey, PickRoute]:
        del uow, account
        assert (OTHER_TENANT, SIGNATURE) in keys
        return {(TENANT, SIGNATURE): lambda _: Route(OTHER, "1069000210001", None)}

    await ledger.plan(plan_of(ledger, 10))
    await ledger.plan(plan_of(ledger, 20, OTHER_TASK, tenant_id=OTHER_TENANT))
    moved = [await ledger.door.move_waiting(ledger.uow, FAILED, only_ours, limit=1) for _ in range(2)]
    assert moved == [10, 0]
    assert [span.tenant_id for span in await claim(ledger, ACCOUNT)] == [OTHER_TENANT]


async def test_what_is_held_moves_once_it_is_ready(ledger: Ledger) -> None:
    await ledger.plan(plan_of(ledger, 10))
    await ledger.door.close_gate(ledger.uow, TENANT, GateKind.TASK, TASK, "paused")
    assert await move(ledger) == 0
    await ledger.door.open_gate(ledger.uow, TENANT, GateKind.TASK, TASK)
    assert await move(ledger) == 10
    assert await ledger.violations() == []


@pytest.mark.parametrize("seed", range(8))
async def test_nothing_is_lost_or_sent_twice_in_whatever_order_it_moves(ledger: Ledger, seed: int) -> None:
    chance = random.Random(seed)
    opened: list[OpenSpan] = []
    ends: Counter[int] = Counter()
    planned = 0

    async def end(verdict: Verdict) -> None:
        span = opened.pop(chance.randrange(len(opened)))
        await close(ledger, span, verdict)
        if verdict is not Verdict.UNSENT:
            ends.update(message.message_id for message in span.messages)

    for step in range(60):
        match chance.choice(["plan", "claim", "claim", "end", "end", "move"]):
            case "plan":
                count = chance.randint(1, 90)
                planned += count
                await ledger.plan(plan_of(ledger, count, chunk_no=step))
            case "claim":
                account_id = chance.choice([ACCOUNT, OTHER])
                opened += await claim(ledger, account_id, chance.randint(1, 3), chance.randint(1, 64))
            case "move":
                await move(ledger, limit=chance.randint(1, 3))
            case _ if opened:
                await end(chance.choice(list(Verdict)))
    assert await ledger.violations() == []
    while await move(ledger) or opened:
        opened += await claim(ledger, OTHER)
        while opened:
            await end(Verdict.ACCEPTED)
    opened += await claim(ledger, OTHER)
    while opened:
        await end(Verdict.ACCEPTED)
        opened += await claim(ledger, OTHER)
    assert (len(ends), set(ends.values()) <= {1}) == (planned, True)
    counts = await ledger.counts()
    assert sum(counts.values()) == planned
    assert S.QUEUED not in counts
    assert await ledger.violations() == []


# --- side by side, in transactions of their own ---------------------------------------------------------------------


async def claim_in(line: SendingLine, uow: Uow, account_id: AccountId, spans: int = 8) -> set[str]:
    tally = Tally()
    opened = await line.delivery.claim(uow, account_id, 1, tally, spans=spans, span_messages=64)
    await line.delivery.fold_sender(uow, account_id, tally)
    return {message.phone for span in opened for message in span.messages}


@pytest.fixture
async def two_batches(db: Database) -> SendingLine:
    line = SendingLine(db)
    async with db.begin() as uow:
        plan = chunk_of([phone(n) for n in range(400)])
        await line.delivery.plan_chunk(uow, plan, lambda _: Route(ACCOUNT, "1069000110001", None))
    return line


async def test_what_a_claim_has_in_hand_does_not_move_until_it_has_committed(two_batches: SendingLine) -> None:
    line = two_batches
    async with line.db.begin() as claiming, asyncio.timeout(20):
        sent = await claim_in(line, claiming, ACCOUNT, spans=1)
        async with line.db.begin() as moving:
            assert await line.delivery.move_waiting(moving, FAILED, to_other) == 200
    async with line.db.begin() as uow:
        assert await line.delivery.move_waiting(uow, FAILED, to_other) == 200 - len(sent)
        rest = await claim_in(line, uow, OTHER)
    assert (len(sent), len(rest), sent & rest) == (64, 336, set())
    assert await line.violations() == []


async def test_what_moves_is_not_claimed_by_the_old_holder(two_batches: SendingLine) -> None:
    line = two_batches
    async with line.db.begin() as moving, asyncio.timeout(20):
        assert await line.delivery.move_waiting(moving, FAILED, to_other, limit=1) == 200
        async with line.db.begin() as claiming:
            old = await claim_in(line, claiming, ACCOUNT)
    async with line.db.begin() as uow:
        again = await claim_in(line, uow, ACCOUNT)
        new = await claim_in(line, uow, OTHER)
    assert (len(old), len(again), len(new)) == (200, 0, 200)
    assert old & new == set()
    assert await line.violations() == []
