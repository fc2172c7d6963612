"""MM7 over sockets, both ways: a client with connections that are kept, and a listener. Standard library only.

Sending has two steps on purpose: :meth:`Mm7Client.connect` fails before any octet of a message has left, what fails
after it may have reached the peer. Nothing is ever sent twice here.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Final, Self

from telcowire.errors import RemoteProtocolError
from telcowire.mm7.http import MAX_BODY_OCTETS, HttpMessage, HttpReader, write_answer

_READ_OCTETS: Final = 65_536
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_FAREWELL_S: Final = 2.0
"""How long a refused caller may still send, unread: cut at once, it would not see the answer."""


class Mm7Connection:
    """One connection to a peer; one exchange at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, max_body_octets: int) -> None:
        """Take an open stream."""
        self._reader: Final = reader
        self._writer: Final = writer
        self._http: Final = HttpReader(is_server=False, max_body_octets=max_body_octets)
        self.idle_since_s = 0.0
        self.is_usable = True

    @property
    def is_fresh(self) -> bool:
        """Whether the peer has neither closed nor spoken unasked."""
        return self.is_usable and not self._reader.at_eof() and not self._writer.is_closing() and self._http.is_idle

    async def exchange(self, request: bytes, timeout_s: float) -> HttpMessage:
        """Send a request and wait for its answer. After any failure the peer may have taken it.

        Raises:
            TimeoutError: no whole answer in time.
            OSError: the connection broke.
            RemoteProtocolError: the answer is no HTTP.
        """
        self.is_usable = False
        async with asyncio.timeout(timeout_s):
            self._writer.write(request)
            await self._writer.drain()
            while True:
                data = await self._reader.read(_READ_OCTETS)
                messages = self._http.receive_data(data) if data else self._http.receive_eof()
                if messages:
                    self.is_usable = messages[0].keeps_alive and len(messages) == 1
                    return messages[0]
                if not data:
                    raise ConnectionResetError("the peer closed the connection without an answer")

    def close(self) -> None:
        """Cut the connection."""
        self.is_usable = False
        self._writer.close()


class Mm7Client:
    """Connections to one peer.

    They are kept for `idle_s` at most, shorter than peers keep theirs: no request shall meet one that is being closed.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        connect_timeout_s: float = 5.0,
        idle_s: float = 3.0,
        max_body_octets: int = 262_144,
    ) -> None:
        """Connect to nothing yet."""
        self._address: Final = (host, port)
        self._connect_timeout_s: Final = connect_timeout_s
        self._idle_s: Final = idle_s
        self._max_body_octets: Final = max_body_octets
        self._idle: Final[deque[Mm7Connection]] = deque()

    async def connect(self) -> Mm7Connection:
        """Return a connection for one exchange: a kept one, else a new one. Nothing of a message has left yet.

        Raises:
            OSError: the peer cannot be reached (also TimeoutError).
        """
        now_s = asyncio.get_running_loop().time()
        while self._idle:
            kept = self._idle.pop()  # the latest: the others grow old and go
            if kept.is_fresh and now_s - kept.idle_since_s < self._idle_s:
                return kept
            kept.close()
        async with asyncio.timeout(self._connect_timeout_s):
            reader, writer = await asyncio.open_connection(*self._address)
        return Mm7Connection(reader, writer, self._max_body_octets)

    def release(self, connection: Mm7Connection) -> None:
        """Keep a connection for the next exchange, or close it when it cannot be used again."""
        if connection.is_fresh:
            connection.idle_since_s = asyncio.get_running_loop().time()
            self._idle.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Close the kept connections."""
        while self._idle:
            self._idle.pop().close()


class Answer:
    """What a listener answers."""

    __slots__ = ("body", "content_type", "realm", "status")

    def __init__(self, status: int, content_type: str = "", body: bytes = b"", realm: str = "") -> None:
        """`realm` asks for Basic authentication (with status 401)."""
        self.status: Final = status
        self.content_type: Final = content_type
        self.body: Final = body
        self.realm: Final = realm


