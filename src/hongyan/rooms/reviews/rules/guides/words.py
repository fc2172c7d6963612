"""A guide's parts: what reviewers may name, what they check and why they refuse, each in both languages."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """A code with its texts."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Reason(Word):
    """Why something is refused, and the field it is usually about (empty: the whole)."""

    field: str = ""


@dataclass(frozen=True, slots=True)
class Guide:
    """A kind's fields that a reason may name, its checklist and its reasons; the order is the screen's."""

    fields: tuple[Word, ...]
    checks: tuple[Word, ...]
    reasons: tuple[Reason, ...]


OTHER = Reason("other", "其他原因", "Other")


def find_word(words: Sequence[Word], code: str) -> Word | None:
    """Return the entry with a code."""
    return next((word for word in words if word.code == code), None)
