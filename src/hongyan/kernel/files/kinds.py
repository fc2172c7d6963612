"""What kind of file an upload is, by its content. The name a client gives it proves nothing.

Not for: whether the content is sound (each reader finds out, in a sandbox where it must).
"""

import codecs
import re
from typing import Literal

FileKind = Literal["pdf", "png", "jpg", "gif", "bmp", "webp", "xlsx", "xls", "docx", "zip", "rar", "mp4", "csv"]

HEAD_BYTES = 65536
"""How much of a file :func:`sniff` looks at; more does no harm."""

_MAGIC: tuple[tuple[bytes, FileKind], ...] = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"Rar!\x1a\x07", "rar"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
)
_ZIP_ENTRY = b"PK\x03\x04"
_ZIP_EMPTY = b"PK\x05\x06"
_ZIP_NAME_AT = 30
_BMP_RESERVED = slice(6, 10)
_TEXT_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def sniff(data: bytes) -> FileKind | None:
    """Return the kind of the file that begins with ``data`` (64 KB are enough), ``None`` when it is none of ours.

    ``csv`` means text in UTF-8 (with or without a byte order mark) or GB18030; ``xls`` any old Office file, so that
    it can be named when it is refused.
    """
    head = data[:HEAD_BYTES]
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith((_ZIP_ENTRY, _ZIP_EMPTY)):
        return _zip_kind(head)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        return "mp4"
    if head[:2] == b"BM" and head[_BMP_RESERVED] == bytes(4):
        return "bmp"
    return "csv" if _is_text(head) else None


def _zip_kind(head: bytes) -> FileKind:
    """Tell Office files from plain archives by the names of their entries."""
    position = head.find(_ZIP_ENTRY)
    while position >= 0:
        name = head[position + _ZIP_NAME_AT : position + _ZIP_NAME_AT + 16]
        if name.startswith(b"xl/"):
            return "xlsx"
        if name.startswith(b"word/"):
            return "docx"
        position = head.find(_ZIP_ENTRY, position + len(_ZIP_ENTRY))
    return "zip"


def _is_text(head: bytes) -> bool:
    if not head:
        return False
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            # Not final: the head may end in the middle of a character.
            text = decoder.decode(head)
        except UnicodeDecodeError:
            continue
        return _TEXT_CONTROL.search(text) is None
    return False
