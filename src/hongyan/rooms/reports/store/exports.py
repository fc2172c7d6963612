"""SQL of exports, tenant first; every change of a state names the states it may follow on."""

from datetime import datetime
from typing import Any, Final, LiteralString

from sqlalchemy import Row, and_, delete, func, insert, select, update

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId, UserId
from hongyan.kernel.paging import Page
from hongyan.rooms.reports.contracts import Export, ExportFilter, ExportState
from hongyan.rooms.reports.errors import ExportNotFound
from hongyan.rooms.reports.tables import exports

_E = exports.c
OPEN = (ExportState.WAITING.value, ExportState.RUNNING.value)


async def insert_export(uow: Uow, export: Export) -> None:
    """Add an export that waits."""
    names = (
        *("id", "tenant_id", "kind", "zone", "language", "full_numbers", "made_by", "made_by_name"),
        *("rows_total", "created_at"),
    )
    values = {name: getattr(export, name) for name in names}
    await uow.execute(insert(exports).values(**values, filters=dict(export.filters), state=export.state.value))


async def count_open(uow: Uow, tenant_id: TenantId) -> int:
    """Count a tenant's exports that wait or run; whoever counts is alone with the tenant until the transaction ends."""
    await uow.fetch("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"reports_exports {tenant_id}",))
    statement = select(func.count()).where(_E.tenant_id == tenant_id, _E.state.in_(OPEN))
    return int((await uow.execute(statement)).scalar_one())


async def get_export(uow: Uow, tenant_id: TenantId, export_id: str) -> Export:
    """Return an export.

    Raises:
        ExportNotFound: none of this tenant has the id.
    """
    row = (await uow.execute(select(exports).where(_E.tenant_id == tenant_id, _E.id == export_id))).one_or_none()
    if row is None:
        raise ExportNotFound
    return _export(row)


async def list_exports(uow: Uow, tenant_id: TenantId, wanted: ExportFilter, *, offset: int, limit: int) -> Page[Export]:
    """Return exports, the newest first unless another order is asked for."""
    parts = [_E.tenant_id == tenant_id, _E.kind.in_(wanted.kinds)]
    if wanted.states:
        parts.append(_E.state.in_([state.value for state in wanted.states]))
    if wanted.made_by is not None:
        parts.append(_E.made_by == wanted.made_by)
    where = and_(*parts)
    total = (await uow.execute(select(func.count()).select_from(exports).where(where))).scalar_one()
    column = _E[wanted.sort.removeprefix("-")]
    order = (column.desc() if wanted.sort.startswith("-") else column.asc(), _E.id)
    statement = select(exports).where(where).order_by(*order).offset(offset).limit(limit)
    return Page(tuple(_export(row) for row in await uow.execute(statement)), total, offset, limit)


_STAMP: Final[LiteralString] = """
SELECT count(*), bit_xor(hashtextextended(concat_ws(' ', id, state, run, rows_done, rows_total, bytes), 0))
FROM reports_exports WHERE tenant_id = %s::uuid
"""


async def stamp(uow: Uow, tenant_id: TenantId) -> tuple[object, ...]:
    """Return values that are others once any export of a tenant has changed."""
    return tuple((await uow.fetch(_STAMP, (tenant_id,)))[0])


async def claim(uow: Uow, tenant_id: TenantId, export_id: str, at: datetime) -> Export | None:
    """Begin a run, taking the export from an earlier one that died; ``None`` when nobody waits for it any more."""
    statement = (
        update(exports)
        .where(_E.tenant_id == tenant_id, _E.id == export_id, _E.state.in_(OPEN))
        .values(state="running", run=_E.run + 1, tries=_E.tries + 1, rows_done=0, started_at=at)
        .returning(*_E)
    )
    row = (await uow.execute(statement)).one_or_none()
    return None if row is None else _export(row)


async def advance(uow: Uow, export: Export, **values: Any) -> bool:
    """Change what a run has done; ``False`` when the run is no longer the export's: it was cancelled or begun again."""
    statement = update(exports).where(
        _E.tenant_id == export.tenant_id, _E.id == export.id, _E.state == "running", _E.run == export.run
    )
    return (await uow.execute(statement.values(**values))).rowcount == 1


async def change(uow: Uow, export: Export, since: tuple[str, ...], **values: Any) -> Export | None:
    """Change an export that is in one of some states; ``None`` when it is in another."""
    statement = (
        update(exports)
        .where(_E.tenant_id == export.tenant_id, _E.id == export.id, _E.state.in_(since))
        .values(**values)
        .returning(*_E)
    )
    row = (await uow.execute(statement)).one_or_none()
    return None if row is None else _export(row)


async def list_expired(uow: Uow, at: datetime, limit: int) -> list[Export]:
    """Return exports of all tenants whose files are kept no longer."""
    statement = select(exports).where(_E.state == "done", _E.expires_at <= at).order_by(_E.expires_at).limit(limit)
    return [_export(row) for row in await uow.execute(statement)]


async def forget(uow: Uow, before: datetime) -> None:
    """Drop what is over and older than anybody asks for."""
    await uow.execute(delete(exports).where(_E.created_at < before, _E.state.in_(["failed", "cancelled", "expired"])))


def _export(row: Row[Any]) -> Export:
    return Export(
        id=str(row.id),
        tenant_id=TenantId(row.tenant_id),
        kind=row.kind,
        filters=row.filters,
        zone=row.zone,
        language=row.language,
        full_numbers=row.full_numbers,
        made_by=UserId(row.made_by),
        made_by_name=row.made_by_name,
        state=ExportState(row.state),
        run=row.run,
        tries=row.tries,
        rows_total=row.rows_total,
        rows_done=row.rows_done,
        bytes=row.bytes,
        reason=row.reason,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        expires_at=row.expires_at,
    )
