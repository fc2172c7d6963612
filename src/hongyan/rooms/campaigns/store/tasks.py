"""All SQL of the room, tenant first. Not for: messages and their states (``delivery``)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, and_, func, insert, select, true, update
from sqlalchemy.engine import Row

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import FileId, SignatureId, TaskId, TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.campaigns.contracts import Content, Fallback, ParseCounts, Task, TaskFilter, TaskState
from hongyan.rooms.campaigns.errors import TaskNotFound
from hongyan.rooms.campaigns.tables import tasks

_T = tasks.c
COUNTED_ROWS: Final = 10_001
"""Totals beyond the API's window are not counted to the end."""
_COUNTS = ("rows", "imported", "invalid", "duplicates", "opted_out", "capable", "incapable", "submitted")
_SHOWN = list(tasks.c)
_SORTS = {"name": _T.name, "created_at": _T.created_at, "started_at": _T.started_at}


def _task(row: Row[Any]) -> Task:
    return Task(
        id=TaskId(row.task_id),
        tenant_id=TenantId(row.tenant_id),
        name=row.name,
        state=TaskState(row.state),
        reason=row.reason,
        source=row.source,
        content=msgspec.convert(row.content, Content),
        fallback=Fallback(row.fallback),
        validity_days=row.validity_days,
        jump_url=row.jump_url,
        domain=row.domain,
        is_trial=row.is_trial,
        number_file_id=FileId(row.number_file_id) if row.number_file_id else None,
        send_at=row.send_at,
        start_when_ready=row.start_when_ready,
        counts=ParseCounts(**{name: getattr(row, name) for name in _COUNTS}),
        next_chunk=row.next_chunk,
        chunks=row.chunks,
        created_by=row.created_by,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        extend=row.extend,
    )


async def insert_task(uow: Uow, task: Task) -> None:
    """Write a new task."""
    await insert_tasks(uow, [task])


async def insert_tasks(uow: Uow, new: Sequence[Task]) -> None:
    """Write new tasks."""
    await uow.execute(insert(tasks), [_values(task) for task in new])


def _values(task: Task) -> dict[str, Any]:
    return {
        "tenant_id": task.tenant_id,
        "task_id": task.id,
        "name": task.name,
        "state": task.state.value,
        "reason": task.reason,
        "source": task.source,
        "content": msgspec.to_builtins(task.content),
        "card_template_id": task.content.card_template_id,
        "card_template_name": task.content.card_template_name,
        "sms_template_id": task.content.sms_template_id,
        "signature_name": task.content.signature_name,
        "fallback": task.fallback.value,
        "validity_days": task.validity_days,
        "jump_url": task.jump_url,
        "domain": task.domain,
        "is_trial": task.is_trial,
        "number_file_id": task.number_file_id,
        "send_at": task.send_at,
        "start_when_ready": task.start_when_ready,
        "next_chunk": task.next_chunk,
        "chunks": task.chunks,
        "created_by": task.created_by,
        "created_at": task.created_at,
        "started_at": task.started_at,
        "finished_at": task.finished_at,
        "extend": task.extend,
        **{name: getattr(task.counts, name) for name in _COUNTS},
    }


async def get_task(uow: Uow, tenant_id: TenantId, task_id: TaskId, *, lock: bool = False) -> Task:
    """Return one task; ``lock`` keeps others from changing it until the commit.

    Raises:
        TaskNotFound: none of this tenant has the id.
    """
    statement = select(*_SHOWN).where(_T.tenant_id == tenant_id, _T.task_id == task_id)
    row = (await uow.execute(statement.with_for_update() if lock else statement)).one_or_none()
    if row is None:
        raise TaskNotFound("task_id", id=task_id)
    return _task(row)


async def lock_tasks(uow: Uow, tenant_id: TenantId, task_ids: Collection[TaskId]) -> list[Task]:
    """Return several tasks, those that are there, and keep others from changing them until the commit."""
    statement = select(*_SHOWN).where(_T.tenant_id == tenant_id, _T.task_id.in_(task_ids)).order_by(_T.task_id)
    return [_task(row) for row in await uow.execute(statement.with_for_update())]


async def end_tasks(
    uow: Uow, tenant_id: TenantId, task_ids: Collection[TaskId], state: TaskState, finished_at: datetime | None
) -> None:
    """Move several tasks to the end of their life."""
    statement = update(tasks).where(_T.tenant_id == tenant_id, _T.task_id.in_(task_ids))
    await uow.execute(statement.values(state=state.value, reason=None, finished_at=finished_at))


async def update_task(uow: Uow, tenant_id: TenantId, task_id: TaskId, **values: object) -> None:
    """Set columns of one task; enums are stored by value."""
    plain = {key: getattr(value, "value", value) for key, value in values.items()}
    await uow.execute(update(tasks).where(_T.tenant_id == tenant_id, _T.task_id == task_id).values(plain))


async def update_counts(uow: Uow, tenant_id: TenantId, task_id: TaskId, counts: ParseCounts, next_block: int) -> None:
    """Store the counts so far together with the checkpoint they belong to."""
    values = {name: getattr(counts, name) for name in _COUNTS}
    await update_task(uow, tenant_id, task_id, next_block=next_block, **values)


