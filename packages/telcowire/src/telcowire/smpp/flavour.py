"""SMPP's part of the session: accounts, binds, routes, in the role of ESME (client) and of message centre (server).

A request of ours that the peer answers with a generic_nack is told as `Nacked`. What a peer sends wrongly is answered
and the conversation goes on, except a length that nobody can trust: clause 4.3 wants a generic_nack, then we close.

Source: SMPP 3.4 clauses 2.2 (states), 2.8, 4.1 (binds), 4.3 (generic_nack), 4.11 (enquire_link).
"""

import enum
import hmac
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from telcowire.errors import Breach, LocalProtocolError, LoginRefusedError, RemoteProtocolError
from telcowire.fields import Codec, HeaderShape
from telcowire.flavour import Admission, Kind, Pdu, Recall, RequestKind, Route
from telcowire.smpp.events import (
    AlertReceived,
    BadReportReceived,
    CancelAnswered,
    CancelReceived,
    DataReceived,
    DeliverAnswered,
    DeliverTimedOut,
    MoReceived,
    MultiReceived,
    Nacked,
    QueryAnswered,
    QueryReceived,
    ReportReceived,
    RequestTimedOut,
    SmppClientEvent,
    SmppServerEvent,
    SubmitAnswered,
    SubmitReceived,
    SubmitTimedOut,
)
from telcowire.smpp.fields import HEADER, RESPONSE_BIT, SmppCodec
from telcowire.smpp.pdus import (
    MAX_OCTETS,
    SMPP34,
    VERSION_34,
    Bare,
    Bind,
    BindReceiver,
    BindResp,
    BindTransceiver,
    BindTransmitter,
    DataSm,
    DeliverSm,
)
from telcowire.smpp.reports import is_report, parse_report
from telcowire.smpp.statuses import (
    ESME_RALYBND,
    ESME_RBINDFAIL,
    ESME_RINVBNDSTS,
    ESME_RINVCMDID,
    ESME_RINVCMDLEN,
    ESME_RINVMSGLEN,
    ESME_RINVOPTPARSTREAM,
    ESME_RINVPASWD,
    ESME_RINVSYSID,
    ESME_RSYSERR,
    status_name,
)
from telcowire.smpp.tlvs import CONGESTION_STATE, SC_INTERFACE_VERSION, find_number


class BindMode(enum.Enum):
    """What a connection is for."""

    TRANSCEIVER = "transceiver"
    TRANSMITTER = "transmitter"
    RECEIVER = "receiver"


ALL_MODES: Final = frozenset(BindMode)


class SmppAccount(NamedTuple):
    """An ESME's login and how its connection behaves.

    A carrier without transceivers wants two connections, a transmitter and a receiver. `submit_tries` above one resends
    an unanswered submit_sm, which can double the message.
    """

    system_id: str
    password: str
    mode: BindMode = BindMode.TRANSCEIVER
    system_type: str = ""
    interface_version: int = VERSION_34
    addr_ton: int = 0
    addr_npi: int = 0
    address_range: str = ""
    window_pdus: int = 16
    heartbeat_s: float | None = 30.0
    response_timeout_s: float = 60.0
    submit_tries: int = 1


class SmppServerAccount(NamedTuple):
    """An ESME as the message centre knows it."""

    system_id: str
    password: str
    modes: frozenset[BindMode] = ALL_MODES


#: What a request is refused with, by the rule that it breaks; anything else is a system error.
_STATUSES: Final = {
    Breach.WRONG_STATE: ESME_RINVBNDSTS,
    Breach.BAD_LENGTH: ESME_RINVCMDLEN,
    Breach.CONTENT_TOO_LONG: ESME_RINVMSGLEN,
    Breach.BAD_STRUCTURE: ESME_RINVOPTPARSTREAM,
}


def _refusal(codec: SmppCodec[Any]) -> Callable[[int, Breach], bytes | None]:
    def refuse(seq: int, breach: Breach) -> bytes | None:
        return codec.encode_error(_STATUSES.get(breach, ESME_RSYSERR), seq)

    return refuse


