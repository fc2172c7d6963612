"""A carrier's gateway: takes submits, answers, decides fates, reports, and hands the SMS to the phones of `inbox`.

Deterministic by `seed`: the fate of a message depends on the seed and its number only, so all parts of a long message
share it, whatever the order of arrival. Nothing is written down but the journal, if there is one: a restart forgets
what was not yet reported.
"""

import asyncio
import dataclasses
import random
import zlib
from collections import deque
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, NamedTuple, Self

from simulators.carriers.inbox import Inbox
from simulators.carriers.journal import Journal
from simulators.carriers.links import Link, Links
from simulators.carriers.profiles import FAILURES, PROFILES, Profile
from simulators.carriers.records import IdClock, Received, Stats
from simulators.carriers.wheel import TimerWheel
from telcowire.asyncio.server import CmppServer, CmppServerConnection, report_deliver, serve_cmpp
from telcowire.cmpp.events import (
    CancelReceived,
    CmppServingEvent,
    DeliverAnswered,
    DeliverTimedOut,
    QueryReceived,
    SubmitReceived,
)
from telcowire.cmpp.flavour import CmppServerAccount
from telcowire.cmpp.msg_ids import nth_msg_id
from telcowire.cmpp.pdus import Deliver, Query, QueryResp, Submit
from telcowire.cmpp.reports import ACCEPTD, DELIVRD, RESULT_FLOW_CONTROL, Report
from telcowire.errors import RemoteProtocolError
from telcowire.session import Closed, Limits, Opened
from telcowire.smstext.assembly import Assembler, Part
from telcowire.smstext.coding import FMT_UCS2, decode_text
from telcowire.smstext.segments import split_ucs2

_VERSIONS: Final = {"cmpp20": 0x20, "cmpp30": 0x30}
_RESULT_BAD_DESTINATION: Final = 13
_LATE_ANSWER_S: Final = 0.05


class _Fate(NamedTuple):
    """One accepted part on its way to a phone."""

    link: Link
    msg_id: int
    dest: str
    src_id: str
    stat: str
    submit_time: str
    whole: Received | None
    wants_report: bool


