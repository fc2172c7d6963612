"""A carrier's gateway without its protocol: takes submissions, answers, decides fates, reports, hands SMS to phones.

Deterministic by `seed`: the fate of a message depends on the seed and its number only, so all parts of a long message
share it, whatever the order of arrival. How it is spoken: `faces`. Nothing is written down but the journal and the
memory, where there are such: without a memory a restart forgets what was not yet reported.
"""

import asyncio
import random
import zlib
from collections import deque
from datetime import UTC, datetime
from typing import Final, NamedTuple

from simulators.carriers.face import Face, MsgId, Notice, Submission
from simulators.carriers.inbox import Inbox
from simulators.carriers.journal import Journal
from simulators.carriers.links import Link, Links, Outgoing
from simulators.carriers.memory import Memory
from simulators.carriers.profiles import Profile
from simulators.carriers.records import Fates, MinuteClock, Received, Stats
from simulators.carriers.wheel import TimerWheel
from telcowire.errors import RemoteProtocolError
from telcowire.sgip.numbers import without_country
from telcowire.smstext.assembly import Assembler, Part
from telcowire.validity import read_time

_LATE_ANSWER_S: Final = 0.05
"""How long an answer waits that its report overtakes, or another answer."""


class _Fate(NamedTuple):
    """One accepted part on its way to a phone."""

    link: Link | None
    msg_id: MsgId
    dest: str
    src: str
    stat: str
    submit_time: str
    whole: Received | None = None
    wants_report: bool = True
    key: str | None = None


