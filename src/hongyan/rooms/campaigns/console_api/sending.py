"""The send itself: a task of numbers that were looked at, and a test send to a few of one's own."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import AwareDatetime, BaseModel, Field

from hongyan.kernel.db.database import Uow
from hongyan.kernel.http.once import Once
from hongyan.kernel.http.vendor import UUID_PATTERN
from hongyan.rooms.campaigns.console_api.send_form import FormTools, form_fields
from hongyan.rooms.campaigns.contracts import MAX_TRIAL_PHONES, Fallback, NewTask, Progress, TaskDocument
from hongyan.rooms.campaigns.service.desk import CampaignDesk
from hongyan.rooms.campaigns.service.views import describe
from hongyan.rooms.identity.contracts import Actor, Permission


class WantedTask(BaseModel):
    """What the form says beside templates, domain and numbers, which ``parse_id`` stands for."""

    parse_id: str = Field(pattern=UUID_PATTERN)
    name: str = Field(max_length=200)
    fallback: Fallback = Fallback.NONE
    basic_template_id: str | None = Field(default=None, max_length=9)
    send_at: AwareDatetime | None = None
    validity_days: int = 7
    jump_url: str | None = Field(default=None, max_length=2048)
    is_trial: bool = False


class TestRow(BaseModel):
    """A number and its values, in the order of the content's columns."""

    __test__ = False

    phone: str = Field(max_length=40)
    values: list[Annotated[str, Field(max_length=500)]] = Field(default_factory=list, max_length=40)


class WantedTest(BaseModel):
    """A test send: marked as a trial, left out of reports, charged like any other."""

    name: str = Field(max_length=200)
    card_template_id: str = Field(max_length=9)
    sms_template_id: str = Field(max_length=32)
    domain: str | None = Field(default=None, max_length=100)
    validity_days: int = 7
    jump_url: str | None = Field(default=None, max_length=2048)
    fallback: Fallback = Fallback.SMS
    rows: list[TestRow] = Field(min_length=1, max_length=MAX_TRIAL_PHONES)


def sending_router(tools: FormTools, desk: CampaignDesk, once: Once) -> APIRouter:
    """Return the operations that create tasks under ``/console/api/send-tasks``; both honour ``Idempotency-Key``."""
    router = APIRouter(prefix="/console/api", tags=["send form"])
    SignedIn = Annotated[Actor, Depends(tools.auth.console)]  # noqa: N806 - a type

    @router.post("/send-tasks", operation_id="console_create_send_task", response_model=TaskDocument)
    async def create(request: Request, actor: SignedIn, wanted: WantedTask) -> dict[str, Any]:
        """Send, at once or at a time."""

        async def act(uow: Uow) -> dict[str, Any]:
            new = NewTask(card_template_id="", sms_template_id="", **wanted.model_dump(exclude={"parse_id"}))
            with form_fields():
                return {**describe(Progress(await tools.parses.send(uow, actor, wanted.parse_id, new)))}

        # Sending from the console is sending by file: whoever may only call the API may not.
        actor.require(Permission.NUMBER_FILE_CREATE)
        return await once.run(request, actor.tenant(Permission.SEND_TASK_CREATE), act)

    @router.post("/send-tests", operation_id="console_test_send", response_model=TaskDocument)
    async def test(request: Request, actor: SignedIn, wanted: WantedTest) -> dict[str, Any]:
        """Send to a few numbers now, to see what arrives."""

        async def act(uow: Uow) -> dict[str, Any]:
            values = tuple(tuple(row.values) for row in wanted.rows)
            new = NewTask(
                phones=tuple(row.phone for row in wanted.rows),
                values=values if any(values) else (),
                is_trial=True,
                **wanted.model_dump(exclude={"rows"}),
            )
            with form_fields():
                return {**describe(Progress(await desk.create(uow, actor, new)))}

        actor.require(Permission.NUMBER_FILE_CREATE)
        return await once.run(request, actor.tenant(Permission.SEND_TASK_CREATE), act)

    return router
