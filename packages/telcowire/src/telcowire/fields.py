"""Field kinds and the PDU codec. One table of fields drives encoding, decoding and dumps.

A table is compiled to `struct` formats, one per pair (numbers, content octets), so a PDU is packed and unpacked in a
single call. Values are NamedTuples whose fields stand in wire order, without the counters: those are written and
checked here.
What the fields mean is not known here: see `telcowire.cmpp.pdus`.
"""

import struct
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar

from telcowire.errors import Breach, LocalProtocolError, RemoteProtocolError

P = TypeVar("P", bound=tuple[Any, ...])

_UINT_CODES: Final = {1: "B", 2: "H", 4: "I", 8: "Q"}


class UInt(NamedTuple):
    """An unsigned integer of 1, 2, 4 or 8 octets, network byte order."""

    name: str
    octets: int


class WideUInt(NamedTuple):
    """An unsigned integer of any number of octets, the highest first: a sequence that is quoted in a body."""

    name: str
    octets: int


class Text(NamedTuple):
    """Fixed-length text, left-aligned, padded with NUL; read up to the first NUL, then stripped of blanks.

    Octets above 0x7F are kept as Latin-1, so that a vendor's odd code survives. `is_varied` marks fields such as phone
    numbers, whose values hardly repeat: they bypass the cache.
    """

    name: str
    octets: int
    is_varied: bool = False


class Octets(NamedTuple):
    """Raw octets of a fixed length."""

    name: str
    octets: int


class Absent(NamedTuple):
    """A field that this version does not have on the wire; it reads as `default`."""

    name: str
    default: int | str


class Numbers(NamedTuple):
    """A list of fixed-length texts, counted by a `Count` before it."""

    name: str
    octets: int
    minimum: int
    maximum: int


class Count(NamedTuple):
    """One octet: how many `Numbers` follow. Not part of the value."""

    name: str


class Length(NamedTuple):
    """An integer: how many octets of `Content` follow. Not part of the value."""

    name: str
    octets: int = 1


class Content(NamedTuple):
    """Octets counted by a `Length` before them; we never write more than `max_octets`.

    Peers that write more are read, unless `is_strict`: then the PDU is refused as CONTENT_TOO_LONG.
    """

    name: str
    max_octets: int
    is_strict: bool = False


class Tail(NamedTuple):
    """Whatever is left of the PDU, at most `max_octets`."""

    name: str
    max_octets: int


Field = UInt | WideUInt | Text | Octets | Absent | Numbers | Count | Length | Content | Tail


_MAX_SEQ: Final = 0xFFFFFFFF


class HeaderShape(NamedTuple):
    """The header of a protocol: a struct format for (total length, command, sequence) and its size in octets.

    A sequence of more than 32 bits is written as octets (`12s`) and is an `int` everywhere else, its first octet the
    highest; `max_seq` is the highest that a session counts to.
    """

    code: str
    octets: int
    max_seq: int = _MAX_SEQ

    @property
    def seq_octets(self) -> int:
        """How many octets a wide sequence takes; 0 when it is a plain 32-bit number."""
        return (self.max_seq.bit_length() + 7) // 8 if self.max_seq > _MAX_SEQ else 0

    def reader(self) -> Callable[[bytes, int], tuple[int, int, int]]:
        """Return the function that reads (total length, command, sequence) from data at an offset."""
        unpack: Callable[[bytes, int], Any] = struct.Struct(f">{self.code}").unpack_from
        if not self.seq_octets:
            return unpack
        from_bytes = int.from_bytes

        def read(data: bytes, offset: int) -> tuple[int, int, int]:
            total, command, seq = unpack(data, offset)
            return total, command, from_bytes(seq, "big")

        return read


class DumpLine(NamedTuple):
    """One field of a dump: where it lies, what it is called, what was read."""

    offset: int
    octets: int
    name: str
    value: object


class Codec(Protocol[P]):
    """Encodes and decodes one PDU type, header included. `PduCodec` is one; a protocol may bring its own."""

    @property
    def name(self) -> str:
        """What the PDU is called."""

    @property
    def command(self) -> int:
        """Its command, as the header has it."""

    def encode(self, pdu: P, sequence: int) -> bytes:
        """Return the whole PDU, or raise LocalProtocolError: a value does not fit its field."""

    def decode(self, data: bytes, offset: int, total: int) -> P:
        """Read the PDU of `total` octets at `offset`, or raise RemoteProtocolError."""

    def dump(self, data: bytes) -> list[DumpLine]:
        """List the fields of one whole PDU, or raise RemoteProtocolError."""


