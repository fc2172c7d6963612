"""Text to octets and back by Msg_Fmt. Splitting into parts is next door, in `segments`.

Source: protocol page, clause 5; CMPP 3.0 clause 7.4.3.1 (Msg_Fmt).
"""

from typing import Final

from telcowire.errors import LocalProtocolError, RemoteProtocolError

FMT_ASCII: Final = 0
FMT_SIM_WRITE: Final = 3
FMT_BINARY: Final = 4
FMT_UCS2: Final = 8
FMT_GB: Final = 15

#: Msg_Fmt -> (codec to encode with, codec to decode with). GB is written as GBK, which every handset knows, and read as
#: GB18030, its superset.
_CODECS: Final = {FMT_ASCII: ("ascii", "ascii"), FMT_UCS2: ("utf-16-be", "utf-16-be"), FMT_GB: ("gbk", "gb18030")}


def encode_text(text: str, msg_fmt: int) -> bytes:
    """Encode for Msg_Fmt 0 (ASCII), 8 (UCS-2, that is UTF-16BE) or 15 (GBK).

    Raises:
        LocalProtocolError: the format carries no text, or a character does not fit it.
    """
    codec = _CODECS.get(msg_fmt)
    if codec is None:
        raise LocalProtocolError(f"Msg_Fmt {msg_fmt} carries no text")
    try:
        return text.encode(codec[0])
    except UnicodeEncodeError as error:
        raise LocalProtocolError(f"character {text[error.start]!r} does not fit Msg_Fmt {msg_fmt}") from error


def decode_text(octets: bytes, msg_fmt: int) -> str:
    """Decode Msg_Fmt 0, 8 or 15.

    Raises:
        RemoteProtocolError: the format carries no text, or the octets are not text in it.
    """
    codec = _CODECS.get(msg_fmt)
    if codec is None:
        raise RemoteProtocolError(f"Msg_Fmt {msg_fmt} carries no text")
    try:
        return octets.decode(codec[1])
    except UnicodeDecodeError as error:
        raise RemoteProtocolError(f"octet {error.start} is not text in Msg_Fmt {msg_fmt}") from error


def choose_fmt(text: str, *, with_gb: bool = False) -> int:
    """Pick the Msg_Fmt that carries the text: ASCII if it can, else GB if asked for and GBK has it all, else UCS-2."""
    if text.isascii():
        return FMT_ASCII
    if with_gb:
        try:
            text.encode("gbk")
        except UnicodeEncodeError:
            return FMT_UCS2
        return FMT_GB
    return FMT_UCS2
