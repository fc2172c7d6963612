"""The 64-bit Msg_Id: time, gateway code and sequence in one number. Not unique for ever.

A unique key needs (channel, day received, id): the number has no year, and a gateway may pass 65,536 in a second.

Source: CMPP 3.0 clause 7.4.3.2.
"""

from typing import NamedTuple

from telcowire.errors import LocalProtocolError

_SEQUENCE_MASK = 0xFFFF


class MsgId(NamedTuple):
    """The parts of a Msg_Id; the gateway code is a number (001001 is 1001)."""

    month: int
    day: int
    hour: int
    minute: int
    second: int
    gateway: int
    sequence: int


def pack_msg_id(parts: MsgId) -> int:
    """Put the parts together.

    Raises:
        LocalProtocolError: a part does not fit its bits.
    """
    value = 0
    for part, bits in zip(parts, (4, 5, 5, 6, 6, 22, 16), strict=True):
        if not 0 <= part < 1 << bits:
            raise LocalProtocolError(f"{part} does not fit {bits} bits of a Msg_Id")
        value = value << bits | part
    return value


def unpack_msg_id(value: int) -> MsgId:
    """Take a 64-bit number apart; odd gateways write odd times, so nothing is checked."""
    return MsgId(
        month=value >> 60 & 0xF,
        day=value >> 55 & 0x1F,
        hour=value >> 50 & 0x1F,
        minute=value >> 44 & 0x3F,
        second=value >> 38 & 0x3F,
        gateway=value >> 16 & 0x3FFFFF,
        sequence=value & _SEQUENCE_MASK,
    )


def nth_msg_id(first: int, index: int) -> int:
    """Return the id of number `index` (from 0) of a group submit: the 16-bit part counts on and wraps inside the range.

    Source: CMPP 3.0 clause 7.4.3.2 (SUBMIT_RESP).
    """
    return first & ~_SEQUENCE_MASK | (first + index) & _SEQUENCE_MASK
