"""号码解析: which of the parsed numbers can show the card, which rows have wrong values; block by block.

Not for: reading files (``audience``), asking vendors (``handsets``).
"""

from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.errors import HongyanError
from hongyan.kernel.ids import FileId, TaskId, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.kernel.phones import Phone
from hongyan.rooms.audience.contracts import FileState, NumberFile, RecipientBlock
from hongyan.rooms.audience.service import AudienceService
from hongyan.rooms.campaigns import rules
from hongyan.rooms.campaigns.contracts import (
    CHUNK_RECIPIENTS,
    CHUNKS_PER_BLOCK,
    Fallback,
    ParseCounts,
    RecipientFlag,
    Task,
    TaskState,
)
from hongyan.rooms.campaigns.errors import NothingToSend
from hongyan.rooms.campaigns.service.admission import variable_specs
from hongyan.rooms.campaigns.service.columns import ColumnMap, map_columns
from hongyan.rooms.campaigns.service.desk import CampaignDesk
from hongyan.rooms.campaigns.store import tasks as store
from hongyan.rooms.handsets.contracts import Capability, Vendor
from hongyan.rooms.handsets.service import HandsetsService
from hongyan.rooms.sms.contracts import ValueProblem
from hongyan.rooms.sms.service.door import SmsService

log = structlog.get_logger(__name__)

_WAIT = timedelta(seconds=1)


