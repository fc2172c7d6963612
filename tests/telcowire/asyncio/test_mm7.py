"""Both ends of an HTTP connection: kept connections, silence, refusals, crowds, and what has left when it breaks."""

import asyncio
from collections.abc import Callable

import pytest

from support.waiting import until
from telcowire.asyncio.mm7 import Answer, Mm7Client, Mm7Server
from telcowire.errors import RemoteProtocolError
from telcowire.mm7.http import HttpMessage, write_post

WAIT_S = 10
POST = write_post("h", "/mm7", "text/xml", b"<x/>")


def echoing(seen: list[HttpMessage]) -> Callable[[HttpMessage, str], "asyncio.Future[Answer | None]"]:
    async def handle(message: HttpMessage, peer: str) -> Answer | None:
        assert peer == "127.0.0.1"
        seen.append(message)
        return None if message.body == b"hang up" else Answer(200, "text/xml", message.body)

    return lambda message, peer: asyncio.ensure_future(handle(message, peer))


async def test_connections_are_kept_and_renewed() -> None:
    seen: list[HttpMessage] = []
    async with Mm7Server(echoing(seen)) as server:
        client = Mm7Client("127.0.0.1", server.port)
        first = await client.connect()
        assert (await first.exchange(POST, WAIT_S)).body == b"<x/>"
        client.release(first)
        again = await client.connect()
        assert again is first
        client.release(again)
        impatient = Mm7Client("127.0.0.1", server.port, idle_s=0.0)
        impatient.release(await impatient.connect())
        other = await impatient.connect()
        assert (await other.exchange(POST, WAIT_S)).status == 200
        other.close()
        impatient.release(other)
        client.close()
        assert len(seen) == 2


async def test_a_connection_that_the_peer_closed_is_not_used() -> None:
    server = Mm7Server(echoing([]))
    await server.listen()
    client = Mm7Client("127.0.0.1", server.port)
    kept = await client.connect()
    await kept.exchange(POST, WAIT_S)
    client.release(kept)
    await server.close()
    await until(lambda: not kept.is_fresh)
    with pytest.raises(OSError, match="Connect"):
        await client.connect()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", ConnectionResetError),
        (b"SMTP ready\r\n\r\n", RemoteProtocolError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n1", RemoteProtocolError),
    ],
)
async def test_what_breaks_after_the_request(answer: bytes, error: type[Exception]) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(len(POST))
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        client = Mm7Client("127.0.0.1", server.sockets[0].getsockname()[1])
        connection = await client.connect()
        with pytest.raises(error):
            await connection.exchange(POST, WAIT_S)
        assert not connection.is_fresh
        connection.close()


async def test_an_answer_that_does_not_come() -> None:
    async def wait(_message: HttpMessage, _peer: str) -> Answer | None:
        await asyncio.Event().wait()
        return None

    async with Mm7Server(wait) as server:
        connection = await Mm7Client("127.0.0.1", server.port).connect()
        with pytest.raises(TimeoutError):
            await connection.exchange(POST, 0.05)
        connection.close()


async def raw(port: int, data: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    answer = await asyncio.wait_for(reader.read(), WAIT_S)
    writer.close()
    await writer.wait_closed()
    return answer


async def test_what_a_listener_answers() -> None:
    seen: list[HttpMessage] = []
    async with Mm7Server(echoing(seen), max_body_octets=100, read_timeout_s=0.2) as server:
        port = server.port
        assert (await raw(port, b"nonsense\r\n\r\n")).startswith(b"HTTP/1.1 400 ")
        assert await raw(port, write_post("h", "/", "a/b", b"hang up")) == b""
        closing = b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx"
        assert (await raw(port, closing)).startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")
        assert await raw(port, b"POST / HTTP/1.1\r\n") == b""  # a caller that dawdles
        assert [message.body for message in seen] == [b"hang up", b"x"]


async def test_who_is_refused_is_refused_by_the_head() -> None:
    seen: list[HttpMessage] = []

    def refuse(message: HttpMessage, peer: str) -> Answer | None:
        assert (message.body, peer) in {(b"", "127.0.0.1"), (b"xyz", "127.0.0.1")}
        return None if message.headers.get("authorization") == "me" else Answer(401, realm="mm7")

    async with Mm7Server(echoing(seen), refuse=refuse) as server:
        for extra in (b"", b"Expect: 100-continue\r\n"):  # the body stays away
            head = b"POST / HTTP/1.1\r\n" + extra + b"Content-Length: 4000000\r\n\r\n"
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(head)
            assert (await asyncio.wait_for(reader.read(), WAIT_S)).startswith(b"HTTP/1.1 401 ")
            writer.close()
            await writer.wait_closed()
        big = await Mm7Client("127.0.0.1", server.port).connect()
        assert (await big.exchange(write_post("h", "/", "a/b", b"x" * 4_000_000), WAIT_S)).status == 401
        big.close()
        whole = await Mm7Client("127.0.0.1", server.port).connect()
        for authorization, status in (("", 401), ("me", 200)):
            answer = await whole.exchange(write_post("h", "/", "a/b", b"xyz", authorization), WAIT_S)
            assert answer.status == status
        whole.close()
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        known = b"POST / HTTP/1.1\r\nAuthorization: me\r\nExpect: 100-continue\r\nConnection: close\r\n"
        writer.write(known + b"Content-Length: 3\r\n\r\n")
        assert await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), WAIT_S) == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"xyz")
        assert (await asyncio.wait_for(reader.read(), WAIT_S)).startswith(b"HTTP/1.1 200 OK\r\n")
        writer.close()
        await writer.wait_closed()
    assert [message.body for message in seen] == [b"xyz", b"xyz"]


async def test_a_crowd_is_turned_away() -> None:
    async with Mm7Server(echoing([]), max_connections=1) as server:
        first = await Mm7Client("127.0.0.1", server.port).connect()
        await first.exchange(POST, WAIT_S)
        assert await raw(server.port, b"") == b""
        assert (await first.exchange(POST, WAIT_S)).status == 200
        first.close()
        assert server.port
    assert server.port == 0
