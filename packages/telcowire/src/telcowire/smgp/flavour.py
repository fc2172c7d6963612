"""SMGP's part of the session: accounts, login digests and modes, routes, in the role of SP and of gateway.

A connection's login mode says what may be asked on it: an SP that logs in to send gets no Deliver, one that logs in to
receive may not submit; many gateways want a connection of each.

Source: SMGP 3.0.3 clause 4 (connections) and Login; protocol page, clauses 3.1 and 3.3.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, NamedTuple, TypeVar

from telcowire.errors import Breach, LocalProtocolError, LoginRefusedError, RemoteProtocolError
from telcowire.fields import Codec, HeaderShape
from telcowire.flavour import Admission, Kind, Pdu, Recall, RequestKind, Route
from telcowire.smgp.events import (
    BadReportReceived,
    DeliverAnswered,
    DeliverTimedOut,
    MoReceived,
    QueryAnswered,
    QueryReceived,
    ReportReceived,
    RequestTimedOut,
    SmgpClientEvent,
    SmgpServerEvent,
    SubmitAnswered,
    SubmitReceived,
    SubmitTimedOut,
)
from telcowire.smgp.msg_ids import NO_MSG_ID
from telcowire.smgp.pdus import (
    HEADER,
    MAX_OCTETS,
    SMGP13,
    SMGP30,
    VERSION_30,
    ActiveTest,
    ActiveTestResp,
    Deliver,
    DeliverResp,
    Exit,
    ExitResp,
    Login,
    LoginResp,
    SmgpCodecs,
    SubmitResp,
    get_codecs,
)
from telcowire.smgp.reports import (
    STATUS_BAD_ACCESS,
    STATUS_BAD_COMMAND,
    STATUS_BAD_LENGTH,
    STATUS_BAD_SECRET,
    STATUS_BAD_STRUCTURE,
    STATUS_BAD_VERSION,
    parse_report,
    status_name,
)

P = TypeVar("P", bound=tuple[Any, ...])

SENDS: Final = 0
RECEIVES: Final = 1
SENDS_AND_RECEIVES: Final = 2
LOGIN_MODES: Final = frozenset({SENDS, RECEIVES, SENDS_AND_RECEIVES})

_NO_DIGEST: Final = bytes(16)
#: What a request is answered that cannot be taken; any other breach ends the connection.
_STATUSES: Final = {
    Breach.BAD_STRUCTURE: STATUS_BAD_STRUCTURE,
    Breach.BAD_LENGTH: STATUS_BAD_STRUCTURE,
    Breach.CONTENT_TOO_LONG: STATUS_BAD_LENGTH,
    Breach.UNKNOWN_COMMAND: STATUS_BAD_COMMAND,
}
#: Gateways hash the status of the server's digest in four octets (its width on the wire) or in one.
_STATUS_WIDTHS: Final = (4, 1)


class SmgpAccount(NamedTuple):
    """An SP's login and how its connection behaves; `version` is 0x30 or 0x13, `login_mode` one of `LOGIN_MODES`.

    `check_server_digest` off is for gateways that do not compute AuthenticatorServer; `submit_tries` above one resends
    an unanswered Submit, which can double the message.
    """

    client_id: str
    secret: str
    version: int = VERSION_30
    login_mode: int = SENDS_AND_RECEIVES
    window_pdus: int = 16
    heartbeat_s: float | None = 30.0
    response_timeout_s: float = 60.0
    check_server_digest: bool = True
    submit_tries: int = 1


class SmgpServerAccount(NamedTuple):
    """An SP as the gateway knows it; `version` None means that the login's version byte decides."""

    client_id: str
    secret: str
    version: int | None = None
    login_modes: frozenset[int] = LOGIN_MODES


def client_digest(client_id: str, secret: str, timestamp: int) -> bytes:
    """AuthenticatorClient: MD5 of the unpadded id, seven zero octets, the secret, ten digits MMDDHHMMSS."""
    text = client_id.encode("latin-1", "replace") + bytes(7) + secret.encode() + b"%010d" % timestamp
    return hashlib.md5(text, usedforsecurity=False).digest()


def server_digest(status: int, authenticator_client: bytes, secret: str, status_octets: int = 4) -> bytes:
    """AuthenticatorServer: MD5 of the status, the client's digest, the secret.

    The specification leaves the status's width open: we write four octets, and read four or one.
    """
    text = status.to_bytes(status_octets, "big") + authenticator_client + secret.encode()
    return hashlib.md5(text, usedforsecurity=False).digest()


class SmgpRequests(NamedTuple):
    """The requests of one version that go through the window."""

    submit: RequestKind[SmgpClientEvent]
    query: RequestKind[SmgpClientEvent]
    deliver: RequestKind[SmgpServerEvent]


