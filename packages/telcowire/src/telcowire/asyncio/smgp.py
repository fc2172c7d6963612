"""SMGP on asyncio: a client (SP) that submits in batches, and a server (gateway). Texts: `telcowire.smstext`."""

import ssl
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Final

from telcowire.asyncio.client import ClientConnection, log_in
from telcowire.asyncio.server import Server, ServerConnection
from telcowire.errors import LocalProtocolError
from telcowire.session import Limits
from telcowire.smgp.events import SmgpClientEvent, SmgpEvent, SmgpServerEvent, SmgpServingEvent
from telcowire.smgp.flavour import (
    RECEIVES,
    SENDS,
    SmgpAccount,
    SmgpClientFlavour,
    SmgpServerAccount,
    SmgpServerFlavour,
)
from telcowire.smgp.pdus import Deliver, DeliverResp, Query, QueryResp, Submit, SubmitResp
from telcowire.smgp.reports import PAGE_LABELS, Labels, Report, format_report

FindAccount = Callable[[str], SmgpServerAccount | None]

#: The clock of the digests: gateways stand in China, and some check the time.
_CHINA: Final = timezone(timedelta(hours=8))


class SmgpConnection(ClientConnection[SmgpClientEvent]):
    """A logged-in connection to a gateway; made by `connect_smgp`."""

    def __init__(
        self,
        account: SmgpAccount,
        on_event: "Callable[[SmgpConnection, list[SmgpEvent]], None]",
        login_timeout_s: float,
    ) -> None:
        """Prepare the login; the session starts with the transport.

        Raises:
            LocalProtocolError: the account cannot be written.
        """
        self._flavour: Final = SmgpClientFlavour(account, int(datetime.now(_CHINA).strftime("%m%d%H%M%S")))
        limits = Limits(
            window_pdus=account.window_pdus,
            heartbeat_s=account.heartbeat_s,
            response_timeout_s=account.response_timeout_s,
            login_timeout_s=login_timeout_s,
            tries=account.submit_tries,
        )
        super().__init__(self._flavour, limits, on_event)

    @property
    def login_mode(self) -> int:
        """What this connection is for: `SENDS`, `RECEIVES` or both."""
        return self._flavour.login_mode

    @property
    def window_free(self) -> int:
        """How many requests may be sent now; 0 unless open, and always on a connection that only receives."""
        return 0 if self._flavour.login_mode == RECEIVES else self.session.window_free

    def submit(self, submit: Submit) -> int:
        """Send one message part and return its sequence.

        Raises:
            LocalProtocolError: as `submit_many`.
        """
        return self.submit_many([submit])[0]

    def submit_many(self, submits: list[Submit]) -> list[int]:
        """Send several in one go; all or none.

        Raises:
            LocalProtocolError: not open, only for receiving, more than `window_free`, or a value does not fit.
        """
        if self._flavour.login_mode == RECEIVES:
            raise LocalProtocolError("the connection was opened only to receive")
        return self.request_many(self._flavour.requests.submit, submits)

    def query(self, query: Query) -> int:
        """Ask for statistics; the answer is a `QueryAnswered`.

        Raises:
            LocalProtocolError: not open, the window is full, or a value does not fit.
        """
        return self.request_many(self._flavour.requests.query, [query])[0]

    def answer(self, seq: int, msg_id: bytes, status: int = 0) -> None:
        """Answer a report or an uplink, after it is stored: until then the gateway keeps it for us.

        Raises:
            LocalProtocolError: the connection is closed.
        """
        self.send_answer(self._flavour.codecs.deliver_resp, DeliverResp(msg_id, status), seq)


async def connect_smgp(
    host: str,
    port: int,
    account: SmgpAccount,
    on_event: Callable[[SmgpConnection, list[SmgpEvent]], None],
    *,
    tls: ssl.SSLContext | None = None,
    login_timeout_s: float = 10.0,
) -> SmgpConnection:
    """Connect and log in.

    `on_event` is called on the loop with the events of each read, `Opened` first and `Closed` last; it may be called
    before this function returns, and must not block. A failed login raises and tells nobody.

    Raises:
        OSError: no connection within `login_timeout_s` (TimeoutError) or at all.
        LoginRefusedError: the gateway refused, or its digest is wrong.
        RemoteProtocolError: it broke the protocol, closed, or did not answer.
        LocalProtocolError: the account cannot be written.
    """
    connection = SmgpConnection(account, on_event, login_timeout_s)
    return await log_in(connection, host, port, tls=tls, login_timeout_s=login_timeout_s)


