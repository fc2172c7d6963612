"""Video send tasks: the vendor's operations, and ours for what it lacks. Source: api.md of the requirements §5.14."""

from datetime import UTC, datetime
from types import MappingProxyType
from typing import Annotated, Final, cast

from fastapi import APIRouter, Body, Depends, Query, Request
from pydantic import BeforeValidator, Field
from typing_extensions import TypedDict

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.http.once import Once
from hongyan.kernel.http.vendor import VendorBody, aim_time, parse_span, parse_uuid
from hongyan.kernel.ids import TaskId
from hongyan.rooms.campaigns.contracts import (
    NewVideoTask,
    VideoGroup,
    VideoProgress,
    VideoReply,
    VideoTask,
    VideoTaskFilter,
    VideoTaskState,
)
from hongyan.rooms.campaigns.errors import VideoPhonesInvalid
from hongyan.rooms.campaigns.service.video import DEFAULT_HOURS, MAX_NUMBERS, VideoTasks
from hongyan.rooms.campaigns.service.video_views import VideoViews
from hongyan.rooms.identity.contracts import Actor, Auth, Permission

_S = VideoTaskState
STATE_WORDS: Final = MappingProxyType(
    {
        _S.SCHEDULED: "定时任务",
        _S.SUBMIT_SUCCESS: "提交成功",
        _S.SUBMIT_FAILED: "提交失败",
        _S.PROCESSING: "发送中",
        _S.SENDING_COMPLETE: "发送完成",
        _S.SENDING_FAILED: "发送失败",
        _S.RE_SUBMIT_SUCCESS: "重试提交成功",
        _S.RE_SUBMIT_FAILED: "重试提交失败",
        _S.RE_PROCESSING: "重试进行中",
        _S.RE_SENDING_COMPLETE: "重试发送完成",
    }
)
"""``task_state`` of the list is Chinese, as in the vendor's sample; the filter ``task_status`` takes the words."""

Mobile = Annotated[str, Field(min_length=1, max_length=20)]
Mobiles = Annotated[list[Mobile], Field(max_length=MAX_NUMBERS)]


def _empty_is_none(value: object) -> object:
    return None if value == "" else value


class ParamBody(VendorBody):
    """One value; texts only."""

    param_name: Annotated[str, Field(max_length=64, examples=["p_1"])]
    content_type: Annotated[str, Field(pattern="^txt$", examples=["txt"])]
    content_source: Annotated[str, Field(pattern="^txt$", examples=["txt"])]
    content_detail: Annotated[str, Field(min_length=1, max_length=256, examples=["王女士"])]


Params = Annotated[list[ParamBody], Field(max_length=100)]


class GroupBody(VendorBody):
    """Numbers with the same values."""

    mobiles: Mobiles
    dync_params: Annotated[Params, Field(min_length=1)]


class VideoTaskBody(VendorBody):
    """Body of the create operation."""

    task_name: Annotated[str, Field(min_length=1, max_length=32)]
    tpl_id: Annotated[str, Field(min_length=1, max_length=9, examples=["800000001"])]
    expiration_time: Annotated[
        Annotated[int, Field(ge=1, le=72)] | None, BeforeValidator(_empty_is_none), Field(examples=[72])
    ] = None
    mobiles: Mobiles | None = None
    dync_params: Params | None = None
    individual_params: Annotated[list[GroupBody], Field(max_length=MAX_NUMBERS)] | None = None
    exdata: Annotated[str | None, Field(max_length=256)] = None

    def new(self, send_at: datetime | None = None) -> NewVideoTask:
        """Return the request in our own terms.

        Raises:
            VideoPhonesInvalid: both kinds of lists, or none.
        """
        if bool(self.mobiles) == bool(self.individual_params):
            raise VideoPhonesInvalid(
                "mobiles",
                reason="give either mobiles or individual_params",
                reason_zh="mobiles 与 individual_params 必须且只能填写一个",
            )
        groups = [(self.mobiles, self.dync_params)] if self.mobiles else []
        groups += [(group.mobiles, group.dync_params) for group in self.individual_params or ()]
        return NewVideoTask(
            name=self.task_name,
            tpl_id=self.tpl_id,
            hours=self.expiration_time or DEFAULT_HOURS,
            groups=tuple(
                VideoGroup(tuple(mobiles or ()), tuple((one.param_name, one.content_detail) for one in params or ()))
                for mobiles, params in groups
            ),
            exdata=self.exdata or "",
            send_at=send_at,
            is_individual=not self.mobiles,
        )


class OwnVideoTaskBody(VideoTaskBody):
    """The same with a time to send at."""

    send_at: datetime | None = None


_EXAMPLE = {
    "task_name": "Greetings",
    "tpl_id": "800000001",
    "expiration_time": 72,
    "mobiles": ["13800138000"],
    "exdata": "order-17",
}


