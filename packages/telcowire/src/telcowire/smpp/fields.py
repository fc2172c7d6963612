"""SMPP's field kinds and its codec: one table per PDU drives encoding, decoding and dumps.

Unlike the other protocols' fixed widths (`telcowire.fields`), texts here end with a NUL, and PDUs end in optional TLVs.
Neighbouring texts and numbers of a table become one regular expression, so that a PDU's head is read in a single call.
It cannot run away: each text has one possible end, its first NUL. `status` of the header is the first value of every
PDU. What the fields mean is not known here: see `telcowire.smpp.pdus`.

Source: SMPP 3.4 clauses 3.1 (types), 3.2 (layout), 5.1-5.3.
"""

import re
import struct
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any, Final, Generic, NamedTuple, TypeVar

from telcowire.errors import Breach, LocalProtocolError, RemoteProtocolError
from telcowire.fields import DumpLine, HeaderShape, UInt

P = TypeVar("P", bound=tuple[Any, ...])

#: Length, command, (status), sequence: clause 5.1. Sequences run from 1 to 0x7FFFFFFF.
HEADER: Final = HeaderShape("II4xI", 16, 0x7FFFFFFF)
RESPONSE_BIT: Final = 0x80000000

_HEADER: Final = struct.Struct(">IIII")
_STATUS: Final = struct.Struct(">I").unpack_from
_TLV: Final = struct.Struct(">HH")
_MAX_COUNT: Final = 254
_DEST_SME, _DEST_LIST = 1, 2


class CString(NamedTuple):
    """Text that ends with a NUL, which `octets` counts as well.

    Octets above 0x7F are kept as Latin-1. `is_varied` marks values that hardly repeat: they bypass the cache.
    """

    name: str
    octets: int
    is_varied: bool = False


class ShortMessage(NamedTuple):
    """`sm_length` and the octets that it counts, at most 254."""

    name: str


class Tlvs(NamedTuple):
    """Optional parameters to the end of the PDU, as pairs (tag, value) in wire order: unknown and doubled ones too."""

    name: str


class Destinations(NamedTuple):
    """`number_of_dests` and what it counts: addresses and names of distribution lists (clause 4.5.1.1)."""

    name: str


class Failures(NamedTuple):
    """`no_unsuccess` and what it counts: the addresses that a submit_multi did not reach (clause 4.5.2.1)."""

    name: str


Field = UInt | CString | ShortMessage | Tlvs | Destinations | Failures


class Destination(NamedTuple):
    """One receiver of a submit_multi: an address, or a distribution list when `list_name` is set."""

    ton: int = 0
    npi: int = 0
    address: str = ""
    list_name: str = ""


class Failure(NamedTuple):
    """One receiver that a submit_multi did not reach, and why."""

    ton: int
    npi: int
    address: str
    status: int


def _read_text(raw: bytes) -> tuple[str]:
    return (raw.decode("latin-1"),)


_read_text_cached = lru_cache(maxsize=4096)(_read_text)


def _text_writer(name: str, octets: int) -> Callable[[str], bytes]:
    def write(value: str) -> bytes:
        try:
            raw = value.encode("latin-1")
        except UnicodeEncodeError:
            raise LocalProtocolError(f"{name}: {value!r} has characters that the field cannot carry") from None
        if len(raw) >= octets or b"\0" in raw:
            raise LocalProtocolError(f"{name}: {value!r} does not fit {octets} octets")
        return raw + b"\0"

    return write


def _write_content(value: bytes) -> bytes:
    if len(value) > _MAX_COUNT:
        raise LocalProtocolError(f"{len(value)} octets of short_message; {_MAX_COUNT} are allowed")
    return bytes((len(value),)) + value


def _read_content(data: bytes, at: int, end: int) -> tuple[bytes, int]:
    octets = data[at] if at < end else 0
    stop = at + 1 + octets
    if stop > end:
        raise RemoteProtocolError(f"a short_message of {octets} octets runs past the end", Breach.BAD_LENGTH)
    if octets > _MAX_COUNT:
        raise RemoteProtocolError(
            f"{octets} octets of short_message; {_MAX_COUNT} are allowed", Breach.CONTENT_TOO_LONG
        )
    return data[at + 1 : stop], stop


def _write_tlvs(value: Iterable[tuple[int, bytes]]) -> bytes:
    if not value:
        return b""
    return b"".join([_TLV.pack(tag, len(octets)) + octets for tag, octets in value])


def _read_tlvs(data: bytes, at: int, end: int) -> tuple[tuple[tuple[int, bytes], ...], int]:
    if at == end:
        return (), at
    found = []
    while at < end:
        if end - at < _TLV.size:
            raise RemoteProtocolError(f"{end - at} octets are left over where an optional parameter may begin")
        tag, octets = _TLV.unpack_from(data, at)
        at += _TLV.size + octets
        if at > end:
            raise RemoteProtocolError(f"optional parameter 0x{tag:04x} of {octets} octets runs past the end")
        found.append((tag, data[at - octets : at]))
    return tuple(found), at


