"""Service accounts in the console: pictures, for their owners and for reviewers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import TenantId
from hongyan.rooms.identity.contracts import Actor, Auth
from hongyan.rooms.service_accounts.service.door import ServiceAccountsService


def console_router(db: Database, service: ServiceAccountsService, auth: Auth) -> APIRouter:
    """Return the endpoints under ``/console/api/service-accounts``."""
    router = APIRouter(prefix="/console/api/service-accounts", tags=["service accounts"])
    caller = Annotated[Actor, Depends(auth.console)]

    # A picture is fetched by an <img>, not by the generated client.
    @router.get("/pictures/{tenant_id}/{picture_id}", include_in_schema=False)
    async def read_picture(
        actor: caller, tenant_id: UUID, picture_id: Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
    ) -> Response:
        """Show a picture: the tenant's own, or any to reviewers."""
        async with db.begin() as uow:
            picture, data = await service.pictures.read(uow, actor, TenantId(str(tenant_id)), picture_id)
        headers = {"Cache-Control": "private, max-age=3600", "Content-Security-Policy": "default-src 'none'; sandbox"}
        return Response(data, media_type=picture.media_type, headers=headers)

    return router