def _requests(codecs: SmgpCodecs) -> SmgpRequests:
    return SmgpRequests(
        RequestKind(codecs.submit, codecs.submit_resp.command, SubmitTimedOut),
        RequestKind(codecs.query, codecs.query_resp.command, RequestTimedOut),
        RequestKind(codecs.deliver, codecs.deliver_resp.command, DeliverTimedOut),
    )


class _Forbidden(Generic[P]):
    """A request that the login mode does not allow: its body is not read, so that its route refuses it."""

    def __init__(self, codec: Codec[P]) -> None:
        self.name: Final = codec.name
        self.command: Final = codec.command
        self.encode: Final = codec.encode
        self.dump: Final = codec.dump

    def decode(self, data: bytes, offset: int, total: int) -> P:
        del data, offset, total
        raise RemoteProtocolError(f"{self.name} on a connection that only receives", Breach.UNKNOWN_COMMAND)


def _deliver_event(seq: int, deliver: Deliver) -> ReportReceived | BadReportReceived | MoReceived:
    if deliver.is_report != 1:
        return MoReceived(seq, deliver)
    try:
        report = parse_report(deliver.msg_content)
    except RemoteProtocolError:
        return BadReportReceived(seq, deliver)
    return ReportReceived(seq, deliver.msg_id, report, deliver.src_term_id)


def _client_routes(codecs: SmgpCodecs) -> dict[int, Route[SmgpClientEvent]]:
    def refuse_deliver(seq: int, breach: Breach) -> bytes | None:
        status = _STATUSES.get(breach)
        return None if status is None else codecs.deliver_resp.encode(DeliverResp(NO_MSG_ID, status), seq)

    routes: tuple[Route[SmgpClientEvent], ...] = (
        Route(Kind.LOGIN_ANSWER, codecs.login_resp),
        Route(Kind.ANSWER, codecs.submit_resp, lambda seq, pdu: SubmitAnswered(seq, pdu[0], pdu[1])),
        Route(Kind.REQUEST, codecs.deliver, _deliver_event, refuse_deliver),
        Route(Kind.ANSWER, codecs.query_resp, QueryAnswered),
        Route(Kind.KEEPALIVE, codecs.active_test),
        Route(Kind.KEEPALIVE_ANSWER, codecs.active_test_resp),
        Route(Kind.TERMINATE, codecs.exit),
        Route(Kind.TERMINATE_ANSWER, codecs.exit_resp),
    )
    return {route.codec.command: route for route in routes}


def _server_routes(codecs: SmgpCodecs, login_mode: int) -> dict[int, Route[SmgpServerEvent]]:
    def refuse_submit(seq: int, breach: Breach) -> bytes | None:
        status = _STATUSES.get(breach)
        return None if status is None else codecs.submit_resp.encode(SubmitResp(NO_MSG_ID, status), seq)

    submit: Codec[Any] = _Forbidden(codecs.submit) if login_mode == RECEIVES else codecs.submit
    routes: tuple[Route[SmgpServerEvent], ...] = (
        Route(Kind.LOGIN, codecs.login),
        Route(Kind.REQUEST, submit, SubmitReceived, refuse_submit),
        Route(Kind.ANSWER, codecs.deliver_resp, lambda seq, pdu: DeliverAnswered(seq, pdu[0], pdu[1])),
        Route(Kind.REQUEST, codecs.query, QueryReceived),
        Route(Kind.KEEPALIVE, codecs.active_test),
        Route(Kind.KEEPALIVE_ANSWER, codecs.active_test_resp),
        Route(Kind.TERMINATE, codecs.exit),
        Route(Kind.TERMINATE_ANSWER, codecs.exit_resp),
    )
    return {route.codec.command: route for route in routes}


_VERSIONS: Final = (SMGP13, SMGP30)
_REQUESTS: Final = {codecs.version: _requests(codecs) for codecs in _VERSIONS}
_CLIENT_ROUTES: Final = {codecs.version: _client_routes(codecs) for codecs in _VERSIONS}
_SERVER_ROUTES: Final = {
    (codecs.version, mode): _server_routes(codecs, mode) for codecs in _VERSIONS for mode in LOGIN_MODES
}


class _SmgpFlavour:
    """What both roles share."""

    header: HeaderShape = HEADER
    max_octets: int = MAX_OCTETS
    take_seq: Callable[[], int] | None = None
    recall: Recall | None = None

    def __init__(self, codecs: SmgpCodecs, login_mode: int) -> None:
        self.codecs = codecs
        self.login_mode = login_mode

    @property
    def requests(self) -> SmgpRequests:
        """The windowed requests in the version of this connection."""
        return _REQUESTS[self.codecs.version]

    def refuse_unknown(self, command: int, seq: int) -> bytes | None:
        """No answer is defined: the connection ends, whatever the command."""
        del command, seq
        return None

    def keepalive(self, seq: int) -> bytes | None:
        """An Active_Test."""
        return self.codecs.active_test.encode(ActiveTest(), seq)

    def keepalive_answer(self, seq: int) -> bytes:
        """An Active_Test_Resp."""
        return self.codecs.active_test_resp.encode(ActiveTestResp(), seq)

    def terminate(self, seq: int) -> bytes:
        """An Exit."""
        return self.codecs.exit.encode(Exit(), seq)

    def terminate_answer(self, seq: int) -> bytes:
        """An Exit_Resp."""
        return self.codecs.exit_resp.encode(ExitResp(), seq)


