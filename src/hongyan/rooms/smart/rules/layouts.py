"""Layouts as data: which positions a card has, where they stand, how long their texts may be, which vendors draw them.

The list of layouts and their vendors is the vendor's (api.md of the requirements §7.3); positions, sizes and colours
are our own, numbered left to right, then top to bottom; only RedPacket's positions are published. Here are the layouts
of text and pictures; those with video, goods and several vouchers are in ``rich_layouts``.
"""

from collections.abc import Mapping
from types import MappingProxyType

from hongyan.rooms.smart.rules.boxes import (
    BODY,
    BUTTON,
    COVER,
    EVERYBODY,
    GREY,
    IMAGE,
    PAIRS_AT_LEAST,
    PLAIN,
    PRIMARY,
    TEXT,
    TITLE,
    Box,
    H,
    Layout,
    M,
    O,
    S,
    Slot,
    Track,
    V,
    Z,
    pair,
    place,
    price,
    text_style,
    two_buttons,
)
from hongyan.rooms.smart.rules.rich_layouts import RICH

_STANDARD = Layout(
    "StandardImageAndText",
    "图文",
    EVERYBODY,
    366,
    (
        place(1, IMAGE, (0, 0, 360, 202), COVER),
        place(2, TEXT, (16, 216, 328, 26), TITLE, 18),
        place(3, TEXT, (16, 248, 328, 42), BODY, 69, grows=True, tighter={Z: 54}),
        place(4, BUTTON, (16, 306, 328, 40), PRIMARY, 12),
    ),
)

_ARTICLES = tuple(
    slot
    for i in range(3)
    for slot in (
        place(3 + 2 * i, TEXT, (16, 216 + 76 * i, 246, 60), text_style(15, lines=2), 30, is_required=i == 0),
        place(4 + 2 * i, IMAGE, (280, 216 + 76 * i, 64, 64), {"borderRadius": 8}, is_required=i == 0),
    )
)

