"""自定义跳转链接管理 and 发送任务明细 in a browser: a landing page from the form to the send form, every number sent to."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from support.browser import axe, sign_in
from support.cloud import Desk
from support.console_pages import button, row
from support.doors import PLAIN_CARD, Company, phones, unique, until
from support.installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.pages, pytest.mark.timeout(300)]
NewPage = Callable[..., Awaitable[Page]]


async def _open(new_page: NewPage, company: Company, path: str) -> Page:
    page = await new_page()
    await page.goto(path)
    await sign_in(page, company.user, company.password)
    return page


async def test_a_landing_page_is_handed_in_refused_changed_and_picked(
    new_page: NewPage, demo: Company, desk: Desk, installation: Installation
) -> None:
    page = await _open(new_page, demo, "/jump-links")
    name = unique("会员日")
    url = f"https://shop.example.com/{unique('m')}"
    await button(page, "新增跳转链接").click()
    drawer = page.get_by_role("dialog")
    # what is no address is refused in the form, one with a user name by the back end, both at the field
    await drawer.get_by_label("链接名称").fill(name)
    await drawer.get_by_label("跳转链接").fill("shop.example.com")
    await button(drawer, "确定").click()
    await expect(drawer.locator(".ant-form-item-explain-error")).to_contain_text("http://")
    await drawer.get_by_label("跳转链接").fill("https://someone@shop.example.com/")
    await button(drawer, "确定").click()
    await expect(drawer.locator(".ant-form-item-explain-error")).to_contain_text("http(s)")
    assert await axe(page) == []
    await drawer.get_by_label("跳转链接").fill(url)
    await page.keyboard.press("Enter")
    mine = row(page, name)
    await expect(mine.locator("[data-state=reviewing]")).to_have_text("审核中")
    assert await axe(page) == []
    # the desk sees what it is and turns it down, with the reason in the list
    reviewer = await new_page()
    await reviewer.goto(f"/reviews?text={name}")
    await sign_in(reviewer, installation.env["HONGYAN_REVIEWER_USER"], installation.env["HONGYAN_REVIEWER_PASSWORD"])
    await expect(reviewer.locator("tr[data-row-key]").first).to_contain_text("自定义跳转链接")
    desk.reject("campaigns.jump_link", "页面打不开", name)
    await expect(mine.locator("[data-state=rejected]")).to_be_visible(timeout=30_000)
    await expect(mine).to_contain_text("页面打不开")
    await button(mine, "修改").click()
    drawer = page.get_by_role("dialog").filter(has_text="修改并重新提交")
    await expect(drawer).to_contain_text("页面打不开")
    await drawer.get_by_label("跳转链接").fill(f"{url}?v=2")
    await button(drawer, "确定").click()
    await expect(mine.locator("[data-state=reviewing]")).to_be_visible()
    desk.approve("campaigns.jump_link", name)
    await expect(mine.locator("[data-state=approved]")).to_have_text("通过", timeout=30_000)
    await button(mine, "详情").click()
    await expect(page.get_by_role("dialog").filter(has_text=name)).to_contain_text("页面打不开")
    await page.keyboard.press("Escape")
    # the send form offers it by its name
    await page.goto("/send-tasks/new")
    await page.get_by_label("自定义跳转链接").fill(name)
    await page.locator(".ant-select-dropdown:visible .ant-select-item-option", has_text=name).click()
    await expect(page.get_by_label("自定义跳转链接")).to_have_value(f"{url}?v=2")
    # deletion says what stays
    await page.goto("/jump-links")
    await button(mine, "删除").click()
    dialog = page.get_by_role("dialog").filter(has_text="仍跳转到原地址")
    await button(dialog, "删除").click()
    await expect(mine).to_have_count(0)


async def test_every_number_is_found_with_its_life(new_page: NewPage, demo: Company) -> None:
    console = demo.console()
    number, other = phones(2, can_show=True)
    name = unique("明细")
    body = {
        "name": name,
        "card_template_id": PLAIN_CARD,
        "sms_template_id": demo.templates["member"],
        "rows": [{"phone": one, "values": ["王女士"]} for one in (number, other)],
    }
    task = console.act("POST", "/send-tests", body)
    until("the task is over", lambda: console.get(f"/send-tasks/{task['task_id']}")["is_final"])
    page = await _open(new_page, demo, "/send-details")
    await expect(page.get_by_text("显示最近 24 小时的信息")).to_be_visible()
    await expect(row(page, name)).to_have_count(2)
    assert await axe(page) == []
    # by the task's name, then by its id
    await page.get_by_label("任务名称/ID").fill(name)
    await page.locator(".ant-select-dropdown:visible .ant-select-item-option", has_text=name).click()
    await button(page, "查询").click()
    await expect(page).to_have_url(f"/send-details?task={task['task_id']}")
    await expect(page.locator("tr[data-row-key]")).to_have_count(2)
    # one number of it: its life, and its messages as a file
    await page.get_by_label("手机号码").fill(number)
    await page.keyboard.press("Enter")
    found = page.locator("tr[data-row-key]")
    await expect(found).to_have_count(1)
    await expect(found.locator("[data-phone]")).to_have_text(f"{number[:3]}****{number[-4:]}")
    await button(found, "查看过程").click()
    await expect(page.locator("[data-life]")).to_contain_text("已提交运营商")
    await page.keyboard.press("Escape")
    async with page.expect_download() as coming:
        await page.get_by_role("link", name="下载明细").click()
    path = await (await coming.value).path()
    assert len(Path(path).read_text("utf-8-sig").splitlines()) == 2
    # without task and number a span over a day is refused at its field
    await button(page, "重置").click()
    await page.goto("/send-details?from=2026-11-01T08:00:00&to=2026-11-03T08:00:00")
    await expect(page.locator("[data-table=send-details]")).to_contain_text("时间跨度不能超过 24 小时")
    await button(page, "查询").click()
    await expect(page.locator(".ant-form-item-explain-error")).to_contain_text("24 小时")
    await button(page, "最近1小时").click()
    await expect(row(page, name)).to_have_count(2)
    await button(page, "导出").click()
    await page.get_by_role("menuitem", name="导出（号码脱敏）").click()
    await button(page, "前往下载中心").click()
    export = page.locator("[data-table=downloads] tr[data-row-key]").first
    await expect(export).to_contain_text("发送任务明细")
    await expect(export.locator("[data-state=done]")).to_be_visible(timeout=60_000)
