"""Our own doors for programs, beside the vendor's: send tasks over number files, fallback, schedule, pause, progress.

Same signature and errors as the vendor's. The console stands on the same services. Source: ARCHITECTURE.md §5.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.http.once import Once
from hongyan.kernel.http.vendor import UUID_PATTERN, parse_time
from hongyan.kernel.ids import TaskId
from hongyan.rooms.campaigns.contracts import (
    Fallback,
    NewTask,
    Progress,
    Task,
    TaskDocument,
    TaskFilter,
    TaskPageDocument,
    TaskState,
)
from hongyan.rooms.campaigns.service.desk import CampaignDesk
from hongyan.rooms.campaigns.service.exports import ParseExports
from hongyan.rooms.campaigns.service.stream import progress_events
from hongyan.rooms.campaigns.service.views import CampaignViews, describe
from hongyan.rooms.identity.contracts import Actor, Auth, Permission

TaskKey = Annotated[TaskId, Path(pattern=UUID_PATTERN)]
Time = Annotated[str | None, Query(max_length=40, examples=["2026-11-23T08:00:00Z"])]


class NewSendTask(BaseModel):
    """Body of the create operation; numbers come as ``phones`` (≤ 500) or as an uploaded ``number_file_id``."""

    model_config = ConfigDict(
        extra="ignore",
        coerce_numbers_to_str=True,
        json_schema_extra={
            "examples": [
                {
                    "name": "November members",
                    "card_template_id": "600000001",
                    "sms_template_id": "15010661",
                    "phones": ["13800138000"],
                    "fallback": "none",
                }
            ]
        },
    )

    name: str = Field(max_length=200)
    card_template_id: str = Field(min_length=1, max_length=9)
    sms_template_id: str = Field(min_length=1, max_length=32)
    number_file_id: str | None = Field(default=None, pattern=UUID_PATTERN)
    phones: list[str] = Field(default_factory=list, max_length=1000)
    fallback: Fallback = Fallback.NONE
    basic_template_id: str | None = Field(default=None, max_length=9)
    send_at: AwareDatetime | None = None
    validity_days: int = 7
    jump_url: str | None = Field(default=None, max_length=2048)
    domain: str | None = Field(default=None, max_length=100)
    is_trial: bool = False
    start_when_ready: bool = True

    def new_task(self) -> NewTask:
        """Return the request in the room's own terms."""
        values = self.model_dump(exclude={"phones"})
        return NewTask(phones=tuple(self.phones), **values)


