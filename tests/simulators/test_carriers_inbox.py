"""The phones behind the carriers: the inbox in memory, its HTTP server, the timer wheel, the command line."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from simulators.carriers.inbox import Inbox
from simulators.carriers.inbox_http import InboxServer
from simulators.carriers.wheel import TimerWheel

WAIT_S = 20
ROOT = Path(__file__).parents[2]


async def ask(port: int, request: str, body: str = "") -> tuple[int, dict[str, str], Any]:
    """Return (status, headers, JSON)."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    payload = body.encode()
    writer.write(f"{request} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(payload)}\r\n\r\n".encode() + payload)
    answer = await asyncio.wait_for(reader.read(), WAIT_S)
    writer.close()
    await writer.wait_closed()
    head, _, content = answer.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:])
    return int(lines[0].split()[1]), headers, json.loads(content) if content else None


class Site:
    def __init__(self) -> None:
        self.inbox = Inbox()
        self.uplinks: list[tuple[str, str, str]] = []
        self.is_connected = True
        self.server = InboxServer(self.inbox, self.send_mo, lambda: [{"carrier": "mobile"}])

    def send_mo(self, sender: str, access_number: str, text: str) -> bool:
        self.uplinks.append((sender, access_number, text))
        return self.is_connected


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    await site.server.listen("127.0.0.1", 0)
    yield site
    await site.server.close()
    assert site.server.port == 0


def put(inbox: Inbox, number: str, text: str = "你好") -> None:
    inbox.put(number, "10690001", text, "2026-11-22T00:00:00.000+00:00", 1)


def test_a_phone_keeps_its_last_fifty() -> None:
    inbox = Inbox()
    for index in range(60):
        put(inbox, "1", str(index))
    assert [message.text for message in inbox.list_messages("1")] == [str(index) for index in range(10, 60)]


def test_the_last_twenty_thousand_numbers_are_kept() -> None:
    inbox = Inbox()
    for index in range(20_001):
        put(inbox, str(index))
    put(inbox, "5")
    assert inbox.list_messages("0") == []
    assert inbox.list_numbers(3) == ["5", "20000", "19999"]


async def test_a_watcher_that_does_not_read_is_not_waited_for() -> None:
    inbox = Inbox()
    with inbox.listen("1") as news, inbox.listen("1") as second:
        for _ in range(150):
            put(inbox, "1")
        assert news.qsize() == second.qsize() == 100
    put(inbox, "1")
    assert news.qsize() == 100


async def test_the_inbox_of_a_number(site: Site) -> None:
    put(site.inbox, "13800000000")
    status, headers, answer = await ask(site.server.port, "GET /inbox/13800000000")
    assert status == 200
    assert headers["access-control-allow-origin"] == "*"
    assert answer == {
        "number": "13800000000",
        "messages": [
            {
                "id": 1,
                "src_id": "10690001",
                "text": "你好",
                "received_at": "2026-11-22T00:00:00.000+00:00",
                "parts": 1,
            }
        ],
    }
    assert (await ask(site.server.port, "GET /inbox/1"))[2] == {"number": "1", "messages": []}


async def test_numbers_stats_and_health(site: Site) -> None:
    put(site.inbox, "1")
    put(site.inbox, "2")
    assert (await ask(site.server.port, "GET /numbers"))[2] == {"numbers": ["2", "1"]}
    assert (await ask(site.server.port, "GET /numbers?limit=1"))[2] == {"numbers": ["2"]}
    assert (await ask(site.server.port, "GET /numbers?limit=-1"))[2] == {"numbers": []}
    assert (await ask(site.server.port, "GET /stats"))[2] == {"carriers": [{"carrier": "mobile"}]}
    assert (await ask(site.server.port, "GET /healthz"))[2] == {"status": "ok"}


async def test_an_uplink_is_handed_over(site: Site) -> None:
    body = json.dumps({"from": "13800000000", "to": "10690001", "text": "退订"})
    assert (await ask(site.server.port, "POST /mo", body))[0] == 202
    assert site.uplinks == [("13800000000", "10690001", "退订")]
    site.is_connected = False
    assert (await ask(site.server.port, "POST /mo", body))[0] == 409


