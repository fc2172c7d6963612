"""Lists and exports: which way finds the ids of a page, what knows its total best; and counters against rows.

Not for: the statements (``pages``, ``views``, ``planned``, ``counters``).
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId
from hongyan.kernel.keys.numbers import NumberSealer
from hongyan.kernel.paging import Page
from hongyan.rooms.delivery.contracts import MessageFilter, MessageState, MessageView, Violation, day_start
from hongyan.rooms.delivery.store import aging, counters, pages, planned, views

_EXPORT_BATCHES: Final = 20
"""At most 4,000 messages are read at once."""


async def list_messages(
    uow: Uow,
    sealer: NumberSealer,
    tenant_id: TenantId,
    where: MessageFilter,
    *,
    offset: int,
    limit: int,
    newest: bool = False,
) -> Page[MessageView]:
    """Return a page of messages in planning order, or the other way round."""
    if where.phone is not None:
        ids = await _of_phone(uow, tenant_id, where, sealer.seal(where.phone), newest=newest)
        total, ids = len(ids), ids[offset : offset + limit]
    elif where.states is not None and not _is_counted(where):
        # Counting reads what the page reads: once is enough.
        most = pages.COUNTED_ROWS
        ids = await pages.find_by_state(uow, tenant_id, where, offset=0, limit=most, newest=newest)
        total, ids = len(ids), ids[offset : offset + limit]
    else:
        total = await _total(uow, tenant_id, where)
        find = pages.find_by_batches if where.states is None else pages.find_by_state
        ids = []
        if offset < total:
            ids = await find(uow, tenant_id, where, offset=offset, limit=limit, newest=newest)
    rows = await views.read(uow, ids)
    return Page(tuple(views.to_view(row, sealer.open(row.number)) for row in rows), total, offset, limit)


async def iter_messages(
    uow: Uow, sealer: NumberSealer, tenant_id: TenantId, where: MessageFilter
) -> AsyncIterator[MessageView]:
    """Stream all of them."""
    place: pages.Place | None = None
    while True:
        if where.phone is not None:
            ids = await _of_phone(uow, tenant_id, where, sealer.seal(where.phone))
        else:
            ids, place = await pages.walk(uow, tenant_id, where, place, batches=_EXPORT_BATCHES)
        for row in await views.read(uow, ids):
            if where.states is None or views.to_state(row.state) in where.states:
                yield views.to_view(row, sealer.open(row.number))
        if place is None:
            return


async def _of_phone(
    uow: Uow, tenant_id: TenantId, where: MessageFilter, number: bytes, *, newest: bool = False
) -> list[int]:
    ids = await pages.find_by_number(uow, tenant_id, where, number, newest=newest)
    return ids if where.states is None else await pages.keep_states(uow, ids, where.states)


def _is_counted(where: MessageFilter) -> bool:
    """Tell whether a task's counters know the total, with states or without."""
    return where.task_id is not None and where == MessageFilter(task_id=where.task_id, states=where.states)


async def _total(uow: Uow, tenant_id: TenantId, where: MessageFilter) -> int:
    """Count a filter without a number by what knows it best; with states it must be one that counters know."""
    if where.task_id is not None and _is_counted(where):
        sums = (await counters.sums(uow, tenant_id, [where.task_id])).get(where.task_id, {})
        return sum(count for state, count in sums.items() if where.states is None or state in where.states)
    if where.task_id is not None:
        return await pages.count_by_batches(uow, tenant_id, where)
    hours, *edges = planned.whole_hours(where.planned_from, where.planned_until)
    total = await planned.total(uow, tenant_id, where, *hours)
    for begin, end in edges:
        total += await pages.count_by_batches(uow, tenant_id, replace(where, planned_from=begin, planned_until=end))
    return total


async def compare(uow: Uow) -> list[Violation]:
    """Compare counters with rows, over all tenants (a full scan); not of tasks whose first days are gone."""
    rows, sums = await views.count_states(uow), await counters.all_sums(uow)
    days = await aging.list_days(uow)
    aged = await counters.list_older(uow, day_start(days[0][0])) if days else set()
    broken = []
    for task_id in sorted((rows.keys() | sums.keys()) - aged):
        counted, summed = rows.get(task_id, {}), sums.get(task_id, {})
        for state in MessageState:
            if counted.get(state, 0) != summed.get(state, 0):
                what = f"{state}: {counted.get(state, 0)} rows, {summed.get(state, 0)} in the counters"
                broken.append(Violation(task_id, what))
    return broken