def _refuse_second_bind(codec: SmppCodec[Any]) -> Callable[[int, Breach], bytes | None]:
    def refuse(seq: int, breach: Breach) -> bytes | None:
        return codec.encode_error(ESME_RALYBND, seq) if breach is Breach.WRONG_STATE else None

    return refuse


class _Barred:
    """A request that the bind does not allow: it is refused whatever its body says."""

    def __init__(self, codec: Codec[Any]) -> None:
        self.name: Final = codec.name
        self.command: Final = codec.command
        self.encode: Final = codec.encode
        self.dump: Final = codec.dump

    def decode(self, data: bytes, offset: int, total: int) -> Pdu:
        """Refuse to read it.

        Raises:
            RemoteProtocolError: always.
        """
        del data, offset
        raise RemoteProtocolError(f"{self.name} of {total} octets on a receiver's connection", Breach.WRONG_STATE)


class SmppRequests(NamedTuple):
    """The requests that go through the window."""

    submit: RequestKind[SmppClientEvent]
    query: RequestKind[SmppClientEvent]
    cancel: RequestKind[SmppClientEvent]
    deliver: RequestKind[SmppServerEvent]


REQUESTS: Final = SmppRequests(
    RequestKind(SMPP34.submit_sm, SMPP34.submit_sm_resp.command, SubmitTimedOut),
    RequestKind(SMPP34.query_sm, SMPP34.query_sm_resp.command, RequestTimedOut),
    RequestKind(SMPP34.cancel_sm, SMPP34.cancel_sm_resp.command, RequestTimedOut),
    RequestKind(SMPP34.deliver_sm, SMPP34.deliver_sm_resp.command, DeliverTimedOut),
)


def _submit_answered(seq: int, pdu: Pdu) -> SubmitAnswered:
    status, message_id, tlvs = pdu
    return SubmitAnswered(seq, message_id, status, find_number(tlvs, CONGESTION_STATE) if tlvs else None)


def _delivered(seq: int, pdu: DeliverSm | DataSm) -> ReportReceived | BadReportReceived | MoReceived:
    is_data = isinstance(pdu, DataSm)
    if not is_report(pdu):
        return MoReceived(seq, pdu, is_data)
    try:
        return ReportReceived(seq, parse_report(pdu), is_data)
    except RemoteProtocolError:
        return BadReportReceived(seq, pdu, is_data)


def _by_command(routes: tuple[Route[Any], ...]) -> dict[int, Route[Any]]:
    return {route.codec.command: route for route in routes}


_BOTH_ROLES: Final[tuple[Route[Any], ...]] = (
    Route(
        Kind.NACK,
        SMPP34.generic_nack,
        lambda seq, pdu: Nacked(seq, pdu[0]),
        lambda seq, _breach: SMPP34.generic_nack.encode_error(ESME_RINVCMDLEN, seq),
    ),
    Route(Kind.KEEPALIVE, SMPP34.enquire_link, refuse=_refusal(SMPP34.enquire_link_resp)),
    Route(Kind.KEEPALIVE_ANSWER, SMPP34.enquire_link_resp),
    Route(Kind.TERMINATE, SMPP34.unbind),
    Route(Kind.TERMINATE_ANSWER, SMPP34.unbind_resp),
)
_CLIENT_ROUTES: Final[dict[int, Route[SmppClientEvent]]] = _by_command(
    (
        *_BOTH_ROLES,
        Route(Kind.LOGIN_ANSWER, SMPP34.bind_transceiver_resp),
        Route(Kind.LOGIN_ANSWER, SMPP34.bind_transmitter_resp),
        Route(Kind.LOGIN_ANSWER, SMPP34.bind_receiver_resp),
        Route(Kind.ANSWER, SMPP34.submit_sm_resp, _submit_answered),
        Route(Kind.ANSWER, SMPP34.query_sm_resp, QueryAnswered),
        Route(Kind.ANSWER, SMPP34.cancel_sm_resp, lambda seq, pdu: CancelAnswered(seq, pdu[0])),
        Route(Kind.REQUEST, SMPP34.deliver_sm, _delivered, _refusal(SMPP34.deliver_sm_resp)),
        Route(Kind.REQUEST, SMPP34.data_sm, _delivered, _refusal(SMPP34.data_sm_resp)),
        Route(Kind.NOTICE, SMPP34.alert_notification, AlertReceived),
        Route(Kind.NOTICE, SMPP34.outbind),
    )
)


