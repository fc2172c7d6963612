"""Pure rules of receipts: what a Stat makes of a message, numbers as carriers write them, when to look again; texts."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import groupby
from typing import Final

from hongyan.kernel.phones import normalise_phone
from hongyan.rooms.carriers.contracts import Protocol, StatMeaning, WireOptions
from hongyan.rooms.delivery.contracts import MessageState
from hongyan.rooms.receipts.contracts import SMPP_CODING
from telcowire.errors import LocalProtocolError, RemoteProtocolError
from telcowire.smpp.content import CODING_DEFAULT, decode_content
from telcowire.smstext.coding import FMT_GB, FMT_UCS2, decode_text
from telcowire.smstext.parts import Wire, encode_text_parts
from telcowire.smstext.udh import split_udh

_ACCEPTED: Final = "ACCEPTD"
_NOTHING_TOLD: Final[Mapping[str, str]] = {}
_TOLD: Final[Mapping[str, MessageState | None]] = {
    StatMeaning.DELIVERED: MessageState.DELIVERED,
    StatMeaning.FAILED: MessageState.FAILED,
    StatMeaning.EXPIRED: MessageState.EXPIRED,
    StatMeaning.IGNORE: None,
}
_STATES: Final = {"DELIVRD": MessageState.DELIVERED, "EXPIRED": MessageState.EXPIRED}
_MAINLAND_DIGITS: Final = 11
_CANONICAL_DIGITS: Final = 13

IDS_REPEAT: Final = frozenset({Protocol.SMPP34})
"""Ids without a time in them, which a restarted message centre may give again within days."""

EARLY: Final = timedelta(seconds=5)
"""A younger report may be early: its answer is still on the way. An older one may belong to an answer that was lost."""
GIVE_UP: Final = timedelta(hours=72)
"""After this an unexplained report only stays listed."""
_SOONEST: Final = timedelta(milliseconds=200)
_LATEST: Final = timedelta(hours=1)


def state_of(stat: str, told: Mapping[str, str] = _NOTHING_TOLD) -> MessageState | None:
    """Return the state that a Stat ends a part with; ``None`` for ACCEPTD, which says nothing final.

    ``told`` is what an operator says of the channel (Stat, with or without the error code behind it → meaning).
    Source: protocols page, clause 1.10.
    """
    if told:
        meaning = told.get(stat) or told.get(stat.partition("/")[0])
        if meaning is not None:
            return _TOLD[meaning]
    if stat == _ACCEPTED:
        return None
    return _STATES.get(stat, MessageState.FAILED)


def canonical(number: str) -> str:
    """Return a number as carriers write it (with or without 86, +86, 0086) in canonical digits, or as it is."""
    # Not isdigit() alone: it is true of "²" too, which no number holds and no key seals.
    if number.isascii() and number.isdigit():
        if len(number) == _CANONICAL_DIGITS and number.startswith("861"):
            return number
        if len(number) == _MAINLAND_DIGITS and number.startswith("1"):
            return "86" + number
    return normalise_phone(number) or "".join(char for char in number if char.isascii() and char.isdigit())


def next_try(age: timedelta) -> timedelta | None:
    """Return how long to wait before an unexplained report of that age is tried again; ``None``: never."""
    if age >= GIVE_UP:
        return None
    return min(max(age, _SOONEST), _LATEST)


PART_WAIT: Final = timedelta(minutes=2)
"""A long text is told as it is when a part of it has waited so long for the others."""
SAME_TEXT: Final = timedelta(hours=1)
"""A part with a known reference belongs to the text of that reference for so long; phones use references again."""
PARTS_KEPT: Final = timedelta(days=1)
"""How long parts of told texts are kept, so that doubled ones are known."""
GAP: Final = "…"
"""Stands in a text where parts are missing."""
_GSM7: Final = SMPP_CODING + CODING_DEFAULT
_WIRES: Final[Mapping[Protocol, Wire]] = {
    Protocol.CMPP20: Wire.CMPP,
    Protocol.CMPP30: Wire.CMPP,
    Protocol.SGIP12: Wire.SGIP,
    Protocol.SMGP30: Wire.SMGP,
    Protocol.SMPP34: Wire.SMPP,
}
_LENIENT: Final = {FMT_UCS2: "utf-16-be", FMT_GB: "gb18030", SMPP_CODING + 14: "euc-kr"}


def join_parts(parts: Mapping[int, tuple[bytes, int]], total: int) -> str:
    """Return the text of parts (number → octets, Msg_Fmt); what is missing or cannot be read is marked in it.

    Octets are joined before they are read: a character may lie across the seam.
    """
    texts = []
    runs = groupby(range(1, total + 1), key=lambda no: parts[no][1] if no in parts else None)
    for coding, numbers in runs:
        texts.append(GAP if coding is None else _read(b"".join(parts[no][0] for no in numbers), coding))
    return "".join(texts)


def part_texts(text: str, protocol: Protocol, options: WireOptions) -> tuple[str, ...]:
    """Return what each part of a text carries on a channel of these settings, without what the carrier adds.

    Empty where the channel carries no texts, or not this one.
    """
    wire = _WIRES.get(protocol)
    if wire is None:
        return ()
    try:
        fmt, contents = encode_text_parts(
            text,
            0,
            wire=wire,
            coding=options.coding,
            ref_bits=options.ref_bits,
            carrier_signature=options.carrier_signature,
        )
    except LocalProtocolError:
        return ()
    if len(contents) > 1:
        contents = [split_udh(content)[1] for content in contents]
    coding = SMPP_CODING + fmt if wire is Wire.SMPP else fmt
    return tuple(_read(content, coding) for content in contents)


def _read(octets: bytes, coding: int) -> str:
    try:
        return decode_content(octets, coding - SMPP_CODING) if coding >= SMPP_CODING else decode_text(octets, coding)
    except RemoteProtocolError:
        # What a person wrote is worth more than its broken end.
        if coding == _GSM7:  # which can only be an escape without its character
            return decode_content(octets[:-1], CODING_DEFAULT)
        return octets.decode(_LENIENT.get(coding, "latin-1"), "replace")
