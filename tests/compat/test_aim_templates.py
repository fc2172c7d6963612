"""The vendor's SDK, unmodified, lists card templates."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkkoomessage.v1 import KooMessageClient, ListAimTemplatesRequest, ListAimTemplatesResponse

from hongyan.kernel.clock import SystemClock
from hongyan.kernel.db.database import Database
from hongyan.kernel.http.once import Once
from hongyan.kernel.keys.ring import create_key_ring
from hongyan.rooms.identity.contracts import system_actor
from hongyan.rooms.smart.contracts import TemplateFilter
from hongyan.rooms.smart.vendor_api.templates import vendor_router
from support.cards import CardWorld, card_world
from support.identity import Household, cheap_identity, found_household, identity_app, vendor_doors
from support.server import serving


@asynccontextmanager
async def sdk(db: Database, world: CardWorld) -> AsyncIterator[tuple[KooMessageClient, Household]]:
    """Serve the doors and return the SDK's client with a tenant's key."""
    clock = SystemClock()
    identity = cheap_identity(clock, db.url)
    async with db.begin() as uow:
        house = await found_household(uow, identity)
    router = vendor_router(db, world.smart, vendor_doors(db, identity, clock), Once(db, clock, create_key_ring()))
    async with serving(identity_app(db, identity, clock, vendor_routers=[router])) as url:
        credentials = BasicCredentials(house.key.key.ak, house.key.sk, house.tenant.project.id)
        yield KooMessageClient.new_builder().with_credentials(credentials).with_endpoint(url).build(), house


@pytest.fixture
async def world(db: Database) -> AsyncIterator[CardWorld]:
    async with card_world(db) as made:
        yield made


async def listed(client: KooMessageClient, **query: object) -> ListAimTemplatesResponse:
    return await asyncio.to_thread(client.list_aim_templates, ListAimTemplatesRequest(**query))


async def test_the_list_shows_twelve_public_templates_with_every_field(db: Database, world: CardWorld) -> None:
    async with sdk(db, world) as (client, _):
        answer = await listed(client)
    assert (answer.page_info.total, answer.page_info.offset, answer.page_info.limit) == (12, 0, 20)
    assert len({one.card_id for one in answer.templates}) == 12
    parcel = next(one for one in answer.templates if one.tpl_id == "600000002")
    assert (parcel.tpl_name, parcel.tpl_state, parcel.audit_state, parcel.match_type) == ("订单发货通知", 1, 2, 1)
    assert parcel.disable_time == "1970-01-01T00:00:00Z"
    assert parcel.creation_time.endswith("Z")
    assert next((param.name, param.type, param.max_length) for param in parcel.params) == ("param1", "string", 100)
    assert {(info.factory_type, info.state) for info in parcel.factory_info} == {
        ("HuaWei", 1),
        ("XiaoMi", 1),
        ("VIVO", 1),
        ("SAMSUNG", 1),
    }
    page = json.loads(parcel.pages)[0]
    assert page["style"]["width"] == 360
    assert {item["type"] for item in page["content"]} == {"image", "text", "button"}
    assert parcel.preview_url.endswith("/c/preview/600000002")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"tpl_id": "600000005"}, {"600000005"}),
        ({"tpl_name": "通知"}, {"600000001", "600000002"}),
        ({"tpl_name": "%"}, set()),
        ({"factory_type": ["MEIZU"]}, {"600000001", "600000003", "600000007"}),
        ({"factory_type": ["MEIZU", "XIAOMI"], "has_param": True}, {"600000002", "600000005", "600000006"}),
        ({"tpl_type": "private"}, set()),
        ({"tpl_type": "public", "limit": 1, "offset": 11}, {"600000012"}),
        ({"begin_time": "2019-10-12T07:20:50Z", "end_time": "2019-10-13T07:20:50.522Z"}, set()),
    ],
)
async def test_filters_narrow_the_list(db: Database, world: CardWorld, query: dict, expected: set[str]) -> None:
    async with sdk(db, world) as (client, _):
        answer = await listed(client, **query)
    assert {one.tpl_id for one in answer.templates} == expected


async def test_only_status_leaves_documents_out(db: Database, world: CardWorld) -> None:
    async with sdk(db, world) as (client, _):
        answer = await listed(client, is_only_status=True)
    assert {(one.pages, one.params) for one in answer.templates} == {(None, None)}


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 101},
        {"limit": 0},
        {"offset": -1},
        {"tpl_type": "other"},
        {"factory_type": ["NOKIA"]},
        {"begin_time": "2026-01-01T00:00:00Z"},
        {"begin_time": "2026-01-02T00:00:00Z", "end_time": "2026-01-01T00:00:00Z"},
        {"begin_time": "yesterday", "end_time": "today"},
    ],
)
async def test_a_wrong_query_names_its_field(db: Database, world: CardWorld, query: dict) -> None:
    async with sdk(db, world) as (client, _):
        with pytest.raises(ClientRequestException) as caught:
            await listed(client, **query)
    assert (caught.value.status_code, caught.value.error_code) == (400, "KM.90016803")
    assert next(iter(query)) in caught.value.error_msg


async def test_presets_are_written_once(world: CardWorld) -> None:
    async with world.db.begin() as uow:
        assert await world.smart.life.seed_public(uow) == 0
        page = await world.smart.list_templates(uow, system_actor().tenant_id, TemplateFilter())
    assert page.total == 12
