"""Outgoing HTTP over real sockets: bounded, and closed to private networks at connect time."""

import asyncio
import gzip
import socket
import threading
import tracemalloc
from collections.abc import AsyncIterator

import pytest

from hongyan.kernel.http import client as client_module
from hongyan.kernel.http.client import (
    OutgoingError,
    OutgoingHttp,
    ResponseTooLarge,
    TargetRefused,
    TargetTimeout,
    TargetUnreachable,
)

_PACKED = {
    "/packed": gzip.compress(b"hello"),
    "/bomb": gzip.compress(bytes(50_000_000)),
    "/no-gzip": b"this is no gzip",
}


class Server:
    """Answers each path in its own way; counts connections and remembers requests."""

    def __init__(self) -> None:
        self.connections = 0
        self.requests: list[bytes] = []
        self.port = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(
                    (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
                )
                self.requests.append(head + await reader.readexactly(length))
                path = head.split(b" ")[1].decode()
                if path == "/silent":
                    await reader.read()
                    return
                if path == "/broken":
                    return
                writer.write(self.answer(path))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def answer(self, path: str) -> bytes:
        if path.startswith("/to/"):
            return b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % path[4:].encode()
        if path == "/endless":
            return b"HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n" + b"x" * 5_000_000
        if path in _PACKED:
            head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
            return head % len(_PACKED[path]) + _PACKED[path]
        body = b"hello"
        return b"HTTP/1.1 201 Created\r\nX-Kind: Test\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    listener = await asyncio.start_server(made.handle, "127.0.0.1", 0)
    made.port = listener.sockets[0].getsockname()[1]
    yield made
    listener.close()
    await listener.wait_closed()


@pytest.fixture
async def inside() -> AsyncIterator[OutgoingHttp]:
    made = OutgoingHttp(allow_private_targets=True)
    yield made
    await made.close()


@pytest.fixture
async def outside() -> AsyncIterator[OutgoingHttp]:
    made = OutgoingHttp()
    yield made
    await made.close()


async def test_a_request_and_its_answer(server: Server, inside: OutgoingHttp) -> None:
    url = f"http://127.0.0.1:{server.port}/hook"
    for _ in range(2):
        answer = await inside.request("POST", url, headers={"X-Sign": "1"}, body=b'{"a":1}')
        assert (answer.status, answer.body, answer.headers["x-kind"]) == (201, b"hello", "Test")
    assert server.requests[0].startswith(b"POST /hook HTTP/1.1\r\n")
    assert b"x-sign: 1" in server.requests[0].lower()
    assert server.requests[0].endswith(b'{"a":1}')
    assert server.connections == 1


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "127.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"]
)
async def test_every_spelling_of_loopback_is_refused_without_a_connection(
    server: Server, outside: OutgoingHttp, host: str
) -> None:
    with pytest.raises((TargetRefused, TargetUnreachable)):
        await outside.request("GET", f"http://{host}:{server.port}/", timeout_s=5)
    assert server.connections == 0


