"""The console's doors of send tasks.

List, details, live progress, messages with filters and download, pause, resume, cancel.
"""

import csv
import io
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from typing_extensions import TypedDict

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import MessageId, TaskId, TenantId
from hongyan.kernel.phones import NO_PHONE, mask_phone, national_form, normalise_phone
from hongyan.rooms.campaigns.contracts import (
    Progress,
    TaskDocument,
    TaskFilter,
    TaskPageDocument,
    TaskSort,
    TaskState,
)
from hongyan.rooms.campaigns.service.desk import CampaignDesk
from hongyan.rooms.campaigns.service.exports import ParseExports
from hongyan.rooms.campaigns.service.stream import progress_events
from hongyan.rooms.campaigns.service.views import CampaignViews, describe
from hongyan.rooms.carriers.service import explain_code
from hongyan.rooms.delivery.contracts import MessageFilter, MessageState, MessageView
from hongyan.rooms.handsets.contracts import CardLife, Vendor
from hongyan.rooms.identity.contracts import Actor, Auth, Permission

_CSV_ROWS = 1_000
_BOM = "\ufeff"


class MessageDocument(TypedDict):
    """A message as the console shows it; the number is masked."""

    message_id: int
    recipient_no: int
    phone_masked: str
    state: MessageState
    carrier_code: str | None
    carrier_text: dict[str, str] | None
    text: str
    parts: int
    link_code: str | None
    planned_at: str
    submitted_at: str | None
    final_at: str | None


class CardLifeDocument(TypedDict):
    """What became of a message's card on one handset."""

    vendor: Vendor
    granted_at: str
    rendered_at: str | None
    exposed_at: str | None
    clicks: int


class CardLivesDocument(TypedDict):
    """The handsets that asked for a message's card, the first one first."""

    items: list[CardLifeDocument]


class MessagePageDocument(TypedDict):
    """Some messages and how many there are."""

    items: list[MessageDocument]
    total: int


def console_router(
    *, db: Database, auth: Auth, desk: CampaignDesk, views: CampaignViews, exports: ParseExports
) -> APIRouter:
    """Return the router of ``/console/api/send-tasks``."""
    router = APIRouter(prefix="/console/api", tags=["campaigns"])
    SignedIn = Annotated[Actor, Depends(auth.console)]  # noqa: N806 - a type
    _reading(router, db, views, exports, SignedIn)
    _acting(router, db, desk, views, SignedIn)
    return router


