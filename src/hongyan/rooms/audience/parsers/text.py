"""The child that reads text on its standard input: csv and txt in UTF-8, GB18030 or UTF-16. Also reads typed numbers.

The delimiter is the one that splits the first lines alike. A file whose rows hold nothing but numbers is a list of
them, however they are laid out. Not for: spreadsheets (``parsers.xlsx``).
"""

import codecs
import csv
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from io import BufferedReader, TextIOWrapper
from itertools import chain, islice
from typing import Final

from hongyan.kernel.phones import normalise_phone
from hongyan.rooms.audience.parsers import frames
from hongyan.rooms.audience.parsers.columns import Layout, find_layout
from hongyan.rooms.audience.parsers.packing import CHUNK_ROWS, Packer

_SAMPLE_ROWS: Final = 1_000
_PROBE_BYTES: Final = 1024 * 1024
_DELIMITERS: Final = (",", "\t", ";", "|", "，", "；", "、")
_TYPED: Final = re.compile(r"[\n\r,;，；、|]+")
_MAX_FIELD_CHARS: Final = 131_072
_WHOLE_LIST: Final = Layout(number_at=0, first_row=0, number_name=None, kept=(), names=())

Row = Sequence[str]


def main(args: list[str], out: frames.Sink) -> None:
    """Read the text on standard input (a seekable file)."""
    del args
    try:
        source = sys.stdin.buffer
        if not isinstance(source, BufferedReader):
            raise TypeError(source)
        text = TextIOWrapper(source, encoding=find_encoding(source), newline="")
        read_rows(text, out)
    except UnicodeError:
        out.send(frames.REFUSED + frames.encode(frames.Refused("undecodable")))
    except csv.Error:
        out.send(frames.REFUSED + frames.encode(frames.Refused("unreadable")))


def read_rows(lines: Iterable[str], out: frames.Sink) -> None:
    """Find the layout of the lines (with their ends) and pack the rows.

    Raises:
        csv.Error: a field longer than 131,072 characters, as an open quotation mark makes one.
    """
    csv.field_size_limit(_MAX_FIELD_CHARS)
    source = iter(lines)
    head = list(islice(source, _SAMPLE_ROWS))
    delimiter = _find_delimiter(head)
    rows = csv.reader(chain(head, source), delimiter=delimiter, skipinitialspace=True)
    sample = list(islice(rows, _SAMPLE_ROWS))
    if _is_list(sample):
        header = frames.Header(None, [], None, [])
        out.send(frames.HEADER + frames.encode(header))
        pack_numbers((cell for row in chain(sample, rows) for cell in row), out)
        return
    layout = find_layout(sample) if any(sample) else None
    if layout is None:
        out.send(frames.REFUSED + frames.encode(frames.Refused("no_number_column")))
        return
    out.send(frames.HEADER + frames.encode(frames.Header(layout.number_name, list(layout.names), None, [])))
    packer = Packer(layout, out)
    width = max(layout.number_at, *layout.kept, 0) + 1
    row_no = layout.first_row + 1
    found = chain(sample[layout.first_row :], rows)
    while chunk := list(islice(found, CHUNK_ROWS)):
        packer.add([_fit(row, width) for row in chunk], row_no)
        row_no += len(chunk)
    out.send(frames.END + frames.encode(packer.finish()))


def read_typed(text: str, out: frames.Sink) -> None:
    """Pack numbers that a person typed or pasted: one per line, or set apart by commas, semicolons and the like.

    Blanks inside a number are allowed; where they set several numbers apart, these are taken one by one.
    """
    out.send(frames.HEADER + frames.encode(frames.Header(None, [], None, [])))
    pack_numbers(_typed_numbers(text), out)


def read_typed_rows(rows: Iterable[Row], names: Sequence[str], out: frames.Sink) -> None:
    """Pack rows that a person typed: the number first, then one value for each of ``names``; what is missing is empty.

    An issue's row number is the place in the list, from 1.
    """
    out.send(frames.HEADER + frames.encode(frames.Header(None, list(names), None, [])))
    layout = Layout(
        number_at=0, first_row=0, number_name=None, kept=tuple(range(1, len(names) + 1)), names=tuple(names)
    )
    packer = Packer(layout, out)
    packer.add([_fit(row, len(names) + 1) for row in rows], 1)
    out.send(frames.END + frames.encode(packer.finish()))


def pack_numbers(numbers: Iterable[str], out: frames.Sink) -> None:
    """Pack a list of numbers; an issue's row number is the place in the list, from 1."""
    packer = Packer(_WHOLE_LIST, out)
    found = (number for number in numbers if number.strip())
    place = 1
    while chunk := list(islice(found, CHUNK_ROWS)):
        packer.add([(number,) for number in chunk], place)
        place += len(chunk)
    out.send(frames.END + frames.encode(packer.finish()))


def find_encoding(source: BufferedReader) -> str:
    """Return the encoding of a seekable file, which is left at its start.

    Raises:
        UnicodeError: neither UTF-8 nor GB18030 nor marked UTF-16.
    """
    mark = source.read(4)
    source.seek(0)
    if mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # The whole file (40 MB at most, 30 ms): a first half that is ASCII says nothing about the second.
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            while part := source.read(_PROBE_BYTES):
                decoder.decode(part)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        else:
            return encoding
        finally:
            source.seek(0)
    raise UnicodeError("neither UTF-8 nor GB18030")


def _find_delimiter(head: Sequence[str]) -> str:
    """Return the delimiter that occurs in most of the first lines, equally often."""
    lines = [line for line in head[:50] if line.strip()]
    best, best_score = ",", 0
    for delimiter in _DELIMITERS:
        counts = [line.count(delimiter) for line in lines]
        usual = max(set(counts), key=counts.count) if counts else 0
        score = counts.count(usual) if usual else sum(count > 0 for count in counts) // 2
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _is_list(sample: Sequence[Row]) -> bool:
    """Tell whether rows of several cells hold nothing but numbers: then each cell is a recipient."""
    wide = [cells for row in sample if len(cells := [cell for cell in row if cell.strip()]) > 1]
    return bool(wide) and all(normalise_phone(cell) is not None for row in wide[:20] for cell in row)


def _fit(row: Row, width: int) -> Row:
    if len(row) == width:
        return row
    return row[:width] if len(row) > width else [*row, *("",) * (width - len(row))]


def _typed_numbers(text: str) -> Iterator[str]:
    for piece in _TYPED.split(text):
        words = piece.split()
        if len(words) > 1 and normalise_phone(piece) is None:
            yield from words
        else:
            yield piece
