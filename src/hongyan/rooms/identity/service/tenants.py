"""Tenants: made by the operator, and the services that they open themselves (开通)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo, available_timezones

from hongyan.kernel.clock import DEFAULT_ZONE, Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import InvalidInput, NotFound
from hongyan.kernel.ids import Ids, ProjectId, TenantId
from hongyan.kernel.jobs.queue import Jobs, JsonValue
from hongyan.kernel.paging import Page
from hongyan.rooms.identity.contracts import (
    OPENED_WITH,
    PROJECT_NAME,
    Actor,
    Permission,
    Project,
    RealName,
    Service,
    Tenant,
    TenantSort,
    TenantState,
    TenantWaits,
)
from hongyan.rooms.identity.errors import (
    EmailMissing,
    NameTaken,
    RealNameMissing,
    ServiceNotOpened,
    TenantSuspended,
)
from hongyan.rooms.identity.rules import names
from hongyan.rooms.identity.service.audit import AuditLog
from hongyan.rooms.identity.store import tenants as store

_LANGUAGES = frozenset({"zh-CN", "en"})


@dataclass(frozen=True, slots=True)
class NewTenant:
    """What is known of an enterprise when its account is made."""

    legal_name: str
    short_name: str
    credit_code: str
    domain_name: str
    contact_email: str | None = None
    zone: str = DEFAULT_ZONE.key
    language: str = "zh-CN"


class TenantsService:
    """Makes, finds and changes tenants."""

    def __init__(self, *, clock: Clock, ids: Ids, jobs: Jobs, audit: AuditLog) -> None:
        """Tell delivery of suspensions through ``jobs``."""
        self._clock = clock
        self._ids = ids
        self._jobs = jobs
        self._audit = audit

    async def create_tenant(self, uow: Uow, actor: Actor, new: NewTenant) -> Tenant:
        """Make a tenant, active and not yet verified, with its one project.

        Raises:
            Forbidden: the actor is no operator.
            InvalidInput: a field breaks its rule.
            NameTaken: the account name or the credit code is in use.
        """
        actor.require(Permission.TENANT_EDIT)
        tenant = Tenant(
            id=TenantId(self._ids.uuid()),
            legal_name=names.check_legal_name(new.legal_name),
            short_name=names.check_short_name(new.short_name),
            credit_code=names.check_credit_code(new.credit_code),
            domain_name=names.check_domain_name(new.domain_name),
            project=Project(ProjectId(secrets.token_hex(16)), PROJECT_NAME),
            real_name=RealName.NONE,
            state=TenantState.ACTIVE,
            contact_email=None if new.contact_email is None else names.check_email(new.contact_email),
            zone=_check_zone(new.zone),
            language=_check_language(new.language),
            services=frozenset(),
            created_at=self._clock.now(),
        )
        if not await store.insert_tenant(uow, tenant):
            raise NameTaken("domain_name", what="account", name=f"{new.domain_name} / {new.credit_code}")
        after = {"domain_name": tenant.domain_name, "legal_name": tenant.legal_name, "credit_code": tenant.credit_code}
        await self._note(uow, actor, "tenant.create", tenant.id, after=after)
        return tenant

    async def get_tenant(self, uow: Uow, tenant_id: TenantId) -> Tenant:
        """Return a tenant.

        Raises:
            NotFound: there is none with this id.
        """
        return _found(await store.find_tenant(uow, tenant_id), tenant_id)

    async def find_tenant_by_domain(self, uow: Uow, domain_name: str) -> Tenant | None:
        """Return the tenant with an account name."""
        return await store.find_tenant_by_domain(uow, domain_name)

    async def list_tenants(
        self,
        uow: Uow,
        actor: Actor,
        *,
        search: str | None = None,
        state: TenantState | None = None,
        waits_for: TenantWaits | None = None,
        sort: TenantSort = "-created_at",
        offset: int = 0,
        limit: int = 20,
    ) -> Page[Tenant]:
        """Return tenants, the newest first unless something else is wanted."""
        actor.require(Permission.TENANT_LIST)
        return await store.list_tenants(
            uow, search=search, state=state, waits_for=waits_for, sort=sort, offset=offset, limit=limit
        )

    async def set_real_name(self, uow: Uow, actor: Actor, tenant_id: TenantId, real_name: RealName) -> Tenant:
        """Note whether the enterprise's real-name verification is done."""
        actor.require(Permission.TENANT_EDIT)
        tenant = _found(await store.find_tenant(uow, tenant_id, lock=True), tenant_id)
        await store.update_tenant(uow, tenant_id, {"real_name": real_name.value})
        before, after = {"real_name": tenant.real_name.value}, {"real_name": real_name.value}
        await self._note(uow, actor, "tenant.set_real_name", tenant_id, before=before, after=after)
        return replace(tenant, real_name=real_name)

    async def set_state(
        self, uow: Uow, actor: Actor, tenant_id: TenantId, state: TenantState, *, reason: str = ""
    ) -> Tenant:
        """Suspend a tenant, so that its sending stops within seconds, or let it go on (repeating changes nothing)."""
        actor.require(Permission.TENANT_EDIT)
        tenant = _found(await store.find_tenant(uow, tenant_id, lock=True), tenant_id)
        if tenant.state is state:
            return tenant
        await store.update_tenant(uow, tenant_id, {"state": state.value})
        job = "delivery.open_gate" if state is TenantState.ACTIVE else "delivery.close_gate"
        gate: dict[str, JsonValue] = {
            "tenant_id": tenant_id,
            "kind": "tenant",
            "subject_id": tenant_id,
            "reason": reason or "suspended",
        }
        await self._jobs.defer(uow, job, gate)
        before, after = {"state": tenant.state.value}, {"state": state.value, "reason": reason}
        await self._note(uow, actor, "tenant.set_state", tenant_id, before=before, after=after)
        return replace(tenant, state=state)

    async def bind_email(self, uow: Uow, actor: Actor, tenant_id: TenantId, email: str) -> Tenant:
        """Bind the account's contact address: an administrator for the own tenant, an operator for any."""
        actor.require(Permission.SERVICE_OPEN if actor.tenant_id == tenant_id else Permission.TENANT_EDIT)
        email = names.check_email(email)
        tenant = _found(await store.find_tenant(uow, tenant_id, lock=True), tenant_id)
        await store.update_tenant(uow, tenant_id, {"contact_email": email})
        before, after = {"contact_email": tenant.contact_email}, {"contact_email": email}
        await self._note(uow, actor, "tenant.bind_email", tenant_id, before=before, after=after)
        return replace(tenant, contact_email=email)

    async def open_service(self, uow: Uow, actor: Actor, service: Service) -> Tenant:
        """Open a service for the actor's tenant, and those that come with it (opening again changes nothing).

        Raises:
            Forbidden: only the account's administrator opens services.
            RealNameMissing: the enterprise is not verified.
            EmailMissing: no contact address is bound.
        """
        tenant_id = actor.tenant(Permission.SERVICE_OPEN)
        tenant = _found(await store.find_tenant(uow, tenant_id, lock=True), tenant_id)
        if tenant.real_name is not RealName.VERIFIED:
            raise RealNameMissing
        if tenant.contact_email is None:
            raise EmailMissing
        wanted = {service} | OPENED_WITH.get(service, frozenset())
        fresh = wanted - tenant.services
        if not fresh:
            return tenant
        await store.insert_services(uow, tenant_id, fresh, by=actor.user_id, at=self._clock.now())
        opened = tenant.services | fresh
        before, after = {"services": sorted(tenant.services)}, {"services": sorted(opened)}
        await self._note(uow, actor, "service.open", tenant_id, before=before, after=after)
        return replace(tenant, services=opened)

    async def require_service(self, uow: Uow, tenant_id: TenantId, service: Service) -> Tenant:
        """Return the tenant when it may use a service.

        Raises:
            TenantSuspended: the account is suspended.
            ServiceNotOpened: the service is not opened yet.
        """
        tenant = await self.get_tenant(uow, tenant_id)
        if tenant.state is not TenantState.ACTIVE:
            raise TenantSuspended
        if service not in tenant.services:
            raise ServiceNotOpened(service=service.value)
        return tenant

    async def _note(
        self,
        uow: Uow,
        actor: Actor,
        action: str,
        tenant_id: TenantId,
        *,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object],
    ) -> None:
        await self._audit.note(
            uow,
            actor,
            action,
            subject_kind="tenant",
            subject_id=tenant_id,
            tenant_id=tenant_id,
            before=before,
            after=after,
        )


def _found(tenant: Tenant | None, tenant_id: TenantId) -> Tenant:
    if tenant is None:
        raise NotFound(what="tenant", id=tenant_id)
    return tenant


def _check_zone(zone: str) -> str:
    if zone not in available_timezones():
        raise InvalidInput("zone", reason="not a time zone's name", reason_zh="不是有效的时区名称")
    return ZoneInfo(zone).key


def _check_language(language: str) -> str:
    if language not in _LANGUAGES:
        raise InvalidInput("language", reason="zh-CN or en", reason_zh="应为 zh-CN 或 en")
    return language
