"""What the console is shown and what it sends, as JSON."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from hongyan.rooms.identity.contracts import (
    ROLE_PERMISSIONS,
    AccessKey,
    KeyState,
    NewAccessKey,
    Permission,
    RealName,
    Role,
    Service,
    Session,
    Tenant,
    TenantState,
    User,
    UserState,
)

Password = Annotated[str, Field(max_length=128)]


class SignIn(BaseModel):
    """A user's name (or ``account/name``) and password.

    ``code``: of the authenticator app, or a recovery code, where the sign-in asks for it
    (``identity.second_factor_wanted``). ``new_password``: where the password is temporary
    (``identity.password_change_wanted``).
    """

    user: Annotated[str, Field(min_length=1, max_length=130)]
    password: Password
    code: Annotated[str | None, Field(max_length=40)] = None
    new_password: Password | None = None


class InstallationView(BaseModel):
    """What everybody may know of an installation, also before signing in."""

    demo: bool


class SessionUser(BaseModel):
    """Who is signed in."""

    id: str
    name: str
    roles: list[Role]


class SessionTenant(BaseModel):
    """The account that is worked for."""

    id: str
    name: str


class SessionView(BaseModel):
    """The session as the console's frame needs it; ``handset_url`` is where a demo shows its virtual handset.

    ``permissions``: what the user's roles allow, so that pages can hide what would be refused.
    """

    user: SessionUser
    permissions: list[Permission]
    tenant: SessionTenant | None
    demo: bool
    handset_url: str | None
    csrf: str
    expires_at: datetime

    @classmethod
    def of(cls, session: Session, *, demo: bool, handset_url: str | None) -> "SessionView":
        """Show a session."""
        user, tenant = session.user, session.tenant
        return cls(
            user=SessionUser(id=user.id, name=user.name, roles=sorted(user.roles)),
            permissions=sorted(set().union(*(ROLE_PERMISSIONS[role] for role in user.roles))),
            tenant=None if tenant is None else SessionTenant(id=tenant.id, name=tenant.legal_name),
            demo=demo,
            handset_url=handset_url,
            csrf=session.csrf_token,
            expires_at=session.expires_at,
        )


class PasswordChange(BaseModel):
    """The own password, old and new."""

    old_password: Password
    new_password: Password


class PasswordReset(BaseModel):
    """Somebody else's new password; a temporary one must be changed at the next sign-in."""

    password: Password
    temporary: bool = True


class KeyView(BaseModel):
    """An access key without its secret."""

    ak: str
    user_id: str
    user_name: str
    state: KeyState
    description: str
    created_at: datetime
    last_used_at: datetime | None

    @classmethod
    def of(cls, key: AccessKey) -> "KeyView":
        """Show a key."""
        return cls(
            ak=key.ak,
            user_id=key.user_id,
            user_name=key.user_name,
            state=key.state,
            description=key.description,
            created_at=key.created_at,
            last_used_at=key.last_used_at,
        )


class NewKeyView(BaseModel):
    """An access key with its secret, which is shown this once."""

    key: KeyView
    sk: str

    @classmethod
    def of(cls, new: NewAccessKey) -> "NewKeyView":
        """Show a new pair."""
        return cls(key=KeyView.of(new.key), sk=new.sk)


class KeyList(BaseModel):
    """All keys that the user may see."""

    items: list[KeyView]
    total: int


class KeyRequest(BaseModel):
    """A key to be made, for oneself or for another user of the account."""

    description: str = ""
    user_id: str | None = None


class KeyChange(BaseModel):
    """Another state of a key."""

    state: KeyState


class ServiceView(BaseModel):
    """One service and whether it is opened."""

    service: Service
    opened: bool


class AccountView(BaseModel):
    """The own account: what opening services depends on, and which are opened."""

    id: str
    legal_name: str
    short_name: str
    credit_code: str
    domain_name: str
    project_id: str
    real_name: RealName
    contact_email: str | None
    zone: str
    language: str
    services: list[ServiceView]

    @classmethod
    def of(cls, tenant: Tenant) -> "AccountView":
        """Show the own account."""
        return cls(
            id=tenant.id,
            legal_name=tenant.legal_name,
            short_name=tenant.short_name,
            credit_code=tenant.credit_code,
            domain_name=tenant.domain_name,
            project_id=tenant.project.id,
            real_name=tenant.real_name,
            contact_email=tenant.contact_email,
            zone=tenant.zone,
            language=tenant.language,
            services=[ServiceView(service=service, opened=service in tenant.services) for service in Service],
        )


class EmailChange(BaseModel):
    """The address to bind."""

    email: Annotated[str, Field(max_length=254)]


class UserView(BaseModel):
    """A user."""

    id: str
    name: str
    email: str | None
    roles: list[Role]
    state: UserState
    created_at: datetime
    last_sign_in_at: datetime | None
    second_factor: bool = False

    @classmethod
    def of(cls, user: User, *, second_factor: bool = False) -> "UserView":
        """Show a user."""
        return cls(
            id=user.id,
            name=user.name,
            email=user.email,
            roles=sorted(user.roles),
            state=user.state,
            created_at=user.created_at,
            last_sign_in_at=user.last_sign_in_at,
            second_factor=second_factor,
        )


class UserList(BaseModel):
    """A page of users."""

    items: list[UserView]
    total: int


class UserRequest(BaseModel):
    """A user to be made; a temporary password must be changed at the first sign-in."""

    name: str
    password: Password
    roles: list[Role]
    email: str | None = None
    temporary: bool = False


class UserChange(BaseModel):
    """Other roles, another state; what is absent stays."""

    roles: list[Role] | None = None
    state: UserState | None = None


class TenantView(BaseModel):
    """A tenant as operators see it."""

    id: str
    legal_name: str
    short_name: str
    credit_code: str
    domain_name: str
    project_id: str
    real_name: RealName
    state: TenantState
    contact_email: str | None
    services: list[Service]
    created_at: datetime

    @classmethod
    def of(cls, tenant: Tenant) -> "TenantView":
        """Show a tenant."""
        return cls(
            id=tenant.id,
            legal_name=tenant.legal_name,
            short_name=tenant.short_name,
            credit_code=tenant.credit_code,
            domain_name=tenant.domain_name,
            project_id=tenant.project.id,
            real_name=tenant.real_name,
            state=tenant.state,
            contact_email=tenant.contact_email,
            services=sorted(tenant.services),
            created_at=tenant.created_at,
        )


class TenantList(BaseModel):
    """A page of tenants."""

    items: list[TenantView]
    total: int


class TenantRequest(BaseModel):
    """A tenant to be made."""

    legal_name: str
    short_name: str
    credit_code: str
    domain_name: str
    contact_email: str | None = None


class TenantChange(BaseModel):
    """What an operator sets; what is absent stays. ``reason`` goes with a suspension."""

    real_name: RealName | None = None
    state: TenantState | None = None
    contact_email: str | None = None
    reason: str = ""
