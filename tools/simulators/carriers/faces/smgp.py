"""SMGP 3.0: SPs log in here to send, to receive, or both; reports travel on connections that receive.

Wire: `telcowire.smgp`.
"""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from simulators.carriers.core import CarrierCore
from simulators.carriers.face import Connection, MsgId, Notice, Submission
from simulators.carriers.profiles import FAILURES
from simulators.carriers.records import CHINA
from telcowire.asyncio.smgp import SmgpServer, SmgpServerConnection, report_deliver, serve_smgp
from telcowire.session import Closed, Limits, Opened
from telcowire.smgp.events import DeliverAnswered, DeliverTimedOut, QueryReceived, SmgpServingEvent, SubmitReceived
from telcowire.smgp.flavour import SENDS, SmgpServerAccount
from telcowire.smgp.msg_ids import NO_MSG_ID
from telcowire.smgp.options import Options
from telcowire.smgp.pdus import Deliver, Query, QueryResp
from telcowire.smgp.reports import FIELD_LABELS, PAGE_LABELS, Report
from telcowire.smstext.coding import FMT_UCS2, decode_text
from telcowire.smstext.segments import split_ucs2

_BUSY: Final = 1
_BAD_VALIDITY: Final = 44
_BAD_DESTINATION: Final = 47
_SEQUENCES: Final = 1_000_000
_PER_MILLISECOND: Final = 16
_ERRORS: Final = {"DELIVRD": "000", "ACCEPTD": "000", "EXPIRED": "001", "UNDELIV": "003", "DELETED": "006"}


class SmgpFace:
    """A listener for SPs."""

    flow_control: int = _BUSY
    bad_destination: int = _BAD_DESTINATION
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
    ) -> None:
        """Speak for `core`."""
        self.failures: Sequence[str] = FAILURES[core.carrier]
        self._core: Final = core
        self._address: Final = address
        self._account: Final = SmgpServerAccount(account, secret)
        self._limits: Final = limits
        self._gateway: Final = f"{gateway % 1_000_000:06d}"
        # By the clock, so that a restart in the same minute does not give an id twice.
        self._sequence = int(time.time() * 1000) % 60_000 * _PER_MILLISECOND
        self._second = 0
        self._prefix = ""
        self._crossed = 0
        self._server: SmgpServer

    async def open(self) -> None:
        """Listen."""
        self._server = await serve_smgp(*self._address, self._find_account, self._on_event, limits=self._limits)

    async def close(self) -> None:
        """Hang up."""
        await self._server.close()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.port

    def take_ids(self, seq: int, count: int) -> Sequence[MsgId]:
        """Return ids that follow each other, as twenty digits."""
        return [self.stray_id() for _ in range(count)]

    def stray_id(self) -> str:
        """Return an id that nobody was given."""
        second = int(time.time())
        if second != self._second:
            self._second = second
            self._prefix = self._gateway + datetime.fromtimestamp(second, CHINA).strftime("%m%d%H%M")
        self._sequence = (self._sequence + 1) % _SEQUENCES
        return f"{self._prefix}{self._sequence:06d}"

    def answer(self, connection: Any, seq: int, msg_id: MsgId | None, code: int) -> None:
        """Send a Submit_Resp."""
        connection.answer_submit(seq, NO_MSG_ID if msg_id is None else bytes.fromhex(str(msg_id)), code)

    def report(self, connection: Connection | None, notice: Notice, *, is_crossed: bool) -> Deliver:
        """Wrap a record; a crossed one has labels as some gateways write them."""
        labels = PAGE_LABELS
        if is_crossed:
            self._crossed += 1
            labels = FIELD_LABELS[self._crossed % len(FIELD_LABELS)]
        # A vendor's code is an error beside the state that the protocol has for it.
        stat, error = notice.stat, _ERRORS.get(notice.stat, "999")
        if not stat.isalpha():
            stat, error = "UNDELIV", notice.stat[-3:]
        report = Report(
            bytes.fromhex(str(notice.msg_id)), stat, error, notice.submit_time, notice.done_time, text=b"003"
        )
        return report_deliver(report, bytes.fromhex(self.stray_id()), notice.dest, notice.src, _now(), labels)

    def uplinks(self, sender: str, access_number: str, text: str) -> list[Deliver]:
        """Cut a text into Delivers, in UCS-2."""
        contents = split_ucs2(text, self._core.pick_ref())
        total = len(contents)
        return [
            Deliver(
                msg_id=bytes.fromhex(self.stray_id()),
                msg_format=FMT_UCS2,
                recv_time=_now(),
                src_term_id=sender,
                dest_term_id=access_number,
                msg_content=content,
                options=Options(tp_udhi=1, pk_total=total, pk_number=number) if total > 1 else Options(),
            )
            for number, content in enumerate(contents, 1)
        ]

    def deliver_many(self, connection: Any, pdus: Sequence[Any]) -> Sequence[int]:
        """Send Delivers."""
        seqs: list[int] = connection.deliver_many(list(pdus))
        return seqs

    def decode(self, octets: bytes, coding: int) -> str:
        """Read text by its MsgFormat."""
        return decode_text(octets, coding)

    def _find_account(self, client_id: str) -> SmgpServerAccount | None:
        return self._account if client_id == self._account.client_id else None

    def _on_event(self, connection: SmgpServerConnection, events: list[SmgpServingEvent]) -> None:
        core = self._core
        link = core.links.find(connection)
        for event in events:
            if isinstance(event, Opened):
                link = core.links.open(connection, receives=connection.login_mode != SENDS)
            elif link is None:
                return
            elif isinstance(event, SubmitReceived):
                submit = event.submit
                options = submit.options
                submission = Submission(
                    submit.src_term_id,
                    submit.dest_term_ids,
                    submit.msg_content,
                    (options.tp_udhi or 0) & 1 == 1,
                    submit.msg_format,
                    options.pk_total or 1,
                    options.pk_number or 1,
                    submit.need_report == 1,
                    submit.valid_time,
                )
                core.take_submission(link, event.seq, submission)
            elif isinstance(event, DeliverAnswered):
                core.links.settle(link, event.seq, event.status)
            elif isinstance(event, DeliverTimedOut):
                core.links.settle(link, event.seq, -1)
            elif isinstance(event, QueryReceived):
                connection.answer_query(event.seq, self._statistics(event.query))
            elif isinstance(event, Closed):
                core.links.close(link)
                link = None
        core.after_events()

    def _statistics(self, query: Query) -> QueryResp:
        stats = self._core.stats
        sent, failed = stats.delivered, stats.failed
        return QueryResp(*query, sent + failed, sent + failed, sent, self._core.planned, failed, stats.uplinks, 0, 0)


def _now() -> str:
    return datetime.now(CHINA).strftime("%Y%m%d%H%M%S")
