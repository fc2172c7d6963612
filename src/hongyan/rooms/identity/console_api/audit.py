"""The audit log: filtered, page by page, and as a file."""

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import UserId
from hongyan.rooms.identity.contracts import REFUSALS, Actor, AuditEntry, AuditFilter, Auth, Permission
from hongyan.rooms.identity.service.door import IdentityService

AuditResult = Literal["done", "refused"]
Text = Annotated[str | None, Query(max_length=130)]
_PIECE = 1000
_HEAD = ("time", "user", "via", "address", "action", "object", "object id", "result", "before", "after", "request id")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class SavedList(BaseModel):
    """A list that a page has read, row by row, and is about to save as a file."""

    model_config = ConfigDict(extra="forbid")

    list_name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")
    """As the console calls it, such as ``send-tasks``."""
    page: str = Field(pattern=r"^/[A-Za-z0-9/._-]{0,199}$")
    """The page's path, without what was filtered by: that may be a phone number."""
    rows: int = Field(ge=0, le=10_000)


class AuditView(BaseModel):
    """One entry of the audit log."""

    id: int
    at: datetime
    tenant_id: str | None
    user_id: str
    user_name: str
    via: str
    address: str | None
    action: str
    subject_kind: str
    subject_id: str
    result: AuditResult
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    request_id: str | None

    @classmethod
    def of(cls, entry: AuditEntry) -> "AuditView":
        """Show an entry."""
        return cls(
            id=entry.id,
            at=entry.at,
            tenant_id=entry.tenant_id,
            user_id=entry.user_id,
            user_name=entry.user_name,
            via=entry.via,
            address=entry.address,
            action=entry.action,
            subject_kind=entry.subject_kind,
            subject_id=entry.subject_id,
            result=_result(entry),
            before=None if entry.before is None else dict(entry.before),
            after=None if entry.after is None else dict(entry.after),
            request_id=entry.request_id,
        )


class AuditList(BaseModel):
    """A page of the audit log."""

    items: list[AuditView]
    total: int


class AuditWords(BaseModel):
    """Actions and kinds of object that the log holds."""

    actions: list[str]
    subject_kinds: list[str]


def _wanted(
    *,
    action: Text = None,
    user_id: UUID | None = None,
    user: Text = None,
    subject_kind: Text = None,
    subject_id: Text = None,
    result: AuditResult | None = None,
    begin: datetime | None = None,
    end: datetime | None = None,
) -> AuditFilter:
    """Read the filters: who, what, which object, with what result, when (``end`` is not included)."""
    return AuditFilter(
        action=action or None,
        user_id=None if user_id is None else UserId(str(user_id)),
        user_name=user or None,
        subject_kind=subject_kind or None,
        subject_id=subject_id or None,
        begin=begin,
        end=end,
        refused=None if result is None else result == "refused",
    )


def audit_router(db: Database, service: IdentityService, auth: Auth) -> APIRouter:
    """Return the endpoints of the audit log."""
    router = APIRouter(prefix="/audit", tags=["audit"])
    caller = Annotated[Actor, Depends(auth.console)]
    filters = Annotated[AuditFilter, Depends(_wanted)]

    @router.get("")
    async def list_audit(
        actor: caller,
        wanted: filters,
        offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> AuditList:
        """Return who did what, the newest first."""
        async with db.begin() as uow:
            page = await service.audit.find_entries(uow, actor, wanted, offset=offset, limit=limit)
        return AuditList(items=[AuditView.of(entry) for entry in page.items], total=page.total)

    @router.get("/words")
    async def list_audit_words(actor: caller) -> AuditWords:
        """Return what can be filtered by."""
        async with db.begin() as uow:
            actions, kinds = await service.audit.list_words(uow, actor)
        return AuditWords(actions=actions, subject_kinds=kinds)

    @router.post("/saved-lists", status_code=204)
    async def note_saved_list(actor: caller, saved: SavedList) -> None:
        """Write down that somebody saves a list as a file; whoever sees it may, so whoever is signed in calls this."""
        after = {"page": saved.page, "rows": saved.rows}
        async with db.begin() as uow:
            await service.note(uow, actor, "list.save", subject_kind="list", subject_id=saved.list_name, after=after)

    @router.get(
        "/export",
        response_class=StreamingResponse,
        responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    )
    async def export_audit(actor: caller, wanted: filters) -> StreamingResponse:
        """Download the filtered entries as csv; times are in UTC."""
        actor.require(Permission.AUDIT_LIST)
        async with db.begin() as uow:
            whole = {"result": None if wanted.refused is None else ("refused" if wanted.refused else "done")}
            await service.note(
                uow, actor, "audit.export", subject_kind="audit", subject_id=actor.tenant_id or "platform", after=whole
            )
        name = f'attachment; filename="audit-{datetime.now(UTC):%Y%m%d}.csv"'
        pieces = _pieces(db, service, actor, wanted)
        return StreamingResponse(pieces, media_type="text/csv; charset=utf-8", headers={"content-disposition": name})

    return router


async def _pieces(db: Database, service: IdentityService, actor: Actor, wanted: AuditFilter) -> AsyncIterator[bytes]:
    """Yield the log a thousand entries at a time, none of them in a transaction that waits for the reader."""
    yield b"\xef\xbb\xbf" + _lines([_HEAD])
    below: int | None = None
    while True:
        async with db.begin() as uow:
            entries = await service.audit.read_entries(uow, actor, wanted, below=below, limit=_PIECE)
        if not entries:
            return
        below = entries[-1].id
        yield _lines([_row(entry) for entry in entries])


def _row(entry: AuditEntry) -> tuple[str, ...]:
    return (
        f"{entry.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        entry.user_name,
        entry.via,
        entry.address or "",
        entry.action,
        entry.subject_kind,
        entry.subject_id,
        _result(entry),
        _json(entry.before),
        _json(entry.after),
        entry.request_id or "",
    )


def _json(values: Any) -> str:
    return "" if values is None else json.dumps(dict(values), ensure_ascii=False, sort_keys=True)


def _lines(rows: list[tuple[str, ...]]) -> bytes:
    out = io.StringIO()
    # What begins like a formula would be one in the reader's spreadsheet.
    csv.writer(out).writerows([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row] for row in rows)
    return out.getvalue().encode()


def _result(entry: AuditEntry) -> AuditResult:
    return "refused" if entry.action in REFUSALS else "done"
