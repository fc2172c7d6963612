"""Optional parameters behind the fixed fields of Submit and Deliver: tag 2 octets, length 2 octets, value.

Parameters that are not in the table are skipped. Which of them a gateway wants is its contract's business; mobile
numbers usually need TP_udhi, PkTotal, PkNumber, MsgSrc and MServiceID.

Source: SMGP 3.0.3, optional parameters; protocol page, clause 3.6.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, Generic, NamedTuple, TypeVar

from telcowire.errors import Breach, LocalProtocolError, RemoteProtocolError
from telcowire.fields import DumpLine, PduCodec

P = TypeVar("P", bound=tuple[Any, ...])

#: Octets of all parameters of one PDU together that we read or write: those below make 1,000 at most.
MAX_OPTIONS_OCTETS: Final = 2048

_HEAD_OCTETS: Final = 4
_MAX_TEXT_OCTETS: Final = 255


class Options(NamedTuple):
    """The optional parameters; None is not sent. Texts end at the first NUL."""

    tp_pid: int | None = None
    tp_udhi: int | None = None
    link_id: str | None = None
    charge_user_type: int | None = None
    charge_term_type: int | None = None
    charge_term_pseudo: str | None = None
    dest_term_type: int | None = None
    dest_term_pseudo: str | None = None
    pk_total: int | None = None
    pk_number: int | None = None
    submit_msg_type: int | None = None
    sp_deal_result: int | None = None
    src_term_type: int | None = None
    src_term_pseudo: str | None = None
    nodes_count: int | None = None
    msg_src: str | None = None
    src_type: int | None = None
    m_service_id: str | None = None


NO_OPTIONS: Final = Options()

#: Octets of a value, by field, in the order of their tags, which count from 1. 0 is text of any length, 1 a number,
#: more is text padded with NUL.
_OCTETS: Final = dict(zip(Options._fields, (1, 1, 20, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 1, 8, 1, 21), strict=True))
_FIELDS: Final = {tag: (tag - 1, name, octets) for tag, (name, octets) in enumerate(_OCTETS.items(), 1)}


def _write_text(name: str, value: str, octets: int) -> bytes:
    try:
        raw = value.encode("latin-1")
    except UnicodeEncodeError:
        raise LocalProtocolError(f"{name}: {value!r} has characters that the parameter cannot carry") from None
    if len(raw) > (octets or _MAX_TEXT_OCTETS) or b"\0" in raw:
        raise LocalProtocolError(f"{name}: {value!r} does not fit")
    return raw.ljust(octets, b"\0")


@lru_cache(maxsize=1024)
def write_options(options: Options) -> bytes:
    """Write the parameters that are set, in the order of their tags.

    Raises:
        LocalProtocolError: a value does not fit.
    """
    parameters = []
    for tag, (slot, name, octets) in _FIELDS.items():
        value = options[slot]
        if value is None:
            continue
        if isinstance(value, str):
            raw = _write_text(name, value, octets)
        elif 0 <= value <= 0xFF:
            raw = bytes([value])
        else:
            raise LocalProtocolError(f"{name}: {value} does not fit one octet")
        parameters.append(tag.to_bytes(2, "big") + len(raw).to_bytes(2, "big") + raw)
    return b"".join(parameters)


def _iter_parameters(octets: bytes) -> list[tuple[int, int, bytes]]:
    """Return (offset, tag, value) of each parameter, the unknown included."""
    found, at = [], 0
    while at < len(octets):
        end = at + _HEAD_OCTETS + int.from_bytes(octets[at + 2 : at + 4], "big")
        if at + _HEAD_OCTETS > len(octets) or end > len(octets):
            raise RemoteProtocolError("an optional parameter runs past the end of the PDU", Breach.BAD_LENGTH)
        found.append((at, int.from_bytes(octets[at : at + 2], "big"), octets[at + _HEAD_OCTETS : end]))
        at = end
    return found


def _read_value(tag: int, raw: bytes) -> int | str:
    _, name, octets = _FIELDS[tag]
    if octets != 1:
        return raw.split(b"\0", 1)[0].decode("latin-1").strip(" ")
    if len(raw) != 1:
        raise RemoteProtocolError(f"{name}: {len(raw)} octets where one is due")
    return raw[0]


@lru_cache(maxsize=1024)
def read_options(octets: bytes) -> Options:
    """Read the parameters; the last of a doubled one counts.

    Raises:
        RemoteProtocolError: a parameter runs past the end, or a number has another width than one octet.
    """
    values: list[Any] = [None] * len(_FIELDS)
    for _, tag, raw in _iter_parameters(octets):
        if tag in _FIELDS:
            values[tag - 1] = _read_value(tag, raw)
    return Options(*values)


class OptionsCodec(Generic[P]):
    """The codec of a PDU whose last field is its `Options`: the table's `Tail` holds their octets."""

    def __init__(self, codec: PduCodec[P], make: Callable[[list[Any]], P]) -> None:
        """Wrap the table's codec; `make` builds the value from its fields."""
        self.name: Final = codec.name
        self.command: Final = codec.command
        self.table: Final = codec
        self._make: Final = make

    def encode(self, pdu: P, sequence: int) -> bytes:
        """Return the whole PDU.

        Raises:
            LocalProtocolError: a value does not fit its field.
        """
        values = list(pdu)
        values[-1] = write_options(values[-1])
        return self.table.encode(self._make(values), sequence)

    def decode(self, data: bytes, offset: int, total: int) -> P:
        """Read the PDU of `total` octets at `offset`; the caller has checked that they are there.

        Raises:
            RemoteProtocolError: lengths and counts contradict each other, or a parameter is broken.
        """
        values = list(self.table.decode(data, offset, total))
        values[-1] = read_options(values[-1]) if values[-1] else NO_OPTIONS
        return self._make(values)

    def dump(self, data: bytes) -> list[DumpLine]:
        """List the fields of one whole PDU with their offsets, each parameter on a line, for people.

        Raises:
            RemoteProtocolError: as `decode`.
        """
        *lines, tail = self.table.dump(data)
        for at, tag, raw in _iter_parameters(data[tail.offset :]):
            known = tag in _FIELDS
            name = _FIELDS[tag][1] if known else f"tag 0x{tag:04x}"
            value = _read_value(tag, raw) if known else raw.hex()
            lines.append(DumpLine(tail.offset + at, _HEAD_OCTETS + len(raw), name, value))
        return lines
