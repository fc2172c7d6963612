"""What a reviewer sees of an uploaded file, in a child: pictures and pages drawn anew, archives listed by their index.

Nothing of the upload reaches the browser as it is, and nothing is unpacked: an archive's members are never read.
Not for: downloads (those leave as attachments).
"""

import io
import json
import sys
import zipfile
from collections.abc import Iterable
from typing import Any

import pypdfium2
import rarfile
from PIL import Image, ImageOps

from hongyan.kernel.sandbox import Out

MAX_PIXELS = 50_000_000
"""More is a decompression bomb: 2 MB of a scan have some 12 million pixels."""
MAX_SIDE = 2000
"""Pixels of what is shown."""
PAGE_WIDTH = 1200
MAX_SCALE = 4.0
MAX_PAGES = 200
MAX_ENTRIES = 500
"""Names of an archive that are shown."""
BOMB_RATIO = 100
BOMB_BYTES = 1024 * 1024 * 1024
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1


def main(args: list[str], out: Out) -> None:
    """Read the upload from standard input; ``args``: ``picture``, ``page`` and its number from 0, ``zip`` or ``rar``.

    Frames: a JSON object, then the picture where there is one. A broken file ends the child with an error.
    """
    data = sys.stdin.buffer.read()
    task, *more = args
    if task == "picture":
        _picture(data, out)
    elif task == "page":
        _page(data, int(more[0]), out)
    else:
        out.send(json.dumps(_archive(data, task)).encode())


def _picture(data: bytes, out: Out) -> None:
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    with Image.open(io.BytesIO(data)) as opened:
        width, height = opened.size
        shown = ImageOps.exif_transpose(opened)
        shown.thumbnail((MAX_SIDE, MAX_SIDE))
        _send(out, {"width": width, "height": height, "pages": 1}, shown.convert("RGBA"))


def _page(data: bytes, number: int, out: Out) -> None:
    with pypdfium2.PdfDocument(data) as document:
        pages = min(len(document), MAX_PAGES)
        if not 0 <= number < pages:
            out.send(json.dumps({"pages": pages}).encode())
            return
        page = document[number]
        width, height = page.get_size()
        scale = min(PAGE_WIDTH / max(width, 1.0), 2 * PAGE_WIDTH / max(height, 1.0), MAX_SCALE)
        # Forms are not loaded, so nothing in the document runs.
        drawn = page.render(scale=scale, may_draw_forms=False).to_pil()
        _send(out, {"width": drawn.width, "height": drawn.height, "pages": pages}, drawn)


def _send(out: Out, told: dict[str, int], picture: Image.Image) -> None:
    packed = io.BytesIO()
    picture.save(packed, "PNG")
    out.send(json.dumps(told).encode())
    out.send(packed.getvalue())


def _archive(data: bytes, kind: str) -> dict[str, Any]:
    """Return what an archive's index says of its members."""
    if kind == "zip":
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            members = [
                (_zip_name(one), one.file_size, one.compress_size, bool(one.flag_bits & _ENCRYPTED_FLAG), one.is_dir())
                for one in opened.infolist()
            ]
    else:
        with rarfile.RarFile(io.BytesIO(data)) as opened:
            members = [
                (
                    one.filename,
                    one.file_size or 0,
                    one.compress_size or 0,
                    bool(one.needs_password()),
                    bool(one.is_dir()),
                )
                for one in opened.infolist()
            ]
    return {"entries": _shown(members[:MAX_ENTRIES]), **_sums(members, len(data))}


def _shown(members: Iterable[tuple[str, int, int, bool, bool]]) -> list[dict[str, Any]]:
    return [
        {"name": name[:500], "size_bytes": size, "is_encrypted": is_encrypted, "is_folder": is_folder}
        for name, size, _, is_encrypted, is_folder in members
    ]


def _sums(members: list[tuple[str, int, int, bool, bool]], packed: int) -> dict[str, Any]:
    unpacked = sum(size for _, size, _, _, _ in members)
    is_suspicious = unpacked > BOMB_BYTES or unpacked > BOMB_RATIO * max(packed, 1)
    return {"entry_count": len(members), "unpacked_bytes": unpacked, "is_suspicious": is_suspicious}


def _zip_name(member: zipfile.ZipInfo) -> str:
    """Return a member's name; old Chinese programs write GB18030 where the standard says CP437."""
    if member.flag_bits & _UTF8_FLAG:
        return member.filename
    try:
        return member.orig_filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename
