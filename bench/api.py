"""The API's sends, each accepted durably: how long a call takes, alone and at a rate, and how many go in a second.

``python bench/api.py [--seconds 20] [--rate 200]`` starts its own ``hongyan up --demo`` and prints one JSON object:

- ``messages_500``: ``/v1/aim/sms/messages`` with 500 numbers, one call after the other;
- ``messages_10_at_rate``: the same with 10 numbers, at a fixed rate whatever the answers do (open loop); a call's time
  counts from when it was due;
- ``messages_10_flat_out`` and ``send_tasks_10_flat_out``: 16 clients, each with the next call as soon as it can.

The clients run in a process of their own on the same machine; gateway, simulators and handsets do their work meanwhile.
"""

import argparse
import asyncio
import hashlib
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from hongyan.run.client import ApiClient
from support.installation import Installation, running_installation

_LARGE, _SMALL = 500, 10
_CLIENTS = 16
_WARM = 20
_NO_LIMITS = {"HONGYAN_API_RATE": "0", "HONGYAN_API_SEND_RATE": "0", "HONGYAN_API_PLACES": "1000"}


class Wire:
    """HTTP/1.1 with connections that stay, and nothing else: a client library would take as long as the server."""

    def __init__(self, endpoint: str) -> None:
        self._host, _, port = endpoint.removeprefix("http://").partition(":")
        self._port = int(port)
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def post(self, path: str, headers: dict[str, str], body: bytes) -> bytes:
        """Send a request and return the body of its answer, which must be 200."""
        lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        head = "\r\n".join([*lines, f"content-length: {len(body)}", "", ""])
        if self._idle:
            reader, writer = self._idle.pop()
        else:
            reader, writer = await asyncio.open_connection(self._host, self._port)
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in answer.split(b"\r\n")[1:] if line)
        content = await reader.readexactly(int(fields[b"content-length"]))
        if answer[9:12] != b"200":
            raise ValueError(answer[9:12] + content)
        self._idle.append((reader, writer))
        return content

    def close(self) -> None:
        """Close what is idle."""
        for _, writer in self._idle:
            writer.close()


class Caller:
    """Makes bodies of calls that differ, signs and sends them."""

    def __init__(self, env: dict[str, str], channel: dict[str, str]) -> None:
        self._env = env
        self._channel = channel
        self._next = 0
        self.api = ApiClient(
            env["HONGYAN_ENDPOINT"], project_id=env["HONGYAN_PROJECT_ID"], ak=env["HONGYAN_AK"], sk=env["HONGYAN_SK"]
        )
        self.wire = Wire(env["HONGYAN_ENDPOINT"])

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        content = msgspec.json.encode(body)
        digest = hashlib.sha256(content).hexdigest()
        headers = self.api._headers("POST", path, "", "application/json", digest)  # noqa: SLF001 - it is what signs
        answer: dict[str, Any] = msgspec.json.decode(await self.wire.post(path, headers, content))
        return answer

    def _phones(self, count: int) -> list[str]:
        first = self._next
        self._next += count
        return [f"139{(first + i) % 100_000_000:08d}" for i in range(count)]

    async def messages(self, count: int) -> None:
        """Send one text to ``count`` numbers."""
        body = {
            "template_id": self._channel["sms_tpl_id"],
            "to": self._phones(count),
            "template_params": ["王女士", "https://example.com/a"],
        }
        answer = await self._post("/v1/aim/sms/messages", body)
        if len(answer["result"]) != count:
            msg = f"{len(answer['result'])} results for {count} numbers"
            raise ValueError(msg)

    async def send_task(self, count: int) -> None:
        """Send a card with personal links to ``count`` numbers."""
        params = [{"cust_flag": phone, "sms_params": ["王女士"]} for phone in self._phones(count)]
        links = {"tpl_id": self._env["HONGYAN_CARD"], "resolve_times": 1, "aim_code_type": "individual"}
        body = {
            "task_name": f"bench {self._next}",
            "sms_channel": self._channel,
            "resolve_task": {**links, "expiration_time": 7, "params": params},
        }
        await self._post("/v1/aim/send-tasks", body)


