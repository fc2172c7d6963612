"""The vendor's operations: create and list send tasks, list send details. Source: api.md of the requirements §5.5."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field, field_validator

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.http.once import Once
from hongyan.kernel.http.vendor import VendorBody, aim_time, in_window, page_info, parse_span, parse_uuid
from hongyan.kernel.ids import CardTemplateId, TaskId
from hongyan.kernel.paging import Page
from hongyan.kernel.phones import normalise_phone
from hongyan.rooms.campaigns.contracts import Progress, Task, TaskFilter, TaskState
from hongyan.rooms.campaigns.errors import ChannelMissing
from hongyan.rooms.campaigns.service.admission import Channel
from hongyan.rooms.campaigns.service.batch import Accepted, Batch, BatchSend, Recipient
from hongyan.rooms.campaigns.service.views import CampaignViews
from hongyan.rooms.campaigns.vendor_api.link_rows import link_row
from hongyan.rooms.delivery.contracts import MessageFilter, MessageState, MessageView
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.short_links.contracts import DomainKind

_DEFAULT_SPAN = timedelta(days=7)
_MAX_TEXT = 255
_SENT_STATES = ("submitted", "delivered", "failed", "expired", "attempted", "unknown", "unknown_final")
_FAILED_STATES = (MessageState.FAILED, MessageState.EXPIRED, MessageState.SKIPPED, MessageState.SUPPRESSED)


class SmsChannel(VendorBody):
    """Channel number, template, signature and app; all four must belong together.

    What is missing, empty or too long is refused by the room that owns it, each with the vendor's own code.
    """

    channel_number: str = Field(default="", max_length=_MAX_TEXT)
    sms_tpl_id: str = Field(default="", max_length=_MAX_TEXT)
    sms_sign: str = Field(default="", max_length=_MAX_TEXT)
    sms_app_name: str = Field(default="", max_length=_MAX_TEXT)


class SendParam(VendorBody):
    """One recipient."""

    cust_flag: str = Field(min_length=1, max_length=64)
    dync_params: dict[str, str] = Field(default_factory=dict)
    custom_url: str | None = Field(default=None, max_length=2048)
    custom_short_code: str | None = Field(default=None, min_length=3, max_length=10, pattern="^[0-9A-Za-z]+$")
    sms_params: list[str] = Field(default_factory=list, max_length=19)


class ResolveTask(VendorBody):
    """The links of the task: always individual, one resolve each."""

    tpl_id: str = Field(default="", max_length=9)
    resolve_times: int = Field(ge=1, le=10_000_000)
    aim_code_type: str = Field(pattern="^individual$")
    generation_type: str = Field(default="1", pattern="^[12]$")
    domain: str | None = Field(default=None, max_length=100)
    expiration_time: int = Field(ge=1, le=7)
    params: list[SendParam] = Field(min_length=1, max_length=100)


class SendTaskBody(VendorBody):
    """Body of the create operation."""

    task_name: str = Field(min_length=1, max_length=30)
    sms_channel: SmsChannel | None = None
    resolve_task: ResolveTask

    @field_validator("task_name")
    @classmethod
    def _not_blank(cls, value: str) -> str:
        if not value.strip():
            msg = "must not be blank"
            raise ValueError(msg)
        return value

    def batch(self) -> Batch:
        """Return the request in our own terms.

        Raises:
            ChannelMissing: without ``sms_channel``.
        """
        channel = self.sms_channel
        if channel is None:
            raise ChannelMissing("sms_channel", reason="is missing", reason_zh="不能为空")
        return Batch(
            task_name=self.task_name,
            channel=Channel(channel.sms_tpl_id, channel.channel_number, channel.sms_sign, channel.sms_app_name),
            card_template_id=self.resolve_task.tpl_id,
            domain=self.resolve_task.domain or None,
            validity_days=self.resolve_task.expiration_time,
            recipients=tuple(
                Recipient(row.cust_flag, tuple(row.sms_params), row.dync_params, row.custom_url, row.custom_short_code)
                for row in self.resolve_task.params
            ),
            domain_kind=DomainKind.CUSTOM if self.resolve_task.generation_type == "2" else DomainKind.STANDARD,
        )


def vendor_router(*, db: Database, auth: Auth, batches: BatchSend, views: CampaignViews, once: Once) -> APIRouter:
    """Return the router of ``/v1/aim/send-tasks`` and ``/v1/aim/send-details``."""
    router = APIRouter(tags=["send tasks"])
    Signed = Annotated[Actor, Depends(auth.vendor)]  # noqa: N806 - a type

    @router.post("/v1/aim/send-tasks", operation_id="create_aim_send_task")
    async def create(
        request: Request,
        body: SendTaskBody,
        actor: Signed,
    ) -> dict[str, Any]:
        async def act(uow: Uow) -> dict[str, Any]:
            return _created(body, await batches.send(uow, actor, body.batch()))

        return await once.run(request, actor.tenant(Permission.SEND_TASK_CREATE), act)

    @router.get("/v1/aim/send-tasks", operation_id="list_aim_send_tasks")
    async def list_tasks(
        actor: Signed,
        task_id: Annotated[str | None, Query(max_length=36)] = None,
        task_name: Annotated[str | None, Query(max_length=30)] = None,
        tpl_id: Annotated[str | None, Query(max_length=9)] = None,
        tpl_name: Annotated[str | None, Query(max_length=100)] = None,
        begin_time: str | None = None,
        end_time: str | None = None,
        task_status: Annotated[str | None, Query(pattern="^(Success|Fail)$")] = None,
        offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> dict[str, Any]:
        tenant_id = actor.tenant(Permission.SEND_TASK_LIST)
        begin, end = parse_span(begin_time, end_time, now=datetime.now(UTC))
        states = {"Fail": (TaskState.REFUSED,), "Success": tuple(set(TaskState) - {TaskState.REFUSED})}
        wanted = TaskFilter(
            task_id=parse_uuid(task_id, "task_id") if task_id else None,
            name=task_name,
            card_template_id=tpl_id,
            card_template_name=tpl_name,
            states=states.get(task_status or "", ()),
            begin=begin or (None if task_id else datetime.now(UTC) - _DEFAULT_SPAN),
            end=end,
        )
        if not in_window(offset, limit):
            return _page("aim_send_tasks", Page((), 0, offset, limit), [])
        async with db.begin() as uow:
            page = await views.list(uow, tenant_id, wanted, offset=offset, limit=limit)
        return _page("aim_send_tasks", page, [_list_row(row) for row in page.items])

    @router.get("/v1/aim/send-details", operation_id="list_aim_send_details")
    async def list_details(
        actor: Signed,
        offset: Annotated[int, Query(ge=0, le=1_000_000)],
        limit: Annotated[int, Query(ge=1, le=100)],
        task_id: Annotated[str | None, Query(max_length=36)] = None,
        tpl_id: Annotated[str | None, Query(max_length=9)] = None,
        sms_sign: Annotated[str | None, Query(max_length=18)] = None,
        cust_flag: Annotated[str | None, Query(max_length=64)] = None,
        begin_time: str | None = None,
        end_time: str | None = None,
    ) -> dict[str, Any]:
        tenant_id = actor.tenant(Permission.SEND_TASK_LIST)
        begin, end = parse_span(begin_time, end_time, now=datetime.now(UTC))
        phone = normalise_phone(cust_flag) if cust_flag else None
        nothing: Page[MessageView] = Page((), 0, offset, limit)
        if not in_window(offset, limit) or (cust_flag and phone is None):
            return _page("send_details", nothing, [])
        where = MessageFilter(
            task_id=TaskId(parse_uuid(task_id, "task_id")) if task_id else None,
            phone=phone,
            card_template_id=CardTemplateId(tpl_id) if tpl_id else None,
            planned_from=begin,
            planned_until=end,
        )
        async with db.begin() as uow:
            if sms_sign:
                signature_id = await views.find_signature_id(uow, tenant_id, sms_sign)
                if signature_id is None:
                    return _page("send_details", nothing, [])
                where = replace(where, signature_id=signature_id)
            page = await views.messages(uow, tenant_id, where, offset=offset, limit=limit)
            names = await views.names(uow, tenant_id, tuple({message.task_id for message in page.items}))
        rows = [_detail_row(message, names.get(message.task_id)) for message in page.items]
        return _page("send_details", page, rows)

    return router


def _created(body: SendTaskBody, accepted: Accepted) -> dict[str, Any]:
    """Return the answer of the create operation: an echo of the request and what became of it."""
    task = accepted.task
    return {
        "task_name": task.name,
        "sms_channel": body.sms_channel.model_dump() if body.sms_channel else None,
        "resolve_task": body.resolve_task.model_dump(),
        "task_id": task.id,
        "task_state": "Failed" if task.state is TaskState.REFUSED else "Success",
        "creation_time": aim_time(task.created_at),
        "submission_count": len(accepted.links),
        "send_count": accepted.send_count,
        "resolve_count": 0,
        "support_resolve_count": -1,
        "failed_short_chains": [link_row(link) for link in accepted.links if link.code is None],
    }


def _list_row(row: Progress) -> dict[str, Any]:
    """Return one task of the list operation."""
    task = row.task
    return {
        "task_id": task.id,
        "task_name": task.name,
        "task_state": "Failed" if task.state is TaskState.REFUSED else "Success",
        "sms_channel": {
            "sms_sign": task.content.signature_name,
            "sms_tpl_id": task.content.sms_template_id,
            "channel_number": "",
            "sms_app_name": "",
        },
        "resolve_task": _resolve_task(task),
        "creation_time": aim_time(task.created_at),
        "submission_count": task.counts.rows,
        "send_count": sum(row.states.get(state, 0) for state in _SENT_STATES),
        "success_number": row.states.get("delivered", 0),
        "resolve_count": row.resolved,
        "support_resolve_count": task.counts.capable if task.source == "hongyan" else -1,
        "failed_short_chains": None,
    }


def _resolve_task(task: Task) -> dict[str, Any] | None:
    """Return what the list shows of a task's links; plain SMS has none of ours."""
    if task.content.card_template_id is None:
        return None
    return {
        "tpl_id": task.content.card_template_id,
        "tpl_name": task.content.card_template_name,
        "resolve_times": 1,
        "aim_code_type": "individual",
        "domain": task.domain,
        "expiration_time": task.validity_days,
        "params": None,
    }


def _detail_row(message: MessageView, task: Task | None) -> dict[str, Any]:
    """Return one message of the details operation."""
    status = "sending"
    if message.state is MessageState.DELIVERED:
        status = "success"
    elif message.final_at is not None or message.state in _FAILED_STATES:
        status = "fail"
    phone = message.cust_flag or message.phone
    return {
        "msg_id": f"{message.task_id}_{message.recipient_no}",
        "task_id": message.task_id,
        "task_name": task.name if task else "",
        "tpl_id": message.card_template_id,
        "tpl_name": task.content.card_template_name if task else "",
        "cust_flag": phone,
        "send_account": message.phone,
        "send_status": status,
        "send_time": aim_time(message.submitted_at or message.planned_at),
        "receive_time": aim_time(message.final_at) if message.final_at else "",
        "result_code": message.carrier_code or "",
    }


def _page(name: str, page: Page[Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: rows, "page_info": page_info(page.offset, page.limit, page.total)}
