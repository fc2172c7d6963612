"""Pure rules of the line: pace, validity of leases, and the book of one span. No I/O; time is an argument (seconds).

Not for: sockets (``drivers``), transactions (``service``).
"""

from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from hongyan.rooms.delivery.contracts import MessageVerdict, OpenSpan, PartAnswer, SpanMessage, SpanResult, Verdict
from hongyan.rooms.gateways.contracts import Answered, Part, PartOutcome

LEASE_S: Final = 4.0
LEASE_MARGIN_S: Final = 1.0
"""Bytes stop leaving this long before the lease ends in the database."""
SPANS_PER_LINK: Final = 2
SPAN_MESSAGES: Final = 128
NARROW_MESSAGES: Final = 32
SPAN_SECONDS: Final = 0.5
"""A span of a slow account holds no more than half a second of its rate, so that outcomes are written soon."""


class LeaseClock:
    """How long a lease is certainly ours, by our own monotonic clock."""

    def __init__(self) -> None:
        """Begin invalid."""
        self._until_s = 0.0

    def renewed(self, asked_at_s: float) -> None:
        """Note a renewal that was asked for at that time (before the transaction)."""
        self._until_s = asked_at_s + LEASE_S - LEASE_MARGIN_S

    def end(self) -> None:
        """Invalid from now on."""
        self._until_s = 0.0

    def is_valid(self, now_s: float) -> bool:
        """Tell whether bytes may leave."""
        return now_s < self._until_s


class Pace:
    """Parts per second of an account: a token bucket; the carrier's "slow down" halves it, and it recovers."""

    _BURST_S: Final = 0.05
    _PAUSE_S: Final = 0.5
    _RECOVERY_S: Final = 10.0
    """From the lowest pace back to the full one."""
    _UNLIMITED: Final = 100_000.0
    _LOWEST: Final = 1.0

    def __init__(self, rate_per_s: int | None, now_s: float) -> None:
        """Begin at the account's rate; ``None`` is no limit."""
        self._full = float(rate_per_s or self._UNLIMITED)
        self._rate = self._full
        self._tokens = 0.0
        self._at_s = now_s
        self._paused_until_s = now_s
        self._halved_at_s = -self._PAUSE_S
        self.sent = 0
        """Parts that left, in all."""
        self.throttles = 0
        """How often the carrier slowed us down."""

    @property
    def rate_per_s(self) -> float:
        """The pace at present."""
        return self._rate

    @property
    def limit_per_s(self) -> float | None:
        """The pace at present; ``None``: no limit."""
        return None if self._rate >= self._UNLIMITED else self._rate

    def set_rate(self, rate_per_s: int | None, now_s: float) -> None:
        """Take another rate from now on; a pace that the carrier slowed down recovers towards it."""
        self._refill(now_s)
        was_slowed, self._full = self._rate < self._full, float(rate_per_s or self._UNLIMITED)
        self._rate = min(self._rate, self._full) if was_slowed else self._full

    def allowance(self, now_s: float) -> int:
        """Return how many parts may leave now."""
        self._refill(now_s)
        return int(self._tokens) if now_s >= self._paused_until_s else 0

    def spend(self, parts: int) -> None:
        """Note parts that left."""
        self._tokens -= parts
        self.sent += parts

    def delay_s(self, now_s: float) -> float:
        """Return how long to wait until one part may leave."""
        self._refill(now_s)
        missing = max(0.0, 1.0 - self._tokens) / self._rate
        return max(missing, self._paused_until_s - now_s, 0.0)

    def throttled(self, now_s: float, sent_per_s: float) -> None:
        """Take a "slow down": pause, then go on at half the pace; answers to one burst count once.

        ``sent_per_s`` is what was really sent, for accounts without a rate.
        """
        if now_s - self._halved_at_s < self._PAUSE_S:
            return
        self.throttles += 1
        self._refill(now_s)
        self._rate = max(self._LOWEST, min(self._rate, max(sent_per_s, self._LOWEST)) / 2)
        self._halved_at_s = now_s
        self._paused_until_s = now_s + self._PAUSE_S
        self._tokens = 0.0

    def _refill(self, now_s: float) -> None:
        passed = now_s - self._at_s
        if passed <= 0:
            return
        self._at_s = now_s
        if self._rate < self._full:
            grown = self._rate * 2 ** (passed / self._RECOVERY_S * 4)
            self._rate = min(self._full, grown)
        burst = max(1.0, self._rate * self._BURST_S)
        self._tokens = min(burst, self._tokens + passed * self._rate)


