"""Who gets the next spans of an account: classes with their floor, tenants in turn, paces, opt-outs of a signature."""

import dataclasses
import uuid
from collections import Counter
from datetime import timedelta

import pytest

from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.ids import SignatureId, TaskId, TenantId
from hongyan.rooms.delivery.contracts import GateKind, MessageClass, MessageState, OpenSpan
from support.ledger import Ledger
from support.line import OTHER_TENANT, SIGNATURE, TASK, TENANT, chunk_of, phone

S = MessageState
C = MessageClass
THIRD_TENANT = TenantId("33333333-0000-4000-8000-000000000000")
OTHER_SIGNATURE = SignatureId("44444444-0000-4000-8000-000000000000")
LONG = "【鸿雁】" + "春" * 150


async def plan(ledger: Ledger, tenant_id: TenantId, count: int, klass: MessageClass = C.NOTICE, **more: object) -> None:
    task_id = more.pop("task_id", TaskId(str(uuid.uuid4())))
    signature_id = more.pop("signature_id", SIGNATURE)
    chunk = chunk_of(
        [phone(n) for n in range(count)],
        tenant_id=tenant_id,
        task_id=task_id,  # type: ignore[arg-type]
        klass=klass,
        now=ledger.clock.now(),
        **more,  # type: ignore[arg-type]
    )
    await ledger.plan(dataclasses.replace(chunk, signature_id=signature_id))  # type: ignore[arg-type]


async def drain(ledger: Ledger, claims: int, *, spans: int = 4, span_messages: int = 10) -> list[OpenSpan]:
    """Claim and answer again and again, as a gateway does."""
    served = []
    for _ in range(claims):
        opened = await ledger.claim(spans=spans, span_messages=span_messages)
        await ledger.accept(opened)
        served += opened
    return served


def texts(spans: list[OpenSpan]) -> int:
    return sum(len(span.messages) for span in spans)


async def test_three_tenants_of_very_different_backlogs_are_served_alike(ledger: Ledger) -> None:
    await plan(ledger, TENANT, 3_000)
    await plan(ledger, OTHER_TENANT, 120)
    await plan(ledger, THIRD_TENANT, 120)
    served = Counter(span.tenant_id for span in await drain(ledger, 9))
    assert served == {TENANT: 12, OTHER_TENANT: 12, THIRD_TENANT: 12}
    # and who is left alone gets everything
    assert {span.tenant_id for span in await drain(ledger, 2)} == {TENANT}
    assert await ledger.violations() == []


async def test_lower_classes_keep_a_tenth_under_a_flood_of_codes(ledger: Ledger) -> None:
    await plan(ledger, TENANT, 2_000, C.CODE)
    await plan(ledger, OTHER_TENANT, 500, C.NOTICE)
    await plan(ledger, OTHER_TENANT, 500, C.PROMOTION)
    await plan(ledger, THIRD_TENANT, 500, C.PROMOTION)
    served = await drain(ledger, 25)
    counts = Counter((span.klass, span.tenant_id) for span in served)
    assert len(served) == 100
    assert 78 <= counts[C.CODE, TENANT] <= 80
    assert counts[C.NOTICE, OTHER_TENANT] >= 10
    # inside the class the tenants take turns
    shares = [counts[C.PROMOTION, OTHER_TENANT], counts[C.PROMOTION, THIRD_TENANT]]
    assert sum(shares) >= 10
    assert max(shares) - min(shares) <= 1
    assert await ledger.violations() == []


async def test_a_gateway_that_takes_one_span_at_a_time_starves_nobody(ledger: Ledger) -> None:
    await plan(ledger, TENANT, 600, C.CODE)
    await plan(ledger, OTHER_TENANT, 50, C.PROMOTION)
    served = [span.klass for span in await drain(ledger, 30, spans=1)]
    assert [index for index, klass in enumerate(served) if klass is C.PROMOTION] == [9, 19, 29]


async def test_what_urgent_messages_cannot_use_goes_to_the_others_at_once(ledger: Ledger) -> None:
    await plan(ledger, TENANT, 3, C.CODE)
    await plan(ledger, OTHER_TENANT, 500, C.PROMOTION)
    opened = await ledger.claim(spans=8, span_messages=10)
    assert Counter(span.klass for span in opened) == {C.CODE: 1, C.PROMOTION: 7}
    assert opened[0].klass is C.CODE


async def test_a_held_class_costs_the_others_nothing(ledger: Ledger) -> None:
    await plan(ledger, TENANT, 100, C.CODE)
    await ledger.door.close_gate(ledger.uow, TENANT, GateKind.TENANT, TENANT, "suspended")
    await plan(ledger, OTHER_TENANT, 100, C.PROMOTION)
    assert Counter(span.klass for span in await ledger.claim(spans=4, span_messages=10)) == {C.PROMOTION: 4}


# --- paces ------------------------------------------------------------------------------------------------------------


async def fill(ledger: Ledger, seconds: float) -> None:
    """Let buckets have been filling for so long, and the process look at the paces again."""
    await ledger.uow.fetch(
        "UPDATE delivery_pace_buckets SET at = clock_timestamp() - make_interval(secs => %s)", (seconds,)
    )
    ledger.clock.advance(timedelta(seconds=2))


