"""What a tap may do: each action's target and fields, and what single vendors leave out.

Source: api.md of the requirements §7.4. Not for: filling values in (``filling``).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from hongyan.kernel.errors import InvalidInput
from hongyan.rooms.handsets.contracts import Vendor
from hongyan.rooms.smart.contracts import Action, Element, Tap

PLACEHOLDER = re.compile(r"\$\{[A-Za-z0-9_]{1,17}\}", re.ASCII)
"""``${param1}``: at most 20 characters with its braces."""

WITH_PARAMS = frozenset(
    {Action.OPEN_URL, Action.OPEN_QUICK, Action.OPEN_APP, Action.OPEN_BROWSER, Action.COPY_PARAMETER}
)
"""Actions whose target may hold placeholders (api.md §7.2)."""

_SCHEMES: Mapping[Action, tuple[str, ...]] = MappingProxyType(
    {
        Action.OPEN_URL: ("https://",),
        Action.OPEN_QUICK: ("hap://",),
        Action.OPEN_BROWSER: ("https://", "http://"),
    }
)
_TARGETS: Mapping[Action, int] = MappingProxyType(
    {
        Action.OPEN_URL: 1000,
        Action.OPEN_QUICK: 1000,
        Action.OPEN_APP: 1000,
        Action.DIAL_PHONE: 20,
        Action.OPEN_SMS: 20,
        Action.OPEN_EMAIL: 100,
        Action.OPEN_SCHEDULE: 100,
        Action.OPEN_MAP: 100,
        Action.OPEN_BROWSER: 1000,
        Action.OPEN_POPUP: 30,
        Action.COPY_PARAMETER: 20,
        Action.VIEW_PIC: 1000,
    }
)
_TIME = "time"
_FIELDS: Mapping[Action, Mapping[str, int | str]] = MappingProxyType(
    {
        Action.OPEN_APP: {"package_name": 50},
        Action.OPEN_SMS: {"body": 100},
        Action.OPEN_EMAIL: {"subject": 100, "body": 100},
        Action.OPEN_SCHEDULE: {"description": 100, "begin_time": _TIME, "end_time": _TIME},
        Action.OPEN_MAP: {"address": 100, "longitude": 20, "latitude": 20},
        Action.OPEN_POPUP: {"content": 100, "text_button": 12},
    }
)
"""Required fields with their greatest length."""

_FLOOR_SCHEMES = {"1": ("https://",), "2": ("https://", "http://"), "3": ("hap://",)}
_FLOOR_TYPES = frozenset({"0", "1", "2", "3"})
_MAX_URL = 1000
_NUMBER = re.compile(r"\+?[0-9][0-9-]*", re.ASCII)
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,15})?", re.ASCII)

_NOT_AT: Mapping[Vendor, frozenset[Action]] = MappingProxyType(
    {
        Vendor.OPPO: frozenset(Action) - {Action.OPEN_BROWSER, Action.OPEN_QUICK, Action.OPEN_APP, Action.OPEN_URL},
        Vendor.VIVO: frozenset({Action.OPEN_EMAIL, Action.OPEN_MAP}),
        Vendor.MEIZU: frozenset({Action.VIEW_PIC}),
        Vendor.SAMSUNG: frozenset({Action.OPEN_SCHEDULE, Action.VIEW_PIC}),
    }
)
_NO_FLOOR: Mapping[Vendor, frozenset[str]] = MappingProxyType(
    {
        Vendor.XIAOMI: frozenset("1"),
        Vendor.OPPO: frozenset("3"),
        Vendor.VIVO: frozenset("3"),
        Vendor.SAMSUNG: frozenset("02"),
    }
)


def check_tap(where: str, tap: Tap, *, picture: str) -> None:
    """Check an event; ``picture`` is the source of the component it belongs to.

    Raises:
        InvalidInput: names the field of the action.
    """
    field, target, action = f"{where}.action.target", tap.target, tap.action
    limit = _TARGETS[action]
    if not 1 <= len(target) <= limit:
        raise _wrong(field, f"must have 1 to {limit} characters", f"长度须为 1–{limit} 个字符")
    schemes = _SCHEMES.get(action)
    if schemes is not None and not target.startswith((*schemes, "${")):
        raise _wrong(field, f"must begin with {' or '.join(schemes)}", f"须以 {'、'.join(schemes)} 开头")
    if action not in WITH_PARAMS and PLACEHOLDER.search(target):
        raise _wrong(field, "may hold no parameter", "不支持动态参数")
    if action in {Action.DIAL_PHONE, Action.OPEN_SMS} and _NUMBER.fullmatch(target) is None:
        raise _wrong(field, "is no telephone number", "不是有效的电话号码")
    if action is Action.OPEN_EMAIL and _MAIL.fullmatch(target) is None:
        raise _wrong(field, "is no e-mail address", "不是有效的邮箱地址")
    if action is Action.VIEW_PIC and target != picture:
        raise _wrong(field, "must be the source of the picture itself", "须与图片资源一致")
    _check_fields(where, tap)


def check_at(vendor: Vendor, alone: Iterable[Vendor], where: str, element: Element) -> None:
    """Check what a vendor cannot do; ``alone`` are all vendors of the template.

    Samsung's fallbacks decide only where no other vendor is named.

    Raises:
        InvalidInput: names the field and the vendor.
    """
    tap = element.tap
    if tap is None:
        return
    if tap.action in _NOT_AT.get(vendor, frozenset()):
        raise _wrong(f"{where}.action_type", f"{vendor} cannot do {tap.action}", f"{vendor} 不支持 {tap.action}")
    if tap.action is not Action.OPEN_APP:
        return
    floor = tap.more.get("floor_type") or "0"
    is_inert = vendor is Vendor.SAMSUNG and set(alone) != {Vendor.SAMSUNG}
    if floor in _NO_FLOOR.get(vendor, frozenset()) and not is_inert:
        raise _wrong(
            f"{where}.action.floor_type", f"{vendor} has no fallback {floor}", f"{vendor} 不支持兜底类型 {floor}"
        )
    if vendor is Vendor.OPPO and floor == "2" and not tap.more.get("floor_url"):
        raise _wrong(f"{where}.action.floor_url", "OPPO needs it for fallback 2", "OPPO 兜底类型为 2 时必填")


def _check_fields(where: str, tap: Tap) -> None:
    for name, limit in _FIELDS.get(tap.action, {}).items():
        text, field = tap.more.get(name, ""), f"{where}.action.{name}"
        if limit == _TIME:
            _check_time(field, text)
        elif not text or len(text) > int(limit):
            raise _wrong(field, f"must have 1 to {limit} characters", f"长度须为 1–{limit} 个字符")
        if PLACEHOLDER.search(text):
            raise _wrong(field, "may hold no parameter", "不支持动态参数")
    check = _MORE.get(tap.action)
    if check is not None:
        check(where, tap.more)


def _check_app(where: str, more: Mapping[str, str]) -> None:
    floor, url = more.get("floor_type") or "0", more.get("floor_url", "")
    if floor not in _FLOOR_TYPES:
        raise _wrong(f"{where}.action.floor_type", "is none of 0, 1, 2, 3", "取值须为 0、1、2、3")
    if floor == "0":
        return
    schemes = _FLOOR_SCHEMES[floor]
    if not url.startswith(schemes) or len(url) > _MAX_URL or PLACEHOLDER.search(url):
        reason = f"fallback {floor} needs an address that begins with {' or '.join(schemes)}"
        raise _wrong(f"{where}.action.floor_url", reason, f"兜底类型 {floor} 须填写以 {'、'.join(schemes)} 开头的地址")


def _check_span(where: str, more: Mapping[str, str]) -> None:
    if more["begin_time"] > more["end_time"]:
        raise _wrong(f"{where}.action.begin_time", "is after end_time", "晚于 end_time")


def _check_degrees(where: str, more: Mapping[str, str]) -> None:
    for name in ("longitude", "latitude"):
        if _DEGREES.fullmatch(more[name]) is None:
            raise _wrong(f"{where}.action.{name}", "is no number of degrees", "不是有效的经纬度")


def _check_popup(where: str, more: Mapping[str, str]) -> None:
    if more.get("mode", "") != "0":
        raise _wrong(f"{where}.action.mode", "must be 0 (modal)", "仅支持 0（模态）")


_MORE: Mapping[Action, Callable[[str, Mapping[str, str]], None]] = MappingProxyType(
    {
        Action.OPEN_APP: _check_app,
        Action.OPEN_SCHEDULE: _check_span,
        Action.OPEN_MAP: _check_degrees,
        Action.OPEN_POPUP: _check_popup,
    }
)


def _check_time(field: str, text: str) -> None:
    try:
        at = datetime.strptime(text, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - a calendar entry has the phone's own zone
    except ValueError:
        at = None
    if at is None or at.strftime("%Y-%m-%d %H:%M:%S") != text:
        raise _wrong(field, "is no time like 2026-12-01 09:30:00", "格式须为 yyyy-MM-dd HH:mm:ss")


def _wrong(field: str, reason: str, reason_zh: str) -> InvalidInput:
    return InvalidInput(field, reason=reason, reason_zh=reason_zh)
