"""The account's pages in a browser: people, access keys, the audit log, the own sign-in with a second factor."""

import asyncio
import base64
import csv
import io
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Page, expect

from hongyan.rooms.identity.rules.one_time_codes import code_at, step_of
from support.browser import sign_in
from support.doors import Company, unique
from support.installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.pages, pytest.mark.timeout(300)]
NewPage = Callable[..., Awaitable[Page]]
OWN_PASSWORD = "My-Very-Own-9"


def code_of(secret: str, *, ahead: int = 0) -> str:
    """Return what an authenticator app shows, now or a step ahead (which a clock may be)."""
    return code_at(base64.b32decode(secret), step_of(datetime.now(UTC)) + ahead)


async def _create_user(page: Page, name: str, role: str) -> str:
    """Create a user on the page of people and return the password that was made."""
    await page.goto("/users")
    await page.get_by_role("button", name="创建用户").click()
    drawer = page.get_by_role("dialog")
    await drawer.get_by_label("用户名").fill(name)
    await drawer.get_by_role("checkbox", name=role).check()
    await drawer.get_by_role("button", name="随机生成").click()
    password = await drawer.get_by_label("初始密码").input_value()
    await drawer.get_by_role("button", name="确定").click()
    await expect(page.get_by_role("row", name=name)).to_be_visible()
    return password


async def test_a_new_user_chooses_a_password_and_adds_a_second_factor(page: Page, new_page: NewPage) -> None:
    name = unique("lilei").replace(" ", "-")
    password = await _create_user(page, name, "只读用户")
    # the first sign-in asks for a password of one's own
    other = await new_page()
    await other.goto("/settings")
    await sign_in(other, name, password)
    await other.get_by_label("设置新密码").fill(OWN_PASSWORD)
    await other.get_by_label("确认新密码").fill(OWN_PASSWORD)
    await other.get_by_role("button", name="继续").click()
    await expect(other.get_by_role("heading", name="个人设置")).to_be_visible()
    # when a second factor is added
    await other.get_by_role("button", name="开启两步验证").click()
    await other.get_by_label("当前密码").fill(OWN_PASSWORD)
    await other.get_by_role("button", name="下一步").click()
    await expect(other.get_by_role("img", name="两步验证二维码").locator("svg")).to_be_visible()
    secret = await other.locator("[data-secret]").inner_text()
    await other.get_by_label("验证码", exact=True).fill(code_of(secret))
    await other.get_by_role("button", name="确认开启").click()
    await expect(other.locator("[data-recovery-codes] li")).to_have_count(10)
    codes = await other.locator("[data-recovery-codes] li").all_inner_texts()
    assert len(set(codes)) == 10
    await other.get_by_label("我已保存恢复码").check()
    await other.get_by_role("button", name="知道了").click()
    await expect(other.locator("[data-state=on]")).to_be_visible()
    # then the next sign-in asks for a code, and refuses a wrong one
    third = await new_page()
    await third.goto("/settings")
    await sign_in(third, name, OWN_PASSWORD)
    await third.get_by_label("验证码").fill("12345")
    await third.get_by_role("button", name="继续").click()
    await expect(third.get_by_text("验证码错误或已使用过")).to_be_visible()
    await third.get_by_label("验证码").fill(code_of(secret, ahead=1))
    await third.get_by_role("button", name="继续").click()
    await expect(third.get_by_role("heading", name="个人设置")).to_be_visible()
    # and the session before is ended from here
    sessions = third.locator("tr[data-row-key]")
    await expect(sessions.nth(1)).to_be_visible()
    await third.get_by_role("button", name="结束其他所有会话").click()
    await third.get_by_role("dialog").get_by_role("button", name="结束其他所有会话").click()
    await expect(sessions).to_have_count(1)
    # the administrator sees the second factor and takes it off
    await page.reload()
    row = page.get_by_role("row", name=name)
    await expect(row.get_by_text("已开启")).to_be_visible()
    await row.get_by_role("button", name="解除两步验证").click()
    await page.get_by_role("dialog").get_by_role("button", name="解除两步验证").click()
    await expect(row.get_by_text("未开启")).to_be_visible()


