"""Video templates in the console: list, details with their media, frames handed in, use.

Fields of a refusal are those of the form: ``frames.0.elements.1.text``.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, Field

from hongyan.kernel.db.database import Database
from hongyan.kernel.errors import HongyanError
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.reviews.contracts import ReviewStory
from hongyan.rooms.video_sms.contracts import (
    CarrierStatus,
    ElementKind,
    NewTemplate,
    Resource,
    StatusDocument,
    TemplateFilter,
    TemplateSort,
    TemplateState,
    VideoTemplate,
)
from hongyan.rooms.video_sms.errors import TemplateNotFound
from hongyan.rooms.video_sms.rules.signatures import check_name
from hongyan.rooms.video_sms.service.door import VideoSmsService

Word = Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$")]
Key = Annotated[str, Path(max_length=9, pattern="^[0-9]+$")]
StateName = Literal["usable", "in_review", "rejected", "disabled", "expired", "draft"]
KindName = Literal["txt", "image", "audio", "video"]
_MAX_CONTENT = 2_900_000
"""Characters of one medium: 2 MB in base64."""
_MAX_TEXT = 20_000
_KINDS: dict[ElementKind, KindName] = {
    ElementKind.TEXT: "txt",
    ElementKind.IMAGE: "image",
    ElementKind.AUDIO: "audio",
    ElementKind.VIDEO: "video",
}
_FIELDS = {"callbackurl": "callback_url", "reslist": "frames", "reslist.index": "frames"}


class VideoElementBody(BaseModel):
    """A text, or a medium in base64."""

    type: str = Field(max_length=4)
    """``txt``, or the ending of the file."""
    name: str = Field(default="", max_length=300)
    text: str = Field(default="", max_length=_MAX_TEXT)
    content: str = Field(default="", max_length=_MAX_CONTENT)


class VideoFrameBody(BaseModel):
    """What is shown at a time."""

    elements: list[VideoElementBody] = Field(min_length=1, max_length=2)


class VideoTemplateBody(BaseModel):
    """The form of a template; the first text gets the signature in front."""

    tpl_name: str = Field(default="", max_length=300)
    title: str = Field(default="", max_length=300)
    signature: str = Field(default="", max_length=300)
    expiration_time: int = 0
    remarks: str = Field(default="", max_length=500)
    callback_url: str | None = Field(default=None, max_length=1000)
    frames: list[VideoFrameBody] = Field(max_length=20)
    is_draft: bool = False

    def new(self) -> NewTemplate:
        """Return the form in the room's own terms."""
        sign = self.signature.strip()
        check_name("signature", sign)
        found: list[Resource] = []
        is_signed = False
        for frame_no, frame in enumerate(self.frames, 1):
            for element_no, element in enumerate(frame.elements, 1):
                index, name = f"{frame_no}-{element_no}", element.name or f"{frame_no}-{element_no}.{element.type}"
                if element.type == "txt":
                    text = element.text if is_signed or not element.text.strip() else f"【{sign}】{element.text}"
                    is_signed = is_signed or text is not element.text
                    found.append(Resource(index, "txt", name, "txt", text))
                else:
                    found.append(Resource(index, element.type, name, "file", element.content))
        return NewTemplate(
            name=self.tpl_name,
            title=self.title,
            valid_days=self.expiration_time,
            resources=tuple(found),
            remarks=self.remarks,
            callback_url=self.callback_url or None,
            is_draft=self.is_draft,
        )

    @contextmanager
    def own_fields(self) -> Iterator[None]:
        """Let refusals name the form's fields, whatever the vendor's API calls them."""
        places = [(frame_no, no) for frame_no, frame in enumerate(self.frames) for no, _ in enumerate(frame.elements)]
        try:
            yield
        except HongyanError as error:
            field = error.field or ""
            if field.startswith("reslist["):
                at, _, rest = field.removeprefix("reslist[").partition("]")
                frame_no, no = places[int(at)]
                is_text = self.frames[frame_no].elements[no].type == "txt"
                part = "" if rest == ".index" else ".text" if is_text else ".file"
                error.field = f"frames.{frame_no}.elements.{no}{part}"
            else:
                error.field = _FIELDS.get(field, error.field)
            raise


