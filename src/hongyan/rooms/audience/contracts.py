"""What other rooms see of number files and opt-outs.

Not for: what a number can show (``handsets``), what a recipient gets (``campaigns``).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from hongyan.kernel.ids import FileId, TenantId
from hongyan.kernel.phones import Phone

BLOCK_RECIPIENTS: Final = 10_000
"""A block holds this many recipients at most; ``recipient_no // BLOCK_RECIPIENTS`` is the block."""
MAX_FILE_BYTES: Final = 40 * 1024 * 1024
MAX_TYPED_BYTES: Final = 4 * 1024 * 1024
MAX_COLUMNS: Final = 40
"""Columns kept beside the number."""
MAX_VALUE_CHARS: Final = 500
"""Longer values are cut."""


class FileState(StrEnum):
    """Life of a number file; only ``PARSED`` has all its blocks."""

    UPLOADED = "uploaded"
    PARSING = "parsing"
    PARSED = "parsed"
    FAILED = "failed"


class IssueReason(StrEnum):
    """Why a row gives no recipient."""

    EMPTY = "empty"
    """The row has values but no number."""
    INVALID = "invalid"
    """The number is none."""
    DUPLICATE = "duplicate"
    """The number stands in an earlier row."""
    OPTED_OUT = "opted_out"
    """The number has opted out of this tenant's messages."""


@dataclass(frozen=True, slots=True)
class ParseCounts:
    """What became of the rows: rows = imported + invalid + duplicates + opted_out."""

    rows: int = 0
    """Rows below the header that hold anything."""
    imported: int = 0
    """Recipients: valid, once each, not opted out."""
    invalid: int = 0
    duplicates: int = 0
    opted_out: int = 0


@dataclass(frozen=True, slots=True)
class NumberFile:
    """A number file and what was found in it."""

    file_id: FileId
    tenant_id: TenantId
    name: str
    """As uploaded; ``""`` for typed numbers."""
    source_bytes: int
    state: FileState
    counts: ParseCounts
    blocks: int
    """Blocks that are stored; while parsing, the checkpoint."""
    columns: tuple[str, ...]
    """Names of the columns beside the number, in order: the file's header, else ``param1``, ``param2``, …"""
    number_column: str | None
    sheet: str | None
    other_sheets: tuple[str, ...]
    """Sheets that were not read."""
    failure_code: str | None
    failure_en: str | None
    failure_zh: str | None
    created_at: datetime
    parsed_at: datetime | None


@dataclass(frozen=True, slots=True)
class RecipientBlock:
    """At most ``BLOCK_RECIPIENTS`` recipients in the order of the file; recipient i has the number ``first_no`` + i."""

    block_no: int
    first_no: int
    """``block_no`` × ``BLOCK_RECIPIENTS``."""
    phones: tuple[Phone, ...]
    columns: tuple[tuple[str, ...], ...]
    """Column-wise values beside the number: ``columns[c][i]``; as many columns as the file's ``columns``."""

    def params(self, index: int) -> tuple[str, ...]:
        """Return the values of recipient ``index`` of this block, in the order of the file's columns."""
        return tuple(column[index] for column in self.columns)


@dataclass(frozen=True, slots=True)
class OptOut:
    """A number that wants no messages of a tenant (of one signature, or of all)."""

    phone: Phone
    signature: str | None
    source: str
    """``uplink``, ``console``, ``api``, ``complaint``."""
    at: datetime
