"""CMPP 2.0 and 3.0: one login at an ISMG as a link. Source: docs/protocols/cmpp.md.

Not for: pacing, spans and verdicts (``rules``, ``service.pump``), nor the codec (``telcowire``).
"""

from collections.abc import Sequence
from typing import Any, Final

import structlog

from hongyan.rooms.carriers.contracts import Account, Protocol
from hongyan.rooms.delivery.contracts import SpanMessage
from hongyan.rooms.gateways.contracts import (
    Answered,
    Link,
    LinkEvent,
    LinkListener,
    Part,
    PartOutcome,
    TimedOut,
    Unreadable,
)
from hongyan.rooms.gateways.drivers.results import CMPP, reported
from hongyan.rooms.gateways.drivers.sessions import OnBreach, SessionLink, no_breach
from hongyan.rooms.gateways.drivers.texts import TextWriter, UplinkText, open_content, read_uplink
from hongyan.rooms.gateways.drivers.validity import time_writer
from hongyan.rooms.receipts.contracts import CarrierReport
from telcowire.asyncio.cmpp import CmppConnection, connect_cmpp
from telcowire.cmpp.events import BadReportReceived, MoReceived, ReportReceived, SubmitAnswered, SubmitTimedOut
from telcowire.cmpp.flavour import CmppAccount
from telcowire.cmpp.pdus import Submit
from telcowire.smstext.parts import Wire

log = structlog.get_logger(__name__)

VERSIONS: Final = {Protocol.CMPP20: 0x20, Protocol.CMPP30: 0x30}
_FREE: Final = "01"
"""FeeType: the receiver pays nothing."""
_NOTHING: Final = "000000"
_PAID_BY_SP: Final = 2
"""Fee_UserType."""


class CmppLink(SessionLink[CmppConnection]):
    """A live login."""

    def __init__(self, account: Account, listener: LinkListener, on_breach: OnBreach) -> None:
        """Write as the account's options say."""
        super().__init__(account, listener, on_breach)
        options = account.options
        self._results: Final = CMPP.retold(options.codes)
        self._validity: Final = time_writer(options)
        self._msg_src: Final = options.corp_id or account.login
        self._service_id: Final = options.service_id
        self._fee_type: Final = options.fee_type or _FREE
        self._fee_code: Final = options.fee_code or _NOTHING

    async def open(self, secret: str) -> None:
        """Connect and log in. Raises what :func:`connect_cmpp` raises."""
        account = self.account
        wire_account = CmppAccount(
            source_addr=account.login,
            secret=secret,
            version=VERSIONS[account.protocol],
            window_pdus=account.window_pdus,
            heartbeat_s=account.heartbeat_s,
            response_timeout_s=account.response_timeout_s,
            check_server_digest=account.check_server_digest,
            # A resend after a lost answer can double the message: never.
            submit_tries=1,
        )
        self.attach(await connect_cmpp(account.host, account.port, wire_account, self.heard))

    def write(self, connection: CmppConnection, parts: Sequence[Part]) -> list[int]:
        """Send parts."""
        return connection.submit_many([self._submit(part) for part in parts])

    def _submit(self, part: Part) -> Submit:
        fmt, content = open_content(part.content)
        return Submit(
            pk_total=part.parts,
            pk_number=part.part_no,
            registered_delivery=1,
            service_id=self._service_id,
            fee_user_type=_PAID_BY_SP,
            tp_udhi=1 if part.parts > 1 else 0,
            msg_fmt=fmt,
            msg_src=self._msg_src,
            fee_type=self._fee_type,
            fee_code=self._fee_code,
            valid_time=self._validity(part.expires_at),
            src_id=part.src_id,
            dest_terminal_ids=(part.phone,),
            msg_content=content,
        )

    def read(self, event: Any) -> LinkEvent | None:
        """Return what an event says."""
        if isinstance(event, SubmitAnswered):
            if event.result == 0:
                return Answered(event.seq, event.msg_id, 0, PartOutcome.ACCEPTED)
            return self._results.answered(event.seq, event.msg_id, event.result)
        if isinstance(event, ReportReceived):
            report = event.report
            told = CarrierReport(
                report.msg_id, report.stat, report.dest, report.submit_time, report.done_time, report.smsc_seq
            )
            return reported(event.seq, event.deliver_msg_id, told)
        if isinstance(event, SubmitTimedOut):
            return TimedOut(event.seq)
        if isinstance(event, MoReceived):
            deliver = event.deliver
            text = UplinkText(deliver.msg_content, deliver.tp_udhi & 1 == 1, deliver.msg_fmt)
            return read_uplink(
                event.seq, deliver.msg_id, deliver.msg_id, deliver.src_terminal_id, deliver.dest_id, text
            )
        if isinstance(event, BadReportReceived):
            log.warning("a report that is none", account=self.account.name, octets=len(event.deliver.msg_content))
            return Unreadable(event.seq, event.deliver.msg_id)
        return None

    def settle(self, connection: CmppConnection, seq: int, deliver_id: int) -> None:
        """Answer a DELIVER."""
        connection.answer(seq, deliver_id)


class CmppDriver:
    """One account's CMPP, for one tenure."""

    def __init__(self, account: Account, secret: str, on_breach: OnBreach = no_breach) -> None:
        """Log in with the account's secret."""
        self._account: Final = account
        self._secret: Final = secret
        self._on_breach: Final = on_breach
        self._writer: Final = TextWriter(account, Wire.CMPP)

    def encode(self, message: SpanMessage) -> Sequence[bytes]:
        """Cut a text."""
        return self._writer.write(message)

    async def open_link(self, listener: LinkListener) -> Link:
        """Log in at the account's carrier.

        Raises:
            OSError: no connection.
            RemoteProtocolError: refused, or the peer is no ISMG.
            LocalProtocolError: the account cannot be written in CMPP.
        """
        link = CmppLink(self._account, listener, self._on_breach)
        await link.open(self._secret)
        return link
