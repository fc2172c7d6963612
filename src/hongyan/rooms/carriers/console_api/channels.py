"""Channels: how they are, live control, adding and changing them, routes explained."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.phones import normalise_phone
from hongyan.rooms.carriers.console_api.bodies import ChannelChange, FlowChange, NewChannel, RouteQuestion, SecretChange
from hongyan.rooms.carriers.console_api.views import ChannelList, ChannelView, RouteView
from hongyan.rooms.carriers.contracts import Account
from hongyan.rooms.carriers.errors import AccountNotFound
from hongyan.rooms.carriers.service import LINE_TENANT, CarriersService

Note = Callable[[Uow, Any, str, str, Mapping[str, Any]], Awaitable[None]]
"""Writes who (as ``may_edit`` returned it) did what (``channel.flow``) to which channel, and how it is now."""
Name = Annotated[str, Path(max_length=40, pattern=r"^[a-z0-9][a-z0-9_-]*$")]
_NEVER_NULL: Final = frozenset(
    {"window_pdus", "connections", "priority", "heartbeat_s", "response_timeout_s", "is_enabled", "host", "port"}
    | {"options"}
)


def channels_router(
    db: Database, service: CarriersService, may_edit: Callable[..., Awaitable[object]], note: Note
) -> APIRouter:
    """Return the endpoints of channels."""
    router = APIRouter(tags=["channels"])
    _add_looks(router, db, service)
    _add_changes(router, db, service, may_edit, note)
    return router


def _add_looks(router: APIRouter, db: Database, service: CarriersService) -> None:
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

    @router.post("/channel-route")
    async def explain_channel_route(question: RouteQuestion) -> RouteView:
        """Say which channel takes a number now, and why not the others; nothing is sent."""
        async with db.begin() as uow:
            return await _explain(uow, service, question)


def _add_changes(
    router: APIRouter,
    db: Database,
    service: CarriersService,
    may_edit: Callable[..., Awaitable[object]],
    note: Note,
) -> None:
    editor = Annotated[Any, Depends(may_edit)]

    @router.post("/channels", status_code=201)
    async def add_channel(who: editor, wanted: NewChannel) -> ChannelView:
        """Add an enabled channel; signatures that waited for a number get one from it."""
        async with db.begin() as uow:
            account = await service.add_account(uow, wanted.account())
            await note(uow, who, "channel.create", account.name, wanted.model_dump(mode="json", exclude={"secret"}))
            return await _view(uow, service, account.name)

    @router.put("/channels/{name}/flow")
    async def set_channel_flow(who: editor, name: Name, change: FlowChange) -> ChannelView:
        """Pause, resume or drain a channel; in force within two seconds."""
        async with db.begin() as uow:
            await service.set_flow(uow, name, change.flow)
            await note(uow, who, "channel.flow", name, {"flow": change.flow.value})
            return await _view(uow, service, name)

    @router.put("/channels/{name}/secret", status_code=204)
    async def set_channel_secret(who: editor, name: Name, change: SecretChange) -> None:
        """Give a channel another secret; gateways log in anew with it."""
        async with db.begin() as uow:
            await service.set_secret(uow, name, change.secret)
            await note(uow, who, "channel.secret", name, {})

    @router.patch("/channels/{name}")
    async def change_channel(who: editor, name: Name, change: ChannelChange) -> ChannelView:
        """Enable, disable or tune a channel; rate, window and routing need no new login."""
        values = change.model_dump(exclude_unset=True)
        _check_nulls(values)
        after = change.model_dump(mode="json", exclude_unset=True)
        is_enabled = values.pop("is_enabled", None)
        if values.get("serves") is not None:
            values["serves"] = tuple(values["serves"])
        async with db.begin() as uow:
            if is_enabled is not None:
                await service.set_enabled(uow, name, is_enabled=is_enabled)
            if change.options is not None:
                account = await _find(uow, service, name)
                values["options"] = replace(account.options, **change.options.said())
            await service.tune(uow, name, **values)
            await note(uow, who, "channel.tune", name, after)
            return await _view(uow, service, name)


async def _find(uow: Uow, service: CarriersService, name: str) -> Account:
    account = next((one for one in await service.list_accounts(uow) if one.name == name), None)
    if account is None:
        raise AccountNotFound("name", what="channel", id=name, name=name)
    return account


async def _view(uow: Uow, service: CarriersService, name: str) -> ChannelView:
    account = await _find(uow, service, name)
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
