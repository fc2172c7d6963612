"""What a tenant's first page shows: the way to the first message, the last week, what calls for attention. Reads only.

A fixed number of statements, whatever the tenant has: at most two per day of the week and some ten besides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.rooms.campaigns.contracts import Progress, TaskFilter, TaskState
from hongyan.rooms.campaigns.service import guide
from hongyan.rooms.campaigns.service.views import CampaignViews
from hongyan.rooms.campaigns.service.weeks import WEEK_DAYS, Day, Weeks
from hongyan.rooms.campaigns.store import overview as store
from hongyan.rooms.delivery.service import DeliveryService
from hongyan.rooms.enterprises.service import EnterprisesService
from hongyan.rooms.gateways.contracts import AlarmKind
from hongyan.rooms.gateways.service.alarms import AlarmsService
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.reviews.contracts import Review, ReviewState
from hongyan.rooms.reviews.service import ReviewsService
from hongyan.rooms.service_accounts.service.standing import read_standing as accounts_standing
from hongyan.rooms.sms.service.standing import read_standing as sms_standing

_LIVE: Final = (
    TaskState.PARSING,
    TaskState.SCHEDULED,
    TaskState.HELD,
    TaskState.RUNNING,
    TaskState.PAUSED,
    TaskState.FINISHING,
)
_RUNNING, _RECENT, _DECISIONS = 10, 5, 10
_CHANNEL_ALARMS: Final = frozenset({AlarmKind.CHANNEL_DOWN, AlarmKind.NO_GATEWAY})


class NoticeKind(StrEnum):
    """What calls for a tenant's attention."""

    CHANNEL_DOWN = "channel_down"
    """Messages of some carriers go out late: a channel of the platform is down."""
    TASK_HELD = "task_held"
    REVIEW_DECIDED = "review_decided"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that calls for attention; what ``subject`` is depends on the kind."""

    kind: NoticeKind
    at: datetime | None
    subject: str = ""
    """The kind of what was reviewed; a task's id; else empty."""
    subject_id: str = ""
    title: str = ""
    is_good: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything on the first page."""

    guides: Sequence[guide.Guide]
    week: Sequence[Day]
    """The last seven days, the oldest first, none left out."""
    notices: Sequence[Notice]
    states: dict[TaskState, int]
    running: Sequence[Progress]
    recent: Sequence[Progress]


class Overviews:
    """Joins what the rooms know of one tenant."""

    def __init__(
        self,
        *,
        clock: Clock,
        identity: IdentityService,
        reviews: ReviewsService,
        enterprises: EnterprisesService,
        delivery: DeliveryService,
        views: CampaignViews,
        alarms: AlarmsService,
    ) -> None:
        """Ask the given rooms."""
        self._clock = clock
        self._identity = identity
        self._reviews = reviews
        self._enterprises = enterprises
        self._weeks = Weeks(clock=clock, delivery=delivery)
        self._views = views
        self._alarms = alarms

    async def show(self, uow: Uow, tenant_id: TenantId) -> Overview:
        """Return a tenant's overview."""
        now = self._clock.now()
        tenant = await self._identity.get_tenant(uow, tenant_id)
        news = await self._reviews.list_news(uow, tenant_id, now - timedelta(days=WEEK_DAYS))
        has_sent, has_sent_video = await store.has_sent(uow, tenant_id)
        known = guide.Known(
            services=tenant.services,
            filings={one.scene: one for one in await self._enterprises.read_standing(uow, tenant_id)},
            sms=await sms_standing(uow, tenant_id),
            accounts=await accounts_standing(uow, tenant_id),
            has_sent=has_sent,
            has_sent_video=has_sent_video,
            waiting=guide.waiting_of(news),
        )
        running = await self._views.list(uow, tenant_id, TaskFilter(states=_LIVE), offset=0, limit=_RUNNING)
        recent = await self._views.list(uow, tenant_id, TaskFilter(), offset=0, limit=_RECENT)
        notices = await self._channel_notices(uow) + _held(running.items) + _decided(news)
        return Overview(
            guides=guide.make_guides(known),
            week=await self._weeks.show(uow, tenant_id, now, tenant.zone),
            notices=notices,
            states=await self._views.count_states(uow, tenant_id),
            running=running.items,
            recent=recent.items,
        )

    async def _channel_notices(self, uow: Uow) -> list[Notice]:
        """Say that something is down, not what: channels are the platform's."""
        down = [alarm for alarm in await self._alarms.list_alarms(uow) if alarm.kind in _CHANNEL_ALARMS]
        return [Notice(NoticeKind.CHANNEL_DOWN, min(alarm.since for alarm in down))] if down else []


def _held(running: Sequence[Progress]) -> list[Notice]:
    return [
        Notice(
            NoticeKind.TASK_HELD, one.task.created_at, "task", one.task.id, one.task.name, reason=one.task.reason or ""
        )
        for one in running
        if one.task.state is TaskState.HELD
    ]


def _decided(news: Sequence[Review]) -> list[Notice]:
    over = [one for one in news if one.state in {ReviewState.APPROVED, ReviewState.REJECTED}]
    return [
        Notice(
            NoticeKind.REVIEW_DECIDED,
            one.decided_at,
            one.kind,
            one.subject_id,
            one.title,
            is_good=one.state is ReviewState.APPROVED,
            reason=one.reason if one.state is ReviewState.REJECTED else "",
        )
        for one in over[:_DECISIONS]
    ]
