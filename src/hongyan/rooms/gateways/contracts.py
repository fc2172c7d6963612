"""What passes between an account's worker and its driver, and what a lease is.

A driver speaks one wire protocol for one account (``drivers``). Its links are logins, or what stands for them; they
deal in parts: a part is one PDU of one message. Where the carrier calls us, an inlet takes what it brings.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum, auto
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, Protocol, runtime_checkable

from hongyan.kernel.errors import NotFound
from hongyan.kernel.ids import AccountId
from hongyan.rooms.delivery.contracts import SilentPart, SpanMessage
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
    """As the driver's ``encode`` returned it."""
    expires_at: datetime | None = None
    """Nobody wants it after this."""


class PartOutcome(Enum):
    """What an answer means for a part; drivers translate their carrier's codes."""

    ACCEPTED = auto()
    REFUSED = auto()
    THROTTLED = auto()
    """Certain not taken, and worth another try later: slow down."""
    QUOTA = auto()
    """Certain not taken, and nothing else will be for a long time: wait."""
    IN_DOUBT = auto()
    """It may have been taken: never sent again."""


class Answered(NamedTuple):
    """The carrier answered a part."""

    seq: int
    carrier_msg_id: int
    """Unsigned 64 bits."""
    result: int
    """The carrier's code; 0 when accepted, in every protocol."""
    outcome: PartOutcome
    code: str = ""
    """The carrier's code as people and lists see it, like ``sgip:27``; empty: the number itself."""
    carrier_ref: str | None = None
    """The carrier's own text of the id, where our 64 bits are not the id itself."""


class TimedOut(NamedTuple):
    """No answer in time."""

    seq: int


class Unsent(NamedTuple):
    """Certain: nothing of the part left, or the carrier took none of it. It may be sent later."""

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
    breach: str | None = None
    """The rule of the protocol that the carrier broke (``telcowire.errors.Breach``), when that ended it."""


class Told(NamedTuple):
    """The carrier answered a question about a part, or did not."""

    seq: int
    stat: str
    """The state as a report would name it; empty: nothing that a report would say, ask again later."""
    said: str
    """What it said, for counters: a state, the code of a refusal, or ``no_answer``."""
    done_time: str = ""
    """As a report has it."""


LinkEvent = Answered | TimedOut | Unsent | Reported | Uplinked | Unreadable | Told | LinkClosed


class Answerable(Protocol):
    """Something that brought a delivery and waits for its answer."""

    def answer(self, seq: int, deliver_id: int) -> None:
        """Answer a delivery, once it is stored; does nothing when nobody waits any more."""
        ...


class Link(Answerable, Protocol):
    """One live login."""

    @property
    def window_free(self) -> int:
        """How many parts may be sent now."""
        ...

    def set_window(self, pdus: int) -> None:
        """Allow so many parts without an answer from now on."""
        ...

    def submit(self, parts: Sequence[Part]) -> list[int]:
        """Send parts (at most ``window_free``) and return their sequences."""
        ...

    async def close(self, timeout_s: float) -> None:
        """Log out."""
        ...


@runtime_checkable
class Askable(Protocol):
    """A link whose protocol can ask what became of one part."""

    def ask(self, part: SilentPart) -> int:
        """Ask; a place in the window is taken until its :class:`Told` comes. Returns the sequence.

        Raises:
            LocalProtocolError: closed, no room, or an id that cannot be written.
        """
        ...


class Inlet(Protocol):
    """One listener, where the carrier calls us. Every gateway process has its own, without a lease."""

    async def open(self) -> None:
        """Listen. Raises ``OSError``: the port cannot be had."""
        ...

    async def close(self) -> None:
        """Stop listening."""
        ...


LinkListener = Callable[[Link, list[LinkEvent]], None]
DeliveryListener = Callable[[Answerable, LinkEvent], None]
LoadContent = Callable[[str], Awaitable[bytes]]
"""Content id → the content of a video message; raises ``NotFound``, or ``OSError`` when the store is away."""


async def no_content(content_id: str) -> bytes:
    """Know no content: for lines that carry text only.

    Raises:
        NotFound: always.
    """
    raise NotFound(what="content", id=content_id)


class Driver(Protocol):
    """One account's protocol, for one tenure."""

    def encode(self, message: SpanMessage) -> Sequence[bytes]:
        """Return the contents of a message's parts."""
        ...

    async def open_link(self, listener: LinkListener) -> Link:
        """Log in. Raises ``OSError`` or ``TelcowireError`` when that fails."""
        ...


# --- processes and alarms ---------------------------------------------------------------------------------------------


class Node(NamedTuple):
    """One gateway process, as the database last heard of it."""

    holder: str
    """Its name and this very start of it."""
    gateway_id: str
    age_s: float
    """Seconds since it was first heard."""
    silent_s: float
    """Seconds since it was last heard."""
    unable: frozenset[int] = frozenset()
    """Accounts on which it could not log in lately: its host may not be known to the carrier."""


class AlarmKind(StrEnum):
    """What the installation calls for help with; each has a page in ``docs/runbooks``."""

    NO_GATEWAY = "no_gateway"
    CHANNEL_DOWN = "channel_down"
    BACKLOG_AGE = "backlog_age"
    UNKNOWN_MESSAGES = "unknown_messages"
    REPORT_SILENCE = "report_silence"
    CHANNEL_REFUSING = "channel_refusing"
    DISK_85 = "disk_85"


class AlarmSeverity(StrEnum):
    """How soon somebody must look."""

    CRITICAL = "critical"
    """Messages do not leave, or soon will not."""
    WARNING = "warning"


SEVERITIES: Final[Mapping[AlarmKind, AlarmSeverity]] = MappingProxyType(
    {
        AlarmKind.NO_GATEWAY: AlarmSeverity.CRITICAL,
        AlarmKind.CHANNEL_DOWN: AlarmSeverity.CRITICAL,
        AlarmKind.CHANNEL_REFUSING: AlarmSeverity.CRITICAL,
        AlarmKind.DISK_85: AlarmSeverity.CRITICAL,
        AlarmKind.BACKLOG_AGE: AlarmSeverity.WARNING,
        AlarmKind.UNKNOWN_MESSAGES: AlarmSeverity.WARNING,
        AlarmKind.REPORT_SILENCE: AlarmSeverity.WARNING,
    }
)


AlarmSort = Literal["since", "-since", "value", "-value", "cleared_at", "-cleared_at"]
"""By what alarms are listed; ``-`` puts the largest first."""


class Finding(NamedTuple):
    """Something that calls for help now."""

    kind: AlarmKind
    subject: str
    """A channel's name; a host and folder; or the word ``gateways``."""
    value: float
    """Seconds, messages or percent, by kind."""
    detail: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """A finding that holds, or held."""

    kind: AlarmKind
    subject: str
    since: datetime
    value: float
    """As last seen."""
    detail: str
    seen_at: datetime
    """When it was last found to hold."""
    cleared_at: datetime | None
