"""What a channel holds and who would stand in for it: what an operator has to know before stopping it; removing it."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.ids import AccountId
from hongyan.rooms.carriers.contracts import Account, Carrier
from hongyan.rooms.carriers.errors import AccountNotFound
from hongyan.rooms.carriers.service import CarriersService
from hongyan.rooms.delivery.service import DeliveryService
from hongyan.rooms.gateways.errors import ChannelEnabled, ChannelWaitedFor

Note = Callable[[Uow, Any, str, str, Mapping[str, Any]], Awaitable[None]]
"""Writes who did what to which channel, and how it is now."""
Name = Annotated[str, Path(max_length=40, pattern=r"^[a-z0-9][a-z0-9_-]*$")]


class BacklogView(BaseModel):
    """What waits on a channel in one class and may go now."""

    account_id: int
    channel: str
    klass: str
    messages: int
    oldest_at: datetime


class UnknownCount(BaseModel):
    """How many messages of a channel are unknown."""

    account_id: int
    channel: str
    messages: int


class LineView(BaseModel):
    """What waits and what is unknown, over all channels."""

    waiting: list[BacklogView]
    unknown: list[UnknownCount]


class StandInView(BaseModel):
    """What stopping a channel would mean."""

    has_waiting: bool
    """Something on it is still to be sent, now or later, or was attempted and is open."""
    uncovered: list[Carrier]
    """Whose numbers nobody would take: new messages to them would be refused."""
    stand_ins: list[str]
    """Channels of its group that can take over what waits."""


def waiting_router(
    *,
    db: Database,
    carriers: CarriersService,
    delivery: DeliveryService,
    may_look: Callable[..., Awaitable[object]],
    may_edit: Callable[..., Awaitable[object]],
    note: Note,
) -> APIRouter:
    """Return the endpoints of what channels hold; ``may_edit`` returns who acts, for ``note``."""
    router = APIRouter(prefix="/console/api", tags=["channels"], dependencies=[Depends(may_look)])
    editor = Annotated[Any, Depends(may_edit)]

    @router.get("/line")
    async def show_line() -> LineView:
        """Return what waits and what is unknown on each channel; channels without either are left out."""
        async with db.begin() as uow:
            names = {one.account_id: one.name for one in await carriers.list_accounts(uow)}
            backlog = await delivery.list_backlog(uow)
            unknown = await delivery.count_unknowns(uow)
        return LineView(
            waiting=[
                BacklogView(
                    account_id=one.account_id,
                    channel=_name(names, one.account_id),
                    klass=one.klass.name.lower(),
                    messages=one.messages,
                    oldest_at=one.oldest_at,
                )
                for one in backlog
            ],
            unknown=[
                UnknownCount(account_id=account_id, channel=_name(names, account_id), messages=count)
                for account_id, count in sorted(unknown.items())
            ],
        )

    @router.get("/channels/{name}/stand-ins")
    async def show_stand_ins(name: Name) -> StandInView:
        """Say what stopping a channel would mean; nothing is changed."""
        async with db.begin() as uow:
            account = await _find(uow, carriers, name)
            return StandInView(
                has_waiting=await delivery.has_waiting(uow, account.account_id),
                uncovered=await carriers.list_uncovered(uow, name),
                stand_ins=[one.name for one in await carriers.stand_ins(uow, account)],
            )

    @router.delete("/channels/{name}", status_code=204)
    async def remove_channel(who: editor, name: Name) -> None:
        """Remove a disabled channel that holds nothing more."""
        async with db.begin() as uow:
            account = await _find(uow, carriers, name)
            if account.is_enabled:
                raise ChannelEnabled("name", name=name)
            if await delivery.has_waiting(uow, account.account_id):
                raise ChannelWaitedFor("name", name=name)
            await carriers.remove_account(uow, name)
            await note(uow, who, "channel.delete", name, {})

    return router


def _name(names: Mapping[AccountId, str], account_id: AccountId) -> str:
    return names.get(account_id, f"#{account_id}")


async def _find(uow: Uow, carriers: CarriersService, name: str) -> Account:
    account = next((one for one in await carriers.list_accounts(uow) if one.name == name), None)
    if account is None:
        raise AccountNotFound("name", what="channel", id=name, name=name)
    return account
