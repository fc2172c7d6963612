"""One faulty wire: what connects to its port is carried to the other end, as well or as badly as it is told.

Half-open means what it says: bytes vanish, nobody hears a FIN or an RST, and a connection that lost bytes never gets
well again; when the fault ends, only one end is told (as its kernel's retransmissions would tell it).
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Awaitable
from dataclasses import dataclass
from enum import Enum
from typing import Final, Self

_CHUNK: Final = 65_536
_LINGER_RST: Final = struct.pack("ii", 1, 0)


class Way(Enum):
    """Which bytes a fault is about."""

    UP = "up"
    """From the one that connected to the other end."""
    DOWN = "down"
    BOTH = "both"


@dataclass(slots=True)
class WireStats:
    """What has passed since the start."""

    connections: int = 0
    octets_up: int = 0
    octets_down: int = 0
    octets_swallowed: int = 0
    refused: int = 0


class _Connection:
    """One carried connection: two sockets, two pumps."""

    def __init__(self, wire: "FaultyWire", near: asyncio.StreamWriter, far: asyncio.StreamWriter) -> None:
        self._wire = wire
        self.near = near
        self.far = far
        self.holes: set[Way] = set()
        """Directions whose bytes vanish, for ever."""
        self.cut_at: Way | None = None
        """Cut inside the next bytes of this direction."""

    async def pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way) -> None:
        """Carry one direction until its end."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while data := await reader.read(_CHUNK):
            stats = self._wire.stats
            if way in self.holes:
                stats.octets_swallowed += len(data)
                continue
            if self.cut_at is way and len(data) > 1:
                writer.write(data[: len(data) // 2])
                self.close()
                return
            if way is Way.UP:
                stats.octets_up += len(data)
            else:
                stats.octets_down += len(data)
            # Order is kept also while the delay changes.
            due = max(due, loop.time() + self._wire.delay_s)
            if due > loop.time():
                loop.call_at(due, _write, writer, data)
            else:
                writer.write(data)
                await writer.drain()
        if not self.holes:
            if (wait_s := due - loop.time()) > 0:
                await asyncio.sleep(wait_s)
            writer.close()

    def close(self) -> None:
        """End both sides politely."""
        self.near.close()
        self.far.close()

    def reset(self) -> None:
        """End both sides with an RST."""
        for writer in (self.near, self.far):
            _abort(writer)

    def tell(self, *, near: bool) -> None:
        """Let one end know that nobody is there any more; the other one goes on waiting."""
        _abort(self.near if near else self.far)


class FaultyWire:
    """A proxy on a loopback port, as an async context manager; its methods are the faults."""

    def __init__(self, far_port: int, *, port: int = 0, host: str = "127.0.0.1", tells_near: bool = False) -> None:
        """Lead to ``far_port`` on ``host``; listen on ``port`` (0: any). ``tells_near``: whom :meth:`heal` tells."""
        self._host: Final = host
        self._far_port: Final = far_port
        self._port = port
        self._tells_near: Final = tells_near
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()
        self._visits: set[asyncio.Task[None]] = set()
        self._holes: set[Way] = set()
        self._is_refusing = False
        self.delay_s = 0.0
        """Each way."""
        self.stats: Final = WireStats()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._port

    @property
    def connections(self) -> int:
        """How many connections it carries."""
        return len(self._connections)

    async def __aenter__(self) -> Self:
        """Listen.

        Raises:
            OSError: the port cannot be had.
        """
        self._server = await asyncio.start_server(self._accept, self._host, self._port)
        self._port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *_: object) -> None:
        """Cut everything and stop."""
        if self._server is not None:
            self._server.close()
        self.reset()
        for visit in list(self._visits):
            visit.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)

    # --- faults -------------------------------------------------------------------------------------------------------

    def swallow(self, way: Way = Way.BOTH) -> None:
        """Let bytes vanish from now on, also those of new connections, until :meth:`heal`."""
        self._holes = {Way.UP, Way.DOWN} if way is Way.BOTH else {way}
        for connection in self._connections:
            connection.holes |= self._holes

    def refuse(self) -> None:
        """Reset whoever connects, until :meth:`heal`."""
        self._is_refusing = True

    def cut(self, *, inside: Way | None = None) -> None:
        """Close all connections: at once, or in the middle of the next bytes of a direction."""
        for connection in list(self._connections):
            if inside is None:
                connection.close()
            else:
                connection.cut_at = inside

    def reset(self) -> None:
        """End all connections with an RST."""
        for connection in list(self._connections):
            connection.reset()

    def heal(self) -> None:
        """Carry everything again. One end of connections that lost bytes is told."""
        self._holes = set()
        self._is_refusing = False
        self.delay_s = 0.0
        for connection in list(self._connections):
            connection.cut_at = None
            if connection.holes:
                connection.tell(near=self._tells_near)

    # --- carrying -----------------------------------------------------------------------------------------------------

    def _accept(self, near_reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        visit = asyncio.get_running_loop().create_task(self._visit(near_reader, near))
        self._visits.add(visit)
        visit.add_done_callback(self._visits.discard)

    async def _visit(self, near_reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        if self._is_refusing:
            self.stats.refused += 1
            _abort(near)
            return
        try:
            far_reader, far = await asyncio.open_connection(self._host, self._far_port)
        except OSError:
            _abort(near)  # the other end is away: the same as without us
            return
        connection = _Connection(self, near, far)
        connection.holes = set(self._holes)
        self._connections.add(connection)
        self.stats.connections += 1
        try:
            await asyncio.gather(
                _quietly(connection.pump(near_reader, far, Way.UP)),
                _quietly(connection.pump(far_reader, near, Way.DOWN)),
            )
        finally:
            self._connections.discard(connection)
            connection.close()


async def _quietly(pump: Awaitable[None]) -> None:
    with contextlib.suppress(OSError):
        await pump


def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    if not writer.is_closing():
        writer.write(data)


def _abort(writer: asyncio.StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    if raw is not None:
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_RST)
    writer.transport.abort()
