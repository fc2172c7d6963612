"""The vendor's doors for card templates and capability. Source: api.md of the requirements §5.1, §5.3."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.http.once import Once
from hongyan.kernel.http.vendor import VendorBody, page_info, parse_time, wrapped
from hongyan.rooms.handsets.contracts import Vendor
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.smart.contracts import TemplateFilter, TemplateState
from hongyan.rooms.smart.service.door import SmartService
from hongyan.rooms.smart.vendor_api import shapes
from hongyan.rooms.smart.vendor_api.bodies import Maybe, StateBody, TemplateBody

TplId = Annotated[str, Path(min_length=1, max_length=36, examples=["600001001"])]


def _given(names: Any) -> Any:
    """Leave out vendors that are empty texts."""
    return [name for name in names if name != ""] if isinstance(names, list) else names


class TemplateQuery(BaseModel):
    """The query of the list."""

    tpl_id: Annotated[str | None, Field(max_length=36)] = None
    tpl_name: Annotated[str | None, Field(max_length=100)] = None
    tpl_type: Annotated[Literal["public", "private"] | None, Maybe] = None
    factory_type: Annotated[list[str], BeforeValidator(_given), Field(max_length=5)] = []
    has_param: Annotated[bool | None, Maybe] = None
    begin_time: Annotated[str | None, Field(max_length=30)] = None
    end_time: Annotated[str | None, Field(max_length=30)] = None
    is_only_status: Annotated[bool | None, Maybe] = False
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    limit: Annotated[int, Field(ge=1, le=100)] = 20

    def to_filter(self) -> TemplateFilter:
        """Return the room's filter.

        Raises:
            InvalidInput: an unknown vendor, or times that are not a span.
        """
        begin = parse_time(self.begin_time, "begin_time") if self.begin_time else None
        end = parse_time(self.end_time, "end_time") if self.end_time else None
        if (begin is None) != (end is None) or (begin is not None and end is not None and begin > end):
            raise InvalidInput("begin_time", reason="begin_time and end_time come together, begin first")
        try:
            vendors = frozenset(Vendor(name.upper()) for name in self.factory_type)
        except ValueError as error:
            raise InvalidInput("factory_type", reason=f"one of {', '.join(Vendor)}") from error
        return TemplateFilter(
            tpl_id=self.tpl_id or None,
            name=self.tpl_name or None,
            is_public=None if self.tpl_type is None else self.tpl_type == "public",
            vendors=vendors,
            has_params=self.has_param,
            begin=begin,
            end=end,
        )


class CapabilityBody(VendorBody):
    """The body of the capability check."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"mobiles": ["13800138000"], "tpl_id": "600000001", "encryption_alg": "NONE"}]}
    )

    mobiles: Annotated[list[Annotated[str, StringConstraints(min_length=1, max_length=40)]], Field(max_length=100)]
    tpl_id: Annotated[str | None, Field(max_length=32)] = None
    encryption_alg: Literal["NONE", "SHA1"] = "NONE"


def vendor_router(db: Database, service: SmartService, auth: Auth, once: Once) -> APIRouter:
    """Return the routes; ``auth.vendor`` proves who calls."""
    router = APIRouter(tags=["aim"])
    Who = Annotated[Actor, Depends(auth.vendor)]  # noqa: N806 - a type
    life = service.life

    @router.get("/v1/aim/templates", operation_id="list_aim_templates")
    async def list_aim_templates(actor: Who, query: Annotated[TemplateQuery, Query()]) -> shapes.TemplateList:
        """List card templates: private ones of the tenant and public ones."""
        tenant_id = actor.tenant(Permission.CARD_TEMPLATE_LIST)
        wanted = query.to_filter()
        async with db.begin() as uow:
            page = await service.list_templates(uow, tenant_id, wanted, offset=query.offset, limit=query.limit)
        only_status = bool(query.is_only_status)
        found = [shapes.template(service, one, only_status=only_status) for one in page.items]
        info = shapes.PageInfo(**page_info(page.offset, page.limit, page.total))  # type: ignore[typeddict-item]
        return {"templates": found, "page_info": info}

    @router.post("/v1/aim/templates", operation_id="create_aim_personal_template")
    async def create_aim_personal_template(request: Request, actor: Who, body: TemplateBody) -> shapes.Created:
        """Create a private card template and hand it in for review."""

        async def act(uow: Uow) -> dict[str, Any]:
            template = await life.create(uow, actor, body.to_new())
            return wrapped({"tpl_id": template.tpl_id})

        return await once.run(request, actor.tenant(Permission.CARD_TEMPLATE_CREATE), act)  # type: ignore[return-value]

    @router.delete("/v1/aim/template/{tpl_id}", operation_id="delete_aim_personal_template")
    async def delete_aim_personal_template(request: Request, actor: Who, tpl_id: TplId) -> shapes.Done:
        """Delete a private card template that is not in review."""

        async def act(uow: Uow) -> dict[str, Any]:
            await life.delete(uow, actor, tpl_id)
            return wrapped(None)

        return await once.run(request, actor.tenant(Permission.CARD_TEMPLATE_DELETE), act)  # type: ignore[return-value]

    @router.put("/v1/aim/template-state/{tpl_id}", operation_id="update_personal_template_state")
    async def update_personal_template_state(
        request: Request, actor: Who, tpl_id: TplId, body: StateBody
    ) -> shapes.Done:
        """Disable or enable a private card template."""

        async def act(uow: Uow) -> dict[str, Any]:
            await life.set_state(uow, actor, tpl_id, TemplateState(body.tpl_state))
            return wrapped(None)

        return await once.run(request, actor.tenant(Permission.CARD_TEMPLATE_UPDATE), act)  # type: ignore[return-value]

    @router.post("/v1/aim/mobile-capabilities/check", operation_id="check_mobile_capability")
    async def check_mobile_capability(actor: Who, body: CapabilityBody) -> shapes.Capabilities:
        """Say which numbers can show the template, or any card when none is named."""
        tenant_id = actor.tenant(Permission.CAPABILITY_CHECK)
        is_sha1 = body.encryption_alg == "SHA1"
        can = await service.check_mobiles(db, tenant_id, body.mobiles, body.tpl_id, is_sha1=is_sha1)
        found = shapes.sides(body.mobiles, can)
        return {"supported_mobiles": found[True], "unsupported_mobiles": found[False], "tpl_id": body.tpl_id}

    return router
