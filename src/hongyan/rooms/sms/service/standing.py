"""How far a tenant has come with plain SMS: what the overview's guide asks. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.rooms.sms.contracts import SignatureStatus, TemplateStatus
from hongyan.rooms.sms.store import standing as store


@dataclass(frozen=True, slots=True)
class SmsStanding:
    """How many a tenant has; statuses of which there is none are absent."""

    apps: int
    signatures: Mapping[SignatureStatus, int]
    templates: Mapping[TemplateStatus, int]


async def read_standing(uow: Uow, tenant_id: TenantId) -> SmsStanding:
    """Return what a tenant has, by status."""
    apps, signatures, templates = 0, dict[SignatureStatus, int](), dict[TemplateStatus, int]()
    for kind, status, count in await store.count_by_status(uow, tenant_id):
        if kind == "app":
            apps += count
        elif kind == "signature":
            signatures[SignatureStatus(status)] = count
        else:
            templates[TemplateStatus(status)] = count
    return SmsStanding(apps, signatures, templates)


async def list_signature_names(uow: Uow, tenant_id: TenantId, signature_ids: Sequence[str]) -> list[str]:
    """Return the names of those signatures that the tenant has; other ids have none."""
    return await store.list_signature_names(uow, tenant_id, signature_ids)
