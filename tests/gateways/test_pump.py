"""The pump: what leaves over a link, in which order."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from hongyan.kernel.clock import SystemClock
from hongyan.kernel.ids import AccountId, BatchId, MessageId, TaskId, TenantId
from hongyan.rooms.delivery.contracts import MessageClass, OpenSpan, SpanMessage, SpanResult, Verdict
from hongyan.rooms.gateways.contracts import Answered, Part, PartOutcome, TimedOut
from hongyan.rooms.gateways.rules import Pace
from hongyan.rooms.gateways.service.pump import Pump
from hongyan.rooms.gateways.service.refusals import Refusals

AT = datetime(2026, 11, 22, tzinfo=UTC)


class NarrowLink:
    """Takes as many parts as it is told to, and remembers them."""

    def __init__(self, window: int) -> None:
        self.window_free = window
        self.sent: list[Part] = []

    def submit(self, parts: Sequence[Part]) -> list[int]:
        self.window_free -= len(parts)
        self.sent += parts
        return list(range(len(self.sent) - len(parts), len(self.sent)))

    def set_window(self, window_pdus: int) -> None:
        self.window_free = window_pdus

    def answer(self, seq: int, deliver_id: int) -> None:
        raise AssertionError((seq, deliver_id))

    async def close(self, timeout_s: float) -> None:
        raise AssertionError(timeout_s)


def span(span_id: int, klass: MessageClass, count: int) -> OpenSpan:
    first = span_id * 1000
    messages = tuple(SpanMessage(MessageId(first + n), f"8613800000{n:03d}", "x", 1) for n in range(count))
    return OpenSpan(span_id, BatchId(span_id), AccountId(1), 1, TenantId("t"), TaskId("k"), klass, "1069", AT, messages)


def pump_over(link: NarrowLink, results: list[SpanResult], refusals: Refusals | None = None) -> Pump:
    clock = SystemClock()
    pump = Pump(
        clock=clock,
        pace=Pace(None, clock.monotonic() - 1),
        refusals=refusals or Refusals(limit=20, pause_s=60.0),
        encode=lambda message: [b"p"] * message.parts,
        may_send=lambda: True,
        on_result=results.append,
        on_delivery=lambda _link, _event: None,
    )
    pump.attach(link)
    return pump


async def test_what_is_urgent_leaves_before_the_rest_of_what_is_not() -> None:
    link, results = NarrowLink(4), list[SpanResult]()
    pump = pump_over(link, results)
    # given two open spans of notices that fill the window
    pump.take(span(1, MessageClass.NOTICE, 6))
    pump.take(span(2, MessageClass.NOTICE, 6))
    assert (pump.room, pump.urgent_room, len(link.sent)) == (0, 1, 4)
    # when codes come, and the window opens
    pump.take(span(3, MessageClass.CODE, 2))
    assert (pump.room, pump.urgent_room) == (-1, 0)
    link.window_free = 4
    pump.on_events(link, [Answered(0, 1, 0, PartOutcome.ACCEPTED)])
    # then they leave first
    assert [part.message_id // 1000 for part in link.sent] == [1, 1, 1, 1, 3, 3, 1, 1]
    # and when they are answered there is room for more codes, and for nothing else
    pump.on_events(link, [Answered(seq, seq, 0, PartOutcome.ACCEPTED) for seq in (4, 5)])
    assert [result.span.span_id for result in results] == [3]
    assert (pump.room, pump.urgent_room) == (0, 1)


async def test_after_a_row_of_refusals_nothing_is_begun_and_the_rest_is_unsent() -> None:
    link, results = NarrowLink(4), list[SpanResult]()
    pump = pump_over(link, results, Refusals(limit=2, pause_s=60.0))
    pump.take(span(1, MessageClass.NOTICE, 10))
    answers = [Answered(seq, 0, 9, PartOutcome.REFUSED, "9") for seq in range(4)]
    link.window_free = 4
    pump.on_events(link, list(answers[:2]))  # type: ignore[arg-type]
    assert len(link.sent) == 4
    pump.on_events(link, list(answers[2:]))  # type: ignore[arg-type]
    [result] = results
    assert Counter(verdict.verdict for verdict in result.verdicts) == {Verdict.REFUSED: 4, Verdict.UNSENT: 6}
    assert (len(link.sent), pump.open_span_ids) == (4, [])


async def test_a_link_that_answers_nothing_gets_no_second_window() -> None:
    link, results = NarrowLink(4), list[SpanResult]()
    pump = pump_over(link, results)
    pump.take(span(1, MessageClass.NOTICE, 10))
    # when the first answers are late, and nothing else was answered
    link.window_free = 2
    pump.on_events(link, [TimedOut(0), TimedOut(1)])
    # then nothing more leaves, and no span is wanted
    assert (len(link.sent), pump.room, pump.urgent_room, pump.closed.is_set()) == (4, 0, 0, False)
    # and with the last of them the link is left: what was sent is unknown, the rest was not sent
    link.window_free = 4
    pump.on_events(link, [TimedOut(2), TimedOut(3)])
    assert (len(link.sent), pump.closed.is_set()) == (4, True)
    [result] = results
    assert Counter(verdict.verdict for verdict in result.verdicts) == {Verdict.UNKNOWN: 4, Verdict.UNSENT: 6}


async def test_an_answer_lets_a_silent_link_go_on() -> None:
    link, results = NarrowLink(4), list[SpanResult]()
    pump = pump_over(link, results)
    pump.take(span(1, MessageClass.NOTICE, 10))
    pump.on_events(link, [TimedOut(0)])
    assert (len(link.sent), pump.room) == (4, 0)
    # when a later one is answered all the same
    link.window_free = 2
    pump.on_events(link, [Answered(1, 1, 0, PartOutcome.ACCEPTED)])
    # then it was only that one, as it is when its answer is missing among others
    assert (len(link.sent), pump.room) == (6, 1)
    link.window_free = 1
    pump.on_events(link, [Answered(4, 1, 0, PartOutcome.ACCEPTED), TimedOut(2)])
    assert (len(link.sent), pump.room, pump.closed.is_set()) == (7, 1, False)
