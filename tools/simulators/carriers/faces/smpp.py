"""SMPP 3.4: ESMEs bind here as transceivers or as pairs, over TLS if so chosen; receipts travel to those that receive.

Wire: `telcowire.smpp`.
"""

import ssl
import time
from collections.abc import Sequence
from typing import Any, Final

from simulators.carriers.core import CarrierCore
from simulators.carriers.face import Connection, MsgId, Notice, Submission
from simulators.carriers.profiles import FAILURES
from telcowire.asyncio.smpp import SmppServer, SmppServerConnection, report_deliver, serve_smpp
from telcowire.session import Closed, Limits, Opened
from telcowire.smpp.content import content_of, decode_content
from telcowire.smpp.events import (
    CancelReceived,
    DeliverAnswered,
    DeliverTimedOut,
    Nacked,
    QueryReceived,
    SmppServingEvent,
    SubmitReceived,
)
from telcowire.smpp.flavour import BindMode, SmppServerAccount
from telcowire.smpp.message_ids import ReceiptIds
from telcowire.smpp.pdus import (
    ESM_UDHI,
    REGISTERED_ALWAYS,
    REGISTERED_RECEIPT,
    DeliverSm,
    QuerySm,
    QuerySmResp,
    SubmitSm,
)
from telcowire.smpp.reports import STATE_NUMBERS, Report
from telcowire.smpp.statuses import ESME_RINVDSTADR, ESME_RINVMSGID, ESME_RQUERYFAIL, ESME_RTHROTTLED
from telcowire.smpp.tlvs import SAR_SEGMENT_SEQNUM, SAR_TOTAL_SEGMENTS, find_number
from telcowire.smstext.coding import FMT_UCS2
from telcowire.smstext.segments import split_ucs2

_CANCEL_FAILED: Final = 0x11
_MAX_ERROR: Final = 0xFF
"""An answer to a query has one octet for it."""
_CHINA: Final = "032+"
"""Tenths of a second, and quarters of an hour before UTC."""
_BAD_VALIDITY: Final = 0x62


