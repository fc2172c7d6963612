"""Rules of auto-answers: what a text that nobody reviews may say. Pure.

Stricter than a template's fixed text: no variables, no addresses, no words that no carrier lets through.
"""

import re
from collections.abc import Iterable

from hongyan.kernel.errors import InvalidInput
from hongyan.rooms.sms.contracts import AutoAnswers
from hongyan.rooms.sms.rules.signatures import MAX_SIGNATURE_NAME
from hongyan.rooms.sms.rules.templates import FORBIDDEN
from telcowire.smstext.segments import count_segments

MAX_SEGMENTS = 5
"""Of the whole message, signature included."""
_LONGEST_SIGNATURE = "【" + "鸿" * MAX_SIGNATURE_NAME + "】"
"""A signature may be named anew after a rejection; the answer must fit then too."""
_LINK = re.compile(
    # A scheme, www., or a name with a top level of letters: hy.cn/a, example.com.
    r"[a-z][a-z0-9+.-]*://|www\.|[a-z0-9-]\.[a-z]{2,}",
    re.ASCII | re.IGNORECASE,
)


def check_answers(answers: AutoAnswers, words: Iterable[str]) -> None:
    """Check both texts; an empty one means that nothing is answered.

    Raises:
        InvalidInput: a text is blank, too long, has a link, a symbol or a word that may not be sent; its field is
            named.
    """
    folded = sorted(word.casefold() for word in words)
    for field, text in (("opt_out", answers.opt_out), ("other", answers.other)):
        if text:
            _check(field, text, folded)


def _check(field: str, text: str, words: Iterable[str]) -> None:
    if not text.strip():
        raise InvalidInput(field, reason="must not be blank", reason_zh="不能为空白")
    if count_segments(_LONGEST_SIGNATURE + text) > MAX_SEGMENTS:
        raise InvalidInput(
            field,
            reason=f"with the signature it must fit into a long SMS of {MAX_SEGMENTS} parts",
            reason_zh=f"连同签名不能超过 {MAX_SEGMENTS} 条长短信",
        )
    symbol = FORBIDDEN.search(text)
    if symbol or "{" in text or "}" in text:
        found = symbol[0] if symbol else "{}"
        raise InvalidInput(
            field,
            reason=f"the symbol {found!r} is not allowed; the signature is added by the platform",
            reason_zh=f"不能包含符号 {found!r}，签名由平台自动添加",
        )
    if _LINK.search(text):
        raise InvalidInput(field, reason="links are not allowed", reason_zh="不能包含链接")
    lower = text.casefold()
    word = next((word for word in words if word in lower), None)
    if word is not None:
        raise InvalidInput(field, reason=f"contains a sensitive word: {word}", reason_zh=f"含有敏感词：{word}")
