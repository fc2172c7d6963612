"""All SQL of video send tasks and their replies, tenant first."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, func, insert, select, union, update
from sqlalchemy.dialects.postgresql import insert as upsert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TaskId, TenantId, VideoTemplateId
from hongyan.kernel.paging import Page
from hongyan.rooms.campaigns.contracts import Fallback, VideoTask, VideoTaskFilter, VideoTaskState
from hongyan.rooms.campaigns.errors import VideoTaskNotFound
from hongyan.rooms.campaigns.tables import tasks, video_replies, video_tasks

_T = video_tasks.c
_R = video_replies.c
_RUNNING = ("submit_success", "processing", "re_submit_success", "re_processing")
_SCHEDULED = ("scheduled",)
_LIVE = (*_SCHEDULED, *_RUNNING)


async def insert_task(uow: Uow, task: VideoTask) -> None:
    """Write a new task."""
    values = {
        "tenant_id": task.tenant_id,
        "task_id": task.id,
        "name": task.name,
        "state": task.state.value,
        "tpl_id": task.tpl_id,
        "tpl_name": task.tpl_name,
        "hours": task.hours,
        "exdata": task.exdata,
        "total": task.total,
        "resent": task.resent,
        "sent_before": task.sent_before,
        "is_cancelled": task.is_cancelled,
        "created_by": task.created_by,
        "created_at": task.created_at,
        "send_at": task.send_at,
    }
    await uow.execute(insert(video_tasks).values(values))


async def find_task(uow: Uow, tenant_id: TenantId, task_id: TaskId, *, lock: bool = False) -> VideoTask | None:
    """Return one task, if it is one of video SMS; ``lock`` keeps others from changing it until the commit."""
    statement = select(*video_tasks.c).where(_T.tenant_id == tenant_id, _T.task_id == task_id)
    row = (await uow.execute(statement.with_for_update() if lock else statement)).one_or_none()
    return None if row is None else _task(row)


async def find_tasks(uow: Uow, tenant_id: TenantId, task_ids: Collection[TaskId]) -> list[VideoTask]:
    """Return those of the tasks that are of video SMS, in no order."""
    statement = select(*video_tasks.c).where(_T.tenant_id == tenant_id, _T.task_id.in_(task_ids))
    return [_task(row) for row in await uow.execute(statement)]


async def find_video(uow: Uow, task_ids: Collection[TaskId]) -> set[TaskId]:
    """Return those ids that are of video SMS."""  # cross-tenant: settling
    rows = await uow.execute(select(_T.task_id).where(_T.task_id.in_(task_ids)))
    return {TaskId(task_id) for task_id in rows.scalars()}


async def get_task(uow: Uow, tenant_id: TenantId, task_id: TaskId, *, lock: bool = False) -> VideoTask:
    """Return one task.

    Raises:
        VideoTaskNotFound: none of this tenant has the id.
    """
    task = await find_task(uow, tenant_id, task_id, lock=lock)
    if task is None:
        raise VideoTaskNotFound("task_id", what="video send task", id=task_id)
    return task


async def update_task(uow: Uow, tenant_id: TenantId, task_id: TaskId, **values: object) -> None:
    """Set columns of one task; enums are stored by value."""
    plain = {key: getattr(value, "value", value) for key, value in values.items()}
    await uow.execute(update(video_tasks).where(_T.tenant_id == tenant_id, _T.task_id == task_id).values(plain))


async def list_tasks(
    uow: Uow, tenant_id: TenantId, wanted: VideoTaskFilter, *, offset: int, limit: int
) -> Page[VideoTask]:
    """Return tasks, newest first unless another order is asked for."""
    where = _conditions(tenant_id, wanted)
    total = (await uow.execute(select(func.count()).select_from(video_tasks).where(where))).scalar_one()
    column = _T.name if wanted.sort.endswith("name") else _T.created_at
    order = (column.desc(), _T.task_id.desc()) if wanted.sort.startswith("-") else (column, _T.task_id)
    statement = select(*video_tasks.c).where(where).order_by(*order).offset(offset).limit(limit)
    return Page(tuple(_task(row) for row in (await uow.execute(statement)).all()), total, offset, limit)


class Mark(NamedTuple):
    """What tells a task from how it was."""

    task_id: TaskId
    state: str
    total: int
    resent: int
    is_cancelled: bool


async def list_moving(uow: Uow, tenant_id: TenantId, limit: int) -> list[Mark]:
    """Return a tenant's tasks that are under way: what runs before what waits for its time, each the newest first."""
    found: list[Mark] = []
    for states in (_RUNNING, _SCHEDULED):
        statement = _marks(tenant_id).where(_T.state.in_(states)).order_by(_T.created_at.desc(), _T.task_id)
        found += [_mark(row) for row in await uow.execute(statement.limit(limit - len(found)))]
    return found


