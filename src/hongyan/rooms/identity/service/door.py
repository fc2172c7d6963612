"""The door of identity: what other rooms and the processes are given."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import Ids, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.kernel.keys.ring import KeyRing
from hongyan.rooms.identity.contracts import Actor, Service, Tenant
from hongyan.rooms.identity.service.access import AccessService
from hongyan.rooms.identity.service.audit import AuditLog
from hongyan.rooms.identity.service.passwords import Passwords
from hongyan.rooms.identity.service.people import PeopleService
from hongyan.rooms.identity.service.rates import RatesService
from hongyan.rooms.identity.service.second_factors import SecondFactorsService
from hongyan.rooms.identity.service.sessions import SessionsService
from hongyan.rooms.identity.service.tenants import TenantsService
from hongyan.rooms.identity.store import audit as audit_store

AUDIT_KEPT = timedelta(days=3 * 365)


class IdentityService:
    """People and keys, in parts: ``tenants``, ``people``, ``sessions``, ``second_factors``, ``access``, ``audit``."""

    def __init__(
        self, *, clock: Clock, ids: Ids, ring: KeyRing, jobs: Jobs, passwords: Passwords | None = None
    ) -> None:
        """Build the parts; ``passwords`` is given where another cost of hashing is wanted."""
        self._clock = clock
        hashes = passwords or Passwords()
        self.audit = AuditLog(clock)
        self.tenants = TenantsService(clock=clock, ids=ids, jobs=jobs, audit=self.audit)
        self.people = PeopleService(clock=clock, ids=ids, audit=self.audit, passwords=hashes)
        self.second_factors = SecondFactorsService(clock=clock, ring=ring, audit=self.audit, passwords=hashes)
        self.sessions = SessionsService(
            clock=clock,
            ids=ids,
            ring=ring,
            audit=self.audit,
            passwords=hashes,
            second_factors=self.second_factors,
        )
        self.access = AccessService(clock=clock, ring=ring, audit=self.audit)
        self.rates = RatesService(audit=self.audit)

    async def get_tenant(self, uow: Uow, tenant_id: TenantId) -> Tenant:
        """Return a tenant; raises ``NotFound``."""
        return await self.tenants.get_tenant(uow, tenant_id)

    async def require_service(self, uow: Uow, tenant_id: TenantId, service: Service) -> Tenant:
        """Return the tenant when it may use a service; raises ``TenantSuspended`` or ``ServiceNotOpened``."""
        return await self.tenants.require_service(uow, tenant_id, service)

    async def note(
        self,
        uow: Uow,
        actor: Actor,
        action: str,
        *,
        subject_kind: str,
        subject_id: str,
        tenant_id: TenantId | None = None,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """Add an entry to the audit log; see :meth:`AuditLog.note`."""
        await self.audit.note(
            uow,
            actor,
            action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            tenant_id=tenant_id,
            before=before,
            after=after,
        )

    async def sweep(self, uow: Uow) -> None:
        """Remove what has ended: sessions, tokens, counts of failures, audit entries of three years ago."""
        await self.sessions.delete_ended(uow)
        await self.access.delete_expired(uow)
        await audit_store.delete_old(uow, self._clock.now() - AUDIT_KEPT)