Handler = Callable[[HttpMessage, str], Awaitable[Answer | None]]
"""Answers a request of a peer at an address; None closes the connection without an answer: the peer will ask again."""


Refuse = Callable[[HttpMessage, str], Answer | None]
"""Judges a request by its head, before its body is read, and the peer's address; None lets it in."""


class Mm7Server:
    """A listener, as an async context manager or with `listen` and `close`."""

    def __init__(
        self,
        handler: Handler,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        refuse: Refuse | None = None,
        max_connections: int = 256,
        max_body_octets: int = MAX_BODY_OCTETS,
        read_timeout_s: float = 60.0,
        shares_port: bool = False,
    ) -> None:
        """Listen on nothing yet; beyond `max_connections` a caller is turned away.

        With `shares_port` other processes may listen on the same port (SO_REUSEPORT).
        """
        self._handler: Final = handler
        self._refuse: Final = refuse
        self._address: Final = (host, port)
        self._max_connections: Final = max_connections
        self._max_body_octets: Final = max_body_octets
        self._read_timeout_s: Final = read_timeout_s
        self._shares_port: Final = shares_port
        self._visits: Final[set[asyncio.Task[None]]] = set()
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port that is listened on; useful after asking for port 0."""
        server = self._server
        return int(server.sockets[0].getsockname()[1]) if server is not None and server.sockets else 0

    async def listen(self) -> None:
        """Start listening.

        Raises:
            OSError: the address cannot be had.
        """
        self._server = await asyncio.start_server(self._visit, *self._address, reuse_port=self._shares_port or None)

    async def close(self) -> None:
        """Stop, and cut the connections."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for visit in list(self._visits):
            visit.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)

    async def __aenter__(self) -> Self:
        """Listen."""
        await self.listen()
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop."""
        await self.close()

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._visits.add(task)
            task.add_done_callback(self._visits.discard)
        try:
            if len(self._visits) <= self._max_connections:
                await self._serve(reader, writer)
        except (TimeoutError, OSError):
            pass  # a caller that left or dawdled: it will come again
        except RemoteProtocolError:
            with contextlib.suppress(OSError):
                writer.write(write_answer(400, "", b"", keeps_alive=False))
                await writer.drain()
        except asyncio.CancelledError:  # the listener closes; the streams' own callback would log it as a fault
            pass
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = str((writer.get_extra_info("peername") or ("",))[0])
        http = HttpReader(is_server=True, max_body_octets=self._max_body_octets)
        while True:
            async with asyncio.timeout(self._read_timeout_s):
                data = await reader.read(_READ_OCTETS)
            messages = http.receive_data(data) if data else http.receive_eof()
            begun = http.begun
            if http.wants_continue and begun is None:
                http.wants_continue = False
                writer.write(_CONTINUE)
            for message in messages:
                answer = self._refusal(message, peer) or await self._handler(message, peer)
                if answer is None:
                    return
                await self._answer(writer, answer, keeps_alive=message.keeps_alive)
                if not message.keeps_alive:
                    return
            if begun is not None and (refusal := self._refusal(begun, peer)) is not None:
                await self._answer(writer, refusal, keeps_alive=False)
                await _dismiss(reader, writer)
                return
            if http.wants_continue:
                http.wants_continue = False
                writer.write(_CONTINUE)
            if not data:
                return

    def _refusal(self, message: HttpMessage, peer: str) -> Answer | None:
        return None if self._refuse is None else self._refuse(message, peer)

    async def _answer(self, writer: asyncio.StreamWriter, answer: Answer, *, keeps_alive: bool) -> None:
        written = write_answer(
            answer.status, answer.content_type, answer.body, keeps_alive=keeps_alive, realm=answer.realm
        )
        async with asyncio.timeout(self._read_timeout_s):
            writer.write(written)
            await writer.drain()


async def _dismiss(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Let a refused caller read its answer: what it still sends is dropped."""
    writer.write_eof()
    async with asyncio.timeout(_FAREWELL_S):
        while await reader.read(_READ_OCTETS):
            pass