_LIST_NAME: Final = _text_writer("dl_name", 21)
_ADDRESS: Final = _text_writer("destination_addr", 21)
_SME_PATTERN: Final = re.compile(rb"\x01(.)(.)([^\0]{0,20})\0|\x02([^\0]{1,20})\0", re.DOTALL)
_FAILURE_PATTERN: Final = re.compile(rb"(.)(.)([^\0]{0,20})\0(.{4})", re.DOTALL)


def _write_counted(pieces: list[bytes]) -> bytes:
    if len(pieces) > _MAX_COUNT:
        raise LocalProtocolError(f"{len(pieces)} addresses; {_MAX_COUNT} are allowed")
    return bytes((len(pieces),)) + b"".join(pieces)


def _read_counted(pattern: re.Pattern[bytes], data: bytes, at: int, end: int) -> tuple[list[tuple[Any, ...]], int]:
    found = []
    count = data[at] if at < end else 1  # without the count, the first entry is missing as well
    at += 1
    for index in range(count):
        entry = pattern.match(data, at, end)
        if entry is None:
            raise RemoteProtocolError(f"address {index + 1} of {count} is not readable")
        found.append(entry.groups())
        at = entry.end()
    return found, at


def _write_destinations(value: Sequence[Destination]) -> bytes:
    return _write_counted(
        [
            bytes((_DEST_LIST,)) + _LIST_NAME(one.list_name)
            if one.list_name
            else bytes((_DEST_SME, one.ton, one.npi)) + _ADDRESS(one.address)
            for one in value
        ]
    )


def _read_destinations(data: bytes, at: int, end: int) -> tuple[tuple[Destination, ...], int]:
    entries, at = _read_counted(_SME_PATTERN, data, at, end)
    return tuple(
        Destination(list_name=list_name.decode("latin-1"))
        if list_name is not None
        else Destination(ton[0], npi[0], address.decode("latin-1"))
        for ton, npi, address, list_name in entries
    ), at


def _write_failures(value: Sequence[Failure]) -> bytes:
    return _write_counted(
        [bytes((one.ton, one.npi)) + _ADDRESS(one.address) + one.status.to_bytes(4, "big") for one in value]
    )


def _read_failures(data: bytes, at: int, end: int) -> tuple[tuple[Failure, ...], int]:
    entries, at = _read_counted(_FAILURE_PATTERN, data, at, end)
    return tuple(
        Failure(ton[0], npi[0], address.decode("latin-1"), int.from_bytes(status, "big"))
        for ton, npi, address, status in entries
    ), at


_Write = Callable[[Any], bytes]
_Read = Callable[[bytes, int, int], tuple[Any, int]]
_COUNTED: Final[dict[type[Any], tuple[_Write, _Read]]] = {
    ShortMessage: (_write_content, _read_content),
    Tlvs: (_write_tlvs, _read_tlvs),
    Destinations: (_write_destinations, _read_destinations),
    Failures: (_write_failures, _read_failures),
}


class _Run:
    """Neighbouring texts and numbers: read by one expression, one group per text and per row of octets."""

    def __init__(self, fields: Sequence[Field], first_slot: int) -> None:
        self.fields: Final = [field for field in fields if isinstance(field, CString | UInt)]
        self.writers: Final[list[tuple[_Write, int | slice]]] = []
        self._readers: Final[list[Callable[[bytes], Iterable[Any]]]] = []
        patterns: list[bytes] = []
        slot = first_slot
        for is_number, group in groupby(self.fields, lambda field: isinstance(field, UInt)):
            members = list(group)
            if is_number:
                # Octets are turned into numbers and back by the types themselves: the cheapest call there is.
                patterns.append(b"(.{%d})" % len(members))
                self._readers.append(tuple)
                self.writers.append((bytes, slice(slot, slot + len(members))))
                slot += len(members)
                continue
            for field in members:
                is_varied = isinstance(field, CString) and field.is_varied
                write = _text_writer(field.name, field.octets)
                patterns.append(rb"([^\0]{0,%d})\0" % (field.octets - 1))
                self._readers.append(_read_text if is_varied else _read_text_cached)
                self.writers.append((write if is_varied else lru_cache(maxsize=1024)(write), slot))
                slot += 1
        self._match: Final = re.compile(b"".join(patterns), re.DOTALL).match

    def read(self, data: bytes, at: int, end: int, values: list[Any]) -> int:
        """Append the values; return where the run ends."""
        found = self._match(data, at, end)
        if found is None:
            raise RemoteProtocolError(f"{self._find_broken(data, at, end)} is cut off or too long", Breach.BAD_LENGTH)
        for read, raw in zip(self._readers, found.groups(), strict=True):
            values += read(raw)
        return found.end()

    def spans(self, data: bytes, at: int) -> list[tuple[int, int]]:
        """Return where each field lies; the run has been read before."""
        found = []
        for field in self.fields:
            stop = at + field.octets if isinstance(field, UInt) else data.index(0, at) + 1
            found.append((at, stop))
            at = stop
        return found

    def _find_broken(self, data: bytes, at: int, end: int) -> str:
        for field in self.fields[:-1]:
            stop = at + field.octets
            if isinstance(field, CString):
                stop = data.find(0, at, min(stop, end)) + 1 or end + 1
            if stop > end:
                return field.name
            at = stop
        return self.fields[-1].name


