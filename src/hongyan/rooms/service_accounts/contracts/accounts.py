"""Accounts and what belongs to them: forms as customers fill them in, and accounts, parts and pictures as stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

from hongyan.kernel.ids import TenantId
from hongyan.rooms.reviews.contracts import ReviewStory


class State(IntEnum):
    """Whether phones show something, in the vendor's numbers. Source: api.md §5.13."""

    NOT_EFFECTIVE = 1
    EFFECTIVE = 2
    EXPIRED = 3
    """Was in effect, and the company's filing is not approved any more."""
    FROZEN = 4


class Approval(IntEnum):
    """Where the latest submission stands, in the vendor's numbers."""

    REVIEWING = 1
    PASSED = 2
    REJECTED = 3


class PartKind(StrEnum):
    """What belongs to an account and is reviewed on its own."""

    MENU = "menu"
    PORTAL = "portal"


class Change(StrEnum):
    """What a submission of an account asks for."""

    CREATE = "create"
    UPDATE = "update"
    UNFREEZE = "unfreeze"


class PictureUse(StrEnum):
    """What a picture is uploaded for."""

    PUB_LOGO = "PUB_LOGO"
    BG_IMAGE = "BG_IMAGE"
    FASTAPP_LOGO = "FASTAPP_LOGO"
    OTHER = "OTHER"


class Action(StrEnum):
    """What a menu item does when it is tapped."""

    OPEN_SUBMENU = "OPEN_SUBMENU"
    OPEN_URL = "OPEN_URL"
    CALLING = "CALLING"
    OPEN_APP = "OPEN_APP"
    OPEN_QUICK = "OPEN_QUICK"


@dataclass(frozen=True, slots=True)
class PubForm:
    """An account as its company describes it. Pictures are named by their ids."""

    logo: str
    name: str
    abstract: str
    remark: str
    industry: int
    """1 to 11; 0: the filing's."""
    proofs: tuple[str, ...]
    auto_ports: bool = False
    """Every channel number of the company that carries one of ``signs`` gets the account."""
    signs: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PubChange:
    """What an update wants to be different; ``None`` stays as it is."""

    logo: str | None = None
    name: str | None = None
    abstract: str | None = None
    remark: str | None = None
    industry: int | None = None
    proofs: tuple[str, ...] | None = None
    auto_ports: bool | None = None
    signs: tuple[str, ...] | None = None
    areas: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Tel:
    """A hotline on the home page."""

    tel: str
    usage: str


@dataclass(frozen=True, slots=True)
class FastApp:
    """A quick app on the home page."""

    name: str
    logo: str
    description: str
    deeplink: str
    engine_version: str


@dataclass(frozen=True, slots=True)
class PortalForm:
    """A home page."""

    background: str
    summary: str
    tels: tuple[Tel, ...] = ()
    fastapps: tuple[FastApp, ...] = ()


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A menu item; ``ext`` holds what its action needs besides ``content``."""

    name: str
    action: Action
    content: str = ""
    ext: Mapping[str, str] = field(default_factory=dict)
    children: tuple["MenuItem", ...] = ()


@dataclass(frozen=True, slots=True)
class MenuForm:
    """The menus at the bottom of the conversation, left to right."""

    items: tuple[MenuItem, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """An uploaded picture. ``size_bytes`` is the upload's; what is kept was drawn anew."""

    picture_id: str
    """32 hex digits."""
    tenant_id: TenantId
    use: PictureUse
    media_type: str
    size_bytes: int
    width: int
    height: int
    created_at: datetime

    @property
    def name(self) -> str:
        """The file's name with the extension of what is kept."""
        return f"{self.picture_id}.{'png' if self.media_type == 'image/png' else 'jpg'}"


@dataclass(frozen=True, slots=True)
class Pub:
    """An account. ``live`` is what was approved last, ``draft`` what waits or was rejected since."""

    pub_id: str
    tenant_id: TenantId
    state: State
    approval: Approval
    live: PubForm | None
    draft: PubForm | None
    change: Change
    change_reason: str
    review_id: str | None
    review_desc: str
    log_id: int
    created_at: datetime
    oper_at: datetime
    online_at: datetime | None

    @property
    def shown(self) -> PubForm:
        """What lists show: the approved form, else the one that was handed in."""
        form = self.live or self.draft
        if form is None:
            msg = "an account has a form"
            raise AssertionError(msg)
        return form


@dataclass(frozen=True, slots=True)
class Part:
    """A menu set or a home page, each with its own review. ``form`` fields as in :class:`Pub`."""

    part_id: str
    tenant_id: TenantId
    pub_id: str
    kind: PartKind
    approval: Approval
    live: MenuForm | PortalForm | None
    draft: MenuForm | PortalForm | None
    change_reason: str
    review_id: str | None
    log_id: int
    creator: str
    created_at: datetime
    oper_at: datetime
    online_at: datetime | None

    @property
    def shown(self) -> MenuForm | PortalForm:
        """What lists show."""
        form = self.live or self.draft
        if form is None:
            msg = "a part has a form"
            raise AssertionError(msg)
        return form


@dataclass(frozen=True, slots=True)
class PartRow:
    """A part with its account, as lists show them."""

    part: Part
    pub: Pub
    state: State


@dataclass(frozen=True, slots=True)
class PubSheet:
    """All of an account: itself with its state, its parts, and what the desk said of each."""

    pub: Pub
    state: State
    parts: tuple[PartRow, ...]
    stories: Mapping[str, tuple[ReviewStory, ...]]
    """By the id of the account or the part, the newest first."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a phone is, as far as it says; names as in the list of regions."""

    province: str | None = None
    city: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What a phone shows: the account with those parts that are in effect."""

    pub_id: str
    tenant_id: TenantId
    pub: PubForm
    menu: MenuForm | None
    portal: PortalForm | None
