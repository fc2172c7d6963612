"""One writing of an export: rows of a list as pieces of a file, and what became of it."""

from collections.abc import AsyncIterator
from typing import Final

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database
from hongyan.kernel.errors import HongyanError
from hongyan.kernel.exports import ExportKind, ExportOrder
from hongyan.rooms.reports import rules
from hongyan.rooms.reports.contracts import Export
from hongyan.rooms.reports.service.csv_rows import CsvRows
from hongyan.rooms.reports.store import exports as store

_LOOK_S: Final = 1.0
"""How often a run says how far it is and asks whether it is still wanted."""
_LOOK_ROWS: Final = 500
"""After how many rows it looks at the clock."""


class Run:
    """One writing of an export."""

    def __init__(self, db: Database, clock: Clock, kind: ExportKind, export: Export) -> None:
        """Write ``export``, a claimed one, of the list ``kind``."""
        self._db = db
        self._clock = clock
        self._kind = kind
        self._export = export
        self.rows = 0
        self.is_wanted = True
        self.refusal: HongyanError | None = None

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the file; ends early, without an exception, where the run is unwanted or the list refuses."""
        export = self._export
        table = CsvRows(self._kind.columns, language=export.language, zone=export.zone)
        looked_s = self._clock.monotonic()
        try:
            async with self._db.begin() as uow:
                async for row in self._kind.rows(uow, order_of(export)):
                    table.add(row)
                    if table.is_full():
                        yield table.take()
                    if table.count % _LOOK_ROWS == 0 and self._clock.monotonic() - looked_s >= _LOOK_S:
                        looked_s = self._clock.monotonic()
                        if not await self._still_wanted(table.count):
                            return
        except HongyanError as error:
            self.refusal = error
            return
        self.rows = table.count
        yield table.take()

    async def _still_wanted(self, rows: int) -> bool:
        async with self._db.begin() as uow:
            self.is_wanted = await store.advance(uow, self._export, rows_done=rows)
        return self.is_wanted


def file_name(kind: ExportKind, export: Export) -> str:
    """Return what the file is called: the list and when it was ordered, in the tenant's zone."""
    at = rules.local_time(export.created_at, export.zone)
    return f"{kind.title.en if export.language == 'en' else kind.title.zh}-{at:%Y%m%d-%H%M%S}.csv"


def order_of(export: Export) -> ExportOrder:
    """Return what an export asks of its list."""
    return ExportOrder(
        export.tenant_id, export.filters, export.zone, export.language, export.full_numbers, export.created_at
    )
