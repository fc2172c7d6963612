"""What passes between an account's worker and its links, and what a lease is.

A link is one login over one wire protocol (``drivers``). It deals in parts: a part is one PDU of one message.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from hongyan.kernel.ids import AccountId
from hongyan.rooms.receipts.contracts import CarrierReport, CarrierUplink


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to use an account; ``rules.LeaseClock`` knows for how long."""

    account_id: AccountId
    holder: str
    epoch: int


class Part(NamedTuple):
    """One PDU to be sent."""

    message_id: int
    part_no: int
    """From 1."""
    parts: int
    phone: str
    src_id: str
    content: bytes
    """UCS-2, with its concatenation header when there are several parts."""


class Answered(NamedTuple):
    """The carrier answered a part."""

    seq: int
    carrier_msg_id: int
    result: int


class TimedOut(NamedTuple):
    """No answer in time."""

    seq: int


class Reported(NamedTuple):
    """A report that waits for its answer."""

    seq: int
    deliver_id: int
    report: CarrierReport


class Uplinked(NamedTuple):
    """A text from a phone that waits for its answer."""

    seq: int
    deliver_id: int
    uplink: CarrierUplink


class Unreadable(NamedTuple):
    """A delivery that holds neither; it is answered so that it does not come for ever, and logged."""

    seq: int
    deliver_id: int


class LinkClosed(NamedTuple):
    """The link is gone; parts without an answer stay without one."""

    reason: str


LinkEvent = Answered | TimedOut | Reported | Uplinked | Unreadable | LinkClosed


class Link(Protocol):
    """One live login."""

    @property
    def window_free(self) -> int:
        """How many parts may be sent now."""
        ...

    def submit(self, parts: Sequence[Part]) -> list[int]:
        """Send parts (at most ``window_free``) and return their sequences."""
        ...

    def answer(self, seq: int, deliver_id: int) -> None:
        """Answer a delivery, once it is stored; does nothing when the link is gone."""
        ...

    async def close(self, timeout_s: float) -> None:
        """Log out."""
        ...
