"""Refusals that say something of the channel and nothing of the message: they must not burn a whole queue. No I/O.

So many of them in a row (``limit``) with nothing accepted between, or one that says "no more for now" (quota), and the
account claims nothing for a while. Then it tries one message at a time, until one is accepted.
"""

from functools import lru_cache
from typing import Final

from hongyan.rooms.carriers.contracts import TroubleKind
from hongyan.rooms.carriers.service import explain_code


@lru_cache(maxsize=4096)
def is_of_channel(code: str) -> bool:
    """Tell whether a refusal says that the channel is not set up as the carrier expects."""
    trouble = explain_code(code)
    return trouble is not None and trouble.kind is TroubleKind.BAD_CHANNEL


class Refusals:
    """The row of refusals of one tenure; times in seconds of one clock."""

    def __init__(self, limit: int, pause_s: float) -> None:
        """Begin without any."""
        self._limit: Final = limit
        self._pause_s: Final = pause_s
        self._until_s = float("-inf")
        self.in_row = 0
        self.code = ""
        """The last one."""
        self.is_quota = False
        """The carrier takes no more for now, of whatever."""

    @property
    def is_noted(self) -> bool:
        """Whether there is anything to forget."""
        return self.in_row > 0 or self.is_quota

    @property
    def is_misconfigured(self) -> bool:
        """Whether so many in a row were refused that the channel is to blame."""
        return self.in_row >= self._limit

    @property
    def is_on_trial(self) -> bool:
        """Whether only one message at a time may be tried."""
        return self.is_quota or self.is_misconfigured

    def is_paused(self, now_s: float) -> bool:
        """Tell whether nothing may be begun now."""
        return now_s < self._until_s

    def accepted(self) -> None:
        """Forget: the carrier takes messages."""
        self.in_row, self.is_quota = 0, False
        self._until_s = float("-inf")

    def refused(self, code: str, now_s: float) -> None:
        """Note a final refusal."""
        if is_of_channel(code):
            self.in_row += 1
            self.code = code
            if self.is_misconfigured:
                self._until_s = now_s + self._pause_s

    def no_more_for_now(self, code: str, now_s: float) -> None:
        """Note that the carrier takes nothing for a long time."""
        self.is_quota, self.code = True, code
        self._until_s = now_s + self._pause_s
