"""A whole installation for journeys: ``hongyan up --demo`` as its operator starts it, used through public doors only."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from rustpy_xlsxwriter import write_worksheet

from hongyan.run.client import ApiClient
from hongyan.run.ports import free_ports as choose_ports

_KEPT = ("HONGYAN_QUIET_PORTS",)
"""What an installation may take over from the tests around it."""
_START_S = 120.0
_STOP_S = 20.0
HONGYAN = Path(sys.executable).with_name("hongyan")


@dataclass
class Installation:
    """A running installation and what its operator knows of it."""

    data_dir: Path
    port: int
    links_port: int
    process: subprocess.Popen[bytes]
    env: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    """``HONGYAN_…`` variables beyond the defaults."""

    @property
    def url(self) -> str:
        """Address of console and API."""
        return f"http://127.0.0.1:{self.port}"

    def api(self) -> ApiClient:
        """Return a signed client of the demo tenant."""
        env = self.env
        return ApiClient(
            env["HONGYAN_ENDPOINT"], project_id=env["HONGYAN_PROJECT_ID"], ak=env["HONGYAN_AK"], sk=env["HONGYAN_SK"]
        )

    def child(self, name: str) -> psutil.Process:
        """Return the process that shows as ``hongyan NAME``."""
        for child in psutil.Process(self.process.pid).children(recursive=True):
            try:
                if " ".join(child.cmdline()).startswith(f"hongyan {name}"):
                    return child
            except psutil.Error:
                continue
        raise LookupError(name)

    def log(self) -> str:
        """Return the end of the combined log."""
        file = self.data_dir / "log" / "hongyan.log"
        return file.read_text()[-20_000:] if file.exists() else ""

    def wait_healthy(self, timeout_s: float = _START_S) -> None:
        """Return when ``/healthz`` says ok."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                pytest.fail(f"hongyan up ended with {self.process.returncode}\n{self.log()}")
            try:
                if httpx.get(f"{self.url}/healthz", timeout=2, trust_env=False).json() == {"status": "ok"}:
                    return
            except (httpx.HTTPError, ValueError):
                pass
            time.sleep(0.1)
        pytest.fail(f"not healthy after {timeout_s} s\n{self.log()}")

    def start(self) -> None:
        """Start ``hongyan up --demo`` (again)."""
        command = [str(HONGYAN), "up", "--demo", "--data-dir", str(self.data_dir)]
        command += ["--port", str(self.port), "--links-port", str(self.links_port)]
        clean = {key: value for key, value in os.environ.items() if not key.startswith("HONGYAN_") or key in _KEPT}
        with (self.data_dir / "up.out").open("ab") as out:
            self.process = subprocess.Popen(
                command, stdout=out, stderr=out, env=clean | self.settings, start_new_session=True
            )
        self.wait_healthy()
        lines = (self.data_dir / "demo.env").read_text().splitlines()
        self.env = dict(line.split("=", 1) for line in lines)

    def stop(self) -> float:
        """Stop with SIGTERM; returns how long it took in seconds."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise
        return time.monotonic() - started

    def hongyan(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of ours as an operator would, with ``demo.env`` in the environment."""
        env = {**os.environ, **self.env, "HONGYAN_DATA_DIR": str(self.data_dir)}
        return subprocess.run(
            [str(HONGYAN), *arguments], env=env, capture_output=True, text=True, timeout=300, check=False
        )

    def send(self, file: Path, *arguments: str) -> dict[str, Any]:
        """Run ``hongyan send`` on a file with the demo's card and template; returns the task as it ended."""
        done = self.hongyan(
            "send",
            *("--file", str(file), "--card", self.env["HONGYAN_CARD"]),
            *("--sms-template", self.env["HONGYAN_SMS_TEMPLATE"], "--json", *arguments),
        )
        assert done.returncode == 0, done.stdout + done.stderr + self.log()
        document: dict[str, Any] = json.loads(done.stdout)
        return document

    def phone_page(self, number: str) -> str:
        """Return the page of a virtual handset; looking at it lets the handset fetch and draw its cards."""
        answer = httpx.get(f"{self.env['HONGYAN_HANDSET_URL']}/phone/{number}", trust_env=False, timeout=20)
        assert answer.status_code == 200
        return answer.text

    def tap(self, path: str, *, method: str = "GET", language: str = "zh-CN") -> httpx.Response:
        """Open a path of the links port as a browser would, without following redirects."""
        headers = {"accept-language": language}
        return httpx.request(method, self.env["HONGYAN_LINKS"] + path, headers=headers, trust_env=False, timeout=20)

    def uplink(self, number: str, to: str, text: str) -> None:
        """Let a phone answer: the carrier's simulator hands the text to whoever is connected."""
        ports = json.loads((self.data_dir / "demo-ports.json").read_text())
        body = {"from": number, "to": to, "text": text}
        httpx.post(f"http://127.0.0.1:{ports['inbox']}/mo", json=body, trust_env=False).raise_for_status()

    def inbox(self, phone: str) -> list[dict[str, Any]]:
        """Return the SMS that a phone has received, from the carriers' simulator."""
        ports = json.loads((self.data_dir / "demo-ports.json").read_text())
        answer = httpx.get(f"http://127.0.0.1:{ports['inbox']}/inbox/{phone}", trust_env=False)
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages

    def video_inbox(self, phone: str) -> list[dict[str, Any]]:
        """Return the video messages that a phone has received, from the MMS centres' simulator."""
        answer = httpx.get(f"{self.env['HONGYAN_MMSC_URL']}/inbox/{phone}", trust_env=False)
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages

    def video_reply(self, number: str, to: str, text: str) -> None:
        """Let a phone answer a video message."""
        body = {"from": number, "to": to, "text": text}
        httpx.post(f"{self.env['HONGYAN_MMSC_URL']}/mo", json=body, trust_env=False).raise_for_status()


def free_ports(count: int) -> list[int]:
    """Return free loopback ports, all different."""
    return list(choose_ports([str(number) for number in range(count)]).values())


@contextmanager
def running_installation(settings: dict[str, str] | None = None) -> Iterator[Installation]:
    """Yield a fresh installation with the demo tenant; stop it and remove its data afterwards."""
    with tempfile.TemporaryDirectory(prefix="hongyan-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        port, links_port = free_ports(2)
        installation = Installation(Path(folder), port, links_port, subprocess.Popen(["true"]), settings=settings or {})
        installation.process.wait()
        try:
            installation.start()
            yield installation
        finally:
            if installation.process.poll() is None:
                installation.stop()


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    """One installation for all journeys that leave it standing."""
    with running_installation() as running:
        yield running


def write_numbers(path: Path, phones: list[str], **columns: list[str]) -> Path:
    """Write an xlsx with a header 手机号码 and one column per keyword."""
    rows = [
        {"手机号码": phone, **{name: values[i] for name, values in columns.items()}} for i, phone in enumerate(phones)
    ]
    write_worksheet(rows, str(path), sheet_name="Sheet1")
    return path


@asynccontextmanager
async def api_of(installation: Installation) -> AsyncIterator[ApiClient]:
    """Yield a connected client."""
    async with installation.api() as client:
        yield client


async def until(what: str, holds: Any, timeout_s: float = 30.0) -> Any:
    """Poll ``holds`` (an async function) until it returns something true; return that."""
    deadline = time.monotonic() + timeout_s
    while True:
        found = await holds()
        if found:
            return found
        assert time.monotonic() < deadline, f"waited {timeout_s} s in vain until {what}"
        await asyncio.sleep(0.1)
