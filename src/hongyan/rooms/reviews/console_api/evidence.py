"""The files that a submission names, as a reviewer may look at them: nothing of a customer's runs in our origin.

Pictures and pages of documents are drawn anew in a sandboxed child and leave as PNG; archives as a list of names; the
file itself as an attachment of no type that a browser shows.
"""

import asyncio
import json
from collections.abc import Mapping
from tempfile import TemporaryFile
from typing import IO, Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel

from hongyan.kernel import sandbox
from hongyan.kernel.db.database import Database
from hongyan.kernel.errors import NotFound
from hongyan.kernel.files.kinds import sniff
from hongyan.rooms.identity.contracts import Actor, Auth
from hongyan.rooms.reviews.contracts import EvidenceReader
from hongyan.rooms.reviews.rules.evidence import list_evidence
from hongyan.rooms.reviews.service import ReviewsService

_PARSER = "hongyan.rooms.reviews.parsers.papers"
_MEMORY_BYTES = 768 * 1024 * 1024
_DEADLINE_S = 20.0
_PICTURES = frozenset({"png", "jpg", "gif", "bmp", "webp"})
_ARCHIVES = frozenset({"zip", "rar"})
# Drawing takes a core for a moment: a reviewer who leafs through a long document must not take them all.
_AT_ONCE = asyncio.Semaphore(2)
_HEADERS: Mapping[str, str] = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}

Number = Annotated[int, Path(ge=0, le=1000)]


class EntryView(BaseModel):
    """A member of an archive, as its index names it."""

    name: str
    size_bytes: int
    is_encrypted: bool
    is_folder: bool


class EvidenceDetail(BaseModel):
    """What a file is and how it can be looked at.

    ``shows``: ``pages`` (a picture or a document, drawn page by page), ``entries`` (an archive), ``nothing`` (download
    it), ``damaged`` (it could not be read).
    """

    name: str
    kind: str
    size_bytes: int
    shows: str
    pages: int = 0
    entries: list[EntryView] = []
    entry_count: int = 0
    unpacked_bytes: int = 0
    is_suspicious: bool = False
    """Unpacks to far more than it should."""


def evidence_router(
    db: Database, service: ReviewsService, auth: Auth, readers: Mapping[str, EvidenceReader]
) -> APIRouter:
    """Return the endpoints below a submission; ``readers`` by the room that submitted."""
    router = APIRouter(prefix="/{review_id}/evidence/{number}")
    caller = Annotated[Actor, Depends(auth.console)]

    async def read(actor: Actor, review_id: UUID, number: int) -> tuple[str, bytes]:
        async with db.begin() as uow:
            review = await service.get_review(uow, actor, str(review_id))
            files = list_evidence(review.kind, review.snapshot)
            reader = readers.get(review.kind.partition(".")[0])
            if reader is None or number >= len(files):
                raise NotFound(what="evidence", id=number)
            return await reader(uow, actor, review.tenant_id, files[number].ref)

    @router.get("")
    async def describe_evidence(actor: caller, review_id: UUID, number: Number) -> EvidenceDetail:
        """Say what a file is, and list an archive's names."""
        name, data = await read(actor, review_id, number)
        kind = sniff(data) or ""
        told = EvidenceDetail(name=name, kind=kind, size_bytes=len(data), shows="nothing")
        try:
            if kind in _ARCHIVES:
                listed, _ = await _look(data, kind)
                return EvidenceDetail.model_validate({**told.model_dump(), **listed, "shows": "entries"})
            if kind in _PICTURES or kind == "pdf":
                return told.model_copy(update={"shows": "pages", "pages": await count_pages(data)})
        except (sandbox.SandboxCrash, sandbox.SandboxMemory, sandbox.SandboxTimeout):
            return told.model_copy(update={"shows": "damaged"})
        return told

    # Fetched by an <img>, not by the generated client.
    @router.get("/pages/{page}", include_in_schema=False)
    async def show_page(actor: caller, review_id: UUID, number: Number, page: Number) -> Response:
        """Show a picture, or a page of a document, drawn anew."""
        _, data = await read(actor, review_id, number)
        drawn = await draw_page(data, page)
        if not drawn:
            raise NotFound(what="page", id=page)
        return Response(drawn, media_type="image/png", headers=_HEADERS)

    @router.get("/file", include_in_schema=False)
    async def download_evidence(actor: caller, review_id: UUID, number: Number) -> Response:
        """Download the file as it was uploaded."""
        name, data = await read(actor, review_id, number)
        headers = {**_HEADERS, "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
        return Response(data, media_type="application/octet-stream", headers=headers)

    return router


async def count_pages(data: bytes) -> int:
    """Return how many pages can be drawn: 1 of a picture, 0 of what is neither that nor a document.

    Raises:
        SandboxCrash, SandboxMemory, SandboxTimeout: it cannot be read.
    """
    kind = sniff(data)
    if kind == "pdf":
        return int((await _look(data, "page", "-1"))[0]["pages"])
    return 1 if kind in _PICTURES else 0


async def draw_page(data: bytes, page: int) -> bytes:
    """Return a picture, or a page of a document, drawn anew as PNG; empty where there is no such page.

    Raises:
        SandboxCrash, SandboxMemory, SandboxTimeout: it cannot be drawn.
    """
    kind = sniff(data)
    task = ["picture"] if kind in _PICTURES and page == 0 else ["page", str(page)] if kind == "pdf" else None
    return (await _look(data, *task))[1] if task else b""


async def _look(data: bytes, *task: str) -> tuple[dict[str, Any], bytes]:
    """Return what the child says of a file, and the picture it drew (empty: none).

    Raises:
        SandboxCrash: the file is damaged.
        SandboxMemory: it wants too much memory.
        SandboxTimeout: it takes too long.
    """
    async with _AT_ONCE:
        with TemporaryFile() as source:
            await asyncio.to_thread(_fill, source, data)
            async with sandbox.run(
                _PARSER, task, memory_bytes=_MEMORY_BYTES, deadline_s=_DEADLINE_S, stdin=source
            ) as child:
                frames = [frame async for frame in child.frames()]
    if not frames:
        raise sandbox.SandboxCrash
    return json.loads(frames[0]), b"".join(frames[1:])


def _fill(source: IO[bytes], data: bytes) -> None:
    source.write(data)
    source.seek(0)
