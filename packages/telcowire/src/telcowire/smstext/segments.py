"""How many parts a text takes, and the parts themselves. One rule answers both, so a bill and the wire never differ.

The rule: a text is measured in UTF-16 units, as UCS-2 carries it. A character of the basic plane (every usual Chinese
character, letter, digit, sign, blank) is one unit; an emoji or a rare character is two. Up to 70 units are one part.
Longer texts carry 67 units per part, and a part ends one unit early rather than inside a pair. For texts of the basic
plane that is exactly the price list's rule: one up to 70 characters, else the length divided by 67, rounded up.

A channel that uses 16-bit references carries 66 units per part: pass `ref_bits=16` to both functions. Bills count
with 8.

Source: protocol page, clause 5.
"""

from typing import Final

from telcowire.errors import LocalProtocolError
from telcowire.smstext.udh import MAX_PARTS, Concatenation, RefBits, build_udh

SINGLE_UNITS: Final = 70
PART_UNITS: Final[dict[RefBits, int]] = {8: 67, 16: 66}

#: Text in octets (ASCII, GB, binary): whole and per part.
SINGLE_OCTETS: Final = 140
PART_OCTETS: Final[dict[RefBits, int]] = {8: 134, 16: 133}

_BASIC_PLANE_END = "\uffff"


def count_units(text: str) -> int:
    """Length in UTF-16 units: characters above U+FFFF count two."""
    if not text or text.isascii() or max(text) <= _BASIC_PLANE_END:
        return len(text)
    return len(text) + sum(char > _BASIC_PLANE_END for char in text)


def count_segments(text: str, ref_bits: RefBits = 8) -> int:
    """How many parts `split_ucs2` makes of the text, signature included; an empty text is one part."""
    units = count_units(text)
    if units <= SINGLE_UNITS:
        return 1
    per_part = PART_UNITS[ref_bits]
    if units == len(text):  # the common case: no pair, nothing to keep together
        return -(-units // per_part)
    parts, used = 1, 0
    for char in text:
        width = 2 if char > _BASIC_PLANE_END else 1
        if used + width > per_part:
            parts, used = parts + 1, 0
        used += width
    return parts


def split_ucs2(text: str, ref: int, ref_bits: RefBits = 8) -> list[bytes]:
    """Return the contents of the parts as UTF-16BE; with more than one, each begins with its concatenation header.

    `ref` is the message's reference; it wraps to its width. With more than one part set TP_udhi to 1, and Pk_total and
    Pk_number.

    Raises:
        LocalProtocolError: the text needs more than 255 parts, or holds half of a surrogate pair.
    """
    try:
        octets = text.encode("utf-16-be")
    except UnicodeEncodeError as error:
        raise LocalProtocolError(f"character {error.start} is half of a surrogate pair") from error
    if len(octets) <= SINGLE_UNITS * 2:
        return [octets]
    chunks: list[bytes] = []
    start, room = 0, PART_UNITS[ref_bits] * 2
    while start < len(octets):
        end = min(start + room, len(octets))
        if end < len(octets) and 0xD8 <= octets[end - 2] <= 0xDB:  # a high surrogate: its other half must come along
            end -= 2
        chunks.append(octets[start:end])
        start = end
    return _with_headers(chunks, ref, ref_bits)


def split_octets(octets: bytes, ref: int, ref_bits: RefBits = 8, single_octets: int = SINGLE_OCTETS) -> list[bytes]:
    """The same for content of one octet per character (ASCII) or for binary; GB text may be cut inside a character.

    `single_octets` is 140, or 160 for CMPP's Msg_Fmt 0.

    Raises:
        LocalProtocolError: more than 255 parts.
    """
    if len(octets) <= single_octets:
        return [octets]
    room = PART_OCTETS[ref_bits]
    return _with_headers([octets[start : start + room] for start in range(0, len(octets), room)], ref, ref_bits)


def _with_headers(chunks: list[bytes], ref: int, ref_bits: RefBits) -> list[bytes]:
    total = len(chunks)
    if total > MAX_PARTS:
        raise LocalProtocolError(f"the text needs {total} parts; the limit is {MAX_PARTS}")
    return [build_udh(Concatenation(ref, total, no, ref_bits)) + chunk for no, chunk in enumerate(chunks, 1)]
