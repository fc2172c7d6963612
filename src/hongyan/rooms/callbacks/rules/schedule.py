"""When a post is tried again, when an address rests, when it is switched off. All spans are of wall-clock time."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from hongyan.rooms.callbacks.contracts import DISABLED_AFTER, GIVEN_UP_AFTER, NOTICE_BEFORE

FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=6)
JITTER: Final = 0.2
"""A wait is this share shorter or longer, so that what failed together does not come back together."""
TIMEOUT_S: Final = 10.0
"""Time a customer has for an answer."""
LEASE: Final = timedelta(seconds=30)
"""A claimed post is due again after this: longer than a try and the writing down of its result."""
AT_ONCE: Final = 8
"""Posts under way to one address in one process."""
PATIENCE: Final = 5
"""Failures in a row before an address rests and then is asked one post at a time."""
_FIRST_REST: Final = timedelta(seconds=5)
_LONGEST_REST: Final = timedelta(minutes=5)
_MANY: Final = 20
"""Beyond it doubling would only overflow."""


def next_try(request_id: str, attempts: int, now: datetime) -> datetime:
    """Return when a post that failed ``attempts`` times (≥ 1) is due again: 1 min, 2 min, 4 min … 6 h, ± 20 %.

    The jitter comes from the id: the same post, the same schedule.
    """
    wait = min(FIRST_WAIT * (1 << min(attempts - 1, _MANY)), LONGEST_WAIT)
    digest = hashlib.sha256(f"{request_id}:{attempts}".encode()).digest()
    part = int.from_bytes(digest[:4], "big") / 0xFFFFFFFF
    return now + wait * (1 - JITTER + 2 * JITTER * part)


def is_given_up(due_since: datetime, now: datetime) -> bool:
    """Tell whether a post has been tried for long enough."""
    return now - due_since >= GIVEN_UP_AFTER


def rests_until(failures: int, now: datetime) -> datetime | None:
    """Return until when an address with so many failures in a row is left alone: 5 s, 10 s … 5 min."""
    if failures < PATIENCE:
        return None
    return now + min(_FIRST_REST * (1 << min(failures - PATIENCE, _MANY)), _LONGEST_REST)


def is_due_for_notice(failing_since: datetime, now: datetime) -> bool:
    """Tell whether the owner must hear that the address will be switched off within a day."""
    return now - failing_since >= DISABLED_AFTER - NOTICE_BEFORE


def is_due_for_disabling(failing_since: datetime, now: datetime) -> bool:
    """Tell whether an address has had its five days without one success."""
    return now - failing_since >= DISABLED_AFTER


def is_success(status: int) -> bool:
    """Tell whether an answer means that the receipt has arrived: any 2xx, whatever its body says."""
    return 200 <= status < 300  # noqa: PLR2004 - the class of success
