"""Jobs of send tasks. Keys: (task) for prepare, plan and settle; each may run any number of times."""

from typing import Any

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import TaskId, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.rooms.campaigns.service.clockwork import Clockwork
from hongyan.rooms.campaigns.service.numbers import NumberCheck
from hongyan.rooms.campaigns.service.plan import Planner


def register_jobs(jobs: Jobs, db: Database, *, numbers: NumberCheck, planner: Planner, clockwork: Clockwork) -> None:
    """Register the room's handlers with the worker."""
    del db

    @jobs.handler("campaigns.prepare")
    async def prepare(tenant_id: str, task_id: str) -> None:
        await numbers.prepare(TenantId(tenant_id), TaskId(task_id))

    @jobs.handler("campaigns.plan")
    async def plan(tenant_id: str, task_id: str) -> None:
        await planner.plan(TenantId(tenant_id), TaskId(task_id))
        await clockwork.settle(TenantId(tenant_id), TaskId(task_id))

    @jobs.handler("campaigns.task_settled")
    async def settle(tenant_id: str, task_id: str) -> None:
        await clockwork.settle(TenantId(tenant_id), TaskId(task_id))

    @jobs.handler("campaigns.cards_rendered")
    async def cards_rendered(cards: list[dict[str, Any]]) -> None:
        await clockwork.count_rendered(cards)

    @jobs.periodic("campaigns.tick", "* * * * *")
    async def tick() -> None:
        await clockwork.tick()
