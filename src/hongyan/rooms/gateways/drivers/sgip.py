"""SGIP 1.2: our login at an SMG as a link, and the listener that the SMG calls with reports and texts.

A message's id is the sequence of our Submit. Source: docs/protocols/sgip.md.
"""

from collections.abc import Sequence
from typing import Any, Final

import structlog

from hongyan.rooms.carriers.contracts import Account
from hongyan.rooms.delivery.contracts import SpanMessage
from hongyan.rooms.gateways.contracts import (
    DeliveryListener,
    Link,
    LinkEvent,
    LinkListener,
    Part,
    TimedOut,
    Unreadable,
)
from hongyan.rooms.gateways.drivers.ids import key_of_octets, key_of_sequence
from hongyan.rooms.gateways.drivers.listening import find_callers, listening_host
from hongyan.rooms.gateways.drivers.results import SGIP, reported
from hongyan.rooms.gateways.drivers.sessions import OnBreach, SessionLink, no_breach
from hongyan.rooms.gateways.drivers.texts import TextWriter, UplinkText, open_content, read_uplink
from hongyan.rooms.gateways.drivers.validity import time_writer
from hongyan.rooms.receipts.contracts import CarrierReport
from telcowire.asyncio.sgip import (
    SgipConnection,
    SgipServer,
    SgipServerConnection,
    connect_sgip,
    make_sequence,
    serve_sgip,
)
from telcowire.session import Breached, Closed
from telcowire.sgip.events import MoReceived, ReportReceived, SgipEvent, SubmitAnswered, SubmitTimedOut
from telcowire.sgip.flavour import SgipAccount, SgipServerAccount
from telcowire.sgip.numbers import with_country
from telcowire.sgip.pdus import LOGIN_SMG, Report, Submit
from telcowire.sgip.reports import STATE_DELIVERED, is_final
from telcowire.sgip.sequences import SgipSequence, unpack_sequence
from telcowire.smstext.parts import Wire

log = structlog.get_logger(__name__)

_FREE: Final = "1"
_NOTHING: Final = "0"
_IDLE_S: Final = 50.0
"""We unbind before the SMG does (60 s): a Submit must not cross with its Unbind."""
_SEQUENCE_OCTETS: Final = 12
_FIRST_NODE: Final = 3_000_000_000
_MAX_CALLERS: Final = 64
_REPORT, _DELIVER = 0, 1
"""``deliver_id`` of an event: which answer it wants."""
_OF_SUBMIT: Final = 0
"""ReportType."""


class SgipLink(SessionLink[SgipConnection]):
    """A live login."""

    def __init__(self, account: Account, sequence: SgipSequence, listener: LinkListener, on_breach: OnBreach) -> None:
        """Write as the account's options say; all links of the account share ``sequence``."""
        super().__init__(account, listener, on_breach)
        options = account.options
        self._results: Final = SGIP.retold(options.codes)
        self._validity: Final = time_writer(options)
        self._sequence: Final = sequence
        self._corp_id: Final = options.corp_id
        self._service_type: Final = options.service_id
        self._fee_type: Final = int(options.fee_type or _FREE)
        self._fee_value: Final = options.fee_code or _NOTHING

    async def open(self, secret: str) -> None:
        """Connect and log in. Raises what :func:`connect_sgip` raises."""
        account = self.account
        wire_account = SgipAccount(
            login_name=account.login,
            password=secret,
            window_pdus=account.window_pdus,
            response_timeout_s=account.response_timeout_s,
            idle_s=_IDLE_S,
            # A resend after a lost answer can double the message: never.
            submit_tries=1,
        )
        self.attach(await connect_sgip(account.host, account.port, wire_account, self._sequence, self.heard))

    def write(self, connection: SgipConnection, parts: Sequence[Part]) -> list[int]:
        """Send parts."""
        return connection.submit_many([self._submit(part) for part in parts])

    def _submit(self, part: Part) -> Submit:
        fmt, content = open_content(part.content)
        return Submit(
            sp_number=part.src_id,
            user_numbers=(with_country(part.phone),),
            corp_id=self._corp_id,
            service_type=self._service_type,
            fee_type=self._fee_type,
            fee_value=self._fee_value,
            expire_time=self._validity(part.expires_at),
            tp_udhi=1 if part.parts > 1 else 0,
            message_coding=fmt,
            message_content=content,
        )

    def read(self, event: Any) -> LinkEvent | None:
        """Return what an event says; reports on our own login are as good as those on the SMG's."""
        if isinstance(event, SubmitAnswered):
            if event.result:
                return self._results.answered(event.seq, 0, event.result)
            node, time, counter = unpack_sequence(event.seq)
            return self._results.answered(event.seq, key_of_sequence(event.seq), 0, f"{node}-{time:010d}-{counter}")
        if isinstance(event, SubmitTimedOut):
            return TimedOut(event.seq)
        return read_delivery(event)

    def settle(self, connection: SgipConnection, seq: int, deliver_id: int) -> None:
        """Answer a Report or a Deliver."""
        _settle(connection, seq, deliver_id)