async def test_a_name_that_also_leads_inside_is_refused(
    server: Server, outside: OutgoingHttp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["93.184.216.34", "127.0.0.1"]

    monkeypatch.setattr(client_module, "_resolve", resolve)
    with pytest.raises(TargetRefused) as caught:
        await outside.request("GET", f"http://rebinding.test:{server.port}/")
    assert not caught.value.retryable
    assert server.connections == 0


async def test_the_address_that_was_judged_is_the_one_connected_to(
    server: Server, inside: OutgoingHttp, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    monkeypatch.setattr(client_module, "_resolve", resolve)
    await inside.request("GET", f"http://hook.test:{server.port}/")
    assert asked == ["hook.test"]
    assert b"host: hook.test" in server.requests[0].lower()


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://example.com/", "http://", "gopher://127.0.0.1/", "http:///x"]
)
async def test_other_schemes_are_refused(outside: OutgoingHttp, url: str) -> None:
    with pytest.raises(OutgoingError) as caught:
        await outside.request("GET", url)
    assert isinstance(caught.value, TargetRefused | TargetUnreachable)


@pytest.mark.parametrize(
    ("path", "error"), [("silent", TargetTimeout), ("broken", TargetUnreachable), ("endless", ResponseTooLarge)]
)
async def test_bad_servers_become_typed_errors(
    server: Server, inside: OutgoingHttp, path: str, error: type[OutgoingError]
) -> None:
    with pytest.raises(error) as caught:
        await inside.request("GET", f"http://127.0.0.1:{server.port}/{path}", timeout_s=1)
    assert str(server.port) in caught.value.text("en")
    assert "127.0.0.1" in caught.value.text("zh-CN")


@pytest.mark.parametrize(("path", "body"), [("endless", b"x" * 100), ("bomb", bytes(100)), ("short", b"hello")])
async def test_who_wants_the_status_has_long_bodies_cut(
    server: Server, inside: OutgoingHttp, path: str, body: bytes
) -> None:
    url = f"http://127.0.0.1:{server.port}/{path}"
    for _ in range(2):
        answer = await inside.request("POST", url, body=b"{}", max_response_bytes=100, cuts=True)
        assert (answer.status // 100, answer.body) == (2, body)
    assert server.connections == (1 if path == "short" else 2), "what is left unread goes with its connection"


async def test_nobody_there_is_unreachable(inside: OutgoingHttp) -> None:
    with pytest.raises(TargetUnreachable):
        await inside.request("GET", "http://127.0.0.1:1/")


async def test_a_redirect_is_an_answer_unless_asked_to_follow(server: Server, inside: OutgoingHttp) -> None:
    url = f"http://127.0.0.1:{server.port}/to//there"
    assert (await inside.request("GET", url)).status == 302
    assert (await inside.request("GET", url, max_redirects=2)).status == 201
    assert (await inside.request("POST", url, max_redirects=2)).status == 302
    looped = f"http://127.0.0.1:{server.port}/to//to//to//to//there"
    assert (await inside.request("GET", looped, max_redirects=1)).status == 302


async def test_a_packed_answer_is_unpacked_within_bounds(server: Server, inside: OutgoingHttp) -> None:
    assert (await inside.request("GET", f"http://127.0.0.1:{server.port}/packed")).body == b"hello"
    assert b"accept-encoding: identity" in server.requests[0].lower()
    tracemalloc.start()
    try:
        with pytest.raises(ResponseTooLarge):
            await inside.request("GET", f"http://127.0.0.1:{server.port}/bomb", max_response_bytes=100_000)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


async def test_an_answer_that_lies_about_its_packing_is_an_answer(server: Server, inside: OutgoingHttp) -> None:
    answer = await inside.request("POST", f"http://127.0.0.1:{server.port}/no-gzip", body=b"{}")
    assert (answer.status, answer.body) == (200, b"this is no gzip")


async def test_a_port_that_is_none_is_refused(server: Server, inside: OutgoingHttp) -> None:
    with pytest.raises(TargetRefused):
        await inside.request("GET", f"http://127.0.0.1:{server.port + 65_536}/")
    assert server.connections == 0


async def test_names_that_nobody_resolves_keep_no_thread_of_files(
    outside: OutgoingHttp, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = threading.Event()

    def resolve(host: str, port: int, **_: object) -> list[object]:
        answered.wait(10)
        raise socket.gaierror(socket.EAI_AGAIN, "no answer")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    checks = [asyncio.create_task(outside.check(f"http://n{number}.invalid/")) for number in range(20)]
    checks += [asyncio.create_task(_seen(outside, f"n{number}.invalid")) for number in range(20)]
    await asyncio.sleep(0)
    try:
        async with asyncio.timeout(1):
            assert await asyncio.to_thread(str, "a file") == "a file"
    finally:
        answered.set()
        await asyncio.gather(*checks)


async def _seen(http: OutgoingHttp, host: str) -> None:
    with pytest.raises(TargetUnreachable):
        await http.look_up(host, 60)


async def test_a_name_is_looked_up_and_a_silent_server_is_not_waited_for(
    outside: OutgoingHttp, monkeypatch: pytest.MonkeyPatch
) -> None:
    await outside.look_up("localhost")
    answered = threading.Event()

    def resolve(host: str, port: int, **_: object) -> list[object]:
        answered.wait(10)
        raise socket.gaierror(socket.EAI_AGAIN, "no answer")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    try:
        with pytest.raises(TargetTimeout):
            await outside.look_up("silent.invalid", 0.05)
    finally:
        answered.set()