class CarrierSimulator:
    """One gateway with one account, as an async context manager.

    `received` is a bounded log of whole messages; `stats` counts; `port` is known inside the context. Options left at
    None come from the profile. `report_window_pdus` is how many reports may be unanswered per connection: a client that
    answers after a commit of 50 ms gets `window / 0.05` reports per second.
    """

    def __init__(
        self,
        profile: str | Profile = "happy",
        *,
        protocol: str = "cmpp30",
        account: str = "901234",
        secret: str = "shared",  # noqa: S107  the simulator's own, well-known password
        host: str = "127.0.0.1",
        port: int = 0,
        carrier: str = "mobile",
        gateway: int = 1001,
        latency_s: float | None = None,
        report_after_s: float | None = None,
        fail_percent: float | None = None,
        rate_per_s: float | None = None,
        no_loss: bool = False,
        seed: int = 1,
        inbox: Inbox | None = None,
        journal: Journal | None = None,
        log_size: int = 250_000,
        max_pending: int = 1_000_000,
        report_window_pdus: int = 1024,
        response_timeout_s: float = 30.0,
    ) -> None:
        """Choose the manners; nothing is opened yet."""
        chosen = PROFILES[profile] if isinstance(profile, str) else profile
        chosen = dataclasses.replace(
            chosen,
            latency_s=chosen.latency_s if latency_s is None else latency_s,
            report_after_s=chosen.report_after_s if report_after_s is None else report_after_s,
            fail_percent=chosen.fail_percent if fail_percent is None else fail_percent,
            rate_per_s=chosen.rate_per_s if rate_per_s is None else rate_per_s,
        )
        self.profile: Final = chosen.without_loss() if no_loss else chosen
        self.carrier: Final = carrier
        self.inbox: Final = inbox if inbox is not None else Inbox()
        self.stats: Final = Stats()
        self.received: Final[deque[Received]] = deque(maxlen=log_size)
        self._account: Final = CmppServerAccount(account, secret, _VERSIONS[protocol])
        self._address: Final = (host, port)
        self._journal: Final = journal
        self._seed: Final = seed
        self._max_pending: Final = max_pending
        self._limits: Final = Limits(
            window_pdus=report_window_pdus, heartbeat_s=180.0, response_timeout_s=response_timeout_s
        )
        self._random: Final = random.Random(seed)
        self._failures: Final = FAILURES[carrier]
        self._assembler: Final = Assembler()
        self._links: Final = Links(self.stats)
        self._ids: Final = IdClock(gateway)
        self._server: CmppServer
        self._wheel: TimerWheel
        self._tokens = self.profile.rate_per_s or 0.0
        self._tokens_at = 0.0

    # --- life ---

    async def __aenter__(self) -> Self:
        """Listen."""
        self._wheel = TimerWheel(self._links.pump)
        self._server = await serve_cmpp(*self._address, self._find_account, self._on_event, limits=self._limits)
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Hang up."""
        self._wheel.close()
        await self._server.close()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.port

    @property
    def connections(self) -> int:
        """How many connections are logged in."""
        return len(self._links)

    def read_stats(self) -> dict[str, object]:
        """The counters with the carrier's name, for people."""
        return {
            "carrier": self.carrier,
            "profile": self.profile.name,
            "port": self.port,
            "connections": self.connections,
            "pending": len(self._wheel) + self._links.waiting,
            **dataclasses.asdict(self.stats),
        }

    def cut_connections(self) -> None:
        """Cut every connection without a word, as a carrier's restart does."""
        for link in self._links.list_links():
            self._cut(link)

    def send_mo(self, sender: str, access_number: str, text: str) -> bool:
        """Let a phone write to an access number; False when nobody is connected.

        Raises:
            LocalProtocolError: the text is too long.
        """
        if not self.connections:
            return False
        contents = split_ucs2(text, self._random.randrange(256))
        for content in contents:
            uplink = Deliver(
                msg_id=self._ids.take(),
                dest_id=access_number,
                tp_udhi=int(len(contents) > 1),
                msg_fmt=FMT_UCS2,
                src_terminal_id=sender,
                msg_content=content,
            )
            self._links.post(None, uplink)
        self.stats.uplinks += 1
        self._links.pump()
        return True

    # --- talking ---

    def _find_account(self, source_addr: str) -> CmppServerAccount | None:
        return self._account if source_addr == self._account.source_addr else None

    def _on_event(self, connection: CmppServerConnection, events: list[CmppServingEvent]) -> None:
        link = self._links.find(connection)
        for event in events:
            if isinstance(event, Opened):
                link = self._links.open(connection)
            elif link is None:
                return
            elif isinstance(event, SubmitReceived):
                self._take_submit(link, event.seq, event.submit)
            elif isinstance(event, DeliverAnswered):
                self._links.settle(link, event.seq, event.result)
            elif isinstance(event, DeliverTimedOut):
                self._links.settle(link, event.seq, -1)
            elif isinstance(event, CancelReceived):
                connection.answer_cancel(event.seq, 1)
            elif isinstance(event, QueryReceived):
                connection.answer_query(event.seq, self._statistics(event.query))
            elif isinstance(event, Closed):
                self._links.close(link)
                link = None
        if self._journal is not None:  # the answers leave after this function
            self._journal.flush()
        self._links.pump()

    def _statistics(self, query: Query) -> QueryResp:
        sent, failed = self.stats.delivered, self.stats.failed
        head = (query.time, query.query_type, query.query_code)
        return QueryResp(*head, sent + failed, sent + failed, sent, len(self._wheel), failed, self.stats.uplinks, 0, 0)

    def _cut(self, link: Link) -> None:
        self.stats.cut_connections += 1
        link.connection.abort("cut")

    # --- a message's way ---

    def _take_submit(self, link: Link, seq: int, submit: Submit) -> None:
        stats, profile, numbers = self.stats, self.profile, submit.dest_terminal_ids
        stats.submits += 1
        link.submits += 1
        delay_s = profile.latency_s
        if profile.latency_jitter_s:
            delay_s += self._random.random() * profile.latency_jitter_s
        if not self._has_room(len(numbers)):
            stats.throttled += len(numbers)
            self._answer_later(link, delay_s, seq, 0, RESULT_FLOW_CONTROL)
            return
        if not all(number.lstrip("+").isdigit() for number in numbers):
            stats.refused += len(numbers)
            self._answer_later(link, delay_s, seq, 0, _RESULT_BAD_DESTINATION)
            return
        first_id = self._ids.take(len(numbers))
        for index, number in enumerate(numbers):
            delay_s = self._accept(link, submit, nth_msg_id(first_id, index), number, delay_s)
        if self._is_chosen(profile.lost_answer_percent):
            stats.lost_answers += 1
        else:
            self._answer_later(link, delay_s, seq, first_id, 0)
        if profile.drop_every is not None and link.submits % profile.drop_every == 0:
            self._wheel.add(0.0, self._cut, link)

    def _accept(self, link: Link, submit: Submit, msg_id: int, number: str, delay_s: float) -> float:
        """Log a part, plan its fate; return when the answer may leave."""
        profile = self.profile
        self.stats.accepted += 1
        if self._journal is not None:
            self._journal.note(
                carrier=self.carrier,
                msg_id=msg_id,
                src=submit.src_id,
                dest=number,
                content=submit.msg_content,
                has_udh=submit.tp_udhi & 1 == 1,
                parts=submit.pk_total,
                part=submit.pk_number,
                connection=link.peer,
            )
        whole = self._assemble(submit, msg_id, number)
        if whole is not None:
            self.stats.messages += 1
            self.received.append(whole)
        wants_report = submit.registered_delivery == 1
        stat, now = self._stat_of(number), self._ids.minute()
        fate = _Fate(link, msg_id, number, submit.src_id, stat, now, whole, wants_report)
        due_s = delay_s + profile.report_after_s
        if profile.report_jitter_s:
            due_s += self._random.random() * profile.report_jitter_s
        if self._is_chosen(profile.early_percent):
            due_s, delay_s = 0.0, delay_s + _LATE_ANSWER_S
        self._wheel.add(due_s, self._fulfil, fate)
        return delay_s

    def _assemble(self, submit: Submit, msg_id: int, number: str) -> Received | None:
        part = Part(submit.msg_content, submit.tp_udhi & 1 == 1, submit.pk_total, submit.pk_number)
        try:
            contents = self._assembler.add((submit.src_id, number), part, asyncio.get_running_loop().time())
            if contents is None:
                return None
            text = decode_text(b"".join(contents), submit.msg_fmt)
        except RemoteProtocolError:  # no text in any alphabet: show what came
            contents, text = [submit.msg_content], submit.msg_content.hex()
        return Received(msg_id, number, text, submit.src_id, datetime.now(UTC), len(contents))

    def _fulfil(self, fate: _Fate) -> None:
        """Let the SMS reach the phone, or not, and report it."""
        if fate.stat == DELIVRD:
            self.stats.delivered += 1
            if fate.whole is not None:
                whole = fate.whole
                at = datetime.now(UTC).isoformat(timespec="milliseconds")
                self.inbox.put(whole.dest, whole.src_id, whole.text, at, whole.parts)
        else:
            self.stats.failed += 1
        profile = self.profile
        if not fate.wants_report or self._is_chosen(profile.lost_report_percent):
            return
        report = Report(fate.msg_id, fate.stat, fate.submit_time, self._ids.minute(), fate.dest)
        if self._is_chosen(profile.intermediate_percent):
            self._queue_report(fate, report._replace(stat=ACCEPTD))
        self._queue_report(fate, report)
        if self._is_chosen(profile.double_percent):
            self._queue_report(fate, report)
        if self._is_chosen(profile.stray_percent):
            self._queue_report(fate, report._replace(msg_id=self._ids.take()))

    def _queue_report(self, fate: _Fate, report: Report) -> None:
        profile, link = self.profile, fate.link
        if self._is_chosen(profile.foreign_percent) and self.connections > 1:
            link = self._random.choice([other for other in self._links.list_links() if other is not fate.link])
        version = link.connection.version
        if self._is_chosen(profile.crossed_percent) and len(report.dest) <= 21:
            version = 0x50 - version  # 0x20 <-> 0x30
        self._links.post(link, report_deliver(report, version, self._ids.take(), fate.src_id))

    def _answer_later(self, link: Link, delay_s: float, seq: int, msg_id: int, result: int) -> None:
        if delay_s <= 0:
            link.connection.answer_submit(seq, msg_id, result)
        else:
            self._wheel.add(delay_s, _answer, (link.connection, seq, msg_id, result))

    # --- decisions ---

    def _is_chosen(self, percent: float) -> bool:
        return percent > 0 and self._random.random() * 100 < percent

    def _stat_of(self, number: str) -> str:
        if not self.profile.fail_percent:
            return DELIVRD
        lot = zlib.crc32(f"{self._seed}:{number}".encode())
        if lot % 10_000 >= self.profile.fail_percent * 100:
            return DELIVRD
        return self._failures[lot // 10_000 % len(self._failures)]

    def _has_room(self, count: int) -> bool:
        """Whether the rate and the memory allow `count` more; a token bucket of one second."""
        if len(self._wheel) + self._links.waiting > self._max_pending:
            return False
        rate = self.profile.rate_per_s
        if rate is None:
            return True
        now = asyncio.get_running_loop().time()
        self._tokens = min(rate, self._tokens + (now - self._tokens_at) * rate)
        self._tokens_at = now
        if self._tokens < count:
            return False
        self._tokens -= count
        return True


def _answer(answer: tuple[CmppServerConnection, int, int, int]) -> None:
    connection, seq, msg_id, result = answer
    if connection.closed is None:
        connection.answer_submit(seq, msg_id, result)
