"""The vendor's operations that send plain SMS. Source: api.md of the requirements §5.11."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import AliasChoices, ConfigDict, Field
from typing_extensions import TypedDict

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.db.together import Together
from hongyan.kernel.http.once import HEADER, Once
from hongyan.kernel.http.vendor import VendorBody, sms_time
from hongyan.kernel.phones import national_form
from hongyan.rooms.campaigns.contracts import TaskState
from hongyan.rooms.campaigns.service.sms_calls import SmsAccepted, SmsCall, SmsResult, SmsText, SmsWish
from hongyan.rooms.campaigns.service.sms_send import SmsSend
from hongyan.rooms.identity.contracts import Actor, Auth, Permission

_MAX_TEXTS = 1_000
_TOGETHER = 32
"""Most calls that one transaction accepts."""
Number = Annotated[str, Field(min_length=1, max_length=21)]
Extend = Annotated[str | None, Field(max_length=128, pattern="^[^{}]*$")]
"""Comes back in every receipt of the call."""
_NAMES = AliasChoices("task_name", "taskName")
"""The vendor's own sample spells it the second way."""


class SmsMessagesBody(VendorBody):
    """One text to many numbers; ``template_params`` are all variables in order, the link among them."""

    model_config = ConfigDict(
        populate_by_name=True,
        json_schema_extra={
            "examples": [
                {
                    "template_id": "10000001",
                    "to": ["13800138000", "13800138001"],
                    "template_params": ["张女士", "https://s.example.com/Ab3dE9x"],
                    "extend": "order-17",
                }
            ]
        },
    )

    channel_num: str | None = Field(default=None, max_length=255)
    template_id: str = Field(max_length=32)
    signature: str | None = Field(default=None, max_length=32)
    task_name: str | None = Field(default=None, min_length=1, max_length=30, validation_alias=_NAMES)
    to: list[Number] = Field(min_length=1, max_length=500)
    template_params: list[str] = Field(default_factory=list, max_length=20)
    extend: Extend = None

    def wish(self) -> SmsWish:
        """Return the request in our own terms."""
        text = SmsText(self.template_id, tuple(self.template_params), tuple(self.to))
        return SmsWish((text,), self.channel_num, self.task_name, self.extend or None, self.signature or None)


class SmsContent(VendorBody):
    """A text and who gets it."""

    to: list[Number] = Field(min_length=1, max_length=500)
    template_id: str = Field(max_length=32)
    template_params: list[str] = Field(default_factory=list, max_length=20)


class SmsDiffMessagesBody(VendorBody):
    """Several texts, each to its own numbers, together one task."""

    model_config = ConfigDict(
        populate_by_name=True,
        json_schema_extra={
            "examples": [
                {
                    "channel_num": "8822000001",
                    "sms_content": [
                        {
                            "to": ["13800138000"],
                            "template_id": "10000001",
                            "template_params": ["张女士", "https://s.example.com/Ab3dE9x"],
                        },
                        {
                            "to": ["13800138001"],
                            "template_id": "10000001",
                            "template_params": ["李先生", "https://s.example.com/Ab3dE9y"],
                        },
                    ],
                }
            ]
        },
    )

    channel_num: str = Field(max_length=255)
    sms_content: list[SmsContent] = Field(min_length=1, max_length=_MAX_TEXTS)
    extend: Extend = None
    task_name: str | None = Field(default=None, max_length=30, validation_alias=_NAMES)

    def wish(self) -> SmsWish:
        """Return the request in our own terms."""
        texts = tuple(
            SmsText(one.template_id, tuple(one.template_params), tuple(one.to), f"sms_content[{i}].")
            for i, one in enumerate(self.sms_content)
        )
        return SmsWish(texts, self.channel_num, self.task_name or None, self.extend or None, is_mixed=True)


class SmsResultRow(TypedDict):
    """What became of one number."""

    to: str
    channel_num: str
    msg_id: str
    send_status: str
    create_time: str


class SmsAnswer(TypedDict):
    """Answer of both operations; ``status`` says whether anything was accepted."""

    task_id: str
    status: str
    result: list[SmsResultRow]


def sms_messages_router(*, db: Database, auth: Auth, sends: SmsSend, once: Once) -> APIRouter:
    """Return the router of ``/v1/aim/sms/messages`` and ``/v1/aim/sms/diff-messages``."""
    router = APIRouter(tags=["SMS messages"])
    together = Together(db, sends.send_all, most=_TOGETHER, lanes=1)
    Signed = Annotated[Actor, Depends(auth.vendor)]  # noqa: N806 - a type

    async def send(request: Request, actor: Actor, wish: SmsWish) -> dict[str, Any]:
        tenant_id = actor.tenant(Permission.SEND_TASK_CREATE)
        # Before the transaction: a look-up has a connection of its own, and nobody should hold two.
        call = SmsCall(actor, wish, await sends.find_own_links(tenant_id, wish.texts))
        if HEADER not in request.headers:
            return {**_answer(await together.run(call))}

        async def act(uow: Uow) -> dict[str, Any]:
            return {**_answer(await sends.send(uow, call))}

        return await once.run(request, tenant_id, act)

    @router.post("/v1/aim/sms/messages", operation_id="send_aim_batch_messages", response_model=SmsAnswer)
    async def messages(request: Request, body: SmsMessagesBody, actor: Signed) -> dict[str, Any]:
        """Send one text to at most 500 numbers."""
        return await send(request, actor, body.wish())

    @router.post(
        "/v1/aim/sms/diff-messages", operation_id="send_aim_batch_different_messages", response_model=SmsAnswer
    )
    async def diff_messages(request: Request, body: SmsDiffMessagesBody, actor: Signed) -> dict[str, Any]:
        """Send several texts, each to its own numbers; a text that cannot be sent fails for its numbers alone."""
        return await send(request, actor, body.wish())

    return router


def _answer(accepted: SmsAccepted) -> SmsAnswer:
    task = accepted.task
    channel_num, at = task.content.channel_number, sms_time(task.created_at)
    return {
        "task_id": task.id,
        "status": "Failed" if task.state is TaskState.REFUSED else "Success",
        "result": [
            {
                "to": _shown(row),
                "channel_num": channel_num,
                "msg_id": row.msg_id,
                "send_status": row.status.value,
                "create_time": at,
            }
            for row in accepted.results
        ],
    }


def _shown(row: SmsResult) -> str:
    """Return the number with its country code; what is no number as it was given."""
    if row.phone is None:
        return row.number
    shown = national_form(row.phone)
    return shown if shown.startswith("+") else f"+86{shown}"
