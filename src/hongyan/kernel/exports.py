"""What a list tells of itself so that it can be exported in the background; any room can make an ``ExportKind``.

The room ``reports`` runs them: a row at a time into a csv, so an iterator must never hold the whole list.
Not for: files that people wait for (a room's own download).
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId

Cell = str | int | float | date | datetime | None
"""Moments are written in the tenant's zone, shares as numbers."""


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What is to be written, for whom."""

    tenant_id: TenantId
    filters: Mapping[str, Any]
    """As the kind's model checked them; only what was asked for."""
    zone: str
    language: str
    """``zh-CN`` or ``en``."""
    full_numbers: bool
    """Write phone numbers in full; whoever asked may see them."""
    ordered_at: datetime
    """What came later is not written, where a list can tell."""


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """The head of a column in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class ExportKind:
    """A list that can be exported."""

    name: str
    """``noun_noun``; stays for ever, as kept exports have it."""
    title: ExportColumn
    permission: str
    """Who may order, see and download it."""
    columns: tuple[ExportColumn, ...]
    filters: type[BaseModel]
    """Refuses what it does not know; must hold no phone number."""
    find_total: Callable[[Uow, ExportOrder], Awaitable[int | None]]
    """Count the rows where that is cheap; raises what refuses the order (``NotFound``, ``InvalidInput``)."""
    rows: Callable[[Uow, ExportOrder], AsyncIterator[Sequence[Cell]]]
    """Yield the rows, page by page from the store; the transaction is its own and only reads."""
    has_numbers: bool = False
    """It has a column of phone numbers, which are masked unless the order asks for full ones."""
