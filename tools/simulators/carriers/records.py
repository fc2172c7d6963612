"""What a simulated carrier remembers: whole messages, counters, and what time it is."""

import dataclasses
import time
from datetime import datetime, timedelta, timezone
from typing import Final, NamedTuple

from simulators.carriers.face import MsgId

CHINA: Final = timezone(timedelta(hours=8))


class Received(NamedTuple):
    """A whole message that the carrier accepted; `msg_id` is that of its last part, `at` is UTC."""

    msg_id: MsgId
    dest: str
    text: str
    src_id: str
    at: datetime
    parts: int


@dataclasses.dataclass(slots=True)
class Stats:
    """Counters since the start; `submits` are PDUs, `messages` are whole messages, the rest counts parts."""

    submits: int = 0
    messages: int = 0
    accepted: int = 0
    refused: int = 0
    throttled: int = 0
    lost_answers: int = 0
    delivered: int = 0
    failed: int = 0
    reports_sent: int = 0
    reports_answered: int = 0
    reports_repeated: int = 0
    reports_given_up: int = 0
    uplinks: int = 0
    queries: int = 0
    logins: int = 0
    cut_connections: int = 0
    silenced_connections: int = 0


class Fate(NamedTuple):
    """What a carrier says of a part when it is asked."""

    src: str
    """Who sent it: nobody else may ask."""
    stat: str
    """`ENROUTE` until it is decided."""
    done_time: str
    """As in reports; empty until then."""


class Fates:
    """What became of parts, for carriers that can be asked about them. Bounded: the oldest is forgotten first."""

    def __init__(self, size: int) -> None:
        """Know nothing."""
        self._size: Final = size
        self._parts: Final[dict[MsgId, Fate]] = {}

    def note(self, msg_id: MsgId, src: str, stat: str, done_time: str) -> None:
        """Note how a part stands."""
        self._parts[msg_id] = Fate(src, stat, done_time)
        if len(self._parts) > self._size:
            del self._parts[next(iter(self._parts))]

    def find(self, msg_id: MsgId) -> Fate | None:
        """Return what is known of a part."""
        return self._parts.get(msg_id)


class MinuteClock:
    """The minute as reports write it (YYMMDDHHMM, China)."""

    def __init__(self) -> None:
        """Read the clock when first asked."""
        self.second = 0
        self._minute = ""

    def minute(self) -> str:
        """Now, for a report."""
        self.refresh()
        return self._minute

    def refresh(self) -> None:
        """Notice that a second has passed."""
        second = int(time.time())
        if second > self.second:
            self.start_second(second)

    def start_second(self, second: int) -> None:
        """Begin a second of Unix time."""
        self.second = second
        self._minute = datetime.fromtimestamp(second, CHINA).strftime("%y%m%d%H%M")
