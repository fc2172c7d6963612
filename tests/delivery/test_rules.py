"""Who is next, and how much a bucket gives: pure rules."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.kernel.ids import TenantId
from hongyan.rooms.delivery.contracts import MessageClass
from hongyan.rooms.delivery.rules import FLOOR_SPANS, PACE_BURST_S, Turns, count_within, fill_bucket, is_open

CODE, NOTICE, PROMOTION = MessageClass
CLASSES = [int(klass) for klass in MessageClass]


def one_by_one(turns: Turns, waiting: list[int], spans: int) -> list[int]:
    return [klass for _ in range(spans) for klass in turns.share(waiting, 1)]


def test_a_class_alone_gets_everything() -> None:
    assert Turns().share([PROMOTION], 8) == {PROMOTION: 8}
    assert Turns().share([], 8) == {}


def test_nine_of_ten_spans_are_the_more_urgent_ones() -> None:
    served = one_by_one(Turns(), [CODE, PROMOTION], 100)
    assert Counter(served) == {CODE: 90, PROMOTION: 10}
    assert served[:9] == [CODE] * 9, "urgent ones go first"


def test_what_did_not_wait_has_no_claim_to_the_past() -> None:
    turns = Turns()
    turns.share([CODE], 50)
    assert turns.share([CODE, PROMOTION], 9) == {CODE: 9}


@given(st.lists(st.integers(1, 12), min_size=1, max_size=40), st.sets(st.sampled_from(CLASSES), min_size=1))
def test_every_class_that_waits_has_its_tenth_and_the_most_urgent_the_rest(asked: list[int], waiting: set[int]) -> None:
    turns, counts = Turns(), Counter[int]()
    for spans in asked:
        given_now = turns.share(waiting, spans)
        assert sum(given_now.values()) == spans
        counts.update(given_now)
    for klass in waiting:
        assert counts[klass] >= sum(asked) // FLOOR_SPANS
    others = len(waiting) - 1
    assert counts[min(waiting)] >= sum(asked) - others * (sum(asked) // (FLOOR_SPANS - others) + 1)


@given(st.lists(st.sets(st.sampled_from(CLASSES)), min_size=1, max_size=200))
def test_whoever_comes_and_goes_nobody_waits_for_eleven(rounds: list[set[int]]) -> None:
    turns, waited = Turns(), Counter[int]()
    for waiting in rounds:
        served = one_by_one(turns, sorted(waiting), 1)
        assert set(served) <= waiting
        assert bool(served) == bool(waiting)
        for klass in CLASSES:
            waited[klass] = waited[klass] + 1 if klass in waiting and klass not in served else 0
            assert waited[klass] < FLOOR_SPANS


@given(
    st.sets(st.integers(0, 20), min_size=1, max_size=8), st.lists(st.sets(st.integers(0, 20)), min_size=1, max_size=60)
)
def test_tenants_of_a_class_take_turns(always: set[int], others: list[set[int]]) -> None:
    turns, since = Turns(), Counter[TenantId]()
    steady = {TenantId(f"{n:02}") for n in always}
    for more in others:
        tenants = steady | {TenantId(f"{n:02}") for n in more}
        chosen = turns.order(NOTICE, tenants)[0]
        turns.served(NOTICE, chosen)
        for tenant in steady:
            since[tenant] = 0 if tenant == chosen else since[tenant] + 1
            assert since[tenant] <= 21, "nobody is overtaken twice by the same"


def test_classes_do_not_disturb_each_others_turns() -> None:
    turns, tenants = Turns(), [TenantId(name) for name in "abc"]
    served = []
    for _ in range(6):
        turns.served(CODE, TenantId("a"))
        chosen = turns.order(PROMOTION, tenants)[0]
        turns.served(PROMOTION, chosen)
        served.append(chosen)
    assert served == ["a", "b", "c"] * 2


@given(st.lists(st.tuples(st.floats(0, 2), st.lists(st.integers(1, 8), max_size=40)), max_size=40), st.integers(1, 500))
def test_a_bucket_never_gives_more_than_its_rate_and_one_burst(looks: list[tuple[float, list[int]]], rate: int) -> None:
    tokens, passed, spent = 0.0, 0.0, 0
    for seconds, parts in looks:
        passed += seconds
        tokens = fill_bucket(tokens, rate, seconds)
        if is_open(tokens, rate):
            _, took = count_within(parts, tokens)
            tokens -= took
            spent += took
    longest = 8
    assert spent <= rate * passed + max(1, rate * PACE_BURST_S) + longest


@pytest.mark.parametrize(
    ("parts", "tokens", "expected"),
    [
        ([1, 1, 1], 2.5, (2, 2)),
        ([5, 1], 1.0, (1, 5)),
        ([5, 1], 0.9, (0, 0)),
        ([2, 2, 2], 3.0, (2, 4)),
        ([1, 1], float("inf"), (2, 2)),
        ([], 9.0, (0, 0)),
    ],
)
def test_messages_go_while_a_whole_part_is_left(parts: list[int], tokens: float, expected: tuple[int, int]) -> None:
    assert count_within(parts, tokens) == expected
