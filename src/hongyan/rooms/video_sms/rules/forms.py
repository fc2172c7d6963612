"""The rules of a template's form: frames, texts, placeholders, sizes. Source: api.md of the requirements §5.14."""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from hongyan.kernel.http.urls import find_fault
from hongyan.rooms.video_sms.contracts import MAX_VALUE, ElementKind, NewTemplate, Resource
from hongyan.rooms.video_sms.errors import (
    FormInvalid,
    PlaceholderInvalid,
    ResourceInvalid,
    SignatureMissing,
    TemplateTooLarge,
    ValuesDiffer,
)

MAX_TOTAL_BYTES: Final = 1_992_294
"""1.9 MB. Source: product.md §2.15."""
MAX_MEDIA_BYTES: Final = 2 * 1024 * 1024
MAX_SIGNATURE: Final = 20
_MAX_NAME, _MAX_TITLE, _MAX_REMARKS, _MAX_DAYS = 100, 20, 200, 9999
_MAX_RESOURCES, _MAX_FRAMES, _MAX_DOUBLE_FRAMES = 10, 8, 2
_MAX_URL_BYTES = 1024
_MAX_PLACEHOLDER = 100
_INDEX = re.compile(r"([1-9])-([12])", re.ASCII)
_PLACEHOLDER = re.compile(r"#p_(\d{1,9})#", re.ASCII)
_SIGNATURE = re.compile(r"【([^【】]*)】")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

KINDS: Mapping[str, ElementKind] = MappingProxyType(
    {
        "txt": ElementKind.TEXT,
        "jpg": ElementKind.IMAGE,
        "jpeg": ElementKind.IMAGE,
        "png": ElementKind.IMAGE,
        "gif": ElementKind.IMAGE,
        "mp3": ElementKind.AUDIO,
        "wav": ElementKind.AUDIO,
        "3gp": ElementKind.VIDEO,
        "mp4": ElementKind.VIDEO,
    }
)
"""Types of resources and what they are."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a resource stands: its frame from 1, and its place in ``reslist``."""

    frame: int
    at: int
    kind: ElementKind

    @property
    def field(self) -> str:
        """Name of the resource in the request."""
        return f"reslist[{self.at}]"


@dataclass(frozen=True, slots=True)
class Checked:
    """What the form says once it is checked; media are still to be read."""

    slots: tuple[Slot, ...]
    """In the order in which they are shown."""
    signature: str
    params: tuple[str, ...]


def check_form(new: NewTemplate) -> Checked:
    """Check everything of a form but the bytes of its media.

    Raises:
        FormInvalid, ResourceInvalid, PlaceholderInvalid, SignatureMissing: each names the field.
    """
    _check_fields(new)
    slots = _order(new.resources)
    texts = [(slot.field, new.resources[slot.at].content) for slot in slots if slot.kind is ElementKind.TEXT]
    for slot in slots:
        _check_resource(slot, new.resources[slot.at])
    return Checked(slots, _signature(texts), _params(texts))


def _check_fields(new: NewTemplate) -> None:
    for field, text, least, most in (
        ("tpl_name", new.name, 1, _MAX_NAME),
        ("title", new.title, 1, _MAX_TITLE),
        ("remarks", new.remarks, 0, _MAX_REMARKS),
    ):
        if not least <= len(text.strip()) or len(text) > most or _CONTROL.search(text):
            raise FormInvalid(
                field,
                reason=f"{least} to {most} characters, no control characters",
                reason_zh=f"长度须为 {least}–{most} 个字符，且不含控制字符",
            )
    if set("【】\n\r\t") & set(new.title):
        raise FormInvalid("title", reason="must not have 【, 】 or line breaks", reason_zh="主题不能包含【】和换行")
    if not 1 <= new.valid_days <= _MAX_DAYS:
        raise FormInvalid("expiration_time", reason="1 to 9999 days", reason_zh="有效期须为 1–9999 天")
    url = new.callback_url
    fault = None if url is None else find_fault(url)
    if fault is not None:
        raise FormInvalid("callbackurl", reason=fault.en, reason_zh=fault.zh)
    if not 1 <= len(new.resources) <= _MAX_RESOURCES:
        raise FormInvalid("reslist", reason="1 to 10 resources", reason_zh="资源数量须为 1–10 个")


