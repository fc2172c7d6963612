"""Documents: checks, filling in, drawing."""

from dataclasses import replace

import pytest

from hongyan.kernel.errors import InvalidInput
from hongyan.rooms.handsets.contracts import Vendor
from hongyan.rooms.smart.contracts import Action, Element, ElementKind, NewTemplate, Tap, TemplateParam
from hongyan.rooms.smart.errors import ParamsDiffer, ParamsUndeclared
from hongyan.rooms.smart.public_web.drawing import draw, href_of
from hongyan.rooms.smart.public_web.pages import PICTURES
from hongyan.rooms.smart.rules.checks import check_document
from hongyan.rooms.smart.rules.documents import build_pages
from hongyan.rooms.smart.rules.filling import check_values, fill, placeholders
from hongyan.rooms.smart.rules.layouts import LAYOUTS
from hongyan.rooms.smart.rules.presets import PRESETS

SITE = Tap(Action.OPEN_URL, "https://www.example.com/${id}", {})
POSTER = NewTemplate(
    "海报",
    "",
    "SimplePoster",
    (
        Element(1, ElementKind.IMAGE, src="picture:solstice"),
        Element(2, ElementKind.BUTTON, "看 ${word}", tap=SITE),
    ),
    (TemplateParam("word", "雪", 4), TemplateParam("id", "7")),
    frozenset({Vendor.HUAWEI}),
)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset[2].card_id)
def test_presets_keep_the_rules_and_leave_no_placeholder(preset: tuple) -> None:
    tpl_id, version, new = preset
    check_document(new)
    assert (len(tpl_id), tpl_id[0], version) == (9, "6", 1)
    assert len(new.name) <= 17
    assert "测试" not in str(new)
    filled = fill(new.elements, {param.name: param.example for param in new.params})
    assert placeholders(filled) == ()
    assert all((PICTURES / f"{e.src[8:]}.svg").is_file() for e in new.elements if e.kind is ElementKind.IMAGE)


def test_marketing_presets_carry_the_opt_out_words() -> None:
    marketing = {"RedPacket", "Carousel", "CarouselSquareImage", "CardVoucher", "ECImageAndText"}
    texts = {new.card_id: "".join(element.content for element in new.elements) for _, _, new in PRESETS}
    assert {card_id for card_id, text in texts.items() if "拒收请回复R" in text} == marketing


def changed(**values: object) -> NewTemplate:
    return replace(POSTER, **values)


IMAGE, BUTTON = POSTER.elements


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (changed(card_id="Unheard"), "card_id"),
        (changed(vendors=frozenset({Vendor.OPPO})), "factorys"),
        (changed(elements=(IMAGE, BUTTON, Element(9, ElementKind.TEXT, "x"))), "pages[1].position[9]"),
        (changed(elements=(IMAGE, replace(BUTTON, kind=ElementKind.TEXT))), "pages[1].position[2]"),
        (changed(elements=(replace(IMAGE, src="file:///etc/passwd"), BUTTON)), "pages[1].position[1]"),
        (changed(elements=(IMAGE, replace(BUTTON, content=""))), "pages[1].position[2]"),
        (changed(elements=(IMAGE, replace(BUTTON, content="长" * 13))), "pages[1].position[2]"),
        (changed(elements=(IMAGE, replace(BUTTON, content="<b>"))), "pages[1].position[2]"),
        (changed(elements=(IMAGE, replace(BUTTON, content="a  b"))), "pages[1].position[2]"),
        (changed(elements=(IMAGE, replace(BUTTON, tap=None))), "pages[1].position[2]"),
        (
            changed(elements=(IMAGE, replace(BUTTON, tap=Tap(Action.OPEN_URL, "javascript:alert(1)", {})))),
            "pages[1].position[2]",
        ),
        (changed(elements=(IMAGE, replace(BUTTON, tap=Tap(Action.DIAL_PHONE, "", {})))), "pages[1].position[2]"),
        (changed(elements=(BUTTON,)), "pages[1].position[1]"),
        (changed(params=(TemplateParam("word", "雪"),)), "params"),
        (changed(params=(*POSTER.params, TemplateParam("more", "x"))), "params"),
        (changed(params=(*POSTER.params, *POSTER.params)), "params"),
    ],
)
def test_a_document_that_breaks_a_rule_is_refused_by_name(new: NewTemplate, field: str) -> None:
    check_document(POSTER)
    with pytest.raises((InvalidInput, ParamsUndeclared)) as caught:
        check_document(new)
    assert str(caught.value.field).startswith(field)


def test_a_sliding_row_needs_two_items() -> None:
    carousel = next(new for _, _, new in PRESETS if new.card_id == "Carousel")
    with pytest.raises(InvalidInput, match=r"pages.1..position.4."):
        check_document(replace(carousel, elements=carousel.elements[:3]))


@pytest.mark.parametrize(
    ("values", "name"), [({}, "word"), ({"word": " ", "id": "1"}, "word"), ({"word": "12345", "id": "1"}, "word")]
)
def test_values_that_do_not_fit_are_refused_before_a_send(values: dict[str, str], name: str) -> None:
    check_values(POSTER.params, {"word": "1234", "id": "1", "more": "is ignored"})
    with pytest.raises(ParamsDiffer, match=name):
        check_values(POSTER.params, values)


