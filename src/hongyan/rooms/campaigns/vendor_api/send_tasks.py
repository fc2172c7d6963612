"""The vendor's operations: create and list send tasks, list send details. Source: api.md of the requirements §5.5."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import ConfigDict, Field, field_validator

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.http.once import Once
from hongyan.kernel.http.vendor import VendorBody, in_window, parse_span, parse_uuid
from hongyan.kernel.ids import CardTemplateId, TaskId
from hongyan.kernel.paging import Page
from hongyan.kernel.phones import normalise_phone
from hongyan.rooms.campaigns.contracts import TaskFilter, TaskState
from hongyan.rooms.campaigns.errors import ChannelMissing
from hongyan.rooms.campaigns.service.admission import Channel
from hongyan.rooms.campaigns.service.batch import Batch, BatchSend, Recipient
from hongyan.rooms.campaigns.service.views import CampaignViews
from hongyan.rooms.campaigns.vendor_api.link_rows import CardValue, ShortCode
from hongyan.rooms.campaigns.vendor_api.pages import page_of, whole_second
from hongyan.rooms.campaigns.vendor_api.send_answers import (
    CreatedAnswer,
    SendDetailsAnswer,
    SendEcho,
    SendTasksAnswer,
    created_answer,
    detail_row,
    task_row,
)
from hongyan.rooms.delivery.contracts import MessageFilter, MessageView
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.short_links.contracts import DomainKind

_DEFAULT_SPAN = timedelta(days=7)
_MAX_TEXT = 255


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
    dync_params: dict[str, CardValue] = Field(default_factory=dict, max_length=100)
    custom_url: str | None = Field(default=None, max_length=2048)
    custom_short_code: ShortCode = None
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

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "task_name": "Members",
                    "sms_channel": {
                        "channel_number": "8822000001",
                        "sms_tpl_id": "10000001",
                        "sms_sign": "鸿雁演示企业",
                        "sms_app_name": "HONGYAN",
                    },
                    "resolve_task": {
                        "tpl_id": "600000001",
                        "resolve_times": 1,
                        "aim_code_type": "individual",
                        "expiration_time": 7,
                        "params": [{"cust_flag": "13800138000", "sms_params": ["张女士"]}],
                    },
                }
            ]
        }
    )

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

    def echo(self) -> SendEcho:
        """Return what the answer gives back."""
        resolve = self.resolve_task
        channel = self.sms_channel
        return {
            "sms_channel": {
                "channel_number": channel.channel_number,
                "sms_tpl_id": channel.sms_tpl_id,
                "sms_sign": channel.sms_sign,
                "sms_app_name": channel.sms_app_name,
            }
            if channel
            else None,
            "resolve_task": {
                "tpl_id": resolve.tpl_id,
                "resolve_times": resolve.resolve_times,
                "aim_code_type": resolve.aim_code_type,
                "generation_type": resolve.generation_type,
                "domain": resolve.domain,
                "expiration_time": resolve.expiration_time,
                "params": [
                    {
                        "cust_flag": row.cust_flag,
                        "dync_params": row.dync_params,
                        "custom_url": row.custom_url,
                        "custom_short_code": row.custom_short_code,
                        "sms_params": row.sms_params,
                    }
                    for row in resolve.params
                ],
            },
        }

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

    @router.post("/v1/aim/send-tasks", operation_id="create_aim_send_task", response_model=CreatedAnswer)
    async def create(
        request: Request,
        body: SendTaskBody,
        actor: Signed,
    ) -> dict[str, Any]:
        """Send a smart message to at most 100 people, each with a link of their own."""

        async def act(uow: Uow) -> dict[str, Any]:
            return {**created_answer(body.echo(), await batches.send(uow, actor, body.batch()))}

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
        task_status: Annotated[str | None, Query(pattern="^(Success|Fail)?$")] = None,
        offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> SendTasksAnswer:
        """List send tasks; without times, those of the last seven days."""
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
            end=whole_second(end),
        )
        if not in_window(offset, limit):
            return {"aim_send_tasks": [], "page_info": page_of(Page((), 0, offset, limit))}
        async with db.begin() as uow:
            page = await views.list(uow, tenant_id, wanted, offset=offset, limit=limit)
        return {"aim_send_tasks": [task_row(row) for row in page.items], "page_info": page_of(page)}

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
    ) -> SendDetailsAnswer:
        """List messages with what became of them."""
        tenant_id = actor.tenant(Permission.SEND_TASK_LIST)
        begin, end = parse_span(begin_time, end_time, now=datetime.now(UTC))
        phone = normalise_phone(cust_flag) if cust_flag else None
        nothing: Page[MessageView] = Page((), 0, offset, limit)
        if not in_window(offset, limit) or (cust_flag and phone is None):
            return {"send_details": [], "page_info": page_of(nothing)}
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
                    return {"send_details": [], "page_info": page_of(nothing)}
                where = replace(where, signature_id=signature_id)
            page = await views.messages(uow, tenant_id, where, offset=offset, limit=limit)
            names = await views.names(uow, tenant_id, tuple({message.task_id for message in page.items}))
        rows = [detail_row(message, names.get(message.task_id)) for message in page.items]
        return {"send_details": rows, "page_info": page_of(page)}

    return router
