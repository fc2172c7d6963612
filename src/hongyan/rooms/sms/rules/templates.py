"""Rules of SMS templates: variables, fixed text, symbols, states. Pure.

Source: product.md §2.5, §3.6; api.md §5.10.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from hongyan.kernel.errors import InvalidInput
from hongyan.rooms.sms.contracts import SmsType, TemplateForm, TemplateStatus, VariableSpec, VariableType
from hongyan.rooms.sms.errors import LinkVariableMissing

MAX_TEMPLATES = 2000
"""Per app."""
MAX_VARIABLES = 20
MAX_CONTENT = 500
MAX_NAME = 30
MAX_DESC = 100
OPT_OUT = "拒收请回复R"

_VARIABLE = re.compile(r"\$\{(\d{1,2})\}", re.ASCII)
_ADJACENT = re.compile(r"\}\$\{")
_PARTIAL = re.compile(
    # 186${2}1234 and www.${1}.cn: the variable is a piece of a word that the fixed text begins and ends.
    r"[A-Za-z0-9]\$\{\d{1,2}\}[A-Za-z0-9]|[A-Za-z0-9]\.\$\{\d{1,2}\}|\$\{\d{1,2}\}\.[A-Za-z]",
    re.ASCII,
)
FORBIDDEN = re.compile(r"[【】\[\]¥★&√※]|\^_\^|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""What no text of ours may have: symbols that carriers refuse, the signature's brackets, control characters."""
_READABLE = re.compile(r"\w")

_S = TemplateStatus
NEXT_STATUSES: Mapping[TemplateStatus, frozenset[TemplateStatus]] = MappingProxyType(
    {
        _S.REVIEWING: frozenset({_S.ACTIVE, _S.REJECTED}),
        _S.REJECTED: frozenset({_S.REVIEWING}),
        _S.ACTIVE: frozenset({_S.INACTIVE}),
        _S.INACTIVE: frozenset({_S.ACTIVE}),
    }
)
"""The life of a template."""


def check_template(form: TemplateForm, kind: SmsType) -> None:
    """Check what a customer filled in for a template of a kind (its own, or its signature's).

    Raises:
        LinkVariableMissing: no variable is the short link.
        InvalidInput: another rule is broken; the field is named.
    """
    _check_length("template_name", form.name, 1, MAX_NAME)
    _check_length("template_content", form.content, 1, MAX_CONTENT)
    _check_length("template_desc", form.desc, 0, MAX_DESC)
    _check_variables(form.content, form.variables)
    _check_fixed_text(form.content, kind)


def _check_length(field: str, value: str, shortest: int, longest: int) -> None:
    if not shortest <= len(value) <= longest:
        raise InvalidInput(
            field,
            reason=f"{shortest} to {longest} characters are needed",
            reason_zh=f"长度必须为 {shortest}–{longest} 个字符",
        )
    if shortest and not value.strip():
        raise InvalidInput(field, reason="must not be blank", reason_zh="不能为空白")


def _check_variables(content: str, variables: tuple[VariableSpec, ...]) -> None:
    field = "variable_attributes"
    if not any(spec.type is VariableType.NEWTEXT for spec in variables):
        raise LinkVariableMissing(field)
    if len(variables) > MAX_VARIABLES:
        raise InvalidInput(field, reason=f"at most {MAX_VARIABLES} variables", reason_zh=f"最多 {MAX_VARIABLES} 个变量")
    if sum(spec.type is VariableType.NEWTEXT for spec in variables) > 1:
        raise InvalidInput(
            field, reason="only one variable may be the link (NEWTEXT)", reason_zh="只能有一个解析标识（NEWTEXT）变量"
        )
    used = [int(number) for number in _VARIABLE.findall(content)]
    if used != list(range(1, len(used) + 1)):
        raise InvalidInput(
            "template_content",
            reason="variables must be ${1}, ${2} … in order of position, each once",
            reason_zh="变量必须按位置顺序为 ${1}、${2}……，且每个只出现一次",
        )
    if sorted(spec.index for spec in variables) != used:
        raise InvalidInput(
            field,
            reason="variable_index must name each variable of the text exactly once",
            reason_zh="变量属性必须与模板内容中的变量一一对应",
        )
    for spec in variables:
        if spec.type is VariableType.TEXT and not spec.desc:
            raise InvalidInput(
                f"{field}.{spec.index}.variable_desc",
                reason="is required for TEXT",
                reason_zh="“其他”类型的变量必须填写描述",
            )
        _check_length(f"{field}.{spec.index}.variable_desc", spec.desc, 0, MAX_DESC)


def _check_fixed_text(content: str, kind: SmsType) -> None:
    field = "template_content"
    fixed = _VARIABLE.sub("", content)
    if "${" in fixed or "{" in fixed or "}" in fixed:
        raise InvalidInput(
            field,
            reason="variables are written ${1} … ${20}; other braces are not allowed",
            reason_zh="变量格式应为 ${1}……${20}",
        )
    if _ADJACENT.search(content):
        raise InvalidInput(field, reason="two variables must not be adjacent", reason_zh="变量不能相邻")
    if not _READABLE.search(fixed):
        raise InvalidInput(field, reason="a template must not be variables alone", reason_zh="模板不能全部为变量")
    if _PARTIAL.search(content):
        raise InvalidInput(
            field,
            reason="a variable must not be a part of a word, number or address such as www.${1}.cn or 186${2}1234",
            reason_zh="变量不能作为网址、号码等的一部分，例如 www.${1}.cn、186${2}1234",
        )
    found = FORBIDDEN.search(content)
    if found:
        raise InvalidInput(
            field,
            reason=f"the symbol {found[0]!r} is not allowed; the signature is added by the platform",
            reason_zh=f"不能包含符号 {found[0]!r}，签名由平台自动添加",
        )
    if kind is SmsType.PROMOTION and OPT_OUT not in content.upper().replace(" ", ""):
        raise InvalidInput(
            field, reason=f"a promotion must contain the words {OPT_OUT}", reason_zh=f"推广类模板必须包含“{OPT_OUT}”"
        )
