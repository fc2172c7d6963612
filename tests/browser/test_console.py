"""The console in a browser: from signing in to a card on a phone."""

import csv
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from support.browser import sign_in
from support.doors import (
    Company,
    csv_of,
    phones,
    send_and_wait,
    signed,
    unique,
)
from support.doors import start as start_task

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
NewPage = Callable[..., Awaitable[Page]]
_LARGE = 40_000


def _rows(numbers: list[str]) -> bytes:
    return csv_of(numbers, 会员称呼=[f"会员{i}" for i in range(len(numbers))])


async def _send(company: Company, numbers: list[str], **fields: Any) -> dict[str, Any]:
    """Send to numbers and return the task when it is over."""
    async with signed(company) as api:
        return await send_and_wait(api, company.templates["member"], _rows(numbers), **fields)


async def _start(company: Company, numbers: list[str], **fields: Any) -> str:
    """Start a send and return the task's id."""
    async with signed(company) as api:
        return str((await start_task(api, company.templates["member"], _rows(numbers), **fields))["task_id"])


async def _confirm(page: Page, action: str) -> None:
    """Press a button of the page and the same one in the dialog that asks whether it is meant."""
    await page.get_by_role("button", name=action).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name=action).click()
    await expect(dialog).to_have_count(0)


async def test_a_stranger_signs_in_and_gets_the_page_asked_for(new_page: NewPage, company: Company) -> None:
    page = await new_page()
    await page.goto("/send-tasks?state=finished")
    # given that the page says it is a demo before anybody has signed in
    await expect(page.get_by_text("演示 DEMO")).to_be_visible()
    # when the password is wrong
    await sign_in(page, company.user, "not the password")
    await expect(page.get_by_role("alert")).to_be_visible()
    assert "/sign-in" in page.url
    # and then right
    await sign_in(page, company.user, company.password)
    # then the page is the one that was asked for
    await expect(page.get_by_role("heading", name="发送任务管理")).to_be_visible()
    assert page.url.endswith("/send-tasks?state=finished")
    await expect(page.locator("[data-demo-mark]")).to_be_visible()


async def test_from_the_list_over_the_details_to_a_card_on_the_phone(page: Page, company: Company) -> None:
    # given a finished task to two phones that show cards and one that does not
    name = unique("卡片")
    (capable, other), (plain,) = phones(2, can_show=True), phones(1, can_show=False)
    task = await _send(company, [capable, other, plain], name=name, fallback="sms")
    assert task["states"] == {"delivered": 3}
    # when it is looked for in the list
    await page.get_by_role("link", name="发送任务管理").click()
    await page.get_by_role("textbox", name="任务名称").fill(name)
    await page.get_by_role("button", name="查询").click()
    await page.get_by_role("link", name=name).click()
    # then the details count what was parsed and sent
    await expect(page.locator("[data-figure=imported] dd").first).to_have_text("3")
    await expect(page.locator("[data-figure=capable] dd").first).to_contain_text("2")
    await expect(page.locator("[data-figure=incapable]")).to_contain_text("降级为普通短信")
    await expect(page.locator("[data-count=delivered]")).to_have_text("3")
    # and the numbers are masked until somebody asks for one
    await page.get_by_label("手机号码").fill(capable)
    await page.get_by_role("search").last.get_by_role("button", name="查询").click()
    row = page.locator("tr[data-row-key]")
    await expect(row).to_have_count(1)
    await expect(row.locator("[data-phone]")).to_have_text(f"{capable[:3]}****{capable[-4:]}")
    await row.get_by_role("button", name="查看完整号码").click()
    await expect(row.locator("[data-phone]")).to_have_text(capable)
    # and the number leads to its phone, which shows the card and the text
    async with page.expect_popup() as opened:
        await row.get_by_role("link", name="在虚拟手机上查看").click()
    phone = await opened.value
    await expect(phone.locator(".card")).to_be_visible()
    await phone.get_by_role("button", name="显示原文").click()
    await expect(phone.get_by_text("您的会员权益已更新")).to_be_visible()
    # and the phone's report that it showed the card is counted
    await expect(page.locator("[data-figure=resolved] dd").first).to_contain_text("1", timeout=30_000)


async def test_progress_comes_to_list_and_overview_by_itself(page: Page, company: Company) -> None:
    # given an open list
    await page.goto("/send-tasks")
    await expect(page.get_by_role("heading", name="发送任务管理")).to_be_visible()
    # when somebody else starts a task
    name = unique("直播")
    await _start(company, phones(2_000, can_show=False), name=name, fallback="sms")
    # then it appears, moves, and ends without a reload
    row = page.locator("tr[data-row-key]", has_text=name)
    await expect(row.locator("[data-state=finished]")).to_be_visible(timeout=60_000)
    await expect(row.locator("[data-progress='100']")).to_be_visible()
    await expect(row).to_contain_text("2,000 / 2,000")


