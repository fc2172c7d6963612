"""Signatures of video messages in the console (签名管理): list, submit, modify, take back, urge, delete; files."""

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Literal, Self
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Query, Response, UploadFile
from pydantic import BaseModel, Field

from hongyan.kernel.db.database import Database
from hongyan.kernel.http.vendor import UUID_PATTERN
from hongyan.kernel.ids import FileId
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.reviews.contracts import ReviewState
from hongyan.rooms.video_sms.console_api.router import VideoStoryView, Word
from hongyan.rooms.video_sms.contracts import (
    SignatureFile,
    SignatureFilter,
    TemplateSort,
    VideoSignature,
    VideoSignatureForm,
    VideoSignatureState,
)
from hongyan.rooms.video_sms.rules.signatures import MAX_FILE_BYTES
from hongyan.rooms.video_sms.service.door import VideoSmsService
from hongyan.rooms.video_sms.service.signatures import SignatureCase

_Plain = r"^[^\x00]*$"
_FileId = Annotated[str | None, Field(pattern=UUID_PATTERN)]


class VideoSignatureBody(BaseModel):
    """What is filled in for a signature; files were uploaded before."""

    signature_name: str = Field(default="", max_length=300, pattern=_Plain)
    is_involved_third: bool = False
    authorisation_file_id: _FileId = None
    """签名授权函: needed where the filing has none, or a third party is involved."""
    material_file_id: _FileId = None
    apply_desc: str = Field(default="", max_length=500, pattern=_Plain)

    def form(self) -> VideoSignatureForm:
        """Return the form in the room's own terms."""
        return VideoSignatureForm(
            name=self.signature_name.strip(),
            involves_third_party=self.is_involved_third,
            authorisation_id=None if self.authorisation_file_id is None else FileId(self.authorisation_file_id),
            material_id=None if self.material_file_id is None else FileId(self.material_file_id),
            apply_desc=self.apply_desc.strip(),
        )


class VideoSignatureFileView(BaseModel):
    """An uploaded document; it is downloaded from ``/console/api/video-signatures/files/{file_id}``."""

    file_id: str
    field: str
    name: str
    size_bytes: int

    @classmethod
    def of(cls, file: SignatureFile) -> Self:
        """Return what is known of a document."""
        return cls(file_id=file.file_id, field=file.field, name=file.name, size_bytes=file.size_bytes)


class VideoSignatureView(BaseModel):
    """A row of the signatures."""

    signature_id: str
    signature_name: str
    is_involved_third: bool
    apply_desc: str
    state: VideoSignatureState
    review_desc: str
    is_asked_back: bool
    """What the desk said is a question: it asks for more."""
    created_at: datetime

    @classmethod
    def of(cls, found: VideoSignature, asked_back: Collection[str] = ()) -> Self:
        """Return a row; ``asked_back`` are the ids of those that the desk asks about."""
        return cls(
            signature_id=found.signature_id,
            signature_name=found.form.name,
            is_involved_third=found.form.involves_third_party,
            apply_desc=found.form.apply_desc,
            state=found.state,
            review_desc=found.review_desc,
            is_asked_back=found.signature_id in asked_back,
            created_at=found.created_at,
        )


class VideoSignatureList(BaseModel):
    """A page of signatures."""

    items: list[VideoSignatureView]
    total: int


class VideoSignatureReason(BaseModel):
    """What a reviewer said about one field."""

    field: str
    zh: str
    en: str


class VideoSignatureDetail(BaseModel):
    """A signature with its documents and its history."""

    signature: VideoSignatureView
    files: list[VideoSignatureFileView]
    reasons: list[VideoSignatureReason]
    """Why the last submission was refused, by field; empty once it is handed in again."""
    stories: list[VideoStoryView]

    @classmethod
    def of(cls, case: SignatureCase) -> Self:
        """Return everything the console shows of a signature."""
        found = case.signature
        story = next((one for one in case.stories if one.review.review_id == found.review_id), None)
        refused = story if story is not None and story.review.state is ReviewState.REJECTED else None
        is_asked = refused is not None and refused.review.is_asked_back
        said = () if refused is None else refused.said
        return cls(
            signature=VideoSignatureView.of(found, (found.signature_id,) if is_asked else ()),
            files=[VideoSignatureFileView.of(file) for file in case.files],
            reasons=[VideoSignatureReason(field=one.field, zh=one.zh, en=one.en) for one in said],
            stories=[VideoStoryView.of(story) for story in case.stories],
        )


class VideoSignatureNeeds(BaseModel):
    """What the form needs."""

    is_authorised: bool
    """The filing has an approved 签名授权函: only third parties' signatures need one of their own."""