class SmppFace:
    """A listener for ESMEs.

    Ids are numbers that count on from the time of the start; `receipt_ids` says how answers and receipts write them.
    """

    flow_control: int = ESME_RTHROTTLED
    bad_destination: int = ESME_RINVDSTADR
    bad_validity: int = _BAD_VALIDITY
    expired: str = "EXPIRED"

    def __init__(
        self,
        core: CarrierCore,
        *,
        address: tuple[str, int],
        account: str,
        secret: str,
        gateway: int,
        limits: Limits,
        receipt_ids: ReceiptIds = ReceiptIds.AS_IS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Speak for `core`."""
        del gateway  # ids do not name it
        self.failures: Sequence[str] = FAILURES[core.carrier]
        self._core: Final = core
        self._address: Final = address
        self._account: Final = SmppServerAccount(account, secret)
        self._limits: Final = limits
        self._receipt_ids: Final = receipt_ids
        self._tls: Final = tls
        core.keep_fates()
        self._next_id = int(time.time() * 1_000_000)
        self._server: SmppServer

    async def open(self) -> None:
        """Listen."""
        self._server = await serve_smpp(
            *self._address, self._find_account, self._on_event, limits=self._limits, tls=self._tls
        )

    async def close(self) -> None:
        """Hang up."""
        await self._server.close()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.port

    def take_ids(self, seq: int, count: int) -> Sequence[MsgId]:
        """Return ids that follow each other, as answers write them."""
        return [self.stray_id() for _ in range(count)]

    def stray_id(self) -> str:
        """Return an id that nobody was given."""
        self._next_id += 1
        return f"{self._next_id:x}" if self._receipt_ids is ReceiptIds.DECIMAL else str(self._next_id)

    def answer(self, connection: Any, seq: int, msg_id: MsgId | None, code: int) -> None:
        """Send a submit_sm_resp."""
        connection.answer_submit(seq, str(msg_id or ""), code)

    def report(self, connection: Connection | None, notice: Notice, *, is_crossed: bool) -> DeliverSm:
        """Wrap a receipt; a crossed one has no TLVs. Without TLVs, or in another base, the text's id counts."""
        answered = written = str(notice.msg_id)
        if self._receipt_ids is ReceiptIds.HEX:
            written = f"{int(answered):x}"
        elif self._receipt_ids is ReceiptIds.DECIMAL:
            written = str(int(answered, 16))
        stat, error = notice.stat, "000"
        if not stat.isalpha():
            stat, error = "UNDELIV", notice.stat[-3:]
        report = Report(answered, written, stat, notice.submit_time, notice.done_time, notice.dest, notice.src, error)
        deliver = report_deliver(report, with_tlvs=not is_crossed)
        core, text = self._core, deliver.short_message
        if core.is_chosen(core.profile.cut_percent):
            text = text[: text.rindex(b" text:")]
        if core.is_chosen(core.profile.nul_percent):
            text = text[: text.rindex(b" err:") + 8] + b"\0"
        return deliver._replace(short_message=text)

    def uplinks(self, sender: str, access_number: str, text: str) -> list[DeliverSm]:
        """Cut a text into deliver_sm, in UCS-2."""
        contents = split_ucs2(text, self._core.pick_ref())
        return [
            DeliverSm(
                source_addr=sender,
                destination_addr=access_number,
                esm_class=ESM_UDHI if len(contents) > 1 else 0,
                data_coding=FMT_UCS2,
                short_message=content,
            )
            for content in contents
        ]

    def deliver_many(self, connection: Any, pdus: Sequence[Any]) -> Sequence[int]:
        """Send deliver_sm."""
        seqs: list[int] = connection.deliver_many(list(pdus))
        return seqs

    def decode(self, octets: bytes, coding: int) -> str:
        """Read text by its data_coding."""
        return decode_content(octets, coding)

    def _tell(self, query: QuerySm) -> QuerySmResp:
        """Say what became of a part, to who sent it."""
        core, msg_id = self._core, query.message_id
        core.stats.queries += 1
        fate = core.fates.find(msg_id) if core.fates is not None else None
        if fate is None or fate.src != query.source_addr:
            status = ESME_RINVMSGID if fate is None else ESME_RQUERYFAIL
            return QuerySmResp(status, msg_id, "", STATE_NUMBERS["UNKNOWN"], 0)
        stat, error = fate.stat, 0
        if not stat.isalpha():
            stat, error = "UNDELIV", min(_MAX_ERROR, int("".join(char for char in stat if char.isdigit())))
        done = f"{fate.done_time}00{_CHINA}" if fate.done_time else ""
        return QuerySmResp(0, msg_id, done, STATE_NUMBERS[stat], error)

    def _find_account(self, system_id: str) -> SmppServerAccount | None:
        return self._account if system_id == self._account.system_id else None

    def _on_event(self, connection: SmppServerConnection, events: list[SmppServingEvent]) -> None:
        core = self._core
        link = core.links.find(connection)
        for event in events:
            if isinstance(event, Opened):
                link = core.links.open(connection, receives=connection.mode is not BindMode.TRANSMITTER)
            elif link is None:
                return
            elif isinstance(event, SubmitReceived):
                core.take_submission(link, event.seq, _submission(event.submit))
            elif isinstance(event, DeliverAnswered):
                core.links.settle(link, event.seq, event.status)
            elif isinstance(event, DeliverTimedOut):
                core.links.settle(link, event.seq, -1)
            elif isinstance(event, Nacked):
                core.links.settle(link, event.seq, event.status or -1)
            elif isinstance(event, CancelReceived):
                connection.answer_cancel(event.seq, _CANCEL_FAILED)
            elif isinstance(event, QueryReceived):
                connection.answer_query(event.seq, self._tell(event.query))
            elif isinstance(event, Closed):
                core.links.close(link)
                link = None
        core.after_events()


def _submission(submit: SubmitSm) -> Submission:
    return Submission(
        submit.source_addr,
        (submit.destination_addr,),
        content_of(submit),
        submit.esm_class & ESM_UDHI != 0,
        submit.data_coding,
        find_number(submit.tlvs, SAR_TOTAL_SEGMENTS) or 1,
        find_number(submit.tlvs, SAR_SEGMENT_SEQNUM) or 1,
        submit.registered_delivery & REGISTERED_RECEIPT == REGISTERED_ALWAYS,
        submit.validity_period,
    )
