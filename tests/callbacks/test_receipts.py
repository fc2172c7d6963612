"""From final messages and cards to what a customer's server receives."""

import asyncio
import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from hongyan.kernel.ids import TaskId
from hongyan.rooms.callbacks.contracts import AddressKind, PostState
from hongyan.rooms.delivery.contracts import MessageKind
from support.callbacks_house import CallbacksHouse
from support.identity import found_household
from support.sink import Sink

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def test_a_batch_address_gets_arrays_of_a_hundred_at_most(house: CallbacksHouse, sink: Sink) -> None:
    await house.register(AddressKind.AIM_BATCH, sink.url())
    task_id = await house.task(extend="my mark")
    await house.end(task_id, 250)
    await house.carry()
    assert sorted(len(one.inner()) for one in sink.received) == [50, 100, 100]
    whole = sink.received[0].json()
    assert list(whole) == ["request_id", "domain_id", "callback_type", "body", "retry"]
    assert _UUID.fullmatch(whole["request_id"])
    assert (whole["domain_id"], whole["callback_type"]) == (house.people.tenant.domain_id, "sms")
    assert whole["retry"] is False
    assert sink.received[0].headers["content-type"] == "application/json"
    receipts = [receipt for one in sink.received for receipt in one.inner()]
    assert len({receipt["msg_id"] for receipt in receipts}) == 250
    first = next(receipt for receipt in receipts if receipt["msg_id"] == f"{task_id}_0")
    local = datetime.fromisoformat(first["send_time"])
    assert abs((local - datetime.now()).total_seconds() - 8 * 3600) < 60  # noqa: DTZ005 - Shanghai is UTC + 8
    assert first == {
        "task_id": task_id,
        "cust_flag": "13800000000",
        "msg_id": f"{task_id}_0",
        "tpl_id": "600000001",
        "sms_sign": "鸿雁",
        "aim_code": "",
        "aim_url": "",
        "send_time": first["send_time"],
        "receive_time": first["receive_time"],
        "send_status": "HY:0002",
        "send_status_desc": "没有可用通道",
        "total": "1",
        "sequence": "1",
        "extend": "my mark",
    }
    assert await house.states() == {PostState.DELIVERED: 3}


async def test_a_single_address_gets_objects_one_by_one(house: CallbacksHouse, sink: Sink) -> None:
    await house.register(AddressKind.AIM_SINGLE, sink.url())
    await house.end(await house.task(), 3)
    await house.carry()
    assert sorted(one.inner()["msg_id"][-1] for one in sink.received) == ["0", "1", "2"]


async def test_who_has_both_hears_everything_once_in_arrays(house: CallbacksHouse, sink: Sink) -> None:
    await house.register(AddressKind.AIM_SINGLE, sink.url("/single"))
    await house.register(AddressKind.AIM_BATCH, sink.url("/batch"))
    await house.end(await house.task(), 3)
    await house.carry()
    assert (len(sink.on("/single")), len(sink.on("/batch"))) == (0, 1)


async def test_nobody_is_told_before_an_address_is_there(house: CallbacksHouse, sink: Sink) -> None:
    task_id = await house.task()
    await house.end(task_id, 2)
    await house.register(AddressKind.AIM_BATCH, sink.url())
    await house.end(task_id, 3, chunk_no=1)
    await house.carry()
    assert [len(one.inner()) for one in sink.received] == [3]


async def test_a_tenant_that_cannot_be_told_holds_up_nobody(house: CallbacksHouse, sink: Sink) -> None:
    await house.register(AddressKind.AIM_BATCH, sink.url())
    async with house.db.begin() as uow:
        # The oldest entry of all: of somebody who is not there (any more).
        await uow.fetch(
            "INSERT INTO delivery_finals (tenant_id, message_ids, at) VALUES (%s::uuid, '{1}', now())", (str(uuid4()),)
        )
    await house.end(await house.task(), 3)
    await house.carry()
    assert [len(one.inner()) for one in sink.received] == [3]
    async with house.db.begin() as uow:
        assert await uow.fetch("SELECT count(*) FROM delivery_finals") == [(1,)]
        await uow.fetch("DELETE FROM delivery_finals")


async def test_video_messages_go_to_their_own_address(house: CallbacksHouse, sink: Sink) -> None:
    await house.register(AddressKind.AIM_BATCH, sink.url("/aim"))
    await house.register(AddressKind.VIDEO_STATUS, sink.url("/video"))
    task_id = await house.task()
    await house.end(task_id, 1, kind=MessageKind.VIDEO)
    await house.carry()
    assert sink.on("/aim") == []
    (post,) = sink.on("/video")
    document = post.json()
    assert list(document) == ["seq_id", "reports"]
    (report,) = document["reports"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", report.pop("stime"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", report.pop("rtime"))
    assert report == {"task_id": task_id, "mobile": "13800000000", "status": 1, "code": "HY:0002", "desc": "fail"}


