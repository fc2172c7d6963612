"""SMGP 3.0: one login at a gateway as a link, or a pair of them. Source: docs/protocols/smgp.md.

Ids are ten octets: the ledger knows their 64-bit hash, and their hexadecimal digits beside it.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import structlog

from hongyan.rooms.carriers.contracts import Account
from hongyan.rooms.delivery.contracts import SpanMessage
from hongyan.rooms.gateways.contracts import Link, LinkEvent, LinkListener, Part, TimedOut, Unreadable
from hongyan.rooms.gateways.drivers.ids import key_of_octets
from hongyan.rooms.gateways.drivers.results import SMGP, reported, stat_with_error
from hongyan.rooms.gateways.drivers.sessions import OnBreach, SessionLink, no_breach
from hongyan.rooms.gateways.drivers.texts import TextWriter, UplinkText, open_content, read_uplink
from hongyan.rooms.gateways.drivers.validity import time_writer
from hongyan.rooms.receipts.contracts import CarrierReport
from telcowire.asyncio.smgp import SmgpConnection, connect_smgp
from telcowire.smgp.events import BadReportReceived, MoReceived, ReportReceived, SubmitAnswered, SubmitTimedOut
from telcowire.smgp.flavour import RECEIVES, SENDS, SENDS_AND_RECEIVES, SmgpAccount
from telcowire.smgp.msg_ids import MSG_ID_OCTETS
from telcowire.smgp.options import Options
from telcowire.smgp.pdus import Deliver, Submit
from telcowire.smstext.parts import Wire

log = structlog.get_logger(__name__)

_FREE: Final = "00"
_NOTHING: Final = "000000"


class SmgpLink(SessionLink[SmgpConnection]):
    """A live login."""

    def __init__(self, account: Account, listener: LinkListener, on_breach: OnBreach) -> None:
        """Write as the account's options say."""
        super().__init__(account, listener, on_breach)
        options = account.options
        self._results: Final = SMGP.retold(options.codes)
        self._validity: Final = time_writer(options)
        self._msg_src: Final = options.corp_id or account.login
        self._service_id: Final = options.service_id
        self._fee_type: Final = options.fee_type or _FREE
        self._fee_code: Final = options.fee_code or _NOTHING
        self._options: Final = lru_cache(maxsize=512)(self._make_options)

    async def open(self, secret: str) -> None:
        """Connect and log in, once or in both modes. Raises what :func:`connect_smgp` raises."""
        if not self.account.options.split_binds:
            self.attach(await self._connect(secret, SENDS_AND_RECEIVES))
            return
        receiver = await self._connect(secret, RECEIVES)
        try:
            sender = await self._connect(secret, SENDS)
        except BaseException:
            receiver.abort("its pair did not come")
            raise
        self.attach(sender, receiver)

    async def _connect(self, secret: str, login_mode: int) -> SmgpConnection:
        account = self.account
        wire_account = SmgpAccount(
            client_id=account.login,
            secret=secret,
            login_mode=login_mode,
            window_pdus=account.window_pdus,
            heartbeat_s=account.heartbeat_s,
            response_timeout_s=account.response_timeout_s,
            check_server_digest=account.check_server_digest,
            # A resend after a lost answer can double the message: never.
            submit_tries=1,
        )
        return await connect_smgp(account.host, account.port, wire_account, self.heard)

    def write(self, connection: SmgpConnection, parts: Sequence[Part]) -> list[int]:
        """Send parts."""
        return connection.submit_many([self._submit(part) for part in parts])

    def _submit(self, part: Part) -> Submit:
        fmt, content = open_content(part.content)
        return Submit(
            service_id=self._service_id,
            fee_type=self._fee_type,
            fee_code=self._fee_code,
            msg_format=fmt,
            valid_time=self._validity(part.expires_at),
            src_term_id=part.src_id,
            dest_term_ids=(part.phone,),
            msg_content=content,
            options=self._options(part.part_no, part.parts),
        )

    def _make_options(self, part_no: int, parts: int) -> Options:
        product = self._service_id or None
        if parts == 1:
            return Options(msg_src=self._msg_src, m_service_id=product)
        return Options(tp_udhi=1, pk_total=parts, pk_number=part_no, msg_src=self._msg_src, m_service_id=product)

    def read(self, event: Any) -> LinkEvent | None:
        """Return what an event says."""
        if isinstance(event, SubmitAnswered):
            if event.status:
                return self._results.answered(event.seq, 0, event.status)
            return self._results.answered(event.seq, key_of_octets(event.msg_id), 0, event.msg_id.hex())
        if isinstance(event, ReportReceived):
            report = event.report
            told = CarrierReport(
                key_of_octets(report.msg_id),
                stat_with_error(report.stat, report.err),
                event.phone,
                report.submit_time,
                report.done_time,
                0,
            )
            return reported(event.seq, int.from_bytes(event.deliver_msg_id, "big"), told)
        if isinstance(event, SubmitTimedOut):
            return TimedOut(event.seq)
        if isinstance(event, MoReceived):
            return _read_mo(event.seq, event.deliver)
        if isinstance(event, BadReportReceived):
            log.warning("a report that is none", account=self.account.name, octets=len(event.deliver.msg_content))
            return Unreadable(event.seq, int.from_bytes(event.deliver.msg_id, "big"))
        return None

    def settle(self, connection: SmgpConnection, seq: int, deliver_id: int) -> None:
        """Answer a Deliver with its id."""
        connection.answer(seq, deliver_id.to_bytes(MSG_ID_OCTETS, "big"))


def _read_mo(seq: int, deliver: Deliver) -> LinkEvent:
    options = deliver.options
    text = UplinkText(
        deliver.msg_content,
        has_udh=(options.tp_udhi or 0) & 1 == 1,
        coding=deliver.msg_format,
        total=options.pk_total or 1,
        part_no=options.pk_number or 1,
    )
    deliver_id = int.from_bytes(deliver.msg_id, "big")
    return read_uplink(seq, deliver_id, key_of_octets(deliver.msg_id), deliver.src_term_id, deliver.dest_term_id, text)


class SmgpDriver:
    """One account's SMGP, for one tenure."""

    def __init__(self, account: Account, secret: str, on_breach: OnBreach = no_breach) -> None:
        """Log in with the account's secret."""
        self._account: Final = account
        self._secret: Final = secret
        self._on_breach: Final = on_breach
        self._writer: Final = TextWriter(account, Wire.SMGP)

    def encode(self, message: SpanMessage) -> Sequence[bytes]:
        """Cut a text."""
        return self._writer.write(message)

    async def open_link(self, listener: LinkListener) -> Link:
        """Log in at the account's carrier.

        Raises:
            OSError: no connection.
            RemoteProtocolError: refused, or the peer is no SMGW.
            LocalProtocolError: the account cannot be written in SMGP.
        """
        link = SmgpLink(self._account, listener, self._on_breach)
        await link.open(self._secret)
        return link
