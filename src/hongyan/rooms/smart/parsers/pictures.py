"""Reads one picture or video of a stranger; runs in a sandboxed child.

In: the bytes on stdin, the kind (``png``, ``jpg``, ``mp4``) as argument. Out: a head as JSON, then one frame of bytes:
the picture written anew, or a video's first picture as its cover. A refusal is a head with ``reason``, ``reason_zh``.
"""

import io
import json
import sys
from collections.abc import Iterator
from typing import Any, Final, Protocol

import av
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_PIXELS: Final = 25_000_000
MAX_VIDEO_S: Final = 60.0
"""The interface advises 33 s; what is longer than a minute is no card. Source: api.md §5.2; the limit is ours."""
COVER_BYTES: Final = 100 * 1024
_COVER_WIDTH: Final = 1088
_WORST: Final = 25
_MAX_VIDEO_PIXELS: Final = 4096 * 2304
_MAX_PACKETS: Final = 100_000
_FORMATS: Final = {"png": "PNG", "jpg": "JPEG"}


class Refused(Exception):
    """The bytes are no sound picture or video; both languages."""

    def __init__(self, reason: str, reason_zh: str) -> None:
        """Keep the reasons."""
        super().__init__(reason)
        self.reasons = {"reason": reason, "reason_zh": reason_zh}


class Out(Protocol):
    """Where frames go (``kernel.sandbox.Out``)."""

    def send(self, frame: bytes) -> None:
        """Hand over one frame."""
        ...


def main(args: list[str], out: Out) -> None:
    """Read stdin."""
    for frame in read(args[0], sys.stdin.buffer.read()):
        out.send(frame)


def read(kind: str, data: bytes) -> Iterator[bytes]:
    """Yield the head and the frame, or a refusal."""
    try:
        head, frame = _video(data) if kind == "mp4" else _picture(_FORMATS[kind], data)
    except Refused as error:
        yield json.dumps(error.reasons).encode()
        return
    yield json.dumps(head).encode()
    yield frame


def _picture(wanted: str, data: bytes) -> tuple[dict[str, Any], bytes]:
    """Write a picture anew: nothing but its pixels is kept."""
    try:
        with Image.open(io.BytesIO(data), formats=(wanted,)) as image:
            # Before a pixel is unpacked: the head of a bomb says how large it is.
            if image.width * image.height > MAX_PIXELS:
                raise Refused("the picture has too many pixels", "图片像素过大")
            image.load()
            upright = ImageOps.exif_transpose(image)
    except Image.DecompressionBombError as error:
        raise Refused("the picture has too many pixels", "图片像素过大") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise Refused(f"the content is no sound {wanted} picture", f"内容不是有效的 {wanted} 图片，或已损坏") from error
    packed = io.BytesIO()
    if wanted == "PNG":
        plain = upright if upright.mode in {"RGB", "RGBA", "L", "LA", "P", "1"} else upright.convert("RGBA")
        plain.save(packed, "PNG", optimize=True, exif=b"")
    else:
        (upright if upright.mode in {"RGB", "L"} else upright.convert("RGB")).save(packed, "JPEG", quality=88, exif=b"")
    return {"width": upright.width, "height": upright.height}, packed.getvalue()


def _video(data: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        return _film(data)
    except (av.FFmpegError, ValueError, OverflowError) as error:
        raise Refused("the mp4 is damaged or incomplete", "mp4 文件已损坏或不完整") from error


def _film(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Walk through all packets and draw the first picture; a head that lies about the length gains nothing."""
    # Naming the format keeps all other readers of the library away from the bytes.
    with av.open(io.BytesIO(data), "r", format="mp4") as container:
        if not container.streams.video:
            raise Refused("the mp4 has no picture", "mp4 文件没有视频内容")
        stream = container.streams.video[0]
        stream.thread_count = 1
        if not 0 < stream.width * stream.height <= _MAX_VIDEO_PIXELS:
            raise Refused("the video's picture is too large", "视频分辨率过大")
        first: av.VideoFrame | None = None
        begin, end = 0.0, float(container.duration or 0) / av.time_base
        for number, packet in enumerate(container.demux()):
            if number > _MAX_PACKETS:
                raise Refused("the mp4 has too many packets", "mp4 文件数据包过多")
            if first is None and packet.stream.index == stream.index:
                first = next((one for one in packet.decode() if isinstance(one, av.VideoFrame)), None)
            if packet.pts is not None and packet.time_base is not None:
                at = float(packet.pts * packet.time_base)
                begin, end = min(begin, at), max(end, at + float((packet.duration or 0) * packet.time_base))
        seconds = end - begin
        if seconds > MAX_VIDEO_S:
            raise Refused(
                f"the video lasts {seconds:.0f} s, at most {MAX_VIDEO_S:.0f} s",
                f"视频时长 {seconds:.0f} 秒，最多 {MAX_VIDEO_S:.0f} 秒",
            )
        if first is None:
            raise Refused("the video cannot be decoded", "视频无法解码")
        head = {"width": stream.width, "height": stream.height, "duration_ms": round(seconds * 1000)}
        image = Image.fromarray(first.to_ndarray(format="rgb24"))
    cover = _cover(image)
    return {**head, "cover_width": image.width, "cover_height": image.height}, cover


def _cover(image: Image.Image) -> bytes:
    """Return a JPEG of at most 100 KB; the picture is made smaller in place."""
    image.thumbnail((_COVER_WIDTH, _COVER_WIDTH))
    quality = 85
    while len(packed := _jpeg(image, quality)) > COVER_BYTES and quality > _WORST:
        quality -= 15
    return packed


def _jpeg(image: Image.Image, quality: int) -> bytes:
    packed = io.BytesIO()
    image.save(packed, "JPEG", quality=quality)
    return packed.getvalue()
