"""Card templates (智能信息模板管理) under ``/console/api/card-templates``: list, details, urging, use, deletion.

Not for: how a frame shows a card (the send form's door has that), nor editing.
"""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query

from hongyan.kernel.db.database import Database
from hongyan.rooms.handsets.contracts import Vendor
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.smart.console_api.views import (
    AuditName,
    CardChoicesView,
    CardTemplateDetail,
    CardTemplateList,
    CardTemplateView,
    CardUse,
    LayoutView,
)
from hongyan.rooms.smart.contracts import AuditState, TemplateFilter, TemplateState
from hongyan.rooms.smart.rules.layouts import LAYOUTS, NOTICES
from hongyan.rooms.smart.service.door import SmartService

Word = Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$")]
TplId = Annotated[str, Path(max_length=36, pattern=r"^[^\x00]*$")]
_OTHERS = frozenset(LAYOUTS) - NOTICES
_MATCH_TYPES = {"link": 1, "text": 2, "both": 4}
Sort = Literal["-created_at", "created_at", "-updated_at", "updated_at", "name", "-name"]


def console_router(db: Database, service: SmartService, auth: Auth) -> APIRouter:
    """Return the endpoints."""
    router = APIRouter(prefix="/console/api/card-templates", tags=["card templates"])
    caller = Annotated[Actor, Depends(auth.console)]

    @router.get("/choices", operation_id="console_show_card_choices")
    async def choices(actor: caller) -> CardChoicesView:
        """Show what the list can be narrowed by: layouts, and what templates are for."""
        async with db.begin() as uow:
            scenes = await service.life.list_scenes(uow, actor)
        layouts = [LayoutView(card_id=card_id, vendors=sorted(one.vendors)) for card_id, one in LAYOUTS.items()]
        return CardChoicesView(layouts=layouts, scenes=list(scenes))

    @router.get("", operation_id="console_list_card_templates")
    async def list_card_templates(
        *,
        actor: caller,
        is_public: bool | None = None,
        name: Word = None,
        tpl_id: Word = None,
        scene: Word = None,
        card_id: Annotated[list[str] | None, Query(max_length=50)] = None,
        vendor: Annotated[list[Vendor] | None, Query()] = None,
        audit_state: Annotated[list[AuditName] | None, Query()] = None,
        is_enabled: bool | None = None,
        has_params: bool | None = None,
        kind: Literal["promotion", "notice"] | None = None,
        match: Literal["link", "text", "both"] | None = None,
        begin: datetime | None = None,
        end: datetime | None = None,
        sort: Sort = "-created_at",
        offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> CardTemplateList:
        """List the tenant's own templates and the public ones."""
        state = None if is_enabled is None else TemplateState.ENABLED if is_enabled else TemplateState.DISABLED
        wanted = TemplateFilter(
            tpl_id=tpl_id or None,
            name=name or None,
            is_public=is_public,
            vendors=frozenset(vendor or ()),
            has_params=has_params,
            begin=begin,
            end=end,
            card_ids=frozenset(card_id or ()),
            without_card_ids=frozenset() if kind is None else NOTICES if kind == "promotion" else _OTHERS,
            match_type=None if match is None else _MATCH_TYPES[match],
            scene=scene or None,
            audit_states=frozenset(AuditState[one.upper()] for one in audit_state or ()),
            state=state,
            sort=sort,
        )
        tenant_id = actor.tenant(Permission.CARD_TEMPLATE_LIST)
        async with db.begin() as uow:
            page = await service.list_templates(uow, tenant_id, wanted, offset=offset, limit=limit)
            asked_back = await service.life.list_asked_back(uow, actor, page.items)
        return CardTemplateList(items=[CardTemplateView.of(one, asked_back) for one in page.items], total=page.total)

    @router.get("/{tpl_id}", operation_id="console_show_card_template")
    async def show(actor: caller, tpl_id: TplId) -> CardTemplateDetail:
        """Show a template of one's own or a public one, with its history."""
        async with db.begin() as uow:
            found = await service.get_template(uow, actor.tenant(Permission.CARD_TEMPLATE_LIST), tpl_id)
            stories = () if found.is_public else await service.life.list_stories(uow, actor, found.tpl_id)
        return CardTemplateDetail.of(found, service.preview_url(found), stories)

    @router.post("/{tpl_id}/urge", status_code=204, operation_id="console_urge_card_template")
    async def urge(actor: caller, tpl_id: TplId) -> None:
        """Remind the review desk of a template."""
        async with db.begin() as uow:
            await service.life.urge(uow, actor, tpl_id)

    @router.put("/{tpl_id}/use", operation_id="console_use_card_template")
    async def set_use(actor: caller, tpl_id: TplId, use: CardUse) -> CardTemplateView:
        """Disable an approved template of one's own, or enable it again."""
        state = TemplateState.ENABLED if use.is_enabled else TemplateState.DISABLED
        actor.tenant(Permission.CARD_TEMPLATE_UPDATE)
        async with db.begin() as uow:
            return CardTemplateView.of(await service.life.set_state(uow, actor, tpl_id, state, use.reason.strip()))

    @router.delete("/{tpl_id}", status_code=204, operation_id="console_delete_card_template")
    async def delete(actor: caller, tpl_id: TplId) -> None:
        """Delete a template of one's own that is not in review."""
        async with db.begin() as uow:
            await service.life.delete(uow, actor, tpl_id)

    return router
