"""Unknown messages for people: the list, what a policy allows, the one second sending, and giving up. Source: ADR 0020.

A second sending puts the message back into its batch as if it had come back unsent, and writes who ordered it; the row
that says so has the message as its key, so there is no third. Not for: late reports of the first sending (``firsts``)
nor how messages become unknown (``settling``).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, LiteralString, NamedTuple

from hongyan.kernel.clock import Clock
from hongyan.kernel.db import hot
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import AccountId, MessageId, TaskId, TenantId
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.kernel.paging import Page
from hongyan.kernel.phones import Phone
from hongyan.rooms.carriers.service import LINE_TENANT
from hongyan.rooms.delivery.contracts import (
    MessageClass,
    MessageState,
    Policy,
    ResendAnswer,
    Tally,
    UnknownMessage,
)
from hongyan.rooms.delivery.rules import STATE_NUMBERS, BatchState, Shard, split_message_id
from hongyan.rooms.delivery.store import counters, desk, outcomes

GIVEN_UP: Final = "given_up"
RESEND_AFTER: Final = timedelta(minutes=5)
"""A policy waits so long for a report."""
BY_POLICY: Final = "policy"
_SLICE: Final = 500

_ANSWER: Final[LiteralString] = """
CASE WHEN r.message_id IS NOT NULL THEN 'already_resent'
     WHEN octet_length(k.missing) < k.parts THEN 'partly_taken'
     WHEN b.state = 3 THEN 'cancelled'
     WHEN b.expires_at <= %s THEN 'expired'
     WHEN EXISTS (SELECT 1 FROM delivery_suppressions AS s
                  WHERE s.tenant_id = m.tenant_id AND s.number = m.number AND s.signature_id IN ('', b.signature_id))
          THEN 'opted_out'
     ELSE 'resent' END
"""

_FROM: Final[LiteralString] = """
FROM delivery_unknowns AS k JOIN delivery_batches AS b ON b.batch_id = k.message_id >> 8
JOIN delivery_messages AS m ON m.message_id = k.message_id
LEFT JOIN delivery_resends AS r ON r.message_id = k.message_id
"""

_COLUMNS: Final[LiteralString] = """
SELECT k.message_id, k.tenant_id::text, k.task_id::text, k.account_id, b.klass, k.line_number, k.parts,
       octet_length(k.missing), k.reason, k.since, b.expires_at,
"""

_WHERE: Final[LiteralString] = """
WHERE (%s::int IS NULL OR k.account_id = %s) AND (%s::uuid IS NULL OR k.tenant_id = %s::uuid)
  AND (%s::uuid IS NULL OR k.task_id = %s::uuid)
"""

_LIST: Final[LiteralString] = _COLUMNS + _ANSWER + _FROM + _WHERE + "ORDER BY k.since, k.message_id OFFSET %s LIMIT %s"
_COUNT: Final[LiteralString] = "SELECT count(*) FROM delivery_unknowns AS k" + _WHERE  # noqa: S608 - code's own

# The oldest, which come first in the list, each by itself; of very many more only that the newest is another one.
_STAMP: Final[LiteralString] = """
SELECT count(*), min(since), sum(message_id), sum(octet_length(missing)),
       (SELECT max(since) FROM delivery_unknowns), (SELECT max(at) FROM delivery_policies)
FROM (SELECT message_id, since, missing FROM delivery_unknowns ORDER BY since LIMIT 10001) AS k
"""

_LOCK: Final[LiteralString] = (
    _COLUMNS + _ANSWER + _FROM + "WHERE k.message_id = ANY(%s::int8[]) ORDER BY k.message_id FOR UPDATE OF k"
)

_DUE: Final[LiteralString] = (
    "SELECT x.message_id, x.klass FROM (SELECT k.message_id, b.klass, k.since,"  # noqa: S608 - code's own
    + _ANSWER
    + "AS answer"
    + _FROM
    + """WHERE k.since <= %s AND b.klass = ANY(%s::int2[])) AS x
