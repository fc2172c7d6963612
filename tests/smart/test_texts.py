"""Texts: characters, the SMS template for vivo, 测试, 拒收请回复R, sensitive words."""

from dataclasses import replace

import pytest

from hongyan.kernel.errors import InvalidInput
from hongyan.rooms.smart.contracts import Action, Element, ElementKind, NewTemplate, Tap, TemplateParam, TemplateUse
from hongyan.rooms.smart.errors import SensitiveWords
from hongyan.rooms.smart.rules import texts, words

TAP = Tap(Action.OPEN_SMS, "10690", {"body": "退订"})
CARD = NewTemplate(
    "名字",
    "场景",
    "PureText",
    (Element(1, ElementKind.TEXT, "标题"), Element(3, ElementKind.BUTTON, "好", tap=TAP)),
    (TemplateParam("param1", "示例"),),
    use=TemplateUse.COMMERCIAL,
    sms_signs=("鸿雁",),
)


@pytest.mark.parametrize("text", ["a<b", "a>b", "a&b", "a  b", "a\x00b", "a\tb", "\ud800", "${param-1}", "${}", "${a"])
def test_what_is_no_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="field"):
        texts.check_text("field", text)


def test_texts_may_have_lines_and_parameters() -> None:
    texts.check_text("field", "第一行\n${param1}：好 😀")


@pytest.mark.parametrize(
    ("text", "is_sound"),
    [
        ("", True),
        ("您好[文本0-20]，[数字0-4]GB，[字母1-99]", True),
        ("字" * 271 + "[文本0-99]", True),
        ("字" * 272 + "[文本0-99]", False),
        ("[文本0-100]", False),
        ("[文本5-4]", False),
        ("[文本0-0]", False),
        ("[数值0-4]", False),
        ("【数字0-4】没有变量", True),
        ("[数字0-4", False),
    ],
)
def test_slots_of_the_sms_template(text: str, is_sound: bool) -> None:
    if is_sound:
        texts.check_sms_template(text)
    else:
        with pytest.raises(InvalidInput, match="sms_template"):
            texts.check_sms_template(text)


@pytest.mark.parametrize("sign", ["", " ", "x" * 21, "【鸿雁】", "[鸿雁]"])
def test_signatures_stand_without_brackets(sign: str) -> None:
    texts.check_signs(["鸿雁", "x" * 20])
    with pytest.raises(InvalidInput, match="sms_signs"):
        texts.check_signs(["鸿雁", sign])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "测试"}, "tpl_name"),
        ({"scene": "测试"}, "scene"),
        ({"description": "测试"}, "sms_example"),
        ({"sms_template": "测试"}, "sms_template"),
        ({"sms_signs": ("鸿雁", "测试")}, "sms_signs"),
        ({"params": (TemplateParam("param1", "测试"),)}, "params.param1.example"),
        ({"elements": (Element(1, ElementKind.TEXT, "测试"),)}, "pages[1].position[1].content"),
        ({"elements": (Element(1, ElementKind.TEXT, "x", "测试", page=2),)}, "pages[2].position[1].content_child"),
        (
            {"elements": (Element(3, ElementKind.BUTTON, "x", tap=replace(TAP, more={"body": "测试"})),)},
            "pages[1].position[3].action.body",
        ),
    ],
)
def test_a_commercial_template_never_says_it_is_a_trial(changes: dict, field: str) -> None:
    texts.check_use(CARD, ["标题"])
    with pytest.raises(InvalidInput) as caught:
        texts.check_use(replace(CARD, **changes), ["标题"])
    assert caught.value.field == field


def test_a_trial_says_so_in_name_and_main_title() -> None:
    trial = replace(CARD, use=TemplateUse.TRIAL, name="测试名")
    texts.check_use(trial, ["主标题测试"])
    with pytest.raises(InvalidInput, match="pages"):
        texts.check_use(trial, ["主标题"])
    with pytest.raises(InvalidInput, match="tpl_name"):
        texts.check_use(replace(trial, name="名"), ["主标题测试"])


def test_the_way_out_stands_in_some_text() -> None:
    with pytest.raises(InvalidInput, match="拒收请回复R"):
        texts.check_opt_out(CARD)
    texts.check_opt_out(replace(CARD, elements=(Element(1, ElementKind.TEXT, "拒收请回复R"),)))
    texts.check_opt_out(replace(CARD, elements=(Element(1, ElementKind.TEXT, "x", "拒收请回复R"),)))


def test_sensitive_words_are_found_whatever_their_case() -> None:
    texts.check_words(CARD, words.BUILT_IN)
    with pytest.raises(SensitiveWords) as caught:
        texts.check_words(replace(CARD, scene="a CaSiNo"), {"Casino"})
    assert (caught.value.field, caught.value.vendor_code) == ("scene", "KM.90016801")


def test_an_operators_list_has_remarks_and_blanks() -> None:
    assert words.read_words(["# list", " 一 ", "", "二 # second"]) == {"一", "二"}
