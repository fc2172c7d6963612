"""What other rooms may know about delivery: planned messages in, states and views out, spans and results of gateways.

Phone numbers here are canonical digits (``8613800138000``); in the tables they are sealed. Times are aware UTC.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from typing import Final, NamedTuple

from hongyan.kernel.ids import (
    AccountId,
    BatchId,
    CardTemplateId,
    MessageId,
    SignatureId,
    SmsAppId,
    SmsTemplateId,
    TaskId,
    TenantId,
)
from hongyan.kernel.phones import Phone

SUBJECT_READY: Final = "delivery.ready"
"""Hint on the bus: something is ready to be sent. Payload: account ids with spaces between; nothing: any account."""


class MessageClass(IntEnum):
    """Urgency: the lower is sent first."""

    CODE = 0
    NOTICE = 1
    PROMOTION = 2


class MessageKind(IntEnum):
    """What a message is to the wire: it decides which accounts can take it."""

    SMS = 0
    VIDEO = 1
    """``PlannedMessage.text`` is JSON: ``{"content": "<file name>", "params": {"p_1": "…"}}``; one part, no link."""


class MessageState(StrEnum):
    """Where a message stands. Final ones are in :data:`FINAL_STATES`."""

    HELD = "held"
    QUEUED = "queued"
    ATTEMPTED = "attempted"
    SUBMITTED = "submitted"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    SKIPPED = "skipped"
    SUPPRESSED = "suppressed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    UNKNOWN_FINAL = "unknown_final"


OPEN_STATES = frozenset(
    {MessageState.HELD, MessageState.QUEUED, MessageState.ATTEMPTED, MessageState.SUBMITTED, MessageState.UNKNOWN}
)
FINAL_STATES = frozenset(MessageState) - OPEN_STATES

EVERY_TENANT: Final = TenantId("00000000-0000-0000-0000-000000000000")
"""Owner of gates that stand for all tenants, as for a public card template."""


class GateKind(StrEnum):
    """What a gate can be closed on."""

    TENANT = "tenant"
    FILING = "filing"
    APP = "app"
    SIGNATURE = "signature"
    TEMPLATE = "template"
    CARD = "card"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class SendingWindow:
    """Hours of the day in which sending is allowed, in the tenant's zone; ``end`` is exclusive and after ``start``."""

    start: time
    end: time
    zone: str


@dataclass(frozen=True, slots=True)
class PlannedMessage:
    """One recipient of a chunk. With ``ended`` set the row is final at once and nothing is sent."""

    recipient_no: int
    """Unique in the task, from 0."""
    phone: str
    text: str
    """Whole text as the phone shows it: signature in front, link in place."""
    parts: int
    link_code: str | None = None
    cust_flag: str | None = None
    ended: MessageState | None = None
    """``SKIPPED``, ``SUPPRESSED`` or ``REFUSED``."""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PlannedChunk:
    """Some recipients of a task with one frozen content."""

    tenant_id: TenantId
    task_id: TaskId
    chunk_no: int
    klass: MessageClass
    app_id: SmsAppId
    signature_id: SignatureId
    template_id: SmsTemplateId
    card_template_id: CardTemplateId | None
    expires_at: datetime
    """Nothing of the chunk leaves after this."""
    messages: list[PlannedMessage]
    not_before: datetime | None = None
    window: SendingWindow | None = None
    filing_scene: str | None = None
    """Scene of the enterprise filing that allows the send: subject of the gate ``filing``."""
    kind: MessageKind = MessageKind.SMS
    confirms_opt_out: bool = False
    """It tells one number that its refusal was heard: all that may still go to a number that has opted out."""


@dataclass(frozen=True, slots=True)
class PlanResult:
    """What a chunk became."""

    is_new: bool
    """False: this (task, chunk) had been planned before; nothing was written and ``counts`` is empty."""
    counts: Mapping[MessageState, int]
    """Messages per state: queued or held, and those that ended at once (also ``refused`` with reason ``no_route``)."""
    ready: frozenset[AccountId] = frozenset()
    """Accounts that have something to send now."""


