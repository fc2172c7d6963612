import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.rooms.sms.contracts import ValueProblem, VariableSpec, VariableType
from hongyan.rooms.sms.rules import values

V = VariableType

GOOD = [
    (V.PHONE, ["13800138000", "010-62345678", "95588", "400-800-1234", "+8613800138000", "110"]),
    (V.CHARDIGIT, ["A1B2", "123456", "x" * 20, "138001380001"]),
    (
        V.DATETIME,
        [
            "20260228",
            "2026-02-28",
            "2026/02/28",
            "2026年2月28日",
            "2026年02月28日",
            "23:59:59",
            "08:05",
            "08点30分",
            "08点30",
        ],
    ),
    (V.MONEY, ["12", "12.50", "一百二十三", "壹佰元整", "192.168.0.1"]),
    (V.TEXT, ["王小明", "Gold card", "3 days", "订单A-12"]),
    (V.NEWTEXT, ["km2g.cn/aB3dE6f", "https://a.b/c?d={e}"]),
]
BAD = [
    (V.PHONE, ["abc", "12", "138 0013 8000", "１３８００１３８０００", "--1", "138-"], "KM.99990221"),
    (V.PHONE, ["", "1" * 16], "KM.00001375"),
    (V.CHARDIGIT, ["A-1", "中文", "a b"], "KM.00001404"),
    (V.CHARDIGIT, ["13800138000", "qq123456", "WX998877", "wwwexamplecom", "httpabc"], "KM.00001404"),
    (V.CHARDIGIT, ["", "x" * 21], "KM.00001375"),
    (
        V.DATETIME,
        ["20260230", "2026-2-28", "2026-02-28 10:00", "24:00", "08:60", "tomorrow", "0000-01-01", "2026-02/28"],
        "KM.00001403",
    ),
    (V.DATETIME, ["", "2" * 21], "KM.00001375"),
    (V.MONEY, ["￥12", "$1", "12元5角x", "1,000"], "KM.99990222"),
    (V.MONEY, ["", "1" * 21], "KM.00001375"),
    (V.TEXT, ["a.b", "好。", "it's", "<b>", "{x}"], "KM.99990223"),
    (V.TEXT, ["电13800138000", "请致电010-62345678", "a@b", "加QQ 12345678", "微信号12345678"], "KM.99990223"),
    (V.TEXT, ["", "字" * 21], "KM.00001375"),
    (V.NEWTEXT, ["", "x" * 100], "KM.00001375"),
]


def problem(kind: VariableType, value: str) -> ValueProblem | None:
    return values.find_problem(VariableSpec(3, kind, ""), value)


@pytest.mark.parametrize(("kind", "good"), [(kind, value) for kind, group in GOOD for value in group])
def test_a_value_that_keeps_its_rule_passes(kind: VariableType, good: str) -> None:
    assert problem(kind, good) is None


@pytest.mark.parametrize(("kind", "bad", "code"), [(kind, value, code) for kind, group, code in BAD for value in group])
def test_a_value_that_breaks_its_rule_is_named_with_the_rule_s_code(kind: VariableType, bad: str, code: str) -> None:
    found = problem(kind, bad)
    assert found is not None
    assert (found.index, found.type, found.vendor_code) == (3, kind, code)
    assert found.reason
    assert found.reason_zh
    refusal = values.refusal(found, "sms_params")
    assert (refusal.vendor_code, refusal.field) == (code, "sms_params")
    assert "变量 3" in refusal.text("zh-CN")
    assert "variable 3" in refusal.text("en")


@given(st.sampled_from(VariableType), st.text(max_size=30))
def test_every_text_gets_an_answer(kind: VariableType, value: str) -> None:
    found = problem(kind, value)
    assert found is None or found.vendor_code.startswith("KM.")
    assert (found is None) or not (kind is V.NEWTEXT and value)


@given(st.text(alphabet="abcXYZ0189", min_size=1, max_size=20))
def test_letters_and_digits_are_refused_only_as_contact_data(value: str) -> None:
    found = problem(V.CHARDIGIT, value)
    assert found is None or "phone numbers" in found.reason