async def test_a_key_is_shown_once_rotated_and_deleted(page: Page) -> None:
    text = unique("密钥")
    await page.get_by_role("link", name="访问密钥").click()
    await page.get_by_role("button", name="新增访问密钥").click()
    await page.get_by_role("dialog").get_by_label("描述").fill(text)
    await page.get_by_role("dialog").get_by_role("button", name="确定").click()
    first = await page.locator("[data-secret]").inner_text()
    async with page.expect_download() as downloading:
        await page.get_by_role("button", name="下载 CSV").click()
    saved = await asyncio.to_thread(Path(await (await downloading.value).path()).read_text)
    head, row = csv.reader(io.StringIO(saved))
    assert head == ["User Name", "Access Key Id", "Secret Access Key"]
    assert row[2] == first
    await page.get_by_label("我已保存 SK").check()
    await page.get_by_role("button", name="知道了").click()
    await page.reload()
    shown = page.get_by_role("row", name=text)
    await expect(shown).to_contain_text(row[1])
    await expect(page.get_by_text(first)).to_have_count(0)
    # rotated: the same AK, another SK
    await shown.get_by_role("button", name="轮换").click()
    await expect(page.get_by_text("旧 SK 在 2 秒内失效")).to_be_visible()
    await page.get_by_role("button", name="确认轮换").click()
    second = await page.locator("[data-secret]").inner_text()
    assert second != first
    await page.get_by_label("我已保存 SK").check()
    await page.get_by_role("button", name="知道了").click()
    for action in ("停用", "删除"):
        await shown.get_by_role("button", name=action).click()
        await page.get_by_role("dialog").get_by_role("button", name=action).click()
        await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(shown).to_have_count(0)


async def test_the_log_is_filtered_by_its_address_and_tells_details(page: Page, company: Company) -> None:
    await page.goto("/audit?action=session.sign_in")
    await expect(page.get_by_role("cell", name="登录", exact=True).first).to_be_visible()
    name = company.user.rpartition("/")[2]
    await page.get_by_label("操作人").fill(name)
    await page.get_by_role("button", name="查询").click()
    # what the address asked for stays, whether or not the names of actions had arrived
    wanted = {"action": ["session.sign_in"], "user": [name]}
    await page.wait_for_url(lambda url: parse_qs(urlsplit(url).query) == wanted)
    await page.get_by_role("button", name="详情").first.click()
    await expect(page.get_by_role("dialog")).to_contain_text("session.sign_in")
    await page.keyboard.press("Escape")
    # the file that is made in the background holds what the page shows
    await page.get_by_role("button", name="导出").click()
    await page.get_by_role("button", name="前往下载中心").click()
    export = page.locator("[data-table=downloads] tr[data-row-key]").first
    await expect(export).to_contain_text("操作：登录")
    await expect(export.locator("[data-state=done]")).to_be_visible(timeout=60_000)
    async with page.expect_download() as downloading:
        await export.get_by_role("link", name="下载").click()
    saved = await asyncio.to_thread(Path(await (await downloading.value).path()).read_bytes)
    rows = list(csv.reader(io.StringIO(saved.decode("utf-8-sig"))))
    assert {row[4] for row in rows[1:]} == {"session.sign_in"}


async def test_who_may_not_see_people_and_the_log_has_no_pages_of_them(
    page: Page, new_page: NewPage, installation: Installation
) -> None:
    name = unique("reader").replace(" ", "-")
    password = await _create_user(page, name, "只读用户")
    other = await new_page()
    await other.goto(f"{installation.url}/settings")
    await sign_in(other, name, password)
    await other.get_by_label("设置新密码").fill(OWN_PASSWORD)
    await other.get_by_label("确认新密码").fill(OWN_PASSWORD)
    await other.get_by_role("button", name="继续").click()
    await expect(other.get_by_role("link", name="个人设置")).to_be_visible()
    for hidden in ("用户管理", "访问密钥", "审计日志"):
        await expect(other.get_by_role("link", name=hidden)).to_have_count(0)
    await other.goto("/users")
    await expect(other.get_by_text("没有权限")).to_be_visible()
