"""报表统计 in a browser: the reports show what was sent, and what is exported is found in the download centre."""

import csv
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from support.browser import sign_in
from support.doors import Company, csv_of, phones, send_and_wait, signed, unique

pytestmark = [pytest.mark.browser, pytest.mark.pages, pytest.mark.timeout(240)]
NewPage = Callable[..., Awaitable[Page]]


async def _send(company: Company, count: int) -> str:
    numbers = phones(count, can_show=True)
    rows = csv_of(numbers, 会员称呼=[f"会员{n}" for n in range(count)])
    async with signed(company) as api:
        task = await send_and_wait(api, company.templates["member"], rows, name=unique("报表"), fallback="sms")
    return str(task["task_id"])


async def test_a_send_is_reported_and_its_report_downloaded(page: Page, company: Company) -> None:
    # given something was sent
    await _send(company, 3)
    # when the report is opened from the menu
    await page.get_by_role("link", name="智能信息发送报表").click()
    await expect(page.get_by_role("heading", name="智能信息发送报表")).to_be_visible()
    # then today's row, the sums and the chart show it
    row = page.locator("[data-table=send-report] tr[data-row-key]").first
    await expect(row).to_be_visible()
    await expect(page.locator("[data-figure=submitted] dd").first).not_to_have_text("0")
    await expect(page.locator("[data-line=delivered]")).to_be_visible()
    # and months are asked for in the URL
    await page.goto("/reports/sends?by=month")
    await expect(page.get_by_text("每月趋势")).to_be_visible()
    # when it is exported
    await page.get_by_role("button", name="导出", exact=True).click()
    await page.get_by_role("button", name="前往下载中心").click()
    # then the file is made, and holds the report
    await expect(page.get_by_role("heading", name="下载中心")).to_be_visible()
    export = page.locator("[data-table=downloads] tr[data-row-key]").first
    await expect(export.locator("[data-state=done]")).to_be_visible(timeout=60_000)
    async with page.expect_download() as download:
        await export.get_by_role("link", name="下载").click()
    file = await download.value
    assert file.suggested_filename.startswith("智能信息发送报表-")
    header, *rows = csv.reader((await file.path()).read_text("utf-8-sig").splitlines())
    assert header[:4] == ["日期", "模板ID", "模板名称", "提交号码总数"]
    assert sum(int(row[3]) for row in rows) >= 3


async def test_video_sends_are_reported_by_template(page: Page, company: Company) -> None:
    # given the report of a company, opened from the menu
    await page.get_by_role("link", name="智能信息基础版报表").click()
    await expect(page.get_by_role("heading", name="智能信息基础版报表")).to_be_visible()
    found = company.console().get("/reports/videos", by="template")
    await expect(page.locator("[data-figure=total] dd").first).to_have_text(f"{found['sums']['total']:,}")
    # when it is asked for by template
    await page.get_by_label("报表类型").click()
    await page.locator(".ant-select-dropdown:visible").get_by_text("模板报表", exact=True).click()
    await page.get_by_role("button", name="查询").click()
    # then the address says so, and the export is ordered with what is shown
    await page.wait_for_url("**/reports/videos?by=template")
    await expect(page.locator("[data-table=video-report] th", has_text="日期")).to_have_count(0)
    await page.get_by_role("button", name="导出", exact=True).click()
    await page.get_by_role("button", name="前往下载中心").click()
    export = page.locator("[data-table=downloads] tr[data-row-key]").first
    await expect(export).to_contain_text("报表类型：模板报表")
    await expect(export.locator("[data-state=done]")).to_be_visible(timeout=60_000)
    # and a span that is too long is refused on the page
    await page.goto("/reports/videos?from=2024-01-01&to=2026-11-01")
    await expect(page.get_by_text("时间范围超过 366 天")).to_be_visible()


async def test_a_span_that_is_too_long_is_refused_on_the_page(page: Page) -> None:
    await page.goto("/reports/templates?from=2026-01-01&to=2026-11-01")
    await expect(page.get_by_text("时间范围超过 90 天")).to_be_visible()


async def test_who_may_only_read_exports_reports_but_no_audit_log(new_page: NewPage, company: Company) -> None:
    page = await new_page()
    await page.goto("/reports/downloads")
    await sign_in(page, company.user.replace("/admin", "/reader"), company.password)
    await expect(page.get_by_role("heading", name="下载中心")).to_be_visible()
    await page.get_by_label("导出内容").click()
    await expect(page.get_by_title("智能信息发送报表")).to_be_visible()
    await expect(page.get_by_title("操作日志")).to_have_count(0)
