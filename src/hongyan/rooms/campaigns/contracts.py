"""What others see of a send task.

Not for: single messages (``delivery.contracts``), number files (``audience.contracts``).
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

from typing_extensions import TypedDict

from hongyan.kernel.ids import CardTemplateId, FileId, SignatureId, SmsAppId, SmsTemplateId, TaskId, TenantId

MAX_TYPED_PHONES = 500
"""Typed numbers in one request; more come as a file. Source: ADR 0004 (planned inside the request's transaction)."""
MAX_TRIAL_PHONES = 5
CHUNK_RECIPIENTS = 2_500
"""Recipients of a file that one transaction plans."""
CHUNKS_PER_BLOCK = 4
"""Chunks of a full block of ``audience``. A block that people opted out of has as many; the last ones may be empty."""
MAX_TASK_NAME = 30
SUBJECT_PROGRESS = "campaigns.progress"
"""Hint that a task changed; payload: its id as text. Lossy: pages also poll."""


class TaskState(StrEnum):
    """Life of a send task; transitions are in ``rules.py``."""

    DRAFT = "draft"
    PARSING = "parsing"
    READY = "ready"
    SCHEDULED = "scheduled"
    HELD = "held"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHING = "finishing"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    REFUSED = "refused"


class Fallback(StrEnum):
    """What numbers get whose phone cannot show the card (quickstart §1.5)."""

    NONE = "none"
    """不发送: nothing."""
    SMS = "sms"
    """降级为普通短信: the SMS template's text with the link."""
    BASIC = "basic"
    """智能信息基础版: until video templates exist, the SMS template's text without the link."""


class RecipientFlag(IntEnum):
    """What 号码解析 found out about one recipient; one byte each, beside the blocks of the number file."""

    INCAPABLE = 0
    CAPABLE = 1
    WRONG_VALUE = 2
    """A value breaks its variable's rule: counted as invalid, not sent."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a task sends, frozen when it is accepted."""

    app_id: SmsAppId
    app_name: str
    signature_id: SignatureId
    signature_name: str
    signature_type: str
    channel_number: str
    sms_template_id: SmsTemplateId
    sms_text: str
    """Template text with ``${1}`` …, without the signature."""
    link_index: int
    """Number of the variable that is the link."""
    variable_types: tuple[tuple[int, str], ...]
    """(index, PHONE|CHARDIGIT|DATETIME|MONEY|TEXT) in order, without the link."""
    is_promotion: bool
    card_template_id: CardTemplateId
    card_template_name: str
    card_params: tuple[str, ...]
    """Names of the card's dynamic parameters."""
    card_vendors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewTask:
    """A request for a send task from any of our own doors (console, CLI, ``/v1/hongyan``)."""

    name: str
    card_template_id: str
    sms_template_id: str
    number_file_id: str | None = None
    phones: tuple[str, ...] = ()
    fallback: Fallback = Fallback.NONE
    send_at: datetime | None = None
    """Aware; ``None`` sends at once."""
    validity_days: int = 7
    """1–7, counted from the release of each chunk."""
    jump_url: str | None = None
    domain: str | None = None
    is_trial: bool = False
    start_when_ready: bool = True
    """False waits for :meth:`start` once the numbers are parsed, so that a person can look at the counts."""


@dataclass(frozen=True, slots=True)
class ParseCounts:
    """号码解析: the five counts (quickstart §1.5) and what the file held."""

    rows: int = 0
    imported: int = 0
    """导入号码总数, deduplicated and valid."""
    invalid: int = 0
    """无效号码数: not a number, or a parameter breaks its variable's rule."""
    duplicates: int = 0
    opted_out: int = 0
    capable: int = 0
    """可解析号码数."""
    incapable: int = 0
    """不可解析号码数."""
    submitted: int = 0
    """提交发送信息号码数: what is sent after the fallback is applied."""


@dataclass(frozen=True, slots=True)
class Task:
    """A send task as lists and details show it."""

    id: TaskId
    tenant_id: TenantId
    name: str
    state: TaskState
    reason: str | None
    """Why it is held, refused or cancelled: a code of ``reasons`` in the catalogue, or a text."""
    source: str
    """``api`` (the vendor's operation) or ``hongyan`` (our own doors)."""
    content: Content
    fallback: Fallback
    validity_days: int
    jump_url: str | None
    domain: str
    is_trial: bool
    number_file_id: FileId | None
    send_at: datetime | None
    start_when_ready: bool
    counts: ParseCounts
    next_chunk: int
    chunks: int | None
    """How many chunks the plan has; ``None`` until it is known."""
    created_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """A task and where its messages are."""

    task: Task
    states: dict[str, int] = field(default_factory=dict)
    """Message state → count, only those above zero."""
    resolved: int = 0
    """Cards that a phone rendered, each message once."""


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """What a list asks for; ``None`` asks nothing."""

    task_id: str | None = None
    name: str | None = None
    card_template_id: str | None = None
    card_template_name: str | None = None
    states: tuple[TaskState, ...] = ()
    begin: datetime | None = None
    end: datetime | None = None
    source: str | None = None


class CountsDocument(TypedDict):
    """号码解析's counts as our doors show them."""

    rows: int
    imported: int
    invalid: int
    duplicates: int
    opted_out: int
    capable: int
    incapable: int
    submitted: int


class TaskDocument(TypedDict):
    """A task as our own doors show it: JSON values, times in UTC with zone, no phone number."""

    task_id: str
    name: str
    state: TaskState
    reason: str | None
    source: str
    is_trial: bool
    fallback: Fallback
    card_template_id: str
    card_template_name: str
    sms_template_id: str
    sms_text: str
    signature_name: str
    app_name: str
    channel_number: str
    domain: str
    jump_url: str | None
    validity_days: int
    number_file_id: str | None
    send_at: str | None
    created_by: str
    created_at: str
    started_at: str | None
    finished_at: str | None
    counts: CountsDocument
    states: dict[str, int]
    resolved: int
    is_final: bool


class TaskPageDocument(TypedDict):
    """Some tasks and how many there are."""

    items: list[TaskDocument]
    total: int
