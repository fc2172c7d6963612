"""Who acts, what they may do, and for which tenant: the types every other room takes from identity.

Not for: how a request proves who it is (``service`` and the HTTP skins), nor rows (``store``).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal, Protocol

from hongyan.kernel.errors import Forbidden
from hongyan.kernel.ids import ProjectId, TenantId, UserId

Via = Literal["console", "aksk", "token", "cli", "system"]
"""The door an actor came through."""

PROJECT_NAME = "cn-north-4"
"""The one region; every tenant has one project of this name. Source: the vendor's SDK."""


class Service(StrEnum):
    """What a tenant can open (开通)."""

    SMART = "smart"
    BASIC = "basic"
    SERVICE_ACCOUNTS = "service_accounts"
    SMS = "sms"
    PUSH = "push"
    MEDIA = "media"
    MARKETING = "marketing"


OPENED_WITH: Mapping[Service, frozenset[Service]] = MappingProxyType({Service.SMART: frozenset({Service.SMS})})
"""Services that are opened together with another: smart messages need plain SMS."""


class Permission(StrEnum):
    """One thing somebody may do; ``kooMessage:…`` are the vendor's IAM actions, ``hongyan:…`` are ours.

    Source: api.md of the requirements §1.5; actions its table does not show are named after the same pattern.
    """

    CARD_TEMPLATE_LIST = "kooMessage:devTemplate:list"
    CARD_TEMPLATE_CREATE = "kooMessage:devTemplate:create"
    CARD_TEMPLATE_UPDATE = "kooMessage:devTemplate:update"
    CARD_TEMPLATE_DELETE = "kooMessage:devTemplate:delete"
    MATERIAL_LIST = "kooMessage:devMaterial:list"
    MATERIAL_CREATE = "kooMessage:devMaterial:create"
    MATERIAL_DELETE = "kooMessage:devMaterial:delete"
    REPORT_LIST = "kooMessage:devTemplateReport:list"
    RESOLVE_TASK_CREATE = "kooMessage:devResolveTask:create"
    RESOLVE_TASK_LIST = "kooMessage:devResolveTask:list"
    CAPABILITY_CHECK = "kooMessage:devMobileCapability:check"
    SEND_TASK_CREATE = "kooMessage:devSendTask:create"
    SEND_TASK_LIST = "kooMessage:devSendTask:list"
    CALLBACK_LIST = "kooMessage:devCallback:list"
    CALLBACK_CREATE = "kooMessage:devCallback:create"
    SMS_APP_LIST = "kooMessage:aimMsgApp:list"
    SMS_APP_CREATE = "kooMessage:aimMsgApp:create"
    SMS_APP_UPDATE = "kooMessage:aimMsgApp:update"
    SIGNATURE_LIST = "kooMessage:aimMsgSignature:list"
    SIGNATURE_CREATE = "kooMessage:aimMsgSignature:create"
    SIGNATURE_UPDATE = "kooMessage:aimMsgSignature:update"
    SIGNATURE_DELETE = "kooMessage:aimMsgSignature:delete"
    SMS_TEMPLATE_LIST = "kooMessage:aimMsgTemplate:list"
    SMS_TEMPLATE_CREATE = "kooMessage:aimMsgTemplate:create"
    SMS_TEMPLATE_UPDATE = "kooMessage:aimMsgTemplate:update"
    SMS_TEMPLATE_DELETE = "kooMessage:aimMsgTemplate:delete"
    PUB_LIST = "kooMessage:aimSaPub:list"
    PUB_EDIT = "kooMessage:aimSaPub:create"
    PORTAL_LIST = "kooMessage:aimSaPortal:list"
    PORTAL_EDIT = "kooMessage:aimSaPortal:create"
    MENU_LIST = "kooMessage:aimSaMenu:list"
    MENU_EDIT = "kooMessage:aimSaMenu:create"
    PORT_LIST = "kooMessage:aimSaPort:list"
    PORT_EDIT = "kooMessage:aimSaPort:create"
    PORT_DELETE = "kooMessage:aimSaPort:delete"
    BASIC_TEMPLATE_LIST = "kooMessage:aimBasicTemplate:list"
    BASIC_TEMPLATE_EDIT = "kooMessage:aimBasicTemplate:create"
    BASIC_SEND_CREATE = "kooMessage:aimBasicSendTask:create"
    BASIC_SEND_LIST = "kooMessage:aimBasicSendTask:list"

    OVERVIEW_VIEW = "hongyan:overview:view"
    CONSOLE_LIST = "hongyan:console:list"
    NUMBER_FILE_CREATE = "hongyan:numberFile:create"
    NUMBER_FILE_LIST = "hongyan:numberFile:list"
    NUMBER_REVEAL = "hongyan:number:reveal"
    MESSAGE_EXPORT = "hongyan:message:export"
    SEND_TASK_CONTROL = "hongyan:sendTask:control"
    OPT_OUT_EDIT = "hongyan:optOut:edit"
    LINK_DOMAIN_LIST = "hongyan:linkDomain:list"
    LINK_DOMAIN_EDIT = "hongyan:linkDomain:edit"
    FILING_LIST = "hongyan:filing:list"
    FILING_EDIT = "hongyan:filing:edit"
    SERVICE_OPEN = "hongyan:service:open"
    USER_LIST = "hongyan:user:list"
    USER_EDIT = "hongyan:user:edit"
    ACCESS_KEY_OWN = "hongyan:accessKey:own"
    AUDIT_LIST = "hongyan:audit:list"

    TENANT_LIST = "hongyan:tenant:list"
    TENANT_EDIT = "hongyan:tenant:edit"
    CHANNEL_LIST = "hongyan:channel:list"
    CHANNEL_EDIT = "hongyan:channel:edit"
    HANDSET_VENDOR_EDIT = "hongyan:handsetVendor:edit"
    PLATFORM_TEMPLATE_EDIT = "hongyan:platformTemplate:edit"
    REVIEW_LIST = "hongyan:review:list"
    REVIEW_DECIDE = "hongyan:review:decide"


