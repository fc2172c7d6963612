"""Killing an installation's processes with SIGKILL, and counting what became of a send afterwards."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from support.doors import Console
from support.installation import Installation
from support.outside_carrier import OutsideCarrier

OURS = ("worker", "gateway", "web", "redirector")
SERVERS = {"postgres": "postgres", "nats": "nats-server"}
EVERYTHING = "everything"
STILL_TO_SEND = ("held", "queued", "attempted")
SPAN, SPANS_PER_CONNECTION = 64, 2


def find_process(installation: Installation, name: str) -> psutil.Process:
    """Return one child of ``hongyan up`` by the name people know it by."""
    if name in OURS:
        return installation.child(name)
    for child in psutil.Process(installation.process.pid).children():
        if child.name() == SERVERS[name]:
            return child
    raise LookupError(name)


def kill(installation: Installation, name: str) -> None:
    """Kill one process, or everything with ``hongyan up`` itself, as a power cut does: nobody gets a last word."""
    if name != EVERYTHING:
        find_process(installation, name).kill()
        return
    up = psutil.Process(installation.process.pid)
    up.suspend()  # it must not start again what is killed, nor its death tell the children to stop politely
    family = up.children(recursive=True)
    for process in (*family, up):
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    installation.process.wait()
    psutil.wait_procs(family, timeout=10)


def recover(installation: Installation, name: str) -> float:
    """Bring a killed installation back, or wait until it has healed itself; returns the seconds it took."""
    started = time.monotonic()
    if name == EVERYTHING:
        installation.start()
    else:
        installation.wait_healthy()
    return time.monotonic() - started


def move_to(installation: Installation, carrier: OutsideCarrier, *, connections: int, rate: str | None = None) -> None:
    """Make the outside carrier the only channel."""
    for name in ("demo-mobile", "demo-unicom", "demo-telecom"):
        done = installation.hongyan("channel", "disable", name)
        assert done.returncode == 0, done.stdout + done.stderr
    options = ["--window", "64", "--connections", str(connections), *(["--rate", rate] if rate else [])]
    login = ["--account", "901234", "--secret", "shared", "--src", "10690000"]
    done = installation.hongyan(
        *("channel", "add", "outside", "--protocol", "cmpp30", "--host", "127.0.0.1"),
        *("--port", str(carrier.port), *login, *options),
    )
    assert done.returncode == 0, done.stdout + done.stderr


def write_csv(path: Path, phones: Sequence[str]) -> Path:
    """Write a number file with a salutation for everybody."""
    path.write_text("手机号码,称呼\n" + "".join(f"{phone},客户\n" for phone in phones), encoding="utf-8-sig")
    return path


def numbers(start: int, count: int) -> list[str]:
    """Return different mobile numbers."""
    return [str(start + n) for n in range(count)]


class Watcher:
    """Asks the console about a task, also while half of the installation is away."""

    def __init__(self, installation: Installation) -> None:
        """Sign in as the tenant's administrator."""
        self._installation = installation
        env = installation.env
        self._console = Console(installation.url, env["HONGYAN_TENANT_USER"], env["HONGYAN_TENANT_PASSWORD"])

    def send(self, file: Path, *arguments: str) -> str:
        """Start a send by ``hongyan send`` without waiting for its end; returns the task's id."""
        env = self._installation.env
        done = self._installation.hongyan(
            *("send", "--file", str(file), "--card", env["HONGYAN_CARD"]),
            *("--sms-template", env["HONGYAN_SMS_TEMPLATE"], "--fallback", "sms", "--no-wait", "--json", *arguments),
        )
        assert done.returncode == 0, done.stdout + done.stderr + self._installation.log()
        return str(json.loads(done.stdout)["task_id"])

    def task(self, task_id: str) -> dict[str, Any] | None:
        """Return the task, or nothing while the doors are closed."""
        try:
            answer = self._console.ask("GET", f"/send-tasks/{task_id}")
            return answer.json() if answer.status_code == httpx.codes.OK else None
        except (httpx.TransportError, ValueError):
            return None

    def act(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Do something as that person."""
        return self._console.act(method, path, body)

    def until(self, what: str, task_id: str, holds: Any, timeout_s: float) -> dict[str, Any]:
        """Poll the task until ``holds(task)``; return it."""
        deadline, last = time.monotonic() + timeout_s, None
        while time.monotonic() < deadline:
            last = self.task(task_id) or last
            if last is not None and holds(last):
                return last
            time.sleep(0.1)
        pytest.fail(f"waited {timeout_s} s in vain until {what}: {last}\n{self._installation.log()}")

    def until_sent(self, task_id: str, total: int, timeout_s: float) -> dict[str, Any]:
        """Return the task as soon as every recipient is written and nothing is still to be sent."""

        def is_sent(task: dict[str, Any]) -> bool:
            states = task["states"]
            return sum(states.values()) == total and not any(states.get(state) for state in STILL_TO_SEND)

        return self.until("all are sent", task_id, is_sent, timeout_s)


def assert_books_add_up(installation: Installation) -> None:
    """Let the doctor compare counters with rows, and look at the rest."""
    done = installation.hongyan("doctor", "--json")
    bad = [check for check in json.loads(done.stdout) if check["level"] != "ok"]
    assert not [check for check in bad if check["level"] == "fail"], bad
