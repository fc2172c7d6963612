"""Which texts can be ids at all: what cannot is answered as not found, and never reaches a statement. Pure."""

import re

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)


def is_uuid(text: str) -> bool:
    """Tell whether a text has the form of an app's, a signature's or a file's id."""
    return _UUID.fullmatch(text) is not None


def is_template_id(text: str) -> bool:
    """Tell whether a text has the form of a template's id: decimal digits that fit the column."""
    return _NUMBER.fullmatch(text) is not None
