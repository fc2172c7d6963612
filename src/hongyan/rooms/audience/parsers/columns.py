"""Which row is the header, which column holds the numbers, what the others are called.

Pure. Not for: the values below (``parsers.packing``).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hongyan.kernel.phones import normalise_phone
from hongyan.rooms.audience.contracts import MAX_COLUMNS

HEAD_ROWS: Final = 20
"""A header stands in one of the first rows; titles and notes may stand above it."""
_MAX_NAME_CHARS: Final = 64
_NUMBER_NAMES: Final = frozenset(
    [
        "手机号码",
        "手机号",
        "手机",
        "号码",
        "电话号码",
        "电话",
        "联系电话",
        "联系手机",
        "移动电话",
        "手机电话",
        "接收号码",
        "被叫号码",
        "用户号码",
        "客户手机",
        "客户手机号",
        "会员手机号",
        "联系方式",
        "手機號碼",
        "電話",
        "phone",
        "phonenumber",
        "phoneno",
        "mobile",
        "mobilenumber",
        "mobileno",
        "mobilephone",
        "cellphone",
        "cell",
        "tel",
        "telephone",
        "msisdn",
        "number",
        "to",
    ]
)
_DECORATION: Final = re.compile(r"[\s_\-*＊:：（(].*$|[\s_\-*＊:：]")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand in a sheet."""

    number_at: int
    """Index of the column with the numbers."""
    first_row: int
    """Index of the first row below the header."""
    number_name: str | None
    kept: tuple[int, ...]
    """Indices of the other columns."""
    names: tuple[str, ...]
    """Their names: the header's, else ``param1``, ``param2``, …"""


def find_layout(sample: Sequence[Sequence[str]]) -> Layout | None:
    """Return the layout, or ``None`` when no column holds numbers.

    Args:
        sample: the first rows as text, as many as it takes to tell columns apart.
    """
    named = _find_named(sample)
    if named is not None:
        row, column = named
        return _layout(column, row + 1, sample[row], sample)
    fullest = _fullest_column(sample)
    if fullest is None:
        return None
    column = fullest
    first = next(index for index, row in enumerate(sample) if _is_number(row, column))
    # The row above the first number is the header if it has a text in that column; anything above it is a title.
    header = sample[first - 1] if 0 < first <= HEAD_ROWS and _cell(sample[first - 1], column).strip() else None
    if header is not None and not any(char.isalpha() for char in _cell(header, column)):
        return _layout(column, first - 1, None, sample)  # not a name: a number that is none, to be reported
    return _layout(column, first, header, sample)


def _find_named(sample: Sequence[Sequence[str]]) -> tuple[int, int] | None:
    for row, cells in enumerate(sample[:HEAD_ROWS]):
        for column, cell in enumerate(cells):
            if _plain_name(cell) in _NUMBER_NAMES:
                return row, column
        if any(normalise_phone(cell) is not None for cell in cells):
            return None  # the numbers have begun: there is no header
    return None


def _plain_name(cell: str) -> str:
    name = cell.strip().strip("*＊").strip().lower()
    short = _DECORATION.sub("", name)
    return short if short in _NUMBER_NAMES else name.replace(" ", "").replace("_", "").replace("-", "")


def _fullest_column(sample: Sequence[Sequence[str]]) -> int | None:
    counts: dict[int, int] = {}
    for row in sample:
        for column, cell in enumerate(row):
            if cell and normalise_phone(cell) is not None:
                counts[column] = counts.get(column, 0) + 1
    return max(counts, key=lambda column: (counts[column], -column)) if counts else None


def _layout(number_at: int, first_row: int, header: Sequence[str] | None, sample: Sequence[Sequence[str]]) -> Layout:
    width = max(len(row) for row in sample)
    used = [any(_cell(row, column).strip() for row in sample) for column in range(width)]
    kept = tuple(column for column in range(width) if used[column] and column != number_at)[:MAX_COLUMNS]
    names: list[str] = []
    for place, column in enumerate(kept, 1):
        name = _cell(header, column).strip()[:_MAX_NAME_CHARS] if header is not None else ""
        if not name or name in names:
            name = f"param{place}"
        names.append(name)
    number_name = _cell(header, number_at).strip()[:_MAX_NAME_CHARS] or None if header is not None else None
    return Layout(number_at, first_row, number_name, kept, tuple(names))


def _is_number(row: Sequence[str], column: int) -> bool:
    return normalise_phone(_cell(row, column)) is not None


def _cell(row: Sequence[str], column: int) -> str:
    return row[column] if column < len(row) else ""
