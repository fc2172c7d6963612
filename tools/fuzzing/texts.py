"""Targets: texts and their headers, in and out; times of validity."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from telcowire.errors import LocalProtocolError, RemoteProtocolError
from telcowire.smpp.content import decode_content
from telcowire.smstext.assembly import Assembler, Part
from telcowire.smstext.coding import FMT_UCS2, decode_text, encode_text
from telcowire.smstext.gsm7 import decode_gsm7, encode_gsm7, unpack_septets
from telcowire.smstext.parts import Coding, Wire, encode_text_parts
from telcowire.smstext.segments import count_segments
from telcowire.smstext.signature import cut_signature, find_signature
from telcowire.smstext.udh import find_concatenation, split_udh
from telcowire.validity import read_date, read_time, write_date, write_time

_MAX_OPEN: Final = 4
_CODINGS: Final = tuple(Coding)
_WIRES: Final = tuple(Wire)
_NOW: Final = datetime(2026, 11, 23, 7, tzinfo=UTC)
_PLACES: Final = ("none", "prefix", "suffix", "none")


def _texts(data: bytes) -> None:
    """The first octet is a coding, the rest a text in it."""
    if not data:
        return
    coding, octets = data[0], data[1:]
    try:
        text = decode_text(octets, coding)
        if coding == FMT_UCS2 and encode_text(text, coding) != octets:
            raise AssertionError(f"{octets.hex()} is not what was read")
        find_signature(text)
    except RemoteProtocolError:
        pass
    for is_packed in (False, True):
        try:
            decode_content(octets, coding, is_packed=is_packed, udh_octets=coding % 8)
        except RemoteProtocolError:
            continue
    try:
        septets = unpack_septets(octets, len(octets) * 8 // 7, coding % 7)
        text = decode_gsm7(septets)
    except RemoteProtocolError:
        return
    if decode_gsm7(encode_gsm7(text)) != text:
        raise AssertionError(f"{text!r} is not what was written")


def _assembly(data: bytes) -> None:
    """Parts one after the other: flags, two counters, a length, and that many octets; time passes with the parts."""
    assembler, at, now = Assembler(timeout_s=5.0, max_open=_MAX_OPEN), 0, 0.0
    while at + 4 <= len(data):
        flags, total, number, octets = data[at : at + 4]
        content = data[at + 4 : at + 4 + octets]
        at += 4 + octets
        now += flags >> 5
        part = Part(content, has_udh=bool(flags & 1), pk_total=total, pk_number=number)
        try:
            whole = assembler.add(flags >> 1 & 3, part, now)
        except RemoteProtocolError:
            continue
        if whole is not None and not 1 <= len(whole) <= 0xFF:
            raise AssertionError(f"{len(whole)} parts of one message")
        if len(assembler) > _MAX_OPEN:
            raise AssertionError(f"{len(assembler)} open messages")


def _headers(data: bytes) -> None:
    try:
        header, content = split_udh(data)
        found = find_concatenation(header)
    except RemoteProtocolError:
        return
    if len(header) + len(content) + 1 != len(data):
        raise AssertionError("octets were lost")
    if found is not None and not 1 <= found.part_no <= found.total:
        raise AssertionError(f"{found} cannot be")


def _text_parts(data: bytes) -> None:
    """A text of ours on its way out: two octets of choices, then UTF-8 with errors as lone surrogates."""
    if len(data) < 2:
        return
    coding, wire = _CODINGS[data[0] % len(_CODINGS)], _WIRES[data[0] >> 4 & 3]
    ref_bits, place = 16 if data[1] & 1 else 8, _PLACES[data[1] >> 1 & 3]
    text = data[2:].decode("utf-8", "surrogateescape")
    try:
        parts = encode_text_parts(text, data[1], wire=wire, coding=coding, ref_bits=ref_bits, carrier_signature=place)
    except LocalProtocolError:
        return
    body = text if place == "none" else cut_signature(text)[0]
    units = [part if len(parts.contents) == 1 else split_udh(part)[1] for part in parts.contents]
    if wire is Wire.SMPP and parts.fmt == 0:
        read = "".join(decode_gsm7(octets) for octets in units)
    else:
        read = "".join(decode_text(octets, parts.fmt) for octets in units)
    if read != body:
        raise AssertionError(f"{body!r} is not what was written")
    if parts.fmt == FMT_UCS2 and place == "none" and len(units) != count_segments(text, 16 if ref_bits == 16 else 8):
        raise AssertionError(f"{len(units)} parts are not what was counted")


def _validity(data: bytes) -> None:
    """A text that should be a time, or a date of MM7."""
    text = data.decode("latin-1")
    for read, write in ((read_time, write_time), (read_date, write_date)):
        try:
            at = read(text, _NOW)
            if at is not None and read(write(at), _NOW) != at.replace(microsecond=0):
                raise AssertionError(f"{text!r} is not what was written")
        except (RemoteProtocolError, LocalProtocolError):
            continue


TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = {
    "texts": _texts,
    "assembly": _assembly,
    "headers": _headers,
    "text_parts": _text_parts,
    "validity": _validity,
}
