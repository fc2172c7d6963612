"""A client of any protocol on asyncio: connect, over TLS where asked, and log in. Conveniences: `cmpp`, `sgip`..."""

import asyncio
import ssl
from collections.abc import Callable
from typing import Any, Final, TypeVar

from telcowire.asyncio.connection import SessionConnection
from telcowire.errors import RemoteProtocolError
from telcowire.flavour import Flavour
from telcowire.session import Closed, Limits, Session, SessionEvent

E = TypeVar("E")
C = TypeVar("C", bound="ClientConnection[Any]")


class ClientConnection(SessionConnection[E]):
    """A logged-in connection; made by `connect` or by a protocol's own function."""

    def __init__(self, flavour: Flavour[E], limits: Limits, on_event: Callable[[Any, list[Any]], None]) -> None:
        """Prepare the login; the session starts with the transport. `on_event` gets this connection and the events.

        Raises:
            LocalProtocolError: the login cannot be written.
        """
        super().__init__()
        flavour.login_request(1)  # what cannot be written is found before anybody is called
        self._client_flavour: Final = flavour
        self._limits: Final = limits
        self._on_event: Final = on_event
        self.login: Final[asyncio.Future[None]] = self._loop.create_future()

    def make_session(self, now: float) -> Session[E]:
        """Start with the login."""
        return Session(self._client_flavour, self._limits, now)

    def tell(self, events: list[E | SessionEvent]) -> None:
        """Settle the login, then pass everything on."""
        if not self.login.done():
            last = events[-1]
            if self.account:
                self.login.set_result(None)
            elif isinstance(last, Closed):
                self.login.set_exception(last.error or RemoteProtocolError(f"no login: {last.reason}"))
                return
            else:  # a breach that the login survived: nobody knows this connection yet
                return
        elif self.login.cancelled():  # the caller gave up on the login: nobody knows this connection
            return
        self._on_event(self, events)


async def log_in(connection: C, host: str, port: int, *, tls: ssl.SSLContext | None, login_timeout_s: float) -> C:
    """Connect a prepared connection and log in; for the protocols' own functions.

    Raises:
        OSError: no connection within `login_timeout_s` (TimeoutError), or at all; or TLS failed (ssl.SSLError).
        LoginRefusedError: the peer refused, or failed to prove that it knows the secret.
        RemoteProtocolError: it broke the protocol, closed, or did not answer.
    """
    async with asyncio.timeout(login_timeout_s):
        await asyncio.get_running_loop().create_connection(
            lambda: connection, host, port, ssl=tls, server_hostname=host if tls is not None else None
        )
    try:
        await connection.login
    except BaseException:
        connection.abort()
        raise
    return connection


async def connect(
    host: str,
    port: int,
    flavour: Flavour[E],
    limits: Limits,
    on_event: Callable[[ClientConnection[E], list[E | SessionEvent]], None],
    *,
    tls: ssl.SSLContext | None = None,
) -> ClientConnection[E]:
    """Connect and log in, in any protocol; `limits.login_timeout_s` bounds the connection and the login each.

    `on_event` is called on the loop with the events of each read, `Opened` first and `Closed` last; it may be called
    before this function returns, and must not block. A failed login raises and tells nobody.

    Raises:
        OSError: no connection within the time (TimeoutError) or at all.
        LoginRefusedError: the peer refused, or failed to prove that it knows the secret.
        RemoteProtocolError: it broke the protocol, closed, or did not answer.
        LocalProtocolError: the login cannot be written.
    """
    connection = ClientConnection(flavour, limits, on_event)
    return await log_in(connection, host, port, tls=tls, login_timeout_s=limits.login_timeout_s)
