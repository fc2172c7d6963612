"""The garbage collector of a process that runs for long and answers quickly."""

import gc
from typing import Final

_THRESHOLDS: Final = (20_000, 20, 50)


def leave_alone_what_stays() -> None:
    """Take modules, models and routes out of the garbage collector's rounds, and make the rounds rarer.

    A full round over a process of ours stops it for a tenth of a second (2026-11, 2 cores), which calls would wait for.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
