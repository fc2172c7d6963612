"""What passes between a carrier and its face: submissions in; answers, reports and uplinks out. No protocol here.

A face (`faces`) listens, logs SPs in, reads their submissions into plain values, and writes what the carrier says. Ids
are its own: an integer, or text where the protocol's are octets or text.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from telcowire.asyncio.connection import SessionConnection

MsgId = int | str
Connection = SessionConnection[Any]


class Submission(NamedTuple):
    """One PDU of an SP: one part, to one or several numbers."""

    src: str
    dests: tuple[str, ...]
    content: bytes
    has_udh: bool
    coding: int
    """As the protocol numbers it; the face decodes."""
    parts: int
    part: int
    """Beside the header: Pk_total and Pk_number, or their like; 1 of 1 without."""
    wants_report: bool
    validity: str = ""
    """`YYMMDDhhmmsstnnp`; empty: for ever."""


class Notice(NamedTuple):
    """What became of one part; times are YYMMDDhhmm in China."""

    msg_id: MsgId
    dest: str
    src: str
    stat: str
    """`DELIVRD`, `ACCEPTD`, or one of the face's failures."""
    submit_time: str
    done_time: str


class Face(Protocol):
    """How one carrier speaks one protocol."""

    @property
    def port(self) -> int:
        """Where it listens."""
        ...

    @property
    def flow_control(self) -> int:
        """The code of "slow down"."""
        ...

    @property
    def bad_destination(self) -> int:
        """The code of a number that is none."""
        ...

    @property
    def bad_validity(self) -> int:
        """The code of a validity that is no time."""
        ...

    @property
    def expired(self) -> str:
        """What its reports name a message that did not reach the phone in time."""
        ...

    @property
    def failures(self) -> Sequence[str]:
        """What its reports name failures, most frequent first."""
        ...

    async def open(self) -> None:
        """Listen. Raises `OSError`."""
        ...

    async def close(self) -> None:
        """Hang up."""
        ...

    def take_ids(self, seq: int, count: int) -> Sequence[MsgId]:
        """Return the ids of a submission to `count` numbers."""
        ...

    def stray_id(self) -> MsgId:
        """Return an id that nobody was given."""
        ...

    def answer(self, connection: Connection, seq: int, msg_id: MsgId | None, code: int) -> None:
        """Answer a submission; no id where it was refused."""
        ...

    def report(self, connection: Connection | None, notice: Notice, *, is_crossed: bool) -> object:
        """Return the PDU of a state report; crossed: in a form that the protocol's page does not show."""
        ...

    def uplinks(self, sender: str, access_number: str, text: str) -> Sequence[object]:
        """Return the PDUs of a text from a phone, one per part. Raises `LocalProtocolError`: it is too long."""
        ...

    def deliver_many(self, connection: Connection, pdus: Sequence[Any]) -> Sequence[int]:
        """Send reports and uplinks and return their sequences."""
        ...

    def decode(self, octets: bytes, coding: int) -> str:
        """Read text. Raises `RemoteProtocolError`: it is none in that coding."""
        ...