async def get_next_block(uow: Uow, tenant_id: TenantId, task_id: TaskId) -> int:
    """Return the block at which the capability check goes on."""
    statement = select(_T.next_block).where(_T.tenant_id == tenant_id, _T.task_id == task_id)
    return int((await uow.execute(statement)).scalar_one())


def _conditions(tenant_id: TenantId, wanted: TaskFilter) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [_T.tenant_id == tenant_id]
    if wanted.task_id:
        parts.append(_T.task_id == wanted.task_id)
    if wanted.name:
        parts.append(_T.name.icontains(wanted.name, autoescape=True))
    if wanted.card_template_id:
        parts.append(_T.card_template_id == wanted.card_template_id)
    if wanted.card_template_name:
        parts.append(_T.card_template_name.icontains(wanted.card_template_name, autoescape=True))
    if wanted.states:
        parts.append(_T.state.in_([state.value for state in wanted.states]))
    if wanted.begin:
        parts.append(_T.created_at >= wanted.begin)
    if wanted.end:
        parts.append(_T.created_at <= wanted.end)
    if wanted.source:
        parts.append(_T.source == wanted.source)
    return and_(*parts)


async def list_tasks(uow: Uow, tenant_id: TenantId, wanted: TaskFilter, *, offset: int, limit: int) -> Page[Task]:
    """Return tasks, newest first unless another order is asked for; the total is exact up to 10,000."""
    where = _conditions(tenant_id, wanted)
    column = _SORTS[wanted.sort.removeprefix("-")]
    # Both keys one way, so that an index is read backwards or forwards: nothing is sorted.
    order = (column.desc(), _T.task_id.desc()) if wanted.sort.startswith("-") else (column, _T.task_id)
    shown = select(*_SHOWN).order_by(*order)
    if wanted.name or wanted.card_template_name:
        # Names are looked through once, in the index alone, for the count and the page together.
        rows = (await uow.execute(select(_T.task_id).where(where).order_by(*order).limit(COUNTED_ROWS))).all()
        total, found = len(rows), [row.task_id for row in rows[offset : offset + limit]]
        shown = shown.where(_T.tenant_id == tenant_id, _T.task_id.in_(found))
    else:
        counted = select(true()).select_from(tasks).where(where).limit(COUNTED_ROWS).subquery()
        total = int((await uow.execute(select(func.count()).select_from(counted))).scalar_one())
        shown = shown.where(where).offset(offset).limit(limit)
    page = (await uow.execute(shown)).all() if offset < total else []
    return Page(tuple(_task(row) for row in page), total, offset, limit)


async def find_tasks(uow: Uow, tenant_id: TenantId, task_ids: tuple[TaskId, ...]) -> list[Task]:
    """Return those of the tasks that exist, in no order."""
    statement = select(*_SHOWN).where(_T.tenant_id == tenant_id, _T.task_id.in_(task_ids))
    return [_task(row) for row in (await uow.execute(statement)).all()]


async def find_signature_id(uow: Uow, tenant_id: TenantId, signature_name: str) -> SignatureId | None:
    """Return the signature of that name with which the tenant has sent last."""
    statement = (
        select(_T.content["signature_id"].astext)
        .where(_T.tenant_id == tenant_id, _T.signature_name == signature_name)
        .order_by(_T.created_at.desc())
        .limit(1)
    )
    found = (await uow.execute(statement)).scalar_one_or_none()
    return None if found is None else SignatureId(found)


async def list_live(uow: Uow) -> list[tuple[TenantId, TaskId, TaskState]]:
    """Return every task of every tenant that is under way."""  # cross-tenant: clockwork
    states = ("parsing", "scheduled", "held", "running", "paused", "finishing")
    rows = (await uow.execute(select(_T.tenant_id, _T.task_id, _T.state).where(_T.state.in_(states)))).all()
    return [(TenantId(row.tenant_id), TaskId(row.task_id), TaskState(row.state)) for row in rows]


async def hold_unfinished(uow: Uow, reason: str) -> list[tuple[TenantId, TaskId]]:
    """Pause every unfinished task of every tenant after a restore; returns which."""  # cross-tenant: recovery
    statement = (
        update(tasks)
        .where(_T.state.in_(("parsing", "ready", "scheduled", "held", "running", "paused", "finishing")))
        .values(state="paused", reason=reason)
        .returning(_T.tenant_id, _T.task_id)
    )
    rows = (await uow.execute(statement)).all()
    return [(TenantId(row.tenant_id), TaskId(row.task_id)) for row in rows]


async def count_states(uow: Uow, tenant_id: TenantId) -> dict[TaskState, int]:
    """Return how many tasks of a tenant are in which state."""
    statement = select(_T.state, func.count().label("n")).where(_T.tenant_id == tenant_id).group_by(_T.state)
    return {TaskState(row.state): row.n for row in (await uow.execute(statement)).all()}


async def get_resolved(uow: Uow, tenant_id: TenantId, task_ids: tuple[TaskId, ...]) -> dict[TaskId, int]:
    """Return the rendered cards of some tasks."""
    statement = select(_T.task_id, _T.resolved).where(_T.tenant_id == tenant_id, _T.task_id.in_(task_ids))
    return {TaskId(row.task_id): row.resolved for row in (await uow.execute(statement)).all()}
