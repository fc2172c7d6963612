"""The vendor's doors for materials and thumbnails. Source: api.md of the requirements §5.2."""

import hashlib
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.http.once import Once
from hongyan.kernel.http.vendor import VendorBody, page_info, wrapped
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.smart.contracts import Material, MaterialKind
from hongyan.rooms.smart.rules.uploads import Upload
from hongyan.rooms.smart.service.materials import MaterialService
from hongyan.rooms.smart.vendor_api.bodies import Maybe
from hongyan.rooms.smart.vendor_api.shapes import Done, PageInfo

BUCKET = "hongyan-materials"
_MAX_STREAM = 10_000_000
"""Characters of 7 MB in base64, and its head."""

Rate = Literal["oneToOne", "sixteenToNine", "threeToOne", "fortyEightToSixtyFive", "twentyOneToNine", "threeToFour"]
ResourceId = Annotated[str, Field(min_length=1, max_length=36)]


class UploadBody(VendorBody):
    """A picture, a video, or a cover of a video; by address, or in the request as a data URI."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "resource_type": "image",
                    "file_type": "url",
                    "file_url": "https://img.example.com/cover.png",
                    "image_rate": "sixteenToNine",
                    "description": "秋季新品",
                }
            ]
        }
    )

    resource_type: Literal["image", "video", "thumbnail"]
    file_type: Literal["url", "stream"]
    material_id: Annotated[str | None, Field(max_length=36)] = None
    file_url: Annotated[str | None, Field(max_length=1000)] = None
    file_stream: Annotated[str | None, Field(max_length=_MAX_STREAM)] = None
    file_name: Annotated[str | None, Field(max_length=200)] = None
    image_rate: Annotated[Rate | None, Maybe] = None
    description: Annotated[str | None, Field(max_length=50)] = None

    def to_upload(self) -> Upload:
        """Return what the service takes."""
        return Upload(
            kind=MaterialKind(self.resource_type),
            is_url=self.file_type == "url",
            url=self.file_url or "",
            stream=self.file_stream or "",
            name=self.file_name or "",
            rate=self.image_rate or "",
            description=self.description or "",
            video_id=self.material_id or "",
        )


class MaterialQuery(BaseModel):
    """The query of the list; ``offset`` is a page, from 1."""

    resource_type: Literal["image", "video"]
    offset: Annotated[int, Field(ge=1, le=1000)]
    limit: Annotated[int, Field(ge=1, le=1000)]
    file_name: Annotated[str | None, Field(max_length=100)] = None
    material_id: Annotated[str | None, Field(max_length=36)] = None
    aim_resource_id: Annotated[str | None, Field(max_length=64)] = None


class DeleteBody(VendorBody):
    """Materials to delete."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"material_ids": ["0f8fad5b-d9cb-469f-a165-70867728950e"]}]}
    )

    material_ids: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=36)]], Field(min_length=1, max_length=20)
    ]


class PrimaryBody(VendorBody):
    """A video and the cover it shall have."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"aim_resource_id": "691996319597764608", "thumbnail_id": "0f8fad5b-d9cb-469f-a165-70867728950e"}
            ]
        }
    )

    aim_resource_id: ResourceId
    thumbnail_id: Annotated[str, Field(min_length=1, max_length=36)]


class UploadedIds(TypedDict):
    """The ids of a new material."""

    material_id: str
    aim_resource_id: str


class Uploaded(TypedDict):
    """Answer to an upload."""

    status: str
    message: str
    data: UploadedIds


class CoverShape(TypedDict):
    """A video's primary cover in the list."""

    id: str
    created_at: str
    is_primary: int
    resource_type: str
    file_name: str
    aim_resource_id: str
    obs_object_key: str
    obs_file_url: str
    image_rate: str | None
    is_auto_gen: int
    description: str
    size: int


class MaterialShape(TypedDict):
    """A material of the list."""

    id: str
    created_at: str
    resource_type: str
    file_name: str
    aim_resource_id: str
    obs_object_key: str
    obs_file_url: str
    image_rate: str | None
    description: str
    thumbnail: CoverShape | None


class MaterialPage(TypedDict):
    """A page of materials."""

    page_info: PageInfo
    results: list[MaterialShape]


class MaterialList(TypedDict):
    """Answer of the list."""

    status: str
    message: str
    data: MaterialPage


class ThumbnailShape(TypedDict):
    """A cover of a video."""

    id: str
    created_at: str
    is_primary: int
    file_name: str
    aim_resource_id: str
    obs_object_key: str
    image_rate: str | None
    is_auto_gen: int
    description: str
    obs_bucket_name: str
    domain_id: str
    size: int
    obs_file_url: str


class ThumbnailList(TypedDict):
    """Answer of the list of covers."""

    status: str
    message: str
    data: list[ThumbnailShape]


