"""How many parts a text takes, and the parts themselves. One rule answers both, so a bill and the wire never differ.

The rule: a text is measured in UTF-16 units, as UCS-2 carries it. A character of the basic plane (every usual Chinese
character, letter, digit, sign, blank) is one unit; an emoji or a rare character is two. Up to 70 units are one part.
Longer texts carry 67 units per part, and a part ends one unit early rather than inside a pair. For texts of the basic
plane that is exactly the price list's rule: one up to 70 characters, else the length divided by 67, rounded up.

A channel that uses 16-bit references carries 66 units per part: pass `ref_bits=16` to both functions. Bills count
with 8. Where the carrier adds the signature itself, the text comes without it and `reserve` keeps its room: the count
is then that of the text with its signature. The other alphabets are cut by the same rule with their own lengths; which
one a text goes in is decided next door, in `parts`.

Source: protocol page, clause 5.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from telcowire.errors import LocalProtocolError
from telcowire.smstext.gsm7 import ESCAPE, encode_gsm7
from telcowire.smstext.udh import MAX_PARTS, Concatenation, RefBits, build_udh

SINGLE_UNITS: Final = 70
PART_UNITS: Final[dict[RefBits, int]] = {8: 67, 16: 66}

#: Text in octets (ASCII, GB, binary): whole and per part.
SINGLE_OCTETS: Final = 140
PART_OCTETS: Final[dict[RefBits, int]] = {8: 134, 16: 133}

#: Septets of the GSM 7-bit alphabet.
SINGLE_SEPTETS: Final = 160
PART_SEPTETS: Final[dict[RefBits, int]] = {8: 153, 16: 152}

_BASIC_PLANE_END = "\uffff"
_GB_LEAD = 0x81


class Reserve(NamedTuple):
    """Room that the carrier fills itself, in the units of the alphabet: in front of the first part, behind the last."""

    first: int = 0
    last: int = 0


NO_RESERVE: Final = Reserve()


def count_units(text: str) -> int:
    """Length in UTF-16 units: characters above U+FFFF count two."""
    if not text or text.isascii() or max(text) <= _BASIC_PLANE_END:
        return len(text)
    return len(text) + sum(char > _BASIC_PLANE_END for char in text)


def count_segments(text: str, ref_bits: RefBits = 8, reserve: Reserve = NO_RESERVE) -> int:
    """How many parts `split_ucs2` makes of the text, signature included; an empty text is one part.

    Raises:
        LocalProtocolError: the reserve takes more than half of a part.
    """
    units = due = count_units(text)
    per_part = PART_UNITS[ref_bits]
    if reserve is not NO_RESERVE:
        _check_reserve(reserve, per_part)
        due += reserve.first + reserve.last
    if due <= SINGLE_UNITS:
        return 1
    if units == len(text):  # the common case: no pair, nothing to keep together
        return -(-due // per_part)
    return len(_cut_ucs2(text.encode("utf-16-be", "surrogatepass"), ref_bits, reserve))


def split_ucs2(text: str, ref: int, ref_bits: RefBits = 8, reserve: Reserve = NO_RESERVE) -> list[bytes]:
    """Return the contents of the parts as UTF-16BE; with more than one, each begins with its concatenation header.

    `ref` is the message's reference; it wraps to its width. With more than one part set TP_udhi to 1, and Pk_total and
    Pk_number.

    Raises:
        LocalProtocolError: the text needs more than 255 parts, or holds half of a surrogate pair, or the reserve takes
            more than half of a part.
    """
    try:
        octets = text.encode("utf-16-be")
    except UnicodeEncodeError as error:
        raise LocalProtocolError(f"character {error.start} is half of a surrogate pair") from error
    if len(octets) <= SINGLE_UNITS * 2 and reserve is NO_RESERVE:
        return [octets]
    ends = _cut_ucs2(octets, ref_bits, reserve)
    return _with_headers(octets, [2 * end for end in ends], ref, ref_bits)


def split_octets(
    octets: bytes,
    ref: int,
    ref_bits: RefBits = 8,
    single_octets: int = SINGLE_OCTETS,
    reserve: Reserve = NO_RESERVE,
) -> list[bytes]:
    """The same for content of one octet per character (ASCII) or for binary; GB text goes to `split_gb`.

    `single_octets` is 140, or 160 for CMPP's Msg_Fmt 0.

    Raises:
        LocalProtocolError: more than 255 parts, or the reserve takes more than half of a part.
    """
    ends = _cut(len(octets), single_octets, PART_OCTETS[ref_bits], reserve, lambda _start, end: end)
    return _with_headers(octets, ends, ref, ref_bits)


def split_gb(octets: bytes, ref: int, ref_bits: RefBits = 8, reserve: Reserve = NO_RESERVE) -> list[bytes]:
    """The same for text encoded as GBK: a part ends one octet early rather than inside a character.

    Raises:
        LocalProtocolError: as `split_octets`.
    """

    def align(start: int, end: int) -> int:
        at = start
        while at < end:
            at += 2 if octets[at] >= _GB_LEAD else 1
        return end if at == end else end - 1

    ends = _cut(len(octets), SINGLE_OCTETS, PART_OCTETS[ref_bits], reserve, align)
    return _with_headers(octets, ends, ref, ref_bits)


def split_gsm7(text: str, ref: int, ref_bits: RefBits = 8, reserve: Reserve = NO_RESERVE) -> list[bytes]:
    """The same for the GSM 7-bit alphabet, one septet per octet: who sends them over the air packs them.

    An extension character is never cut from its escape. A part of 153 septets packs into 134 octets, behind its header.

    Raises:
        LocalProtocolError: a character is not in the alphabet, or as `split_octets`.
    """
    septets = encode_gsm7(text)

    def align(_start: int, end: int) -> int:
        return end - 1 if septets[end - 1] == ESCAPE else end

    ends = _cut(len(septets), SINGLE_SEPTETS, PART_SEPTETS[ref_bits], reserve, align)
    return _with_headers(septets, ends, ref, ref_bits)


def _cut_ucs2(octets: bytes, ref_bits: RefBits, reserve: Reserve) -> list[int]:
    """Return where the parts end, in units."""

    def align(_start: int, end: int) -> int:
        return end - 1 if 0xD8 <= octets[2 * end - 2] <= 0xDB else end  # a high surrogate: its other half comes along

    return _cut(len(octets) // 2, SINGLE_UNITS, PART_UNITS[ref_bits], reserve, align)


def _check_reserve(reserve: Reserve, per_part: int) -> None:
    if min(reserve) < 0 or 2 * sum(reserve) > per_part:
        raise LocalProtocolError(f"a reserve of {sum(reserve)} leaves no room in parts of {per_part}")


def _cut(size: int, single: int, per_part: int, reserve: Reserve, align: Callable[[int, int], int]) -> list[int]:
    """Return where the parts end.

    `align` moves an end back, by one at most, so that nothing is cut in two. The last part has to leave `reserve.last`
    free: where the rest fits a part but not beside the reserve, that part ends early, so that no part is empty. The
    reserve is at most half of a part, so the rest then fits the next one, and without `align` the number of parts is
    that of a text with its signature.
    """
    _check_reserve(reserve, per_part)
    if size + reserve.first + reserve.last <= single:
        return [size]
    ends: list[int] = []
    start, room = 0, per_part - reserve.first
    while size - start > room - reserve.last:
        start = align(start, start + (room if size - start > room else room - reserve.last))
        ends.append(start)
        room = per_part
    ends.append(size)
    return ends


def _with_headers(octets: bytes, ends: list[int], ref: int, ref_bits: RefBits) -> list[bytes]:
    total = len(ends)
    if total == 1:
        return [octets]
    if total > MAX_PARTS:
        raise LocalProtocolError(f"the text needs {total} parts; the limit is {MAX_PARTS}")
    starts = [0, *ends[:-1]]
    return [
        build_udh(Concatenation(ref, total, no, ref_bits)) + octets[start:end]
        for no, (start, end) in enumerate(zip(starts, ends, strict=True), 1)
    ]
