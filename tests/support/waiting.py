"""Waiting for something to become true, with a deadline instead of a sleep."""

import asyncio
import time
from collections.abc import Callable

POLL_S = 0.02


async def until(condition: Callable[[], bool], *, timeout_s: float = 10.0) -> None:
    """Return when ``condition()`` holds; fail the test when it does not within ``timeout_s``."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout_s} s: {condition.__name__}")
        await asyncio.sleep(POLL_S)
