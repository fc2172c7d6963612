"""Delivery: at least once, back-off over days, addresses that fail, workers that die, and signatures."""

import asyncio
import base64
import hashlib
import hmac
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from hongyan.rooms.callbacks.contracts import AddressKind, AddressState, Document, NoticeKind, PostFilter, PostState
from hongyan.rooms.callbacks.rules import schedule
from support.callbacks_house import CallbacksHouse
from support.sink import Sink
from support.waiting import until

_TESTS = Path(__file__).resolve().parents[1]


async def test_a_repeat_has_the_same_id_and_says_so(house: CallbacksHouse, sink: Sink) -> None:
    await house.register(AddressKind.AIM_BATCH, sink.url())
    sink.status = 503
    await house.end(await house.task(), 2)
    await house.carry()
    house.clock.advance(schedule.FIRST_WAIT * 0.7)
    await house.carry()
    assert len(sink.received) == 1, "not before its time"
    house.clock.advance(schedule.FIRST_WAIT * 0.6)
    await house.carry()
    sink.status = 204
    house.clock.advance(schedule.FIRST_WAIT * 3)
    await house.carry()
    documents = [one.json() for one in sink.received]
    assert [document["retry"] for document in documents] == [False, True, True]
    assert len({document["request_id"] for document in documents}) == 1
    assert len({document["body"] for document in documents}) == 1
    assert await house.states() == {PostState.DELIVERED: 1}


@pytest.mark.parametrize("status", [301, 404, 500])
async def test_only_2xx_counts_and_redirects_are_not_followed(house: CallbacksHouse, sink: Sink, status: int) -> None:
    address = await house.register(AddressKind.AIM_BATCH, sink.url())
    sink.status, sink.location = status, sink.url("/elsewhere")
    await house.end(await house.task(), 1)
    await house.carry()
    assert sink.on("/elsewhere") == []
    assert await house.states() == {PostState.WAITING: 1}
    found = await house.show(address)
    assert (found.failures, found.failing_since) == (1, house.clock.now())


async def test_any_2xx_counts_however_long_its_answer_is(house: CallbacksHouse, sink: Sink) -> None:
    address = await house.register(AddressKind.AIM_BATCH, sink.url())
    sink.answer = b"<html>" + b"x" * 3_000_000
    await house.end(await house.task(), 1)
    await house.carry()
    assert await house.states() == {PostState.DELIVERED: 1}
    async with house.db.begin() as uow:
        (attempt,) = await house.room.desk.list_attempts(uow, house.people.actor, address.address_id, limit=5)
    assert (attempt.status, attempt.error, attempt.answer) == (200, None, "<html>" + "x" * 250)


async def test_a_private_target_is_refused_at_connect_time(house: CallbacksHouse, sink: Sink) -> None:
    # It was allowed when it was registered (or its name led elsewhere then).
    address = await house.register(AddressKind.AIM_BATCH, sink.url())
    strict = house.open_room(allow=f"127.0.0.1:{sink.port + 1},10.0.0.0/8")
    await house.end(await house.task(), 1)
    await house.carry(strict)
    assert sink.received == []
    async with house.db.begin() as uow:
        (attempt,) = await house.room.desk.list_attempts(uow, house.people.actor, address.address_id, limit=5)
    assert attempt.status is None
    assert attempt.error is not None
    assert attempt.error.startswith("outgoing_refused")


async def test_two_workers_send_each_post_once(house: CallbacksHouse, sink: Sink) -> None:
    await house.register(AddressKind.AIM_SINGLE, sink.url())
    await house.end(await house.task(), 60)
    await house.room.intake.take_finals()
    other = house.open_room()
    await asyncio.gather(house.carry(), house.carry(other))
    ids = [one.json()["request_id"] for one in sink.received]
    assert (len(ids), len(set(ids))) == (60, 60)


async def test_a_worker_that_dies_with_posts_in_hand_leaves_them_to_the_next(house: CallbacksHouse, sink: Sink) -> None:
    await house.register(AddressKind.AIM_BATCH, sink.url())
    await house.end(await house.task(), 150)
    await house.room.intake.take_finals()
    sink.delay_s = 30
    assert await house.room.sender.step() == 2
    await until(lambda: len(sink.received) == 2)
    for task in set(house.room.sender._tasks):
        task.cancel()
    sink.delay_s = 0
    other = house.open_room()
    await house.carry(other)
    assert len(sink.received) == 2, "still leased"
    house.clock.advance(schedule.LEASE + timedelta(seconds=1))
    await house.carry(other)
    documents = [one.json() for one in sink.received]
    assert [document["retry"] for document in documents] == [False, False, True, True]
    assert {document["request_id"] for document in documents[:2]} == {
        document["request_id"] for document in documents[2:]
    }
    assert await house.states() == {PostState.DELIVERED: 2}


