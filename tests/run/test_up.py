"""``hongyan up`` with real servers: starts all, restarts what dies, stops all in order, survives its own death."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import psutil
import pytest

from hongyan.kernel.settings import Settings
from hongyan.run.health import health_of_all
from hongyan.run.ports import free_ports

pytestmark = pytest.mark.timeout(180)
"""Real servers on a machine that may be busy; each test waits by deadlines of its own."""
ROOT = Path(__file__).parents[2]


class Installation:
    """One data directory and the `up` that runs on it."""

    def __init__(self, data_dir: Path, env: dict[str, str]) -> None:
        ports = free_ports(["web", "links"])
        self.settings = Settings(data_dir=data_dir, port=ports["web"], links_port=ports["links"])
        self._env = env
        self.process: subprocess.Popen[bytes] | None = None

    def launch(self, output: int = subprocess.PIPE) -> subprocess.Popen[bytes]:
        paths = os.pathsep.join(str(ROOT / folder) for folder in ("src", "tests", "packages/telcowire/src", "tools"))
        arguments = [str(self.settings.data_dir), str(self.settings.port), str(self.settings.links_port)]
        return subprocess.Popen(
            [sys.executable, "-m", "support.up_program", *arguments],
            env={**os.environ, "PYTHONPATH": paths, **self._env},
            stdout=output,
            stderr=subprocess.STDOUT,
        )

    async def start(self) -> None:
        process = self.process = self.launch(subprocess.DEVNULL)
        await self.until(lambda: self.is_complete() or process.poll() is not None)
        assert process.poll() is None, self.log_text()
        await self.healthy()

    async def healthy(self) -> None:
        deadline = time.monotonic() + 60
        while (answer := await health_of_all(self.settings)) != {"status": "ok"}:
            assert time.monotonic() < deadline, answer
            await asyncio.sleep(0.05)

    async def stop(self) -> float:
        """Ask it to stop; returns how many seconds that took."""
        assert self.process is not None
        started = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(self.process.wait, 15) == 0
        return time.monotonic() - started

    async def until(self, condition: Callable[[], bool], timeout_s: float = 90) -> None:
        deadline = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < deadline, self.log_text()[-3000:]
            await asyncio.sleep(0.05)

    def is_complete(self) -> bool:
        try:
            return bool(json.loads((self.settings.data_dir / "run" / "ports.json").read_text())["complete"])
        except FileNotFoundError:
            return False

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log_text().splitlines()]

    def log_text(self) -> str:
        path = self.settings.data_dir / "log" / "hongyan.log"
        return path.read_text() if path.exists() else ""

    def said(self, event: str, child: str | None = None) -> list[dict[str, Any]]:
        return [line for line in self.log() if line["event"] == event and child in (None, line.get("child"))]

    def pids(self) -> dict[str, int]:
        """Newest process id of each child."""
        return {line["child"]: line["pid"] for line in self.said("child started")}


@pytest.fixture
async def make(tmp_path: Path) -> AsyncIterator[Callable[..., Installation]]:
    made: list[Installation] = []

    def build(**env: str) -> Installation:
        made.append(Installation(tmp_path / "var", env))
        return made[-1]

    async with AsyncExitStack() as stack:
        yield build
        for installation in made:
            if installation.process is not None and installation.process.poll() is None:
                stack.push_async_callback(installation.stop)


async def test_everything_starts_is_healthy_and_stops_in_order_within_ten_seconds(
    make: Callable[..., Installation],
) -> None:
    here = make()
    await here.start()
    pids = here.pids()
    assert set(pids) == {"postgres", "nats", "web", "worker", "gateway", "redirector"}
    (line,) = [line for line in here.log() if line["event"] == "serving" and line["process"] == "worker"]
    assert line["database"].startswith("postgresql://")
    assert await here.stop() < 10
    assert [name for name, pid in pids.items() if psutil.pid_exists(pid)] == []
    ends = [line["event"].split()[0] for line in here.log() if line["event"].endswith(" stopped")]
    assert sorted(ends[:2]) == ["redirector", "web"]
    assert ends[2:] == ["worker", "gateway"]
    assert here.log()[-1]["event"] == "stopped"


async def test_children_that_die_come_back(make: Callable[..., Installation]) -> None:
    here = make(BEHAVIOUR_WORKER="die")
    await here.start()
    assert here.said("child ended", "worker")[0]["why"] == "exit code 3"
    before = here.pids()
    for name in ("postgres", "nats", "gateway"):
        psutil.Process(before[name]).kill()
    await here.until(lambda: all(here.pids()[name] != before[name] for name in ("postgres", "nats", "gateway")))
    await here.until(
        lambda: len(here.said("child ready", "postgres")) == 2 and len(here.said("child ready", "nats")) == 2
    )
    await here.healthy()
    assert here.said("child ended", "gateway")[0]["why"] == "signal 9"
    await here.stop()


@pytest.mark.slow
async def test_a_killed_up_leaves_a_directory_that_starts_again(make: Callable[..., Installation]) -> None:
    first = make(BEHAVIOUR_GATEWAY="deaf", BEHAVIOUR_WEB="deaf", BEHAVIOUR_WORKER="litter")
    await first.start()
    pids = first.pids()
    assert first.process is not None
    first.process.kill()
    first.process.wait()
    # The deaf ones are still there, one on our port: the next start has to end them.
    assert psutil.pid_exists(pids["gateway"])
    await first.start()
    assert [name for name, pid in pids.items() if psutil.pid_exists(pid)] == []
    assert await first.stop() < 10


@pytest.mark.slow
async def test_a_child_that_does_not_listen_is_stopped_by_force(make: Callable[..., Installation]) -> None:
    here = make(BEHAVIOUR_WEB="deaf", BEHAVIOUR_WORKER="deaf", BEHAVIOUR_GATEWAY="deaf", BEHAVIOUR_REDIRECTOR="deaf")
    await here.start()
    pids = here.pids()
    assert await here.stop() < 10
    assert [name for name, pid in pids.items() if psutil.pid_exists(pid)] == []


@pytest.mark.slow
async def test_a_second_up_on_the_same_directory_is_refused(make: Callable[..., Installation]) -> None:
    here = make()
    await here.start()
    second = here.launch()
    output, _ = await asyncio.to_thread(second.communicate, None, 20)
    assert second.returncode == 1
    assert f"process {here.process.pid}".encode() in output  # type: ignore[union-attr]
    assert b"--data-dir" in output
    await here.healthy()
    await here.stop()


async def test_a_port_in_use_is_named_with_its_option(make: Callable[..., Installation]) -> None:
    here = make()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", here.settings.links_port))
        taken.listen()
        process = here.launch()
        output, _ = await asyncio.to_thread(process.communicate, None, 20)
    assert process.returncode == 1
    assert str(here.settings.links_port).encode() in output
    assert b"--links-port" in output
