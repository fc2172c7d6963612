"""Draws a card: layout and elements become ``pages``, the document that handsets, the H5 page and previews show.

The shape follows api.md of the requirements §7.6 (pages → style and content; items with type, geometry, style, text,
src, event); ``position`` is added so that a tap can be reported. Everything is absolute: who draws it needs no
knowledge of layouts.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from hongyan.rooms.smart.contracts import Element, ElementKind
from hongyan.rooms.smart.rules.layouts import WIDTH, Box, Layout, Slot, Track

_NARROW_EM = 0.56
"""Average width of a Latin letter or digit, against 1 for a Chinese character."""
_WIDE_FROM = 0x2E80


def build_pages(layout: Layout, elements: Iterable[Element], *, pictures_url: str) -> list[dict[str, Any]]:
    """Return the pages of a card. ``picture:NAME`` becomes ``{pictures_url}/NAME.svg``."""
    by_position = {element.position: element for element in elements}
    content: list[dict[str, Any]] = []
    shifts: list[tuple[int, int]] = []
    if layout.track is not None:
        content.append(_track_item(layout.track, by_position, pictures_url))
    for slot in sorted(layout.slots, key=lambda s: (s.box.y, s.position)):
        element = by_position.get(slot.position)
        # What shares a line with an absent optional slot keeps the line; an absent line is taken out.
        if element is None:
            if not _line_is_used(layout, slot, by_position):
                shifts.append((slot.box.y, -_line_step(layout, slot)))
            continue
        down = sum(by for y, by in _once_per_line(shifts) if y < slot.box.y)
        content += _items(slot, element, pictures_url, down)
        grown = _grown(slot, element)
        if grown:
            shifts.append((slot.box.y, grown))
    height = layout.height + sum(by for _, by in _once_per_line(shifts))
    decor = [_plain(box, z=0) for box in layout.decor]
    page = {
        "typeIndex": 1,
        "cardId": f"hongyan.{layout.card_id.lower()}",
        "label": layout.name,
        "tag": layout.card_id,
        "style": {"width": WIDTH, "height": height, "background": layout.background},
        "content": [*decor, *content],
    }
    return [page]


def _once_per_line(shifts: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    """Two absent slots of one line take the line out once."""
    seen: dict[int, int] = {}
    for y, by in shifts:
        seen.setdefault(y, by)
    return seen.items()


def _line_is_used(layout: Layout, slot: Slot, present: Mapping[int, Element]) -> bool:
    return any(other.position in present for other in layout.slots if other.box.y == slot.box.y)


def _line_step(layout: Layout, slot: Slot) -> int:
    """How far this line stands below the one before: what is taken out with it, so that the gap to the next stays."""
    above = [other.box.y for other in layout.slots if other.box.y < slot.box.y]
    return slot.box.y - max(above, default=slot.box.y - slot.box.h)


def _items(slot: Slot, element: Element, pictures_url: str, down: int) -> list[dict[str, Any]]:
    items = [_item(slot, element, pictures_url, down)]
    if slot.child is not None and element.content_child:
        child = _plain(slot.child, z=1, down=down)
        items.append({**child, "text": element.content_child, "position": slot.position})
    return items


def _item(slot: Slot, element: Element, pictures_url: str, down: int) -> dict[str, Any]:
    item = _plain(slot.box, z=2 if slot.kind is ElementKind.BUTTON else 1, down=down)
    item |= {"type": slot.kind.value, "position": element.position}
    if slot.kind is ElementKind.IMAGE:
        item["src"] = _source(element.src, pictures_url)
        item["text"] = element.content
    else:
        item["text"] = element.content
        item["h"] += _grown(slot, element)
    if element.tap is not None:
        item["event"] = {"action": element.tap.action.value, "target": element.tap.target, **element.tap.more}
    return item


def _plain(box: Box, *, z: int, down: int = 0) -> dict[str, Any]:
    return {
        "type": "text",
        "x": box.x,
        "y": box.y + down,
        "w": box.w,
        "h": box.h,
        "z": z,
        "visible": 1,
        "style": dict(box.style),
        "text": "",
    }


def _track_item(track: Track, by_position: Mapping[int, Element], pictures_url: str) -> dict[str, Any]:
    """One item for the whole row: ``sideslip.sideslipList[]`` or ``swiper.swiperArr[]``, each with ``content``."""
    per_item = len(track.slots)
    entries = []
    for no in range(track.max_items):
        content: list[dict[str, Any]] = []
        for slot in track.slots:
            element = by_position.get(no * per_item + slot.position)
            if element is not None:
                content += _items(slot, element, pictures_url, 0)
        if content:
            first_image = next((item["src"] for item in content if item["type"] == "image"), "")
            entries.append({"w": track.item_w, "h": track.item_h, "src": first_image, "content": content})
    item = _plain(track.box, z=1) | {"type": track.kind}
    if track.kind == "swiper":
        item["swiper"] = {"autoplay": True, "loop": True, "showIndicatorPoint": True, "swiperArr": entries}
    else:
        item["sideslip"] = {"sideslipList": entries}
    return item


def _source(src: str, pictures_url: str) -> str:
    return f"{pictures_url}/{src.removeprefix('picture:')}.svg" if src.startswith("picture:") else src


def _grown(slot: Slot, element: Element) -> int:
    """How much taller a growing text gets than its box."""
    if not slot.grows:
        return 0
    style = slot.box.style
    size, line_height = int(style["fontSize"]), int(style["lineHeight"])
    lines = min(_lines(element.content, slot.box.w / size), int(style["maxLines"]))
    return max(lines * line_height, line_height) - slot.box.h


def _lines(text: str, width_em: float) -> int:
    """Estimate lines: exact enough for a box, a drawer that breaks otherwise cuts off at ``maxLines``."""
    total = 0
    for paragraph in text.split("\n"):
        em = sum(1.0 if ord(char) >= _WIDE_FROM else _NARROW_EM for char in paragraph)
        total += max(1, math.ceil(em / width_em))
    return total
