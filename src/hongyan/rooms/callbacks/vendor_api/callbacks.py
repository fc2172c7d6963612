"""The vendor's four operations on callback addresses. Source: api.md of the requirements §5.7, §5.14."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, cast

from fastapi import APIRouter, Body, Depends, Request
from pydantic import Field
from typing_extensions import TypedDict

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.http.once import Once
from hongyan.kernel.http.vendor import VendorBody, wrapped
from hongyan.rooms.callbacks.contracts import AIM_KINDS, VIDEO_KINDS, Address
from hongyan.rooms.callbacks.service.desk import MAX_REMARK, CallbacksDesk
from hongyan.rooms.identity.contracts import Actor, Auth, Permission

_AIM_EXAMPLE = {
    "batch": {
        "summary": "Send and resolve receipts in arrays",
        "value": {"callback_url": "https://hooks.example.com/receipts", "url_type": 2},
    },
}
_VIDEO_EXAMPLE = {
    "status": {
        "summary": "States of video SMS",
        "value": {"callback_url": "https://hooks.example.com/video", "url_type": 0, "remark": "production"},
    },
}


class AimCallbackBody(VendorBody):
    """Body of ``add_call_back``."""

    callback_url: Annotated[str, Field(min_length=1, max_length=1000)]
    url_type: Annotated[int, Field(ge=0, le=2)] = 0
    """0 send and resolve receipts one by one, 1 template states, 2 send and resolve receipts in arrays."""


class VideoCallbackBody(VendorBody):
    """Body of ``add_vms_call_back``."""

    url_type: Annotated[int, Field(ge=0, le=1)]
    """0 send states, 1 replies."""
    callback_url: Annotated[str, Field(min_length=1, max_length=1000)]
    remark: Annotated[str | None, Field(max_length=MAX_REMARK)] = None


class AimCallback(TypedDict):
    """An address of the smart family."""

    callback_url: str
    id: str
    url_type: int


class VideoCallback(TypedDict):
    """An address of the basic edition."""

    url_type: int
    callback_url: str
    remark: str


class VideoCallbacks(TypedDict):
    """Data of ``list_vms_callbacks``."""

    callbacks: list[VideoCallback]


class Done(TypedDict):
    """An answer without data."""

    status: str
    message: str


class AimAnswer(Done):
    """Answer of ``add_call_back``."""

    data: AimCallback


class AimList(Done):
    """Answer of ``list_aim_callbacks``."""

    data: list[AimCallback]


class VideoList(Done):
    """Answer of ``list_vms_callbacks``."""

    data: VideoCallbacks


def vendor_router(*, db: Database, auth: Auth, desk: CallbacksDesk, once: Once) -> APIRouter:
    """Return the router of ``/v1/aim/callbacks`` and ``/v1/aim-basic/callbacks``."""
    router = APIRouter(tags=["callbacks"])
    Signed = Annotated[Actor, Depends(auth.vendor)]  # noqa: N806 - a type

    async def run(
        request: Request, actor: Actor, url: str, act: Callable[[Uow], Awaitable[dict[str, Any]]]
    ) -> dict[str, Any]:
        tenant_id = actor.tenant(Permission.CALLBACK_CREATE)
        kept = await once.find(request, tenant_id)
        if kept is not None:
            return kept
        await desk.check_target(url)
        return await once.run(request, tenant_id, act)

    @router.post("/v1/aim/callbacks", operation_id="add_call_back")
    async def add_aim(
        request: Request,
        actor: Signed,
        body: Annotated[AimCallbackBody, Body(openapi_examples=cast("Any", _AIM_EXAMPLE))],
    ) -> AimAnswer:
        """Set the address of a type, replacing the one before; te_admin only."""

        async def act(uow: Uow) -> dict[str, Any]:
            address = await desk.register(uow, actor, AIM_KINDS[body.url_type], body.callback_url)
            return wrapped(_aim(address))

        return cast("AimAnswer", await run(request, actor, body.callback_url, act))

    @router.get("/v1/aim/callbacks", operation_id="list_aim_callbacks")
    async def list_aim(actor: Signed) -> AimList:
        """List the addresses of the smart family, at most one per type."""
        async with db.begin() as uow:
            found = await desk.list_kinds(uow, actor, AIM_KINDS)
        return cast("AimList", wrapped([_aim(address) for address in found]))

    @router.post("/v1/aim-basic/callbacks", operation_id="add_vms_call_back")
    async def add_video(
        request: Request,
        actor: Signed,
        body: Annotated[VideoCallbackBody, Body(openapi_examples=cast("Any", _VIDEO_EXAMPLE))],
    ) -> Done:
        """Set the address of a type, replacing the one before; te_admin only."""

        async def act(uow: Uow) -> dict[str, Any]:
            await desk.register(uow, actor, VIDEO_KINDS[body.url_type], body.callback_url, body.remark or "")
            return {"status": "200", "message": "success"}

        return cast("Done", await run(request, actor, body.callback_url, act))

    @router.get("/v1/aim-basic/callbacks", operation_id="list_vms_callbacks")
    async def list_video(actor: Signed) -> VideoList:
        """List the addresses of the basic edition, at most one per type."""
        async with db.begin() as uow:
            found = await desk.list_kinds(uow, actor, VIDEO_KINDS)
        return cast("VideoList", wrapped({"callbacks": [_video(address) for address in found]}))

    return router


def _aim(address: Address) -> AimCallback:
    return {
        "callback_url": address.url,
        "id": address.address_id,
        "url_type": AIM_KINDS.index(address.kind),
    }


def _video(address: Address) -> VideoCallback:
    return {
        "url_type": VIDEO_KINDS.index(address.kind),
        "callback_url": address.url,
        "remark": address.remark,
    }
