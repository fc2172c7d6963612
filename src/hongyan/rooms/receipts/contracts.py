"""What a gateway hands over: reports and uplinks as the carrier wrote them, reduced to plain values."""

from typing import NamedTuple


class CarrierReport(NamedTuple):
    """A state report of one part. A tuple: thousands a second."""

    carrier_msg_id: int
    """Unsigned 64 bits."""
    stat: str
    """The carrier's seven characters."""
    dest: str
    """The number as the carrier wrote it."""
    submit_time: str
    done_time: str
    """YYMMDDhhmm in the carrier's zone, as text: some carriers write nonsense."""
    smsc_seq: int


class CarrierUplink(NamedTuple):
    """A text from a phone."""

    carrier_msg_id: int
    """Unsigned 64 bits: the id of this delivery."""
    src: str
    """Who wrote it."""
    dest: str
    """The access number that was dialled."""
    text: str
