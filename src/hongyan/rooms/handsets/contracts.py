"""What other rooms see of handset vendors: names, capability answers, signed calls, grants and events.

Not for: how a vendor is spoken to (``drivers``), nor what a card looks like (``smart.contracts``).
Source: docs/protocols/handset.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from hongyan.kernel.ids import CardTemplateId, TenantId

RENDERED_JOB = "campaigns.cards_rendered"
"""Job for first drawings: ``{"cards": [{tenant_id, task_id, range_id, offset, code, vendor, device_hash, at}]}``."""

VENDOR_STATE_JOB = "smart.vendor_state"
"""Job when a vendor decided about a template; args ``{tpl_id, version, vendor, state, reason}``."""

MAX_EVENTS = 500
"""Events of one call."""


class Vendor(StrEnum):
    """Handset vendors by the name of the vendor's SDK; their order is their bit in a capability mask."""

    HUAWEI = "HUAWEI"
    XIAOMI = "XIAOMI"
    OPPO = "OPPO"
    VIVO = "VIVO"
    MEIZU = "MEIZU"
    SAMSUNG = "SAMSUNG"

    @property
    def bit(self) -> int:
        """The vendor's bit in a capability mask."""
        return _BITS[self]


_BITS = {vendor: 1 << no for no, vendor in enumerate(Vendor)}


class VendorState(StrEnum):
    """Whether a vendor takes part."""

    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class VendorAccount:
    """Our account at one vendor, without its secret; ``endpoint`` is the URL before the paths of the interface."""

    vendor: Vendor
    driver: str
    endpoint: str
    key_id: str
    state: VendorState
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class NewVendorAccount:
    """What an operator enters for a vendor; ``secret`` is shared by both sides and sealed before it is stored."""

    vendor: Vendor
    endpoint: str
    key_id: str
    secret: str
    driver: str = "hongyan_v1"


class Capability(IntEnum):
    """One byte of a capability answer."""

    NO = 0
    YES = 1
    UNKNOWN = 2
    """No vendor that could say yes was reachable; treated as no by a send, but not remembered."""


@dataclass(frozen=True, slots=True)
class CapabilityAnswer:
    """Answer for a list of numbers: one :class:`Capability` byte per number, in order.

    ``asked`` numbers went to vendors just now, the others were answered from what we had; ``failed_vendors`` did not
    answer for all.
    """

    flags: bytes
    asked: int
    failed_vendors: frozenset[Vendor]

    @property
    def capable(self) -> int:
        """How many numbers can show the card."""
        return self.flags.count(Capability.YES)


@dataclass(frozen=True, slots=True)
class SignedCall:
    """A vendor's HTTP call as it arrived: ``path`` includes the query; header names are lower case; ``body`` is raw."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class GrantRequest:
    """A device wants the card behind a link.

    ``range_id`` and ``offset`` name the link, ``limit`` is how many devices may have the card, ``device_hash`` is 64
    hex digits.
    """

    tenant_id: TenantId
    task_id: str | None
    range_id: int
    offset: int
    code: str
    limit: int
    vendor: Vendor
    device_hash: str
    tpl_id: CardTemplateId | None = None
    """Whose card it is, for the counts of templates."""


class CardEventKind(StrEnum):
    """What happened to a card on a handset."""

    RENDERED = "rendered"
    EXPOSED = "exposed"
    CLICKED = "clicked"


@dataclass(frozen=True, slots=True)
class CardEvent:
    """One event as a vendor reports it; ``event_id`` is the vendor's; ``position`` is the tapped component."""

    event_id: str
    kind: CardEventKind
    code: str
    device_hash: str
    at: datetime
    position: int | None = None


@dataclass(frozen=True, slots=True)
class IntakeCounts:
    """What became of a batch of events: new ones, repeats, and those of links the device never got."""

    accepted: int
    repeated: int
    unknown: int


@dataclass(frozen=True, slots=True)
class CardSums:
    """What handsets of a vendor did with the cards of a template in some time.

    A "people" count is of messages: each (link, handset) counts once, when it first happened; the others count every
    time.
    """

    tpl_id: CardTemplateId
    vendor: Vendor
    resolved: int
    """Cards drawn, each (link, handset) once."""
    exposed_people: int
    exposed_times: int
    clicked_people: int
    clicked_times: int


@dataclass(frozen=True, slots=True)
class CardLife:
    """What became of a link's card on one handset."""

    vendor: Vendor
    granted_at: datetime
    """When the handset asked for it."""
    rendered_at: datetime | None
    exposed_at: datetime | None
    clicks: int


class RegistrationState(StrEnum):
    """What a vendor made of a template or a domain."""

    SUBMITTED = "submitted"
    ACTIVE = "active"
    REJECTED = "rejected"
    DISABLED = "disabled"
    FAILED = "failed"
    """The vendor could not be reached in the end; submitting again is possible."""


@dataclass(frozen=True, slots=True)
class TemplateSubmission:
    """A card template as it goes to vendors; ``document`` is ``smart``'s document with its placeholders."""

    tpl_id: CardTemplateId
    version: int
    name: str
    card_id: str
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Registration:
    """A vendor's answer to a submission. ``vendor_ref`` is the vendor's own name for it."""

    vendor: Vendor
    state: RegistrationState
    vendor_ref: str | None
    reason: str | None