class Role(StrEnum):
    """A set of permissions that a user holds; the first four belong to tenants, the last two to the platform."""

    TE_ADMIN = "te_admin"
    CAMPAIGN_OPERATOR = "campaign_operator"
    DEVELOPER = "developer"
    READ_ONLY = "read_only"
    PLATFORM_OPERATOR = "platform_operator"
    REVIEWER = "reviewer"


PLATFORM_ROLES = frozenset({Role.PLATFORM_OPERATOR, Role.REVIEWER})
"""Roles of people who run the installation and belong to no tenant."""

_P = Permission
_API_LISTS = frozenset(p for p in _P if p.startswith("kooMessage:") and p.endswith(":list"))
_CONSOLE_LISTS = frozenset(
    {_P.OVERVIEW_VIEW, _P.CONSOLE_LIST, _P.NUMBER_FILE_LIST, _P.LINK_DOMAIN_LIST, _P.FILING_LIST}
)
_API_SENDS = frozenset(
    {_P.RESOLVE_TASK_CREATE, _P.CAPABILITY_CHECK, _P.SEND_TASK_CREATE, _P.SEND_TASK_CONTROL, _P.BASIC_SEND_CREATE}
    | {_P.NUMBER_FILE_CREATE, _P.NUMBER_FILE_LIST}
)
_API_EDITS = frozenset(
    {_P.CARD_TEMPLATE_CREATE, _P.CARD_TEMPLATE_UPDATE, _P.CARD_TEMPLATE_DELETE}
    | {_P.MATERIAL_CREATE, _P.MATERIAL_DELETE}
    | {_P.SMS_APP_CREATE, _P.SMS_APP_UPDATE}
    | {_P.SIGNATURE_CREATE, _P.SIGNATURE_UPDATE, _P.SIGNATURE_DELETE}
    | {_P.SMS_TEMPLATE_CREATE, _P.SMS_TEMPLATE_UPDATE, _P.SMS_TEMPLATE_DELETE}
    | {_P.BASIC_TEMPLATE_EDIT}
)
_PLATFORM = frozenset(
    {_P.TENANT_LIST, _P.TENANT_EDIT, _P.CHANNEL_LIST, _P.CHANNEL_EDIT, _P.HANDSET_VENDOR_EDIT}
    | {_P.PLATFORM_TEMPLATE_EDIT, _P.REVIEW_LIST, _P.REVIEW_DECIDE}
)

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        # FullAccess: everything a tenant can do; alone in services, people, callbacks, deleting ports and unbinding.
        Role.TE_ADMIN: frozenset(Permission) - _PLATFORM,
        # CommonOperations: works with everything in API and console.
        Role.CAMPAIGN_OPERATOR: _API_LISTS
        | _CONSOLE_LISTS
        | _API_SENDS
        | _API_EDITS
        | {_P.PUB_EDIT, _P.PORTAL_EDIT, _P.MENU_EDIT, _P.PORT_EDIT}
        | {
            _P.FILING_EDIT,
            _P.LINK_DOMAIN_EDIT,
            _P.OPT_OUT_EDIT,
            _P.MESSAGE_EXPORT,
            _P.NUMBER_REVEAL,
            _P.ACCESS_KEY_OWN,
        },
        # Development: the API, without the console's lists and without service accounts.
        Role.DEVELOPER: _API_LISTS | _API_SENDS | _API_EDITS | {_P.OVERVIEW_VIEW, _P.ACCESS_KEY_OWN},
        # ReadOnlyAccess.
        Role.READ_ONLY: _API_LISTS | _CONSOLE_LISTS,
        Role.PLATFORM_OPERATOR: _PLATFORM - {_P.REVIEW_DECIDE}
        | {_P.OVERVIEW_VIEW, _P.AUDIT_LIST, _P.USER_LIST, _P.USER_EDIT, _P.NUMBER_REVEAL},
        Role.REVIEWER: frozenset({_P.REVIEW_LIST, _P.REVIEW_DECIDE, _P.TENANT_LIST, _P.OVERVIEW_VIEW}),
    }
)
"""What each role may do. Source: product.md of the requirements §8."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody, or some part of the system, who wants something done now.

    ``tenant_id`` is ``None`` for people of the platform; ``address`` (the client's) and ``request_id`` are for the
    audit log.
    """

    tenant_id: TenantId | None
    user_id: UserId
    user_name: str
    roles: frozenset[Role]
    via: Via
    address: str | None = None
    request_id: str | None = None

    def may(self, permission: Permission) -> bool:
        """Tell whether the actor holds a permission; the system itself and the operator's shell hold all."""
        return self.via in {"system", "cli"} or any(permission in ROLE_PERMISSIONS[role] for role in self.roles)

    def require(self, permission: Permission) -> None:
        """Let the actor pass.

        Raises:
            Forbidden: the permission is not among the actor's.
        """
        if not self.may(permission):
            raise Forbidden(permission=permission.value)

    def tenant(self, permission: Permission | None = None) -> TenantId:
        """Return the tenant acted for, after :meth:`require` when a permission is named.

        Raises:
            Forbidden: the permission is missing, or the actor belongs to the platform and to no tenant.
        """
        if permission is not None:
            self.require(permission)
        if self.tenant_id is None:
            raise Forbidden(permission="hongyan:tenant:member")
        return self.tenant_id


