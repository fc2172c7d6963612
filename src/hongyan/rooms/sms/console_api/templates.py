"""Templates: list, submit, modify, take back, urge, take out of use, delete one or many; what a send may use."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from hongyan.kernel.db.database import Database
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.sms.console_api.views import (
    Deleted,
    Limit,
    ManyTemplates,
    Offset,
    Sort,
    StoryView,
    TemplateBody,
    TemplateDetail,
    TemplateList,
    TemplateView,
    Word,
)
from hongyan.rooms.sms.contracts import ListFilter, SmsType, TemplateStatus
from hongyan.rooms.sms.service.door import SmsService


class SendableView(BaseModel):
    """A row of the send form's pickers."""

    template_id: str
    template_name: str
    content: str
    app_id: str
    app_name: str
    signature_id: str
    signature_name: str
    signature_type: SmsType
    channel_number: str


class SendableList(BaseModel):
    """Everything that can be sent now."""

    items: list[SendableView]


class Use(BaseModel):
    """Whether a template is in use."""

    is_active: bool


def templates_router(db: Database, service: SmsService, auth: Auth) -> APIRouter:
    """Return the endpoints of templates."""
    router = APIRouter()
    caller = Annotated[Actor, Depends(auth.console)]

    @router.get("/sendable")
    async def list_sendable(actor: caller) -> SendableList:
        """List the templates that a send may use."""
        async with db.begin() as uow:
            found = await service.list_sendable(uow, actor.tenant(Permission.SMS_TEMPLATE_LIST))
        fields = SendableView.model_fields
        return SendableList(items=[SendableView(**{name: getattr(row, name) for name in fields}) for row in found])

    @router.get("/templates")
    async def list_sms_templates(
        *,
        actor: caller,
        name: Word = None,
        template_id: Word = None,
        app_name: Word = None,
        type: SmsType | None = None,
        state: Annotated[list[TemplateStatus] | None, Query()] = None,
        begin: datetime | None = None,
        end: datetime | None = None,
        sort: Sort = "-created_at",
        offset: Offset = 0,
        limit: Limit = 20,
    ) -> TemplateList:
        """List templates."""
        wanted = ListFilter(
            app_name=app_name,
            name=name,
            item_id=template_id,
            type=type,
            statuses=tuple(state or ()),
            begin=begin,
            end=end,
            sort=sort,
        )
        async with db.begin() as uow:
            page = await service.templates.list_templates(uow, actor, wanted, offset=offset, limit=limit)
            asked_back = await service.desk.list_asked_back(uow, actor, templates=page.items)
        return TemplateList(items=[TemplateView.of(row, asked_back) for row in page.items], total=page.total)

    @router.post("/templates", status_code=201)
    async def create_sms_template(actor: caller, wanted: TemplateBody) -> TemplateView:
        """Submit a template for review."""
        async with db.begin() as uow:
            return TemplateView.of(await service.templates.create_template(uow, actor, wanted.form()))

    @router.post("/templates/delete")
    async def delete_sms_templates(actor: caller, wanted: ManyTemplates) -> Deleted:
        """Delete up to 50 templates, all or none."""
        async with db.begin() as uow:
            return Deleted(deleted=await service.desk.delete_templates(uow, actor, wanted.template_ids))

    @router.get("/templates/{template_id}")
    async def show_sms_template(actor: caller, template_id: str) -> TemplateDetail:
        """Show a template with its history."""
        async with db.begin() as uow:
            found = await service.templates.get_template(uow, actor, template_id)
            stories = await service.desk.list_template_stories(uow, actor, template_id)
            asked_back = await service.desk.list_asked_back(uow, actor, templates=[found])
        return TemplateDetail(
            template=TemplateView.of(found, asked_back), stories=[StoryView.of(story) for story in stories]
        )

    @router.put("/templates/{template_id}")
    async def change_sms_template(actor: caller, template_id: str, wanted: TemplateBody) -> TemplateView:
        """Modify a rejected template and submit it again."""
        async with db.begin() as uow:
            return TemplateView.of(await service.templates.update_template(uow, actor, template_id, wanted.form()))

    @router.delete("/templates/{template_id}", status_code=204)
    async def delete_sms_template(actor: caller, template_id: str) -> None:
        """Delete a template."""
        async with db.begin() as uow:
            await service.templates.delete_template(uow, actor, template_id)

    @router.post("/templates/{template_id}/withdraw", status_code=204)
    async def withdraw_template(actor: caller, template_id: str) -> None:
        """Take a template back from the desk."""
        async with db.begin() as uow:
            await service.desk.withdraw_template(uow, actor, template_id)

    @router.post("/templates/{template_id}/urge", status_code=204)
    async def urge_template(actor: caller, template_id: str) -> None:
        """Remind the review desk of a template."""
        async with db.begin() as uow:
            await service.templates.urge_template(uow, actor, template_id)

    @router.put("/templates/{template_id}/use", status_code=204)
    async def set_active(actor: caller, template_id: str, use: Use) -> None:
        """Take an approved template out of use, or use it again."""
        async with db.begin() as uow:
            await service.templates.set_active(uow, actor, template_id, is_active=use.is_active)

    return router
