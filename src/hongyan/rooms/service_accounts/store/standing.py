"""How much of what a tenant has, in one statement; tenant first."""

from typing import Final, LiteralString

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId

_COUNTS: Final[LiteralString] = """
SELECT (SELECT count(*) FROM service_accounts_pubs WHERE tenant_id = %s::uuid AND state = %s)::int8,
       (SELECT count(*) FROM service_accounts_pubs WHERE tenant_id = %s::uuid AND approval = %s)::int8,
       (SELECT count(*) FROM service_accounts_pubs WHERE tenant_id = %s::uuid AND approval = %s)::int8,
       (SELECT count(*) FROM service_accounts_pubs WHERE tenant_id = %s::uuid)::int8,
       (SELECT count(*) FROM service_accounts_ports WHERE tenant_id = %s::uuid)::int8,
       (SELECT count(*) FROM service_accounts_bindings WHERE tenant_id = %s::uuid)::int8
"""


async def count_all(
    uow: Uow, tenant_id: TenantId, *, effective: int, reviewing: int, rejected: int
) -> tuple[int, int, int, int, int, int]:
    """Return accounts in effect, under review, rejected and altogether, channel numbers, bindings."""
    params = (tenant_id, effective, tenant_id, reviewing, tenant_id, rejected, tenant_id, tenant_id, tenant_id)
    row = (await uow.fetch(_COUNTS, params))[0]
    return row[0], row[1], row[2], row[3], row[4], row[5]