class SmgpServerConnection(ServerConnection[SmgpServerEvent]):
    """An SP's connection, as the gateway sees it."""

    def __init__(self, server: "SmgpServer", find_account: FindAccount) -> None:
        """Belong to the server."""
        self._flavour: Final = SmgpServerFlavour(find_account)
        super().__init__(server, self._flavour)

    @property
    def version(self) -> int:
        """The version spoken: 0x13, or 0x30 for any 3.x."""
        return self._flavour.codecs.version

    @property
    def login_mode(self) -> int:
        """What the SP opened it for: `SENDS`, `RECEIVES` or both."""
        return self._flavour.login_mode

    @property
    def window_free(self) -> int:
        """How many Delivers may be sent now; 0 unless open, and always to an SP that only sends."""
        return 0 if self._flavour.login_mode == SENDS else self.session.window_free

    def answer_submit(self, seq: int, msg_id: bytes, status: int = 0) -> None:
        """Answer a submit.

        Raises:
            LocalProtocolError: the connection is closed, or the id has not ten octets.
        """
        self.send_answer(self._flavour.codecs.submit_resp, SubmitResp(msg_id, status), seq)

    def answer_query(self, seq: int, answer: QueryResp) -> None:
        """Answer a Query.

        Raises:
            LocalProtocolError: the connection is closed.
        """
        self.send_answer(self._flavour.codecs.query_resp, answer, seq)

    def deliver_many(self, delivers: list[Deliver]) -> list[int]:
        """Send uplinks or reports and return their sequences; all or none, within `window_free`.

        Raises:
            LocalProtocolError: not open, only for sending, more than `window_free`, or a value does not fit.
        """
        if self._flavour.login_mode == SENDS:
            raise LocalProtocolError("the SP opened the connection only to send")
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
        deliver_msg_id: bytes,
        phone: str,
        src_term_id: str,
        recv_time: str = "",
        labels: Labels = PAGE_LABELS,
    ) -> int:
        """Send one state report about a message to `phone`; `src_term_id` is the access number of the submit.

        `labels` writes the record as some gateways do.

        Raises:
            LocalProtocolError: as `deliver_many`.
        """
        return self.deliver(report_deliver(report, deliver_msg_id, phone, src_term_id, recv_time, labels))


def report_deliver(
    report: Report,
    deliver_msg_id: bytes,
    phone: str,
    src_term_id: str,
    recv_time: str = "",
    labels: Labels = PAGE_LABELS,
) -> Deliver:
    """Wrap a state report into its Deliver: from the phone, to the access number.

    Raises:
        LocalProtocolError: a value does not fit.
    """
    return Deliver(
        msg_id=deliver_msg_id,
        is_report=1,
        msg_format=0,
        recv_time=recv_time,
        src_term_id=phone,
        dest_term_id=src_term_id,
        msg_content=format_report(report, labels),
    )


SmgpServer = Server[SmgpServerConnection]


async def serve_smgp(
    host: str,
    port: int,
    accounts: FindAccount,
    on_event: Callable[[SmgpServerConnection, list[SmgpServingEvent]], None],
    *,
    limits: Limits | None = None,
    max_connections: int = 1000,
    tls: ssl.SSLContext | None = None,
) -> SmgpServer:
    """Listen for SPs.

    `accounts` finds an account by ClientID; `on_event` gets the events of each read of a connection, `Opened` first and
    `Closed` last, and must not block.

    Raises:
        OSError: the address cannot be had.
    """
    server = SmgpServer(
        lambda server: SmgpServerConnection(server, accounts),
        on_event,
        limits or Limits(heartbeat_s=180.0),
        max_connections=max_connections,
    )
    await server.listen(host, port, tls=tls)
    return server
