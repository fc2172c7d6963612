"""Phone numbers: one canonical form, normalisation of what people type, and the mask for logs and lists.

Canonical form is E.164 digits without the plus: ``8613800138000``. Not for: carrier number segments (``carriers``),
files (``audience``).
"""

import re
from typing import Final

import phonenumbers

_MAINLAND = re.compile(r"(?:(?:\+|00)?86)?(1[3-9]\d{9})", re.ASCII)
_NOISE = str.maketrans("", "", " \t\r\n-‐‑–—()（）.·'’‘\u00a0\u3000\ufeff\u200b\u202c\u202d")
_SCIENTIFIC = re.compile(r"\d\.\d{7,14}[eE]\+?1[0-5]", re.ASCII)
"""Eight significant digits at least: a spreadsheet that shows fewer has lost some of the number."""
_FULL_WIDTH = str.maketrans("０１２３４５６７８９＋", "0123456789+")
_IN_TEXT = re.compile(r"(?<!\d)((?:\+?86|0086)?1[3-9]\d)\d{4}(\d{4})(?!\d)", re.ASCII)
_MAINLAND_LEN = 13


class Phone(str):
    """A number in canonical form; its ``repr`` is masked, so it may stand in a log call by accident."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Return the masked number in quotes."""
        return f"'{mask_phone(self)}'"


NO_PHONE: Final = Phone("0")
"""A number that nobody has: a list that is asked for what is no number looks for this one, and finds nothing."""


def normalise_phone(raw: str) -> Phone | None:
    """Return the canonical form of what a person or a spreadsheet wrote, or ``None`` when it is no mobile number.

    Accepts +86 / 0086 / 86 prefixes, blanks, dashes, full-width digits, a leading apostrophe and a spreadsheet's
    scientific notation when it loses no digit. Mainland numbers are ``1[3-9]`` + 9 digits; foreign ones need ``+`` or
    ``00`` and must be possible.
    """
    text = raw.translate(_NOISE)
    match = _MAINLAND.fullmatch(text)
    if match is None:
        text = raw.translate(_FULL_WIDTH).strip(" \t'\u3000\ufeff")
        if _SCIENTIFIC.fullmatch(text):
            text = _expand_scientific(text)
        text = text.removesuffix(".0").translate(_NOISE)
        match = _MAINLAND.fullmatch(text)
    if match is not None:
        return Phone("86" + match[1])
    if text.startswith("00"):
        text = "+" + text[2:]
    if not text.startswith("+") or text.startswith("+86") or not text[1:].isascii() or not text[1:].isdigit():
        return None
    try:
        parsed = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return Phone(f"{parsed.country_code}{parsed.national_number}")


def _expand_scientific(text: str) -> str:
    """Write ``1.3800138E10`` out."""
    mantissa, _, exponent = text.lower().partition("e")
    whole, _, fraction = mantissa.partition(".")
    return whole + fraction.ljust(int(exponent), "0")


def is_mainland(phone: str) -> bool:
    """Tell whether a canonical number is a mobile number of mainland China."""
    return len(phone) == _MAINLAND_LEN and phone.startswith("861")


def national_form(phone: str) -> str:
    """Return the number as people write it: 11 digits for mainland China, ``+`` and digits for others."""
    return phone[2:] if is_mainland(phone) else "+" + phone


def mask_phone(phone: str) -> str:
    """Return the national form with the middle hidden: ``138****8000``."""
    shown = national_form(phone)
    keep_front, keep_back = (3, 4) if len(shown) >= 11 else (2, 2)  # noqa: PLR2004 - eleven digits: a mainland mobile
    return shown[:keep_front] + "****" + shown[-keep_back:]


def mask_in_text(text: str) -> str:
    """Return the text with every mainland mobile number in it masked."""
    return _IN_TEXT.sub(r"\1****\2", text)
