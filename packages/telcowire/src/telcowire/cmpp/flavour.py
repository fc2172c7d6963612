"""CMPP's part of the session: accounts, login digests, routes, in the role of SP (client) and of gateway (server).

Source: CMPP 3.0 clauses 7.4.1 (login), 7.4.7 (link test); versions as met in the field are noted where they matter.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from telcowire.cmpp.events import (
    BadReportReceived,
    CancelAnswered,
    CancelReceived,
    CmppClientEvent,
    CmppServerEvent,
    DeliverAnswered,
    DeliverTimedOut,
    MoReceived,
    QueryAnswered,
    QueryReceived,
    ReportReceived,
    RequestTimedOut,
    SubmitAnswered,
    SubmitReceived,
    SubmitTimedOut,
)
from telcowire.cmpp.pdus import (
    CMPP20,
    CMPP30,
    HEADER,
    MAX_OCTETS,
    ActiveTest,
    ActiveTestResp,
    CancelResp,
    CmppCodecs,
    Connect,
    ConnectResp,
    Deliver,
    DeliverResp,
    SubmitResp,
    Terminate,
    TerminateResp,
    get_codecs,
)
from telcowire.cmpp.reports import CONNECT_STATUS_NAMES, parse_report
from telcowire.errors import Breach, LocalProtocolError, LoginRefusedError, RemoteProtocolError
from telcowire.fields import HeaderShape
from telcowire.flavour import Admission, Kind, Pdu, Recall, RequestKind, Route

_NO_DIGEST: Final = bytes(16)
#: What a request is answered that cannot be taken; any other breach ends the connection.
_RESULTS: Final = {Breach.BAD_STRUCTURE: 1, Breach.BAD_LENGTH: 4, Breach.CONTENT_TOO_LONG: 6}
_CONNECT_BAD_ADDRESS: Final = 2
_CONNECT_BAD_SECRET: Final = 3
_CONNECT_BAD_VERSION: Final = 4
_LOGIN_BREACHES: Final = {
    _CONNECT_BAD_ADDRESS: Breach.UNKNOWN_ACCOUNT,
    _CONNECT_BAD_SECRET: Breach.WRONG_DIGEST,
    _CONNECT_BAD_VERSION: Breach.WRONG_VERSION,
}


class CmppAccount(NamedTuple):
    """An SP's login and how its connection behaves; `version` is 0x20 (or another 2.x) or 0x30.

    `check_server_digest` off is for gateways that do not compute AuthenticatorISMG; `submit_tries` above one resends an
    unanswered SUBMIT, which can double the message.
    """

    source_addr: str
    secret: str
    version: int = 0x30
    window_pdus: int = 16
    heartbeat_s: float | None = 30.0
    response_timeout_s: float = 60.0
    check_server_digest: bool = True
    submit_tries: int = 1


class CmppServerAccount(NamedTuple):
    """An SP as the gateway knows it; `version` None means that the login's version byte decides."""

    source_addr: str
    secret: str
    version: int | None = None


def source_digest(source_addr: str, secret: str, timestamp: int) -> bytes:
    """AuthenticatorSource: MD5 of the unpadded address, nine zero octets, the secret, ten digits MMDDHHMMSS."""
    text = source_addr.encode("latin-1", "replace") + bytes(9) + secret.encode() + b"%010d" % timestamp
    return hashlib.md5(text, usedforsecurity=False).digest()


def ismg_digest(status: int, status_octets: int, authenticator_source: bytes, secret: str) -> bytes:
    """AuthenticatorISMG: MD5 of the status in its wire width (2.0: 1 octet, 3.0: 4), client's digest, secret."""
    text = status.to_bytes(status_octets, "big") + authenticator_source + secret.encode()
    return hashlib.md5(text, usedforsecurity=False).digest()


def _status_octets(version: int) -> int:
    return 4 if version == CMPP30.version else 1


class CmppRequests(NamedTuple):
    """The requests of one version that go through the window."""

    submit: RequestKind[CmppClientEvent]
    query: RequestKind[CmppClientEvent]
    cancel: RequestKind[CmppClientEvent]
    deliver: RequestKind[CmppServerEvent]


def _requests(codecs: CmppCodecs) -> CmppRequests:
    return CmppRequests(
        RequestKind(codecs.submit, codecs.submit_resp.command, SubmitTimedOut),
        RequestKind(codecs.query, codecs.query_resp.command, RequestTimedOut),
        RequestKind(codecs.cancel, codecs.cancel_resp.command, RequestTimedOut),
        RequestKind(codecs.deliver, codecs.deliver_resp.command, DeliverTimedOut),
    )