class _Entry:
    """One message of a span: where its parts stand."""

    __slots__ = (
        "accepted",
        "in_flight",
        "is_done",
        "lost",
        "message",
        "refused",
        "sent",
        "throttled",
        "throttled_code",
        "total",
    )

    def __init__(self, message: SpanMessage, total: int) -> None:
        self.message = message
        self.total = total
        self.sent = 0
        self.in_flight = 0
        self.accepted = 0
        self.lost = 0
        self.refused: str | None = None
        self.throttled: list[int] = []
        self.throttled_code = ""
        self.is_done = False

    @property
    def is_settled(self) -> bool:
        """No part is in flight and none is to be sent."""
        return self.in_flight == 0 and (self.sent == self.total or self.refused is not None or self.lost > 0)


class SpanBook:
    """The book of one open span: which parts are to be sent, in flight, answered; and in the end the verdicts.

    A message whose parts were all refused for flow control goes back to the queue; one of which a part was accepted is
    completed here, because the phone may show the rest.
    """

    PATIENCE_S: Final = 60.0
    """How long throttled parts of a half-accepted message are tried before it fails."""

    def __init__(self, span: OpenSpan, encode: Callable[[SpanMessage], Sequence[bytes]], opened_at_s: float) -> None:
        """Encode all messages; ``encode`` returns the contents of the parts."""
        self.span = span
        self._opened_at_s = opened_at_s
        self._entries: dict[int, _Entry] = {}
        self._outbox: deque[Part] = deque()
        self._again: deque[Part] = deque()
        self._parts: dict[tuple[int, int], Part] = {}
        self._answers: list[PartAnswer] = []
        self._open = len(span.messages)
        src_id, expires_at = span.src_id, span.expires_at
        for message in span.messages:
            contents = encode(message)
            total = len(contents)
            self._entries[message.message_id] = _Entry(message, total)
            for part_no, content in enumerate(contents, 1):
                part = Part(message.message_id, part_no, total, message.phone, src_id, content, expires_at)
                self._outbox.append(part)

    @property
    def has_parts(self) -> bool:
        """Whether there is something to send."""
        return bool(self._outbox or self._again)

    @property
    def is_complete(self) -> bool:
        """Whether every message has its verdict."""
        return self._open == 0

    def take(self, limit: int) -> list[Part]:
        """Take parts to be sent now; they count as sent."""
        taken: list[Part] = []
        while len(taken) < limit and (self._again or self._outbox):
            part = (self._again or self._outbox).popleft()
            entry = self._entries[part.message_id]
            entry.sent += 1
            entry.in_flight += 1
            if part.parts > 1:
                self._parts[part.message_id, part.part_no] = part
            taken.append(part)
        return taken

    def answered(self, part: Part, answer: Answered, now_s: float) -> None:
        """Note the carrier's answer for a part."""
        entry = self._entries[part.message_id]
        entry.in_flight -= 1
        outcome = answer.outcome
        if outcome is PartOutcome.ACCEPTED:
            entry.accepted += 1
        elif outcome is PartOutcome.REFUSED:
            entry.refused = answer.code or str(answer.result)
        elif outcome is PartOutcome.THROTTLED or outcome is PartOutcome.QUOTA:
            entry.throttled.append(part.part_no)
            entry.throttled_code = answer.code or str(answer.result)
        else:
            entry.lost += 1
        if outcome is PartOutcome.ACCEPTED or outcome is PartOutcome.REFUSED:
            self._answers.append(
                PartAnswer(part.message_id, part.part_no, answer.carrier_msg_id, answer.result, answer.carrier_ref)
            )
        self._after(entry, now_s)

    def unsent(self, part: Part, now_s: float) -> None:
        """Note that nothing of a part left: as if the carrier had asked to wait."""
        entry = self._entries[part.message_id]
        entry.in_flight -= 1
        entry.throttled.append(part.part_no)
        entry.throttled_code = entry.throttled_code or "unsent"
        self._after(entry, now_s)

    def lost(self, part: Part, now_s: float) -> None:
        """Note that no answer came for a part."""
        entry = self._entries[part.message_id]
        entry.in_flight -= 1
        entry.lost += 1
        self._after(entry, now_s)

    def hold(self) -> None:
        """Begin no message any more: those of which nothing was sent are unsent; the others go on."""
        for entry in self._entries.values():
            if not entry.sent and not entry.is_done:
                entry.is_done = True
                self._open -= 1
        self._outbox = deque(part for part in self._outbox if not self._entries[part.message_id].is_done)

    def close(self) -> None:
        """Nothing more can be sent: what was not is unsent, what is in flight is unknown."""
        self._outbox.clear()
        self._again.clear()
        for entry in self._entries.values():
            entry.lost += entry.in_flight
            entry.in_flight = 0
        self._open = 0

    def result(self, at: datetime) -> SpanResult:
        """Return what is to be written."""
        return SpanResult(self.span, self._answers, [self._verdict(e) for e in self._entries.values()], at)

    def _after(self, entry: _Entry, now_s: float) -> None:
        if entry.is_done or not entry.is_settled:
            return
        if entry.throttled and entry.accepted and entry.refused is None and not entry.lost:
            if now_s - self._opened_at_s < self.PATIENCE_S:
                for part_no in entry.throttled:
                    self._again.append(self._parts[entry.message.message_id, part_no])
                entry.sent -= len(entry.throttled)
                entry.throttled.clear()
                return
        elif entry.sent < entry.total:
            # The rest of a refused message would only be paid for; that of a lost one would come alone.
            self._outbox = deque(p for p in self._outbox if p.message_id != entry.message.message_id)
            entry.sent = entry.total
        entry.is_done = True
        self._open -= 1

    def _verdict(self, entry: _Entry) -> MessageVerdict:
        message = entry.message
        if entry.accepted == entry.total:
            verdict, code = Verdict.ACCEPTED, None
        elif entry.refused is not None:
            verdict, code = Verdict.REFUSED, entry.refused
        elif entry.lost:
            verdict, code = Verdict.UNKNOWN, "no_answer"
        elif not entry.accepted:
            verdict, code = Verdict.UNSENT, None
        elif entry.throttled and entry.sent == entry.total:
            verdict, code = Verdict.REFUSED, entry.throttled_code
        else:
            verdict, code = Verdict.UNKNOWN, "broken_off"
        return MessageVerdict(message.message_id, verdict, code, message.phone, entry.total)


def share_span(messages: int, *, is_urgent: bool) -> int:
    """Return how many messages an ordinary span may hold, or the small one for urgent messages beside two of them.

    Together they stay within two spans: that bounds what is unknown after a kill. Slow accounts have no small one.
    """
    kept = messages // 16
    return 2 * kept if is_urgent else messages - kept


def span_messages(rate_per_s: int | None, connections: int, window_pdus: int) -> int:
    """Return how many messages a span holds: a window's worth, less where the account is slow.

    Of a narrow window somewhat more: when all answers of a span come at once the next one goes out whole, and places
    would stand empty until the one behind it is claimed (8 % of the rate at window 16 and answers after 50 ms).
    """
    by_window = min(SPAN_MESSAGES, max(16, window_pdus, min(NARROW_MESSAGES, window_pdus * 3 // 2)))
    if rate_per_s is None:
        return by_window
    return max(1, min(by_window, int(rate_per_s * SPAN_SECONDS / connections)))