def _order(resources: Sequence[Resource]) -> tuple[Slot, ...]:
    """Return the resources in the order they are shown, after checking types and indexes."""
    kinds = []
    for at, resource in enumerate(resources):
        kind = KINDS.get(resource.type.lower())
        if kind is None:
            raise ResourceInvalid(
                f"reslist[{at}].type", reason=f"one of {', '.join(KINDS)}", reason_zh=f"须为 {'、'.join(KINDS)} 之一"
            )
        kinds.append(kind)
    given = [resource.index for resource in resources if resource.index]
    if not given:
        places = [(at + 1, 1) for at in range(len(resources))]
    elif len(given) < len(resources):
        raise FormInvalid("reslist.index", reason="give all of them or none", reason_zh="须全部填写或全部不填")
    else:
        places = [_place(at, resource.index or "") for at, resource in enumerate(resources)]
    _check_frames(places, kinds)
    order = sorted(range(len(places)), key=places.__getitem__)
    return tuple(Slot(places[at][0], at, kinds[at]) for at in order)


def _place(at: int, index: str) -> tuple[int, int]:
    found = _INDEX.fullmatch(index)
    if found is None or int(found[1]) > _MAX_FRAMES:
        raise FormInvalid(
            f"reslist[{at}].index",
            reason="frame-element like 1-2: at most 8 frames of at most 2 elements",
            reason_zh="格式须为“帧-元素”，如 1-2：最多 8 帧，每帧最多 2 个元素",
        )
    return int(found[1]), int(found[2])


def _check_frames(places: Sequence[tuple[int, int]], kinds: Sequence[ElementKind]) -> None:
    if len(set(places)) < len(places):
        raise FormInvalid("reslist.index", reason="an index stands twice", reason_zh="序号不能重复")
    frames: dict[int, list[int]] = {}
    for at, (frame, _) in enumerate(places):
        frames.setdefault(frame, []).append(at)
    if len(frames) > _MAX_FRAMES:
        raise FormInvalid("reslist", reason="at most 8 frames", reason_zh="最多 8 帧")
    if max(frames) != len(frames) or any((frame, 1) not in places for frame in frames):
        raise FormInvalid(
            "reslist.index", reason="frames and elements count from 1 without gaps", reason_zh="序号须从 1 开始且连续"
        )
    double = [members for members in frames.values() if len(members) > 1]
    if len(double) > _MAX_DOUBLE_FRAMES:
        raise FormInvalid("reslist.index", reason="at most 2 frames with 2 elements", reason_zh="最多 2 帧含 2 个元素")
    for members in double:
        if all(kinds[at] is not ElementKind.TEXT for at in members):
            raise FormInvalid(
                f"reslist[{members[0]}].index",
                reason="a frame of two elements needs a text",
                reason_zh="含 2 个元素的帧必须包含文本",
            )


def _check_resource(slot: Slot, resource: Resource) -> None:
    """Check name, source and the form of the content; raises ``ResourceInvalid`` or ``PlaceholderInvalid``."""
    name = resource.name
    if not 1 <= len(name.strip()) <= _MAX_NAME or len(name) > _MAX_NAME or not name.isprintable():
        raise ResourceInvalid(f"{slot.field}.name", reason="1 to 100 characters", reason_zh="须为 1–100 个可见字符")
    if resource.source not in {"txt", "file", "url"}:
        raise ResourceInvalid(
            f"{slot.field}.source", reason="one of txt, file, url", reason_zh="须为 txt、file、url 之一"
        )
    where, content = f"{slot.field}.content", resource.content
    if slot.kind is ElementKind.TEXT:
        if resource.source != "txt":
            raise ResourceInvalid(
                f"{slot.field}.source", reason="texts have the source txt", reason_zh="文本资源的来源须为 txt"
            )
        if not content.strip() or _CONTROL.search(content):
            raise ResourceInvalid(
                where, reason="a text without control characters", reason_zh="文本不能为空，且不含控制字符"
            )
        return
    if _PLACEHOLDER.search(content[:_MAX_URL_BYTES]):
        raise PlaceholderInvalid(
            where,
            reason="placeholders stand in texts only: a send fills them with text",
            reason_zh="参数占位符只能用于文本：发送时只支持文本参数",
        )
    if resource.source == "txt":
        raise ResourceInvalid(
            f"{slot.field}.source", reason="media come as file or url", reason_zh="媒体资源的来源须为 file 或 url"
        )
    if resource.source == "url" and (len(content.encode()) > _MAX_URL_BYTES or not _is_web(content)):
        raise ResourceInvalid(
            where, reason="an http or https URL of at most 1024 bytes", reason_zh="须为不超过 1024 字节的 http(s) 地址"
        )


