"""The child that reads an xlsx: its standard input is the file, its frames are the recipients.

calamine keeps the whole sheet in memory, a rectangle of cells; a file of 4.8 KB can ask for 17 thousand million of
them and make it abort. That is why it runs in a child with limits. Formulas give the values that were saved with
them; of merged cells the first one has the value. Not for: old .xls files, which are refused by their content before
they get here.
"""

import gc
from collections.abc import Iterator
from itertools import islice
from typing import Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from hongyan.rooms.audience.parsers import frames
from hongyan.rooms.audience.parsers.columns import Layout, find_layout
from hongyan.rooms.audience.parsers.packing import CHUNK_ROWS, Cell, Packer, to_numbers, to_text

_SAMPLE_ROWS: Final = 1_000


def main(args: list[str], out: frames.Sink) -> None:
    """Read the workbook on standard input (a seekable file)."""
    del args
    # Millions of short-lived lists and no cycles: the collector would only look for them (a tenth of the packing).
    gc.disable()
    try:
        # By path: calamine then reads the file piece by piece instead of copying it first.
        _read(CalamineWorkbook.from_path("/dev/fd/0"), out)
    except PasswordError:
        out.send(frames.REFUSED + frames.encode(frames.Refused("protected")))
    except CalamineError:
        out.send(frames.REFUSED + frames.encode(frames.Refused("unreadable")))


def _read(workbook: CalamineWorkbook, out: frames.Sink) -> None:
    chosen: str | None = None
    for name in workbook.sheet_names:
        sheet = workbook.get_sheet_by_name(name)
        layout, has_numbers = _look_at(sheet)
        if layout is None:
            continue
        if has_numbers:
            _pack(workbook, sheet, layout, out)
            return
        chosen = chosen or name
    if chosen is None:
        out.send(frames.REFUSED + frames.encode(frames.Refused("no_number_column")))
        return
    # A header without a number below it, in the whole file: all rows are reported as they are.
    sheet = workbook.get_sheet_by_name(chosen)
    layout, _ = _look_at(sheet)
    if layout is not None:
        _pack(workbook, sheet, layout, out)


def _look_at(sheet: CalamineSheet) -> tuple[Layout | None, bool]:
    """Return where things stand in a sheet, and whether its first rows have a number."""
    sample = [[to_text(cell) for cell in row] for row in islice(_rows(sheet), _SAMPLE_ROWS)]
    layout = find_layout(sample) if sample else None
    if layout is None:
        return None, False
    numbers = to_numbers([row[layout.number_at] for row in sample[layout.first_row :]])
    return layout, bool(numbers.any())


def _rows(sheet: CalamineSheet) -> Iterator[list[Cell]]:
    """Yield the rows from the first one that holds anything; calamine would begin with row 1."""
    return islice(sheet.iter_rows(), _empty_rows(sheet), None)


def _empty_rows(sheet: CalamineSheet) -> int:
    return 0 if sheet.start is None else sheet.start[0]


def _pack(workbook: CalamineWorkbook, sheet: CalamineSheet, layout: Layout, out: frames.Sink) -> None:
    others = [name for name in workbook.sheet_names if name != sheet.name]
    header = frames.Header(layout.number_name, list(layout.names), sheet.name, others)
    out.send(frames.HEADER + frames.encode(header))
    packer = Packer(layout, out)
    row_no = _empty_rows(sheet) + layout.first_row + 1
    rows = islice(_rows(sheet), layout.first_row, None)
    while chunk := list(islice(rows, CHUNK_ROWS)):
        packer.add(chunk, row_no)
        row_no += len(chunk)
    out.send(frames.END + frames.encode(packer.finish()))
