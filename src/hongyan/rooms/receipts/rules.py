"""Pure rules of receipts: what a Stat makes of a message, numbers as carriers write them, when to look again."""

from datetime import timedelta
from typing import Final

from hongyan.kernel.phones import normalise_phone
from hongyan.rooms.delivery.contracts import MessageState

_ACCEPTED: Final = "ACCEPTD"
_STATES: Final = {"DELIVRD": MessageState.DELIVERED, "EXPIRED": MessageState.EXPIRED}
_MAINLAND_DIGITS: Final = 11
_CANONICAL_DIGITS: Final = 13

EARLY: Final = timedelta(seconds=5)
"""A younger report may be early: its answer is still on the way. An older one may belong to an answer that was lost."""
GIVE_UP: Final = timedelta(hours=72)
"""After this an unexplained report only stays listed."""
_SOONEST: Final = timedelta(milliseconds=200)
_LATEST: Final = timedelta(hours=1)


def state_of(stat: str) -> MessageState | None:
    """Return the state that a Stat ends a part with; ``None`` for ACCEPTD, which says nothing final.

    Source: protocols page, clause 1.10.
    """
    if stat == _ACCEPTED:
        return None
    return _STATES.get(stat, MessageState.FAILED)


def canonical(number: str) -> str:
    """Return a number as carriers write it (with or without 86, +86, 0086) in canonical digits, or as it is."""
    if len(number) == _CANONICAL_DIGITS and number.startswith("861") and number.isdigit():
        return number
    if len(number) == _MAINLAND_DIGITS and number.startswith("1") and number.isdigit():
        return "86" + number
    return normalise_phone(number) or "".join(char for char in number if char.isascii() and char.isdigit())


def next_try(age: timedelta) -> timedelta | None:
    """Return how long to wait before an unexplained report of that age is tried again; ``None``: never."""
    if age >= GIVE_UP:
        return None
    return min(max(age, _SOONEST), _LATEST)