_MULTIPLE = Layout(
    "MultipleImageAndText",
    "多图文",
    EVERYBODY,
    444,
    (
        place(1, IMAGE, (0, 0, 360, 202), COVER),
        place(
            2,
            TEXT,
            (0, 162, 360, 40),
            {
                **text_style(17, color="#ffffff", fontWeight=600),
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
    frozenset({H, O, S}),
    210,
    (
        place(1, TEXT, (16, 18, 328, 28), text_style(18, fontWeight=600), 18),
        place(
            2, TEXT, (16, 56, 328, 78), {**text_style(15, color="#3a4049", lines=18), "lineHeight": 26}, 350, grows=True
        ),
        *two_buttons(3, 152),
    ),
)

_RED_PACKET = Layout(
    "RedPacket",
    "红包",
    EVERYBODY - {Z},
    280,
    (
        place(1, IMAGE, (24, 22, 44, 44), {"borderRadius": 22}),
        place(2, TEXT, (80, 32, 256, 24), text_style(15, color="#ffe6c2"), 18, tighter={O: 12}),
        place(3, TEXT, (24, 88, 312, 40), text_style(27, color="#fff3d6", fontWeight=700, textAlign="center"), 11),
        place(
            4,
            TEXT,
            (24, 138, 312, 42),
            text_style(14, color="#ffe2d4", lines=3, textAlign="center"),
            54,
            grows=True,
            tighter={O: 38},
        ),
        place(
            5,
            BUTTON,
            (90, 208, 180, 46),
            {"fontSize": 17, "fontWeight": 700, "color": "#b3261e", "background": "#ffdc92", "borderRadius": 23},
            9,
        ),
    ),
    background="linear-gradient(165deg,#ff6a4d 0%,#e2352b 48%,#c21f1f 100%)",
    sub_types=(1, 2),
    huawei_only=frozenset({2}),
)

_NOTIFICATION_1 = Layout(
    "Notification1",
    "一般通知",
    frozenset({H, M, V, S}),
    430,
    (
        place(1, IMAGE, (0, 0, 360, 120), COVER),
        place(2, TEXT, (16, 134, 328, 26), TITLE, 15, tighter={V: 12}),
        place(3, TEXT, (16, 164, 328, 21), {**BODY, "maxLines": 2}, 40, grows=True),
        *(pair(4 + i, 198 + 28 * i, is_required=i < PAIRS_AT_LEAST) for i in range(6)),
        *two_buttons(10, 374),
    ),
)

_NOTIFICATION_2 = Layout(
    "Notification2",
    "增强通知",
    frozenset({H, M, V}),
    340,
    (
        place(1, IMAGE, (16, 18, 48, 48), {"borderRadius": 12}),
        place(2, TEXT, (78, 18, 266, 26), TITLE, 15, tighter={V: 12}),
        place(3, TEXT, (78, 45, 266, 21), {**BODY, "maxLines": 2}, 40, grows=True),
        *(pair(4 + i, 86 + 28 * i, is_required=i < PAIRS_AT_LEAST) for i in range(6)),
        *two_buttons(10, 266),
    ),
    background="linear-gradient(180deg,#e9f2ff 0,#ffffff 96px)",
)

_CAROUSEL = Layout(
    "Carousel",
    "横滑类1",
    frozenset({H, O, Z, S}),
    276,
    (),
    Track(
        "sideslip",
        Box(16, 16, 344, 244, {"gap": 12}),
        236,
        244,
        (
            place(1, IMAGE, (0, 0, 236, 136), {"borderRadius": 12}),
            place(2, TEXT, (4, 148, 228, 24), text_style(15, fontWeight=600), 14),
            place(3, BUTTON, (0, 192, 236, 38), PLAIN, 8),
        ),
        2,
        10,
    ),
)


def _swiper(card_id: str, name: str, height: int, colours: tuple[str, ...] = ()) -> Layout:
    """Images that turn over, then title, text and a button."""
    picture = place(1, IMAGE, (0, 0, 360, height), COVER)
    return Layout(
        card_id,
        name,
        frozenset({H, O, V, S}),
        height + 160,
        (
            place(6, TEXT, (16, height + 14, 328, 26), TITLE, 18),
            place(7, TEXT, (16, height + 46, 328, 42), BODY, 69, grows=True),
            place(8, BUTTON, (16, height + 104, 328, 40), PRIMARY, 12),
        ),
        Track("swiper", Box(0, 0, 360, height, {}), 360, height, (picture,), 2, 5),
        sub_types=tuple(range(1, len(colours) + 1)),
        huawei_only=frozenset(range(2, len(colours) + 1)),
        palette={no: (colour,) for no, colour in enumerate(colours, 1)},
    )


_VOUCHER = Layout(
    "CardVoucher",
    "单卡券",
    frozenset({H, O, V}),
    256,
    (
        place(1, IMAGE, (16, 16, 40, 40), {"borderRadius": 10}),
        place(2, TEXT, (68, 24, 276, 26), text_style(16, fontWeight=600), 20),
        Slot(
            3,
            TEXT,
            Box(34, 86, 128, 52, text_style(34, color="#e5432e", fontWeight=700)),
            8,
            child=Box(172, 84, 158, 24, text_style(15, color="#8a3a1c", fontWeight=600)),
            child_max_chars=14,
        ),
        place(4, TEXT, (172, 112, 158, 22), text_style(12, color="#b0714f"), 24),
        place(
            5,
            BUTTON,
            (16, 186, 328, 44),
            {"fontSize": 16, "fontWeight": 600, "color": "#ffffff", "background": "#f0553a", "borderRadius": 22},
            12,
        ),
    ),
    decor=(Box(16, 70, 328, 84, {"background": "linear-gradient(100deg,#ffece2,#ffdcca)", "borderRadius": 14}),),
    sub_types=(1, 2),
    huawei_only=frozenset({2}),
)

_COMMERCE = Layout(
    "ECImageAndText",
    "电商",
    frozenset({H, O, V, S}),
    528,
    (
        place(1, IMAGE, (0, 0, 360, 360), COVER),
        place(2, TEXT, (16, 374, 328, 26), TITLE, 18),
        place(3, TEXT, (16, 404, 328, 21), {**BODY, "maxLines": 2}, 40, grows=True),
        price(4, (16, 434, 170, 34), (190, 438, 154, 27), size=23),
        *two_buttons(5, 474),
    ),
    sub_types=(1, 2, 3, 4, 5),
    huawei_only=frozenset({2, 3, 4, 5}),
    palette={
        1: ("#ff8a1f", "#f2382e"),
        2: ("#21a35a", "#f5b400"),
        3: ("#21a35a", "#1a6dff"),
        4: ("#7a4dff", "#1a6dff"),
        5: ("#1f2329", "#e64980"),
    },
)


def _trip(card_id: str, name: str) -> Layout:
    """Departure and arrival: ``content`` is the time, ``content_child`` the place."""
    big = text_style(27, fontWeight=700)
    small = text_style(13, color=GREY)
    return Layout(
        card_id,
        name,
        frozenset({H, S}),
        412,
        (
            place(1, IMAGE, (0, 0, 360, 120), COVER),
            place(2, TEXT, (16, 132, 328, 26), TITLE, 15),
            place(3, TEXT, (16, 160, 328, 21), {**BODY, "maxLines": 1}, 20),
            Slot(4, TEXT, Box(16, 196, 112, 40, big), 6, child=Box(16, 236, 124, 20, small), child_max_chars=10),
            place(5, TEXT, (128, 206, 104, 20), {**text_style(12, color="#1a6dff"), "textAlign": "center"}, 10),
            Slot(
                6,
                TEXT,
                Box(232, 196, 112, 40, {**big, "textAlign": "right"}),
                6,
                child=Box(220, 236, 124, 20, {**small, "textAlign": "right"}),
                child_max_chars=10,
            ),
            *(pair(7 + i, 268 + 28 * i, is_required=i == 0) for i in range(3)),
            *two_buttons(10, 358),
        ),
        decor=(Box(140, 229, 80, 2, {"background": "#bcd4ff", "borderRadius": 1}),),
    )


_POSTER = Layout(
    "SimplePoster",
    "海报",
    frozenset({H}),
    488,
    (
        place(1, IMAGE, (0, 0, 360, 488), COVER),
        place(
            2,
            BUTTON,
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
            _swiper(
                "CarouselVerticalImage",
                "轮播（48:65）",
                488,
                ("#1a6dff", "#1f2329", "#7a4dff", "#b8862d", "#f08cae", "#e64980"),
            ),
            _VOUCHER,
            _COMMERCE,
            _trip("Trip1", "机票"),
            _trip("Trip2", "火车票"),
            _trip("Trip3", "汽车票"),
            _POSTER,
            *RICH,
        )
    }
)
"""All layouts by ``card_id``."""

NOTICES = frozenset({"Notification1", "Notification2", "Trip1", "Trip2", "Trip3", "PlaneTrip"})
"""Layouts of the group 通知类; the others are 营销类. Our reading: the vendor names the groups, not their layouts."""
