"""The way of a new customer in two browsers: from an empty tenant to a card on a phone, with the reviewer's part."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from support.browser import axe
from support.console_pages import Reviewer, choose, give_paper, hand_in, open_as, open_service, row, submit
from support.doors import PASSWORD, PLAIN_CARD, credit_code, operator, phones, unique
from support.installation import Installation
from support.office import picture

pytestmark = [pytest.mark.browser, pytest.mark.pages, pytest.mark.timeout(600)]
NewPage = Callable[..., Awaitable[Page]]
_LICENCE = {"name": "licence.png", "mimeType": "image/png", "buffer": picture()}
_APP, _TEMPLATE = "EGRET_QUICK", "派件通知"


def _found(installation: Installation) -> tuple[str, str]:
    """Let the platform make a tenant that has done nothing yet; returns its company's name and its administrator."""
    desk, domain, name = operator(installation), unique("quick"), f"白鹭快递{unique('').lstrip('-')}"
    body = {"legal_name": name, "short_name": name[:6], "credit_code": credit_code(), "domain_name": domain}
    tenant = desk.act("POST", "/tenants", body)
    desk.act("PATCH", f"/tenants/{tenant['id']}", {"real_name": "verified"})
    desk.act("POST", f"/tenants/{tenant['id']}/users", {"name": "owner", "password": PASSWORD, "roles": ["te_admin"]})
    return name, f"{domain}/owner"


async def _file(page: Page) -> None:
    await page.goto("/filings")
    scene = page.locator("[data-scene=smart_send]")
    await scene.get_by_role("button", name="填写发送任务备案信息").click()
    await give_paper(page, "business_licence", is_picture=True)
    for field in ("material_commitment", "signature_authorisation"):
        await give_paper(page, field)
    await hand_in(page)
    await expect(scene.locator("[data-state=reviewing]").first).to_be_visible()


async def _add_app(page: Page) -> None:
    await page.goto("/sms-apps")
    await page.get_by_role("button", name="添加应用").click()
    drawer = page.get_by_role("dialog")
    await drawer.get_by_label("应用名称").fill(_APP)
    await drawer.get_by_role("button", name="确定").click()
    await expect(row(page, _APP).locator("[data-state=LAUNCHED]")).to_have_text("正常")


async def _add_signature(page: Page, name: str) -> None:
    await page.goto("/sms-signatures")
    await page.get_by_role("button", name="添加签名").click()
    await expect(page.get_by_role("heading", name="添加签名")).to_be_visible()
    await page.get_by_label("签名名称").fill(name)
    await choose(page, "所属应用", _APP)
    await page.locator("input[type=file]").set_input_files(files=[_LICENCE])
    await expect(page.get_by_text("licence.png")).to_be_visible()
    await submit(page, "提交成功")
    await expect(row(page, name).locator("[data-state=PENDING_REVIEW]")).to_have_text("待审核")


async def _add_template(page: Page, signature: str) -> None:
    await page.goto("/sms-templates")
    await page.get_by_role("button", name="添加模板").click()
    await expect(page.get_by_role("heading", name="添加模板")).to_be_visible()
    await page.get_by_label("模板名称").fill(_TEMPLATE)
    await choose(page, "所属应用", _APP)
    await choose(page, "所属签名", f"{signature}-通知类")
    await page.get_by_label("模板内容").press_sequentially("尊敬的会员，您的快件已由")
    await page.get_by_role("button", name="插入其他变量").click()
    await page.get_by_label("变量 1 的说明").fill("配送员姓名")
    await page.get_by_label("变量 1 的示例").fill("王小明")
    await page.get_by_label("模板内容").press("End")
    await page.get_by_label("模板内容").press_sequentially("送出，详情 ")
    await page.get_by_role("button", name="插入解析标识变量").click()
    await submit(page, "提交成功")
    await expect(row(page, _TEMPLATE).locator("[data-state=reviewing]")).to_have_text("待审核")


