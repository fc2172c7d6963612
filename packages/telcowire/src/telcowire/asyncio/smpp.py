"""SMPP on asyncio: a client (ESME) that submits in batches, and a server (message centre).

Texts: `telcowire.smstext.parts` to write, `telcowire.smpp.content` to read.
"""

import ssl
from collections.abc import Callable, Sequence
from typing import Final

from telcowire.asyncio.client import ClientConnection, log_in
from telcowire.asyncio.server import Server, ServerConnection
from telcowire.errors import LocalProtocolError
from telcowire.session import Limits
from telcowire.smpp.events import SmppClientEvent, SmppEvent, SmppServerEvent, SmppServingEvent
from telcowire.smpp.fields import Failure, SmppCodec
from telcowire.smpp.flavour import (
    REQUESTS,
    BindMode,
    SmppAccount,
    SmppClientFlavour,
    SmppServerAccount,
    SmppServerFlavour,
)
from telcowire.smpp.pdus import (
    ESM_RECEIPT,
    SMPP34,
    VERSION_34,
    Bare,
    CancelSm,
    DeliverSm,
    MessageResp,
    QuerySm,
    QuerySmResp,
    SubmitMultiResp,
    SubmitSm,
)
from telcowire.smpp.reports import Report, format_report

FindAccount = Callable[[str], SmppServerAccount | None]


class SmppConnection(ClientConnection[SmppClientEvent]):
    """A bound connection to a carrier; made by `connect_smpp`."""

    def __init__(
        self,
        account: SmppAccount,
        on_event: "Callable[[SmppConnection, list[SmppEvent]], None]",
        login_timeout_s: float,
    ) -> None:
        """Prepare the bind; the session starts with the transport.

        Raises:
            LocalProtocolError: the account cannot be written.
        """
        self._flavour: Final = SmppClientFlavour(account)
        self.mode: Final = account.mode
        limits = Limits(
            window_pdus=account.window_pdus,
            heartbeat_s=account.heartbeat_s,
            response_timeout_s=account.response_timeout_s,
            login_timeout_s=login_timeout_s,
            tries=account.submit_tries,
        )
        super().__init__(self._flavour, limits, on_event)

    @property
    def peer_version(self) -> int | None:
        """What the carrier says that it speaks (0x34, 0x50), or None."""
        return self._flavour.peer_version

    def submit(self, submit: SubmitSm) -> int:
        """Send one message part and return its sequence.

        Raises:
            LocalProtocolError: not open, a receiver, the window is full, or a value does not fit.
        """
        return self.submit_many([submit])[0]

    def submit_many(self, submits: Sequence[SubmitSm]) -> list[int]:
        """Send several in one go; all or none.

        Raises:
            LocalProtocolError: not open, a receiver, more than `window_free`, or a value does not fit.
        """
        if self.mode is BindMode.RECEIVER:
            raise LocalProtocolError("a receiver's connection cannot submit")
        return self.request_many(REQUESTS.submit, submits)

    def query(self, query: QuerySm) -> int:
        """Ask what became of a message; the answer is a `QueryAnswered`.

        Raises:
            LocalProtocolError: as `submit`.
        """
        return self.request_many(REQUESTS.query, [query])[0]

    def cancel(self, cancel: CancelSm) -> int:
        """Ask for a message back; the answer is a `CancelAnswered`.

        Raises:
            LocalProtocolError: as `submit`.
        """
        return self.request_many(REQUESTS.cancel, [cancel])[0]

    def answer(self, seq: int, status: int = 0, *, is_data: bool = False) -> None:
        """Answer a receipt or an uplink, after it is stored; `is_data` as its event says.

        Raises:
            LocalProtocolError: the connection is closed.
        """
        self.send_answer(SMPP34.data_sm_resp if is_data else SMPP34.deliver_sm_resp, MessageResp(status), seq)


async def connect_smpp(
    host: str,
    port: int,
    account: SmppAccount,
    on_event: Callable[[SmppConnection, list[SmppEvent]], None],
    *,
    tls: ssl.SSLContext | None = None,
    login_timeout_s: float = 10.0,
) -> SmppConnection:
    """Connect and bind.

    `on_event` is called on the loop with the events of each read, `Opened` first and `Closed` last; it may be called
    before this function returns, and must not block. A failed bind raises and tells nobody.

    Raises:
        OSError: no connection within `login_timeout_s` (TimeoutError) or at all, or TLS failed (ssl.SSLError).
        LoginRefusedError: the carrier refused.
        RemoteProtocolError: it broke the protocol, closed, or did not answer.
        LocalProtocolError: the account cannot be written.
    """
    connection = SmppConnection(account, on_event, login_timeout_s)
    return await log_in(connection, host, port, tls=tls, login_timeout_s=login_timeout_s)