async def test_kill_nine_loses_nothing(house: CallbacksHouse, sink: Sink, tmp_path: Path) -> None:
    """A real worker process, without NATS, killed again and again while it takes facts and posts them."""
    await house.register(AddressKind.AIM_BATCH, sink.url())
    task_id = await house.task()
    sink.delay_s = 0.05
    env = {**os.environ, "PYTHONPATH": f"{_TESTS}:{os.environ.get('PYTHONPATH', '')}"}
    command = [sys.executable, "-m", "support.callbacks_worker", house.db.url, str(tmp_path)]
    total = 0
    for number in range(3):
        await house.end(task_id, 900, chunk_no=number)
        total += 900
        worker = subprocess.Popen(command, env=env)  # noqa: ASYNC220 - started, not waited for
        seen = len(sink.received)
        await until(lambda seen=seen: len(sink.received) >= seen + 3, timeout_s=30)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    house.clock.advance(timedelta(seconds=60) + schedule.FIRST_WAIT)
    await house.carry()
    by_id: dict[str, list[bool]] = {}
    messages: dict[str, set[str]] = {}
    for one in sink.received:
        document = one.json()
        by_id.setdefault(document["request_id"], []).append(document["retry"])
        for receipt in one.inner():
            messages.setdefault(receipt["msg_id"], set()).add(document["request_id"])
    assert len(messages) == total, "every message"
    assert all(len(ids) == 1 for ids in messages.values()), "each in one post"
    assert all(all(flags[1:]) for flags in by_id.values()), "every repeat says so"
    assert set(await house.states()) == {PostState.DELIVERED}


async def test_a_slow_address_blocks_nobody(house: CallbacksHouse, sink: Sink) -> None:
    slow = await house.register(AddressKind.VIDEO_REPLY, sink.url("/slow"))
    await house.register(AddressKind.AIM_SINGLE, sink.url("/fast"))
    sink.by_path["/slow"] = (200, 6.0)
    async with house.db.begin() as uow:
        for number in range(30):
            await house.room.news._writer.write_one(
                uow, slow.tenant_id, AddressKind.VIDEO_REPLY, Document.VIDEO_REPLY, [{}], source=f"{number}"
            )
    stop = asyncio.Event()
    running = asyncio.create_task(house.room.sender.run(stop))
    await until(lambda: len(sink.on("/slow")) == schedule.AT_ONCE)
    started = time.monotonic()
    await house.end(await house.task(), 40)
    await house.room.intake.take_finals()
    await until(lambda: len(sink.on("/fast")) == 40)
    assert time.monotonic() - started < 5.0
    assert len(sink.on("/slow")) == schedule.AT_ONCE
    stop.set()
    await running


async def test_an_address_that_keeps_failing_rests_and_is_asked_one_at_a_time(
    house: CallbacksHouse, sink: Sink
) -> None:
    address = await house.register(AddressKind.AIM_SINGLE, sink.url())
    sink.status = 500
    await house.end(await house.task(), 20)
    await house.carry()
    tried = len(sink.received)
    assert schedule.PATIENCE <= tried <= schedule.AT_ONCE * 2
    resting = await house.show(address)
    assert resting.paused_until is not None
    assert resting.paused_until > house.clock.now()
    house.clock.advance(resting.paused_until - house.clock.now())
    await house.carry()
    assert len(sink.received) == tried + 1
    sink.status = 200
    house.clock.advance(timedelta(minutes=10))
    await house.carry()
    assert await house.states() == {PostState.DELIVERED: 20}
    well = await house.show(address)
    assert (well.failures, well.failing_since, well.paused_until) == (0, None, None)


