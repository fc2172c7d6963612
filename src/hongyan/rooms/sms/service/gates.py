"""What this room tells the sending line: close or open the gate of an app, a signature or a template."""

from typing import Literal

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.kernel.jobs.queue import Jobs

GateKind = Literal["app", "signature", "template"]


class Gates:
    """Defers the jobs of ``delivery`` in the caller's transaction; in force at the next claim."""

    def __init__(self, jobs: Jobs) -> None:
        """Use the given queue."""
        self._jobs = jobs

    async def close(self, uow: Uow, tenant_id: TenantId, kind: GateKind, subject_id: str, reason: str) -> None:
        """Let nothing more through that stands on the subject."""
        await self._defer(uow, "delivery.close_gate", tenant_id, kind, subject_id, reason)

    async def open(self, uow: Uow, tenant_id: TenantId, kind: GateKind, subject_id: str) -> None:
        """Let it through again."""
        await self._defer(uow, "delivery.open_gate", tenant_id, kind, subject_id, "")

    async def _defer(self, uow: Uow, job: str, tenant_id: TenantId, kind: str, subject_id: str, reason: str) -> None:
        # One lock per subject: opening and closing run in the order in which they were written.
        gate = {"tenant_id": tenant_id, "kind": kind, "subject_id": subject_id, "reason": reason}
        await self._jobs.defer(uow, job, gate, lock=f"gate.{kind}.{subject_id}")
