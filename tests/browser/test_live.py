"""What moves comes to open pages by one stream; where none is to be had, pages read for themselves."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, Request, expect

from support.browser import sign_in
from support.doors import Company, csv_of, phones, signed, start, unique

pytestmark = [pytest.mark.browser, pytest.mark.pages, pytest.mark.timeout(240)]
NewPage = Callable[..., Awaitable[Page]]


async def _start(company: Company, name: str) -> None:
    numbers = phones(1_500, can_show=False)
    rows = csv_of(numbers, 会员称呼=[f"会员{n}" for n in range(len(numbers))])
    async with signed(company) as api:
        await start(api, company.templates["member"], rows, name=name, fallback="sms")


async def test_all_pages_of_a_tab_share_one_stream(page: Page, company: Company) -> None:
    streams: list[str] = []

    def note(request: Request) -> None:
        if "/progress" in request.url or request.url.endswith("/console/api/live"):
            streams.append(request.url)

    page.on("request", note)
    names = [unique("直播") for _ in range(2)]
    await page.get_by_role("link", name="发送任务管理").click()
    await expect(page.get_by_role("heading", name="发送任务管理")).to_be_visible()
    for name in names:
        await _start(company, name)
    for name in names:
        row = page.locator("tr[data-row-key]", has_text=name)
        await expect(row.locator("[data-state=finished]")).to_be_visible(timeout=60_000)
    assert {url.rpartition("/")[2] for url in streams} == {"live"}
    assert len(streams) <= 2


async def test_without_a_stream_pages_read_for_themselves(new_page: NewPage, company: Company) -> None:
    page = await new_page()
    # a way that lets no stream through answers without one
    await page.route("**/console/api/live", lambda route: route.fulfill(status=204))
    await page.goto("/send-tasks")
    await sign_in(page, company.user, company.password)
    await expect(page.get_by_role("heading", name="发送任务管理")).to_be_visible()
    name = unique("轮询")
    await _start(company, name)
    row = page.locator("tr[data-row-key]", has_text=name)
    await expect(row.locator("[data-state=finished]")).to_be_visible(timeout=60_000)
