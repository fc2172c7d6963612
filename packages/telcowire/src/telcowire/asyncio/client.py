"""A CMPP client (SP) on asyncio: connect, submit in batches, get events by callback. Texts: `telcowire.smstext`."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Final

from telcowire.asyncio.connection import SessionConnection
from telcowire.cmpp.events import BadReportReceived, CmppClientEvent, CmppEvent, MoReceived, ReportReceived
from telcowire.cmpp.flavour import CmppAccount, CmppClientFlavour
from telcowire.cmpp.pdus import Cancel, DeliverResp, Query, Submit
from telcowire.errors import RemoteProtocolError
from telcowire.session import Closed, Limits, Session, SessionEvent

#: The clock of the digests: gateways stand in China, and some check the time.
_CHINA: Final = timezone(timedelta(hours=8))


class CmppConnection(SessionConnection[CmppClientEvent]):
    """A logged-in connection to a gateway; made by `connect_cmpp`."""

    def __init__(
        self,
        account: CmppAccount,
        on_event: "Callable[[CmppConnection, list[CmppEvent]], None]",
        login_timeout_s: float,
    ) -> None:
        """Prepare the login; the session starts with the transport.

        Raises:
            LocalProtocolError: the account cannot be written.
        """
        super().__init__()
        self._flavour: Final = CmppClientFlavour(account, int(datetime.now(_CHINA).strftime("%m%d%H%M%S")))
        self._flavour.login_request(1)  # what cannot be written is found before anybody is called
        self._on_event: Final = on_event
        self._limits: Final = Limits(
            window_pdus=account.window_pdus,
            heartbeat_s=account.heartbeat_s,
            response_timeout_s=account.response_timeout_s,
            login_timeout_s=login_timeout_s,
            tries=account.submit_tries,
        )
        self.login: Final[asyncio.Future[None]] = self._loop.create_future()

    def submit(self, submit: Submit) -> int:
        """Send one message part and return its sequence.

        Raises:
            LocalProtocolError: not open, the window is full, or a value does not fit.
        """
        return self.submit_many([submit])[0]

    def submit_many(self, submits: list[Submit]) -> list[int]:
        """Send several in one go; all or none.

        Raises:
            LocalProtocolError: not open, more than `window_free`, or a value does not fit.
        """
        seqs = self.session.send_requests(self._flavour.requests.submit, list(submits), self._loop.time())
        self.after_change()
        return seqs

    def query(self, query: Query) -> int:
        """Ask for statistics; the answer is a `QueryAnswered`.

        Raises:
            LocalProtocolError: as `submit`.
        """
        seqs = self.session.send_requests(self._flavour.requests.query, [query], self._loop.time())
        self.after_change()
        return seqs[0]

    def cancel(self, msg_id: int) -> int:
        """Ask for a message back; the answer is a `CancelAnswered`.

        Raises:
            LocalProtocolError: as `submit`.
        """
        seqs = self.session.send_requests(self._flavour.requests.cancel, [Cancel(msg_id)], self._loop.time())
        self.after_change()
        return seqs[0]

    def answer(self, seq: int, msg_id: int, result: int = 0) -> None:
        """Answer a report or an uplink, after it is stored: until then the gateway keeps it for us.

        Raises:
            LocalProtocolError: the connection is closed.
        """
        self.session.send_answer(self._flavour.codecs.deliver_resp, DeliverResp(msg_id, result), seq)
        self.answered_one()
        self.after_change()

    def make_session(self, now: float) -> Session[CmppClientEvent]:
        """Start with the CONNECT."""
        return Session(self._flavour, self._limits, now)

    def tell(self, events: list[CmppClientEvent | SessionEvent]) -> None:
        """Settle the login, then pass everything on."""
        if not self.login.done():
            first = events[0]
            if isinstance(first, Closed):
                self.login.set_exception(first.error or RemoteProtocolError(f"no login: {first.reason}"))
                return
            self.login.set_result(None)
        elif self.login.cancelled():  # the caller gave up on the login: nobody knows this connection
            return
        waiting = sum(isinstance(event, ReportReceived | MoReceived | BadReportReceived) for event in events)
        if waiting:
            self.asked_many(waiting)
        self._on_event(self, events)


async def connect_cmpp(
    host: str,
    port: int,
    account: CmppAccount,
    on_event: Callable[[CmppConnection, list[CmppEvent]], None],
    *,
    login_timeout_s: float = 10.0,
) -> CmppConnection:
    """Connect and log in.

    `on_event` is called on the loop with the events of each read, `Opened` first and `Closed` last; it may be called
    before this function returns, and must not block. A failed login raises and tells nobody.

    Raises:
        OSError: no connection within `login_timeout_s` (TimeoutError) or at all.
        LoginRefusedError: the gateway refused, or its digest is wrong.
        RemoteProtocolError: it broke the protocol, closed, or did not answer.
        LocalProtocolError: the account cannot be written.
    """
    connection = CmppConnection(account, on_event, login_timeout_s)
    async with asyncio.timeout(login_timeout_s):
        await asyncio.get_running_loop().create_connection(lambda: connection, host, port)
    try:
        await connection.login
    except BaseException:
        connection.abort()
        raise
    return connection
