"""Planned chunks become batches and messages: any number of chunks, of any tasks, in ten statements.

One call of the API is one chunk of its own task; calls that arrive together share a transaction, so what a chunk costs
is not the statements but its rows. Statements: ``planning``.
"""

import asyncio
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import AccountId
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.rooms.delivery import rules
from hongyan.rooms.delivery.contracts import (
    EVERY_TENANT,
    MessageState,
    PlannedChunk,
    PlannedMessage,
    PlanResult,
    Tally,
    day_number,
)
from hongyan.rooms.delivery.rules import BatchState, RouteNumber, Shard
from hongyan.rooms.delivery.store import counters, finals, planned, planning

_ENDED_BATCH: Final = 256
_SEAL_HERE: Final = 1_000
"""Sealing costs about 2 µs a number: more of them are sealed beside the loop, which must stay free for others."""


@dataclass(slots=True)
class _Chunk:
    """A chunk on its way into the ledger."""

    plan: PlannedChunk
    messages: list[PlannedMessage]
    sealed: list[bytes]
    groups: list[tuple[AccountId | None, str, list[int]]]
    """(account, sender number, indexes of messages) of every batch; without an account: those that ended."""
    subjects: list[str]
    batch_ids: list[int]
    is_parked: bool = False
    ready_at: datetime | None = None


async def write(
    uow: Uow, keys: TenantKeys, chunks: Sequence[tuple[PlannedChunk, RouteNumber]], now: datetime
) -> list[PlanResult]:
    """Write chunks into the ledger; returns what each became, in order. Key: (task, chunk)."""
    fresh = await planning.insert_chunks(uow, [plan for plan, _ in chunks], now)
    new = [await _share_out(uow, keys, plan, route) for plan, route in chunks if (plan.task_id, plan.chunk_no) in fresh]
    if not new:
        return [PlanResult(is_new=False, counts={}) for _ in chunks]
    plans = [chunk.plan for chunk in new]
    async with uow.pipelined():
        await planning.open_tasks(uow, plans, now)
        await planned.append(uow, plans, now)
        seqs = iter(await planning.take_batch_seqs(uow, sum(len(chunk.groups) for chunk in new)))
        subjects = {subject for chunk in new for subject in chunk.subjects}
        gated = await planning.list_gated(uow, {plan.tenant_id for plan in plans}, subjects)
    day = day_number(now)
    for chunk in new:
        chunk.batch_ids = [rules.make_batch_id(day, seq) for seq in islice(seqs, len(chunk.groups))]
        owners = (chunk.plan.tenant_id, EVERY_TENANT)
        is_gated = any((owner, subject) in gated for owner in owners for subject in chunk.subjects)
        openings = (rules.next_opening(chunk.plan.window, now), chunk.plan.not_before)
        opening = max(filter(None, openings), default=None)
        chunk.is_parked = is_gated or (opening is not None and opening > now)
        chunk.ready_at = None if is_gated or not chunk.is_parked else opening
    await planning.copy_batches(uow, (row for chunk in new for row in _batch_rows(chunk, now)))
    await planning.copy_messages(uow, (row for chunk in new for row in _message_rows(chunk, now)))
    tally, results = Tally(), {}
    async with uow.pipelined():
        for chunk in new:
            ended = _ended_ids(chunk)
            if ended:
                await finals.add(uow, chunk.plan.tenant_id, ended, now)
            counts = _counts(chunk)
            for state, count in counts.items():
                tally.add(chunk.plan.tenant_id, chunk.plan.task_id, state, count)
            results[chunk.plan.task_id, chunk.plan.chunk_no] = PlanResult(True, counts, _ready(chunk))
        await counters.fold(uow, Shard.PLAN, tally)
    nothing = PlanResult(is_new=False, counts={})
    return [results.get((plan.task_id, plan.chunk_no), nothing) for plan, _ in chunks]


