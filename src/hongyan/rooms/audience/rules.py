"""Pure rules of number files: names, the packed form of blocks and issues, the sample file.

Not for: what stands in a file (``parsers``).
"""

import csv
import io
import re
import struct
import zlib
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray
from rustpy_xlsxwriter import write_worksheet

from hongyan.kernel.files.kinds import sniff
from hongyan.kernel.phones import Phone
from hongyan.rooms.audience.contracts import BLOCK_RECIPIENTS, IssueReason, RecipientBlock
from hongyan.rooms.audience.errors import FileNameRefused, FileTypeRefused

_NAME: Final = re.compile(r"[0-9A-Za-z\u3400-\u9fff]{1,100}\.(xlsx|csv|txt)", re.IGNORECASE)
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_BATCH: Final = 5_000
_REASON_ZH: Final = {
    IssueReason.EMPTY: "没有号码",
    IssueReason.INVALID: "号码无效",
    IssueReason.DUPLICATE: "号码重复",
    IssueReason.OPTED_OUT: "已退订",
}
_PIECE_BYTES: Final = 1024 * 1024
_LENGTH: Final = struct.Struct(">I")
_LEVEL: Final = 1
"""zlib's fastest: 5 ms for a block; level 6 saves a tenth and takes four times as long."""

Numbers = NDArray[np.uint64]
Issue = tuple[int, str, str]


class StoredBlock(msgspec.Struct, frozen=True, array_like=True):
    """A block as it lies in the file store, before compressing and sealing."""

    phones: bytes
    columns: msgspec.Raw


_columns = msgspec.msgpack.Decoder(tuple[tuple[str, ...], ...]).decode
_block = msgspec.msgpack.Decoder(StoredBlock).decode
_issues = msgspec.msgpack.Decoder(list[Issue]).decode
_encode = msgspec.msgpack.Encoder().encode


def extension_of(name: str) -> str:
    """Return ``xlsx``, ``csv`` or ``txt``.

    Raises:
        FileNameRefused: other characters than digits, letters and Chinese, or another ending.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise FileNameRefused("file", name=name)
    return match[1].lower()


def check_kind(head: bytes, extension: str, name: str) -> None:
    """Check that a file begins like what its name says.

    Raises:
        FileTypeRefused: it does not.
    """
    is_text = head.startswith(_UTF16_MARKS) or sniff(head) == "csv"
    if not (is_text if extension != "xlsx" else sniff(head) == "xlsx"):
        raise FileTypeRefused("file", name=name, extension=extension)


def batches(items: Sequence[bytes]) -> Iterable[Sequence[bytes]]:
    """Cut sealed numbers into as many as one statement takes."""
    return (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))


async def issues_csv(issues: AsyncIterator[Issue], wanted: Collection[str]) -> AsyncIterator[bytes]:
    """Yield a csv (UTF-8 with mark, for spreadsheets) of issues whose code is wanted: row, value, reason."""
    text = io.StringIO()
    writer = csv.writer(text)
    text.write("\ufeff")
    writer.writerow(["行号 row", "内容 value", "原因 reason", "代码 code"])
    async for row_no, code, value in issues:
        if code in wanted:
            # A value that begins like a formula would be one in the reader's spreadsheet.
            shown = f"'{value}" if value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value
            writer.writerow([row_no, shown, _REASON_ZH[IssueReason(code)], code])
        if text.tell() > _PIECE_BYTES:
            yield drain(text)
    yield drain(text)


def drain(text: io.StringIO) -> bytes:
    """Take what was written so far."""
    data = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return data


def pack_block(phones: Numbers, columns: msgspec.Raw) -> bytes:
    """Return a block as bytes, compressed."""
    return zlib.compress(_encode(StoredBlock(phones.astype("<u8").tobytes(), columns)), _LEVEL)


def unpack_block(block_no: int, packed: bytes) -> RecipientBlock:
    """Return the block."""
    stored = _block(zlib.decompress(packed))
    numbers = np.frombuffer(stored.phones, dtype="<u8").tolist()
    return RecipientBlock(
        block_no=block_no,
        first_no=block_no * BLOCK_RECIPIENTS,
        phones=tuple([Phone(number) for number in numbers]),
        columns=_columns(stored.columns),
    )


def drop_recipients(columns: msgspec.Raw, is_kept: Sequence[bool]) -> msgspec.Raw:
    """Return the columns without some recipients."""
    kept = [[text for text, keep in zip(column, is_kept, strict=True) if keep] for column in _columns(columns)]
    return msgspec.Raw(_encode(kept))


def pack_issues(issues: Sequence[Issue]) -> bytes:
    """Return issues as bytes, compressed."""
    return zlib.compress(_encode(issues), _LEVEL)


def unpack_issues(packed: bytes) -> list[Issue]:
    """Return the issues."""
    return _issues(zlib.decompress(packed))


def sample_xlsx(columns: Sequence[tuple[str, str]]) -> bytes:
    """Return a sample file to fill in: the number, then one column per (name, sample value)."""
    rows = [{"手机号码": phone, **dict(columns)} for phone in ("13800138000", "13900139000")]
    buffer = io.BytesIO()
    write_worksheet(rows, buffer, sheet_name="号码", bold_headers=True, autofit=True)
    return buffer.getvalue()


def frame(part: bytes) -> bytes:
    """Return a part with its length in front."""
    return _LENGTH.pack(len(part)) + part


async def unframe(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the parts that were framed, from chunks of any size."""
    buffer = bytearray()
    async for chunk in chunks:
        buffer += chunk
        while len(buffer) >= _LENGTH.size:
            (size,) = _LENGTH.unpack_from(buffer)
            if len(buffer) < _LENGTH.size + size:
                break
            yield bytes(buffer[_LENGTH.size : _LENGTH.size + size])
            del buffer[: _LENGTH.size + size]
