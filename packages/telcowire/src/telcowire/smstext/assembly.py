"""Parts of long messages back into one, in memory and bounded. Not for parts that arrive in different processes.

Both header forms and numbered parts without header (Pk_total, Pk_number) are understood. Time is an argument.
"""

from collections import OrderedDict
from collections.abc import Hashable
from typing import NamedTuple

from telcowire.smstext.udh import find_concatenation, split_udh


class Part(NamedTuple):
    """One received part: what the PDU says, and its raw content."""

    content: bytes
    has_udh: bool
    pk_total: int = 1
    pk_number: int = 1


class _Pieces(NamedTuple):
    started: float
    chunks: dict[int, bytes]


class Assembler:
    """Collects parts by conversation; hands out the whole content when the last one is there.

    At most `max_open` messages are kept; the oldest give way, and so do those older than `timeout_s`.
    """

    def __init__(self, timeout_s: float = 300.0, max_open: int = 10_000) -> None:
        """Start empty."""
        self._timeout_s = timeout_s
        self._max_open = max_open
        self._open: OrderedDict[Hashable, _Pieces] = OrderedDict()

    def __len__(self) -> int:
        """How many messages are incomplete."""
        return len(self._open)

    def add(self, conversation: Hashable, part: Part, now: float) -> list[bytes] | None:
        """Take a part of the conversation (usually sender and receiver); return all contents in order, or None.

        A part that comes twice replaces its first copy. A message of one part comes straight back.

        Raises:
            RemoteProtocolError: the user data header is broken.
        """
        content, total, part_no, ref = part.content, part.pk_total, part.pk_number, -1
        if part.has_udh:
            header, content = split_udh(content)
            concatenation = find_concatenation(header)
            if concatenation is not None:
                total, part_no, ref = concatenation.total, concatenation.part_no, concatenation.ref
        if total <= 1 or not 1 <= part_no <= total:
            return [content]
        key = (conversation, ref, total)
        self._forget_old(now)
        pieces = self._open.get(key)
        if pieces is None:
            pieces = self._open[key] = _Pieces(now, {})
            if len(self._open) > self._max_open:
                self._open.popitem(last=False)
        pieces.chunks[part_no] = content
        if len(pieces.chunks) < total:
            return None
        del self._open[key]
        return [pieces.chunks[no] for no in range(1, total + 1)]

    def _forget_old(self, now: float) -> None:
        while self._open:
            key, pieces = next(iter(self._open.items()))
            if pieces.started + self._timeout_s > now:
                return
            del self._open[key]
