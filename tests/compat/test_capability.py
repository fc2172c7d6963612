"""The vendor's SDK, unmodified, asks what numbers can show."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkkoomessage.v1 import (
    CheckMobileCapabilityRequest,
    CheckMobileCapabilityRequestBody,
    CheckMobileCapabilityResponse,
    KooMessageClient,
)

from hongyan.kernel.clock import SystemClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.http.once import Once
from hongyan.kernel.keys.ring import create_key_ring
from hongyan.rooms.identity.contracts import system_actor
from hongyan.rooms.smart.contracts import TemplateState
from hongyan.rooms.smart.vendor_api.templates import vendor_router
from support.cards import CardWorld, card_world
from support.identity import cheap_identity, found_household, identity_app, vendor_doors
from support.server import serving


@asynccontextmanager
async def sdk(db: Database, world: CardWorld) -> AsyncIterator[KooMessageClient]:
    clock = SystemClock()
    identity = cheap_identity(clock, db.url)
    async with db.begin() as uow:
        house = await found_household(uow, identity)
    router = vendor_router(db, world.smart, vendor_doors(db, identity, clock), Once(db, clock, create_key_ring()))
    async with serving(identity_app(db, identity, clock, vendor_routers=[router])) as url:
        credentials = BasicCredentials(house.key.key.ak, house.key.sk, house.tenant.project.id)
        yield KooMessageClient.new_builder().with_credentials(credentials).with_endpoint(url).build()


@pytest.fixture
async def world(db: Database) -> AsyncIterator[CardWorld]:
    async with card_world(db) as made:
        yield made


async def check(client: KooMessageClient, **body: object) -> CheckMobileCapabilityResponse:
    request = CheckMobileCapabilityRequest(body=CheckMobileCapabilityRequestBody(**body))
    return await asyncio.to_thread(client.check_mobile_capability, request)


async def test_numbers_come_back_as_they_were_written_on_one_of_two_sides(db: Database, world: CardWorld) -> None:
    yes, no = world.number(can_show=True), world.number(can_show=False)
    other = world.number(can_show=True, start=int(yes[3:]) + 1)
    async with sdk(db, world) as client:
        answer = await check(client, mobiles=[yes, f"86{no}", f"0086{other}", "+86" + yes, "12345"])
    assert answer.supported_mobiles == [yes, f"0086{other}"]
    assert answer.unsupported_mobiles == [f"86{no}", "+86" + yes, "12345"]
    assert answer.tpl_id is None


async def test_about_seventy_percent_of_numbers_can_show_cards(db: Database, world: CardWorld) -> None:
    mobiles = [f"137{i:08d}" for i in range(100)]
    async with sdk(db, world) as client:
        answer = await check(client, mobiles=mobiles, tpl_id="600000001")
    assert 55 <= len(answer.supported_mobiles) <= 85
    assert sorted(answer.supported_mobiles + answer.unsupported_mobiles) == mobiles
    assert answer.tpl_id == "600000001"


async def test_a_template_counts_only_its_own_vendors(db: Database, world: CardWorld) -> None:
    xiaomi = world.number(can_show=True, vendor="XIAOMI")
    async with sdk(db, world) as client:
        by_all = await check(client, mobiles=[xiaomi], tpl_id="600000001")
        by_huawei = await check(client, mobiles=[xiaomi], tpl_id="600000012")
    assert by_all.supported_mobiles == [xiaomi]
    assert by_huawei.unsupported_mobiles == [xiaomi]


async def test_hashes_are_answered_like_their_numbers(db: Database, world: CardWorld) -> None:
    mobiles = [f"138{i:08d}" for i in range(40)]
    hashes = {hashlib.sha1(f"86{mobile}".encode()).hexdigest(): mobile for mobile in mobiles}
    async with sdk(db, world) as client:
        plain = await check(client, mobiles=mobiles, encryption_alg="NONE")
        hashed = await check(client, mobiles=list(hashes), encryption_alg="SHA1")
    assert [hashes[one] for one in hashed.supported_mobiles] == plain.supported_mobiles
    assert len(hashed.supported_mobiles) + len(hashed.unsupported_mobiles) == 40


async def test_what_is_no_hash_is_not_supported(db: Database, world: CardWorld) -> None:
    async with sdk(db, world) as client:
        answer = await check(client, mobiles=["13800138000", "g" * 40], encryption_alg="SHA1")
    assert answer.unsupported_mobiles == ["13800138000", "g" * 40]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"mobiles": []}, "KM.00001083"),
        ({"mobiles": ["13800138000"], "tpl_id": "600009999"}, "KM.00001080"),
        ({"mobiles": ["13800138000"], "tpl_id": "6000001"}, "KM.00001080"),
        ({"mobiles": ["13800138000"], "tpl_id": ""}, "KM.00001081"),
        ({"mobiles": ["13800138000"] * 101}, "KM.90016803"),
        ({"mobiles": ["1" * 41]}, "KM.90016803"),
        ({"mobiles": ["13800138000"], "encryption_alg": "MD5"}, "KM.90016803"),
        ({"mobiles": ["13800138000"], "tpl_id": "6" * 33}, "KM.90016803"),
    ],
)
async def test_a_wrong_question_is_refused(db: Database, world: CardWorld, body: dict, code: str) -> None:
    async with sdk(db, world) as client:
        with pytest.raises(ClientRequestException) as caught:
            await check(client, **body)
    assert (caught.value.status_code, caught.value.error_code) == (400, code)


async def test_a_disabled_template_is_refused(db: Database, world: CardWorld) -> None:
    async with db.begin() as uow:
        await world.smart.life.set_state(uow, system_actor(), "600000001", TemplateState.DISABLED, "old")
    async with sdk(db, world) as client:
        with pytest.raises(ClientRequestException) as caught:
            await check(client, mobiles=["13800138000"], tpl_id="600000001")
    assert caught.value.error_code == "KM.00001082"
