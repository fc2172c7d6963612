"""`docs/api/card-layouts.md`, written from the layouts of the smart room: `python -m checks.layout_page`."""

from pathlib import Path

from hongyan.rooms.handsets.contracts import Vendor
from hongyan.rooms.smart.rules.boxes import Layout, Slot
from hongyan.rooms.smart.rules.layouts import LAYOUTS

PAGE = "docs/api/card-layouts.md"
_ROOT = Path(__file__).parents[2]
_HEAD = """\
# Layouts of cards

Written from the code by `make docs`; a test fails when it is out of date.

`POST /v1/aim/templates` names its components by `position_number`. The vendor publishes how positions are counted, from
left to right and then from top to bottom, and the positions of `RedPacket`; those of the other layouts are ours, and
listed here.

**Characters** is the limit of `content`, without the placeholders in it; **second text** that of `content_child`. A
limit in brackets holds only when the template goes to that vendor. A position without *yes* under **required** may be
left out: what stands below moves up. Pictures and buttons need an event. In rows (`横滑`, `轮播`) the positions of the
items follow each other: with 3 positions per item the second item has 4 to 6. Pictures of sliding rows take the event
of their button.

"""


def render() -> str:
    """Return the page."""
    parts = [_HEAD]
    for layout in sorted(LAYOUTS.values(), key=lambda one: one.card_id):
        parts += [f"## {layout.card_id}\n\n", f"{_about(layout)}\n\n"]
        parts += [_line("Position", "Type", "Required", "Characters", "Second text", "Notes"), _line(*["---"] * 6)]
        track = layout.track
        if track is not None:
            parts += [_row(slot, is_item=True) for slot in track.slots]
        parts += [_row(slot) for slot in sorted(layout.slots, key=lambda slot: slot.position)]
        parts.append("\n")
    return "".join(parts).rstrip("\n") + "\n"


def _about(layout: Layout) -> str:
    vendors = ", ".join(vendor for vendor in Vendor if vendor in layout.vendors)
    text = f"{layout.name}. Vendors: {vendors}."
    if layout.track is not None:
        per_item = len(layout.track.slots)
        text += f" {layout.track.min_items} to {layout.track.max_items} items of {per_item} positions each."
    if layout.sub_types:
        text += f" `sub_type`: {', '.join(map(str, layout.sub_types))}."
        if layout.huawei_only:
            text += f" Only HUAWEI draws {', '.join(map(str, sorted(layout.huawei_only)))}."
    if layout.coupon is not None:
        text += " With `sub_type` 2 positions 4 to 7 have `visible` 0 and no `button_type`."
    return text


def _row(slot: Slot, *, is_item: bool = False) -> str:
    chars = str(slot.max_chars) if slot.max_chars else ""
    chars += "".join(f" ({vendor} {limit})" for vendor, limit in slot.tighter.items())
    notes = [
        "of each item" if is_item else "",
        "a price" if slot.is_price else "",
        "may be hidden" if slot.can_hide else "",
    ]
    cells = (str(slot.position), slot.kind.value, "yes" if slot.is_required else "", chars)
    return _line(*cells, str(slot.child_max_chars or ""), ", ".join(filter(None, notes)))


def _line(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |\n"


if __name__ == "__main__":
    (_ROOT / PAGE).write_text(render(), encoding="utf-8")
    print(f"wrote {PAGE}")
