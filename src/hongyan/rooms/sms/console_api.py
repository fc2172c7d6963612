"""SMS in the console: what the vendor's API lacks: pickers, urging, activation, auto-answers, proofs for reviewers."""

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import TenantId
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.sms.contracts import AutoAnswers, SmsType
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


class AnswersView(BaseModel):
    """What a signature answers to texts from phones by itself, without 【signature】; empty: nothing."""

    opt_out: str
    other: str


class Use(BaseModel):
    """Whether a template is in use."""

    is_active: bool


def console_router(db: Database, service: SmsService, auth: Auth) -> APIRouter:
    """Return the endpoints under ``/console/api/sms``."""
    router = APIRouter(prefix="/console/api/sms", tags=["sms"])
    caller = Annotated[Actor, Depends(auth.console)]

    @router.get("/sendable")
    async def list_sendable(actor: caller) -> SendableList:
        """List the templates that a send may use."""
        async with db.begin() as uow:
            found = await service.list_sendable(uow, actor.tenant(Permission.SMS_TEMPLATE_LIST))
        fields = SendableView.model_fields
        return SendableList(items=[SendableView(**{name: getattr(row, name) for name in fields}) for row in found])

    @router.post("/signatures/{signature_id}/urge", status_code=204)
    async def urge_signature(actor: caller, signature_id: str) -> None:
        """Remind the review desk of a signature."""
        async with db.begin() as uow:
            await service.signatures.urge_signature(uow, actor, signature_id)

    @router.post("/signatures/{signature_id}/activate", status_code=204)
    async def activate_signature(actor: caller, signature_id: str) -> None:
        """Ask for a signature at rest to be used again."""
        async with db.begin() as uow:
            await service.signatures.activate_signature(uow, actor, signature_id)

    @router.get("/signatures/{signature_id}/answers")
    async def get_answers(actor: caller, signature_id: str) -> AnswersView:
        """Show what a signature answers to opt-outs and to other texts from phones."""
        async with db.begin() as uow:
            found = await service.answers.get_answers(uow, actor, signature_id)
        return AnswersView(opt_out=found.opt_out, other=found.other)

    @router.put("/signatures/{signature_id}/answers")
    async def set_answers(actor: caller, signature_id: str, wanted: AnswersView) -> AnswersView:
        """Set both answers; an empty one is turned off."""
        async with db.begin() as uow:
            answers = AutoAnswers(wanted.opt_out, wanted.other)
            found = await service.answers.set_answers(uow, actor, signature_id, answers)
        return AnswersView(opt_out=found.opt_out, other=found.other)

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

    @router.get("/files/{tenant_id}/{file_id}")
    async def read_file(actor: caller, tenant_id: UUID, file_id: str) -> Response:
        """Download a picture that proves a signature."""
        async with db.begin() as uow:
            file, data = await service.apps.read_file(uow, actor, TenantId(str(tenant_id)), file_id)
        disposition = f"attachment; filename*=UTF-8''{quote(file.name)}"
        return Response(data, media_type=file.media_type, headers={"Content-Disposition": disposition})

    return router
