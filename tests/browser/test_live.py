"""What moves comes to open pages by one stream; where none is to be had, pages read for themselves."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, Request, expect

from support.browser import axe, sign_in
from support.doors import (
    Company,
    credit_code,
    csv_of,
    file_papers,
    found_company,
    operator,
    phones,
    reviewer,
    signed,
    start,
    unique,
)
from support.installation import Installation

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
        path = urlsplit(request.url).path
        if "/progress" in path or path == "/console/api/live":
            streams.append(path)

    page.on("request", note)
    names = [unique("直播") for _ in range(2)]
    await page.get_by_role("link", name="发送任务管理").click()
    await expect(page.get_by_role("heading", name="发送任务管理")).to_be_visible()
    for name in names:
        await _start(company, name)
    for name in names:
        row = page.locator("tr[data-row-key]", has_text=name)
        await expect(row.locator("[data-state=finished]")).to_be_visible(timeout=60_000)
    assert set(streams) == {"/console/api/live"}
    assert len(streams) <= 2


async def test_without_a_stream_pages_read_for_themselves(new_page: NewPage, company: Company) -> None:
    page = await new_page()
    # a way that lets no stream through answers without one
    await page.route("**/console/api/live?*", lambda route: route.fulfill(status=204))
    await page.goto("/send-tasks")
    await sign_in(page, company.user, company.password)
    await expect(page.get_by_role("heading", name="发送任务管理")).to_be_visible()
    name = unique("轮询")
    await _start(company, name)
    row = page.locator("tr[data-row-key]", has_text=name)
    await expect(row.locator("[data-state=finished]")).to_be_visible(timeout=60_000)


async def test_the_platform_s_people_see_at_once_what_a_company_hands_in(
    new_page: NewPage, installation: Installation
) -> None:
    env = installation.env
    page = await new_page()
    await page.goto("/overview")
    await sign_in(page, env["HONGYAN_REVIEWER_USER"], env["HONGYAN_REVIEWER_PASSWORD"])
    # given the overview of somebody who reviews, and the queue in another tab
    await expect(page.locator("[data-desk]")).to_be_visible()
    assert await axe(page) == []
    queue, name = await page.context.new_page(), unique("直播公司")
    async with queue.expect_response("**/console/api/live?topic=reviews"):
        await queue.goto(f"/reviews?text={name}")
    await expect(queue.locator(".ant-empty")).to_be_visible()
    # when a company hands in its papers
    applicant = await asyncio.to_thread(found_company, installation, name, unique("live"), credit_code())
    await asyncio.to_thread(file_papers, applicant)
    # then both show it, long before they would read by themselves
    [row] = reviewer(installation).get("/reviews", state="pending", tenant_id=applicant.tenant_id)["items"]
    await expect(queue.locator(f"a[href*='{row['review_id']}']")).to_be_visible(timeout=5_000)
    await page.bring_to_front()
    await expect(page.locator("[data-row-key='enterprises.filing']")).to_be_visible(timeout=5_000)
    # and the overview leads to what it counts
    await page.locator("[data-row-key='enterprises.filing'] a").first.click()
    await expect(page).to_have_url(re.compile("kind=enterprises.filing"))
    await expect(page.locator(f"a[href*='{row['review_id']}']")).to_be_visible()


async def test_operators_see_at_once_what_another_one_does_to_a_channel(
    new_page: NewPage, installation: Installation
) -> None:
    env, other = installation.env, operator(installation)
    name = other.get("/channels")["items"][0]["name"]
    page = await new_page()
    async with page.expect_response("**/console/api/live?topic=channels&topic=unknowns"):
        await page.goto("/channels")
        await sign_in(page, env["HONGYAN_OPERATOR_USER"], env["HONGYAN_OPERATOR_PASSWORD"])
    paused = page.locator("tr[data-row-key]", has_text=name).locator("[data-state=paused]")
    for flow, count in (("paused", 1), ("running", 0)):
        await asyncio.to_thread(other.act, "PUT", f"/channels/{name}/flow", {"flow": flow})
        await expect(paused).to_have_count(count, timeout=5_000)