def _server_routes(*, may_submit: bool) -> dict[int, Route[SmppServerEvent]]:
    requests: tuple[tuple[SmppCodec[Any], SmppCodec[Any], Callable[[int, Any], SmppServerEvent]], ...] = (
        (SMPP34.submit_sm, SMPP34.submit_sm_resp, SubmitReceived),
        (SMPP34.submit_multi, SMPP34.submit_multi_resp, MultiReceived),
        (SMPP34.data_sm, SMPP34.data_sm_resp, DataReceived),
        (SMPP34.query_sm, SMPP34.query_sm_resp, QueryReceived),
        (SMPP34.cancel_sm, SMPP34.cancel_sm_resp, CancelReceived),
    )
    binds: tuple[tuple[SmppCodec[Any], SmppCodec[Any]], ...] = (
        (SMPP34.bind_transceiver, SMPP34.bind_transceiver_resp),
        (SMPP34.bind_transmitter, SMPP34.bind_transmitter_resp),
        (SMPP34.bind_receiver, SMPP34.bind_receiver_resp),
    )
    return _by_command(
        (
            *_BOTH_ROLES,
            *(Route(Kind.LOGIN, bind, refuse=_refuse_second_bind(answer)) for bind, answer in binds),
            *(
                Route(Kind.REQUEST, codec if may_submit else _Barred(codec), event, _refusal(answer))
                for codec, answer, event in requests
            ),
            Route(Kind.ANSWER, SMPP34.deliver_sm_resp, lambda seq, pdu: DeliverAnswered(seq, pdu[0])),
        )
    )


_SUBMITTING_ROUTES: Final = _server_routes(may_submit=True)
_RECEIVING_ROUTES: Final = _server_routes(may_submit=False)


class _SmppFlavour:
    """What both roles share."""

    header: HeaderShape = HEADER
    max_octets: int = MAX_OCTETS
    take_seq: Callable[[], int] | None = None
    recall: Recall | None = None

    def refuse_unknown(self, command: int, seq: int) -> bytes | None:
        """A generic_nack for a request; an unknown answer is passed over."""
        return b"" if command & RESPONSE_BIT else SMPP34.generic_nack.encode_error(ESME_RINVCMDID, seq)

    def keepalive(self, seq: int) -> bytes | None:
        """An enquire_link."""
        return SMPP34.enquire_link.encode(Bare(), seq)

    def keepalive_answer(self, seq: int) -> bytes:
        """An enquire_link_resp."""
        return SMPP34.enquire_link_resp.encode(Bare(), seq)

    def terminate(self, seq: int) -> bytes:
        """An unbind."""
        return SMPP34.unbind.encode(Bare(), seq)

    def terminate_answer(self, seq: int) -> bytes:
        """An unbind_resp."""
        return SMPP34.unbind_resp.encode(Bare(), seq)


_BINDS: Final[dict[BindMode, tuple[type[Bind], SmppCodec[Any], SmppCodec[Any]]]] = {
    BindMode.TRANSCEIVER: (BindTransceiver, SMPP34.bind_transceiver, SMPP34.bind_transceiver_resp),
    BindMode.TRANSMITTER: (BindTransmitter, SMPP34.bind_transmitter, SMPP34.bind_transmitter_resp),
    BindMode.RECEIVER: (BindReceiver, SMPP34.bind_receiver, SMPP34.bind_receiver_resp),
}
_MODES: Final = {kind: mode for mode, (kind, _, _) in _BINDS.items()}