async def test_five_days_without_a_success_disable_and_a_notice_comes_the_day_before(
    house: CallbacksHouse, sink: Sink
) -> None:
    address = await house.register(AddressKind.AIM_BATCH, sink.url())
    sink.status = 500
    task_id = await house.task()
    await house.end(task_id, 1)
    await house.carry()
    since = house.clock.now()
    gaps: list[timedelta] = []
    last = since
    while house.clock.now() - since < timedelta(days=4, minutes=-10):
        house.clock.advance(timedelta(minutes=10))
        seen = len(sink.received)
        await house.carry()
        await house.room.upkeep.tick()
        if len(sink.received) > seen:
            gaps.append(house.clock.now() - last)
            last = house.clock.now()
    assert timedelta(hours=4) < max(gaps) < timedelta(hours=8)
    assert 15 < len(gaps) < 40
    async with house.db.begin() as uow:
        assert await house.room.desk.list_notices(uow, house.people.actor, limit=5) == []
    house.clock.advance(timedelta(minutes=20))
    await house.room.upkeep.tick()
    await house.room.upkeep.tick()
    async with house.db.begin() as uow:
        (notice,) = await house.room.desk.list_notices(uow, house.people.actor, limit=5)
    assert (notice.kind, notice.disables_at) == (NoticeKind.WILL_BE_DISABLED, since + timedelta(days=5))
    assert (await house.show(address)).state is AddressState.ACTIVE
    house.clock.advance(timedelta(days=1))
    await house.room.upkeep.tick()
    disabled = await house.show(address)
    assert (disabled.state, disabled.disabled_at) == (AddressState.DISABLED, house.clock.now())
    assert await house.states() == {PostState.DEAD: 1}
    seen = len(sink.received)
    await house.end(task_id, 2, chunk_no=1)
    await house.carry()
    assert len(sink.received) == seen
    assert await house.states() == {PostState.DEAD: 2}
    sink.status = 200
    async with house.db.begin() as uow:
        await house.room.desk.enable(uow, house.people.actor, address.address_id)
        count = await house.room.desk.replay(
            uow, house.people.actor, address.address_id, PostFilter(states=frozenset({PostState.DEAD}))
        )
        notices = await house.room.desk.list_notices(uow, house.people.actor, limit=5)
    assert count == 2
    assert [notice.kind for notice in notices] == [NoticeKind.DISABLED, NoticeKind.WILL_BE_DISABLED]
    await house.carry()
    # What was never tried is no repeat; the other one is.
    assert sorted(one.json()["retry"] for one in sink.received[seen:]) == [False, True]


async def test_one_success_takes_the_days_back(house: CallbacksHouse, sink: Sink) -> None:
    address = await house.register(AddressKind.AIM_SINGLE, sink.url())
    sink.status = 500
    task_id = await house.task()
    await house.end(task_id, 1)
    await house.carry()
    house.clock.advance(timedelta(days=4, hours=12))
    await house.room.upkeep.tick()
    assert (await house.show(address)).notice_at is not None
    sink.status = 200
    await house.carry()
    house.clock.advance(timedelta(days=1))
    await house.room.upkeep.tick()
    found = await house.show(address)
    assert (found.state, found.notice_at, found.disables_at) == (AddressState.ACTIVE, None, None)


async def test_replay_by_task_and_time_and_forgetting(house: CallbacksHouse, sink: Sink) -> None:
    address = await house.register(AddressKind.AIM_BATCH, sink.url())
    first, second = await house.task(), await house.task()
    await house.end(first, 1)
    await house.carry()
    house.clock.advance(timedelta(hours=2))
    await house.end(second, 1)
    await house.carry()
    actor, desk = house.people.actor, house.room.desk
    async with house.db.begin() as uow:
        assert await desk.replay(uow, actor, address.address_id, PostFilter(task_id=first)) == 1
        begin = house.clock.now() - timedelta(hours=1)
        assert await desk.replay(uow, actor, address.address_id, PostFilter(begin=begin)) == 1
    await house.carry()
    assert [one.json()["retry"] for one in sink.received] == [False, False, True, True]
    house.clock.advance(timedelta(days=7, hours=1))
    await house.room.upkeep.forget()
    assert await house.states() == {}


async def test_posts_are_signed_after_standard_webhooks_and_secrets_rotate(house: CallbacksHouse, sink: Sink) -> None:
    address = await house.register(AddressKind.AIM_BATCH, sink.url())
    task_id = await house.task()
    secrets = []
    for number in range(2):
        async with house.db.begin() as uow:
            secrets.append(await house.room.desk.new_secret(uow, house.people.actor, address.address_id))
        await house.end(task_id, 1, chunk_no=number)
        await house.carry()
    house.clock.advance(timedelta(hours=25))
    await house.end(task_id, 1, chunk_no=2)
    await house.carry()

    def mark(secret: str, post: int) -> str:
        one = sink.received[post]
        signed = f"{one.headers['webhook-id']}.{one.headers['webhook-timestamp']}.".encode() + one.body
        key = base64.b64decode(secret.removeprefix("whsec_"))
        return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()

    marks = [one.headers["webhook-signature"].split(" ") for one in sink.received]
    assert marks[0] == [mark(secrets[0], 0)]
    assert marks[1] == [mark(secrets[1], 1), mark(secrets[0], 1)]
    assert marks[2] == [mark(secrets[1], 2)]
    assert sink.received[0].headers["webhook-id"] == sink.received[0].json()["request_id"]
    async with house.db.begin() as uow:
        await house.room.desk.drop_secret(uow, house.people.actor, address.address_id)
    await house.end(task_id, 1, chunk_no=3)
    await house.carry()
    assert "webhook-signature" not in sink.received[3].headers