class SmgpClientFlavour(_SmgpFlavour):
    """An SP. `timestamp` is the login's time as MMDDHHMMSS, in the carrier's zone."""

    def __init__(self, account: SmgpAccount, timestamp: int) -> None:
        """Compute the digest once.

        Raises:
            LocalProtocolError: the account's version, mode or id cannot be sent.
        """
        if account.login_mode not in LOGIN_MODES:
            raise LocalProtocolError(f"login mode {account.login_mode} is not known")
        super().__init__(get_codecs(account.version), account.login_mode)
        self._account: Final = account
        self._timestamp: Final = timestamp
        self._digest: Final = client_digest(account.client_id, account.secret, timestamp)

    @property
    def routes(self) -> Mapping[int, Route[SmgpClientEvent]]:
        """What a client may be sent. A Deliver is read in every mode: refusing it would lose a report."""
        return _CLIENT_ROUTES[self.codecs.version]

    def login_request(self, seq: int) -> bytes | None:
        """A Login."""
        account = self._account
        login = Login(account.client_id, self._digest, account.login_mode, self._timestamp, account.version)
        return self.codecs.login.encode(login, seq)

    def check_login_answer(self, pdu: Pdu) -> str:
        """Accept status 0 with the right digest, over the status in four octets or in one.

        Raises:
            LoginRefusedError: another status, or a server that does not know the secret.
        """
        answer, account = LoginResp(*pdu), self._account
        if answer.status != 0:
            raise LoginRefusedError(f"login refused: {answer.status} ({status_name(answer.status)})", answer.status)
        due = [server_digest(0, self._digest, account.secret, octets) for octets in _STATUS_WIDTHS]
        is_known = any(hmac.compare_digest(one, answer.authenticator_server) for one in due)
        if account.check_server_digest and not is_known:
            raise LoginRefusedError(
                "the gateway's digest is wrong: it does not know the secret", -1, Breach.WRONG_DIGEST
            )
        return account.client_id

    def admit(self, seq: int, pdu: Pdu) -> Admission[SmgpClientEvent]:
        """A client admits nobody.

        Raises:
            LocalProtocolError: always.
        """
        raise LocalProtocolError(f"a client cannot admit login {seq}: {pdu!r}")


class SmgpServerFlavour(_SmgpFlavour):
    """A gateway. `find_account` looks an SP up by its ClientID."""

    def __init__(self, find_account: Callable[[str], SmgpServerAccount | None]) -> None:
        """Wait for a login; until then version and mode are not known."""
        super().__init__(SMGP30, SENDS_AND_RECEIVES)
        self._find_account: Final = find_account

    @property
    def routes(self) -> Mapping[int, Route[SmgpServerEvent]]:
        """What a server may be sent, in the version and mode of the login."""
        return _SERVER_ROUTES[self.codecs.version, self.login_mode]

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

    def admit(self, seq: int, pdu: Pdu) -> Admission[SmgpServerEvent]:
        """Check version, id, digest and mode, in this order. An unknown id gets the answer of a wrong secret."""
        login = Login(*pdu)
        account = self._find_account(login.client_id)
        try:
            version = login.client_version if account is None or account.version is None else account.version
            self.codecs = get_codecs(version)
        except LocalProtocolError:
            return self._refuse(seq, STATUS_BAD_VERSION, Breach.WRONG_VERSION)
        if account is None:
            return self._refuse(seq, STATUS_BAD_SECRET, Breach.UNKNOWN_ACCOUNT)
        due = client_digest(account.client_id, account.secret, login.timestamp)
        if not hmac.compare_digest(due, login.authenticator_client):
            return self._refuse(seq, STATUS_BAD_SECRET, Breach.WRONG_DIGEST)
        if login.login_mode not in account.login_modes & LOGIN_MODES:
            return self._refuse(seq, STATUS_BAD_ACCESS, Breach.BAD_STRUCTURE)
        self.login_mode = login.login_mode
        return Admission(
            self._answer(seq, 0, server_digest(0, login.authenticator_client, account.secret)), account.client_id, ""
        )

    def _refuse(self, seq: int, status: int, breach: Breach) -> Admission[SmgpServerEvent]:
        reason = f"login refused: {status} ({status_name(status)})"
        return Admission(self._answer(seq, status, _NO_DIGEST), None, reason, breach)

    def _answer(self, seq: int, status: int, digest: bytes) -> bytes:
        return self.codecs.login_resp.encode(LoginResp(status, digest, self.codecs.version), seq)
