"""What this room gives and takes: forms as customers fill them in, and accounts, parts, ports and pictures as stored.

Not for: the vendor's field names (``vendor_api``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Literal

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


class PortType(IntEnum):
    """How a channel number is compared with a message's sender, in the vendor's numbers."""

    PLAIN = 1
    PREFIX = 3
    SUFFIX = 5


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
class PortForm:
    """A channel number as registered. ``is_checked``: the message's signature must be one of ``signs``."""

    port: str
    type: PortType
    signs: tuple[str, ...]
    is_checked: bool
    proofs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Port:
    """A registered channel number."""

    port_id: str
    tenant_id: TenantId
    form: PortForm
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Binding:
    """Which account a channel number shows, for which signatures and where."""

    binding_id: str
    tenant_id: TenantId
    port_id: str
    pub_id: str
    signs: tuple[str, ...]
    areas: tuple[str, ...]
    is_auto: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PortRow:
    """A channel number with the accounts bound to it, or a binding with both of its ends."""

    port: Port
    pubs: tuple[Pub, ...] = ()
    binding: Binding | None = None


AccountSort = Literal["name", "-name", "online_at", "-online_at", "created_at", "-created_at"]
"""By what accounts and their parts are listed (``name`` is the account's); ``-`` puts the largest first."""
PortSort = Literal["port", "-port", "created_at", "-created_at"]
"""By what channel numbers and bindings are listed."""


@dataclass(frozen=True, slots=True)
class Window:
    """Offset and limit of a list, the span of its time filter, its order."""

    offset: int = 0
    limit: int = 10
    begin: datetime | None = None
    end: datetime | None = None
    sort: AccountSort | PortSort = "-created_at"


@dataclass(frozen=True, slots=True)
class PubFilter:
    """Which accounts a list shows; names match in part."""

    name: str | None = None
    state: State | None = None
    approval: Approval | None = None
    industry: int | None = None


@dataclass(frozen=True, slots=True)
class PartFilter:
    """Which menus or home pages a list shows."""

    part_id: str | None = None
    pub_id: str | None = None
    pub_name: str | None = None
    title: str | None = None
    """Part of a first-level menu's name."""
    state: State | None = None


@dataclass(frozen=True, slots=True)
class PortFilter:
    """Which channel numbers or bindings a list shows."""

    port: str | None = None
    type: PortType | None = None
    sign: str | None = None
    pub_name: str | None = None
    is_bound: bool | None = None


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


class TapTarget(StrEnum):
    """What somebody tapped on a phone."""

    HOME = "home"
    """The account's name, which opens its home page."""
    MENU = "menu"
    """A menu item that leads somewhere."""
    SUBMENU = "submenu"
    """A menu item that only shows those below it."""
    TEL = "tel"
    FASTAPP = "fastapp"


@dataclass(frozen=True, slots=True)
class Tap:
    """A tap as a vendor reports it: nothing in it says who tapped.

    ``item`` names the menu item (with its parent before it), the hotline or the quick app; it is empty for the home
    page. ``target`` is never ``SUBMENU``: the platform knows its menus.
    """

    event_id: str
    pub_id: str
    target: TapTarget
    item: tuple[str, ...]
    at: datetime


TapSort = Literal[
    "day", "-day", "times", "-times", "home", "-home", "menu", "-menu", "submenu", "-submenu", "tel", "-tel",
    "fastapp", "-fastapp",
]  # fmt: skip
"""By which column taps are listed; ``-`` puts the largest first."""
TapItemSort = Literal["day", "-day", "times", "-times"]
"""The same of single things, which have no other counts."""


@dataclass(frozen=True, slots=True)
class TapFilter:
    """Which taps are counted, and whether by day or month of a zone. ``pub_name`` is a part of a name."""

    begin: datetime
    end: datetime
    """Exclusive; both are full hours."""
    zone: str
    by_month: bool = False
    pub_id: str | None = None
    pub_name: str | None = None
    target: TapTarget | None = None
    sort: TapSort | None = None
    """Days, the newest first, and the most taps of each first unless it says otherwise."""


@dataclass(frozen=True, slots=True)
class TapCounts:
    """How often something was tapped, by what it was."""

    home: int = 0
    menu: int = 0
    submenu: int = 0
    tel: int = 0
    fastapp: int = 0


@dataclass(frozen=True, slots=True)
class TapRow:
    """The taps on an account on a day (or in the month that begins with it)."""

    day: date
    pub_id: str
    pub_name: str
    counts: TapCounts


@dataclass(frozen=True, slots=True)
class TapItemRow:
    """The taps on one thing of an account."""

    day: date
    pub_id: str
    pub_name: str
    target: TapTarget
    item: str
    """Empty for the home page."""
    times: int
