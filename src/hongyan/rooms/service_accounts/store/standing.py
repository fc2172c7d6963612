"""How much of what a tenant has, in one statement; tenant first."""

from collections.abc import Sequence
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


_BOUND: Final[LiteralString] = """
SELECT p.port, a.name FROM service_accounts_bindings AS b
JOIN service_accounts_ports AS p ON p.port_id = b.port_id JOIN service_accounts_pubs AS a ON a.pub_id = b.pub_id
WHERE b.tenant_id = %s::uuid AND b.signs && %s::text[] ORDER BY p.port, a.name LIMIT 20
"""


async def list_bound(uow: Uow, tenant_id: TenantId, signs: Sequence[str]) -> list[tuple[str, str]]:
    """Return the channel numbers that are bound with one of these signatures, and the accounts they show."""
    return [(row[0], row[1]) for row in await uow.fetch(_BOUND, (tenant_id, list(signs)))]
