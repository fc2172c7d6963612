"""CMPP 2.0 and 3.0: one login at an ISMG as a link. Source: docs/protocols/cmpp.md.

Not for: pacing, spans and verdicts (``rules``, ``service.worker``), nor the codec (``telcowire``).
"""

from collections.abc import Sequence
from itertools import count
from typing import Final

import structlog

from hongyan.rooms.carriers.contracts import Account, Protocol
from hongyan.rooms.carriers.service import is_in_doubt, is_throttled
from hongyan.rooms.delivery.contracts import SpanMessage
from hongyan.rooms.gateways.contracts import (
    Answered,
    DeliveryListener,
    Inlet,
    Link,
    LinkClosed,
    LinkEvent,
    LinkListener,
    Part,
    PartOutcome,
    Reported,
    TimedOut,
    Unreadable,
    Uplinked,
)
from hongyan.rooms.receipts.contracts import CarrierReport, CarrierUplink
from telcowire.asyncio.client import CmppConnection, connect_cmpp
from telcowire.cmpp.events import (
    BadReportReceived,
    CmppEvent,
    MoReceived,
    ReportReceived,
    SubmitAnswered,
    SubmitTimedOut,
)
from telcowire.cmpp.flavour import CmppAccount
from telcowire.cmpp.pdus import Deliver, Submit
from telcowire.errors import LocalProtocolError, RemoteProtocolError
from telcowire.session import Closed, StrayAnswer
from telcowire.smstext.coding import FMT_UCS2, decode_text
from telcowire.smstext.segments import split_ucs2
from telcowire.smstext.udh import split_udh

log = structlog.get_logger(__name__)

VERSIONS: Final = {Protocol.CMPP20: 0x20, Protocol.CMPP30: 0x30}
_FREE: Final = "01"
"""FeeType: the receiver pays nothing."""
_PAID_BY_SP: Final = 2
"""Fee_UserType."""


class CmppLink:
    """A live login; made by :func:`open_cmpp`."""

    def __init__(self, account: Account, listener: LinkListener) -> None:
        """Tell ``listener`` what happens, on the event loop."""
        self._login = account.login
        self._listener = listener
        self._connection: CmppConnection | None = None

    async def open(self, account: Account, secret: str) -> None:
        """Connect and log in. Raises what :func:`connect_cmpp` raises."""
        self._connection = await connect_cmpp(
            account.host,
            account.port,
            CmppAccount(
                source_addr=account.login,
                secret=secret,
                version=VERSIONS[account.protocol],
                window_pdus=account.window_pdus,
                heartbeat_s=account.heartbeat_s,
                response_timeout_s=account.response_timeout_s,
                check_server_digest=account.check_server_digest,
                # A resend after a lost answer can double the message: never.
                submit_tries=1,
            ),
            self._on_events,
        )

    @property
    def window_free(self) -> int:
        """How many parts may be sent now."""
        return self._connection.window_free if self._connection is not None else 0

    def submit(self, parts: Sequence[Part]) -> list[int]:
        """Send parts and return their sequences.

        Raises:
            LocalProtocolError: the link is closed, or more than ``window_free``.
        """
        if self._connection is None:
            raise LocalProtocolError("the link is not open")
        login = self._login
        return self._connection.submit_many(
            [
                Submit(
                    pk_total=part.parts,
                    pk_number=part.part_no,
                    registered_delivery=1,
                    fee_user_type=_PAID_BY_SP,
                    tp_udhi=1 if part.parts > 1 else 0,
                    msg_fmt=FMT_UCS2,
                    msg_src=login,
                    fee_type=_FREE,
                    src_id=part.src_id,
                    dest_terminal_ids=(part.phone,),
                    msg_content=part.content,
                )
                for part in parts
            ]
        )

    def answer(self, seq: int, deliver_id: int) -> None:
        """Answer a delivery; without a connection the carrier will bring it again."""
        if self._connection is not None and self._connection.is_open:
            self._connection.answer(seq, deliver_id)

    async def close(self, timeout_s: float) -> None:
        """Log out politely, within the time."""
        if self._connection is not None:
            await self._connection.terminate(timeout_s)

    def _on_events(self, _connection: CmppConnection, events: list[CmppEvent]) -> None:
        told: list[LinkEvent] = []
        for event in events:
            match event:
                case SubmitAnswered(seq, msg_id, result):
                    told.append(Answered(seq, msg_id, result, outcome_of(result)))
                case ReportReceived(seq, deliver_id, report):
                    told.append(
                        Reported(
                            seq,
                            deliver_id,
                            CarrierReport(
                                report.msg_id,
                                report.stat,
                                report.dest,
                                report.submit_time,
                                report.done_time,
                                report.smsc_seq,
                            ),
                        )
                    )
                case SubmitTimedOut(seq):
                    told.append(TimedOut(seq))
                case MoReceived(seq, deliver):
                    told.append(_uplink(seq, deliver))
                case BadReportReceived(seq, deliver):
                    log.warning("a report that is none", login=self._login, octets=len(deliver.msg_content))
                    told.append(Unreadable(seq, deliver.msg_id))
                case StrayAnswer(seq, _):
                    log.info("an answer after its time", login=self._login, seq=seq)
                case Closed(reason, _, _):
                    told.append(LinkClosed(reason))
                case _:
                    pass
        if told:
            self._listener(self, told)


def outcome_of(result: int) -> PartOutcome:
    """Return what a SUBMIT_RESP result means for the part."""
    if result == 0:
        return PartOutcome.ACCEPTED
    if is_throttled(result):
        return PartOutcome.THROTTLED
    return PartOutcome.IN_DOUBT if is_in_doubt(result) else PartOutcome.REFUSED


class CmppDriver:
    """One account's CMPP, for one tenure."""

    def __init__(self, account: Account, secret: str) -> None:
        """Log in with the account's secret."""
        self._account: Final = account
        self._secret: Final = secret
        self._refs: Final = count(1)

    def encode(self, message: SpanMessage) -> Sequence[bytes]:
        """Cut a text; references count on per account, so two long messages to one phone in a row differ."""
        return split_ucs2(message.text, next(self._refs) if message.parts > 1 else 0)

    async def open_link(self, listener: LinkListener) -> Link:
        """Log in at the account's carrier. Raises what :func:`open_cmpp` raises."""
        return await open_cmpp(self._account, self._secret, listener)

    async def open_inlet(self, _listener: DeliveryListener) -> Inlet | None:
        """Return ``None``: the carrier answers over our own logins."""
        return None


async def open_cmpp(account: Account, secret: str, listener: LinkListener) -> CmppLink:
    """Log in at the account's carrier.

    Raises:
        OSError: no connection.
        RemoteProtocolError: refused, or the peer is no ISMG.
        LocalProtocolError: the account cannot be written in CMPP.
    """
    link = CmppLink(account, listener)
    await link.open(account, secret)
    return link


def _uplink(seq: int, deliver: Deliver) -> LinkEvent:
    """Read a text; a part of a long one is read as it is, without its header."""
    content = deliver.msg_content
    try:
        if deliver.tp_udhi:
            _, content = split_udh(content)
        text = decode_text(content, deliver.msg_fmt)
    except RemoteProtocolError as error:
        log.warning("an uplink that cannot be read", msg_fmt=deliver.msg_fmt, error=str(error))
        return Unreadable(seq, deliver.msg_id)
    return Uplinked(seq, deliver.msg_id, CarrierUplink(deliver.msg_id, deliver.src_terminal_id, deliver.dest_id, text))
