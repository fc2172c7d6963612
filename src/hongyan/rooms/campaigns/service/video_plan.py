"""Video send tasks of more numbers than a call may name: accepted at once, planned out of the file chunk by chunk.

Safe to repeat: (task, chunk) is the key of the ledger, and a chunk's number follows from its recipients'. These are
numbered through, whatever the blocks of the file hold. Not for: what the ledger is told and how a task goes on
(``video``).
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.errors import HongyanError, NotFound
from hongyan.kernel.ids import FileId, TaskId, TenantId
from hongyan.kernel.jobs.queue import JsonValue
from hongyan.kernel.phones import Phone
from hongyan.rooms.audience.contracts import NumberFile, RecipientBlock
from hongyan.rooms.campaigns.contracts import CHUNK_RECIPIENTS, NewVideoTask, VideoTask, VideoTaskState
from hongyan.rooms.campaigns.service.video import (
    AGAIN,
    AGAIN_CHUNKS,
    AGAIN_NUMBERS,
    FIRST,
    MAX_NUMBERS,
    SECOND,
    VideoRooms,
    VideoTasks,
    split_no,
)
from hongyan.rooms.campaigns.service.video_files import check_file, places_of
from hongyan.rooms.campaigns.store import video as store
from hongyan.rooms.delivery.contracts import MessageFilter, MessageState, MessageView, PlannedMessage
from hongyan.rooms.identity.contracts import Actor
from hongyan.rooms.video_sms.contracts import VideoTemplate

log = structlog.get_logger(__name__)

WRONG_VALUE = "wrong_value"
"""Why a number of a large file gets nothing: its row has values that break a rule."""


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Recipients of a file that one transaction plans, the first of them with the number ``first_no``."""

    file: NumberFile
    first_no: int
    rows: Sequence[tuple[Phone, tuple[str, ...]]]
    """Numbers with what stands beside them."""


def is_large(file: NumberFile) -> bool:
    """Tell whether a file's numbers are too many for one transaction."""
    return file.counts.imported > MAX_NUMBERS


