"""The bus is away, or has lost its store, in the middle of a send: the line keeps its rate, and nothing is missing later."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Iterator

import httpx
import psycopg
import pytest
import pytest_asyncio

from hongyan.rooms.delivery.contracts import MessageFilter, MessageState
from support.chaos.carriers import Channel, Manner
from support.chaos.house import House
from support.chaos.scenes import Watch, api_of, running_house, until
from support.chaos.sends import Door, Order, place
from support.chaos.tasks import counts_of, plan_large, write_task
from support.sink import Sink, running_sink

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(600), pytest.mark.chaos]

_RATE = 1000
_AWAY_S = 4.0
_LINKS = 200
_CHANNEL = Channel("steady", "mobile", "cmpp30", "138", 2, 64, _RATE)
_MANNER = Manner("steady", ("--latency-ms", "5", "--report-after-ms", "300", "--fail-percent", "0"))
_blocks = itertools.count()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[House]:
    async with running_house(channels=(_CHANNEL,), manner=_MANNER, has_links=True) as running:
        yield running


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running_sink() as running:
        yield running


async def _send_links(house: House) -> list[str]:
    """Send some messages with links and wait until they are there; returns the codes."""
    block = next(_blocks)
    order = Order(f"links{block}", Door.FILE, [f"138999{block}{n:04d}" for n in range(_LINKS)])
    await place(house, order)
    (task_id,) = order.tasks
    await until(
        "the links are there",
        lambda: counts_of(house, task_id),
        lambda found: found.get(MessageState.DELIVERED, 0) == _LINKS,
        90,
    )
    async with house.graph.db.begin() as uow:
        where = MessageFilter(task_id=task_id)
        views = [view async for view in house.graph.delivery.iter_messages(uow, house.sender.tenant_id, where)]
    codes = [view.link_code for view in views if view.link_code]
    assert len(set(codes)) == _LINKS
    return codes


async def _tap(house: House, codes: list[str]) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{house.settings.links_port}", trust_env=False) as world:
        for code in codes:
            assert (await world.get(f"/{code}")).status_code in {200, 302}


def _taps(house: House) -> int:
    with psycopg.connect(house.settings.database_url or "") as connection:
        row = connection.execute("SELECT coalesce(sum(taps), 0) FROM short_links_taps").fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("loses_store", [False, True], ids=["away", "store deleted"])
async def test_the_line_does_not_notice(house: House, sink: Sink, *, loses_store: bool) -> None:
    messages = 12 * _RATE
    codes = await _send_links(house)
    before_taps = await asyncio.to_thread(_taps, house)
    async with api_of(house) as api:
        await api.call("POST", "/v1/aim/callbacks", body={"callback_url": sink.url(), "url_type": 2})
    # given a send under way, and people who tap
    watch = Watch(*house.carriers.values())
    task_id = await write_task(house, -(-messages // 10_000))
    sending = asyncio.create_task(plan_large(house, task_id, "138", messages))
    await watch.until(3 * _RATE, 60)
    await _tap(house, codes[: _LINKS // 2])
    # when the bus goes away, and perhaps comes back without its memory
    nats, gone = house.children["nats"], time.time()
    nats.hold()
    nats.kill()
    await _tap(house, codes[_LINKS // 2 :])
    if loses_store:
        house.nats.forget_streams()
    await asyncio.sleep(max(0.0, gone + _AWAY_S - time.time()))
    nats.release()
    await sending
    # then the line has kept its rate
    await watch.until(messages, 60)
    usual, then = watch.rate(gone - 2, gone), watch.rate(gone, gone + _AWAY_S)
    print(f"{usual:.0f} messages/s before, {then:.0f} messages/s while the bus was away")
    assert then >= 0.95 * usual
    # and nobody's report, callback or tap is missing
    await until(
        "all are delivered",
        lambda: counts_of(house, task_id),
        lambda found: found.get(MessageState.DELIVERED, 0) == messages,
        60,
    )
    wanted = {f"{task_id}_{n}" for n in range(messages)}

    async def missing() -> int:
        told = [receipt["msg_id"] for one in tuple(sink.received) for receipt in one.inner()]
        return len(wanted - set(told))

    await until("every message is called back", missing, lambda count: count == 0, 90)

    async def taps() -> int:
        return await asyncio.to_thread(_taps, house) - before_taps

    await until("every tap is counted", taps, lambda count: count >= _LINKS, 60)
    assert await taps() == _LINKS
