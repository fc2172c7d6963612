"""The console's door of send details (发送任务明细): all messages by signature, template, number and result."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime
from typing_extensions import TypedDict

from hongyan.kernel.db.database import Database
from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.ids import TaskId
from hongyan.rooms.campaigns.console_api.tasks import MessageDocument, message_row, messages_csv
from hongyan.rooms.campaigns.service.send_details import DetailFilter, SendDetails, TaskOfMessage
from hongyan.rooms.campaigns.service.views import CampaignViews
from hongyan.rooms.delivery.contracts import MessageState, MessageView
from hongyan.rooms.identity.contracts import Actor, Auth, Permission

_Plain = r"^[^\x00]*$"
_UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
_DEEPEST = 10_000
"""Rows that a list can show. Source: product.md of the requirements §2.10."""


class SendDetailDocument(MessageDocument):
    """A message with its task."""

    task_id: str
    task_name: str
    is_video_task: bool
    signature_name: str
    card_template_name: str
    domain: str


class SendDetailPage(TypedDict):
    """Some messages and how many there are."""

    items: list[SendDetailDocument]
    total: int
    """10,000 at most: as many as a list can show."""
    has_more: bool
    """There are more than that."""


@dataclass
class AskedDetails:
    """The filters that list and download share."""

    task_id: Annotated[str | None, Query(pattern=_UUID)] = None
    signature: Annotated[str | None, Query(max_length=30, pattern=_Plain)] = None
    card_template_id: Annotated[str | None, Query(max_length=36, pattern=_Plain)] = None
    state: Annotated[list[MessageState] | None, Query()] = None
    begin: AwareDatetime | None = None
    end: AwareDatetime | None = None

    def filter(self, phone: str | None) -> DetailFilter:
        """Return what is asked, with a number or without."""
        return DetailFilter(
            task_id=TaskId(self.task_id) if self.task_id else None,
            phone=phone,
            signature=self.signature,
            card_template_id=self.card_template_id,
            states=frozenset(self.state or ()),
            begin=self.begin,
            end=self.end,
        )


def details_router(*, db: Database, auth: Auth, details: SendDetails, views: CampaignViews) -> APIRouter:
    """Return the router of ``/console/api/send-details``."""
    router = APIRouter(prefix="/console/api", tags=["send details"])
    SignedIn = Annotated[Actor, Depends(auth.console)]  # noqa: N806 - a type

    @router.get("/send-details", operation_id="console_list_send_details")
    async def list_details(
        actor: SignedIn,
        asked: Annotated[AskedDetails, Depends()],
        phone: Annotated[str | None, Query(max_length=20, pattern=_Plain)] = None,
        offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> SendDetailPage:
        """List messages, the newest first; without times, a task and a number those of the last day."""
        tenant_id = actor.tenant(Permission.CONSOLE_LIST)
        shown = min(limit, max(0, _DEEPEST - offset))
        async with db.begin() as uow:
            page, tasks = await details.list(uow, tenant_id, asked.filter(phone), offset=offset, limit=max(1, shown))
        items = [_detail(message, tasks.get(message.task_id)) for message in page.items[:shown]]
        return {"items": items, "total": min(page.total, _DEEPEST), "has_more": page.total > _DEEPEST}

    @router.get("/send-details.csv", operation_id="console_export_send_details")
    async def export(
        actor: SignedIn,
        asked: Annotated[AskedDetails, Depends()],
        phone: Annotated[str, Query(min_length=1, max_length=20, pattern=_Plain)],
    ) -> StreamingResponse:
        """Download the messages of one number at once; what the download centre keeps names no numbers."""
        tenant_id = actor.tenant(Permission.MESSAGE_EXPORT)
        async with db.begin() as uow:
            where = await details.to_ledger(uow, tenant_id, asked.filter(phone))
        if where is None:
            raise InvalidInput("phone", reason="fits no message", reason_zh="没有符合条件的信息")
        rows = messages_csv(db, views, tenant_id, where)
        name = 'attachment; filename="messages.csv"'
        return StreamingResponse(rows, media_type="text/csv; charset=utf-8", headers={"content-disposition": name})

    return router


def _detail(message: MessageView, task: TaskOfMessage | None) -> SendDetailDocument:
    return {
        **message_row(message),
        "task_id": message.task_id,
        "task_name": task.name if task else "",
        "is_video_task": task.is_video if task else False,
        "signature_name": task.signature if task else "",
        "card_template_name": task.card_template_name if task else "",
        "domain": task.domain if task else "",
    }
