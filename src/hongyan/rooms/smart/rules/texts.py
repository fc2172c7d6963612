"""Rules for the texts of a template: characters, the SMS template for vivo, the words 测试 and 拒收请回复R.

Source: api.md of the requirements §0, §5.1.
"""

import re
from collections.abc import Iterable, Iterator

from hongyan.kernel.errors import InvalidInput
from hongyan.rooms.smart.contracts import NewTemplate, TemplateUse
from hongyan.rooms.smart.errors import SensitiveWords
from hongyan.rooms.smart.rules.taps import PLACEHOLDER

OPT_OUT = "拒收请回复R"
TRIAL = "测试"
MAX_SMS = 370
MAX_SIGN = 20
_MAX_SLOT = 99
_FORBIDDEN = re.compile(r"[<>&]|  ")
_NOT_TEXT = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")
_BRACKETS = re.compile(r"[\[\]【】]")
_SLOT = re.compile(r"\[(文本|数字|字母)([0-9]{1,3})-([0-9]{1,3})\]", re.ASCII)


def check_text(field: str, text: str) -> None:
    """Check the characters of a text.

    Raises:
        InvalidInput: it has <, >, &, repeated spaces, or what is no text at all.
    """
    if _FORBIDDEN.search(text):
        raise InvalidInput(field, reason="has <, >, & or repeated spaces", reason_zh="含有 <、>、& 或连续空格")
    if "${" in PLACEHOLDER.sub("", text):
        raise InvalidInput(field, reason="parameters are written ${param1}", reason_zh="动态参数须写为 ${param1}")
    check_readable(field, text)


def check_readable(field: str, text: str) -> None:
    """Check a text that may hold any printable character (links).

    Raises:
        InvalidInput: it has control characters or half a character.
    """
    if _NOT_TEXT.search(text):
        raise InvalidInput(field, reason="has characters that are no text", reason_zh="含有非法字符")


def texts_of(new: NewTemplate) -> Iterator[tuple[str, str]]:
    """Yield every text that people may read, with its field."""
    yield from (("tpl_name", new.name), ("scene", new.scene), ("sms_example", new.description))
    yield ("sms_template", new.sms_template)
    yield from (("sms_signs", sign) for sign in new.sms_signs)
    for param in new.params:
        yield f"params.{param.name}.example", param.example
    for element in new.elements:
        where = f"pages[{element.page}].position[{element.position}]"
        yield f"{where}.content", element.content
        yield f"{where}.content_child", element.content_child
        if element.tap is not None:
            more = element.tap.more
            yield from ((f"{where}.action.{name}", text) for name, text in more.items() if name != "floor_url")


def check_use(new: NewTemplate, main_titles: Iterable[str]) -> None:
    """Check the word 测试: nowhere in a commercial template; in name and main title of a trial.

    Raises:
        InvalidInput: names the field.
    """
    if new.use is TemplateUse.COMMERCIAL:
        for field, text in texts_of(new):
            if TRIAL in text:
                raise InvalidInput(
                    field, reason=f"a commercial template may not say {TRIAL}", reason_zh=f"商用模板不得含有“{TRIAL}”"
                )
    elif TRIAL not in new.name:
        raise InvalidInput("tpl_name", reason=f"a trial must say {TRIAL}", reason_zh=f"试商用须含有“{TRIAL}”")
    elif not any(TRIAL in title for title in main_titles):
        raise InvalidInput(
            "pages", reason=f"the main title of a trial must say {TRIAL}", reason_zh=f"试商用主标题须含有“{TRIAL}”"
        )


def check_opt_out(new: NewTemplate) -> None:
    """Check that some text of the card tells how to opt out.

    Raises:
        InvalidInput: none does.
    """
    if not any(OPT_OUT in element.content or OPT_OUT in element.content_child for element in new.elements):
        raise InvalidInput(
            "pages", reason=f"some text must contain {OPT_OUT}", reason_zh=f"模板文本中须包含“{OPT_OUT}”"
        )


def check_words(new: NewTemplate, words: Iterable[str]) -> None:
    """Check against words that may not be sent, whatever their case.

    Raises:
        SensitiveWords: names the field and the word.
    """
    folded = [word.casefold() for word in words]
    for field, text in texts_of(new):
        lower = text.casefold()
        found = next((word for word in folded if word in lower), None)
        if found is not None:
            raise SensitiveWords(field, word=found)


def check_signs(signs: Iterable[str]) -> None:
    """Check the SMS signatures of a template.

    Raises:
        InvalidInput: one is empty, longer than 20 characters, or has brackets.
    """
    for sign in signs:
        if not 1 <= len(sign.strip()) <= MAX_SIGN or len(sign) > MAX_SIGN or _BRACKETS.search(sign):
            raise InvalidInput(
                "sms_signs",
                reason="each must have 1 to 20 characters and no brackets",
                reason_zh="每个签名须为 1–20 个字符且不含括号",
            )


def check_sms_template(text: str) -> None:
    """Check a text with typed slots like ``[文本0-20]``.

    Raises:
        InvalidInput: a bracket is no slot, a slot is longer than 99, or the longest text has more than 370 characters.
    """
    longest = len(_SLOT.sub("", text))
    for _kind, least, most in _SLOT.findall(text):
        if int(least) > int(most) or not 1 <= int(most) <= _MAX_SLOT:
            raise InvalidInput(
                "sms_template",
                reason="a slot takes 1 to 99 characters",
                reason_zh="变量长度须为 1–99，且下限不大于上限",
            )
        longest += int(most)
    if re.search(r"[\[\]]", _SLOT.sub("", text)):
        raise InvalidInput(
            "sms_template",
            reason="slots are written [文本0-20], [数字0-4] or [字母0-20]",
            reason_zh="变量须写为 [文本0-20]、[数字0-4] 或 [字母0-20]",
        )
    if longest > MAX_SMS:
        raise InvalidInput(
            "sms_template",
            reason=f"with its longest values it has {longest} characters, at most {MAX_SMS}",
            reason_zh=f"静态文案加变量最大长度共 {longest} 个字符，不能超过 {MAX_SMS}",
        )
