"""SGIP 1.2: SPs log in here to submit; reports and uplinks travel on a connection that the carrier opens to the SP.

While the SP's listener is away the carrier keeps what it has to say, and calls again and again. Wire: `telcowire.sgip`.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from simulators.carriers.core import CarrierCore
from simulators.carriers.face import Connection, MsgId, Notice, Submission
from telcowire.asyncio.sgip import (
    SgipConnection,
    SgipServer,
    SgipServerConnection,
    connect_sgip,
    make_sequence,
    serve_sgip,
)
from telcowire.errors import TelcowireError
from telcowire.session import Closed, Limits, Opened
from telcowire.sgip.events import (
    DeliverAnswered,
    DeliverTimedOut,
    ReportAnswered,
    ReportTimedOut,
    SgipEvent,
    SubmitReceived,
)
from telcowire.sgip.flavour import SgipAccount, SgipServerAccount
from telcowire.sgip.numbers import with_country, without_country
from telcowire.sgip.pdus import LOGIN_SMG, Deliver, Report
from telcowire.sgip.reports import (
    RESULT_BAD_FORMAT,
    RESULT_BAD_NUMBER,
    RESULT_BUSY,
    STATE_DELIVERED,
    STATE_FAILED,
    STATE_WAITING,
)
from telcowire.smstext.coding import FMT_UCS2, decode_text
from telcowire.smstext.segments import split_ucs2

_AGAIN_S: Final = 0.2
_IDLE_S: Final = 60.0
_MAX_WINDOW: Final = 32
_FIRST_NODE: Final = 100_000
_REPORT_ALWAYS: Final = frozenset({1, 3})


class SgipFace:
    """A listener for SPs, and a caller of the one SP whose listener is known."""

    flow_control: int = RESULT_BUSY
    bad_destination: int = RESULT_BAD_NUMBER
    bad_validity: int = RESULT_BAD_FORMAT
    expired: str = "25"
    """Not reachable: no code says that it was tried until the end."""
    failures: Sequence[str] = ("25", "29", "26", "28", "70")

    def __init__(
        self,
        core: CarrierCore,
        *,
        address: tuple[str, int],
        account: str,
        secret: str,
        gateway: int,
        limits: Limits,
        report_to: tuple[str, int] | None = None,
        callers: int = 4,
    ) -> None:
        """Speak for `core`; without `report_to` nothing is ever reported. `callers` connections share the reports."""
        self._core: Final = core
        self._address: Final = address
        self._account: Final = SgipServerAccount(account, secret)
        self._limits: Final = limits._replace(heartbeat_s=None, idle_s=_IDLE_S)
        self._report_to: Final = report_to
        self._sequence: Final = make_sequence(_FIRST_NODE + gateway)
        self._server: SgipServer
        self._count: Final = callers
        self._callers: Final[list[asyncio.Task[None]]] = []

    async def open(self) -> None:
        """Listen, and call."""
        self._server = await serve_sgip(
            *self._address, self._find_account, self._sequence, self._on_event, limits=self._limits
        )
        if self._report_to is not None:
            self._callers.extend(asyncio.create_task(self._call(*self._report_to)) for _ in range(self._count))

    async def close(self) -> None:
        """Hang up."""
        for caller in self._callers:
            caller.cancel()
        await asyncio.gather(*self._callers, return_exceptions=True)
        await self._server.close()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.port

    def take_ids(self, seq: int, count: int) -> Sequence[MsgId]:
        """Return the id of a submission, which is its sequence, for each number."""
        return [seq] * count

    def stray_id(self) -> MsgId:
        """Return an id that nobody was given."""
        return self._sequence.take()

    def answer(self, connection: Any, seq: int, msg_id: MsgId | None, code: int) -> None:
        """Send a Submit_Resp."""
        connection.answer_submit(seq, code & 0xFF)

    def report(self, connection: Connection | None, notice: Notice, *, is_crossed: bool) -> Report:
        """Write a Report; a crossed one has its number without 86."""
        number = without_country(notice.dest) if is_crossed else notice.dest
        if notice.stat == "DELIVRD":
            return Report(int(notice.msg_id), 0, number, STATE_DELIVERED)
        if notice.stat == "ACCEPTD":
            return Report(int(notice.msg_id), 0, number, STATE_WAITING)
        return Report(int(notice.msg_id), 0, number, STATE_FAILED, int(notice.stat))

    def uplinks(self, sender: str, access_number: str, text: str) -> list[Deliver]:
        """Cut a text into Delivers, in UCS-2."""
        contents = split_ucs2(text, self._core.pick_ref())
        return [
            Deliver(
                user_number=with_country(sender),
                sp_number=access_number,
                tp_udhi=int(len(contents) > 1),
                message_coding=FMT_UCS2,
                message_content=content,
            )
            for content in contents
        ]

    def deliver_many(self, connection: Any, pdus: Sequence[Any]) -> Sequence[int]:
        """Send Reports and Delivers."""
        seqs: list[int] = connection.deliver_many(list(pdus))
        return seqs

    def decode(self, octets: bytes, coding: int) -> str:
        """Read text by its MessageCoding."""
        return decode_text(octets, coding)

    async def _call(self, host: str, port: int) -> None:
        """Keep a connection to the SP. Policy: again every 0.2 s for ever, as its listener may come back any time."""
        window = min(_MAX_WINDOW, self._limits.window_pdus)
        account = SgipAccount(
            self._account.login_name, self._account.password, LOGIN_SMG, window, self._limits.response_timeout_s
        )
        while True:
            try:
                connection = await connect_sgip(host, port, account, self._sequence, self._on_event)
            except (OSError, TelcowireError):
                pass
            else:
                try:
                    await connection.wait_closed()
                except asyncio.CancelledError:
                    connection.abort()
                    raise
            await asyncio.sleep(_AGAIN_S)

    def _find_account(self, login_name: str) -> SgipServerAccount | None:
        return self._account if login_name == self._account.login_name else None

    def _on_event(self, connection: SgipConnection | SgipServerConnection, events: list[SgipEvent]) -> None:
        core = self._core
        link = core.links.find(connection)
        for event in events:
            if isinstance(event, Opened):
                link = core.links.open(connection, receives=isinstance(connection, SgipConnection))
            elif link is None:
                return
            elif isinstance(event, SubmitReceived):
                submit = event.submit
                submission = Submission(
                    submit.sp_number,
                    tuple([with_country(number) for number in submit.user_numbers]),
                    submit.message_content,
                    submit.tp_udhi & 1 == 1,
                    submit.message_coding,
                    1,
                    1,
                    submit.report_flag in _REPORT_ALWAYS,
                    submit.expire_time,
                )
                core.take_submission(link, event.seq, submission)
            elif isinstance(event, ReportAnswered | DeliverAnswered):
                core.links.settle(link, event.seq, event.result)
            elif isinstance(event, ReportTimedOut | DeliverTimedOut):
                core.links.settle(link, event.seq, -1)
            elif isinstance(event, Closed):
                core.links.close(link)
                link = None
        core.after_events()
