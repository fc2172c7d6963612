"""What a tenant's signatures hold up: asked before one is deleted. Reads only."""

from collections.abc import Sequence

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.rooms.video_sms.store import signatures as store


async def list_templates_of_signatures(
    uow: Uow, tenant_id: TenantId, signature_ids: Sequence[str], limit: int
) -> tuple[int, tuple[str, ...]]:
    """Return how many templates carry the names of these signatures, and the names of the newest.

    Expired templates, and ids that are not the tenant's, count for nothing.
    """
    count, names = await store.list_templates(uow, tenant_id, list(signature_ids), limit)
    return count, tuple(names)
