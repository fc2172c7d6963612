"""Asking vendors what numbers can show, over real sockets."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from hongyan.kernel.db.database import Database
from hongyan.kernel.ids import TenantId
from hongyan.rooms.handsets.contracts import Capability, NewVendorAccount, Vendor, VendorState
from support.cards import SECRET, TENANT, CardWorld, card_world

HUAWEI_AND_OPPO = frozenset({Vendor.HUAWEI, Vendor.OPPO})
OTHER_TENANT = TenantId("22222222-2222-4222-8222-222222222222")


@pytest.fixture
async def world(db: Database) -> AsyncIterator[CardWorld]:
    async with card_world(db, vendors=HUAWEI_AND_OPPO, enable=False) as made:
        yield made


def numbers(count: int) -> list[str]:
    return [f"86139{i:08d}" for i in range(count)]


async def test_each_number_gets_the_answer_of_its_vendor_in_order(world: CardWorld) -> None:
    phones = numbers(500)
    answer = await world.handsets.check_capability(world.db, TENANT, phones)
    devices = [world.devices.of_number(phone) for phone in phones]
    expected = [device.can_show and device.vendor in {"HUAWEI", "OPPO"} for device in devices]
    assert [flag == Capability.YES for flag in answer.flags] == expected
    assert 300 < answer.capable < 400
    assert answer.failed_vendors == frozenset()


async def test_only_the_wanted_vendors_count(world: CardWorld) -> None:
    oppo = "86" + world.number(can_show=True, vendor="OPPO")
    for vendors, flag in ((HUAWEI_AND_OPPO, 1), (frozenset({Vendor.OPPO}), 1), (frozenset({Vendor.HUAWEI}), 0)):
        answer = await world.handsets.check_capability(world.db, TENANT, [oppo], vendors)
        assert answer.flags == bytes([flag])


async def test_many_numbers_go_in_batches_of_a_thousand_and_are_remembered(world: CardWorld) -> None:
    phones = numbers(12_500)
    first = await world.handsets.check_capability(world.db, TENANT, phones)
    huawei = sum(device.can_show and device.vendor == "HUAWEI" for device in map(world.devices.of_number, phones))
    questions = 12_500 + (12_500 - huawei)
    assert (first.asked, world.vendors.asked) == (12_500, questions)
    assert world.vendors.calls < questions / 1000 + 4
    second = await world.handsets.check_capability(world.db, TENANT, phones)
    assert (second.asked, world.vendors.asked) == (0, questions)
    assert second.flags == first.flags


async def test_a_number_twice_in_one_list_is_answered_twice(world: CardWorld) -> None:
    phone = "86" + world.number(can_show=True, vendor="HUAWEI")
    assert (await world.handsets.check_capability(world.db, TENANT, [phone, phone])).flags == b"\x01\x01"


async def test_one_tenants_answers_are_not_anothers(world: CardWorld) -> None:
    await world.handsets.check_capability(world.db, TENANT, numbers(10))
    assert (await world.handsets.check_capability(world.db, OTHER_TENANT, numbers(10))).asked == 10


async def test_a_no_is_asked_again_after_a_day_and_a_yes_after_a_week(world: CardWorld) -> None:
    yes, no = "86" + world.number(can_show=True, vendor="HUAWEI"), "86" + world.number(can_show=False)
    await world.handsets.check_capability(world.db, TENANT, [yes, no])
    world.clock.advance(timedelta(days=1, minutes=1))
    assert (await world.handsets.check_capability(world.db, TENANT, [yes, no])).asked == 1
    world.clock.advance(timedelta(days=6))
    assert (await world.handsets.check_capability(world.db, TENANT, [yes])).asked == 1


async def test_a_vendor_that_is_down_leaves_numbers_unknown_until_it_is_back(world: CardWorld) -> None:
    phones = numbers(20)
    world.vendors.is_down = True
    answer = await world.handsets.check_capability(world.db, TENANT, phones)
    assert set(answer.flags) == {Capability.UNKNOWN}
    assert answer.failed_vendors == HUAWEI_AND_OPPO
    world.vendors.is_down = False
    again = await world.handsets.check_capability(world.db, TENANT, phones)
    assert again.asked == 20
    assert Capability.UNKNOWN not in again.flags


async def test_half_an_answer_is_kept_and_the_other_half_asked_for_later(world: CardWorld) -> None:
    gone = NewVendorAccount(Vendor.XIAOMI, "http://127.0.0.1:9/vendors/xiaomi", "sim-xiaomi", SECRET)
    async with world.db.begin() as uow:
        await world.handsets.save_vendor(uow, gone)
    yes, no = "86" + world.number(can_show=True, vendor="HUAWEI"), "86" + world.number(can_show=False)
    answer = await world.handsets.check_capability(world.db, TENANT, [yes, no])
    assert answer.flags == bytes([Capability.YES, Capability.UNKNOWN])
    assert answer.failed_vendors == {Vendor.XIAOMI}


async def test_without_vendors_nobody_can_show_anything(world: CardWorld) -> None:
    async with world.db.begin() as uow:
        for vendor in HUAWEI_AND_OPPO:
            await world.handsets.set_vendor_state(uow, vendor, VendorState.DISABLED)
    assert (await world.handsets.check_capability(world.db, TENANT, numbers(3))).flags == bytes(3)
    assert world.vendors.asked == 0


async def test_a_person_can_be_forgotten(world: CardWorld) -> None:
    phone = numbers(1)[0]
    await world.handsets.check_capability(world.db, TENANT, [phone])
    async with world.db.begin() as uow:
        assert await world.handsets.forget_phone(uow, TENANT, phone) == 1
    assert (await world.handsets.check_capability(world.db, TENANT, [phone])).asked == 1


async def test_no_number_stands_readable_in_the_database(world: CardWorld) -> None:
    await world.handsets.check_capability(world.db, TENANT, ["8613800138000"])
    async with world.db.begin() as uow:
        rows = await uow.fetch("SELECT phone, answers::text FROM handsets_answers AS answers")
    assert len(rows) == 1
    assert b"13800138000" not in bytes(rows[0][0])
    assert "13800138000" not in rows[0][1]
