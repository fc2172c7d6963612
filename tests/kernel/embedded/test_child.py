"""Children that do not outlive us, and servers that do not run as root."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hongyan.kernel.embedded.child import EmbeddedServerError, bound_to_us, user_switch

TRUE = Path("/bin/true")


def test_the_wrapper_becomes_the_program() -> None:
    done = subprocess.run(
        bound_to_us(["/bin/sh", "-c", 'echo "$$ $0 $1"', "zero", "one"], signal.SIGTERM),
        check=True,
        capture_output=True,
    )
    assert done.stdout.split()[1:] == [b"zero", b"one"]


def test_a_child_whose_parent_is_gone_does_not_start() -> None:
    # As if we had died between fork and the wrapper's first line: its parent is not the one it was made for.
    command = bound_to_us(["/bin/echo", "started"], signal.SIGTERM)
    command[command.index(str(os.getpid()))] = "1"
    done = subprocess.run(command, check=False, capture_output=True)
    assert (done.returncode, done.stdout) == (1, b"")


def test_an_ordinary_user_needs_no_switch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert user_switch(TRUE) == []


def _tool(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    setpriv = folder / "setpriv"
    setpriv.write_text(f"#!/bin/sh\n{script}\n")
    setpriv.chmod(0o755)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", str(folder))
    return setpriv


@pytest.mark.parametrize("script", ["exit 0", 'case "$*" in *ambient*) exit 1;; esac; exit 0'])
def test_root_switches_also_where_capabilities_cannot_be_handed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    setpriv = _tool(tmp_path, monkeypatch, script)
    assert user_switch(TRUE)[0] == str(setpriv)


def test_root_that_cannot_switch_is_told_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _tool(tmp_path, monkeypatch, "echo not permitted >&2; exit 1")
    with pytest.raises(EmbeddedServerError, match=r"not permitted.*HONGYAN_DATABASE_URL"):
        user_switch(TRUE)


def test_root_without_the_tool_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EmbeddedServerError, match="ordinary user"):
        user_switch(TRUE)


def test_the_interpreter_is_ours() -> None:
    assert bound_to_us(["/bin/true"], signal.SIGTERM)[0] == sys.executable
