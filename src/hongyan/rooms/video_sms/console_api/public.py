"""The platform's own video templates for its operators: list, what carriers reach, media, use.

Not for: tenants, who see them among their own (``router``).
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel

from hongyan.kernel.db.database import Database
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.video_sms.console_api.router import (
    Key,
    VideoTemplateDetail,
    VideoTemplateView,
    VideoUseBody,
    Word,
    medium_of,
)
from hongyan.rooms.video_sms.contracts import CarrierStatus, TemplateFilter, TemplateSort, TemplateState
from hongyan.rooms.video_sms.service.door import VideoSmsService


class PublicVideoView(BaseModel):
    """A public template with each carrier's state of it."""

    template: VideoTemplateView
    carriers: list[CarrierStatus]


class PublicVideoList(BaseModel):
    """A page of public templates."""

    items: list[PublicVideoView]
    total: int


class SeededVideos(BaseModel):
    """How many templates were written."""

    written: int


def public_videos_console(db: Database, service: VideoSmsService, auth: Auth) -> APIRouter:
    """Return the endpoints under ``/console/api/public-video-templates``."""
    router = APIRouter(prefix="/console/api/public-video-templates", tags=["public templates"])

    async def operator(actor: Annotated[Actor, Depends(auth.console)]) -> Actor:
        actor.require(Permission.PLATFORM_TEMPLATE_EDIT)
        return actor

    caller = Annotated[Actor, Depends(operator)]
    _reading(router, db, service, caller)

    @router.post("", operation_id="console_seed_public_videos")
    async def seed(actor: caller) -> SeededVideos:
        """Write the templates that come with this release where they are missing."""
        async with db.begin() as uow:
            return SeededVideos(written=await service.seed_public_templates(uow, actor))

    @router.put("/{tpl_id}/use", operation_id="console_use_public_video")
    async def set_use(actor: caller, tpl_id: Key, body: VideoUseBody) -> VideoTemplateView:
        """Take a public template out of use for every tenant, or use it again."""
        reason = body.reason.strip()
        async with db.begin() as uow:
            found = await service.set_usable(uow, actor, tpl_id, is_usable=body.is_usable, reason=reason)
        return VideoTemplateView.of(found)

    return router


def _reading(router: APIRouter, db: Database, service: VideoSmsService, caller: Any) -> None:
    @router.get("", operation_id="console_list_public_videos")
    async def list_public(
        *,
        actor: caller,
        name: Word = None,
        tpl_id: Word = None,
        state: Annotated[list[Literal["usable", "disabled", "expired"]] | None, Query()] = None,
        sort: TemplateSort = "-created_at",
        offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> PublicVideoList:
        """List the platform's templates."""
        del actor
        states = tuple(TemplateState[one.upper()] for one in state or ())
        wanted = TemplateFilter(tpl_id=tpl_id or None, name=name or None, is_public=True, states=states, sort=sort)
        async with db.begin() as uow:
            page = await service.list_templates(uow, None, wanted, offset=offset, limit=limit)
            said = await service.describe(uow, page.items)
        rows = [
            PublicVideoView(template=VideoTemplateView.of(found), carriers=status["status_detail"])
            for found, status in zip(page.items, said, strict=True)
        ]
        return PublicVideoList(items=rows, total=page.total)

    @router.get("/{tpl_id}", operation_id="console_show_public_video")
    async def show(actor: caller, tpl_id: Key) -> VideoTemplateDetail:
        """Show a public template with its frames."""
        del actor
        async with db.begin() as uow:
            found = await service.get_template(uow, None, tpl_id)
            [status] = await service.describe(uow, (found,))
        return VideoTemplateDetail.of(found, status, ())

    # A medium is fetched by an <img>, <audio> or <video>, not by the generated client.
    @router.get("/{tpl_id}/media/{number}", include_in_schema=False)
    async def medium(actor: caller, tpl_id: Key, number: Annotated[int, Path(ge=0, le=100)]) -> Response:
        """Show a picture, sound or video of a public template."""
        del actor
        async with db.begin() as uow:
            found = await service.get_template(uow, None, tpl_id)
        return await medium_of(service, found, number)
