"""Jobs of the ledger: gates and opt-outs told by rooms that may not import it, and the upkeep of every minute."""

import base64
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.ids import MessageId, TaskId, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.delivery.contracts import EVERY_TENANT, GateKind, MessageClass
from hongyan.rooms.delivery.service import DeliveryService

_SLICES: Final = 100
"""Most slices of one kind per run; the next minute goes on."""
_UNSETTLED: Final = 500
_UNSETTLED_SLICES: Final = 3
"""Open tasks that one run looks at: slices of so many; the next minute goes on behind them."""

NoteResends = Callable[[Uow, Mapping[MessageClass, Sequence[MessageId]]], Awaitable[None]]
"""Told in their transaction which unknown messages a policy sends again: for the audit log, which is not ours."""


def register_jobs(
    jobs: Jobs, db: Database, service: DeliveryService, *, note: NoteResends | None = None, keep_days: int = 180
) -> None:
    """Register all handlers. Each opens its own transactions.

    ``note`` hears of messages that are sent again; days of messages are kept for ``keep_days``.
    """

    @jobs.handler("delivery.close_gate")
    async def close_gate(*, tenant_id: str | None, kind: str, subject_id: str, reason: str) -> None:
        """Close a gate. Key: (tenant, kind, subject)."""
        async with db.begin() as uow:
            await service.close_gate(uow, _owner(tenant_id), GateKind(kind), subject_id, reason)

    @jobs.handler("delivery.open_gate")
    async def open_gate(*, tenant_id: str | None, kind: str, subject_id: str, reason: str = "") -> None:
        """Open a gate. Key: (tenant, kind, subject)."""
        del reason  # whoever closed it says why; opening needs none
        async with db.begin() as uow:
            await service.open_gate(uow, _owner(tenant_id), GateKind(kind), subject_id)

    @jobs.handler("delivery.suppress")
    async def suppress(*, tenant_id: str, numbers: list[str], signature_id: str | None = None) -> None:
        """Suppress numbers, sealed under the tenant's key, in base64. Key: (tenant, number, signature)."""
        sealed = [base64.b64decode(number) for number in numbers]
        async with db.begin() as uow:
            await service.suppress_sealed(uow, TenantId(tenant_id), sealed, signature_id=signature_id)

    @jobs.handler("delivery.lift")
    async def lift(*, tenant_id: str, numbers: list[str], signature_id: str | None = None) -> None:
        """Allow numbers again. Key: (tenant, number, signature)."""
        sealed = [base64.b64decode(number) for number in numbers]
        async with db.begin() as uow:
            await service.lift_sealed(uow, TenantId(tenant_id), sealed, signature_id=signature_id)

    @jobs.handler("delivery.finish_cancel")
    async def finish_cancel(*, tenant_id: str, task_id: str) -> None:
        """Cancel the next slice of a large task; it comes again until it finds nothing. Key: the task."""
        async with db.begin() as uow:
            await service.cancel_task(uow, TenantId(tenant_id), TaskId(task_id))

    @jobs.periodic("delivery.age", "41 * * * *")
    async def age() -> None:
        """Drop what is older than the retention. Key: the day."""
        await run_aging(db, service, keep_days)

    @jobs.periodic("delivery.upkeep", "* * * * *")
    async def upkeep() -> None:
        """Expire, end, settle, and make partitions. Every step is safe to repeat."""
        await run_upkeep(db, service, note)


def _owner(tenant_id: str | None) -> TenantId:
    """A gate of no tenant is one for all of them: public card templates."""
    return EVERY_TENANT if tenant_id is None else TenantId(tenant_id)


async def run_upkeep(db: Database, service: DeliveryService, note: NoteResends | None = None) -> None:
    """Do the upkeep of one minute, in short transactions."""
    async with db.begin() as uow:
        await service.ensure_partitions(uow)
    async with db.begin() as uow:
        await service.unpark_strays(uow)
    for step in (service.fold_planned, service.expire_queued, service.end_heard, service.end_unknowns):
        for _ in range(_SLICES):
            async with db.begin() as uow:
                if not await step(uow):
                    break
    for _ in range(_SLICES):
        async with db.begin() as uow:
            resent = await service.unknowns.resend_due(uow)
            if resent and note is not None:
                await note(uow, resent)
        if not resent:
            break
    for _ in range(_UNSETTLED_SLICES):
        async with db.begin() as uow:
            tasks = await service.list_unsettled(uow, limit=_UNSETTLED)
        for tenant_id, task_id in tasks:
            async with db.begin() as uow:
                await service.end_silent(uow, tenant_id, task_id)
            async with db.begin() as uow:
                await service.settle(uow, [task_id])
        if len(tasks) < _UNSETTLED:
            break


async def run_aging(db: Database, service: DeliveryService, keep_days: int) -> None:
    """Drop what is older than so many days, in short transactions."""
    for _ in range(_SLICES):
        async with db.begin() as uow:
            if not await service.age(uow, keep_days):
                return
