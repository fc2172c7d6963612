"""Statements of filings and their papers; the tenant comes first."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import FileId, TenantId
from hongyan.rooms.enterprises.contracts import FilingState, Paper, Scene
from hongyan.rooms.enterprises.tables import filings, papers


@dataclass(frozen=True, slots=True)
class FilingRow:
    """A filing as stored, without its papers."""

    tenant_id: TenantId
    scene: Scene
    state: FilingState
    is_pending: bool
    values: dict[str, str]
    approved_values: dict[str, str] | None
    reason: str
    review_id: str | None
    submitted_at: datetime | None
    decided_at: datetime | None


_FILING = (
    filings.c.tenant_id,
    filings.c.scene,
    filings.c.state,
    filings.c.is_pending,
    filings.c["values"],
    filings.c.approved_values,
    filings.c.reason,
    filings.c.review_id,
    filings.c.submitted_at,
    filings.c.decided_at,
)
_PAPER = (
    papers.c.paper_id,
    papers.c.tenant_id,
    papers.c.scene,
    papers.c.field,
    papers.c.name,
    papers.c.media_type,
    papers.c.size_bytes,
    papers.c.sha256,
    papers.c.uploaded_at,
    papers.c.approved_at,
    papers.c.removed_at,
)


def _filing(row: Row[Any]) -> FilingRow:
    found = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's accessor of a row's columns
    found["scene"], found["state"] = Scene(row.scene), FilingState(row.state)
    return FilingRow(**found)


def _paper(row: Row[Any]) -> Paper:
    found = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's accessor of a row's columns
    found["scene"] = Scene(row.scene)
    return Paper(**found)


def new_row(tenant_id: TenantId, scene: Scene) -> FilingRow:
    """Return a filing that nobody has begun."""
    return FilingRow(
        tenant_id,
        scene,
        FilingState.NONE,
        is_pending=False,
        values={},
        approved_values=None,
        reason="",
        review_id=None,
        submitted_at=None,
        decided_at=None,
    )


async def find_filing(uow: Uow, tenant_id: TenantId, scene: Scene, *, lock: bool = False) -> FilingRow | None:
    """Return a scene's filing; with ``lock`` nobody else changes it until the transaction ends."""
    statement = select(*_FILING).where(filings.c.tenant_id == tenant_id, filings.c.scene == scene.value)
    row = (await uow.execute(statement.with_for_update() if lock else statement)).first()
    return _filing(row) if row else None


async def lock_filing(uow: Uow, tenant_id: TenantId, scene: Scene) -> FilingRow:
    """Return a scene's filing, made when there is none, and keep others from changing it."""
    await uow.execute(
        upsert(filings)
        .values(tenant_id=tenant_id, scene=scene.value, state=FilingState.NONE.value, is_pending=False, values={})
        .on_conflict_do_nothing()
    )
    row = await find_filing(uow, tenant_id, scene, lock=True)
    return row or new_row(tenant_id, scene)


async def list_filings(uow: Uow, tenant_id: TenantId) -> dict[Scene, FilingRow]:
    """Return a tenant's filings by scene."""
    rows = await uow.execute(select(*_FILING).where(filings.c.tenant_id == tenant_id).order_by(filings.c.scene))
    return {found.scene: found for found in map(_filing, rows)}


async def save_filing(uow: Uow, row: FilingRow) -> None:
    """Write a filing that exists."""
    await uow.execute(
        update(filings)
        .where(filings.c.tenant_id == row.tenant_id, filings.c.scene == row.scene.value)
        .values(
            {
                "state": row.state.value,
                "is_pending": row.is_pending,
                "values": row.values,
                "approved_values": row.approved_values,
                "reason": row.reason,
                "review_id": row.review_id,
                "submitted_at": row.submitted_at,
                "decided_at": row.decided_at,
            }
        )
    )


async def insert_paper(uow: Uow, paper: Paper) -> None:
    """Write what is known of an uploaded paper; older ones of the field stay as evidence."""
    await uow.execute(
        insert(papers).values(
            paper_id=paper.paper_id,
            tenant_id=paper.tenant_id,
            scene=paper.scene.value,
            field=paper.field,
            name=paper.name,
            media_type=paper.media_type,
            size_bytes=paper.size_bytes,
            sha256=paper.sha256,
            uploaded_at=paper.uploaded_at,
            approved_at=paper.approved_at,
        )
    )


async def list_papers(uow: Uow, tenant_id: TenantId) -> list[Paper]:
    """Return all papers of a tenant, the newest first."""
    rows = await uow.execute(
        select(*_PAPER).where(papers.c.tenant_id == tenant_id).order_by(papers.c.uploaded_at.desc(), papers.c.paper_id)
    )
    return [_paper(row) for row in rows]


async def find_paper(uow: Uow, paper_id: FileId) -> Paper | None:
    """Return a paper of any tenant; the service decides who may see it."""
    row = (await uow.execute(select(*_PAPER).where(papers.c.paper_id == paper_id))).first()
    return _paper(row) if row else None


async def remove_papers(uow: Uow, tenant_id: TenantId, scene: Scene, field: str, at: datetime) -> int:
    """Take all papers of a scene's field out of the form; returns how many there were."""
    rows = await uow.execute(
        update(papers)
        .where(
            papers.c.tenant_id == tenant_id,
            papers.c.scene == scene.value,
            papers.c.field == field,
            papers.c.removed_at.is_(None),
        )
        .values(removed_at=at)
        .returning(papers.c.paper_id)
    )
    return len(rows.all())


async def approve_papers(uow: Uow, tenant_id: TenantId, paper_ids: Collection[str], at: datetime) -> None:
    """Mark papers as approved."""
    await uow.execute(
        update(papers)
        .where(papers.c.tenant_id == tenant_id, papers.c.paper_id.in_(paper_ids), papers.c.approved_at.is_(None))
        .values(approved_at=at)
    )
