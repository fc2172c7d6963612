"""Our own doors of number files for programs: upload, look, download what was wrong.

Same signature and errors as the vendor's.
"""

import tempfile
from collections.abc import AsyncIterator
from typing import IO, Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import StreamingResponse
from typing_extensions import TypedDict

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.http.once import Once
from hongyan.kernel.http.vendor import UUID_PATTERN
from hongyan.kernel.ids import FileId
from hongyan.rooms.audience.contracts import NumberFile
from hongyan.rooms.audience.service import AudienceService
from hongyan.rooms.identity.contracts import Actor, Auth, Permission

_PIECE_BYTES: Final = 256 * 1024
_BODY: Final = {
    "description": "An xlsx, xls, csv or txt file, 40 MB at most; its kind is told by `name` and by its content.",
    "required": True,
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}
FileKey = Annotated[FileId, Path(pattern=UUID_PATTERN)]


class CountsDocument(TypedDict):
    """What was found in a number file, in rows."""

    rows: int
    imported: int
    invalid: int
    duplicates: int
    opted_out: int


class NumberFileDocument(TypedDict):
    """A number file as programs see it; a failed one says why."""

    file_id: str
    name: str
    state: str
    counts: CountsDocument
    columns: list[str]
    number_column: str | None
    sheet: str | None
    other_sheets: list[str]
    failure_code: str | None
    failure_en: str | None
    failure_zh: str | None


def vendor_router(db: Database, service: AudienceService, auth: Auth, once: Once) -> APIRouter:
    """Return the router of ``/v1/hongyan/number-files``."""
    router = APIRouter(prefix="/v1/hongyan/number-files", tags=["hongyan"])
    caller = Annotated[Actor, Depends(auth.vendor)]

    @router.post(
        "",
        operation_id="hongyan_upload_number_file",
        response_model=NumberFileDocument,
        openapi_extra={"requestBody": _BODY},
    )
    async def upload(
        request: Request,
        actor: caller,
        name: Annotated[str, Query(min_length=1, max_length=200, examples=["members.csv"])],
    ) -> dict[str, Any]:
        """Upload a file of numbers; it is read afterwards."""
        tenant_id = actor.tenant(Permission.NUMBER_FILE_CREATE)
        # To a temporary file first: a slow sender must not hold a transaction open.
        with tempfile.TemporaryFile() as body:
            async for chunk in request.stream():
                body.write(chunk)
            body.seek(0)

            async def act(uow: Uow) -> dict[str, Any]:
                return {**describe(await service.create_from_upload(uow, tenant_id, name, _pieces(body)))}

            return await once.run(request, tenant_id, act, body=request.state.body_sha256.digest())

    @router.get("/{file_id}", operation_id="hongyan_show_number_file")
    async def show(actor: caller, file_id: FileKey) -> NumberFileDocument:
        """Return a number file: how far it is read, what was found, or why it cannot be read."""
        tenant_id = actor.tenant(Permission.NUMBER_FILE_LIST)
        async with db.begin() as uow:
            return describe(await service.get_file(uow, tenant_id, file_id))

    @router.get(
        "/{file_id}/issues.csv",
        operation_id="hongyan_download_number_file_issues",
        response_class=StreamingResponse,
        responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    )
    async def issues(actor: caller, file_id: FileKey) -> StreamingResponse:
        """Download the rows of a number file that are no numbers, with the reasons."""
        tenant_id = actor.tenant(Permission.NUMBER_FILE_CREATE)
        async with db.begin() as uow:
            file = await service.get_file(uow, tenant_id, file_id)
        rows: AsyncIterator[bytes] = service.invalid_csv(file)
        name = f'attachment; filename="issues-{file_id}.csv"'
        return StreamingResponse(rows, media_type="text/csv; charset=utf-8", headers={"content-disposition": name})

    return router


async def _pieces(body: IO[bytes]) -> AsyncIterator[bytes]:
    while piece := body.read(_PIECE_BYTES):
        yield piece


def describe(file: NumberFile) -> NumberFileDocument:
    """Return a number file as programs see it."""
    return {
        "file_id": file.file_id,
        "name": file.name,
        "state": file.state.value,
        "counts": {
            "rows": file.counts.rows,
            "imported": file.counts.imported,
            "invalid": file.counts.invalid,
            "duplicates": file.counts.duplicates,
            "opted_out": file.counts.opted_out,
        },
        "columns": list(file.columns),
        "number_column": file.number_column,
        "sheet": file.sheet,
        "other_sheets": list(file.other_sheets),
        "failure_code": file.failure_code,
        "failure_en": file.failure_en,
        "failure_zh": file.failure_zh,
    }
