"""The download centre (下载中心): what is exported in the background, by whom, how far, and its file."""

from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from hongyan.kernel.db.database import Database
from hongyan.kernel.http.problems import language_of
from hongyan.kernel.http.vendor import UUID_PATTERN
from hongyan.rooms.identity.contracts import Actor, Auth
from hongyan.rooms.reports.contracts import Export, ExportSort, ExportState, NewExport
from hongyan.rooms.reports.service.exports import Exports
from hongyan.rooms.reports.service.writing import file_name

Key = Annotated[str, Path(pattern=UUID_PATTERN)]


class ExportBody(BaseModel):
    """What is to be exported; ``filters`` as the kind has them."""

    kind: str = Field(min_length=1, max_length=40)
    filters: dict[str, Any] = Field(default={}, max_length=20)
    full_numbers: bool = False


class ExportView(TypedDict):
    """An export as the download centre shows it."""

    id: str
    kind: str
    filters: dict[str, Any]
    full_numbers: bool
    made_by: str
    state: ExportState
    reason: str | None
    rows_total: int | None
    rows_done: int
    bytes: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    expires_at: datetime | None


class ExportPage(TypedDict):
    """Some exports and how many there are."""

    items: list[ExportView]
    total: int


class ExportKindsView(TypedDict):
    """What the caller may export."""

    items: list[str]


def exports_router(*, db: Database, auth: Auth, exports: Exports) -> APIRouter:
    """Return the router of ``/console/api/exports``."""
    router = APIRouter(prefix="/console/api/exports", tags=["reports"])
    SignedIn = Annotated[Actor, Depends(auth.console)]  # noqa: N806 - a type
    _reading(router, db, exports, SignedIn)

    @router.post("", operation_id="console_create_export", status_code=202)
    async def create(request: Request, actor: SignedIn, body: ExportBody) -> ExportView:
        """Order an export; it is made in the background."""
        wanted = NewExport(body.kind, body.filters, body.full_numbers, language_of(request))
        async with db.begin() as uow:
            return _view(await exports.create(uow, actor, wanted))

    @router.post("/{export_id}/cancel", operation_id="console_cancel_export")
    async def cancel(actor: SignedIn, export_id: Key) -> ExportView:
        """Stop an export that waits or is being made."""
        async with db.begin() as uow:
            return _view(await exports.cancel(uow, actor, export_id))

    @router.post("/{export_id}/retry", operation_id="console_retry_export")
    async def retry(actor: SignedIn, export_id: Key) -> ExportView:
        """Make an export again that failed, was cancelled or has expired."""
        async with db.begin() as uow:
            return _view(await exports.retry(uow, actor, export_id))

    return router


def _reading(router: APIRouter, db: Database, exports: Exports, signed_in: Any) -> None:
    @router.get("", operation_id="console_list_exports")
    async def list_exports(
        actor: signed_in,
        kind: Annotated[list[str] | None, Query(max_length=20)] = None,
        state: Annotated[list[ExportState] | None, Query()] = None,
        whose: Literal["mine", "all"] = "all",
        sort: ExportSort = "-created_at",
        offset: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> ExportPage:
        """List exports of lists that the caller may see, the newest first unless ``sort`` says otherwise."""
        async with db.begin() as uow:
            page = await exports.list_exports(
                uow,
                actor,
                kinds=tuple(kind or ()),
                states=tuple(state or ()),
                made_by=actor.user_id if whose == "mine" else None,
                sort=sort,
                offset=offset,
                limit=limit,
            )
        return {"items": [_view(one) for one in page.items], "total": page.total}

    @router.get("/kinds", operation_id="console_list_export_kinds")
    async def kinds(actor: signed_in) -> ExportKindsView:
        """Tell which lists the caller may export."""
        return {"items": exports.allowed(actor)}

    @router.get("/{export_id}", operation_id="console_show_export")
    async def show(actor: signed_in, export_id: Key) -> ExportView:
        """Return one export: how far it is."""
        async with db.begin() as uow:
            return _view(await exports.get(uow, actor, export_id))

    @router.get("/{export_id}/file", operation_id="console_download_export", response_class=StreamingResponse)
    async def download(actor: signed_in, export_id: Key) -> StreamingResponse:
        """Download the file of an export."""
        async with db.begin() as uow:
            export, pieces = await exports.open_file(uow, actor, export_id)
        name = file_name(exports.kinds[export.kind], export)
        headers = {
            "content-disposition": f"attachment; filename=\"{export.kind}.csv\"; filename*=UTF-8''{quote(name)}",
            "content-length": str(export.bytes),
            "cache-control": "no-store",
        }
        return StreamingResponse(pieces, media_type="text/csv; charset=utf-8", headers=headers)


def _view(export: Export) -> ExportView:
    return {
        "id": export.id,
        "kind": export.kind,
        "filters": dict(export.filters),
        "full_numbers": export.full_numbers,
        "made_by": export.made_by_name,
        "state": export.state,
        "reason": export.reason,
        "rows_total": export.rows_total,
        "rows_done": export.rows_done,
        "bytes": export.bytes,
        "created_at": export.created_at,
        "started_at": export.started_at,
        "finished_at": export.finished_at,
        "expires_at": export.expires_at,
    }
