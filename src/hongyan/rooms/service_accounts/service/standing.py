"""How far a tenant has come with service accounts: what the overview's guide asks. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.rooms.service_accounts.contracts.accounts import Approval, State
from hongyan.rooms.service_accounts.store import standing as store


@dataclass(frozen=True, slots=True)
class AccountsStanding:
    """How many a tenant has."""

    effective: int
    reviewing: int
    """Submissions that wait, of accounts in effect also."""
    rejected: int
    accounts: int
    """All of them."""
    ports: int
    bindings: int


async def read_standing(uow: Uow, tenant_id: TenantId) -> AccountsStanding:
    """Return what a tenant has."""
    return AccountsStanding(
        *await store.count_all(
            uow,
            tenant_id,
            effective=State.EFFECTIVE.value,
            reviewing=Approval.REVIEWING.value,
            rejected=Approval.REJECTED.value,
        )
    )


async def list_bound_signs(uow: Uow, tenant_id: TenantId, signs: Sequence[str]) -> tuple[str, ...]:
    """Return which channel numbers show which accounts for messages of these signatures: ``1069… · account``."""
    return tuple(f"{port} · {account}" for port, account in await store.list_bound(uow, tenant_id, signs))
