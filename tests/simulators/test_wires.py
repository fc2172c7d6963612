"""A faulty wire: what it carries, swallows, delays, cuts and refuses."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from simulators.wires.wire import FaultyWire, Way
from support.waiting import until

_SOON_S = 5.0


class _Echo:
    """A server that answers every line with itself, and knows what it got."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.ends: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                self.got.append(line)
                writer.write(line)
                await writer.drain()
            self.ends.append("closed")
        except ConnectionResetError:
            self.ends.append("reset")
        finally:
            writer.close()


@asynccontextmanager
async def _wired() -> AsyncIterator[tuple[_Echo, FaultyWire]]:
    echo = _Echo()
    server = await asyncio.start_server(echo.serve, "127.0.0.1", 0)
    async with FaultyWire(server.sockets[0].getsockname()[1]) as wire:
        yield echo, wire
    server.close()


async def _open(wire: FaultyWire) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", wire.port)


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: bytes) -> bytes:
    writer.write(line)
    async with asyncio.timeout(_SOON_S):
        return await reader.readline()


async def test_it_carries_both_ways_and_passes_the_end_on() -> None:
    async with _wired() as (echo, wire):
        reader, writer = await _open(wire)
        assert await _ask(reader, writer, b"hello\n") == b"hello\n"
        writer.close()
        await until(lambda: echo.ends == ["closed"])
        assert (wire.stats.octets_up, wire.stats.octets_down) == (6, 6)


@pytest.mark.parametrize("way", list(Way))
async def test_swallowed_bytes_vanish_without_an_end_and_only_the_far_end_is_told_later(way: Way) -> None:
    async with _wired() as (echo, wire):
        reader, writer = await _open(wire)
        assert await _ask(reader, writer, b"one\n") == b"one\n"
        # when bytes vanish
        wire.swallow(way)
        writer.write(b"two\n")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.readline(), 0.3)
        # then nobody was told, and the far end got them where only answers vanish
        assert echo.got == ([b"one\n", b"two\n"] if way is Way.DOWN else [b"one\n"])
        assert echo.ends == []
        # and when it is over, the old connection stays lost, and a new one works
        wire.heal()
        await until(lambda: bool(echo.ends))
        fresh = await _open(wire)
        assert await _ask(*fresh, b"three\n") == b"three\n"
        writer.close()
        fresh[1].close()


async def test_delay_keeps_the_order() -> None:
    async with _wired() as (_, wire):
        reader, writer = await _open(wire)
        wire.delay_s = 0.15
        began = time.monotonic()
        writer.write(b"one\n")
        await writer.drain()
        await until(lambda: wire.stats.octets_up == 4)
        wire.delay_s = 0.0
        writer.write(b"two\n")
        async with asyncio.timeout(_SOON_S):
            assert [await reader.readline(), await reader.readline()] == [b"one\n", b"two\n"]
        assert time.monotonic() - began >= 0.15
        writer.close()


async def test_a_cut_inside_bytes_delivers_the_half_of_them() -> None:
    async with _wired() as (_, wire):
        reader, writer = await _open(wire)
        await _ask(reader, writer, b"whole\n")
        wire.cut(inside=Way.DOWN)
        assert await _ask(reader, writer, b"12345678\n") == b"1234"
        assert await reader.read() == b""
        writer.close()


async def test_reset_and_refuse_are_heard_as_such() -> None:
    async with _wired() as (echo, wire):
        reader, writer = await _open(wire)
        await _ask(reader, writer, b"one\n")
        wire.reset()
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(reader.readline(), _SOON_S)
        await until(lambda: echo.ends == ["reset"])
        wire.refuse()
        reader, other = await _open(wire)
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(reader.readline(), _SOON_S)
        wire.heal()
        fresh = await _open(wire)
        assert await _ask(*fresh, b"two\n") == b"two\n"
        for one in (writer, other, fresh[1]):
            one.close()
