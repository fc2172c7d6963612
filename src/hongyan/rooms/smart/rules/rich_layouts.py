"""Layouts with video, several goods or vouchers, and the ones only one or two vendors draw. See ``layouts``."""

from hongyan.rooms.smart.rules.boxes import (
    BODY,
    BUTTON,
    COVER,
    GREY,
    IMAGE,
    PLAIN,
    PRIMARY,
    TEXT,
    TITLE,
    VIDEO,
    Box,
    H,
    Layout,
    O,
    S,
    Slot,
    Style,
    Track,
    V,
    Z,
    pair,
    place,
    price,
    text_style,
    two_buttons,
)

_HUAWEI = frozenset({H})
_ROUND: Style = {"borderRadius": 8}
_RED: Style = {"fontSize": 13, "fontWeight": 600, "color": "#ffffff", "background": "#f0553a", "borderRadius": 17}

_CAROUSEL_TITLE = Layout(
    "CarouselTitle",
    "横滑类2",
    frozenset({H, Z, S}),
    300,
    (),
    Track(
        "sideslip",
        Box(16, 16, 344, 268, {"gap": 12}),
        236,
        268,
        (
            place(1, IMAGE, (0, 0, 236, 136), {"borderRadius": 12}),
            place(2, TEXT, (4, 148, 228, 24), text_style(15, fontWeight=600), 14),
            place(3, TEXT, (4, 174, 228, 22), text_style(13, color=GREY), 20),
            place(4, BUTTON, (0, 214, 236, 38), PLAIN, 8),
        ),
        2,
        10,
    ),
)

_VIDEO = Layout(
    "Video",
    "视频",
    frozenset({H, O, V, S}),
    366,
    (
        place(1, VIDEO, (0, 0, 360, 202), COVER),
        place(2, TEXT, (16, 216, 328, 26), TITLE, 18),
        place(3, TEXT, (16, 248, 328, 42), BODY, 69, grows=True),
        place(4, BUTTON, (16, 306, 328, 40), PRIMARY, 12),
    ),
)

_VIDEO_FIRST = Layout(
    "VideoImageAndText",
    "视频图文",
    frozenset({H, S}),
    438,
    (
        place(1, VIDEO, (0, 0, 360, 202), COVER),
        place(2, TEXT, (16, 216, 328, 26), TITLE, 18),
        place(3, TEXT, (16, 246, 328, 21), {**BODY, "maxLines": 2}, 40, grows=True),
        *(
            slot
            for i in range(2)
            for slot in (
                place(4 + 2 * i, TEXT, (16, 280 + 76 * i, 246, 60), text_style(15, lines=2), 30, is_required=i == 0),
                place(5 + 2 * i, IMAGE, (280, 280 + 76 * i, 64, 64), _ROUND, is_required=i == 0),
            )
        ),
    ),
)

_VIDEO_LAST = Layout(
    "ImageTextAndVideo",
    "图文视频",
    frozenset({H, S}),
    584,
    (
        place(1, IMAGE, (0, 0, 360, 202), COVER),
        place(2, TEXT, (16, 216, 328, 26), TITLE, 18),
        place(3, TEXT, (16, 248, 328, 42), BODY, 69, grows=True),
        place(4, VIDEO, (16, 306, 328, 184), {"borderRadius": 12}),
        place(5, BUTTON, (16, 522, 328, 40), PRIMARY, 12),
    ),
)

_SHORT_VIDEO = Layout(
    "ShortVideo",
    "短剧视频",
    _HUAWEI,
    620,
    (
        place(1, VIDEO, (0, 0, 360, 480), COVER),
        place(2, TEXT, (16, 494, 328, 26), TITLE, 18),
        place(3, TEXT, (16, 524, 328, 21), {**BODY, "maxLines": 2}, 40, grows=True),
        place(4, BUTTON, (16, 562, 328, 40), PRIMARY, 12),
    ),
)

_SHORT_IMAGE = Layout(
    "ShortVideoImage",
    "短剧图片",
    _HUAWEI,
    620,
    (
        place(1, IMAGE, (0, 0, 360, 480), COVER),
        place(2, TEXT, (16, 494, 328, 26), TITLE, 18),
        place(3, TEXT, (16, 524, 328, 21), {**BODY, "maxLines": 2}, 40, grows=True),
        place(4, BUTTON, (16, 562, 328, 40), PRIMARY, 12),
    ),
    sub_types=(1, 2),
    play_icon=2,
)


