"""Numbers of the send form: uploads, 号码解析 with its counts and downloads, single recipients as they will be."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request, Response, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from hongyan.kernel.http.problems import language_of
from hongyan.kernel.http.vendor import UUID_PATTERN
from hongyan.kernel.ids import FileId, TenantId
from hongyan.kernel.phones import mask_phone
from hongyan.rooms.audience.contracts import MAX_FILE_BYTES, MAX_TYPED_BYTES, NumberFile
from hongyan.rooms.audience.errors import FileTooLarge
from hongyan.rooms.campaigns.console_api.send_form import FormTools, form_fields
from hongyan.rooms.campaigns.contracts import CountsDocument, Parse, TaskState
from hongyan.rooms.campaigns.errors import NumbersNotChecked
from hongyan.rooms.campaigns.service.parse_views import ParsedRow, ParseViews
from hongyan.rooms.campaigns.service.parses import NewParse
from hongyan.rooms.handsets.contracts import Vendor
from hongyan.rooms.identity.contracts import Actor, Permission

_PIECE_BYTES: Final = 256 * 1024
_NAME_CHARS: Final = 200
_FLAGS: Final = ("incapable", "capable", "wrong_value", "opted_out")
Key = Annotated[str, Path(pattern=UUID_PATTERN)]


class FileCountsDocument(TypedDict):
    """What was found in a number file so far, in rows."""

    rows: int
    imported: int
    invalid: int
    duplicates: int
    opted_out: int


class UploadedNumbersDocument(TypedDict):
    """A number file as the form shows it; a failed one says why in the caller's language."""

    file_id: str
    name: str
    state: str
    counts: FileCountsDocument
    columns: list[str]
    number_column: str | None
    sheet: str | None
    other_sheets: list[str]
    failure: str | None


class WantedParse(BaseModel):
    """What is to be looked at: one of ``number_file_id`` and ``typed``."""

    card_template_id: str = Field(max_length=9)
    sms_template_id: str = Field(max_length=32)
    domain: str | None = Field(default=None, max_length=100)
    number_file_id: str | None = Field(default=None, pattern=UUID_PATTERN)
    typed: str = Field(default="", max_length=MAX_TYPED_BYTES)


class ParseDocument(TypedDict):
    """号码解析: how far it is, the counts, and what a send would take."""

    parse_id: str
    state: TaskState
    """``parsing``, ``ready`` or ``refused``."""
    reason: str | None
    done: int
    """Recipients looked at so far."""
    counts: CountsDocument
    """``submitted`` is with every incapable number; without them it is ``capable``."""
    parts: dict[str, dict[str, int]]
    """``capable``, ``incapable`` (with link), ``plain`` (incapable without link), each by carrier; and ``longest``
    texts in characters."""
    columns: list[str]
    file: UploadedNumbersDocument


class RowValueDocument(TypedDict):
    """One column of a recipient."""

    name: str
    value: str


class ParsedRowDocument(TypedDict):
    """A recipient as it will be; the number is masked."""

    number: int
    total: int
    phone_masked: str
    flag: str
    """``capable``, ``incapable``, ``wrong_value`` or ``opted_out``."""
    values: list[RowValueDocument]
    text: str
    parts: int
    plain_text: str
    plain_parts: int


def numbers_router(tools: FormTools, views: ParseViews) -> APIRouter:
    """Return the router of ``/console/api/number-files`` and ``/console/api/number-parses``."""
    router = APIRouter(prefix="/console/api", tags=["send form"])
    SignedIn = Annotated[Actor, Depends(tools.auth.console)]  # noqa: N806 - a type
    _files(router, tools, SignedIn)
    _looking(router, tools, views, SignedIn)
    return router


