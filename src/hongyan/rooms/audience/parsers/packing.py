"""Rows in, packed blocks out: normalise, find doubles, keep the rest, a few thousand rows at a time.

Numbers are 64-bit integers from the first step (a canonical number has at most 15 digits), so a million of them take
8 MB and no set of strings is ever built. Not for: where rows come from (``parsers.xlsx``, ``parsers.text``).
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import compress
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from hongyan.kernel.phones import normalise_phone
from hongyan.rooms.audience.contracts import BLOCK_RECIPIENTS, MAX_VALUE_CHARS, IssueReason
from hongyan.rooms.audience.parsers import frames
from hongyan.rooms.audience.parsers.columns import Layout

Cell = int | float | str | bool | time | date | datetime | timedelta
Numbers = NDArray[np.uint64]

CHUNK_ROWS: Final = 10_000
_MAX_ISSUES: Final = 10_000
_MAX_RAW_CHARS: Final = 64
_DIGITS: Final = 11
_POWERS: Final = (10 ** np.arange(_DIGITS - 1, -1, -1)).astype(np.int64)
_MAINLAND: Final = 86 * 10**_DIGITS
_FIRST: Final = 13_000_000_000
_AFTER_LAST: Final = 20_000_000_000
_RUNS_AT_ONCE: Final = 8
_EXACT: Final = 2**53
"""Whole numbers above it are not exact in a spreadsheet."""
_NO_PHONES: Final = np.empty(0, dtype=np.uint64)
_NO_ROWS: Final = np.empty(0, dtype=np.uint32)


class SeenNumbers:
    """The numbers met so far, in a few sorted arrays: 8 bytes each, a whole chunk looked up at once."""

    def __init__(self) -> None:
        """Start with none."""
        self._runs: list[Numbers] = []

    def add(self, numbers: Numbers) -> NDArray[np.bool_]:
        """Take in numbers; tell for each whether it is met for the first time, here and ever."""
        unique, first_at = np.unique(numbers, return_index=True)
        is_new = np.ones(unique.size, dtype=np.bool_)
        for run in self._runs:
            place = np.minimum(np.searchsorted(run, unique), run.size - 1)
            is_new &= run[place] != unique
        is_first = np.zeros(numbers.size, dtype=np.bool_)
        is_first[first_at[is_new]] = True
        if is_new.any():
            self._runs.append(unique[is_new])
            self._merge()
        return is_first

    def _merge(self) -> None:
        """Join small runs, so that few are searched and each number is copied only a few times."""
        while len(self._runs) > 1 and self._runs[-2].size < self._runs[-1].size * _RUNS_AT_ONCE:
            joined = np.concatenate(self._runs[-2:])
            joined.sort(kind="stable")
            self._runs[-2:] = [joined]


class Packer:
    """Packs the rows of one sheet."""

    def __init__(self, layout: Layout, out: frames.Sink) -> None:
        """Send blocks to ``out``."""
        self._layout = layout
        self._out = out
        self._seen = SeenNumbers()
        self._tally = frames.Tally()
        self._block_no = 0
        self._phones: list[Numbers] = []
        self._row_nos: list[NDArray[np.uint32]] = []
        self._columns: list[list[str]] = [[] for _ in layout.kept]
        self._held = 0
        self._issues: list[frames.Issue] = []

    def add(self, rows: Sequence[Sequence[Cell]], first_row_no: int) -> None:
        """Take in a chunk of rows of equal width; the first one has the number ``first_row_no`` in its file."""
        if not rows:
            return
        columns: list[Sequence[Cell]] = list(zip(*rows, strict=True))
        at = self._layout.number_at
        raw = columns[at] if at < len(columns) else ("",) * len(rows)
        numbers = to_numbers(raw)
        is_kept = numbers != 0
        if not is_kept.all():
            self._report_missing(rows, raw, np.flatnonzero(~is_kept), first_row_no)
        self._tally.rows += int(is_kept.sum())
        is_first = np.zeros(numbers.size, dtype=np.bool_)
        is_first[is_kept] = self._seen.add(numbers[is_kept])
        doubles = np.flatnonzero(is_kept & ~is_first)
        self._tally.duplicates += doubles.size
        for index in doubles.tolist():
            self._note(first_row_no + index, IssueReason.DUPLICATE, raw[index])
        self._keep(columns, numbers, is_first, first_row_no)

    def finish(self) -> frames.Tally:
        """Send what is left; return the counts."""
        if self._held or self._issues:
            self._send(self._held)
        return self._tally

    def _report_missing(
        self, rows: Sequence[Sequence[Cell]], raw: Sequence[Cell], missing: NDArray[np.intp], first_row_no: int
    ) -> None:
        for index in missing.tolist():
            if to_text(raw[index]).strip():
                reason = IssueReason.INVALID
            elif any(cell != "" and to_text(cell).strip() for cell in rows[index]):
                reason = IssueReason.EMPTY
            else:
                continue  # an empty row is no row
            self._tally.rows += 1
            self._tally.invalid += 1
            self._note(first_row_no + index, reason, raw[index])

    def _keep(
        self, columns: Sequence[Sequence[Cell]], numbers: Numbers, is_first: NDArray[np.bool_], first_row_no: int
    ) -> None:
        kept = numbers[is_first]
        self._phones.append(kept)
        self._row_nos.append((np.flatnonzero(is_first) + first_row_no).astype(np.uint32))
        self._held += kept.size
        self._tally.imported += kept.size
        mask = None if kept.size == numbers.size else is_first.tolist()
        for texts, at in zip(self._columns, self._layout.kept, strict=True):
            cells: Sequence[Cell] = columns[at] if at < len(columns) else ("",) * numbers.size
            texts.extend(to_texts(cells if mask is None else list(compress(cells, mask))))
        while self._held >= BLOCK_RECIPIENTS:
            self._send(BLOCK_RECIPIENTS)

    def _note(self, row_no: int, reason: IssueReason, cell: Cell) -> None:
        self._issues.append((row_no, reason.value, to_text(cell)[:_MAX_RAW_CHARS]))
        if len(self._issues) >= _MAX_ISSUES:
            self._send(min(self._held, BLOCK_RECIPIENTS))

    def _send(self, count: int) -> None:
        phones = np.concatenate([_NO_PHONES, *self._phones])
        row_nos = np.concatenate([_NO_ROWS, *self._row_nos])
        columns = [texts[:count] for texts in self._columns]
        for texts in self._columns:
            del texts[:count]
        # The counts of a checkpoint are those of what has been sent.
        waiting = self._held - count
        tally = frames.Tally(
            self._tally.rows - waiting, self._tally.imported - waiting, self._tally.invalid, self._tally.duplicates
        )
        block = frames.Block(
            block_no=self._block_no,
            tally=tally,
            phones=phones[:count].astype("<u8").tobytes(),
            row_nos=row_nos[:count].astype("<u4").tobytes(),
            columns=msgspec.Raw(frames.encode(columns)),
            issues=self._issues,
        )
        self._out.send(frames.BLOCK + frames.encode(block))
        self._block_no += 1
        self._phones = [phones[count:]]
        self._row_nos = [row_nos[count:]]
        self._held = waiting
        self._issues = []


def to_numbers(cells: Sequence[Cell]) -> Numbers:
    """Return canonical numbers as integers, 0 for what is none."""
    kinds = set(map(type, cells))
    if kinds == {float}:
        values = np.array(cells, dtype=np.float64)
        plain = (values >= _FIRST) & (values < _AFTER_LAST) & (values == np.floor(values))
        numbers = np.where(plain, values, 0).astype(np.uint64)
        numbers[plain] += np.uint64(_MAINLAND)
        odd = np.flatnonzero(~plain).tolist()
    elif kinds == {str} and set(map(len, cells)) == {_DIGITS} and _is_digits(joined := "".join(cells)):  # type: ignore[arg-type]
        numbers = _from_digits(joined)
        odd = []
    else:
        is_plain = [type(cell) is str and len(cell) == _DIGITS and _is_digits(cell) for cell in cells]
        numbers = np.zeros(len(cells), dtype=np.uint64)
        numbers[np.flatnonzero(is_plain)] = _from_digits("".join(compress(cells, is_plain)))  # type: ignore[arg-type]
        odd = [index for index, is_done in enumerate(is_plain) if not is_done]
    for index in odd:
        cell = cells[index]
        if cell != "":
            phone = normalise_phone(to_text(cell))
            numbers[index] = 0 if phone is None else int(phone)
    return numbers


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _from_digits(joined: str) -> Numbers:
    """Return the numbers of 11 digits each that stand one behind the other, 0 for what begins with no mobile prefix."""
    digits = np.frombuffer(joined.encode("ascii"), dtype=np.uint8).reshape(-1, _DIGITS) - np.uint8(ord("0"))
    values = digits.astype(np.int64) @ _POWERS
    plain = (values >= _FIRST) & (values < _AFTER_LAST)
    return np.where(plain, values + _MAINLAND, 0).astype(np.uint64)


def to_texts(cells: Sequence[Cell]) -> list[str]:
    """Return cells as people see them, cut at 500 characters."""
    kinds = set(map(type, cells))
    if kinds == {str}:
        texts: list[str] = list(cells)  # type: ignore[arg-type]
    elif kinds == {float}:
        # `to_text` without a call for each: amounts are the usual second column.
        texts = [str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT else repr(cell) for cell in cells]  # type: ignore[union-attr, arg-type, operator]
    else:
        texts = [cell if type(cell) is str else to_text(cell) for cell in cells]
    if texts and max(map(len, texts)) > MAX_VALUE_CHARS:
        texts = [text[:MAX_VALUE_CHARS] for text in texts]
    return texts


def to_text(cell: Cell) -> str:
    """Return a cell as people see it: whole numbers without a fraction, dates as 2026-11-22, times as 08:30:00."""
    if type(cell) is str:
        return cell
    if type(cell) is float:
        return str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT else repr(cell)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time.min else cell.isoformat(sep=" ", timespec="seconds")
    return str(cell)
