from dataclasses import replace

import pytest

from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.ids import SignatureId
from hongyan.rooms.sms.contracts import SmsType, TemplateForm, TemplateStatus, VariableSpec, VariableType
from hongyan.rooms.sms.errors import LinkVariableMissing
from hongyan.rooms.sms.rules import templates as rules

LINK = VariableSpec(1, VariableType.NEWTEXT, "")
FORM = TemplateForm("通知", SignatureId("s"), "您好，点击 ${1} 查看", (LINK,))


def of(content: str, *kinds: VariableType) -> TemplateForm:
    specs = tuple(VariableSpec(index, kind, "desc") for index, kind in enumerate(kinds, 1))
    return replace(FORM, content=content, variables=specs)


L, T, M = VariableType.NEWTEXT, VariableType.TEXT, VariableType.MONEY


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        (FORM, SmsType.NOTIFY),
        (of("${1}您好，余额 ${2} 元，详情 ${3} 。", T, M, L), SmsType.NOTIFY),
        (of("金额￥${1}，见 ${2}", M, L), SmsType.NOTIFY),
        (of("Dear ${1}, see ${2} please", T, L), SmsType.NOTIFY),
        (of("新品上市 ${1} 拒收请回复R", L), SmsType.PROMOTION),
        (of("新品上市 ${1} 拒收请回复r", L), SmsType.PROMOTION),
        (of("，".join(f"第 ${{{n}}} 项" for n in range(1, 21)), *([T] * 19), L), SmsType.NOTIFY),
    ],
)
def test_a_good_template_passes(form: TemplateForm, kind: SmsType) -> None:
    rules.check_template(form, kind)


@pytest.mark.parametrize(
    ("form", "field", "said"),
    [
        (replace(FORM, name=""), "template_name", "1 to 30"),
        (replace(FORM, name="  "), "template_name", "blank"),
        (replace(FORM, name="x" * 31), "template_name", "1 to 30"),
        (replace(FORM, content=""), "template_content", "1 to 500"),
        (replace(FORM, content="字" * 497 + "${1}"), "template_content", "1 to 500"),
        (replace(FORM, desc="x" * 101), "template_desc", "0 to 100"),
        (of("${1} 和 ${2} 查看", L, L), "variable_attributes", "only one"),
        (of("，".join(f"第 ${{{n}}} 项" for n in range(1, 22)), *([T] * 20), L), "variable_attributes", "at most 20"),
        (of("看 ${2} 和 ${1}", T, L), "template_content", "in order"),
        (of("看 ${1} 和 ${1}", L), "template_content", "in order"),
        (of("看 ${1}", T, L), "variable_attributes", "exactly once"),
        (of("看 ${1} 和 ${2}", L), "variable_attributes", "exactly once"),
        (replace(of("看 ${1} ", L), variables=(LINK, LINK)), "variable_attributes", "only one"),
        (
            replace(FORM, content="${1}您好 ${2}", variables=(VariableSpec(1, T, ""), replace(LINK, index=2))),
            "variable_attributes.1.variable_desc",
            "required",
        ),
        (
            replace(FORM, variables=(replace(LINK, desc="x" * 101),)),
            "variable_attributes.1.variable_desc",
            "0 to 100",
        ),
        (of("看 ${1} ${x}", L), "template_content", "braces"),
        (of("看 ${1} {", L), "template_content", "braces"),
        (of("看 ${1}${2}", T, L), "template_content", "adjacent"),
        (of("${1} ${2}！", T, L), "template_content", "alone"),
        (of("网址 www.${1}.cn", L), "template_content", "part of a word"),
        (of("电话 186${1}1234", L), "template_content", "part of a word"),
        (of("去 ${1}.com 看", L), "template_content", "part of a word"),
        (of("【签名】看 ${1}", L), "template_content", "'【'"),
        (of("看 ${1} ★", L), "template_content", "'★'"),
        (of("看 ${1} ^_^", L), "template_content", "'^_^'"),
        (of("看 ${1} \x00", L), "template_content", "not allowed"),
    ],
)
def test_a_bad_template_is_refused_with_field_and_reason(form: TemplateForm, field: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.check_template(form, SmsType.NOTIFY)
    assert refused.value.field == field
    assert said in refused.value.text("en")
    assert refused.value.text("zh-CN").startswith(field)


def test_a_template_without_the_link_is_refused_with_its_own_code() -> None:
    with pytest.raises(LinkVariableMissing) as refused:
        rules.check_template(of("您好${1}！", T), SmsType.NOTIFY)
    assert refused.value.vendor_code == "KM.00001377"


def test_a_promotion_tells_how_to_refuse() -> None:
    with pytest.raises(InvalidInput, match="拒收请回复R"):
        rules.check_template(FORM, SmsType.PROMOTION)


def test_every_state_is_in_the_table() -> None:
    assert set(rules.NEXT_STATUSES) == set(TemplateStatus)
