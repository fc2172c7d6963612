"""What a simulated carrier remembers: whole messages, counters, and the numbers it gives out."""

import dataclasses
import time
from datetime import datetime, timedelta, timezone
from typing import Final, NamedTuple

from telcowire.cmpp.msg_ids import MsgId, pack_msg_id

_CHINA: Final = timezone(timedelta(hours=8))
_IDS_PER_SECOND: Final = 0x10000


class Received(NamedTuple):
    """A whole message that the carrier accepted; `msg_id` is that of its last part, `at` is UTC."""

    msg_id: int
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
    logins: int = 0
    cut_connections: int = 0


class IdClock:
    """Gives out message ids, and the minute as reports write it (YYMMDDHHMM, China)."""

    def __init__(self, gateway: int) -> None:
        """Count for one gateway code."""
        self._gateway: Final = gateway
        self._second = self._sequence = self._base = 0
        self._minute = ""

    def minute(self) -> str:
        """Now, for a report."""
        self._refresh()
        return self._minute

    def take(self, count: int = 1) -> int:
        """Return the first of `count` ids that follow each other.

        Beyond 65,536 in a second the next second is borrowed: an id is never given twice.
        """
        self._refresh()
        if self._sequence + count > _IDS_PER_SECOND:
            self._start_second(self._second + 1)
        first = self._base | self._sequence
        self._sequence += count
        return first

    def _refresh(self) -> None:
        second = int(time.time())
        if second > self._second:
            self._start_second(second)

    def _start_second(self, second: int) -> None:
        at = datetime.fromtimestamp(second, _CHINA)
        self._second, self._sequence = second, 0
        self._minute = at.strftime("%y%m%d%H%M")
        self._base = pack_msg_id(MsgId(at.month, at.day, at.hour, at.minute, at.second, self._gateway, 0))