async def test_a_task_is_started_paused_and_resumed(page: Page, company: Company) -> None:
    # given a task large enough to be still sending when it is paused, which waits for a person to start it
    numbers = [str(13_700_000_000 + i) for i in range(_LARGE)]
    task_id = await _start(company, numbers, name=unique("暂停"), fallback="sms", start_when_ready=False)
    await page.goto(f"/send-tasks/{task_id}")
    state = page.locator("h1 [data-state]")
    # when it is started, paused, and resumed
    await _confirm(page, "开始发送")
    await expect(state).to_have_text("发送中")
    await _confirm(page, "暂停")
    await expect(state).to_have_text("已暂停")
    await _confirm(page, "恢复发送")
    # then every message arrives once
    await expect(state).to_have_text("发送完成", timeout=90_000)
    await expect(page.locator("[data-count=delivered]")).to_have_text(f"{_LARGE:,}")


async def test_a_scheduled_task_is_cancelled_only_after_confirming(page: Page, company: Company) -> None:
    later = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    task_id = await _start(company, phones(3, can_show=True), name=unique("取消"), send_at=later)
    await page.goto(f"/send-tasks/{task_id}")
    state = page.locator("h1 [data-state]")
    await expect(state).to_have_text("定时待发送")
    await page.get_by_role("button", name="取消任务").click()
    await page.get_by_role("dialog").get_by_role("button", name="不，返回").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(state).to_have_text("定时待发送")
    await page.get_by_role("button", name="取消任务").click()
    await page.get_by_role("dialog").get_by_role("button", name="取消任务").click()
    await expect(state).to_have_text("已取消")
    await expect(page.get_by_role("button", name="取消任务")).to_have_count(0)


async def test_filters_live_in_the_url_and_decide_what_is_downloaded(page: Page, company: Company) -> None:
    # given a task of which one number got nothing
    (capable,), (plain,) = phones(1, can_show=True), phones(1, can_show=False)
    task = await _send(company, [capable, plain], name=unique("筛选"), fallback="none")
    assert task["states"] == {"delivered": 1, "skipped": 1}
    await page.goto(f"/send-tasks/{task['task_id']}")
    # when a state is chosen among the counts
    await page.locator(".legend").get_by_role("button", name="未发送").click()
    # then the URL says so, and a reload shows the same
    await page.wait_for_url("**?state=skipped")
    await page.reload()
    row = page.locator("tr[data-row-key]")
    await expect(row).to_have_count(1)
    await expect(row).to_contain_text(f"****{plain[-4:]}")
    # and the export holds these messages alone, masked
    await page.get_by_role("button", name="导出").click()
    await page.get_by_role("menuitem", name="导出（号码脱敏）").click()
    await page.get_by_role("button", name="前往下载中心").click()
    export = page.locator("[data-table=downloads] tr[data-row-key]").first
    await expect(export.locator("[data-state=done]")).to_be_visible(timeout=60_000)
    async with page.expect_download() as download:
        await export.get_by_role("link", name="下载").click()
    file = await (await download.value).path()
    header, *messages = csv.reader(file.read_text("utf-8-sig").splitlines())
    assert [message[header.index("手机号码")] for message in messages] == [f"{plain[:3]}****{plain[-4:]}"]
    # and Back shows the filtered list again, then all of them
    await page.go_back()
    await expect(row).to_have_count(1)
    # the messages of one number come at once: what the download centre keeps names none
    await page.get_by_label("手机号码").fill(plain)
    await page.get_by_role("button", name="查询").click()
    async with page.expect_download() as download:
        await page.get_by_role("link", name="下载明细").click()
    await expect(row).to_have_count(1)
    await page.go_back()
    await page.go_back()
    await expect(row).to_have_count(2)


async def test_the_language_is_chosen_and_kept(page: Page) -> None:
    await page.get_by_role("button", name="切换语言").click()
    await page.get_by_role("menuitem", name="English").click()
    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    assert await page.locator("html").get_attribute("lang") == "en"
    await expect(page.get_by_text("DEMO", exact=True)).to_be_visible()


async def test_who_may_only_read_sees_no_way_to_act(new_page: NewPage, company: Company) -> None:
    later = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    task_id = await _start(company, phones(2, can_show=True), name=unique("只读"), send_at=later)
    page = await new_page()
    await page.goto(f"/send-tasks/{task_id}")
    await sign_in(page, company.user.replace("/admin", "/reader"), company.password)
    await expect(page.locator("h1 [data-state]")).to_have_text("定时待发送")
    for name in ("取消任务", "导出", "查看完整号码"):
        await expect(page.get_by_text(name)).to_have_count(0)
    # and signing out leads back to the form
    await page.get_by_role("button", name="用户菜单").click()
    await page.get_by_role("menuitem", name="退出登录").click()
    await expect(page.get_by_role("button", name="登录", exact=True)).to_be_visible()


async def test_keyboard_and_wrong_addresses_find_their_way(page: Page) -> None:
    await page.goto("/no-such-page")
    await expect(page.get_by_text("页面不存在")).to_be_visible()
    await page.get_by_role("link", name="返回总览").click()
    await expect(page.get_by_role("heading", name="总览")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("heading", name="总览")).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="跳到主要内容")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#main")).to_be_focused()
