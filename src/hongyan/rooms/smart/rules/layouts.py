"""Layouts as data: which positions a card has, where they stand, how long their texts may be, which vendors draw them.

Geometry is in units of a card 360 wide. The list of layouts and their vendors is the vendor's (api.md of the
requirements §7.3); positions, sizes and colours are our own, numbered left to right, then top to bottom; only
RedPacket's positions are published. Not for: layouts with video (they come with the material library).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from hongyan.rooms.handsets.contracts import Vendor
from hongyan.rooms.smart.contracts import ElementKind

WIDTH = 360

Style = Mapping[str, str | int]
_TEXT, _IMAGE, _BUTTON = ElementKind.TEXT, ElementKind.IMAGE, ElementKind.BUTTON
_ALL = frozenset(Vendor)
_H, _M, _O, _V, _Z, _S = Vendor.HUAWEI, Vendor.XIAOMI, Vendor.OPPO, Vendor.VIVO, Vendor.MEIZU, Vendor.SAMSUNG

_INK, _GREY, _PALE = "#1f2329", "#646a73", "#8f959e"


def _text(size: int, *, color: str = _INK, lines: int = 1, **more: str | int) -> Style:
    return {"fontSize": size, "lineHeight": round(size * 1.5), "maxLines": lines, "color": color, **more}


_TITLE = _text(17, fontWeight=600)
_BODY = _text(14, color=_GREY, lines=3)
_LABEL = _text(13, color=_PALE)
_VALUE = _text(13)
_PRIMARY: Style = {"fontSize": 15, "fontWeight": 600, "color": "#ffffff", "background": "#1a6dff", "borderRadius": 20}
_PLAIN: Style = {"fontSize": 15, "fontWeight": 500, "color": "#1a6dff", "background": "#edf3ff", "borderRadius": 20}
_COVER: Style = {"borderRadius": 0}
_PAIRS_AT_LEAST = 2


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
    absent leaves no gap.
    """

    position: int
    kind: ElementKind
    box: Box
    max_chars: int = 0
    is_required: bool = True
    grows: bool = False
    child: Box | None = None
    child_max_chars: int = 0


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
    """A way to arrange a card. ``name`` is its 版式 in the console."""

    card_id: str
    name: str
    vendors: frozenset[Vendor]
    height: int
    slots: tuple[Slot, ...]
    track: Track | None = None
    background: str = "#ffffff"
    decor: tuple[Box, ...] = ()
    sub_types: frozenset[int] = field(default_factory=frozenset)


def _slot(
    position: int,
    kind: ElementKind,
    at: tuple[int, int, int, int],
    style: Style,
    chars: int = 0,
    *,
    is_required: bool = True,
    grows: bool = False,
) -> Slot:
    return Slot(position, kind, Box(*at, style), chars, is_required, grows)


def _pair(position: int, y: int, *, is_required: bool = False) -> Slot:
    """A line "label  value": the label is ``content``, the value ``content_child``."""
    label, value = Box(16, y, 92, 22, _LABEL), Box(112, y, 232, 22, _VALUE)
    return Slot(position, _TEXT, label, 8, is_required, child=value, child_max_chars=24)


def _two_buttons(position: int, y: int, *, chars: int = 8) -> tuple[Slot, Slot]:
    return (
        _slot(position, _BUTTON, (16, y, 158, 40), _PRIMARY, chars),
        _slot(position + 1, _BUTTON, (186, y, 158, 40), _PLAIN, chars, is_required=False),
    )


_STANDARD = Layout(
    "StandardImageAndText",
    "图文",
    _ALL,
    366,
    (
        _slot(1, _IMAGE, (0, 0, 360, 202), _COVER),
        _slot(2, _TEXT, (16, 216, 328, 26), _TITLE, 18),
        _slot(3, _TEXT, (16, 248, 328, 42), _BODY, 69, grows=True),
        _slot(4, _BUTTON, (16, 306, 328, 40), _PRIMARY, 12),
    ),
)

_ARTICLES = tuple(
    slot
    for i in range(3)
    for slot in (
        _slot(3 + 2 * i, _TEXT, (16, 216 + 76 * i, 246, 60), _text(15, lines=2), 30, is_required=i == 0),
        _slot(4 + 2 * i, _IMAGE, (280, 216 + 76 * i, 64, 64), {"borderRadius": 8}, is_required=i == 0),
    )
)

