"""What a reviewer would probably say, and that nothing is said about ordinary texts."""

from dataclasses import replace

import pytest

from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.ids import FileId, SignatureId, SmsAppId
from hongyan.rooms.sms.contracts import (
    SignatureForm,
    SignatureSource,
    SmsType,
    TemplateForm,
    VariableSpec,
    VariableType,
)
from hongyan.rooms.sms.rules import likely, templates
from hongyan.rooms.sms.rules.objections import Objection, Severity

L, T, M, P, D, C = (
    VariableType.NEWTEXT,
    VariableType.TEXT,
    VariableType.MONEY,
    VariableType.PHONE,
    VariableType.DATETIME,
    VariableType.CHARDIGIT,
)
FORM = SignatureForm("鸿雁科技", SmsType.NOTIFY, SmsAppId("a"), FileId("f"), SignatureSource.COMPANY, False)


def look(content: str, *kinds: VariableType, kind: SmsType = SmsType.NOTIFY) -> list[Objection]:
    specs = tuple(VariableSpec(index, each, "desc") for index, each in enumerate(kinds, 1))
    return list(likely.find_in_template(content, specs, kind, "鸿雁演示", {"赌场", "Casino"}))


@pytest.mark.parametrize(
    ("content", "kinds", "kind"),
    [
        ("尊敬的${1}，您的订单已发货，详情请点击 ${2} 查看。", (T, L), SmsType.NOTIFY),
        ("您的账户于${1}支出${2}元，余额${3}元，明细 ${4} 。", (D, M, M, L), SmsType.NOTIFY),
        ("您的验证码是${1}，${2}分钟内有效，详情 ${3} 。", (C, C, L), SmsType.NOTIFY),
        ("会员专享优惠，全场8折，点击 ${1} ，拒收请回复R", (L,), SmsType.PROMOTION),
    ],
)
def test_ordinary_texts_are_left_alone(content: str, kinds: tuple[VariableType, ...], kind: SmsType) -> None:
    assert look(content, *kinds, kind=kind) == []


@pytest.mark.parametrize(
    ("content", "kinds", "code", "field", "marked"),
    [
        ("欢迎光临澳门赌场，点击 ${1} 查看", (L,), "sensitive_word", "template_content", "赌场"),
        ("欢迎光临 casino ，点击 ${1} 查看", (L,), "sensitive_word", "template_content", "casino"),
        ("鸿雁演示提醒您，点击 ${1} 查看", (L,), "signature_in_text", "template_content", "鸿雁演示"),
        ("您好 ${1}", (L,), "little_text", "template_content", None),
        ("${1}您好，${2}已到，${3}，请看 ${4}", (T, T, T, L), "all_other", "variable_attributes", None),
        ("您的余额为${1}元，请看 ${2}", (T, L), "wrong_attribute", "template_content", "${1}"),
        ("如有疑问请致电${1}，请看 ${2}", (T, L), "wrong_attribute", "template_content", "${1}"),
        ("您的登录码为${1}，请看 ${2}", (C, L), "code_word_missing", "template_content", "登录码"),
        ("验证码${1}，享优惠，请看 ${2}", (C, L), "code_with_more", "template_content", "验证码"),
        ("验证码${1}，订单${2}，编号${3}，看 ${4}", (C, C, C, L), "code_with_more", "template_content", "验证码"),
        ("限量秒杀开始了，请看 ${1}", (L,), "marketing_in_notice", "template_content", "秒杀"),
        ("本店高薪诚聘店长，请看 ${1}", (L,), "trade_in_notice", "template_content", "高薪"),
        ("您的借款已经批准，请看 ${1}", (L,), "trade_in_notice", "template_content", "借款"),
        ("您的账单已逾期，请看 ${1}", (L,), "dunning", "template_content", "逾期"),
        ("访问 http://a.example.com/x 了解，或 ${1}", (L,), "link", "template_content", "http://a.example.com/x"),
        ("访问shop.cn/a了解，或 ${1}", (L,), "link", "template_content", "shop.cn/a"),
        ("加微信：goose_2026 咨询，或看 ${1}", (L,), "contact", "template_content", "微信：goose_2026"),
        ("请联系13800138000咨询，或看 ${1}", (L,), "contact", "template_content", "13800138000"),
    ],
)
def test_a_likely_objection_says_what_and_where(
    content: str, kinds: tuple[VariableType, ...], code: str, field: str, marked: str | None
) -> None:
    found = next(one for one in look(content, *kinds) if one.code == code)
    assert (found.field, found.severity) == (field, Severity.LIKELY)
    assert (content[found.start : found.end] if found.start is not None else None) == marked
    assert found.en
    assert found.zh


@pytest.mark.parametrize(
    ("form", "is_foreign", "codes"),
    [
        (FORM, False, []),
        (replace(FORM, name="客服中心"), False, ["neutral_name"]),
        (replace(FORM, name="鸿雁测试"), False, ["test_name"]),
        (FORM, True, ["name_of_others"]),
        (replace(FORM, source=SignatureSource.APP, source_title="应用市场"), False, ["source_title_address"]),
        (replace(FORM, source=SignatureSource.APP, source_title="https://a.example/app"), False, []),
        (replace(FORM, source=SignatureSource.ACCOUNT, source_title="鸿雁公众号"), False, []),
    ],
)
def test_names_and_sources_of_signatures_are_looked_at(form: SignatureForm, is_foreign: bool, codes: list[str]) -> None:
    assert [found.code for found in likely.find_in_signature(form, is_foreign=is_foreign)] == codes


def test_every_refusal_of_a_text_is_listed_where_it_stands_and_the_first_one_is_what_the_service_says() -> None:
    content = "【鸿雁】${1}${2} ★ www.${3}.cn"
    form = TemplateForm(
        "通知", SignatureId("s"), content, (VariableSpec(1, T, "名"), VariableSpec(2, T, "名"), VariableSpec(3, L, ""))
    )
    found = list(templates.find_refusals(form, SmsType.NOTIFY))
    assert {(one.code, content[one.start : one.end]) for one in found} == {
        ("adjacent", "${1}${2}"),
        ("partial", "w.${3}"),
        ("symbol", "【"),
        ("symbol", "】"),
        ("symbol", "★"),
    }
    assert all(one.severity is Severity.REFUSED for one in found)
    with pytest.raises(InvalidInput) as refused:
        templates.check_template(form, SmsType.NOTIFY)
    assert refused.value.params["reason"] == found[0].en
