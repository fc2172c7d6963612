"""Rendering: values, link with blanks, signature, parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.rooms.rendering.service import CompiledTemplate
from telcowire.smstext.segments import split_ucs2

LINK = "km.example/AbCdEf1"


@pytest.mark.parametrize(
    ("content", "values", "link", "expected"),
    [
        ("尊敬的${1}，详情${2}回复", ["王女士"], LINK, f"【鸿雁】尊敬的王女士，详情 {LINK} 回复"),
        ("详情 ${1} 回复", [], LINK, f"【鸿雁】详情 {LINK} 回复"),
        ("详情${1}", [], LINK, f"【鸿雁】详情 {LINK} "),
        ("${1}开头", [], LINK, f"【鸿雁】 {LINK} 开头"),
        ("详情 ${1} 回复", [], None, "【鸿雁】详情 回复"),
        ("详情${1}回复", [], None, "【鸿雁】详情回复"),
        ("{花括号}${1}", [], LINK, f"【鸿雁】{{花括号}} {LINK} "),
        ("${1}于${2}到期${3}", ["账单", "2026-11-22"], LINK, f"【鸿雁】账单于2026-11-22到期 {LINK} "),
    ],
)
def test_renders_text(content: str, values: list[str], link: str | None, expected: str) -> None:
    index = content.count("${") if link or content.count("${") == 1 else 1
    assert CompiledTemplate(content, index, "鸿雁").render(values, link).text == expected


def test_braces_in_values_stay_text() -> None:
    assert CompiledTemplate("${1}和${2}", 2, "鸿雁").render(["{0}{9}"], LINK).text == f"【鸿雁】{{0}}{{9}}和 {LINK} "


@pytest.mark.parametrize(("length", "parts"), [(70, 1), (71, 2), (134, 2), (135, 3)])
def test_counts_signature_and_blanks(length: int, parts: int) -> None:
    fixed = len(f"【鸿雁】 {LINK} ")
    rendered = CompiledTemplate("字" * (length - fixed) + "${1}", 1, "鸿雁").render([], LINK)
    assert (len(rendered.text), rendered.parts) == (length, parts)


@given(
    st.lists(st.text(st.characters(codec="utf-16", exclude_categories=("Cs",)), max_size=90), min_size=1, max_size=3)
)
def test_parts_are_those_of_the_wire(values: list[str]) -> None:
    content = "".join(f"${{{i + 1}}}间" for i in range(len(values))) + f"${{{len(values) + 1}}}"
    rendered = CompiledTemplate(content, len(values) + 1, "鸿雁").render(values, LINK)
    assert all(value in rendered.text for value in values)
    assert rendered.parts == len(split_ucs2(rendered.text, 7))