async def list_marks(uow: Uow, tenant_id: TenantId, limit: int) -> list[Mark]:
    """Return a tenant's newest tasks, whatever their states."""
    statement = _marks(tenant_id).order_by(_T.created_at.desc(), _T.task_id.desc())
    return [_mark(row) for row in await uow.execute(statement.limit(limit))]


def _marks(tenant_id: TenantId) -> Select[Any]:
    columns = (_T.task_id, _T.state, _T.total, _T.resent, _T.is_cancelled)
    return select(*columns).where(_T.tenant_id == tenant_id)


def _mark(row: Row[Any]) -> Mark:
    return Mark(TaskId(row.task_id), row.state, row.total, row.resent, row.is_cancelled)


async def list_live(uow: Uow) -> list[tuple[TenantId, TaskId]]:
    """Return every task of every tenant that is under way."""  # cross-tenant: clockwork
    rows = (await uow.execute(select(_T.tenant_id, _T.task_id).where(_T.state.in_(_LIVE)))).all()
    return [(TenantId(row.tenant_id), TaskId(row.task_id)) for row in rows]


async def list_senders(uow: Uow, since: datetime) -> list[TenantId]:
    """Return the tenants that sent video messages since then."""  # cross-tenant: whose is a reply
    with_fallback = and_(tasks.c.fallback == Fallback.BASIC.value, tasks.c.created_at >= since)
    statement = union(select(_T.tenant_id).where(_T.send_at >= since), select(tasks.c.tenant_id).where(with_fallback))
    return [TenantId(row.tenant_id) for row in (await uow.execute(statement)).all()]


def _conditions(tenant_id: TenantId, wanted: VideoTaskFilter) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [_T.tenant_id == tenant_id]
    for column, exact in ((_T.task_id, wanted.task_id), (_T.tpl_id, wanted.tpl_id), (_T.state, wanted.state)):
        if exact:
            parts.append(column == getattr(exact, "value", exact))
    for column, words in ((_T.name, wanted.name), (_T.tpl_name, wanted.tpl_name), (_T.created_by, wanted.operator)):
        if words:
            parts.append(column.icontains(words, autoescape=True))
    for column, begin, end in (
        (_T.created_at, wanted.begin, wanted.end),
        (_T.send_at, wanted.send_begin, wanted.send_end),
    ):
        if begin:
            parts.append(column >= begin)
        if end:
            parts.append(column <= end)
    return and_(*parts)


def _task(row: Row[Any]) -> VideoTask:
    return VideoTask(
        id=TaskId(row.task_id),
        tenant_id=TenantId(row.tenant_id),
        name=row.name,
        state=VideoTaskState(row.state),
        tpl_id=VideoTemplateId(row.tpl_id),
        tpl_name=row.tpl_name,
        hours=row.hours,
        exdata=row.exdata,
        total=row.total,
        resent=row.resent,
        created_by=row.created_by,
        created_at=row.created_at,
        send_at=row.send_at,
        is_cancelled=row.is_cancelled,
        sent_before=row.sent_before,
    )


async def insert_reply(
    uow: Uow, reply_id: str, tenant_id: TenantId, task_id: TaskId, number: bytes, text: str, at: datetime
) -> bool:
    """Write a reply; false when it was there."""
    values = {"reply_id": reply_id, "tenant_id": tenant_id, "task_id": task_id}
    statement = upsert(video_replies).values(**values, number=number, text=text, at=at).on_conflict_do_nothing()
    return (await uow.execute(statement.returning(_R.reply_id))).first() is not None


async def list_replies(
    uow: Uow, tenant_id: TenantId, task_id: TaskId, *, offset: int, limit: int
) -> Page[tuple[str, bytes, str, datetime]]:
    """Return (id, sealed number, text, time) of a task's replies, newest first."""
    where = and_(_R.tenant_id == tenant_id, _R.task_id == task_id)
    total = (await uow.execute(select(func.count()).select_from(video_replies).where(where))).scalar_one()
    statement = select(_R.reply_id, _R.number, _R.text, _R.at).where(where).order_by(_R.at.desc(), _R.reply_id)
    rows = (await uow.execute(statement.offset(offset).limit(limit))).all()
    return Page(tuple((row.reply_id, row.number, row.text, row.at) for row in rows), total, offset, limit)
