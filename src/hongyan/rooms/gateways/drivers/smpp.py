"""SMPP 3.4: one bind at a message centre as a link, or a pair of them; TLS where asked. Source: docs/protocols/smpp.md.

Ids are texts: the ledger knows the number, or the hash, that answers and receipts agree on.
"""

import secrets
import ssl
from collections.abc import Sequence
from typing import Any, Final

import structlog

from hongyan.rooms.carriers.contracts import Account
from hongyan.rooms.delivery.contracts import SilentPart, SpanMessage
from hongyan.rooms.gateways.contracts import (
    Answered,
    Link,
    LinkEvent,
    LinkListener,
    Part,
    PartOutcome,
    TimedOut,
    Told,
    Unreadable,
)
from hongyan.rooms.gateways.drivers.ids import key_of_octets
from hongyan.rooms.gateways.drivers.results import SMPP, plain, reported, stat_with_error
from hongyan.rooms.gateways.drivers.sessions import OnBreach, SessionLink, no_breach
from hongyan.rooms.gateways.drivers.texts import TextWriter, UplinkText, open_content, read_uplink
from hongyan.rooms.gateways.drivers.validity import time_writer
from hongyan.rooms.receipts.contracts import SMPP_CODING, CarrierReport
from telcowire.asyncio.smpp import SmppConnection, connect_smpp
from telcowire.errors import LocalProtocolError, RemoteProtocolError
from telcowire.smpp import content
from telcowire.smpp.events import (
    BadReportReceived,
    MoReceived,
    Nacked,
    QueryAnswered,
    ReportReceived,
    RequestTimedOut,
    SubmitAnswered,
    SubmitTimedOut,
)
from telcowire.smpp.flavour import BindMode, SmppAccount
from telcowire.smpp.message_ids import ReceiptIds, id_key, normalise_answer_id
from telcowire.smpp.pdus import ESM_UDHI, REGISTERED_ALWAYS, DataSm, DeliverSm, QuerySm, SubmitSm
from telcowire.smpp.reports import STATES, is_final
from telcowire.smpp.statuses import ESME_RSYSERR, ESME_RUNKNOWNERR
from telcowire.smstext.coding import FMT_UCS2
from telcowire.smstext.parts import Wire

log = structlog.get_logger(__name__)

_NOT_FINAL: Final = "ACCEPTD"
_MINUTE_DIGITS: Final = 10
"""YYMMDDhhmm, the beginning of a date of SMPP."""
_INTERNATIONAL: Final = 1
_ISDN: Final = 1
"""TON and NPI of numbers; an access number's type is left to the carrier."""
_SYSTEM_ERRORS: Final = 20
"""So many system errors in a row are taken for "later"; beyond, each refuses: the carrier means it."""