def _deliver_event(seq: int, deliver: Deliver) -> ReportReceived | BadReportReceived | MoReceived:
    if deliver.registered_delivery != 1:
        return MoReceived(seq, deliver)
    try:
        return ReportReceived(seq, deliver.msg_id, parse_report(deliver.msg_content))
    except RemoteProtocolError:
        return BadReportReceived(seq, deliver)


def _client_routes(codecs: CmppCodecs) -> dict[int, Route[CmppClientEvent]]:
    def refuse_deliver(seq: int, breach: Breach) -> bytes | None:
        result = _RESULTS.get(breach)
        return None if result is None else codecs.deliver_resp.encode(DeliverResp(0, result), seq)

    routes: tuple[Route[CmppClientEvent], ...] = (
        Route(Kind.LOGIN_ANSWER, codecs.connect_resp),
        Route(Kind.ANSWER, codecs.submit_resp, lambda seq, pdu: SubmitAnswered(seq, pdu[0], pdu[1])),
        Route(Kind.REQUEST, codecs.deliver, _deliver_event, refuse_deliver),
        Route(Kind.ANSWER, codecs.query_resp, QueryAnswered),
        Route(Kind.ANSWER, codecs.cancel_resp, lambda seq, pdu: CancelAnswered(seq, pdu[0])),
        Route(Kind.KEEPALIVE, codecs.active_test),
        Route(Kind.KEEPALIVE_ANSWER, codecs.active_test_resp),
        Route(Kind.TERMINATE, codecs.terminate),
        Route(Kind.TERMINATE_ANSWER, codecs.terminate_resp),
    )
    return {route.codec.command: route for route in routes}


def _server_routes(codecs: CmppCodecs) -> dict[int, Route[CmppServerEvent]]:
    def refuse_submit(seq: int, breach: Breach) -> bytes | None:
        result = _RESULTS.get(breach)
        return None if result is None else codecs.submit_resp.encode(SubmitResp(0, result), seq)

    def refuse_cancel(seq: int, breach: Breach) -> bytes | None:
        return codecs.cancel_resp.encode(CancelResp(1), seq) if breach in _RESULTS else None

    routes: tuple[Route[CmppServerEvent], ...] = (
        Route(Kind.LOGIN, codecs.connect),
        Route(Kind.REQUEST, codecs.submit, SubmitReceived, refuse_submit),
        Route(Kind.ANSWER, codecs.deliver_resp, lambda seq, pdu: DeliverAnswered(seq, pdu[0], pdu[1])),
        Route(Kind.REQUEST, codecs.query, QueryReceived),
        Route(Kind.REQUEST, codecs.cancel, CancelReceived, refuse_cancel),
        Route(Kind.KEEPALIVE, codecs.active_test),
        Route(Kind.KEEPALIVE_ANSWER, codecs.active_test_resp),
        Route(Kind.TERMINATE, codecs.terminate),
        Route(Kind.TERMINATE_ANSWER, codecs.terminate_resp),
    )
    return {route.codec.command: route for route in routes}


_REQUESTS: Final = {codecs.version: _requests(codecs) for codecs in (CMPP20, CMPP30)}
_CLIENT_ROUTES: Final = {codecs.version: _client_routes(codecs) for codecs in (CMPP20, CMPP30)}
_SERVER_ROUTES: Final = {codecs.version: _server_routes(codecs) for codecs in (CMPP20, CMPP30)}


class _CmppFlavour:
    """What both roles share."""

    header: HeaderShape = HEADER
    max_octets: int = MAX_OCTETS
    take_seq: Callable[[], int] | None = None
    recall: Recall | None = None

    def __init__(self, codecs: CmppCodecs) -> None:
        self.codecs = codecs

    @property
    def requests(self) -> CmppRequests:
        """The windowed requests in the version of this connection."""
        return _REQUESTS[self.codecs.version]

    def refuse_unknown(self, command: int, seq: int) -> bytes | None:
        """No answer is defined: the connection ends, whatever the command."""
        del command, seq
        return None

    def keepalive(self, seq: int) -> bytes | None:
        """An ACTIVE_TEST."""
        return self.codecs.active_test.encode(ActiveTest(), seq)

    def keepalive_answer(self, seq: int) -> bytes:
        """An ACTIVE_TEST_RESP."""
        return self.codecs.active_test_resp.encode(ActiveTestResp(), seq)

    def terminate(self, seq: int) -> bytes:
        """A TERMINATE."""
        return self.codecs.terminate.encode(Terminate(), seq)

    def terminate_answer(self, seq: int) -> bytes:
        """A TERMINATE_RESP."""
        return self.codecs.terminate_resp.encode(TerminateResp(), seq)


