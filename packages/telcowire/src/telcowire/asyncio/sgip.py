"""SGIP on asyncio, both ends of both directions: call and submit, call and deliver, be called for either.

An SP calls its SMG with `connect_sgip` (login type 1) and is called by it through `serve_sgip` (accounts of login type
2). An SMG is the mirror image. Sequences come from one `SgipSequence` per node: `make_sequence`.
"""

import secrets
import ssl
import time
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final

from telcowire.asyncio.client import ClientConnection, log_in
from telcowire.asyncio.connection import SessionConnection
from telcowire.asyncio.server import Server, ServerConnection
from telcowire.errors import LocalProtocolError
from telcowire.session import Closed, Limits, SessionEvent
from telcowire.sgip.events import SgipEvent, SgipOwnEvent, TraceReceived, UserRptReceived
from telcowire.sgip.flavour import (
    REQUESTS,
    SgipAccount,
    SgipClientFlavour,
    SgipServerAccount,
    SgipServerFlavour,
)
from telcowire.sgip.pdus import (
    SGIP,
    Deliver,
    DeliverResp,
    Report,
    ReportResp,
    Submit,
    SubmitResp,
    Trace,
    TraceResp,
    UserRpt,
    UserRptResp,
)
from telcowire.sgip.sequences import SgipSequence

FindAccount = Callable[[str], SgipServerAccount | None]

#: What a server keeps to: 32 in the window, 30 s for an answer, and hanging up after a minute without a word.
SERVER_LIMITS: Final = Limits(window_pdus=32, heartbeat_s=None, response_timeout_s=30.0, idle_s=60.0)


def make_sequence(node: int) -> SgipSequence:
    """Return the sequences of a node, on the wall clock, from a random counter on: one object for all its connections.

    Raises:
        LocalProtocolError: the node does not fit 32 bits.
    """
    return SgipSequence(node, time.time, secrets.randbits(32))


class _SgipTalk(SessionConnection[SgipOwnEvent]):
    """What may be said over a connection, by the side that it belongs to."""

    # --- as SP ---

    def submit_many(self, submits: Sequence[Submit]) -> list[int]:
        """SP: send several in one go; all or none. The sequences are the messages' ids.

        Raises:
            LocalProtocolError: not open, more than `window_free`, or a value does not fit.
        """
        return self.request_many(REQUESTS.submit, submits)

    def submit(self, submit: Submit) -> int:
        """SP: send one part and return its sequence.

        Raises:
            LocalProtocolError: as `submit_many`.
        """
        return self.submit_many([submit])[0]

    def answer_report(self, seq: int, result: int = 0) -> None:
        """SP: answer a report, after it is stored: until then the SMG keeps it for us.

        Raises:
            LocalProtocolError: the connection is closed.
        """
        self.send_answer(SGIP.report_resp, ReportResp(result), seq)

    def answer_deliver(self, seq: int, result: int = 0) -> None:
        """SP: answer a text from a phone, after it is stored.

        Raises:
            LocalProtocolError: the connection is closed.
        """
        self.send_answer(SGIP.deliver_resp, DeliverResp(result), seq)

    def trace(self, trace: Trace) -> int:
        """Ask for a message's way; the answer is a `TraceAnswered`.

        Raises:
            LocalProtocolError: as `submit_many`.
        """
        return self.request_many(REQUESTS.trace, [trace])[0]

    # --- as SMG ---

    def answer_submit(self, seq: int, result: int = 0) -> None:
        """SMG: answer a submit.

        Raises:
            LocalProtocolError: the connection is closed.
        """
        self.send_answer(SGIP.submit_resp, SubmitResp(result), seq)

    def deliver_many(self, pdus: Sequence[Deliver | Report]) -> list[int]:
        """SMG: send texts and reports, within `window_free`, and return their sequences; each kind all or none.

        Raises:
            LocalProtocolError: not open, more than `window_free`, or a value does not fit.
        """
        if len(pdus) > self.window_free:
            raise LocalProtocolError(f"{len(pdus)} requests; the window has room for {self.window_free}")
        seqs: list[int] = []
        for kind, run in groupby(pdus, type):
            seqs += self.request_many(REQUESTS.report if kind is Report else REQUESTS.deliver, list(run))
        return seqs

    def deliver(self, deliver: Deliver) -> int:
        """SMG: send one text from a phone.

        Raises:
            LocalProtocolError: as `deliver_many`.
        """
        return self.deliver_many([deliver])[0]

    def deliver_report(self, report: Report) -> int:
        """SMG: send one state report.

        Raises:
            LocalProtocolError: as `deliver_many`.
        """
        return self.deliver_many([report])[0]

    def tell_user_condition(self, user_rpt: UserRpt) -> int:
        """SMG: tell that a subscriber's account changed; the answer is a `UserRptAnswered`.

        Raises:
            LocalProtocolError: as `deliver_many`.
        """
        return self.request_many(REQUESTS.user_rpt, [user_rpt])[0]

    def answer_asides(self, events: list[SgipOwnEvent | SessionEvent]) -> None:
        """Answer at once what the application has no say in: a subscriber's change, and a trace that ends here."""
        if self.session.is_closed:
            return
        for event in events:
            if isinstance(event, UserRptReceived):
                self.send_answer(SGIP.user_rpt_resp, UserRptResp(0), event.seq)
            elif isinstance(event, TraceReceived):
                self.send_answer(SGIP.trace_resp, TraceResp(), event.seq)