def video_signatures_console(db: Database, service: VideoSmsService, auth: Auth) -> APIRouter:
    """Return the endpoints under ``/console/api/video-signatures``."""
    router = APIRouter(prefix="/console/api/video-signatures", tags=["video signatures"])
    caller = Annotated[Actor, Depends(auth.console)]
    signatures = service.signatures
    # First, so that ``needs`` and ``files`` are not taken for ids.
    router.include_router(_files_router(db, service, auth))

    @router.get("", operation_id="console_list_video_signatures")
    async def list_signatures(
        *,
        actor: caller,
        name: Word = None,
        state: Annotated[list[VideoSignatureState] | None, Query()] = None,
        begin: datetime | None = None,
        end: datetime | None = None,
        sort: TemplateSort = "-created_at",
        offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> VideoSignatureList:
        """List the company's signatures."""
        wanted = SignatureFilter(name=name or None, states=tuple(state or ()), begin=begin, end=end, sort=sort)
        async with db.begin() as uow:
            page = await signatures.list(uow, actor, wanted, offset=offset, limit=limit)
            asked_back = await signatures.list_asked_back(uow, actor, page.items)
        items = [VideoSignatureView.of(one, asked_back) for one in page.items]
        return VideoSignatureList(items=items, total=page.total)

    @router.post("", operation_id="console_create_video_signature", status_code=201)
    async def create(actor: caller, body: VideoSignatureBody) -> VideoSignatureView:
        """Submit a signature for review."""
        async with db.begin() as uow:
            return VideoSignatureView.of(await signatures.create(uow, actor, body.form()))

    @router.get("/{signature_id}", operation_id="console_show_video_signature")
    async def show(actor: caller, signature_id: UUID) -> VideoSignatureDetail:
        """Show a signature with its documents and its history."""
        async with db.begin() as uow:
            return VideoSignatureDetail.of(await signatures.show(uow, actor, str(signature_id)))

    @router.put("/{signature_id}", operation_id="console_update_video_signature")
    async def update(actor: caller, signature_id: UUID, body: VideoSignatureBody) -> VideoSignatureView:
        """Modify a signature that was not approved and submit it again."""
        async with db.begin() as uow:
            return VideoSignatureView.of(await signatures.update(uow, actor, str(signature_id), body.form()))

    @router.delete("/{signature_id}", operation_id="console_delete_video_signature", status_code=204)
    async def delete(actor: caller, signature_id: UUID) -> None:
        """Delete a signature; templates that carry its name stay as they are."""
        async with db.begin() as uow:
            await signatures.delete(uow, actor, str(signature_id))

    @router.post("/{signature_id}/withdraw", operation_id="console_withdraw_video_signature", status_code=204)
    async def withdraw(actor: caller, signature_id: UUID) -> None:
        """Take a signature back from the desk."""
        async with db.begin() as uow:
            await signatures.withdraw(uow, actor, str(signature_id))

    @router.post("/{signature_id}/urge", operation_id="console_urge_video_signature", status_code=204)
    async def urge(actor: caller, signature_id: UUID) -> None:
        """Remind the review desk of a signature."""
        async with db.begin() as uow:
            await signatures.urge(uow, actor, str(signature_id))

    return router


def _files_router(db: Database, service: VideoSmsService, auth: Auth) -> APIRouter:
    router = APIRouter()
    caller = Annotated[Actor, Depends(auth.console)]

    @router.get("/needs", operation_id="console_show_video_signature_needs")
    async def show_needs(actor: caller) -> VideoSignatureNeeds:
        """Say whether the filing's authorisation covers the company's own signatures."""
        async with db.begin() as uow:
            return VideoSignatureNeeds(is_authorised=await service.signatures.is_authorised(uow, actor))

    @router.post("/files", operation_id="console_upload_video_signature_file", status_code=201)
    async def upload(
        actor: caller,
        file: Annotated[UploadFile, File()],
        field: Annotated[Literal["authorisation_file_id", "material_file_id"], Form()],
    ) -> VideoSignatureFileView:
        """Keep a document to hand in with a signature: a pdf, other material as zip or rar, 2 MB at most."""
        data = await file.read(MAX_FILE_BYTES + 1)
        async with db.begin() as uow:
            kept = await service.signatures.files.upload(uow, actor, field, file.filename or "", data)
        return VideoSignatureFileView.of(kept)

    @router.get("/files/{file_id}", operation_id="console_read_video_signature_file", response_class=Response)
    async def read(actor: caller, file_id: UUID) -> Response:
        """Download one of the company's own documents."""
        tenant_id = actor.tenant(Permission.BASIC_TEMPLATE_LIST)
        async with db.begin() as uow:
            found, data = await service.signatures.files.read(uow, actor, tenant_id, FileId(str(file_id)))
        disposition = f"attachment; filename*=UTF-8''{quote(found.name)}"
        return Response(data, media_type=found.media_type, headers={"Content-Disposition": disposition})

    return router
