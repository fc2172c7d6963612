"""What send tasks come to, for statistics: tasks of a time with what has become of their messages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import CardTemplateId, TaskId, TenantId
from hongyan.rooms.campaigns.store import sums as store
from hongyan.rooms.delivery.contracts import MessageState
from hongyan.rooms.delivery.service import DeliveryService

SENT: Final = (
    MessageState.ATTEMPTED,
    MessageState.SUBMITTED,
    MessageState.DELIVERED,
    MessageState.FAILED,
    MessageState.EXPIRED,
    MessageState.UNKNOWN,
    MessageState.UNKNOWN_FINAL,
)
_TASKS: Final = 20_000
"""Tasks whose counters one statement sums."""


@dataclass(frozen=True, slots=True)
class SendSums:
    """The tasks that began in some time with one card template; counts as ``reports.contracts.SendRow``."""

    tpl_id: CardTemplateId
    tpl_name: str
    submitted: int
    capable: int
    sent: int
    delivered: int
    resolved: int


class CampaignSums:
    """Sums over a tenant's tasks."""

    def __init__(self, *, delivery: DeliveryService) -> None:
        """Ask the ledger what became of messages."""
        self._delivery = delivery

    async def sum_sends(self, uow: Uow, tenant_id: TenantId, begin: datetime, end: datetime) -> list[SendSums]:
        """Sum the tasks that began from ``begin`` until ``end``, by card template; trials are left out."""
        found = []
        for one in await store.list_by_card(uow, tenant_id, begin, end):
            states = dict.fromkeys(MessageState, 0)
            for start in range(0, len(one.task_ids), _TASKS):
                counts = await self._delivery.sum_tasks(uow, tenant_id, one.task_ids[start : start + _TASKS])
                for state, count in counts.items():
                    states[state] += count
            sent, delivered = sum(states[state] for state in SENT), states[MessageState.DELIVERED]
            found.append(SendSums(one.tpl_id, one.tpl_name, one.submitted, one.capable, sent, delivered, one.resolved))
        return found

    async def list_trials(self, uow: Uow, tenant_id: TenantId, begin: datetime, end: datetime) -> list[TaskId]:
        """Return the trials that began in a time: statistics leave out what handsets did with their cards."""
        return await store.list_trials(uow, tenant_id, begin, end)

    async def list_tenants(self, uow: Uow, since: datetime) -> list[TenantId]:
        """Return the tenants of whom a task began since a time."""
        return await store.list_tenants(uow, since)
