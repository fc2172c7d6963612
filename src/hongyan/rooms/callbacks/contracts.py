"""What others may know of callbacks: kinds of addresses, posts and their states, attempts, notices."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Literal, NewType

from hongyan.kernel.ids import TaskId, TenantId

AddressId = NewType("AddressId", str)
"""UUID text of an address; the vendor's ``id`` of a callback."""
PostId = NewType("PostId", int)

MAX_RECEIPTS = 100
"""Receipts in one POST of a batch address."""
DISABLED_AFTER = timedelta(days=5)
"""Without one success an address is switched off."""
NOTICE_BEFORE = timedelta(hours=24)
"""This long before, a notice is written."""
GIVEN_UP_AFTER = timedelta(days=5)
"""A post that has not been delivered by then is dead."""


class AddressKind(StrEnum):
    """What is posted to an address. A tenant has one address per kind (and subject, for the last two)."""

    AIM_SINGLE = "aim.single"
    """Send and resolve receipts one by one: ``url_type`` 0."""
    AIM_TEMPLATE = "aim.template"
    """Card template states: ``url_type`` 1."""
    AIM_BATCH = "aim.batch"
    """Send and resolve receipts in arrays: ``url_type`` 2."""
    VIDEO_STATUS = "video.status"
    """Video SMS receipts: ``url_type`` 0 of the basic edition."""
    VIDEO_REPLY = "video.reply"
    """Replies to video SMS: ``url_type`` 1 of the basic edition."""
    SMS_UPLINK = "sms.uplink"
    """Texts from phones; subject: the SMS app, which holds the address."""
    VIDEO_TEMPLATE = "video.template"
    """States of one video template; subject: the template, which holds the address."""


AIM_KINDS = (AddressKind.AIM_SINGLE, AddressKind.AIM_TEMPLATE, AddressKind.AIM_BATCH)
"""By the vendor's ``url_type``."""
VIDEO_KINDS = (AddressKind.VIDEO_STATUS, AddressKind.VIDEO_REPLY)
"""By the vendor's ``url_type``."""
OF_MESSAGES = frozenset({AddressKind.AIM_SINGLE, AddressKind.AIM_BATCH, AddressKind.VIDEO_STATUS})
"""Kinds that live on the ledger's feed of final messages."""


class AddressState(StrEnum):
    """Whether anything is posted to an address."""

    ACTIVE = "active"
    DISABLED = "disabled"
    """Five days without one success; what comes for it is kept as dead and can be replayed."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address and how it is doing."""

    address_id: AddressId
    tenant_id: TenantId
    kind: AddressKind
    subject: str
    """Empty but for the kinds that belong to an app or a template."""
    url: str
    remark: str
    state: AddressState
    is_signed: bool
    failures: int
    """Failed attempts since the last success."""
    failing_since: datetime | None
    last_success_at: datetime | None
    last_attempt_at: datetime | None
    paused_until: datetime | None
    """Nothing is tried before: it failed several times in a row."""
    notice_at: datetime | None
    disabled_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @property
    def disables_at(self) -> datetime | None:
        """When it is switched off unless a post gets through."""
        if self.failing_since is None or self.state is AddressState.DISABLED:
            return None
        return self.failing_since + DISABLED_AFTER


class Document(StrEnum):
    """Shape of a post's body. Source: api.md of the requirements §6."""

    SMS = "sms"
    SHORTCHAIN = "shortchain"
    CARD_TEMPLATE = "card_template"
    VIDEO_STATUS = "video_status"
    VIDEO_REPLY = "video_reply"
    VIDEO_TEMPLATE = "video_template"
    UPLINK = "uplink"


class PostState(IntEnum):
    """Where a post stands."""

    WAITING = 0
    DELIVERED = 1
    DEAD = 2
    """Given up: too old, or its address is disabled or gone."""


@dataclass(frozen=True, slots=True)
class Post:
    """One POST as lists show it; its body stays sealed."""

    post_id: PostId
    address_id: AddressId
    request_id: str
    document: Document
    receipts: int
    task_ids: tuple[TaskId, ...]
    state: PostState
    attempts: int
    next_at: datetime
    created_at: datetime
    done_at: datetime | None
    last_status: int | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: a line of the delivery log."""

    at: datetime
    request_id: str
    document: str
    receipts: int
    attempt_no: int
    """From 1; 0 for the test button."""
    duration_ms: int
    status: int | None
    error: str | None
    answer: str
    """First bytes of the customer's answer."""


class NoticeKind(StrEnum):
    """What an owner is told."""

    WILL_BE_DISABLED = "will_be_disabled"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the owner of an address should know."""

    address_id: AddressId
    kind: NoticeKind
    url: str
    failing_since: datetime
    disables_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """Posts of an address by state."""

    waiting: int = 0
    delivered: int = 0
    dead: int = 0


PostSort = Literal["created_at", "-created_at"]
"""By what posts are listed, ``-`` puts the newest first. An address has millions: only orders that an index serves."""
AttemptSort = Literal["at", "-at"]
"""By what the delivery log is listed; as :data:`PostSort`."""


@dataclass(frozen=True, slots=True)
class PostFilter:
    """Which posts of an address; all that is set must hold."""

    states: frozenset[PostState] = frozenset()
    begin: datetime | None = None
    end: datetime | None = None
    task_id: TaskId | None = None
    post_ids: tuple[PostId, ...] = ()
