"""Text of a short message by its data_coding. Long messages: `telcowire.smstext.parts` (cut), `.assembly` (join).

data_coding 0 is the carrier's default alphabet. That is GSM 7-bit nearly everywhere, one septet in each octet; a few
carriers want the septets packed, eight in seven octets, as they go over the air.

Source: SMPP 3.4 clause 5.2.19; GSM 03.38 clause 4 (codings 0x1X and 0xFX), 6.1.2.3.1 (fill bits and the last septet).
"""

from typing import Final

from telcowire.errors import RemoteProtocolError
from telcowire.smstext.gsm7 import decode_gsm7, pack_septets, unpack_septets

CODING_DEFAULT: Final = 0
CODING_ASCII: Final = 1
CODING_LATIN1: Final = 3
CODING_BINARY: Final = 4
CODING_UCS2: Final = 8

_CODECS: Final = {1: "ascii", 3: "latin-1", 6: "iso8859-5", 7: "iso8859-8", 8: "utf-16-be", 14: "euc-kr"}
_BY_ALPHABET_BITS: Final = (CODING_DEFAULT, CODING_BINARY, CODING_UCS2, CODING_BINARY)
_CR: Final = 0x0D


def _plain_coding(data_coding: int) -> int:
    """Turn GSM's own codings (message classes, flash messages) into SMPP's numbers."""
    group = data_coding & 0xF0
    if group == 0x10:
        return _BY_ALPHABET_BITS[data_coding >> 2 & 3]
    if group == 0xF0:
        return CODING_BINARY if data_coding & 0x04 else CODING_DEFAULT
    return data_coding


def decode_content(octets: bytes, data_coding: int, *, is_packed: bool = False, udh_octets: int = 0) -> str:
    """Read the text of a message or part, its user data header cut off; that header's `udh_octets` place the fill bits.

    Octets above 0x7F in the default alphabet are Latin-1: some clients declare no coding for it.

    Raises:
        RemoteProtocolError: the coding carries no text, or the octets are none in it.
    """
    coding = _plain_coding(data_coding)
    if coding == CODING_DEFAULT:
        if is_packed:
            return decode_gsm7(_unpack(octets, udh_octets))
        return octets.decode("latin-1") if any(octet & 0x80 for octet in octets) else decode_gsm7(octets)
    codec = _CODECS.get(coding)
    if codec is None:
        raise RemoteProtocolError(f"data_coding {data_coding} carries no text")
    try:
        return octets.decode(codec)
    except UnicodeDecodeError as error:
        raise RemoteProtocolError(f"octet {error.start} is not text in data_coding {data_coding}") from error


def pack_content(content: bytes, udh_octets: int = 0) -> bytes:
    """Pack the septets of an unpacked part behind its header, for a carrier whose default alphabet is packed.

    A last septet that would stay empty becomes a carriage return, which readers drop: zero would read as "@".
    """
    header, septets = content[:udh_octets], content[udh_octets:]
    fill = _fill_bits(udh_octets)
    if (len(septets) * 7 + fill) % 8 == 1:
        septets += bytes((_CR,))
    return header + pack_septets(septets, fill)


def _fill_bits(udh_octets: int) -> int:
    return -udh_octets * 8 % 7


def _unpack(octets: bytes, udh_octets: int) -> bytes:
    fill = _fill_bits(udh_octets)
    septets = unpack_septets(octets, max(0, len(octets) * 8 - fill) // 7, fill)
    is_full = bool(septets) and (len(septets) * 7 + fill) % 8 == 0
    return septets[:-1] if is_full and septets[-1] in (0, _CR) else septets