class VideoElementView(BaseModel):
    """One element; media are at ``/console/api/video-templates/{tpl_id}/media/{number}``."""

    number: int
    """From 0 over all frames."""
    frame: int
    kind: KindName
    name: str
    content_type: str
    size_bytes: int
    text: str | None


class VideoTemplateView(BaseModel):
    """A row of the templates."""

    tpl_id: str
    name: str
    title: str
    signature: str
    state: StateName
    state_desc: str
    is_asked_back: bool
    """It was rejected by a question rather than a refusal: ``state_desc`` is what is asked."""
    is_public: bool
    params: list[str]
    frames: int
    size_bytes: int
    valid_until: datetime | None
    created_by: str
    created_at: datetime

    @classmethod
    def of(cls, template: VideoTemplate, asked_back: Collection[str] = ()) -> Self:
        """Return a row; ``asked_back`` are the ids of those that the desk asks about."""
        return cls(
            tpl_id=template.tpl_id,
            name=template.name,
            title=template.title,
            signature=template.signature,
            state=_name_of(template.state),
            state_desc=template.state_desc,
            is_asked_back=template.tpl_id in asked_back,
            is_public=template.is_public,
            params=list(template.params),
            frames=max(element.frame for element in template.elements),
            size_bytes=template.size_bytes,
            valid_until=template.valid_until,
            created_by=template.created_by,
            created_at=template.created_at,
        )


class VideoTemplateList(BaseModel):
    """A page of templates."""

    items: list[VideoTemplateView]
    total: int


class VideoEventView(BaseModel):
    """What happened to a submission."""

    at: datetime
    action: str
    actor_name: str
    note: str


class VideoStoryView(BaseModel):
    """A submission and what became of it."""

    submitted_at: datetime
    due_at: datetime
    events: list[VideoEventView]

    @classmethod
    def of(cls, story: ReviewStory) -> Self:
        """Return a submission as its owner may read it."""
        events = [
            VideoEventView(at=e.at, action=e.action.value, actor_name=e.actor_name, note=e.note) for e in story.events
        ]
        return cls(submitted_at=story.review.submitted_at, due_at=story.review.due_at, events=events)


class VideoTemplateDetail(BaseModel):
    """A template with its frames, its state at each carrier, and its history."""

    template: VideoTemplateView
    valid_days: int
    remarks: str
    callback_url: str | None
    elements: list[VideoElementView]
    carriers: list[CarrierStatus]
    resource_tag: str
    preview_url: str
    stories: list[VideoStoryView]

    @classmethod
    def of(cls, found: VideoTemplate, status: StatusDocument, stories: tuple[ReviewStory, ...]) -> Self:
        """Return everything the console shows of a template."""
        is_asked = found.state is TemplateState.REJECTED and bool(stories) and stories[0].review.is_asked_back
        asked_back = (found.tpl_id,) if is_asked else ()
        return cls(
            template=VideoTemplateView.of(found, asked_back),
            valid_days=found.valid_days,
            remarks=found.remarks,
            callback_url=found.callback_url,
            elements=[
                VideoElementView(
                    number=number,
                    frame=element.frame,
                    kind=_KINDS[element.kind],
                    name=element.name,
                    content_type=element.content_type,
                    size_bytes=element.size_bytes,
                    text=element.text,
                )
                for number, element in enumerate(found.elements)
            ],
            carriers=status["status_detail"],
            resource_tag=status["restags"],
            preview_url=status["preview_url"],
            stories=[VideoStoryView.of(story) for story in stories],
        )


class VideoUseBody(BaseModel):
    """Whether a template may be used."""

    is_usable: bool
    reason: str = Field(default="", max_length=200, pattern=r"^[^\x00]*$")


