"""Pictures: uploaded for a place of the form, shown to their owners and to reviewers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Path, Response, UploadFile
from pydantic import BaseModel

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import TenantId
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.service_accounts.contracts.accounts import PictureUse
from hongyan.rooms.service_accounts.rules.pictures import DEMANDS
from hongyan.rooms.service_accounts.service.door import ServiceAccountsService


class AccountPictureView(BaseModel):
    """A picture that was uploaded; ``…/pictures/{tenant_id}/{picture_id}`` shows it."""

    picture_id: str
    width: int
    height: int
    size_bytes: int


def pictures_router(db: Database, service: ServiceAccountsService, auth: Auth) -> APIRouter:
    """Return the endpoints of pictures."""
    router = APIRouter(prefix="/console/api/service-accounts/pictures", tags=["service accounts"])
    caller = Annotated[Actor, Depends(auth.console)]
    most = max(demand.max_bytes for demand in DEMANDS.values())

    @router.post("", operation_id="console_upload_account_picture", status_code=201)
    async def upload(
        actor: caller, file: Annotated[UploadFile, File()], use: Annotated[PictureUse, Form()]
    ) -> AccountPictureView:
        """Upload a picture; it is checked against what its place demands and drawn anew."""
        actor.require(Permission.PUB_EDIT)
        drawn = await service.pictures.draw(actor, use, file.filename or "", await file.read(most + 1))
        async with db.begin() as uow:
            kept = await service.pictures.keep(uow, actor, drawn)
        return AccountPictureView(
            picture_id=kept.picture_id, width=kept.width, height=kept.height, size_bytes=kept.size_bytes
        )

    # A picture is fetched by an <img>, not by the generated client.
    @router.get("/{tenant_id}/{picture_id}", include_in_schema=False)
    async def read_picture(
        actor: caller, tenant_id: UUID, picture_id: Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
    ) -> Response:
        """Show a picture: the tenant's own, or any to reviewers."""
        async with db.begin() as uow:
            picture, data = await service.pictures.read(uow, actor, TenantId(str(tenant_id)), picture_id)
        headers = {"Cache-Control": "private, max-age=3600", "Content-Security-Policy": "default-src 'none'; sandbox"}
        return Response(data, media_type=picture.media_type, headers=headers)

    return router