class Created(TypedDict):
    """Data of the create operation."""

    ret_code: str
    task_id: str
    desc: str


class CreatedAnswer(TypedDict):
    """Answer of the create operation."""

    status: str
    message: str
    data: Created


class TaskRow(TypedDict):
    """One task of the list."""

    task_id: str
    task_name: str
    task_state: str
    tpl_id: str
    tpl_name: str
    operator: str
    create_time: str
    send_time: str
    total_count: int
    success_count: int
    failed_count: int
    timeout_count: int
    exdata: str


class PageInfo(TypedDict):
    """Paging of a list."""

    offset: int
    limit: int
    total: int


class TaskPage(TypedDict):
    """Data of the list operation."""

    aim_basic_send_tasks: list[TaskRow]
    page_info: PageInfo


class TaskList(TypedDict):
    """Answer of the list operation."""

    status: str
    message: str
    data: TaskPage


class OwnTask(TypedDict):
    """A task as our own doors show it."""

    task_id: str
    name: str
    state: VideoTaskState
    tpl_id: str
    tpl_name: str
    created_by: str
    created_at: str
    send_at: str
    total: int
    resent: int
    delivered: int
    failed: int
    timed_out: int
    exdata: str


class ReplyRow(TypedDict):
    """What a phone answered."""

    reply_id: str
    mobile: str
    text: str
    at: str


class ReplyPage(TypedDict):
    """Some replies and how many there are."""

    items: list[ReplyRow]
    total: int


