"""A text as the contents of its parts, in the alphabet that a channel wants and the text allows. Used by every driver.

The alphabets themselves are next door: `coding`, `gsm7`; cutting is in `segments`.

Source: protocol page, clause 5.
"""

import enum
from typing import Final, NamedTuple

from telcowire.smstext.coding import FMT_ASCII, FMT_GB, FMT_UCS2
from telcowire.smstext.gsm7 import is_gsm7
from telcowire.smstext.segments import (
    NO_RESERVE,
    SINGLE_OCTETS,
    Reserve,
    count_units,
    split_gb,
    split_gsm7,
    split_octets,
    split_ucs2,
)
from telcowire.smstext.signature import cut_signature
from telcowire.smstext.udh import RefBits

#: SMPP's data_coding 0 is the carrier's default alphabet: GSM 7-bit, one septet per octet. UCS-2 is 8 as elsewhere.
DATA_CODING_DEFAULT: Final = 0


class Coding(enum.StrEnum):
    """What a channel wants its texts in."""

    UCS2 = "ucs2"
    """Always UCS-2: every handset reads it, and its parts are the ones that are billed."""
    GBK = "gbk"
    """GBK where every character fits, else UCS-2. SMPP has no number for it: UCS-2 there."""
    AUTO = "auto"
    """ASCII (SMPP: GSM 7-bit) where every character fits, else UCS-2."""


class Wire(enum.StrEnum):
    """The protocol that carries the parts: it decides what its format numbers mean and how long one message may be."""

    CMPP = "cmpp"
    SGIP = "sgip"
    SMGP = "smgp"
    SMPP = "smpp"


#: ASCII octets of one message: CMPP lets Msg_Fmt 0 have 160.
_SINGLE_ASCII: Final = {Wire.CMPP: 160, Wire.SGIP: SINGLE_OCTETS, Wire.SMGP: SINGLE_OCTETS}


class TextParts(NamedTuple):
    """The format number for the PDU (Msg_Fmt, MessageCoding, MsgFormat, data_coding) and the content of each part.

    With more than one part each begins with its concatenation header: say so in the PDU, and number the parts.
    """

    fmt: int
    contents: list[bytes]


def encode_text_parts(
    text: str,
    ref: int,
    *,
    wire: Wire,
    coding: str = Coding.UCS2,
    ref_bits: int = 8,
    carrier_signature: str = "none",
) -> TextParts:
    """Encode and cut a text that has its 【signature】 in it; `ref` is the message's reference, of 8 or 16 bits.

    `coding` is a `Coding`, or the same word in an application's own enumeration. `carrier_signature`, a
    `SignaturePlace`, says that the carrier adds the signature itself, in front or behind: it is cut out
    of the text, its room is kept, and it counts when the alphabet is chosen.

    Raises:
        LocalProtocolError: more than 255 parts, half of a surrogate pair, or a signature longer than half of a part.
    """
    width: RefBits = 16 if ref_bits == 16 else 8
    body, mark = text, ""
    if carrier_signature != "none":
        body, mark = cut_signature(text)
    if coding == Coding.GBK and wire is not Wire.SMPP and _is_gbk(text):
        reserve = _reserve(len(mark.encode("gbk")), carrier_signature)
        return TextParts(FMT_GB, split_gb(body.encode("gbk"), ref, width, reserve))
    if coding == Coding.AUTO:  # neither alphabet has the brackets: what fits has no signature to keep room for
        if wire is Wire.SMPP:
            if is_gsm7(text):
                return TextParts(DATA_CODING_DEFAULT, split_gsm7(text, ref, width))
        elif text.isascii():
            return TextParts(FMT_ASCII, split_octets(text.encode(), ref, width, _SINGLE_ASCII[wire]))
    return TextParts(FMT_UCS2, split_ucs2(body, ref, width, _reserve(count_units(mark), carrier_signature)))


def _is_gbk(text: str) -> bool:
    try:
        text.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def _reserve(units: int, place: str) -> Reserve:
    if not units:
        return NO_RESERVE
    return Reserve(first=units) if place == "prefix" else Reserve(last=units)