def _goods(position: int, y: int, *, is_first: bool) -> tuple[Slot, ...]:
    """Picture, name, price, button of one article."""
    return (
        place(position, IMAGE, (16, y, 100, 100), _ROUND, is_required=is_first, can_hide=True),
        place(
            position + 1,
            TEXT,
            (128, y, 216, 44),
            text_style(14, lines=2),
            24,
            is_required=is_first,
            can_hide=True,
        ),
        Slot(
            position + 2,
            TEXT,
            Box(128, y + 62, 100, 30, text_style(19, color="#f2482e", fontWeight=700)),
            10,
            is_first,
            is_price=True,
            can_hide=True,
        ),
        place(position + 3, BUTTON, (252, y + 60, 92, 34), _RED, 6, is_required=is_first, can_hide=True),
    )


_GOODS = Layout(
    "Ecommerce",
    "电商多商品",
    _HUAWEI,
    440,
    (
        place(1, TEXT, (16, 16, 328, 26), TITLE, 12),
        place(2, TEXT, (16, 46, 328, 22), text_style(14, color=GREY), 20),
        *(slot for i in range(3) for slot in _goods(3 + 4 * i, 84 + 116 * i, is_first=i == 0)),
    ),
)


def _coupon(card_id: str, name: str, picture: int) -> Layout:
    """Picture, texts, a coupon that may be hidden (positions 4 to 7), price, two buttons."""
    pale: Style = {"background": "#ffece2"}
    y = picture + 72
    return Layout(
        card_id,
        name,
        _HUAWEI,
        picture + 236,
        (
            place(1, IMAGE, (0, 0, 360, picture), COVER),
            place(2, TEXT, (16, picture + 14, 328, 26), TITLE, 18),
            place(3, TEXT, (16, picture + 42, 328, 21), {**BODY, "maxLines": 1}, 23),
            place(
                4,
                TEXT,
                (16, y, 96, 60),
                {**text_style(26, color="#e5432e", fontWeight=700, textAlign="center"), "lineHeight": 60, **pale},
                8,
                can_hide=True,
            ),
            place(5, TEXT, (112, y, 140, 30), {**text_style(14, fontWeight=600), **pale}, 10, can_hide=True),
            place(6, TEXT, (112, y + 30, 140, 30), {**text_style(12, color="#b0714f"), **pale}, 16, can_hide=True),
            place(7, BUTTON, (252, y, 92, 60), {**_RED, "borderRadius": 4}, 4, can_hide=True),
            price(8, (16, y + 72, 170, 34), (190, y + 76, 154, 27), size=23),
            *two_buttons(9, y + 112),
        ),
        sub_types=(1, 2),
        coupon=7,
    )


_PERSONAL_PACKET = Layout(
    "RedPacketPersonal",
    "个性化红包",
    frozenset({H, V}),
    430,
    (
        place(1, IMAGE, (84, 24, 192, 192), {"borderRadius": 16}),
        place(2, TEXT, (24, 232, 312, 40), text_style(27, color="#fff3d6", fontWeight=700, textAlign="center"), 11),
        place(3, TEXT, (24, 280, 312, 42), text_style(14, color="#ffe2d4", lines=2, textAlign="center"), 36),
        place(
            4,
            BUTTON,
            (90, 352, 180, 46),
            {"fontSize": 17, "fontWeight": 700, "color": "#b3261e", "background": "#ffdc92", "borderRadius": 23},
            9,
        ),
    ),
    background="linear-gradient(165deg,#ff6a4d 0%,#e2352b 48%,#c21f1f 100%)",
    sub_types=(1, 2),
    huawei_only=frozenset({2}),
)


