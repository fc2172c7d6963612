"""Processes that get a part of a core: what a second machine would bring, on one that has few cores.

Uses the kernel's control groups (version 1 or 2), for which a test must be root where they are not delegated.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

_V1: Final = Path("/sys/fs/cgroup/cpu")
_V2: Final = Path("/sys/fs/cgroup")
_PERIOD_US: Final = 10_000
"""Short, so that a process that used its share up waits for milliseconds only."""


@contextlib.contextmanager
def cpu_share(pid: int, cores: float) -> Iterator[None]:
    """Let a running process have so many cores at most. Skips the test where that is not ours to say."""
    quota_us = round(_PERIOD_US * cores)
    root, values = (
        (_V1, {"cpu.cfs_period_us": str(_PERIOD_US), "cpu.cfs_quota_us": str(quota_us)})
        if (_V1 / "cpu.cfs_quota_us").exists()
        else (_V2, {"cpu.max": f"{quota_us} {_PERIOD_US}"})
    )
    group = root / f"hy-test-{os.getpid()}-{pid}"
    try:
        group.mkdir()
        for name, value in values.items():
            (group / name).write_text(value)
        (group / "cgroup.procs").write_text(str(pid))
    except OSError as error:
        with contextlib.suppress(OSError):
            group.rmdir()
        pytest.skip(f"no share of a core can be given: {error}")
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            (root / "cgroup.procs").write_text(str(pid))
        with contextlib.suppress(OSError):
            group.rmdir()
