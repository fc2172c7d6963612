"""Video send tasks in the console: list, send by file, details per number, replies, once more, stop."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any, Final, Self

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.errors import HongyanError, InvalidInput
from hongyan.kernel.http.once import Once
from hongyan.kernel.http.vendor import UUID_PATTERN
from hongyan.kernel.ids import FileId, TaskId
from hongyan.kernel.phones import NO_PHONE, mask_phone, normalise_phone
from hongyan.rooms.audience.service import AudienceService
from hongyan.rooms.campaigns.console_api.send_form import XLSX
from hongyan.rooms.campaigns.contracts import (
    NewVideoTask,
    VideoGroup,
    VideoProgress,
    VideoReply,
    VideoTask,
    VideoTaskFilter,
    VideoTaskSort,
    VideoTaskState,
)
from hongyan.rooms.campaigns.service.video import DEFAULT_HOURS, VideoTasks, split_no
from hongyan.rooms.campaigns.service.video_files import naming_numbers, read_groups
from hongyan.rooms.campaigns.service.video_plan import VideoPlanner, is_large
from hongyan.rooms.campaigns.service.video_views import VideoResult, VideoViews, states_of
from hongyan.rooms.carriers.service import explain_code
from hongyan.rooms.delivery.contracts import MessageFilter, MessageState, MessageView
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.video_sms.service.door import VideoSmsService

Word = Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$")]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Limit = Annotated[int, Query(ge=1, le=100)]
Key = Annotated[TaskId, Path(pattern=UUID_PATTERN)]
_FIELDS: Final = {"expiration_time": "hours", "mobiles": "number_file_id", "dync_params": "values"}


class VideoTaskBody(BaseModel):
    """The send form; ``values`` are everybody's, else each row of the file brings its own."""

    task_name: str = Field(default="", max_length=200)
    tpl_id: str = Field(max_length=9, pattern=r"^[^\x00]*$")
    number_file_id: str = Field(pattern=UUID_PATTERN)
    is_individual: bool = False
    values: list[Annotated[str, Field(max_length=1000)]] = Field(default_factory=list, max_length=100)
    hours: int = DEFAULT_HOURS
    send_at: AwareDatetime | None = None

    @contextmanager
    def own_fields(self) -> Iterator[None]:
        """Let refusals name the form's fields, whatever the vendor's API calls them."""
        try:
            yield
        except HongyanError as error:
            field = error.field or ""
            if field.startswith("dync_params["):
                error.field = f"values.{field.removeprefix('dync_params[').partition(']')[0]}"
            elif field.startswith("mobiles["):
                error.field = "number_file_id"
            else:
                error.field = _FIELDS.get(field, error.field)
            raise


class VideoTaskView(BaseModel):
    """A task with its counts."""

    task_id: str
    name: str
    state: VideoTaskState
    tpl_id: str
    tpl_name: str
    hours: int
    total: int
    planned: int
    """Messages that are in the ledger; fewer than numbers while a large file is taken in."""
    delivered: int
    failed: int
    """With ``unsent``."""
    timed_out: int
    unsent: int
    """Numbers that got no message: the task was stopped while its file was taken in."""
    resent: int
    is_cancelled: bool
    created_by: str
    created_at: datetime
    send_at: datetime

    @classmethod
    def of(cls, one: VideoProgress) -> Self:
        """Return a row."""
        task = one.task
        return cls(
            task_id=task.id,
            name=task.name,
            state=task.state,
            tpl_id=task.tpl_id,
            tpl_name=task.tpl_name,
            hours=task.hours,
            total=task.total,
            planned=one.planned,
            delivered=one.delivered,
            failed=one.failed,
            timed_out=one.timed_out,
            unsent=one.unsent,
            resent=task.resent,
            is_cancelled=task.is_cancelled,
            created_by=task.created_by,
            created_at=task.created_at,
            send_at=task.send_at,
        )


class VideoTaskList(BaseModel):
    """A page of tasks."""

    items: list[VideoTaskView]
    total: int


