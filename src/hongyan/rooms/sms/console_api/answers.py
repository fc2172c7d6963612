"""Auto-answers of a signature."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from hongyan.kernel.db.database import Database
from hongyan.rooms.identity.contracts import Actor, Auth
from hongyan.rooms.sms.contracts import AutoAnswers
from hongyan.rooms.sms.service.door import SmsService


class AnswersView(BaseModel):
    """What a signature answers to texts from phones by itself, without 【signature】; empty: nothing."""

    opt_out: str
    other: str


def answers_router(db: Database, service: SmsService, auth: Auth) -> APIRouter:
    """Return the endpoints of auto-answers."""
    router = APIRouter()
    caller = Annotated[Actor, Depends(auth.console)]

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

    return router