def read_delivery(event: SgipEvent) -> LinkEvent | None:
    """Return what a Report or a Deliver says; ``None`` for anything else."""
    if isinstance(event, ReportReceived):
        report = event.report
        if report.report_type != _OF_SUBMIT:
            return Unreadable(event.seq, _REPORT)
        told = CarrierReport(key_of_sequence(report.submit_seq), _stat_of(report), report.user_number, "", "", 0)
        return reported(event.seq, _REPORT, told)
    if isinstance(event, MoReceived):
        deliver = event.deliver
        text = UplinkText(deliver.message_content, deliver.tp_udhi & 1 == 1, deliver.message_coding)
        key = key_of_octets(event.seq.to_bytes(_SEQUENCE_OCTETS, "big"))
        return read_uplink(event.seq, _DELIVER, key, deliver.user_number, deliver.sp_number, text)
    return None


def _stat_of(report: Report) -> str:
    if report.state == STATE_DELIVERED:
        return "DELIVRD"
    return SGIP.name(report.error_code) if is_final(report.state) else "ACCEPTD"


def _settle(connection: SgipConnection | SgipServerConnection, seq: int, deliver_id: int) -> None:
    if deliver_id == _REPORT:
        connection.answer_report(seq)
    else:
        connection.answer_deliver(seq)


class SgipDriver:
    """One account's SGIP, for one tenure."""

    def __init__(self, account: Account, secret: str, on_breach: OnBreach = no_breach) -> None:
        """Log in with the account's secret."""
        self._account: Final = account
        self._secret: Final = secret
        self._on_breach: Final = on_breach
        self._sequence: Final = make_sequence(account.options.node or _FIRST_NODE)
        self._writer: Final = TextWriter(account, Wire.SGIP)

    def encode(self, message: SpanMessage) -> Sequence[bytes]:
        """Cut a text."""
        return self._writer.write(message)

    async def open_link(self, listener: LinkListener) -> Link:
        """Log in at the account's carrier.

        Raises:
            OSError: no connection.
            RemoteProtocolError: refused, or the peer is no SMG.
            LocalProtocolError: the account cannot be written in SGIP.
        """
        link = SgipLink(self._account, self._sequence, listener, self._on_breach)
        await link.open(self._secret)
        return link


class SgipCaller:
    """A connection that the SMG opened to us; answers go back on it."""

    def __init__(self, connection: SgipServerConnection) -> None:
        """Answer on the connection."""
        self._connection: Final = connection

    def answer(self, seq: int, deliver_id: int) -> None:
        """Answer a delivery, once it is stored; without the connection the SMG brings it again."""
        if self._connection.is_open:
            _settle(self._connection, seq, deliver_id)


class SgipInlet:
    """One listener for one account, in one process; others of the machine may share its port."""

    def __init__(
        self, account: Account, secret: str, listener: DeliveryListener, on_breach: OnBreach = no_breach
    ) -> None:
        """Hand what comes to ``listener``, on the event loop. The SMG logs in with the account's login and secret."""
        self._account: Final = account
        self._login: Final = SgipServerAccount(account.login, secret, LOGIN_SMG)
        self._listener: Final = listener
        self._on_breach: Final = on_breach
        self._callers: Final[dict[SgipServerConnection, SgipCaller]] = {}
        self._server: SgipServer | None = None

    async def open(self) -> None:
        """Listen: on loopback for an SMG on this machine, else on every address.

        Raises:
            OSError: the port is taken, or the SMG's name cannot be resolved.
        """
        self._server = await serve_sgip(
            listening_host(await find_callers(self._account.host)),
            self._account.listen_port or 0,
            self._find_account,
            make_sequence(self._account.options.node or _FIRST_NODE),
            self._heard,
            max_connections=_MAX_CALLERS,
            shares_port=True,
            on_stranger=self._refused,
        )

    async def close(self) -> None:
        """Stop listening; what was not answered comes again."""
        if self._server is not None:
            await self._server.close()

    def _find_account(self, login_name: str) -> SgipServerAccount | None:
        return self._login if login_name == self._login.login_name else None

    def _heard(self, connection: SgipServerConnection, events: list[SgipEvent]) -> None:
        caller = self._callers.get(connection)
        if caller is None:
            caller = self._callers[connection] = SgipCaller(connection)
            log.info("the carrier called", account=self._account.name, peer=connection.peer)
        for event in events:
            said = read_delivery(event)
            if said is not None:
                self._listener(caller, said)
            elif isinstance(event, Breached):
                if not event.is_repetition:  # a carrier may repeat what it saw no answer to
                    log.warning("a rule of the protocol was broken", account=self._account.name, what=event.reason)
                    self._on_breach(event.kind.value)
            elif isinstance(event, Closed):
                self._callers.pop(connection, None)
                if event.error is not None:
                    self._on_breach(event.error.kind.value)

    def _refused(self, connection: SgipServerConnection, closed: Closed) -> None:
        log.warning("a stranger called", account=self._account.name, peer=connection.peer, reason=closed.reason)
        if closed.error is not None:
            self._on_breach(closed.error.kind.value)
