"""The plan: recipients become messages, one transaction per chunk with its links and its checkpoint.

Safe to repeat: (task, chunk) is the key of the link range and of the ledger's chunk. Source: ARCHITECTURE.md §3, step
3.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.errors import HongyanError
from hongyan.kernel.ids import FileId, SmsTemplateId, TaskId, TenantId
from hongyan.rooms.audience.contracts import RecipientBlock
from hongyan.rooms.campaigns import rules
from hongyan.rooms.campaigns.contracts import (
    CHUNK_RECIPIENTS,
    CHUNKS_PER_BLOCK,
    Content,
    Fallback,
    RecipientFlag,
    Task,
    TaskState,
)
from hongyan.rooms.campaigns.service.columns import ColumnMap, map_columns
from hongyan.rooms.campaigns.service.desk import Rooms
from hongyan.rooms.campaigns.store import tasks as store
from hongyan.rooms.carriers.contracts import Route
from hongyan.rooms.carriers.service import CarriersService
from hongyan.rooms.delivery.contracts import (
    MessageClass,
    MessageKind,
    MessageState,
    PlannedChunk,
    PlannedMessage,
    SendingWindow,
)
from hongyan.rooms.enterprises.contracts import Scene
from hongyan.rooms.identity.contracts import Tenant
from hongyan.rooms.rendering.service import CompiledTemplate
from hongyan.rooms.short_links.contracts import LinkPayload, LinkRange, RangeRequest

log = structlog.get_logger(__name__)

_RETRY_HELD = timedelta(minutes=1)
_LEFT_OUT = frozenset({RecipientFlag.WRONG_VALUE, RecipientFlag.OPTED_OUT})
_VIDEO_CHUNKS = 1_000_000
"""Added to the number of a chunk for its video messages: they are a chunk of their own in the ledger."""


@dataclass(slots=True)
class _Block:
    """The block the planner is in: four chunks are cut from it."""

    recipients: RecipientBlock
    flags: bytes


class Planner:
    """Job ``campaigns.plan``."""

    def __init__(self, *, db: Database, rooms: Rooms, carriers: CarriersService) -> None:
        """Open one transaction per chunk on ``db``."""
        self._db = db
        self._r = rooms
        self._carriers = carriers

    async def plan(self, tenant_id: TenantId, task_id: TaskId) -> None:
        """Plan chunk after chunk until the task is planned, paused, held, cancelled or refused."""
        block_no, block = -1, None
        async with self._db.begin() as uow:
            task = await store.get_task(uow, tenant_id, task_id)
            file_id = task.number_file_id
            if file_id is None or task.chunks is None:
                return
            file = await self._r.audience.get_file(uow, tenant_id, file_id)
        columns = map_columns(task.content, file.columns)
        template = CompiledTemplate(
            task.content.sms_text, link_index=task.content.link_index, signature=task.content.signature_name
        )
        while task.next_chunk < (task.chunks or 0):
            if task.next_chunk // CHUNKS_PER_BLOCK != block_no:
                block_no = task.next_chunk // CHUNKS_PER_BLOCK
                block = _Block(
                    await self._r.audience.read_block(file_id, block_no),
                    await self._r.audience.read_flags(FileId(task.id), block_no),
                )
            async with self._db.begin() as uow:
                current = await store.get_task(uow, tenant_id, task_id, lock=True)
                tenant = await self._may_plan(uow, current)
                if tenant is None or block is None:
                    return
                if current.next_chunk != task.next_chunk:
                    task = current
                    continue
                await self._plan_chunk(uow, current, tenant, block, columns, template)
                task = replace(current, next_chunk=current.next_chunk + 1)
                await store.update_task(uow, tenant_id, task_id, next_chunk=task.next_chunk)

    async def _may_plan(self, uow: Uow, task: Task) -> Tenant | None:
        """Ask the gate for the next chunk; a task that may not go is held or refused, with its reason."""
        if task.state not in {TaskState.SCHEDULED, TaskState.RUNNING, TaskState.HELD}:
            return None
        now = self._r.clock.now()
        try:
            tenant = await self._r.admission.readmit(uow, task.tenant_id, task.content)
        except HongyanError as error:
            if task.next_chunk == 0:
                await self._end(uow, task, error.text("zh-CN"), now)
            else:
                await self._hold(uow, task, error.text("zh-CN"), now + _RETRY_HELD)
            return None
        until = rules.held_until(now, is_promotion=task.content.is_promotion, zone=ZoneInfo(tenant.zone))
        if until is not None:
            await self._hold(uow, task, "window", until)
            return None
        if task.state is not TaskState.RUNNING:
            started_at = task.started_at or now
            await store.update_task(
                uow, task.tenant_id, task.id, state=TaskState.RUNNING, reason=None, started_at=started_at
            )
        return tenant

    async def _end(self, uow: Uow, task: Task, reason: str, now: datetime) -> None:
        log.info("send task refused when due", task_id=task.id, reason=reason)
        await store.update_task(uow, task.tenant_id, task.id, state=TaskState.REFUSED, reason=reason, finished_at=now)

    async def _hold(self, uow: Uow, task: Task, reason: str, until: datetime) -> None:
        await store.update_task(uow, task.tenant_id, task.id, state=TaskState.HELD, reason=reason)
        await self._r.jobs.defer(uow, "campaigns.plan", {"tenant_id": task.tenant_id, "task_id": task.id}, at=until)

    async def _plan_chunk(
        self, uow: Uow, task: Task, tenant: Tenant, block: _Block, columns: ColumnMap, template: CompiledTemplate
    ) -> None:
        now = self._r.clock.now()
        first = (task.next_chunk % CHUNKS_PER_BLOCK) * CHUNK_RECIPIENTS
        last = min(first + CHUNK_RECIPIENTS, len(block.recipients.phones))
        if first >= last:
            return  # those who would be here opted out
        links = await self._links(uow, task, block, columns, first, last, now)
        codes = iter(await self._r.links.codes(uow, links)) if links is not None else iter(())
        messages = list(_messages(task, block, columns, template, first, last, codes))
        phones = [message.phone for message in messages if message.ended is None]
        route = await self._carriers.router(uow, task.tenant_id, task.content.signature_id, phones) or no_route
        await self._r.delivery.plan_chunk(uow, chunk_of(task, tenant, task.next_chunk, messages, now), route)
        videos = list(_videos(task, block, first, last))
        if videos:
            chunk = chunk_of(task, tenant, _VIDEO_CHUNKS + task.next_chunk, videos, now)
            media_route = await self._carriers.media_router(uow, task.tenant_id, [video.phone for video in videos])
            await self._r.delivery.plan_chunk(uow, _as_video(chunk, task.content), media_route)

    async def _links(
        self, uow: Uow, task: Task, block: _Block, columns: ColumnMap, first: int, last: int, now: datetime
    ) -> LinkRange | None:
        """Allocate the chunk's personal links, with payloads only where the card has parameters."""
        linked = [i for i in range(first, last) if _has_link(block.flags[i], task.fallback)]
        if not linked:
            return None
        payloads: dict[int, LinkPayload] = {}
        if columns.card:
            values = block.recipients.columns
            payloads = {
                offset: LinkPayload(params={name: values[position][i] for name, position in columns.card})
                for offset, i in enumerate(linked)
            }
        return await self._r.links.allocate_range(
            uow, task.tenant_id, range_request(task, len(linked), task.next_chunk, payloads, now)
        )


