"""Our own operations on video templates: hand in a draft, take out of use and back."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request
from pydantic import ConfigDict, Field

from hongyan.kernel.db.database import Uow
from hongyan.kernel.http.once import Once
from hongyan.kernel.http.vendor import VendorBody
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.video_sms.contracts import StatusDocument, VideoTemplate
from hongyan.rooms.video_sms.service.door import VideoSmsService


class UseBody(VendorBody):
    """Whether a template may be used."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"is_usable": False, "reason": "out of season"}]})

    is_usable: Annotated[bool, Field(examples=[False])]
    reason: Annotated[str, Field(max_length=200)] = ""


def own_router(*, auth: Auth, service: VideoSmsService, once: Once) -> APIRouter:
    """Return the router of ``/v1/hongyan/video-templates``."""
    router = APIRouter(tags=["video SMS"], prefix="/v1/hongyan/video-templates")
    Signed = Annotated[Actor, Depends(auth.vendor)]  # noqa: N806 - a type

    async def shown(uow: Uow, template: VideoTemplate) -> dict[str, object]:
        return dict((await service.describe(uow, (template,)))[0])

    @router.post("/{tpl_id}/submit", operation_id="hongyan_submit_video_template")
    async def submit(request: Request, actor: Signed, tpl_id: str) -> StatusDocument:
        """Hand in a draft, or a rejected template once more."""

        async def act(uow: Uow) -> dict[str, object]:
            return await shown(uow, await service.submit(uow, actor, tpl_id))

        answer = await once.run(request, actor.tenant(Permission.BASIC_TEMPLATE_EDIT), act)
        return cast("StatusDocument", answer)

    @router.put("/{tpl_id}/use", operation_id="hongyan_use_video_template")
    async def use(request: Request, actor: Signed, tpl_id: str, body: UseBody) -> StatusDocument:
        """Take an approved template out of use, or use it again."""

        async def act(uow: Uow) -> dict[str, object]:
            found = await service.set_usable(uow, actor, tpl_id, is_usable=body.is_usable, reason=body.reason)
            return await shown(uow, found)

        answer = await once.run(request, actor.tenant(Permission.BASIC_TEMPLATE_EDIT), act)
        return cast("StatusDocument", answer)

    return router