async def one_by_one(call: Callable[[], Awaitable[None]], calls: int) -> dict[str, Any]:
    """Measure calls one after the other."""
    taken = []
    for _ in range(calls):
        started = time.perf_counter()
        await call()
        taken.append(time.perf_counter() - started)
    return {"calls": calls, "ms": spread(taken)}


async def at_rate(call: Callable[[], Awaitable[None]], rate: int, seconds: float) -> dict[str, Any]:
    """Measure calls at a fixed rate; their time counts from when they were due."""
    taken: list[float] = []
    begun = time.perf_counter()

    async def due(at: float) -> None:
        await call()
        taken.append(time.perf_counter() - at)

    async with asyncio.TaskGroup() as group:
        for number in range(int(rate * seconds)):
            at = begun + number / rate
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            group.create_task(due(at))
    whole = time.perf_counter() - begun
    return {"calls": len(taken), "asked_per_s": rate, "calls_per_s": round(len(taken) / whole, 1), "ms": spread(taken)}


async def flat_out(call: Callable[[], Awaitable[None]], seconds: float) -> dict[str, Any]:
    """Measure how many calls a second clients get that never rest."""
    taken: list[float] = []
    begun = time.perf_counter()

    async def client() -> None:
        while time.perf_counter() - begun < seconds:
            started = time.perf_counter()
            await call()
            taken.append(time.perf_counter() - started)

    await asyncio.gather(*(client() for _ in range(_CLIENTS)))
    whole = time.perf_counter() - begun
    return {
        "calls": len(taken),
        "clients": _CLIENTS,
        "calls_per_s": round(len(taken) / whole, 1),
        "ms": spread(taken),
    }


def spread(taken: list[float]) -> dict[str, float]:
    """Return median and 99th percentile in milliseconds."""
    return {"p50": round(median(taken) * 1000, 1), "p99": round(quantiles(taken, n=100)[98] * 1000, 1)}


async def channel_of(env: dict[str, str]) -> dict[str, str]:
    """Return the demo's app, signature, template and channel number."""
    caller = Caller(env, {})
    async with caller.api as api:
        rows = await api.call("GET", "/v1/sms/templates", query={"limit": "100"})
        template = next(row for row in rows["result"] if row["template_id"] == env["HONGYAN_SMS_TEMPLATE"])
        found = await api.call("GET", f"/v1/sms/signatures/{template['signature_id']}")
    return {
        "channel_number": found["channel_num"],
        "sms_tpl_id": template["template_id"],
        "sms_sign": found["signature_name"],
        "sms_app_name": template["app_name"],
    }


async def measure(env: dict[str, str], rate: int, seconds: float) -> dict[str, Any]:
    """Run all measurements, one after the other."""
    caller = Caller(env, await channel_of(env))
    async with caller.api:
        for _ in range(_WARM):
            await caller.messages(_SMALL)
        found = {"messages_500": await one_by_one(lambda: caller.messages(_LARGE), 40)}
        found["messages_10_at_rate"] = await at_rate(lambda: caller.messages(_SMALL), rate, seconds)
        found["messages_10_flat_out"] = await flat_out(lambda: caller.messages(_SMALL), seconds / 2)
        found["send_tasks_10_flat_out"] = await flat_out(lambda: caller.send_task(_SMALL), seconds / 2)
        caller.wire.close()
    return found


def run_clients(installation: Installation, rate: int, seconds: float) -> dict[str, Any]:
    """Run the clients in a process of their own."""
    command = [sys.executable, __file__, "--clients-only", "--rate", str(rate), "--seconds", str(seconds)]
    done = subprocess.run(
        command, env={**os.environ, **installation.env}, stdout=subprocess.PIPE, check=True, timeout=600
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    """Run once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--clients-only", action="store_true", help="against the installation of the environment")
    options = parser.parse_args()
    if options.clients_only:
        print(json.dumps(asyncio.run(measure(dict(os.environ), options.rate, options.seconds))))
        return
    # Its own limits must not be what is measured.
    with running_installation(_NO_LIMITS) as installation:
        found = run_clients(installation, options.rate, options.seconds)
    head = {
        "what": "the API's sends",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
    }
    print(json.dumps(head | found))


if __name__ == "__main__":
    main()
