"""What lists show of video send tasks, and what phones answer to them."""

import base64
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

import structlog

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import AccountId, TaskId, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.kernel.paging import Page
from hongyan.kernel.phones import Phone
from hongyan.rooms.audience.service import AudienceService
from hongyan.rooms.campaigns.contracts import VideoProgress, VideoReply, VideoTask, VideoTaskFilter
from hongyan.rooms.campaigns.store import video as store
from hongyan.rooms.carriers.service import LINE_TENANT
from hongyan.rooms.delivery.contracts import MessageFilter, MessageKind, MessageState, MessageView
from hongyan.rooms.delivery.service import DeliveryService

log = structlog.get_logger(__name__)

_REPLY_SPAN = timedelta(days=7)
"""A reply belongs to the latest video message of these days to its number."""
_NEWEST = 100
FAILED: Final = (
    MessageState.FAILED,
    MessageState.REFUSED,
    MessageState.SUPPRESSED,
    MessageState.SKIPPED,
    MessageState.CANCELLED,
)
TIMED_OUT: Final = (MessageState.EXPIRED, MessageState.UNKNOWN_FINAL)
VideoResult = Literal["success", "failed", "sending", "timeout"]
RESULTS: Final[Mapping[VideoResult, frozenset[MessageState]]] = {
    "success": frozenset({MessageState.DELIVERED}),
    "failed": frozenset(FAILED),
    "sending": frozenset(MessageState) - {MessageState.DELIVERED, *FAILED, *TIMED_OUT},
    "timeout": frozenset(TIMED_OUT),
}
"""成功, 失败, 发送中, 超时失败 of the details' filter."""


def states_of(results: Iterable[VideoResult]) -> frozenset[MessageState]:
    """Return the states of messages that results stand for; none when none is asked for."""
    return frozenset(state for one in results for state in RESULTS[one])


def count_failed(counts: Mapping[MessageState, int], resent: int, unsent: int) -> int:
    """Return how many numbers of a task have failed: what was sent again failed once before."""
    return max(0, sum(counts[state] for state in FAILED) - resent) + unsent


def count_unsent(counts: Mapping[MessageState, int], wanted: int, *, is_cancelled: bool) -> int:
    """Return how many messages of ``wanted``, second attempts too, will never be planned."""
    return max(0, wanted - sum(counts.values())) if is_cancelled else 0