async def _share_out(uow: Uow, keys: TenantKeys, plan: PlannedChunk, route: RouteNumber) -> _Chunk:
    """Seal the numbers, and say which message goes over which account."""
    if plan.confirms_opt_out and len(plan.messages) != 1:
        raise ValueError("a confirmation of an opt-out goes to the one number that opted out")
    sealer = await keys.sealer(uow, plan.tenant_id)
    phones = [message.phone for message in plan.messages]
    if len(phones) > _SEAL_HERE:
        sealed = await asyncio.to_thread(sealer.seal_all, phones)
    else:
        sealed = sealer.seal_all(phones)
    messages, groups, ended = rules.share_out(plan.messages, route)
    batches: list[tuple[AccountId | None, str, list[int]]] = [
        (account_id, src_id, [indexes[i] for i in cut])
        for (account_id, src_id, rate), indexes in groups.items()
        for cut in rules.cut_batches([messages[i].parts for i in indexes], rate)
    ]
    batches += [(None, "", ended[start : start + _ENDED_BATCH]) for start in range(0, len(ended), _ENDED_BATCH)]
    return _Chunk(plan, messages, sealed, batches, rules.subjects_of(plan), [])


def _batch_rows(chunk: _Chunk, at: datetime) -> Iterable[Sequence[object]]:
    plan = chunk.plan
    tenant, task, window = uuid.UUID(plan.tenant_id), uuid.UUID(plan.task_id), plan.window
    state = BatchState.PARKED if chunk.is_parked else BatchState.READY
    for batch_id, (account_id, src_id, indexes) in zip(chunk.batch_ids, chunk.groups, strict=True):
        has_account = account_id is not None
        yield (
            batch_id,
            tenant,
            task,
            account_id,
            int(plan.klass),
            int(plan.kind),
            src_id,
            plan.signature_id,
            plan.template_id,
            plan.card_template_id,
            chunk.subjects,
            window.start if window else None,
            window.end if window else None,
            window.zone if window else None,
            plan.expires_at,
            len(indexes),
            0 if has_account else len(indexes),
            b"",
            int(state) if has_account else int(BatchState.DONE),
            chunk.ready_at if has_account else None,
            at,
            plan.confirms_opt_out,
        )


def _message_rows(chunk: _Chunk, at: datetime) -> Iterable[Sequence[object]]:
    tenant, task = uuid.UUID(chunk.plan.tenant_id), uuid.UUID(chunk.plan.task_id)
    for batch_id, (_, _, indexes) in zip(chunk.batch_ids, chunk.groups, strict=True):
        for pos, index in enumerate(indexes):
            message = chunk.messages[index]
            yield (
                rules.make_message_id(batch_id, pos),
                tenant,
                task,
                message.recipient_no,
                chunk.sealed[index],
                message.text,
                message.parts,
                message.link_code,
                message.cust_flag,
                rules.OPEN if message.ended is None else rules.STATE_NUMBERS[message.ended],
                message.reason,
                None if message.ended is None else at,
            )


def _ended_ids(chunk: _Chunk) -> list[int]:
    """Return the ids of the messages that ended at planning."""
    return [
        rules.make_message_id(batch_id, pos)
        for batch_id, (account_id, _, indexes) in zip(chunk.batch_ids, chunk.groups, strict=True)
        if account_id is None
        for pos in range(len(indexes))
    ]


def _ready(chunk: _Chunk) -> frozenset[AccountId]:
    """Return the accounts that may send some of it now."""
    if chunk.is_parked:
        return frozenset()
    return frozenset(account_id for account_id, _, _ in chunk.groups if account_id is not None)


def _counts(chunk: _Chunk) -> dict[MessageState, int]:
    counts: dict[MessageState, int] = {}
    for message in chunk.messages:
        state = message.ended or (MessageState.HELD if chunk.is_parked else MessageState.QUEUED)
        counts[state] = counts.get(state, 0) + 1
    return counts