class VideoMessageView(BaseModel):
    """One message of a task; the number is masked."""

    message_id: int
    no: int
    """From 1; of a second attempt that of the first."""
    is_again: bool
    """It is the second attempt of a number that failed before."""
    phone_masked: str
    state: MessageState
    carrier_code: str | None
    carrier_text: dict[str, str] | None
    submitted_at: datetime | None
    final_at: datetime | None


class VideoMessageList(BaseModel):
    """A page of messages."""

    items: list[VideoMessageView]
    total: int


class VideoReplyView(BaseModel):
    """What a phone answered."""

    reply_id: str
    phone_masked: str
    text: str
    at: datetime


class VideoReplyList(BaseModel):
    """A page of replies."""

    items: list[VideoReplyView]
    total: int


def video_router(
    *,
    db: Database,
    auth: Auth,
    tasks: VideoTasks,
    planner: VideoPlanner,
    views: VideoViews,
    templates: VideoSmsService,
    audience: AudienceService,
    once: Once,
) -> APIRouter:
    """Return the router of ``/console/api/video-tasks``."""
    router = APIRouter(prefix="/console/api/video-tasks", tags=["video tasks"])
    SignedIn = Annotated[Actor, Depends(auth.console)]  # noqa: N806 - a type

    async def shown(uow: Uow, task: VideoTask) -> VideoTaskView:
        return VideoTaskView.of(await views.get(uow, task.tenant_id, task.id))

    @router.get("", operation_id="console_list_video_tasks")
    async def list_tasks(
        *,
        actor: SignedIn,
        name: Word = None,
        tpl_name: Word = None,
        state: VideoTaskState | None = None,
        begin: datetime | None = None,
        end: datetime | None = None,
        sort: VideoTaskSort = "-created_at",
        offset: Offset = 0,
        limit: Limit = 20,
    ) -> VideoTaskList:
        """List video send tasks with their counts, newest first unless ``sort`` says otherwise."""
        tenant_id = actor.tenant(Permission.BASIC_SEND_LIST)
        wanted = VideoTaskFilter(
            name=name or None, tpl_name=tpl_name or None, state=state, begin=begin, end=end, sort=sort
        )
        async with db.begin() as uow:
            page = await views.list_tasks(uow, tenant_id, wanted, offset=offset, limit=limit)
        return VideoTaskList(items=[VideoTaskView.of(one) for one in page.items], total=page.total)

    @router.post("", operation_id="console_create_video_task", response_model=VideoTaskView)
    async def create(request: Request, actor: SignedIn, body: VideoTaskBody) -> object:
        """Send a template to the numbers of a file, now or at a time; honours ``Idempotency-Key``."""
        # Sending from the console is sending by file: whoever may only call the API may not.
        actor.require(Permission.NUMBER_FILE_CREATE)
        tenant_id = actor.tenant(Permission.BASIC_SEND_CREATE)
        async with db.begin() as uow:
            file = await audience.get_file(uow, tenant_id, FileId(body.number_file_id))
            template = await templates.get_template(uow, tenant_id, body.tpl_id)
        is_individual = body.is_individual and bool(template.params)
        if not is_individual and len(body.values) != len(template.params):
            raise InvalidInput(
                "values", reason="one value for each placeholder", reason_zh="须为每个模板参数填写一个值"
            )
        shared = None if is_individual else tuple(body.values)
        groups: tuple[VideoGroup, ...] = ()
        if not is_large(file):
            with body.own_fields():
                groups = await read_groups(audience, file, template.params, shared=shared)
        new = NewVideoTask(
            name=body.task_name,
            tpl_id=body.tpl_id,
            hours=body.hours,
            groups=groups,
            send_at=body.send_at,
            is_individual=is_individual,
        )

        async def act(uow: Uow) -> dict[str, object]:
            with body.own_fields(), naming_numbers(groups):
                made = tasks.create(uow, actor, new) if groups else planner.create(uow, actor, new, file, shared)
                return (await shown(uow, await made)).model_dump(mode="json")

        return await once.run(request, tenant_id, act)

    @router.get("/sample.xlsx", operation_id="console_download_video_sample", response_class=Response)
    async def sample(
        actor: SignedIn, tpl_id: Annotated[str, Query(max_length=9, pattern="^[0-9]+$")], *, is_individual: bool = False
    ) -> Response:
        """Download a file to fill in, with a column for every value when each number has its own."""
        tenant_id = actor.tenant(Permission.BASIC_SEND_LIST)
        async with db.begin() as uow:
            template = await templates.get_template(uow, tenant_id, tpl_id)
        columns = [(name, "示例") for name in template.params] if is_individual else []
        data = audience.sample_xlsx(columns)
        return Response(data, media_type=XLSX, headers={"content-disposition": 'attachment; filename="numbers.xlsx"'})

    @router.post("/{task_id}/resend", operation_id="console_resend_video_task")
    async def resend(actor: SignedIn, task_id: Key) -> VideoTaskView:
        """Send what failed once more; possible once."""
        async with db.begin() as uow:
            return await shown(uow, await tasks.resend(uow, actor, task_id))

    @router.post("/{task_id}/cancel", operation_id="console_cancel_video_task")
    async def cancel(actor: SignedIn, task_id: Key) -> VideoTaskView:
        """Send nothing more of a task."""
        async with db.begin() as uow:
            return await shown(uow, await tasks.cancel(uow, actor, task_id))

    _details(router, db, views, SignedIn)
    return router


