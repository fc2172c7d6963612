"""What layouts are made of: boxes, slots, tracks, and the styles they share. Geometry in units of a card 360 wide."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hongyan.rooms.handsets.contracts import Vendor
from hongyan.rooms.smart.contracts import ElementKind

WIDTH = 360

Style = Mapping[str, str | int]
TEXT, IMAGE, VIDEO, BUTTON = ElementKind.TEXT, ElementKind.IMAGE, ElementKind.VIDEO, ElementKind.BUTTON
EVERYBODY = frozenset(Vendor)
H, M, O, V, Z, S = Vendor.HUAWEI, Vendor.XIAOMI, Vendor.OPPO, Vendor.VIVO, Vendor.MEIZU, Vendor.SAMSUNG  # noqa: E741 - the letters of api.md §7.3

INK, GREY, PALE = "#1f2329", "#646a73", "#8f959e"


def text_style(size: int, *, color: str = INK, lines: int = 1, **more: str | int) -> Style:
    """Return the style of a text; ``size`` in units, ``lines`` at most."""
    return {"fontSize": size, "lineHeight": round(size * 1.5), "maxLines": lines, "color": color, **more}


TITLE = text_style(17, fontWeight=600)
BODY = text_style(14, color=GREY, lines=3)
LABEL = text_style(13, color=PALE)
VALUE = text_style(13)
PRIMARY: Style = {"fontSize": 15, "fontWeight": 600, "color": "#ffffff", "background": "#1a6dff", "borderRadius": 20}
PLAIN: Style = {"fontSize": 15, "fontWeight": 500, "color": "#1a6dff", "background": "#edf3ff", "borderRadius": 20}
COVER: Style = {"borderRadius": 0}
PAIRS_AT_LEAST = 2


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with its style."""

    x: int
    y: int
    w: int
    h: int
    style: Style


@dataclass(frozen=True, slots=True)
class Slot:
    """A position of a layout; ``child`` is where ``content_child`` stands.

    A text that ``grows`` takes as many lines as it needs, up to ``maxLines``; what stands below moves with it. What is
    absent leaves no gap. ``tighter`` are lower limits of some vendors. A price shows ￥ unless its component says no.
    """

    position: int
    kind: ElementKind
    box: Box
    max_chars: int = 0
    is_required: bool = True
    grows: bool = False
    child: Box | None = None
    child_max_chars: int = 0
    is_price: bool = False
    can_hide: bool = False
    tighter: Mapping[Vendor, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Track:
    """A row of equal cards that slides (``sideslip``) or turns over (``swiper``); slots are relative to one item."""

    kind: str
    box: Box
    item_w: int
    item_h: int
    slots: tuple[Slot, ...]
    min_items: int
    max_items: int

    @property
    def positions(self) -> int:
        """How many positions the track takes, from 1."""
        return self.max_items * len(self.slots)


@dataclass(frozen=True, slots=True)
class Layout:
    """A way to arrange a card. ``name`` is its 版式 in the console.

    ``sub_types`` are its variants (the first is the default), ``huawei_only`` those that no other vendor draws;
    ``palette`` are the buttons' colours by variant; ``coupon`` is the button of the area that variant 2 hides.
    """

    card_id: str
    name: str
    vendors: frozenset[Vendor]
    height: int
    slots: tuple[Slot, ...]
    track: Track | None = None
    background: str = "#ffffff"
    decor: tuple[Box, ...] = ()
    sub_types: tuple[int, ...] = ()
    huawei_only: frozenset[int] = frozenset()
    palette: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    play_icon: int | None = None
    coupon: int | None = None

    def slot_at(self, position: int) -> Slot | None:
        """Return the slot of a position, with the slot's own position for a track's."""
        own = next((slot for slot in self.slots if slot.position == position), None)
        if own is not None or self.track is None or not 1 <= position <= self.track.positions:
            return own
        return self.track.slots[(position - 1) % len(self.track.slots)]

    @property
    def required(self) -> tuple[int, ...]:
        """Positions that must be filled, in order."""
        own = [slot.position for slot in self.slots if slot.is_required]
        track = self.track
        if track is not None:
            per_item = len(track.slots)
            own += [n * per_item + s.position for n in range(track.min_items) for s in track.slots if s.is_required]
        return tuple(sorted(own))


def place(
    position: int,
    kind: ElementKind,
    at: tuple[int, int, int, int],
    style: Style,
    chars: int = 0,
    *,
    is_required: bool = True,
    grows: bool = False,
    can_hide: bool = False,
    tighter: Mapping[Vendor, int] | None = None,
) -> Slot:
    """Return a slot at ``x, y, w, h`` for at most ``chars`` characters."""
    box = Box(*at, style)
    return Slot(position, kind, box, chars, is_required, grows, can_hide=can_hide, tighter=tighter or {})


def pair(position: int, y: int, *, is_required: bool = False, can_hide: bool = False) -> Slot:
    """Return a line "label  value": the label is ``content``, the value ``content_child``."""
    label, value = Box(16, y, 92, 22, LABEL), Box(112, y, 232, 22, VALUE)
    return Slot(position, TEXT, label, 8, is_required, child=value, child_max_chars=24, can_hide=can_hide)


def two_buttons(position: int, y: int, *, chars: int = 8) -> tuple[Slot, Slot]:
    """Return two buttons side by side, the second optional."""
    return (
        place(position, BUTTON, (16, y, 158, 40), PRIMARY, chars),
        place(position + 1, BUTTON, (186, y, 158, 40), PLAIN, chars, is_required=False),
    )


def price(position: int, at: tuple[int, int, int, int], old: tuple[int, int, int, int], *, size: int) -> Slot:
    """Return a price with the former price as its second text."""
    return Slot(
        position,
        TEXT,
        Box(*at, text_style(size, color="#f2482e", fontWeight=700)),
        10,
        child=Box(*old, text_style(size - 6, color="#a0a5ad", textDecoration="line-through")),
        child_max_chars=10,
        is_price=True,
    )
