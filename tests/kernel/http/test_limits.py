"""Rates and turns: a flood is refused in the vendor's words, and somebody else is served meanwhile."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.http.limits import Kind, Limits, Rates, Throttled, Turns, kind_of


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(datetime(2026, 11, 23, tzinfo=UTC))


def limits(clock: FrozenClock, rates: Rates, *, strangers: int = 0) -> Limits:
    return Limits(clock, rates=rates, places=0, strangers=strangers)


def count(books: Limits, tries: int, *, tenant: str = "goose", operation: str = "send", kind: Kind = Kind.SEND) -> int:
    """Return how many of some requests at once pass."""
    passed = 0
    for _ in range(tries):
        try:
            books.take(tenant, operation, kind)
        except Throttled:
            continue
        passed += 1
    return passed


def test_each_operation_has_a_rate_and_the_tenant_has_one(clock: FrozenClock) -> None:
    books = limits(clock, Rates(total=10, send=6, upload=2, list=4))
    assert count(books, 20) == 6
    assert count(books, 20, operation="other send") == 4
    assert count(books, 20, tenant="swan", operation="a file", kind=Kind.UPLOAD) == 2
    clock.advance(timedelta(seconds=0.5))
    assert count(books, 20) == 3
    clock.advance(timedelta(seconds=60))
    assert count(books, 20) == 6


def test_a_refusal_says_when_to_come_again(clock: FrozenClock) -> None:
    books = limits(clock, Rates(total=1))
    books.take("goose", "x", Kind.LIST)
    with pytest.raises(Throttled) as refused:
        books.take("goose", "x", Kind.LIST)
    assert (refused.value.retry_after_s, refused.value.vendor_code, refused.value.vendor_status) == (
        1,
        "APIGW.0308",
        503,
    )
    assert "all operations, limit 1 requests per second" in refused.value.text("en")
    assert "流控" in refused.value.text("zh-CN")


def test_zero_is_no_limit_and_a_tenant_may_have_its_own(clock: FrozenClock) -> None:
    books = limits(clock, Rates(total=0, send=0))
    assert count(books, 1000) == 1000
    own = Rates(total=2)
    for _ in range(2):
        books.take("swan", "x", Kind.LIST, own)
    with pytest.raises(Throttled):
        books.take("swan", "x", Kind.LIST, own)


def test_strangers_are_bounded_by_address(clock: FrozenClock) -> None:
    books = limits(clock, Rates(), strangers=5)
    for _ in range(5):
        books.hear_stranger("192.0.2.1")
        books.note_stranger("192.0.2.1")
    with pytest.raises(Throttled, match="client address"):
        books.hear_stranger("192.0.2.1")
    books.hear_stranger("192.0.2.2")
    clock.advance(timedelta(seconds=1))
    books.hear_stranger("192.0.2.1")


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::9", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("192.0.2.1", "192.0.2.2", False),
        (None, None, True),
        ("a socket", "another", False),
    ],
)
def test_a_stranger_is_an_address_or_a_64(
    clock: FrozenClock, first: str | None, second: str | None, is_same: bool
) -> None:
    books = limits(clock, Rates(), strangers=1)
    books.note_stranger(first)
    if is_same:
        with pytest.raises(Throttled):
            books.hear_stranger(second)
    else:
        books.hear_stranger(second)


def test_strangers_from_everywhere_give_no_tenant_a_fresh_bucket(clock: FrozenClock) -> None:
    books = limits(clock, Rates(total=3), strangers=5)
    assert count(books, 5) == 3
    for number in range(20_001):
        books.note_stranger(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert count(books, 5) == 0


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("POST", "/v1/aim/send-tasks", Kind.SEND),
        ("GET", "/v1/aim/send-tasks", Kind.LIST),
        ("POST", "/v1/aim/sms/messages", Kind.SEND),
        ("POST", "/v1/aim/template-materials", Kind.UPLOAD),
        ("POST", "/v1/sms/signatures/files", Kind.UPLOAD),
        ("POST", "/v1/sms/signatures", Kind.OTHER),
        ("DELETE", "/v1/sms/templates/1", Kind.OTHER),
    ],
)
def test_operations_have_kinds(method: str, path: str, kind: Kind) -> None:
    assert kind_of(method, path) is kind


async def test_a_flood_leaves_a_place_for_others() -> None:
    turns = Turns(8)
    flood = [asyncio.create_task(turns.take("goose")) for _ in range(20)]
    await asyncio.sleep(0)
    assert sum(one.done() for one in flood) == 6
    async with asyncio.timeout(1):
        await turns.take("swan")
        await turns.take("swan")
    third = asyncio.create_task(turns.take("swan"))
    await asyncio.sleep(0)
    assert not third.done()
    turns.give("goose")
    await third
    assert sum(one.done() for one in flood) == 6
    for _ in range(3):
        turns.give("swan")
    for _ in range(19):
        turns.give("goose")
        await asyncio.sleep(0)
    await asyncio.gather(*flood)


async def test_who_waits_too_long_or_behind_too_many_is_refused() -> None:
    turns = Turns(1, patience_s=0.01)
    await turns.take("goose")
    with pytest.raises(Throttled, match="at once"):
        await turns.take("goose")
    patient = Turns(1)
    await patient.take("goose")
    waiting = [asyncio.create_task(patient.take("goose")) for _ in range(200)]
    await asyncio.sleep(0)
    with pytest.raises(Throttled):
        await patient.take("goose")
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    patient.give("goose")
    await patient.take("goose")


async def test_a_cancelled_request_keeps_no_place() -> None:
    turns = Turns(1)
    await turns.take("goose")
    left = asyncio.create_task(turns.take("swan"))
    next_one = asyncio.create_task(turns.take("duck"))
    await asyncio.sleep(0)
    turns.give("goose")
    left.cancel()
    async with asyncio.timeout(1):
        await next_one
    with pytest.raises(asyncio.CancelledError):
        await left
