"""A server of any protocol on asyncio: a listener, over TLS where asked, and its connections."""

import asyncio
import ssl
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

from telcowire.asyncio.connection import SessionConnection
from telcowire.flavour import Flavour
from telcowire.session import Closed, Limits, Session, SessionEvent

E = TypeVar("E")
C = TypeVar("C", bound="ServerConnection[Any]")


class ServerConnection(SessionConnection[E]):
    """A client's connection, as its server sees it."""

    def __init__(self, server: "Server[Any]", flavour: Flavour[E]) -> None:
        """Belong to the server."""
        super().__init__()
        self._server: Final = server
        self._server_flavour: Final = flavour

    def make_session(self, now: float) -> Session[E]:
        """Wait for the login."""
        session = Session(self._server_flavour, self._server.limits, now)
        self._server.add(self)
        return session

    def tell(self, events: list[E | SessionEvent]) -> None:
        """Pass events on; of connections that never logged in only the end is told, and only to who asked for it."""
        if self.account:
            self._server.on_event(self, events)
        elif self._server.on_stranger is not None and isinstance(events[-1], Closed):
            self._server.on_stranger(self, events[-1])

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave the server."""
        super().connection_lost(exc)
        self._server.discard(self)


class Server(Generic[C]):
    """A listener and its connections; made by a protocol's own function (`serve_cmpp`...)."""

    def __init__(
        self,
        make_connection: "Callable[[Server[C]], C]",
        on_event: Callable[[C, list[Any]], None],
        limits: Limits,
        *,
        max_connections: int = 1000,
        on_stranger: Callable[[C, Closed], None] | None = None,
    ) -> None:
        """Keep what the connections need. `on_stranger` is told how connections ended that never logged in."""
        self.on_event: Final = on_event
        self.on_stranger: Final = on_stranger
        self.limits: Final = limits
        self._make_connection: Final = make_connection
        self._max_connections: Final = max_connections
        self._connections: Final[set[C]] = set()
        self._listener: asyncio.Server | None = None

    @property
    def connections(self) -> list[C]:
        """The logged-in connections."""
        return [connection for connection in self._connections if connection.is_open]

    @property
    def port(self) -> int:
        """The port that is listened on; useful after asking for port 0."""
        listener = self._listener
        return int(listener.sockets[0].getsockname()[1]) if listener is not None and listener.sockets else 0

    def add(self, connection: C) -> None:
        """Take a new connection in; beyond the limit it is dropped on the next turn."""
        self._connections.add(connection)
        if len(self._connections) > self._max_connections:
            asyncio.get_running_loop().call_soon(connection.abort, "too many connections")

    def discard(self, connection: C) -> None:
        """Forget a connection."""
        self._connections.discard(connection)

    async def listen(
        self, host: str, port: int, *, tls: ssl.SSLContext | None = None, shares_port: bool = False
    ) -> None:
        """Start listening; with `shares_port` other processes may listen on the same port (SO_REUSEPORT).

        Raises:
            OSError: the address cannot be had.
        """
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(
            lambda: self._make_connection(self), host, port, ssl=tls, reuse_port=shares_port or None
        )

    async def close(self, timeout_s: float = 1.0) -> None:
        """Stop listening, terminate every connection, and cut those that do not agree within `timeout_s`."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        endings = [connection.terminate(timeout_s) for connection in list(self._connections)]
        await asyncio.gather(*endings)