def vendor_router(*, db: Database, auth: Auth, tasks: VideoTasks, views: VideoViews, once: Once) -> APIRouter:
    """Return the router of ``/v1/aim-basic/send-tasks``."""
    router = APIRouter(tags=["video SMS"], prefix="/v1/aim-basic/send-tasks")
    Signed = Annotated[Actor, Depends(auth.vendor)]  # noqa: N806 - a type

    @router.post("", operation_id="create_vms_send_task")
    async def create_vms_send_task(
        request: Request,
        actor: Signed,
        body: Annotated[VideoTaskBody, Body(openapi_examples={"greeting": {"value": _EXAMPLE}})],
    ) -> CreatedAnswer:
        """Send a video template to at most 5000 numbers."""

        async def act(uow: Uow) -> dict[str, object]:
            task = await tasks.create(uow, actor, body.new())
            data = {"ret_code": "0", "task_id": task.id, "desc": "success"}
            return {"status": "200", "message": "success", "data": data}

        return cast("CreatedAnswer", await once.run(request, actor.tenant(Permission.BASIC_SEND_CREATE), act))

    @router.get("", operation_id="list_vms_send_tasks")
    async def list_vms_send_tasks(
        actor: Signed,
        task_name: Annotated[str | None, Query(max_length=32)] = None,
        task_id: Annotated[str | None, Query(max_length=36)] = None,
        tpl_id: Annotated[str | None, Query(max_length=9)] = None,
        tpl_name: Annotated[str | None, Query(max_length=100)] = None,
        begin_time: Annotated[str | None, Query(max_length=40)] = None,
        end_time: Annotated[str | None, Query(max_length=40)] = None,
        send_begin_time: Annotated[str | None, Query(max_length=40)] = None,
        send_end_time: Annotated[str | None, Query(max_length=40)] = None,
        operator: Annotated[str | None, Query(max_length=64)] = None,
        task_status: Annotated[str | None, Query(pattern=f"^({'|'.join(_S)}|)$")] = None,
        offset: Annotated[int, Query(ge=0, le=2_147_483_647)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> TaskList:
        """Show video send tasks with their counts, newest first."""
        tenant_id = actor.tenant(Permission.BASIC_SEND_LIST)
        now = datetime.now(UTC)
        begin, end = parse_span(begin_time, end_time, now=now)
        send_names = ("send_begin_time", "send_end_time")
        send_begin, send_end = parse_span(send_begin_time, send_end_time, now=now, names=send_names)
        wanted = VideoTaskFilter(
            task_id=parse_uuid(task_id, "task_id") if task_id else None,
            name=task_name or None,
            tpl_id=tpl_id or None,
            tpl_name=tpl_name or None,
            operator=operator or None,
            state=VideoTaskState(task_status) if task_status else None,
            begin=begin,
            end=end,
            send_begin=send_begin,
            send_end=send_end,
        )
        async with db.begin() as uow:
            page = await views.list_tasks(uow, tenant_id, wanted, offset=offset, limit=limit)
        rows = [_row(one) for one in page.items]
        data = TaskPage(aim_basic_send_tasks=rows, page_info=PageInfo(offset=offset, limit=limit, total=page.total))
        return TaskList(status="200", message="success", data=data)

    return router


def own_router(*, db: Database, auth: Auth, tasks: VideoTasks, views: VideoViews, once: Once) -> APIRouter:
    """Return the router of ``/v1/hongyan/video-tasks``."""
    router = APIRouter(tags=["video SMS"], prefix="/v1/hongyan/video-tasks")
    Signed = Annotated[Actor, Depends(auth.vendor)]  # noqa: N806 - a type

    async def shown(uow: Uow, task: VideoTask) -> dict[str, object]:
        return dict(_own(await views.get(uow, task.tenant_id, task.id)))

    @router.post("", operation_id="hongyan_create_video_task")
    async def create(
        request: Request,
        actor: Signed,
        body: Annotated[OwnVideoTaskBody, Body(openapi_examples={"greeting": {"value": _EXAMPLE}})],
    ) -> OwnTask:
        """Send a video template now, or at a time."""

        async def act(uow: Uow) -> dict[str, object]:
            send_at = body.send_at.replace(tzinfo=body.send_at.tzinfo or UTC) if body.send_at else None
            return await shown(uow, await tasks.create(uow, actor, body.new(send_at)))

        return cast("OwnTask", await once.run(request, actor.tenant(Permission.BASIC_SEND_CREATE), act))

    @router.get("/{task_id}", operation_id="hongyan_show_video_task")
    async def show(actor: Signed, task_id: str) -> OwnTask:
        """Show a video send task with its counts."""
        tenant_id = actor.tenant(Permission.BASIC_SEND_LIST)
        async with db.begin() as uow:
            return _own(await views.get(uow, tenant_id, TaskId(parse_uuid(task_id, "task_id"))))

    @router.get("/{task_id}/replies", operation_id="hongyan_list_video_replies")
    async def replies(
        actor: Signed,
        task_id: str,
        offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> ReplyPage:
        """Show what phones answered to a task, newest first."""
        tenant_id = actor.tenant(Permission.BASIC_SEND_LIST)
        wanted = TaskId(parse_uuid(task_id, "task_id"))
        async with db.begin() as uow:
            page = await views.list_replies(uow, tenant_id, wanted, offset=offset, limit=limit)
        return ReplyPage(items=[_reply(one) for one in page.items], total=page.total)

    @router.post("/{task_id}/resend", operation_id="hongyan_resend_video_task")
    async def resend(request: Request, actor: Signed, task_id: str) -> OwnTask:
        """Send what failed once more; possible once."""

        async def act(uow: Uow) -> dict[str, object]:
            return await shown(uow, await tasks.resend(uow, actor, TaskId(parse_uuid(task_id, "task_id"))))

        return cast("OwnTask", await once.run(request, actor.tenant(Permission.BASIC_SEND_CREATE), act))

    @router.post("/{task_id}/cancel", operation_id="hongyan_cancel_video_task")
    async def cancel(request: Request, actor: Signed, task_id: str) -> OwnTask:
        """Send nothing more of a task."""

        async def act(uow: Uow) -> dict[str, object]:
            return await shown(uow, await tasks.cancel(uow, actor, TaskId(parse_uuid(task_id, "task_id"))))

        return cast("OwnTask", await once.run(request, actor.tenant(Permission.BASIC_SEND_CREATE), act))

    @router.post("/{task_id}/resume", operation_id="hongyan_resume_video_task")
    async def resume(request: Request, actor: Signed, task_id: str) -> OwnTask:
        """Let a task go on that a restore has stopped."""

        async def act(uow: Uow) -> dict[str, object]:
            return await shown(uow, await tasks.resume(uow, actor, TaskId(parse_uuid(task_id, "task_id"))))

        return cast("OwnTask", await once.run(request, actor.tenant(Permission.BASIC_SEND_CREATE), act))

    return router


def _row(one: VideoProgress) -> TaskRow:
    task = one.task
    return TaskRow(
        task_id=task.id,
        task_name=task.name,
        task_state=STATE_WORDS[task.state],
        tpl_id=task.tpl_id,
        tpl_name=task.tpl_name,
        operator=task.created_by,
        create_time=aim_time(task.created_at),
        send_time=aim_time(task.send_at),
        total_count=task.total,
        success_count=one.delivered,
        failed_count=one.failed,
        timeout_count=one.timed_out,
        exdata=task.exdata,
    )


def _own(one: VideoProgress) -> OwnTask:
    task = one.task
    return OwnTask(
        task_id=task.id,
        name=task.name,
        state=task.state,
        tpl_id=task.tpl_id,
        tpl_name=task.tpl_name,
        created_by=task.created_by,
        created_at=task.created_at.isoformat(),
        send_at=task.send_at.isoformat(),
        total=task.total,
        resent=task.resent,
        delivered=one.delivered,
        failed=one.failed,
        timed_out=one.timed_out,
        exdata=task.exdata,
    )


def _reply(reply: VideoReply) -> ReplyRow:
    return ReplyRow(reply_id=reply.reply_id, mobile=reply.phone, text=reply.text, at=reply.at.isoformat())
