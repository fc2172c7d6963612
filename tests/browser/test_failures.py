"""What people meet when something fails: pages say so and read again, forms say what is wrong and where."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
from playwright.async_api import Browser, Page, Route, expect
from playwright.async_api import TimeoutError as WaitedInVain

from support.browser import sign_in
from support.console_pages import button, row
from support.doors import PARCEL_CARD, Company, phones
from support.installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.pages, pytest.mark.timeout(180)]
NewPage = Callable[..., Awaitable[Page]]
_BUSY = {"code": "kernel.busy", "title": "系统繁忙，请稍后再试。", "status": 503}


async def _open(new_page: NewPage, company: Company, path: str) -> Page:
    page = await new_page()
    await page.goto(path)
    await sign_in(page, company.user, company.password)
    return page


async def test_pages_that_cannot_be_read_say_so_and_read_again(
    chromium: Browser, installation: Installation, company: Company
) -> None:
    env, url = installation.env, installation.url
    people = {
        (company.user, company.password): (
            ("/callbacks", "callbacks"),
            ("/send-details", "send-details"),
            ("/card-templates", "card-templates"),
            ("/reports/downloads", "exports"),
        ),
        (env["HONGYAN_OPERATOR_USER"], env["HONGYAN_OPERATOR_PASSWORD"]): (
            ("/alarms", "alarms"),
            ("/system", "system"),
        ),
    }

    async def refuse(route: Route) -> None:
        await route.fulfill(status=503, content_type="application/problem+json", json=_BUSY)

    for (user, password), pages in people.items():
        # Not one of `new_page`, which fails its test for answers like these.
        context = await chromium.new_context(base_url=url, locale="zh-CN", reduced_motion="reduce")
        page = await context.new_page()
        await page.goto("/")
        await sign_in(page, user, password)
        await page.wait_for_url("**/overview")
        for path, resource in pages:
            # given the server cannot answer for a page
            where = f"{url}/console/api/{resource}*"
            await page.route(where, refuse)
            await page.goto(path)
            # then it says so in the reader's language, without an empty list beside it
            trouble = page.locator(".ant-result-error")
            await expect(trouble).to_contain_text("系统繁忙，请稍后再试。")
            await expect(page.locator("[data-table] .ant-empty")).to_have_count(0)
            # when it can again, the page is read without being left
            await page.unroute(where, refuse)
            with suppress(WaitedInVain):
                # Pages that read now and then by themselves may have been faster.
                await button(trouble, "重试").click(timeout=3_000)
            await expect(trouble).to_have_count(0)
            await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await context.close()


async def test_an_address_of_another_scheme_is_refused_at_its_field(new_page: NewPage, company: Company) -> None:
    page = await _open(new_page, company, "/callbacks")
    before = company.console().get("/callbacks")
    await (
        button(page.locator("[data-kind='aim.template']"), "配置")
        .or_(button(page.locator("[data-kind='aim.template']"), "修改"))
        .click()
    )
    drawer = page.get_by_role("dialog")
    await drawer.get_by_label("回执地址").fill("ftp://hook.example.com/receipts")
    await button(drawer, "确定").click()
    await expect(drawer.locator(".ant-form-item-explain-error")).to_be_visible()
    assert company.console().get("/callbacks") == before


async def test_a_number_to_which_nothing_went_is_said_to_have_nothing(new_page: NewPage, company: Company) -> None:
    [stranger] = phones(1, can_show=False)
    page = await _open(new_page, company, f"/send-details?phone={stranger}")
    await expect(page.locator("[data-table=send-details] .ant-empty")).to_contain_text("没有符合条件")


async def test_a_public_card_is_not_the_tenant_s_to_delete(new_page: NewPage, company: Company) -> None:
    page = await _open(new_page, company, f"/card-templates?tab=public&id={PARCEL_CARD}")
    found = row(page, PARCEL_CARD)
    await expect(button(found, "预览")).to_be_visible()
    await expect(button(found, "删除")).to_have_count(0)
    assert company.console().ask("DELETE", f"/card-templates/{PARCEL_CARD}").status_code in {404, 409}