@dataclass(frozen=True, slots=True)
class MessageFilter:
    """Which messages of a tenant; all conditions that are set must hold."""

    task_id: TaskId | None = None
    states: frozenset[MessageState] | None = None
    phone: str | None = None
    """Canonical digits."""
    signature_id: SignatureId | None = None
    template_id: SmsTemplateId | None = None
    card_template_id: CardTemplateId | None = None
    planned_from: datetime | None = None
    planned_until: datetime | None = None
    """Exclusive."""
    kind: MessageKind | None = None


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message as lists and exports show it."""

    message_id: MessageId
    task_id: TaskId
    recipient_no: int
    phone: Phone
    state: MessageState
    text: str
    parts: int
    link_code: str | None
    cust_flag: str | None
    carrier_code: str | None
    """The carrier's own code (``DELIVRD``, ``MK:0012``, result ``13``), or our reason when it ended without sending."""
    account_id: AccountId | None
    signature_id: SignatureId
    template_id: SmsTemplateId
    card_template_id: CardTemplateId | None
    planned_at: datetime
    submitted_at: datetime | None
    """When the carrier had accepted the last part."""
    final_at: datetime | None
    kind: MessageKind


@dataclass(frozen=True, slots=True)
class FinalBatch:
    """Messages of a followed tenant whose first final state was written in one transaction."""

    tenant_id: TenantId
    messages: tuple[MessageView, ...]
    """At most 500, by id, as they stand when they are taken: a late ``DELIVRD`` may have raised one meanwhile."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a tenant, or one of its signatures, may send over all accounts together."""

    tenant_id: TenantId
    kind: GateKind
    """``TENANT`` or ``SIGNATURE``."""
    subject_id: str
    rate_per_s: int
    """Parts."""
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits on one account in one class and may go now."""

    account_id: AccountId
    klass: MessageClass
    messages: int
    oldest_at: datetime
    """Since when the oldest of it could go: its planning, or the opening of its sending window."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be done with an unknown message of a class; by default nothing is sent again."""

    klass: MessageClass
    may_resend_unknown: bool
    """Once, when no report came for five minutes."""
    changed_by: str
    """Empty: nobody has said anything."""
    changed_at: datetime | None


class ResendAnswer(StrEnum):
    """What became of an order to send an unknown message again."""

    RESENT = "resent"
    """It is in the queue again."""
    NOT_UNKNOWN = "not_unknown"
    ALREADY_RESENT = "already_resent"
    """It was sent twice: never a third time."""
    PARTLY_TAKEN = "partly_taken"
    """The carrier has parts of it: those would certainly come twice."""
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    """Its time to be sent is over."""
    OPTED_OUT = "opted_out"


@dataclass(frozen=True, slots=True)
class UnknownMessage:
    """A message of which nobody knows whether the carrier took it."""

    message_id: MessageId
    tenant_id: TenantId
    task_id: TaskId
    account_id: AccountId
    klass: MessageClass
    phone: Phone
    parts: int
    missing: int
    """Parts without an answer."""
    reason: str
    """``no_answer``, ``broken_off``, ``unstorable`` or ``gateway_lost``."""
    since: datetime
    expires_at: datetime
    may_resend: ResendAnswer
    """``RESENT`` where an order would be followed, else why not."""


@dataclass(frozen=True, slots=True)
class LifeSpan:
    """An intent to send the message, durable before a byte left."""

    span_id: int
    account_id: AccountId
    epoch: int
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class LifeReport:
    """A state report as the carrier wrote it."""

    carrier_msg_id: int
    """Unsigned 64 bits."""
    stat: str
    submit_time: str
    done_time: str
    """YYMMDDhhmm in the carrier's zone, as text."""
    received_at: datetime


@dataclass(frozen=True, slots=True)
class LifePart:
    """What the carrier answered for a part, and what it reported later."""

    part_no: int
    account_id: AccountId
    carrier_msg_id: int
    """Unsigned 64 bits; 0 when it was refused."""
    carrier_ref: str | None
    result: int
    at: datetime
    reports: tuple[LifeReport, ...] = ()


@dataclass(frozen=True, slots=True)
class LifeDoubt:
    """That nobody knew whether the carrier had taken the message, and for how long."""

    account_id: AccountId
    reason: str
    since: datetime
    resent_at: datetime | None
    """Set when it was sent a second time."""
    ordered_by: str | None
    """Who ordered that: a person, or ``policy``."""


@dataclass(frozen=True, slots=True)
class MessageLife:
    """Everything that is known of one message, in the order of time inside each field."""

    tenant_id: TenantId
    view: MessageView
    batch_id: BatchId
    klass: MessageClass
    expires_at: datetime
    spans: tuple[LifeSpan, ...]
    """In which it was attempted: more than one after flow control, or when it was sent again."""
    parts: tuple[LifePart, ...]
    doubts: tuple[LifeDoubt, ...]


