"""Pure rules of the ledger: ids, states and their ranks, counting of transitions, windows, routes, cutting of batches.

Not for: statements (``store``) nor what carriers' codes mean (``carriers.rules``).
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from hongyan.kernel.ids import AccountId, TenantId
from hongyan.rooms.carriers.contracts import Route
from hongyan.rooms.delivery.contracts import (
    GateKind,
    MessageState,
    PlannedChunk,
    PlannedMessage,
    SendingWindow,
)

# --- ids --------------------------------------------------------------------------------------------------------------

_SEQ_BITS: Final = 30
_POS_BITS: Final = 8
BATCH_MESSAGES: Final = 200
"""Most messages of a batch; position needs eight bits."""
BATCH_SECONDS: Final = 2.0
"""Most seconds of its account's rate that a batch holds."""


def make_batch_id(day: int, seq: int) -> int:
    """Return the id of a batch planned on a day."""
    return day << _SEQ_BITS | seq


def make_message_id(batch_id: int, pos: int) -> int:
    """Return the id of the message at a position (from 0)."""
    return batch_id << _POS_BITS | pos


def split_message_id(message_id: int) -> tuple[int, int]:
    """Return (batch, position)."""
    return message_id >> _POS_BITS, message_id & ((1 << _POS_BITS) - 1)


def day_of(message_id: int) -> int:
    """Return the day (since 2026-01-01) on which a message was planned."""
    return message_id >> (_SEQ_BITS + _POS_BITS)


def first_batch_id(day: int) -> int:
    """Return the lower bound of batch ids of a day."""
    return day << _SEQ_BITS


def first_message_id(day: int) -> int:
    """Return the lower bound of message ids of a day: the partition's bound."""
    return first_batch_id(day) << _POS_BITS


# --- states -----------------------------------------------------------------------------------------------------------


class BatchState(IntEnum):
    """What a claim may do with a batch."""

    READY = 0
    PARKED = 1
    DONE = 2
    CANCELLED = 3


OPEN: Final = 0
"""State number of a message whose row is not final."""
STATE_NUMBERS: Final[Mapping[MessageState, int]] = {
    # Ranked: a report may only raise the number. A late DELIVRD beats everything a carrier said before.
    MessageState.UNKNOWN_FINAL: 10,
    MessageState.EXPIRED: 20,
    MessageState.FAILED: 30,
    MessageState.DELIVERED: 40,
    # Ended without sending: nothing can change them.
    MessageState.SKIPPED: 50,
    MessageState.SUPPRESSED: 51,
    MessageState.REFUSED: 52,
    MessageState.CANCELLED: 53,
}
STATES_BY_NUMBER: Final[Mapping[int, MessageState]] = {number: state for state, number in STATE_NUMBERS.items()}
HIGHEST_RANK: Final = STATE_NUMBERS[MessageState.DELIVERED]


def fold_parts(report_states: Sequence[int | None]) -> int | None:
    """Return the state number of a message from those of its parts' reports; ``None`` while a part has none.

    Delivered when all parts are; else failed when one has failed; else expired.
    """
    known = [state for state in report_states if state is not None]
    if len(known) < len(report_states):
        return None
    failed = STATE_NUMBERS[MessageState.FAILED]
    return failed if failed in known else min(known)


class Shard:
    """Rows of counters that are never written by two transactions at once."""

    PLAN: Final = 0
    DESK: Final = -1
    """Gates, cancels and upkeep."""

    @staticmethod
    def sender(account_id: int) -> int:
        """Return the shard of an account's claims and outcomes."""
        return account_id * 2

    @staticmethod
    def receiver(account_id: int) -> int:
        """Return the shard of an account's reports."""
        return account_id * 2 + 1


# --- gates and windows ------------------------------------------------------------------------------------------------


def subject(kind: GateKind, subject_id: str) -> str:
    """Return the key of a gate."""
    return f"{kind.value}:{subject_id}"


def subjects_of(chunk: PlannedChunk) -> list[str]:
    """Return the keys of all gates that can stop a chunk."""
    found = [
        subject(GateKind.TENANT, chunk.tenant_id),
        subject(GateKind.TASK, chunk.task_id),
        subject(GateKind.APP, chunk.app_id),
        subject(GateKind.SIGNATURE, chunk.signature_id),
        subject(GateKind.TEMPLATE, chunk.template_id),
    ]
    if chunk.card_template_id is not None:
        found.append(subject(GateKind.CARD, chunk.card_template_id))
    if chunk.filing_scene is not None:
        found.append(subject(GateKind.FILING, chunk.filing_scene))
    return found


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def next_opening(window: SendingWindow | None, at: datetime) -> datetime | None:
    """Return ``None`` when the window is open at that time, else when it opens next (aware UTC)."""
    if window is None:
        return None
    zone = _zone(window.zone)
    local = at.astimezone(zone)
    if window.start <= local.time() < window.end:
        return None
    day = local.date() if local.time() < window.start else local.date() + timedelta(days=1)
    return datetime.combine(day, window.start, tzinfo=zone).astimezone(UTC)


# --- batches ----------------------------------------------------------------------------------------------------------


