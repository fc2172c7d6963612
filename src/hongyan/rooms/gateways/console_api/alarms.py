"""Alarms in the console, for the people who run the installation."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from hongyan.kernel.db.database import Database
from hongyan.rooms.gateways.contracts import SEVERITIES, Alarm, AlarmKind, AlarmSeverity, AlarmSort
from hongyan.rooms.gateways.service.alarms import AlarmsService


class AlarmView(BaseModel):
    """One alarm."""

    kind: AlarmKind
    severity: AlarmSeverity
    subject: str
    since: datetime
    value: float
    """Seconds, messages or percent, by kind."""
    detail: str
    seen_at: datetime
    cleared_at: datetime | None

    @classmethod
    def of(cls, alarm: Alarm) -> Self:
        """Return the view of an alarm."""
        return cls(
            kind=alarm.kind,
            severity=SEVERITIES[alarm.kind],
            subject=alarm.subject,
            since=alarm.since,
            value=alarm.value,
            detail=alarm.detail,
            seen_at=alarm.seen_at,
            cleared_at=alarm.cleared_at,
        )


class AlarmList(BaseModel):
    """The alarms that hold, the latest first, and behind them those that are over."""

    items: list[AlarmView]
    total: int


def console_router(*, db: Database, service: AlarmsService, may_look: Callable[..., Awaitable[None]]) -> APIRouter:
    """Return the endpoints under ``/console/api/alarms``; ``may_look`` lets only those pass who may see channels."""
    router = APIRouter(prefix="/console/api/alarms", tags=["alarms"], dependencies=[Depends(may_look)])

    @router.get("")
    async def list_alarms(
        *,
        history: bool = False,
        kind: Annotated[list[AlarmKind] | None, Query()] = None,
        sort: AlarmSort | None = None,
        offset: Annotated[int, Query(ge=0, le=10_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    ) -> AlarmList:
        """List the alarms that hold; with ``history`` also those of the last 90 days."""
        async with db.begin() as uow:
            page = await service.page_alarms(uow, kind or (), sort, with_cleared=history, offset=offset, limit=limit)
        return AlarmList(items=[AlarmView.of(alarm) for alarm in page.items], total=page.total)

    return router
