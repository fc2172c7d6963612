"""What rendering hands out: the text of one message and how many parts it takes."""

from typing import NamedTuple


class Rendered(NamedTuple):
    """One message as it goes to the carrier."""

    text: str
    """Signature first: ``【鸿雁】…``."""
    parts: int
    """1 up to 70 characters, else one per 67."""
