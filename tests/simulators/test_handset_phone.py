"""The virtual handset: inboxes over HTTP, cards from the resolver, and what a browser makes of the page."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from starlette.applications import Starlette

from hongyan.kernel.db.database import Database
from simulators.carriers.inbox import Inbox
from simulators.carriers.inbox_http import InboxServer
from simulators.handsets.inboxes import Inboxes
from simulators.handsets.phone import Handsets
from support.cards import DOMAIN, PARCEL_CARD, PARCEL_VALUES, SIGNATURE, CardWorld, browser, card_world
from support.server import free_port, serving

ROOT = Path(__file__).parents[2]
AT = "2026-11-22T08:00:00+00:00"


@pytest.fixture
async def world(db: Database) -> AsyncIterator[CardWorld]:
    async with card_world(db) as made:
        yield made


@asynccontextmanager
async def phones(world: CardWorld, *inboxes: Inbox) -> AsyncIterator[str]:
    """Serve the inboxes and the handsets; gives the handsets' URL."""

    async def no_uplink(*_: str) -> bool:
        return False

    servers = [InboxServer(inbox, no_uplink, list) for inbox in inboxes]
    for server in servers:
        await server.listen("127.0.0.1", 0)
    reader = Inboxes([f"http://127.0.0.1:{server.port}" for server in servers])
    handsets = Handsets(reader, world.devices, world.platform, link_domains=[DOMAIN])
    try:
        async with serving(Starlette(routes=handsets.routes())) as url:
            yield url
    finally:
        await reader.close()
        for server in servers:
            await server.close()


async def get(url: str) -> str:
    async with browser() as client:
        answer = await client.get(url)
    assert answer.status_code == 200
    return answer.text


async def rendered(world: CardWorld) -> int:
    async with world.db.begin() as uow:
        rows = await uow.fetch("SELECT count(*) FROM handsets_grants WHERE rendered_at IS NOT NULL")
    return int(rows[0][0])


async def test_a_capable_phone_draws_the_card_and_counts_once(world: CardWorld) -> None:
    code = (await world.make_links(card=PARCEL_CARD, values=PARCEL_VALUES))[0]
    number, inbox = world.number(can_show=True, vendor="HUAWEI"), Inbox()
    inbox.put(number, "1069001", f"【{SIGNATURE}】您的包裹已发出， {DOMAIN}/{code} 请查收", AT, 1)
    async with phones(world, inbox) as url:
        page = await get(f"{url}/phone/{number}")
        await get(f"{url}/phone/{number}/messages")
    assert "王女士，您购买的商品已交给承运商。" in page
    assert "显示原文" in page
    assert "显示卡片" in page
    assert "A&lt;b&gt;1" in page
    assert await rendered(world) == 1


async def test_a_phone_that_cannot_shows_the_text_with_its_link(world: CardWorld) -> None:
    code = (await world.make_links())[0]
    number, inbox = world.number(can_show=False), Inbox()
    inbox.put(number, "1069001", f"【{SIGNATURE}】服务已开通 {DOMAIN}/{code} <b>", AT, 1)
    async with phones(world, inbox) as url:
        page = await get(f"{url}/phone/{number}/messages")
    assert f'href="http://{DOMAIN}/{code}"' in page
    assert "&lt;b&gt;" in page
    assert "as-card" not in page
    assert await rendered(world) == 0


async def test_a_link_without_a_blank_is_no_link(world: CardWorld) -> None:
    code = (await world.make_links())[0]
    number, inbox = world.number(can_show=True, vendor="HUAWEI"), Inbox()
    inbox.put(number, "1069001", f"【{SIGNATURE}】点击{DOMAIN}/{code}查看", AT, 1)
    async with phones(world, inbox) as url:
        assert "has-card" not in await get(f"{url}/phone/{number}/messages")


async def test_a_wrong_signature_leaves_the_text_and_says_why(world: CardWorld) -> None:
    code = (await world.make_links())[0]
    number, inbox = world.number(can_show=True, vendor="HUAWEI"), Inbox()
    inbox.put(number, "1069001", f"【别家】服务已开通 {DOMAIN}/{code} ", AT, 1)
    async with phones(world, inbox) as url:
        page = await get(f"{url}/phone/{number}/messages")
    assert "短信签名与链接不符" in page
    assert await rendered(world) == 0


async def test_several_carriers_make_one_list(world: CardWorld) -> None:
    mobile, unicom = Inbox(), Inbox()
    mobile.put("13800138000", "1069001", "first", AT, 1)
    unicom.put("13000000001", "1069002", "second", AT, 1)
    async with phones(world, mobile, unicom) as url:
        page = await get(f"{url}/")
    assert "138 0013 8000" in page
    assert "130 0000 0001" in page


async def test_taps_and_views_reach_the_platform(world: CardWorld) -> None:
    code = (await world.make_links())[0]
    number, inbox = world.number(can_show=True, vendor="HUAWEI"), Inbox()
    inbox.put(number, "1069001", f"【{SIGNATURE}】服务已开通 {DOMAIN}/{code} ", AT, 1)
    async with phones(world, inbox) as url, browser() as client:
        await client.get(f"{url}/phone/{number}")
        for kind in ("exposed", "clicked"):
            answer = await client.post(f"{url}/phone/{number}/events", json={"kind": kind, "code": code, "position": 4})
            assert answer.status_code == 200
        strange = await client.post(f"{url}/phone/{number}/events", json={"kind": "clicked", "code": "other"})
        assert strange.status_code == 400
    async with world.db.begin() as uow:
        assert await uow.fetch("SELECT exposed_at IS NOT NULL, clicks FROM handsets_grants") == [(True, 1)]


async def test_a_resolver_that_is_away_is_asked_again(world: CardWorld) -> None:
    code = (await world.make_links())[0]
    number, inbox = world.number(can_show=True, vendor="HUAWEI"), Inbox()
    inbox.put(number, "1069001", f"【{SIGNATURE}】服务已开通 {DOMAIN}/{code} ", AT, 1)
    async with phones(world, inbox) as url:
        world.platform.resolver = "http://127.0.0.1:9"
        assert "解析服务无应答" in await get(f"{url}/phone/{number}/messages")
        world.platform.resolver = world.links_url
        assert "has-card" in await get(f"{url}/phone/{number}/messages")


async def test_the_process_starts_and_ends_with_a_signal() -> None:
    command = ["-m", "simulators.handsets", "--port", str(free_port()), "--resolver", "http://127.0.0.1:9"]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        "--vendor-secret",
        "s",
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "tools")},
        stdout=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(20):
        assert process.stdout is not None
        assert b'"port"' in await process.stdout.readline()
        process.terminate()
        assert await process.wait() == 0
