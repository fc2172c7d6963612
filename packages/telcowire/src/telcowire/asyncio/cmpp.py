"""CMPP on asyncio: a client (SP) that submits in batches, and a server (gateway). Texts: `telcowire.smstext`."""

import ssl
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Final

from telcowire.asyncio.client import ClientConnection, log_in
from telcowire.asyncio.server import Server, ServerConnection
from telcowire.cmpp.events import CmppClientEvent, CmppEvent, CmppServerEvent, CmppServingEvent
from telcowire.cmpp.flavour import CmppAccount, CmppClientFlavour, CmppServerAccount, CmppServerFlavour
from telcowire.cmpp.pdus import Cancel, CancelResp, Deliver, DeliverResp, Query, QueryResp, Submit, SubmitResp
from telcowire.cmpp.reports import Report, format_report
from telcowire.session import Limits

FindAccount = Callable[[str], CmppServerAccount | None]

#: The clock of the digests: gateways stand in China, and some check the time.
_CHINA: Final = timezone(timedelta(hours=8))


class CmppConnection(ClientConnection[CmppClientEvent]):
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
        self._flavour: Final = CmppClientFlavour(account, int(datetime.now(_CHINA).strftime("%m%d%H%M%S")))
        limits = Limits(
            window_pdus=account.window_pdus,
            heartbeat_s=account.heartbeat_s,
            response_timeout_s=account.response_timeout_s,
            login_timeout_s=login_timeout_s,
            tries=account.submit_tries,
        )
        super().__init__(self._flavour, limits, on_event)

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
        return self.request_many(self._flavour.requests.submit, submits)

    def query(self, query: Query) -> int:
        """Ask for statistics; the answer is a `QueryAnswered`.

        Raises:
            LocalProtocolError: as `submit`.
        """
        return self.request_many(self._flavour.requests.query, [query])[0]

    def cancel(self, msg_id: int) -> int:
        """Ask for a message back; the answer is a `CancelAnswered`.

        Raises:
            LocalProtocolError: as `submit`.
        """
        return self.request_many(self._flavour.requests.cancel, [Cancel(msg_id)])[0]

    def answer(self, seq: int, msg_id: int, result: int = 0) -> None:
        """Answer a report or an uplink, after it is stored: until then the gateway keeps it for us.

        Raises:
            LocalProtocolError: the connection is closed.
        """
        self.send_answer(self._flavour.codecs.deliver_resp, DeliverResp(msg_id, result), seq)


async def connect_cmpp(
    host: str,
    port: int,
    account: CmppAccount,
    on_event: Callable[[CmppConnection, list[CmppEvent]], None],
    *,
    tls: ssl.SSLContext | None = None,
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
    return await log_in(connection, host, port, tls=tls, login_timeout_s=login_timeout_s)


class CmppServerConnection(ServerConnection[CmppServerEvent]):
    """An SP's connection, as the gateway sees it."""

    def __init__(self, server: "CmppServer", find_account: FindAccount) -> None:
        """Belong to the server."""
        self._flavour: Final = CmppServerFlavour(find_account)
        super().__init__(server, self._flavour)

    @property
    def version(self) -> int:
        """The version spoken: 0x20 for any 2.x, or 0x30."""
        return self._flavour.codecs.version

    def answer_submit(self, seq: int, msg_id: int, result: int = 0) -> None:
        """Answer a submit.

        Raises:
            LocalProtocolError: the connection is closed.
        """
        self.send_answer(self._flavour.codecs.submit_resp, SubmitResp(msg_id, result), seq)

    def answer_cancel(self, seq: int, success_id: int) -> None:
        """Answer a CANCEL: 0 done, 1 failed.

        Raises:
            LocalProtocolError: the connection is closed.
        """
        self.send_answer(self._flavour.codecs.cancel_resp, CancelResp(success_id), seq)

    def answer_query(self, seq: int, answer: QueryResp) -> None:
        """Answer a QUERY.

        Raises:
            LocalProtocolError: the connection is closed.
        """
        self.send_answer(self._flavour.codecs.query_resp, answer, seq)

    def deliver_many(self, delivers: list[Deliver]) -> list[int]:
        """Send uplinks or reports and return their sequences; all or none, within `window_free`.

        Raises:
            LocalProtocolError: not open, more than `window_free`, or a value does not fit.
        """
        return self.request_many(self._flavour.requests.deliver, delivers)

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


CmppServer = Server[CmppServerConnection]


async def serve_cmpp(
    host: str,
    port: int,
    accounts: FindAccount,
    on_event: Callable[[CmppServerConnection, list[CmppServingEvent]], None],
    *,
    limits: Limits | None = None,
    max_connections: int = 1000,
    tls: ssl.SSLContext | None = None,
) -> CmppServer:
    """Listen for SPs.

    `accounts` finds an account by Source_Addr; `on_event` gets the events of each read of a connection, `Opened` first
    and `Closed` last, and must not block.

    Raises:
        OSError: the address cannot be had.
    """
    server = CmppServer(
        lambda server: CmppServerConnection(server, accounts),
        on_event,
        limits or Limits(heartbeat_s=180.0),
        max_connections=max_connections,
    )
    await server.listen(host, port, tls=tls)
    return server
