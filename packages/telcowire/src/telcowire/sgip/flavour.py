"""SGIP's part of the session: accounts, logins and routes, for both ends of both directions.

Who calls is one question (client or server), which side it is another: the SP calls the SMG to submit (login type 1),
and the SMG calls the SP to bring reports and texts (login type 2). The login type decides the side, and with it the
routes. There is no keep-alive: `Limits.idle_s` ends what nobody uses.
Source: China Unicom's interface specification, chapters 3 and 4.
"""

import hmac
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from telcowire.errors import Breach, LocalProtocolError, LoginRefusedError
from telcowire.fields import Codec, HeaderShape
from telcowire.flavour import Admission, Kind, Pdu, Recall, RequestKind, Route
from telcowire.sgip.events import (
    DeliverAnswered,
    DeliverTimedOut,
    MoReceived,
    ReportAnswered,
    ReportReceived,
    ReportTimedOut,
    RequestTimedOut,
    SgipOwnEvent,
    SubmitAnswered,
    SubmitReceived,
    SubmitTimedOut,
    TraceAnswered,
    TraceReceived,
    UserRptAnswered,
    UserRptReceived,
)
from telcowire.sgip.pdus import (
    HEADER,
    LOGIN_SMG,
    LOGIN_SP,
    MAX_OCTETS,
    RESPONSE_BIT,
    SGIP,
    Bind,
    BindResp,
    DeliverResp,
    ReportResp,
    SubmitResp,
    TraceResp,
    Unbind,
    UnbindResp,
    UserRptResp,
)
from telcowire.sgip.reports import (
    RESULT_ALREADY_BOUND,
    RESULT_BAD_COMMAND,
    RESULT_BAD_FORMAT,
    RESULT_BAD_LENGTH,
    RESULT_BAD_LOGIN,
    RESULT_BAD_LOGIN_TYPE,
    RESULT_BAD_SEQUENCE,
    RESULT_OK,
    result_name,
)
from telcowire.sgip.sequences import SgipSequence

#: What a request is answered that cannot be taken; any other breach ends the connection.
_RESULTS: Final = {
    Breach.WRONG_STATE: RESULT_BAD_LOGIN,
    Breach.BAD_STRUCTURE: RESULT_BAD_FORMAT,
    Breach.BAD_LENGTH: RESULT_BAD_LENGTH,
    Breach.CONTENT_TOO_LONG: RESULT_BAD_LENGTH,
    Breach.SEQUENCE_REUSED: RESULT_BAD_SEQUENCE,
}
#: The octets of any answer that has a Result and its Reserve.
_RESULT_OCTETS: Final = HEADER.octets + 9
#: How many requests of a peer are remembered, to know a repetition: many windows' worth.
_REMEMBERED: Final = 1024


class SgipAccount(NamedTuple):
    """A login as the caller has it, and how its connection behaves.

    `idle_s` unbinds after so long without traffic, before the server hangs up (it may after 60 s); None stays.
    `submit_tries` above one resends an unanswered Submit with its sequence: the SMG drops the repetition if it keeps
    the rules.
    """

    login_name: str
    password: str
    login_type: int = LOGIN_SP
    window_pdus: int = 32
    response_timeout_s: float = 30.0
    idle_s: float | None = None
    submit_tries: int = 1


class SgipServerAccount(NamedTuple):
    """A login as the called side knows it; only the named type is let in."""

    login_name: str
    password: str
    login_type: int = LOGIN_SP


class SgipRequests(NamedTuple):
    """The requests that go through the window."""

    submit: RequestKind[SgipOwnEvent]
    deliver: RequestKind[SgipOwnEvent]
    report: RequestKind[SgipOwnEvent]
    user_rpt: RequestKind[SgipOwnEvent]
    trace: RequestKind[SgipOwnEvent]


REQUESTS: Final = SgipRequests(
    RequestKind(SGIP.submit, SGIP.submit_resp.command, SubmitTimedOut),
    RequestKind(SGIP.deliver, SGIP.deliver_resp.command, DeliverTimedOut),
    RequestKind(SGIP.report, SGIP.report_resp.command, ReportTimedOut),
    RequestKind(SGIP.user_rpt, SGIP.user_rpt_resp.command, RequestTimedOut),
    RequestKind(SGIP.trace, SGIP.trace_resp.command, RequestTimedOut),
)

