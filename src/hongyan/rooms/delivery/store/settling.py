"""Closing spans: answers become outcomes, messages become submitted, failed, queued again or unknown.

Statements: ``outcomes``.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import AccountId, TaskId, TenantId
from hongyan.kernel.keys.numbers import NumberSealer, TenantKeys
from hongyan.rooms.delivery.contracts import MessageState, SpanResult, Tally, Verdict, signed
from hongyan.rooms.delivery.rules import (
    STATE_NUMBERS,
    BatchState,
    make_message_id,
    split_message_id,
)
from hongyan.rooms.delivery.store import claims, desk, outcomes

_FAILED: Final = STATE_NUMBERS[MessageState.FAILED]
_CANCELLED: Final = STATE_NUMBERS[MessageState.CANCELLED]
_AFTER: Final = {
    Verdict.ACCEPTED: MessageState.SUBMITTED,
    Verdict.REFUSED: MessageState.FAILED,
    Verdict.UNKNOWN: MessageState.UNKNOWN,
}
CRASHED: Final = "gateway_lost"
CANCELLED_BY_USER: Final = "cancelled"


class _Sheet:
    """What the results of a transaction come to, before it is written."""

    def __init__(self, line: NumberSealer, tally: Tally) -> None:
        self.line = line
        self.tally = tally
        self.rows: list[outcomes.OutcomeRow] = []
        self.finals: list[outcomes.Final3] = []
        self.unknowns: list[outcomes.UnknownRow] = []
        self.reasons: list[str] = []
        self.unsent: dict[tuple[int, TenantId, TaskId], bytearray] = defaultdict(bytearray)
        self.owners: dict[int, tuple[int, TenantId, TaskId]] = {}

    def add(self, result: SpanResult) -> None:
        """Sort one span's answers and verdicts."""
        span = result.span
        owner = self.owners[span.batch_id] = (span.batch_id, span.tenant_id, span.task_id)
        # A channel's coding may make fewer parts, or more, than were planned.
        parts: dict[int, int] = {message.message_id: message.parts for message in span.messages}
        parts |= {verdict.message_id: verdict.parts for verdict in result.verdicts if verdict.parts}
        answered: dict[int, set[int]] = defaultdict(set)
        for message_id, part_no, carrier_msg_id, code, ref in result.answers:
            answered[message_id].add(part_no)
            self.rows.append(
                outcomes.OutcomeRow(message_id, part_no, parts[message_id], signed(carrier_msg_id), code, ref)
            )
        counts: dict[Verdict, int] = defaultdict(int)
        for message_id, verdict, reason, phone, _ in result.verdicts:
            counts[verdict] += 1
            if verdict is Verdict.REFUSED:
                self.finals.append((message_id, _FAILED, reason))
            elif verdict is Verdict.UNSENT:
                self.unsent[owner].append(split_message_id(message_id)[1])
            elif verdict is Verdict.UNKNOWN:
                total = parts[message_id]
                missing = bytes(no for no in range(1, total + 1) if no not in answered[message_id])
                self.unknowns.append(
                    outcomes.UnknownRow(message_id, span.tenant_id, span.task_id, self.line.seal(phone), total, missing)
                )
                self.reasons.append(reason or "")
        for verdict, state in _AFTER.items():
            if counts[verdict]:
                self.tally.move(span.tenant_id, span.task_id, MessageState.ATTEMPTED, state, counts[verdict])


async def record(
    uow: Uow,
    line: NumberSealer,
    account_id: AccountId,
    results: Sequence[SpanResult],
    at: datetime,
    tally: Tally,
    *,
    is_repeated: bool,
) -> None:
    """Write everything that closed spans brought, in one go over all of them.

    Key: the span. Repeated after a commit of which we never learnt (``is_repeated``), it looks which spans are still
    open, and does nothing for the others. The first time it waits for no answer of the database.
    """
    span_ids = [result.span.span_id for result in results]
    if is_repeated:
        were_open = await outcomes.close_spans(uow, span_ids, at)
        results = [result for result in results if result.span.span_id in were_open]
    else:
        await outcomes.send_close_spans(uow, span_ids, at)
    sheet = _Sheet(line, tally)
    for result in results:
        sheet.add(result)
    if sheet.rows:
        await outcomes.insert_outcomes(uow, account_id, sheet.rows, list(sheet.owners.values()), at)
    if sheet.finals:
        await outcomes.send_finish(uow, sheet.finals, at)
    if sheet.unknowns:
        await outcomes.insert_unknowns(uow, account_id, sheet.unknowns, sheet.reasons, at)
    if sheet.unsent:
        await _give_back(uow, sheet.unsent, at, tally)


async def give_back_lost(
    uow: Uow, account_id: AccountId, epoch: int, known: Sequence[int], at: datetime, tally: Tally
) -> None:
    """Queue again the spans of this epoch that the holder does not know: their claim was committed unnoticed."""
    unsent: dict[tuple[int, TenantId, TaskId], bytearray] = defaultdict(bytearray)
    for batch_id, positions, tenant_id, task_id in await outcomes.close_lost(uow, account_id, epoch, known, at):
        rows = await claims.get_messages(uow, [make_message_id(batch_id, pos) for pos in positions])
        # Suppressed ones ended at the claim; what is open goes back.
        unsent[batch_id, tenant_id, task_id] += bytes(split_message_id(message_id)[1] for message_id in rows)
    if unsent:
        await _give_back(uow, unsent, at, tally)


async def _give_back(
    uow: Uow, unsent: dict[tuple[int, TenantId, TaskId], bytearray], at: datetime, tally: Tally
) -> None:
    """Queue again what certainly did not leave; in a cancelled batch it ends instead."""
    states = await outcomes.give_back(uow, [(key[0], bytes(positions)) for key, positions in sorted(unsent.items())])
    for (batch_id, tenant_id, task_id), positions in unsent.items():
        match states.get(batch_id):
            case None:
                ids = [make_message_id(batch_id, pos) for pos in positions]
                await desk.end_messages(uow, ids, _CANCELLED, CANCELLED_BY_USER, at)
                new = MessageState.CANCELLED
            case BatchState.PARKED:
                new = MessageState.HELD
            case _:
                new = MessageState.QUEUED
        tally.move(tenant_id, task_id, MessageState.ATTEMPTED, new, len(positions))


async def adopt(
    uow: Uow,
    keys: TenantKeys,
    line: NumberSealer,
    account_id: AccountId,
    epoch: int,
    at: datetime,
    tally: Tally,
) -> int:
    """List as unknown what holders of earlier epochs left in open spans; returns how many messages. Key: the span."""
    unknowns = []
    for batch_id, positions, tenant_id, task_id in await outcomes.close_orphans(uow, account_id, epoch, at):
        rows = await claims.get_messages(uow, [make_message_id(batch_id, pos) for pos in positions])
        sealer = await keys.sealer(uow, tenant_id)
        for message_id, (number, _, parts, _) in rows.items():
            unknowns.append(
                outcomes.UnknownRow(
                    message_id,
                    tenant_id,
                    task_id,
                    line.seal(sealer.open(number)),
                    parts,
                    bytes(range(1, parts + 1)),
                )
            )
        tally.move(tenant_id, task_id, MessageState.ATTEMPTED, MessageState.UNKNOWN, len(rows))
    if unknowns:
        await outcomes.insert_unknowns(uow, account_id, unknowns, [CRASHED] * len(unknowns), at)
    return len(unknowns)
