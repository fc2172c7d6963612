"""What other rooms see of card templates, and what the resolver needs from links.

Not for: how a layout is drawn (``rules``), nor who may resolve (``handsets``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Any, Protocol

from hongyan.kernel.ids import CardTemplateId, TenantId
from hongyan.rooms.handsets.contracts import RegistrationState, Vendor
from hongyan.rooms.short_links.contracts import LinkView

DECIDED_JOB = "callbacks.card_template_decided"
"""Job when a tenant's template passed or failed, or a vendor changed its mind later: ``{tenant_id, tpl_id}``."""


class AuditState(IntEnum):
    """Review of a card template. Source: api.md of the requirements §5.1."""

    DRAFT = 0
    IN_REVIEW = 1
    PASSED = 2
    FAILED = 3


class TemplateState(IntEnum):
    """Whether a card template may be used."""

    DISABLED = 0
    ENABLED = 1


class FactoryState(IntEnum):
    """What one vendor made of a template. Source: product.md of the requirements §2.6."""

    DISABLED = 0
    ENABLED = 1
    NOT_ENABLED = 2


class TemplateUse(IntEnum):
    """What a template is for: a trial says so in its texts, a commercial one must not. Source: api.md §5.1."""

    COMMERCIAL = 1
    TRIAL = 2


FACTORY_NAMES: Mapping[Vendor, str] = MappingProxyType(
    {
        Vendor.HUAWEI: "HuaWei",
        Vendor.XIAOMI: "XiaoMi",
        Vendor.OPPO: "OPPO",
        Vendor.VIVO: "VIVO",
        Vendor.MEIZU: "MEIZU",
        Vendor.SAMSUNG: "SAMSUNG",
    }
)
"""Mixed case in lists and status receipts, upper case in requests: so the vendor does it (api.md §9, 3)."""


class ElementKind(StrEnum):
    """What a position of a layout holds."""

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    BUTTON = "button"


class Action(StrEnum):
    """What a tap does. Source: api.md of the requirements §7.4."""

    OPEN_URL = "OPEN_URL"
    OPEN_QUICK = "OPEN_QUICK"
    OPEN_APP = "OPEN_APP"
    DIAL_PHONE = "DIAL_PHONE"
    OPEN_SMS = "OPEN_SMS"
    OPEN_EMAIL = "OPEN_EMAIL"
    OPEN_SCHEDULE = "OPEN_SCHEDULE"
    OPEN_MAP = "OPEN_MAP"
    OPEN_BROWSER = "OPEN_BROWSER"
    OPEN_POPUP = "OPEN_POPUP"
    COPY_PARAMETER = "COPY_PARAMETER"
    VIEW_PIC = "VIEW_PIC"


@dataclass(frozen=True, slots=True)
class Tap:
    """An event of a component: ``target`` as the action defines it, ``more`` its further fields."""

    action: Action
    target: str
    more: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Element:
    """One positioned component of a card; positions count from 1 on every page.

    ``src``, ``cover`` and the backgrounds are a URL, ``picture:NAME`` (a picture of the platform), or
    ``material:RESOURCE_ID/FILE`` (one of the tenant's materials; before it is stored, ``material:RESOURCE_ID``).
    """

    position: int
    kind: ElementKind
    content: str = ""
    content_child: str = ""
    src: str = ""
    tap: Tap | None = None
    page: int = 1
    cover: str = ""
    is_title: bool = False
    is_visible: bool = True
    shows_currency: bool = True
    oppo_background: str = ""
    vivo_background: str = ""
    ratio: str = ""
    button_type: str = ""


@dataclass(frozen=True, slots=True)
class TemplateParam:
    """A dynamic parameter: ``name`` without ``${}``; its value is text of at most ``max_length`` characters."""

    name: str
    example: str
    max_length: int = 100


@dataclass(frozen=True, slots=True)
class FactoryInfo:
    """One vendor's state of a template; ``answer`` is the last thing it said, ``None`` before it was asked."""

    vendor: Vendor
    state: FactoryState
    version: int | None
    answer: RegistrationState | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CardTemplate:
    """A card template in its newest version; ``tenant_id`` is ``None`` for the platform's public ones."""

    tpl_id: CardTemplateId
    tenant_id: TenantId | None
    name: str
    scene: str
    card_id: str
    sub_type: int | None
    match_type: int
    description: str
    audit_state: AuditState
    audit_desc: str
    state: TemplateState
    disable_desc: str
    disabled_at: datetime | None
    version: int
    elements: tuple[Element, ...]
    params: tuple[TemplateParam, ...]
    factories: tuple[FactoryInfo, ...]
    created_at: datetime
    updated_at: datetime
    use: TemplateUse | None = None
    sms_signs: tuple[str, ...] = ()
    sms_template: str = ""
    desk_passed_at: datetime | None = None
    """When our own review passed; handset vendors decide after that."""

    @property
    def is_public(self) -> bool:
        """Whether every tenant may use it."""
        return self.tenant_id is None

    @property
    def is_active(self) -> bool:
        """Whether it is approved and enabled."""
        return self.audit_state is AuditState.PASSED and self.state is TemplateState.ENABLED

    @property
    def vendors(self) -> frozenset[Vendor]:
        """Vendors that draw it now."""
        return frozenset(info.vendor for info in self.factories if info.state is FactoryState.ENABLED)

    @property
    def param_names(self) -> tuple[str, ...]:
        """Names of its dynamic parameters, in order."""
        return tuple(param.name for param in self.params)