_Routes = Mapping[int, Route[SgipOwnEvent]]


def _refusal(codec: Codec[Any], answer: Callable[[int], Pdu]) -> Callable[[int, Breach], bytes | None]:
    def refuse(seq: int, breach: Breach) -> bytes | None:
        result = _RESULTS.get(breach)
        return None if result is None else codec.encode(answer(result), seq)

    return refuse


def _refuse_bind(seq: int, breach: Breach) -> bytes | None:
    return SGIP.bind_resp.encode(BindResp(RESULT_ALREADY_BOUND), seq) if breach is Breach.WRONG_STATE else None


def _refuse_trace(seq: int, breach: Breach) -> bytes | None:
    return SGIP.trace_resp.encode(TraceResp(), seq) if breach in _RESULTS else None


def _table(*routes: Route[SgipOwnEvent]) -> _Routes:
    return {route.codec.command: route for route in routes}


_TRACE: Final[Route[SgipOwnEvent]] = Route(Kind.REQUEST, SGIP.trace, TraceReceived, _refuse_trace)
_SUBMIT: Final[Route[SgipOwnEvent]] = Route(
    Kind.REQUEST, SGIP.submit, SubmitReceived, _refusal(SGIP.submit_resp, SubmitResp)
)
_TO_SP: Final[tuple[Route[SgipOwnEvent], ...]] = (
    Route(Kind.REQUEST, SGIP.deliver, MoReceived, _refusal(SGIP.deliver_resp, DeliverResp)),
    Route(Kind.REQUEST, SGIP.report, ReportReceived, _refusal(SGIP.report_resp, ReportResp)),
    Route(Kind.REQUEST, SGIP.user_rpt, UserRptReceived, _refusal(SGIP.user_rpt_resp, UserRptResp)),
)
_BOTH: Final[tuple[Route[SgipOwnEvent], ...]] = (
    Route(Kind.LOGIN, SGIP.bind, None, _refuse_bind),
    Route(Kind.LOGIN_ANSWER, SGIP.bind_resp),
    Route(Kind.TERMINATE, SGIP.unbind),
    Route(Kind.TERMINATE_ANSWER, SGIP.unbind_resp),
    Route(Kind.ANSWER, SGIP.trace_resp, TraceAnswered),
    _TRACE,
)
#: By side: what an SP may be sent, and what an SMG may be sent. Before the login both, to be refused.
_SP_ROUTES: Final = _table(
    *_BOTH, *_TO_SP, Route(Kind.ANSWER, SGIP.submit_resp, lambda seq, pdu: SubmitAnswered(seq, pdu[0]))
)
_SMG_ROUTES: Final = _table(
    *_BOTH,
    _SUBMIT,
    Route(Kind.ANSWER, SGIP.deliver_resp, lambda seq, pdu: DeliverAnswered(seq, pdu[0])),
    Route(Kind.ANSWER, SGIP.report_resp, lambda seq, pdu: ReportAnswered(seq, pdu[0])),
    Route(Kind.ANSWER, SGIP.user_rpt_resp, lambda seq, pdu: UserRptAnswered(seq, pdu[0])),
)
_LOGIN_ROUTES: Final = _table(*_BOTH, *_TO_SP, _SUBMIT)


