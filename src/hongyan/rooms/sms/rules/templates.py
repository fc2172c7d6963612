"""Rules of SMS templates: variables, fixed text, symbols, states. Pure.

Source: product.md §2.5, §3.6; api.md §5.10.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from hongyan.rooms.sms.contracts import SmsType, TemplateForm, TemplateStatus, VariableSpec, VariableType
from hongyan.rooms.sms.rules.objections import Objection, check_length, raise_first

MAX_TEMPLATES = 2000
"""Per app."""
MAX_AT_ONCE = 50
"""Templates that one request may delete. Source: product.md §2.5."""
MAX_VARIABLES = 20
MAX_CONTENT = 500
MAX_NAME = 30
MAX_DESC = 100
OPT_OUT = "拒收请回复R"

VARIABLE = re.compile(r"\$\{(\d{1,2})\}", re.ASCII)
_ADJACENT = re.compile(r"\$\{\d{1,2}\}(?:\$\{\d{1,2}\})+", re.ASCII)
_PARTIAL = re.compile(
    # 186${2}1234 and www.${1}.cn: the variable is a piece of a word that the fixed text begins and ends.
    r"[A-Za-z0-9]\$\{\d{1,2}\}[A-Za-z0-9]|[A-Za-z0-9]\.\$\{\d{1,2}\}|\$\{\d{1,2}\}\.[A-Za-z]",
    re.ASCII,
)
_BRACE = re.compile(r"\$\{|[{}]")
FORBIDDEN = re.compile(r"[【】\[\]¥★&√※]|\^_\^|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""What no text of ours may have: symbols that carriers refuse, the signature's brackets, control characters."""
_READABLE = re.compile(r"\w")
_CONTENT = "template_content"
_VARIABLES = "variable_attributes"

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
    raise_first(find_refusals(form, kind))


def find_refusals(form: TemplateForm, kind: SmsType) -> Iterator[Objection]:
    """Yield everything for which a form is refused, in the order in which fields are checked."""
    yield from check_length("name_length", "template_name", form.name, 1, MAX_NAME)
    yield from check_length("content_length", _CONTENT, form.content, 1, MAX_CONTENT)
    yield from check_length("desc_length", "template_desc", form.desc, 0, MAX_DESC)
    yield from _check_variables(form.content, form.variables)
    yield from _check_fixed_text(form.content, kind)


def _check_variables(content: str, variables: tuple[VariableSpec, ...]) -> Iterator[Objection]:
    links = sum(spec.type is VariableType.NEWTEXT for spec in variables)
    if not links:
        yield Objection(
            "link_missing",
            _VARIABLES,
            "one variable must be the link (NEWTEXT)",
            "模板必须包含一个解析标识（NEWTEXT）变量",
        )
    if len(variables) > MAX_VARIABLES:
        yield Objection(
            "too_many_variables", _VARIABLES, f"at most {MAX_VARIABLES} variables", f"最多 {MAX_VARIABLES} 个变量"
        )
    if links > 1:
        yield Objection(
            "link_repeated",
            _VARIABLES,
            "only one variable may be the link (NEWTEXT)",
            "只能有一个解析标识（NEWTEXT）变量",
        )
    used = [int(number) for number in VARIABLE.findall(content)]
    if used != list(range(1, len(used) + 1)):
        wrong = next(match for place, match in enumerate(VARIABLE.finditer(content), 1) if int(match[1]) != place)
        yield Objection(
            "variable_order",
            _CONTENT,
            "variables must be ${1}, ${2} … in order of position, each once",
            "变量必须按位置顺序为 ${1}、${2}……，且每个只出现一次",
            *wrong.span(),
        )
    if sorted(spec.index for spec in variables) != sorted(used):
        yield Objection(
            "variables_differ",
            _VARIABLES,
            "variable_index must name each variable of the text exactly once",
            "变量属性必须与模板内容中的变量一一对应",
        )
    for spec in variables:
        field = f"{_VARIABLES}.{spec.index}.variable_desc"
        if spec.type is VariableType.TEXT and not spec.desc:
            yield Objection("desc_missing", field, "is required for TEXT", "“其他”类型的变量必须填写描述")
        yield from check_length("desc_length", field, spec.desc, 0, MAX_DESC)


def _check_fixed_text(content: str, kind: SmsType) -> Iterator[Objection]:
    fixed = VARIABLE.sub("", content)
    # What is not a variable keeps its place.
    masked = VARIABLE.sub(lambda match: " " * len(match[0]), content)
    yield from _each(
        "braces",
        _BRACE.finditer(masked),
        "variables are written ${1} … ${20}; other braces are not allowed",
        "变量格式应为 ${1}……${20}",
    )
    yield from _each("adjacent", _ADJACENT.finditer(content), "two variables must not be adjacent", "变量不能相邻")
    if content and not _READABLE.search(fixed):
        yield Objection("only_variables", _CONTENT, "a template must not be variables alone", "模板不能全部为变量")
    yield from _each(
        "partial",
        _PARTIAL.finditer(content),
        "a variable must not be a part of a word, number or address such as www.${1}.cn or 186${2}1234",
        "变量不能作为网址、号码等的一部分，例如 www.${1}.cn、186${2}1234",
    )
    for found in FORBIDDEN.finditer(content):
        yield Objection(
            "symbol",
            _CONTENT,
            f"the symbol {found[0]!r} is not allowed; the signature is added by the platform",
            f"不能包含符号 {found[0]!r}，签名由平台自动添加",
            *found.span(),
        )
    if kind is SmsType.PROMOTION and OPT_OUT not in content.upper().replace(" ", ""):
        yield Objection(
            "opt_out_missing",
            _CONTENT,
            f"a promotion must contain the words {OPT_OUT}",
            f"推广类模板必须包含“{OPT_OUT}”",
        )


def _each(code: str, matches: Iterable[re.Match[str]], en: str, zh: str) -> Iterator[Objection]:
    for match in matches:
        yield Objection(code, _CONTENT, en, zh, *match.span())