def _reading(router: APIRouter, db: Database, views: CampaignViews, exports: ParseExports, signed_in: Any) -> None:
    @router.get("/send-tasks", operation_id="console_list_send_tasks")
    async def list_tasks(
        actor: signed_in,
        name: Annotated[str | None, Query(max_length=30)] = None,
        state: Annotated[list[TaskState] | None, Query()] = None,
        begin: datetime | None = None,
        end: datetime | None = None,
        sort: TaskSort = "-created_at",
        offset: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> TaskPageDocument:
        tenant_id = actor.tenant(Permission.CONSOLE_LIST)
        wanted = TaskFilter(name=name, states=tuple(state or ()), begin=begin, end=end, sort=sort)
        async with db.begin() as uow:
            page = await views.list(uow, tenant_id, wanted, offset=offset, limit=limit)
        return {"items": [describe(row) for row in page.items], "total": page.total}

    @router.get("/send-tasks/{task_id}", operation_id="console_show_send_task")
    async def show(actor: signed_in, task_id: TaskId) -> TaskDocument:
        tenant_id = actor.tenant(Permission.CONSOLE_LIST)
        async with db.begin() as uow:
            return describe(await views.get(uow, tenant_id, task_id))

    @router.get("/send-tasks/{task_id}/progress", operation_id="console_stream_send_task")
    async def progress(actor: signed_in, task_id: TaskId) -> StreamingResponse:
        tenant_id = actor.tenant(Permission.CONSOLE_LIST)
        async with db.begin() as uow:
            await views.get(uow, tenant_id, task_id)
        stream = progress_events(db, views, tenant_id, task_id)
        return StreamingResponse(stream, media_type="text/event-stream", headers={"cache-control": "no-store"})

    @router.get("/send-tasks/{task_id}/messages", operation_id="console_list_messages")
    async def messages(
        actor: signed_in,
        task_id: TaskId,
        state: Annotated[list[MessageState] | None, Query()] = None,
        phone: Annotated[str | None, Query(max_length=20)] = None,
        offset: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> MessagePageDocument:
        tenant_id = actor.tenant(Permission.CONSOLE_LIST)
        where = _where(task_id, state, phone)
        async with db.begin() as uow:
            await views.get(uow, tenant_id, task_id)
            page = await views.messages(uow, tenant_id, where, offset=offset, limit=limit)
        return {"items": [message_row(message) for message in page.items], "total": page.total}

    @router.get("/send-tasks/{task_id}/messages/{message_id}/cards", operation_id="console_list_message_cards")
    async def cards(actor: signed_in, task_id: TaskId, message_id: int) -> CardLivesDocument:
        tenant_id = actor.tenant(Permission.CONSOLE_LIST)
        async with db.begin() as uow:
            found = await views.cards(uow, tenant_id, task_id, MessageId(message_id))
        return {"items": [_card(one) for one in found]}

    @router.get("/send-tasks/{task_id}/messages.csv", operation_id="console_export_messages")
    async def export(
        actor: signed_in,
        task_id: TaskId,
        state: Annotated[list[MessageState] | None, Query()] = None,
        phone: Annotated[str | None, Query(max_length=20)] = None,
    ) -> StreamingResponse:
        tenant_id = actor.tenant(Permission.MESSAGE_EXPORT)
        async with db.begin() as uow:
            await views.get(uow, tenant_id, task_id)
        rows = messages_csv(db, views, tenant_id, _where(task_id, state, phone))
        name = f'attachment; filename="messages-{task_id}.csv"'
        return StreamingResponse(rows, media_type="text/csv; charset=utf-8", headers={"content-disposition": name})

    @router.get("/send-tasks/{task_id}/recipients.csv", operation_id="console_download_recipients")
    async def recipients(
        actor: signed_in, task_id: TaskId, kind: Annotated[str, Query(pattern="^(capable|incapable|wrong_value)$")]
    ) -> StreamingResponse:
        task = await exports.find_task(actor.tenant(Permission.NUMBER_FILE_CREATE), task_id)
        name = f'attachment; filename="{kind}-{task_id}.csv"'
        rows = exports.csv(task, kind)
        return StreamingResponse(rows, media_type="text/csv; charset=utf-8", headers={"content-disposition": name})


def _acting(
    router: APIRouter,
    db: Database,
    desk: CampaignDesk,
    views: CampaignViews,
    signed_in: Any,
) -> None:
    @router.post("/send-tasks/{task_id}/start", operation_id="console_start_send_task")
    async def start(actor: signed_in, task_id: TaskId) -> TaskDocument:
        async with db.begin() as uow:
            return describe(Progress(await desk.start(uow, actor, task_id)))

    @router.post("/send-tasks/{task_id}/pause", operation_id="console_pause_send_task")
    async def pause(actor: signed_in, task_id: TaskId) -> TaskDocument:
        async with db.begin() as uow:
            return describe(Progress(await desk.pause(uow, actor, task_id)))

    @router.post("/send-tasks/{task_id}/resume", operation_id="console_resume_send_task")
    async def resume(actor: signed_in, task_id: TaskId) -> TaskDocument:
        async with db.begin() as uow:
            return describe(Progress(await desk.resume(uow, actor, task_id)))

    @router.post("/send-tasks/{task_id}/cancel", operation_id="console_cancel_send_task")
    async def cancel(actor: signed_in, task_id: TaskId) -> TaskDocument:
        async with db.begin() as uow:
            return describe(Progress(await desk.cancel(uow, actor, task_id)))

    @router.post("/send-tasks/{task_id}/messages/{message_id}/reveal", operation_id="console_reveal_number")
    async def reveal(actor: signed_in, task_id: TaskId, message_id: int) -> dict[str, str]:
        async with db.begin() as uow:
            phone = await views.reveal(uow, actor, task_id, MessageId(message_id))
        return {"phone": national_form(phone)}


def _where(task_id: TaskId, states: list[MessageState] | None, phone: str | None) -> MessageFilter:
    canonical = None
    if phone:
        # A text that is no number matches nothing, which the list shows as such.
        canonical = normalise_phone(phone) or NO_PHONE
    return MessageFilter(task_id=task_id, states=frozenset(states) if states else None, phone=canonical)


def _card(one: CardLife) -> CardLifeDocument:
    return {
        "vendor": one.vendor,
        "granted_at": one.granted_at.isoformat(),
        "rendered_at": one.rendered_at.isoformat() if one.rendered_at else None,
        "exposed_at": one.exposed_at.isoformat() if one.exposed_at else None,
        "clicks": one.clicks,
    }


def message_row(message: MessageView) -> MessageDocument:
    """Return a message as the console shows it."""
    trouble = explain_code(message.carrier_code) if message.carrier_code else None
    return {
        "message_id": message.message_id,
        "recipient_no": message.recipient_no,
        "phone_masked": mask_phone(message.phone),
        "state": message.state,
        "carrier_code": message.carrier_code,
        "carrier_text": {"zh-CN": trouble.zh, "en": trouble.en} if trouble else None,
        "text": message.text,
        "parts": message.parts,
        "link_code": message.link_code,
        "planned_at": message.planned_at.isoformat(),
        "submitted_at": message.submitted_at.isoformat() if message.submitted_at else None,
        "final_at": message.final_at.isoformat() if message.final_at else None,
    }


async def messages_csv(
    db: Database, views: CampaignViews, tenant_id: TenantId, where: MessageFilter
) -> AsyncIterator[str]:
    """Yield the export in pieces; it starts with a byte-order mark, so that spreadsheets read it as UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(_BOM)
    writer.writerow(["序号", "手机号码", "状态", "状态码", "条数", "短链", "提交时间", "完成时间", "内容"])
    async with db.begin() as uow:
        count = 0
        async for message in views.iter_messages(uow, tenant_id, where):
            row = message_row(message)
            writer.writerow(
                _safe(value)
                for value in (
                    message.recipient_no + 1,
                    row["phone_masked"],
                    row["state"],
                    row["carrier_code"],
                    row["parts"],
                    row["link_code"],
                    row["submitted_at"],
                    row["final_at"],
                    row["text"],
                )
            )
            count += 1
            if count % _CSV_ROWS == 0:
                yield buffer.getvalue()
                buffer.seek(0)
                buffer.truncate()
    yield buffer.getvalue()


def _safe(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    return "'" + value if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value