class CmppClientFlavour(_CmppFlavour):
    """An SP. `timestamp` is the login's time as MMDDHHMMSS, in the carrier's zone."""

    def __init__(self, account: CmppAccount, timestamp: int) -> None:
        """Compute the digest once.

        Raises:
            LocalProtocolError: the account's version or address cannot be sent.
        """
        super().__init__(get_codecs(account.version))
        self._account: Final = account
        self._timestamp: Final = timestamp
        self._digest: Final = source_digest(account.source_addr, account.secret, timestamp)

    @property
    def routes(self) -> Mapping[int, Route[CmppClientEvent]]:
        """What a client may be sent."""
        return _CLIENT_ROUTES[self.codecs.version]

    def login_request(self, seq: int) -> bytes | None:
        """A CONNECT."""
        account = self._account
        return self.codecs.connect.encode(
            Connect(account.source_addr, self._digest, account.version, self._timestamp), seq
        )

    def check_login_answer(self, pdu: Pdu) -> str:
        """Accept status 0 with the right digest.

        Raises:
            LoginRefusedError: another status, or a server that does not know the secret.
        """
        answer, account = ConnectResp(*pdu), self._account
        if answer.status != 0:
            name = CONNECT_STATUS_NAMES.get(answer.status, "other error")
            raise LoginRefusedError(f"login refused: {answer.status} ({name})", answer.status)
        due = ismg_digest(0, _status_octets(self.codecs.version), self._digest, account.secret)
        if account.check_server_digest and not hmac.compare_digest(due, answer.authenticator_ismg):
            raise LoginRefusedError(
                "the gateway's digest is wrong: it does not know the secret", -1, Breach.WRONG_DIGEST
            )
        return account.source_addr

    def admit(self, seq: int, pdu: Pdu) -> Admission[CmppClientEvent]:
        """A client admits nobody.

        Raises:
            LocalProtocolError: always.
        """
        raise LocalProtocolError(f"a client cannot admit login {seq}: {pdu!r}")


class CmppServerFlavour(_CmppFlavour):
    """A gateway. `find_account` looks an SP up by its Source_Addr."""

    def __init__(self, find_account: Callable[[str], CmppServerAccount | None]) -> None:
        """Wait for a login; until then the version is not known."""
        super().__init__(CMPP30)
        self._find_account: Final = find_account

    @property
    def routes(self) -> Mapping[int, Route[CmppServerEvent]]:
        """What a server may be sent, in the version of the login."""
        return _SERVER_ROUTES[self.codecs.version]

    def login_request(self, seq: int) -> bytes | None:
        """A server waits, whatever the sequence."""
        del seq
        return None

    def check_login_answer(self, pdu: Pdu) -> str:
        """A server does not log in.

        Raises:
            LocalProtocolError: always.
        """
        raise LocalProtocolError(f"a server expects no login answer: {pdu!r}")

    def admit(self, seq: int, pdu: Pdu) -> Admission[CmppServerEvent]:
        """Check version, address and digest, in this order; answer in the width of the version.

        The account's version decides, else the version byte: 0x20-0x2F are 2.x (clients send 0x20, 0x21), 0x30 is 3.0.
        """
        login = Connect(*pdu)
        account = self._find_account(login.source_addr)
        try:
            version = login.version if account is None or account.version is None else account.version
            self.codecs = get_codecs(version)
        except LocalProtocolError:
            return self._refuse(seq, _CONNECT_BAD_VERSION)
        if account is None:
            return self._refuse(seq, _CONNECT_BAD_ADDRESS)
        due = source_digest(account.source_addr, account.secret, login.timestamp)
        if not hmac.compare_digest(due, login.authenticator_source):
            return self._refuse(seq, _CONNECT_BAD_SECRET)
        digest = ismg_digest(0, _status_octets(self.codecs.version), login.authenticator_source, account.secret)
        return Admission(self._answer(seq, 0, digest), account.source_addr, "")

    def _refuse(self, seq: int, status: int) -> Admission[CmppServerEvent]:
        reason = f"login refused: {status} ({CONNECT_STATUS_NAMES[status]})"
        return Admission(self._answer(seq, status, _NO_DIGEST), None, reason, _LOGIN_BREACHES[status])

    def _answer(self, seq: int, status: int, digest: bytes) -> bytes:
        return self.codecs.connect_resp.encode(ConnectResp(status, digest, CMPP30.version), seq)