class SmppLink(SessionLink[SmppConnection]):
    """A live bind."""

    def __init__(self, account: Account, listener: LinkListener, on_breach: OnBreach) -> None:
        """Write and read as the account's options say."""
        super().__init__(account, listener, on_breach)
        self._results: Final = SMPP.retold(account.options.codes)
        self._validity: Final = time_writer(account.options)
        self._is_told_of_errors: Final = any(int(code, 0) == ESME_RSYSERR for code, _ in account.options.codes)
        self._service_type: Final = account.options.service_id
        self._receipt_ids: Final = ReceiptIds(account.options.receipt_ids.value)
        self._nonce: Final = secrets.token_bytes(8)
        self._system_errors = 0

    async def open(self, secret: str) -> None:
        """Connect and bind, once or as a pair. Raises what :func:`connect_smpp` raises."""
        tls = _tls_of(self.account)
        if not self.account.options.split_binds:
            self.attach(await self._connect(secret, BindMode.TRANSCEIVER, tls))
            return
        receiver = await self._connect(secret, BindMode.RECEIVER, tls)
        try:
            sender = await self._connect(secret, BindMode.TRANSMITTER, tls)
        except BaseException:
            receiver.abort("its pair did not come")
            raise
        self.attach(sender, receiver)

    async def _connect(self, secret: str, mode: BindMode, tls: ssl.SSLContext | None) -> SmppConnection:
        account = self.account
        wire_account = SmppAccount(
            system_id=account.login,
            password=secret,
            mode=mode,
            system_type=account.options.system_type,
            window_pdus=account.window_pdus,
            heartbeat_s=account.heartbeat_s,
            response_timeout_s=account.response_timeout_s,
            # A resend after a lost answer can double the message: never.
            submit_tries=1,
        )
        return await connect_smpp(account.host, account.port, wire_account, self.heard, tls=tls)

    def write(self, connection: SmppConnection, parts: Sequence[Part]) -> list[int]:
        """Send parts."""
        return connection.submit_many([self._submit(part) for part in parts])

    def _submit(self, part: Part) -> SubmitSm:
        fmt, octets = open_content(part.content)
        return SubmitSm(
            service_type=self._service_type,
            source_addr_npi=_ISDN,
            source_addr=part.src_id,
            dest_addr_ton=_INTERNATIONAL,
            dest_addr_npi=_ISDN,
            destination_addr=part.phone,
            esm_class=ESM_UDHI if part.parts > 1 else 0,
            validity_period=self._validity(part.expires_at),
            registered_delivery=REGISTERED_ALWAYS,
            data_coding=fmt,
            short_message=octets,
        )

    def ask(self, part: SilentPart) -> int:
        """Ask what became of a part, by the id that its answer gave it and under the number that sent it.

        Raises:
            LocalProtocolError: the link is closed, the window is full, or an id that cannot be written.
        """
        if self._sender is None or not self.window_free:
            raise LocalProtocolError("the link takes no question now")
        message_id = part.carrier_ref or str(part.carrier_msg_id)
        query = QuerySm(message_id=message_id, source_addr_npi=_ISDN, source_addr=part.src_id)
        return self._sender.query(query)

    def read(self, event: Any) -> LinkEvent | None:
        """Return what an event says."""
        if isinstance(event, SubmitAnswered):
            return self._answered(event)
        if isinstance(event, ReportReceived):
            report = event.report
            stat = stat_with_error(report.stat, report.err) if is_final(report.stat) else _NOT_FINAL
            told = CarrierReport(
                report.key(self._receipt_ids), stat, report.dest, report.submit_time, report.done_time, 0
            )
            return reported(event.seq, int(event.is_data), told)
        if isinstance(event, SubmitTimedOut):
            return TimedOut(event.seq)
        if isinstance(event, Nacked):  # it could not read our request: it took nothing of it
            return self._results.answered(event.seq, 0, event.status or ESME_RUNKNOWNERR)
        if isinstance(event, QueryAnswered):
            return _told(event)
        if isinstance(event, RequestTimedOut):
            return Told(event.seq, "", "no_answer")
        if isinstance(event, MoReceived):
            return self._read_mo(event.seq, event.deliver, is_data=event.is_data)
        if isinstance(event, BadReportReceived):
            log.warning("a receipt that is none", account=self.account.name)
            return Unreadable(event.seq, int(event.is_data))
        return None

    def settle(self, connection: SmppConnection, seq: int, deliver_id: int) -> None:
        """Answer a deliver_sm, or a data_sm where ``deliver_id`` is 1."""
        connection.answer(seq, is_data=bool(deliver_id))

    def _answered(self, event: SubmitAnswered) -> Answered:
        if event.status == ESME_RSYSERR and not self._is_told_of_errors:
            self._system_errors += 1
            outcome = PartOutcome.THROTTLED if self._system_errors <= _SYSTEM_ERRORS else PartOutcome.REFUSED
            return Answered(event.seq, 0, event.status, outcome, SMPP.name(event.status))
        self._system_errors = 0
        if event.status:
            return self._results.answered(event.seq, 0, event.status)
        written = event.message_id
        if not written:  # its receipt can never be told from others: it ends as unknown
            return self._results.answered(event.seq, self._own_key(event.seq, "answer"), 0)
        key = id_key(normalise_answer_id(written, self._receipt_ids))
        return self._results.answered(event.seq, key, 0, None if written == str(key) else plain(written))

    def _own_key(self, seq: int, what: str, octets: bytes = b"") -> int:
        """Return a key that is unique to this bind, sequence and content: the protocol gives no id.

        A centre may use a sequence again: only another text is another delivery.
        """
        return key_of_octets(self._nonce + f"{what} {seq} ".encode() + octets)

    def _read_mo(self, seq: int, deliver: DeliverSm | DataSm, *, is_data: bool) -> LinkEvent:
        try:
            carried = content.open_content(deliver)
            text = _text_of(carried, deliver.data_coding)
        except RemoteProtocolError as error:
            log.warning("an uplink that cannot be read", account=self.account.name, error=str(error))
            return Unreadable(seq, int(is_data))
        key = self._own_key(seq, "deliver", content.content_of(deliver))
        return read_uplink(seq, int(is_data), key, deliver.source_addr, deliver.destination_addr, text)


