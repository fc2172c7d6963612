"""The 96-bit sequences: source node, time and counter. A message's identity in the whole network, reports quote it.

Source: China Unicom's interface specification, 4.2 (message header).
"""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Final, NamedTuple

from telcowire.errors import LocalProtocolError

_CHINA: Final = timezone(timedelta(hours=8))
_MASK: Final = 0xFFFFFFFF


class SequenceParts(NamedTuple):
    """The three numbers of a sequence; `time` is mmddhhmmss as a decimal."""

    node: int
    time: int
    counter: int


def pack_sequence(parts: SequenceParts) -> int:
    """Put the three numbers together.

    Raises:
        LocalProtocolError: one of them does not fit 32 bits.
    """
    if any(not 0 <= part <= _MASK for part in parts):
        raise LocalProtocolError(f"{parts} do not fit 32 bits each")
    return parts.node << 64 | parts.time << 32 | parts.counter


def unpack_sequence(seq: int) -> SequenceParts:
    """Take a sequence apart; odd peers write odd times, so nothing is checked."""
    return SequenceParts(seq >> 64, seq >> 32 & _MASK, seq & _MASK)


class SgipSequence:
    """Makes the sequences of one node. All connections of the node share one object, so none of them repeats another.

    The counter runs on from second to second: 2**32 messages go by before one second could see a number again. `clock`
    returns seconds since 1970; `counter` is where to start: at random, so that a process that takes over within the
    same second does not repeat its predecessor.
    """

    def __init__(self, node: int, clock: Callable[[], float], counter: int) -> None:
        """Check the node.

        Raises:
            LocalProtocolError: node or counter do not fit 32 bits.
        """
        pack_sequence(SequenceParts(node, 0, counter))
        self.node: Final = node
        self._clock: Final = clock
        self._counter = counter
        self._second = -1
        self._prefix = 0

    def take(self) -> int:
        """Return the next sequence."""
        second = int(self._clock())
        if second != self._second:
            self._second = second
            time = int(datetime.fromtimestamp(second, _CHINA).strftime("%m%d%H%M%S"))
            self._prefix = self.node << 64 | time << 32
        counter = self._counter
        self._counter = counter + 1 & _MASK
        return self._prefix | counter
