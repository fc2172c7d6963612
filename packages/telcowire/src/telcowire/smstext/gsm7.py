"""The GSM 7-bit default alphabet and its extension, packed and unpacked. Not for CMPP text: that is UCS-2 or octets.

Source: GSM 03.38 (3GPP TS 23.038) clause 6.2.1 (default alphabet, extension table) and 6.1.2.1 (packing).
"""

from typing import Final

from telcowire.errors import LocalProtocolError, RemoteProtocolError

#: The septet in front of an extension character.
ESCAPE: Final = 0x1B
_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
_SEPTETS: dict[str, bytes] = {char: bytes([code]) for code, char in enumerate(_BASIC) if code != ESCAPE} | {
    char: bytes([ESCAPE, code]) for code, char in _EXTENSION.items()
}


def is_gsm7(text: str) -> bool:
    """Whether every character is in the default alphabet or its extension."""
    return all(char in _SEPTETS for char in text)


def encode_gsm7(text: str) -> bytes:
    """Return one septet per octet; an extension character takes two.

    Raises:
        LocalProtocolError: a character is in neither table.
    """
    try:
        return b"".join([_SEPTETS[char] for char in text])
    except KeyError as missing:
        raise LocalProtocolError(f"character {missing.args[0]!r} is not in the GSM 7-bit alphabet") from None


def decode_gsm7(septets: bytes) -> str:
    """Read one septet per octet; an unknown extension code falls back to the basic character.

    A doubled escape, kept for a further table, is a blank. Both as the clause asks (6.2.1.1).

    Raises:
        RemoteProtocolError: an octet is above 0x7F, or the text ends inside an escape.
    """
    chars: list[str] = []
    escaped = False
    for code in septets:
        if code >= len(_BASIC):
            raise RemoteProtocolError(f"octet 0x{code:02x} is no septet")
        if escaped:
            chars.append(" " if code == ESCAPE else _EXTENSION.get(code, _BASIC[code]))
            escaped = False
        elif code == ESCAPE:
            escaped = True
        else:
            chars.append(_BASIC[code])
    if escaped:
        raise RemoteProtocolError("the text ends inside an escape")
    return "".join(chars)


def pack_septets(septets: bytes, fill_bits: int = 0) -> bytes:
    """Pack septets into octets, the first septet in the lowest bits.

    `fill_bits` (0-6) zero bits come first: after a user data header the text starts on a septet boundary.
    """
    octets = bytearray()
    held, bits = 0, fill_bits
    for code in septets:
        held |= code << bits
        bits += 7
        if bits >= 8:
            octets.append(held & 0xFF)
            held >>= 8
            bits -= 8
    if bits:
        octets.append(held)
    return bytes(octets)


def unpack_septets(octets: bytes, count: int, fill_bits: int = 0) -> bytes:
    """Take `count` septets out of packed octets; the inverse of `pack_septets`.

    Raises:
        RemoteProtocolError: there are fewer octets than `count` septets need.
    """
    if len(octets) * 8 < count * 7 + fill_bits:
        raise RemoteProtocolError(f"{len(octets)} octets cannot hold {count} septets")
    septets = bytearray()
    held, bits = 0, -fill_bits
    for octet in octets:  # octet by octet: one large number, shifted for each septet, takes quadratic time
        held |= octet << bits if bits >= 0 else octet >> -bits
        bits += 8
        while bits >= 7:
            septets.append(held & 0x7F)
            held >>= 7
            bits -= 7
    return bytes(septets[:count])