async def test_a_card_drawn_before_the_report_waits_for_the_sms_receipt(house: CallbacksHouse, sink: Sink) -> None:
    await house.register(AddressKind.AIM_BATCH, sink.url())
    task_id = await house.task()
    await house.room.cards.take([house.card(task_id, "abc123")])
    await house.carry()
    assert sink.received == []
    sink.status = 500
    await house.end(task_id, 2, codes=["abc123"])
    await house.carry()
    assert [one.json()["callback_type"] for one in sink.received] == ["sms"]
    sink.status = 200
    house.clock.advance(timedelta(minutes=2))
    await house.carry()
    kinds = [one.json()["callback_type"] for one in sink.received]
    assert kinds == ["sms", "sms", "shortchain"]
    assert sink.received[-1].inner() == [
        {
            "task_id": task_id,
            "cust_flag": "13800000000",
            "tpl_id": "600000001",
            "aim_url": "s.example.cn/abc123",
            "aim_code": "abc123",
            "status": 0,
            "describe": "解析成功",
        }
    ]


async def test_a_card_drawn_later_is_told_at_once_and_once(house: CallbacksHouse, sink: Sink) -> None:
    await house.register(AddressKind.AIM_SINGLE, sink.url())
    task_id = await house.task()
    await house.end(task_id, 1, codes=["abc123"])
    await house.carry()
    card = house.card(task_id, "abc123")
    for _ in range(2):  # a repeated job
        await house.room.cards.take([card])
        await house.carry()
    assert [one.json()["callback_type"] for one in sink.received] == ["sms", "shortchain"]
    assert sink.received[-1].inner()["aim_code"] == "abc123"


async def test_a_card_whose_link_is_gone_stops_no_other(house: CallbacksHouse, sink: Sink) -> None:
    await house.register(AddressKind.AIM_BATCH, sink.url())
    task_id = await house.task()
    await house.end(task_id, 1, codes=["abc123"])
    await house.carry()
    gone = house.card(TaskId("99999999-9999-4999-8999-999999999999"), "zzz999", range_id=9_999_999)
    await house.room.cards.take([gone, house.card(task_id, "abc123")])
    await house.carry()
    (told,) = [one.inner() for one in sink.received if one.json()["callback_type"] == "shortchain"]
    assert [receipt["aim_code"] for receipt in told] == ["abc123"]


async def test_cards_of_a_tenant_that_cannot_be_noted_stop_no_other(house: CallbacksHouse, sink: Sink) -> None:
    async with house.db.begin() as uow:
        other = await found_household(uow, house.graph.identity, "swan", number=1)
        await house.room.desk.register(uow, other.actor, AddressKind.AIM_BATCH, sink.url("/other"))
    await house.register(AddressKind.AIM_BATCH, sink.url())
    task_id = await house.task()
    await house.end(task_id, 1, codes=["abc123"])
    await house.carry()
    spoiled = house.card(task_id, "a\x00b") | {"tenant_id": other.tenant.id}
    for _ in range(2):  # the job comes again
        with pytest.raises(ExceptionGroup, match="some tenants"):
            await house.room.cards.take([spoiled, house.card(task_id, "abc123")])
        await house.carry()
    assert [one.json()["callback_type"] for one in sink.on("/hook")] == ["sms", "shortchain"]
    assert sink.on("/other") == []


async def test_card_and_receipt_find_each_other_whoever_commits_last(house: CallbacksHouse, sink: Sink) -> None:
    await house.register(AddressKind.AIM_BATCH, sink.url())
    task_id = await house.task()
    codes = [f"code{number:02d}" for number in range(40)]
    await house.end(task_id, 40, codes=codes)
    told = [house.room.cards.take([house.card(task_id, code, offset=i)]) for i, code in enumerate(codes)]
    await asyncio.gather(house.room.intake.take_finals(), *told[:20])
    await asyncio.gather(house.room.sender.step(), *told[20:])
    await house.room.sender.drain()
    await house.carry()
    cards = [one for one in sink.received if one.json()["callback_type"] == "shortchain"]
    assert sorted(receipt["aim_code"] for one in cards for receipt in one.inner()) == codes


async def test_a_forgotten_match_is_found_by_the_minute(house: CallbacksHouse, sink: Sink) -> None:
    await house.register(AddressKind.AIM_BATCH, sink.url())
    task_id = await house.task()
    await house.end(task_id, 1, codes=["abc123"])
    await house.carry()

    async def killed(codes: object) -> None:
        del codes

    house.room.cards.match = killed  # type: ignore[method-assign]  # as if the process died there
    await house.room.cards.take([house.card(task_id, "abc123")])
    await house.carry()
    assert len(sink.received) == 1
    house.clock.advance(timedelta(minutes=1))
    other = house.open_room()
    await other.upkeep.tick()
    await house.carry(other)
    assert [one.json()["callback_type"] for one in sink.received] == ["sms", "shortchain"]


async def test_a_decided_card_template_is_told_unwrapped(house: CallbacksHouse, sink: Sink) -> None:
    await house.register(AddressKind.AIM_TEMPLATE, sink.url())
    tenant_id = house.people.tenant.id
    async with house.db.begin() as uow:
        await house.graph.smart.life.seed_public(uow)
        assert await house.room.news.card_template_decided(uow, tenant_id, "600000001")
        assert not await house.room.news.card_template_decided(uow, tenant_id, "699999999")
    await house.carry()
    (post,) = sink.received
    document = post.json()
    assert isinstance(document.pop("factory_info"), list)
    assert document == {"tpl_id": "600000001", "tpl_state": 1, "audit_state": 2, "audit_desc": ""}
