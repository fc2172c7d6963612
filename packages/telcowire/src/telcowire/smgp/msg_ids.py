"""The MsgID of SMGP: ten octets, kept as they came. In most gateways they are packed decimal digits, not in all.

Source: SMGP 3.0.3, MsgID (gateway code 6 digits, month, day, hour, minute, sequence 6 digits).
"""

from typing import Final, NamedTuple

from telcowire.errors import LocalProtocolError

MSG_ID_OCTETS: Final = 10
#: What stands in an answer that refuses: there is no id then.
NO_MSG_ID: Final = bytes(MSG_ID_OCTETS)

_SEQUENCE_DIGITS: Final = 6
_WIDTHS: Final = (6, 2, 2, 2, 2, _SEQUENCE_DIGITS)


class MsgId(NamedTuple):
    """The parts of a MsgID; the gateway is its six digits as a number (010061 is 10061): area, class 06, number."""

    gateway: int
    month: int
    day: int
    hour: int
    minute: int
    sequence: int


def pack_msg_id(parts: MsgId) -> bytes:
    """Put the parts together as packed decimal digits.

    Raises:
        LocalProtocolError: a part does not fit its digits.
    """
    digits = ""
    for part, width in zip(parts, _WIDTHS, strict=True):
        if not 0 <= part < 10**width:
            raise LocalProtocolError(f"{part} does not fit {width} digits of a MsgID")
        digits += f"{part:0{width}d}"
    return bytes.fromhex(digits)


def unpack_msg_id(msg_id: bytes) -> MsgId | None:
    """Take an id apart, or None when it does not consist of digits: such an id is only a name."""
    digits = msg_id.hex()
    if len(msg_id) != MSG_ID_OCTETS or not digits.isdecimal():
        return None
    parts, at = [], 0
    for width in _WIDTHS:
        parts.append(int(digits[at : at + width]))
        at += width
    return MsgId(*parts)


def nth_msg_id(first: bytes, index: int) -> bytes:
    """Return the id of number `index` (from 0) of a group submit: the last three octets count on, and wrap.

    They count in decimal digits where they are digits, else as a number: some gateways write no digits.
    Source: SMGP 3.0.3, Submit_Resp (n numbers take MsgID to MsgID + n - 1).
    """
    head, tail = first[:-3], first[-3:]
    digits = tail.hex()
    if digits.isdecimal():
        return head + bytes.fromhex(f"{(int(digits) + index) % 10**_SEQUENCE_DIGITS:0{_SEQUENCE_DIGITS}d}")
    return head + ((int.from_bytes(tail, "big") + index) & 0xFFFFFF).to_bytes(3, "big")
