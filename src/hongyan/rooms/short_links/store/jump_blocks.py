"""Personal jump URLs in memory, by blocks of neighbours: the links of one send are tapped within hours of each other.

A block is read with one statement on the first tap in it; further taps cost no read. Payloads never change, so
nothing is invalidated; the least used blocks make room.
Not for: card parameters, which a resolver asks for once per phone.
"""

from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from hongyan.kernel.db.database import Uow

BLOCK_BITS: Final = 11
"""2,048 links: about 130 KB of URLs, read in 2 ms (2026-11-22, two cores)."""
_BUDGET_BYTES: Final = 64 * 1024 * 1024
"""About a million URLs of 60 characters."""
_NEWLINE: Final = 10


@dataclass(frozen=True, slots=True)
class JumpBlock:
    """The URLs of a block: one text, one line each.

    Line i belongs to offset ``first`` + i, or, where offsets are missing in between, to ``offsets[i]``.
    """

    text: bytes
    ends: Sequence[int]
    first: int
    offsets: tuple[int, ...] | None

    def find(self, offset: int) -> str | None:
        """Return the URL of one link, or ``None`` when it has none of its own."""
        line = offset - self.first
        if self.offsets is not None:
            line = bisect_left(self.offsets, offset)
            if line < len(self.offsets) and self.offsets[line] != offset:
                return None
        if not 0 <= line < len(self.ends):
            return None
        start = self.ends[line - 1] + 1 if line else 0
        return self.text[start : self.ends[line]].decode("ascii") or None

    @property
    def size_bytes(self) -> int:
        """Memory it takes, about."""
        return len(self.text) + 4 * len(self.ends) + 40 * len(self.offsets or ()) + 300


def make_block(text: bytes | None, first: int | None, offsets: Sequence[int] | None) -> JumpBlock:
    """Return a block from its lines; ``offsets`` ascend and are given only where some are missing in between."""
    if text is None or first is None:
        return JumpBlock(b"", array("I"), 0, None)
    ends = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == _NEWLINE)
    lines = array("I")
    lines.frombytes(np.append(ends, len(text)).astype(np.uint32).tobytes())
    return JumpBlock(text, lines, first, None if offsets is None else tuple(offsets))


async def read_blocks(uow: Uow, keys: Sequence[tuple[date, int, int]]) -> Sequence[JumpBlock]:
    """Return the blocks named by (day, range, block), in order."""
    rows = await uow.fetch(
        """
        SELECT convert_to(string_agg(coalesce(p.jump_url, ''), E'\\n' ORDER BY p.offset_no), 'SQL_ASCII'),
               min(p.offset_no),
               CASE WHEN count(*) <> max(p.offset_no) - min(p.offset_no) + 1
                    THEN array_agg(p.offset_no ORDER BY p.offset_no) END
        FROM unnest(%s::date[], %s::int8[], %s::int4[], %s::int4[])
             WITH ORDINALITY AS w(day, range_id, first_no, end_no, n)
        LEFT JOIN short_links_payloads p
               ON p.day = w.day AND p.range_id = w.range_id AND p.offset_no >= w.first_no AND p.offset_no < w.end_no
        GROUP BY w.n ORDER BY w.n
        """,
        (
            [day for day, _, _ in keys],
            [range_id for _, range_id, _ in keys],
            [block << BLOCK_BITS for _, _, block in keys],
            [(block + 1) << BLOCK_BITS for _, _, block in keys],
        ),
    )
    return [make_block(text if first is not None else None, first, offsets) for text, first, offsets in rows]


class JumpBlocks:
    """The blocks in memory, the most recently used ones, within a budget."""

    def __init__(self, budget_bytes: int = _BUDGET_BYTES) -> None:
        """Hold at most ``budget_bytes``."""
        self._budget_bytes = budget_bytes
        self._blocks: OrderedDict[tuple[int, int], JumpBlock] = OrderedDict()
        self.size_bytes = 0

    def find(self, range_id: int, offset: int) -> JumpBlock | None:
        """Return the block of a link when it is in memory."""
        key = (range_id, offset >> BLOCK_BITS)
        block = self._blocks.get(key)
        if block is not None:
            self._blocks.move_to_end(key)
        return block

    def keep(self, range_id: int, offset: int, block: JumpBlock) -> None:
        """Put a block in; the least used ones go when there is no room."""
        key = (range_id, offset >> BLOCK_BITS)
        if key in self._blocks:
            return
        self._blocks[key] = block
        self.size_bytes += block.size_bytes
        while self.size_bytes > self._budget_bytes and len(self._blocks) > 1:
            _, gone = self._blocks.popitem(last=False)
            self.size_bytes -= gone.size_bytes
