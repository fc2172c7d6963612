"""Light, dark, or as the system has it: chosen in the header, kept for who chose it, and there before anything is painted."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, Route, expect

from support.browser import axe, sign_in
from support.doors import Company

pytestmark = [pytest.mark.browser, pytest.mark.pages, pytest.mark.timeout(240)]
NewPage = Callable[..., Awaitable[Page]]
_GROUND = "() => getComputedStyle(document.body).backgroundColor"
_DARK, _LIGHT = "rgb(16, 21, 27)", "rgb(244, 246, 249)"


async def _choose(page: Page, name: str) -> None:
    await page.get_by_role("button", name="切换主题").first.click()
    await page.get_by_role("menuitem", name=name).click()


async def test_the_dark_is_chosen_kept_and_painted_first(page: Page) -> None:
    html = page.locator("html")
    await expect(html).to_have_attribute("data-theme", "light")
    await _choose(page, "深色")
    await expect(html).to_have_attribute("data-theme", "dark")
    assert await page.evaluate(_GROUND) == _DARK
    # when the page comes again and its code is still on the way
    arrives = asyncio.Event()

    async def hold(route: Route) -> None:
        await arrives.wait()
        await route.continue_()

    await page.route("**/assets/*.js", hold)
    await page.reload(wait_until="commit")
    await page.wait_for_function("() => document.body !== null && document.styleSheets.length > 0")
    # then it is dark already
    await expect(html).to_have_attribute("data-theme", "dark")
    assert await page.evaluate(_GROUND) == _DARK
    assert await page.locator("#root > *").count() == 0
    arrives.set()
    await expect(page.get_by_role("heading", name="总览")).to_be_visible()
    # and following the system again, it is as the system is, also when that changes
    await _choose(page, "跟随系统")
    await expect(html).to_have_attribute("data-theme", "light")
    await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    await expect(html).to_have_attribute("data-theme", "dark")


async def test_each_person_of_a_browser_has_their_own(page: Page, company: Company) -> None:
    html = page.locator("html")
    await _choose(page, "深色")
    await page.get_by_role("button", name="用户菜单").click()
    await page.get_by_role("menuitem", name="退出登录").click()
    # somebody else chooses the light
    await sign_in(page, company.user.replace("/admin", "/reader"), company.password)
    await page.wait_for_url("**/overview")
    await _choose(page, "浅色")
    assert await page.evaluate(_GROUND) == _LIGHT
    await page.get_by_role("button", name="用户菜单").click()
    await page.get_by_role("menuitem", name="退出登录").click()
    # and the first one has the dark again
    await sign_in(page, company.user, company.password)
    await page.wait_for_url("**/overview")
    await expect(html).to_have_attribute("data-theme", "dark")


@pytest.mark.parametrize("width", [1280, 390])
async def test_nobody_is_kept_out_in_the_dark(new_page: NewPage, company: Company, width: int) -> None:
    page = await new_page(width=width)
    await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    await page.goto("/sign-in")
    await expect(page.get_by_role("heading", level=2)).to_be_visible()
    findings = {"/sign-in": await axe(page)}
    await sign_in(page, company.user, company.password)
    await page.wait_for_url("**/overview")
    for path in (
        "/overview",
        "/send-tasks",
        "/sms-signatures",
        "/reports/sends",
        "/settings",
        "/styleguide",
        "/filings",
    ):
        await page.goto(path)
        await expect(page.locator("h1")).to_be_visible()
        await expect(page.locator(".ant-skeleton")).to_have_count(0)
        findings[path] = await axe(page)
    assert {path: found for path, found in findings.items() if found} == {}