@pytest.mark.parametrize(
    ("tap", "values", "target"),
    [
        (SITE, {"id": "a/b?c&d 雪"}, "https://www.example.com/a%2Fb%3Fc%26d%20%E9%9B%AA"),
        (SITE, {}, None),
        (SITE, {"id": ""}, None),
        (Tap(Action.OPEN_URL, "${id}", {}), {"id": "https://x.example/?a=1"}, "https://x.example/?a=1"),
        (Tap(Action.OPEN_URL, "${id}", {}), {"id": "javascript:alert(1)"}, None),
        (Tap(Action.COPY_PARAMETER, "${id}", {}), {"id": "A 1"}, "A 1"),
        (Tap(Action.DIAL_PHONE, "95${id}", {}), {"id": "566"}, "95566"),
    ],
)
def test_values_in_links_stay_values(tap: Tap, values: dict[str, str], target: str | None) -> None:
    filled = fill([replace(BUTTON, tap=tap)], values)[0]
    assert (filled.tap and filled.tap.target) == target


def test_a_value_is_put_in_once_and_never_read_again() -> None:
    assert fill([Element(1, ElementKind.TEXT, "${a}${b}")], {"a": "${b}", "b": "x"})[0].content == "${b}x"


@pytest.mark.parametrize("card_id", LAYOUTS)
def test_positions_of_a_layout_are_unique_and_inside_the_card(card_id: str) -> None:
    layout = LAYOUTS[card_id]
    own = [slot.position for slot in layout.slots]
    in_track = list(range(1, layout.track.positions + 1)) if layout.track else []
    assert len(set(own + in_track)) == len(own) + len(in_track)
    assert all(s.box.x >= 0 and s.box.x + s.box.w <= 360 and s.box.y + s.box.h <= layout.height for s in layout.slots)


def page_of(card_id: str, *elements: Element) -> dict:
    return build_pages(LAYOUTS[card_id], elements, pictures_url="https://l.example/m")[0]


def item(page: dict, position: int) -> dict:
    return next(one for one in page["content"] if one.get("position") == position)


def test_a_longer_text_moves_what_stands_below() -> None:
    button = Element(3, ElementKind.BUTTON, "好", tap=SITE)
    short = page_of("PureText", Element(2, ElementKind.TEXT, "短"), button)
    long = page_of("PureText", Element(2, ElementKind.TEXT, "长" * 350), button)
    grown = item(long, 2)["h"] - item(short, 2)["h"]
    assert grown == 26 * 16
    assert item(long, 3)["y"] - item(short, 3)["y"] == grown
    assert long["style"]["height"] - short["style"]["height"] == grown


def test_an_absent_line_leaves_no_gap_and_a_shared_line_stays() -> None:
    new = next(new for _, _, new in PRESETS if new.card_id == "Notification1")
    full = page_of("Notification1", *new.elements)
    one_less = page_of("Notification1", *(e for e in new.elements if e.position != 6))
    one_button = page_of("Notification1", *(e for e in new.elements if e.position != 11))
    assert full["style"]["height"] - one_less["style"]["height"] == 28
    assert item(full, 10)["y"] - item(one_less, 10)["y"] == 28
    assert full["style"]["height"] == one_button["style"]["height"]


def test_pictures_get_an_address_and_other_images_keep_theirs() -> None:
    page = page_of("SimplePoster", IMAGE)
    assert item(page, 1)["src"] == "https://l.example/m/solstice.svg"
    other = page_of("SimplePoster", replace(IMAGE, src="https://img.example/a.png"))
    assert item(other, 1)["src"] == "https://img.example/a.png"


@pytest.mark.parametrize(
    ("event", "href"),
    [
        (None, None),
        ({"action": "OPEN_URL", "target": "https://x.example"}, "https://x.example"),
        ({"action": "OPEN_BROWSER", "target": "javascript:x"}, None),
        ({"action": "OPEN_APP", "target": "app://x", "floor_url": "https://x.example"}, "https://x.example"),
        ({"action": "OPEN_APP", "target": "app://x"}, None),
        ({"action": "DIAL_PHONE", "target": "+86 400"}, "tel:+86%20400"),
        ({"action": "OPEN_SMS", "target": "10690", "body": "T&D"}, "sms:10690?body=T%26D"),
        (
            {"action": "OPEN_EMAIL", "target": "a@x.example", "subject": "s?", "body": ""},
            "mailto:a@x.example?subject=s%3F&body=",
        ),
        ({"action": "VIEW_PIC", "target": "x"}, None),
    ],
)
def test_browsers_follow_only_what_they_can(event: dict | None, href: str | None) -> None:
    assert href_of(event) == href


def test_a_style_that_would_leave_its_declaration_is_dropped() -> None:
    page = page_of("SimplePoster", IMAGE)
    page["style"]["background"] = "red;}body{display:none"
    assert "display" not in draw(page).css


def test_rows_are_drawn_with_their_entries() -> None:
    for card_id, kind in (("Carousel", "sideslip"), ("CarouselSquareImage", "swiper")):
        new = next(new for _, _, new in PRESETS if new.card_id == card_id)
        row = next(one for one in draw(page_of(card_id, *new.elements)).items if one.kind == kind)
        assert len(row.children) == 3