class VideoViews:
    """Read side of video tasks, and their replies."""

    def __init__(self, *, jobs: Jobs, keys: TenantKeys, audience: AudienceService, delivery: DeliveryService) -> None:
        """Join tasks with the ledger's counters."""
        self._jobs = jobs
        self._keys = keys
        self._audience = audience
        self._delivery = delivery

    async def get(self, uow: Uow, tenant_id: TenantId, task_id: TaskId) -> VideoProgress:
        """Return a task with its counts.

        Raises:
            VideoTaskNotFound: none of this tenant has the id.
        """
        return (await self._progress(uow, tenant_id, (await store.get_task(uow, tenant_id, task_id),)))[0]

    async def list_tasks(
        self, uow: Uow, tenant_id: TenantId, wanted: VideoTaskFilter, *, offset: int, limit: int
    ) -> Page[VideoProgress]:
        """Return tasks with their counts, the newest first unless ``wanted.sort`` says otherwise."""
        page = await store.list_tasks(uow, tenant_id, wanted, offset=offset, limit=limit)
        return Page(tuple(await self._progress(uow, tenant_id, page.items)), page.total, offset, limit)

    async def stamp(self, uow: Uow, tenant_id: TenantId, *, moving: int, newest: int) -> object:
        """Return what is another one after a task was made, sent again, moved or ended, or any of its counts changed.

        Looks at the ``newest`` tasks, for what ends at once; and at most at ``moving`` ones under way with the sums of
        their counts, what runs before what waits for its time. States only move on: no changes leave the sums alone.
        """
        marks = await store.list_moving(uow, tenant_id, moving)
        sums = await self._delivery.sum_tasks(uow, tenant_id, [mark.task_id for mark in marks])
        return marks, sorted(sums.items()), await store.list_marks(uow, tenant_id, newest)

    async def list_replies(
        self, uow: Uow, tenant_id: TenantId, task_id: TaskId, *, offset: int, limit: int
    ) -> Page[VideoReply]:
        """Return what phones answered to a task, newest first.

        Raises:
            VideoTaskNotFound: none of this tenant has the id.
        """
        await store.get_task(uow, tenant_id, task_id)
        sealer = await self._keys.sealer(uow, tenant_id)
        page = await store.list_replies(uow, tenant_id, task_id, offset=offset, limit=limit)
        replies = tuple(
            VideoReply(reply_id, task_id, sealer.open(number), text, at) for reply_id, number, text, at in page.items
        )
        return Page(replies, page.total, offset, limit)

    async def list_messages(
        self, uow: Uow, tenant_id: TenantId, where: MessageFilter, *, offset: int, limit: int
    ) -> Page[MessageView]:
        """Return some messages of a task, in planning order.

        Raises:
            VideoTaskNotFound: none of this tenant has the filter's task.
        """
        await store.get_task(uow, tenant_id, where.task_id or TaskId(""))
        return await self._delivery.list_messages(uow, tenant_id, where, offset=offset, limit=limit)

    async def count_messages(self, uow: Uow, tenant_id: TenantId, task_id: TaskId) -> Mapping[MessageState, int]:
        """Return how many messages of a task are in each state.

        Raises:
            VideoTaskNotFound: none of this tenant has the id.
        """
        await store.get_task(uow, tenant_id, task_id)
        return await self._delivery.task_counts(uow, tenant_id, task_id)

    async def iter_messages(self, uow: Uow, tenant_id: TenantId, where: MessageFilter) -> AsyncIterator[MessageView]:
        """Stream the messages of the filter's task for an export; ``split_no`` reads their numbers.

        Raises:
            VideoTaskNotFound: none of this tenant has the filter's task.
        """
        await store.get_task(uow, tenant_id, where.task_id or TaskId(""))
        async for message in self._delivery.iter_messages(uow, tenant_id, where):
            yield message

    async def _progress(self, uow: Uow, tenant_id: TenantId, tasks: Sequence[VideoTask]) -> list[VideoProgress]:
        counts = await self._delivery.list_task_counts(uow, tenant_id, [task.id for task in tasks])
        return [_progress(task, counts[task.id]) for task in tasks]

    async def take_reply(
        self, uow: Uow, *, uplink_id: str, account_id: AccountId, sealed: bytes, text: str, at: datetime
    ) -> bool:
        """Store what a phone answered on a video channel, for whoever sent to it last; false when nobody did.

        ``sealed`` is the number under the line's key. Tells callbacks, and audience when it is an opt-out. Key: the
        uplink.
        """
        phone = (await self._keys.sealer(uow, LINE_TENANT)).open(sealed)
        found: tuple[datetime, TenantId, MessageView] | None = None
        for tenant_id in await store.list_senders(uow, at - _REPLY_SPAN):
            message = await self._latest(uow, tenant_id, phone, account_id, at)
            if message is not None and (found is None or message.planned_at > found[0]):
                found = (message.planned_at, tenant_id, message)
        if found is None:
            log.info("reply to no video message", uplink_id=uplink_id)
            return False
        _, tenant_id, message = found
        number = (await self._keys.sealer(uow, tenant_id)).seal(phone)
        if not await store.insert_reply(uow, uplink_id, tenant_id, message.task_id, number, text, at):
            return True
        await self._audience.take_uplink(uow, tenant_id, number, text)
        await self._jobs.defer(
            uow,
            "callbacks.video_reply",
            {
                "reply_id": uplink_id,
                "tenant_id": tenant_id,
                "task_id": message.task_id,
                "number": base64.b64encode(number).decode(),
                "text": text,
                "at": at.isoformat(),
            },
        )
        return True

    async def _latest(
        self, uow: Uow, tenant_id: TenantId, phone: Phone, account_id: AccountId, at: datetime
    ) -> MessageView | None:
        where = MessageFilter(phone=phone, kind=MessageKind.VIDEO, planned_from=at - _REPLY_SPAN)
        page = await self._delivery.list_messages(uow, tenant_id, where, offset=0, limit=_NEWEST)
        if page.total > _NEWEST:
            # In planning order: the newest are at the end.
            last = page.total - _NEWEST
            page = await self._delivery.list_messages(uow, tenant_id, where, offset=last, limit=_NEWEST)
        sent = [message for message in page.items if message.account_id == account_id]
        return max(sent, key=lambda message: message.planned_at, default=None)


def _progress(task: VideoTask, counts: Mapping[MessageState, int]) -> VideoProgress:
    unsent = count_unsent(counts, task.total + task.resent, is_cancelled=task.is_cancelled)
    return VideoProgress(
        task,
        planned=sum(counts.values()),
        delivered=counts[MessageState.DELIVERED],
        failed=count_failed(counts, task.resent, unsent),
        timed_out=sum(counts[state] for state in TIMED_OUT),
        unsent=unsent,
    )
