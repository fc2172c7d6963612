"""CMPP 2.0 and 3.0: SPs log in here, and reports travel on their own connections. Wire: `telcowire.cmpp`."""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from simulators.carriers.core import CarrierCore
from simulators.carriers.face import Connection, MsgId, Notice, Submission
from simulators.carriers.profiles import FAILURES
from simulators.carriers.records import CHINA, MinuteClock
from telcowire.asyncio.cmpp import CmppServer, CmppServerConnection, report_deliver, serve_cmpp
from telcowire.cmpp.events import (
    CancelReceived,
    CmppServingEvent,
    DeliverAnswered,
    DeliverTimedOut,
    QueryReceived,
    SubmitReceived,
)
from telcowire.cmpp.flavour import CmppServerAccount
from telcowire.cmpp.msg_ids import MsgId as CmppMsgId
from telcowire.cmpp.msg_ids import nth_msg_id, pack_msg_id
from telcowire.cmpp.pdus import Deliver, Query, QueryResp
from telcowire.cmpp.reports import RESULT_FLOW_CONTROL, Report
from telcowire.session import Closed, Limits, Opened
from telcowire.smstext.coding import FMT_UCS2, decode_text
from telcowire.smstext.segments import split_ucs2

VERSIONS: Final = {"cmpp20": 0x20, "cmpp30": 0x30}
_RESULT_BAD_STRUCTURE: Final = 1
_RESULT_BAD_DESTINATION: Final = 13
_IDS_PER_SECOND: Final = 0x10000
_IDS_PER_MILLISECOND: Final = _IDS_PER_SECOND // 1000
_NUMBER_OCTETS_20: Final = 21
_VERSION_30: Final = 0x30


class IdClock(MinuteClock):
    """Gives out message ids. Beyond 65,536 in a second the next second is borrowed: an id is never given twice."""

    def __init__(self, gateway: int) -> None:
        """Count for one gateway code."""
        super().__init__()
        self._gateway: Final = gateway
        self._sequence = self._base = 0
        self._is_fresh = True

    def take(self, count: int = 1) -> int:
        """Return the first of `count` ids that follow each other."""
        self.refresh()
        if self._sequence + count > _IDS_PER_SECOND:
            self.start_second(self.second + 1)
        first = self._base | self._sequence
        self._sequence += count
        return first

    def start_second(self, second: int) -> None:
        """Count anew."""
        super().start_second(second)
        at = datetime.fromtimestamp(second, CHINA)
        # The first second begins where its milliseconds stand: a carrier that comes back within it repeats no id.
        self._sequence = int(time.time() * 1000) % 1000 * _IDS_PER_MILLISECOND if self._is_fresh else 0
        self._is_fresh = False
        self._base = pack_msg_id(CmppMsgId(at.month, at.day, at.hour, at.minute, at.second, self._gateway, 0))


class CmppFace:
    """A listener for SPs."""

    flow_control: int = RESULT_FLOW_CONTROL
    bad_destination: int = _RESULT_BAD_DESTINATION
    bad_validity: int = _RESULT_BAD_STRUCTURE
    expired: str = "EXPIRED"

    def __init__(
        self,
        core: CarrierCore,
        *,
        address: tuple[str, int],
        account: str,
        secret: str,
        version: int,
        gateway: int,
        limits: Limits,
    ) -> None:
        """Speak for `core`."""
        self.failures: Sequence[str] = FAILURES[core.carrier]
        self._core: Final = core
        self._address: Final = address
        self._account: Final = CmppServerAccount(account, secret, version)
        self._limits: Final = limits
        self._ids: Final = IdClock(gateway)
        self._server: CmppServer

    async def open(self) -> None:
        """Listen."""
        self._server = await serve_cmpp(*self._address, self._find_account, self._on_event, limits=self._limits)

    async def close(self) -> None:
        """Hang up."""
        await self._server.close()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.port

    def take_ids(self, seq: int, count: int) -> Sequence[MsgId]:
        """Return ids that follow each other."""
        first = self._ids.take(count)
        return (first,) if count == 1 else [nth_msg_id(first, index) for index in range(count)]

    def stray_id(self) -> MsgId:
        """Return an id that nobody was given."""
        return self._ids.take()

    def answer(self, connection: Any, seq: int, msg_id: MsgId | None, code: int) -> None:
        """Send a SUBMIT_RESP."""
        connection.answer_submit(seq, msg_id or 0, code if connection.version == _VERSION_30 else code & 0xFF)

    def report(self, connection: Connection | None, notice: Notice, *, is_crossed: bool) -> Deliver:
        """Wrap a record; a crossed one is that of the other version, where the number fits it."""
        version = connection.version if isinstance(connection, CmppServerConnection) else self._account.version or 0x30
        if is_crossed and len(notice.dest) <= _NUMBER_OCTETS_20:
            version = 0x50 - version  # 0x20 <-> 0x30
        report = Report(int(notice.msg_id), notice.stat, notice.submit_time, notice.done_time, notice.dest)
        return report_deliver(report, version, self._ids.take(), notice.src)

    def uplinks(self, sender: str, access_number: str, text: str) -> list[Deliver]:
        """Cut a text into DELIVERs, in UCS-2."""
        contents = split_ucs2(text, self._core.pick_ref())
        return [
            Deliver(
                msg_id=self._ids.take(),
                dest_id=access_number,
                tp_udhi=int(len(contents) > 1),
                msg_fmt=FMT_UCS2,
                src_terminal_id=sender,
                msg_content=content,
            )
            for content in contents
        ]

    def deliver_many(self, connection: Any, pdus: Sequence[Any]) -> Sequence[int]:
        """Send DELIVERs."""
        seqs: list[int] = connection.deliver_many(list(pdus))
        return seqs

    def decode(self, octets: bytes, coding: int) -> str:
        """Read text by its Msg_Fmt."""
        return decode_text(octets, coding)

    def _find_account(self, source_addr: str) -> CmppServerAccount | None:
        return self._account if source_addr == self._account.source_addr else None

    def _on_event(self, connection: CmppServerConnection, events: list[CmppServingEvent]) -> None:
        core = self._core
        link = core.links.find(connection)
        for event in events:
            if isinstance(event, Opened):
                link = core.links.open(connection)
            elif link is None:
                return
            elif isinstance(event, SubmitReceived):
                submit = event.submit
                submission = Submission(
                    submit.src_id,
                    submit.dest_terminal_ids,
                    submit.msg_content,
                    submit.tp_udhi & 1 == 1,
                    submit.msg_fmt,
                    submit.pk_total,
                    submit.pk_number,
                    submit.registered_delivery == 1,
                    submit.valid_time,
                )
                core.take_submission(link, event.seq, submission)
            elif isinstance(event, DeliverAnswered):
                core.links.settle(link, event.seq, event.result)
            elif isinstance(event, DeliverTimedOut):
                core.links.settle(link, event.seq, -1)
            elif isinstance(event, CancelReceived):
                connection.answer_cancel(event.seq, 1)
            elif isinstance(event, QueryReceived):
                connection.answer_query(event.seq, self._statistics(event.query))
            elif isinstance(event, Closed):
                core.links.close(link)
                link = None
        core.after_events()

    def _statistics(self, query: Query) -> QueryResp:
        stats = self._core.stats
        sent, failed = stats.delivered, stats.failed
        head = (query.time, query.query_type, query.query_code)
        return QueryResp(*head, sent + failed, sent + failed, sent, self._core.planned, failed, stats.uplinks, 0, 0)