@dataclass(frozen=True, slots=True)
class TemplateNotice:
    """What a status receipt says about a template. Source: api.md of the requirements §6.2."""

    tpl_id: CardTemplateId
    tpl_state: int
    audit_state: int
    audit_desc: str
    factory_info: tuple[tuple[str, int], ...]
    """Vendor in mixed case, state 0 disabled, 1 enabled, 2 not enabled."""


@dataclass(frozen=True, slots=True)
class NewTemplate:
    """What makes a card template; ``vendors`` are those it is submitted to (each must offer the layout)."""

    name: str
    scene: str
    card_id: str
    elements: tuple[Element, ...]
    params: tuple[TemplateParam, ...] = ()
    vendors: frozenset[Vendor] = frozenset()
    sub_type: int | None = None
    description: str = ""
    use: TemplateUse | None = None
    sms_signs: tuple[str, ...] = ()
    sms_template: str = ""


@dataclass(frozen=True, slots=True)
class TemplateFilter:
    """What a list may be narrowed by; ``name`` and ``scene`` match anywhere; creation is in ``[begin, end]``.

    ``sort`` is ``created_at``, ``updated_at`` or ``name``, with a minus for the largest first.
    """

    tpl_id: str | None = None
    name: str | None = None
    is_public: bool | None = None
    vendors: frozenset[Vendor] = frozenset()
    has_params: bool | None = None
    begin: datetime | None = None
    end: datetime | None = None
    card_ids: frozenset[str] = frozenset()
    without_card_ids: frozenset[str] = frozenset()
    match_type: int | None = None
    """1 by the link, 2 by the text, 4 by both. Source: api.md of the requirements §5.1."""
    scene: str | None = None
    audit_states: frozenset[AuditState] = frozenset()
    state: TemplateState | None = None
    sort: str = "-created_at"


class MaterialKind(StrEnum):
    """What a material is; a thumbnail is a cover of a video."""

    IMAGE = "image"
    VIDEO = "video"
    THUMBNAIL = "thumbnail"


@dataclass(frozen=True, slots=True)
class Material:
    """A picture or video of a tenant. Sizes in pixels and bytes; ``cover`` is a video's primary thumbnail.

    ``resource_id`` has 18 digits; ``file`` is the name under which phones fetch it from the links port.
    """

    material_id: str
    tenant_id: TenantId
    resource_id: str
    kind: MaterialKind
    name: str
    description: str
    rate: str | None
    file: str
    content_type: str
    size_bytes: int
    width: int
    height: int
    created_at: datetime
    duration_ms: int | None = None
    video_id: str | None = None
    is_primary: bool = False
    is_auto: bool = False
    cover: "Material | None" = None


class Links(Protocol):
    """The door of ``short_links`` that the resolver and the H5 page need."""

    async def find_link(self, code: str, domain: str | None = None) -> LinkView | None:
        """Return the link behind a code, or ``None`` for a code nobody was given (from a cache of at most 2 s)."""
        ...


class WhyNot(StrEnum):
    """Why a handset gets no card; the words of the published interface."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    SIGNATURE_DIFFERS = "signature_differs"
    QUOTA_USED = "quota_used"
    TEMPLATE_DISABLED = "template_disabled"
    VENDOR_NOT_ACTIVE = "vendor_not_active"


@dataclass(frozen=True, slots=True)
class ResolveRequest:
    """A handset asks for the card behind a code it found in an SMS with this signature (without brackets)."""

    code: str
    domain: str
    signature: str
    device_hash: str
    request_id: str
    vendor: Vendor
    model: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A card with one recipient's values filled in; ``pages`` has the shape of api.md §7.6."""

    tpl_id: CardTemplateId
    version: int
    card_id: str
    name: str
    pages: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Resolved:
    """The answer to a handset: a card and until when it may be kept, or why there is none."""

    card: Card | None
    why_not: WhyNot | None
    expires_at: datetime | None = None
