"""The concatenation header in front of a part: build, find, cut off. Putting parts together again is in `assembly`.

Source: GSM 03.40 clause 9.2.3.24.1 (8-bit reference, element 0x00) and 9.2.3.24.8 (16-bit reference, element 0x08).
"""

from typing import Final, Literal, NamedTuple

from telcowire.errors import LocalProtocolError, RemoteProtocolError

RefBits = Literal[8, 16]
#: Octets that the header takes from a part, its own length octet included.
UDH_OCTETS: Final[dict[RefBits, int]] = {8: 6, 16: 7}
MAX_PARTS: Final = 255

_CONCAT_8 = 0x00
_CONCAT_16 = 0x08


class Concatenation(NamedTuple):
    """Which part of which message this is; parts count from 1."""

    ref: int
    total: int
    part_no: int
    ref_bits: RefBits


def build_udh(concatenation: Concatenation) -> bytes:
    """Return `05 00 03 rr tt nn` or `06 08 04 rr rr tt nn`; the reference wraps to its width.

    Raises:
        LocalProtocolError: total is not 1-255 or the part is not within it.
    """
    ref, total, part_no, ref_bits = concatenation
    if not 1 <= part_no <= total <= MAX_PARTS:
        raise LocalProtocolError(f"part {part_no} of {total} cannot be written")
    if ref_bits == 8:
        return bytes([5, _CONCAT_8, 3, ref & 0xFF, total, part_no])
    return bytes([6, _CONCAT_16, 4, ref >> 8 & 0xFF, ref & 0xFF, total, part_no])


def split_udh(octets: bytes) -> tuple[bytes, bytes]:
    """Cut content that starts with a header (TP_udhi 1) into (header without its length octet, text).

    Raises:
        RemoteProtocolError: the header is longer than the content.
    """
    if not octets or octets[0] + 1 > len(octets):
        raise RemoteProtocolError("the user data header is longer than the content")
    end = octets[0] + 1
    return octets[1:end], octets[end:]


def find_concatenation(header: bytes) -> Concatenation | None:
    """Look for a concatenation element, in either width; None when there is none or it numbers parts impossibly.

    Other elements (ports, fonts) are stepped over. A receiver ignores an element with impossible numbers (9.2.3.24.1).

    Raises:
        RemoteProtocolError: an element runs past the end of the header.
    """
    offset = 0
    while offset < len(header):
        if offset + 2 > len(header) or offset + 2 + header[offset + 1] > len(header):
            raise RemoteProtocolError("an element of the user data header runs past its end")
        tag, length = header[offset], header[offset + 1]
        value = header[offset + 2 : offset + 2 + length]
        offset += 2 + length
        if tag == _CONCAT_8 and length == 3:
            found = Concatenation(value[0], value[1], value[2], 8)
        elif tag == _CONCAT_16 and length == 4:
            found = Concatenation(value[0] << 8 | value[1], value[2], value[3], 16)
        else:
            continue
        return found if 1 <= found.part_no <= found.total else None
    return None
