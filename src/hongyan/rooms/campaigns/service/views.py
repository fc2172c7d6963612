"""What lists, details and exports show of send tasks; reads only."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import MessageId, SignatureId, TaskId, TenantId
from hongyan.kernel.paging import Page
from hongyan.kernel.phones import Phone
from hongyan.rooms.campaigns import rules
from hongyan.rooms.campaigns.contracts import Progress, Task, TaskDocument, TaskFilter, TaskState
from hongyan.rooms.campaigns.store import tasks as store
from hongyan.rooms.campaigns.store import video as video_store
from hongyan.rooms.delivery.contracts import MessageFilter, MessageState, MessageView
from hongyan.rooms.delivery.service import DeliveryService
from hongyan.rooms.handsets.contracts import CardLife
from hongyan.rooms.handsets.service import HandsetsService
from hongyan.rooms.identity.contracts import Actor, Permission
from hongyan.rooms.identity.service.door import IdentityService


class CampaignViews:
    """Read side of the room."""

    def __init__(self, *, delivery: DeliveryService, identity: IdentityService, handsets: HandsetsService) -> None:
        """Join tasks with the ledger's counters, and messages with their cards."""
        self._delivery = delivery
        self._identity = identity
        self._handsets = handsets

    async def get(self, uow: Uow, tenant_id: TenantId, task_id: TaskId) -> Progress:
        """Return a task with its counts.

        Raises:
            TaskNotFound: none of this tenant has the id.
        """
        task = await store.get_task(uow, tenant_id, task_id)
        counts = await self._delivery.task_counts(uow, tenant_id, task_id)
        resolved = await store.get_resolved(uow, tenant_id, (task_id,))
        return Progress(task, _states(task, counts), resolved.get(task_id, 0))

    async def list(
        self, uow: Uow, tenant_id: TenantId, wanted: TaskFilter, *, offset: int, limit: int
    ) -> Page[Progress]:
        """Return tasks with their counts, newest first."""
        page = await store.list_tasks(uow, tenant_id, wanted, offset=offset, limit=limit)
        return Page(await self._counted(uow, tenant_id, page.items), page.total, offset, limit)

    async def some(self, uow: Uow, tenant_id: TenantId, task_ids: tuple[TaskId, ...]) -> tuple[Progress, ...]:
        """Return the tasks of some ids with their counts; what is not there is left out."""
        return await self._counted(uow, tenant_id, tuple(await store.find_tasks(uow, tenant_id, task_ids)))

    async def _counted(self, uow: Uow, tenant_id: TenantId, tasks: tuple[Task, ...]) -> tuple[Progress, ...]:
        ids = tuple(task.id for task in tasks)
        counts = await self._delivery.list_task_counts(uow, tenant_id, ids)
        resolved = await store.get_resolved(uow, tenant_id, ids)
        return tuple(Progress(t, _states(t, counts.get(t.id, {})), resolved.get(t.id, 0)) for t in tasks)

    async def names(self, uow: Uow, tenant_id: TenantId, task_ids: tuple[TaskId, ...]) -> dict[TaskId, Task]:
        """Return the tasks of some messages by id."""
        return {task.id: task for task in await store.find_tasks(uow, tenant_id, task_ids)}

    async def find_signature_id(self, uow: Uow, tenant_id: TenantId, signature_name: str) -> SignatureId | None:
        """Return the signature of a name the tenant has sent under."""
        return await store.find_signature_id(uow, tenant_id, signature_name)

    async def count_states(self, uow: Uow, tenant_id: TenantId) -> dict[TaskState, int]:
        """Return how many tasks are in which state."""
        return await store.count_states(uow, tenant_id)

    async def messages(
        self, uow: Uow, tenant_id: TenantId, where: MessageFilter, *, offset: int, limit: int, newest: bool = False
    ) -> Page[MessageView]:
        """Return a page of messages, in planning order or the newest first."""
        return await self._delivery.list_messages(uow, tenant_id, where, offset=offset, limit=limit, newest=newest)

    def iter_messages(self, uow: Uow, tenant_id: TenantId, where: MessageFilter) -> AsyncIterator[MessageView]:
        """Stream messages for an export."""
        return self._delivery.iter_messages(uow, tenant_id, where)

    async def cards(self, uow: Uow, tenant_id: TenantId, task_id: TaskId, message_id: MessageId) -> Sequence[CardLife]:
        """Return what became of a message's card, on each handset that asked for it.

        Raises:
            TaskNotFound: no such task of this tenant.
            NotFound: no such message.
        """
        await store.get_task(uow, tenant_id, task_id)
        message = await self._delivery.get_message(uow, tenant_id, message_id)
        if message.link_code is None:
            return ()
        return await self._handsets.list_card_lives(uow, tenant_id, task_id, message.link_code)

    async def reveal(self, uow: Uow, actor: Actor, task_id: TaskId, message_id: MessageId) -> Phone:
        """Return one recipient's number unmasked, of a send task or a video send; who asked is in the audit log.

        Raises:
            TaskNotFound: no such task of this tenant.
            NotFound: no such message.
        """
        tenant_id = actor.tenant(Permission.NUMBER_REVEAL)
        if await video_store.find_task(uow, tenant_id, task_id) is None:
            await store.get_task(uow, tenant_id, task_id)
        message = await self._delivery.get_message(uow, tenant_id, message_id)
        await self._identity.note(uow, actor, "campaigns.reveal", subject_kind="message", subject_id=str(message_id))
        return message.phone


def _states(task: Task, counts: dict[MessageState, int]) -> dict[str, int]:
    """Return the non-zero counts; recipients of a cancelled task that were never planned count as cancelled."""
    states = {state.value: n for state, n in counts.items() if n}
    if task.state is TaskState.CANCELLED and rules.is_final(task.state):
        recipients = task.counts.capable + task.counts.incapable
        missing = recipients - sum(states.values())
        if missing > 0:
            states["cancelled"] = states.get("cancelled", 0) + missing
    return states


def describe(progress: Progress) -> TaskDocument:
    """Return a task as our own doors show it: JSON values, times in UTC with zone, no phone number."""
    task, content = progress.task, progress.task.content
    return {
        "task_id": task.id,
        "name": task.name,
        "state": task.state,
        "reason": task.reason,
        "source": task.source,
        "is_trial": task.is_trial,
        "fallback": task.fallback,
        "card_template_id": content.card_template_id,
        "card_template_name": content.card_template_name,
        "sms_template_id": content.sms_template_id,
        "sms_text": content.sms_text,
        "signature_name": content.signature_name,
        "app_name": content.app_name,
        "channel_number": content.channel_number,
        "domain": task.domain,
        "jump_url": task.jump_url,
        "validity_days": task.validity_days,
        "number_file_id": task.number_file_id,
        "send_at": _iso(task.send_at),
        "created_by": task.created_by,
        "created_at": _utc(task.created_at),
        "started_at": _iso(task.started_at),
        "finished_at": _iso(task.finished_at),
        "counts": {
            "rows": task.counts.rows,
            "imported": task.counts.imported,
            "invalid": task.counts.invalid,
            "duplicates": task.counts.duplicates,
            "opted_out": task.counts.opted_out,
            "capable": task.counts.capable,
            "incapable": task.counts.incapable,
            "submitted": task.counts.submitted,
        },
        "states": progress.states,
        "resolved": progress.resolved,
        "is_final": rules.is_final(task.state),
    }


def _utc(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _iso(at: datetime | None) -> str | None:
    return None if at is None else _utc(at)
