"""发送智能信息 in a browser: from the form to a card on the simulated handset, and what stops a send."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from support.browser import sign_in
from support.doors import PLAIN_CARD, Company, csv_of, phones, unique
from support.installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.pages, pytest.mark.timeout(240)]
NewPage = Callable[..., Awaitable[Page]]


async def choose(page: Page, label: str, option: str) -> None:
    """Choose in a picker: by its label, then by a part of the option's text."""
    await page.get_by_label(label, exact=True).click()
    await page.locator(".ant-select-dropdown:visible .ant-select-item-option", has_text=option).first.click()


async def fill_in(page: Page, company: Company, name: str) -> None:
    """Open the form and choose card, SMS and name; the domain is the public one by itself."""
    await page.goto("/send-tasks")
    await page.get_by_role("link", name="发送智能信息").click()
    await expect(page.get_by_role("heading", name="发送智能信息")).to_be_visible()
    card = next(
        one
        for one in company.console().get("/send-form/card-templates", limit=100)["items"]
        if one["tpl_id"] == PLAIN_CARD
    )
    await page.get_by_label("智能信息模板", exact=True).fill(card["name"])
    await page.locator(".ant-select-dropdown:visible .ant-select-item-option", has_text=PLAIN_CARD).first.click()
    await choose(page, "短消息应用", f"{company.app_name}-国内")
    await choose(page, "短消息签名", "通知类")
    row = next(
        one
        for one in company.console().get("/sms/sendable")["items"]
        if one["template_id"] == company.templates["member"]
    )
    await choose(page, "短消息模板", row["template_name"])
    await page.get_by_label("任务名称").fill(name)


async def look_at(page: Page) -> None:
    """Press 号码解析 and wait for the counts."""
    await page.get_by_role("button", name="号码解析").click()
    await expect(page.locator("[data-parse=ready]")).to_be_visible()


async def test_from_the_form_to_the_card_on_a_phone(
    page: Page, company: Company, installation: Installation, tmp_path: Path
) -> None:
    # given a file with a phone that shows cards, one that does not, and a wrong number
    name, (capable,), (plain,) = unique("表单"), phones(1, can_show=True, vendor="HUAWEI"), phones(1, can_show=False)
    file = tmp_path / "会员.csv"
    file.write_bytes(csv_of([capable, plain, "12345"], 会员称呼=["王女士", "李先生", "无效"]))
    await fill_in(page, company, name)
    # then before there are numbers the preview shows the template's examples, in a frame that runs nothing
    frame = page.frame_locator("[data-preview] iframe")
    await expect(frame.locator(".card")).to_be_visible()
    await expect(page.locator("[data-parts]")).to_have_text("1 条")
    # when the file is uploaded and looked at
    await page.get_by_text("文件上传").click()
    await page.locator("#send_numbers input[type=file], input[type=file]").first.set_input_files(file)
    await expect(page.locator("[data-file-state=parsed]")).to_contain_text("数据获取已完成：共 3 行")
    await look_at(page)
    # then the counts say what becomes of whom
    for key, count in {"imported": "2", "invalid": "1", "capable": "1", "incapable": "1", "submitted": "1"}.items():
        await expect(page.locator(f"[data-parse] [data-figure={key}] dd").first).to_have_text(count)
    await page.get_by_label("降级为普通短信").check()
    await expect(page.locator("[data-parse] [data-figure=submitted] dd").first).to_have_text("2")
    await expect(page.locator("[data-parse] [data-estimate]")).to_contain_text("2 条短消息")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="下载不可解析号码数").click()
    assert plain in (await (await download.value).path()).read_text("utf-8-sig")
    # and each number is shown as it will be
    await expect(frame.locator(".card")).to_be_visible()
    await page.locator("[data-preview]").get_by_text("显示原文").click()
    await expect(page.locator("[data-preview] .phone-bubble")).to_contain_text("王女士")
    await page.get_by_role("button", name="下一个").click()
    await expect(page.locator("[data-row='1']")).to_contain_text("不可解析")
    await expect(page.locator("[data-preview] .phone-bubble")).to_contain_text("李先生")
    # when it is sent, after a look at what that means
    await page.get_by_role("button", name="发送", exact=True).click()
    dialog = page.get_by_role("dialog", name="发送信息确认")
    await expect(dialog.locator("[data-confirm-count]")).to_have_text("2")
    await dialog.get_by_role("button", name="确认").click()
    # then the list shows the new task, and the phone its card
    row = page.locator("tr[data-row-key]", has_text=name)
    await expect(row.locator("[data-new]")).to_be_visible()
    await expect(row.locator("[data-state=finished]")).to_be_visible(timeout=60_000)
    await page.goto(f"{installation.env['HONGYAN_HANDSET_URL']}/phone/{capable}")
    await expect(page.locator(".card")).to_be_visible()
    await page.get_by_role("button", name="显示原文").click()
    await expect(page.get_by_text("王女士")).to_be_visible()


