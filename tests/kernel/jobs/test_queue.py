"""The queue on a real database: with the data or not at all, once per key, and again when a worker dies."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import procrastinate
import pytest

from hongyan.kernel.db.database import Database
from hongyan.kernel.jobs.queue import Jobs, Patience

_ROOT = Path(__file__).resolve().parents[3]


def _worker(url: str, file: Path) -> "subprocess.Popen[bytes]":
    path = os.pathsep.join(str(_ROOT / part) for part in ("src", "packages/telcowire/src", "tests"))
    command = [sys.executable, "-m", "support.job_worker", url, str(file)]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path})


def _until(what: str, holds: Callable[[], bool], timeout_s: float = 30.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.02)


async def _waiting(db: Database) -> int:
    async with db.begin() as uow:
        rows = await uow.fetch("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'kernel.test_mark'")
    return int(rows[0][0])


async def test_the_job_of_a_killed_worker_runs_again_within_seconds(db: Database, tmp_path: Path) -> None:
    # given a worker that has begun a job
    file = tmp_path / "runs"
    async with db.begin() as uow:
        await Jobs(db.url).defer(uow, "kernel.test_mark", {})
    first = _worker(db.url, file)
    _until("the job has begun", lambda: file.exists() and file.read_text() == "run\n")
    # when it is killed and another one starts
    first.kill()
    first.wait()
    killed = time.monotonic()
    second = _worker(db.url, file)
    # then that one does the job
    try:
        _until("the job runs again", lambda: file.read_text() == "run\nrun\n")
    finally:
        second.kill()
        second.wait()
    assert time.monotonic() - killed < 15


async def test_a_job_is_queued_with_the_data_or_not_at_all(db: Database) -> None:
    jobs, before = Jobs(db.url), await _waiting(db)

    async def fail() -> None:
        async with db.begin() as uow:
            await jobs.defer(uow, "kernel.test_mark", {})
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        await fail()
    assert await _waiting(db) == before


async def test_one_job_waits_per_key(db: Database) -> None:
    jobs, before = Jobs(db.url), await _waiting(db)
    async with db.begin() as uow:
        assert await jobs.defer(uow, "kernel.test_mark", {}, once_key="a")
        assert not await jobs.defer(uow, "kernel.test_mark", {}, once_key="a")
        assert await jobs.defer(uow, "kernel.test_mark", {}, once_key="b")
    assert await _waiting(db) == before + 2


def test_a_failing_job_is_tried_at_growing_intervals_of_an_hour_at_most() -> None:
    patience, waits = Patience(20, 2), []
    for attempts in range(20):
        job = procrastinate.jobs.Job(id=1, queue="q", lock=None, queueing_lock=None, task_name="t", attempts=attempts)
        decision = patience.get_retry_decision(exception=RuntimeError(), job=job)
        assert decision is not None
        assert decision.retry_at is not None
        waits.append(round((decision.retry_at - datetime.now(UTC)).total_seconds()))
    assert waits[:4] == [2, 4, 8, 16]
    assert max(waits) == 3600
    job = procrastinate.jobs.Job(id=1, queue="q", lock=None, queueing_lock=None, task_name="t", attempts=20)
    assert patience.get_retry_decision(exception=RuntimeError(), job=job) is None
