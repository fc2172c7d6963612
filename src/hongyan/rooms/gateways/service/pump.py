"""One link and its open spans: parts out as window and pace allow, answers into the books. No database here."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

import structlog

from hongyan.kernel.clock import Clock
from hongyan.rooms.delivery.contracts import MessageClass, OpenSpan, SilentPart, SpanMessage, SpanResult
from hongyan.rooms.gateways.contracts import (
    Answerable,
    Answered,
    Askable,
    Link,
    LinkClosed,
    LinkEvent,
    Part,
    PartOutcome,
    TimedOut,
    Told,
    Unsent,
)
from hongyan.rooms.gateways.rules import SPANS_PER_LINK, Pace, SpanBook
from hongyan.rooms.gateways.service.refusals import Refusals
from telcowire.errors import LocalProtocolError

log = structlog.get_logger(__name__)

_NOT_SENDABLE = -1
"""Result of a part that our own codec refuses (a value that does not fit)."""
_INVALID_LEASE_POLL_S = 0.1
_QUESTIONS_SHARE = 16
"""Questions may take one place in so many of a link's window, and at least one."""
OnTold = Callable[[SilentPart, Told], None]


class Pump:
    """Sends spans over one link at a time; survives the link."""

    def __init__(
        self,
        *,
        clock: Clock,
        pace: Pace,
        refusals: Refusals,
        encode: Callable[[SpanMessage], Sequence[bytes]],
        may_send: Callable[[], bool],
        on_result: Callable[[SpanResult], None],
        on_delivery: Callable[[Answerable, LinkEvent], None],
    ) -> None:
        """Share ``pace`` and ``refusals`` with the account's other pumps; ``may_send`` asks the lease."""
        self._clock = clock
        self._pace = pace
        self._refusals = refusals
        self._encode = encode
        self._may_send = may_send
        self._on_result = on_result
        self._on_delivery = on_delivery
        self._link: Link | None = None
        self._books: list[SpanBook] = []
        self._in_flight: dict[int, tuple[SpanBook, Part, float]] = {}
        self._answered_at_s = 0.0
        self._is_deaf = False
        self._timer: asyncio.TimerHandle | None = None
        self._second = (0, 0)
        self._askable: Askable | None = None
        self._questions: deque[SilentPart] = deque()
        self._asked: dict[int, SilentPart] = {}
        self._on_told: OnTold = _ignore
        self.closed = asyncio.Event()

    @property
    def room(self) -> int:
        """How many spans may be opened for this link."""
        return SPANS_PER_LINK - len(self._books) if self._link is not None and not self._is_deaf else 0

    @property
    def urgent_room(self) -> int:
        """How many small spans of urgent messages may be opened beside the others."""
        if self._link is None or self._is_deaf or len(self._books) > SPANS_PER_LINK:
            return 0
        return 0 if any(book.span.klass is MessageClass.CODE for book in self._books) else 1

    @property
    def in_flight(self) -> int:
        """How many parts wait for their answer."""
        return len(self._in_flight)

    @property
    def open_span_ids(self) -> list[int]:
        """The spans in its books."""
        return [book.span.span_id for book in self._books]

    def attach(self, link: Link) -> None:
        """Use a fresh link."""
        self._link = link
        self._askable = link if isinstance(link, Askable) else None
        self._is_deaf = False
        self.closed.clear()

    def take(self, span: OpenSpan) -> None:
        """Send a span whose claim is durable."""
        book = SpanBook(span, self._encode, self._clock.monotonic())
        # What is urgent leaves before the rest of what is not.
        at = next((at for at, other in enumerate(self._books) if other.span.klass > span.klass), len(self._books))
        self._books.insert(at, book)
        if self._link is None:
            self.break_off()
        else:
            self.pump()

    def question_room(self, window_pdus: int) -> int:
        """Return how many questions more there may be, of a window of that size."""
        if self._askable is None:
            return 0
        return max(0, max(1, window_pdus // _QUESTIONS_SHARE) - len(self._asked) - len(self._questions))

    def ask(self, parts: Sequence[SilentPart], on_told: OnTold) -> None:
        """Ask about parts as soon as the window has room; what a lost link was asked is not told of."""
        self._questions.extend(parts)
        self._on_told = on_told
        if self._questions:
            self.pump()

    def pump(self) -> None:
        """Send what may be sent now, and come back when more may."""
        link = self._link
        if link is None or self._is_deaf:
            return
        if self._questions:
            self._put_questions(link.window_free)
        if self._refusals.is_noted and self._refusals.is_paused(self._clock.monotonic()):
            for book in self._books:
                book.hold()
            self._finish_books()
        for book in self._books:
            while book.has_parts:
                if not self._may_send():
                    self._come_back(_INVALID_LEASE_POLL_S)
                    return
                now_s = self._clock.monotonic()
                window = link.window_free
                allowance = min(self._pace.allowance(now_s), window)
                if allowance <= 0:
                    if window > 0:
                        self._come_back(self._pace.delay_s(now_s))
                    return
                self._submit(link, book, book.take(allowance), now_s)

    def on_events(self, link: Link, events: list[LinkEvent]) -> None:
        """Take what the link tells.

        A link on which nothing sent since was answered in time gets no more to send: each window would be unknown. When
        nothing is in flight any more it is left for another one; an answer, however late, lets it go on.
        """
        for event in events:
            if isinstance(event, Answered):
                self._answered(event)
            elif isinstance(event, TimedOut):
                found = self._in_flight.pop(event.seq, None)
                if found is not None:
                    found[0].lost(found[1], self._clock.monotonic())
                    self._is_deaf = self._is_deaf or found[2] > self._answered_at_s
            elif isinstance(event, Unsent):
                found = self._in_flight.pop(event.seq, None)
                if found is not None:
                    found[0].unsent(found[1], self._clock.monotonic())
            elif isinstance(event, LinkClosed):
                log.info("link closed", reason=event.reason)
                self.break_off()
                return
            elif self._asked and isinstance(event, Told):
                self._told(event)
            else:
                self._on_delivery(link, event)
        self._finish_books()
        if self._is_deaf and not self._in_flight:
            log.warning("a carrier answers nothing on a link, leaving it")
            self.break_off()
        else:
            self.pump()

    def break_off(self) -> None:
        """The link is gone, or must not be used any more: settle all books as they stand."""
        self._link = self._askable = None
        self._in_flight.clear()
        self._questions.clear()
        self._asked.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        books, self._books = self._books, []
        for book in books:
            book.close()
            self._on_result(book.result(self._clock.now()))
        self.closed.set()

    def _answered(self, event: Answered) -> None:
        now_s = self._answered_at_s = self._clock.monotonic()
        self._is_deaf = False
        found = self._in_flight.pop(event.seq, None)
        if found is None:
            if event.seq in self._asked:  # the carrier does not know this kind of request
                self._told(Told(event.seq, "", event.code or str(event.result)))
            return
        book, part, _ = found
        outcome = event.outcome
        if outcome is PartOutcome.ACCEPTED:
            if self._refusals.is_noted:
                self._refusals.accepted()
        elif outcome is PartOutcome.REFUSED:
            self._refusals.refused(event.code or str(event.result), now_s)
        elif outcome is PartOutcome.THROTTLED or outcome is PartOutcome.QUOTA:
            self._pace.throttled(now_s, self._sent_lately(now_s))
            if outcome is PartOutcome.QUOTA:
                self._refusals.no_more_for_now(event.code or str(event.result), now_s)
        book.answered(part, event, now_s)

    def _submit(self, link: Link, book: SpanBook, parts: list[Part], now_s: float) -> None:
        try:
            seqs = link.submit(parts)
        except LocalProtocolError as error:
            if len(parts) > 1:  # all or none: find the one
                for part in parts:
                    self._submit(link, book, [part], now_s)
                return
            log.error("a message cannot be written", message_id=parts[0].message_id, error=str(error))  # noqa: TRY400
            book.answered(parts[0], Answered(0, 0, _NOT_SENDABLE, PartOutcome.REFUSED), now_s)
            self._finish_books()
            return
        self._pace.spend(len(parts))
        for seq, part in zip(seqs, parts, strict=True):
            self._in_flight[seq] = (book, part, now_s)
        second = int(now_s)
        self._second = (second, (self._second[1] if self._second[0] == second else 0) + len(parts))

    def _put_questions(self, window_free: int) -> None:
        while self._askable is not None and len(self._questions) and window_free > 0 and self._may_send():
            part = self._questions.popleft()
            window_free -= 1
            try:
                self._asked[self._askable.ask(part)] = part
            except LocalProtocolError as error:
                log.warning("a question cannot be written", message_id=part.message_id, error=str(error))

    def _told(self, event: Told) -> None:
        part = self._asked.pop(event.seq, None)
        if part is not None:
            self._on_told(part, event)

    def _sent_lately(self, now_s: float) -> float:
        """Return about how many parts a second leave at present."""
        second, count = self._second
        return count / max(0.05, now_s - second) if int(now_s) == second else float(count)

    def _finish_books(self) -> None:
        if any(book.is_complete for book in self._books):
            done = [book for book in self._books if book.is_complete]
            self._books = [book for book in self._books if not book.is_complete]
            at = self._clock.now()
            for book in done:
                self._on_result(book.result(at))

    def _come_back(self, delay_s: float) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(max(0.001, delay_s), self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        self.pump()


def _ignore(part: SilentPart, told: Told) -> None:
    """Nobody has asked."""