@pytest.mark.parametrize(
    ("request_line", "body", "status"),
    [
        ("POST /mo", "{", 400),
        ("POST /mo", "[]", 400),
        ("POST /mo", '{"from": 1, "to": "2", "text": "x"}', 400),
        ("POST /mo", "x" * 70_000, 400),
        ("GET /numbers?limit=x", "", 400),
        ("GARBAGE", "", 400),
        ("GET /elsewhere", "", 404),
        ("DELETE /mo", "", 404),
        ("OPTIONS /mo", "", 204),
    ],
)
async def test_odd_requests(site: Site, request_line: str, body: str, status: int) -> None:
    line = request_line if " " in request_line else request_line + " x y"
    assert (await ask(site.server.port, line, body))[0] == status


async def test_a_visitor_that_leaves_early_harms_nobody(site: Site) -> None:
    _reader, writer = await asyncio.open_connection("127.0.0.1", site.server.port)
    writer.write(b"GET /inbox/1 HT")
    writer.close()
    await writer.wait_closed()
    assert (await ask(site.server.port, "GET /healthz"))[0] == 200


async def test_news_are_streamed_and_end_with_the_server(site: Site) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", site.server.port)
    writer.write(b"GET /events/13800000000 HTTP/1.1\r\n\r\n")
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), WAIT_S)
    assert b"text/event-stream" in head
    put(site.inbox, "13800000001")
    put(site.inbox, "13800000000", "新")
    event = (await asyncio.wait_for(reader.readuntil(b"\n\n"), WAIT_S)).decode()
    assert event.startswith("id: 2\ndata: ")
    assert json.loads(event.split("data: ")[1])["text"] == "新"
    await site.server.close()
    assert await asyncio.wait_for(reader.read(), WAIT_S) == b""
    writer.close()
    await writer.wait_closed()


async def test_the_wheel_calls_in_order_and_once_per_batch() -> None:
    done, calls, batches = asyncio.Event(), list[int](), list[int]()
    wheel = TimerWheel(lambda: batches.append(len(calls)))
    for delay_ms in (30, 10, 20, 10):
        wheel.add(delay_ms / 1000, calls.append, delay_ms)
    wheel.add(0.04, lambda _: done.set(), None)
    assert len(wheel) == 5
    await asyncio.wait_for(done.wait(), WAIT_S)
    assert calls == [10, 10, 20, 30]
    assert len(wheel) == 0
    assert len(batches) <= 4
    wheel.add(0.0, calls.append, 99)
    wheel.close()
    assert len(wheel) == 0


async def test_the_command_serves_several_carriers_with_one_inbox() -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "simulators.carriers",
        *("--carrier", "mobile,unicom", "--port", "0,0", "--inbox-port", "0", "--report-after-ms", "5"),
        env={**os.environ, "PYTHONPATH": str(ROOT / "tools")},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert child.stdout is not None
        ready = json.loads(await asyncio.wait_for(child.stdout.readline(), WAIT_S))
        assert len(set(ready["ports"])) == 2
        carriers = (await ask(ready["inbox_port"], "GET /stats"))[2]["carriers"]
        assert [(one["carrier"], one["port"]) for one in carriers] == list(
            zip(["mobile", "unicom"], ready["ports"], strict=True)
        )
        child.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(child.wait(), WAIT_S) == 0
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (["--port", "1", "--carrier", "ours"], "ours unknown"),
        (["--port", "1,2"], "one number for each carrier"),
        (["--port", "x"], "one number for each carrier"),
        ([], "--port"),
    ],
)
async def test_wrong_options_are_named(options: list[str], error: str) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "simulators.carriers",
        *options,
        env={**os.environ, "PYTHONPATH": str(ROOT / "tools")},
        stderr=asyncio.subprocess.PIPE,
    )
    _output, errors = await asyncio.wait_for(child.communicate(), WAIT_S)
    assert child.returncode == 2
    assert error in errors.decode()


def test_a_number_is_the_same_phone_with_and_without_its_country_code() -> None:
    inbox = Inbox()
    inbox.put("13800138000", "1069001", "first", "2026-11-20T10:00:00+00:00", 1)
    inbox.put("8613800138000", "1069001", "second", "2026-11-20T10:00:01+00:00", 1)
    for spelling in ("13800138000", "8613800138000"):
        assert [message.text for message in inbox.list_messages(spelling)] == ["first", "second"]
    assert inbox.list_numbers(10) == ["8613800138000"]
