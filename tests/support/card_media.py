"""Pictures and videos made on the spot, sound ones and hostile ones."""

import base64
import io
import struct
import zlib

import av
import numpy as np
from PIL import Image


def picture(width: int = 160, height: int = 90, kind: str = "PNG", colour: str = "#2b6cb0") -> bytes:
    """Return a picture of one colour with a text chunk or a comment that nobody should get."""
    packed = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(packed, kind)
    return packed.getvalue()


def bomb(side: int = 60_000) -> bytes:
    """Return a PNG of a few kilobytes that says it has 3.6 thousand million pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1024 * 1024), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def film(seconds: float = 2.0, *, width: int = 320, height: int = 180, frames: int = 4) -> bytes:
    """Return an mp4 whose few frames lie so far apart that it plays for ``seconds``."""
    packed = io.BytesIO()
    with av.open(packed, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        step = max(1, round(seconds * 10 / (frames - 1)))
        for number in range(frames):
            shade = np.full((height, width, 3), 40 * number + 30, dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(shade, format="rgb24")
            frame.pts = number * step
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return packed.getvalue()


def data_uri(data: bytes, media_type: str = "image/png") -> str:
    """Return bytes as the upload operation takes them."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"
