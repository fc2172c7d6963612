"""What all pages of the console share: sessions that end in the middle of work, and nothing that keeps people out."""

import base64
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from support.browser import axe, too_wide
from support.doors import Company, csv_of, phones, send_and_wait, signed, unique
from support.installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.pages, pytest.mark.timeout(240)]
NewPage = Callable[..., Awaitable[Page]]
_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


async def test_a_session_that_ends_in_the_middle_of_work_loses_nothing(page: Page, company: Company) -> None:
    # given something filled in and not asked for yet
    await page.goto("/send-tasks")
    await page.get_by_role("textbox", name="任务名称").fill("还没查询")
    # when the session ends, which the page hears of when it reads again
    await page.context.clear_cookies()
    dialog = page.get_by_role("dialog", name="登录已失效")
    await expect(dialog).to_be_visible()
    assert page.url.endswith("/send-tasks")
    assert await axe(page) == []
    # and its user signs in again, at first with a wrong password
    await dialog.get_by_label("用户名").fill(company.user)
    await dialog.get_by_label("密码", exact=True).fill("wrong")
    await dialog.get_by_role("button", name="登录", exact=True).click()
    await expect(dialog.get_by_role("alert")).to_be_visible()
    await dialog.get_by_label("密码", exact=True).fill(company.password)
    await dialog.get_by_role("button", name="登录", exact=True).click()
    # then the page goes on as it was
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_role("textbox", name="任务名称")).to_have_value("还没查询")
    await page.get_by_role("button", name="查询", exact=True).click()
    await expect(page.get_by_text("没有符合条件的记录")).to_be_visible()


async def test_somebody_else_who_signs_in_starts_anew(page: Page, installation: Installation) -> None:
    await page.goto("/send-tasks")
    await page.get_by_role("textbox", name="任务名称").fill("不该留下")
    await page.context.clear_cookies()
    dialog = page.get_by_role("dialog", name="登录已失效")
    await dialog.get_by_label("用户名").fill(installation.env["HONGYAN_REVIEWER_USER"])
    await dialog.get_by_label("密码", exact=True).fill(installation.env["HONGYAN_REVIEWER_PASSWORD"])
    await dialog.get_by_role("button", name="登录", exact=True).click()
    await page.wait_for_url("**/overview")
    await expect(page.locator("[data-desk]")).to_be_visible()
    await expect(page.get_by_role("button", name="用户菜单: reviewer")).to_be_visible()


async def test_who_gives_up_the_page_signs_out(page: Page) -> None:
    await page.goto("/send-tasks")
    await expect(page.get_by_role("heading", name="发送任务管理")).to_be_visible()
    await page.context.clear_cookies()
    await page.get_by_role("button", name="放弃此页内容，退出登录").click()
    await page.wait_for_url("**/sign-in?next=%2Fsend-tasks")


@pytest.mark.parametrize(("locale", "width"), [("zh-CN", 1360), ("en-US", 390)])
async def test_no_page_keeps_people_out(
    new_page: NewPage, company: Company, installation: Installation, locale: str, width: int
) -> None:
    # given a page before sign-in
    page = await new_page(locale=locale, width=width)
    await page.goto("/sign-in")
    await expect(page.get_by_role("heading", level=2)).to_be_visible()
    findings = {"/sign-in": await axe(page)}
    # and all pages behind it, for a tenant and for the platform
    async with signed(company) as api:
        task = await send_and_wait(
            api,
            company.templates["member"],
            csv_of(phones(2, can_show=True), 会员称呼=["甲", "乙"]),
            name=unique("axe"),
        )
    env = installation.env
    for user, password, paths in (
        (
            company.user,
            company.password,
            (
                "/overview",
                "/send-tasks",
                f"/send-tasks/{task['task_id']}",
                "/styleguide",
                "/styleguide/wizard",
                "/nowhere",
            ),
        ),
        (env["HONGYAN_REVIEWER_USER"], env["HONGYAN_REVIEWER_PASSWORD"], ("/overview", "/reviews")),
    ):
        page = await new_page(locale=locale, width=width)
        await page.goto("/sign-in")
        await page.locator("#sign-in_user").fill(user)
        await page.locator("#sign-in_password").fill(password)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/overview")
        for path in paths:
            await page.goto(path)
            await expect(page.get_by_role("navigation").first).to_be_attached()
            await expect(page.locator(".ant-skeleton")).to_have_count(0)
            findings[f"{user} {path}"] = await axe(page)
            findings[f"{user} {path} in width"] = await too_wide(page)
    # then axe has nothing serious to say
    assert {path: found for path, found in findings.items() if found} == {}


async def test_a_refusal_shows_at_its_field_and_a_draft_survives_a_reload(page: Page) -> None:
    # given a form that is refused at a row of a field
    await page.goto("/styleguide")
    form = page.locator("form#sample")
    await form.get_by_label("名称").fill("草稿")
    await form.get_by_label("被拒绝的字段").fill("rows[2]")
    await form.get_by_role("button", name="提交", exact=True).click()
    # then the refusal stands there, and the keyboard is there
    await expect(form.get_by_label("数据")).to_be_focused()
    await expect(form.get_by_text("第 3 行：这里说明原因。")).to_be_visible()
    # and what was typed is there after a reload, until it is thrown away
    await page.wait_for_function("() => JSON.stringify(localStorage).includes('rows[2]')")
    await page.reload()
    await expect(form.get_by_label("名称")).to_have_value("草稿")
    await form.get_by_role("button", name="丢弃草稿").click()
    await expect(form.get_by_label("名称")).to_have_value("")


async def test_a_file_of_41_mb_is_refused_before_it_is_sent(page: Page, tmp_path: Path) -> None:
    await page.goto("/styleguide")
    large, picture = tmp_path / "large.zip", tmp_path / "seal.png"
    with large.open("wb") as file:
        file.truncate(41 * 1024 * 1024)
    picture.write_bytes(_PNG)
    chooser = page.locator("form#sample input[type=file]")
    await chooser.set_input_files(large)
    await expect(page.get_by_role("alert").filter(has_text="large.zip")).to_contain_text(
        "41 MB，超过 40 MB 的限制，未上传"
    )
    # a picture shows as such: the page's policy lets it
    await chooser.set_input_files(picture)
    shown = page.get_by_role("img", name="预览 seal.png")
    await expect(shown).to_be_visible()
    assert await shown.evaluate("(image) => image.naturalWidth") == 1