def no_route(phone: str) -> Route | None:
    """Route of a signature without channel number: none."""
    del phone
    return None


def range_request(
    task: Task, count: int, chunk_no: int, payloads: dict[int, LinkPayload], now: datetime
) -> RangeRequest:
    """Return the wish for a chunk's links.

    Personal, one resolve, valid from now (the chunk is released with its commit).
    """
    return RangeRequest(
        count=count,
        valid_for=timedelta(days=task.validity_days),
        signatures=(task.content.signature_name,),
        card_template_id=task.content.card_template_id,
        domain=task.domain,
        task_id=task.id,
        chunk_no=chunk_no,
        jump_url=task.jump_url,
        released_at=now,
        payloads=payloads,
    )


def chunk_of(task: Task, tenant: Tenant, chunk_no: int, messages: list[PlannedMessage], now: datetime) -> PlannedChunk:
    """Return the ledger's chunk: class, hours and expiry come from the frozen content."""
    content: Content = task.content
    window = None
    if content.is_promotion:
        window = SendingWindow(rules.PROMOTION_FROM, rules.PROMOTION_UNTIL, tenant.zone)
    return PlannedChunk(
        tenant_id=task.tenant_id,
        task_id=task.id,
        chunk_no=chunk_no,
        klass=MessageClass.PROMOTION if content.is_promotion else MessageClass.NOTICE,
        app_id=content.app_id,
        signature_id=content.signature_id,
        template_id=content.sms_template_id,
        card_template_id=content.card_template_id,
        expires_at=now + timedelta(days=task.validity_days),
        messages=messages,
        window=window,
        filing_scene=Scene.SMART_SEND.value,
    )


def _as_video(chunk: PlannedChunk, content: Content) -> PlannedChunk:
    """Return a chunk as one of video messages, with the gates of its template and filing."""
    return replace(
        chunk,
        kind=MessageKind.VIDEO,
        template_id=SmsTemplateId(content.basic_template_id or ""),
        filing_scene=Scene.BASIC.value,
    )


def _videos(task: Task, block: _Block, first: int, last: int) -> Iterator[PlannedMessage]:
    """Yield the video messages of a chunk: for numbers that cannot show the card, where a template was chosen."""
    if not task.content.basic_text:
        return
    for i in range(first, last):
        if block.flags[i] == RecipientFlag.INCAPABLE:
            no, phone = block.recipients.first_no + i, block.recipients.phones[i]
            yield PlannedMessage(no, phone, task.content.basic_text, parts=1)


def _has_link(flag: int, fallback: Fallback) -> bool:
    return flag == RecipientFlag.CAPABLE or (flag == RecipientFlag.INCAPABLE and fallback is Fallback.SMS)


def _messages(
    task: Task,
    block: _Block,
    columns: ColumnMap,
    template: CompiledTemplate,
    first: int,
    last: int,
    codes: Iterator[str],
) -> Iterator[PlannedMessage]:
    """Render the recipients of a chunk. Those that get nothing are written too: every recipient has a row."""
    recipients = block.recipients
    prefix = task.domain + "/"
    for i in range(first, last):
        flag = block.flags[i]
        if flag in _LEFT_OUT:
            continue
        recipient_no = recipients.first_no + i
        phone = recipients.phones[i]
        if flag == RecipientFlag.INCAPABLE and task.content.basic_text:
            continue
        if flag == RecipientFlag.INCAPABLE and task.fallback is Fallback.NONE:
            yield PlannedMessage(recipient_no, phone, "", 0, ended=MessageState.SKIPPED, reason="incapable")
            continue
        values = [recipients.columns[position][i] for position in columns.sms]
        code = next(codes) if _has_link(flag, task.fallback) else None
        text, parts = template.render(values, prefix + code if code else None)
        yield PlannedMessage(recipient_no, phone, text, parts, link_code=code)
