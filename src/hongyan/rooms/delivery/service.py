"""The door of the ledger, for campaigns, lists and jobs. The gateways' side is in ``line``'s half below.

This first version states the signatures; the class that implements them replaces it under the same name.
"""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from typing import Protocol

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import MessageId, TaskId, TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.carriers.contracts import Route
from hongyan.rooms.delivery.contracts import (
    GateKind,
    MessageFilter,
    MessageState,
    MessageView,
    PlannedChunk,
    PlanResult,
    Violation,
)

RouteNumber = Callable[[str], Route | None]


class DeliveryService(Protocol):
    """Built as ``DeliveryService(clock=…, keys=TenantKeys, jobs=Jobs)``."""

    async def plan_chunk(self, uow: Uow, chunk: PlannedChunk, route: RouteNumber) -> PlanResult:
        """Write a chunk into the ledger, once: the key is (task, chunk)."""
        ...

    async def task_counts(self, uow: Uow, tenant_id: TenantId, task_id: TaskId) -> dict[MessageState, int]:
        """Return how many messages of the task are in each state (all states are keys)."""
        ...

    async def list_task_counts(
        self, uow: Uow, tenant_id: TenantId, task_ids: Collection[TaskId]
    ) -> Mapping[TaskId, dict[MessageState, int]]:
        """Return the counts of several tasks in one query."""
        ...

    async def close_gate(self, uow: Uow, tenant_id: TenantId, kind: GateKind, subject_id: str, reason: str) -> None:
        """Hold everything of the subject that has not been attempted, also what is planned later. Repeatable."""
        ...

    async def open_gate(self, uow: Uow, tenant_id: TenantId, kind: GateKind, subject_id: str) -> None:
        """Let it go again, where no other gate is closed. Repeatable."""
        ...

    async def cancel_task(self, uow: Uow, tenant_id: TenantId, task_id: TaskId) -> int:
        """Cancel what has not been attempted; returns how many were cancelled now (the rest of a very large task follows by job)."""
        ...

    async def suppress(self, uow: Uow, tenant_id: TenantId, phones: Iterable[str]) -> None:
        """Send nothing more to these numbers (canonical digits)."""
        ...

    async def lift_suppression(self, uow: Uow, tenant_id: TenantId, phones: Iterable[str]) -> None:
        """Allow these numbers again."""
        ...

    async def list_messages(
        self, uow: Uow, tenant_id: TenantId, where: MessageFilter, *, offset: int, limit: int
    ) -> Page[MessageView]:
        """Return a page of messages in planning order."""
        ...

    def iter_messages(self, uow: Uow, tenant_id: TenantId, where: MessageFilter) -> AsyncIterator[MessageView]:
        """Stream all of them, for exports."""
        ...

    async def get_message(self, uow: Uow, tenant_id: TenantId, message_id: MessageId) -> MessageView:
        """Return one message. Raises: NotFound."""
        ...

    async def check_invariants(self, uow: Uow) -> list[Violation]:
        """Compare counters with rows."""
        ...