class SmppClientFlavour(_SmppFlavour):
    """An ESME."""

    def __init__(self, account: SmppAccount) -> None:
        """Prepare the bind."""
        self._account: Final = account
        #: What the carrier says that it speaks, after the login: 0x34, 0x50; None when it says nothing.
        self.peer_version: int | None = None

    @property
    def routes(self) -> Mapping[int, Route[SmppClientEvent]]:
        """What a client may be sent."""
        return _CLIENT_ROUTES

    def login_request(self, seq: int) -> bytes | None:
        """A bind in the account's mode."""
        account = self._account
        kind, codec, _ = _BINDS[account.mode]
        return codec.encode(
            kind(
                0,
                account.system_id,
                account.password,
                account.system_type,
                account.interface_version,
                account.addr_ton,
                account.addr_npi,
                account.address_range,
            ),
            seq,
        )

    def check_login_answer(self, pdu: Pdu) -> str:
        """Accept status 0; a generic_nack is a refusal as well.

        Raises:
            LoginRefusedError: another status.
        """
        status: int = pdu[0]
        if status or not isinstance(pdu, BindResp):
            raise LoginRefusedError(f"bind refused: {status_name(status)}", status)
        self.peer_version = find_number(pdu.tlvs, SC_INTERFACE_VERSION)
        return self._account.system_id

    def admit(self, seq: int, pdu: Pdu) -> Admission[SmppClientEvent]:
        """A client admits nobody.

        Raises:
            LocalProtocolError: always.
        """
        raise LocalProtocolError(f"a client cannot admit bind {seq}: {pdu!r}")


class SmppServerFlavour(_SmppFlavour):
    """A message centre. `find_account` looks an ESME up by its system_id."""

    def __init__(self, find_account: Callable[[str], SmppServerAccount | None]) -> None:
        """Wait for a bind."""
        self._find_account: Final = find_account
        #: What the connection is for, and the version that the client named; both after the login.
        self.mode = BindMode.TRANSCEIVER
        self.peer_version = VERSION_34

    @property
    def routes(self) -> Mapping[int, Route[SmppServerEvent]]:
        """What a server may be sent; a receiver's submits are refused."""
        return _RECEIVING_ROUTES if self.mode is BindMode.RECEIVER else _SUBMITTING_ROUTES

    def login_request(self, seq: int) -> bytes | None:
        """A server waits, whatever the sequence."""
        del seq
        return None

    def check_login_answer(self, pdu: Pdu) -> str:
        """A server does not log in.

        Raises:
            LocalProtocolError: always.
        """
        raise LocalProtocolError(f"a server expects no bind answer: {pdu!r}")

    def admit(self, seq: int, pdu: Pdu) -> Admission[SmppServerEvent]:
        """Check name, password and mode, in this order. Any version may bind: we speak what 3.4 and 5.0 share."""
        bind = pdu if isinstance(pdu, Bind) else BindTransceiver(*pdu)
        mode = _MODES.get(type(bind), BindMode.TRANSCEIVER)
        codec = _BINDS[mode][2]
        account = self._find_account(bind.system_id)
        if account is None:
            return _refuse_bind(codec, ESME_RINVSYSID, seq, Breach.UNKNOWN_ACCOUNT)
        if not hmac.compare_digest(account.password.encode("utf-8"), bind.password.encode("utf-8")):
            return _refuse_bind(codec, ESME_RINVPASWD, seq, Breach.WRONG_DIGEST)
        if mode not in account.modes:
            return _refuse_bind(codec, ESME_RBINDFAIL, seq, Breach.REFUSED)
        self.mode, self.peer_version = mode, bind.interface_version
        # Clients older than 3.4 must not be sent optional parameters.
        tlvs = ((SC_INTERFACE_VERSION, bytes((VERSION_34,))),) if bind.interface_version >= VERSION_34 else ()
        return Admission(codec.encode(BindResp(0, account.system_id, tlvs), seq), account.system_id, "")


def _refuse_bind(codec: SmppCodec[Any], status: int, seq: int, breach: Breach) -> Admission[SmppServerEvent]:
    return Admission(codec.encode_error(status, seq), None, f"bind refused: {status_name(status)}", breach)
