"""Filings in the console: the form as data, save, upload, submit, sample letters; revoking for reviewers."""

from datetime import datetime
from typing import Annotated, Self
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, File, Response, UploadFile
from pydantic import BaseModel

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import FileId, TenantId
from hongyan.rooms.enterprises.contracts import FieldKind, FieldSpec, Filing, FilingState, Paper, Scene
from hongyan.rooms.enterprises.rules.fields import MAX_BYTES
from hongyan.rooms.enterprises.service import EnterprisesService
from hongyan.rooms.identity.contracts import Actor, Auth

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class ChoiceView(BaseModel):
    """An answer of a choice field."""

    value: str
    zh: str
    en: str


class FieldView(BaseModel):
    """A field of the form."""

    name: str
    group: str
    zh: str
    en: str
    kind: FieldKind
    is_required: bool
    required_when: tuple[str, str] | None
    max_chars: int
    choices: list[ChoiceView]
    types: list[str]
    max_bytes: int
    letter: str

    @classmethod
    def of(cls, spec: FieldSpec) -> Self:
        """Return the view of a field."""
        choices = [ChoiceView(value=choice.value, zh=choice.zh, en=choice.en) for choice in spec.choices]
        return cls(
            name=spec.name,
            group=spec.group,
            zh=spec.zh,
            en=spec.en,
            kind=spec.kind,
            is_required=spec.is_required,
            required_when=spec.required_when,
            max_chars=spec.max_chars,
            choices=choices,
            types=list(spec.types),
            max_bytes=spec.max_bytes,
            letter=spec.letter,
        )


class PaperView(BaseModel):
    """An uploaded document."""

    paper_id: str
    scene: Scene
    name: str
    media_type: str
    size_bytes: int
    uploaded_at: datetime
    is_approved: bool

    @classmethod
    def of(cls, paper: Paper) -> Self:
        """Return the view of a document."""
        return cls(
            paper_id=paper.paper_id,
            scene=paper.scene,
            name=paper.name,
            media_type=paper.media_type,
            size_bytes=paper.size_bytes,
            uploaded_at=paper.uploaded_at,
            is_approved=paper.approved_at is not None,
        )


class FilingView(BaseModel):
    """A filing with its form."""

    scene: Scene
    state: FilingState
    is_pending: bool
    values: dict[str, str]
    papers: dict[str, PaperView]
    reason: str
    submitted_at: datetime | None
    decided_at: datetime | None
    fields: list[FieldView]

    @classmethod
    def of(cls, filing: Filing, fields: tuple[FieldSpec, ...]) -> Self:
        """Return the view of a filing."""
        return cls(
            scene=filing.scene,
            state=filing.state,
            is_pending=filing.is_pending,
            values=dict(filing.values),
            papers={field: PaperView.of(paper) for field, paper in filing.papers.items()},
            reason=filing.reason,
            submitted_at=filing.submitted_at,
            decided_at=filing.decided_at,
            fields=[FieldView.of(spec) for spec in fields],
        )


class FilingList(BaseModel):
    """The filings of all scenes."""

    items: list[FilingView]


class FilingValues(BaseModel):
    """Texts and choices of a form."""

    values: dict[str, str]


class Revocation(BaseModel):
    """Why an approval is taken back."""

    reason: str


def console_router(db: Database, service: EnterprisesService, auth: Auth) -> APIRouter:
    """Return the endpoints under ``/console/api/filings``."""
    router = APIRouter(prefix="/console/api/filings", tags=["filings"])
    caller = Annotated[Actor, Depends(auth.console)]

    def view(filing: Filing) -> FilingView:
        return FilingView.of(filing, service.list_fields(filing.scene))

    @router.get("")
    async def list_filings(actor: caller) -> FilingList:
        """List the filings of all scenes with their forms."""
        async with db.begin() as uow:
            return FilingList(items=[view(filing) for filing in await service.list_filings(uow, actor)])

    @router.get("/papers/{paper_id}")
    async def read_paper(actor: caller, paper_id: UUID) -> Response:
        """Download a document."""
        async with db.begin() as uow:
            paper, data = await service.read_paper(uow, actor, FileId(str(paper_id)))
        return _download(paper.name, paper.media_type, data)

    @router.get("/letters/{letter_id}")
    async def read_letter(actor: caller, letter_id: str) -> Response:
        """Download a sample letter, filled in with the company's name."""
        async with db.begin() as uow:
            name, data = await service.make_letter(uow, actor, letter_id)
        return _download(name, _DOCX, data)

    @router.get("/{scene}")
    async def get_filing(actor: caller, scene: Scene) -> FilingView:
        """Show a scene's filing."""
        async with db.begin() as uow:
            return view(await service.get_filing(uow, actor, scene))

    @router.put("/{scene}")
    async def save_filing(actor: caller, scene: Scene, form: FilingValues) -> FilingView:
        """Keep the texts and choices of a form."""
        async with db.begin() as uow:
            return view(await service.save_filing(uow, actor, scene, form.values))

    @router.post("/{scene}/papers/{field}", status_code=201)
    async def upload_paper(actor: caller, scene: Scene, field: str, file: Annotated[UploadFile, File()]) -> PaperView:
        """Upload a document for a field."""
        data = await file.read(MAX_BYTES + 1)
        async with db.begin() as uow:
            return PaperView.of(await service.upload_paper(uow, actor, scene, field, file.filename or "", data))

    @router.post("/{scene}/submit")
    async def submit_filing(actor: caller, scene: Scene) -> FilingView:
        """Hand the filing in for review."""
        async with db.begin() as uow:
            return view(await service.submit_filing(uow, actor, scene))

    @router.post("/{scene}/urge", status_code=204)
    async def urge_filing(actor: caller, scene: Scene) -> None:
        """Remind the review desk."""
        async with db.begin() as uow:
            await service.urge_filing(uow, actor, scene)

    @router.post("/{scene}/revoke/{tenant_id}", status_code=204)
    async def revoke_filing(actor: caller, scene: Scene, tenant_id: UUID, said: Revocation) -> None:
        """Take a tenant's approval back (reviewers)."""
        async with db.begin() as uow:
            await service.revoke_filing(uow, actor, TenantId(str(tenant_id)), scene, said.reason)

    return router


def _download(name: str, media_type: str, data: bytes) -> Response:
    """Return bytes to be saved, never shown: what a customer uploaded must not run in our origin."""
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(data, media_type=media_type, headers={"Content-Disposition": disposition})
