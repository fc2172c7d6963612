"""What others see of send tasks, resolve tasks and their links.

Not for: single messages (``delivery.contracts``), number files (``audience.contracts``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Literal

from typing_extensions import TypedDict

from hongyan.kernel.ids import (
    CardTemplateId,
    FileId,
    SignatureId,
    SmsAppId,
    SmsTemplateId,
    TaskId,
    TenantId,
    VideoTemplateId,
)
from hongyan.kernel.phones import Phone
from hongyan.rooms.short_links.contracts import LinkKind

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
    """智能信息基础版: the task's video template; none chosen: the SMS template's text without the link."""


class RecipientFlag(IntEnum):
    """What 号码解析 found out about one recipient; one byte each, beside the blocks of the number file."""

    INCAPABLE = 0
    CAPABLE = 1
    WRONG_VALUE = 2
    """A value breaks its variable's rule: counted as invalid, not sent."""
    OPTED_OUT = 3
    """It wants no messages of the task's signature: counted as opted out, not sent."""


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
    card_template_id: CardTemplateId | None
    """``None``: plain SMS, without a card of ours."""
    card_template_name: str
    """Empty for plain SMS."""
    card_params: tuple[str, ...]
    """Names of the card's dynamic parameters."""
    card_vendors: tuple[str, ...]
    basic_template_id: VideoTemplateId | None = None
    """Video template for incapable numbers, with ``Fallback.BASIC``."""
    basic_text: str = ""
    """What the ledger keeps for a message of it."""


@dataclass(frozen=True, slots=True)
class NewTask:
    """A request for a send task from any of our own doors (console, CLI, ``/v1/hongyan``)."""

    name: str
    card_template_id: str
    sms_template_id: str
    number_file_id: str | None = None
    phones: tuple[str, ...] = ()
    values: tuple[tuple[str, ...], ...] = ()
    """One row per typed number, in the order of the SMS variables and then the card's parameters."""
    fallback: Fallback = Fallback.NONE
    basic_template_id: str | None = None
    """A video template without placeholders, only with ``Fallback.BASIC``."""
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
class Parse:
    """号码解析 before there is a task: what was chosen for which numbers, and what became of them."""

    id: FileId
    """Also the key of its flags."""
    tenant_id: TenantId
    state: TaskState
    """``PARSING``, then ``READY`` or ``REFUSED``."""
    reason: str | None
    content: Content
    domain: str
    number_file_id: FileId
    counts: ParseCounts
    """Without ``submitted``, which the fallback decides."""
    tally: Mapping[str, Mapping[str, int]]
    """Kind of text → carrier → parts (``rules.PartsTally``)."""
    block_sizes: tuple[int, ...]
    """Recipients of each block looked at so far."""
    created_by: str
    created_at: datetime


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
    """``api`` (the vendor's send tasks), ``sms`` (its plain SMS), ``hongyan`` (our own doors) or ``answer``."""
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
    extend: str | None = None
    """The sender's own mark (plain SMS), echoed in every receipt of the task."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A task and where its messages are."""

    task: Task
    states: dict[str, int] = field(default_factory=dict)
    """Message state → count, only those above zero."""
    resolved: int = 0
    """Cards that a phone rendered, each message once."""


TaskSort = Literal["name", "-name", "created_at", "-created_at", "started_at", "-started_at"]
"""By what send tasks are listed; with a minus the last first. Those that have not started count as the latest."""


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
    sort: TaskSort = "-created_at"


class ResolvedStatus(StrEnum):
    """What became of a link, as the vendor's API spells it."""

    SUCCESS = "success"
    """A handset drew its card."""
    FAIL = "fail"
    """The link could not be made."""
    UNRESOLVED = "unresolved"


@dataclass(frozen=True, slots=True)
class NewLink:
    """One row of a call that makes links."""

    cust_flag: str
    dync_params: Mapping[str, str] = field(default_factory=dict)
    custom_url: str | None = None
    custom_short_code: str | None = None


@dataclass(frozen=True, slots=True)
class LinkTask:
    """What the links of one call share; of a resolve task or a send task."""

    task_id: TaskId
    tenant_id: TenantId
    name: str
    is_send: bool
    card_template_id: CardTemplateId
    card_template_name: str
    signatures: tuple[str, ...]
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """One link that a call asked for: made, or the reason why not."""

    task: LinkTask
    row: NewLink
    result_code: str = "0"
    error_message: str = "-"
    aim_url: str | None = None
    """``domain/code``."""
    code: str | None = None
    range_id: int | None = None
    offset: int | None = None
    expires_at: datetime | None = None
    resolved_at: datetime | None = None
    resolved_times: int = 0
    link_id: int = 0

    @property
    def status(self) -> ResolvedStatus:
        """What became of it."""
        if self.code is None:
            return ResolvedStatus.FAIL
        return ResolvedStatus.UNRESOLVED if self.resolved_at is None else ResolvedStatus.SUCCESS


