"""What a filing's form and its files must be. Pure.

Not for: where the bytes are kept (``service``).
"""

import io
import re
import zipfile
from collections.abc import Collection, Mapping
from types import MappingProxyType

from PIL import Image, UnidentifiedImageError

from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.files.kinds import FileKind, sniff
from hongyan.rooms.enterprises.contracts import FieldKind, FieldSpec, Paper, Scene
from hongyan.rooms.enterprises.errors import FilingIncomplete
from hongyan.rooms.enterprises.rules.fields import FIELDS

MAX_FILE_NAME = 100
_MAX_PIXELS = 50_000_000
"""A larger picture is a decompression bomb: 2 MB of a scan have some 12 million pixels."""
_PDF_TAIL = 2048

_KINDS: Mapping[FileKind, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "jpg": ("image/jpeg", ("jpg", "jpeg")),
        "png": ("image/png", ("png",)),
        "gif": ("image/gif", ("gif",)),
        "bmp": ("image/bmp", ("bmp",)),
        "pdf": ("application/pdf", ("pdf",)),
        "zip": ("application/zip", ("zip",)),
        "rar": ("application/vnd.rar", ("rar",)),
    }
)
"""Kind by content → media type and the extensions that name it."""
_PICTURES = frozenset({"jpg", "png", "gif", "bmp"})

_FORMS: Mapping[FieldKind, tuple[re.Pattern[str], str, str]] = MappingProxyType(
    {
        FieldKind.PHONE: (
            re.compile(r"\+?\d[\d-]{4,19}", re.ASCII),
            "a phone number is needed",
            "请填写正确的电话号码",
        ),
        FieldKind.EMAIL: (
            re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+"),
            "an e-mail address is needed",
            "请填写正确的邮箱",
        ),
        FieldKind.CREDIT_CODE: (
            re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}|[0-9A-Z]{8}-?[0-9X]", re.ASCII),
            "a unified social credit code (18 characters) or an organisation code is needed",
            "请填写 18 位统一社会信用代码或组织机构代码",
        ),
    }
)


def check_values(scene: Scene, values: Mapping[str, str]) -> dict[str, str]:
    """Return the texts and choices that the scene knows, trimmed, without empty ones.

    Raises:
        InvalidInput: a value breaks its field's rule.
    """
    checked = {}
    for spec in FIELDS[scene]:
        value = values.get(spec.name, "").strip()
        if spec.kind is FieldKind.FILE or not value:
            continue
        _check_value(spec, value)
        checked[spec.name] = value
    return checked


def _check_value(spec: FieldSpec, value: str) -> None:
    if spec.kind is FieldKind.CHOICE:
        allowed = [choice.value for choice in spec.choices]
        if value not in allowed:
            raise InvalidInput(
                spec.name, reason=f"one of {', '.join(allowed)} is needed", reason_zh="请选择列表中的选项"
            )
        return
    if len(value) > spec.max_chars or not value.isprintable():
        raise InvalidInput(
            spec.name,
            reason=f"at most {spec.max_chars} printable characters",
            reason_zh=f"最多 {spec.max_chars} 个可见字符",
        )
    form = _FORMS.get(spec.kind)
    if form is not None and not form[0].fullmatch(value):
        raise InvalidInput(spec.name, reason=form[1], reason_zh=form[2])


def check_complete(scene: Scene, values: Mapping[str, str], papers: Mapping[str, Paper]) -> None:
    """Check that everything required is there before a filing is submitted.

    Raises:
        FilingIncomplete: names the first field that is not.
    """
    for spec in list_missing(scene, values, papers):
        raise FilingIncomplete(spec.name, name=spec.en, name_zh=spec.zh)


def list_missing(scene: Scene, values: Mapping[str, str], papers: Collection[str]) -> list[FieldSpec]:
    """Return the required fields that are empty, in the form's order; ``papers`` are fields that have one."""
    found = []
    for spec in FIELDS[scene]:
        is_wanted = spec.is_required or (
            spec.required_when is not None and values.get(spec.required_when[0]) == spec.required_when[1]
        )
        is_there = spec.name in (papers if spec.kind is FieldKind.FILE else values)
        if is_wanted and not is_there:
            found.append(spec)
    return found


def _is_sound(kind: FileKind, data: bytes) -> bool:
    """Tell whether a file can be read to its end: what was cut off on its way is no document."""
    if kind == "pdf":
        return b"%%EOF" in data[-_PDF_TAIL:]
    if kind == "zip":
        return zipfile.is_zipfile(io.BytesIO(data))
    return kind not in _PICTURES or _is_picture(data)


def _is_picture(data: bytes) -> bool:
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "GIF", "BMP")) as picture:
            if picture.width * picture.height > _MAX_PIXELS:
                return False
            picture.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return True


def check_file(spec: FieldSpec, name: str, data: bytes) -> str:
    """Check an uploaded file against its field and return its media type.

    Raises:
        InvalidInput: too large, empty, of another type than the field takes, or named as what it is not.
    """
    if not 1 <= len(name) <= MAX_FILE_NAME or not name.isprintable() or {"/", "\\"} & set(name):
        raise InvalidInput(
            spec.name,
            reason=f"the file's name needs 1 to {MAX_FILE_NAME} printable characters",
            reason_zh=f"文件名长度必须为 1–{MAX_FILE_NAME} 个可见字符",
        )
    if not data:
        raise InvalidInput(spec.name, reason="the file is empty", reason_zh="文件为空")
    if len(data) > spec.max_bytes:
        limit = spec.max_bytes // (1024 * 1024)
        raise InvalidInput(
            spec.name, reason=f"the file is larger than {limit} MB", reason_zh=f"文件大小不能超过 {limit} MB"
        )
    kind = sniff(data)
    allowed = ", ".join(spec.types)
    if kind is None or kind not in _KINDS or not set(_KINDS[kind][1]) & set(spec.types):
        raise InvalidInput(
            spec.name,
            reason=f"a file of type {allowed} is needed; the content is {kind or 'none of these'}",
            reason_zh=f"文件类型必须为 {allowed}，实际内容不符",
        )
    media_type, extensions = _KINDS[kind]
    extension = name.rpartition(".")[2].lower()
    if extension not in extensions:
        raise InvalidInput(
            spec.name,
            reason=f"the name ends in .{extension} but the content is {kind}",
            reason_zh=f"文件扩展名 .{extension} 与实际内容（{kind}）不符",
        )
    if not _is_sound(kind, data):
        raise InvalidInput(
            spec.name, reason=f"the {kind} file is damaged or incomplete", reason_zh="文件已损坏或不完整"
        )
    return media_type


def is_reusable(spec: FieldSpec, paper: Paper) -> bool:
    """Tell whether a paper that another scene approved meets this field's types and size."""
    extensions = next((names for media, names in _KINDS.values() if media == paper.media_type), ())
    return bool(set(extensions) & set(spec.types)) and paper.size_bytes <= spec.max_bytes
