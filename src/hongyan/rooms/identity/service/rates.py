"""How often a tenant may ask: the installation's rates, or its own where the operator has set some."""

from dataclasses import asdict

from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import InvalidInput, NotFound
from hongyan.kernel.http.limits import Rates
from hongyan.kernel.ids import TenantId
from hongyan.rooms.identity.contracts import Actor, Permission, TenantRates
from hongyan.rooms.identity.service.audit import AuditLog
from hongyan.rooms.identity.store import rates as store
from hongyan.rooms.identity.store import tenants

MAX_RATE = 1_000_000


class RatesService:
    """API rates of tenants; every web process follows a change within two seconds."""

    def __init__(self, *, audit: AuditLog) -> None:
        """Note changes in ``audit``."""
        self._audit = audit

    async def find(self, uow: Uow, tenant_id: TenantId, preset: Rates) -> Rates:
        """Return what holds for a tenant: its own rates over the installation's."""
        own = await store.find_rates(uow, tenant_id)
        if own is None:
            return preset
        return Rates(**(asdict(preset) | {name: value for name, value in asdict(own).items() if value is not None}))

    async def get(self, uow: Uow, actor: Actor, tenant_id: TenantId) -> TenantRates:
        """Return a tenant's own rates; raises ``NotFound``."""
        actor.require(Permission.TENANT_LIST)
        await self._require_tenant(uow, tenant_id)
        return await store.find_rates(uow, tenant_id) or TenantRates()

    async def put(self, uow: Uow, actor: Actor, tenant_id: TenantId, own: TenantRates) -> None:
        """Set a tenant's own rates; without any, the installation's hold again.

        Raises:
            NotFound: no such tenant.
            InvalidInput: a rate below zero or over a million.
        """
        actor.require(Permission.TENANT_EDIT)
        await self._require_tenant(uow, tenant_id)
        for name, value in asdict(own).items():
            if value is not None and not 0 <= value <= MAX_RATE:
                raise InvalidInput(name, reason=f"must be 0 to {MAX_RATE}", reason_zh=f"须为 0–{MAX_RATE}")
        before = await store.find_rates(uow, tenant_id)
        if own == TenantRates():
            await store.delete_rates(uow, tenant_id)
        else:
            await store.put_rates(uow, tenant_id, own)
        await self._audit.note(
            uow,
            actor,
            "tenant.set_rates",
            subject_kind="tenant",
            subject_id=tenant_id,
            tenant_id=tenant_id,
            before=None if before is None else asdict(before),
            after=asdict(own),
        )

    async def _require_tenant(self, uow: Uow, tenant_id: TenantId) -> None:
        if await tenants.find_tenant(uow, tenant_id) is None:
            raise NotFound(what="tenant", id=tenant_id)
