"""Filings in the console: the form as data, save, upload, submit, history, sample letters; revoking for reviewers."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, File, Path, Response, UploadFile

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.errors import NotFound
from hongyan.kernel.ids import FileId, TenantId
from hongyan.rooms.enterprises.console_api import views
from hongyan.rooms.enterprises.contracts import Filing, Scene
from hongyan.rooms.enterprises.errors import DrawingBusy
from hongyan.rooms.enterprises.rules.fields import MAX_BYTES
from hongyan.rooms.enterprises.service import EnterprisesService
from hongyan.rooms.identity.contracts import Actor, Auth

DrawPage = Callable[[bytes, int], Awaitable[bytes]]
CountPages = Callable[[bytes], Awaitable[int]]
_MOST_PAGES = 20
"""What its owner can leaf through; the whole paper is a download away."""
_MOST_WAITING = 25
"""Pages that one company waits for at once; a form shows the first page of each of its papers."""
_DRAWN: Mapping[str, str] = {
    # A paper never changes: another one has another id.
    "Cache-Control": "private, max-age=3600",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def console_router(
    db: Database, service: EnterprisesService, auth: Auth, draw: DrawPage, count: CountPages
) -> APIRouter:
    """Return the endpoints under ``/console/api/filings``.

    ``draw`` draws a page of a paper (empty: there is none), ``count`` counts its pages.
    """
    router = APIRouter(prefix="/console/api/filings", tags=["filings"])
    caller = Annotated[Actor, Depends(auth.console)]

    _add_papers(router, db, service, caller, draw, count)

    async def view(uow: Uow, actor: Actor, filing: Filing) -> views.FilingView:
        stories = await service.list_stories(uow, actor, filing.scene)
        return views.FilingView.of(filing, service.list_fields(filing.scene), stories)

    @router.get("")
    async def list_filings(actor: caller) -> views.FilingList:
        """List the filings of all scenes with their forms."""
        async with db.begin() as uow:
            filings = await service.list_filings(uow, actor)
            stories = await service.list_stories(uow, actor)
        return views.FilingList(
            items=[views.FilingView.of(one, service.list_fields(one.scene), stories) for one in filings]
        )

    @router.get("/{scene}")
    async def get_filing(actor: caller, scene: Scene) -> views.FilingView:
        """Show a scene's filing."""
        async with db.begin() as uow:
            return await view(uow, actor, await service.get_filing(uow, actor, scene))

    @router.get("/{scene}/history")
    async def list_filing_history(actor: caller, scene: Scene) -> views.FilingHistory:
        """List what became of a filing's submissions."""
        async with db.begin() as uow:
            stories = await service.list_stories(uow, actor, scene)
        return views.FilingHistory(items=[views.FilingStoryView.of(story) for story in stories])

    @router.put("/{scene}")
    async def save_filing(actor: caller, scene: Scene, form: views.FilingValues) -> views.FilingView:
        """Keep the texts and choices of a form."""
        async with db.begin() as uow:
            return await view(uow, actor, await service.save_filing(uow, actor, scene, form.values))

    @router.post("/{scene}/submit")
    async def submit_filing(actor: caller, scene: Scene) -> views.FilingView:
        """Hand the filing in for review."""
        async with db.begin() as uow:
            return await view(uow, actor, await service.submit_filing(uow, actor, scene))

    @router.post("/{scene}/urge", status_code=204)
    async def urge_filing(actor: caller, scene: Scene) -> None:
        """Remind the review desk."""
        async with db.begin() as uow:
            await service.urge_filing(uow, actor, scene)

    @router.post("/{scene}/revoke/{tenant_id}", status_code=204)
    async def revoke_filing(actor: caller, scene: Scene, tenant_id: UUID, said: views.FilingRevocation) -> None:
        """Take a tenant's approval back (reviewers)."""
        async with db.begin() as uow:
            await service.revoke_filing(uow, actor, TenantId(str(tenant_id)), scene, said.reason)

    return router


class _Turns:
    """Companies' pages are drawn one at a time in a process, so that the desk's own keep their place."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(1)
        self._waiting: Counter[TenantId | None] = Counter()

    @asynccontextmanager
    async def take(self, actor: Actor) -> AsyncIterator[None]:
        """Wait until it is one's turn.

        Raises:
            DrawingBusy: the caller's company waits for too many pages already.
        """
        if self._waiting[actor.tenant_id] >= _MOST_WAITING:
            raise DrawingBusy
        self._waiting[actor.tenant_id] += 1
        try:
            async with self._turn:
                yield
        finally:
            self._waiting[actor.tenant_id] -= 1


def _add_papers(
    router: APIRouter, db: Database, service: EnterprisesService, caller: Any, draw: DrawPage, count: CountPages
) -> None:
    turns = _Turns()

    async def read(actor: Actor, paper_id: UUID) -> bytes:
        # In its turn: who waits holds no paper in memory.
        async with db.begin() as uow:
            return (await service.read_paper(uow, actor, FileId(str(paper_id))))[1]

    @router.get("/papers/{paper_id}")
    async def read_paper(actor: caller, paper_id: UUID) -> Response:
        """Download a document."""
        async with db.begin() as uow:
            paper, data = await service.read_paper(uow, actor, FileId(str(paper_id)))
        return _download(paper.name, paper.media_type, data)

    @router.get("/papers/{paper_id}/pages", operation_id="console_count_paper_pages")
    async def count_paper_pages(actor: caller, paper_id: UUID) -> views.PaperPages:
        """Count the pages of a document and say how many of them can be looked at."""
        async with turns.take(actor):
            pages = await count(await read(actor, paper_id))
        return views.PaperPages(pages=pages, shown=min(pages, _MOST_PAGES))

    # Fetched by an <img>, not by the generated client.
    @router.get("/papers/{paper_id}/pages/{page}", include_in_schema=False)
    async def show_page(actor: caller, paper_id: UUID, page: Annotated[int, Path(ge=0, lt=_MOST_PAGES)]) -> Response:
        """Show a page of a document, drawn anew: what was uploaded runs nowhere."""
        async with turns.take(actor):
            drawn = await draw(await read(actor, paper_id), page)
        if not drawn:
            raise NotFound(what="page", id=page)
        return Response(drawn, media_type="image/png", headers=_DRAWN)

    @router.get("/letters/{letter_id}")
    async def read_letter(actor: caller, letter_id: str) -> Response:
        """Download a sample letter, filled in with the company's name."""
        async with db.begin() as uow:
            name, data = await service.make_letter(uow, actor, letter_id)
        return _download(name, _DOCX, data)

    @router.post("/{scene}/papers/{field}", status_code=201)
    async def upload_paper(
        actor: caller, scene: Scene, field: str, file: Annotated[UploadFile, File()]
    ) -> views.PaperView:
        """Upload a document for a field."""
        data = await file.read(MAX_BYTES + 1)
        async with db.begin() as uow:
            return views.PaperView.of(await service.upload_paper(uow, actor, scene, field, file.filename or "", data))

    @router.delete("/{scene}/papers/{field}")
    async def remove_paper(actor: caller, scene: Scene, field: str) -> views.FilingView:
        """Take a field's document out of the form."""
        async with db.begin() as uow:
            filing = await service.remove_paper(uow, actor, scene, field)
            stories = await service.list_stories(uow, actor, scene)
        return views.FilingView.of(filing, service.list_fields(scene), stories)


def _download(name: str, media_type: str, data: bytes) -> Response:
    """Return bytes to be saved, never shown: what a customer uploaded must not run in our origin."""
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(data, media_type=media_type, headers={"Content-Disposition": disposition})
