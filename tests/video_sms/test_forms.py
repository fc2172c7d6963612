import base64
from dataclasses import replace

import pytest

from hongyan.kernel.errors import InvalidInput
from hongyan.rooms.video_sms.contracts import NewTemplate, Resource
from hongyan.rooms.video_sms.errors import ResourceInvalid, TemplateTooLarge, ValuesDiffer
from hongyan.rooms.video_sms.rules.documents import fill
from hongyan.rooms.video_sms.rules.forms import bind_values, check_form, decode

SIGNED = "【鸿雁】您好#p_1#，单号#p_2#，再次感谢#p_1#"
PICTURE = "https://cdn.example.com/a.jpg"


def txt(content: str = SIGNED, index: str | None = None) -> Resource:
    return Resource(index, "txt", "1.txt", "txt", content)


def jpg(index: str | None = None, **changes: str) -> Resource:
    return replace(Resource(index, "jpg", "a.jpg", "url", PICTURE), **changes)


def form(*resources: Resource, **changes: object) -> NewTemplate:
    good = NewTemplate(name="模板", title="主题", valid_days=30, resources=resources or (txt(), jpg()))
    return replace(good, **changes)


def test_a_sound_form_is_read() -> None:
    checked = check_form(form())
    assert [(slot.frame, slot.at) for slot in checked.slots] == [(1, 0), (2, 1)]
    assert (checked.signature, checked.params) == ("鸿雁", ("p_1", "p_2"))


def test_indexes_say_the_order() -> None:
    checked = check_form(form(jpg("2-1"), txt("第二帧", "2-2"), txt(index="1-1")))
    assert [(slot.frame, slot.at) for slot in checked.slots] == [(1, 2), (2, 0), (2, 1)]


def test_ten_resources_fit_into_eight_frames() -> None:
    rows = [txt(index="1-1"), jpg("1-2"), txt("甲", "2-1"), jpg("2-2"), *(jpg(f"{n}-1") for n in range(3, 9))]
    assert check_form(form(*rows)).slots[-1].frame == 8


@pytest.mark.parametrize(
    ("new", "field", "words"),
    [
        (form(title="x" * 21), "title", "1 to 20"),
        (form(title="【题】"), "title", "【"),
        (form(title=" "), "title", "1 to 20"),
        (form(name="n" * 101), "tpl_name", "100"),
        (form(name="a\x00b"), "tpl_name", "control"),
        (form(remarks="r" * 201), "remarks", "200"),
        (form(valid_days=0), "expiration_time", "9999"),
        (form(valid_days=10_000), "expiration_time", "9999"),
        (form(callback_url="ftp://example.com"), "callbackurl", "http"),
        (form(callback_url="http://[::1"), "callbackurl", "is no URL"),
        (form(callback_url="https://me:secret@example.com/cb"), "callbackurl", "password"),
        (form(callback_url="https://example.com/cb#there"), "callbackurl", "fragment"),
        (form(callback_url="https://example.com/a|b"), "callbackurl", "characters that no URL has"),
        (form(callback_url="https://example.com/" + "x" * 981), "callbackurl", "1000"),
        (form(*[jpg()] * 11), "reslist", "10"),
        (form(txt(), *[jpg()] * 8), "reslist", "8 frames"),
        (form(txt(index="1-1"), jpg()), "reslist.index", "all of them or none"),
        (form(txt(index="1-1"), jpg("1-1")), "reslist.index", "twice"),
        (form(txt(index="1-1"), jpg("3-1")), "reslist.index", "without gaps"),
        (form(txt(index="1-1"), jpg("2-2")), "reslist.index", "without gaps"),
        (form(txt(index="1-1"), jpg("9-1")), "reslist[1].index", "8 frames"),
        (form(txt(index="1-1"), jpg("1-3")), "reslist[1].index", "2 elements"),
        (form(txt(index="1-1"), jpg("2-1"), jpg("2-2")), "reslist[1].index", "needs a text"),
        (
            form(*[r for n in (1, 2, 3) for r in (txt(SIGNED if n == 1 else "字", f"{n}-1"), jpg(f"{n}-2"))]),
            "reslist.index",
            "2 frames",
        ),
        (form(txt(), jpg(type="svg")), "reslist[1].type", "one of"),
        (form(txt(), jpg(source="ftp")), "reslist[1].source", "file"),
        (form(txt(), jpg(source="txt")), "reslist[1].source", "file or url"),
        (form(txt(), jpg(content="#p_3#", source="txt")), "reslist[1].content", "texts only"),
        (form(txt(), jpg(content="gopher://x")), "reslist[1].content", "http"),
        (form(txt(), jpg(content="https://e.com/" + "长" * 400)), "reslist[1].content", "1024"),
        (form(txt(), jpg(name=" ")), "reslist[1].name", "100"),
        (form(txt(" ")), "reslist[0].content", "text"),
        (form(txt("【鸿雁】a\x00")), "reslist[0].content", "control"),
        (form(jpg()), "reslist", "signature"),
        (form(txt("您好【鸿雁】")), "reslist[0].content", "begin"),
        (form(txt("【】您好")), "reslist[0].content", "begin"),
        (form(txt("【#p_1#】您好")), "reslist[0].content", "begin"),
        (form(txt("【鸿雁】您好【别的】")), "reslist[0].content", "beside"),
        (form(txt(), txt("】")), "reslist[1].content", "beside"),
        (form(txt("【鸿雁】#p_0#")), "reslist[0].content", "1 to 100"),
        (form(txt("【鸿雁】#p_101#")), "reslist[0].content", "1 to 100"),
        (form(txt("【鸿雁】#p_01#")), "reslist[0].content", "1 to 100"),
    ],
)
def test_a_broken_rule_is_named(new: NewTemplate, field: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_form(new)
    assert refused.value.field == field
    assert words in refused.value.text("en")


def test_base64_is_strict() -> None:
    assert decode("x", base64.b64encode(b"abc").decode()) == b"abc"
    for wrong in ("data:image/png;base64,AAAA", "a", "AAA A", "AAAA\n", "", "é"):
        with pytest.raises(ResourceInvalid):
            decode("x", wrong)
    with pytest.raises(TemplateTooLarge):
        decode("x", "A" * 2_900_000)


def test_values_are_bound_by_name_or_by_order() -> None:
    params = ("p_1", "p_2")
    assert bind_values(params, [("p_2", "b"), ("p_1", "a")], "d") == {"p_1": "a", "p_2": "b"}
    assert bind_values(params, [("#p_1#", "a"), ("#p_2#", "b")], "d") == {"p_1": "a", "p_2": "b"}
    assert bind_values(params, [("name", "a"), ("order", "b")], "d") == {"p_1": "a", "p_2": "b"}
    for wrong in (
        [("p_1", "a")],
        [("p_1", "a"), ("p_1", "b")],
        [("p_1", "a"), ("x", "b")],
        [("p_1", "【"), ("p_2", "b")],
    ):
        with pytest.raises(ValuesDiffer):
            bind_values(params, wrong, "d")


def test_values_are_not_searched_again() -> None:
    assert fill("#p_1##p_2##p_3#", {"p_1": "#p_2#", "p_2": "b"}) == "#p_2#b#p_3#"
