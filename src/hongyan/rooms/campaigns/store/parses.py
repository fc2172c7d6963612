"""SQL of 号码解析 before there is a task."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Row

from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import NotFound
from hongyan.kernel.ids import FileId, TenantId
from hongyan.rooms.campaigns.contracts import Content, Parse, ParseCounts, TaskState
from hongyan.rooms.campaigns.tables import parses

_P = parses.c


def _parse(row: Row[Any]) -> Parse:
    return Parse(
        id=FileId(row.parse_id),
        tenant_id=TenantId(row.tenant_id),
        state=TaskState(row.state),
        reason=row.reason,
        content=msgspec.convert(row.content, Content),
        domain=row.domain,
        number_file_id=FileId(row.number_file_id),
        counts=msgspec.convert(row.counts, ParseCounts),
        tally=row.tally,
        block_sizes=tuple(row.block_sizes),
        created_by=row.created_by,
        created_at=row.created_at,
    )


async def insert_parse(uow: Uow, parse: Parse) -> None:
    """Write a new one."""
    await uow.execute(
        insert(parses).values(
            tenant_id=parse.tenant_id,
            parse_id=parse.id,
            state=parse.state.value,
            reason=parse.reason,
            content=msgspec.to_builtins(parse.content),
            domain=parse.domain,
            number_file_id=parse.number_file_id,
            counts=msgspec.to_builtins(parse.counts),
            tally=parse.tally,
            block_sizes=list(parse.block_sizes),
            created_by=parse.created_by,
            created_at=parse.created_at,
        )
    )


async def get_parse(uow: Uow, tenant_id: TenantId, parse_id: FileId) -> Parse:
    """Return one.

    Raises:
        NotFound: none of this tenant has the id.
    """
    row = (await uow.execute(select(parses).where(_P.tenant_id == tenant_id, _P.parse_id == parse_id))).one_or_none()
    if row is None:
        raise NotFound("parse_id", what="Number check", id=parse_id)
    return _parse(row)


async def advance_parse(
    uow: Uow,
    parse: Parse,
    *,
    size: int,
    counts: ParseCounts,
    tally: Mapping[str, Mapping[str, int]],
) -> bool:
    """Note one more block of ``size`` recipients; tells whether nobody else has noted it meanwhile."""
    done = func.cardinality(_P.block_sizes) == len(parse.block_sizes)
    statement = (
        update(parses)
        .where(_P.tenant_id == parse.tenant_id, _P.parse_id == parse.id, _P.state == TaskState.PARSING.value, done)
        .values(counts=msgspec.to_builtins(counts), tally=tally, block_sizes=[*parse.block_sizes, size])
        .returning(_P.parse_id)
    )
    return (await uow.execute(statement)).one_or_none() is not None


async def end_parse(
    uow: Uow, parse: Parse, state: TaskState, *, counts: ParseCounts | None = None, reason: str | None = None
) -> None:
    """Set where one has ended; one that has ended already stays."""
    statement = update(parses).where(
        _P.tenant_id == parse.tenant_id, _P.parse_id == parse.id, _P.state == TaskState.PARSING.value
    )
    values = {} if counts is None else {"counts": msgspec.to_builtins(counts)}
    await uow.execute(statement.values(state=state.value, reason=reason, **values))


async def list_old(uow: Uow, before: datetime, limit: int) -> list[tuple[TenantId, FileId, int]]:
    """Return (tenant, id, blocks) of those made before a moment."""  # cross-tenant: upkeep
    statement = (
        select(_P.tenant_id, _P.parse_id, func.cardinality(_P.block_sizes).label("blocks"))
        .where(_P.created_at < before)
        .order_by(_P.created_at)
        .limit(limit)
    )
    rows = (await uow.execute(statement)).all()
    return [(TenantId(row.tenant_id), FileId(row.parse_id), row.blocks) for row in rows]


async def delete_parse(uow: Uow, tenant_id: TenantId, parse_id: FileId) -> None:
    """Remove one."""
    await uow.execute(delete(parses).where(_P.tenant_id == tenant_id, _P.parse_id == parse_id))
