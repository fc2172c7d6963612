"""The way to a service account in two browsers: filing, wizard, channel number, binding, the phone, and the clicks."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest
from playwright.async_api import Locator, Page, expect

from support.accounts import image
from support.browser import axe
from support.console_pages import Reviewer, button, choose, give_paper, hand_in, open_as, row
from support.doors import Company, csv_of, phones, ready_company, send_and_wait, signed
from support.installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.pages, pytest.mark.timeout(600)]
NewPage = Callable[..., Awaitable[Page]]
_COMPANY = {
    "企业联系人": "王一",
    "企业联系电话": "4008008800",
    "企业联系邮箱": "it@egret.example.com",
}


def _upload(page: Page, label: str) -> Locator:
    return page.locator(".ant-form-item", has=page.get_by_text(label, exact=True)).locator("input[type=file]").first


def _picture(width: int, height: int) -> dict[str, object]:
    return {"name": "picture.png", "mimeType": "image/png", "buffer": image(width, height)}


async def _open(page: Page) -> None:
    gate = page.locator("[data-service-gate=service_accounts]")
    await expect(gate).to_be_visible()
    await page.get_by_role("button", name="立即开通").click()
    await page.get_by_role("dialog").get_by_role("button", name="立即开通").click()
    await expect(gate).to_have_count(0)


async def _file(page: Page, company: Company) -> None:
    await page.goto("/filings")
    scene = page.locator("[data-scene=service_account]")
    await scene.get_by_role("button", name="填写备案信息").click()
    # The licence was approved with the other filing: nobody uploads it twice.
    await expect(page.locator("[data-paper=business_licence] [data-reused=smart_send]")).to_be_visible()
    await choose(page, "企业证件类型", "五证合一")
    await page.get_by_label("企业名称", exact=True).fill(company.name)
    await page.get_by_label("统一社会信用代码", exact=True).fill(company.credit_code)
    for label, value in _COMPANY.items():
        await page.get_by_label(label, exact=True).fill(value)
    await choose(page, "企业类型", "企业")
    await choose(page, "行业分类", "购物")
    await give_paper(page, "account_authorisation", is_picture=True)
    await hand_in(page)
    await expect(scene.locator("[data-state=reviewing]").first).to_be_visible()


async def _fill_facts(page: Page, name: str) -> None:
    await page.get_by_label("服务号名称").fill(name)
    await page.get_by_label("简介").fill("会员权益与订单服务")
    await _upload(page, "LOGO").set_input_files(_picture(240, 240))
    await _upload(page, "华为智能信息授权书").set_input_files(_picture(300, 400))
    # Channel numbers are bound by hand.
    await page.get_by_role("switch", name="签名授权").click()
    await expect(page.get_by_role("button", name="移除 picture.png")).to_have_count(2)


async def _fill_menus(page: Page, url: str) -> None:
    first = page.get_by_role("region", name="菜单 1", exact=True)
    await first.get_by_label("菜单名称").first.fill("会员服务")
    await first.get_by_label("菜单名称").nth(1).fill("我的订单")
    await first.get_by_label("URL", exact=True).fill(url)
    await first.get_by_label("跳转网页标题").fill("订单")


async def _fill_home_page(page: Page) -> None:
    await _upload(page, "背景图片").set_input_files(_picture(1440, 810))
    await page.get_by_label("主页介绍").fill("会员服务一站直达")
    await page.get_by_label("电话号码").fill("400-8008800")
    await page.get_by_label("用途").fill("客服热线")
    await page.get_by_role("button", name=re.compile("添加快应用")).click()
    await page.get_by_label("快应用名称").fill("查订单")
    await page.get_by_label("快应用引擎版本号").fill("1078")
    await page.get_by_label("快应用描述").fill("查订单更方便")
    await page.get_by_label("快应用链接").fill("hap://app/com.example/orders")
    await _upload(page, "快应用 LOGO").set_input_files(_picture(192, 192))
    await expect(page.get_by_role("button", name="移除 picture.png")).to_have_count(2)


async def _create(page: Page, name: str, url: str) -> None:
    await page.goto("/service-accounts")
    await page.get_by_role("button", name="创建服务号").click()
    # The list, whose filters have the same labels, is gone.
    await expect(page.get_by_role("heading", name="创建服务号")).to_be_visible()
    await _fill_facts(page, name)
    await page.get_by_role("button", name="下一步").click()
    await _fill_menus(page, url)
    await page.get_by_role("button", name="下一步").click()
    await _fill_home_page(page)
    await page.get_by_role("button", name="下一步").click()
    await page.get_by_role("button", name="提交审核").click()
    await page.wait_for_url("**/service-accounts")
    await expect(row(page, name)).to_contain_text("审核中")
    for tab, text in {"菜单": "会员服务", "主页": "会员服务一站直达"}.items():
        await page.get_by_role("tab", name=tab, exact=True).click()
        await expect(row(page, name)).to_contain_text(text)


async def _bind(page: Page, company: Company, account: str) -> None:
    await page.goto("/channel-numbers")
    await page.get_by_role("button", name="创建通道号").click()
    drawer = page.get_by_role("dialog")
    await drawer.get_by_label("通道号", exact=True).fill(company.channel_number)
    await drawer.get_by_label("通道号签名").fill(company.name)
    await page.keyboard.press("Enter")
    await _upload(page, "授权证明").set_input_files(_picture(300, 400))
    await expect(drawer.get_by_role("button", name="移除 picture.png")).to_be_visible()
    await button(drawer, "确定").click()
    number = row(page, company.channel_number)
    await expect(number).to_contain_text("未绑定")
    await button(number, "绑定").click()
    # What the system knows is filled in.
    for text in (company.name, company.channel_number, "普通号段", "全国"):
        await expect(drawer).to_contain_text(text)
    await drawer.get_by_label("服务号名称").click()
    await page.locator(".ant-select-dropdown:visible").get_by_text(account, exact=True).click()
    await button(drawer, "绑定").click()
    await expect(number).to_contain_text(account)


async def _send(company: Company, number: str) -> None:
    async with signed(company) as api:
        await send_and_wait(api, company.templates["member"], csv_of([number], 会员称呼=["贵宾"]), fallback="sms")


async def _tap(page: Page, thing: Locator) -> None:
    async with page.expect_response("**/taps") as told:
        await thing.click()
    assert (await told.value).status == 200


async def _use(page: Page, installation: Installation, number: str, account: str) -> None:
    """Look at the phone and tap: the home page and what is on it, the menu and what it leads to."""
    await page.goto(f"{installation.env['HONGYAN_HANDSET_URL']}/phone/{number}")
    shown = page.locator(".account", has_text=account)
    await expect(shown).to_be_visible()
    await expect(shown.get_by_text("会员服务一站直达")).to_be_hidden()
    await _tap(page, shown.locator(".home-page > summary"))
    await expect(shown.get_by_text("会员服务一站直达")).to_be_visible()
    await expect(shown.get_by_role("link", name="客服热线 400-8008800")).to_be_visible()
    await _tap(page, shown.get_by_text("查订单", exact=True))
    await _tap(page, shown.get_by_text("会员服务", exact=True))
    async with page.expect_popup() as opened:
        await _tap(page, shown.get_by_role("link", name="我的订单"))
    await (await opened.value).close()


async def _read_report(page: Page, account: str) -> None:
    await page.get_by_role("link", name="智能信息服务号报表").click()
    await expect(row(page, account)).to_be_visible()
    for key, count in {"times": "4", "home": "1", "menu": "1", "submenu": "1", "tel": "0", "fastapp": "1"}.items():
        await expect(page.locator(f"[data-figure={key}] dd").first).to_have_text(count)
    await expect(page.locator("[data-line=times]")).to_be_visible()
    assert await axe(page) == []
    # The row leads to what was tapped.
    await row(page, account).get_by_role("link", name="点击明细").click()
    await expect(page.locator("tr[data-row-key]")).to_have_count(4)
    await expect(row(page, "会员服务 > 我的订单")).to_contain_text("菜单")
    await expect(row(page, "菜单展开")).to_contain_text("会员服务")
    assert await axe(page) == []
    await page.get_by_role("button", name="导出", exact=True).click()
    await page.get_by_role("button", name="前往下载中心").click()
    export = page.locator("[data-table=downloads] tr[data-row-key]").first
    await expect(export).to_contain_text("服务号点击数据明细报表")
    await expect(export.locator("[data-state=done]")).to_be_visible(timeout=60_000)


async def test_from_the_filing_to_clicks_on_the_phone(new_page: NewPage, installation: Installation) -> None:
    # given a company that sends smart messages, one of which is on a phone without any account beside it
    company = await asyncio.to_thread(ready_company, installation, f"苍鹭商城{uuid4().hex[:6]}")
    (number,) = phones(1, can_show=True, vendor="HUAWEI")
    await _send(company, number)
    assert 'class="account"' not in installation.phone_page(number)
    page = await open_as(await new_page(), "/service-accounts", company.user)
    desk = Reviewer(await new_page(), company.name)
    await desk.sign_in(installation)
    # when the service is opened, the papers are filed and approved
    await _open(page)
    await _file(page, company)
    await desk.approve()
    await expect(page.locator("[data-scene=service_account] [data-state=approved]").first).to_be_visible(timeout=40_000)
    # and an account is made of three steps, each of which the reviewer sees
    account = f"苍鹭{uuid4().hex[:6]}"
    await _create(page, account, f"{installation.url}/sign-in")
    await desk.approve(submissions=3)
    await page.get_by_role("tab", name="服务号", exact=True).click()
    await expect(row(page, account)).to_contain_text("已生效", timeout=40_000)
    # and bound to the number that the company's messages come from
    await _bind(page, company, account)
    # then the overview says that nothing is left
    await page.goto("/overview")
    await page.locator("[data-guide]").get_by_text("智能信息服务号", exact=True).click()
    await expect(page.locator("[data-guide=service_accounts] [data-step=bind]")).to_have_attribute("data-state", "done")
    # and the phone shows the home page and the menus beside the message, whose taps are in the report
    await _use(await new_page(), installation, number, account)
    await _read_report(page, account)


async def test_a_report_over_too_many_days_is_refused_on_the_page(page: Page) -> None:
    await page.goto("/reports/service-accounts?from=2024-01-01&to=2026-11-01")
    await expect(page.get_by_text("时间范围超过 366 天")).to_be_visible()
    await page.goto("/reports/service-accounts?tab=items&target=tel&from=2026-01-02&to=2026-01-03")
    await expect(page.get_by_text("没有符合条件的记录")).to_be_visible()