class _Shape(NamedTuple):
    total: int
    pack: Callable[..., bytes]
    unpack_from: Callable[[bytes, int], tuple[Any, ...]]


def _read_text(raw: bytes) -> str:
    return raw.split(b"\0", 1)[0].decode("latin-1").strip(" ")


_read_text_cached = lru_cache(maxsize=4096)(_read_text)


def _text_writer(name: str, octets: int) -> Callable[[str], bytes]:
    def write(value: str) -> bytes:
        try:
            raw = value.encode("latin-1")
        except UnicodeEncodeError:
            raise LocalProtocolError(f"{name}: {value!r} has characters that the field cannot carry") from None
        if len(raw) > octets or b"\0" in raw:
            raise LocalProtocolError(f"{name}: {value!r} does not fit {octets} octets")
        return raw

    return write


def _octets_writer(name: str, octets: int) -> Callable[[bytes], bytes]:
    def write(value: bytes) -> bytes:
        if len(value) != octets:
            raise LocalProtocolError(f"{name}: {len(value)} octets where {octets} are due")
        return value

    return write


def _wide_writer(name: str, octets: int) -> Callable[[int], bytes]:
    def write(value: int) -> bytes:
        try:
            return value.to_bytes(octets, "big")
        except OverflowError:
            raise LocalProtocolError(f"{name}: {value} does not fit {octets} octets") from None

    return write


def _read_wide(raw: bytes) -> int:
    return int.from_bytes(raw, "big")


def _numbers_reader(octets: int) -> Callable[[bytes], tuple[str, ...]]:
    def read(raw: bytes) -> tuple[str, ...]:
        if len(raw) == octets:
            return (_read_text(raw),)
        return tuple([_read_text(raw[at : at + octets]) for at in range(0, len(raw), octets)])

    return read


def _numbers_writer(field: Numbers) -> Callable[[Sequence[str]], bytes]:
    write_one = _text_writer(field.name, field.octets)

    def write(numbers: Sequence[str]) -> bytes:
        if len(numbers) == 1:
            return write_one(numbers[0])
        if not field.minimum <= len(numbers) <= field.maximum:
            raise LocalProtocolError(
                f"{field.name}: {len(numbers)} numbers; {field.minimum}-{field.maximum} are allowed"
            )
        return b"".join([write_one(number).ljust(field.octets, b"\0") for number in numbers])

    return write


def _bounded_writer(name: str, max_octets: int) -> Callable[[bytes], bytes]:
    def write(value: bytes) -> bytes:
        if len(value) > max_octets:
            raise LocalProtocolError(f"{name}: {len(value)} octets; {max_octets} are allowed")
        return value

    return write


def _default_reader(default: int | str) -> Callable[[bytes], int | str]:
    def read(_raw: bytes) -> int | str:
        return default

    return read


def _absent_writer(_value: object) -> bytes:
    return b""


def _octets_of(field: Field, numbers: int, content_octets: int, tail_octets: int) -> int:
    """How many octets the field takes in a PDU with these counts."""
    match field:
        case Absent():
            return 0
        case Count():
            return 1
        case Numbers(octets=octets):
            return octets * numbers
        case Content():
            return content_octets
        case Tail():
            return tail_octets
        case _:
            return field.octets


