"""The exports of send details (发送任务明细), messages of all tasks within some days, and of one video send's."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from hongyan.kernel.db.database import Uow
from hongyan.kernel.exports import Cell, ExportColumn, ExportKind, ExportOrder
from hongyan.kernel.ids import TaskId
from hongyan.kernel.phones import mask_phone, national_form
from hongyan.rooms.campaigns.service.send_details import DetailFilter, SendDetails, TaskOfMessage
from hongyan.rooms.campaigns.service.video import split_no
from hongyan.rooms.campaigns.service.video_views import VideoResult, VideoViews, states_of
from hongyan.rooms.delivery.contracts import MessageFilter, MessageState
from hongyan.rooms.identity.contracts import Permission
from hongyan.rooms.reports.service import words

_UUID: Final = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
_TASKS: Final = 1_000
"""Tasks whose names are kept while rows are written."""
_C = ExportColumn
_COLUMNS: Final = (
    *(_C("任务ID", "Task id"), _C("任务名称", "Task name"), _C("签名", "Signature")),
    *(_C("智能信息模板名称", "Card template"), *words.MESSAGES),
)


class DetailFilters(BaseModel):
    """Send details, as their list asks for them; never a number."""

    model_config = ConfigDict(extra="forbid")

    task_id: str | None = Field(default=None, pattern=_UUID)
    signature: str | None = Field(default=None, max_length=30)
    card_template_id: str | None = Field(default=None, max_length=36)
    state: list[MessageState] = Field(default=[], max_length=20)
    begin: AwareDatetime | None = None
    end: AwareDatetime | None = None


class VideoMessageFilters(BaseModel):
    """Messages of one video send, as its details ask for them; never a number."""

    model_config = ConfigDict(extra="forbid")

    task_id: str = Field(pattern=_UUID)
    result: list[VideoResult] = Field(default=[], max_length=4)


def video_message_kind(views: VideoViews) -> ExportKind:
    """Return the messages of a video send (智能信息基础版 > 任务明细)."""

    def filter_of(order: ExportOrder) -> MessageFilter:
        wanted = VideoMessageFilters.model_validate(order.filters)
        return MessageFilter(task_id=TaskId(wanted.task_id), states=states_of(wanted.result) or None)

    async def find_total(uow: Uow, order: ExportOrder) -> int | None:
        where = filter_of(order)
        counts = await views.count_messages(uow, order.tenant_id, where.task_id or TaskId(""))
        return sum(count for state, count in counts.items() if where.states is None or state in where.states)

    async def rows(uow: Uow, order: ExportOrder) -> AsyncIterator[Sequence[Cell]]:
        shown = national_form if order.full_numbers else mask_phone
        states, yes = words.MESSAGE_STATES[order.language], words.YES[order.language]
        async for one in views.iter_messages(uow, order.tenant_id, filter_of(order)):
            no, is_again = split_no(one.recipient_no)
            yield (
                *(no + 1, shown(one.phone), yes if is_again else "", states[one.state]),
                *(one.carrier_code, one.submitted_at, one.final_at),
            )

    return ExportKind(
        name="video_messages",
        title=ExportColumn("智能信息基础版发送明细", "video-messages"),
        permission=Permission.MESSAGE_EXPORT,
        columns=words.VIDEO_MESSAGES,
        filters=VideoMessageFilters,
        find_total=find_total,
        rows=rows,
        has_numbers=True,
    )


def detail_kind(details: SendDetails) -> ExportKind:
    """Return the messages of all tasks."""

    def filter_of(order: ExportOrder) -> DetailFilter:
        wanted = DetailFilters.model_validate(order.filters)
        return DetailFilter(
            task_id=TaskId(wanted.task_id) if wanted.task_id else None,
            signature=wanted.signature,
            card_template_id=wanted.card_template_id,
            states=frozenset(wanted.state),
            begin=wanted.begin,
            # Without a task the last day is that before the order, whenever it is carried out.
            end=wanted.end or (None if wanted.task_id or wanted.begin else order.ordered_at),
        )

    async def find_total(uow: Uow, order: ExportOrder) -> int | None:
        return await details.find_total(uow, order.tenant_id, filter_of(order))

    async def rows(uow: Uow, order: ExportOrder) -> AsyncIterator[Sequence[Cell]]:
        shown = national_form if order.full_numbers else mask_phone
        states = words.MESSAGE_STATES[order.language]
        tasks: dict[TaskId, TaskOfMessage | None] = {}
        async for one in details.iter(uow, order.tenant_id, filter_of(order)):
            if one.task_id not in tasks:
                if len(tasks) >= _TASKS:
                    tasks.clear()
                tasks[one.task_id] = (await details.tasks_of(uow, order.tenant_id, (one,))).get(one.task_id)
            task = tasks[one.task_id]
            yield (
                one.task_id,
                task.name if task else None,
                task.signature if task else None,
                task.card_template_name if task else None,
                one.recipient_no + 1,
                shown(one.phone),
                states[one.state],
                one.carrier_code,
                one.parts,
                one.link_code,
                one.submitted_at,
                one.final_at,
                one.text,
            )

    return ExportKind(
        name="send_details",
        title=ExportColumn("发送任务明细", "send-details"),
        permission=Permission.MESSAGE_EXPORT,
        columns=_COLUMNS,
        filters=DetailFilters,
        find_total=find_total,
        rows=rows,
        has_numbers=True,
    )