class NumberCheck:
    """The job between a parsed file and a task that is ready."""

    def __init__(
        self,
        *,
        db: Database,
        clock: Clock,
        jobs: Jobs,
        audience: AudienceService,
        handsets: HandsetsService,
        sms: SmsService,
        desk: CampaignDesk,
    ) -> None:
        """Open own short transactions on ``db``: capability questions must not hold one."""
        self._db = db
        self._clock = clock
        self._jobs = jobs
        self._audience = audience
        self._handsets = handsets
        self._sms = sms
        self._desk = desk

    async def prepare(self, tenant_id: TenantId, task_id: TaskId) -> None:
        """Bring a task from ``parsing`` to ``ready``; repeatable: it goes on at the last finished block."""
        async with self._db.begin() as uow:
            task = await store.get_task(uow, tenant_id, task_id)
            if task.state is not TaskState.PARSING or task.number_file_id is None:
                return
            file = await self._audience.get_file(uow, tenant_id, task.number_file_id)
            next_block = await store.get_next_block(uow, tenant_id, task_id)
            if file.state in {FileState.UPLOADED, FileState.PARSING}:
                args = {"tenant_id": tenant_id, "task_id": task_id}
                await self._jobs.defer(
                    uow,
                    "campaigns.prepare",
                    args,
                    at=self._clock.now() + _WAIT,
                    once_key=f"campaigns.prepare:{task_id}",
                )
                return
        try:
            if file.state is FileState.FAILED:
                await self._refuse(task, file.failure_zh or file.failure_code or "file")
                return
            columns = map_columns(task.content, file.columns)
        except HongyanError as error:
            await self._refuse(task, error.text("zh-CN"))
            return
        await self._check_blocks(task, file, columns, next_block)
        await self._finish(task, file, await self._count_chunks(file))

    async def _check_blocks(self, task: Task, file: NumberFile, columns: ColumnMap, next_block: int) -> None:
        counts = task.counts if next_block else ParseCounts()
        check = self._sms.compile_check(variable_specs(task.content))
        vendors = frozenset(Vendor(name) for name in task.content.card_vendors)
        async with self._db.begin() as uow:
            # Whoever wants nothing of the company at all is not in the file's blocks.
            out = await self._audience.list_opted_out(uow, task.tenant_id, task.content.signature_id)
        for block_no in range(next_block, file.blocks):
            block = await self._audience.read_block(file.file_id, block_no)
            answer = await self._handsets.check_capability(self._db, task.tenant_id, block.phones, vendors)
            flags = bytearray(
                RecipientFlag.CAPABLE if flag == Capability.YES else RecipientFlag.INCAPABLE for flag in answer.flags
            )
            mark_wrong_values(flags, block, columns, check)
            mark_opted_out(flags, block, out)
            await self._audience.write_flags(_flags_key(task), block_no, bytes(flags))
            counts = replace(
                counts,
                invalid=counts.invalid + flags.count(RecipientFlag.WRONG_VALUE),
                opted_out=counts.opted_out + flags.count(RecipientFlag.OPTED_OUT),
                capable=counts.capable + flags.count(RecipientFlag.CAPABLE),
                incapable=counts.incapable + flags.count(RecipientFlag.INCAPABLE),
            )
            async with self._db.begin() as uow:
                state = (await store.get_task(uow, task.tenant_id, task.id, lock=True)).state
                if state is not TaskState.PARSING:
                    return
                if await store.get_next_block(uow, task.tenant_id, task.id) != block_no:
                    return  # another worker is ahead: this one was taken for dead
                await store.update_counts(uow, task.tenant_id, task.id, counts, block_no + 1)

    async def _count_chunks(self, file: NumberFile) -> int:
        """Return how many chunks the plan has: all of every block's but the last's, whoever opted out of them."""
        if not file.blocks:
            return 0
        last = await self._audience.read_block(file.file_id, file.blocks - 1)
        return (file.blocks - 1) * CHUNKS_PER_BLOCK - (-len(last.phones) // CHUNK_RECIPIENTS)

    async def _finish(self, task: Task, file: NumberFile, chunks: int) -> None:
        async with self._db.begin() as uow:
            current = await store.get_task(uow, task.tenant_id, task.id, lock=True)
            if current.state is not TaskState.PARSING:
                return
            if await store.get_next_block(uow, task.tenant_id, task.id) != file.blocks:
                return
            counts = replace(
                current.counts,
                rows=file.counts.rows,
                imported=current.counts.capable + current.counts.incapable,
                invalid=current.counts.invalid + file.counts.invalid,
                duplicates=file.counts.duplicates,
                opted_out=current.counts.opted_out + file.counts.opted_out,
                submitted=rules.submitted_count(current.counts.capable, current.counts.incapable, current.fallback),
            )
            await store.update_counts(uow, task.tenant_id, task.id, counts, file.blocks)
            ready = replace(current, counts=counts, chunks=chunks, state=TaskState.READY)
            if not counts.submitted:
                await self._refuse_in(uow, ready, _nothing(counts, current.fallback))
                return
            await store.update_task(uow, task.tenant_id, task.id, state=TaskState.READY, chunks=chunks)
            if current.start_when_ready:
                await self._desk.release(uow, ready)

    async def _refuse(self, task: Task, reason: str) -> None:
        async with self._db.begin() as uow:
            await self._refuse_in(uow, task, reason)

    async def _refuse_in(self, uow: Uow, task: Task, reason: str) -> None:
        log.info("send task refused", task_id=task.id, reason=reason)
        await store.update_task(
            uow, task.tenant_id, task.id, state=TaskState.REFUSED, reason=reason, finished_at=self._clock.now()
        )


def _flags_key(task: Task) -> FileId:
    """Flags belong to the task: another task may read the same file for another card."""
    return FileId(task.id)


def mark_wrong_values(
    flags: bytearray, block: RecipientBlock, columns: ColumnMap, check: Callable[[Sequence[str]], ValueProblem | None]
) -> None:
    """Mark the recipients of a block whose values break a variable's rule."""
    if not columns.sms:
        return
    values = zip(*(block.columns[position] for position in columns.sms), strict=True)
    for index, row in enumerate(values):
        if check(row) is not None:
            flags[index] = RecipientFlag.WRONG_VALUE


def mark_opted_out(flags: bytearray, block: RecipientBlock, out: Container[Phone]) -> None:
    """Mark the recipients of a block who want nothing of the signature."""
    for index, phone in enumerate(block.phones):
        if phone in out:
            flags[index] = RecipientFlag.OPTED_OUT


def _nothing(counts: ParseCounts, fallback: Fallback) -> str:
    """Say why not one message is left."""
    if counts.incapable and fallback is Fallback.NONE:
        return f"{counts.incapable} 个号码均不支持智能信息解析，且未选择降级方式"
    error = NothingToSend(invalid=counts.invalid, duplicates=counts.duplicates, opted_out=counts.opted_out)
    return error.text("zh-CN")
