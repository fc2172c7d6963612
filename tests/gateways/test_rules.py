"""Pace, leases' clocks and the book of a span."""

from datetime import UTC, datetime

import pytest

from hongyan.kernel.ids import AccountId, BatchId, MessageId, TaskId, TenantId
from hongyan.rooms.delivery.contracts import MessageClass, OpenSpan, SpanMessage, Verdict
from hongyan.rooms.gateways.contracts import Part
from hongyan.rooms.gateways.drivers.results import CMPP
from hongyan.rooms.gateways.rules import LEASE_MARGIN_S, LEASE_S, LeaseClock, Pace, SpanBook, share_span, span_messages

AT = datetime(2026, 11, 22, tzinfo=UTC)
THROTTLED, REPEATED, BAD_NUMBER = 8, 3, 13


def book_of(*parts: int) -> SpanBook:
    messages = tuple(SpanMessage(MessageId(n), f"8613800000{n:03d}", "x", count) for n, count in enumerate(parts))
    span = OpenSpan(
        1, BatchId(1), AccountId(1), 1, TenantId("t"), TaskId("k"), MessageClass.NOTICE, "1069", AT, messages
    )
    return SpanBook(span, lambda message: [b"p"] * message.parts, 0.0)


def verdicts(book: SpanBook) -> list[tuple[Verdict, str | None]]:
    return [(verdict.verdict, verdict.code) for verdict in book.result(AT).verdicts]


def answer(book: SpanBook, parts: list[Part], *results: int, now_s: float = 1.0) -> None:
    for part, result in zip(parts, results, strict=True):
        book.answered(part, CMPP.answered(0, 100 + part.part_no, result), now_s)


def test_a_book_is_complete_when_every_part_is_answered() -> None:
    book = book_of(1, 2)
    parts = book.take(10)
    assert [(part.message_id, part.part_no, part.parts) for part in parts] == [(0, 1, 1), (1, 1, 2), (1, 2, 2)]
    answer(book, parts[:2], 0, 0)
    assert not book.is_complete
    answer(book, parts[2:], 0)
    assert book.is_complete
    assert verdicts(book) == [(Verdict.ACCEPTED, None)] * 2
    assert [(a.message_id, a.part_no, a.carrier_msg_id) for a in book.result(AT).answers] == [
        (0, 1, 101),
        (1, 1, 101),
        (1, 2, 102),
    ]


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (BAD_NUMBER, (Verdict.REFUSED, "13")),
        (THROTTLED, (Verdict.UNSENT, None)),
        (REPEATED, (Verdict.UNKNOWN, "no_answer")),
    ],
)
def test_what_a_result_makes_of_a_message(result: int, expected: tuple[Verdict, str | None]) -> None:
    book = book_of(1)
    answer(book, book.take(1), result)
    assert book.is_complete
    assert verdicts(book) == [expected]


def test_an_answer_that_does_not_come_is_unknown() -> None:
    book = book_of(1)
    book.lost(book.take(1)[0], 1.0)
    assert book.is_complete
    assert verdicts(book) == [(Verdict.UNKNOWN, "no_answer")]


def test_a_closed_book_tells_sent_from_unsent() -> None:
    book = book_of(1, 1, 1)
    parts = book.take(2)
    answer(book, parts[:1], 0)
    book.close()
    assert book.is_complete
    assert verdicts(book) == [(Verdict.ACCEPTED, None), (Verdict.UNKNOWN, "no_answer"), (Verdict.UNSENT, None)]


def test_a_long_message_broken_off_in_the_middle_is_unknown() -> None:
    book = book_of(3)
    answer(book, book.take(1), 0)
    book.close()
    assert verdicts(book) == [(Verdict.UNKNOWN, "broken_off")]


@pytest.mark.parametrize("result", [BAD_NUMBER, REPEATED])
def test_the_rest_of_a_refused_or_doubtful_message_is_not_sent(result: int) -> None:
    book = book_of(3, 1)
    answer(book, book.take(1), result)
    parts = book.take(10)
    assert [part.message_id for part in parts] == [1]
    answer(book, parts, 0)
    assert book.is_complete


def test_throttled_parts_of_a_half_accepted_message_are_tried_again() -> None:
    book = book_of(2)
    answer(book, book.take(2), 0, THROTTLED)
    assert not book.is_complete
    again = book.take(2)
    assert [part.part_no for part in again] == [2]
    answer(book, again, 0)
    assert book.is_complete
    assert verdicts(book) == [(Verdict.ACCEPTED, None)]


def test_patience_with_a_half_accepted_message_ends() -> None:
    book = book_of(2)
    answer(book, book.take(2), 0, THROTTLED, now_s=SpanBook.PATIENCE_S + 1)
    assert book.is_complete
    assert verdicts(book) == [(Verdict.REFUSED, "8")]


def test_a_long_message_that_was_throttled_whole_goes_back() -> None:
    book = book_of(2)
    answer(book, book.take(2), THROTTLED, THROTTLED)
    assert book.is_complete
    assert verdicts(book) == [(Verdict.UNSENT, None)]
    assert book.result(AT).answers == []


def test_pace_gives_no_more_than_the_rate() -> None:
    pace = Pace(100, 0.0)
    sent, now_s = 0, 0.0
    while now_s < 2.0:
        now_s += 0.01
        allowed = pace.allowance(now_s)
        pace.spend(allowed)
        sent += allowed
    assert 190 <= sent <= 200


def test_pace_says_when_to_come_back() -> None:
    pace = Pace(10, 0.0)
    assert pace.allowance(0.0) == 0
    assert pace.delay_s(0.0) == pytest.approx(0.1)
    assert pace.allowance(0.1) == 1


def test_a_slow_down_pauses_halves_and_recovers() -> None:
    pace = Pace(1000, 0.0)
    pace.throttled(1.0, 800.0)
    pace.throttled(1.1, 800.0)  # the same burst
    assert pace.rate_per_s == 400.0
    assert pace.allowance(1.3) == 0
    assert pace.delay_s(1.3) > 0.1
    pace.allowance(20.0)
    assert pace.rate_per_s == 1000.0


def test_pace_never_stands_still() -> None:
    pace = Pace(None, 0.0)
    for second in range(1, 40):
        pace.throttled(float(second), 0.0)
    assert pace.rate_per_s >= 0.5


def test_a_lease_is_valid_until_the_margin_before_its_end() -> None:
    clock = LeaseClock()
    assert not clock.is_valid(0.0)
    clock.renewed(10.0)
    assert clock.is_valid(10.0 + LEASE_S - LEASE_MARGIN_S - 0.01)
    assert not clock.is_valid(10.0 + LEASE_S - LEASE_MARGIN_S)
    clock.end()
    assert not clock.is_valid(10.0)


@pytest.mark.parametrize(
    ("rate", "connections", "window", "expected"),
    [(None, 1, 64, 64), (None, 1, 16, 24), (None, 1, 4, 16), (None, 1, 500, 128), (10, 1, 64, 5), (1000, 4, 32, 32)],
)
def test_spans_are_a_window_or_half_a_second(rate: int | None, connections: int, window: int, expected: int) -> None:
    assert span_messages(rate, connections, window) == expected


@pytest.mark.parametrize("messages", [1, 5, 15, 16, 64, 128])
def test_urgent_spans_beside_two_others_stay_within_two_spans(messages: int) -> None:
    ordinary, urgent = share_span(messages, is_urgent=False), share_span(messages, is_urgent=True)
    assert 2 * ordinary + urgent <= 2 * messages
    assert ordinary >= 1
    assert (urgent > 0) is (messages >= 16)
