"""智能信息配置 and 解析任务 in a browser: card templates, receipt addresses, link domains, links that one sends oneself."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from support.browser import axe, sign_in
from support.card_documents import of_layout
from support.cloud import Client, Desk, eventually
from support.console_pages import button, row
from support.doors import PARCEL_CARD, PLAIN_CARD, Company, unique
from support.office import PDF

pytestmark = [pytest.mark.browser, pytest.mark.pages, pytest.mark.timeout(300)]
NewPage = Callable[..., Awaitable[Page]]


async def _open(new_page: NewPage, company: Company, path: str) -> Page:
    page = await new_page()
    await page.goto(path)
    await sign_in(page, company.user, company.password)
    return page


def _own_template(cloud: Client, desk: Desk, company: Company, name: str) -> str:
    """Hand a card template in and have it approved by the desk and a vendor."""
    made = cloud.raw("POST", "/v1/aim/templates", of_layout("PureText", name, ["HUAWEI"]))
    assert made.status_code == 200, made.text
    tpl_id = str(made.json()["data"]["tpl_id"])
    desk.approve("smart.template", name)
    console = company.console()
    eventually(
        "a vendor passed it", lambda: console.get(f"/card-templates/{tpl_id}")["template"]["audit_state"] == "passed"
    )
    return tpl_id


async def test_card_templates_are_found_looked_at_and_taken_out_of_use(
    new_page: NewPage, demo: Company, cloud: Client, desk: Desk
) -> None:
    name = unique("新品")
    tpl_id = _own_template(cloud, desk, demo, name)
    page = await _open(new_page, demo, "/card-templates")
    # my templates: found by name, with what the vendor said
    await page.get_by_label("模板名称").fill(name)
    await page.keyboard.press("Enter")
    mine = row(page, tpl_id)
    await expect(mine.locator("[data-state=passed]")).to_have_text("审核通过")
    await expect(mine.locator("[data-state='HUAWEI:enabled']")).to_have_text("华为 ✓")
    assert await axe(page) == []
    # the card on a phone, what taps do, what the desk said
    await button(mine, "预览").click()
    drawer = page.get_by_role("dialog").filter(has_text=name)
    await expect(drawer.frame_locator("iframe").get_by_text("拒收请回复R").first).to_be_visible()
    await expect(drawer).to_contain_text("长文本")
    await expect(drawer).to_contain_text("审核通过")
    assert await axe(page) == []
    await page.keyboard.press("Escape")
    # out of use, with a reason, and back
    await button(mine, "禁用").click()
    await page.get_by_label("禁用原因").fill("活动结束")
    await button(page.get_by_role("dialog").filter(has_text="禁用"), "禁用").click()
    await expect(mine.locator("[data-state=disabled]")).to_have_text("禁用")
    await button(mine, "启用").click()
    await button(page.get_by_role("dialog").filter(has_text="启用"), "启用").click()
    await expect(mine.locator("[data-state=enabled]")).to_have_text("启用")
    # deletion wants the name
    await button(mine, "删除").click()
    dialog = page.get_by_role("dialog").filter(has_text="删除后不能恢复")
    await button(dialog, "删除").click()
    await expect(dialog.locator(".ant-form-item-explain-error")).to_be_visible()
    await dialog.get_by_role("textbox").fill(name)
    await button(dialog, "删除").click()
    await expect(mine).to_have_count(0)


async def test_public_templates_lead_to_sending_and_to_links(new_page: NewPage, demo: Company) -> None:
    page = await _open(new_page, demo, "/card-templates?tab=public")
    parcel = row(page, PARCEL_CARD)
    await expect(parcel.locator("[data-state='HUAWEI:enabled']")).to_be_visible()
    await page.get_by_label("版式类型").fill("海报")
    await page.locator(".ant-select-dropdown:visible").get_by_text("海报", exact=True).click()
    await button(page, "查询").click()
    await expect(parcel).to_have_count(0)
    await button(page, "重置").click()
    await button(parcel, "发送信息").click()
    await expect(page.get_by_role("heading", name="发送智能信息")).to_be_visible()
    assert page.url.endswith(f"/send-tasks/new?card={PARCEL_CARD}")
    await page.go_back()
    await button(parcel, "生成解析标识").click()
    await expect(page.locator(f"[data-card-phone='{PARCEL_CARD}']")).to_be_visible()


async def test_links_for_single_customers_are_made_and_downloaded(new_page: NewPage, demo: Company) -> None:
    page = await _open(new_page, demo, f"/resolve-tasks/new?card={PARCEL_CARD}")
    name = unique("解析")
    await page.get_by_label("任务名称").fill(name)
    await page.locator("#links_signatures").fill("鸿雁演示企业")
    await page.keyboard.press("Enter")
    rows = page.get_by_label("短链明细")
    # a row that lacks values is refused at the field
    await rows.fill("13800138000,王女士")
    await button(page, "生成").click()
    await expect(page.locator(".ant-form-item-explain-error")).to_contain_text("第 1 行的列数不对")
    await rows.fill(
        "13800138000,王女士,A1,鸿雁速运,明天\n会员-7\t李先生\tA2\t鸿雁速运\t后天\thttps://www.example.com/7"
    )
    await expect(page.locator("[data-rows='2']")).to_be_visible()
    assert await axe(page) == []
    await button(page, "生成").click()
    await expect(page.get_by_role("heading", name=name)).to_be_visible()
    await expect(row(page, "138****8000").locator("[data-state=unresolved]")).to_have_text("未解析")
    assert await axe(page) == []
    async with page.expect_download() as coming:
        await page.get_by_role("link", name="下载短链").click()
    path = await (await coming.value).path()
    assert Path(path).read_text("utf-8-sig").splitlines()[1].startswith("13800138000,https://")
    await page.goto("/resolve-tasks")
    await expect(row(page, name)).to_contain_text("2 / 2")
    await page.goto("/resolve-details?flag=13800138000")
    await expect(row(page, name)).to_have_count(1)
    assert await axe(page) == []


async def test_links_come_out_of_a_file_of_customers(new_page: NewPage, demo: Company) -> None:
    page = await _open(new_page, demo, f"/resolve-tasks/new?card={PARCEL_CARD}")
    name = unique("文件")
    await page.get_by_label("任务名称").fill(name)
    await page.locator("#links_signatures").fill("鸿雁演示企业")
    await page.keyboard.press("Enter")
    await page.get_by_label("文件上传").check()
    files = page.locator("input[type=file]")
    # a file without the card's values is refused at the field
    await files.set_input_files(
        {"name": "plain.csv", "mimeType": "text/csv", "buffer": "手机号码\n13800138000\n".encode()}
    )
    await expect(page.locator("[data-file-state=parsed]")).to_contain_text("有效号码 1 个")
    await button(page, "生成").click()
    await expect(page.locator(".ant-form-item-explain-error")).to_contain_text("文件缺少参数列")
    await page.get_by_role("button", name="移除 plain.csv").click()
    text = "手机号码,param1,param2,param3,param4\n13800138000,王女士,A1,鸿雁速运,明天\n12,李先生,A2,鸿雁速运,后天\n"
    await files.set_input_files({"name": "customers.csv", "mimeType": "text/csv", "buffer": text.encode()})
    await expect(page.locator("[data-file-state=parsed]")).to_contain_text("无效 1 个")
    assert await axe(page) == []
    await button(page, "生成").click()
    await expect(page.get_by_role("heading", name=name)).to_be_visible()
    await expect(row(page, "138****8000").locator("[data-state=unresolved]")).to_have_text("未解析")


async def test_a_group_s_link_is_one(new_page: NewPage, demo: Company) -> None:
    page = await _open(new_page, demo, f"/resolve-tasks/new?card={PLAIN_CARD}")
    name = unique("群发")
    await page.get_by_label("任务名称").fill(name)
    await page.get_by_label("群发").check()
    await page.locator("#links_signatures").fill("鸿雁演示企业")
    await page.keyboard.press("Enter")
    await page.get_by_label("有效期").fill("180")
    await page.get_by_label("最大解析条数").fill("5000")
    # where a tap leads must be an address: the server says so at the link
    await button(page, "生成").click()
    await expect(page.get_by_role("heading", name=name)).to_be_visible()
    await expect(page.locator("[data-group-link]")).to_contain_text("https://")
    await expect(page.get_by_text("0 / 5,000")).to_be_visible()


async def test_a_domain_is_handed_in_checked_and_refused(new_page: NewPage, demo: Company, desk: Desk) -> None:
    page = await _open(new_page, demo, "/link-domains")
    name = f"{unique('d')}.example.invalid"
    await button(page, "新增域名").click()
    drawer = page.get_by_role("dialog")
    await drawer.get_by_label("域名名称").fill("https://example.com")
    await button(drawer, "确定").click()
    await expect(drawer.locator(".ant-form-item-explain-error")).to_contain_text("域名")
    await drawer.get_by_label("域名名称").fill(name)
    letter = {"name": "授权函.pdf", "mimeType": "application/pdf", "buffer": PDF}
    await drawer.locator("input[type=file]").set_input_files(letter)
    await expect(drawer.get_by_text("授权函.pdf")).to_be_visible()
    assert await axe(page) == []
    await button(drawer, "确定").click()
    mine = row(page, name)
    await expect(mine.locator("[data-state=reviewing]")).to_have_text("审核中")
    await button(mine, "检测").click()
    await expect(page.locator("[data-check=wrong]")).to_contain_text("未解析")
    await page.keyboard.press("Escape")
    desk.reject("campaigns.link_domain", "域名未备案", name)
    await expect(mine.locator("[data-state=rejected]")).to_be_visible(timeout=30_000)
    await expect(mine).to_contain_text("域名未备案")
    await button(mine, "详情").click()
    await expect(page.get_by_role("dialog").get_by_role("link", name="授权函.pdf")).to_be_visible()
    assert await axe(page) == []


async def test_a_receipt_address_is_set_tried_and_signed(new_page: NewPage, demo: Company) -> None:
    page = await _open(new_page, demo, "/callbacks")
    card = page.locator("[data-kind='aim.template']")
    await button(card, "配置").click()
    drawer = page.get_by_role("dialog")
    await drawer.get_by_label("回执地址").fill("http://10.0.0.1/hook")
    await button(drawer, "确定").click()
    await expect(drawer.locator(".ant-form-item-explain-error")).to_contain_text("私网")
    await drawer.get_by_label("回执地址").fill("https://hook.example.invalid/receipts")
    await drawer.get_by_label("备注").fill("模板状态")
    await button(drawer, "确定").click()
    await expect(card).to_contain_text("https://hook.example.invalid/receipts")
    assert await axe(page) == []
    await button(card, "测试").click()
    await expect(page.locator("[data-test-result=failed]")).to_contain_text("无法连接")
    await page.keyboard.press("Escape")
    await button(card, "推送记录").click()
    await expect(page.locator("[data-table='callback-log'] tr[data-row-key]").first).to_contain_text("无法连接")
    await button(page, "启用签名").click()
    await button(page.get_by_role("dialog"), "启用签名").click()
    secret = page.get_by_role("dialog").filter(has_text="签名密钥")
    await expect(secret.locator("[data-secret]")).to_contain_text("whsec_")
    await secret.get_by_role("checkbox").check()
    await button(secret, "知道了").click()
    await expect(button(page, "停用签名")).to_be_visible()
    assert await axe(page) == []
    await page.goto("/callbacks")
    await button(card, "删除").click()
    await button(page.get_by_role("dialog"), "删除").click()
    await expect(card.locator("[data-state=none]")).to_be_visible()