def materials_router(db: Database, service: MaterialService, auth: Auth, once: Once) -> APIRouter:
    """Return the routes; ``auth.vendor`` proves who calls."""
    router = APIRouter(tags=["aim"])
    Who = Annotated[Actor, Depends(auth.vendor)]  # noqa: N806 - a type

    @router.post("/v1/aim/template-materials", operation_id="upload_aim_template_material")
    async def upload_aim_template_material(request: Request, actor: Who, body: UploadBody) -> Uploaded:
        """Upload a picture, a video, or a cover of a video."""
        tenant_id = actor.tenant(Permission.MATERIAL_CREATE)
        kept = await once.find(request, tenant_id)
        if kept is not None:
            return kept  # type: ignore[return-value]
        prepared = await service.prepare(actor, body.to_upload())

        async def act(uow: Uow) -> dict[str, Any]:
            made = await service.store(uow, actor, prepared)
            return wrapped({"material_id": made.material_id, "aim_resource_id": made.resource_id})

        return await once.run(request, tenant_id, act)  # type: ignore[return-value]

    @router.get("/v1/aim/template-materials", operation_id="list_aim_template_materials")
    async def list_aim_template_materials(actor: Who, query: Annotated[MaterialQuery, Query()]) -> MaterialList:
        """List pictures or videos, the newest first."""
        async with db.begin() as uow:
            page = await service.list_materials(
                uow,
                actor,
                MaterialKind(query.resource_type),
                name=query.file_name or None,
                material_id=query.material_id or None,
                resource_id=query.aim_resource_id or None,
                offset=(query.offset - 1) * query.limit,
                limit=query.limit,
            )
        info = page_info(query.offset, query.limit, page.total)
        return wrapped({"page_info": info, "results": [_material(service, one) for one in page.items]})  # type: ignore[return-value]

    @router.post("/v1/aim/template-materials/delete", operation_id="delete_template_material")
    async def delete_template_material(request: Request, actor: Who, body: DeleteBody) -> Done:
        """Delete materials that no template shows."""

        async def act(uow: Uow) -> dict[str, Any]:
            await service.delete(uow, actor, body.material_ids)
            return wrapped(None)

        return await once.run(request, actor.tenant(Permission.MATERIAL_DELETE), act)  # type: ignore[return-value]

    @router.post("/v1/aim/template-material-thumbnails", operation_id="set_primary_video_thumbnail")
    async def set_primary_video_thumbnail(request: Request, actor: Who, body: PrimaryBody) -> Done:
        """Choose the cover of a video."""

        async def act(uow: Uow) -> dict[str, Any]:
            await service.set_primary(uow, actor, body.aim_resource_id, body.thumbnail_id)
            return wrapped(None)

        return await once.run(request, actor.tenant(Permission.MATERIAL_CREATE), act)  # type: ignore[return-value]

    @router.get("/v1/aim/template-material-thumbnails", operation_id="show_template_video_thumbnail")
    async def show_template_video_thumbnail(
        actor: Who, aim_resource_id: Annotated[str, Query(min_length=1, max_length=36)]
    ) -> ThumbnailList:
        """List the covers of a video."""
        async with db.begin() as uow:
            found = await service.list_thumbnails(uow, actor, aim_resource_id)
        return wrapped([_thumbnail(service, one) for one in found])  # type: ignore[return-value]

    return router


def _created(at: datetime) -> str:
    """Return a time as materials have it: ``2022-06-01 23:13:09.0``, UTC."""
    at = at.astimezone(UTC)
    return f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 100_000}"


def _domain_id(material: Material) -> str:
    return material.tenant_id.replace("-", "")


def _object_key(material: Material) -> str:
    digest = hashlib.sha256(material.file.encode()).hexdigest()[:16]
    return f"{_domain_id(material)}/{material.kind}/{digest}/{material.name}"


def _material(service: MaterialService, found: Material) -> MaterialShape:
    return {
        "id": found.material_id,
        "created_at": _created(found.created_at),
        "resource_type": found.kind.value,
        "file_name": found.name,
        "aim_resource_id": found.resource_id,
        "obs_object_key": _object_key(found),
        "obs_file_url": service.file_url(found),
        "image_rate": found.rate,
        "description": found.description,
        "thumbnail": None if found.cover is None else _cover(service, found.cover),
    }


def _cover(service: MaterialService, found: Material) -> CoverShape:
    return {
        "id": found.material_id,
        "created_at": _created(found.created_at),
        "is_primary": int(found.is_primary),
        "resource_type": "image",
        "file_name": found.name,
        "aim_resource_id": found.resource_id,
        "obs_object_key": _object_key(found),
        "obs_file_url": service.file_url(found),
        "image_rate": found.rate,
        "is_auto_gen": int(not found.is_auto),
        "description": found.description,
        "size": found.size_bytes,
    }


def _thumbnail(service: MaterialService, found: Material) -> ThumbnailShape:
    return {
        "id": found.material_id,
        "created_at": _created(found.created_at),
        "is_primary": int(found.is_primary),
        "file_name": found.name,
        "aim_resource_id": found.resource_id,
        "obs_object_key": _object_key(found),
        "image_rate": found.rate,
        "is_auto_gen": int(not found.is_auto),
        "description": found.description,
        "obs_bucket_name": BUCKET,
        "domain_id": _domain_id(found),
        "size": found.size_bytes,
        "obs_file_url": service.file_url(found),
    }
