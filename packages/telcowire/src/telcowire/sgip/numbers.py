"""Phone numbers as SGIP writes them: with the country code 86 in front; result 6 is the answer to one without."""

from typing import Final

_COUNTRY: Final = "86"
_MOBILE_DIGITS: Final = 11


def with_country(phone: str) -> str:
    """Put 86 before a mainland number of eleven digits; anything else is returned as it is."""
    return _COUNTRY + phone if len(phone) == _MOBILE_DIGITS and phone.startswith("1") else phone


def without_country(number: str) -> str:
    """Take 86, +86 or 0086 from before a mainland number of eleven digits; anything else is returned as it is."""
    phone = number[-_MOBILE_DIGITS:]
    has_country = number[:-_MOBILE_DIGITS] in {_COUNTRY, "+86", "0086"}
    return phone if has_country and phone.startswith("1") else number