def _voucher(position: int, y: int, *, is_first: bool) -> tuple[Slot, ...]:
    """Picture, amount with its name, condition, button of one voucher."""
    pale: Style = {"background": "#fff4ee"}
    amount = {**text_style(22, color="#e5432e", fontWeight=700), **pale}
    return (
        place(position, IMAGE, (16, y, 72, 72), _ROUND, is_required=is_first, can_hide=True),
        Slot(
            position + 1,
            TEXT,
            Box(96, y, 70, 40, amount),
            8,
            is_first,
            child=Box(168, y, 92, 40, {**text_style(13, fontWeight=600), "lineHeight": 40, **pale}),
            child_max_chars=14,
            can_hide=True,
        ),
        place(
            position + 2,
            TEXT,
            (96, y + 42, 164, 30),
            text_style(12, color="#b0714f"),
            24,
            is_required=is_first,
            can_hide=True,
        ),
        place(position + 3, BUTTON, (268, y + 19, 76, 34), _RED, 6, is_required=is_first, can_hide=True),
    )


_VOUCHERS = Layout(
    "CardVouchers",
    "多卡券",
    _HUAWEI,
    416,
    (
        place(1, TEXT, (16, 16, 328, 52), {**TITLE, "maxLines": 2}, 40),
        *(slot for i in range(4) for slot in _voucher(2 + 4 * i, 76 + 84 * i, is_first=i == 0)),
    ),
)

_BIG = text_style(27, fontWeight=700)
_SMALL = text_style(13, color=GREY)

_PLANE = Layout(
    "PlaneTrip",
    "增强机票",
    _HUAWEI,
    336,
    (
        place(1, IMAGE, (16, 18, 48, 48), {"borderRadius": 12}),
        place(2, TEXT, (78, 18, 266, 26), TITLE, 15),
        place(3, TEXT, (78, 45, 266, 21), {**BODY, "maxLines": 1}, 20),
        Slot(4, TEXT, Box(16, 84, 112, 40, _BIG), 6, child=Box(16, 126, 124, 20, _SMALL), child_max_chars=10),
        place(5, TEXT, (128, 84, 104, 40), text_style(12, color="#1a6dff", textAlign="center"), 10, can_hide=True),
        Slot(
            6,
            TEXT,
            Box(232, 84, 112, 40, {**_BIG, "textAlign": "right"}),
            6,
            child=Box(220, 126, 124, 20, {**_SMALL, "textAlign": "right"}),
            child_max_chars=10,
        ),
        *(pair(7 + i, 162 + 28 * i, is_required=i == 0, can_hide=True) for i in range(3)),
        *two_buttons(10, 272),
    ),
    background="linear-gradient(180deg,#e9f2ff 0,#ffffff 96px)",
)

_LONG = {**text_style(15, color="#3a4049", lines=60), "lineHeight": 26}

_NATIVE_TEXT = Layout(
    "NativePureText",
    "超文本普通",
    _HUAWEI,
    210,
    (
        place(1, TEXT, (16, 18, 328, 28), text_style(18, fontWeight=600), 20),
        place(2, TEXT, (16, 56, 328, 78), _LONG, 1000, grows=True),
        *(
            place(3 + i, BUTTON, (16 + 170 * i, 152, 158, 40), (PRIMARY, PLAIN)[i], 8, is_required=False)
            for i in range(2)
        ),
    ),
)

_NATIVE_IMAGE = Layout(
    "NativeImageAndText",
    "超文本增强",
    _HUAWEI,
    604,
    (
        place(1, IMAGE, (0, 0, 360, 202), COVER),
        place(2, TEXT, (16, 216, 328, 28), text_style(18, fontWeight=600), 20),
        place(3, TEXT, (16, 254, 328, 78), _LONG, 1000, grows=True),
        place(4, IMAGE, (16, 346, 328, 184), {"borderRadius": 12}, is_required=False),
        *(
            place(5 + i, BUTTON, (16 + 170 * i, 546, 158, 40), (PRIMARY, PLAIN)[i], 8, is_required=False)
            for i in range(2)
        ),
    ),
)

RICH = (
    _CAROUSEL_TITLE,
    _VIDEO,
    _VIDEO_FIRST,
    _VIDEO_LAST,
    _SHORT_VIDEO,
    _SHORT_IMAGE,
    _GOODS,
    _coupon("EcommerceCouponVertical", "电商领券竖版", 360),
    _coupon("EcommerceCouponHorizontal", "电商领券横版", 202),
    _PERSONAL_PACKET,
    _VOUCHERS,
    _PLANE,
    _NATIVE_TEXT,
    _NATIVE_IMAGE,
)