WHERE x.answer = 'resent' ORDER BY x.since LIMIT %s"""
)

_NOTE: Final[LiteralString] = """
INSERT INTO delivery_resends
    (message_id, tenant_id, task_id, account_id, line_number, parts, reason, since, at, ordered_by)
SELECT k.message_id, k.tenant_id, k.task_id, k.account_id, k.line_number, k.parts, k.reason, k.since, %s, %s
FROM delivery_unknowns AS k WHERE k.message_id = ANY(%s::int8[])
"""

_TAKE: Final[LiteralString] = """
DELETE FROM delivery_unknowns WHERE message_id = ANY(%s::int8[])
RETURNING message_id, tenant_id::text, task_id::text
"""

_SET_POLICY: Final[LiteralString] = """
INSERT INTO delivery_policies (klass, may_resend_unknown, changed_by, at) VALUES (%s, %s, %s, %s)
ON CONFLICT (klass) DO UPDATE
SET may_resend_unknown = excluded.may_resend_unknown, changed_by = excluded.changed_by, at = excluded.at
"""


class _Row(NamedTuple):
    message_id: int
    tenant_id: TenantId
    task_id: TaskId
    account_id: int
    klass: int
    line_number: bytes
    parts: int
    missing: int
    reason: str
    since: datetime
    expires_at: datetime
    answer: str


class UnknownDesk:
    """Use cases of people and of the policy's job; every method works in the caller's transaction."""

    def __init__(self, clock: Clock, keys: TenantKeys) -> None:
        """Open numbers with ``keys``."""
        self._clock = clock
        self._keys = keys

    async def stamp(self, uow: Uow) -> object:
        """Return something that is another once there is one unknown message more or less, or another policy."""
        return (await hot.fetch(uow, _STAMP, ()))[0]

    async def list_unknowns(
        self,
        uow: Uow,
        *,
        account_id: AccountId | None = None,
        tenant_id: TenantId | None = None,
        task_id: TaskId | None = None,
        offset: int = 0,
        limit: int = 20,
    ) -> Page[UnknownMessage]:
        """Return unknown messages over all tenants, the oldest first."""
        where = (account_id, account_id, tenant_id, tenant_id, task_id, task_id)
        total = (await hot.fetch(uow, _COUNT, where))[0][0]
        rows = await hot.fetch(uow, _LIST, (self._clock.now(), *where, offset, limit))
        line = await self._keys.sealer(uow, LINE_TENANT)
        items = tuple(_view(row, line.open(row.line_number)) for row in map(_row, rows))
        return Page(items, total, offset, limit)

    async def list_policies(self, uow: Uow) -> list[Policy]:
        """Return what holds for each class."""
        rows = await hot.fetch(uow, "SELECT klass, may_resend_unknown, changed_by, at FROM delivery_policies", ())
        said = {row[0]: Policy(MessageClass(row[0]), row[1], row[2], row[3]) for row in rows}
        return [
            said.get(klass, Policy(klass, may_resend_unknown=False, changed_by="", changed_at=None))
            for klass in MessageClass
        ]

    async def set_policy(self, uow: Uow, klass: MessageClass, *, may_resend: bool, by: str) -> Policy:
        """Say whether unknown messages of a class may be sent once more; returns what held before."""
        before = next(policy for policy in await self.list_policies(uow) if policy.klass is klass)
        await hot.send(uow, _SET_POLICY, (int(klass), may_resend, by, self._clock.now()))
        return before

    async def resend(self, uow: Uow, message_ids: Sequence[MessageId], *, by: str) -> dict[MessageId, ResendAnswer]:
        """Send unknown messages once more; says of each what became of the order. Key: the message."""
        now = self._clock.now()
        rows = {row.message_id: row for row in map(_row, await hot.fetch(uow, _LOCK, (now, hot.ints(message_ids))))}
        chosen = [row.message_id for row in rows.values() if row.answer == ResendAnswer.RESENT]
        states = await self._give_back(uow, chosen)
        # A cancel may have come between the look and the lock of the batch.
        chosen = [message_id for message_id in chosen if split_message_id(message_id)[0] in states]
        tally = Tally()
        if chosen:
            await hot.send(uow, _NOTE, (now, by, hot.ints(chosen)))
            await outcomes.delete_unknowns(uow, chosen)
        for message_id in chosen:
            is_held = states[split_message_id(message_id)[0]] == BatchState.PARKED
            new = MessageState.HELD if is_held else MessageState.QUEUED
            tally.move(rows[message_id].tenant_id, rows[message_id].task_id, MessageState.UNKNOWN, new)
        await counters.fold(uow, Shard.DESK, tally)
        answers = {message_id: ResendAnswer(row.answer) for message_id, row in rows.items()}
        for message_id in answers.keys() - set(chosen):
            if answers[message_id] is ResendAnswer.RESENT:
                answers[message_id] = ResendAnswer.CANCELLED
        return {message_id: answers.get(message_id, ResendAnswer.NOT_UNKNOWN) for message_id in message_ids}

    async def resend_due(self, uow: Uow) -> Mapping[MessageClass, list[MessageId]]:
        """Send again what policies allow, a slice at a time; returns what was, by class: empty when nothing is left."""
        allowed = [policy.klass for policy in await self.list_policies(uow) if policy.may_resend_unknown]
        if not allowed:
            return {}
        now = self._clock.now()
        classes = hot.ints(int(klass) for klass in allowed)
        rows = await hot.fetch(uow, _DUE, (now, now - RESEND_AFTER, classes, _SLICE))
        klass_of = {MessageId(row[0]): MessageClass(row[1]) for row in rows}
        done: dict[MessageClass, list[MessageId]] = defaultdict(list)
        for message_id, answer in (await self.resend(uow, list(klass_of), by=BY_POLICY)).items():
            if answer is ResendAnswer.RESENT:
                done[klass_of[message_id]].append(message_id)
        return done

    async def give_up(self, uow: Uow, message_ids: Sequence[MessageId]) -> int:
        """End unknown messages now, as after 72 hours; returns how many. Repeatable."""
        rows = await hot.fetch(uow, _TAKE, (hot.ints(message_ids),))
        number = STATE_NUMBERS[MessageState.UNKNOWN_FINAL]
        ended = await desk.end_messages(uow, [row[0] for row in rows], number, GIVEN_UP, self._clock.now())
        tally = Tally()
        for message_id, tenant_id, task_id in rows:
            if message_id in ended:
                tally.move(TenantId(tenant_id), TaskId(task_id), MessageState.UNKNOWN, MessageState.UNKNOWN_FINAL)
        await counters.fold(uow, Shard.DESK, tally)
        return len(ended)

    @staticmethod
    async def _give_back(uow: Uow, message_ids: Sequence[int]) -> dict[int, int]:
        """Put messages back into their batches; returns batch → state of those that took them."""
        positions: dict[int, bytearray] = {}
        for message_id in sorted(message_ids):
            batch_id, position = split_message_id(message_id)
            positions.setdefault(batch_id, bytearray()).append(position)
        return await outcomes.give_back(uow, [(batch_id, bytes(some)) for batch_id, some in positions.items()])


def _row(row: Sequence[Any]) -> _Row:
    return _Row(*row)._replace(line_number=bytes(row[5]))


def _view(row: _Row, phone: Phone) -> UnknownMessage:
    return UnknownMessage(
        message_id=MessageId(row.message_id),
        tenant_id=TenantId(row.tenant_id),
        task_id=TaskId(row.task_id),
        account_id=AccountId(row.account_id),
        klass=MessageClass(row.klass),
        phone=phone,
        parts=row.parts,
        missing=row.missing,
        reason=row.reason,
        since=row.since,
        expires_at=row.expires_at,
        may_resend=ResendAnswer(row.answer),
    )
