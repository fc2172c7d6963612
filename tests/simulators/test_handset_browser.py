"""A person with a phone: the card, the text behind it, a tap, and a message that arrives while one looks."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, async_playwright, expect
from starlette.applications import Starlette

from hongyan.kernel.db.database import Database
from simulators.carriers.inbox import Inbox
from simulators.carriers.inbox_http import InboxServer
from simulators.handsets.inboxes import Inboxes
from simulators.handsets.phone import Handsets
from support.cards import DOMAIN, PARCEL_CARD, PARCEL_VALUES, SIGNATURE, CardWorld, card_world
from support.server import serving

CHROMIUM = os.environ.get("HONGYAN_TEST_CHROMIUM") or shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: set HONGYAN_TEST_CHROMIUM or install chromium"),
]
AT = "2026-11-22T08:00:00+00:00"


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


@asynccontextmanager
async def phone_of(world: CardWorld, inbox: Inbox) -> AsyncIterator[str]:
    async def no_uplink(*_: str) -> bool:
        return False

    server = InboxServer(inbox, no_uplink, list)
    await server.listen("127.0.0.1", 0)
    reader = Inboxes([f"http://127.0.0.1:{server.port}"])
    handsets = Handsets(reader, world.devices, world.platform, link_domains=[DOMAIN])
    async with serving(Starlette(routes=handsets.routes())) as url:
        yield url
    await reader.close()
    await server.close()


async def test_the_card_turns_into_its_text_and_back_and_a_tap_is_told(db: Database) -> None:
    async with card_world(db) as world, chromium() as browser:
        codes = [
            (await world.make_links(card=PARCEL_CARD, values=PARCEL_VALUES))[0],
            (await world.make_links())[0],
        ]
        number, inbox = world.number(can_show=True, vendor="HUAWEI"), Inbox()
        inbox.put(number, "1069001", f"【{SIGNATURE}】您的包裹已发出， {DOMAIN}/{codes[0]} 请查收", AT, 1)
        async with phone_of(world, inbox) as url:
            page = await browser.new_page()
            await page.goto(f"{url}/phone/{number}")
            card, text = page.get_by_text("您的包裹已发出", exact=True), page.get_by_text("请查收")
            await expect(card).to_be_visible()
            await expect(text).to_be_hidden()
            await page.get_by_role("button", name="显示原文").click()
            await expect(text).to_be_visible()
            await expect(card).to_be_hidden()
            await page.get_by_role("button", name="显示卡片").click()
            async with page.expect_response("**/events"):
                await page.get_by_text("联系客服").click()
            await expect(page.get_by_role("status")).to_have_text("拨打电话 4000000000")
            inbox.put(number, "1069001", f"【{SIGNATURE}】服务已开通 {DOMAIN}/{codes[1]} ", AT, 1)
            await expect(page.get_by_text("服务开通成功")).to_be_visible(timeout=10_000)
        async with db.begin() as uow:
            rows = await uow.fetch(
                "SELECT clicks, exposed_at IS NOT NULL FROM handsets_grants WHERE code = %s", (codes[0],)
            )
        assert rows == [(1, True)]


async def test_the_page_of_a_card_needs_no_script_and_breaks_no_policy(db: Database) -> None:
    async with card_world(db) as world, chromium() as browser:
        complaints: list[str] = []
        page = await browser.new_page(viewport={"width": 390, "height": 844})
        page.on("console", lambda message: complaints.append(message.text))
        for tpl_id in ("600000002", "600000007", "600000012"):
            await page.goto(f"{world.links_url}/c/preview/{tpl_id}")
            box = await page.locator("section.card").first.bounding_box()
            assert box is not None
            assert box["width"] == pytest.approx(366, abs=1)
            loaded = "[...document.images].every(image => image.complete && image.naturalWidth > 0)"
            assert await page.evaluate(loaded)
        assert complaints == []