def cut_batches(parts: Sequence[int], rate_per_s: int | None) -> Iterator[range]:
    """Cut messages (their parts in order) into batches of at most 200 messages and two seconds of the account's rate.

    Yields index ranges; a batch holds one message at least.
    """
    budget = math.inf if rate_per_s is None else rate_per_s * BATCH_SECONDS
    start, used = 0, 0
    for index, count in enumerate(parts):
        if index > start and (used + count > budget or index - start == BATCH_MESSAGES):
            yield range(start, index)
            start, used = index, 0
        used += count
    if start < len(parts):
        yield range(start, len(parts))


def take_positions(next_pos: int, message_count: int, retry: bytes, limit: int) -> tuple[bytes, int, bytes]:
    """Take positions for a span: those that came back first, then new ones.

    Returns (positions, next_pos, retry) after the taking.
    """
    again, rest = retry[:limit], retry[limit:]
    until = min(message_count, next_pos + limit - len(again))
    return again + bytes(range(next_pos, until)), until, rest


def take_turns(tenants: Iterable[TenantId], last: TenantId | None) -> list[TenantId]:
    """Return tenants in the order in which they are served, beginning after the one served last."""
    ordered = sorted(tenants)
    if last is None:
        return ordered
    return [t for t in ordered if t > last] + [t for t in ordered if t <= last]


FLOOR_SPANS: Final = 10
"""Of so many spans in a row each lower class that waits has one at least."""


class Turns:
    """Who is next on one account: the most urgent class with a floor for the others, tenants in turn inside a class."""

    def __init__(self) -> None:
        """Begin with nobody served."""
        self._passed: dict[int, int] = {}
        self._last: dict[int, TenantId] = {}

    def share(self, waiting: Iterable[int], spans: int) -> dict[int, int]:
        """Say how many of the next spans each waiting class gets; those with none are left out.

        The count goes on from call to call: of any ten spans in a row each class that waits all the time has one.
        """
        classes = sorted(waiting)
        self._passed = {klass: self._passed.get(klass, 0) for klass in classes}
        # Two lower classes may be due together: the first is served one span early, so that neither waits for eleven.
        patience = max(1, FLOOR_SPANS - len(classes) + 1)
        given: dict[int, int] = {}
        for _ in range(spans if classes else 0):
            due = [klass for klass in classes[1:] if self._passed[klass] >= patience]
            chosen = max(due, key=self._passed.__getitem__, default=classes[0])
            for klass in classes[1:]:
                self._passed[klass] += 1
            self._passed[chosen] = 0
            given[chosen] = given.get(chosen, 0) + 1
        return given

    def order(self, klass: int, tenants: Iterable[TenantId]) -> list[TenantId]:
        """Return the tenants of a class in the order in which they are served."""
        return take_turns(tenants, self._last.get(klass))

    def served(self, klass: int, tenant_id: TenantId) -> None:
        """Note whose span was opened."""
        self._last[klass] = tenant_id


# --- paces ------------------------------------------------------------------------------------------------------------

PACE_BURST_S: Final = 0.75
"""A bucket holds no more than this long of its rate: more than the half second between two looks of an idle gateway."""
PACE_LEAST_S: Final = 0.1
"""With less than this long of its rate in the bucket nothing is claimed, or spans would hold a message each."""


def fill_bucket(tokens: float, rate_per_s: int, passed_s: float) -> float:
    """Return the parts in a bucket after some time; a debt is paid off first."""
    return min(max(1.0, rate_per_s * PACE_BURST_S), tokens + rate_per_s * max(0.0, passed_s))


def is_open(tokens: float, rate_per_s: int) -> bool:
    """Tell whether something may be claimed from a bucket."""
    return tokens >= max(1.0, rate_per_s * PACE_LEAST_S)


def count_within(parts: Iterable[int], tokens: float) -> tuple[int, int]:
    """Return (messages, their parts) that may go, the first in order: each while a whole part is left.

    The last may take more than there is: a message of five parts must pass a bucket that never holds five.
    """
    count = spent = 0
    for each in parts:
        if tokens - spent < 1:
            break
        count += 1
        spent += each
    return count, spent


# --- routes -----------------------------------------------------------------------------------------------------------

RouteNumber = Callable[[str], Route | None]
"""Which account takes a number (canonical digits); ``None``: nobody."""
NO_ROUTE: Final = "no_route"


def share_out(
    messages: Sequence[PlannedMessage], route: RouteNumber
) -> tuple[list[PlannedMessage], dict[tuple[AccountId, str, int | None], list[int]], list[int]]:
    """Return (messages, with those that nobody takes refused; indexes per account; indexes of those that end now)."""
    planned = list(messages)
    groups: dict[tuple[AccountId, str, int | None], list[int]] = {}
    ended: list[int] = []
    for index, message in enumerate(planned):
        if message.ended is not None:
            ended.append(index)
            continue
        way = route(message.phone)
        if way is None:
            planned[index] = PlannedMessage(
                recipient_no=message.recipient_no,
                phone=message.phone,
                text=message.text,
                parts=message.parts,
                link_code=message.link_code,
                cust_flag=message.cust_flag,
                ended=MessageState.REFUSED,
                reason=NO_ROUTE,
            )
            ended.append(index)
        else:
            groups.setdefault((way.account_id, way.src_id, way.rate_per_s), []).append(index)
    return planned, groups, ended
