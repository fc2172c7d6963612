"""Reads pictures, sound and video of strangers; runs in a sandboxed child.

In: MessagePack ``[[type, bytes], …]`` on stdin. Out, per medium: one frame with its number (so that a crash can be
named), then one MessagePack frame ``[content_type, bytes]``, or ``[reason, reason_zh]`` as text when it is refused.
"""

import io
import sys
from typing import Final, NamedTuple, Protocol

import av
import msgspec
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_PIXELS: Final = 20_000_000
"""Of one picture; a GIF's frames together may have as many again."""
MAX_VIDEO_S: Final = 33.5
"""33 seconds, and what muxers add at the end. Source: product.md of the requirements §2.15."""
_MAX_VIDEO_PIXELS = 4096 * 2304
_MAX_PACKETS = 200_000
_ISO_BOX = slice(4, 8)
_PICTURES: Final = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "gif": "GIF"}
_CONTENT_TYPES: Final = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "mp4": "video/mp4",
    "3gp": "video/3gpp",
}


class Read(NamedTuple):
    """A medium that was read to its end; pictures are written anew."""

    content_type: str
    data: bytes


class Refused(NamedTuple):
    """Why a medium is none, in both languages."""

    reason: str
    reason_zh: str


class Out(Protocol):
    """Where frames go (``kernel.sandbox.Out``)."""

    def send(self, frame: bytes) -> None:
        """Hand over one frame."""
        ...

    def flush(self) -> None:
        """Push out what is buffered."""
        ...


def main(args: list[str], out: Out) -> None:
    """Read every medium on stdin."""
    del args
    for number, (kind, data) in enumerate(
        msgspec.msgpack.decode(sys.stdin.buffer.read(), type=list[tuple[str, bytes]])
    ):
        out.send(msgspec.msgpack.encode(number))
        out.flush()
        out.send(msgspec.msgpack.encode(read(kind, data)))


def read(kind: str, data: bytes) -> Read | Refused:
    """Read one medium of a type (``jpg``, ``mp3``, ``3gp`` …) to its end."""
    if kind in _PICTURES:
        return _picture(_PICTURES[kind], data)
    if _sniff(data) != kind:
        return Refused(f"the content is no {kind}", f"内容不是 {kind} 格式")
    try:
        return _stream(kind, data)
    except (av.FFmpegError, ValueError, OverflowError):
        return Refused(f"the {kind} is damaged or incomplete", f"{kind} 文件已损坏或不完整")


def _picture(wanted: str, data: bytes) -> Read | Refused:
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "GIF")) as image:
            if image.format != wanted:
                return Refused(f"the content is {image.format}, not {wanted}", f"内容为 {image.format}，与类型不符")
            frames = getattr(image, "n_frames", 1)
            if image.width * image.height * max(1, frames // 2) > MAX_PIXELS:
                return Refused("the picture has too many pixels", "图片像素过大")
            packed = io.BytesIO()
            if wanted == "GIF":
                image.save(packed, "GIF", save_all=True, optimize=True)
            elif wanted == "PNG":
                image.load()
                image.save(packed, "PNG", optimize=True, exif=b"")
            else:
                image.load()
                upright = ImageOps.exif_transpose(image)
                is_plain = upright.mode in {"RGB", "L"}
                (upright if is_plain else upright.convert("RGB")).save(packed, "JPEG", quality=88, exif=b"")
            return Read(_CONTENT_TYPES[wanted], packed.getvalue())
    except Image.DecompressionBombError:
        return Refused("the picture has too many pixels", "图片像素过大")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        return Refused(f"is no {wanted} picture, or it is damaged", f"不是有效的 {wanted} 图片，或已损坏")


def _sniff(data: bytes) -> str | None:
    """Return what the first bytes say."""
    head = data[:16]
    if head[_ISO_BOX] == b"ftyp":
        return "3gp" if head[8:10] == b"3g" else "mp4"
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "wav"
    is_frame = len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2  # noqa: PLR2004 - sync, layer III
    return "mp3" if head[:3] == b"ID3" or is_frame else None


def _stream(kind: str, data: bytes) -> Read | Refused:
    """Walk through all packets and decode the first frame; headers that lie about the length gain nothing."""
    is_video = kind in {"mp4", "3gp"}
    # Naming the format keeps all other readers of the library away from the bytes.
    with av.open(io.BytesIO(data), "r", format="mp4" if is_video else kind) as container:
        streams = container.streams.video if is_video else container.streams.audio
        if not streams:
            return Refused(f"the {kind} has no {'picture' if is_video else 'sound'}", f"{kind} 文件没有有效内容")
        stream = streams[0]
        if is_video and container.streams.video[0].width * container.streams.video[0].height > _MAX_VIDEO_PIXELS:
            return Refused("the video's picture is too large", "视频分辨率过大")
        first, last, decoded = 0.0, 0.0, 0
        for number, packet in enumerate(container.demux()):
            if number > _MAX_PACKETS:
                return Refused(f"the {kind} has too many packets", f"{kind} 文件数据包过多")
            if packet.stream.index == stream.index and not decoded and packet.size:
                decoded = len(packet.decode())
            if packet.pts is not None and packet.time_base is not None:
                at = float(packet.pts * packet.time_base)
                first = min(first, at)
                last = max(last, at + float((packet.duration or 0) * packet.time_base))
        if not decoded and not stream.codec_context.decode(None):
            return Refused(f"the {kind} cannot be decoded", f"{kind} 文件无法解码")
        if is_video and last - first > MAX_VIDEO_S:
            return Refused(
                f"the video lasts {last - first:.0f} s, at most 33 s", f"视频时长 {last - first:.0f} 秒，最多 33 秒"
            )
    return Read(_CONTENT_TYPES[kind], data)