class PduCodec(Generic[P]):
    """Encodes and decodes one PDU type, header included, from its field table.

    The table may hold at most one `Count`, `Numbers`, `Length`, `Content` and `Tail`, counters before what they count.
    """

    def __init__(
        self,
        kind: type[P],
        command: int,
        header: HeaderShape,
        fields: Sequence[Field],
        check: Callable[[P], None] | None = None,
        max_content: Callable[[P], int] | None = None,
    ) -> None:
        """Compile the table. `check` may refuse a value before it is written, with a LocalProtocolError.

        `max_content` says how many octets of content a PDU may carry where that depends on its other fields; both ways.
        """
        self.name: Final = kind.__name__
        self.command: Final = command
        self.fields: Final = tuple(fields)
        self._kind = kind
        self._header = header
        self._check = check
        self._max_content = max_content
        self._writers: list[tuple[int, Callable[[Any], Any]]] = []
        self._readers: list[tuple[int, Callable[[Any], Any]]] = []
        self._count_offset = self._length_offset = -1
        self._count_slot = self._length_slot = -1
        self._numbers_slot = self._content_slot = self._tail_slot = -1
        self._numbers = Numbers("", 0, 0, 0)
        self._length_octets = 1
        self._content_limit = _MAX_SEQ
        self._tail_octets = 0
        self._seq_octets: Final = header.seq_octets
        self.min_octets: Final = self._compile()
        self._shape = lru_cache(maxsize=1024)(self._build_shape)
        is_fixed = max(self._count_slot, self._length_slot, self._tail_slot) < 0
        self._fixed_shape = self._build_shape(0, 0, 0) if is_fixed else None

    def _compile(self) -> int:
        """Fill the slots; return the octets of the shortest possible PDU."""
        offset, slot = self._header.octets, 0
        for field in self.fields:
            match field:
                case Count():
                    self._count_offset, self._count_slot = offset, slot
                    offset += 1
                    continue
                case Length(octets=octets):
                    self._length_offset, self._length_slot, self._length_octets = offset, slot, octets
                    offset += octets
                    continue
                case UInt(octets=octets):
                    offset += octets
                case Text(name=name, octets=octets, is_varied=is_varied):
                    write = _text_writer(name, octets)
                    self._writers.append((slot, write if is_varied else lru_cache(maxsize=1024)(write)))
                    self._readers.append((slot, _read_text if is_varied else _read_text_cached))
                    offset += octets
                case WideUInt(name=name, octets=octets):
                    self._writers.append((slot, _wide_writer(name, octets)))
                    self._readers.append((slot, _read_wide))
                    offset += octets
                case Octets(name=name, octets=octets):
                    self._writers.append((slot, _octets_writer(name, octets)))
                    offset += octets
                case Absent(default=default):
                    self._writers.append((slot, _absent_writer))
                    self._readers.append((slot, _default_reader(default)))
                case Numbers(octets=octets):
                    self._numbers, self._numbers_slot = field, slot
                    self._writers.append((slot, _numbers_writer(field)))
                    self._readers.append((slot, _numbers_reader(octets)))
                case Content(name=name, max_octets=max_octets, is_strict=is_strict):
                    self._content_slot = slot
                    self._content_limit = max_octets if is_strict else _MAX_SEQ
                    self._writers.append((slot, _bounded_writer(name, max_octets)))
                case _:
                    self._tail_slot, self._tail_octets = slot, field.max_octets
                    self._writers.append((slot, _bounded_writer(field.name, field.max_octets)))
            slot += 1
        return offset

    def _build_shape(self, numbers: int, content_octets: int, tail_octets: int) -> _Shape:
        packed, unpacked = [f">{self._header.code}"], [f">{self._header.octets}x"]
        for field in self.fields:
            octets = _octets_of(field, numbers, content_octets, tail_octets)
            code = _UINT_CODES[octets] if isinstance(field, UInt | Count | Length) else f"{octets}s"
            packed.append(code)
            unpacked.append(f"{octets}x" if isinstance(field, Count | Length) else code)
        packer = struct.Struct("".join(packed))
        return _Shape(packer.size, packer.pack, struct.Struct("".join(unpacked)).unpack_from)

    def encode(self, pdu: P, sequence: int) -> bytes:
        """Return the whole PDU.

        Raises:
            LocalProtocolError: a value does not fit its field.
        """
        if self._check is not None:
            self._check(pdu)
        values: list[Any] = list(pdu)
        numbers = content_octets = tail_octets = 0
        if self._numbers_slot >= 0:
            numbers = len(values[self._numbers_slot])
        for slot, write in self._writers:
            values[slot] = write(values[slot])
        if self._content_slot >= 0:
            content_octets = len(values[self._content_slot])
            if self._max_content is not None and content_octets > (most := self._max_content(pdu)):
                raise LocalProtocolError(f"{self.name}: {content_octets} octets of content; {most} are allowed")
        if self._tail_slot >= 0:
            tail_octets = len(values[self._tail_slot])
        if self._length_slot >= 0:  # the length stands behind the count: inserted first, it moves nothing before it
            values.insert(self._length_slot, content_octets)
        if self._count_slot >= 0:
            values.insert(self._count_slot, numbers)
        shape = self._shape(numbers, content_octets, tail_octets)
        try:
            if self._seq_octets:
                return shape.pack(shape.total, self.command, sequence.to_bytes(self._seq_octets, "big"), *values)
            return shape.pack(shape.total, self.command, sequence, *values)
        except (struct.error, OverflowError) as error:
            raise LocalProtocolError(f"{self.name}: {error}") from error

    def decode(self, data: bytes, offset: int, total: int) -> P:
        """Read the PDU of `total` octets at `offset`; the caller has checked that they are there.

        Raises:
            RemoteProtocolError: lengths and counts contradict each other.
        """
        shape = self._fixed_shape
        if shape is None:
            shape = self._shape(*self._measure(data, offset, total))
        if shape.total != total:
            raise RemoteProtocolError(f"{self.name}: {total} octets where {shape.total} are due", Breach.BAD_LENGTH)
        values = list(shape.unpack_from(data, offset))
        for slot, read in self._readers:
            values[slot] = read(values[slot])
        pdu = tuple.__new__(self._kind, values)
        if self._max_content is not None:
            most, octets = self._max_content(pdu), len(values[self._content_slot])
            if octets > most:
                raise RemoteProtocolError(
                    f"{self.name}: content of {octets} octets; {most} are allowed", Breach.CONTENT_TOO_LONG
                )
        return pdu

    def _measure(self, data: bytes, offset: int, total: int) -> tuple[int, int, int]:
        """Return (numbers, content octets, tail octets), each checked against `total`."""
        if total < self.min_octets:
            raise self._too_short(total, self.min_octets)
        numbers = content_octets = 0
        if self._count_offset >= 0:
            numbers = data[offset + self._count_offset]
            if not self._numbers.minimum <= numbers <= self._numbers.maximum:
                raise RemoteProtocolError(f"{self.name}: {numbers} numbers")
        known = self.min_octets + numbers * self._numbers.octets
        if self._length_offset >= 0:
            if total < known:
                raise self._too_short(total, known)
            at = offset + self._length_offset + numbers * self._numbers.octets
            content_octets = int.from_bytes(data[at : at + self._length_octets], "big")
            if content_octets > total:  # checked here, so that no format is compiled for an absurd length
                raise RemoteProtocolError(
                    f"{self.name}: content of {content_octets} octets in a PDU of {total}", Breach.BAD_LENGTH
                )
            if content_octets > self._content_limit:
                raise RemoteProtocolError(
                    f"{self.name}: content of {content_octets} octets; {self._content_limit} are allowed",
                    Breach.CONTENT_TOO_LONG,
                )
        tail_octets = total - known - content_octets if self._tail_slot >= 0 else 0
        if not 0 <= tail_octets <= self._tail_octets:
            raise RemoteProtocolError(f"{self.name}: {total} octets do not end where the fields end", Breach.BAD_LENGTH)
        return numbers, content_octets, tail_octets

    def _too_short(self, total: int, due: int) -> RemoteProtocolError:
        return RemoteProtocolError(f"{self.name}: {total} octets where at least {due} are due", Breach.BAD_LENGTH)

    def dump(self, data: bytes) -> list[DumpLine]:
        """List the fields of one whole PDU with their offsets, for people.

        Raises:
            RemoteProtocolError: as `decode`.
        """
        pdu = self.decode(data, 0, len(data))
        numbers, content_octets, tail_octets = self._measure(data, 0, len(data))
        lines = [DumpLine(0, self._header.octets, "header", data[: self._header.octets].hex())]
        at, values = self._header.octets, iter(pdu)
        for field in self.fields:
            match field:
                case Count():
                    value: object = numbers
                case Length():
                    value = content_octets
                case _:
                    value = next(values)
            octets = _octets_of(field, numbers, content_octets, tail_octets)
            if not isinstance(field, Absent):
                lines.append(DumpLine(at, octets, field.name, value))
            at += octets
        return lines
