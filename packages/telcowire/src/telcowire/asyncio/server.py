"""A CMPP server (gateway) on asyncio: accepts SPs, gets their submits by callback, delivers reports and uplinks."""

import asyncio
from collections.abc import Callable
from typing import Final

from telcowire.asyncio.connection import SessionConnection
from telcowire.cmpp.events import CancelReceived, CmppServerEvent, CmppServingEvent, QueryReceived, SubmitReceived
from telcowire.cmpp.flavour import CmppServerAccount, CmppServerFlavour
from telcowire.cmpp.pdus import CancelResp, Deliver, QueryResp, SubmitResp
from telcowire.cmpp.reports import Report, format_report
from telcowire.session import Limits, Session, SessionEvent

FindAccount = Callable[[str], CmppServerAccount | None]


class CmppServerConnection(SessionConnection[CmppServerEvent]):
    """An SP's connection, as the gateway sees it."""

    def __init__(self, server: "CmppServer") -> None:
        """Belong to the server."""
        super().__init__()
        self._server: Final = server
        self._flavour: Final = CmppServerFlavour(server.find_account)

    @property
    def version(self) -> int:
        """The version spoken: 0x20 for any 2.x, or 0x30."""
        return self._flavour.codecs.version

    def answer_submit(self, seq: int, msg_id: int, result: int = 0) -> None:
        """Answer a submit.

        Raises:
            LocalProtocolError: the connection is closed.
        """
        self.session.send_answer(self._flavour.codecs.submit_resp, SubmitResp(msg_id, result), seq)
        self.answered_one()
        self.after_change()

    def answer_cancel(self, seq: int, success_id: int) -> None:
        """Answer a CANCEL: 0 done, 1 failed.

        Raises:
            LocalProtocolError: the connection is closed.
        """
        self.session.send_answer(self._flavour.codecs.cancel_resp, CancelResp(success_id), seq)
        self.answered_one()
        self.after_change()

    def answer_query(self, seq: int, answer: QueryResp) -> None:
        """Answer a QUERY.

        Raises:
            LocalProtocolError: the connection is closed.
        """
        self.session.send_answer(self._flavour.codecs.query_resp, answer, seq)
        self.answered_one()
        self.after_change()

    def deliver_many(self, delivers: list[Deliver]) -> list[int]:
        """Send uplinks or reports and return their sequences; all or none, within `window_free`.

        Raises:
            LocalProtocolError: not open, more than `window_free`, or a value does not fit.
        """
        seqs = self.session.send_requests(self._flavour.requests.deliver, list(delivers), self._loop.time())
        self.after_change()
        return seqs

    def deliver(self, deliver: Deliver) -> int:
        """Send one uplink or report.

        Raises:
            LocalProtocolError: as `deliver_many`.
        """
        return self.deliver_many([deliver])[0]

    def deliver_report(
        self,
        report: Report,
        *,
        deliver_msg_id: int,
        src_id: str,
        service_id: str = "",
        record_version: int | None = None,
    ) -> int:
        """Send one state report; `src_id` is the access number of the submit.

        `record_version` writes the record in another version's form, as some gateways do.

        Raises:
            LocalProtocolError: as `deliver_many`.
        """
        version = self.version if record_version is None else record_version
        return self.deliver(report_deliver(report, version, deliver_msg_id, src_id, service_id))

    def make_session(self, now: float) -> Session[CmppServerEvent]:
        """Wait for the CONNECT."""
        session = Session(self._flavour, self._server.limits, now)
        self._server.add(self)
        return session

    def tell(self, events: list[CmppServerEvent | SessionEvent]) -> None:
        """Pass events on; connections that never logged in are not worth a word."""
        if self.account:
            waiting = sum(isinstance(event, SubmitReceived | QueryReceived | CancelReceived) for event in events)
            if waiting:
                self.asked_many(waiting)
            self._server.on_event(self, events)

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave the server."""
        super().connection_lost(exc)
        self._server.discard(self)


def report_deliver(report: Report, version: int, deliver_msg_id: int, src_id: str, service_id: str = "") -> Deliver:
    """Wrap a state report into its DELIVER; the record has the form of the version.

    Raises:
        LocalProtocolError: a value does not fit.
    """
    return Deliver(
        msg_id=deliver_msg_id,
        dest_id=src_id,
        service_id=service_id,
        msg_fmt=0,
        src_terminal_id=report.dest,
        registered_delivery=1,
        msg_content=format_report(report, version),
    )


class CmppServer:
    """A listener and its connections; made by `serve_cmpp`."""

    def __init__(
        self,
        find_account: FindAccount,
        on_event: Callable[[CmppServerConnection, list[CmppServingEvent]], None],
        limits: Limits,
        max_connections: int,
    ) -> None:
        """Keep what the connections need."""
        self.find_account: Final = find_account
        self.on_event: Final = on_event
        self.limits: Final = limits
        self._max_connections: Final = max_connections
        self._connections: Final[set[CmppServerConnection]] = set()
        self._listener: asyncio.Server | None = None

    @property
    def connections(self) -> list[CmppServerConnection]:
        """The logged-in connections."""
        return [connection for connection in self._connections if connection.is_open]

    @property
    def port(self) -> int:
        """The port that is listened on; useful after asking for port 0."""
        listener = self._listener
        return int(listener.sockets[0].getsockname()[1]) if listener is not None and listener.sockets else 0

    def add(self, connection: CmppServerConnection) -> None:
        """Take a new connection in; beyond the limit it is dropped on the next turn."""
        self._connections.add(connection)
        if len(self._connections) > self._max_connections:
            asyncio.get_running_loop().call_soon(connection.abort, "too many connections")

    def discard(self, connection: CmppServerConnection) -> None:
        """Forget a connection."""
        self._connections.discard(connection)

    async def listen(self, host: str, port: int) -> None:
        """Start listening.

        Raises:
            OSError: the address cannot be had.
        """
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(lambda: CmppServerConnection(self), host, port)

    async def close(self, timeout_s: float = 1.0) -> None:
        """Stop listening, terminate every connection, and cut those that do not agree within `timeout_s`."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        endings = [connection.terminate(timeout_s) for connection in list(self._connections)]
        await asyncio.gather(*endings)


async def serve_cmpp(
    host: str,
    port: int,
    accounts: FindAccount,
    on_event: Callable[[CmppServerConnection, list[CmppServingEvent]], None],
    *,
    limits: Limits | None = None,
    max_connections: int = 1000,
) -> CmppServer:
    """Listen for SPs.

    `accounts` finds an account by Source_Addr; `on_event` gets the events of each read of a connection, `Opened` first
    and `Closed` last, and must not block.

    Raises:
        OSError: the address cannot be had.
    """
    server = CmppServer(accounts, on_event, limits or Limits(heartbeat_s=180.0), max_connections)
    await server.listen(host, port)
    return server
