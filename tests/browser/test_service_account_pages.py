"""智能信息服务号 in a browser: the wizard, its reviews, a channel number bound in regions, and what is refused."""

from collections.abc import Awaitable, Callable
from io import BytesIO
from uuid import uuid4

import pytest
from PIL import Image
from playwright.async_api import Locator, Page, expect

from support.browser import axe
from support.doors import approve_all, reviewer
from support.installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.pages, pytest.mark.timeout(300)]
NewPage = Callable[..., Awaitable[Page]]


def _picture(width: int, height: int) -> dict[str, object]:
    kept = BytesIO()
    Image.new("RGB", (width, height), (28, 93, 153)).save(kept, "PNG")
    return {"name": "picture.png", "mimeType": "image/png", "buffer": kept.getvalue()}


def _row(page: Page, text: str) -> Locator:
    return page.locator("tr[data-row-key]", has_text=text)


def _upload(page: Page, label: str) -> Locator:
    return page.locator(".ant-form-item", has=page.get_by_text(label, exact=True)).locator("input[type=file]").first


async def _fill_facts(page: Page, name: str) -> None:
    # The list, whose filters have the same labels, is gone.
    await expect(page.get_by_role("heading", name="创建服务号")).to_be_visible()
    await page.get_by_label("服务号名称").fill(name)
    await page.get_by_label("简介").fill("会员权益与订单服务")
    await _upload(page, "LOGO").set_input_files(_picture(240, 240))
    await _upload(page, "华为智能信息授权书").set_input_files(_picture(300, 400))
    await page.get_by_role("switch", name="签名授权").click()
    await expect(page.get_by_role("button", name="移除 picture.png")).to_have_count(2)


async def test_an_account_from_the_wizard_to_a_bound_channel_number(page: Page, installation: Installation) -> None:
    desk, name = reviewer(installation), f"鸿雁{uuid4().hex[:6]}"
    # given the first step
    await page.goto("/service-accounts")
    await page.get_by_role("button", name="创建服务号").click()
    await _fill_facts(page, name)
    phone = page.get_by_role("region", name="手机预览")
    await expect(phone.get_by_text(name)).to_be_visible()
    await page.get_by_role("button", name="下一步").click()
    # when the menus are filled in, the phone shows them at once
    first = page.get_by_role("region", name="菜单 1", exact=True)
    await first.get_by_label("菜单名称").first.fill("会员服务")
    await first.get_by_label("菜单名称").nth(1).fill("我的订单")
    await first.get_by_label("URL", exact=True).fill("https://example.com/orders")
    await first.get_by_label("跳转网页标题").fill("订单")
    await phone.get_by_role("button", name="会员服务").click()
    await expect(phone.get_by_text("我的订单")).to_be_visible()
    assert await axe(page) == []
    await page.get_by_role("button", name="下一步").click()
    await _upload(page, "背景图片").set_input_files(_picture(1440, 810))
    await page.get_by_label("主页介绍").fill("会员服务一站直达")
    await page.get_by_label("电话号码").fill("400-8008800")
    await page.get_by_label("用途").fill("客服热线")
    await expect(phone.get_by_text("400-8008800")).to_be_visible()
    await expect(page.get_by_role("button", name="移除 picture.png")).to_have_count(1)
    await page.get_by_role("button", name="下一步").click()
    await expect(page.locator("[data-step=summary]")).to_contain_text("会员服务 (我的订单)")
    await page.get_by_role("button", name="提交审核").click()
    # then the console goes to the lists, each of which shows the new entry
    await page.wait_for_url("**/service-accounts")
    await expect(_row(page, name)).to_contain_text("审核中")
    await page.get_by_role("tab", name="菜单").click()
    await expect(_row(page, name)).to_contain_text("会员服务")
    await page.get_by_role("tab", name="主页").click()
    await expect(_row(page, name)).to_contain_text("会员服务一站直达")
    # when the desk approves all of it
    approve_all(desk)
    await page.get_by_role("tab", name="服务号", exact=True).click()
    await expect(_row(page, name)).to_contain_text("已生效", timeout=30_000)
    await _row(page, name).get_by_role("link", name=name).click()
    await expect(page.locator("[data-part=menu]")).to_contain_text("我的订单")
    assert await axe(page) == []
    # then a channel number is created and bound in one province
    number = f"1069{uuid4().int % 10**12:012d}"
    await page.goto("/channel-numbers")
    await page.get_by_role("button", name="创建通道号").click()
    drawer = page.get_by_role("dialog")
    await drawer.get_by_label("通道号", exact=True).fill(number)
    await drawer.get_by_label("通道号签名").fill(name)
    await page.keyboard.press("Enter")
    await drawer.locator("input[type=file]").set_input_files(_picture(300, 400))
    await expect(drawer.get_by_role("button", name="移除 picture.png")).to_be_visible()
    await drawer.get_by_role("button", name="确定").click()
    await expect(_row(page, number)).to_contain_text("未绑定")
    await _row(page, number).get_by_role("button", name="绑定").click()
    await drawer.get_by_label("地区").click()
    tree = page.locator(".ant-select-tree")
    await tree.locator(".ant-select-tree-checkbox").first.click()
    await tree.locator(".ant-select-tree-treenode", has_text="河北省").locator(".ant-select-tree-checkbox").click()
    # The tree covers what is below it until something else is clicked.
    await drawer.get_by_text("绑定服务号", exact=True).click()
    await drawer.get_by_label("服务号名称").click()
    await page.locator(".ant-select-dropdown:visible").get_by_text(name, exact=True).click()
    await drawer.get_by_role("button", name="绑定", exact=True).click()
    await expect(_row(page, number)).to_contain_text(name)
    await page.get_by_role("tab", name="绑定列表").click()
    await expect(_row(page, number)).to_contain_text("河北省")
    assert await axe(page) == []
    await _row(page, number).get_by_role("button", name="解绑").click()
    await page.get_by_role("dialog").get_by_role("button", name="解绑").click()
    await expect(_row(page, number)).to_have_count(0)


async def test_refusals_stand_at_their_fields(page: Page) -> None:
    # given a logo that is too small: told at once, and not kept
    await page.goto("/service-accounts/new")
    await _upload(page, "LOGO").set_input_files(_picture(100, 100))
    await expect(page.get_by_text("分辨率不能小于 240 x 240")).to_be_visible()
    # when the step is left with fields missing, they are named
    await page.get_by_role("button", name="下一步").click()
    await expect(page.get_by_text("请填写服务号名称")).to_be_visible()
    await expect(page.get_by_label("服务号名称")).to_be_focused()
    # given a suffix number of six digits
    await page.goto("/channel-numbers")
    await page.get_by_role("button", name="创建通道号").click()
    drawer = page.get_by_role("dialog")
    await drawer.get_by_text("后缀号段").click()
    await drawer.get_by_label("通道号", exact=True).fill("123456")
    await drawer.get_by_role("button", name="确定").click()
    await expect(drawer.get_by_text("请填写 5 位数字")).to_be_visible()
