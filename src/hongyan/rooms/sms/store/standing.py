"""How much of what a tenant has, in one statement; tenant first."""

from collections.abc import Sequence
from typing import Final, LiteralString

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId

_COUNTS: Final[LiteralString] = """
SELECT 'app', status, count(*)::int8 FROM sms_apps WHERE tenant_id = %s::uuid GROUP BY status
UNION ALL
SELECT 'signature', status, count(*)::int8 FROM sms_signatures WHERE tenant_id = %s::uuid GROUP BY status
UNION ALL
SELECT 'template', status, count(*)::int8 FROM sms_templates WHERE tenant_id = %s::uuid GROUP BY status
"""


async def count_by_status(uow: Uow, tenant_id: TenantId) -> list[tuple[str, str, int]]:
    """Return how many apps, signatures and templates are in which status."""
    rows = await uow.fetch(_COUNTS, (tenant_id, tenant_id, tenant_id))
    return [(row[0], row[1], row[2]) for row in rows]


_NAMES: Final[LiteralString] = """
SELECT name FROM sms_signatures WHERE tenant_id = %s::uuid AND signature_id::text = ANY (%s) ORDER BY name
"""


async def list_signature_names(uow: Uow, tenant_id: TenantId, signature_ids: Sequence[str]) -> list[str]:
    """Return the names of those signatures that the tenant has."""
    return [row[0] for row in await uow.fetch(_NAMES, (tenant_id, list(signature_ids)))]