class SgipConnection(_SgipTalk, ClientConnection[SgipOwnEvent]):
    """A logged-in connection that we opened; made by `connect_sgip`."""

    def __init__(
        self,
        account: SgipAccount,
        sequence: SgipSequence,
        on_event: "Callable[[SgipConnection, list[SgipEvent]], None]",
        login_timeout_s: float,
    ) -> None:
        """Prepare the login; the session starts with the transport.

        Raises:
            LocalProtocolError: the account cannot be written.
        """
        limits = Limits(
            window_pdus=account.window_pdus,
            heartbeat_s=None,
            response_timeout_s=account.response_timeout_s,
            login_timeout_s=login_timeout_s,
            tries=account.submit_tries,
            idle_s=account.idle_s,
        )
        super().__init__(SgipClientFlavour(account, sequence), limits, on_event)

    def tell(self, events: list[SgipOwnEvent | SessionEvent]) -> None:
        """Answer what needs no application, then pass everything on."""
        self.answer_asides(events)
        super().tell(events)


async def connect_sgip(
    host: str,
    port: int,
    account: SgipAccount,
    sequence: SgipSequence,
    on_event: Callable[[SgipConnection, list[SgipEvent]], None],
    *,
    tls: ssl.SSLContext | None = None,
    login_timeout_s: float = 10.0,
) -> SgipConnection:
    """Call and log in: as SP with login type 1, as SMG with login type 2.

    `on_event` is called on the loop with the events of each read, `Opened` first and `Closed` last; it may be called
    before this function returns, and must not block. A failed login raises and tells nobody.

    Raises:
        OSError: no connection within `login_timeout_s` (TimeoutError) or at all.
        LoginRefusedError: the peer refused.
        RemoteProtocolError: it broke the protocol, closed, or did not answer.
        LocalProtocolError: the account cannot be written.
    """
    connection = SgipConnection(account, sequence, on_event, login_timeout_s)
    return await log_in(connection, host, port, tls=tls, login_timeout_s=login_timeout_s)


class SgipServerConnection(_SgipTalk, ServerConnection[SgipOwnEvent]):
    """A connection that the peer opened."""

    def __init__(self, server: "SgipServer", find_account: FindAccount, sequence: SgipSequence) -> None:
        """Belong to the server."""
        super().__init__(server, SgipServerFlavour(find_account, sequence))

    def tell(self, events: list[SgipOwnEvent | SessionEvent]) -> None:
        """Answer what needs no application, then pass everything on."""
        self.answer_asides(events)
        super().tell(events)


SgipServer = Server[SgipServerConnection]


async def serve_sgip(
    host: str,
    port: int,
    accounts: FindAccount,
    sequence: SgipSequence,
    on_event: Callable[[SgipServerConnection, list[SgipEvent]], None],
    *,
    limits: Limits = SERVER_LIMITS,
    max_connections: int = 1000,
    tls: ssl.SSLContext | None = None,
    shares_port: bool = False,
    on_stranger: Callable[[SgipServerConnection, Closed], None] | None = None,
) -> SgipServer:
    """Wait for calls: as SMG for accounts of login type 1, as SP for accounts of login type 2.

    `accounts` finds an account by its login name; `on_event` gets the events of each read of a connection, `Opened`
    first and `Closed` last, and must not block; `on_stranger` is told how connections without a login ended. With
    `shares_port` other processes may listen on the same port.

    Raises:
        OSError: the address cannot be had.
    """
    server = SgipServer(
        lambda server: SgipServerConnection(server, accounts, sequence),
        on_event,
        limits,
        max_connections=max_connections,
        on_stranger=on_stranger,
    )
    await server.listen(host, port, tls=tls, shares_port=shares_port)
    return server