async def test_a_paced_tenant_gets_what_its_bucket_holds_and_others_go_on(ledger: Ledger) -> None:
    await plan(ledger, TENANT, 500)
    await plan(ledger, OTHER_TENANT, 200)
    await ledger.door.paces.set_pace(ledger.uow, TENANT, 40, by="ada")
    await fill(ledger, 0.5)
    opened = await ledger.claim(spans=8, span_messages=64)
    assert 20 <= texts([span for span in opened if span.tenant_id == TENANT]) <= 30
    assert texts([span for span in opened if span.tenant_id == OTHER_TENANT]) == 200
    # at once again: the bucket is empty
    assert await ledger.claim() == []
    assert await ledger.violations() == []


async def test_parts_are_what_a_pace_counts_and_a_debt_is_paid_off(ledger: Ledger) -> None:
    await plan(ledger, TENANT, 50, text=LONG)
    await ledger.door.paces.set_pace(ledger.uow, TENANT, 20, by="ada")
    await fill(ledger, 0.5)  # ten parts: three messages of three, and one that begins with the last
    assert texts(await ledger.claim(spans=8)) in {4, 5}
    await fill(ledger, 0.05)
    assert await ledger.claim() == []


async def test_a_signatures_pace_does_not_hold_up_the_tenants_others(ledger: Ledger) -> None:
    await plan(ledger, TENANT, 400)
    await plan(ledger, TENANT, 100, signature_id=OTHER_SIGNATURE)
    await ledger.door.paces.set_pace(ledger.uow, TENANT, 10, signature_id=SIGNATURE, by="ada")
    await fill(ledger, 0.5)
    first = texts(await ledger.claim(spans=1))
    assert 5 <= first <= 7
    # behind the paced signature's batches stand those of the other one; a slow machine leaves the first some tokens
    assert 100 <= texts(await ledger.claim(spans=8)) <= 105
    assert await ledger.violations() == []


async def test_a_pace_is_changed_listed_and_taken_away(ledger: Ledger) -> None:
    paces = ledger.door.paces
    await paces.set_pace(ledger.uow, TENANT, 10, by="ada")
    await paces.set_pace(ledger.uow, TENANT, 20, by="bob")
    await paces.set_pace(ledger.uow, TENANT, 5, signature_id=SIGNATURE, by="ada")
    found = [
        (pace.kind, pace.subject_id, pace.rate_per_s, pace.changed_by) for pace in await paces.list_paces(ledger.uow)
    ]
    assert found == [(GateKind.SIGNATURE, SIGNATURE, 5, "ada"), (GateKind.TENANT, TENANT, 20, "bob")]
    assert await paces.clear_pace(ledger.uow, TENANT, signature_id=SIGNATURE)
    assert await paces.clear_pace(ledger.uow, TENANT)
    assert not await paces.clear_pace(ledger.uow, TENANT)
    await plan(ledger, TENANT, 100)
    await fill(ledger, 0)
    assert texts(await ledger.claim()) == 100


@pytest.mark.parametrize("rate", [0, -1, 100_001])
async def test_a_pace_has_bounds(ledger: Ledger, rate: int) -> None:
    with pytest.raises(InvalidInput):
        await ledger.door.paces.set_pace(ledger.uow, TENANT, rate, by="ada")


# --- opt-outs of a signature --------------------------------------------------------------------------------------------


async def test_an_opt_out_of_one_signature_leaves_the_others(ledger: Ledger) -> None:
    await ledger.door.suppress(ledger.uow, TENANT, [phone(0)], signature_id=SIGNATURE)
    await plan(ledger, TENANT, 2, task_id=TASK)
    await plan(ledger, TENANT, 2, signature_id=OTHER_SIGNATURE)
    opened = await ledger.claim()
    assert sorted(message.phone for span in opened for message in span.messages) == [phone(0), phone(1), phone(1)]
    assert await ledger.counts() == {S.ATTEMPTED: 1, S.SUPPRESSED: 1}
    assert await ledger.violations() == []


async def test_the_confirmation_of_an_opt_out_passes_it_and_nothing_else_does(ledger: Ledger) -> None:
    await ledger.door.suppress(ledger.uow, TENANT, [phone(0)], signature_id=SIGNATURE)
    await ledger.door.suppress(ledger.uow, TENANT, [phone(0)])
    await plan(ledger, TENANT, 1, task_id=TASK)
    confirmation = chunk_of(
        [phone(0)], task_id=TaskId(str(uuid.uuid4())), text="【鸿雁】您已退订。", now=ledger.clock.now()
    )
    await ledger.plan(dataclasses.replace(confirmation, confirms_opt_out=True))
    opened = await ledger.claim()
    assert [message.text for span in opened for message in span.messages] == ["【鸿雁】您已退订。"]
    assert await ledger.counts() == {S.SUPPRESSED: 1}
    await ledger.accept(opened)
    assert await ledger.counts(confirmation.task_id) == {S.SUBMITTED: 1}
    assert await ledger.violations() == []


async def test_a_confirmation_goes_to_one_number(ledger: Ledger) -> None:
    many = dataclasses.replace(chunk_of([phone(0), phone(1)], now=ledger.clock.now()), confirms_opt_out=True)
    with pytest.raises(ValueError, match="one number"):
        await ledger.plan(many)


async def test_lifting_takes_back_what_was_said_alike(ledger: Ledger) -> None:
    door = ledger.door
    await door.suppress(ledger.uow, TENANT, [phone(0)], signature_id=SIGNATURE)
    await door.suppress(ledger.uow, TENANT, [phone(0)])
    await door.lift_suppression(ledger.uow, TENANT, [phone(0)], signature_id=SIGNATURE)
    await plan(ledger, TENANT, 1)
    assert await ledger.claim() == []
    await door.lift_suppression(ledger.uow, TENANT, [phone(0)])
    await plan(ledger, TENANT, 1)
    assert texts(await ledger.claim()) == 1
