"""Checks a card document against its layout before it is stored. Source: api.md of the requirements §0, §5.1, §7."""

import re
from collections.abc import Iterator

from hongyan.kernel.errors import InvalidInput
from hongyan.rooms.smart.contracts import Action, Element, ElementKind, NewTemplate
from hongyan.rooms.smart.rules.filling import placeholders
from hongyan.rooms.smart.rules.layouts import LAYOUTS, Layout, Slot

MAX_PARAMS = 20
MAX_TARGET = 1000
_FORBIDDEN = re.compile(r"[<>&]|  ")
_PLACEHOLDER = re.compile(r"\$\{\w{1,20}\}", re.ASCII)
_WEB = frozenset({Action.OPEN_URL, Action.OPEN_BROWSER})


def check_document(new: NewTemplate) -> None:
    """Check a new template.

    Raises:
        InvalidInput: names the position or field that breaks a rule.
    """
    layout = LAYOUTS.get(new.card_id)
    if layout is None:
        raise InvalidInput("card_id", reason=f"unknown layout {new.card_id}", reason_zh=f"未知版式 {new.card_id}")
    foreign = new.vendors - layout.vendors
    if foreign:
        names = ", ".join(sorted(foreign))
        raise InvalidInput("factorys", reason=f"{names} does not offer this layout", reason_zh=f"{names} 不支持该版式")
    slots = dict(_slots(layout))
    for element in new.elements:
        _check_element(slots, element)
    _check_presence(layout, slots, {element.position for element in new.elements})
    _check_params(new)


def _slots(layout: Layout) -> Iterator[tuple[int, Slot]]:
    for slot in layout.slots:
        yield slot.position, slot
    if layout.track is not None:
        per_item = len(layout.track.slots)
        for no in range(layout.track.max_items):
            for slot in layout.track.slots:
                yield no * per_item + slot.position, slot


def _check_element(slots: dict[int, Slot], element: Element) -> None:
    where = f"position {element.position}"
    slot = slots.get(element.position)
    if slot is None or slot.kind is not element.kind:
        raise InvalidInput(where, reason=f"the layout has no {element.kind} here", reason_zh="版式中没有该组件")
    if element.kind is ElementKind.IMAGE:
        if not element.src.startswith(("picture:", "https://", "http://")):
            raise InvalidInput(where, reason="an image needs a source", reason_zh="图片缺少素材")
    else:
        if not element.content:
            raise InvalidInput(where, reason="the text is empty", reason_zh="文本不能为空")
        _check_text(where, element.content, slot.max_chars)
    _check_text(where, element.content_child, slot.child_max_chars)
    if element.kind is ElementKind.BUTTON and element.tap is None:
        raise InvalidInput(where, reason="a button needs an event", reason_zh="按钮缺少点击事件")
    if element.tap is not None:
        target = element.tap.target
        is_web = target.startswith(("https://", "http://", "${"))
        if not 1 <= len(target) <= MAX_TARGET or (element.tap.action in _WEB and not is_web):
            raise InvalidInput(where, reason="the event's target is not valid", reason_zh="点击事件的目标不合法")


def _check_text(where: str, text: str, max_chars: int) -> None:
    """Length is counted without placeholders: their values have limits of their own."""
    if _FORBIDDEN.search(text):
        raise InvalidInput(where, reason="has <, >, & or repeated spaces", reason_zh="含有 <、>、& 或连续空格")
    if max_chars and len(_PLACEHOLDER.sub("", text)) > max_chars:
        raise InvalidInput(where, reason=f"more than {max_chars} characters", reason_zh=f"超过 {max_chars} 个字符")


def _check_presence(layout: Layout, slots: dict[int, Slot], present: set[int]) -> None:
    missing = [slot.position for slot in layout.slots if slot.is_required and slot.position not in present]
    if layout.track is not None:
        per_item = len(layout.track.slots)
        needed = range(1, layout.track.min_items * per_item + 1)
        missing += [position for position in needed if slots[position].is_required and position not in present]
    if missing:
        raise InvalidInput(f"position {missing[0]}", reason="is missing", reason_zh="缺失")


def _check_params(new: NewTemplate) -> None:
    declared = {param.name for param in new.params}
    if len(new.params) > MAX_PARAMS or len(declared) != len(new.params):
        raise InvalidInput("params", reason="at most 20, each name once", reason_zh="最多 20 个，且名称不重复")
    used = set(placeholders(new.elements))
    if used != declared:
        name = min(used ^ declared)
        raise InvalidInput(
            "params", reason=f"{name} is used or declared, but not both", reason_zh=f"参数 {name} 的声明与使用不一致"
        )
