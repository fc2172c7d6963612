"""What a message carries: which part of a text it is, and the text by its data_coding.

Cutting and joining long texts: `telcowire.smstext.parts` and `.assembly`.

data_coding 0 is the carrier's default alphabet. That is GSM 7-bit nearly everywhere, one septet in each octet; a few
carriers want the septets packed, eight in seven octets, as they go over the air.

Source: SMPP 3.4 clauses 5.2.12 (UDHI), 5.2.19 (data_coding), 5.3.2.22-5.3.2.24 (sar_*); GSM 03.38 clauses 4 (codings
0x1X and 0xFX) and 6.1.2.3.1 (fill bits and the last septet).
"""

from typing import Final, NamedTuple

from telcowire.errors import RemoteProtocolError
from telcowire.smpp.pdus import ESM_UDHI, DataSm, DeliverSm, SubmitMulti, SubmitSm
from telcowire.smpp.tlvs import (
    MESSAGE_PAYLOAD,
    SAR_MSG_REF_NUM,
    SAR_SEGMENT_SEQNUM,
    SAR_TOTAL_SEGMENTS,
    find_number,
    find_octets,
)
from telcowire.smstext.gsm7 import decode_gsm7, pack_septets, unpack_septets
from telcowire.smstext.udh import Concatenation, find_concatenation, split_udh

CODING_DEFAULT: Final = 0
CODING_ASCII: Final = 1
CODING_LATIN1: Final = 3
CODING_BINARY: Final = 4
CODING_UCS2: Final = 8

_CODECS: Final = {1: "ascii", 3: "latin-1", 6: "iso8859-5", 7: "iso8859-8", 8: "utf-16-be", 14: "euc-kr"}
_BY_ALPHABET_BITS: Final = (CODING_DEFAULT, CODING_BINARY, CODING_UCS2, CODING_BINARY)
_CR: Final = 0x0D


class Carried(NamedTuple):
    """A message without its user data header: its octets, its place in a longer text, that header's length."""

    octets: bytes
    part: Concatenation | None
    udh_octets: int


def content_of(pdu: DeliverSm | DataSm | SubmitSm | SubmitMulti) -> bytes:
    """Return short_message, or message_payload where that is empty."""
    short = b"" if isinstance(pdu, DataSm) else pdu.short_message
    return short or find_octets(pdu.tlvs, MESSAGE_PAYLOAD) or b""


def open_content(pdu: DeliverSm | DataSm | SubmitSm | SubmitMulti) -> Carried:
    """Cut the user data header off, if there is one, and find the part's number in it or in the sar_* parameters.

    Raises:
        RemoteProtocolError: esm_class promises a header that is not there.
    """
    content = content_of(pdu)
    if pdu.esm_class & ESM_UDHI:
        header, octets = split_udh(content)
        return Carried(octets, find_concatenation(header), len(header) + 1)
    ref, total, part_no = (
        find_number(pdu.tlvs, tag) for tag in (SAR_MSG_REF_NUM, SAR_TOTAL_SEGMENTS, SAR_SEGMENT_SEQNUM)
    )
    if ref is None or total is None or part_no is None or not 1 <= part_no <= total:
        return Carried(content, None, 0)
    return Carried(content, Concatenation(ref, total, part_no, 16), 0)


def plain_coding(data_coding: int) -> int:
    """Turn GSM's own codings (message classes, flash messages) into SMPP's numbers."""
    group = data_coding & 0xF0
    if group == 0x10:
        return _BY_ALPHABET_BITS[data_coding >> 2 & 3]
    if group == 0xF0:
        return CODING_BINARY if data_coding & 0x04 else CODING_DEFAULT
    return data_coding


def is_text(data_coding: int) -> bool:
    """Whether the coding carries text that `decode_content` reads."""
    coding = plain_coding(data_coding)
    return coding == CODING_DEFAULT or coding in _CODECS


def decode_content(octets: bytes, data_coding: int, *, is_packed: bool = False, udh_octets: int = 0) -> str:
    """Read the text of a message or part, its user data header cut off; that header's `udh_octets` place the fill bits.

    Octets above 0x7F in the default alphabet are Latin-1: some clients declare no coding for it.

    Raises:
        RemoteProtocolError: the coding carries no text, or the octets are none in it.
    """
    coding = plain_coding(data_coding)
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
