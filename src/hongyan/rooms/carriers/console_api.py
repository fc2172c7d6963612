"""Channels in the console, for the people who run the installation: how they are, live control, routes explained.

The line knows no people: whoever builds the application says who may look and who may act, and writes the audit log.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.phones import normalise_phone
from hongyan.rooms.carriers.contracts import (
    Account,
    Carrier,
    CarrierSignature,
    Flow,
    Health,
    HealthState,
    Protocol,
    ReceiptIds,
    RouteExplained,
    RouteVerdict,
    TextCoding,
)
from hongyan.rooms.carriers.errors import AccountNotFound
from hongyan.rooms.carriers.service import LINE_TENANT, CarriersService

Note = Callable[[Uow, Any, str, str, Mapping[str, Any]], Awaitable[None]]
"""Writes who (as ``may_edit`` returned it) did what (``channel.flow``) to which channel, and how it is now."""
Name = Annotated[str, Path(max_length=40, pattern=r"^[a-z0-9][a-z0-9_-]*$")]
_NEVER_NULL = frozenset({"window_pdus", "connections", "priority", "heartbeat_s", "response_timeout_s", "is_enabled"})


class OptionsView(BaseModel):
    """Settings that only some protocols read."""

    service_id: str
    corp_id: str
    node: int | None
    split_binds: bool
    system_type: str
    receipt_ids: ReceiptIds
    tls: bool
    tls_ca: str
    coding: TextCoding
    ref_bits: int
    carrier_signature: CarrierSignature
    fee_type: str
    fee_code: str
    has_query: bool
    sends_validity: bool


class HealthView(BaseModel):
    """How a channel is doing, as its gateway saw it last."""

    state: HealthState
    reason: str
    detail: str
    since: datetime
    at: datetime
    holder: str
    links_up: int
    links: int
    pace_per_s: float | None
    sent_per_s: float
    in_flight: int
    window: int
    last_report_at: datetime | None
    errors: dict[str, int]
    """Carrier code → how often, over five minutes."""


class ChannelView(BaseModel):
    """A channel without its secret."""

    name: str
    protocol: Protocol
    host: str
    port: int
    login: str
    src_number: str
    carrier: Carrier
    rate_per_s: int | None
    window_pdus: int
    connections: int
    heartbeat_s: int
    response_timeout_s: int
    is_enabled: bool
    flow: Flow
    serves: list[str] | None
    listen_port: int | None
    priority: int
    weight: int | None
    cost_milli: int | None
    group: str | None
    changed_at: datetime
    options: OptionsView
    health: HealthView | None

    @classmethod
    def of(cls, account: Account, health: Health | None) -> Self:
        """Return the view of an account."""
        return cls.model_validate({**asdict(account), "health": None if health is None else asdict(health)})


class ChannelList(BaseModel):
    """All channels, by age."""

    items: list[ChannelView]


class FlowChange(BaseModel):
    """What a channel shall do: ``running``, ``paused`` or ``draining``."""

    model_config = ConfigDict(extra="forbid")

    flow: Flow


class ChannelChange(BaseModel):
    """What changes; what is absent stays. ``null`` lifts a rate, a weight, a cost or a group."""

    model_config = ConfigDict(extra="forbid")

    is_enabled: bool | None = None
    rate_per_s: int | None = None
    window_pdus: int | None = None
    connections: int | None = None
    heartbeat_s: int | None = None
    response_timeout_s: int | None = None
    priority: int | None = None
    weight: int | None = None
    cost_milli: int | None = None
    group: str | None = None


class RouteQuestion(BaseModel):
    """Which way would this number take?"""

    model_config = ConfigDict(extra="forbid")

    phone: str = Field(max_length=40)
    signature: str | None = Field(default=None, max_length=64, pattern=r"^[^\x00]*$")
    """Id or channel number; absent: a signature without channels of its own."""
    is_media: bool = False


class RouteAccountView(BaseModel):
    """One channel in the answer."""

    name: str
    verdict: RouteVerdict
    share_percent: float
    src_id: str
    en: str
    zh: str


class RouteView(BaseModel):
    """The way of a number, and why."""

    segment_carrier: Carrier | None
    ported_carrier: Carrier | None
    channel_number: str | None
    chosen: str | None
    src_id: str | None
    channels: list[RouteAccountView]

    @classmethod
    def of(cls, found: RouteExplained) -> Self:
        """Return the view of an explanation; the number itself is not repeated."""
        chosen = next((one for one in found.accounts if one.verdict is RouteVerdict.CHOSEN and found.route), None)
        return cls(
            segment_carrier=found.segment_carrier,
            ported_carrier=found.ported_carrier,
            channel_number=found.channel_number,
            chosen=None if chosen is None else chosen.name,
            src_id=None if chosen is None else chosen.src_id,
            channels=[
                RouteAccountView(
                    name=one.name,
                    verdict=one.verdict,
                    share_percent=one.share_percent,
                    src_id=one.src_id,
                    en=one.en,
                    zh=one.zh,
                )
                for one in found.accounts
            ],
        )


def console_router(
    *,
    db: Database,
    service: CarriersService,
    may_look: Callable[..., Awaitable[object]],
    may_edit: Callable[..., Awaitable[object]],
    note: Note,
) -> APIRouter:
    """Return the endpoints under ``/console/api/channels``; ``may_edit`` returns who acts, for ``note``."""
    router = APIRouter(prefix="/console/api", tags=["channels"], dependencies=[Depends(may_look)])
    editor = Annotated[Any, Depends(may_edit)]

    @router.get("/channels")
    async def list_channels() -> ChannelList:
        """List the channels with their health."""
        async with db.begin() as uow:
            accounts = await service.list_accounts(uow)
            health = {one.account_id: one for one in await service.list_health(uow)}
        return ChannelList(items=[ChannelView.of(one, health.get(one.account_id)) for one in accounts])

    @router.get("/channels/{name}")
    async def get_channel(name: Name) -> ChannelView:
        """Show one channel."""
        async with db.begin() as uow:
            return await _view(uow, service, name)

    @router.put("/channels/{name}/flow")
    async def set_channel_flow(who: editor, name: Name, change: FlowChange) -> ChannelView:
        """Pause, resume or drain a channel; in force within two seconds."""
        async with db.begin() as uow:
            await service.set_flow(uow, name, change.flow)
            await note(uow, who, "channel.flow", name, {"flow": change.flow.value})
            return await _view(uow, service, name)

    @router.patch("/channels/{name}")
    async def change_channel(who: editor, name: Name, change: ChannelChange) -> ChannelView:
        """Enable, disable or tune a channel; rate, window and routing need no new login."""
        values = change.model_dump(exclude_unset=True)
        _check_nulls(values)
        after = dict(values)
        is_enabled = values.pop("is_enabled", None)
        async with db.begin() as uow:
            if is_enabled is not None:
                await service.set_enabled(uow, name, is_enabled=is_enabled)
            await service.tune(uow, name, **values)
            await note(uow, who, "channel.tune", name, after)
            return await _view(uow, service, name)

    @router.post("/channel-route")
    async def explain_channel_route(question: RouteQuestion) -> RouteView:
        """Say which channel takes a number now, and why not the others; nothing is sent."""
        async with db.begin() as uow:
            return await _explain(uow, service, question)

    return router


async def _view(uow: Uow, service: CarriersService, name: str) -> ChannelView:
    account = next((one for one in await service.list_accounts(uow) if one.name == name), None)
    if account is None:
        raise AccountNotFound("name", what="channel", id=name, name=name)
    health = {one.account_id: one for one in await service.list_health(uow)}
    return ChannelView.of(account, health.get(account.account_id))


def _check_nulls(values: Mapping[str, object]) -> None:
    for field in sorted(_NEVER_NULL & values.keys()):
        if values[field] is None:
            raise InvalidInput(field, reason="must not be null", reason_zh="不能为空")


async def _explain(uow: Uow, service: CarriersService, question: RouteQuestion) -> RouteView:
    phone = normalise_phone(question.phone)
    if phone is None:
        raise InvalidInput("phone", reason="is no mobile number", reason_zh="不是有效的手机号码")
    tenant_id, signature_id = LINE_TENANT, None
    if question.signature is not None:
        found = await service.search_signature(uow, question.signature)
        if len(found) != 1:
            raise InvalidInput(
                "signature",
                reason="no signature, or several, have this id or channel number",
                reason_zh="没有或有多个签名使用该 ID 或通道号",
            )
        tenant_id, signature_id = found[0].tenant_id, found[0].signature_id
    explained = await service.explain_route(uow, tenant_id, signature_id, phone, is_media=question.is_media)
    return RouteView.of(explained)
