"""Channel numbers: register, list, delete, bind to accounts, unbind."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path

from hongyan.kernel.db.database import Database
from hongyan.rooms.identity.contracts import Actor, Auth
from hongyan.rooms.service_accounts.console_api.bodies import BindingBody, ChannelNumberBody, counted
from hongyan.rooms.service_accounts.console_api.views import (
    BindingList,
    BindingView,
    ChannelNumberList,
    ChannelNumberView,
    Limit,
    Offset,
    Word,
)
from hongyan.rooms.service_accounts.contracts.lists import PortFilter, PortSort, Window
from hongyan.rooms.service_accounts.contracts.ports import PortRow, PortType
from hongyan.rooms.service_accounts.rules.regions import COUNTRY
from hongyan.rooms.service_accounts.service.door import ServiceAccountsService

Key = Annotated[str, Path(max_length=64, pattern=r"^[^\x00]*$")]


def ports_router(db: Database, service: ServiceAccountsService, auth: Auth) -> APIRouter:
    """Return the endpoints of channel numbers and their bindings."""
    router = APIRouter(prefix="/console/api/channel-numbers", tags=["service accounts"])
    caller = Annotated[Actor, Depends(auth.console)]
    ports = service.ports

    @router.get("", operation_id="console_list_channel_numbers")
    async def list_ports(
        *,
        actor: caller,
        port: Word = None,
        port_type: PortType | None = None,
        sign: Word = None,
        is_bound: bool | None = None,
        begin: datetime | None = None,
        end: datetime | None = None,
        sort: PortSort = "-created_at",
        offset: Offset = 0,
        limit: Limit = 20,
    ) -> ChannelNumberList:
        """List channel numbers; numbers and signatures match in part."""
        wanted = PortFilter(port=port or None, type=port_type, sign=sign or None, is_bound=is_bound)
        async with db.begin() as uow:
            page = await ports.list_ports(uow, actor, wanted, Window(offset, limit, begin, end, sort))
        return ChannelNumberList(items=[ChannelNumberView.of(row) for row in page.items], total=page.total)

    @router.post("", operation_id="console_create_channel_number", status_code=201)
    async def create(actor: caller, body: ChannelNumberBody) -> ChannelNumberView:
        """Register a channel number; a service account must have passed its review."""
        async with db.begin() as uow:
            return ChannelNumberView.of(PortRow(await ports.register_port(uow, actor, body.form())))

    @router.delete("/{port_id}", operation_id="console_delete_channel_number", status_code=204)
    async def delete(actor: caller, port_id: Key) -> None:
        """Delete a channel number that is not bound (administrators)."""
        async with db.begin() as uow:
            await ports.delete_port(uow, actor, port_id)

    @router.get("/bindings", operation_id="console_list_bindings")
    async def list_bindings(
        *,
        actor: caller,
        port: Word = None,
        port_type: PortType | None = None,
        sign: Word = None,
        pub_name: Word = None,
        begin: datetime | None = None,
        end: datetime | None = None,
        sort: PortSort = "-created_at",
        offset: Offset = 0,
        limit: Limit = 20,
    ) -> BindingList:
        """List bindings; ``port`` is the number's."""
        wanted = PortFilter(port=port or None, type=port_type, sign=sign or None, pub_name=pub_name or None)
        async with db.begin() as uow:
            page = await ports.list_bindings(uow, actor, wanted, Window(offset, limit, begin, end, sort))
        return BindingList(items=[BindingView.of(row) for row in page.items], total=page.total)

    @router.post("/bindings", operation_id="console_bind_channel_number", status_code=204)
    async def bind(actor: caller, body: BindingBody) -> None:
        """Show an account with messages of a channel number, for some of its signatures, in some regions."""
        counted("sign", len(body.sign), 1, 5)
        async with db.begin() as uow:
            await ports.bind(
                uow,
                actor,
                pub_id=body.pub_id,
                port_id=body.ext_port_id,
                number=body.port,
                signs=tuple(body.sign),
                areas=tuple(body.province) or (COUNTRY,),
            )

    @router.delete("/bindings/{binding_id}", operation_id="console_unbind_channel_number", status_code=204)
    async def unbind(actor: caller, binding_id: Key) -> None:
        """End a binding (administrators)."""
        async with db.begin() as uow:
            await ports.unbind(uow, actor, binding_id)

    return router
