"""The console's first page of a tenant, in one answer."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from hongyan.kernel.db.database import Database
from hongyan.rooms.campaigns.contracts import TaskDocument
from hongyan.rooms.campaigns.service.guide import Step, StepState
from hongyan.rooms.campaigns.service.overview import NoticeKind, Overview, Overviews
from hongyan.rooms.campaigns.service.views import describe
from hongyan.rooms.identity.contracts import Actor, Auth, Permission, Service


class FlowStepView(BaseModel):
    """One step of a guide."""

    key: str
    state: StepState
    since: dt.datetime | None
    due_at: dt.datetime | None


class FlowView(BaseModel):
    """A way to the first message of a service."""

    key: Service
    steps: list[FlowStepView]


class OverviewDayView(BaseModel):
    """A day of the last seven."""

    day: dt.date
    sent: int
    ended: int
    delivered: int
    cards_sent: int
    cards: int


class NoticeView(BaseModel):
    """Something that calls for attention."""

    kind: NoticeKind
    at: dt.datetime | None
    subject: str
    subject_id: str
    title: str
    is_good: bool
    reason: str


class OverviewView(BaseModel):
    """Everything on the first page."""

    guides: list[FlowView]
    week: list[OverviewDayView]
    notices: list[NoticeView]
    task_states: dict[str, int]
    running: list[TaskDocument]
    recent: list[TaskDocument]


def overview_router(*, db: Database, auth: Auth, overviews: Overviews) -> APIRouter:
    """Return the router of ``/console/api/overview``."""
    router = APIRouter(prefix="/console/api", tags=["overview"])
    caller = Annotated[Actor, Depends(auth.console)]

    @router.get("/overview", operation_id="console_overview")
    async def show_overview(actor: caller) -> OverviewView:
        """Show how far the tenant has come, its last seven days, what runs and what calls for attention."""
        async with db.begin() as uow:
            return _view(await overviews.show(uow, actor.tenant(Permission.OVERVIEW_VIEW)))

    return router


def _view(found: Overview) -> OverviewView:
    return OverviewView(
        guides=[FlowView(key=one.key, steps=[_step(step) for step in one.steps]) for one in found.guides],
        week=[
            OverviewDayView(
                day=day.day,
                sent=day.sent,
                ended=day.ended,
                delivered=day.delivered,
                cards_sent=day.cards_sent,
                cards=day.cards,
            )
            for day in found.week
        ],
        notices=[
            NoticeView(
                kind=one.kind,
                at=one.at,
                subject=one.subject,
                subject_id=one.subject_id,
                title=one.title,
                is_good=one.is_good,
                reason=one.reason,
            )
            for one in found.notices
        ],
        task_states={state.value: count for state, count in found.states.items()},
        running=[describe(row) for row in found.running],
        recent=[describe(row) for row in found.recent],
    )


def _step(step: Step) -> FlowStepView:
    return FlowStepView(key=step.key, state=step.state, since=step.since, due_at=step.due_at)
