"""One log for all children."""

import io
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from hongyan.run.combined_log import CombinedLog


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def _wait_for_lines(path: Path, count: int) -> list[dict[str, Any]]:
    deadline = time.monotonic() + 5
    while len(lines := _lines(path)) < count:
        assert time.monotonic() < deadline, lines
        time.sleep(0.01)
    return lines


@pytest.mark.parametrize(
    ("written", "level", "event"),
    [
        (b'{"event": "hello", "level": "warning", "process": "other"}', "warning", "hello"),
        (b"plain words", "info", "plain words"),
        (b"LOG:  database system is ready", "info", "database system is ready"),
        (b"FATAL:  no pg_hba.conf entry", "error", "no pg_hba.conf entry"),
        (b"[12] 2026/11/22 21:00:00.1 [WRN] slow consumer", "warning", "slow consumer"),
        (b"[12] 2026/11/22 21:00:00.1 [INF] Server is ready", "debug", "Server is ready"),
        (
            b"[12] 2026/11/22 21:00:00.1 [WRN] Plaintext passwords detected, use nkeys",
            "debug",
            "Plaintext passwords detected, use nkeys",
        ),
        (b"{not json", "info", "{not json"),
        (b"\xff\xfe", "info", "\ufffd\ufffd"),
    ],
)
def test_whatever_a_child_writes_becomes_a_structured_line(
    tmp_path: Path, written: bytes, level: str, event: str
) -> None:
    log = CombinedLog(tmp_path / "log", terminal=io.StringIO(), verbose=True)
    descriptor = log.follow("child")
    os.write(descriptor, written + b"\n\n")
    os.close(descriptor)
    (line,) = _wait_for_lines(tmp_path / "log", 1)
    assert (line["process"], line["level"], line["event"]) == ("child", level, event)
    assert line["timestamp"].endswith("Z")
    log.close()


def test_people_get_short_lines_and_the_file_gets_all(tmp_path: Path) -> None:
    terminal = io.StringIO()
    log = CombinedLog(tmp_path / "log", terminal=terminal, fmt="console")
    log.say("child started", child="web", pid=7)
    log.close()
    assert terminal.getvalue().split(maxsplit=1)[1].split() == "up info child started child=web pid=7".split()
    assert _lines(tmp_path / "log")[0]["pid"] == 7


def test_debug_lines_are_for_those_who_ask(tmp_path: Path) -> None:
    log = CombinedLog(tmp_path / "log", terminal=io.StringIO())
    log.say("detail", level="debug")
    log.say("news")
    log.close()
    assert [line["event"] for line in _lines(tmp_path / "log")] == ["news"]


def test_the_file_is_rotated_and_old_ones_go(tmp_path: Path) -> None:
    log = CombinedLog(tmp_path / "log", terminal=io.StringIO(), file_bytes=200)
    for number in range(40):
        log.say("x" * 100, number=number)
    log.close()
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["log", *(f"log.{n}" for n in range(1, 6))]
    assert _lines(tmp_path / "log")[-1]["number"] == 39


def test_a_closed_terminal_does_not_stop_the_file(tmp_path: Path) -> None:
    terminal = io.StringIO()
    terminal.close()
    log = CombinedLog(tmp_path / "log", terminal=terminal)
    log.say("one")
    log.close()
    log.say("too late")
    assert [line["event"] for line in _lines(tmp_path / "log")] == ["one"]