class SmppServerConnection(ServerConnection[SmppServerEvent]):
    """A client's connection, as the message centre sees it."""

    def __init__(self, server: "SmppServer", find_account: FindAccount) -> None:
        """Belong to the server."""
        self._flavour: Final = SmppServerFlavour(find_account)
        super().__init__(server, self._flavour)

    @property
    def mode(self) -> BindMode:
        """What the connection is for; receipts of a transmitter go to a receiver of the same account."""
        return self._flavour.mode

    @property
    def peer_version(self) -> int:
        """The interface_version of the client's bind."""
        return self._flavour.peer_version

    def answer_submit(self, seq: int, message_id: str, status: int = 0) -> None:
        """Answer a submit_sm; an error goes without a body.

        Raises:
            LocalProtocolError: the connection is closed.
        """
        self._answer_message(SMPP34.submit_sm_resp, seq, message_id, status)

    def answer_data(self, seq: int, message_id: str, status: int = 0) -> None:
        """Answer a data_sm.

        Raises:
            LocalProtocolError: the connection is closed.
        """
        self._answer_message(SMPP34.data_sm_resp, seq, message_id, status)

    def answer_multi(self, seq: int, message_id: str, failures: tuple[Failure, ...] = (), status: int = 0) -> None:
        """Answer a submit_multi with the addresses that it did not reach.

        Raises:
            LocalProtocolError: the connection is closed.
        """
        self.send_answer(SMPP34.submit_multi_resp, SubmitMultiResp(status, message_id, failures), seq)

    def answer_query(self, seq: int, answer: QuerySmResp) -> None:
        """Answer a query_sm.

        Raises:
            LocalProtocolError: the connection is closed.
        """
        self.send_answer(SMPP34.query_sm_resp, answer, seq)

    def answer_cancel(self, seq: int, status: int = 0) -> None:
        """Answer a cancel_sm.

        Raises:
            LocalProtocolError: the connection is closed.
        """
        self.send_answer(SMPP34.cancel_sm_resp, Bare(status), seq)

    def deliver_many(self, delivers: Sequence[DeliverSm]) -> list[int]:
        """Send uplinks or receipts and return their sequences; all or none, within `window_free`.

        Raises:
            LocalProtocolError: not open, a transmitter, more than `window_free`, or a value does not fit.
        """
        if self.mode is BindMode.TRANSMITTER:
            raise LocalProtocolError("a transmitter's connection takes no deliver_sm")
        return self.request_many(REQUESTS.deliver, delivers)

    def deliver(self, deliver: DeliverSm) -> int:
        """Send one uplink or receipt.

        Raises:
            LocalProtocolError: as `deliver_many`.
        """
        return self.deliver_many([deliver])[0]

    def deliver_report(self, report: Report) -> int:
        """Send one receipt, with TLVs unless the client is older than 3.4.

        Raises:
            LocalProtocolError: as `deliver_many`.
        """
        return self.deliver(report_deliver(report, with_tlvs=self.peer_version >= VERSION_34))

    def _answer_message(self, codec: SmppCodec[MessageResp], seq: int, message_id: str, status: int) -> None:
        self.send_answer(codec, MessageResp(status, message_id), seq)


def report_deliver(report: Report, *, with_tlvs: bool = True) -> DeliverSm:
    """Wrap a receipt into its deliver_sm: from the phone `dest` to the access number `source`.

    Raises:
        LocalProtocolError: a value does not fit.
    """
    content, tlvs = format_report(report, with_tlvs=with_tlvs)
    return DeliverSm(
        source_addr=report.dest,
        destination_addr=report.source,
        esm_class=ESM_RECEIPT,
        short_message=content,
        tlvs=tlvs,
    )


SmppServer = Server[SmppServerConnection]


async def serve_smpp(
    host: str,
    port: int,
    accounts: FindAccount,
    on_event: Callable[[SmppServerConnection, list[SmppServingEvent]], None],
    *,
    limits: Limits | None = None,
    max_connections: int = 1000,
    tls: ssl.SSLContext | None = None,
) -> SmppServer:
    """Listen for ESMEs.

    `accounts` finds an account by system_id; `on_event` gets the events of each read of a connection, `Opened` first
    and `Closed` last, and must not block.

    Raises:
        OSError: the address cannot be had.
    """
    server = SmppServer(
        lambda server: SmppServerConnection(server, accounts),
        on_event,
        limits or Limits(heartbeat_s=180.0),
        max_connections=max_connections,
    )
    await server.listen(host, port, tls=tls)
    return server
