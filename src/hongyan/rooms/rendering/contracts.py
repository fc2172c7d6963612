"""What rendering gives back: one recipient's text and its parts."""

from typing import NamedTuple


class Rendered(NamedTuple):
    """A text as the phone shows it, signature in front, and how many parts it takes. A tuple: one is made per recipient."""

    text: str
    parts: int