class _Counted:
    """A field that brings its own count or length."""

    def __init__(self, field: Field, slot: int) -> None:
        self.fields: Final = [field]
        write, self._read = _COUNTED[type(field)]
        self.writers: Final[list[tuple[_Write, int | slice]]] = [(write, slot)]

    def read(self, data: bytes, at: int, end: int, values: list[Any]) -> int:
        """Append the value; return where the field ends."""
        value, stop = self._read(data, at, end)
        values.append(value)
        return stop


def _compile(fields: Sequence[Field]) -> list[_Run | _Counted]:
    segments: list[_Run | _Counted] = []
    slot = 1
    for is_counted, group in groupby(fields, lambda field: type(field) in _COUNTED):
        members = list(group)
        if is_counted:
            segments += [_Counted(field, slot + index) for index, field in enumerate(members)]
        else:
            segments.append(_Run(members, slot))
        slot += len(members)
    return segments


class SmppCodec(Generic[P]):
    """Encodes and decodes one PDU type, header included, from its field table.

    The value's first field is `status`, the others stand as in the table and have defaults. Answers with an error may
    come without a body; with `may_lack_body` any may.
    """

    def __init__(
        self,
        name: str,
        kind: type[P],
        command: int,
        fields: Sequence[Field],
        *,
        may_lack_body: bool = False,
    ) -> None:
        """Compile the table."""
        self.name: Final = name
        self.command: Final = command
        self.fields: Final = tuple(fields)
        self._kind = kind
        self._may_be_bare: Final = may_lack_body or not fields
        self._is_answer: Final = bool(command & RESPONSE_BIT)
        self._segments: Final = _compile(self.fields)
        self._reads: Final = [segment.read for segment in self._segments]
        self._writers: Final = [writer for segment in self._segments for writer in segment.writers]

    def encode(self, pdu: P, sequence: int) -> bytes:
        """Return the whole PDU.

        Raises:
            LocalProtocolError: a value does not fit its field.
        """
        try:
            body = b"".join([write(pdu[slot]) for write, slot in self._writers])
            return _HEADER.pack(_HEADER.size + len(body), self.command, pdu[0], sequence) + body
        except (struct.error, ValueError, OverflowError) as error:
            raise LocalProtocolError(f"{self.name}: {error}") from error

    def encode_error(self, status: int, sequence: int) -> bytes:
        """Return the PDU without a body, as errors may be."""
        return _HEADER.pack(_HEADER.size, self.command, status, sequence)

    def decode(self, data: bytes, offset: int, total: int) -> P:
        """Read the PDU of `total` octets at `offset`; the caller has checked that they are there.

        Raises:
            RemoteProtocolError: lengths contradict each other, or a text does not end.
        """
        (status,) = _STATUS(data, offset + 8)
        at, end = offset + _HEADER.size, offset + total
        if at == end and (self._may_be_bare or (status and self._is_answer)):
            return self._kind(status)
        values: list[Any] = [status]
        try:
            for read in self._reads:
                at = read(data, at, end, values)
        except RemoteProtocolError as error:
            raise RemoteProtocolError(f"{self.name}: {error}", error.kind) from None
        if at != end:
            raise RemoteProtocolError(f"{self.name}: {end - at} octets behind the last field", Breach.BAD_LENGTH)
        return tuple.__new__(self._kind, values)

    def dump(self, data: bytes) -> list[DumpLine]:
        """List the fields of one whole PDU with their offsets, for people.

        Raises:
            RemoteProtocolError: as `decode`.
        """
        pdu = self.decode(data, 0, len(data))
        lines = [DumpLine(0, _HEADER.size, "header", data[: _HEADER.size].hex())]
        if len(data) == _HEADER.size:
            return lines
        at, values = _HEADER.size, iter(pdu[1:])
        for segment in self._segments:
            stop = segment.read(data, at, len(data), [])
            spans = segment.spans(data, at) if isinstance(segment, _Run) else [(at, stop)]
            for field, (begin, end) in zip(segment.fields, spans, strict=True):
                lines.append(DumpLine(begin, end - begin, field.name, next(values)))
            at = stop
        return lines