_MULTIPLE = Layout(
    "MultipleImageAndText",
    "多图文",
    _ALL,
    444,
    (
        _slot(1, _IMAGE, (0, 0, 360, 202), _COVER),
        _slot(
            2,
            _TEXT,
            (0, 162, 360, 40),
            {
                **_text(17, color="#ffffff", fontWeight=600),
                "lineHeight": 40,
                "padding": 16,
                "background": "rgba(16,24,40,.46)",
            },
            18,
        ),
        *_ARTICLES,
    ),
)

_PURE = Layout(
    "PureText",
    "长文本",
    frozenset({_H, _O, _S}),
    210,
    (
        _slot(1, _TEXT, (16, 18, 328, 28), _text(18, fontWeight=600), 18),
        _slot(2, _TEXT, (16, 56, 328, 78), {**_text(15, color="#3a4049", lines=18), "lineHeight": 26}, 350, grows=True),
        *_two_buttons(3, 152),
    ),
)

_RED_PACKET = Layout(
    "RedPacket",
    "红包",
    _ALL - {_Z},
    280,
    (
        _slot(1, _IMAGE, (24, 22, 44, 44), {"borderRadius": 22}),
        _slot(2, _TEXT, (80, 32, 256, 24), _text(15, color="#ffe6c2"), 18),
        _slot(3, _TEXT, (24, 88, 312, 40), _text(27, color="#fff3d6", fontWeight=700, textAlign="center"), 11),
        _slot(4, _TEXT, (24, 138, 312, 42), _text(14, color="#ffe2d4", lines=3, textAlign="center"), 54, grows=True),
        _slot(
            5,
            _BUTTON,
            (90, 208, 180, 46),
            {"fontSize": 17, "fontWeight": 700, "color": "#b3261e", "background": "#ffdc92", "borderRadius": 23},
            9,
        ),
    ),
    background="linear-gradient(165deg,#ff6a4d 0%,#e2352b 48%,#c21f1f 100%)",
    sub_types=frozenset({1, 2}),
)

_NOTIFICATION_1 = Layout(
    "Notification1",
    "一般通知",
    frozenset({_H, _M, _V, _S}),
    430,
    (
        _slot(1, _IMAGE, (0, 0, 360, 120), _COVER),
        _slot(2, _TEXT, (16, 134, 328, 26), _TITLE, 15),
        _slot(3, _TEXT, (16, 164, 328, 21), {**_BODY, "maxLines": 2}, 40, grows=True),
        *(_pair(4 + i, 198 + 28 * i, is_required=i < _PAIRS_AT_LEAST) for i in range(6)),
        *_two_buttons(10, 374),
    ),
)

_NOTIFICATION_2 = Layout(
    "Notification2",
    "增强通知",
    frozenset({_H, _M, _V}),
    340,
    (
        _slot(1, _IMAGE, (16, 18, 48, 48), {"borderRadius": 12}),
        _slot(2, _TEXT, (78, 18, 266, 26), _TITLE, 15),
        _slot(3, _TEXT, (78, 45, 266, 21), {**_BODY, "maxLines": 2}, 40, grows=True),
        *(_pair(4 + i, 86 + 28 * i, is_required=i < _PAIRS_AT_LEAST) for i in range(6)),
        *_two_buttons(10, 266),
    ),
    background="linear-gradient(180deg,#e9f2ff 0,#ffffff 96px)",
)

_CAROUSEL = Layout(
    "Carousel",
    "横滑类1",
    frozenset({_H, _O, _Z, _S}),
    276,
    (),
    Track(
        "sideslip",
        Box(16, 16, 344, 244, {"gap": 12}),
        236,
        244,
        (
            _slot(1, _IMAGE, (0, 0, 236, 136), {"borderRadius": 12}),
            _slot(2, _TEXT, (4, 148, 228, 24), _text(15, fontWeight=600), 14),
            _slot(3, _BUTTON, (0, 192, 236, 38), _PLAIN, 8),
        ),
        2,
        10,
    ),
)


def _swiper(card_id: str, name: str, height: int) -> Layout:
    """Images that turn over, then title, text and a button."""
    picture = _slot(1, _IMAGE, (0, 0, 360, height), _COVER)
    return Layout(
        card_id,
        name,
        frozenset({_H, _O, _V, _S}),
        height + 160,
        (
            _slot(6, _TEXT, (16, height + 14, 328, 26), _TITLE, 18),
            _slot(7, _TEXT, (16, height + 46, 328, 42), _BODY, 69, grows=True),
            _slot(8, _BUTTON, (16, height + 104, 328, 40), _PRIMARY, 12),
        ),
        Track("swiper", Box(0, 0, 360, height, {}), 360, height, (picture,), 2, 5),
    )