class _SgipFlavour:
    """What both roles share."""

    header: HeaderShape = HEADER
    max_octets: int = MAX_OCTETS
    routes: _Routes = _LOGIN_ROUTES

    def __init__(self, sequence: SgipSequence) -> None:
        self._sequence: Final = sequence
        self.recall: Recall | None = Recall(_REMEMBERED)

    @property
    def take_seq(self) -> Callable[[], int] | None:
        """From the node's one counter."""
        return self._sequence.take

    def refuse_unknown(self, command: int, seq: int) -> bytes | None:
        """Result 7 for a request that is not known here; an unknown answer ends the connection."""
        if command & RESPONSE_BIT:
            return None
        head = _RESULT_OCTETS.to_bytes(4, "big") + (command | RESPONSE_BIT).to_bytes(4, "big")
        return head + seq.to_bytes(HEADER.seq_octets, "big") + bytes((RESULT_BAD_COMMAND,)) + bytes(8)

    def keepalive(self, seq: int) -> bytes | None:
        """The protocol has none, whatever the sequence."""
        del seq
        return None

    def keepalive_answer(self, seq: int) -> bytes:
        """Nothing asks for one.

        Raises:
            LocalProtocolError: always.
        """
        raise LocalProtocolError(f"SGIP has no keep-alive to answer: {seq}")

    def terminate(self, seq: int) -> bytes:
        """An Unbind."""
        return SGIP.unbind.encode(Unbind(), seq)

    def terminate_answer(self, seq: int) -> bytes:
        """An Unbind_Resp."""
        return SGIP.unbind_resp.encode(UnbindResp(), seq)


class SgipClientFlavour(_SgipFlavour):
    """The calling end: an SP with login type 1, an SMG with login type 2."""

    def __init__(self, account: SgipAccount, sequence: SgipSequence) -> None:
        """Take the side that the login type names.

        Raises:
            LocalProtocolError: a login type that neither side has.
        """
        super().__init__(sequence)
        if account.login_type not in {LOGIN_SP, LOGIN_SMG}:
            raise LocalProtocolError(f"login type {account.login_type}: only 1 (SP) and 2 (SMG) call")
        self._account: Final = account
        self.routes: _Routes = _SP_ROUTES if account.login_type == LOGIN_SP else _SMG_ROUTES

    def login_request(self, seq: int) -> bytes | None:
        """A Bind."""
        account = self._account
        return SGIP.bind.encode(Bind(account.login_type, account.login_name, account.password), seq)

    def check_login_answer(self, pdu: Pdu) -> str:
        """Accept result 0.

        Raises:
            LoginRefusedError: any other result.
        """
        result = BindResp(*pdu).result
        if result != RESULT_OK:
            raise LoginRefusedError(f"login refused: {result} ({result_name(result)})", result)
        return self._account.login_name

    def admit(self, seq: int, pdu: Pdu) -> Admission[SgipOwnEvent]:
        """A client admits nobody.

        Raises:
            LocalProtocolError: always.
        """
        raise LocalProtocolError(f"a client cannot admit login {seq}: {pdu!r}")


class SgipServerFlavour(_SgipFlavour):
    """The called end: an SMG that SPs call with login type 1, an SP that its SMG calls with login type 2."""

    def __init__(self, find_account: Callable[[str], SgipServerAccount | None], sequence: SgipSequence) -> None:
        """Wait for a login; `find_account` looks it up by its name."""
        super().__init__(sequence)
        self._find_account: Final = find_account

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

    def admit(self, seq: int, pdu: Pdu) -> Admission[SgipOwnEvent]:
        """Check name, password and login type, in this order."""
        login = Bind(*pdu)
        account = self._find_account(login.login_name)
        if account is None:
            return self._refuse(seq, RESULT_BAD_LOGIN, Breach.UNKNOWN_ACCOUNT)
        if not hmac.compare_digest(account.password.encode(), login.login_password.encode()):
            return self._refuse(seq, RESULT_BAD_LOGIN, Breach.WRONG_DIGEST)
        if login.login_type != account.login_type:
            return self._refuse(seq, RESULT_BAD_LOGIN_TYPE, Breach.REFUSED)
        self.routes = _SMG_ROUTES if login.login_type == LOGIN_SP else _SP_ROUTES
        return Admission(SGIP.bind_resp.encode(BindResp(RESULT_OK), seq), account.login_name, "")

    def _refuse(self, seq: int, result: int, breach: Breach) -> Admission[SgipOwnEvent]:
        answer = SGIP.bind_resp.encode(BindResp(result), seq)
        return Admission(answer, None, f"login refused: {result} ({result_name(result)})", breach)
