import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.rooms.rendering.contracts import Rendered
from hongyan.rooms.rendering.errors import ValuesDiffer
from hongyan.rooms.rendering.service import compile_template, count_parts
from telcowire.smstext.segments import count_segments

LINK = "km.example/aB3dE6g"


@pytest.mark.parametrize(
    ("content", "values", "expected"),
    [
        ("尊敬的${1}，点击${2}查看", ("张三",), f"【鸿雁】尊敬的张三，点击 {LINK} 查看"),
        ("尊敬的${1}，点击 ${2} 查看", ("张三",), f"【鸿雁】尊敬的张三，点击 {LINK} 查看"),
        ("尊敬的${1}，点击 ${2}查看", ("张三",), f"【鸿雁】尊敬的张三，点击 {LINK} 查看"),
        ("尊敬的${1}，点击${2}", ("张三",), f"【鸿雁】尊敬的张三，点击 {LINK} "),
        ("${2}是${1}的链接", ("张三",), f"【鸿雁】 {LINK} 是张三的链接"),
        ("${3}打折 ${2}%，见${1}%s", ("八", "20"), None),
        ("${1}${2}元", ("100",), f"【鸿雁】100 {LINK} 元"),
        ("只有链接${2}", (), f"【鸿雁】只有链接 {LINK} "),
        ("${1}再说一次${1}${2}", ("好",), f"【鸿雁】好再说一次好 {LINK} "),
    ],
)
def test_the_link_stands_between_blanks(content: str, values: tuple[str, ...], expected: str | None) -> None:
    template = compile_template(content, link_index=2, signature="鸿雁")
    if expected is None:
        expected = f"【鸿雁】20打折 {LINK} %，见八%s"
    assert template.render(values, LINK).text == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("您好，点击 ${1} 查看", "【鸿雁】您好，点击 查看"),
        ("您好，点击${1}查看", "【鸿雁】您好，点击查看"),
        ("您好，请看 ${1}", "【鸿雁】您好，请看"),
        ("您好，请看${1} 。", "【鸿雁】您好，请看 。"),
    ],
)
def test_without_a_link_no_gap_is_left(content: str, expected: str) -> None:
    assert compile_template(content, link_index=1, signature="鸿雁").render((), None).text == expected


def test_signature_blanks_and_values_count() -> None:
    template = compile_template("字" * 40 + "${1}${2}", link_index=2, signature="鸿雁")
    fixed = len("【鸿雁】") + 40 + 2 + len(LINK)
    assert template.render(("x" * (70 - fixed),), LINK).parts == 1
    assert template.render(("x" * (71 - fixed),), LINK).parts == 2
    assert template.render(("x" * (134 - fixed),), LINK).parts == 2
    assert template.render(("x" * (135 - fixed),), LINK).parts == 3


@pytest.mark.parametrize("values", [(), ("a", "b")])
def test_values_that_do_not_fit_are_refused(values: tuple[str, ...]) -> None:
    with pytest.raises(ValuesDiffer):
        compile_template("${1}${2}", link_index=2, signature="鸿雁").render(values, LINK)


def test_many_are_rendered_pairwise() -> None:
    template = compile_template("${1}${2}", link_index=2, signature="鸿雁")
    assert template.render_many([("a",), ("b",)], ["x/1", "x/2"]) == [
        Rendered("【鸿雁】a x/1 ", 1),
        Rendered("【鸿雁】b x/2 ", 1),
    ]
    assert [one.text for one in template.render_many([("a",), ("b",)], None)] == ["【鸿雁】a", "【鸿雁】b"]
    with pytest.raises(ValueError, match="zip"):
        template.render_many([("a",), ("b",)], ["x/1"])


@given(st.lists(st.text(st.characters(codec="utf-16-le"), max_size=200), max_size=4))
def test_many_are_the_same_as_one_at_a_time(values: list[str]) -> None:
    template = compile_template("${1}" + "字" * 30 + "${2}", link_index=2, signature="鸿雁")
    rows = [(value,) for value in values]
    assert template.render_many(rows, [LINK] * len(rows)) == [template.render(row, LINK) for row in rows]


@given(st.text(st.characters(codec="utf-16-le"), max_size=300))
def test_parts_are_counted_as_the_wire_cuts_them(text: str) -> None:
    assert count_parts(text) == count_segments(text)


@given(st.text("${}12 字a%", max_size=40), st.text(max_size=20), st.text(max_size=20))
def test_values_stand_in_the_text_as_they_are(content: str, first: str, second: str) -> None:
    template = compile_template(content, link_index=None, signature="鸿")
    values = (first, second)[: template.value_count]
    expected = content
    numbers = [number for number in ("1", "2", "12") if f"${{{number}}}" in content]
    if template.value_count == len(numbers) <= 2 and "$" not in first + second:
        for number, value in zip(sorted(numbers, key=int), values, strict=True):
            expected = expected.replace(f"${{{number}}}", value)
        assert template.render(values, "x").text == f"【鸿】{expected}"
