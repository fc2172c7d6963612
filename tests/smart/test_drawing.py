"""Documents of the richer layouts: hidden parts, prices, colours, backgrounds, videos, pages."""

from datetime import UTC, datetime
from typing import Any

import pytest

from hongyan.kernel.ids import CardTemplateId
from hongyan.rooms.handsets.contracts import Vendor
from hongyan.rooms.smart.contracts import (
    Action,
    AuditState,
    CardTemplate,
    Element,
    ElementKind,
    Tap,
    TemplateState,
)
from hongyan.rooms.smart.public_web.drawing import draw
from hongyan.rooms.smart.rules.documents import build_pages, card_pages
from hongyan.rooms.smart.rules.layouts import LAYOUTS
from hongyan.rooms.smart.vendor_api.bodies import TemplateBody
from simulators.handsets.cards import draw_card
from support.card_documents import of_layout

URL = "https://l.example/m"


def drawn(card_id: str, elements: tuple[Element, ...], **more: Any) -> dict[str, Any]:
    return build_pages(LAYOUTS[card_id], elements, pictures_url=URL, **more)[0]


def elements_of(card_id: str) -> tuple[Element, ...]:
    return TemplateBody.model_validate(of_layout(card_id, "名")).to_new().elements


def item(page: dict, position: int) -> dict:
    return next(one for one in page["content"] if one.get("position") == position)


def text(position: int, content: str = "x", **more: Any) -> Element:
    return Element(position, ElementKind.TEXT, content, **more)


@pytest.mark.parametrize("card_id", LAYOUTS)
def test_every_layout_is_drawn_for_phones_and_browsers(card_id: str) -> None:
    page = drawn(card_id, elements_of(card_id))
    assert page["tag"] == card_id
    assert all(one["y"] >= 0 and one["y"] + one["h"] <= page["style"]["height"] for one in page["content"])
    assert draw(page).items
    html = draw_card({"pages": [page]})
    assert html.count("<video") == sum(one["type"] == "video" for one in page["content"])


def test_what_is_hidden_leaves_no_gap_where_the_layout_lets_it() -> None:
    card = elements_of("EcommerceCouponVertical")
    shown = drawn("EcommerceCouponVertical", card)
    hidden = tuple(
        Element(e.position, e.kind, e.content, src=e.src, tap=e.tap, is_visible=False) if 4 <= e.position <= 7 else e
        for e in card
    )
    without = drawn("EcommerceCouponVertical", hidden)
    assert shown["style"]["height"] - without["style"]["height"] == 69
    assert item(shown, 8)["y"] - item(without, 8)["y"] == 69
    assert {one.get("position") for one in without["content"]} == {1, 2, 3, 8, 9}
    assert item(drawn("PureText", (text(1, is_visible=False),)), 1)["text"] == "x"
    assert drawn("PureText", (text(77, is_visible=False),))["content"] == []


@pytest.mark.parametrize(
    ("content", "shows", "expected"), [("399", True, "￥399"), ("399", False, "399"), ("¥ 399", True, "¥ 399")]
)
def test_prices_show_the_currency_once(content: str, shows: bool, expected: str) -> None:
    page = drawn("ECImageAndText", (text(4, content, content_child=content, shows_currency=shows),))
    assert [one["text"] for one in page["content"]] == [expected, expected]
    assert item(drawn("PureText", (text(1, "399"),)), 1)["text"] == "399"


def test_variants_colour_the_buttons_in_order() -> None:
    tap = Tap(Action.OPEN_URL, "https://x.example", {})
    buttons = tuple(Element(position, ElementKind.BUTTON, "b", tap=tap) for position in (5, 6))
    colours = [one["style"]["background"] for one in drawn("ECImageAndText", buttons, sub_type=3)["content"]]
    assert colours == ["#21a35a", "#1a6dff"]
    assert drawn("ECImageAndText", buttons)["content"][0]["style"]["background"] == "#ff8a1f"


def test_a_red_packet_has_a_background_per_vendor() -> None:
    logo = Element(1, ElementKind.IMAGE, src="https://x.example/l.png", oppo_background="material:1/f.png")
    for vendor, first in ((Vendor.OPPO, f"{URL}/f/f.png"), (Vendor.VIVO, logo.src), (None, logo.src)):
        page = drawn("RedPacket", (logo,), vendor=vendor)
        assert page["content"][0]["src"] == first
    assert drawn("RedPacket", (logo,), vendor=Vendor.OPPO)["content"][0]["w"] == 360


def test_a_short_video_is_square_or_tall_and_a_short_picture_may_have_a_play_sign() -> None:
    film = Element(1, ElementKind.VIDEO, src="material:1/a.mp4", cover="picture:gift", ratio="oneToOne")
    page = drawn("ShortVideo", (film, text(2)))
    assert (item(page, 1)["h"], item(page, 1)["src"], item(page, 1)["cover"]) == (
        360,
        f"{URL}/f/a.mp4",
        f"{URL}/gift.svg",
    )
    assert item(page, 2)["y"] == 494 - 120
    still = Element(1, ElementKind.IMAGE, src="https://x.example/a.png")
    assert "▶" not in str(drawn("ShortVideoImage", (still,), sub_type=1))
    assert "▶" in str(drawn("ShortVideoImage", (still,), sub_type=2))


def test_a_tap_on_a_picture_shows_the_picture_and_buttons_keep_their_kind() -> None:
    tap = Tap(Action.VIEW_PIC, "material:1/a.png", {})
    page = drawn("SimplePoster", (Element(1, ElementKind.IMAGE, src="material:1/a.png", tap=tap),))
    assert item(page, 1)["event"]["target"] == item(page, 1)["src"] == f"{URL}/f/a.png"
    coupon = Element(7, ElementKind.BUTTON, "领", button_type="dynamic")
    assert item(drawn("EcommerceCouponVertical", (coupon,)), 7)["buttonType"] == "dynamic"


def test_pages_come_in_order_with_values_or_without() -> None:
    now = datetime.now(UTC)
    template = CardTemplate(
        *(CardTemplateId("600001001"), None, "名", "", "PureText", None, 1, ""),
        *(AuditState.PASSED, "", TemplateState.ENABLED, "", None, 1),
        elements=(text(1, "二", page=2), text(1, "${param1}")),
        params=(),
        factories=(),
        created_at=now,
        updated_at=now,
    )
    first, second = card_pages(template, pictures_url=URL)
    assert (first["typeIndex"], item(first, 1)["text"], second["typeIndex"]) == (1, "${param1}", 2)
    assert item(card_pages(template, pictures_url=URL, values={"param1": "一"})[0], 1)["text"] == "一"
