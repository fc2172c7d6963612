"""The lists of this room and of those below that can be exported; other rooms' come as ``ExportKind`` from outside."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from hongyan.kernel.db.database import Uow
from hongyan.kernel.exports import Cell, ExportColumn, ExportKind, ExportOrder
from hongyan.kernel.ids import TaskId, UserId
from hongyan.kernel.phones import mask_phone, national_form
from hongyan.rooms.campaigns.contracts import TaskFilter, TaskState
from hongyan.rooms.campaigns.service.views import CampaignViews
from hongyan.rooms.delivery.contracts import MessageFilter, MessageState
from hongyan.rooms.handsets.contracts import Vendor
from hongyan.rooms.identity.contracts import REFUSALS, AuditFilter, Permission, system_actor
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.reports.contracts import (
    CardFilter,
    CardSplit,
    ReportType,
    SendFilter,
    VideoFilter,
    VideoSplit,
)
from hongyan.rooms.reports.service import words
from hongyan.rooms.reports.service.door import ReportsService
from hongyan.rooms.reports.service.videos import VideoReports

_PAGE: Final = 500
_EVERYTHING: Final = 1_000_000
_UUID: Final = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
Rows = AsyncIterator[Sequence[Cell]]


class _Filters(BaseModel):
    model_config = ConfigDict(extra="forbid")


class MessageFilters(_Filters):
    """Messages of one task."""

    task_id: str = Field(pattern=_UUID)
    state: list[MessageState] = Field(default=[], max_length=20)


class TaskFilters(_Filters):
    """Send tasks, as their list asks for them."""

    name: str | None = Field(default=None, max_length=30)
    state: list[TaskState] = Field(default=[], max_length=20)
    begin: datetime | None = None
    end: datetime | None = None


class SendReportFilters(_Filters):
    """The send report."""

    report_type: ReportType = ReportType.DAILY
    tpl_id: str | None = Field(default=None, max_length=9)
    tpl_name: str | None = Field(default=None, max_length=100)
    first: date | None = None
    last: date | None = None


class CardReportFilters(_Filters):
    """The template report, by day and vendor."""

    tpl_ids: list[Annotated[str, Field(min_length=1, max_length=9)]] = Field(default=[], max_length=100)
    vendors: list[Vendor] = []
    first: date
    last: date


class VideoReportFilters(_Filters):
    """The report of video SMS."""

    by: VideoSplit = VideoSplit.DAY
    tpl_id: str | None = Field(default=None, max_length=36)
    tpl_name: str | None = Field(default=None, max_length=100)
    first: date | None = None
    last: date | None = None


class AuditFilters(_Filters):
    """The audit log, as its page asks for it; ``user`` is a part of a name."""

    user: str | None = Field(default=None, max_length=130)
    action: str | None = Field(default=None, max_length=60)
    subject_kind: str | None = Field(default=None, max_length=130)
    subject_id: str | None = Field(default=None, max_length=130)
    result: Literal["done", "refused"] | None = None
    user_id: str | None = Field(default=None, pattern=_UUID)
    begin: datetime | None = None
    end: datetime | None = None


def message_kind(views: CampaignViews) -> ExportKind:
    """Return the messages of a send task (发送任务明细)."""

    async def find_total(uow: Uow, order: ExportOrder) -> int | None:
        wanted = MessageFilters.model_validate(order.filters)
        states = (await views.get(uow, order.tenant_id, TaskId(wanted.task_id))).states
        return sum(count for state, count in states.items() if not wanted.state or state in wanted.state)

    async def rows(uow: Uow, order: ExportOrder) -> Rows:
        wanted = MessageFilters.model_validate(order.filters)
        where = MessageFilter(task_id=TaskId(wanted.task_id), states=frozenset(wanted.state) or None)
        shown = national_form if order.full_numbers else mask_phone
        states = words.MESSAGE_STATES[order.language]
        async for one in views.iter_messages(uow, order.tenant_id, where):
            yield (
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
        name="send_messages",
        title=ExportColumn("发送任务明细", "messages"),
        permission=Permission.MESSAGE_EXPORT,
        columns=words.MESSAGES,
        filters=MessageFilters,
        find_total=find_total,
        rows=rows,
        has_numbers=True,
    )


def task_kind(views: CampaignViews) -> ExportKind:
    """Return the list of send tasks (发送任务)."""

    def filter_of(order: ExportOrder) -> TaskFilter:
        wanted = TaskFilters.model_validate(order.filters)
        # Newer ones would move the pages.
        end = order.ordered_at if wanted.end is None else min(wanted.end, order.ordered_at)
        return TaskFilter(name=wanted.name or None, states=tuple(wanted.state), begin=wanted.begin, end=end)

    async def find_total(uow: Uow, order: ExportOrder) -> int | None:
        return (await views.list(uow, order.tenant_id, filter_of(order), offset=0, limit=1)).total

    async def rows(uow: Uow, order: ExportOrder) -> Rows:
        states, offset = words.TASK_STATES[order.language], 0
        while True:
            page = await views.list(uow, order.tenant_id, filter_of(order), offset=offset, limit=_PAGE)
            for row in page.items:
                task, counts = row.task, row.task.counts
                yield (
                    task.id,
                    task.name,
                    states[task.state],
                    words.YES[order.language] if task.is_trial else "",
                    task.content.card_template_id,
                    task.content.card_template_name,
                    task.content.signature_name,
                    task.content.channel_number,
                    counts.imported,
                    counts.capable,
                    counts.submitted,
                    row.states.get(MessageState.DELIVERED, 0),
                    row.states.get(MessageState.FAILED, 0) + row.states.get(MessageState.EXPIRED, 0),
                    row.resolved,
                    task.created_by,
                    task.created_at,
                    task.started_at,
                    task.finished_at,
                )
            offset += _PAGE
            if len(page.items) < _PAGE:
                return

    return ExportKind(
        name="send_tasks",
        title=ExportColumn("发送任务", "send-tasks"),
        permission=Permission.CONSOLE_LIST,
        columns=words.TASKS,
        filters=TaskFilters,
        find_total=find_total,
        rows=rows,
    )


def send_report_kind(reports: ReportsService) -> ExportKind:
    """Return 智能信息发送报表."""

    def filter_of(order: ExportOrder) -> SendFilter:
        wanted = SendReportFilters.model_validate(order.filters)
        return SendFilter(wanted.report_type, wanted.tpl_id or None, wanted.tpl_name or None, wanted.first, wanted.last)

    async def find_total(uow: Uow, order: ExportOrder) -> int | None:
        return (await reports.report_sends(uow, order.tenant_id, filter_of(order), offset=0, limit=1)).total

    async def rows(uow: Uow, order: ExportOrder) -> Rows:
        wanted, offset = filter_of(order), 0
        while True:
            page = await reports.report_sends(uow, order.tenant_id, wanted, offset=offset, limit=_PAGE)
            for row in page.rows:
                day = f"{row.day:%Y-%m}" if wanted.report_type is ReportType.MONTHLY else f"{row.day:%Y-%m-%d}"
                yield (
                    *(day, row.tpl_id, row.tpl_name),
                    *(row.submitted, row.capable, row.sent, row.delivered, row.resolved),
                    *(_share(row.capable, row.submitted), _share(row.delivered, row.sent)),
                    _share(row.resolved, row.delivered),
                )
            offset += _PAGE
            if len(page.rows) < _PAGE:
                return

    return ExportKind(
        name="send_report",
        title=ExportColumn("智能信息发送报表", "send-report"),
        permission=Permission.REPORT_LIST,
        columns=words.SEND_REPORT,
        filters=SendReportFilters,
        find_total=find_total,
        rows=rows,
    )


def card_report_kind(reports: ReportsService) -> ExportKind:
    """Return 智能信息模板报表, a row per template, day and vendor."""
    split = (CardSplit.DAY, CardSplit.VENDOR)

    def filter_of(order: ExportOrder) -> CardFilter:
        wanted = CardReportFilters.model_validate(order.filters)
        return CardFilter(tuple(wanted.tpl_ids) or None, wanted.first, wanted.last, frozenset(wanted.vendors) or None)

    async def find_total(uow: Uow, order: ExportOrder) -> int | None:
        return (await reports.report_cards(uow, order.tenant_id, filter_of(order), split, offset=0, limit=1)).total

    async def rows(uow: Uow, order: ExportOrder) -> Rows:
        offset = 0
        while True:
            page = await reports.report_cards(uow, order.tenant_id, filter_of(order), split, offset=offset, limit=_PAGE)
            for row in page.items:
                yield (
                    *(row.day, row.tpl_id, row.tpl_name, row.vendor),
                    *(row.resolved, row.exposed_people, row.exposed_times, row.clicked_people, row.clicked_times),
                    *(_share(row.exposed_people, row.resolved), _share(row.clicked_people, row.exposed_people)),
                )
            offset += _PAGE
            if len(page.items) < _PAGE:
                return

    return ExportKind(
        name="template_report",
        title=ExportColumn("智能信息模板报表", "template-report"),
        permission=Permission.REPORT_LIST,
        columns=words.CARD_REPORT,
        filters=CardReportFilters,
        find_total=find_total,
        rows=rows,
    )


def video_report_kind(videos: VideoReports) -> ExportKind:
    """Return 智能信息基础版报表."""

    def filter_of(order: ExportOrder) -> VideoFilter:
        wanted = VideoReportFilters.model_validate(order.filters)
        return VideoFilter(wanted.by, wanted.tpl_id or None, wanted.tpl_name or None, wanted.first, wanted.last)

    async def find_total(uow: Uow, order: ExportOrder) -> int | None:
        return (await videos.report(uow, order.tenant_id, filter_of(order), offset=0, limit=1)).total

    async def rows(uow: Uow, order: ExportOrder) -> Rows:
        # It is summed as a whole in any case.
        report = await videos.report(uow, order.tenant_id, filter_of(order), offset=0, limit=_EVERYTHING)
        for row in report.rows:
            counts = row.counts
            yield (
                *(row.day, row.tpl_id, row.tpl_name, counts.tasks, counts.total),
                *(counts.delivered, counts.failed, counts.timed_out, _share(counts.delivered, counts.total)),
            )

    return ExportKind(
        name="video_report",
        title=ExportColumn("智能信息基础版报表", "video-report"),
        permission=Permission.REPORT_LIST,
        columns=words.VIDEO_REPORT,
        filters=VideoReportFilters,
        find_total=find_total,
        rows=rows,
    )


def audit_kind(identity: IdentityService) -> ExportKind:
    """Return the tenant's audit log (操作日志)."""

    def filter_of(order: ExportOrder) -> AuditFilter:
        wanted = AuditFilters.model_validate(order.filters)
        return AuditFilter(
            action=wanted.action or None,
            user_id=None if wanted.user_id is None else UserId(wanted.user_id),
            user_name=wanted.user or None,
            subject_kind=wanted.subject_kind or None,
            subject_id=wanted.subject_id or None,
            begin=wanted.begin,
            end=order.ordered_at if wanted.end is None else min(wanted.end, order.ordered_at),
            refused=None if wanted.result is None else wanted.result == "refused",
        )

    async def find_total(uow: Uow, order: ExportOrder) -> int | None:
        actor = system_actor(order.tenant_id)
        return (await identity.audit.find_entries(uow, actor, filter_of(order), offset=0, limit=1)).total

    async def rows(uow: Uow, order: ExportOrder) -> Rows:
        actor, wanted, results = system_actor(order.tenant_id), filter_of(order), words.RESULTS[order.language]
        below: int | None = None
        while entries := await identity.audit.read_entries(uow, actor, wanted, below=below, limit=_PAGE):
            below = entries[-1].id
            for one in entries:
                yield (
                    *(one.at, one.user_name, one.via, one.address, one.action, one.subject_kind, one.subject_id),
                    results[one.action in REFUSALS],
                    *(words.json_of(one.before), words.json_of(one.after), one.request_id),
                )

    return ExportKind(
        name="audit",
        title=ExportColumn("操作日志", "audit"),
        permission=Permission.AUDIT_LIST,
        columns=words.AUDIT,
        filters=AuditFilters,
        find_total=find_total,
        rows=rows,
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