async def _send(page: Page, name: str, numbers: list[str]) -> None:
    await page.goto("/send-tasks")
    await page.get_by_role("link", name="发送智能信息").click()
    await expect(page.get_by_role("heading", name="发送智能信息")).to_be_visible()
    offered = await (await page.request.get("/console/api/send-form/card-templates?limit=100")).json()
    card = next(one["name"] for one in offered["items"] if one["tpl_id"] == PLAIN_CARD)
    await page.get_by_label("智能信息模板", exact=True).fill(card)
    await page.locator(".ant-select-dropdown:visible .ant-select-item-option", has_text=PLAIN_CARD).first.click()
    await choose(page, "短消息应用", f"{_APP}-国内")
    await choose(page, "短消息签名", "通知类")
    await choose(page, "短消息模板", _TEMPLATE)
    await page.get_by_label("任务名称").fill(name)
    await page.get_by_label("输入号码").fill("\n".join(f"{number},王小明" for number in numbers))
    await page.get_by_role("button", name="号码解析").click()
    await expect(page.locator("[data-parse=ready]")).to_be_visible()
    for key, count in {"imported": "2", "capable": "1", "incapable": "1"}.items():
        await expect(page.locator(f"[data-parse] [data-figure={key}] dd").first).to_have_text(count)
    await page.get_by_label("降级为普通短信").check()
    await page.get_by_role("button", name="发送", exact=True).click()
    dialog = page.get_by_role("dialog", name="发送信息确认")
    await expect(dialog.locator("[data-confirm-count]")).to_have_text("2")
    await dialog.get_by_role("button", name="确认").click()


async def test_from_an_empty_tenant_to_a_card_on_the_phone(new_page: NewPage, installation: Installation) -> None:
    # given a company that has opened and filed nothing, and a reviewer
    company, user = _found(installation)
    page = await open_as(await new_page(), "/send-tasks", user)
    desk = Reviewer(await new_page(), company)
    await desk.sign_in(installation)
    # when the service is opened and the papers are filed
    await open_service(page, "smart")
    await _file(page)
    await desk.approve()
    await expect(page.locator("[data-scene=smart_send] [data-state=approved]").first).to_be_visible(timeout=40_000)
    # an app, a signature and a template are made, each usable once it is approved
    await _add_app(page)
    await _add_signature(page, company)
    await desk.approve()
    await expect(row(page, company).locator("[data-state=REVIEW_PASSED]")).to_have_text("处理完毕", timeout=60_000)
    await _add_template(page, company)
    await desk.approve()
    await expect(row(page, _TEMPLATE).locator("[data-state=active]")).to_have_text("审核通过-激活", timeout=40_000)
    # the overview then says that only the sending is left
    await page.goto("/overview")
    await expect(page.locator("[data-guide=smart] [data-step=send]")).to_have_attribute("data-state", "next")
    # and a task goes to a phone that shows cards and to one that does not
    name, (capable,), (plain,) = unique("首发"), phones(1, can_show=True, vendor="HUAWEI"), phones(1, can_show=False)
    await _send(page, name, [capable, plain])
    task = row(page, name)
    await expect(task.locator("[data-state=finished]")).to_be_visible(timeout=90_000)
    # then each number's line says how it ended
    await task.get_by_role("link", name=name).click()
    await expect(page.locator("tr[data-row-key] [data-state=delivered]")).to_have_count(2, timeout=30_000)
    assert await axe(page) == []
    # and one phone shows the card, the other the text
    handset = installation.env["HONGYAN_HANDSET_URL"]
    await page.goto(f"{handset}/phone/{capable}")
    await expect(page.locator(".card")).to_be_visible()
    await page.get_by_role("button", name="显示原文").click()
    await expect(page.get_by_text(f"【{company}】尊敬的会员，您的快件已由王小明送出")).to_be_visible()
    await page.goto(f"{handset}/phone/{plain}")
    await expect(page.locator(".card")).to_have_count(0)
    await expect(page.get_by_text("您的快件已由王小明送出")).to_be_visible()