class VideoPlanner:
    """Jobs ``campaigns.plan_video`` and ``campaigns.plan_video_again``, and how a large task begins."""

    def __init__(self, *, rooms: VideoRooms, tasks: VideoTasks) -> None:
        """Tell the ledger through ``tasks``."""
        self._r = rooms
        self._tasks = tasks

    async def create(
        self, uow: Uow, actor: Actor, new: NewVideoTask, file: NumberFile, shared: Sequence[str] | None
    ) -> VideoTask:
        """Accept a task for a file's numbers, with ``shared`` values or those of each row; a job plans it.

        A row whose values break a rule gets nothing, which its message says.

        Raises:
            HongyanError: names the field and says what is wrong.
        """
        check_file(file)
        template = await self._tasks.admit(uow, actor, new)
        if shared is None:
            places_of(file, template.params)
        else:
            self._text(template, shared)
        task = await self._tasks.accept(uow, actor, new, template, total=file.counts.imported)
        args: dict[str, JsonValue] = {
            "tenant_id": task.tenant_id,
            "task_id": task.id,
            "file_id": file.file_id,
            "shared": None if shared is None else list(shared),
        }
        await self._r.jobs.defer(uow, "campaigns.plan_video", args, lock=f"campaigns.plan_video:{task.id}")
        return task

    async def plan(
        self, db: Database, tenant_id: TenantId, task_id: TaskId, file_id: FileId, shared: Sequence[str] | None
    ) -> None:
        """Plan every chunk of the file, one transaction for each; a task that was stopped is left as it is."""
        async for chunk in self._chunks(db, tenant_id, task_id, file_id):
            async with db.begin() as uow:
                task = await self._under_way(uow, tenant_id, task_id, FIRST)
                if task is None:
                    return
                template = await self._r.templates.get_template(uow, tenant_id, task.tpl_id)
                messages = list(self._messages(template, chunk, shared))
                chunk_no = chunk.first_no // CHUNK_RECIPIENTS
                await self._tasks.plan_messages(uow, task, chunk_no, messages, template.valid_until)
        await self._end(db, tenant_id, task_id)

    async def plan_again(self, db: Database, tenant_id: TenantId, task_id: TaskId, send_at: datetime) -> None:
        """Plan what certainly failed once more, in the order of the numbers."""
        async with db.begin() as reading:
            async for failed in self._failed(reading, tenant_id, task_id):
                async with db.begin() as uow:
                    task = await self._under_way(uow, tenant_id, task_id, SECOND)
                    if task is None:
                        return
                    template = await self._r.templates.get_template(uow, tenant_id, task.tpl_id)
                    messages = [
                        PlannedMessage(AGAIN_NUMBERS + one.recipient_no, one.phone, one.text, parts=1) for one in failed
                    ]
                    chunk_no = AGAIN_CHUNKS + failed[0].recipient_no // CHUNK_RECIPIENTS
                    again = replace(task, send_at=send_at)
                    await self._tasks.plan_messages(uow, again, chunk_no, messages, template.valid_until)
        await self._end(db, tenant_id, task_id)

    # --- inside -------------------------------------------------------------------------------------------------------

    async def _under_way(
        self, uow: Uow, tenant_id: TenantId, task_id: TaskId, states: frozenset[VideoTaskState]
    ) -> VideoTask | None:
        """Return the task, locked, while there is something to plan; of one that was stopped there is nothing."""
        task = await store.get_task(uow, tenant_id, task_id, lock=True)
        planned = sum((await self._r.delivery.task_counts(uow, tenant_id, task_id)).values())
        is_wanted = task.state in states and not task.is_cancelled
        return task if is_wanted and planned < task.total + task.resent else None

    async def _blocks(
        self, db: Database, tenant_id: TenantId, task_id: TaskId, file_id: FileId
    ) -> AsyncIterator[tuple[NumberFile, RecipientBlock]]:
        """Yield the file with each of its blocks, up to the first that is gone: nobody can bring it back."""
        try:
            async with db.begin() as uow:
                file = await self._r.audience.get_file(uow, tenant_id, file_id)
            async for block in self._r.audience.iter_blocks(file):
                yield file, block
        except NotFound as error:
            log.warning("numbers of a video task are gone", task_id=task_id, reason=str(error))

    async def _chunks(
        self, db: Database, tenant_id: TenantId, task_id: TaskId, file_id: FileId
    ) -> AsyncIterator[_Chunk]:
        """Yield the file's recipients, numbered through: blocks may hold fewer than they could, chunks are full."""
        first_no, rows = 0, list[tuple[Phone, tuple[str, ...]]]()
        file: NumberFile | None = None
        async for file, block in self._blocks(db, tenant_id, task_id, file_id):
            rows += [(phone, block.params(at)) for at, phone in enumerate(block.phones)]
            while len(rows) >= CHUNK_RECIPIENTS:
                yield _Chunk(file, first_no, rows[:CHUNK_RECIPIENTS])
                first_no, rows = first_no + CHUNK_RECIPIENTS, rows[CHUNK_RECIPIENTS:]
        if file is not None and rows:
            yield _Chunk(file, first_no, rows)

    async def _end(self, db: Database, tenant_id: TenantId, task_id: TaskId) -> None:
        """Let a task be of what was planned, and end it if that has ended meanwhile."""
        async with db.begin() as uow:
            await self._tasks.cut_short(uow, await store.get_task(uow, tenant_id, task_id, lock=True))
        async with db.begin() as uow:
            await self._tasks.settle(uow, tenant_id, task_id)

    async def _failed(self, uow: Uow, tenant_id: TenantId, task_id: TaskId) -> AsyncIterator[list[MessageView]]:
        """Yield the failed first attempts by the chunk they were in, so that a repetition yields the same chunks."""
        some: list[MessageView] = []
        async for one in self._r.delivery.iter_messages(uow, tenant_id, MessageFilter(task_id=task_id, states=AGAIN)):
            _, is_again = split_no(one.recipient_no)
            if is_again:
                continue
            if some and some[0].recipient_no // CHUNK_RECIPIENTS != one.recipient_no // CHUNK_RECIPIENTS:
                yield some
                some = []
            some.append(one)
        if some:
            yield some

    def _text(self, template: VideoTemplate, values: Sequence[str]) -> str:
        pairs = list(zip(template.params, values, strict=False))
        bound = self._r.templates.bind_values(template, pairs, "dync_params")
        return self._r.templates.message_text(template, bound)

    def _messages(
        self, template: VideoTemplate, chunk: _Chunk, shared: Sequence[str] | None
    ) -> Iterator[PlannedMessage]:
        """Yield a chunk's messages; every recipient has one, also who gets nothing."""
        places = places_of(chunk.file, template.params) if shared is None else []
        text = "" if shared is None else self._text(template, shared)
        for no, (phone, values) in enumerate(chunk.rows, chunk.first_no):
            if shared is None:
                try:
                    text = self._text(template, [values[place] for place in places])
                except HongyanError:
                    yield PlannedMessage(no, phone, "", 0, ended=MessageState.SKIPPED, reason=WRONG_VALUE)
                    continue
            yield PlannedMessage(no, phone, text, parts=1)
