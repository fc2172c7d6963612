"""What the child hands back, as MessagePack frames whose first byte says what follows.

Not for: what is stored (``rules``).
"""

from typing import Final, Protocol

import msgspec

HEADER: Final = b"H"
BLOCK: Final = b"B"
END: Final = b"E"
REFUSED: Final = b"R"

Issue = tuple[int, str, str]
"""Row number as a spreadsheet shows it, reason, and the value that stood there (64 characters at most)."""


class Sink(Protocol):
    """Where frames go (``kernel.sandbox.Out``, without what the child need not import: 0.2 s)."""

    def send(self, frame: bytes) -> None:
        """Hand over one frame."""
        ...


class Collected:
    """Keeps the frames of a parser that runs here, on little input."""

    def __init__(self) -> None:
        """Start with none."""
        self.parts: list[bytes] = []

    def send(self, frame: bytes) -> None:
        """Keep a frame."""
        self.parts.append(frame)


class Header(msgspec.Struct, frozen=True, array_like=True):
    """What was found before the first recipient."""

    number_column: str | None
    columns: list[str]
    sheet: str | None
    other_sheets: list[str]


class Tally(msgspec.Struct, array_like=True):
    """Counts so far, this block included."""

    rows: int = 0
    imported: int = 0
    invalid: int = 0
    duplicates: int = 0


class Block(msgspec.Struct, frozen=True, array_like=True):
    """At most 10,000 recipients, and the issues found on the way to them."""

    block_no: int
    tally: Tally
    phones: bytes
    """Canonical numbers as little-endian unsigned 64-bit integers: their digits fit (15 at most)."""
    row_nos: bytes
    """Where each stands in its file, as little-endian unsigned 32-bit integers."""
    columns: msgspec.Raw
    """Column-wise texts: ``list[list[str]]``."""
    issues: list[Issue]


class Refused(msgspec.Struct, frozen=True, array_like=True):
    """Why the file as a whole cannot be used."""

    reason: str
    """``no_number_column``, ``unreadable``, ``protected``, ``undecodable``."""


encode = msgspec.msgpack.Encoder().encode
