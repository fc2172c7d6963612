"""Every number of all send tasks of a tenant (发送任务明细), the newest first; reads only.

A list without a task and a number looks at a day at most: what it costs is then bounded by what a day holds.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.ids import CardTemplateId, TaskId, TenantId
from hongyan.kernel.paging import Page
from hongyan.kernel.phones import normalise_phone
from hongyan.rooms.campaigns.service.views import CampaignViews
from hongyan.rooms.campaigns.store import video as video_store
from hongyan.rooms.delivery.contracts import MessageFilter, MessageState, MessageView

MAX_SPAN: Final = timedelta(hours=24)
"""Of a list. Source: product.md of the requirements §2.11."""
MAX_EXPORT_SPAN: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class DetailFilter:
    """Which messages; what is ``None`` or empty asks nothing."""

    task_id: TaskId | None = None
    phone: str | None = None
    """As somebody types it."""
    signature: str | None = None
    """Name of the SMS signature, in full."""
    card_template_id: str | None = None
    states: frozenset[MessageState] = frozenset()
    begin: datetime | None = None
    end: datetime | None = None
    """Exclusive."""


@dataclass(frozen=True, slots=True)
class TaskOfMessage:
    """What a row says of its task."""

    name: str
    is_video: bool
    """A task of the basic edition: it has pages of its own."""
    signature: str
    card_template_name: str
    """Of a video task: the video template's."""
    domain: str


class SendDetails:
    """Read side of 发送任务明细."""

    def __init__(self, *, clock: Clock, views: CampaignViews) -> None:
        """Read through the views of send tasks."""
        self._clock = clock
        self._views = views

    async def list(
        self, uow: Uow, tenant_id: TenantId, wanted: DetailFilter, *, offset: int, limit: int
    ) -> tuple[Page[MessageView], Mapping[TaskId, TaskOfMessage]]:
        """Return messages, the newest first, and their tasks; without task and number, of a day at most.

        With states and without a task the total is exact up to 10,000.

        Raises:
            InvalidInput: the span (``end``) is longer than a day or ends before it begins.
        """
        nothing: Page[MessageView] = Page((), 0, offset, limit)
        where = await self.to_ledger(uow, tenant_id, wanted, MAX_SPAN)
        if where is None:
            return nothing, {}
        page = await self._views.messages(uow, tenant_id, where, offset=offset, limit=limit, newest=True)
        return page, await self.tasks_of(uow, tenant_id, page.items)

    async def find_total(self, uow: Uow, tenant_id: TenantId, wanted: DetailFilter) -> int | None:
        """Count what an export holds, where counters know it.

        Raises:
            InvalidInput: as for :meth:`list`, but for 31 days.
        """
        where = await self.to_ledger(uow, tenant_id, wanted)
        if where is None:
            return 0
        if where.states is not None:
            return None
        return (await self._views.messages(uow, tenant_id, where, offset=0, limit=1)).total

    async def iter(self, uow: Uow, tenant_id: TenantId, wanted: DetailFilter) -> AsyncIterator[MessageView]:
        """Stream messages in planning order, for exports."""
        where = await self.to_ledger(uow, tenant_id, wanted)
        if where is None:
            return
        async for message in self._views.iter_messages(uow, tenant_id, where):
            yield message

    async def tasks_of(
        self, uow: Uow, tenant_id: TenantId, messages: tuple[MessageView, ...]
    ) -> dict[TaskId, TaskOfMessage]:
        """Return the tasks of messages; what retention removed is not there."""
        ids = tuple({message.task_id for message in messages})
        found = {
            task_id: TaskOfMessage(
                name=task.name,
                is_video=False,
                signature=task.content.signature_name,
                card_template_name=task.content.card_template_name,
                domain=task.domain,
            )
            for task_id, task in (await self._views.names(uow, tenant_id, ids)).items()
        }
        missing = [task_id for task_id in ids if task_id not in found]
        for video in await video_store.find_tasks(uow, tenant_id, missing) if missing else ():
            found[video.id] = TaskOfMessage(
                video.name, is_video=True, signature="", card_template_name=video.tpl_name, domain=""
            )
        return found

    async def to_ledger(
        self, uow: Uow, tenant_id: TenantId, wanted: DetailFilter, longest: timedelta = MAX_EXPORT_SPAN
    ) -> MessageFilter | None:
        """Return what the ledger is asked, ``None`` when nothing can fit.

        Raises:
            InvalidInput: as for :meth:`list`, with ``longest`` as the span.
        """
        begin, end = self._span(wanted, longest)
        phone = normalise_phone(wanted.phone) if wanted.phone else None
        signature_id = None
        if wanted.signature:
            signature_id = await self._views.find_signature_id(uow, tenant_id, wanted.signature)
        if (wanted.phone and phone is None) or (wanted.signature and signature_id is None):
            return None
        return MessageFilter(
            task_id=wanted.task_id,
            phone=phone,
            signature_id=signature_id,
            card_template_id=CardTemplateId(wanted.card_template_id) if wanted.card_template_id else None,
            states=wanted.states or None,
            planned_from=begin,
            planned_until=end,
        )

    def _span(self, wanted: DetailFilter, longest: timedelta) -> tuple[datetime | None, datetime | None]:
        begin, end = wanted.begin, wanted.end
        if begin is not None and end is not None and end <= begin:
            raise InvalidInput("end", reason="must be after the begin", reason_zh="结束时间必须晚于开始时间")
        if wanted.task_id is not None or wanted.phone:
            return begin, end
        if begin is None:
            # Open to the future: what is planned while somebody looks is there, too.
            begin = self._clock.now() - MAX_SPAN if end is None else end - longest
        elif end is None:
            end = begin + longest
        if end is not None and end - begin > longest:
            hours = int(longest.total_seconds() // 3600)
            raise InvalidInput(
                "end",
                reason=f"the span is longer than {hours} hours; choose a task or a number to look further",
                reason_zh=f"时间跨度不能超过 {hours} 小时；指定任务或手机号码后不受此限制",
            )
        return begin, end
