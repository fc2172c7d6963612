"""What may stand in a variable of an SMS template. Pure, and fast enough to run for every recipient.

Not for: putting values into the text (room ``rendering``). Source: api.md §5.12, product.md §2.5.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from hongyan.rooms.sms.contracts import ValueProblem, VariableSpec, VariableType
from hongyan.rooms.sms.errors import (
    VALUE_REFUSALS,
    CharDigitValue,
    DateTimeValue,
    MoneyValue,
    PhoneValue,
    TextValue,
    ValueLength,
    ValueRefused,
)

MAX_LENGTH: Mapping[VariableType, int] = MappingProxyType(
    {
        VariableType.PHONE: 15,
        VariableType.NEWTEXT: 99,
        VariableType.CHARDIGIT: 20,
        VariableType.DATETIME: 20,
        VariableType.MONEY: 20,
        VariableType.TEXT: 20,
    }
)
"""Characters; 99 is what the vendor answers for the link."""

EXAMPLES: Mapping[VariableType, str] = MappingProxyType(
    {
        VariableType.PHONE: "13800138000",
        VariableType.NEWTEXT: "hy.example/a1B2c3",
        VariableType.CHARDIGIT: "SF1234567890",
        VariableType.DATETIME: "2026-12-01",
        VariableType.MONEY: "128.00",
        VariableType.TEXT: "张三",
    }
)
"""A value that passes, to try a template with."""

_PHONE = re.compile(r"\+?\d(?:-?\d){2,14}", re.ASCII)
_CHARDIGIT = re.compile(r"[A-Za-z0-9]+", re.ASCII)
_CONTACT_LIKE = re.compile(r"1[3-9]\d{9}|(?:qq|wx|vx|wechat|weixin|www|http)[A-Za-z0-9]*\d*", re.ASCII | re.IGNORECASE)
_DATE = re.compile(r"(\d{4})(?:(\d\d)(\d\d)|-(\d\d)-(\d\d)|/(\d\d)/(\d\d)|年(\d{1,2})月(\d{1,2})日)", re.ASCII)
_TIME = re.compile(r"(?:[01]\d|2[0-3])(?::[0-5]\d(?::[0-5]\d)?|点[0-5]\d分?)", re.ASCII)
_MONEY = re.compile(r"[0-9.〇零一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟萬億元圆角分整正点]+")
_TEXT_FORBIDDEN = re.compile(r"[.。'<>{}]")
_TEXT_CONTACT = re.compile(
    r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)|@|://|(?:qq|q群|微信|vx|wx|wechat)\D{0,3}\d{5,}",
    re.ASCII | re.IGNORECASE,
)

_Reason = tuple[str, str, str]
"""KM code, English, Chinese."""

_TOO_LONG: Mapping[VariableType, _Reason] = MappingProxyType(
    {
        kind: (ValueLength.vendor_code, f"1 to {length} characters are needed", f"长度必须为 1–{length} 个字符")
        for kind, length in MAX_LENGTH.items()
    }
)
_BAD_PHONE: _Reason = (
    PhoneValue.vendor_code,
    "only digits, with + in front or dashes between",
    "只能为电话号码（数字、+、-）",
)
_BAD_CHARDIGIT: _Reason = (CharDigitValue.vendor_code, "only letters and digits", "只能包含字母和数字")
_CONTACT_CHARDIGIT: _Reason = (
    CharDigitValue.vendor_code,
    "phone numbers, QQ, WeChat and addresses are not allowed",
    "不能为手机号、QQ号、微信号或网址",
)
_BAD_DATETIME: _Reason = (
    DateTimeValue.vendor_code,
    "a date (yyyyMMdd, yyyy-MM-dd, yyyy/MM/dd, yyyy年mm月dd日) or a time (HH:mm:ss, HH:mm, HH点mm分, HH点mm) is needed",
    "必须为日期（yyyyMMdd、yyyy-MM-dd、yyyy/MM/dd、yyyy年mm月dd日）或时间（HH:mm:ss、HH:mm、HH点mm分、HH点mm）",
)
_BAD_MONEY: _Reason = (
    MoneyValue.vendor_code,
    "only digits, dots and Chinese numerals; currency signs belong in the template's text",
    "只能包含数字、小数点或中文数字，货币符号请写在模板内容中",
)
_BAD_TEXT: _Reason = (TextValue.vendor_code, "the characters . 。 ' < > { } are not allowed", "不能包含 . 。 ' < > { }")
_CONTACT_TEXT: _Reason = (TextValue.vendor_code, "contact data is not allowed", "不能包含联系方式")


def _phone(value: str) -> _Reason | None:
    return None if _PHONE.fullmatch(value) else _BAD_PHONE


def _chardigit(value: str) -> _Reason | None:
    if not _CHARDIGIT.fullmatch(value):
        return _BAD_CHARDIGIT
    return _CONTACT_CHARDIGIT if _CONTACT_LIKE.fullmatch(value) else None


def _datetime(value: str) -> _Reason | None:
    if _TIME.fullmatch(value):
        return None
    match = _DATE.fullmatch(value)
    if match is None:
        return _BAD_DATETIME
    year, month, day = (int(group) for group in match.groups() if group is not None)
    try:
        date(year, month, day)
    except ValueError:
        return _BAD_DATETIME
    return None


def _money(value: str) -> _Reason | None:
    return None if _MONEY.fullmatch(value) else _BAD_MONEY


def _text(value: str) -> _Reason | None:
    if _TEXT_FORBIDDEN.search(value):
        return _BAD_TEXT
    return _CONTACT_TEXT if _TEXT_CONTACT.search(value) else None


def _link(value: str) -> _Reason | None:
    """The platform makes the link, or the customer hands in one that it made: nothing to check."""
    del value
    return None


_RULES: Mapping[VariableType, Callable[[str], _Reason | None]] = MappingProxyType(
    {
        VariableType.PHONE: _phone,
        VariableType.NEWTEXT: _link,
        VariableType.CHARDIGIT: _chardigit,
        VariableType.DATETIME: _datetime,
        VariableType.MONEY: _money,
        VariableType.TEXT: _text,
    }
)


def find_problem(spec: VariableSpec, value: str) -> ValueProblem | None:
    """Return why a value may not stand in a variable, or ``None``."""
    reason = _RULES[spec.type](value) if 1 <= len(value) <= MAX_LENGTH[spec.type] else _TOO_LONG[spec.type]
    if reason is None:
        return None
    code, en, zh = reason
    return ValueProblem(spec.index, spec.type, en, zh, code)


def compile_check(specs: Sequence[VariableSpec]) -> Callable[[Sequence[str]], ValueProblem | None]:
    """Return a function that finds the first problem in one recipient's values (as many as specs, in their order)."""
    frozen = tuple(specs)

    def check(values: Sequence[str]) -> ValueProblem | None:
        return next(
            (problem for spec, value in zip(frozen, values, strict=True) if (problem := find_problem(spec, value))),
            None,
        )

    return check


def refusal(problem: ValueProblem, field: str) -> ValueRefused:
    """Return the error that says a problem; ``field`` is the request's name for the values."""
    kind = next(kind for kind in VALUE_REFUSALS if kind.vendor_code == problem.vendor_code)
    return kind(
        field,
        index=problem.index,
        type=problem.type.value,
        reason=problem.reason,
        reason_zh=problem.reason_zh,
    )