async def test_what_is_missing_or_refused_is_said_at_its_field(page: Page, company: Company) -> None:
    await page.goto("/send-tasks/new")
    # when nothing is filled in
    await page.get_by_role("button", name="发送", exact=True).click()
    for text in ("请选择智能信息模板", "请选择短消息模板", "请输入任务名称"):
        await expect(page.locator(".ant-form-item-explain-error", has_text=text)).to_be_visible()
    # when everything is, but the numbers have not been looked at
    name, (one,) = unique("字段"), phones(1, can_show=True)
    await fill_in(page, company, name)
    await page.get_by_label("输入号码").fill(f"{one},王女士")
    await page.get_by_role("button", name="发送", exact=True).click()
    await expect(page.locator(".ant-form-item-explain-error", has_text="请先点击“号码解析”")).to_be_visible()
    # when they have, but a field is wrong: by its look on the page
    await look_at(page)
    jump = page.get_by_label("自定义跳转链接")
    refusal = page.locator(".ant-form-item", has_text="自定义跳转链接").locator(".ant-form-item-explain-error")
    await jump.fill("ftp://example.com")
    await page.get_by_role("button", name="发送", exact=True).click()
    await expect(refusal).to_be_visible()
    # or by what only the server knows
    await jump.fill("https://user:secret@example.com/")
    await expect(refusal).to_have_count(0)
    await page.get_by_role("button", name="发送", exact=True).click()
    await page.get_by_role("dialog").get_by_role("button", name="确认").click()
    await expect(refusal).to_be_visible()
    # and a reload keeps what was filled in, until it is thrown away
    await page.reload()
    await expect(page.get_by_label("任务名称")).to_have_value(name)
    await page.get_by_role("button", name="重置").click()
    await expect(page.get_by_label("任务名称")).to_have_value("")


async def test_a_test_send_reaches_the_phone(page: Page, company: Company) -> None:
    (one,) = phones(1, can_show=True)
    await fill_in(page, company, unique("试发"))
    await page.get_by_role("button", name="测试发送").click()
    dialog = page.get_by_role("dialog", name="测试发送")
    await dialog.get_by_label("手机号码 1").fill(one)
    await dialog.get_by_role("button", name="发送测试").click()
    await expect(dialog.get_by_text("测试信息已提交")).to_be_visible()


async def test_a_trial_takes_a_few_typed_numbers_only(page: Page, company: Company) -> None:
    await fill_in(page, company, unique("试发任务"))
    # given a file was wanted: a trial goes back to typing
    await page.get_by_text("文件上传").click()
    await page.locator("#send_is_trial").get_by_label("是").check()
    await expect(page.get_by_text("试发只能手动输入，最多 5 个号码。")).to_be_visible()
    await expect(page.get_by_label("文件上传")).to_be_disabled()
    # when six numbers are typed and looked at
    await page.get_by_label("输入号码").fill("\n".join(f"{one},王女士" for one in phones(6, can_show=True)))
    await look_at(page)
    await expect(page.locator("[data-resolves]")).to_have_text("最多 6 次解析，按解析成功次数计费。")
    # then that is said at the field, before anything is to be confirmed
    await page.get_by_role("button", name="发送", exact=True).click()
    await expect(page.locator(".ant-form-item-explain-error", has_text="试发最多 5 个号码")).to_be_visible()
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_large_file_is_refused_before_it_is_sent(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "large.csv"
    file.write_bytes(b"1" * (41 * 1024 * 1024))
    await page.goto("/send-tasks/new")
    await page.get_by_text("文件上传").click()
    await page.locator("input[type=file]").first.set_input_files(file)
    await expect(page.get_by_role("alert").filter(has_text="41 MB")).to_be_visible()


async def test_readers_are_not_offered_the_form(new_page: NewPage, company: Company) -> None:
    page = await new_page()
    await page.goto("/send-tasks")
    await sign_in(page, company.user.replace("/admin", "/reader"), company.password)
    await expect(page.get_by_role("heading", name="发送任务管理")).to_be_visible()
    await expect(page.get_by_role("link", name="发送智能信息")).to_have_count(0)
    await page.goto("/send-tasks/new")
    await expect(page.get_by_text("没有权限")).to_be_visible()
