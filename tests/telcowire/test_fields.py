"""What CMPP does not use of the field kinds: a four-octet length, as SGIP has, and a long tail, as SMGP has."""

from typing import NamedTuple

import pytest

from telcowire.errors import LocalProtocolError, RemoteProtocolError
from telcowire.fields import Content, HeaderShape, Length, PduCodec, Tail, UInt

HEADER = HeaderShape("III", 12)


class Note(NamedTuple):
    urgency: int
    body: bytes
    options: bytes


CODEC = PduCodec(Note, 9, HEADER, (UInt("urgency", 2), Length("size", 4), Content("body", 10), Tail("options", 5)))


def test_a_long_length_and_a_tail() -> None:
    wire = CODEC.encode(Note(1, b"body", b"abc"), 5)
    assert wire.hex() == "000000190000000900000005000100000004" + b"bodyabc".hex()
    assert CODEC.decode(wire, 0, len(wire)) == Note(1, b"body", b"abc")


@pytest.mark.parametrize("note", [Note(1, b"x" * 11, b""), Note(1, b"", b"x" * 6), Note(65_536, b"", b"")])
def test_bounds_of_writing(note: Note) -> None:
    with pytest.raises(LocalProtocolError):
        CODEC.encode(note, 1)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("0001ffffffff", "content of 4294967295 octets"),
        ("000100000000000000000000", "do not end"),
        ("00010000000500000000", "do not end"),
        ("00010000", "at least 18"),
    ],
)
def test_bounds_of_reading(body: str, reason: str) -> None:
    wire = bytes(12) + bytes.fromhex(body)
    with pytest.raises(RemoteProtocolError, match=reason):
        CODEC.decode(wire, 0, len(wire))


def test_a_dump_shows_counters() -> None:
    wire = CODEC.encode(Note(1, b"body", b"abc"), 5)
    assert [(line.offset, line.name, line.value) for line in CODEC.dump(wire)[1:]] == [
        (12, "urgency", 1),
        (14, "size", 4),
        (18, "body", b"body"),
        (22, "options", b"abc"),
    ]
