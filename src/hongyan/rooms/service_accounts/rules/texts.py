"""Lengths in units, where a Chinese character counts twice, and when two names are the same. Pure."""

import re
import unicodedata

from hongyan.kernel.errors import InvalidInput


def units(text: str) -> int:
    """Return a text's length: 1 per ASCII character, 2 per any other."""
    return sum(1 if char.isascii() else 2 for char in text)


def check_units(field: str, text: str, most: int) -> None:
    """Check that a text has 1 to ``most`` units, is not blank and can be shown on one line.

    Raises:
        InvalidInput: names the field.
    """
    if not 1 <= units(text) <= most or not text.strip() or not text.isprintable():
        raise InvalidInput(
            field,
            reason=f"1 to {most} units of printable characters are needed (a Chinese character counts 2)",
            reason_zh=f"长度必须为 1–{most} 个字符（中文占 2 个字符）",
        )


def check_shown(field: str, text: str) -> None:
    """Check that a text whose length is known to be right is not blank and can be shown on one line.

    Raises:
        InvalidInput: names the field.
    """
    if not text.strip() or not text.isprintable():
        raise InvalidInput(field, reason="printable characters are needed", reason_zh="必须为可见字符")


def name_key(name: str) -> str:
    """Return a name without differences that no reader sees: width, case and blanks."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name).casefold())