_VOUCHER = Layout(
    "CardVoucher",
    "单卡券",
    frozenset({_H, _O, _V}),
    256,
    (
        _slot(1, _IMAGE, (16, 16, 40, 40), {"borderRadius": 10}),
        _slot(2, _TEXT, (68, 24, 276, 26), _text(16, fontWeight=600), 20),
        Slot(
            3,
            _TEXT,
            Box(34, 86, 128, 52, _text(34, color="#e5432e", fontWeight=700)),
            8,
            child=Box(172, 84, 158, 24, _text(15, color="#8a3a1c", fontWeight=600)),
            child_max_chars=14,
        ),
        _slot(4, _TEXT, (172, 112, 158, 22), _text(12, color="#b0714f"), 24),
        _slot(
            5,
            _BUTTON,
            (16, 186, 328, 44),
            {"fontSize": 16, "fontWeight": 600, "color": "#ffffff", "background": "#f0553a", "borderRadius": 22},
            12,
        ),
    ),
    decor=(Box(16, 70, 328, 84, {"background": "linear-gradient(100deg,#ffece2,#ffdcca)", "borderRadius": 14}),),
    sub_types=frozenset({1, 2}),
)

_COMMERCE = Layout(
    "ECImageAndText",
    "电商",
    frozenset({_H, _O, _V, _S}),
    528,
    (
        _slot(1, _IMAGE, (0, 0, 360, 360), _COVER),
        _slot(2, _TEXT, (16, 374, 328, 26), _TITLE, 18),
        _slot(3, _TEXT, (16, 404, 328, 21), {**_BODY, "maxLines": 2}, 40, grows=True),
        Slot(
            4,
            _TEXT,
            Box(16, 434, 170, 34, _text(23, color="#f2482e", fontWeight=700)),
            10,
            child=Box(190, 442, 154, 24, _text(14, color="#a0a5ad", textDecoration="line-through")),
            child_max_chars=10,
        ),
        *_two_buttons(5, 474),
    ),
    sub_types=frozenset({1, 2, 3, 4, 5}),
)


def _trip(card_id: str, name: str) -> Layout:
    """Departure and arrival: ``content`` is the time, ``content_child`` the place."""
    big = _text(27, fontWeight=700)
    small = _text(13, color=_GREY)
    return Layout(
        card_id,
        name,
        frozenset({_H, _S}),
        412,
        (
            _slot(1, _IMAGE, (0, 0, 360, 120), _COVER),
            _slot(2, _TEXT, (16, 132, 328, 26), _TITLE, 15),
            _slot(3, _TEXT, (16, 160, 328, 21), {**_BODY, "maxLines": 1}, 20),
            Slot(4, _TEXT, Box(16, 196, 112, 40, big), 6, child=Box(16, 236, 124, 20, small), child_max_chars=10),
            _slot(5, _TEXT, (128, 206, 104, 20), {**_text(12, color="#1a6dff"), "textAlign": "center"}, 10),
            Slot(
                6,
                _TEXT,
                Box(232, 196, 112, 40, {**big, "textAlign": "right"}),
                6,
                child=Box(220, 236, 124, 20, {**small, "textAlign": "right"}),
                child_max_chars=10,
            ),
            *(_pair(7 + i, 268 + 28 * i, is_required=i == 0) for i in range(3)),
            *_two_buttons(10, 358),
        ),
        decor=(Box(140, 229, 80, 2, {"background": "#bcd4ff", "borderRadius": 1}),),
    )


_POSTER = Layout(
    "SimplePoster",
    "海报",
    frozenset({_H}),
    488,
    (
        _slot(1, _IMAGE, (0, 0, 360, 488), _COVER),
        _slot(
            2,
            _BUTTON,
            (60, 420, 240, 44),
            {"fontSize": 16, "fontWeight": 600, "color": "#173a6b", "background": "#ffffff", "borderRadius": 22},
            12,
        ),
    ),
)

LAYOUTS: Mapping[str, Layout] = MappingProxyType(
    {
        layout.card_id: layout
        for layout in (
            _STANDARD,
            _MULTIPLE,
            _PURE,
            _RED_PACKET,
            _NOTIFICATION_1,
            _NOTIFICATION_2,
            _CAROUSEL,
            _swiper("CarouselSquareImage", "轮播（1:1）", 360),
            _swiper("CarouselImageSixteenToNine", "轮播（16:9）", 202),
            _swiper("CarouselVerticalImage", "轮播（48:65）", 488),
            _VOUCHER,
            _COMMERCE,
            _trip("Trip1", "机票"),
            _trip("Trip2", "火车票"),
            _trip("Trip3", "汽车票"),
            _POSTER,
        )
    }
)
"""All layouts by ``card_id``."""
