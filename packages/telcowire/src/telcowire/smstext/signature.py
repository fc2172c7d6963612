"""Where the 【signature】 goes. It counts as text. Whether it is allowed is decided elsewhere.

Some carriers add the signature themselves: for those it is cut out, and `telcowire.smstext.parts` keeps its room.
"""

import re
from typing import Final, Literal

SignaturePlace = Literal["prefix", "suffix", "none"]

_OPEN: Final = "【"
_CLOSE: Final = "】"
_PREFIX: Final = re.compile(r"【([^【】]+)】")
_SUFFIX: Final = re.compile(r"【([^【】]+)】$")


def place_signature(text: str, signature: str, place: SignaturePlace = "prefix") -> str:
    """Return the text with 【signature】 in front, behind, or untouched; `signature` comes without brackets."""
    if place == "none":
        return text
    marked = f"{_OPEN}{signature}{_CLOSE}"
    return marked + text if place == "prefix" else text + marked


def find_signature(text: str) -> str | None:
    """Return the signature in front of the text, else the one behind it, else None."""
    found = _PREFIX.match(text) or _SUFFIX.search(text)
    return found.group(1) if found else None


def cut_signature(text: str) -> tuple[str, str]:
    """Return (text without its 【signature】, the signature with its brackets); the second is empty if there is none.

    For carriers that add it themselves, wherever they put it.
    """
    found = _PREFIX.match(text) or _SUFFIX.search(text)
    return (text[: found.start()] + text[found.end() :], found.group()) if found else (text, "")