@dataclass(frozen=True, slots=True)
class ResolveTask:
    """What a resolve task is, beside its links."""

    task_id: TaskId
    tenant_id: TenantId
    kind: LinkKind
    resolving_times: int
    domain: str
    validity_days: int
    created_at: datetime
    resolved: int = 0


@dataclass(frozen=True, slots=True)
class LinkSums:
    """How many links a call asked for, and how many were made."""

    wanted: int
    made: int


LinkSort = Literal["created_at", "-created_at", "name", "-name"]
"""By the time or the name of the call that made a link; ``-`` puts the largest first."""


@dataclass(frozen=True, slots=True)
class LinkFilter:
    """Which links a list asks for; ``None`` asks nothing."""

    task_id: TaskId | None = None
    task_name: str | None = None
    card_template_id: str | None = None
    card_template_name: str | None = None
    cust_flag: str | None = None
    sms_sign: str | None = None
    aim_url: str | None = None
    status: ResolvedStatus | None = None
    begin: datetime | None = None
    end: datetime | None = None
    is_send: bool | None = None
    only_first: bool = False
    """One link per call: its first."""
    sort: LinkSort = "-created_at"


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
    card_template_id: str | None
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


class VideoTaskState(StrEnum):
    """Life of a video send task, in the vendor's words (api.md of the requirements §5.14)."""

    SCHEDULED = "scheduled"
    SUBMIT_SUCCESS = "submit_success"
    """All messages are in the ledger; nothing has left yet."""
    SUBMIT_FAILED = "submit_failed"
    """Not one number has a channel, or all have opted out."""
    PROCESSING = "processing"
    SENDING_COMPLETE = "sending_complete"
    SENDING_FAILED = "sending_failed"
    """Over, and not one message was delivered."""
    RE_SUBMIT_SUCCESS = "re_submit_success"
    RE_SUBMIT_FAILED = "re_submit_failed"
    RE_PROCESSING = "re_processing"
    RE_SENDING_COMPLETE = "re_sending_complete"


@dataclass(frozen=True, slots=True)
class VideoGroup:
    """Recipients of a video message with the same values, as (placeholder's name, value) in order."""

    mobiles: tuple[str, ...]
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class NewVideoTask:
    """A request for a video send task."""

    name: str
    tpl_id: str
    hours: int
    """1–72: nothing leaves later."""
    groups: tuple[VideoGroup, ...]
    exdata: str = ""
    send_at: datetime | None = None
    is_individual: bool = False
    """The groups came as ``individual_params``; only for naming fields."""


@dataclass(frozen=True, slots=True)
class VideoTask:
    """A video send task."""

    id: TaskId
    tenant_id: TenantId
    name: str
    state: VideoTaskState
    tpl_id: VideoTemplateId
    tpl_name: str
    hours: int
    exdata: str
    total: int  # numbers, each once
    resent: int  # failed messages that were sent once more; 0 before that
    created_by: str
    created_at: datetime
    send_at: datetime
    is_cancelled: bool = False  # somebody stopped it for good, if only after its last message had left
    sent_before: int = 0  # messages that had left when what failed was sent once more; 0 before that


@dataclass(frozen=True, slots=True)
class VideoProgress:
    """A video task and where its messages are, each number once."""

    task: VideoTask
    planned: int  # messages in the ledger, second attempts too: fewer than `total` while a file is taken in
    delivered: int
    failed: int  # with `unsent`
    timed_out: int  # no final state within 72 hours or the task's own hours
    unsent: int  # numbers that never got a message: the task was stopped before


VideoTaskSort = Literal["name", "-name", "created_at", "-created_at"]
"""By what video tasks are listed; with a minus the last first."""


@dataclass(frozen=True, slots=True)
class VideoTaskFilter:
    """What a list asks for; ``None`` asks nothing. Spans are ``[begin, end]``."""

    task_id: str | None = None
    name: str | None = None
    tpl_id: str | None = None
    tpl_name: str | None = None
    operator: str | None = None
    state: VideoTaskState | None = None
    begin: datetime | None = None
    end: datetime | None = None
    send_begin: datetime | None = None
    send_end: datetime | None = None
    sort: VideoTaskSort = "-created_at"


@dataclass(frozen=True, slots=True)
class VideoReply:
    """What a phone answered to a video message."""

    reply_id: str
    task_id: TaskId
    phone: Phone
    text: str
    at: datetime
