"""Rules for uploads to the material library: what a request must hold, and what its bytes must be.

Source: api.md of the requirements §5.2. Not for: whether the content is sound (``parsers``, in a sandbox).
"""

import base64
import binascii
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.files.kinds import sniff
from hongyan.rooms.smart.contracts import MaterialKind
from hongyan.rooms.smart.errors import MaterialRefused
from hongyan.rooms.smart.rules.pictures import RATES

MAX_SPACE_BYTES = 10 * 1024**3
"""Of one tenant."""
MAX_BYTES = {MaterialKind.IMAGE: 2 * 1024**2, MaterialKind.VIDEO: 7 * 1024**2, MaterialKind.THUMBNAIL: 100 * 1024}
MAX_NAME = 200
_TOLERANCE = 0.05
"""Of the ratio: pictures are cut by hand."""

_KINDS = {"png": "png", "jpg": "jpg", "jpeg": "jpg", "mp4": "mp4"}
_MEDIA_TYPES = {"image/png": "png", "image/jpeg": "jpg", "image/jpg": "jpg", "video/mp4": "mp4"}
CONTENT_TYPES = {"png": "image/png", "jpg": "image/jpeg", "mp4": "video/mp4"}
_URL = re.compile(r"https?://([\w-]+\.)+[\w-]+(:[0-9]{1,5})?(/[\w\-./?%&=]*)?", re.ASCII)
_DATA = re.compile(r"data:([a-z]+/[a-z0-9.+-]+);base64,", re.IGNORECASE)
_FORBIDDEN = re.compile(r"[<>\x00-\x1f\x7f\ud800-\udfff]|  ")
_NOT_NAME = re.compile(r"[/\\:*?\"|]")


@dataclass(frozen=True, slots=True)
class Upload:
    """What a customer sends; exactly one of ``url`` and ``stream`` counts, as ``is_url`` says."""

    kind: MaterialKind
    is_url: bool
    url: str = ""
    stream: str = ""
    name: str = ""
    rate: str = ""
    description: str = ""
    video_id: str = ""


def check_upload(upload: Upload) -> str:
    """Check the fields of an upload and return its name.

    Raises:
        InvalidInput: names the field.
    """
    for field, text in (("file_name", upload.name), ("description", upload.description)):
        if _FORBIDDEN.search(text):
            raise _wrong(field, "has <, > or repeated spaces, or is no text", "含有 <、>、连续空格或非法字符")
    if upload.kind is MaterialKind.IMAGE and not upload.rate:
        raise _wrong("image_rate", "is required for images", "资源类型为图片时必填")
    if upload.rate and upload.rate not in RATES:
        raise _wrong("image_rate", f"must be one of {', '.join(RATES)}", f"取值须为 {'、'.join(RATES)}")
    if upload.kind is MaterialKind.THUMBNAIL and not upload.video_id:
        raise _wrong("material_id", "is required for thumbnails", "资源类型为缩略图时必填")
    if upload.is_url:
        name = upload.name or _name_of(upload.url)
    else:
        name = upload.name
        if not upload.stream:
            raise _wrong("file_stream", "is required for stream", "文件类型为 stream 时必填")
        if not name.strip():
            raise _wrong("file_name", "is required for stream", "文件类型为 stream 时必填")
    if _NOT_NAME.search(name):
        raise _wrong("file_name", "has characters that no file name has", "文件名含有非法字符")
    return name[:MAX_NAME]


def decode(stream: str) -> tuple[str, bytes]:
    """Return the declared kind and the bytes of a data URI.

    Raises:
        InvalidInput: it is no data URI of a picture or mp4, or its base64 is broken.
    """
    head = _DATA.match(stream)
    if head is None:
        raise _wrong("file_stream", "must begin like data:image/jpeg;base64,", "须以 data:image/jpeg;base64, 形式开头")
    kind = _MEDIA_TYPES.get(head[1].lower())
    if kind is None:
        raise _wrong("file_stream", f"{head[1]} is not taken", f"不支持 {head[1]}")
    try:
        data = base64.b64decode(re.sub(r"\s+", "", stream[head.end() :]), validate=True)
    except (binascii.Error, ValueError):
        raise _wrong("file_stream", "is no base64", "不是有效的 BASE64 编码") from None
    if not data:
        raise _wrong("file_stream", "is empty", "内容为空")
    return kind, data


def kind_of(field: str, name: str) -> str:
    """Return the kind that a name's extension declares.

    Raises:
        InvalidInput: it has none, or one that is not taken.
    """
    kind = _KINDS.get(PurePosixPath(name).suffix.lower().removeprefix("."))
    if kind is None:
        raise _wrong(field, "must end in .png, .jpg, .jpeg or .mp4", "须以 .png、.jpg、.jpeg 或 .mp4 结尾")
    return kind


def check_bytes(upload: Upload, declared: str, data: bytes) -> str:
    """Check the bytes against everything that was said about them; return their kind.

    Raises:
        MaterialRefused: another kind, or too many.
    """
    field = "file_url" if upload.is_url else "file_stream"
    limit = MAX_BYTES[upload.kind]
    if len(data) > limit:
        size = f"{limit // 1024**2} MB" if limit >= 1024**2 else f"{limit // 1024} KB"
        raise MaterialRefused(field, reason=f"it has more than {size}", reason_zh=f"文件超过 {size}")
    kind = sniff(data)
    wanted = {"mp4"} if upload.kind is MaterialKind.VIDEO else {"png", "jpg"}
    if declared not in wanted:
        raise MaterialRefused(field, reason=f"{declared} is no {upload.kind}", reason_zh=f"{declared} 与资源类型不符")
    if kind != declared:
        raise MaterialRefused(
            field, reason=f"its content is not {declared}", reason_zh=f"内容与声明的格式 {declared} 不一致"
        )
    suffix = PurePosixPath(upload.name).suffix.lower().removeprefix(".")
    if _KINDS.get(suffix, declared) != declared:
        raise MaterialRefused(
            "file_name", reason=f"its extension is not {declared}", reason_zh=f"文件名后缀与内容 {declared} 不一致"
        )
    return declared


def check_rate(upload: Upload, width: int, height: int) -> None:
    """Check that a picture has the ratio it was said to have, within 5 %.

    Raises:
        MaterialRefused: it has another.
    """
    if not upload.rate:
        return
    wide, high = RATES[upload.rate]
    if abs(width * high / (height * wide) - 1) > _TOLERANCE:
        raise MaterialRefused(
            "image_rate", reason=f"the picture is {width}*{height}", reason_zh=f"图片实际尺寸为 {width}*{height}"
        )


def _name_of(url: str) -> str:
    """Return the file name in an address.

    Raises:
        InvalidInput: it is no address, or names no picture or video.
    """
    if _URL.fullmatch(url) is None:
        raise _wrong("file_url", "is no http or https address", "不是有效的 http 或 https 地址")
    name = unquote(PurePosixPath(urlsplit(url).path).name)
    kind_of("file_url", name)
    return name


def check_url(url: str) -> str:
    """Return the kind that an address declares.

    Raises:
        InvalidInput: it is no address, or names no picture or video.
    """
    return kind_of("file_url", _name_of(url))


def _wrong(field: str, reason: str, reason_zh: str) -> InvalidInput:
    return InvalidInput(field, reason=reason, reason_zh=reason_zh)
