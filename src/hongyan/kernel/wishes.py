"""What a person who answers a message asks for by one of the usual words: the rule, for rooms above and below.

Pure. Not for: lists of who asked (``audience``) nor what is held back (``delivery``).
"""

import re
import unicodedata
from typing import Final

STOP_WORDS: Final = frozenset(
    {"R", "T", "TD", "QX", "N", "0000", "00000", "退订", "拒收", "取消订阅", "STOP", "UNSUBSCRIBE"}
)
"""Upper case, half width. Source: product.md of the requirements §4 (拒收请回复R) and the carriers' customs."""
_BETWEEN: Final = re.compile(r"[\W_]+")
"""Blanks, punctuation, signs, invisible marks and U+0000: whatever is neither letter nor digit."""
_LONGEST: Final = 40
"""Characters. A longer text says something else."""


def is_refusal(text: str) -> bool:
    """Tell whether a text sent back means "no more": nothing but usual words, in any width and case.

    Blanks and punctuation may stand around and between them (``退订。``, ``Ｔｄ！``, ``R R``); any other word beside
    them makes it a text for people to read.
    """
    if len(text) > _LONGEST:
        return False
    words = [word for word in _BETWEEN.split(unicodedata.normalize("NFKC", text).upper()) if word]
    return bool(words) and all(word in STOP_WORDS for word in words)
