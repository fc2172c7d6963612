"""What the supervision does with children that never come up."""

import io
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hongyan.run import supervise
from hongyan.run.combined_log import CombinedLog
from hongyan.run.supervise import Part, StartFailed, Supervised, stop_all
from support.waiting import until


class Log:
    """A combined log and what it says."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.log = CombinedLog(path, terminal=io.StringIO())

    def lines(self, event: str) -> list[dict[str, Any]]:
        found = [json.loads(line) for line in self.path.read_text().splitlines()]
        return [line for line in found if line["event"] == event]


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[Log]:
    made = Log(tmp_path / "log")
    yield made
    made.log.close()


async def _never() -> bool:
    return False


async def _always() -> bool:
    return True


def _part(*command: str, ready: bool = True) -> Part:
    def spawn(descriptor: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, stdout=descriptor, stderr=descriptor, start_new_session=True)

    return Part("child", spawn, _always if ready else _never)


async def test_pauses_between_starts_grow(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "_FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(supervise, "_LONGEST_PAUSE_S", 0.05)
    child = Supervised(_part("/bin/sh", "-c", "echo why; exit 9"), log.log)
    child.start()
    await until(lambda: len(log.lines("child ended")) >= 5)
    await stop_all([[child]])
    ended = log.lines("child ended")
    assert [line["restart_in_s"] for line in ended[:5]] == [0.01, 0.02, 0.04, 0.05, 0.05]
    assert {line["why"] for line in ended} == {"exit code 9"}
    assert log.lines("why")[0]["process"] == "child"


async def test_a_program_that_is_not_there_is_said_and_tried_again(log: Log) -> None:
    child = Supervised(_part("/nowhere/program"), log.log)
    child.start()
    await until(lambda: len(log.lines("child ended")) >= 2)
    await child.stop()
    assert "No such file" in log.lines("child ended")[0]["why"]


async def test_a_child_that_is_never_ready_is_a_failed_start(log: Log) -> None:
    child = Supervised(_part(sys.executable, "-c", "import time; time.sleep(60)", ready=False), log.log)
    child.start()
    with pytest.raises(StartFailed, match="child was not ready"):
        await child.ready(0.3)
    assert child.pid is not None
    await child.stop()
    assert child.starts == 1


async def test_stopping_what_never_started_does_nothing(log: Log) -> None:
    child = Supervised(_part("/bin/true"), log.log)
    await child.stop()
    assert child.pid is None
