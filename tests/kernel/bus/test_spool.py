"""Events outlive NATS being away, in order, within their bounds."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from hongyan.kernel.bus.contracts import BusMessage, StreamSpec
from hongyan.kernel.bus.nats import NatsBus
from hongyan.kernel.bus.spool import Event, EventPublisher, Spool
from hongyan.kernel.embedded.nats import EmbeddedNats
from support.waiting import until


def _event(number: int, size: int = 1) -> Event:
    return Event("links.tapped", str(number).encode().rjust(size), f"id-{number}")


def _drain(spool: Spool) -> list[Event]:
    events: list[Event] = []
    while (oldest := spool.oldest()) is not None:
        events.extend(oldest[1])
        spool.remove(oldest[0])
    return events


def test_events_come_back_in_order_across_segments_and_processes(tmp_path: Path) -> None:
    first = Spool(tmp_path, max_bytes=10_000_000, segment_bytes=1000)
    assert all(first.append(_event(number, 100)) for number in range(50))
    second = Spool(tmp_path, max_bytes=10_000_000, segment_bytes=1000)
    assert second.append(_event(50, 100))
    assert len(list(tmp_path.iterdir())) > 3
    assert _drain(second) == [_event(number, 100) for number in range(51)]
    assert second.is_empty
    assert list(tmp_path.iterdir()) == []


def test_a_full_spool_drops_and_counts(tmp_path: Path) -> None:
    spool = Spool(tmp_path, max_bytes=1000)
    taken = [spool.append(_event(number, 100)) for number in range(20)]
    assert taken == [True] * taken.count(True) + [False] * spool.dropped
    assert 0 < spool.dropped < 20
    assert spool.size_bytes <= 1000


def test_a_torn_end_loses_only_itself(tmp_path: Path) -> None:
    spool = Spool(tmp_path, max_bytes=100_000)
    for number in range(3):
        spool.append(_event(number))
    (segment,) = tmp_path.iterdir()
    segment.write_bytes(segment.read_bytes()[:-1])
    assert _drain(Spool(tmp_path, max_bytes=100_000)) == [_event(0), _event(1)]


def test_what_is_appended_while_a_segment_is_published_is_not_removed_with_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path, max_bytes=100_000)
    spool.append(_event(1))
    oldest = spool.oldest()
    assert oldest is not None
    spool.append(_event(2))
    spool.remove(oldest[0])
    assert _drain(spool) == [_event(2)]


@contextlib.asynccontextmanager
async def _running(publisher: EventPublisher) -> AsyncIterator[None]:
    task = asyncio.create_task(publisher.run())
    yield
    task.cancel()
    await asyncio.wait({task})


async def test_every_event_arrives_although_nats_was_away(own_nats: EmbeddedNats, tmp_path: Path) -> None:
    bus = NatsBus(own_nats.url, name="test", publish_timeout_s=2)
    await bus.open()
    await bus.ensure_stream(StreamSpec("links", ("links.>",)))
    spool = Spool(tmp_path / "spool", max_bytes=10_000_000)
    publisher = EventPublisher(bus, spool)
    got: list[bytes] = []

    async def collect(messages: Sequence[BusMessage]) -> None:
        got.extend(message.payload for message in messages)

    async with _running(publisher):
        for number in range(500):
            assert publisher.offer("links.tapped", str(number).encode())
        await until(lambda: publisher.waiting == 0)
        own_nats.stop()
        await until(lambda: not bus.is_connected)
        for number in range(500, 1000):
            assert publisher.offer("links.tapped", str(number).encode())
        await until(lambda: not spool.is_empty and publisher.waiting == 0)
        own_nats.start()
        await until(lambda: spool.is_empty)
        for number in range(1000, 1200):
            assert publisher.offer("links.tapped", str(number).encode())
        consumer = asyncio.create_task(bus.consume("links", "reader", collect, max_wait_s=0.2))
        await until(lambda: len(got) >= 1200)
        consumer.cancel()
        await asyncio.wait({consumer})
    assert sorted(got, key=int) == [str(number).encode() for number in range(1200)]
    await bus.close()


async def test_stopping_puts_what_is_left_on_disk(tmp_path: Path) -> None:
    bus = NatsBus("nats://127.0.0.1:1", name="test")
    spool = Spool(tmp_path, max_bytes=100_000)
    publisher = EventPublisher(bus, spool, queue_events=2)
    assert all(publisher.offer("links.tapped", b"x") for _ in range(3))
    async with _running(publisher):
        await until(lambda: publisher.waiting == 0)
        publisher.offer("links.tapped", b"y")
    assert len(_drain(Spool(tmp_path, max_bytes=100_000))) == 4
