"""The vendor's operations on video templates. Source: api.md of the requirements §5.14."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query, Request
from pydantic import BeforeValidator, Field
from typing_extensions import TypedDict

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.http.once import Once
from hongyan.kernel.http.vendor import VendorBody, parse_span
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.video_sms.contracts import NewTemplate, Resource, StatusDocument, TemplateFilter
from hongyan.rooms.video_sms.service.door import VideoSmsService

_MAX_CONTENT = 2_900_000
"""Characters of one resource: 2 MB in base64."""


def _empty_is_none(value: object) -> object:
    return None if value == "" else value


Days = Annotated[int, Field(ge=1, le=9999)]
EmptyIsNone = BeforeValidator(_empty_is_none)


class ResourceBody(VendorBody):
    """One resource of a template."""

    index: Annotated[Annotated[str, Field(max_length=5)] | None, EmptyIsNone, Field(examples=["1-1"])] = None
    type: Annotated[str, Field(min_length=1, max_length=4, examples=["txt"])]
    name: Annotated[str, Field(min_length=1, max_length=100, examples=["greeting.txt"])]
    source: Annotated[str, Field(pattern="^(txt|file|url)$", examples=["txt"])]
    content: Annotated[str, Field(min_length=1, max_length=_MAX_CONTENT)]


class TemplateBody(VendorBody):
    """Body of the create operation."""

    expiration_time: Days
    tpl_name: Annotated[str, Field(min_length=1, max_length=100)]
    title: Annotated[str, Field(min_length=1, max_length=20)]
    reslist: Annotated[list[ResourceBody], Field(min_length=1, max_length=10)]
    remarks: Annotated[str | None, Field(max_length=200)] = None
    callbackurl: Annotated[Annotated[str, Field(max_length=1000)] | None, EmptyIsNone] = None
    is_draft: Annotated[int, Field(ge=0, le=1)] = 0

    def new(self) -> NewTemplate:
        """Return the request in the room's own terms."""
        return NewTemplate(
            name=self.tpl_name,
            title=self.title,
            valid_days=self.expiration_time,
            resources=tuple(Resource(r.index, r.type, r.name, r.source, r.content) for r in self.reslist),
            remarks=self.remarks or "",
            callback_url=self.callbackurl,
            is_draft=self.is_draft == 1,
        )


_EXAMPLE = {
    "expiration_time": "30",
    "tpl_name": "Order shipped",
    "title": "您的包裹",
    "reslist": [
        {
            "index": "1-1",
            "type": "txt",
            "name": "1.txt",
            "source": "txt",
            "content": "【鸿雁】尊敬的#p_1#，您的包裹已发出。",
        },
        {
            "index": "2-1",
            "type": "jpg",
            "name": "2.jpg",
            "source": "url",
            "content": "https://cdn.example.com/parcel.jpg",
        },
    ],
    "is_draft": 0,
}


class TemplateCreated(TypedDict):
    """Answer of the create operation; no underscore, no wrapper."""

    tplid: str


class PageInfo(TypedDict):
    """Paging of a list."""

    offset: int
    limit: int
    total: int


class TemplatePage(TypedDict):
    """Data of the list operation."""

    templates: list[StatusDocument]
    page_info: PageInfo


class TemplateList(TypedDict):
    """Answer of the list operation."""

    status: str
    message: str
    data: TemplatePage


def vendor_router(*, db: Database, auth: Auth, service: VideoSmsService, once: Once) -> APIRouter:
    """Return the router of ``/v1/aim-basic/templates``."""
    router = APIRouter(tags=["video SMS"], prefix="/v1/aim-basic/templates")
    Signed = Annotated[Actor, Depends(auth.vendor)]  # noqa: N806 - a type

    @router.post("", operation_id="create_vms_template")
    async def create_vms_template(
        request: Request,
        actor: Signed,
        body: Annotated[TemplateBody, Body(openapi_examples={"order": {"value": _EXAMPLE}})],
    ) -> TemplateCreated:
        """Hand in a video template: frames of text, pictures, sound and video."""
        tenant_id = actor.tenant(Permission.BASIC_TEMPLATE_EDIT)
        kept = await once.find(request, tenant_id)
        if kept is not None:
            return TemplateCreated(tplid=kept["tplid"])
        prepared = await service.prepare(db, actor, body.new())

        async def act(uow: Uow) -> dict[str, str]:
            return {"tplid": (await service.create(uow, actor, prepared)).tpl_id}

        return TemplateCreated(tplid=(await once.run(request, tenant_id, act))["tplid"])

    @router.get("", operation_id="list_vms_template_status")
    async def list_vms_template_status(
        *,
        actor: Signed,
        tpl_id: Annotated[str | None, Query(max_length=9)] = None,
        tpl_name: Annotated[str | None, Query(max_length=100)] = None,
        tpl_type: Annotated[str | None, Query(pattern="^(public|private|)$")] = None,
        has_param: bool | None = None,
        begin_time: Annotated[str | None, Query(max_length=40)] = None,
        end_time: Annotated[str | None, Query(max_length=40)] = None,
        offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> TemplateList:
        """Show the state of the tenant's own and the public video templates, newest first."""
        tenant_id = actor.tenant(Permission.BASIC_TEMPLATE_LIST)
        begin, end = parse_span(begin_time, end_time, now=datetime.now(UTC), look_back=None)
        wanted = TemplateFilter(
            tpl_id=tpl_id or None,
            name=tpl_name or None,
            is_public=tpl_type == "public" if tpl_type else None,
            has_params=has_param,
            begin=begin,
            end=end,
        )
        async with db.begin() as uow:
            page = await service.list_templates(uow, tenant_id, wanted, offset=offset, limit=limit)
            shown = await service.describe(uow, page.items)
        data = TemplatePage(templates=shown, page_info=PageInfo(offset=offset, limit=limit, total=page.total))
        return TemplateList(status="200", message="success", data=data)

    return router
