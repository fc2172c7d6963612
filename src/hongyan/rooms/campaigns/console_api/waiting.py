"""What the console says before something is deleted: which tasks, links and bindings still need it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database
from hongyan.rooms.campaigns.contracts import TaskState, VideoTaskState
from hongyan.rooms.campaigns.service.waiting import Needed, list_waiting
from hongyan.rooms.identity.contracts import Actor, Auth

_Id = Annotated[str, Query(max_length=2048, pattern=r"^[^\x00]*$")]


class WaitingTaskView(BaseModel):
    """A task that has not handed everything over."""

    task_id: str
    name: str
    kind: Literal["send", "video"]
    state: TaskState | VideoTaskState


class WaitingView(BaseModel):
    """What still needs it."""

    task_count: int
    tenant_count: int
    """Of how many tenants these are."""
    tasks: list[WaitingTaskView]
    """The newest; empty for the platform's people."""
    link_task_count: int
    """Resolve tasks with links that still work; 1,000 stands for as many or more."""
    bindings: list[str]
    template_count: int
    """Video templates that carry the name of a signature; they stay as they are."""
    templates: list[str]
    """The newest of them."""


def waiting_router(*, db: Database, auth: Auth, clock: Clock) -> APIRouter:
    """Return the router of ``/console/api/waiting``."""
    router = APIRouter(prefix="/console/api", tags=["campaigns"])
    caller = Annotated[Actor, Depends(auth.console)]

    @router.get("/waiting", operation_id="console_list_waiting")
    async def show(
        actor: caller, what: Needed, ids: Annotated[list[_Id], Query(alias="id", min_length=1, max_length=100)]
    ) -> WaitingView:
        """Say what still needs a template, a signature, a domain (by name) or a landing page (by URL)."""
        async with db.begin() as uow:
            found = await list_waiting(uow, actor, what, ids, clock)
        return WaitingView(
            task_count=found.count,
            tenant_count=found.tenants,
            tasks=[
                WaitingTaskView(
                    task_id=one.task_id,
                    name=one.name,
                    kind="video" if one.is_video else "send",
                    state=VideoTaskState(one.state) if one.is_video else TaskState(one.state),
                )
                for one in found.tasks
            ],
            link_task_count=found.link_tasks,
            bindings=list(found.bindings),
            template_count=found.template_count,
            templates=list(found.templates),
        )

    return router
