"""Rows as a csv, a piece at a time: UTF-8 with a byte order mark, nothing in it that a spreadsheet would run."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from hongyan.kernel.exports import Cell, ExportColumn
from hongyan.rooms.reports import rules

_BOM: Final = "\ufeff"
_PIECE_CHARS: Final = 128 * 1024


class CsvRows:
    """Collects rows until there is a piece worth storing."""

    def __init__(self, columns: Sequence[ExportColumn], *, language: str, zone: str) -> None:
        """Begin with the heads of the columns."""
        self._zone = ZoneInfo(zone)
        self._buffer = io.StringIO()
        self._writer = csv.writer(self._buffer)
        self._buffer.write(_BOM)
        self._writer.writerow([column.en if language == "en" else column.zh for column in columns])
        self.count = 0

    def add(self, row: Sequence[Cell]) -> None:
        """Write a row."""
        self._writer.writerow([self._text(cell) for cell in row])
        self.count += 1

    def is_full(self) -> bool:
        """Tell whether there is enough to take."""
        return self._buffer.tell() >= _PIECE_CHARS

    def take(self) -> bytes:
        """Return what was written since the last time."""
        piece = self._buffer.getvalue().encode()
        self._buffer.seek(0)
        self._buffer.truncate()
        return piece

    def _text(self, cell: Cell) -> str | int | float:
        if cell is None:
            return ""
        if isinstance(cell, datetime):
            return f"{cell.astimezone(self._zone):%Y-%m-%d %H:%M:%S}"
        if isinstance(cell, date):
            return cell.isoformat()
        return rules.safe_cell(cell) if isinstance(cell, str) else cell
