"""Draws a card: layout and elements become ``pages``, the document that handsets, the H5 page and previews show.

The shape follows api.md of the requirements §7.6 (pages → style and content; items with type, geometry, style, text,
src, event); ``position`` is added so that a tap can be reported. Everything is absolute: who draws it needs no
knowledge of layouts.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from hongyan.rooms.handsets.contracts import Vendor
from hongyan.rooms.smart.contracts import Action, CardTemplate, Element, ElementKind
from hongyan.rooms.smart.rules.boxes import WIDTH, Box, Layout, Slot, Style, Track
from hongyan.rooms.smart.rules.filling import fill
from hongyan.rooms.smart.rules.layouts import LAYOUTS

_NARROW_EM = 0.56
"""Average width of a Latin letter or digit, against 1 for a Chinese character."""
_WIDE_FROM = 0x2E80


def card_pages(
    template: CardTemplate,
    *,
    pictures_url: str,
    values: Mapping[str, str] | None = None,
    vendor: Vendor | None = None,
) -> list[dict[str, Any]]:
    """Return a template's document: with one recipient's ``values``, or with its placeholders when there are none.

    ``vendor`` chooses the background where vendors have their own.
    """
    elements = template.elements if values is None else fill(template.elements, values)
    layout = LAYOUTS[template.card_id]
    return build_pages(layout, elements, pictures_url=pictures_url, sub_type=template.sub_type, vendor=vendor)


def build_pages(
    layout: Layout,
    elements: Iterable[Element],
    *,
    pictures_url: str,
    sub_type: int | None = None,
    vendor: Vendor | None = None,
) -> list[dict[str, Any]]:
    """Return the pages of a card; pictures of ours and materials lie under ``pictures_url``."""
    found = list(elements)
    numbers = sorted({element.page for element in found})
    return [
        _page(layout, number, [e for e in found if e.page == number], pictures_url, sub_type, vendor)
        for number in numbers
    ]


def _page(
    layout: Layout, number: int, elements: list[Element], pictures_url: str, sub_type: int | None, vendor: Vendor | None
) -> dict[str, Any]:
    # Whether something is hidden counts only where the layout says so.
    by_position = {e.position: e for e in elements if e.is_visible or not _can_hide(layout, e)}
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
    _colour(content, layout.palette.get(sub_type or 1, ()))
    return {
        "typeIndex": number,
        "cardId": f"hongyan.{layout.card_id.lower()}",
        "label": layout.name,
        "tag": layout.card_id,
        "style": {"width": WIDTH, "height": height, "background": layout.background},
        "content": [
            *_background(by_position.values(), vendor, height, pictures_url),
            *(_plain(box, z=0) for box in layout.decor),
            *content,
            *_play_icon(layout, sub_type),
        ],
    }


def _can_hide(layout: Layout, element: Element) -> bool:
    slot = layout.slot_at(element.position)
    return slot is not None and slot.can_hide


def _colour(content: list[dict[str, Any]], colours: tuple[str, ...]) -> None:
    """Give the buttons the colours of the card's variant."""
    buttons = [item for item in content if item["type"] == "button"]
    for item, colour in zip(buttons, colours, strict=False):
        item["style"] |= {"background": colour, "color": "#ffffff"}


def _background(
    elements: Iterable[Element], vendor: Vendor | None, height: int, pictures_url: str
) -> list[dict[str, Any]]:
    """Return the picture behind the whole card that was given for this vendor."""
    names = {Vendor.OPPO: "oppo_background", Vendor.VIVO: "vivo_background"}
    if vendor not in names:
        return []
    source = next((str(text) for element in elements if (text := getattr(element, names[vendor]))), "")
    if not source:
        return []
    box = Box(0, 0, WIDTH, height, {"borderRadius": 0})
    return [_plain(box, z=0) | {"type": "image", "src": _source(source, pictures_url)}]


def _play_icon(layout: Layout, sub_type: int | None) -> list[dict[str, Any]]:
    if layout.play_icon is None or layout.play_icon != sub_type:
        return []
    box = layout.slots[0].box
    style: Style = {
        "fontSize": 30,
        "lineHeight": 64,
        "borderRadius": 32,
        "textAlign": "center",
        "color": "#ffffff",
        "background": "rgba(16,24,40,.46)",
    }
    sign = Box(box.x + box.w // 2 - 32, box.y + box.h // 2 - 32, 64, 64, style)
    return [_plain(sign, z=3) | {"text": "▶"}]


def _once_per_line(shifts: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    """Two absent slots of one line take the line out once."""
    seen: dict[int, int] = {}
    for y, by in shifts:
        seen.setdefault(y, by)
    return seen.items()


def _line_is_used(layout: Layout, slot: Slot, present: Mapping[int, Element]) -> bool:
    return any(other.position in present for other in layout.slots if other.box.y == slot.box.y)


def _line_step(layout: Layout, slot: Slot) -> int:
    """How much is taken out with this line: its height and the gap above; nothing where it stands beside others."""
    height = max(other.box.h for other in layout.slots if other.box.y == slot.box.y)
    bottoms = [other.box.y + other.box.h for other in layout.slots if other.box.y < slot.box.y]
    gap = slot.box.y - max(bottoms, default=slot.box.y)
    return height + gap if gap >= 0 else 0


def _items(slot: Slot, element: Element, pictures_url: str, down: int) -> list[dict[str, Any]]:
    items = [_item(slot, element, pictures_url, down)]
    if slot.child is not None and element.content_child:
        child = _plain(slot.child, z=1, down=down)
        text = _priced(slot, element, element.content_child)
        items.append({**child, "text": text, "position": element.position})
    return items


def _priced(slot: Slot, element: Element, text: str) -> str:
    """Put the currency in front of a price that does not have it."""
    if not slot.is_price or not element.shows_currency or text.startswith(("¥", "￥")):
        return text
    return f"￥{text}"


def _item(slot: Slot, element: Element, pictures_url: str, down: int) -> dict[str, Any]:
    item = _plain(slot.box, z=2 if slot.kind is ElementKind.BUTTON else 1, down=down)
    item |= {"type": slot.kind.value, "position": element.position}
    item["text"] = _priced(slot, element, element.content)
    item["h"] += _grown(slot, element)
    if slot.kind in {ElementKind.IMAGE, ElementKind.VIDEO}:
        item["src"] = _source(element.src, pictures_url)
    if slot.kind is ElementKind.VIDEO:
        item["cover"] = _source(element.cover, pictures_url)
    if element.button_type:
        item["buttonType"] = element.button_type
    if element.tap is not None:
        tap = element.tap
        target = _source(tap.target, pictures_url) if tap.action is Action.VIEW_PIC else tap.target
        item["event"] = {"action": tap.action.value, "target": target, **tap.more}
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
    if src.startswith("picture:"):
        return f"{pictures_url}/{src.removeprefix('picture:')}.svg"
    if src.startswith("material:"):
        return f"{pictures_url}/f/{src.rpartition('/')[2]}"
    return src


def _grown(slot: Slot, element: Element) -> int:
    """How much taller a growing text gets than its box, or a square video than one of 3:4 (then it is negative)."""
    if element.ratio == "oneToOne" and slot.kind is ElementKind.VIDEO:
        return slot.box.w - slot.box.h
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