def _is_web(url: str) -> bool:
    if not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def _signature(texts: Sequence[tuple[str, str]]) -> str:
    """Return the signature at the beginning of the first text."""
    if not texts:
        raise SignatureMissing(
            "reslist",
            reason="a template needs a text that begins with 【signature】",
            reason_zh="模板须有以【签名】开始的文本",
        )
    field, first = texts[0]
    found = _SIGNATURE.match(first)
    if found is None or not 1 <= len(found[1].strip()) <= MAX_SIGNATURE or _PLACEHOLDER.search(found[1]):
        raise SignatureMissing(
            f"{field}.content",
            reason=f"the first text must begin with 【signature】 of 1 to {MAX_SIGNATURE} characters",
            reason_zh=f"第一个文本须以【签名】开始，签名为 1–{MAX_SIGNATURE} 个字符",
        )
    for at, (where, text) in enumerate(texts):
        if set("【】") & set(text[found.end() :] if at == 0 else text):
            raise SignatureMissing(
                f"{where}.content", reason="no 【】 beside the signature", reason_zh="除签名外不能包含【】"
            )
    return found[1]


def _params(texts: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return the placeholders in the order of their first appearance."""
    found: dict[str, None] = {}
    for field, text in texts:
        for digits in _PLACEHOLDER.findall(text):
            if not 1 <= int(digits) <= _MAX_PLACEHOLDER or digits.startswith("0"):
                raise PlaceholderInvalid(
                    f"{field}.content", reason=f"#p_{digits}#: n is 1 to 100", reason_zh=f"#p_{digits}#：n 须为 1–100"
                )
            found[f"p_{digits}"] = None
    return tuple(found)


def decode(field: str, content: str) -> bytes:
    """Return the bytes of a base64 text without a data URI's prefix.

    Raises:
        ResourceInvalid: it is none, or empty.
        TemplateTooLarge: more than 2 MB.
    """
    if content[:5].lower() == "data:":
        raise ResourceInvalid(field, reason="base64 without the data: prefix", reason_zh="Base64 内容不能带 data: 前缀")
    if len(content) > MAX_MEDIA_BYTES * 4 // 3 + 4:
        raise TemplateTooLarge(field, reason="more than 2 MB", reason_zh="超过 2 MB")
    try:
        data = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise ResourceInvalid(field, reason="is no base64", reason_zh="不是有效的 Base64 内容") from None
    if not data:
        raise ResourceInvalid(field, reason="is empty", reason_zh="不能为空")
    return data


def check_total(total: int) -> None:
    """Check the size of all resources together, in bytes.

    Raises:
        TemplateTooLarge: more than 1.9 MB.
    """
    if total > MAX_TOTAL_BYTES:
        raise TemplateTooLarge(
            "reslist", reason=f"{total} bytes, at most 1.9 MB", reason_zh=f"共 {total} 字节，最多 1.9 MB"
        )


def bind_values(params: Sequence[str], given: Sequence[tuple[str, str]], field: str) -> dict[str, str]:
    """Return placeholder → value. Values come by name; under names of the caller's own, by order.

    Raises:
        ValuesDiffer: another number than placeholders, a name twice or unknown, or a value that breaks a rule.
    """
    if len(given) != len(params):
        raise ValuesDiffer(
            field,
            reason=f"{len(given)} values for {len(params)} placeholders",
            reason_zh=f"模板有 {len(params)} 个参数，传入了 {len(given)} 个",
        )
    for at, (_, value) in enumerate(given):
        if not 1 <= len(value) <= MAX_VALUE or _CONTROL.search(value) or set("【】") & set(value):
            raise ValuesDiffer(
                f"{field}[{at}].content_detail",
                reason="1 to 256 characters without control characters and 【】",
                reason_zh="须为 1–256 个字符，不含控制字符和【】",
            )
    names = [name.strip("#") for name, _ in given]
    if not set(names) & set(params):
        return dict(zip(params, (value for _, value in given), strict=True))
    values = dict(zip(names, (value for _, value in given), strict=True))
    if values.keys() != set(params):
        at = next(at for at, name in enumerate(names) if name not in params or name in names[:at])
        raise ValuesDiffer(
            f"{field}[{at}].param_name",
            reason="must name each placeholder once",
            reason_zh="须与模板参数一一对应且不重复",
        )
    return values
