"""短消息配置(国内) in a browser: from a company that has filed nothing to a template in use, and what stands in the way."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest
from playwright.async_api import Locator, Page, expect

from support.browser import axe, sign_in
from support.doors import (
    Company,
    Console,
    approve_all,
    credit_code,
    file_papers,
    found_company,
    reviewer,
    unique,
    wait_set_up,
)
from support.installation import Installation
from support.office import picture

pytestmark = [pytest.mark.browser, pytest.mark.pages, pytest.mark.timeout(300)]
NewPage = Callable[..., Awaitable[Page]]
_LICENCE = {"name": "licence.png", "mimeType": "image/png", "buffer": picture()}


def _row(page: Page, text: str) -> Locator:
    return page.locator("tr[data-row-key]", has_text=text)


async def _choose(page: Page, label: str, option: str) -> None:
    await page.get_by_label(label, exact=True).click()
    await page.locator(".ant-select-dropdown:visible").get_by_text(option, exact=True).click()


async def _add_app(page: Page, name: str) -> None:
    await page.get_by_role("button", name="添加应用").click()
    drawer = page.get_by_role("dialog")
    await drawer.get_by_label("应用名称").fill(name)
    await drawer.get_by_role("button", name="确定").click()


async def _submit(page: Page, title: str) -> None:
    """Send the form and close the dialog that says it arrived."""
    await page.get_by_role("button", name="确 定").or_(page.get_by_role("button", name="确定")).click()
    dialog = page.get_by_role("dialog").filter(has_text=title)
    await expect(dialog).to_be_visible()
    await dialog.get_by_role("button", name="确认").or_(dialog.get_by_role("button", name="确 认")).click()


async def _fill_template(page: Page, name: str, app: str, signature: str) -> None:
    await page.get_by_label("模板名称").fill(name)
    await _choose(page, "所属应用", app)
    await _choose(page, "所属签名", f"{signature}-通知类")
    await page.get_by_label("模板内容").press_sequentially("尊敬的会员，您的快件已由")
    await page.get_by_role("button", name="插入其他变量").click()
    await page.get_by_label("变量 1 的说明").fill("配送员姓名")
    await page.get_by_label("变量 1 的示例").fill("王小明")
    await page.get_by_label("模板内容").press("End")
    await page.get_by_label("模板内容").press_sequentially("送出，详情 ")
    await page.get_by_role("button", name="插入解析标识变量").click()


async def test_from_nothing_to_a_template_in_use(new_page: NewPage, installation: Installation) -> None:
    # given a company that has filed nothing
    name = f"白鹭出行{uuid4().hex[:6]}"
    company = found_company(installation, name, unique("egret"), credit_code())
    desk = reviewer(installation)
    page = await new_page()
    await page.goto("/sms-apps")
    await sign_in(page, company.user, company.password)
    # then the pages say what is missing, and lead there
    await expect(page.locator("[data-missing=filing]").get_by_role("link")).to_have_attribute("href", "/filings")
    await expect(page.get_by_role("button", name="添加应用")).to_be_disabled()
    # when the filing is approved, an app is added
    file_papers(company)
    approve_all(desk)
    await expect(page.locator("[data-missing]")).to_have_count(0, timeout=30_000)
    await _add_app(page, "EGRET_1")
    await expect(_row(page, "EGRET_1").locator("[data-state=LAUNCHED]")).to_have_text("正常")
    assert await axe(page) == []
    # and a second one of that name is refused at its field
    await _add_app(page, "egret_1")
    drawer = page.get_by_role("dialog")
    await expect(drawer.locator(".ant-form-item-explain-error")).to_contain_text("已存在")
    await drawer.get_by_role("button", name="取消").or_(drawer.get_by_role("button", name="取 消")).click()
    await _add_signature(page, name)
    signature = _row(page, name)
    await expect(signature.locator("[data-state=PENDING_REVIEW]")).to_have_text("待审核")
    # and templates wait for it
    await page.goto("/sms-templates")
    await expect(page.locator("[data-missing=signature]")).to_be_visible()
    await _a_question_stands_above_the_form(page, desk, signature)
    # when the desk approves it, it gets its number
    approve_all(desk)
    found = company.console().get("/sms/signatures")["items"][0]["signature_id"]
    wait_set_up(company, found)
    await page.goto("/sms-signatures")
    await expect(signature.locator("[data-state=REVIEW_PASSED]")).to_have_text("处理完毕", timeout=30_000)
    await _template_in_use(page, desk, name)
    await _deletion_says_what_it_takes_along(page, name)


async def _a_question_stands_above_the_form(page: Page, desk: Console, row: Locator) -> None:
    waiting = desk.get("/reviews", state="pending", kind="sms.signature", limit=100)["items"]
    desk.act("POST", f"/reviews/{waiting[0]['review_id']}/ask-back", {"question": "用于哪个门店？"})
    await page.goto("/sms-signatures")
    await expect(row.locator("[data-state=REVIEW_NOT_PASS]")).to_have_text("请补充", timeout=30_000)
    await row.get_by_role("button", name="详情").click()
    await expect(page.locator("[data-reject-reason=asked]")).to_contain_text("用于哪个门店？")
    await page.get_by_role("link", name="修改并重新提交").click()
    await expect(page.get_by_role("heading", name="修改签名")).to_be_visible()
    await expect(page.locator("[data-reject-reason=asked]")).to_contain_text("用于哪个门店？")
    assert await axe(page) == []
    await _submit(page, "提交成功")
    await page.wait_for_url("**/sms-signatures")
    await expect(row.locator("[data-state=PENDING_REVIEW]")).to_have_text("待审核")


async def _add_signature(page: Page, name: str) -> None:
    await page.goto("/sms-signatures")
    await page.get_by_role("button", name="添加签名").click()
    await expect(page.get_by_role("heading", name="添加签名")).to_be_visible()
    # a name that tells nobody who sends is objected to while it is typed
    await page.get_by_label("签名名称").fill("客服中心")
    await expect(page.locator("[data-objection=neutral_name]")).to_be_visible()
    await page.get_by_label("签名名称").fill(name)
    await expect(page.locator("[data-look='0']")).to_be_visible()
    await _choose(page, "所属应用", "EGRET_1")
    # and without the licence the form is not sent
    await page.get_by_role("button", name="确定").click()
    await expect(page.get_by_text("请上传营业执照")).to_be_visible()
    await page.locator("input[type=file]").set_input_files(files=[_LICENCE])
    await expect(page.get_by_text("licence.png")).to_be_visible()
    assert await axe(page) == []
    await _submit(page, "提交成功")
    await page.wait_for_url("**/sms-signatures")


async def _template_in_use(page: Page, desk: Console, signature: str) -> None:
    await page.goto("/sms-templates")
    await page.get_by_role("button", name="添加模板").click()
    await expect(page.get_by_role("heading", name="添加模板")).to_be_visible()
    # when a promise of marketing is typed into a notice
    await page.get_by_label("模板内容").fill("【白鹭】限时优惠")
    await expect(page.locator("[data-objection=marketing_in_notice]").first).to_contain_text("可能被驳回")
    await expect(page.locator("[data-objection=symbol]").first).to_contain_text("不符合规则")
    # and the text is written anew
    await page.get_by_label("模板内容").fill("")
    await _fill_template(page, "派件通知", "EGRET_1", signature)
    # then the look finds nothing, counts, and shows what arrives
    await expect(page.locator("[data-look='0']")).to_be_visible()
    await expect(page.locator(".phone-bubble")).to_contain_text(f"【{signature}】尊敬的会员，您的快件已由王小明送出")
    await expect(page.locator("[data-figure=parts] dd").first).to_have_text("1")
    assert await axe(page) == []
    await _submit(page, "提交成功")
    await page.wait_for_url("**/sms-templates")
    row = _row(page, "派件通知")
    await expect(row.locator("[data-state=reviewing]")).to_have_text("待审核")
    # when it is taken back, it can be modified and comes filled in
    await row.get_by_role("button", name="撤回").click()
    await page.get_by_role("dialog").get_by_role("button", name="撤回").click()
    await row.get_by_role("button", name="修改").click()
    await expect(page.get_by_role("heading", name="修改模板")).to_be_visible()
    await expect(page.get_by_label("模板内容")).to_have_value("尊敬的会员，您的快件已由${1}送出，详情 ${2}")
    await expect(page.get_by_label("变量 1 的说明")).to_have_value("配送员姓名")
    await page.get_by_label("模板名称").fill("派件提醒")
    await _submit(page, "提交成功")
    row = _row(page, "派件提醒")
    await expect(row.locator("[data-state=reviewing]")).to_be_visible()
    # when the desk approves it, the list shows it in use without a reload
    approve_all(desk)
    await expect(row.locator("[data-state=active]")).to_have_text("审核通过-激活", timeout=30_000)
    await row.get_by_role("button", name="详情").click()
    await expect(page.get_by_role("dialog").get_by_text("审核通过", exact=True)).to_be_visible()
    await page.keyboard.press("Escape")
    # and the filter by state finds it, and survives a reload
    await page.goto("/sms-templates?state=rejected")
    await expect(page.get_by_text("没有符合条件的记录")).to_be_visible()


async def _deletion_says_what_it_takes_along(page: Page, name: str) -> None:
    await page.goto("/sms-signatures")
    await _row(page, name).get_by_role("button", name="删除").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.locator("[data-consequences]")).to_contain_text("派件提醒")
    await expect(dialog.locator("[data-consequences]")).to_contain_text("通道号")
    await dialog.get_by_role("button", name="删除").click()
    await expect(page.get_by_text("还没有短消息签名")).to_be_visible()


async def test_a_rejected_template_shows_why_and_many_are_deleted_at_once(
    page: Page, company: Company, installation: Installation
) -> None:
    # given two copies of a template of the demo company
    owner = company.console()
    old = owner.get("/sms/templates", state="active")["items"][0]
    names = [unique("副本") for _ in range(2)]
    fields = ("signature_id", "template_content", "variable_attributes")
    made = [owner.act("POST", "/sms/templates", {**{f: old[f] for f in fields}, "template_name": n}) for n in names]
    # when the desk rejects one
    desk = reviewer(installation)
    waiting = desk.get("/reviews", state="pending", kind="sms.template", limit=100)["items"]
    review = next(item for item in waiting if item["subject_id"] == made[0]["template_id"])
    desk.act("POST", f"/reviews/{review['review_id']}/reject", {"reason": "用途不明"})
    # then its details say why
    await page.goto(f"/sms-templates?id={made[0]['template_id']}")
    row = _row(page, names[0])
    await expect(row.locator("[data-state=rejected]")).to_be_visible(timeout=30_000)
    await row.get_by_role("button", name="详情").click()
    await expect(page.locator("[data-reject-reason=rejected]")).to_contain_text("用途不明")
    # and so does the form in which it is modified
    await page.get_by_role("link", name="修改并重新提交").click()
    await expect(page.get_by_role("heading", name="修改模板")).to_be_visible()
    await expect(page.locator("[data-reject-reason=rejected]")).to_contain_text("用途不明")
    assert await axe(page) == []
    # and both go at once, after asking
    await page.goto("/sms-templates")
    for name in names:
        await _row(page, name).get_by_role("checkbox").check()
    await page.get_by_role("button", name="批量删除（2）").click()
    await page.get_by_role("dialog").get_by_role("button", name="批量删除（2）").click()
    for name in names:
        await expect(_row(page, name)).to_have_count(0)


async def test_answers_to_texts_are_set_where_the_signature_is(page: Page, company: Company) -> None:
    # given a signature that answers nothing
    name = company.console().get("/sms/signatures", state="REVIEW_PASSED")["items"][0]["signature_name"]
    await page.goto("/sms-signatures")
    await _row(page, name).first.get_by_role("button", name="详情").click()
    answers = page.locator("[data-answers]")
    await expect(answers.locator("[data-answer=opt_out]")).to_contain_text("未设置")
    # when an answer has a link
    await answers.get_by_role("button", name="设置自动回复").click()
    await answers.get_by_label("退订确认").fill("已退订，见 https://example.com/a")
    await answers.get_by_role("button", name="保存").click()
    # then its field says so
    await expect(answers.locator(".ant-form-item-explain-error")).to_contain_text("不能包含链接")
    # and without one it is kept, and shown as phones see it
    await answers.get_by_label("退订确认").fill("您已退订，不再向您发送。")
    await answers.get_by_role("button", name="保存").click()
    await expect(answers.locator("[data-answer=opt_out]")).to_contain_text(f"【{name}】您已退订")
    await page.reload()
    await _row(page, name).first.get_by_role("button", name="详情").click()
    await expect(answers.locator("[data-answer=opt_out]")).to_contain_text("您已退订")
    # turned off again, as it was
    await answers.get_by_role("button", name="设置自动回复").click()
    await answers.get_by_label("退订确认").fill("")
    await answers.get_by_role("button", name="保存").click()
    await expect(answers.locator("[data-answer=opt_out]")).to_contain_text("未设置")


async def test_who_may_only_read_sees_no_way_to_act(new_page: NewPage, company: Company) -> None:
    page = await new_page()
    await page.goto("/sms-signatures")
    await sign_in(page, company.user.replace("/admin", "/reader"), company.password)
    await expect(page.locator("tr[data-row-key]").first).to_be_visible()
    for path, add in (("sms-apps", "添加应用"), ("sms-signatures", "添加签名"), ("sms-templates", "添加模板")):
        await page.goto(f"/{path}")
        await expect(page.locator("tr[data-row-key]").first).to_be_visible()
        for name in (add, "修改", "删除", "复制", "撤回"):
            await expect(page.get_by_role("button", name=name)).to_have_count(0)
    await page.goto("/sms-templates/new")
    await expect(page.get_by_text("没有权限")).to_be_visible()
