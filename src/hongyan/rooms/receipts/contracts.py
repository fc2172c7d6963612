"""What a gateway hands over: reports and uplinks as the carrier wrote them, reduced to plain values."""

from typing import Final, NamedTuple

SMPP_CODING: Final = 0x100
"""Added to a data_coding of SMPP that no Msg_Fmt stands for: its own alphabets, that only it knows."""


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


class UplinkPart(NamedTuple):
    """Which part of a long text an uplink is, and its octets: characters may be cut at the seam."""

    ref: int
    """The phone's reference, 8 or 16 bits; 0 where the protocol numbers parts without one."""
    total: int
    part_no: int
    """From 1."""
    octets: bytes
    """The content without its user data header."""
    coding: int
    """Msg_Fmt as ``telcowire.smstext.coding.decode_text`` takes it, or :data:`SMPP_CODING` and a data_coding."""


class CarrierUplink(NamedTuple):
    """A text from a phone, or a part of one."""

    carrier_msg_id: int
    """Unsigned 64 bits: the id of this delivery."""
    src: str
    """Who wrote it."""
    dest: str
    """The access number that was dialled."""
    text: str
    """What the driver could read; not looked at when ``part`` is given."""
    part: UplinkPart | None = None
    """Set for one of several parts; the whole text is put together by :meth:`ReceiptsService.take_uplink`."""
