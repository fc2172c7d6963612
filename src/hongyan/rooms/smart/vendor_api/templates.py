"""The vendor's doors for card templates and capability. Source: api.md of the requirements §5.1, §5.3."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field, StringConstraints

from hongyan.kernel.db.database import Database
from hongyan.kernel.errors import InvalidInput
from hongyan.rooms.handsets.contracts import Vendor
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.smart.contracts import CardTemplate, TemplateFilter, TemplateParam
from hongyan.rooms.smart.service.door import SmartService

_FACTORY_NAMES = {
    Vendor.HUAWEI: "HuaWei",
    Vendor.XIAOMI: "XiaoMi",
    Vendor.OPPO: "OPPO",
    Vendor.VIVO: "VIVO",
    Vendor.MEIZU: "MEIZU",
    Vendor.SAMSUNG: "SAMSUNG",
}
"""Mixed case in answers, upper case in filters: so the vendor does it (api.md §9, 3)."""

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class TemplateQuery(BaseModel):
    """The query of the list."""

    tpl_id: Annotated[str | None, Field(max_length=36)] = None
    tpl_name: Annotated[str | None, Field(max_length=100)] = None
    tpl_type: Literal["public", "private"] | None = None
    factory_type: Annotated[list[str], Field(max_length=5)] = []
    has_param: bool | None = None
    begin_time: Annotated[str | None, Field(max_length=30)] = None
    end_time: Annotated[str | None, Field(max_length=30)] = None
    is_only_status: bool = False
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    limit: Annotated[int, Field(ge=1, le=100)] = 20

    def to_filter(self) -> TemplateFilter:
        """Return the room's filter.

        Raises:
            InvalidInput: an unknown vendor, or times that are not a span.
        """
        begin, end = _time("begin_time", self.begin_time), _time("end_time", self.end_time)
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


class CapabilityBody(BaseModel):
    """The body of the capability check."""

    mobiles: Annotated[list[Annotated[str, StringConstraints(min_length=1, max_length=40)]], Field(max_length=100)]
    tpl_id: Annotated[str | None, Field(max_length=32)] = None
    encryption_alg: Literal["NONE", "SHA1"] = "NONE"


def vendor_router(db: Database, service: SmartService, auth: Auth) -> APIRouter:
    """Return the routes; ``auth.vendor`` proves who calls."""
    router = APIRouter(tags=["aim"])

    @router.get("/v1/aim/templates")
    async def list_aim_templates(
        actor: Annotated[Actor, Depends(auth.vendor)], query: Annotated[TemplateQuery, Query()]
    ) -> dict[str, Any]:
        """List card templates: private ones of the tenant and public ones."""
        tenant_id = actor.tenant(Permission.CARD_TEMPLATE_LIST)
        wanted = query.to_filter()
        async with db.begin() as uow:
            page = await service.list_templates(uow, tenant_id, wanted, offset=query.offset, limit=query.limit)
        templates = [_shape(service, template, only_status=query.is_only_status) for template in page.items]
        return {
            "templates": templates,
            "page_info": {"offset": page.offset, "limit": page.limit, "total": page.total},
        }

    @router.post("/v1/aim/mobile-capabilities/check")
    async def check_mobile_capability(
        actor: Annotated[Actor, Depends(auth.vendor)], body: CapabilityBody
    ) -> dict[str, Any]:
        """Say which numbers can show the template, or any card when none is named."""
        tenant_id = actor.tenant(Permission.CAPABILITY_CHECK)
        is_sha1 = body.encryption_alg == "SHA1"
        can = await service.check_mobiles(db, tenant_id, body.mobiles, body.tpl_id, is_sha1=is_sha1)
        sides: dict[bool, list[str]] = {True: [], False: []}
        for mobile, flag in zip(body.mobiles, can, strict=True):
            sides[flag].append(mobile)
        return {"supported_mobiles": sides[True], "unsupported_mobiles": sides[False], "tpl_id": body.tpl_id}

    return router


def _shape(service: SmartService, template: CardTemplate, *, only_status: bool) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "tpl_id": template.tpl_id,
        "tpl_name": template.name,
        "scene": template.scene,
        "tpl_state": template.state.value,
        "disable_desc": template.disable_desc,
        "disable_time": _stamp(template.disabled_at or _NEVER),
        "audit_state": template.audit_state.value,
        "audit_desc": template.audit_desc,
        "description": template.description,
        "creation_time": _stamp(template.created_at),
        "update_time": _stamp(template.updated_at),
        "factory_info": [
            {
                "factory_type": _FACTORY_NAMES[info.vendor],
                "state": info.state.value,
                "version": None,
                "tpl_id": template.tpl_id,
            }
            for info in template.factories
        ],
        "match_type": template.match_type,
        "card_id": template.card_id,
        "sub_type": template.sub_type,
        "preview_url": service.preview_url(template),
    }
    if not only_status:
        # A JSON string, not a structure: the SDK's model says string.
        shape["pages"] = json.dumps(service.pages(template), ensure_ascii=False)
        shape["params"] = [_param(param) for param in template.params]
    return shape


def _param(param: TemplateParam) -> dict[str, Any]:
    return {
        "type": "string",
        "name": param.name,
        "has_length": True,
        "fix_length": 0,
        "length_restrict": True,
        "min_length": 1,
        "max_length": param.max_length,
    }


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _time(field: str, text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(field, reason="a time like 2019-10-12T07:20:50Z") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)