def _files(router: APIRouter, tools: FormTools, signed_in: Any) -> None:
    db, audience = tools.db, tools.audience

    @router.post("/number-files", operation_id="console_upload_number_file")
    async def upload(request: Request, actor: signed_in, file: UploadFile) -> UploadedNumbersDocument:
        """Upload an xlsx, csv or txt file of numbers, 40 MB at most; it is read afterwards."""
        tenant_id = actor.tenant(Permission.NUMBER_FILE_CREATE)
        name = (file.filename or "")[:_NAME_CHARS]
        if (file.size or 0) > MAX_FILE_BYTES:
            raise FileTooLarge("file", name=name, limit_mb=MAX_FILE_BYTES // 1024**2)
        async with db.begin() as uow:
            made = await audience.create_from_upload(uow, tenant_id, name, _pieces(file))
        return _file(made, language_of(request))

    @router.get("/number-files/{file_id}", operation_id="console_show_number_file")
    async def show_file(request: Request, actor: signed_in, file_id: Key) -> UploadedNumbersDocument:
        """Return a file: how far it is read, what was found, or why it cannot be read."""
        async with db.begin() as uow:
            file = await audience.get_file(uow, actor.tenant(Permission.NUMBER_FILE_LIST), FileId(file_id))
        return _file(file, language_of(request))

    @router.get(
        "/number-files/{file_id}/issues.csv", operation_id="console_download_number_issues", response_class=Response
    )
    async def issues(actor: signed_in, file_id: Key) -> StreamingResponse:
        """Download the rows of a file that gave no recipient, with the reasons."""
        async with db.begin() as uow:
            file = await audience.get_file(uow, actor.tenant(Permission.NUMBER_FILE_CREATE), FileId(file_id))
        return _csv(audience.invalid_csv(file), f"issues-{file_id}")


def _looking(router: APIRouter, tools: FormTools, views: ParseViews, signed_in: Any) -> None:
    db, audience, parses = tools.db, tools.audience, tools.parses

    @router.post("/number-parses", operation_id="console_parse_numbers", status_code=202)
    async def parse(request: Request, actor: signed_in, wanted: WantedParse) -> ParseDocument:
        """Look at numbers: who can show the card, whose values are wrong, what a send would take."""
        with form_fields():
            async with db.begin() as uow:
                made = await parses.create(uow, actor, NewParse(**wanted.model_dump()))
                file = await audience.get_file(uow, made.tenant_id, made.number_file_id)
        return _parse(made, file, language_of(request))

    async def find(tenant_id: TenantId, parse_id: str) -> tuple[Parse, NumberFile]:
        async with db.begin() as uow:
            return await parses.get(uow, tenant_id, parse_id)

    @router.get("/number-parses/{parse_id}", operation_id="console_show_parse")
    async def show(request: Request, actor: signed_in, parse_id: Key) -> ParseDocument:
        """Return how far it is and what was found."""
        found, file = await find(actor.tenant(Permission.NUMBER_FILE_LIST), parse_id)
        return _parse(found, file, language_of(request))

    @router.get(
        "/number-parses/{parse_id}/recipients.csv", operation_id="console_download_parsed", response_class=Response
    )
    async def recipients(
        actor: signed_in, parse_id: Key, kind: Annotated[str, Query(pattern="^(capable|incapable|invalid|opted_out)$")]
    ) -> StreamingResponse:
        """Download the numbers of one kind."""
        found, file = await find(actor.tenant(Permission.NUMBER_FILE_CREATE), parse_id)
        if found.state is not TaskState.READY:
            raise NumbersNotChecked("parse_id", state=found.state.value)
        return _csv(views.csv(found, file, kind), f"{kind}-{parse_id}")

    @router.get("/number-parses/{parse_id}/rows/{number}", operation_id="console_show_parsed_row")
    async def row(actor: signed_in, parse_id: Key, number: Annotated[int, Path(ge=0)]) -> ParsedRowDocument:
        """Return one recipient (from 0) as it will be."""
        found, file = await find(actor.tenant(Permission.NUMBER_FILE_LIST), parse_id)
        return _row(await views.row(found, file, number), sum(found.block_sizes))

    @router.get(
        "/number-parses/{parse_id}/rows/{number}/card",
        operation_id="console_frame_parsed_card",
        response_class=Response,
    )
    async def card(
        request: Request,
        actor: signed_in,
        parse_id: Key,
        number: Annotated[int, Path(ge=0)],
        vendor: Vendor | None = None,
    ) -> Response:
        """Show one recipient's card, for a frame."""
        tenant_id = actor.tenant(Permission.NUMBER_FILE_LIST)
        found, file = await find(tenant_id, parse_id)
        values = (await views.row(found, file, number)).card_values
        async with db.begin() as uow:
            template = await tools.smart.get_template(uow, tenant_id, found.content.card_template_id or "")
        return tools.frame_card(template.name, tools.smart.pages(template, values, vendor), language_of(request))


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(_PIECE_BYTES):
        yield piece


def _csv(rows: AsyncIterator[bytes], name: str) -> StreamingResponse:
    headers = {"content-disposition": f'attachment; filename="{name}.csv"'}
    return StreamingResponse(rows, media_type="text/csv; charset=utf-8", headers=headers)


def _file(file: NumberFile, language: str) -> UploadedNumbersDocument:
    counts = file.counts
    return {
        "file_id": file.file_id,
        "name": file.name,
        "state": file.state.value,
        "counts": {
            "rows": counts.rows,
            "imported": counts.imported,
            "invalid": counts.invalid,
            "duplicates": counts.duplicates,
            "opted_out": counts.opted_out,
        },
        "columns": list(file.columns),
        "number_column": file.number_column,
        "sheet": file.sheet,
        "other_sheets": list(file.other_sheets),
        "failure": file.failure_en if language == "en" else file.failure_zh,
    }


def _parse(parse: Parse, file: NumberFile, language: str) -> ParseDocument:
    counts = parse.counts
    return {
        "parse_id": parse.id,
        "state": parse.state,
        "reason": parse.reason,
        "done": sum(parse.block_sizes),
        "counts": {
            "rows": counts.rows,
            "imported": counts.imported,
            "invalid": counts.invalid,
            "duplicates": counts.duplicates,
            "opted_out": counts.opted_out,
            "capable": counts.capable,
            "incapable": counts.incapable,
            "submitted": counts.capable + counts.incapable,
        },
        "parts": {kind: dict(sums) for kind, sums in parse.tally.items()},
        "columns": list(file.columns),
        "file": _file(file, language),
    }


def _row(row: ParsedRow, total: int) -> ParsedRowDocument:
    return {
        "number": row.number,
        "total": total,
        "phone_masked": mask_phone(row.phone),
        "flag": _FLAGS[row.flag],
        "values": [{"name": name, "value": value} for name, value in row.values],
        "text": row.text,
        "parts": row.parts,
        "plain_text": row.plain_text,
        "plain_parts": row.plain_parts,
    }
