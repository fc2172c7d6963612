"""The bus on a real NATS server that comes and goes."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence

import pytest

from hongyan.kernel.bus.contracts import BusMessage, StreamSpec
from hongyan.kernel.bus.nats import NatsBus
from hongyan.kernel.embedded.nats import EmbeddedNats
from support.waiting import until


@pytest.fixture
async def bus(nats_url: str) -> AsyncIterator[NatsBus]:
    made = NatsBus(nats_url, name="test", publish_timeout_s=2)
    await made.open()
    yield made
    await made.close()


class Collector:
    """Remembers what a consumer was handed; may fail first."""

    def __init__(self, failures: int = 0) -> None:
        self.messages: list[BusMessage] = []
        self.failures = failures

    async def batch(self, messages: Sequence[BusMessage]) -> None:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("not yet")
        self.messages.extend(messages)

    async def one(self, message: BusMessage) -> None:
        self.messages.append(message)

    def payloads(self) -> list[bytes]:
        return [message.payload for message in self.messages]


@contextlib.asynccontextmanager
async def consuming(bus: NatsBus, stream: str, collector: Collector) -> AsyncIterator[None]:
    task = asyncio.create_task(bus.consume(stream, "reader", collector.batch, max_wait_s=0.2))
    yield
    task.cancel()
    await asyncio.wait({task})


async def test_a_hint_reaches_those_who_listen(bus: NatsBus) -> None:
    heard = Collector()
    subscription = await bus.subscribe("hints.*", heard.one)
    await bus.hint("hints.wake", b"1")
    await until(lambda: heard.payloads() == [b"1"])
    await subscription.stop()
    await bus.hint("hints.wake", b"2")
    await bus.ping()
    assert heard.payloads() == [b"1"]


async def test_a_stream_keeps_messages_for_a_later_consumer(bus: NatsBus) -> None:
    await bus.ensure_stream(StreamSpec("kept", ("kept.>",)))
    for number in range(250):
        assert await bus.publish("kept.n", str(number).encode())
    collector = Collector()
    async with consuming(bus, "kept", collector):
        await until(lambda: len(collector.messages) == 250)
    assert collector.payloads() == [str(number).encode() for number in range(250)]


async def test_a_repeated_message_id_is_stored_once(bus: NatsBus) -> None:
    await bus.ensure_stream(StreamSpec("once", ("once.>",)))
    for payload in (b"first", b"again"):
        assert await bus.publish("once.n", payload, message_id="id-1")
    assert await bus.publish("once.n", b"last", message_id="id-2")
    collector = Collector()
    async with consuming(bus, "once", collector):
        await until(lambda: len(collector.messages) == 2)
    assert collector.payloads() == [b"first", b"last"]


async def test_a_batch_whose_handler_fails_comes_again(bus: NatsBus) -> None:
    await bus.ensure_stream(StreamSpec("again", ("again.>",)))
    assert await bus.publish("again.n", b"1")
    collector = Collector(failures=1)
    async with consuming(bus, "again", collector):
        await until(lambda: collector.payloads() == [b"1"])
    assert collector.messages[0].redelivered


async def test_a_subject_without_stream_is_not_confirmed(bus: NatsBus) -> None:
    assert not await bus.publish("nowhere.n", b"1")


async def test_limits_of_a_stream_follow_its_declaration(bus: NatsBus) -> None:
    await bus.ensure_stream(StreamSpec("limits", ("limits.>",), max_age_s=3600))
    await bus.ensure_stream(StreamSpec("limits", ("limits.>", "more.>"), max_age_s=7200))
    assert await bus.publish("more.n", b"1")


async def test_without_a_server_nothing_blocks_and_nothing_raises() -> None:
    bus = NatsBus("nats://u:p@127.0.0.1:1", name="test")
    await bus.open(wait_s=0.05)
    await bus.ensure_stream(StreamSpec("later", ("later.>",)))
    subscription = await bus.subscribe("later.>", Collector().one)
    started = time.monotonic()
    assert not await bus.publish("later.n", b"1")
    await bus.hint("later.n")
    assert time.monotonic() - started < 0.05
    assert not bus.is_connected
    with pytest.raises(ConnectionError):
        await bus.ping()
    await subscription.stop()
    await bus.close()


async def test_listeners_and_consumers_live_through_a_restart_that_forgets_everything(own_nats: EmbeddedNats) -> None:
    bus = NatsBus(own_nats.url, name="test", publish_timeout_s=2)
    await bus.open()
    heard, collector = Collector(), Collector()
    await bus.subscribe("hints.>", heard.one)
    await bus.ensure_stream(StreamSpec("events", ("events.>",)))
    async with consuming(bus, "events", collector):
        assert await bus.publish("events.n", b"before")
        await until(lambda: collector.payloads() == [b"before"])
        own_nats.stop()
        await until(lambda: not bus.is_connected)
        assert not await bus.publish("events.n", b"lost")
        own_nats.forget_streams()
        own_nats.start()
        await until(lambda: bus.is_connected)

        async def published() -> bool:
            return await bus.publish("events.n", b"after", message_id="after")

        deadline = time.monotonic() + 10
        while not await published():
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        await until(lambda: collector.payloads() == [b"before", b"after"])
    await bus.hint("hints.n", b"heard")
    await until(lambda: heard.payloads() == [b"heard"])
    await bus.close()


async def test_a_server_that_comes_late_is_found(own_nats: EmbeddedNats) -> None:
    own_nats.stop()
    bus = NatsBus(own_nats.url, name="test", publish_timeout_s=2)
    await bus.open(wait_s=0.1)
    heard = Collector()
    await bus.subscribe("hints.>", heard.one)
    await bus.ensure_stream(StreamSpec("late", ("late.>",)))
    own_nats.start()
    await until(lambda: bus.is_connected)
    await bus.hint("hints.n", b"1")
    await until(lambda: heard.payloads() == [b"1"])
    await bus.close()
