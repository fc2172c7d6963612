"""Endpoints of channel numbers and pictures: register, list, bind, unbind, delete; upload."""

import hashlib
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile

from hongyan.kernel.db.database import Uow
from hongyan.kernel.http.paths import parameter
from hongyan.rooms.identity.contracts import Actor, Permission
from hongyan.rooms.service_accounts.contracts.accounts import PictureUse
from hongyan.rooms.service_accounts.contracts.lists import PortFilter
from hongyan.rooms.service_accounts.contracts.ports import PortType
from hongyan.rooms.service_accounts.rules.pictures import DEMANDS
from hongyan.rooms.service_accounts.vendor_api import port_answers as answers
from hongyan.rooms.service_accounts.vendor_api.answers import DONE
from hongyan.rooms.service_accounts.vendor_api.bodies import BindBody, PortBody, UnbindBody
from hongyan.rooms.service_accounts.vendor_api.doors import (
    Doors,
    IdPath,
    Limit,
    NameQuery,
    Offset,
    TimeQuery,
    paging,
    window,
)

_ID = parameter("port_id", but=("associate", "disassociate"))


def ports_router(doors: Doors) -> APIRouter:
    """Return the endpoints of channel numbers."""
    router, ports = APIRouter(prefix="/ports"), doors.service.ports
    Signed = Annotated[Actor, Depends(doors.auth.vendor)]  # noqa: N806 - a type

    @router.post("", operation_id="register_port")
    async def register_port(request: Request, actor: Signed, body: PortBody) -> answers.RegisteredPortAnswer:
        """Register a channel number; a service account must have passed its review."""

        async def act(uow: Uow) -> answers.RegisteredPortAnswer:
            return answers.registered(await ports.register_port(uow, actor, body.form()))

        answer: answers.RegisteredPortAnswer = await doors.change(request, actor, Permission.PORT_EDIT, act)
        return answer

    @router.get("", operation_id="list_port_infos")
    async def list_ports(
        actor: Signed,
        kind: Annotated[int, Query(alias="type", ge=0, le=1, description="0 channel numbers, 1 bindings")] = 0,
        port: Annotated[str | None, Query(max_length=21, pattern="^[0-9]*$")] = None,
        port_type: Annotated[Literal["1", "3", "5", ""] | None, Query()] = None,
        sign_search: Annotated[str | None, Query(max_length=18, pattern="^[^\\x00]*$")] = None,
        start_time: TimeQuery = None,
        end_time: TimeQuery = None,
        pub_name: NameQuery = None,
        is_bind: Annotated[int | None, Query(ge=0, le=1)] = None,
        offset: Offset = 0,
        limit: Limit = 10,
    ) -> answers.PortList:
        """List channel numbers or bindings, newest first; signatures and numbers match in part."""
        wanted = PortFilter(
            port=port or None,
            type=PortType(int(port_type)) if port_type else None,
            sign=sign_search or None,
            pub_name=pub_name or None,
            is_bound=None if is_bind is None else bool(is_bind),
        )
        span = window(offset, limit, start_time, end_time, ("start_time", "end_time"))
        async with doors.db.begin() as uow:
            page = await (ports.list_bindings if kind else ports.list_ports)(uow, actor, wanted, span)
            shown = {one for row in page.items for one in row.port.form.proofs}
            links = await doors.service.pictures.links(uow, actor.tenant(Permission.PORT_LIST), shown)
        return {"data": {"data": [answers.item(row, links) for row in page.items], "page_info": paging(page)}}

    @router.delete(f"/{_ID}", operation_id="delete_port_info")
    async def delete_port(request: Request, actor: Signed, port_id: IdPath) -> answers.DeletedPortAnswer:
        """Delete a channel number that is not bound (administrators)."""

        async def act(uow: Uow) -> answers.DeletedPortAnswer:
            form = (await ports.delete_port(uow, actor, port_id)).form
            return {"data": {"data": {"port": form.port, "port_type": form.type.value}}}

        answer: answers.DeletedPortAnswer = await doors.change(request, actor, Permission.PORT_DELETE, act)
        return answer

    @router.post("/associate", operation_id="lock_port")
    async def lock_port(request: Request, actor: Signed, body: BindBody) -> answers.MessageAnswer:
        """Show a service account with messages of a channel number; regions in ``province`` must not overlap."""

        async def act(uow: Uow) -> answers.MessageAnswer:
            await ports.bind(
                uow,
                actor,
                pub_id=body.pub_id,
                port_id=body.ext_port_id,
                number=body.port,
                signs=tuple(body.sign),
                areas=body.areas(),
            )
            return {"data": {"message": DONE}}

        answer: answers.MessageAnswer = await doors.change(request, actor, Permission.PORT_EDIT, act)
        return answer

    @router.post("/disassociate", operation_id="unlock_port")
    async def unlock_port(request: Request, actor: Signed, body: UnbindBody) -> answers.MessageAnswer:
        """End a binding (administrators)."""

        async def act(uow: Uow) -> answers.MessageAnswer:
            await ports.unbind(uow, actor, body.id)
            return {"data": {"message": DONE}}

        answer: answers.MessageAnswer = await doors.change(request, actor, Permission.PORT_DELETE, act)
        return answer

    return router


def media_router(doors: Doors) -> APIRouter:
    """Return the endpoint of uploads."""
    router, pictures = APIRouter(prefix="/media"), doors.service.pictures
    Signed = Annotated[Actor, Depends(doors.auth.vendor)]  # noqa: N806 - a type
    most = max(demand.max_bytes for demand in DEMANDS.values())

    @router.post("/upload", operation_id="upload_media")
    async def upload_media(
        request: Request,
        actor: Signed,
        file: Annotated[UploadFile, File(description="jpg, jpeg, png or bmp; the name's ending must fit the content")],
        file_type: Annotated[PictureUse, Form()],
    ) -> answers.UploadAnswer:
        """Upload a picture; it is checked against what its type demands and drawn anew."""
        actor.require(Permission.PUB_EDIT)
        name, data = file.filename or "", await file.read(most + 1)
        drawn = await pictures.draw(actor, file_type, name, data)

        async def act(uow: Uow) -> answers.UploadAnswer:
            picture = await pictures.keep(uow, actor, drawn)
            return answers.uploaded(picture, pictures.link(picture))

        said = f"{file_type.value}\n{name}\n{hashlib.sha256(data).hexdigest()}".encode()
        answer: answers.UploadAnswer = await doors.change(request, actor, Permission.PUB_EDIT, act, body=said)
        return answer

    return router