def _details(router: APIRouter, db: Database, views: VideoViews, signed_in: Any) -> None:
    @router.get("/{task_id}", operation_id="console_show_video_task")
    async def show(actor: signed_in, task_id: Key) -> VideoTaskView:
        """Show a task with its counts."""
        tenant_id = actor.tenant(Permission.BASIC_SEND_LIST)
        async with db.begin() as uow:
            return VideoTaskView.of(await views.get(uow, tenant_id, task_id))

    @router.get("/{task_id}/messages", operation_id="console_list_video_messages")
    async def messages(
        actor: signed_in,
        task_id: Key,
        result: Annotated[list[VideoResult] | None, Query()] = None,
        phone: Annotated[str | None, Query(max_length=20)] = None,
        offset: Offset = 0,
        limit: Limit = 20,
    ) -> VideoMessageList:
        """List what became of each number."""
        tenant_id = actor.tenant(Permission.BASIC_SEND_LIST)
        states = states_of(result or ())
        # A text that is no number matches nothing, which the list shows as such.
        wanted = (normalise_phone(phone) or NO_PHONE) if phone else None
        where = MessageFilter(task_id=task_id, states=states or None, phone=wanted)
        async with db.begin() as uow:
            page = await views.list_messages(uow, tenant_id, where, offset=offset, limit=limit)
        return VideoMessageList(items=[_message(one) for one in page.items], total=page.total)

    @router.get("/{task_id}/replies", operation_id="console_list_video_replies")
    async def replies(actor: signed_in, task_id: Key, offset: Offset = 0, limit: Limit = 20) -> VideoReplyList:
        """List what phones answered, newest first."""
        tenant_id = actor.tenant(Permission.BASIC_SEND_LIST)
        async with db.begin() as uow:
            page = await views.list_replies(uow, tenant_id, task_id, offset=offset, limit=limit)
        return VideoReplyList(items=[_reply(one) for one in page.items], total=page.total)


def _message(one: MessageView) -> VideoMessageView:
    no, is_again = split_no(one.recipient_no)
    trouble = explain_code(one.carrier_code) if one.carrier_code else None
    return VideoMessageView(
        message_id=one.message_id,
        no=no + 1,
        is_again=is_again,
        phone_masked=mask_phone(one.phone),
        state=one.state,
        carrier_code=one.carrier_code,
        carrier_text={"zh-CN": trouble.zh, "en": trouble.en} if trouble else None,
        submitted_at=one.submitted_at,
        final_at=one.final_at,
    )


def _reply(one: VideoReply) -> VideoReplyView:
    return VideoReplyView(reply_id=one.reply_id, phone_masked=mask_phone(one.phone), text=one.text, at=one.at)
