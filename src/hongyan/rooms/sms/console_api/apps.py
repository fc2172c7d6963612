"""Apps, the pictures that prove signatures, and what a tenant has already of what the next step needs."""

from datetime import datetime
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, File, Query, Response, UploadFile
from pydantic import BaseModel

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import TenantId
from hongyan.rooms.identity.contracts import Actor, Auth
from hongyan.rooms.sms.console_api.views import AppBody, AppList, AppView, FileView, Limit, Offset, Sort, Word
from hongyan.rooms.sms.contracts import AppStatus, ListFilter
from hongyan.rooms.sms.rules.signatures import MAX_FILE_BYTES
from hongyan.rooms.sms.service.door import SmsService


class PreconditionsView(BaseModel):
    """What a tenant has already."""

    is_open: bool
    filing_state: str
    apps: int
    app_limit: int
    usable_apps: int
    usable_signatures: int


def apps_router(db: Database, service: SmsService, auth: Auth) -> APIRouter:
    """Return the endpoints of apps and pictures."""
    router = APIRouter()
    caller = Annotated[Actor, Depends(auth.console)]

    @router.get("/preconditions")
    async def show_preconditions(actor: caller) -> PreconditionsView:
        """Show what is there already: the opened service, the filing, apps, usable signatures."""
        async with db.begin() as uow:
            found = await service.desk.get_preconditions(uow, actor)
        return PreconditionsView(**{name: getattr(found, name) for name in PreconditionsView.model_fields})

    @router.get("/apps")
    async def list_sms_apps(
        *,
        actor: caller,
        name: Word = None,
        state: Annotated[list[AppStatus] | None, Query()] = None,
        begin: datetime | None = None,
        end: datetime | None = None,
        sort: Sort = "-created_at",
        offset: Offset = 0,
        limit: Limit = 20,
    ) -> AppList:
        """List apps."""
        wanted = ListFilter(name=name, statuses=tuple(state or ()), begin=begin, end=end, sort=sort)
        async with db.begin() as uow:
            page = await service.apps.list_apps(uow, actor, wanted, offset=offset, limit=limit)
        return AppList(items=[AppView.of(app) for app in page.items], total=page.total)

    @router.post("/apps", status_code=201)
    async def create_sms_app(actor: caller, wanted: AppBody) -> AppView:
        """Make an app."""
        async with db.begin() as uow:
            return AppView.of(await service.apps.create_app(uow, actor, wanted.app_name, wanted.up_link_addr))

    @router.put("/apps/{app_id}")
    async def change_sms_app(actor: caller, app_id: str, wanted: AppBody) -> AppView:
        """Change an app's name and address."""
        async with db.begin() as uow:
            changed = await service.apps.update_app(uow, actor, app_id, wanted.app_name, wanted.up_link_addr)
        return AppView.of(changed)

    @router.post("/files", status_code=201)
    async def upload_sms_file(actor: caller, file: Annotated[UploadFile, File()]) -> FileView:
        """Keep a picture for a signature: jpg, png or gif, 2 MB at most."""
        data = await file.read(MAX_FILE_BYTES + 1)
        async with db.begin() as uow:
            return FileView.of(await service.apps.upload_file(uow, actor, file.filename or "", data))

    @router.get("/files/{tenant_id}/{file_id}")
    async def read_file(actor: caller, tenant_id: UUID, file_id: str) -> Response:
        """Download a picture that proves a signature."""
        async with db.begin() as uow:
            file, data = await service.apps.read_file(uow, actor, TenantId(str(tenant_id)), file_id)
        disposition = f"attachment; filename*=UTF-8''{quote(file.name)}"
        return Response(data, media_type=file.media_type, headers={"Content-Disposition": disposition})

    return router
