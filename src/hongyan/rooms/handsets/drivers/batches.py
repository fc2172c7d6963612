"""Asking a vendor about many numbers: batches of 1,000, few at a time; a vendor that fails is left alone.

Not for: what is remembered of the answers (``service``).
"""

import asyncio
from collections.abc import Sequence

import structlog

from hongyan.rooms.handsets import rules
from hongyan.rooms.handsets.drivers.hongyan_v1 import HongyanV1, VendorAnswer
from hongyan.rooms.handsets.errors import VendorUnreachable

log = structlog.get_logger(__name__)

_CALLS_PER_VENDOR = 4
_TRIES = 3
_FIRST_PAUSE_S = 0.2
_GIVE_UP_AFTER = 3


async def ask_all(driver: HongyanV1, sha256: Sequence[str], sha1: Sequence[str]) -> list[VendorAnswer | None]:
    """Ask one vendor about any number of people; ``None`` where it did not answer.

    Policy: a batch is tried three times (after 0.2 and 0.4 s); after three failed batches in a row the rest is given
    up, so that a dead vendor delays a send by seconds, not by minutes.
    """
    found: list[VendorAnswer | None] = [None] * len(sha1)
    starts = iter(range(0, len(sha1), rules.BATCH_NUMBERS))
    failed_in_row = 0

    async def work() -> None:
        nonlocal failed_in_row
        for start in starts:
            if failed_in_row >= _GIVE_UP_AFTER:
                return
            end = start + rules.BATCH_NUMBERS
            answers = await _ask_batch(driver, sha256[start:end], sha1[start:end])
            failed_in_row = failed_in_row + 1 if answers is None else 0
            if answers is not None:
                found[start:end] = answers

    async with asyncio.TaskGroup() as group:
        for _ in range(_CALLS_PER_VENDOR):
            group.create_task(work())
    return found


async def _ask_batch(driver: HongyanV1, sha256: Sequence[str], sha1: Sequence[str]) -> list[VendorAnswer] | None:
    pause_s = _FIRST_PAUSE_S
    for attempt in range(1, _TRIES + 1):
        try:
            return await driver.ask(sha256, sha1)
        except VendorUnreachable as error:
            log.warning(
                "a handset vendor did not answer", vendor=driver.vendor, reason=error.params["reason"], attempt=attempt
            )
            if attempt < _TRIES:
                await asyncio.sleep(pause_s)
                pause_s *= 2
    return None