@dataclass(frozen=True, slots=True)
class SilentPart:
    """A part that the carrier accepted and has not reported."""

    message_id: MessageId
    part_no: int
    carrier_msg_id: int
    """Unsigned 64 bits."""
    carrier_ref: str | None
    phone: Phone
    src_id: str
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken invariant of the ledger, for ``hongyan doctor``."""

    task_id: TaskId
    what: str


# --- between delivery, receipts and gateways --------------------------------------------------------------------------


class SpanMessage(NamedTuple):
    """One message of an open span, ready for the wire. A tuple: 64 are made per span, on the hot path."""

    message_id: MessageId
    phone: str
    text: str
    parts: int


@dataclass(frozen=True, slots=True)
class OpenSpan:
    """Messages whose intent to send is durable; only the holder of ``epoch`` may send them."""

    span_id: int
    batch_id: BatchId
    account_id: AccountId
    epoch: int
    tenant_id: TenantId
    task_id: TaskId
    klass: MessageClass
    src_id: str
    expires_at: datetime
    messages: tuple[SpanMessage, ...]


class Verdict(IntEnum):
    """How the submission of one message ended."""

    ACCEPTED = 1
    """Every part was accepted."""
    REFUSED = 2
    """A part was refused for good."""
    UNSENT = 3
    """Certain: no byte of it left, or the carrier refused all of it for flow control. It goes back to the queue."""
    UNKNOWN = 4
    """Bytes left and no answer came. It is never sent again."""


class PartAnswer(NamedTuple):
    """The carrier's answer for one part."""

    message_id: int
    part_no: int
    """From 1."""
    carrier_msg_id: int
    """Unsigned 64 bits as on the wire."""
    result: int
    carrier_ref: str | None = None
    """The carrier's own text of the id, where the id is not the number itself."""


class MessageVerdict(NamedTuple):
    """The outcome of one message of a span."""

    message_id: int
    verdict: Verdict
    code: str | None
    """The carrier's result when refused; why, when unknown."""
    phone: str
    parts: int = 0
    """How many parts it had on the wire; 0: as many as were planned."""


@dataclass(slots=True)
class SpanResult:
    """A closed span: what is to be written in the account's next transaction."""

    span: OpenSpan
    answers: list[PartAnswer]
    verdicts: list[MessageVerdict]
    at: datetime


class ReportFact(NamedTuple):
    """One state report, reduced to what the ledger needs."""

    carrier_msg_id: int
    """Unsigned 64 bits."""
    phone: str
    """Canonical digits of the recipient as the carrier wrote it."""
    state: MessageState
    """``DELIVERED``, ``FAILED`` or ``EXPIRED``."""
    code: str
    """The carrier's seven characters."""
    at: datetime


class Tally:
    """Transitions of one transaction, summed per task."""

    def __init__(self) -> None:
        """Start empty."""
        self._moves: dict[tuple[TenantId, TaskId], dict[MessageState, int]] = defaultdict(lambda: defaultdict(int))

    def add(self, tenant_id: TenantId, task_id: TaskId, state: MessageState, count: int = 1) -> None:
        """Note new messages in a state."""
        self._moves[tenant_id, task_id][state] += count

    def move(self, tenant_id: TenantId, task_id: TaskId, old: MessageState, new: MessageState, count: int = 1) -> None:
        """Note ``count`` messages that left one state for another."""
        moves = self._moves[tenant_id, task_id]
        moves[old] -= count
        moves[new] += count

    def items(self) -> Iterator[tuple[TenantId, TaskId, Mapping[MessageState, int]]]:
        """Iterate (tenant, task, change per state) in the order of task ids, so that writers lock rows in one order."""
        for (tenant_id, task_id), moves in sorted(self._moves.items(), key=lambda item: item[0][1]):
            yield tenant_id, task_id, moves

    def owners(self) -> set[tuple[TenantId, TaskId]]:
        """Return (tenant, task) of everything touched."""
        return set(self._moves)


# --- numbers that stand in ids ----------------------------------------------------------------------------------------

EPOCH_DAY: Final = date(2026, 1, 1)


def day_number(at: datetime) -> int:
    """Return days since 2026-01-01, in UTC."""
    return (at.astimezone(UTC).date() - EPOCH_DAY).days


def day_start(day: int) -> datetime:
    """Return when a day began, in UTC."""
    return datetime.combine(EPOCH_DAY + timedelta(days=day), time(), tzinfo=UTC)


def unsigned(carrier_msg_id: int) -> int:
    """Return PostgreSQL's signed 64 bits as the wire's unsigned ones."""
    return carrier_msg_id % (1 << 64)


def signed(carrier_msg_id: int) -> int:
    """Return the wire's unsigned 64 bits as PostgreSQL's signed ones."""
    return carrier_msg_id - (1 << 64) if carrier_msg_id >= 1 << 63 else carrier_msg_id
