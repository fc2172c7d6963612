"""Signatures: list, submit, modify, take back, urge, activate, delete."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from hongyan.kernel.db.database import Database
from hongyan.rooms.identity.contracts import Actor, Auth
from hongyan.rooms.sms.console_api.views import (
    ConsequencesView,
    FileView,
    Limit,
    Offset,
    SignatureBody,
    SignatureDetail,
    SignatureList,
    SignatureView,
    Sort,
    StoryView,
    Word,
)
from hongyan.rooms.sms.contracts import ListFilter, SignatureStatus, SmsType
from hongyan.rooms.sms.service.door import SmsService


def signatures_router(db: Database, service: SmsService, auth: Auth) -> APIRouter:
    """Return the endpoints of signatures."""
    router = APIRouter(prefix="/signatures")
    caller = Annotated[Actor, Depends(auth.console)]

    @router.get("")
    async def list_sms_signatures(
        *,
        actor: caller,
        name: Word = None,
        app_name: Word = None,
        type: SmsType | None = None,
        state: Annotated[list[SignatureStatus] | None, Query()] = None,
        begin: datetime | None = None,
        end: datetime | None = None,
        sort: Sort = "-created_at",
        offset: Offset = 0,
        limit: Limit = 20,
    ) -> SignatureList:
        """List signatures."""
        wanted = ListFilter(
            app_name=app_name, name=name, type=type, statuses=tuple(state or ()), begin=begin, end=end, sort=sort
        )
        async with db.begin() as uow:
            page = await service.signatures.list_signatures(uow, actor, wanted, offset=offset, limit=limit)
            asked_back = await service.desk.list_asked_back(uow, actor, signatures=page.items)
        return SignatureList(items=[SignatureView.of(row, asked_back) for row in page.items], total=page.total)

    @router.post("", status_code=201)
    async def create_sms_signature(actor: caller, wanted: SignatureBody) -> SignatureView:
        """Submit a signature for review."""
        async with db.begin() as uow:
            return SignatureView.of(await service.signatures.create_signature(uow, actor, wanted.form()))

    @router.get("/{signature_id}")
    async def show_sms_signature(actor: caller, signature_id: str) -> SignatureDetail:
        """Show a signature with its pictures and its history."""
        async with db.begin() as uow:
            found = await service.signatures.get_signature(uow, actor, signature_id)
            wanted = (found.form.licence_file_id, found.form.attorney_file_id)
            files = [await service.apps.get_file(uow, actor, file_id) for file_id in wanted if file_id]
            stories = await service.desk.list_signature_stories(uow, actor, signature_id)
            asked_back = await service.desk.list_asked_back(uow, actor, signatures=[found])
        return SignatureDetail(
            signature=SignatureView.of(found, asked_back),
            files=[FileView.of(file) for file in files],
            stories=[StoryView.of(story) for story in stories],
        )

    @router.put("/{signature_id}")
    async def change_sms_signature(actor: caller, signature_id: str, wanted: SignatureBody) -> SignatureView:
        """Modify a rejected signature and submit it again."""
        async with db.begin() as uow:
            return SignatureView.of(await service.signatures.update_signature(uow, actor, signature_id, wanted.form()))

    @router.get("/{signature_id}/consequences")
    async def show_signature_consequences(actor: caller, signature_id: str) -> ConsequencesView:
        """Show what goes with a signature when it is deleted."""
        async with db.begin() as uow:
            found = await service.desk.get_consequences(uow, actor, signature_id)
        return ConsequencesView(
            channel_number=found.channel_number,
            template_count=found.template_count,
            template_names=list(found.template_names),
        )

    @router.delete("/{signature_id}", status_code=204)
    async def delete_sms_signature(actor: caller, signature_id: str) -> None:
        """Delete a signature with its channel number and its templates."""
        async with db.begin() as uow:
            await service.signatures.delete_signature(uow, actor, signature_id)

    @router.post("/{signature_id}/withdraw", status_code=204)
    async def withdraw_signature(actor: caller, signature_id: str) -> None:
        """Take a signature back from the desk."""
        async with db.begin() as uow:
            await service.desk.withdraw_signature(uow, actor, signature_id)

    @router.post("/{signature_id}/urge", status_code=204)
    async def urge_signature(actor: caller, signature_id: str) -> None:
        """Remind the review desk of a signature."""
        async with db.begin() as uow:
            await service.signatures.urge_signature(uow, actor, signature_id)

    @router.post("/{signature_id}/activate", status_code=204)
    async def activate_signature(actor: caller, signature_id: str) -> None:
        """Ask for a signature at rest to be used again."""
        async with db.begin() as uow:
            await service.signatures.activate_signature(uow, actor, signature_id)

    return router