def console_router(db: Database, service: VideoSmsService, auth: Auth) -> APIRouter:
    """Return the endpoints under ``/console/api/video-templates``."""
    router = APIRouter(prefix="/console/api/video-templates", tags=["video templates"])
    caller = Annotated[Actor, Depends(auth.console)]

    @router.get("", operation_id="console_list_video_templates")
    async def list_templates(
        *,
        actor: caller,
        name: Word = None,
        tpl_id: Word = None,
        is_public: bool | None = None,
        has_params: bool | None = None,
        state: Annotated[list[StateName] | None, Query()] = None,
        begin: datetime | None = None,
        end: datetime | None = None,
        sort: TemplateSort = "-created_at",
        offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> VideoTemplateList:
        """List the tenant's own and the public templates."""
        tenant_id = actor.tenant(Permission.BASIC_TEMPLATE_LIST)
        wanted = TemplateFilter(
            tpl_id=tpl_id or None,
            name=name or None,
            is_public=is_public,
            has_params=has_params,
            begin=begin,
            end=end,
            states=tuple(TemplateState[one.upper()] for one in state or ()),
            sort=sort,
        )
        async with db.begin() as uow:
            page = await service.list_templates(uow, tenant_id, wanted, offset=offset, limit=limit)
            asked_back = await service.list_asked_back(uow, tenant_id, page.items)
        return VideoTemplateList(items=[VideoTemplateView.of(one, asked_back) for one in page.items], total=page.total)

    @router.post("", operation_id="console_create_video_template", status_code=201)
    async def create(actor: caller, body: VideoTemplateBody) -> VideoTemplateView:
        """Hand in frames for review, or keep them as a draft."""
        with body.own_fields():
            prepared = await service.prepare(db, actor, body.new())
        async with db.begin() as uow:
            return VideoTemplateView.of(await service.create(uow, actor, prepared))

    @router.get("/{tpl_id}", operation_id="console_show_video_template")
    async def show(actor: caller, tpl_id: Key) -> VideoTemplateDetail:
        """Show a template."""
        tenant_id = actor.tenant(Permission.BASIC_TEMPLATE_LIST)
        async with db.begin() as uow:
            found = await service.get_template(uow, tenant_id, tpl_id)
            status = (await service.describe(uow, (found,)))[0]
            stories = await service.list_stories(uow, found)
        return VideoTemplateDetail.of(found, status, stories)

    # A medium is fetched by an <img>, <audio> or <video>, not by the generated client.
    @router.get("/{tpl_id}/media/{number}", include_in_schema=False)
    async def medium(actor: caller, tpl_id: Key, number: Annotated[int, Path(ge=0, le=100)]) -> Response:
        """Show a picture, sound or video of a template; what it is was read from its bytes when it was handed in."""
        tenant_id = actor.tenant(Permission.BASIC_TEMPLATE_LIST)
        async with db.begin() as uow:
            found = await service.get_template(uow, tenant_id, tpl_id)
        return await medium_of(service, found, number)

    @router.post("/{tpl_id}/submit", operation_id="console_submit_video_template")
    async def submit(actor: caller, tpl_id: Key) -> VideoTemplateView:
        """Hand in a draft, or a rejected template once more."""
        async with db.begin() as uow:
            return VideoTemplateView.of(await service.submit(uow, actor, tpl_id))

    @router.put("/{tpl_id}/use", operation_id="console_use_video_template")
    async def use(actor: caller, tpl_id: Key, body: VideoUseBody) -> VideoTemplateView:
        """Take an approved template out of use, or use it again."""
        actor.tenant(Permission.BASIC_TEMPLATE_EDIT)
        async with db.begin() as uow:
            found = await service.set_usable(uow, actor, tpl_id, is_usable=body.is_usable, reason=body.reason)
        return VideoTemplateView.of(found)

    return router


async def medium_of(service: VideoSmsService, template: VideoTemplate, number: int) -> Response:
    """Return a picture, sound or video of a template as what its bytes say it is, in a page that runs nothing.

    Raises:
        TemplateNotFound: the template has no such medium.
    """
    part = await service.read_part(template, number)
    if part is None:
        raise TemplateNotFound("number", what="medium", id=f"{template.tpl_id}/{number}")
    headers = {"Cache-Control": "private, max-age=3600", "Content-Security-Policy": "default-src 'none'; sandbox"}
    return Response(part.data, media_type=part.content_type, headers=headers)


def _name_of(state: TemplateState) -> StateName:
    names: dict[TemplateState, StateName] = {
        TemplateState.USABLE: "usable",
        TemplateState.IN_REVIEW: "in_review",
        TemplateState.REJECTED: "rejected",
        TemplateState.DISABLED: "disabled",
        TemplateState.EXPIRED: "expired",
        TemplateState.DRAFT: "draft",
    }
    return names[state]
