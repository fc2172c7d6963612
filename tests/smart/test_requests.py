"""Customers' templates: every layout, variants, vendors, pages, sources, titles."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from hongyan.kernel.errors import InvalidInput
from hongyan.rooms.handsets.contracts import Vendor
from hongyan.rooms.smart.contracts import Element, ElementKind, NewTemplate, TemplateParam, TemplateUse
from hongyan.rooms.smart.errors import ParamsUndeclared
from hongyan.rooms.smart.rules.checks import check_at_vendor, check_document, check_request, suitable_vendors
from hongyan.rooms.smart.rules.layouts import LAYOUTS
from hongyan.rooms.smart.vendor_api.bodies import TemplateBody
from support.card_documents import image, of_layout, standard, text, video


def new(card_id: str | None = None, **changes: Any) -> NewTemplate:
    """Return a template that keeps all rules, changed."""
    body = standard() if card_id is None else of_layout(card_id, "名")
    made = TemplateBody.model_validate(body).to_new()
    if made.sub_type is None and LAYOUTS[made.card_id].sub_types:
        made = replace(made, sub_type=1)
    return replace(made, **changes)


def with_element(made: NewTemplate, number: int, /, **changes: Any) -> NewTemplate:
    """Change one component."""
    return replace(made, elements=tuple(replace(e, **changes) if e.position == number else e for e in made.elements))


def refusal(made: NewTemplate) -> str:
    """Return the field that is refused."""
    with pytest.raises((InvalidInput, ParamsUndeclared)) as caught:
        check_request(made, ())
    return str(caught.value.field)


@pytest.mark.parametrize("card_id", LAYOUTS)
def test_the_smallest_card_of_every_layout_passes_everywhere(card_id: str) -> None:
    check_request(new(card_id, vendors=LAYOUTS[card_id].vendors), ())


def test_the_layouts_are_those_of_the_interface() -> None:
    published = """MultipleImageAndText StandardImageAndText PureText VideoImageAndText Video ECImageAndText RedPacket
    RedPacketPersonal ImageTextAndVideo Notification1 Notification2 Carousel CarouselTitle CarouselSquareImage
    CarouselImageSixteenToNine CarouselVerticalImage CardVoucher CardVouchers Ecommerce Trip1 Trip2 Trip3 PlaneTrip
    SimplePoster NativePureText NativeImageAndText ShortVideo ShortVideoImage EcommerceCouponVertical"""
    assert set(LAYOUTS) == {*published.split(), "EcommerceCouponHorizontal"}


@pytest.mark.parametrize("card_id", LAYOUTS)
def test_positions_count_from_left_to_right_then_down(card_id: str) -> None:
    layout = LAYOUTS[card_id]
    own = sorted(slot.position for slot in layout.slots)
    first = layout.track.positions + 1 if layout.track else 1
    assert own == list(range(first, first + len(own)))
    assert layout.slot_at(0) is None
    assert layout.slot_at(first + len(own)) is None


@pytest.mark.parametrize(
    ("card_id", "sub_type", "is_sound"),
    [
        ("StandardImageAndText", None, True),
        ("StandardImageAndText", 1, True),
        ("StandardImageAndText", 2, False),
        ("RedPacket", 2, True),
        ("RedPacket", 3, False),
        ("ECImageAndText", 5, True),
        ("CarouselVerticalImage", 6, True),
        ("CarouselVerticalImage", 7, False),
        ("ShortVideoImage", 2, True),
    ],
)
def test_layouts_have_their_variants(card_id: str, sub_type: int | None, is_sound: bool) -> None:
    made = new(card_id, sub_type=sub_type)
    if is_sound:
        check_request(made, ())
    else:
        assert refusal(made) == "sub_type"


def test_only_huawei_draws_the_other_variants() -> None:
    made = new("RedPacket", sub_type=2, vendors=frozenset({Vendor.HUAWEI, Vendor.OPPO}))
    assert refusal(made) == "sub_type"


def hidden(made: NewTemplate) -> NewTemplate:
    """Hide the coupon."""
    change = {4: {}, 5: {}, 6: {}, 7: {"button_type": ""}}
    for position, more in change.items():
        made = with_element(made, position, is_visible=False, content="", **more)
    return replace(made, sub_type=2)


def test_a_coupon_is_shown_or_hidden_as_a_whole() -> None:
    shown = new("EcommerceCouponVertical")
    check_request(hidden(shown), ())
    assert refusal(with_element(shown, 5, is_visible=False)) == "pages[1].position[5].visible"
    assert refusal(with_element(shown, 7, button_type="")) == "pages[1].position[7].button_type"
    assert refusal(with_element(hidden(shown), 4, is_visible=True, content="x")) == "pages[1].position[4].visible"
    assert refusal(with_element(hidden(shown), 7, button_type="static")) == "pages[1].position[7].button_type"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"tap": None}, "pages[1].position[1].action_type"),
        ({"src": ""}, "pages[1].position[1].src"),
        ({"src": "file:///etc/passwd"}, "pages[1].position[1].src"),
        ({"src": "https://x.example/" + "a" * 1000}, "pages[1].position[1].src"),
        ({"src": "https://x.example/${param1}.png"}, "pages[1].position[1].src"),
        ({"src": "https://x.example/\x00"}, "pages[1].position[1].src"),
        ({"oppo_background": "x"}, "pages[1].position[1].oppo_background"),
        ({"content_child": "x"}, "pages[1].position[1].content_child"),
        ({"page": 2}, "pages[2].position[2]"),
        ({"page": 3}, "pages"),
        ({"position": 4}, "pages[1].position[4]"),
        ({"position": 99}, "pages[1].position[99]"),
    ],
)
def test_a_picture_that_breaks_a_rule_is_refused_by_name(changes: dict, field: str) -> None:
    assert refusal(with_element(new(), 1, **changes)).startswith(field)


def test_a_video_needs_a_cover_unless_it_is_one_of_ours() -> None:
    film = new("Video")
    assert refusal(with_element(film, 1, cover="")) == "pages[1].position[1].cover"
    assert refusal(with_element(film, 1, cover="ftp://x")) == "pages[1].position[1].cover"
    check_request(with_element(film, 1, src="material:1", cover=""), ())
    assert refusal(with_element(new("ShortVideo"), 1, ratio="")) == "pages[1].position[1].ratio"


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ((), "params"),
        ((TemplateParam("param1", "x"), TemplateParam("param2", "x")), "params"),
        ((TemplateParam("param1", "x"), TemplateParam("param1", "x")), "params"),
        ((TemplateParam("param1", " "),), "params.param1.example"),
        ((TemplateParam("param1", "${param1}"),), "params.param1.example"),
        (tuple(TemplateParam(f"p{n}", "x") for n in range(21)), "params"),
    ],
)
def test_parameters_are_declared_once_with_a_real_example(params: tuple, field: str) -> None:
    assert refusal(new(params=params)) == field


@pytest.mark.parametrize(
    ("position", "changes"),
    [(2, {"content": "  "}), (2, {"content": "长" * 19}), (4, {"tap": None}), (4, {"content": ""})],
)
def test_texts_and_buttons_say_something(position: int, changes: dict) -> None:
    assert refusal(with_element(new(), position, **changes)).startswith(f"pages[1].position[{position}]")


def test_placeholders_do_not_count_as_characters() -> None:
    check_request(with_element(new(), 2, content="长" * 18 + "${param1}"), ())


def test_the_main_title_of_a_trial_is_what_is_marked_or_what_stands_first() -> None:
    trial = new(use=TemplateUse.TRIAL, name="测试")
    assert refusal(trial) == "pages"
    check_request(with_element(trial, 2, content="测试"), ())
    assert refusal(with_element(trial, 3, content="${param1}测试拒收请回复R")) == "pages"
    unmarked = with_element(trial, 2, is_title=False)
    check_request(with_element(unmarked, 3, content="${param1}测试拒收请回复R"), ())
    poster = new("SimplePoster", use=TemplateUse.TRIAL, name="测试")
    check_request(with_element(poster, 2, content="测试拒收请回复R"), ())
    nothing = replace(poster, elements=tuple(e for e in poster.elements if e.kind is ElementKind.IMAGE))
    assert refusal(nothing) == "pages[1].position[2]"


def test_vendors_have_limits_of_their_own() -> None:
    signed = {"sms_signs": ("鸿雁",), "sms_template": "您好"}
    notice = new("Notification1", vendors=frozenset({Vendor.VIVO}), **signed)
    check_request(notice, ())
    assert refusal(with_element(notice, 2, content="长" * 13)) == "pages[1].position[2].content"
    assert refusal(replace(notice, sms_signs=())) == "sms_signs"
    assert refusal(replace(notice, sms_template="")) == "sms_template"


def test_a_list_left_out_stands_for_the_vendors_that_can() -> None:
    made = new(sms_signs=(), sms_template="")
    assert suitable_vendors(made) == frozenset(Vendor) - {Vendor.VIVO}
    signed = replace(made, sms_signs=("鸿雁",), sms_template="您好")
    assert suitable_vendors(signed) == frozenset(Vendor)
    stray = replace(made, elements=(*made.elements, Element(99, ElementKind.TEXT, "x")))
    check_at_vendor(stray, Vendor.HUAWEI, frozenset({Vendor.HUAWEI}))


def test_pages_are_at_most_ten() -> None:
    made = new()
    eleven = tuple(replace(e, page=page) for page in range(1, 12) for e in made.elements)
    with pytest.raises(InvalidInput, match="pages"):
        check_document(replace(made, elements=eleven))
    check_document(replace(made, elements=eleven[: 10 * len(made.elements)]))


def test_pictures_of_a_sliding_row_take_the_event_of_their_button() -> None:
    body = of_layout("Carousel", "名")
    for one in body["pages"][0]["contents"]:
        if one["type"] == "image":
            one.pop("action_type")
            one.pop("action")
    body["pages"][0]["contents"][5]["action"] = {"target": "https://www.example.com/second"}
    body["pages"][0]["contents"].append(image(28))
    made = TemplateBody.model_validate(body).to_new()
    targets = [e.tap.target if e.tap else None for e in made.elements if e.kind is ElementKind.IMAGE]
    assert targets == ["https://www.example.com/new", "https://www.example.com/second", "https://www.example.com/new"]


def test_a_body_is_read_as_customers_write_it() -> None:
    body = standard(factorys=None, params=None, sub_type="", scene=None)
    body["pages"][0]["contents"] = [
        video(1, "7", 1, cover="8", visible="0", currency_display=0),
        text(2, "t", is_text_title="false", action_type=""),
        image(3, "9", 1, action_type="VIEW_PIC", action={"target": "9"}),
        image(4, action_type="VIEW_PIC", action={"target": "https://img.example.com/a.png"}),
    ]
    film, title, own, other = TemplateBody.model_validate(body).to_new().elements
    assert (film.src, film.cover, film.is_visible, film.shows_currency) == ("material:7", "material:8", False, False)
    assert (title.is_title, title.tap) == (False, None)
    assert own.tap is not None
    assert own.tap.target == own.src == "material:9"
    assert other.tap is not None
    assert other.tap.target == other.src


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"type": "followPub"}, "type"),
        ({"src": None}, "src"),
        ({"src_type": None}, "src_type"),
        ({"action": None}, "action"),
    ],
)
def test_a_body_that_says_half_is_refused_by_name(changes: dict, field: str) -> None:
    body = standard()
    body["pages"][0]["contents"][0] |= changes
    with pytest.raises(InvalidInput) as caught:
        TemplateBody.model_validate(body).to_new()
    assert caught.value.field == f"pages[1].position[1].{field}"


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"factorys": [{"factory_type": "NOKIA", "state": 1}]}, "HUAWEI"),
        ({"factorys": [{"factory_type": "HUAWEI", "state": 0}]}, "factorys"),
        ({"pages": standard()["pages"] * 2}, "page_order"),
    ],
)
def test_lists_that_say_nothing_are_refused(changes: dict, word: str) -> None:
    with pytest.raises((InvalidInput, ValidationError), match=word):
        TemplateBody.model_validate(standard(**changes)).to_new()
