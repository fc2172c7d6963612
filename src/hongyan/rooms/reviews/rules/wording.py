"""From reason codes and free words to the text that a customer reads, in Chinese and in English. Pure."""

from collections.abc import Sequence

from hongyan.kernel.errors import InvalidInput
from hongyan.rooms.reviews.contracts import GivenReason
from hongyan.rooms.reviews.rules.guides.by_kind import guide_of
from hongyan.rooms.reviews.rules.guides.words import Word, find_word

MAX_REASON = 500
"""Characters; the vendor's ``review_desc``. Source: api.md §5.9."""
MAX_REASONS = 20
ASK_ZH = "请补充说明："
ASK_EN = "Please answer: "


def check_text(field: str, text: str) -> str:
    """Return a free text without blanks around it.

    Raises:
        InvalidInput: it is too long, or holds a NUL.
    """
    text = text.strip()
    if len(text) > MAX_REASON or "\x00" in text:
        raise InvalidInput(field, reason=f"at most {MAX_REASON} characters", reason_zh=f"最多 {MAX_REASON} 个字")
    return text


def check_reasons(kind: str, reasons: Sequence[GivenReason]) -> tuple[GivenReason, ...]:
    """Return reasons as they are kept.

    Raises:
        InvalidInput: too many, a code or field that the kind's guide does not know, or ``other`` without words.
    """
    guide = guide_of(kind)
    if len(reasons) > MAX_REASONS:
        raise InvalidInput("reasons", reason=f"at most {MAX_REASONS}", reason_zh=f"最多 {MAX_REASONS} 条")
    checked = []
    for number, given in enumerate(reasons):
        place = f"reasons.{number}"
        if find_word(guide.reasons, given.code) is None:
            raise InvalidInput(f"{place}.code", reason="no such reason for this kind", reason_zh="该类型没有此原因")
        if given.field and find_word(guide.fields, given.field) is None:
            raise InvalidInput(f"{place}.field", reason="no such field for this kind", reason_zh="该类型没有此字段")
        text = check_text(f"{place}.text", given.text)
        if given.code == "other" and not text:
            raise InvalidInput(f"{place}.text", reason="say which", reason_zh="请说明原因")
        checked.append(GivenReason(given.code, given.field, text))
    return tuple(checked)


def check_checks(kind: str, checks: Sequence[str]) -> tuple[str, ...]:
    """Return the ticked points of the checklist, in its order.

    Raises:
        InvalidInput: one is not on the kind's list.
    """
    known = [word.code for word in guide_of(kind).checks]
    if not set(checks) <= set(known):
        raise InvalidInput("checks", reason="not on the list of this kind", reason_zh="不在该类型的检查清单中")
    return tuple(code for code in known if code in checks)


def say(kind: str, reasons: Sequence[GivenReason], text: str, *, is_asked_back: bool = False) -> tuple[str, str]:
    """Return the reason in Chinese and in English; free words stay as they were written.

    Raises:
        InvalidInput: both together are too long for a customer's page.
    """
    guide = guide_of(kind)
    zh, en = [], []
    for given in reasons:
        field, reason = find_word(guide.fields, given.field), find_word(guide.reasons, given.code)
        zh.append(_line(f"{field.zh}：" if field else "", reason, "zh", given.text))
        en.append(_line(f"{field.en}: " if field else "", reason, "en", given.text))
    said_zh = "；".join([*zh, *([text] if text else [])])
    said_en = "; ".join([*en, *([text] if text else [])])
    if is_asked_back:
        said_zh, said_en = ASK_ZH + said_zh, ASK_EN + said_en
    if len(said_zh) > MAX_REASON:
        raise InvalidInput(
            "reason",
            reason=f"the reasons together have {len(said_zh)} characters, at most {MAX_REASON}",
            reason_zh=f"全部原因共 {len(said_zh)} 个字，最多 {MAX_REASON} 个字",
        )
    return said_zh, said_en


def _line(field: str, reason: Word | None, language: str, text: str) -> str:
    if reason is None or reason.code == "other":
        return f"{field}{text}"
    word = reason.zh if language == "zh" else reason.en
    added = (f"（{text}）" if language == "zh" else f" ({text})") if text else ""
    return f"{field}{word}{added}"