def _text_of(carried: content.Carried, data_coding: int) -> UplinkText:
    """Return a text, or the octets of a part of one: a character may be cut at the seam.

    Raises:
        RemoteProtocolError: it is no text in its coding.
    """
    if carried.part is None or carried.part.total == 1:
        # Others know the codings of CMPP only: say it in the one that holds every character.
        said = content.decode_content(carried.octets, data_coding, udh_octets=carried.udh_octets)
        return UplinkText(said.encode("utf-16-be"), has_udh=False, coding=FMT_UCS2)
    if not content.is_text(data_coding):
        raise RemoteProtocolError(f"data_coding {data_coding} carries no text")
    coding = content.plain_coding(data_coding)
    ref, total, part_no, _ = carried.part
    known = coding if coding == content.CODING_UCS2 else SMPP_CODING + coding
    return UplinkText(carried.octets, has_udh=False, coding=known, total=total, part_no=part_no, ref=ref)


def _told(event: QueryAnswered) -> Told:
    """Return what an answer to a query says, in the words of reports.

    In a receipt UNKNOWN is a verdict; here it says that the centre does not know, and not that the message is lost.
    """
    answer = event.answer
    if answer.status:
        return Told(event.seq, "", SMPP.name(answer.status))
    stat = STATES.get(answer.message_state, "")
    if not stat or stat == "UNKNOWN" or not (is_final(stat) or stat == _NOT_FINAL):
        return Told(event.seq, "", stat or "other")
    done_time = answer.final_date[:_MINUTE_DIGITS]
    error = f"{answer.error_code:03d}"  # three digits, as receipts write it
    return Told(event.seq, stat_with_error(stat, error), stat, done_time if done_time.isdecimal() else "")


def _tls_of(account: Account) -> ssl.SSLContext | None:
    """Return how to check the carrier's certificate. Raises ``OSError``: the file of authorities cannot be read."""
    if not account.options.tls:
        return None
    return ssl.create_default_context(cafile=account.options.tls_ca or None)


class SmppDriver:
    """One account's SMPP, for one tenure."""

    def __init__(self, account: Account, secret: str, on_breach: OnBreach = no_breach) -> None:
        """Bind with the account's secret."""
        self._account: Final = account
        self._secret: Final = secret
        self._on_breach: Final = on_breach
        self._writer: Final = TextWriter(account, Wire.SMPP)

    def encode(self, message: SpanMessage) -> Sequence[bytes]:
        """Cut a text."""
        return self._writer.write(message)

    async def open_link(self, listener: LinkListener) -> Link:
        """Bind at the account's carrier.

        Raises:
            OSError: no connection, or its certificate is not good.
            RemoteProtocolError: refused, or the peer is no message centre.
            LocalProtocolError: the account cannot be written in SMPP.
        """
        link = SmppLink(self._account, listener, self._on_breach)
        await link.open(self._secret)
        return link