def system_actor(tenant_id: TenantId | None = None) -> Actor:
    """Return the actor of work that no person asks for just now (jobs, seeds)."""
    return Actor(tenant_id, UserId("00000000-0000-0000-0000-000000000000"), "system", frozenset(), "system")


class RealName(StrEnum):
    """State of a tenant's enterprise real-name verification; the operator sets it."""

    NONE = "none"
    VERIFIED = "verified"


class TenantState(StrEnum):
    """Whether a tenant may do anything at all."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Project:
    """The vendor's project: exactly one per tenant. ``id`` is 32 hex digits."""

    id: ProjectId
    name: str


TenantWaits = Literal["real_name", "opening"]
"""For what a tenant that has opened no service waits: for the operator, or for its own master account."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """An enterprise. ``domain_name`` is its account name at sign-in (the vendor's IAM domain)."""

    id: TenantId
    legal_name: str
    short_name: str
    credit_code: str
    domain_name: str
    project: Project
    real_name: RealName
    state: TenantState
    contact_email: str | None
    zone: str
    language: str
    services: frozenset[Service]
    created_at: datetime

    @property
    def domain_id(self) -> str:
        """The tenant's id as the vendor's SDK writes it: 32 hex digits."""
        return self.id.replace("-", "")


class UserState(StrEnum):
    """Whether a user may sign in."""

    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class User:
    """A person who signs in; ``tenant_id`` is ``None`` for people of the platform."""

    id: UserId
    tenant_id: TenantId | None
    name: str
    email: str | None
    roles: frozenset[Role]
    state: UserState
    created_at: datetime
    last_sign_in_at: datetime | None


TenantSort = Literal["legal_name", "-legal_name", "created_at", "-created_at"]
"""By what tenants are listed; ``-`` puts the largest first."""
UserSort = Literal["name", "-name", "created_at", "-created_at", "last_sign_in_at", "-last_sign_in_at"]
"""By what people are listed; ``-`` puts the largest first."""


@dataclass(frozen=True, slots=True)
class UserFilter:
    """Which people a list asks for; ``None`` asks nothing."""

    name: str | None = None
    """A part of the name, in any case."""
    role: Role | None = None
    state: UserState | None = None
    sort: UserSort = "name"


EVERYBODY = UserFilter()


class KeyState(StrEnum):
    """Whether an access key signs requests."""

    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class AccessKey:
    """The public half of an AK/SK pair."""

    ak: str
    user_id: UserId
    user_name: str
    tenant_id: TenantId
    state: KeyState
    description: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewAccessKey:
    """An AK/SK pair at the only moment its secret is shown."""

    key: AccessKey
    sk: str


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in of one user: who, the CSRF token its writes must carry, and when it ends at the latest."""

    id: str
    user: User
    tenant: Tenant | None
    csrf_token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session found by its cookie; ``new_token`` is set when the cookie must be replaced now."""

    session: Session
    new_token: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Who looks at a page that stays open, and a way to ask, now and then, whether they still may."""

    actor: Actor
    is_valid: Callable[[], Awaitable[bool]]
    """``False``: signed out, ended, suspended, or with other roles than at first. Asking is not using the session."""


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One of a user's sign-ins as the user sees it; ``agent`` is what the browser calls itself."""

    id: str
    address: str | None
    agent: str | None
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """How a user's second factor stands: on since when (``None``: off), and the recovery codes left."""

    since: datetime | None
    codes_left: int


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A new second factor at the only moment its secret is shown: in base32, and as the URI of a QR code."""

    secret: str
    uri: str


@dataclass(frozen=True, slots=True)
class Signer:
    """What checks a signed request: the secret of an access key and everything that may forbid its use."""

    ak: str
    sk: bytes
    key_state: KeyState
    user: User
    tenant: Tenant
    failures: int
    locked_until: datetime | None
    last_used_at: datetime | None


TokenScope = Literal["project", "domain"]


@dataclass(frozen=True, slots=True)
class Token:
    """An ``X-Auth-Token`` without its secret text."""

    user: User
    tenant: Tenant
    scope: TokenScope
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TenantRates:
    """API requests per second of one tenant where they differ from the installation's; ``None``: they do not."""

    total: int | None = None
    send: int | None = None
    upload: int | None = None
    list: int | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to what, from where; ``before`` and ``after`` hold no secrets."""

    id: int
    at: datetime
    tenant_id: TenantId | None
    user_id: UserId
    user_name: str
    via: str
    address: str | None
    action: str
    subject_kind: str
    subject_id: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    request_id: str | None


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries of the audit log are wanted; ``None``: any. ``end`` is not included.

    ``user_name`` is a part of a name, after ``account/`` where one account's people are meant. ``refused``: only what
    was refused, or only what was done.
    """

    action: str | None = None
    user_id: UserId | None = None
    user_name: str | None = None
    subject_kind: str | None = None
    subject_id: str | None = None
    begin: datetime | None = None
    end: datetime | None = None
    refused: bool | None = None


REFUSALS = frozenset({"session.refuse", "access_key.lock"})
"""Actions of the audit log that were refused; every other one was done."""


class Auth(Protocol):
    """The two proofs of identity, as FastAPI dependencies: ``Annotated[Actor, Depends(auth.vendor)]``."""

    @property
    def vendor(self) -> Callable[..., Awaitable[Actor]]:
        """Dependency of the vendor's doors: AK/SK signature or ``X-Auth-Token``."""
        ...

    @property
    def console(self) -> Callable[..., Awaitable[Actor]]:
        """Dependency of the console's doors: session cookie, and the CSRF header on writes."""
        ...


@dataclass(frozen=True, slots=True)
class AuthDoors:
    """An :class:`Auth` put together from the two skins."""

    vendor: Callable[..., Awaitable[Actor]]
    console: Callable[..., Awaitable[Actor]]