class CarrierCore:
    """One account at one carrier. Lives between `start` and `close`; a face tells it what SPs say."""

    def __init__(
        self,
        profile: Profile,
        *,
        carrier: str,
        seed: int,
        inbox: Inbox,
        journal: Journal | None,
        memory: Memory | None,
        log_size: int,
        max_pending: int,
    ) -> None:
        """Choose the manners."""
        self.profile: Final = profile
        self.carrier: Final = carrier
        self.inbox: Final = inbox
        self.stats: Final = Stats()
        self.received: Final[deque[Received]] = deque(maxlen=log_size)
        self.clock: Final = MinuteClock()
        self.refused: Final[set[str]] = set()
        """Numbers that are none, whatever they look like."""
        self.links: Links
        self.fates: Fates | None = None
        """Kept for faces whose protocol asks about parts."""
        self._withheld: Final[deque[tuple[_Fate, Notice]]] = deque(maxlen=log_size)
        self._log_size: Final = log_size
        self._journal: Final = journal
        self._memory: Final = memory
        self._seed: Final = seed
        self._max_pending: Final = max_pending
        self._random: Final = random.Random(seed)
        self._assembler: Final = Assembler()
        self._face: Face
        self._wheel: TimerWheel
        self._tokens = profile.rate_per_s or 0.0
        self._tokens_at = 0.0

    def keep_fates(self) -> None:
        """Remember what becomes of parts, so that SPs can ask."""
        self.fates = Fates(self._log_size)

    def start(self, face: Face) -> None:
        """Speak through the face from now on; what an earlier run did not report is reported."""
        self._face = face
        self.links = Links(self.stats, face.deliver_many)
        self._wheel = TimerWheel(self._after_turn)
        if self._memory is not None:
            self.links.on_settled = self._memory.settle
            for key, notice in self._memory.left.items():
                self._wheel.add(self.profile.report_after_s, self._fulfil, _Fate(None, *notice[:-1], key=key))
            self._memory.left.clear()

    def close(self) -> None:
        """Forget everything."""
        self._wheel.close()

    @property
    def pending(self) -> int:
        """How much is still to be said."""
        return len(self._wheel) + self.links.waiting

    @property
    def planned(self) -> int:
        """How many answers and reports wait for their time."""
        return len(self._wheel)

    def send_mo(self, sender: str, access_number: str, text: str) -> bool:
        """Let a phone write to an access number; False when nobody is there to receive it."""
        if not self.links.list_receivers():
            return False
        for pdu in self._face.uplinks(sender, access_number, text):
            self.links.post(None, Outgoing(pdu, is_report=False))
        self.stats.uplinks += 1
        self.links.pump()
        return True

    def release_reports(self) -> int:
        """Send the reports that were withheld; returns how many."""
        count = len(self._withheld)
        while self._withheld:
            fate, notice = self._withheld.popleft()
            self._queue_report(fate, notice, fate.key)
        self.links.pump()
        return count

    def pick_ref(self) -> int:
        """Return a reference for a long uplink."""
        return self._random.randrange(256)

    # --- what a face tells ---

    def after_events(self) -> None:
        """End a batch: what must stand on a file does, then deliveries leave. Answers leave after this."""
        if self._journal is not None:
            self._journal.flush()
        self._after_turn()

    def _after_turn(self) -> None:
        if self._memory is not None:
            self._memory.flush()
        self.links.pump()

    def cut(self, link: Link) -> None:
        """Cut a connection without a word."""
        self.stats.cut_connections += 1
        link.connection.abort("cut")

    def silence(self, link: Link) -> None:
        """Say nothing more on a connection, not even that it lives, and leave it open."""
        self.stats.silenced_connections += 1
        self.links.silence(link)

    def take_submission(self, link: Link, seq: int, submission: Submission) -> None:
        """Decide about a submission: its answer, its fate, its report."""
        if link.is_silent:  # what came in one piece with the last that it heard
            return
        stats, profile, numbers = self.stats, self.profile, submission.dests
        stats.submits += 1
        link.submits += 1
        if profile.silent_after is not None and link.submits > profile.silent_after:
            self.silence(link)
            return
        delay_s = profile.latency_s
        if profile.latency_jitter_s:
            delay_s += self._random.random() * profile.latency_jitter_s
        if not self._has_room(len(numbers)):
            stats.throttled += len(numbers)
            self._answer_later(link, delay_s, seq, None, self._face.flow_control)
            return
        left_s, refusal = self._look_at(submission)
        if refusal is not None:
            stats.refused += len(numbers)
            self._answer_later(link, delay_s, seq, None, refusal)
            return
        ids = self._face.take_ids(seq, len(numbers))
        for msg_id, number in zip(ids, numbers, strict=True):
            delay_s = self._accept(link, submission, msg_id, number, delay_s, left_s)
        if profile.reorder_percent and self.is_chosen(profile.reorder_percent):
            delay_s += self._random.random() * _LATE_ANSWER_S
        if self.is_chosen(profile.lost_answer_percent):
            stats.lost_answers += 1
        else:
            self._answer_later(link, delay_s, seq, ids[0], 0)
            if self.is_chosen(profile.double_answer_percent):
                self._answer_later(link, delay_s, seq, ids[0], 0)
        if profile.drop_every is not None and link.submits % profile.drop_every == 0:
            self._wheel.add(0.0, self.cut, link)

    def _look_at(self, submission: Submission) -> tuple[float | None, int | None]:
        """Return the seconds for which it is valid, if it says so, and the code that refuses it, if one does."""
        numbers = submission.dests
        if not all(number.lstrip("+").isdigit() for number in numbers) or not self.refused.isdisjoint(numbers):
            return None, self._face.bad_destination
        if self.is_chosen(self.profile.odd_percent):
            return None, self.profile.odd_result
        if not submission.validity:
            return None, None
        now = datetime.now(UTC)
        try:
            until = read_time(submission.validity, now)
        except RemoteProtocolError:
            return None, self._face.bad_validity
        return None if until is None else (until - now).total_seconds(), None

    # --- a message's way ---

    def _accept(
        self, link: Link, submission: Submission, msg_id: MsgId, number: str, delay_s: float, left_s: float | None
    ) -> float:
        """Log a part, plan its fate; return when the answer may leave. What would come after `left_s` expires then."""
        profile = self.profile
        self.stats.accepted += 1
        if self._journal is not None:
            self._journal.note(
                carrier=self.carrier,
                msg_id=msg_id,
                src=submission.src,
                dest=number,
                content=submission.content,
                has_udh=submission.has_udh,
                parts=submission.parts,
                part=submission.part,
                connection=link.peer,
            )
        whole = self._assemble(submission, msg_id, number)
        if whole is not None:
            self.stats.messages += 1
            self.received.append(whole)
        due_s = delay_s + profile.report_after_s
        if profile.report_jitter_s:
            due_s += self._random.random() * profile.report_jitter_s
        if self.is_chosen(profile.late_percent):
            due_s += profile.late_s
        if self.is_chosen(profile.early_percent):
            due_s, delay_s = 0.0, delay_s + _LATE_ANSWER_S
        stat, now, wants_report = self._stat_of(number), self.clock.minute(), submission.wants_report
        if left_s is not None and left_s < due_s:
            stat, due_s = self._face.expired, max(left_s, delay_s)
        key = None
        if self._memory is not None and wants_report:
            key = self._memory.keep(Notice(msg_id, number, submission.src, stat, now, ""))
        if self.fates is not None:
            self.fates.note(msg_id, submission.src, "ENROUTE", "")
        fate = _Fate(link, msg_id, number, submission.src, stat, now, whole, wants_report, key)
        self._wheel.add(due_s, self._fulfil, fate)
        return delay_s

    def _assemble(self, submission: Submission, msg_id: MsgId, number: str) -> Received | None:
        part = Part(submission.content, submission.has_udh, submission.parts, submission.part)
        try:
            contents = self._assembler.add((submission.src, number), part, asyncio.get_running_loop().time())
            if contents is None:
                return None
            text = self._face.decode(b"".join(contents), submission.coding)
        except RemoteProtocolError:  # no text in any alphabet: show what came
            contents, text = [submission.content], submission.content.hex()
        return Received(msg_id, number, text, submission.src, datetime.now(UTC), len(contents))

    def _fulfil(self, fate: _Fate) -> None:
        """Let the SMS reach the phone, or not, and report it."""
        if fate.stat == "DELIVRD":
            self.stats.delivered += 1
            if fate.whole is not None:
                whole = fate.whole
                at = datetime.now(UTC).isoformat(timespec="milliseconds")
                self.inbox.put(whole.dest, whole.src_id, whole.text, at, whole.parts)
        else:
            self.stats.failed += 1
        profile = self.profile
        if self.fates is not None:
            self.fates.note(fate.msg_id, fate.src, fate.stat, self.clock.minute())
        if not fate.wants_report or self.is_chosen(profile.lost_report_percent):
            return
        notice = Notice(fate.msg_id, fate.dest, fate.src, fate.stat, fate.submit_time, self.clock.minute())
        if self.is_chosen(profile.withheld_percent):
            self._withheld.append((fate, notice))
            return
        if self.is_chosen(profile.intermediate_percent):
            self._queue_report(fate, notice._replace(stat="ACCEPTD"), None)
        self._queue_report(fate, notice, fate.key)
        if self.is_chosen(profile.double_percent):
            self._queue_report(fate, notice, fate.key)
        if self.is_chosen(profile.stray_percent):
            self._queue_report(fate, notice._replace(msg_id=self._face.stray_id()), None)

    def _queue_report(self, fate: _Fate, notice: Notice, key: str | None) -> None:
        profile, link = self.profile, fate.link
        if profile.foreign_percent and self.is_chosen(profile.foreign_percent):
            others = [other for other in self.links.list_receivers() if other is not fate.link]
            link = self._random.choice(others) if others else link
        is_crossed = self.is_chosen(profile.crossed_percent)
        if self.is_chosen(profile.bare_percent):
            notice = notice._replace(dest=without_country(notice.dest))
        pdu = self._face.report(None if link is None else link.connection, notice, is_crossed=is_crossed)
        self.links.post(link, Outgoing(pdu, True, key))

    def _answer_later(self, link: Link, delay_s: float, seq: int, msg_id: MsgId | None, code: int) -> None:
        if link.is_silent:
            return
        if delay_s <= 0:
            self._face.answer(link.connection, seq, msg_id, code)
        else:
            self._wheel.add(delay_s, self._answer, (link, seq, msg_id, code))

    def _answer(self, answer: tuple[Link, int, MsgId | None, int]) -> None:
        link, seq, msg_id, code = answer
        if link.connection.closed is None and not link.is_silent:
            self._face.answer(link.connection, seq, msg_id, code)

    # --- decisions ---

    def is_chosen(self, percent: float) -> bool:
        """Throw the dice for one of the profile's percentages."""
        return percent > 0 and self._random.random() * 100 < percent

    def _stat_of(self, number: str) -> str:
        if not self.profile.fail_percent:
            return "DELIVRD"
        lot = zlib.crc32(f"{self._seed}:{number}".encode())
        if lot % 10_000 >= self.profile.fail_percent * 100:
            return "DELIVRD"
        failures = self._face.failures
        return failures[lot // 10_000 % len(failures)]

    def _has_room(self, count: int) -> bool:
        """Whether the rate and the memory allow `count` more; a token bucket of one second."""
        if len(self._wheel) + self.links.waiting > self._max_pending:
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