def own_router(
    *,
    db: Database,
    auth: Auth,
    desk: CampaignDesk,
    views: CampaignViews,
    once: Once,
    exports: ParseExports,
) -> APIRouter:
    """Return the router of ``/v1/hongyan/send-tasks``."""
    router = APIRouter(prefix="/v1/hongyan/send-tasks", tags=["hongyan"])
    Signed = Annotated[Actor, Depends(auth.vendor)]  # noqa: N806 - a type

    @router.post("", operation_id="hongyan_create_send_task", response_model=TaskDocument)
    async def create(
        request: Request,
        body: NewSendTask,
        actor: Signed,
    ) -> dict[str, Any]:
        """Create a send task over a number file or a few numbers."""

        async def act(uow: Uow) -> dict[str, Any]:
            return {**describe(Progress(await desk.create(uow, actor, body.new_task())))}

        return await once.run(request, actor.tenant(Permission.SEND_TASK_CREATE), act)

    @router.get("", operation_id="hongyan_list_send_tasks")
    async def list_tasks(
        actor: Signed,
        name: Annotated[str | None, Query(max_length=30)] = None,
        state: TaskState | None = None,
        begin: Time = None,
        end: Time = None,
        offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> TaskPageDocument:
        """List send tasks, newest first."""
        tenant_id = actor.tenant(Permission.SEND_TASK_LIST)
        first = parse_time(begin, "begin") if begin else None
        last = parse_time(end, "end") if end else None
        wanted = TaskFilter(name=name, states=(state,) if state else (), begin=first, end=last)
        async with db.begin() as uow:
            page = await views.list(uow, tenant_id, wanted, offset=offset, limit=limit)
        return {"items": [describe(row) for row in page.items], "total": page.total}

    @router.get("/{task_id}", operation_id="hongyan_show_send_task")
    async def show(actor: Signed, task_id: TaskKey) -> TaskDocument:
        """Return a send task with its counters."""
        tenant_id = actor.tenant(Permission.SEND_TASK_LIST)
        async with db.begin() as uow:
            return describe(await views.get(uow, tenant_id, task_id))

    @router.get(
        "/{task_id}/progress",
        operation_id="hongyan_stream_send_task",
        response_class=StreamingResponse,
        responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
    )
    async def progress(actor: Signed, task_id: TaskKey) -> StreamingResponse:
        """Stream a send task's counters as server-sent events until it is over."""
        tenant_id = actor.tenant(Permission.SEND_TASK_LIST)
        async with db.begin() as uow:
            await views.get(uow, tenant_id, task_id)
        stream = progress_events(db, views, tenant_id, task_id)
        return StreamingResponse(stream, media_type="text/event-stream", headers={"cache-control": "no-store"})

    @router.get(
        "/{task_id}/recipients.csv",
        operation_id="hongyan_download_recipients",
        response_class=StreamingResponse,
        responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    )
    async def recipients(
        actor: Signed,
        task_id: TaskKey,
        kind: Annotated[str, Query(pattern="^(capable|incapable|wrong_value)$", examples=["capable"])],
    ) -> StreamingResponse:
        """Download the numbers that can show the card, cannot, or had a value that does not fit."""
        task = await exports.find_task(actor.tenant(Permission.NUMBER_FILE_CREATE), task_id)
        name = f'attachment; filename="{kind}-{task_id}.csv"'
        rows = exports.csv(task, kind)
        return StreamingResponse(rows, media_type="text/csv; charset=utf-8", headers={"content-disposition": name})

    @router.post("/{task_id}/start", operation_id="hongyan_start_send_task", response_model=TaskDocument)
    async def start(request: Request, actor: Signed, task_id: TaskKey) -> dict[str, Any]:
        """Start a send task that waits to be started."""
        return await _control(once, request, actor, partial(desk.start, actor=actor, task_id=task_id))

    @router.post("/{task_id}/pause", operation_id="hongyan_pause_send_task", response_model=TaskDocument)
    async def pause(request: Request, actor: Signed, task_id: TaskKey) -> dict[str, Any]:
        """Pause a send task; what is with a carrier already goes out."""
        return await _control(once, request, actor, partial(desk.pause, actor=actor, task_id=task_id))

    @router.post("/{task_id}/resume", operation_id="hongyan_resume_send_task", response_model=TaskDocument)
    async def resume(request: Request, actor: Signed, task_id: TaskKey) -> dict[str, Any]:
        """Resume a paused send task."""
        return await _control(once, request, actor, partial(desk.resume, actor=actor, task_id=task_id))

    @router.post("/{task_id}/cancel", operation_id="hongyan_cancel_send_task", response_model=TaskDocument)
    async def cancel(request: Request, actor: Signed, task_id: TaskKey) -> dict[str, Any]:
        """Cancel a send task; what is with a carrier already goes out."""
        return await _control(once, request, actor, partial(desk.cancel, actor=actor, task_id=task_id))

    return router


async def _control(
    once: Once, request: Request, actor: Actor, change: Callable[[Uow], Awaitable[Task]]
) -> dict[str, Any]:
    """Change the state of a task once per idempotency key."""

    async def act(uow: Uow) -> dict[str, Any]:
        return {**describe(Progress(await change(uow)))}

    return await once.run(request, actor.tenant(Permission.SEND_TASK_CONTROL), act)
