"""Child: decode a picture from standard input to its end and draw it anew, so that nothing but pixels is kept.

Frames: JSON ``{"width", "height", "media_type"}`` and the new bytes, or JSON ``{"error"}`` alone.
"""

import io
import json
import sys
from typing import Protocol

from PIL import Image, ImageOps, UnidentifiedImageError

MAX_PIXELS = 40_000_000
"""A larger picture is a decompression bomb: no phone has as many."""


class Frames(Protocol):
    """Where frames go (``kernel.sandbox.Out``, without what the child need not import)."""

    def send(self, frame: bytes) -> None:
        """Hand one frame to the parent."""
        ...


def main(_args: list[str], out: Frames) -> None:
    """Read, decode, draw, send."""
    body = b""
    try:
        head, body = redraw(sys.stdin.buffer.read())
    except Image.DecompressionBombError:
        head = {"error": "pixels"}
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        head = {"error": "damaged"}
    out.send(json.dumps(head).encode())
    if body:
        out.send(body)


def redraw(data: bytes) -> tuple[dict[str, object], bytes]:
    """Return what is known of a picture and its new bytes (JPEG stays JPEG, the rest becomes PNG)."""
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "BMP")) as source:
        if source.width * source.height > MAX_PIXELS:
            return {"error": "pixels"}, b""
        is_jpeg = source.format == "JPEG"
        source.load()
        picture = ImageOps.exif_transpose(source)
        packed = io.BytesIO()
        if is_jpeg:
            picture.convert("RGB").save(packed, "JPEG", quality=90)
        else:
            # A fresh copy of the pixels: chunks with texts, profiles and whatever hides behind the end stay out.
            mode = "RGBA" if picture.has_transparency_data else "RGB"
            Image.frombytes(mode, picture.size, picture.convert(mode).tobytes()).save(packed, "PNG")
        head: dict[str, object] = {
            "width": picture.width,
            "height": picture.height,
            "media_type": "image/jpeg" if is_jpeg else "image/png",
        }
        return head, packed.getvalue()
