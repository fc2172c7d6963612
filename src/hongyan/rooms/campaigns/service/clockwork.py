"""What send tasks do by themselves: end when their last message has ended, wait for their hours."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import structlog

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.ids import TaskId, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.campaigns import rules
from hongyan.rooms.campaigns.contracts import Task, TaskState
from hongyan.rooms.campaigns.store import tasks as store
from hongyan.rooms.delivery.contracts import OPEN_STATES, GateKind, MessageState
from hongyan.rooms.delivery.service import DeliveryService

log = structlog.get_logger(__name__)

_SLICE = 200
"""Tasks that one transaction looks at."""
_UNDER_WAY = frozenset({TaskState.RUNNING, TaskState.HELD, TaskState.PAUSED, TaskState.FINISHING})
_STILL_TO_SEND = (MessageState.HELD, MessageState.QUEUED, MessageState.ATTEMPTED)


class Clockwork:
    """Jobs ``campaigns.tasks_settled`` and ``campaigns.tick``."""

    def __init__(self, *, db: Database, clock: Clock, jobs: Jobs, delivery: DeliveryService) -> None:
        """Open own transactions on ``db``."""
        self._db = db
        self._clock = clock
        self._jobs = jobs
        self._delivery = delivery
        self._marks: dict[TaskId, tuple[TaskState, int]] = {}

    async def settle(self, owned: Sequence[tuple[TenantId, TaskId]]) -> None:
        """Move planned tasks to ``finishing`` or ``finished`` by what their messages are (repeatable)."""
        for tenant_id, task_ids in _by_tenant(owned):
            async with self._db.begin() as uow:
                await self._settle(uow, tenant_id, await store.lock_tasks(uow, tenant_id, task_ids))

    async def _settle(self, uow: Uow, tenant_id: TenantId, tasks: Sequence[Task]) -> set[TaskId]:
        """Return which tasks have moved."""
        planned = [task for task in tasks if task.chunks is not None and task.next_chunk >= task.chunks]
        if not planned:
            return set()
        counts = await self._delivery.list_task_counts(uow, tenant_id, [task.id for task in planned])
        ends: dict[TaskState, list[TaskId]] = defaultdict(list)
        for task in planned:
            target = _end_of(counts[task.id])
            if target is not None and target in rules.NEXT[task.state]:
                ends[target].append(task.id)
        for target, task_ids in ends.items():
            finished_at = self._clock.now() if target is TaskState.FINISHED else None
            await store.end_tasks(uow, tenant_id, task_ids, target, finished_at)
            log.info("send tasks moved", tasks=len(task_ids), task_id=task_ids[0], state=target.value)
        return {task_id for task_ids in ends.values() for task_id in task_ids}

    async def tick(self) -> None:
        """Look at every task under way once a minute.

        A hint may have been lost, an hour may have struck (repeatable).
        """
        async with self._db.begin() as uow:
            live = await store.list_live(uow)
        marks: dict[TaskId, tuple[TaskState, int]] = {}
        for tenant_id, task_ids in _by_tenant([(tenant_id, task_id) for tenant_id, task_id, _ in live]):
            async with self._db.begin() as uow:
                tasks = await store.lock_tasks(uow, tenant_id, task_ids)
                moved = await self._settle(uow, tenant_id, [task for task in tasks if task.state in _UNDER_WAY])
                for task in tasks:
                    if task.state in _UNDER_WAY and task.id not in moved:
                        await self._follow_hours(uow, task)
                    marks[task.id] = await self._push(uow, task)
        self._marks = marks

    async def _push(self, uow: Uow, task: Task) -> tuple[TaskState, int]:
        """Defer the job of a task that stands where it stood a minute ago; returns where it stands.

        Its job comes back by itself when its worker dies; this is for one that failed too often, or that a live worker
        has lost with a connection. Both jobs allow a second one beside them.
        """
        job, step = "campaigns.plan", task.next_chunk
        if task.state is TaskState.PARSING:
            job, step = "campaigns.prepare", await store.get_next_block(uow, task.tenant_id, task.id)
        is_planning = task.state is TaskState.RUNNING and task.chunks is not None and task.next_chunk < task.chunks
        is_due = task.state is TaskState.SCHEDULED and task.send_at is not None and task.send_at <= self._clock.now()
        mark = (task.state, step)
        if self._marks.get(task.id) == mark and (task.state is TaskState.PARSING or is_planning or is_due):
            args = {"tenant_id": task.tenant_id, "task_id": task.id}
            if await self._jobs.defer(uow, job, args, once_key=f"{job}:{task.id}"):
                log.warning("send task stood still, its job runs again", task_id=task.id, job=job)
        return mark

    async def _follow_hours(self, uow: Uow, task: Task) -> None:
        """Show a fully planned promotion as held outside its hours; the ledger holds its messages by itself."""
        if (
            task.chunks is None
            or task.next_chunk < task.chunks
            or task.state not in {TaskState.RUNNING, TaskState.HELD}
        ):
            return
        outside = rules.held_until(self._clock.now(), is_promotion=task.content.is_promotion) is not None
        if outside and task.state is TaskState.RUNNING:
            await store.update_task(uow, task.tenant_id, task.id, state=TaskState.HELD, reason="window")
        elif not outside and task.state is TaskState.HELD:
            await store.update_task(uow, task.tenant_id, task.id, state=TaskState.RUNNING, reason=None)


def _by_tenant(owned: Sequence[tuple[TenantId, TaskId]]) -> Iterator[tuple[TenantId, list[TaskId]]]:
    """Cut tasks into slices of one tenant each."""
    tenants: dict[TenantId, list[TaskId]] = defaultdict(list)
    for tenant_id, task_id in owned:
        tenants[tenant_id].append(task_id)
    for tenant_id, task_ids in tenants.items():
        for start in range(0, len(task_ids), _SLICE):
            yield tenant_id, task_ids[start : start + _SLICE]


def _end_of(counts: Mapping[MessageState, int]) -> TaskState | None:
    """Return where a planned task stands by its messages; ``None``: there is still something to send."""
    if not any(counts.get(state, 0) for state in OPEN_STATES):
        return TaskState.FINISHED
    if not any(counts.get(state, 0) for state in _STILL_TO_SEND):
        return TaskState.FINISHING
    return None


async def hold_restored(uow: Uow, delivery: DeliveryService) -> int:
    """Pause what was under way when the backup was made: it may have been sent since. Somebody resumes each task."""
    held = await store.hold_unfinished(uow, "restored")
    for tenant_id, task_id in held:
        await delivery.close_gate(uow, tenant_id, GateKind.TASK, task_id, "restored")
    return len(held)
