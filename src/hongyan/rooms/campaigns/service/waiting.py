"""What somebody takes along who deletes a template, a signature, a domain or a page: said before it happens."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.rooms.campaigns.store import waiting as store
from hongyan.rooms.campaigns.store.waiting import Needed, WaitingTask
from hongyan.rooms.identity.contracts import Actor, Permission
from hongyan.rooms.service_accounts.service.standing import list_bound_signs
from hongyan.rooms.sms.service.standing import list_signature_names
from hongyan.rooms.video_sms.service.standing import list_templates_of_signatures

__all__ = ["Needed", "Waiting", "WaitingTask", "list_waiting"]

_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Waiting:
    """What still needs it."""

    count: int
    """Tasks that have not handed everything over."""
    tenants: int
    """Of how many tenants they are."""
    tasks: tuple[WaitingTask, ...]
    """The newest of the tenant's own; the platform's people learn no names."""
    link_tasks: int
    """Resolve tasks with links that still work; counted up to 1,000."""
    bindings: tuple[str, ...]
    """Channel numbers and the accounts they show under the signature: ``1069… · account``."""
    template_count: int = 0
    """Video templates that carry the signature's name; deleting it leaves them as they are."""
    templates: tuple[str, ...] = ()
    """The names of the newest of them."""


async def list_waiting(uow: Uow, actor: Actor, what: Needed, ids: Sequence[str], clock: Clock) -> Waiting:
    """Return what still needs any of these; ids that are nobody's are needed by nothing.

    The platform's people ask about what is public, and get numbers over all tenants.

    Raises:
        Forbidden: the actor may not look.
    """
    if actor.tenant_id is None:
        actor.require(Permission.PLATFORM_TEMPLATE_EDIT)
        tenant_id = None
    else:
        tenant_id = actor.tenant(Permission.SEND_TASK_LIST)
    count, tenants, tasks = await store.list_tasks(uow, tenant_id, what, ids, _SHOWN)
    links = await store.count_links(uow, tenant_id, what, ids, clock.now())
    bindings: tuple[str, ...] = ()
    if what is Needed.SIGNATURE and tenant_id is not None:
        names = await list_signature_names(uow, tenant_id, ids)
        bindings = await list_bound_signs(uow, tenant_id, names) if names else ()
    template_count, templates = 0, tuple[str, ...]()
    if what is Needed.VIDEO_SIGNATURE and tenant_id is not None:
        template_count, templates = await list_templates_of_signatures(uow, tenant_id, ids, _SHOWN)
    return Waiting(count, tenants, tuple(tasks), links, bindings, template_count, templates)
