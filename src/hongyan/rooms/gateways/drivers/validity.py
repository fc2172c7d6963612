"""Until when the carrier may deliver a part, as its protocol writes it; nothing where the account does not say it."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Final

from hongyan.rooms.carriers.contracts import WireOptions
from telcowire.validity import write_date, write_time

ValidityWriter = Callable[[datetime | None], str]
"""Raises ``LocalProtocolError``: a time that the protocol cannot say."""
_RECENT: Final = 64
"""All messages of a batch expire together."""


def time_writer(options: WireOptions) -> ValidityWriter:
    """Return what writes the validity of CMPP, SGIP, SMGP and SMPP."""
    return _writer(options, write_time)


def date_writer(options: WireOptions) -> ValidityWriter:
    """Return what writes the ExpiryDate of MM7."""
    return _writer(options, write_date)


def _writer(options: WireOptions, write: Callable[[datetime], str]) -> ValidityWriter:
    if not options.sends_validity:
        return _nothing
    return lru_cache(maxsize=_RECENT)(lambda at: "" if at is None else write(at))


def _nothing(_at: datetime | None) -> str:
    return ""
