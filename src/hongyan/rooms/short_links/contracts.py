"""What other rooms and the bus see of short links. A link has no row: it is a number of a range; its code is computed.

Not for: what a card shows (``smart``), who tapped on a handset's card (``handsets``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal, NewType

import msgspec

from hongyan.kernel.bus.contracts import StreamSpec
from hongyan.kernel.ids import CardTemplateId, TaskId, TenantId

RangeId = NewType("RangeId", int)
GenerationId = NewType("GenerationId", int)
DomainId = NewType("DomainId", int)

SUBJECT_TAPPED: Final = "short_links.tapped"
"""A ``TapBatch``, kept by the stream ``STREAM_TAPS``."""
STREAM_TAPS: Final = StreamSpec("short_links_taps", (SUBJECT_TAPPED,))
SUBJECT_CHANGED: Final = "short_links.changed"
"""Hint without content: something that redirectors cache has changed. They ask the database once a second anyway."""


class LinkKind(StrEnum):
    """个性化 (one recipient, one resolve) or 群发 (shared, N resolves)."""

    INDIVIDUAL = "individual"
    GROUP = "group"


class DomainKind(StrEnum):
    """A domain has generated codes or chosen ones, never both."""

    STANDARD = "standard"
    CUSTOM = "custom"


class DomainState(StrEnum):
    """Only an active domain gets new links; links of a disabled one are dead."""

    REVIEWING = "reviewing"
    ACTIVE = "active"
    REJECTED = "rejected"
    DISABLED = "disabled"


class LinkState(StrEnum):
    """Whether a link that exists may be followed."""

    ACTIVE = "active"
    EXPIRED = "expired"
    UNRELEASED = "unreleased"
    """Its chunk has not been released yet: nobody can have seen it."""
    CLOSED = "closed"
    """Taken back by ``close_range``, or its domain was disabled."""


@dataclass(frozen=True, slots=True)
class LinkPayload:
    """What is special about one link of a range. Only links that need one have one."""

    jump_url: str | None = None
    """http(s), at most 2,048 characters; goes before the range's."""
    params: Mapping[str, str] = field(default_factory=dict)
    """Values of the card's parameters: ``{"param1": "…"}``."""


@dataclass(frozen=True, slots=True)
class RangeRequest:
    """Wish for ``count`` consecutive links that share everything but their payloads."""

    count: int
    """1–1,000,000."""
    valid_for: timedelta
    """Individual: 1–7 days; group: 1–180 days. Counted from ``released_at``."""
    signatures: tuple[str, ...]
    """1–5 names without brackets; a card is shown only under one of them."""
    card_template_id: CardTemplateId | None = None
    kind: LinkKind = LinkKind.INDIVIDUAL
    domain: str | None = None
    """Standard domain of this tenant, or ``None`` for the preset public one."""
    task_id: TaskId | None = None
    chunk_no: int = 0
    """A second wish for the same (task, chunk) gets the range of the first."""
    jump_url: str | None = None
    """Where a tap on the plain link goes, for all of them; ``None``: the card as a page."""
    resolve_limit: int = 1
    """How often a handset may turn the link into a card: 1 for individual, 2 and more for group."""
    released_at: datetime | None = None
    """Now for links handed out by API; ``None`` for task chunks, until ``release_range``."""
    payloads: Mapping[int, LinkPayload] = field(default_factory=dict)
    """By offset in the range; only where there is one."""
    urls_are_checked: bool = False
    """The payloads' jump URLs are what ``ShortLinksService.check_jump_url`` returned: not looked at again."""


@dataclass(frozen=True, slots=True)
class LinkRange:
    """Consecutive links of one generation (or of one custom domain); offsets run from 0 to ``count`` - 1."""

    range_id: RangeId
    tenant_id: TenantId
    domain: str
    generation_id: GenerationId | None
    """``None``: chosen codes."""
    first_no: int
    """Number of offset 0 in its generation."""
    count: int
    kind: LinkKind
    task_id: TaskId | None
    chunk_no: int
    card_template_id: CardTemplateId | None
    signatures: tuple[str, ...]
    jump_url: str | None
    resolve_limit: int
    valid_for: timedelta
    created_at: datetime
    released_at: datetime | None
    expires_at: datetime | None
    """``released_at`` + ``valid_for``."""
    closed_at: datetime | None
    has_payloads: bool


@dataclass(frozen=True, slots=True)
class LinkView:
    """One link, as the resolver and the card page need it."""

    code: str
    domain: str
    range_id: RangeId
    offset: int
    tenant_id: TenantId
    task_id: TaskId | None
    kind: LinkKind
    card_template_id: CardTemplateId | None
    signatures: tuple[str, ...]
    resolve_limit: int
    released_at: datetime | None
    expires_at: datetime | None
    state: LinkState
    params: Mapping[str, str]
    jump_url: str | None
    """Personal if there is one, else the range's, else ``None``: the card as a page."""

    @property
    def link(self) -> str:
        """``domain/code`` as it stands in a text."""
        return f"{self.domain}/{self.code}"


@dataclass(frozen=True, slots=True)
class Domain:
    """Where links live."""

    domain_id: DomainId
    name: str
    """Host, with a port when it has one, and at most two path levels; lower case."""
    tenant_id: TenantId | None
    """``None``: preset, for everybody."""
    kind: DomainKind
    state: DomainState
    is_preset: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class LinkTaps:
    """How often one link was tapped. Links without a tap have none."""

    range_id: RangeId
    offset: int
    taps: int
    first_at: datetime
    last_at: datetime


class Tap(msgspec.Struct, frozen=True, array_like=True):
    """One tap on a plain link, for the bus."""

    range_id: int
    offset: int
    at_ms: int
    """Milliseconds since 1970, UTC."""
    target: int
    """0: jump URL, 1: the card as a page."""


class TapBatch(msgspec.Struct, frozen=True):
    """Taps of one redirector; ``id`` is the key by which a consumer knows a repetition."""

    id: str
    at_ms: int
    taps: list[Tap]
    type: Literal["short_links.tapped"] = "short_links.tapped"
    version: int = 1
